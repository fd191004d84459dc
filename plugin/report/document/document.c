/* SPDX-License-Identifier: GPL-2.0-or-later */
/* document.c - see document.h. */
#include "document.h"

#include <stdio.h>
#include <string.h>

#define ROOM 30000 /* rows of details: some 15 MB of HTML */

static void section_free(gpointer data)
{
    lab_section_t *section = data;
    for (guint i = 0; i < section->blocks->len; i++) {
        const lab_block_t *block = &g_array_index(section->blocks, lab_block_t, i);
        lab_table_free(block->table);
        lab_ladder_free(block->ladder);
        lab_waterfall_free(block->waterfall);
    }
    g_array_unref(section->blocks);
    g_free(section);
}

lab_document_t *lab_document_new(lab_lang_t lang)
{
    lab_document_t *d = g_new0(lab_document_t, 1);
    d->lang = lang;
    d->sections = g_ptr_array_new_with_free_func(section_free);
    d->strings = g_string_chunk_new(4096);
    d->room = ROOM;
    d->linked = g_hash_table_new(NULL, NULL);
    return d;
}

void lab_document_free(lab_document_t *d)
{
    g_ptr_array_unref(d->sections);
    g_hash_table_unref(d->linked);
    g_string_chunk_free(d->strings);
    g_free(d);
}

/* ---- strings ---- */

const char *lab_document_keep(lab_document_t *d, const char *text)
{
    return g_string_chunk_insert(d->strings, text);
}

const char *lab_document_take(lab_document_t *d, GString *text)
{
    const char *kept = lab_document_keep(d, text->str);
    g_string_free(text, TRUE);
    return kept;
}

const char *lab_document_number(lab_document_t *d, uint64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, number);
    return lab_document_keep(d, text);
}

const char *lab_document_count(lab_document_t *d, uint64_t number)
{
    char digits[24];
    GString *text = g_string_new(NULL);
    size_t length = (size_t)snprintf(digits, sizeof digits, "%" G_GUINT64_FORMAT, number);
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            g_string_append_c(text, ',');
        g_string_append_c(text, digits[i]);
    }
    return lab_document_take(d, text);
}

const char *lab_document_size(lab_document_t *d, uint64_t bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB"};
    if (bytes < 1000)
        return lab_document_words(d, LAB_TEXT_SIZE_BYTES,
                                  LAB_PLACES({"bytes", lab_document_number(d, bytes)}));
    double size = (double)bytes / 1000;
    unsigned unit = 0;
    for (; size >= 999.95 && unit + 1 < G_N_ELEMENTS(units); unit++)
        size /= 1000;
    GString *text = g_string_new(NULL);
    g_string_printf(text, "%.1f %s", size, units[unit]);
    return lab_document_take(d, text);
}

const char *lab_document_duration(lab_document_t *d, int64_t ns)
{
    GString *text = g_string_new(NULL);
    lab_text_duration(text, ns, d->lang);
    return lab_document_take(d, text);
}

const char *lab_document_after_comma(lab_document_t *d, int64_t ns)
{
    if (ns < 0)
        return "";
    GString *text = g_string_new(lab_text(LAB_TEXT_COMMA, d->lang));
    lab_text_duration(text, ns, d->lang);
    return lab_document_take(d, text);
}

const char *lab_document_link(lab_document_t *d, lab_link_kind_t kind, uint32_t number, const char *words)
{
    GString *clean = g_string_new(NULL), *text = g_string_new(NULL);
    lab_text_visible(clean, words);
    lab_append_link(text, (lab_link_t){kind, number}, clean->str);
    g_string_free(clean, TRUE);
    const char *kept = lab_document_take(d, text);
    g_hash_table_add(d->linked, (gpointer)kept);
    return kept;
}

const char *lab_document_linked(lab_document_t *d, lab_link_kind_t kind, uint32_t number)
{
    return lab_document_link(d, kind, number, lab_document_number(d, number));
}

/* What fills the places of a sentence. */
typedef struct {
    const lab_document_t *document;
    const lab_place_t *places;
} lab_filling_t;

/* Control characters of a link are kept where the link was made here. */
static bool fill(void *user, const char *name, GString *out)
{
    const lab_filling_t *filling = user;
    for (const lab_place_t *p = filling->places; p->name; p++) {
        if (strcmp(p->name, name) != 0)
            continue;
        if (p->text && g_hash_table_contains(filling->document->linked, p->text))
            g_string_append(out, p->text);
        else
            lab_text_visible(out, p->text ? p->text : "?");
        return true;
    }
    return false;
}

const char *lab_document_expand(lab_document_t *d, const char *text, const lab_place_t *places)
{
    GString *expanded = g_string_new(NULL);
    lab_text_expand(expanded, text, fill, &(lab_filling_t){d, places});
    const char *kept = lab_document_take(d, expanded);
    if (strchr(kept, '\1'))
        g_hash_table_add(d->linked, (gpointer)kept);
    return kept;
}

const char *lab_document_words(lab_document_t *d, lab_text_id_t id, const lab_place_t *places)
{
    return lab_document_expand(d, lab_text(id, d->lang), places);
}

static const char *visible(lab_document_t *d, const char *text)
{
    GString *clean = g_string_new(NULL);
    lab_text_visible(clean, text ? text : "?");
    return lab_document_take(d, clean);
}

/* ---- sections ---- */

static void add_section(lab_document_t *d, bool part, const char *title)
{
    lab_section_t *section = g_new0(lab_section_t, 1);
    section->part = part;
    section->title = title;
    section->blocks = g_array_new(FALSE, FALSE, sizeof(lab_block_t));
    g_ptr_array_add(d->sections, section);
}

