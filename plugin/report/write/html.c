/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html.c - a document as HTML: the page, its sections and blocks. Ladders are in html_ladder.c, waterfalls in
 * svg_waterfall.c, the style in html_style.c. */
#include "html.h"
#include "html_parts.h"

#include <string.h>

#include "policy.h"

#define CONTENTS_OPEN 14 /* a longer list of contents is folded */
#define LADDER_OPEN   80 /* rows; a longer ladder is folded */

static const char *const place_names[LAB_LINKS] = {
    [LAB_LINK_FRAME] = "frame", [LAB_LINK_CONNECTION] = "connection", [LAB_LINK_EXCHANGE] = "exchange",
    [LAB_LINK_PAGE] = "page",   [LAB_LINK_RESET] = "reset",
};

const char *lab_html_word(const lab_html_t *h, lab_text_id_t id)
{
    return lab_text(id, h->lang);
}

/* ---- places and links ---- */

void lab_html_know(lab_html_t *h, lab_link_t place)
{
    if (place.kind != LAB_LINK_NONE)
        g_hash_table_insert(h->places[place.kind], GUINT_TO_POINTER(place.number), GINT_TO_POINTER(FALSE));
}

void lab_html_id(lab_html_t *h, lab_link_t place)
{
    gpointer written = GINT_TO_POINTER(TRUE);
    if (place.kind == LAB_LINK_NONE ||
        !g_hash_table_lookup_extended(h->places[place.kind], GUINT_TO_POINTER(place.number), NULL,
                                      &written) ||
        GPOINTER_TO_INT(written))
        return;
    g_hash_table_insert(h->places[place.kind], GUINT_TO_POINTER(place.number), GINT_TO_POINTER(TRUE));
    g_string_append_printf(h->out, " id=\"%s-%u\"", place_names[place.kind], place.number);
}

static bool has_place(const lab_html_t *h, lab_link_t place)
{
    return place.kind != LAB_LINK_NONE &&
           g_hash_table_contains(h->places[place.kind], GUINT_TO_POINTER(place.number));
}

void lab_html_text(lab_html_t *h, const char *text)
{
    lab_span_t span;
    while (lab_next_span(&text, &span)) {
        bool linked = has_place(h, span.link);
        if (linked)
            g_string_append_printf(h->out, "<a href=\"#%s-%u\">", place_names[span.link.kind],
                                   span.link.number);
        lab_html_escape_bytes(h->out, span.text, span.length);
        if (linked)
            g_string_append(h->out, "</a>");
    }
}

void lab_html_plain(lab_html_t *h, const char *text)
{
    lab_span_t span;
    while (lab_next_span(&text, &span))
        lab_html_escape_bytes(h->out, span.text, span.length);
}

/* Whether a unit of time or size begins at `text`. */
static bool is_unit(const char *text)
{
    static const char *const units[] = {"µs", "ms", "s", "kB", "MB", "GB", "TB"};
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_str_has_prefix(text, units[i]) && !g_ascii_isalnum(text[strlen(units[i])]))
            return true;
    return false;
}

void lab_html_words(lab_html_t *h, const char *text)
{
    GString *out = h->out, *words = g_string_new(NULL);
    h->out = words;
    lab_html_text(h, text);
    h->out = out;
    for (gsize i = 0; i < words->len; i++) {
        if (i && words->str[i] == ' ' && g_ascii_isdigit(words->str[i - 1]) && is_unit(words->str + i + 1))
            g_string_append(out, "\u00a0");
        else
            g_string_append_c(out, words->str[i]);
    }
    g_string_free(words, TRUE);
}

static void know_block(lab_html_t *h, const lab_block_t *b)
{
    lab_html_know(h, b->anchor);
    for (guint i = 0; b->ladder && i < b->ladder->steps->len; i++)
        lab_html_know(
            h, (lab_link_t){LAB_LINK_FRAME, g_array_index(b->ladder->steps, lab_ladder_step_t, i).frame});
}

static void know_places(lab_html_t *h)
{
    for (guint i = 0; i < h->document->sections->len; i++) {
        const lab_section_t *s = g_ptr_array_index(h->document->sections, i);
        lab_html_know(h, s->anchor);
        for (guint n = 0; n < s->blocks->len; n++)
            know_block(h, &g_array_index(s->blocks, lab_block_t, n));
    }
}

/* ---- tables ---- */

