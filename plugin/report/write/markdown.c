/* SPDX-License-Identifier: GPL-2.0-or-later */
/* markdown.c - see markdown.h.
 *
 * All that a document says goes through lab_markdown_escape(): it cannot know what came from the wire. Words
 * of this file are the marks of Markdown only. Folds are written open, with the summary in bold; details are
 * left out; ladders and waterfalls are tables; links are their words.
 */
#include "markdown.h"

#include <string.h>

#define DASHES_MAX 40L /* pandoc takes the widths of columns from the dashes of a table's second line */

/* ---- escaping: CommonMark 2.4 lets a backslash stand before any ASCII punctuation ---- */

/* "1." and "(a)" begin lists of pandoc, "1." and "1)" of CommonMark 5.2: the length of the number or letters.
 */
static size_t list_number(const char *text)
{
    size_t n = 0;
    while (g_ascii_isalnum(text[n]))
        n++;
    return n && (text[n] == '.' || text[n] == ')') ? n : 0;
}

/* Is `c` markup wherever it stands? What only closes markup is none by itself. Quotes would become
 * typographic ones in pandoc. */
static bool always_escaped(char c)
{
    return strchr("\\`*_[{<|~^$&@\"", c) != NULL;
}

/* An apostrophe within a word may become a typographic one. */
static bool is_quote(const char *text, const char *p)
{
    return *p == '\'' && (p == text || !g_ascii_isalnum(p[-1]) || !g_ascii_isalnum(p[1]));
}

/* Dashes and full stops that pandoc would join; "://" and "www." that GitHub would make a link of, together
 * with the backslashes in it. */
static bool escaped_here(const char *text, const char *p)
{
    if (*p == '-' || *p == '.')
        return p[1] == *p || (p > text && p[-1] == *p) ||
               (*p == '.' && p - text >= 3 && g_ascii_strncasecmp(p - 3, "www", 3) == 0);
    return is_quote(text, p) || g_str_has_prefix(p, "://");
}

void lab_markdown_escape(GString *out, const char *text, bool line_start)
{
    const char *number = line_start ? text + list_number(text) : text;
    for (const char *p = text; *p; p++) {
        bool first = line_start && p == text;
        if (first && *p == ' ') { /* CommonMark 4.4: indented code */
            g_string_append(out, "&#32;");
            continue;
        }
        if (always_escaped(*p) || escaped_here(text, p) || (first && strchr("#+-=:%(>", *p)) ||
            (p == number && p != text))
            g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    }
}

/* The words of a text that may have links. */
static void append(GString *out, const char *text, bool line_start)
{
    GString *plain = g_string_new(NULL);
    lab_append_plain(plain, text);
    lab_markdown_escape(out, plain->str, line_start);
    g_string_free(plain, TRUE);
}

static void append_bold(GString *out, const char *text)
{
    g_string_append(out, "**");
    append(out, text, false);
    g_string_append(out, "**");
}

/* ---- tables ---- */

static const char *cell(const lab_table_t *t, guint i)
{
    const char *text = g_ptr_array_index(t->cells, i);
    return text ? text : "-";
}

static void write_row(const lab_table_t *t, guint first, GString *out)
{
    for (guint i = first; i < first + t->columns && i < t->cells->len; i++) {
        g_string_append(out, i > first ? " | " : "| ");
        append(out, cell(t, i), false);
    }
    g_string_append(out, " |\n");
}

static void write_rule(const lab_table_t *t, GString *out)
{
    for (guint column = 0; column < t->columns; column++) {
        glong width = 3;
        for (guint i = column; i < t->cells->len; i += t->columns)
            width = MAX(width, g_utf8_strlen(cell(t, i), DASHES_MAX * 4));
        g_string_append_c(out, '|');
        for (glong i = 0; i < MIN(width, DASHES_MAX); i++)
            g_string_append_c(out, '-');
    }
    g_string_append(out, "|\n");
}

