/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html_parts.h - what the files of the HTML writer have in common. */
#ifndef LAB_HTML_PARTS_H
#define LAB_HTML_PARTS_H

#include "document.h"
#include "html_escape.h"

/* The page that is being written. */
typedef struct {
    const lab_document_t *document;
    lab_lang_t lang;
    GString *out;
    GHashTable
        *places[LAB_LINKS]; /* numbers of the places that exist -> whether their id is written already */
    unsigned drawings;      /* ladders so far: each has names of its own */
} lab_html_t;

/* A text of the product in the page's language; it is escaped already where it needs to be. */
const char *lab_html_word(const lab_html_t *h, lab_text_id_t id);
/* The text with its links; a link whose place is not in the document is written as plain words. */
void lab_html_text(lab_html_t *h, const char *text);
/* The same without its links, as for an attribute. */
void lab_html_plain(lab_html_t *h, const char *text);
/* As lab_html_text(); no line breaks between a number and its unit. */
void lab_html_words(lab_html_t *h, const char *text);
/* ` id="frame-7"`; nothing for LAB_LINK_NONE, and the second time. */
void lab_html_id(lab_html_t *h, lab_link_t place);
/* A place that the document has. */
void lab_html_know(lab_html_t *h, lab_link_t place);

void lab_html_table(lab_html_t *h, const lab_table_t *table, const char *about);
void lab_html_ladder(lab_html_t *h, const lab_ladder_t *ladder);
void lab_svg_waterfall(lab_html_t *h, const lab_waterfall_t *waterfall);
/* Patterns that the waterfalls use. */
void lab_svg_patterns(GString *out);

/* The style sheet, a constant. */
extern const char lab_html_style[];

#endif
