/* SPDX-License-Identifier: GPL-2.0-or-later */
/* homework.h - the parts of the homework, for its own files. */
#ifndef LAB_HOMEWORK_H
#define LAB_HOMEWORK_H

#include "segments.h"
#include "walks.h"

/* A homework that is being written. */
typedef struct {
    lab_document_t *document;
    const lab_report_t *report;
    const lab_conn_t *conn;         /* the connection that is explained; never NULL */
    const lab_exchange_t *exchange; /* the one of tables 1.1 and 1.2; NULL = there is none */
    bool solution;
} lab_homework_t;

/* Whether a segment has a row. */
typedef bool (*lab_step_filter_t)(const lab_homework_t *homework, const lab_step_t *step);

/* A table of the segments of a connection that `wanted` chooses, with raw and relative numbers. Returns how
 * many segments have no row. */
uint32_t lab_homework_segments(const lab_homework_t *homework, const lab_conn_t *conn,
                               lab_step_filter_t wanted);
/* Table 1.3: the steps without the segments that only carry on with data. */
void lab_homework_steps(const lab_homework_t *homework);
/* The sum under the handshake: an ACK is the other side's number plus one. */
void lab_homework_plus_one(const lab_homework_t *homework);
/* Every lost, repeated and overtaken segment. */
void lab_homework_losses(const lab_homework_t *homework);
/* The TLS frames of the first connection that has any; nothing without TLS. */
void lab_homework_tls(const lab_homework_t *homework);

/* The title of the last column: a meaning, or what the student writes. */
lab_text_id_t lab_homework_last_title(const lab_homework_t *homework);
/* The frame's sentence in a solution, else an empty cell. */
void lab_homework_note(const lab_homework_t *homework, lab_table_t *table, uint32_t frame,
                       const lab_annotation_t *annotation);
/* "Your words: ...", unless it is a solution. */
void lab_homework_yours(const lab_homework_t *homework);

#endif
