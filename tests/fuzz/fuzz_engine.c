/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_engine.c - the engine analyses segments that are made from the input, and answers each question.
 *
 * Sequence numbers are mostly near an end's next one: far ones alone would test little of the engine.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "fuzz.h"
#include "lab.h"
#include "report.h"

#define STREAMS  4
#define SEGMENTS 200
#define URGENT   0x20 /* a flag that the engine ignores: marks a segment with TLS records */

typedef struct {
    lab_engine_t *engine;
    fuzz_bytes_t in;
    uint32_t next[STREAMS][2]; /* raw sequence numbers */
    uint32_t sent[STREAMS][2]; /* bytes of application data inside TLS */
    uint32_t frame;
    int64_t time;
    bool forgot;
} fuzz_t;

/* Pieces of HTTP and TLS, which the input puts together and cuts. */
static const char *const pieces[] = {
    "GET / HTTP/1.1\r\n",
    "POST /form HTTP/1.1\r\n",
    "HEAD /favicon.ico HTTP/1.0\r\n",
    "CONNECT a:443 HTTP/1.1\r\n",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 304 Not Modified\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 101 Switching\r\n",
    "HTTP/1.0 404 Not Found\r\n",
    "Content-Length: 10\r\n",
    "Content-Length: 99999999999999999999\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n",
    "Keep-Alive: timeout=5, max=1\r\n",
    "Content-Type: text/html\r\n",
    "\r\n",
    "5\r\nhello\r\n",
    "0\r\n\r\n",
    "0123456789",
    "\x16\x03\x01\x02",
    "\x15\x03\x03",
    "GET /\xe4\xbd\xa0\xe5\xa5\xbd{sender}\xff HTTP/1.1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n",
    "GET /favicon.ico HTTP/1.1\r\nHost: x\r\nReferer: http://x/a\r\n\r\n",
    "Referer: http://x/a\r\n",
    " folded\r\n",
};

enum { NOTHING, FILLER, RAW, PIECE, PIECES, ALERT, CUT, HUGE };

static void append_piece(fuzz_t *f, GString *payload)
{
    g_string_append(payload, pieces[fuzz_byte(&f->in) % G_N_ELEMENTS(pieces)]);
}

static void append_alert(GString *payload)
{
    g_string_append_len(payload, "\x15\x03\x03\x00\x02\x01\x00", 7);
}

/* Makes the payload and its length on the wire. */
static uint32_t make_payload(fuzz_t *f, unsigned kind, GString *payload)
{
    uint32_t n = kind == NOTHING || kind == ALERT ? 0 : fuzz_byte(&f->in);
    for (uint32_t i = 0; (kind == FILLER || kind == CUT) && i < n; i++)
        g_string_append_c(payload, 'x');
    for (uint32_t i = 0; kind == RAW && i < n % 32; i++)
        g_string_append_c(payload, (char)fuzz_byte(&f->in));
    for (uint32_t i = 0; kind == PIECES && i < n % 6; i++)
        append_piece(f, payload);
    if (kind == PIECE)
        append_piece(f, payload);
    if (kind == ALERT)
        append_alert(payload);
    if (kind == CUT)
        return (uint32_t)payload->len + fuzz_byte(&f->in);
    return kind == HUGE ? n << 23 : (uint32_t)payload->len;
}

/* TLS records and their decrypted contents. Most contents have the order, type and offset of their record;
 * any other content may be given too. */
static void append_records(fuzz_t *f, uint32_t *sent, GString *payload, GArray *decrypted)
{
    static const uint8_t types[] = {23, 23, 23, 22, 21, 0};
    for (unsigned n = fuzz_byte(&f->in) % 4; n > 0; n--) {
        const char *text = pieces[fuzz_byte(&f->in) % G_N_ELEMENTS(pieces)];
        uint8_t how = fuzz_byte(&f->in);
        uint32_t length = (uint32_t)strlen(text);
        const char header[] = {(char)types[how % 4], 3, 3, 0, (char)(length + 17)};
        g_string_append_len(payload, header, sizeof header);
        for (uint32_t i = 0; i < length + 17; i++)
            g_string_append_c(payload, 'x');
        lab_decrypted_record_t content = {types[(how >> 2) % 6], length, g_memdup2(text, length), *sent};
        *sent += length;
        if (how & 0x40)
            content.offset += (uint32_t)(int8_t)fuzz_byte(&f->in);
        if (how & 0x80)
            g_free((void *)content.data);
        else
            g_array_append_val(decrypted, content);
    }
}

