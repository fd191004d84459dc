/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html_ladder.c - the ladder of a connection: a list with an arrow a segment between the lanes of both ends'
 * states. A run of usual segments is a fold with a list of its own. Raw sequence numbers are there and shown
 * when a box is ticked. */
#include "html_parts.h"

#include <stdio.h>

static const struct {
    const char *style;
    int word; /* -1 = none */
} looks[LAB_LOOKS] = {
    [LAB_LOOK_USUAL] = {"", -1},
    [LAB_LOOK_LOST] = {" lost", LAB_TEXT_LOOK_LOST},
    [LAB_LOOK_REPEATED] = {" again", LAB_TEXT_LOOK_REPEATED},
    [LAB_LOOK_UNORDERED] = {" again", LAB_TEXT_LOOK_UNORDERED},
    [LAB_LOOK_TWICE] = {" twice", LAB_TEXT_LOOK_TWICE},
    [LAB_LOOK_LATE] = {" late", LAB_TEXT_LOOK_LATE},
    [LAB_LOOK_RESET] = {" rst", -1},
    [LAB_LOOK_LOOKUP] = {" dns", -1},
};

/* The colour of a state's lane; states of one step of life share it, their names tell them apart. */
static const char *lane_style(const char *state)
{
    static const struct {
        const char *state, *style;
    } rows[] = {{"LISTEN", "l0"},     {"SYN-SENT", "l1"},   {"SYN-RECEIVED", "l1"}, {"ESTABLISHED", "l2"},
                {"FIN-WAIT-1", "l3"}, {"FIN-WAIT-2", "l3"}, {"CLOSING", "l3"},      {"CLOSE-WAIT", "l4"},
                {"LAST-ACK", "l4"},   {"TIME-WAIT", "l5"},  {"CLOSED", "l0"}};
    for (size_t i = 0; state && i < G_N_ELEMENTS(rows); i++)
        if (g_str_equal(state, rows[i].state))
            return rows[i].style;
    return "l9";
}

static void write_lane(lab_html_t *h, const lab_ladder_step_t *s, unsigned end)
{
    const char *state = s->states[end];
    bool named = s->changed[end] && state;
    g_string_append_printf(h->out, "<span class=\"%s%s\">%s</span>", lane_style(state), named ? " new" : "",
                           named ? state : "");
}

static void write_number(lab_html_t *h, const char *name, int64_t relative, int64_t raw)
{
    if (relative < 0 && raw < 0)
        return;
    g_string_append_printf(h->out, " %s <b>", name);
    if (relative >= 0)
        g_string_append_printf(h->out, "%" G_GINT64_FORMAT, relative);
    else
        g_string_append(h->out, "–");
    g_string_append(h->out, "</b>");
    if (raw >= 0)
        g_string_append_printf(h->out, "<i> (%" G_GINT64_FORMAT ")</i>", raw);
}

static void write_numbers(lab_html_t *h, const lab_ladder_step_t *s)
{
    if (s->length < 0)
        return;
    g_string_append(h->out, "<code>");
    if (*s->flags)
        g_string_append_printf(h->out, "[%s]", s->flags);
    write_number(h, "seq", s->seq, s->seq_raw);
    write_number(h, "ack", s->ack, s->ack_raw);
    g_string_append_printf(h->out, " len <b>%" G_GINT64_FORMAT "</b></code>", s->length);
}

static void write_arrow(lab_html_t *h, const lab_ladder_step_t *s)
{
    int word = looks[s->look].word;
    g_string_append(h->out, "<span class=a><strong>");
    lab_html_text(h, s->role);
    g_string_append(h->out, "</strong>");
    if (word >= 0)
        g_string_append_printf(h->out, " <em>%s</em>", lab_html_word(h, (lab_text_id_t)word));
    write_numbers(h, s);
    g_string_append_printf(
        h->out, "<span class=h>%s</span><span class=w></span></span>",
        lab_html_word(h, s->from_client ? LAB_TEXT_LADDER_TO_SERVER : LAB_TEXT_LADDER_TO_CLIENT));
}

static void write_time(lab_html_t *h, int64_t ns)
{
    if (ns < 0)
        g_string_append(h->out, "<span class=t>–</span>");
    else
        g_string_append_printf(h->out, "<span class=t>%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT "</span>",
                               ns / 1000000000, ns % 1000000000 / 1000);
}

static void write_note(lab_html_t *h, const char *note)
{
    g_string_append(h->out, "<span class=m>");
    lab_html_words(h, note);
    g_string_append(h->out, "</span>");
}

