/* The bytes of one direction in order: RFC 9293 3.4, 3.10.7.4.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reassembly.h"

#include <glib.h>
#include <stdio.h>

#include "units.h"

/* The bytes that the sink received: text in order, '.' for a missing byte, '|' between calls. */
typedef struct {
    GString *got;
    int64_t next;
    uint32_t last_frame;
    lab_stream_t *stream;
} sink_t;

static void sink(void *user, const uint8_t *data, uint32_t length, int64_t offset, uint32_t frame,
                 int64_t time)
{
    sink_t *s = user;
    g_assert_cmpint(offset, ==, s->next); /* every byte once, in order */
    g_assert_cmpint(time, ==, (int64_t)frame * 10);
    s->next += length;
    s->last_frame = frame;
    if (s->got->len)
        g_string_append_c(s->got, '|');
    for (uint32_t i = 0; i < length; i++)
        g_string_append_c(s->got, data ? (char)data[i] : '.');
}

/* The bytes that are sent: byte n of the stream is the letter 'a' + n % 26, from offset 1. */
static void add(sink_t *s, int64_t offset, uint32_t captured, uint32_t length, uint32_t frame)
{
    uint8_t *data = g_malloc(captured + 1);
    for (uint32_t i = 0; i < captured; i++)
        data[i] = (uint8_t)('a' + (offset - 1 + i) % 26);
    lab_stream_add(s->stream, offset, data, captured, length, frame, (int64_t)frame * 10);
    g_free(data);
}

typedef struct {
    const char *sentence;
    const char *segments; /* "OFFSET+LENGTH", "OFFSET+LENGTH/CAPTURED", "ack OFFSET" */
    const char *expected;
} row_t;

static const row_t rows[] = {
    {"segments in order go straight through", "1+3 4+2", "abc|de"},
    {"a segment that comes early waits for the gap to be filled", "4+2 1+3", "abc|de"},
    {"three segments in the reverse order come out in order", "5+2 3+2 1+2", "ab|cd|ef"},
    {"waiting segments are kept by offset whatever their order", "5+2 9+2 7+2 3+2 1+2", "ab|cd|ef|gh|ij"},
    {"a repeated segment is delivered once", "1+3 1+3 4+1", "abc|d"},
    {"a segment that repeats the half of one brings the other half", "1+4 3+4", "abcd|ef"},
    {"a segment inside another one brings nothing", "1+5 2+2 6+1", "abcde|f"},
    {"an early segment that comes twice is delivered once", "4+2 4+2 1+3", "abc|de"},
    {"overlapping early segments are delivered once", "4+3 5+4 1+3", "abc|def|gh"},
    {"a retransmission that spans the gap and more goes through", "4+2 1+8", "abcdefgh"},
    {"bytes that the capture cut are told as missing", "1+5/2 6+2", "ab|...|fg"},
    {"a segment cut to nothing is missing as a whole", "1+4/0 5+2", "....|ef"},
    {"an early segment that was cut keeps its length", "4+4/1 1+3", "abc|d|..."},
    {"a cut segment that repeats old bytes tells only the new ones", "1+3 2+5/4", "abc|de|."},
    {"the part of a cut segment that is behind is not told", "1+4 3+4/1", "abcd|.."},
    {"one acknowledgment of a gap is not believed yet", "1+2 5+2 ack7", "ab"},
    {"the second acknowledgment gives the gap up", "1+2 5+2 ack7 ack7", "ab|..|ef"},
    {"a gap at the end is given up as well", "1+2 ack6 ack6", "ab|..."},
    {"acknowledgments of what is there do nothing", "1+2 ack3 ack3 3+1", "ab|c"},
    {"the lower of two acknowledgments bounds what is given up", "1+2 ack5 ack9", "ab|.."},
    {"a late copy of what was given up is ignored", "1+2 5+2 ack7 ack7 3+2 7+1", "ab|..|ef|g"},
    {"empty segments bring nothing", "1+0 1+2 3+0 9+0", "ab"},
};

static void play(sink_t *s, const char *segments)
{
    char **words = g_strsplit(segments, " ", -1);
    uint32_t frame = 0;
    for (char **w = words; *w; w++) {
        unsigned offset, length, captured;
        frame++;
        if (sscanf(*w, "ack%u", &offset) == 1)
            lab_stream_acknowledged(s->stream, offset, frame, (int64_t)frame * 10);
        else if (sscanf(*w, "%u+%u/%u", &offset, &length, &captured) == 3)
            add(s, offset, captured, length, frame);
        else if (sscanf(*w, "%u+%u", &offset, &length) == 2)
            add(s, offset, length, length, frame);
        else
            g_error("cannot read '%s'", *w);
    }
    g_strfreev(words);
}

