/* SPDX-License-Identifier: GPL-2.0-or-later */
/* questions.c - choosing questions and wrong answers; see quiz.h. */
#include <string.h>

#include "quiz.h"

/* A small generator of our own, so that a seed means the same quiz with every version of GLib: splitmix64. */
typedef struct {
    guint64 state;
} lab_dice_t;

static guint throw_of(lab_dice_t *dice, guint sides)
{
    guint64 z = dice->state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return (guint)((z ^ (z >> 31)) % sides);
}

/* The quiz that is being made. */
typedef struct {
    const lab_facts_t *facts;
    lab_lang_t language;
    lab_dice_t dice;
    GPtrArray *questions;
} lab_quiz_t;

static void free_question(gpointer user)
{
    lab_question_t *q = user;
    g_free(q->text);
    g_free(q->because);
    for (guint i = 0; i < q->count; i++)
        g_free(q->choices[i]);
    g_free(q);
}

/* ---- answers ---- */

/* Adds a choice unless it is there already; takes `text`. */
static void add_choice(lab_question_t *q, char *text)
{
    for (guint i = 0; i < q->count; i++)
        if (strcmp(q->choices[i], text) == 0) {
            g_free(text);
            return;
        }
    if (q->count < LAB_CHOICES_MOST)
        q->choices[q->count++] = text;
    else
        g_free(text);
}

static void from_options(lab_quiz_t *z, lab_question_t *q, lab_options_group_t group)
{
    guint count;
    const lab_option_t *rows = lab_options_of(group, &count);
    for (guint tries = 0; count && tries < 40 && q->count < LAB_CHOICES_MOST; tries++) {
        const char *token = rows[throw_of(&z->dice, count)].token;
        /* Nearly every segment is an acknowledgment, too: as a wrong answer it would be right. */
        if (strcmp(token, "ack") != 0)
            add_choice(q, lab_option_text(group, token, z->language));
    }
}

static void from_frames(lab_quiz_t *z, lab_question_t *q, guint frame)
{
    const GArray *rows = z->facts->segments;
    guint place = 0;
    while (place < rows->len && g_array_index(rows, lab_segment_row_t, place).number != frame)
        place++;
    for (guint tries = 0; tries < 60 && q->count < LAB_CHOICES_MOST; tries++) {
        guint first = place > 6 ? place - 6 : 0, other = first + throw_of(&z->dice, 13);
        if (other < rows->len)
            add_choice(q, g_strdup_printf("%u", g_array_index(rows, lab_segment_row_t, other).number));
    }
}

/* Numbers that a hasty reader may take: one less, one more, the peer's. */
static void from_number(lab_quiz_t *z, lab_question_t *q, guint64 number, guint64 peer)
{
    const guint64 near[] = {number + 1, number ? number - 1 : 2, peer};
    guint first = throw_of(&z->dice, G_N_ELEMENTS(near));
    for (guint i = 0; i < G_N_ELEMENTS(near); i++)
        add_choice(q, g_strdup_printf("%" G_GUINT64_FORMAT, near[(first + i) % G_N_ELEMENTS(near)]));
}

/* Codes that browsers meet. */
static void from_statuses(lab_quiz_t *z, lab_question_t *q)
{
    static const char *const codes[] = {"200", "206", "301", "302", "304", "400", "404", "500"};
    for (guint tries = 0; tries < 40 && q->count < LAB_CHOICES_MOST; tries++)
        add_choice(q, g_strdup(codes[throw_of(&z->dice, G_N_ELEMENTS(codes))]));
}

/* ---- questions ---- */

/* The first choice is the right one so far; they are mixed here. */
static void finish(lab_quiz_t *z, lab_question_t *q)
{
    if (q->count < 2) {
        free_question(q);
        return;
    }
    for (guint i = q->count - 1; i > 0; i--) {
        guint other = throw_of(&z->dice, i + 1);
        char *choice = q->choices[i];
        q->choices[i] = q->choices[other];
        q->choices[other] = choice;
        if (q->right == i)
            q->right = other;
        else if (q->right == other)
            q->right = i;
    }
    g_ptr_array_add(z->questions, q);
}

static char *because_of(const lab_quiz_t *z, const lab_truth_t *truth)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < truth->frames->len && i < 3; i++) {
        const lab_segment_row_t *row = lab_facts_segment(z->facts, g_array_index(truth->frames, guint, i));
        if (row)
            g_string_append_printf(out, "%s%u: %s", out->len ? "; " : "", row->number, row->cells[COL_NOTE]);
    }
    return g_string_free(out, FALSE);
}

