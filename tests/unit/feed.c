/* feed.c - conversations in short words; see feed.h.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"

#include "rest.h"

#include "units.h"

#include <string.h>

#define MS INT64_C(1000000)

feed_t *feed_new(void)
{
    feed_t *f = g_new0(feed_t, 1);
    f->engine = lab_engine_new();
    if (g_getenv("LAB_TEST_REST")) /* every connection rests from one segment to the next */
        lab_rests_limit(f->engine->rests, 0, 0);
    f->isn[0] = 1000;
    f->isn[1] = 500000;
    f->port[0] = 50000;
    f->port[1] = 80;
    f->filler = "x";
    f->text = g_string_new(NULL);
    return f;
}

void feed_free(feed_t *f)
{
    lab_engine_free(f->engine);
    g_string_free(f->text, TRUE);
    g_free(f);
}

void feed_wait(feed_t *f, int64_t ns)
{
    f->time += ns - MS;
}

static lab_endpoint_t endpoint(const feed_t *f, unsigned end)
{
    lab_endpoint_t e = {.length = 4, .port = f->port[end]};
    memcpy(e.address, (const uint8_t[]){192, 0, 2, (uint8_t)(end + 1)}, 4);
    return e;
}

/* Sends a prepared segment; fills in frame, addresses and raw sequence numbers. */
static void send(feed_t *f, unsigned end, lab_segment_t *seg, int64_t seq, int64_t ack)
{
    seg->frame = ++f->frame;
    seg->options = f->options;
    seg->options_length = f->options_length;
    seg->decrypted = f->decrypted;
    seg->decrypted_count = f->decrypted_count;
    f->decrypted = NULL;
    f->decrypted_count = 0;
    seg->stream = f->stream;
    seg->time = f->time;
    seg->src = endpoint(f, end);
    seg->dst = endpoint(f, !end);
    seg->seq = f->isn[end] + (uint32_t)seq;
    seg->ack = ack >= 0 ? f->isn[!end] + (uint32_t)ack : 0;
    int64_t after = seq + seg->length + !!(seg->flags & LAB_TH_SYN) + !!(seg->flags & LAB_TH_FIN);
    if (!(seg->flags & LAB_TH_RST))
        f->next[end] = MAX(f->next[end], after);
    lab_engine_segment(f->engine, seg);
}

static uint16_t flag_of(char letter)
{
    static const struct {
        char letter;
        uint16_t flag;
    } rows[] = {{'S', LAB_TH_SYN}, {'F', LAB_TH_FIN}, {'R', LAB_TH_RST},
                {'P', LAB_TH_PSH}, {'A', LAB_TH_ACK}, {'N', 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].letter == letter)
            return rows[i].flag;
    g_error("no flag is called %c", letter);
}

static uint8_t *payload_of(const feed_t *f, uint32_t length)
{
    uint8_t *data = g_malloc(length + 1);
    for (uint32_t i = 0; i < length; i++)
        data[i] = (uint8_t)f->filler[i % strlen(f->filler)];
    return data;
}

/* A relative number at `*at`. `.` is the next sequence number of that end, `.-N` is N before it. */
static int64_t take_number(const char **at, int64_t next)
{
    bool relative = **at == '.';
    char *end = (char *)*at + relative;
    int64_t value = *end == '-' || g_ascii_isdigit(*end) ? g_ascii_strtoll(end, &end, 10) : 0;
    *at = end;
    return relative ? next + value : value;
}

/* Sets a field of the segment from a letter and a number at `*at`. */
static void take_item(feed_t *f, lab_segment_t *seg, const char **at)
{
    char letter = *(*at)++;
    char *end;
    double value = g_ascii_strtod(*at, &end);
    g_assert_true(end != *at);
    *at = end;
    switch (letter) {
    case '+':
        seg->length = seg->captured = (uint32_t)value;
        break;
    case '@':
        f->time = (int64_t)(value * 1e9);
        break;
    case 'w':
        seg->window = (uint16_t)value;
        break;
    case 't':
        seg->ttl = (uint8_t)value;
        break;
    case 'k':
        seg->checksum = (uint16_t)value;
        break;
    case 'i':
        seg->ip_id = (uint16_t)value;
        break;
    case 'c':
        seg->captured = (uint32_t)value;
        break;
    default:
        g_error("what is '%c' in a segment?", letter);
    }
}

