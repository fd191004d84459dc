/* pages.h - which exchanges were made for the same page. */
#ifndef LAB_PAGES_H
#define LAB_PAGES_H

#include "lab.h"

typedef struct lab_pages lab_pages_t;

lab_pages_t *lab_pages_new(lab_engine_t *engine);
void lab_pages_free(lab_pages_t *pages);

typedef enum {
    LAB_PAGES_REQUEST,  /* the head of its request has been read */
    LAB_PAGES_RESPONSE, /* the head of its final response has been read */
    LAB_PAGES_DONE      /* the last byte of its response has come */
} lab_pages_event_t;

/* Notes what happened to an exchange. It is worked off when somebody asks for the pages: most who read a
 * capture never do, and to find the page of a request costs as much as all else that is done with it. */
void lab_pages_note(lab_pages_t *pages, lab_exchange_t *x, lab_pages_event_t event);

/* Both work off what was noted. */
uint32_t lab_pages_count(lab_pages_t *pages);
const lab_page_t *lab_pages_get(lab_pages_t *pages, uint32_t number); /* from 1 */

#endif
