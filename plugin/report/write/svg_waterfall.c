/* SPDX-License-Identifier: GPL-2.0-or-later */
/* svg_waterfall.c - the waterfall of a page load: a lane a connection, a row an exchange. Each row is a
 * drawing of its own that is as wide as the page allows: places along the time axis are percentages, so
 * letters and marks keep their size. */
#include "html_parts.h"

#include <stdio.h>

#define ROW_HEIGHT  18
#define MARK_HEIGHT 16
#define LETTER_FROM 4.0 /* percent: a narrower bar has no letter */
#define MARK_ROOM                                                                                            \
    10.0 /* percent that a mark and its word take; behind 100 % the style leaves room for one                \
          */
#define TICKS_MAX 6

static const struct {
    lab_text_id_t word;
    int top, height;
} bars[LAB_BARS] = {
    [LAB_BAR_QUEUE] = {LAB_TEXT_BAR_QUEUE, 6, 6},      [LAB_BAR_DNS] = {LAB_TEXT_BAR_DNS, 4, 10},
    [LAB_BAR_CONNECT] = {LAB_TEXT_BAR_CONNECT, 4, 10}, [LAB_BAR_TLS] = {LAB_TEXT_BAR_TLS, 4, 10},
    [LAB_BAR_SEND] = {LAB_TEXT_BAR_SEND, 2, 14},       [LAB_BAR_WAIT] = {LAB_TEXT_BAR_WAIT, 2, 14},
    [LAB_BAR_RECEIVE] = {LAB_TEXT_BAR_RECEIVE, 2, 14},
};

static const struct {
    const char *name, *path, *style;
} marks[] = {
    [LAB_LANE_RST] = {"RST", "M4 0h4l4 4v4l-4 4h-4l-4-4v-4z", "mr"},
    [LAB_LANE_FIN] = {"FIN", "M0 1h12l-6 10z", "mf"},
};

void lab_svg_patterns(GString *out)
{
    g_string_append(out, "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
                         "<pattern id=\"hatched\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
                         "<path d=\"M0 6l6-6M-1 1l2-2M5 7l2-2\"/></pattern></defs></svg>\n");
}

/* ---- numbers ---- */

static double percent(const lab_waterfall_t *w, int64_t time)
{
    return 100.0 * (double)time / (double)MAX(w->length, 1);
}

/* Percent with three decimals; the point does not depend on the locale. */
static void write_percent(lab_html_t *h, const char *name, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_printf(h->out, " %s=\"%s%%\"", name,
                           g_ascii_formatd(text, sizeof text, "%.3f", CLAMP(value, 0, 100)));
}

static void write_duration(lab_html_t *h, int64_t ns)
{
    GString *text = g_string_new(NULL);
    if (ns >= 0)
        lab_text_duration(text, ns, h->lang);
    else
        g_string_append(text, "–");
    lab_html_text(h, text->str);
    g_string_free(text, TRUE);
}

/* 1, 2 or 5 times a power of ten, so that there are at most TICKS_MAX ticks. */
static int64_t tick_of(int64_t length)
{
    int64_t step = 1;
    for (unsigned i = 0; length / step > TICKS_MAX; i++)
        step = i % 3 == 1 ? step / 2 * 5 : step * 2;
    return step;
}

/* ---- places in a text ---- */

typedef struct {
    const char *name;
    int64_t ns;
    const char *words;
} fill_t;

static bool fill(void *user, const char *name, GString *out)
{
    const fill_t *f = user;
    for (; f->name; f++)
        if (g_str_equal(f->name, name)) {
            if (f->words)
                g_string_append(out, f->words);
            else
                lab_text_duration(out, f->ns, LAB_LANG_EN);
            return true;
        }
    return false;
}

static void write_words(lab_html_t *h, lab_text_id_t id, const fill_t *places)
{
    GString *text = g_string_new(NULL);
    lab_text_expand(text, lab_html_word(h, id), fill, (void *)places);
    lab_html_text(h, text->str);
    g_string_free(text, TRUE);
}

/* ---- rows ---- */

