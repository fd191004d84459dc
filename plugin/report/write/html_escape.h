/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html_escape.h - the one way of text into HTML, as content and in quoted attributes. */
#ifndef LAB_HTML_ESCAPE_H
#define LAB_HTML_ESCAPE_H

#include <glib.h>

/* Appends `length` bytes of any kind. What a browser would obey (control characters, characters that turn the
 * direction of text, what is no UTF-8) becomes an escape as lab_text_visible_bytes() writes it; & < > " '
 * become references (HTML 13.1.2). */
void lab_html_escape_bytes(GString *out, const char *bytes, size_t length);
void lab_html_escape(GString *out, const char *text);

#endif