/* "12", "1.58 ms", "50000-50003", "-": a column of these is set flush right. An address is none of them. */
static bool is_number(const char *cell)
{
    const char *point = cell ? strchr(cell, '.') : NULL;
    return !cell || ((g_ascii_isdigit(*cell) || *cell == '\1') && !strchr(cell, ':') &&
                     !(point && strchr(point + 1, '.')));
}

static bool is_numeric(const lab_table_t *t, unsigned column)
{
    bool any = false;
    for (guint i = t->columns + column; i < t->cells->len; i += t->columns) {
        const char *cell = g_ptr_array_index(t->cells, i);
        any |= cell != NULL;
        if (!is_number(cell) || (cell && strlen(cell) > 24))
            return false;
    }
    return any;
}

/* A column that the reader fills in. */
static bool is_blank(const lab_table_t *t, unsigned column)
{
    for (guint i = t->columns + column; i < t->cells->len; i += t->columns) {
        const char *cell = g_ptr_array_index(t->cells, i);
        if (!cell || *cell)
            return false;
    }
    return t->cells->len > t->columns;
}

/* A column of addresses, names or tokens: each is one short word, which is not broken. */
static bool is_word(const lab_table_t *t, unsigned column)
{
    enum { WORD_MAX = 48 /* bytes: an address and port of IPv6 */ };
    for (guint i = t->columns + column; i < t->cells->len; i += t->columns) {
        const char *cell = g_ptr_array_index(t->cells, i);
        if (cell && (strlen(cell) > WORD_MAX || strchr(cell, ' ')))
            return false;
    }
    return true;
}

static const char *style_of(const lab_table_t *t, unsigned column)
{
    if (is_blank(t, column))
        return " class=\"y\">";
    if (is_numeric(t, column))
        return " class=\"n\">";
    return is_word(t, column) ? " class=\"k\">" : ">";
}

static void write_cell(lab_html_t *h, const lab_table_t *t, guint i, const char *const *styles)
{
    bool title = i < t->columns;
    const char *cell = g_ptr_array_index(t->cells, i);
    g_string_append(h->out, title ? "<th scope=\"col\"" : "<td");
    g_string_append(h->out, styles[i % t->columns]);
    lab_html_text(h, cell ? cell : "–");
    g_string_append(h->out, title ? "</th>" : "</td>");
}

void lab_html_table(lab_html_t *h, const lab_table_t *t, const char *about)
{
    const char **styles = g_new0(const char *, t->columns);
    for (unsigned i = 0; i < t->columns; i++)
        styles[i] = style_of(t, i);
    g_string_append(h->out, "<div class=\"table\" role=\"group\" tabindex=\"0\" aria-label=\"");
    lab_html_plain(h, about);
    g_string_append(h->out, "\"><table>\n<thead>");
    for (guint i = 0; i < t->cells->len; i++) {
        if (i % t->columns == 0)
            g_string_append(h->out, "<tr>");
        write_cell(h, t, i, styles);
        if ((i + 1) % t->columns == 0)
            g_string_append(h->out, i < t->columns ? "</tr></thead>\n<tbody>\n" : "</tr>\n");
    }
    g_string_append(h->out, "</tbody></table></div>\n");
    g_free(styles);
}

/* ---- blocks ---- */

/* Items, entries and facts that follow each other are one list. */
typedef enum { LIST_NONE, LIST_ITEMS, LIST_ENTRIES } list_t;

static list_t list_of(const lab_block_t *b)
{
    if (b->kind == LAB_BLOCK_ITEM)
        return LIST_ITEMS;
    return (b->kind == LAB_BLOCK_ENTRY && b->label) || b->kind == LAB_BLOCK_FACT ? LIST_ENTRIES : LIST_NONE;
}

/* HTML: a name stands once in a <dl>. Entries of one name that follow each other are one group, with a <dd>
 * each. */
typedef struct {
    list_t kind;
    const char *label;  /* of the group that is open; NULL = none */
    GHashTable *labels; /* of the list that is open */
} lab_open_list_t;

static void end_group(lab_html_t *h, lab_open_list_t *open, const char *next)
{
    if (!open->label || g_strcmp0(open->label, next) == 0)
        return;
    g_string_append(h->out, "</div>\n");
    open->label = NULL;
}