static void begin_drawing(lab_html_t *h, const lab_waterfall_t *w, int height)
{
    int64_t step = tick_of(w->length);
    g_string_append_printf(h->out, "<svg height=\"%d\" aria-hidden=\"true\">", height);
    for (int64_t at = 0; at <= w->length; at += step) {
        g_string_append(h->out, "<line");
        write_percent(h, "x1", percent(w, at));
        write_percent(h, "x2", percent(w, at));
        g_string_append(h->out, " y2=\"100%\"/>");
    }
}

static void write_axis(lab_html_t *h, const lab_waterfall_t *w)
{
    int64_t step = tick_of(w->length);
    g_string_append(h->out, "<div class=\"row\"><span></span>");
    begin_drawing(h, w, ROW_HEIGHT);
    for (int64_t at = 0; at <= w->length; at += step) {
        double x = percent(w, at);
        g_string_append(h->out, "<text class=\"tick\" y=\"12\" dx=\"3\"");
        write_percent(h, "x", x);
        g_string_append(h->out, ">");
        write_duration(h, at);
        g_string_append(h->out, "</text>");
    }
    g_string_append_printf(h->out, "</svg><span class=\"sum\">%s</span></div>\n",
                           lab_html_word(h, LAB_TEXT_BAR_SUM));
}

static void write_bar(lab_html_t *h, const lab_waterfall_t *w, const lab_bar_t *b)
{
    double begin = percent(w, b->begin), width = percent(w, b->length);
    const char *word = lab_html_word(h, bars[b->kind].word);
    int top = b->bound ? 4 : bars[b->kind].top, height = b->bound ? 10 : bars[b->kind].height;
    g_string_append_printf(h->out, "<rect class=\"b%d\" y=\"%d\" height=\"%d\"", b->bound ? 9 : (int)b->kind,
                           top, height);
    write_percent(h, "x", begin);
    write_percent(h, "width", MIN(width, 100 - begin));
    g_string_append(h->out, "><title>");
    write_words(
        h, b->bound ? LAB_TEXT_FALL_AT_MOST : LAB_TEXT_FALL_AT,
        (const fill_t[]){{"part", 0, word}, {"time", b->length, NULL}, {"begin", b->begin, NULL}, {0}});
    g_string_append(h->out, "</title></rect>");
    if (width < LETTER_FROM || b->bound || height < 10)
        return;
    bool dark = b->kind == LAB_BAR_WAIT;
    g_string_append_printf(h->out, "<text class=\"%s\" y=\"12.5\"", dark ? "on" : "in");
    write_percent(h, "x", begin + width / 2);
    char letter[8] = "";
    g_utf8_strncpy(letter, word, 1);
    char *upper = g_utf8_strup(letter, -1);
    g_string_append_printf(h->out, ">%s</text>", upper);
    g_free(upper);
}

/* A diamond behind the last byte of a 304. */
static void write_not_modified(lab_html_t *h, const lab_waterfall_t *w, const lab_fall_row_t *r)
{
    double x = percent(w, r->done);
    g_string_append(h->out, "<svg class=\"mark\" overflow=\"visible\"");
    write_percent(h, "x", x);
    g_string_append(h->out, "><path class=\"mn\" transform=\"translate(3 3)\" d=\"M6 0l6 6-6 6-6-6z\"/>"
                            "<text x=\"18\" y=\"13\">304</text></svg>");
}

static void write_row(lab_html_t *h, const lab_waterfall_t *w, const lab_fall_row_t *r)
{
    char number[16];
    snprintf(number, sizeof number, "#%u", r->number);
    GString *link = g_string_new(NULL);
    lab_append_link(link, (lab_link_t){LAB_LINK_EXCHANGE, r->number}, number);
    g_string_append(h->out, "<li class=\"row\"><span>");
    lab_html_text(h, link->str);
    g_string_free(link, TRUE);
    g_string_append_c(h->out, ' ');
    lab_html_text(h, r->label);
    g_string_append(h->out, " <span class=\"answer\">→ ");
    lab_html_words(h, r->answer);
    g_string_append(h->out, "</span></span>");
    begin_drawing(h, w, ROW_HEIGHT);
    for (unsigned i = 0; i < r->bar_count; i++)
        write_bar(h, w, &r->bars[i]);
    if (r->status == 304)
        write_not_modified(h, w, r);
    g_string_append(h->out, "</svg><span class=\"sum\">");
    write_duration(h, r->total);
    g_string_append(h->out, "</span></li>\n");
}

