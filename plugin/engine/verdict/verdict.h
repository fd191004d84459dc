/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verdict.h - judgements about a segment and its connection; engine.c calls these in order. */
#ifndef LAB_VERDICT_H
#define LAB_VERDICT_H

#include "conn.h"

/* close_verdict.c: what this segment means for how the connection closes. `ended_before`: it had ended before
 * this segment. */
void lab_close_judge(lab_context_t *c, bool ended_before);
/* Keeps, for the frame that ended it, how the attempt before this segment went: another one begins. */
void lab_attempt_keep(lab_context_t *c);
/* close_reason.c: why it closed, as far as HTTP tells; notes in `closing` whether a message said so. */
lab_reason_t lab_close_reason(const lab_conn_t *conn, lab_closing_t *closing);
/* persistence.c: HTTP persistence, what was promised against what was done. */
void lab_persistence(lab_context_t *c);
/* phase.c: the one phase of a frame. */
void lab_phase_decide(lab_context_t *c);
/* note.c: the parts of a frame's sentence, one after the other: first what the segment is, then the clauses.
 */
typedef enum {
    LAB_NOTE_FRAME, /* says what the frame's annotation and details say; they alone change it */
    LAB_NOTE_COMES, /* a later frame may bring it: the rest of a head. Then it stays */
    LAB_NOTE_LATER  /* later frames may bring it, change it and take it back */
} lab_note_known_t;
typedef void (*lab_note_part_t)(void *user, lab_note_known_t known, const char *text);
void lab_note_parts(const lab_engine_t *engine, const lab_annotation_t *annotation, uint32_t frame,
                    lab_lang_t lang, lab_note_part_t part, void *user);
/* zeek.c: the letter of this segment in Zeek's history. */
void lab_zeek_segment(lab_context_t *c);

#endif
