/* SPDX-License-Identifier: GPL-2.0-or-later */
/* note_rows.h - the parts of note.c: the rows that make the sentence, and the places in their texts. */
#ifndef LAB_NOTE_ROWS_H
#define LAB_NOTE_ROWS_H

#include "texts.h"
#include "verdict.h"

/* What a sentence is made from. */
typedef struct {
    const lab_engine_t *engine;
    const lab_annotation_t *r;
    const lab_detail_t *d; /* NULL = none */
    const lab_conn_t *conn;
    const lab_exchange_t *x; /* NULL = none */
    uint32_t frame;
    lab_lang_t lang;
} lab_note_view_t;

typedef struct {
    uint32_t roles;                         /* all of these */
    bool (*when)(const lab_note_view_t *v); /* NULL = always */
    lab_note_known_t known;                 /* FRAME, COMES or LATER */
    lab_text_t text;
} lab_note_row_t;

/* note_rows.c. The row that gives the sentence, NULL = none: the first one that applies. */
const lab_note_row_t *lab_note_sentence(const lab_note_view_t *v);
/* note_rows.c. The next row from `*place` on whose clause is added to the sentence, NULL = no more. `*place`
 * is 0 at first. */
const lab_note_row_t *lab_note_clause(const lab_note_view_t *v, size_t *place);

/* note_places.c. A lab_fill_t: writes the place `name` of a text; `view` is a lab_note_view_t. False:
 * no place has this name. */
bool lab_note_place(void *view, const char *name, GString *out);
/* RFC 9110 15.2: the head of a 1xx response that ends in this frame, NULL = none. 101 is a final one. */
const lab_head_t *lab_note_interim(const lab_note_view_t *v);
/* Nanoseconds that the attempt took that this frame ended, also if another one followed; below 0: not known.
 */
int64_t lab_note_open_time(const lab_note_view_t *v);
/* The TLS alert of this frame, NULL = none or no name is known. */
const lab_token_t *lab_note_alert(const lab_note_view_t *v);
/* What the frame says of HTTP/2, NULL = nothing. */
const lab_http2_facts_t *lab_note_http2(const lab_note_view_t *v);

#endif