static void play_word(feed_t *f, const char *word)
{
    const char *at = word;
    lab_segment_t seg = {.window = 65535, .ttl = 64, .checksum = (uint16_t)(f->frame + 1)};
    int64_t ack = -1;
    unsigned end = *at++ == '>' ? 0 : 1;
    while (g_ascii_isupper(*at))
        seg.flags |= flag_of(*at++);
    int64_t seq = take_number(&at, f->next[end]);
    f->time += MS;
    while (*at && *at != ',')
        take_item(f, &seg, &at);
    if (*at == ',') {
        at++;
        ack = take_number(&at, f->next[!end]);
    }
    while (*at)
        take_item(f, &seg, &at);
    uint8_t *data = payload_of(f, seg.captured);
    seg.payload = data;
    send(f, end, &seg, seq, ack);
    g_free(data);
}

static void send_bytes(feed_t *f, unsigned end, const uint8_t *bytes, uint32_t length, int64_t ack)
{
    lab_segment_t seg = {.window = 65535, .ttl = 64, .checksum = (uint16_t)(f->frame + 1)};
    seg.flags = LAB_TH_PSH | LAB_TH_ACK;
    seg.length = seg.captured = length;
    uint8_t *exact = g_memdup2(bytes, length); /* on the heap, so that the sanitizer sees reads past it */
    seg.payload = exact;
    f->time += MS;
    send(f, end, &seg, f->next[end], ack);
    g_free(exact);
}

/* The end of the word at `at`: a space, outside the quotes of a text. */
static const char *word_end(const char *at)
{
    if (at[0] && at[1] == '\'') {
        at = strchr(at + 2, '\'');
        g_assert_nonnull(at);
    }
    return at + strcspn(at, " ");
}

/* A text in quotes, perhaps with what it acknowledges behind. */
static void say_word(feed_t *f, const char *word)
{
    unsigned end = *word != '>';
    const char *quote = strchr(word + 2, '\''), *at = quote + 2;
    int64_t ack = quote[1] == ',' ? take_number(&at, f->next[!end]) : f->next[!end];
    send_bytes(f, end, (const uint8_t *)word + 2, (uint32_t)(quote - word - 2), ack);
}

void feed_play(feed_t *f, const char *words)
{
    for (const char *at = words + strspn(words, " "); *at; at += strspn(at, " ")) {
        const char *end = word_end(at);
        char *word = g_strndup(at, (gsize)(end - at));
        if (at[1] == '\'')
            say_word(f, word);
        else
            play_word(f, word);
        g_free(word);
        at = end;
    }
}

void feed_bytes(feed_t *f, unsigned end, const uint8_t *bytes, uint32_t length)
{
    send_bytes(f, end, bytes, length, f->next[!end]);
}

void feed_say(feed_t *f, unsigned end, const char *text)
{
    feed_bytes(f, end, (const uint8_t *)text, (uint32_t)strlen(text));
}

void feed_open(feed_t *f)
{
    feed_play(f, ">S0 <SA0,1 >A1,1");
}

/* ---- answers ---- */

static const lab_annotation_t *record(const feed_t *f, uint32_t frame)
{
    const lab_annotation_t *r = lab_engine_annotation(f->engine, frame);
    g_assert_nonnull(r);
    return r;
}

static const char *set_of(feed_t *f, uint64_t set, const lab_token_t *table, unsigned n)
{
    g_string_truncate(f->text, 0);
    for (unsigned i = 0; i < n; i++)
        if (set & (UINT64_C(1) << i))
            g_string_append_printf(f->text, "%s%s", f->text->len ? "+" : "", table[i].token);
    return f->text->str;
}

const char *feed_roles(feed_t *f, uint32_t frame)
{
    return set_of(f, record(f, frame)->roles, lab_roles, LAB_ROLES);
}

const char *feed_anomalies(feed_t *f, uint32_t frame)
{
    const lab_detail_t *d = lab_engine_detail(f->engine, record(f, frame));
    return set_of(f, d ? d->anomalies : 0, lab_anomalies, LAB_ANOMALIES);
}