/* ---- marks ---- */

/* Marks whose words would lie on each other get lines of their own. */
static unsigned lay_out(const lab_waterfall_t *w, const lab_lane_t *lane, unsigned *lines)
{
    unsigned count = 0;
    double *until = g_new0(double, lane->marks->len + 1);
    for (guint i = 0; i < lane->marks->len; i++) {
        double x = MIN(percent(w, g_array_index(lane->marks, lab_lane_mark_t, i).time), 100);
        unsigned line = 0;
        while (line < count && until[line] > x)
            line++;
        count = MAX(count, line + 1);
        until[line] = x + MARK_ROOM;
        lines[i] = line;
    }
    g_free(until);
    return count;
}

static void write_mark(lab_html_t *h, const lab_waterfall_t *w, const lab_lane_mark_t *m, unsigned line)
{
    double x = percent(w, m->time);
    bool beyond = x > 100;
    g_string_append_printf(h->out, "<svg class=\"mark\" overflow=\"visible\" y=\"%u\"", line * MARK_HEIGHT);
    write_percent(h, "x", x);
    g_string_append_printf(h->out,
                           "><path class=\"%s\" transform=\"translate(-6 2)\" d=\"%s\"/><text x=\"9\" "
                           "y=\"12\">%s%s</text></svg>",
                           marks[m->kind].style, marks[m->kind].path, marks[m->kind].name,
                           beyond ? " ›" : "");
}

static void write_mark_words(lab_html_t *h, const lab_lane_t *lane)
{
    g_string_append(h->out, "<ul class=\"marks\">");
    for (guint i = 0; i < lane->marks->len; i++) {
        const lab_lane_mark_t *m = &g_array_index(lane->marks, lab_lane_mark_t, i);
        g_string_append_printf(
            h->out, "<li><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><path class=\"%s\" d=\"%s\"/></svg>",
            marks[m->kind].style, marks[m->kind].path);
        lab_html_words(h, m->words);
        g_string_append(h->out, "</li>\n");
    }
    g_string_append(h->out, "</ul>\n");
}

static void write_lane(lab_html_t *h, const lab_waterfall_t *w, const lab_lane_t *lane)
{
    unsigned *lines = g_new0(unsigned, lane->marks->len + 1);
    unsigned height = lay_out(w, lane, lines) * MARK_HEIGHT;
    GString *link = g_string_new(NULL);
    lab_append_link(link, (lab_link_t){LAB_LINK_CONNECTION, lane->stream}, lane->label);
    g_string_append(h->out, "<li class=\"lane\"><div class=\"row\"><span class=\"lane-name\">");
    lab_html_text(h, link->str);
    g_string_free(link, TRUE);
    g_string_append(h->out, "</span>");
    begin_drawing(h, w, (int)MAX(height, 4));
    for (guint i = 0; i < lane->marks->len; i++)
        write_mark(h, w, &g_array_index(lane->marks, lab_lane_mark_t, i), lines[i]);
    g_string_append(h->out, "</svg><span></span></div>\n<ol>\n");
    for (guint i = 0; i < lane->rows->len; i++)
        write_row(h, w, &g_array_index(lane->rows, lab_fall_row_t, i));
    g_string_append(h->out, "</ol>\n");
    if (lane->marks->len)
        write_mark_words(h, lane);
    g_string_append(h->out, "</li>\n");
    g_free(lines);
}

/* ---- legend and numbers ---- */

static void note_kinds(const lab_lane_t *lane, bool *used)
{
    for (guint i = 0; i < lane->rows->len; i++) {
        const lab_fall_row_t *r = &g_array_index(lane->rows, lab_fall_row_t, i);
        for (unsigned n = 0; n < r->bar_count; n++)
            used[r->bars[n].bound ? LAB_BARS : r->bars[n].kind] = true;
    }
}