static lab_endpoint_t endpoint(unsigned stream, unsigned side)
{
    lab_endpoint_t e = {.length = stream == 2 ? 16 : stream == 3 ? 0 : 4, .port = side ? 80 : 40000};
    e.address[0] = (uint8_t)(1 + side); /* streams 0 and 1 have the same addresses and ports */
    return e;
}

static int64_t some_time(fuzz_t *f)
{
    uint8_t b = fuzz_byte(&f->in);
    return b == 255 ? -1000000 : INT64_C(1000) << (b % 34);
}

static void make_options(fuzz_t *f, lab_segment_t *seg)
{
    uint8_t options[40] = {0};
    seg->options_length = fuzz_byte(&f->in) % (sizeof options + 1);
    for (unsigned i = 0; i < seg->options_length; i++)
        options[i] = fuzz_byte(&f->in);
    seg->options = g_memdup2(options, seg->options_length);
    seg->ttl = fuzz_byte(&f->in);
}

static void free_records(GArray *decrypted)
{
    for (guint i = 0; i < decrypted->len; i++)
        g_free((void *)g_array_index(decrypted, lab_decrypted_record_t, i).data);
    g_array_unref(decrypted);
}

static void feed_segment(fuzz_t *f)
{
    uint8_t kind = fuzz_byte(&f->in);
    unsigned stream = kind & 3, side = (kind >> 2) & 1;
    lab_segment_t seg = {.frame = f->frame, .stream = stream, .ttl = 64};
    GString *payload = g_string_new(NULL);
    seg.flags = fuzz_byte(&f->in) & 0x3f;
    seg.src = endpoint(stream, side);
    seg.dst = endpoint(stream, !side);
    seg.seq = f->next[stream][side] + (uint32_t)(int8_t)fuzz_byte(&f->in);
    seg.ack = f->next[stream][!side] + (uint32_t)(int8_t)fuzz_byte(&f->in);
    seg.length = make_payload(f, (kind >> 3) & 7, payload);
    GArray *decrypted = g_array_new(FALSE, FALSE, sizeof(lab_decrypted_record_t));
    if (seg.flags & URGENT) {
        append_records(f, &f->sent[stream][side], payload, decrypted);
        seg.length = MAX(seg.length, (uint32_t)payload->len - (kind & 0x08 ? 5 : 0));
    }
    seg.decrypted = (const lab_decrypted_record_t *)(void *)decrypted->data;
    seg.decrypted_count = decrypted->len;
    seg.captured = (uint32_t)MIN(payload->len, seg.length);
    seg.window = (uint16_t)(fuzz_byte(&f->in) << 8);
    seg.checksum = seg.ip_id = fuzz_byte(&f->in);
    if (kind & 0x40)
        make_options(f, &seg);
    if (kind & 0x80)
        (seg.ttl & 1 ? &seg.ack : &seg.seq)[0] = fuzz_word(&f->in);
    f->time += some_time(f);
    seg.time = f->time;
    seg.payload = g_memdup2(payload->str, seg.captured);
    if (!(seg.flags & LAB_TH_RST))
        f->next[stream][side] =
            seg.seq + seg.length + !!(seg.flags & LAB_TH_SYN) + !!(seg.flags & LAB_TH_FIN);
    lab_engine_segment(f->engine, &seg);
    free_records(decrypted);
    g_free((void *)seg.options);
    g_free((void *)seg.payload);
    g_string_free(payload, TRUE);
}

