/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table.h - a table of a document: titles first, then cells row by row. */
#ifndef LAB_TABLE_H
#define LAB_TABLE_H

#include "links.h"

typedef struct {
    unsigned columns;
    GPtrArray *cells; /* of char *, NULL = not known; the first row holds the titles */
} lab_table_t;

/* Free with lab_table_free. */
lab_table_t *lab_table_new(unsigned columns);
/* NULL is allowed. */
void lab_table_free(lab_table_t *table);

/* Each adds the next cell. The text is copied; control characters become dots. NULL = not known. */
void lab_table_cell(lab_table_t *table, const char *text);
void lab_table_cellf(lab_table_t *table, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Frees `text`. */
void lab_table_take(lab_table_t *table, char *text);
void lab_table_number(lab_table_t *table, uint64_t number);
/* Below 0 = not known. */
void lab_table_known(lab_table_t *table, int64_t number);
/* Of a frame, a status or another number from 1: 0 = not known. */
void lab_table_frame(lab_table_t *table, uint32_t frame);
/* "3-17", of one frame "3". */
void lab_table_frames(lab_table_t *table, uint32_t first, uint32_t last);
/* A cell that points to another place of the document; words NULL = the number. */
void lab_table_link(lab_table_t *table, lab_link_kind_t kind, uint32_t number, const char *words);
/* Nanoseconds; below 0 = not known. */
void lab_table_duration(lab_table_t *table, int64_t ns);

#endif