const char *feed_keepalive(feed_t *f, uint32_t frame)
{
    const lab_detail_t *d = lab_engine_detail(f->engine, record(f, frame));
    return set_of(f, d ? d->keepalive : 0, lab_keepalives, LAB_KEEPALIVES);
}

const char *feed_states(feed_t *f, uint32_t frame)
{
    const lab_annotation_t *r = record(f, frame);
    g_string_printf(f->text, "%s/%s", lab_states[r->state[0]].token, lab_states[r->state[1]].token);
    return f->text->str;
}

const char *feed_note(feed_t *f, uint32_t frame, lab_lang_t lang)
{
    g_string_truncate(f->text, 0);
    lab_note(f->engine, record(f, frame), frame, lang, f->text);
    return f->text->str;
}

const char *feed_phase(feed_t *f, uint32_t frame)
{
    return lab_phases[record(f, frame)->phase].token;
}

const lab_conn_t *feed_conn(feed_t *f)
{
    const lab_conn_t *conn = lab_engine_conn(f->engine, f->stream);
    g_assert_nonnull(conn);
    return conn;
}

const char *feed_closing(feed_t *f)
{
    lab_closing_t c = lab_conn_closing(feed_conn(f));
    g_string_printf(f->text, "%s first=%d lossless=%d time-wait=%d frames=",
                    lab_closes[c.kind].token ? lab_closes[c.kind].token : "-", c.first, c.lossless,
                    c.time_wait);
    for (unsigned i = 0; i < c.frame_count; i++)
        g_string_append_printf(f->text, "%s%u", i ? "+" : "", c.frames[i]);
    return f->text->str;
}

const char *feed_reset(feed_t *f, guint n)
{
    const GPtrArray *resets = lab_conn_resets(feed_conn(f));
    if (!resets || n >= resets->len)
        return "none";
    const lab_reset_t *r = g_ptr_array_index(resets, n);
    g_string_printf(f->text, "%s %s %s evidence=", lab_rst_cause_text(r->cause).token,
                    lab_confidences[r->confidence].token, lab_impacts[r->impact].token);
    for (unsigned i = 0; i < r->evidence_count; i++)
        g_string_append_printf(f->text, "%s%u", i ? "+" : "", r->evidence[i]);
    return f->text->str;
}

/* ---- questions by name ---- */

static const char *number(feed_t *f, int64_t n)
{
    g_string_printf(f->text, "%" G_GINT64_FORMAT, n);
    return f->text->str;
}

static const char *ask_note(feed_t *f, uint32_t n)
{
    return feed_note(f, n, LAB_LANG_EN);
}

static const char *ask_zh(feed_t *f, uint32_t n)
{
    return feed_note(f, n, LAB_LANG_ZH);
}

static const char *ask_exchange(feed_t *f, uint32_t n)
{
    return number(f, record(f, n)->exchange);
}

static const char *ask_exchange_last(feed_t *f, uint32_t n)
{
    return number(f, lab_annotation_exchange_last(f->engine, record(f, n)));
}

static const char *ask_related(feed_t *f, uint32_t n)
{
    return number(f, record(f, n)->related);
}

static const char *ask_open_step(feed_t *f, uint32_t n)
{
    return number(f, record(f, n)->open_step);
}

static const char *ask_close_steps(feed_t *f, uint32_t n)
{
    g_string_truncate(f->text, 0);
    for (unsigned i = 0; i < 8; i++)
        if (record(f, n)->close_steps & (1u << i))
            g_string_append_printf(f->text, "%s%u", f->text->len ? "+" : "", i);
    return f->text->str;
}

static const struct {
    const char *name;
    const char *(*ask)(feed_t *f, uint32_t frame);
} frame_questions[] = {
    {"roles", feed_roles},
    {"phase", feed_phase},
    {"anomalies", feed_anomalies},
    {"keepalive", feed_keepalive},
    {"states", feed_states},
    {"note", ask_note},
    {"zh", ask_zh},
    {"exchange", ask_exchange},
    {"exchange_last", ask_exchange_last},
    {"related", ask_related},
    {"open", ask_open_step},
    {"close", ask_close_steps},
};

static const char *ask_open(feed_t *f)
{
    return lab_opens[lab_conn_open_kind(feed_conn(f))].token;
}

static const char *ask_open_time(feed_t *f)
{
    return number(f, lab_conn_open_time(feed_conn(f)));
}