/* Ends the list that is open, unless it is of this kind and has room for a group of this name. */
static void turn_list(lab_html_t *h, lab_open_list_t *open, list_t wanted, const char *label)
{
    static const char *const begin[] = {"", "<ul>\n", "<dl>\n"}, *const end[] = {"", "</ul>\n", "</dl>\n"};
    end_group(h, open, wanted == LIST_ENTRIES ? label : NULL);
    bool again = wanted == LIST_ENTRIES && !open->label && g_hash_table_contains(open->labels, label);
    if (open->kind == wanted && !again)
        return;
    g_string_append(h->out, end[open->kind]);
    g_string_append(h->out, begin[wanted]);
    g_hash_table_remove_all(open->labels);
    open->kind = wanted;
}

static void begin_group(lab_html_t *h, lab_open_list_t *open, const char *label)
{
    if (open->kind != LIST_ENTRIES || open->label)
        return;
    g_string_append(h->out, "<div><dt>");
    lab_html_text(h, label);
    g_string_append(h->out, "</dt>");
    g_hash_table_add(open->labels, (gpointer)label);
    open->label = label;
}

static void write_element(lab_html_t *h, const lab_block_t *b, const char *name, const char *attributes)
{
    g_string_append_printf(h->out, "<%s%s", name, attributes);
    lab_html_id(h, b->anchor);
    g_string_append_c(h->out, '>');
    lab_html_words(h, b->text);
    g_string_append_printf(h->out, "</%s>\n", name);
}

static void write_value(lab_html_t *h, const lab_block_t *b)
{
    g_string_append(h->out, "<dd");
    lab_html_id(h, b->anchor);
    g_string_append_c(h->out, '>');
    lab_html_words(h, b->text);
    if (b->meaning) {
        GString *means = g_string_new(NULL);
        lab_text_means(means, b->meaning, h->lang);
        lab_html_text(h, means->str);
        g_string_free(means, TRUE);
    }
    g_string_append(h->out, "</dd>");
}

static void write_fold(lab_html_t *h, const lab_block_t *b, bool open)
{
    g_string_append_printf(h->out, "<details%s", open ? " open" : "");
    lab_html_id(h, b->anchor);
    g_string_append(h->out, "><summary>"); /* which is a control: no link within it */
    lab_html_plain(h, b->text);
    g_string_append(h->out, "</summary>\n");
}

static void write_block(lab_html_t *h, const lab_block_t *b, const char *about)
{
    switch (b->kind) {
    case LAB_BLOCK_SENTENCE:
        write_element(h, b, "p", "");
        break;
    case LAB_BLOCK_BLANK:
        write_element(h, b, "p", " class=\"blank\"");
        break;
    case LAB_BLOCK_ITEM:
        write_element(h, b, "li", "");
        break;
    case LAB_BLOCK_ENTRY:
        if (!b->label) {
            write_element(h, b, "p", " class=\"entry\"");
            break;
        }
        write_value(h, b);
        break;
    case LAB_BLOCK_FACT:
        write_value(h, b);
        break;
    case LAB_BLOCK_HEADING:
        write_element(h, b, "h3", "");
        break;
    case LAB_BLOCK_TABLE:
        lab_html_table(h, b->table, about);
        break;
    case LAB_BLOCK_FOLD: /* see write_blocks */
        break;
    case LAB_BLOCK_FOLD_END:
        g_string_append(h->out, "</details>\n");
        break;
    case LAB_BLOCK_LADDER:
        lab_html_ladder(h, b->ladder);
        break;
    case LAB_BLOCK_WATERFALL:
        lab_svg_waterfall(h, b->waterfall);
        break;
    }
}

/* What a person comes for is there at once, unless it is long. */
static bool is_open(const GArray *blocks, guint i)
{
    const lab_ladder_t *ladder =
        i + 1 < blocks->len ? g_array_index(blocks, lab_block_t, i + 1).ladder : NULL;
    return ladder && ladder->rows->len <= LADDER_OPEN;
}

/* A fold without blocks is its sentence alone. */
static bool is_empty_fold(const GArray *blocks, guint i)
{
    return g_array_index(blocks, lab_block_t, i).kind == LAB_BLOCK_FOLD && i + 1 < blocks->len &&
           g_array_index(blocks, lab_block_t, i + 1).kind == LAB_BLOCK_FOLD_END;
}

