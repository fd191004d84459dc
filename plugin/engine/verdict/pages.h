/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pages.h - which exchanges were made for the same page.
 *
 * It is worked out when somebody asks for the pages, from the store's log of HTTP events: most who read a
 * capture never ask, and to find the page of a request costs as much as all else that is done with it.
 */
#ifndef LAB_PAGES_H
#define LAB_PAGES_H

#include "store.h"

typedef struct lab_pages lab_pages_t;

lab_pages_t *lab_pages_new(lab_engine_t *engine);
void lab_pages_free(lab_pages_t *pages);

#endif
