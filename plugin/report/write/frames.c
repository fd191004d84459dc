/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frames.c - see frames.h. */
#include "frames.h"
#include "digits.h"
#include "names.h"

/* time: seconds since the epoch. role, close.step, keepalive and tls.step may have several values. */
static const char columns[] =
    "frame\ttime\tstream\tsender\tclient.port\tserver.port\tflags\tseq\tseq_raw\tack\t"
    "ack_raw\tlength\tphase\trole\tclient\tserver\topen.step\tclose.step\tkeepalive\t"
    "tls.step\trelated\tnote\n";

/* One segment, and where its line goes. */
typedef struct {
    const lab_report_t *report;
    const lab_annotation_t *a;
    const lab_detail_t *detail; /* NULL = none */
    const lab_conn_t *conn;
    uint32_t frame;
    int64_t epoch; /* nanoseconds: time of the capture's first frame; -1 = not known */
    GString *out;
} lab_line_t;

static void put_number(const lab_line_t *line, int64_t number)
{
    g_string_append_c(line->out, '\t');
    if (number < 0)
        g_string_append_c(line->out, '-');
    else
        lab_put_digits(line->out, (uint64_t)number, 1);
}

static void put_word(const lab_line_t *line, const char *word)
{
    g_string_append_c(line->out, '\t');
    g_string_append(line->out, word && *word ? word : "-");
}

/* The tokens of a set of `count` rows, whose bits are their places. */
static void put_set(const lab_line_t *line, uint32_t set, const lab_token_t *rows, unsigned count)
{
    const char *before = "\t";
    for (unsigned i = 0; i < count; i++) {
        if (!(set & (1u << i)))
            continue;
        g_string_append(line->out, before);
        g_string_append(line->out, rows[i].token);
        before = "+";
    }
    if (!set)
        put_word(line, NULL);
}

static void put_time(const lab_line_t *line)
{
    int64_t time = lab_report_time(line->report, line->frame);
    if (time < 0 || line->epoch < 0) {
        put_word(line, NULL);
        return;
    }
    time += line->epoch;
    put_number(line, time / 1000000000);
    g_string_append_c(line->out, '.');
    lab_put_digits(line->out, (uint64_t)time % 1000000000, 9);
}

static void put_flags(const lab_line_t *line)
{
    static const char names[] = "FSRPAUEC";
    g_string_append_c(line->out, '\t');
    if (!line->a->flags)
        g_string_append_c(line->out, '-');
    for (unsigned i = 0; names[i]; i++)
        if (line->a->flags & (1u << i))
            g_string_append_c(line->out, names[i]);
}

static void put_relative(const lab_line_t *line, unsigned end, uint32_t raw)
{
    uint32_t isn;
    put_number(line, lab_conn_isn(line->conn, end, &isn) ? (int64_t)(uint32_t)(raw - isn) : -1);
}

static void put_numbers(const lab_line_t *line)
{
    const lab_annotation_t *a = line->a;
    put_relative(line, a->sender, a->seq);
    put_number(line, a->seq);
    if (a->flags & LAB_TH_ACK) {
        put_relative(line, !a->sender, a->ack);
        put_number(line, a->ack);
    } else {
        g_string_append(line->out, "\t-\t-");
    }
    put_number(line, a->length);
}

static void put_close_steps(const lab_line_t *line)
{
    const char *before = "\t";
    for (unsigned step = 1; step <= 4; step++) {
        if (!(line->a->close_steps & (1u << step)))
            continue;
        g_string_append_printf(line->out, "%s%u", before, step);
        before = "+";
    }
    if (*before == '\t')
        put_word(line, NULL);
}

static void put_story(const lab_line_t *line)
{
    const lab_annotation_t *a = line->a;
    unsigned client = lab_conn_client(line->conn);
    uint32_t tls = line->detail ? line->detail->tls_steps : 0;
    if (a->marks & LAB_MARK_TLS_DATA)
        tls |= 1u << LAB_TLS_APPLICATION_DATA;
    put_word(line, lab_phases[a->phase].token);
    put_set(line, a->roles, lab_roles, LAB_ROLES);
    put_word(line, lab_states[a->state[client]].token);
    put_word(line, lab_states[a->state[!client]].token);
    put_number(line, a->open_step ? a->open_step : -1);
    put_close_steps(line);
    put_set(line, line->detail ? line->detail->keepalive : 0, lab_keepalives, LAB_KEEPALIVES);
    put_set(line, tls, lab_tls_steps, LAB_TLS_STEPS);
    put_number(line, a->related ? (int64_t)a->related : -1);
}

static void put_note(const lab_line_t *line)
{
    GString *note = g_string_new(NULL);
    lab_note(line->report->engine, line->a, line->frame, line->report->lang, note);
    g_string_append_c(line->out, '\t');
    lab_text_visible(line->out, note->str);
    g_string_free(note, TRUE);
}

static void put_segment(const lab_line_t *line)
{
    unsigned client = lab_conn_client(line->conn);
    lab_put_digits(line->out, line->frame, 1);
    put_time(line);
    put_number(line, lab_conn_stream(line->conn));
    put_word(line, line->a->sender == client ? "client" : "server");
    put_number(line, lab_conn_endpoint(line->conn, client)->port);
    put_number(line, lab_conn_endpoint(line->conn, !client)->port);
    put_flags(line);
    put_numbers(line);
    put_story(line);
    put_note(line);
    g_string_append_c(line->out, '\n');
    lab_report_flush(line->report, line->out);
}

/* The engine knows the time of the first segment, the report how long after the first frame each one is. */
static int64_t epoch_of(const lab_report_t *report)
{
    uint32_t frame = 1;
    while (frame <= report->frames && !lab_engine_annotation(report->engine, frame))
        frame++;
    int64_t after = lab_report_time(report, frame), first = lab_engine_first_time(report->engine);
    return after < 0 || first < after ? -1 : first - after;
}

void lab_write_frames(const lab_report_t *report, GString *out)
{
    lab_line_t line = {.report = report, .out = out};
    g_string_append(out, columns);
    if (!report->engine)
        return;
    line.epoch = epoch_of(report);
    for (line.frame = 1; line.frame <= report->frames; line.frame++) {
        unsigned n = 0;
        line.a = lab_engine_annotation(report->engine, line.frame);
        for (; line.a; line.a = lab_engine_more(report->engine, line.frame, n++)) {
            line.conn = lab_engine_conn_of(report->engine, line.a);
            if (line.a->phase == LAB_PHASE_NONE || line.a->phase == LAB_PHASE_RESOLVE || !line.conn)
                continue;
            line.detail = lab_engine_detail(report->engine, line.a);
            put_segment(&line);
        }
    }
}