static void write_blocks(lab_html_t *h, const lab_section_t *s)
{
    lab_open_list_t open = {.labels = g_hash_table_new(g_str_hash, g_str_equal)};
    const char *about = s->title ? s->title : lab_html_word(h, LAB_TEXT_REPORT_TITLE);
    for (guint i = 0; i < s->blocks->len; i++) {
        const lab_block_t *b = &g_array_index(s->blocks, lab_block_t, i);
        turn_list(h, &open, list_of(b), b->label);
        begin_group(h, &open, b->label);
        if (b->kind == LAB_BLOCK_HEADING)
            about = b->text;
        if (is_empty_fold(s->blocks, i)) {
            write_element(h, b, "p", " class=\"entry\"");
            i++;
        } else if (b->kind == LAB_BLOCK_FOLD) {
            write_fold(h, b, is_open(s->blocks, i));
        } else {
            write_block(h, b, about);
        }
    }
    turn_list(h, &open, LIST_NONE, NULL);
    g_hash_table_unref(open.labels);
}

/* ---- sections ---- */

static void write_section(lab_html_t *h, guint i)
{
    const lab_section_t *s = g_ptr_array_index(h->document->sections, i);
    const char *element = s->title ? "section" : "div"; /* HTML: a section has a heading */
    g_string_append_printf(h->out, "<%s id=\"s%u\">\n", element, i);
    if (s->title) {
        g_string_append_printf(h->out, "<h%d", i ? 2 : 1);
        lab_html_id(h, s->anchor);
        g_string_append_c(h->out, '>');
        lab_html_text(h, s->title);
        g_string_append_printf(h->out, "</h%d>\n", i ? 2 : 1);
    }
    write_blocks(h, s);
    g_string_append_printf(h->out, "</%s>\n", element);
}

static void write_contents(lab_html_t *h)
{
    const GPtrArray *sections = h->document->sections;
    guint titled = 0;
    for (guint i = 1; i < sections->len; i++)
        titled += ((const lab_section_t *)g_ptr_array_index(sections, i))->title != NULL;
    if (titled < 2)
        return;
    g_string_append_printf(h->out, "<nav aria-label=\"%s\"><details%s><summary>%s</summary>\n<ul>\n",
                           lab_html_word(h, LAB_TEXT_HTML_CONTENTS), titled <= CONTENTS_OPEN ? " open" : "",
                           lab_html_word(h, LAB_TEXT_HTML_CONTENTS));
    for (guint i = 1; i < sections->len; i++) {
        const lab_section_t *s = g_ptr_array_index(sections, i);
        if (!s->title)
            continue;
        g_string_append_printf(h->out, "<li><a href=\"#s%u\">", i);
        lab_html_plain(h, s->title);
        g_string_append(h->out, "</a></li>\n");
    }
    g_string_append(h->out, "</ul></details></nav>\n");
}

/* ---- the page ---- */

static void write_head(lab_html_t *h)
{
    const GPtrArray *sections = h->document->sections;
    const lab_section_t *first = sections->len ? g_ptr_array_index(sections, 0) : NULL;
    g_string_append_printf(h->out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
                           h->lang == LAB_LANG_ZH ? "zh-Hans" : "en");
    lab_policy_meta(h->out, lab_html_style);
    g_string_append(h->out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                            "<meta name=\"color-scheme\" content=\"light dark\">\n"
                            "<meta name=\"referrer\" content=\"no-referrer\">\n<title>Lab: ");
    lab_html_plain(h, first && first->title ? first->title : lab_html_word(h, LAB_TEXT_REPORT_TITLE));
    g_string_append_printf(h->out, "</title>\n<style>%s</style>\n</head>\n<body>\n", lab_html_style);
    lab_svg_patterns(h->out);
    g_string_append(h->out, "<main>\n");
}

static void write_foot(lab_html_t *h)
{
    const char *text = lab_html_word(h, LAB_TEXT_HTML_MADE_BY), *place = strstr(text, "{version}");
    g_string_append(h->out, "<footer><p>");
    g_string_append_len(h->out, text, place ? place - text : (gssize)strlen(text));
    if (place)
        g_string_append_printf(h->out, "%s%s", LAB_VERSION, place + strlen("{version}"));
    g_string_append(h->out, "</p></footer>\n</main>\n</body>\n</html>\n");
}

void lab_write_html(const lab_document_t *d, GString *out)
{
    lab_html_t h = {.document = d, .lang = d->lang, .out = out};
    for (unsigned kind = 0; kind < LAB_LINKS; kind++)
        h.places[kind] = g_hash_table_new(NULL, NULL);
    know_places(&h);
    write_head(&h);
    for (guint i = 0; i < d->sections->len; i++) {
        write_section(&h, i);
        if (i == 0)
            write_contents(&h);
    }
    write_foot(&h);
    for (unsigned kind = 0; kind < LAB_LINKS; kind++)
        g_hash_table_unref(h.places[kind]);
}