static void write_swatch(lab_html_t *h, unsigned kind)
{
    bool bound = kind == LAB_BARS;
    g_string_append_printf(h->out,
                           "<li><svg viewBox=\"0 0 22 18\" aria-hidden=\"true\"><rect class=\"b%u\" x=\"1\" "
                           "y=\"%d\" width=\"20\" height=\"%d\"/>"
                           "</svg>%s</li>\n",
                           bound ? 9 : kind, bound ? 4 : bars[kind].top, bound ? 10 : bars[kind].height,
                           lab_html_word(h, bound ? LAB_TEXT_BAR_BOUND : bars[kind].word));
}

static void write_legend(lab_html_t *h, const lab_waterfall_t *w)
{
    bool used[LAB_BARS + 1] = {false};
    for (guint i = 0; i < w->lanes->len; i++)
        note_kinds(g_ptr_array_index(w->lanes, i), used);
    g_string_append(h->out, "<ul class=\"legend\">\n");
    for (unsigned kind = 0; kind <= LAB_BARS; kind++)
        if (used[kind])
            write_swatch(h, kind);
    g_string_append(h->out, "</ul>\n");
}

static void add_numbers(lab_html_t *h, lab_table_t *t, const lab_fall_row_t *r)
{
    lab_table_link(t, LAB_LINK_EXCHANGE, r->number, NULL);
    for (unsigned kind = 0; kind < LAB_BARS; kind++) {
        if (kind != LAB_BAR_QUEUE || r->times[kind] >= 0 || r->bound < 0) {
            lab_table_duration(t, r->times[kind]);
            continue;
        }
        GString *bound = g_string_new("≤ ");
        lab_text_duration(bound, r->bound, h->lang);
        lab_table_take(t, g_string_free(bound, FALSE));
    }
    lab_table_duration(t, r->total);
}

static void write_numbers(lab_html_t *h, const lab_waterfall_t *w)
{
    lab_table_t *t = lab_table_new(LAB_BARS + 2);
    lab_table_cell(t, lab_html_word(h, LAB_TEXT_COL_NUMBER));
    for (unsigned kind = 0; kind < LAB_BARS; kind++)
        lab_table_cell(t, lab_html_word(h, bars[kind].word));
    lab_table_cell(t, lab_html_word(h, LAB_TEXT_BAR_SUM));
    for (guint i = 0; i < w->lanes->len; i++) {
        const lab_lane_t *lane = g_ptr_array_index(w->lanes, i);
        for (guint n = 0; n < lane->rows->len; n++)
            add_numbers(h, t, &g_array_index(lane->rows, lab_fall_row_t, n));
    }
    g_string_append_printf(h->out, "<details class=\"numbers\"><summary>%s</summary>\n",
                           lab_html_word(h, LAB_TEXT_FALL_NUMBERS));
    lab_html_table(h, t, w->title);
    g_string_append(h->out, "</details>\n");
    lab_table_free(t);
}

void lab_svg_waterfall(lab_html_t *h, const lab_waterfall_t *w)
{
    g_string_append(h->out, "<figure class=\"fall\"><figcaption>");
    lab_html_text(h, w->title);
    g_string_append(h->out, "</figcaption>\n");
    write_legend(h, w);
    write_axis(h, w);
    g_string_append(h->out, "<ol>\n");
    for (guint i = 0; i < w->lanes->len; i++)
        write_lane(h, w, g_ptr_array_index(w->lanes, i));
    g_string_append(h->out, "</ol>\n");
    if (w->left_out) {
        char number[16];
        snprintf(number, sizeof number, "%u", w->left_out);
        g_string_append(h->out, "<p>");
        write_words(h, LAB_TEXT_FALL_MORE, (const fill_t[]){{"count", 0, number}, {0}});
        g_string_append(h->out, "</p>\n");
    }
    write_numbers(h, w);
    g_string_append(h->out, "</figure>\n");
}
