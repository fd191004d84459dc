/* SPDX-License-Identifier: GPL-2.0-or-later */
/* document.h - what a report says: sections of sentences, lists and tables. It knows no output format.
 *
 *   lab_document_t *d = lab_document_new(LAB_LANG_EN);
 *   lab_document_part(d, LAB_TEXT_REPORT_TITLE, LAB_NO_PLACES);
 *   lab_document_sentence(d, LAB_TEXT_REPORT_CAPTURE, LAB_PLACES({"frames", lab_document_number(d, 7)}));
 *   lab_document_entry(d, LAB_ENTRY_OPENED, LAB_PLACES({"open", kind}));
 *   lab_write_text(d, out);
 *   lab_document_free(d);
 *
 * Strings of a document are UTF-8 on one line, without control characters; the document owns them.
 */
#ifndef LAB_DOCUMENT_H
#define LAB_DOCUMENT_H

#include "entries.h"
#include "table.h"
#include "texts.h"

typedef enum {
    LAB_BLOCK_SENTENCE, /* text */
    LAB_BLOCK_ITEM,     /* text: one of a list */
    LAB_BLOCK_ENTRY,    /* label or NULL, text: belongs to the heading or sentence before */
    LAB_BLOCK_FACT,     /* label, text, meaning or NULL: "Method", "GET", "asks for ..." */
    LAB_BLOCK_TABLE     /* table */
} lab_block_kind_t;

typedef struct {
    lab_block_kind_t kind;
    const char *label, *text, *meaning;
    lab_table_t *table;
} lab_block_t;

typedef struct {
    bool part;         /* opens a part of the document, which may have further sections */
    const char *title; /* NULL = without one */
    GArray *blocks;    /* of lab_block_t */
} lab_section_t;

typedef struct {
    lab_lang_t lang;
    GPtrArray *sections; /* of lab_section_t * */
    GStringChunk *strings;
} lab_document_t;

/* A place of a sentence ("{name}") and what stands there; text NULL = not known, written "?". */
typedef struct {
    const char *name, *text;
} lab_place_t;
/* The places of one sentence, ended by a NULL name. */
#define LAB_PLACES(...) ((const lab_place_t[]){__VA_ARGS__, {NULL, NULL}})
#define LAB_NO_PLACES   ((const lab_place_t[]){{NULL, NULL}})

lab_document_t *lab_document_new(lab_lang_t lang);
void lab_document_free(lab_document_t *document);

/* A new part or section; what is added next belongs to it. */
void lab_document_part(lab_document_t *document, lab_text_id_t title, const lab_place_t *places);
void lab_document_section(lab_document_t *document, lab_text_id_t title, const lab_place_t *places);
void lab_document_untitled(lab_document_t *document);

/* Blocks of the newest section. */
void lab_document_sentence(lab_document_t *document, lab_text_id_t text, const lab_place_t *places);
void lab_document_say(lab_document_t *document, const char *sentence);
void lab_document_item(lab_document_t *document, const char *text);
void lab_document_entry(lab_document_t *document, lab_entry_t entry, const lab_place_t *places);
/* value NULL = not known, written "?"; meaning NULL = none. */
void lab_document_fact(lab_document_t *document, const char *label, const char *value, const char *meaning);
/* A table with these column titles, to be filled by the caller; the document owns it. */
lab_table_t *lab_document_table(lab_document_t *document, const lab_text_id_t *titles, unsigned columns);

/* Strings that live as long as the document. */
const char *lab_document_keep(lab_document_t *document, const char *text);
/* Frees `text`. */
const char *lab_document_take(lab_document_t *document, GString *text);
const char *lab_document_number(lab_document_t *document, uint64_t number);
/* Nanoseconds; below 0 = "an unknown time". */
const char *lab_document_duration(lab_document_t *document, int64_t ns);
/* ", 1.58 ms"; "" below 0. */
const char *lab_document_after_comma(lab_document_t *document, int64_t ns);
const char *lab_document_words(lab_document_t *document, lab_text_id_t text, const lab_place_t *places);
/* The same of a text that has no number. */
const char *lab_document_expand(lab_document_t *document, const char *text, const lab_place_t *places);

#endif
