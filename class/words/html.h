/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html.h - what the pages of labclass have in common. */
#ifndef LABCLASS_HTML_H
#define LABCLASS_HTML_H

#include "texts.h"

/* Appends text that came from outside: nothing in it is obeyed or hidden. */
void lab_html_escape(GString *out, const char *text);
/* Opens a page that loads nothing and runs nothing (Content Security Policy), up to and with <main>. */
void lab_html_begin(GString *out, const char *title, lab_lang_t language);
void lab_html_end(GString *out);

#endif