static void write_step(lab_html_t *h, const lab_ladder_step_t *s)
{
    g_string_append(h->out, "<li");
    lab_html_id(h, (lab_link_t){LAB_LINK_FRAME, s->frame});
    g_string_append_printf(h->out, " class=\"r %s%s\">", s->from_client ? "c" : "s", looks[s->look].style);
    write_time(h, s->time);
    g_string_append_printf(h->out, "<span class=f>%u</span>", s->frame);
    write_lane(h, s, 0);
    write_arrow(h, s);
    write_lane(h, s, 1);
    write_note(h, s->note);
    g_string_append(h->out, "\n");
}

/* ---- runs ---- */

static void write_summary(lab_html_t *h, const lab_ladder_row_t *row, const lab_ladder_step_t *first,
                          const lab_ladder_step_t *last)
{
    g_string_append_printf(h->out, "<summary class=\"r run %s\">", row->from_client ? "c" : "s");
    write_time(h, first->time);
    g_string_append_printf(h->out, "<span class=f>%u<wbr>–%u</span>", first->frame, last->frame);
    write_lane(h, first, 0);
    g_string_append(h->out, "<span class=a><strong>");
    lab_html_words(h, row->summary);
    g_string_append_printf(
        h->out, "</strong><span class=h>%s</span><span class=w></span></span>",
        lab_html_word(h, row->from_client ? LAB_TEXT_LADDER_TO_SERVER : LAB_TEXT_LADDER_TO_CLIENT));
    write_lane(h, first, 1);
    g_string_append(h->out, "<span class=m></span></summary>\n");
}

static void write_left_out(lab_html_t *h, guint count)
{
    const char *text = lab_html_word(h, LAB_TEXT_LADDER_MORE);
    char number[16];
    snprintf(number, sizeof number, "%u", count);
    char **parts = g_strsplit(text, "{count}", 2), *whole = g_strjoinv(number, parts);
    g_string_append_printf(h->out, "<li class=\"more\">%s</li>\n", whole);
    g_free(whole);
    g_strfreev(parts);
}

static void write_run(lab_html_t *h, const lab_ladder_t *ladder, const lab_ladder_row_t *row)
{
    const lab_ladder_step_t *steps = &g_array_index(ladder->steps, lab_ladder_step_t, row->first);
    g_string_append(h->out, "<li><details>");
    write_summary(h, row, steps, &steps[row->count - 1]);
    g_string_append(h->out, "<ol>\n");
    for (guint i = 0; i < row->count; i++)
        write_step(h, &steps[i]);
    if (row->left_out)
        write_left_out(h, row->left_out);
    g_string_append(h->out, "</ol></details></li>\n");
}

/* ---- the whole ---- */

static void write_end(lab_html_t *h, lab_text_id_t word, const char *endpoint)
{
    g_string_append_printf(h->out, "<span class=e><b>%s</b> ", lab_html_word(h, word));
    lab_html_text(h, endpoint);
    g_string_append(h->out, "</span>");
}

static void write_titles(lab_html_t *h, const lab_ladder_t *ladder)
{
    g_string_append_printf(h->out, "<div class=\"r titles\"><span class=t>%s</span><span class=f>%s</span>",
                           lab_html_word(h, LAB_TEXT_LADDER_TIME), lab_html_word(h, LAB_TEXT_COL_FRAME));
    write_end(h, LAB_TEXT_CLIENT_LABEL, ladder->client);
    write_end(h, LAB_TEXT_SERVER_LABEL, ladder->server);
    g_string_append_printf(h->out, "<span class=m>%s</span></div>\n", lab_html_word(h, LAB_TEXT_LADDER_NOTE));
}

void lab_html_ladder(lab_html_t *h, const lab_ladder_t *ladder)
{
    unsigned number = h->drawings++;
    g_string_append(h->out, "<div class=\"ladder\" role=\"group\" aria-label=\"");
    lab_html_plain(h, ladder->title);
    g_string_append_printf(h->out,
                           "\">\n<input type=\"checkbox\" id=\"raw%u\"><label for=\"raw%u\">%s</label>\n",
                           number, number, lab_html_word(h, LAB_TEXT_LADDER_RAW));
    write_titles(h, ladder);
    g_string_append(h->out, "<ol>\n");
    for (guint i = 0; i < ladder->rows->len; i++) {
        const lab_ladder_row_t *row = &g_array_index(ladder->rows, lab_ladder_row_t, i);
        if (row->summary)
            write_run(h, ladder, row);
        else
            write_step(h, &g_array_index(ladder->steps, lab_ladder_step_t, row->first));
    }
    g_string_append(h->out, "</ol></div>\n");
}
