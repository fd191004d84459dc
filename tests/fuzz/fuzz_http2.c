/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_http2.c - the reader of HTTP/2 alone, with bytes of both ends in pieces, some of them missing. Its
 * events must fit together.
 *
 * The first byte is a set: 1 = begins in the middle, 2 = bytes may be missing. Then pieces: a byte whose
 * lowest bit is the end, and its other bits the length.
 */
#include <string.h>

#include "fuzz.h"
#include "http2.h"

typedef struct {
    uint64_t body, fed;
    unsigned open, begun;
} story_t;

static void frame(void *user, unsigned end, const lab_h2_frame_t *f, lab_h2_stream_t *stream,
                  lab_position_t at)
{
    (void)user, (void)stream, (void)at;
    FUZZ_CHECK(end < 2 && f->length <= 0xffffff && f->stream <= 0x7fffffff);
}

static void piece(void *user, unsigned end, const lab_h2_frame_t *f, lab_h2_stream_t *stream,
                  lab_position_t at, uint32_t body)
{
    (void)end, (void)stream, (void)at;
    story_t *s = user;
    s->body += body;
    FUZZ_CHECK(!body || (f && f->type == LAB_H2_DATA));
    FUZZ_CHECK(s->body <= s->fed);
}

static void begins(void *user, unsigned end, lab_h2_stream_t *stream, bool pushed)
{
    (void)end, (void)pushed;
    story_t *s = user;
    FUZZ_CHECK(stream && stream->id);
    stream->user = s;
    s->begun++;
}

static void head(void *user, unsigned end, lab_h2_stream_t *stream, const lab_h2_head_t *h, bool pushed,
                 lab_position_t at)
{
    (void)end, (void)pushed, (void)at;
    const story_t *s = user;
    FUZZ_CHECK(s->begun && stream);
    FUZZ_CHECK(h->head.line_count <= LAB_HTTP_LINES_MAX && h->head.status <= 999);
    size_t text = 0;
    for (unsigned i = 0; i < h->head.line_count; i++)
        text += strlen(h->head.lines[i]);
    FUZZ_CHECK(text <= 2 * LAB_H2_HEAD_MAX);
}

static void ends(void *user, unsigned end, lab_h2_stream_t *stream, lab_position_t at)
{
    (void)user, (void)at;
    FUZZ_CHECK(stream->half[end].ended);
}

static void priority(void *user, lab_h2_stream_t *stream, const lab_h2_priority_t *p)
{
    (void)user;
    FUZZ_CHECK(stream && p->weight >= 1 && p->weight <= 256);
}

static void control(void *user, unsigned end, const lab_h2_control_t *c, lab_h2_stream_t *stream,
                    lab_position_t at)
{
    (void)user, (void)end, (void)stream, (void)at;
    FUZZ_CHECK(c->debug_length <= 64 && c->last_stream <= 0x7fffffff);
}

static void setting(void *user, unsigned end, uint16_t id, uint32_t value)
{
    (void)user, (void)end, (void)id, (void)value;
}

static void waited(void *user, unsigned end, lab_h2_stream_t *stream, int64_t since, int64_t until,
                   uint32_t number)
{
    (void)user, (void)end, (void)stream;
    FUZZ_CHECK(since <= until && number);
}

static void fault(void *user, unsigned end, lab_h2_fault_t kind, lab_h2_stream_t *stream, lab_position_t at)
{
    (void)user, (void)end, (void)stream, (void)at;
    FUZZ_CHECK(kind < LAB_H2_FAULTS);
}

static void lost(void *user, unsigned end, lab_position_t at)
{
    (void)user, (void)end, (void)at;
}

static void closed(void *user, lab_h2_stream_t *stream)
{
    (void)user;
    stream->user = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const lab_h2_events_t events = {frame,   piece,   begins, head,  ends, priority,
                                           control, setting, waited, fault, lost, closed};
    fuzz_bytes_t in = {data, data + size};
    story_t s = {0};
    uint8_t how = fuzz_byte(&in);
    lab_h2_t *h2 = lab_h2_new(&events, &s, 0, how & 1);
    int64_t offset[2] = {0, 0};
    for (uint32_t number = 1; in.at < in.end; number++) {
        uint8_t choice = fuzz_byte(&in);
        unsigned end = choice & 1;
        uint32_t n = choice >> 1;
        bool missing = how & 2 && n >= 120;
        n = missing ? (n - 119) << 4 : (uint32_t)MIN((size_t)n + 1, (size_t)(in.end - in.at));
        uint8_t *exact = missing ? NULL : g_memdup2(in.at, n);
        s.fed += n;
        lab_h2_feed(h2, end, exact, n, (lab_position_t){number, number, offset[end]});
        FUZZ_CHECK(lab_h2_open(h2) <= LAB_H2_STREAMS_MAX);
        lab_h2_pending(h2, end);
        offset[end] += n;
        in.at += missing ? 0 : n;
        g_free(exact);
    }
    lab_h2_free(h2);
    return 0;
}
