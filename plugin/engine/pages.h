/* pages.h - which exchanges were made for the same page. */
#ifndef LAB_PAGES_H
#define LAB_PAGES_H

#include "lab.h"

typedef struct lab_pages lab_pages_t;

lab_pages_t *lab_pages_new(void);
void lab_pages_free(lab_pages_t *pages);

/* The head of the exchange's request, then of its response, has been read; its last byte has come. `client`
 * and `time` are the client's address and when this was. */
void lab_pages_request(lab_pages_t *pages, lab_exchange_t *x, const lab_endpoint_t *client, int64_t time);
void lab_pages_response(lab_pages_t *pages, lab_exchange_t *x, const lab_endpoint_t *client, int64_t time);
void lab_pages_done(lab_pages_t *pages, const lab_exchange_t *x, int64_t time);

uint32_t lab_pages_count(const lab_pages_t *pages);
const lab_page_t *lab_pages_get(const lab_pages_t *pages, uint32_t number); /* from 1 */

#endif
