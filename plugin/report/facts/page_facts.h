/* SPDX-License-Identifier: GPL-2.0-or-later */
/* page_facts.h - what a page load amounts to: its connections and how many of them worked at once. */
#ifndef LAB_PAGE_FACTS_H
#define LAB_PAGE_FACTS_H

#include "lab.h"

/* Pages that load at once share their spare connections: of each page so many are named. */
#define LAB_SPARE_MAX 64

typedef struct {
    GArray *streams;   /* of uint32_t, in the order of first use */
    GArray *spare;     /* of uint32_t: opened to the same server meanwhile and never used for a request; the
                          first LAB_SPARE_MAX of them */
    unsigned parallel; /* most exchanges that were under way at once */
    uint32_t first_frame, last_frame;
} lab_page_facts_t;

/* The connections of a capture that carried no request, which the facts of all its pages need. */
typedef struct lab_spares lab_spares_t;
/* Goes through all connections. Free with lab_spares_free(). */
lab_spares_t *lab_spares_new(const lab_engine_t *engine);
void lab_spares_free(lab_spares_t *spares);

/* Works the facts out; clear them with lab_page_facts_clear. */
lab_page_facts_t lab_page_facts(const lab_spares_t *spares, const lab_page_t *page);
void lab_page_facts_clear(lab_page_facts_t *facts);

#endif
