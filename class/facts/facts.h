/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts.h - what tshark with the plugin says of a capture: the JSON report, and the table of its segments.
 *
 *   lab_facts_t *facts = lab_facts_new(json, frames);
 *   lab_truth_t truth = lab_facts_truth(facts, &entry, "close.kind");
 *   lab_truth_clear(&truth);
 *   lab_facts_free(facts);
 */
#ifndef LABCLASS_FACTS_H
#define LABCLASS_FACTS_H

#include "texts.h"
#include "value.h"

/* Columns of the table of segments, in the order of the plugin. */
typedef enum {
    COL_FRAME,
    COL_TIME,
    COL_STREAM,
    COL_SENDER,
    COL_CLIENT_PORT,
    COL_SERVER_PORT,
    COL_FLAGS,
    COL_SEQ,
    COL_SEQ_RAW,
    COL_ACK,
    COL_ACK_RAW,
    COL_LENGTH,
    COL_PHASE,
    COL_ROLE,
    COL_CLIENT,
    COL_SERVER,
    COL_OPEN_STEP,
    COL_CLOSE_STEP,
    COL_KEEPALIVE,
    COL_TLS_STEP,
    COL_RELATED,
    COL_NOTE,
    COLS
} lab_column_t;

typedef struct {
    guint number;
    gint64 stream;
    const char *cells[COLS]; /* "-" = nothing */
} lab_segment_row_t;

typedef struct {
    json_t *root;
    char *text;          /* what the cells point into */
    GArray *segments;    /* of lab_segment_row_t, by frame */
    GHashTable *streams; /* number -> json_t of the connection */
    GHashTable
        *bodies; /* frame -> char *, the body of the response that is complete there; NULL = not asked for */
} lab_facts_t;

/* One thing that a statement is about. */
typedef struct {
    lab_subject_t subject;
    gint64 number;                /* of connections the stream, of the others from 1 */
    const json_t *object;         /* of a frame NULL */
    const lab_segment_row_t *row; /* of frames */
} lab_entry_t;

/* What the capture says. */
typedef struct {
    GPtrArray *values; /* of char *; NULL = there is no such thing */
    GArray *frames;    /* of guint: the frames that show it */
    const char *doubt; /* why it is not certain: "likely", "not-captured", ...; NULL = it is */
} lab_truth_t;

/* `json` and `text` are taken over. NULL: they are not what the plugin writes. */
lab_facts_t *lab_facts_new(char *json, char *text);
void lab_facts_free(lab_facts_t *facts);

/* The number of entries of a subject, and the one at a place from 0. */
guint lab_facts_count(const lab_facts_t *facts, lab_subject_t subject);
lab_entry_t lab_facts_at(const lab_facts_t *facts, lab_subject_t subject, guint place);
/* False: there is no such number. */
bool lab_facts_find(const lab_facts_t *facts, lab_subject_t subject, gint64 number, lab_entry_t *entry);
const lab_segment_row_t *lab_facts_segment(const lab_facts_t *facts, guint frame);
/* The connection of an entry; NULL = none. */
const json_t *lab_facts_connection(const lab_facts_t *facts, const lab_entry_t *entry);
/* Number of its connection; -1 = none. */
gint64 lab_facts_stream(const lab_facts_t *facts, const lab_entry_t *entry);

lab_truth_t lab_facts_truth(const lab_facts_t *facts, const lab_entry_t *entry, const char *name);
void lab_truth_clear(lab_truth_t *truth);

#endif
