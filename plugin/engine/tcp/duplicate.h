/* SPDX-License-Identifier: GPL-2.0-or-later */
/* duplicate.h - recognises packets that were captured twice: by a mirror port, or before and behind a router.
 */
#ifndef LAB_DUPLICATE_H
#define LAB_DUPLICATE_H

#include "lab.h"

/* What was captured last, of all connections: small and of fixed size, for copies follow each other closely.
 */
typedef struct lab_copies lab_copies_t;

lab_copies_t *lab_copies_new(void);
void lab_copies_free(lab_copies_t *copies);

/* The frame that this segment, sent by end `by`, is a copy of; 0 if it is none, and then it is remembered. */
uint32_t lab_copies_original(lab_copies_t *copies, const lab_segment_t *seg, unsigned by);

#endif