void lab_document_part(lab_document_t *d, lab_text_id_t title, const lab_place_t *places)
{
    add_section(d, true, lab_document_words(d, title, places));
}

void lab_document_section(lab_document_t *d, lab_text_id_t title, const lab_place_t *places)
{
    add_section(d, false, lab_document_words(d, title, places));
}

void lab_document_section_named(lab_document_t *d, const char *title)
{
    add_section(d, false, title);
}

void lab_document_untitled(lab_document_t *d)
{
    add_section(d, false, NULL);
}

/* ---- blocks ---- */

static void add_block(lab_document_t *d, lab_block_t block)
{
    g_return_if_fail(d->sections->len > 0);
    lab_section_t *section = g_ptr_array_index(d->sections, d->sections->len - 1);
    g_array_append_val(section->blocks, block);
}

void lab_document_say(lab_document_t *d, const char *sentence)
{
    add_block(d, (lab_block_t){.kind = LAB_BLOCK_SENTENCE, .text = lab_document_keep(d, sentence)});
}

void lab_document_sentence(lab_document_t *d, lab_text_id_t id, const lab_place_t *places)
{
    add_block(d, (lab_block_t){.kind = LAB_BLOCK_SENTENCE, .text = lab_document_words(d, id, places)});
}

void lab_document_blank(lab_document_t *d, lab_text_id_t id)
{
    add_block(d, (lab_block_t){.kind = LAB_BLOCK_BLANK, .text = lab_text(id, d->lang)});
}

void lab_document_item(lab_document_t *d, const char *text)
{
    add_block(d, (lab_block_t){.kind = LAB_BLOCK_ITEM, .text = lab_document_keep(d, text)});
}

void lab_document_entry(lab_document_t *d, lab_entry_t id, const lab_place_t *places)
{
    const lab_entry_text_t *entry = lab_entry_text(id);
    const char *label = entry->label.in[d->lang];
    add_block(d, (lab_block_t){.kind = LAB_BLOCK_ENTRY,
                               .label = label ? lab_document_expand(d, label, places) : NULL,
                               .text = lab_document_expand(d, entry->text.in[d->lang], places)});
}

void lab_document_fact(lab_document_t *d, const char *label, const char *value, const char *meaning)
{
    add_block(d, (lab_block_t){.kind = LAB_BLOCK_FACT,
                               .label = visible(d, label),
                               .text = visible(d, value),
                               .meaning = meaning ? lab_document_keep(d, meaning) : NULL});
}

lab_table_t *lab_document_table(lab_document_t *d, const lab_text_id_t *titles, unsigned columns)
{
    lab_table_t *table = lab_table_new(columns);
    for (unsigned i = 0; i < columns; i++)
        lab_table_cell(table, lab_text(titles[i], d->lang));
    add_block(d, (lab_block_t){.kind = LAB_BLOCK_TABLE, .table = table});
    return table;
}

/* ---- folds, drawings and places that links point to ---- */

static void add_fold(lab_document_t *d, bool detail, const char *summary)
{
    add_block(d, (lab_block_t){.kind = LAB_BLOCK_FOLD, .text = summary, .detail = detail});
}

void lab_document_fold(lab_document_t *d, lab_text_id_t summary, const lab_place_t *places)
{
    add_fold(d, false, lab_document_words(d, summary, places));
}

void lab_document_detail(lab_document_t *d, lab_text_id_t summary, const lab_place_t *places)
{
    add_fold(d, true, lab_document_words(d, summary, places));
}

void lab_document_heading(lab_document_t *d, const char *title)
{
    add_block(d, (lab_block_t){.kind = LAB_BLOCK_HEADING, .text = lab_document_keep(d, title)});
}

void lab_document_fold_end(lab_document_t *d)
{
    add_block(d, (lab_block_t){.kind = LAB_BLOCK_FOLD_END});
}

lab_ladder_t *lab_document_ladder(lab_document_t *d)
{
    lab_ladder_t *ladder = lab_ladder_new();
    add_block(d, (lab_block_t){.kind = LAB_BLOCK_LADDER, .ladder = ladder});
    return ladder;
}

lab_waterfall_t *lab_document_waterfall(lab_document_t *d)
{
    lab_waterfall_t *waterfall = lab_waterfall_new();
    add_block(d, (lab_block_t){.kind = LAB_BLOCK_WATERFALL, .waterfall = waterfall});
    return waterfall;
}

void lab_document_anchor(lab_document_t *d, lab_link_kind_t kind, uint32_t number)
{
    lab_section_t *section = g_ptr_array_index(d->sections, d->sections->len - 1);
    const lab_link_t anchor = {kind, number};
    if (section->blocks->len)
        g_array_index(section->blocks, lab_block_t, section->blocks->len - 1).anchor = anchor;
    else
        section->anchor = anchor;
}

bool lab_document_room(lab_document_t *d, unsigned rows)
{
    bool enough = rows <= d->room;
    if (enough)
        d->room -= rows;
    return enough;
}

guint lab_section_after_detail(const lab_section_t *section, guint i)
{
    unsigned depth = 0;
    if (!g_array_index(section->blocks, lab_block_t, i).detail)
        return i;
    for (guint at = i; at < section->blocks->len; at++) {
        lab_block_kind_t kind = g_array_index(section->blocks, lab_block_t, at).kind;
        depth += kind == LAB_BLOCK_FOLD;
        depth -= kind == LAB_BLOCK_FOLD_END;
        if (!depth)
            return at;
    }
    return section->blocks->len - 1;
}
