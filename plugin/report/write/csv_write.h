/* SPDX-License-Identifier: GPL-2.0-or-later */
/* csv_write.h - cells and rows of CSV, RFC 4180.
 *
 *   lab_csv_t csv = lab_csv_begin(out, titles);   // titles ended by NULL
 *   lab_csv_number(&csv, 7);
 *   lab_csv_text(&csv, "=1+1");                   // written '=1+1: a spreadsheet takes it for text
 *   lab_csv_end_row(&csv);
 */
#ifndef LAB_CSV_WRITE_H
#define LAB_CSV_WRITE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    GString *out;
    bool begun; /* the row has a cell */
} lab_csv_t;

/* A mark of UTF-8, and the row of titles. Excel reads a file without the mark in the code page of the system,
 * which spoils Chinese; LibreOffice and pandas read both. */
lab_csv_t lab_csv_begin(GString *out, const char *const *titles);
void lab_csv_end_row(lab_csv_t *csv);

/* Each adds a cell. NULL, and numbers below 0: not known, an empty cell. Numbers stay numbers.
 *
 * A text is quoted where RFC 4180 2.6 asks for it. A text that a spreadsheet would take for a formula (it
 * begins with = + - @, a tab or a carriage return, also in their full-width forms) gets an apostrophe before
 * it, and so does what follows a semicolon, which separates cells in some languages. */
void lab_csv_text(lab_csv_t *csv, const char *text);
void lab_csv_number(lab_csv_t *csv, uint64_t number);
void lab_csv_known(lab_csv_t *csv, int64_t number);
/* Of a frame, a status or another number from 1: 0 = not known. */
void lab_csv_frame(lab_csv_t *csv, uint32_t frame);
/* Nanoseconds, written as seconds; below 0 = not known. */
void lab_csv_seconds(lab_csv_t *csv, int64_t ns);
/* true or false; below 0 = not known. */
void lab_csv_boolean(lab_csv_t *csv, int value);

#endif
