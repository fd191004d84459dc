/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pages.h - page loads: which exchanges belong to the same page.
 *
 * Page loads are worked out from the store's log of HTTP events when a caller asks for them. Many callers
 * never ask, and the page of a request costs as much time as the rest of its analysis.
 */
#ifndef LAB_PAGES_H
#define LAB_PAGES_H

#include "store.h"

typedef struct lab_pages lab_pages_t;

/* An empty list of page loads. Free with lab_pages_free(); NULL is allowed there. `engine` must live longer.
 */
lab_pages_t *lab_pages_new(lab_engine_t *engine);
void lab_pages_free(lab_pages_t *pages);
/* The exchange that begins the page load of `exchange`; NULL = it belongs to none. It never leaves its page.
 */
const lab_exchange_t *lab_page_first(const lab_engine_t *engine, const lab_exchange_t *exchange);

#endif