/* A DNS message: a template, some bytes of it changed. */
static void feed_dns(fuzz_t *f)
{
    static const char query[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\7example\0\0\1\0\1";
    static const char answer[] =
        "\x12\x34\x81\x80\0\1\0\1\0\0\0\0\1a\7example\0\0\1\0\1\xc0\x0c\0\1\0\1\0\0\0\1"
        "\0\4\2\0\0\0";
    bool answers = fuzz_byte(&f->in) & 1;
    uint32_t n = answers ? sizeof answer - 1 : sizeof query - 1;
    uint8_t changes = fuzz_byte(&f->in);
    lab_datagram_t d = {.frame = ++f->frame, .time = f->time};
    uint8_t *message = g_memdup2(answers ? answer : query, n);
    for (unsigned i = 0; i < changes % 8; i++) {
        uint8_t at = fuzz_byte(&f->in);
        message[at % n] = fuzz_byte(&f->in);
    }
    d.src = d.dst = (lab_endpoint_t){.length = 4, .port = 53};
    d.captured = n - (changes >> 3) % n;
    d.payload = g_memdup2(message, d.captured);
    lab_engine_dns(f->engine, &d);
    g_free((void *)d.payload);
    g_free(message);
}

static void next_frame(fuzz_t *f, uint8_t how)
{
    if (how < 236) {
        f->frame++;
    } else if (how < 240) {
        feed_dns(f);
        f->frame++;
    } else if (how < 248) { /* one more TCP layer in the same frame */
        f->frame = MAX(f->frame, 1);
    } else if (how < 252 && f->frame < 9000) {
        f->frame += 3000;
    } else { /* a frame number that is used again */
        f->frame = MAX(f->frame, 1);
        f->forgot = true;
        lab_engine_forget(f->engine, f->frame);
    }
}

/* ---- questions ---- */

static void ask_page(const fuzz_t *f, const lab_page_t *page)
{
    FUZZ_CHECK(page->exchanges && page->exchanges->len > 0);
    for (guint i = 0; i < page->exchanges->len; i++) {
        const lab_exchange_t *x = lab_engine_exchange(f->engine, g_array_index(page->exchanges, uint32_t, i));
        FUZZ_CHECK(x && x->page == page->number);
    }
}

static void ask_record(const fuzz_t *f, const lab_annotation_t *r, uint32_t frame, GString *out)
{
    const lab_detail_t *d = lab_engine_detail(f->engine, r);
    FUZZ_CHECK(r->phase > LAB_PHASE_NONE && r->phase < LAB_PHASES);
    FUZZ_CHECK((r->roles != 0 || r->phase == LAB_PHASE_RESOLVE) && r->roles >> LAB_ROLES == 0);
    FUZZ_CHECK(r->state[0] < LAB_STATES && r->state[1] < LAB_STATES && r->sender < 2);
    FUZZ_CHECK(r->exchange <= lab_annotation_exchange_last(f->engine, r) &&
               lab_annotation_exchange_last(f->engine, r) <= lab_engine_exchanges(f->engine));
    FUZZ_CHECK(r->related <= f->frame && lab_engine_conn(f->engine, r->stream));
    FUZZ_CHECK(!d || d->anomalies >> LAB_ANOMALIES == 0);
    for (unsigned lang = 0; lang < LAB_LANGS; lang++) {
        g_string_truncate(out, 0);
        lab_note(f->engine, r, frame, (lab_lang_t)lang, out);
        FUZZ_CHECK(out->len > 0 && g_utf8_validate(out->str, (gssize)out->len, NULL));
    }
}

static void ask_reset(const fuzz_t *f, const lab_reset_t *r)
{
    FUZZ_CHECK(r->cause > 0 && r->cause < lab_rst_cause_count());
    FUZZ_CHECK(r->confidence > 0 && r->confidence < LAB_CONFIDENCES && r->impact > 0 &&
               r->impact < LAB_IMPACTS);
    FUZZ_CHECK(r->by < 2 && r->evidence_count <= LAB_EVIDENCE_MAX);
    for (unsigned i = 0; i < r->evidence_count; i++)
        FUZZ_CHECK(r->evidence[i] >= 1 && r->evidence[i] <= f->frame);
}

static void ask_conn(const fuzz_t *f, const lab_conn_t *conn)
{
    lab_closing_t c = lab_conn_closing(conn);
    const GPtrArray *resets = lab_conn_resets(conn);
    const lab_exchange_list_t *exchanges = lab_conn_exchanges(conn);
    FUZZ_CHECK(c.kind < LAB_CLOSES && c.first >= -1 && c.first <= 2 && c.frame_count <= 8);
    FUZZ_CHECK(c.reason < LAB_REASONS && c.lossless >= -1 && c.lossless <= 1 && c.time_wait >= -1 &&
               c.time_wait <= 2);
    FUZZ_CHECK(lab_conn_open_kind(conn) > 0 && lab_conn_open_kind(conn) < LAB_OPENS);
    FUZZ_CHECK(strlen(lab_conn_history(conn)) < 24 && lab_conn_state_zeek(conn));
    FUZZ_CHECK(lab_conn_client(conn) < 2 && lab_conn_quality(conn) >> LAB_QUALITY_BITS == 0);
    FUZZ_CHECK(lab_conn_bytes(conn, 0) < UINT64_C(1) << 50 && lab_conn_bytes(conn, 1) < UINT64_C(1) << 50);
    for (guint i = 0; resets && i < resets->len; i++)
        ask_reset(f, g_ptr_array_index(resets, i));
    for (guint i = 0; exchanges && i < exchanges->len; i++) {
        const lab_exchange_t *x = lab_engine_exchange(f->engine, g_array_index(exchanges, uint32_t, i));
        FUZZ_CHECK(x && x->stream == lab_conn_stream(conn) && x->index == i + 1);
        FUZZ_CHECK(!x->response_complete || x->response_first);
        lab_exchange_object(x);
    }
}

static void ask_everything(const fuzz_t *f)
{
    GString *out = g_string_new(NULL);
    uint32_t asked = 0;
    for (uint32_t frame = 0; frame <= f->frame + 1; frame++) {
        const lab_annotation_t *r = lab_engine_annotation(f->engine, frame);
        if (!r)
            continue;
        asked += r->phase != LAB_PHASE_RESOLVE;
        ask_record(f, r, frame, out);
        for (unsigned n = 0; (r = lab_engine_more(f->engine, frame, n)); n++, asked++)
            ask_record(f, r, frame, out);
    }
    FUZZ_CHECK(f->forgot || asked == lab_engine_tcp_frames(f->engine));
    for (uint32_t i = 0; i < lab_engine_streams(f->engine); i++)
        if (lab_engine_conn(f->engine, i))
            ask_conn(f, lab_engine_conn(f->engine, i));
    for (uint32_t n = 1; n <= lab_engine_pages(f->engine); n++)
        ask_page(f, lab_engine_page(f->engine, n));
    g_string_free(out, TRUE);
}

static void write_tables(const lab_report_t *report, GString *out)
{
    static const lab_report_write_t tables[] = {lab_report_connections, lab_report_exchanges,
                                                lab_report_anomalies, lab_report_pages, lab_report_resets};
    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++)
        tables[i](report, out);
}