static void write_table(const lab_table_t *t, GString *out)
{
    write_row(t, 0, out);
    write_rule(t, out);
    for (guint i = t->columns; i < t->cells->len; i += t->columns)
        write_row(t, i, out);
    g_string_append_c(out, '\n');
}

/* ---- drawings, as tables ---- */

static void add_titles(lab_table_t *t, const lab_text_id_t *titles, lab_lang_t lang)
{
    for (unsigned i = 0; i < t->columns; i++)
        lab_table_cell(t, lab_text(titles[i], lang));
}

static void add_step(lab_table_t *t, const lab_ladder_step_t *step)
{
    lab_table_frame(t, step->frame);
    lab_table_cellf(t, "%.6f", (double)step->time / 1e9);
    lab_table_cell(t, step->from_client ? "→" : "←");
    lab_table_cell(t, step->flags);
    lab_table_known(t, step->seq);
    lab_table_known(t, step->ack);
    lab_table_known(t, step->length);
    GString *note = g_string_new(NULL);
    lab_append_plain(note, *step->note ? step->note : step->role);
    lab_table_cell(t, note->str);
    g_string_free(note, TRUE);
}

/* A run of segments: its first frame and its last, and what it is. */
static void add_run(lab_table_t *t, const lab_ladder_t *l, const lab_ladder_row_t *row)
{
    const lab_ladder_step_t *first = &g_array_index(l->steps, lab_ladder_step_t, row->first);
    lab_table_cellf(t, "%u-", first->frame);
    lab_table_cellf(t, "%.6f", (double)first->time / 1e9);
    lab_table_cell(t, row->from_client ? "→" : "←");
    for (unsigned i = 0; i < 4; i++)
        lab_table_cell(t, "");
    lab_table_cell(t, row->summary);
}

static void write_ladder(const lab_ladder_t *l, lab_lang_t lang, GString *out)
{
    static const lab_text_id_t titles[] = {LAB_TEXT_COL_FRAME,  LAB_TEXT_COL_SECONDS, LAB_TEXT_COL_DIRECTION,
                                           LAB_TEXT_COL_FLAGS,  LAB_TEXT_COL_SEQ,     LAB_TEXT_COL_ACK,
                                           LAB_TEXT_COL_LENGTH, LAB_TEXT_COL_STEP};
    lab_table_t *t = lab_table_new(G_N_ELEMENTS(titles));
    add_titles(t, titles, lang);
    for (guint i = 0; i < l->rows->len; i++) {
        const lab_ladder_row_t *row = &g_array_index(l->rows, lab_ladder_row_t, i);
        if (row->summary)
            add_run(t, l, row);
        else
            add_step(t, &g_array_index(l->steps, lab_ladder_step_t, row->first));
    }
    write_table(t, out);
    lab_table_free(t);
}

static void add_fall(lab_table_t *t, const lab_lane_t *lane, const lab_fall_row_t *row)
{
    lab_table_frame(t, row->number);
    lab_table_number(t, lane->stream);
    lab_table_cell(t, row->label);
    lab_table_cell(t, row->answer);
    for (unsigned kind = 0; kind < LAB_BARS; kind++)
        lab_table_duration(t, row->times[kind]);
    lab_table_duration(t, row->total);
}

static void write_waterfall(const lab_waterfall_t *w, lab_lang_t lang, GString *out)
{
    static const lab_text_id_t titles[] = {
        LAB_TEXT_COL_NUMBER, LAB_TEXT_COL_STREAM, LAB_TEXT_COL_REQUEST_LINE, LAB_TEXT_COL_ANSWER,
        LAB_TEXT_COL_QUEUE,  LAB_TEXT_COL_DNS,    LAB_TEXT_COL_CONNECT,      LAB_TEXT_COL_TLS,
        LAB_TEXT_COL_SEND,   LAB_TEXT_COL_WAIT,   LAB_TEXT_COL_RECEIVE,      LAB_TEXT_COL_TOTAL};
    lab_table_t *t = lab_table_new(G_N_ELEMENTS(titles));
    add_titles(t, titles, lang);
    for (guint i = 0; i < w->lanes->len; i++) {
        const lab_lane_t *lane = g_ptr_array_index(w->lanes, i);
        for (guint k = 0; k < lane->rows->len; k++)
            add_fall(t, lane, &g_array_index(lane->rows, lab_fall_row_t, k));
    }
    write_table(t, out);
    lab_table_free(t);
}