static sink_t sink_new(int64_t start)
{
    return (sink_t){.got = g_string_new(NULL), .next = start};
}

static void sink_free(sink_t *s)
{
    lab_stream_free(s->stream);
    g_string_free(s->got, TRUE);
}

static void stream_row(gconstpointer data)
{
    const row_t *r = data;
    sink_t s = sink_new(1);
    s.stream = lab_stream_new(1, sink, &s);
    play(&s, r->segments);
    g_assert_cmpstr(s.got->str, ==, r->expected);
    g_assert_cmpint(lab_stream_next(s.stream), ==, s.next);
    sink_free(&s);
}

static void a_stream_may_begin_anywhere(void)
{
    sink_t s = sink_new(5000000000);
    s.stream = lab_stream_new(5000000000, sink, &s);
    add(&s, 4999999998, 4, 4, 1); /* two bytes of it lie before the beginning */
    g_assert_cmpuint(s.got->len, ==, 2);
    g_assert_cmpint(lab_stream_next(s.stream), ==, 5000000002);
    sink_free(&s);
}

/* When too many bytes wait behind a gap, the gap counts as missing and the bytes are read. */
static void too_much_that_waits_gives_the_gap_up(void)
{
    sink_t s = sink_new(1);
    s.stream = lab_stream_new(1, sink, &s);
    int64_t offset = 101;
    uint32_t frame = 0;
    while (s.next == 1 && frame < 1000) {
        add(&s, offset, 60000, 60000, ++frame);
        offset += 60000;
    }
    g_assert_cmpuint(frame, >, 10);
    g_assert_cmpuint(frame, <, 100); /* 4 MiB and no more */
    g_assert_cmpint(s.next, ==, offset);
    for (int i = 0; i < 100; i++)
        g_assert_cmpint(s.got->str[i], ==, '.');
    sink_free(&s);
}

/* Counts instead of keeping the bytes. */
static void counting_sink(void *user, const uint8_t *data, uint32_t length, int64_t offset, uint32_t frame,
                          int64_t time)
{
    sink_t *s = user;
    (void)frame;
    (void)time;
    g_assert_null(data);
    g_assert_cmpint(offset, ==, s->next);
    s->next += length;
}

static void a_gap_of_more_than_four_gigabytes_is_told_in_pieces(void)
{
    sink_t s = sink_new(1);
    s.stream = lab_stream_new(1, counting_sink, &s);
    lab_stream_acknowledged(s.stream, 5000000001, 1, 0);
    lab_stream_acknowledged(s.stream, 5000000001, 2, 0);
    g_assert_cmpint(s.next, ==, 5000000001);
    sink_free(&s);
}

static void freeing_no_stream_is_fine(void)
{
    lab_stream_free(NULL);
}

/* Any order of the same segments gives the same bytes. */
static void every_order_of_four_segments_gives_the_same_bytes(void)
{
    for (unsigned order = 0; order < 256; order++) {
        sink_t s = sink_new(1);
        s.stream = lab_stream_new(1, sink, &s);
        for (unsigned i = 0; i < 4; i++)
            add(&s, 1 + ((order >> (2 * i)) & 3) * 3, 3, 3, i + 1);
        for (unsigned i = 0; i < 4; i++)
            add(&s, 1 + i * 3, 3, 3, i + 5);
        GString *bytes = g_string_new(NULL);
        for (const char *p = s.got->str; *p; p++)
            if (*p != '|')
                g_string_append_c(bytes, *p);
        g_assert_cmpstr(bytes->str, ==, "abcdefghijkl");
        g_string_free(bytes, TRUE);
        sink_free(&s);
    }
}

void add_stream_tests(void)
{
    ADD_ROWS("stream", rows, stream_row);
    g_test_add_func("/stream/a stream may begin anywhere", a_stream_may_begin_anywhere);
    g_test_add_func("/stream/too much that waits gives the gap up", too_much_that_waits_gives_the_gap_up);
    g_test_add_func("/stream/a gap of more than four gigabytes is told in pieces",
                    a_gap_of_more_than_four_gigabytes_is_told_in_pieces);
    g_test_add_func("/stream/freeing no stream is fine", freeing_no_stream_is_fine);
    g_test_add_func("/stream/every order of four segments gives the same bytes",
                    every_order_of_four_segments_gives_the_same_bytes);
}
