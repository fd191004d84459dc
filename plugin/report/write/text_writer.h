/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_writer.h - a document as plain text for a terminal. */
#ifndef LAB_TEXT_WRITER_H
#define LAB_TEXT_WRITER_H

#include "document.h"

/* Appends the document to `out`. */
void lab_write_text(const lab_document_t *document, GString *out);
/* The same of one table: a line of titles and a line a row, in columns that line up, Chinese included. */
void lab_write_text_table(const lab_table_t *table, GString *out);

#endif
