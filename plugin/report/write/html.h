/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html.h - a document as one HTML file: it loads nothing and runs nothing, so it can be read as an attachment
 * of a mail. */
#ifndef LAB_HTML_H
#define LAB_HTML_H

#include "document.h"

/* Appends the document to `out`. */
void lab_write_html(const lab_document_t *document, GString *out);

#endif
