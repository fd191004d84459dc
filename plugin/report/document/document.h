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
 * Strings of a document are UTF-8 on one line, without control characters but those of links (links.h); the
 * document owns them.
 *
 * A fold is a summary and the blocks between LAB_BLOCK_FOLD and its LAB_BLOCK_FOLD_END; folds may lie within
 * each other. A detail is a fold that is left out where nothing can be folded, as in plain text: the summary
 * too.
 */
#ifndef LAB_DOCUMENT_H
#define LAB_DOCUMENT_H

#include "drawings.h"
#include "entries.h"
#include "links.h"
#include "places.h"
#include "table.h"
#include "texts.h"

typedef enum {
    LAB_BLOCK_SENTENCE, /* text */
    LAB_BLOCK_BLANK,    /* text: where the reader writes; with room for it on paper */
    LAB_BLOCK_ITEM,     /* text: one of a list */
    LAB_BLOCK_ENTRY,    /* label or NULL, text: belongs to the heading or sentence before */
    LAB_BLOCK_FACT,     /* label, text, meaning or NULL: "Method", "GET", "asks for ..." */
    LAB_BLOCK_TABLE,    /* table */
    LAB_BLOCK_FOLD,     /* text: the summary of the blocks up to the end of the fold; detail */
    LAB_BLOCK_FOLD_END, /* nothing */
    LAB_BLOCK_HEADING,  /* text: a title within a fold */
    LAB_BLOCK_LADDER,   /* ladder */
    LAB_BLOCK_WATERFALL /* waterfall */
} lab_block_kind_t;

typedef struct {
    lab_block_kind_t kind;
    bool detail;
    const char *label, *text, *meaning;
    lab_table_t *table;
    lab_ladder_t *ladder;
    lab_waterfall_t *waterfall;
    lab_link_t anchor; /* what points here */
} lab_block_t;

typedef struct {
    bool part;         /* opens a part of the document, which may have further sections */
    const char *title; /* NULL = without one */
    GArray *blocks;    /* of lab_block_t */
    lab_link_t anchor; /* what points here */
} lab_section_t;

typedef struct {
    lab_lang_t lang;
    GPtrArray *sections; /* of lab_section_t * */
    GStringChunk *strings;
    GHashTable *linked; /* strings that are links, by their address */
    unsigned room;      /* rows of details that may still be added: see lab_document_room */
} lab_document_t;

lab_document_t *lab_document_new(lab_lang_t lang);
void lab_document_free(lab_document_t *document);

/* A new part or section; what is added next belongs to it. */
void lab_document_part(lab_document_t *document, lab_text_id_t title, const lab_place_t *places);
void lab_document_section(lab_document_t *document, lab_text_id_t title, const lab_place_t *places);
/* A section whose title is made already, with lab_document_words. */
void lab_document_section_named(lab_document_t *document, const char *title);
void lab_document_untitled(lab_document_t *document);

/* Blocks of the newest section. */
void lab_document_sentence(lab_document_t *document, lab_text_id_t text, const lab_place_t *places);
void lab_document_blank(lab_document_t *document, lab_text_id_t text);
void lab_document_say(lab_document_t *document, const char *sentence);
void lab_document_item(lab_document_t *document, const char *text);
void lab_document_entry(lab_document_t *document, lab_entry_t entry, const lab_place_t *places);
/* value NULL = not known, written "?"; meaning NULL = none. */
void lab_document_fact(lab_document_t *document, const char *label, const char *value, const char *meaning);
/* A table with these column titles, to be filled by the caller; the document owns it. */
lab_table_t *lab_document_table(lab_document_t *document, const lab_text_id_t *titles, unsigned columns);

/* The blocks that follow, up to the end of the fold. */
void lab_document_fold(lab_document_t *document, lab_text_id_t summary, const lab_place_t *places);
void lab_document_detail(lab_document_t *document, lab_text_id_t summary, const lab_place_t *places);
/* A title within a fold. */
void lab_document_heading(lab_document_t *document, const char *title);
void lab_document_fold_end(lab_document_t *document);
/* Drawings, to be filled by the caller; the document owns them. */
lab_ladder_t *lab_document_ladder(lab_document_t *document);
lab_waterfall_t *lab_document_waterfall(lab_document_t *document);
/* The newest block is the place that such links point to; of a section without blocks, the section. A place
 * has one name. */
void lab_document_anchor(lab_document_t *document, lab_link_kind_t kind, uint32_t number);

/* Takes `rows` of the room that a document has for details (ladders, tables of messages); false if it has not
 * so much. A report on a capture of a million frames can still be opened. */
bool lab_document_room(lab_document_t *document, unsigned rows);

/* Skips from a block that opens a detail to the block that ends it, in the order of the section; else returns
 * `i`. */
guint lab_section_after_detail(const lab_section_t *section, guint i);

/* Strings that live as long as the document. */
const char *lab_document_keep(lab_document_t *document, const char *text);
/* Frees `text`. */
const char *lab_document_take(lab_document_t *document, GString *text);
const char *lab_document_number(lab_document_t *document, uint64_t number);
/* Words that point to another place; what may stand in a place of a sentence. What is not to be shown becomes
 * an escape (lab_text_visible).
 */
const char *lab_document_link(lab_document_t *document, lab_link_kind_t kind, uint32_t number,
                              const char *words);
/* The same, the words being the number. */
const char *lab_document_linked(lab_document_t *document, lab_link_kind_t kind, uint32_t number);
/* With a comma between thousands: "1,090". */
const char *lab_document_count(lab_document_t *document, uint64_t number);
/* Bytes in units of 1,000: "395 bytes", "2.6 MB". */
const char *lab_document_size(lab_document_t *document, uint64_t bytes);
/* Nanoseconds; below 0 = "an unknown time". */
const char *lab_document_duration(lab_document_t *document, int64_t ns);
/* ", 1.58 ms"; "" below 0. */
const char *lab_document_after_comma(lab_document_t *document, int64_t ns);
const char *lab_document_words(lab_document_t *document, lab_text_id_t text, const lab_place_t *places);
/* The same of a text that has no number. */
const char *lab_document_expand(lab_document_t *document, const char *text, const lab_place_t *places);

#endif