/* The format of this number, of the reports that are about the whole capture. */
static void write_format(const lab_report_t *report, unsigned number, GString *out)
{
    const lab_report_format_t *const lists[] = {lab_report_formats, lab_homework_formats,
                                                lab_solution_formats};
    for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++)
        for (const lab_report_format_t *format = lists[i]; format->name; format++)
            if (number-- == 0)
                format->write(report, out);
}

static void write_one(const lab_report_t *report, const lab_report_format_t *format, uint32_t number,
                      GString *out)
{
    for (; format->name; format++)
        format->write_one(report, number, out);
}

/* Half of the inputs ask for reports: the tables, an exchange, a connection, and one of the formats. */
static void write_reports(const fuzz_t *f, uint8_t options)
{
    lab_report_t report = {.engine = f->engine, .frames = f->frame};
    report.lang = options & 4 ? LAB_LANG_ZH : LAB_LANG_EN;
    GString *out = g_string_new(NULL);
    write_tables(&report, out);
    write_format(&report, options >> 3, out);
    write_one(&report, lab_exchange_formats, options >> 3, out);
    write_one(&report, lab_connection_formats, options >> 3 & 3, out);
    FUZZ_CHECK(g_utf8_validate(out->str, (gssize)out->len, NULL));
    g_string_free(out, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_t f = {.engine = lab_engine_new(), .in = {data, data + size}, .time = INT64_C(1700000000000000000)};
    uint8_t options = fuzz_byte(&f.in);
    for (unsigned s = 0; s < STREAMS; s++)
        f.next[s][0] = f.next[s][1] = options & 1 ? 0xfffffff0u : 1000;
    for (unsigned i = 0; i < SEGMENTS && f.in.at < f.in.end; i++) {
        next_frame(&f, fuzz_byte(&f.in));
        feed_segment(&f);
    }
    ask_everything(&f);
    if (options & 2)
        write_reports(&f, options);
    lab_engine_free(f.engine);
    return 0;
}
