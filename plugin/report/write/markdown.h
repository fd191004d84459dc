/* SPDX-License-Identifier: GPL-2.0-or-later */
/* markdown.h - writes a document as Markdown: CommonMark with the tables of GitHub, which pandoc reads alike.
 */
#ifndef LAB_MARKDOWN_H
#define LAB_MARKDOWN_H

#include "document.h"

void lab_write_markdown(const lab_document_t *document, GString *out);

/* Appends text so that Markdown shows it as it is: nothing in it is markup, neither for GitHub nor for pandoc
 * (its quotes, dashes, formulas and citations). `line_start`: the text begins a line, where "1.", "#" and "-"
 * would begin a list or a heading. The text is one line. */
void lab_markdown_escape(GString *out, const char *text, bool line_start);

#endif
