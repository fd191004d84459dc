/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shown.h - everything that is shown of a frame, as text: the display fields and heads that plugin/wireshark
 * fills into the tree, and the parts of the sentence. Wireshark's own functions are replaced by ones that
 * write down what they get. */
#ifndef LAB_SHOWN_H
#define LAB_SHOWN_H

#include "lab.h"

typedef struct shown shown_t;

/* What is shown of the frame now; `whole`: the capture was read to its end. Free with shown_free(). */
shown_t *shown_frame(const lab_engine_t *engine, uint32_t frame, bool whole);
void shown_free(shown_t *shown);
/* The first difference that neither plugin/wireshark/fields.def nor the rows of note_rows.c call a later one;
 * NULL = none. The caller frees it. */
char *shown_contradiction(const shown_t *then, const shown_t *now);

#endif