static const char *ask_reason(feed_t *f)
{
    const char *token = lab_reasons[lab_conn_closing(feed_conn(f)).reason].token;
    return token ? token : "-";
}

static const char *ask_zeek(feed_t *f)
{
    return lab_conn_state_zeek(feed_conn(f));
}

static const char *ask_history(feed_t *f)
{
    return lab_conn_history(feed_conn(f));
}

static const char *ask_quality(feed_t *f)
{
    static const char *const names[LAB_QUALITY_BITS] = {"middle",  "one-direction", "cut",      "duplicates",
                                                        "missing", "large",         "backwards"};
    g_string_truncate(f->text, 0);
    for (unsigned i = 0; i < LAB_QUALITY_BITS; i++)
        if (lab_conn_quality(feed_conn(f)) & (1u << i))
            g_string_append_printf(f->text, "%s%s", f->text->len ? "+" : "", names[i]);
    return f->text->str;
}

static const char *ask_bytes(feed_t *f)
{
    const lab_conn_t *c = feed_conn(f);
    g_string_printf(f->text, "%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, lab_conn_bytes(c, 0),
                    lab_conn_bytes(c, 1));
    return f->text->str;
}

static const char *ask_client(feed_t *f)
{
    return number(f, lab_conn_client(feed_conn(f)));
}

static const struct {
    const char *name;
    const char *(*ask)(feed_t *f);
} conn_questions[] = {
    {"open", ask_open},       {"open.time", ask_open_time}, {"closing", feed_closing},
    {"reason", ask_reason},   {"zeek", ask_zeek},           {"history", ask_history},
    {"quality", ask_quality}, {"bytes", ask_bytes},         {"client", ask_client},
};

static const char *or_dash(const char *text)
{
    return text ? text : "-";
}

static const char *describe_exchange(feed_t *f, uint32_t n, bool frames)
{
    const lab_exchange_t *x = lab_engine_exchange(f->engine, n);
    if (!x)
        return "none";
    if (frames)
        g_string_printf(f->text, "%u-%u %u-%u", x->request_first, x->request_last, x->response_first,
                        x->response_last);
    else
        g_string_printf(f->text, "%s %s %u %s %" G_GUINT64_FORMAT "/%" G_GINT64_FORMAT "%s%s",
                        or_dash(x->method), or_dash(x->target), x->status, or_dash(lab_exchange_object(x)),
                        x->received, x->promised, x->response_complete ? " done" : "",
                        x->truncated ? " truncated" : "");
    return f->text->str;
}

static const char *answer(feed_t *f, const char *question)
{
    uint32_t n = (uint32_t)g_ascii_strtoull(question + strcspn(question, "0123456789"), NULL, 10);
    const char *dot = strchr(question, '.');
    for (size_t i = 0; dot && g_ascii_isdigit(*question) && i < G_N_ELEMENTS(frame_questions); i++)
        if (strcmp(dot + 1, frame_questions[i].name) == 0)
            return frame_questions[i].ask(f, n);
    for (size_t i = 0; i < G_N_ELEMENTS(conn_questions); i++)
        if (strcmp(question, conn_questions[i].name) == 0)
            return conn_questions[i].ask(f);
    if (g_str_has_prefix(question, "reset"))
        return feed_reset(f, n);
    if (*question == 'x')
        return describe_exchange(f, n, dot != NULL);
    g_error("what is '%s'?", question);
}

void feed_check(feed_t *f, const char *checks)
{
    char **all = g_strsplit(checks, "; ", -1);
    for (char **c = all; *c; c++) {
        char *expected = strchr(*c, '=');
        g_assert_nonnull(expected);
        *expected++ = '\0';
        const char *got = answer(f, *c);
        if (strcmp(got, expected) != 0)
            g_test_fail_printf("%s: expected '%s', got '%s'", *c, expected, got);
    }
    g_strfreev(all);
}

static void play_and_check(gconstpointer data)
{
    const feed_row_t *row = data;
    feed_t *f = feed_new();
    feed_play(f, row->words);
    feed_check(f, row->checks);
    feed_free(f);
}

void feed_add_rows(const char *folder, const feed_row_t *rows, size_t n)
{
    units_add_rows(folder, rows, n, sizeof *rows, play_and_check);
}