/* ---- blocks ---- */

/* "- **label**: text (meaning)" */
static void write_listed(const lab_block_t *b, lab_lang_t lang, GString *out)
{
    g_string_append(out, "- ");
    if (b->label) {
        append_bold(out, b->label);
        g_string_append(out, lab_text(LAB_TEXT_COLON, lang));
    }
    append(out, b->text, !b->label);
    if (b->meaning) {
        GString *meaning = g_string_new(NULL);
        lab_text_means(meaning, b->meaning, lang);
        append(out, meaning->str, false);
        g_string_free(meaning, TRUE);
    }
    g_string_append_c(out, '\n');
}

static bool is_listed(const lab_block_t *b)
{
    return b->kind == LAB_BLOCK_ITEM || b->kind == LAB_BLOCK_ENTRY || b->kind == LAB_BLOCK_FACT;
}

static void write_block(const lab_block_t *b, lab_lang_t lang, GString *out)
{
    switch (b->kind) {
    case LAB_BLOCK_SENTENCE:
    case LAB_BLOCK_BLANK:
        append(out, b->text, true);
        g_string_append(out, "\n\n");
        break;
    case LAB_BLOCK_FOLD:
    case LAB_BLOCK_HEADING:
        append_bold(out, b->text);
        g_string_append(out, "\n\n");
        break;
    case LAB_BLOCK_ITEM:
    case LAB_BLOCK_ENTRY:
    case LAB_BLOCK_FACT:
        write_listed(b, lang, out);
        break;
    case LAB_BLOCK_TABLE:
        write_table(b->table, out);
        break;
    case LAB_BLOCK_LADDER:
        write_ladder(b->ladder, lang, out);
        break;
    case LAB_BLOCK_WATERFALL:
        write_waterfall(b->waterfall, lang, out);
        break;
    case LAB_BLOCK_FOLD_END:
        break;
    }
}

/* The first part is the title of the whole; sections below a later part are one level deeper. */
static void write_title(const lab_section_t *s, unsigned parts, GString *out)
{
    g_string_append(out, s->part ? (parts == 1 ? "# " : "## ") : (parts > 1 ? "### " : "## "));
    append(out, s->title, true);
    g_string_append(out, "\n\n");
}

static void write_section(const lab_section_t *s, unsigned parts, lab_lang_t lang, GString *out)
{
    bool list = false;
    if (s->title)
        write_title(s, parts, out);
    for (guint i = 0; i < s->blocks->len; i++) {
        guint end = lab_section_after_detail(s, i);
        const lab_block_t *b = &g_array_index(s->blocks, lab_block_t, i);
        if (list && !is_listed(b))
            g_string_append_c(out, '\n'); /* a list ends */
        list = is_listed(b);
        if (end == i)
            write_block(b, lang, out);
        i = end;
    }
    if (list)
        g_string_append_c(out, '\n');
}

void lab_write_markdown(const lab_document_t *d, GString *out)
{
    unsigned parts = 0;
    for (guint i = 0; i < d->sections->len; i++) {
        const lab_section_t *s = g_ptr_array_index(d->sections, i);
        parts += s->part;
        write_section(s, parts, d->lang, out);
    }
    while (out->len && g_str_has_suffix(out->str, "\n\n"))
        g_string_truncate(out, out->len - 1);
}
