/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_writer.c - see text_writer.h. */
#include "text_writer.h"

#define WIDTH_MAX   60 /* of a column; a longer text moves only its own row */
#define LABEL_WIDTH 6  /* of an entry's label; two blanks follow */

/* Columns on a terminal: wide characters take two. */
static unsigned width(const char *text)
{
    unsigned n = 0;
    lab_span_t span;
    while (lab_next_span(&text, &span))
        for (const char *p = span.text; p < span.text + span.length; p = g_utf8_next_char(p)) {
            gunichar c = g_utf8_get_char(p);
            n += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
        }
    return n;
}

/* The text and blanks up to `columns`, and two more. */
static void append_padded(GString *out, const char *text, unsigned columns)
{
    unsigned used = width(text);
    lab_append_plain(out, text);
    g_string_append_printf(out, "%*s", (int)(columns > used ? columns - used : 0) + 2, "");
}

static void append_line(GString *out, const char *begin, const char *text)
{
    g_string_append(out, begin);
    lab_append_plain(out, text);
    g_string_append_c(out, '\n');
}

/* ---- tables ---- */

static const char *cell(const lab_table_t *t, guint i)
{
    const char *text = g_ptr_array_index(t->cells, i);
    return text ? text : "-";
}

void lab_write_text_table(const lab_table_t *t, GString *out)
{
    unsigned *widths = g_new0(unsigned, t->columns);
    for (guint i = 0; i < t->cells->len; i++) {
        unsigned *column = &widths[i % t->columns];
        *column = MIN(MAX(*column, width(cell(t, i))), WIDTH_MAX);
    }
    for (guint i = 0; i < t->cells->len; i++) {
        if ((i + 1) % t->columns)
            append_padded(out, cell(t, i), widths[i % t->columns]);
        else
            append_line(out, "", cell(t, i));
    }
    g_free(widths);
}

/* ---- the other blocks ---- */

static void write_entry(const lab_block_t *b, GString *out)
{
    g_string_append(out, "  ");
    if (b->label)
        append_padded(out, b->label, LABEL_WIDTH);
    append_line(out, "", b->text);
}

static void write_fact(const lab_block_t *b, lab_lang_t lang, GString *out)
{
    g_string_append_printf(out, "%s%s%s", b->label, lab_text(LAB_TEXT_COLON, lang), b->text);
    if (b->meaning)
        lab_text_means(out, b->meaning, lang);
    g_string_append_c(out, '\n');
}

static void write_block(const lab_block_t *b, lab_lang_t lang, GString *out)
{
    switch (b->kind) {
    case LAB_BLOCK_SENTENCE:
    case LAB_BLOCK_BLANK:
    case LAB_BLOCK_FOLD:
    case LAB_BLOCK_HEADING:
        append_line(out, "", b->text);
        break;
    case LAB_BLOCK_ITEM:
        append_line(out, "  - ", b->text);
        break;
    case LAB_BLOCK_ENTRY:
        write_entry(b, out);
        break;
    case LAB_BLOCK_FACT:
        write_fact(b, lang, out);
        break;
    case LAB_BLOCK_TABLE:
        lab_write_text_table(b->table, out);
        break;
    case LAB_BLOCK_FOLD_END:
    case LAB_BLOCK_LADDER: /* -z lab,connection,N has its segments */
    case LAB_BLOCK_WATERFALL:
        break;
    }
}

/* The title of a part names the program. */
static void write_section(const lab_section_t *s, lab_lang_t lang, GString *out)
{
    if (s->title)
        append_line(out, s->part ? "Lab: " : "", s->title);
    for (guint i = 0; i < s->blocks->len; i++) {
        guint end = lab_section_after_detail(s, i);
        if (end == i)
            write_block(&g_array_index(s->blocks, lab_block_t, i), lang, out);
        i = end;
    }
}

void lab_write_text(const lab_document_t *d, GString *out)
{
    for (guint i = 0; i < d->sections->len; i++) {
        if (i)
            g_string_append_c(out, '\n');
        write_section(g_ptr_array_index(d->sections, i), d->lang, out);
    }
}