static char *question_of(const lab_quiz_t *z, const lab_entry_t *entry, const lab_name_t *row)
{
    char number[24];
    static const lab_text_id_t texts[LAB_SUBJECTS] = {T_Q_CAPTURE, T_Q_CONNECTION, T_Q_EXCHANGE, T_Q_PAGE,
                                                      T_Q_FRAME};
    g_snprintf(number, sizeof number, "%" G_GINT64_FORMAT, entry->number);
    return lab_words_with(texts[entry->subject], z->language,
                          LAB_PLACES({"number", number}, {"what", row->question.in[z->language]}));
}

static guint64 peer_of(const lab_quiz_t *z, const lab_entry_t *entry, const char *name)
{
    const char *other = strcmp(name, "client.port") == 0   ? "server.port"
                        : strcmp(name, "server.port") == 0 ? "client.port"
                        : strcmp(name, "client.isn") == 0  ? "server.isn"
                        : strcmp(name, "server.isn") == 0  ? "client.isn"
                        : strcmp(name, "seq_raw") == 0     ? "ack_raw"
                                                           : "seq_raw";
    guint64 number = 0;
    if (lab_name_find(entry->subject, other)) {
        lab_truth_t truth = lab_facts_truth(z->facts, entry, other);
        number = truth.values->len ? g_ascii_strtoull(g_ptr_array_index(truth.values, 0), NULL, 10) : 0;
        lab_truth_clear(&truth);
    }
    return number;
}

/* Asks for a name if exactly one value is certain. */
static void ask(lab_quiz_t *z, const lab_entry_t *entry, const char *name)
{
    const lab_name_t *row = lab_name_find(entry->subject, name);
    lab_truth_t truth = lab_facts_truth(z->facts, entry, name);
    if (row && !truth.doubt && truth.values->len == 1) {
        const char *value = g_ptr_array_index(truth.values, 0);
        lab_question_t *q = g_new0(lab_question_t, 1);
        q->text = question_of(z, entry, row);
        q->because = because_of(z, &truth);
        add_choice(q, row->options != OPTIONS_NO ? lab_option_text(row->options, value, z->language)
                                                 : g_strdup(value));
        if (row->options != OPTIONS_NO)
            from_options(z, q, row->options);
        else if (strcmp(name, "status") == 0)
            from_statuses(z, q);
        else if (strstr(name, "frame") || strstr(name, "open.") || strstr(name, "role."))
            from_frames(z, q, (guint)g_ascii_strtoull(value, NULL, 10));
        else
            from_number(z, q, g_ascii_strtoull(value, NULL, 10), peer_of(z, entry, name));
        finish(z, q);
    }
    lab_truth_clear(&truth);
}

static void ask_all(lab_quiz_t *z, lab_subject_t subject, const char *const *names)
{
    for (guint i = 0; i < lab_facts_count(z->facts, subject) && i < 200; i++) {
        lab_entry_t entry = lab_facts_at(z->facts, subject, i);
        for (const char *const *name = names; *name; name++)
            ask(z, &entry, *name);
    }
}

/* Of frames those are asked for that change a state, or are more than an acknowledgment. */
static void ask_frames(lab_quiz_t *z)
{
    for (guint i = 0; i < z->facts->segments->len && z->questions->len < 5000; i++) {
        lab_entry_t entry = lab_facts_at(z->facts, LAB_FRAME, i);
        const char *const *cells = entry.row->cells;
        bool step = strcmp(cells[COL_OPEN_STEP], "-") != 0 || strcmp(cells[COL_CLOSE_STEP], "-") != 0;
        if (step) {
            ask(z, &entry, "client");
            ask(z, &entry, "server");
        }
        if (step || strpbrk(cells[COL_FLAGS], "R") || strcmp(cells[COL_KEEPALIVE], "-") != 0 ||
            strstr(cells[COL_ROLE], "retransmission"))
            ask(z, &entry, "role");
        if (strpbrk(cells[COL_FLAGS], "R"))
            ask(z, &entry, "rst.cause");
    }
}

GPtrArray *lab_quiz(const lab_facts_t *facts, guint seed, guint most, lab_lang_t language)
{
    lab_quiz_t z = {facts, language, {seed}, g_ptr_array_new_with_free_func(free_question)};
    ask_all(&z, LAB_CONNECTION,
            (const char *const[]){"client.port", "server.port", "open.syn_ack", "open.ack", "client.isn",
                                  "open.kind", "kept_open", "requests", "close.kind", "close.first",
                                  "close.time_wait", "close.lossless", "tls.kind", NULL});
    ask_all(&z, LAB_EXCHANGE,
            (const char *const[]){"request_frame", "response_frame", "status", "object", NULL});
    ask_frames(&z);
    /* As many as are wanted, chosen by the dice, in the order in which they were made. */
    while (z.questions->len > most)
        g_ptr_array_remove_index(z.questions, throw_of(&z.dice, z.questions->len));
    return z.questions;
}
