/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream.c - puts one direction's payload in order. Segments that come early are copied and wait, up to a
 * limit. */
#include "reassembly.h"

#include "rare.h"

#include <glib.h>
#include <string.h>

/* A receiver cannot have more out of order than its window; past this the missing bytes are given up. */
#define WAITING_MAX (4u << 20)
/* Nor can it be in more pieces than small segments make of a window; a limit on the search for their place,
 * too. */
#define PIECES_MAX 4096

typedef struct {
    int64_t offset;
    uint32_t captured, length, frame;
    int64_t time;
    uint8_t data[];
} piece_t;

struct lab_stream {
    int64_t next;
    lab_stream_sink_t sink;
    void *user;
    GQueue waiting; /* of piece_t, by offset */
    uint32_t waiting_bytes;
    int64_t acknowledged_once;
};

lab_stream_t *lab_stream_new(int64_t start, lab_stream_sink_t sink, void *user)
{
    lab_stream_t *s = g_new(lab_stream_t, 1);
    *s = (lab_stream_t){.next = start, .sink = sink, .user = user, .acknowledged_once = start};
    g_queue_init(&s->waiting);
    return s;
}

void lab_stream_free(lab_stream_t *s)
{
    if (!s)
        return;
    g_queue_clear_full(&s->waiting, g_free);
    g_free(s);
}

int64_t lab_stream_next(const lab_stream_t *s)
{
    return s->next;
}

bool lab_stream_in_order(const lab_stream_t *s, int64_t offset)
{
    return s->next == offset && !s->waiting.length;
}

void lab_stream_pass(lab_stream_t *s, uint32_t length)
{
    s->next += length;
}

static void deliver(lab_stream_t *s, const piece_t *head, const uint8_t *data)
{
    int64_t skip = s->next - head->offset;
    if (skip >= head->length)
        return;
    uint32_t present = head->captured > skip ? head->captured - (uint32_t)skip : 0;
    uint32_t absent = head->length - (uint32_t)skip - present;
    int64_t at = s->next;
    s->next += present + absent;
    if (present)
        s->sink(s->user, data + skip, present, at, head->frame, head->time);
    if (absent)
        s->sink(s->user, NULL, absent, at + present, head->frame, head->time);
}

static void drain(lab_stream_t *s)
{
    piece_t *p;
    while ((p = g_queue_peek_head(&s->waiting)) && p->offset <= s->next) {
        g_queue_pop_head(&s->waiting);
        s->waiting_bytes -= p->captured + (uint32_t)sizeof *p;
        deliver(s, p, p->data);
        g_free(p);
    }
}

void lab_stream_skip(lab_stream_t *s, int64_t offset, uint32_t frame, int64_t time)
{
    while (s->next < offset) {
        uint32_t n = (uint32_t)MIN(offset - s->next, (int64_t)1 << 30);
        int64_t at = s->next;
        s->next += n;
        s->sink(s->user, NULL, n, at, frame, time);
    }
    drain(s);
}

static LAB_RARE void wait_for_gap(lab_stream_t *s, const piece_t *head, const uint8_t *data)
{
    piece_t *p = g_malloc(sizeof *p + head->captured);
    *p = *head;
    if (head->captured)
        memcpy(p->data, data, head->captured);
    GList *after = s->waiting.tail;
    while (after && ((piece_t *)after->data)->offset > p->offset)
        after = after->prev;
    if (after)
        g_queue_insert_after(&s->waiting, after, p);
    else
        g_queue_push_head(&s->waiting, p);
    s->waiting_bytes += p->captured + (uint32_t)sizeof *p;
    if (s->waiting_bytes > WAITING_MAX || s->waiting.length > PIECES_MAX)
        lab_stream_skip(s, ((piece_t *)g_queue_peek_head(&s->waiting))->offset, p->frame, p->time);
}

void lab_stream_add(lab_stream_t *s, int64_t offset, const uint8_t *data, uint32_t captured, uint32_t length,
                    uint32_t frame, int64_t time)
{
    piece_t head = {offset, MIN(captured, length), length, frame, time};
    if (offset > s->next) {
        wait_for_gap(s, &head, data);
        return;
    }
    deliver(s, &head, data);
    if (s->waiting.length)
        drain(s);
}

/* The bytes up to `offset` do not come any more, or the capture holds the ACK before them. */
static LAB_RARE void missing(lab_stream_t *s, int64_t offset, uint32_t frame, int64_t time)
{
    if (s->acknowledged_once <= s->next) {
        s->acknowledged_once = offset;
        return;
    }
    int64_t sure = MIN(offset, s->acknowledged_once);
    s->acknowledged_once = offset;
    const piece_t *p = g_queue_peek_head(&s->waiting);
    lab_stream_skip(s, p ? MIN(sure, p->offset) : sure, frame, time);
}

void lab_stream_acknowledged(lab_stream_t *s, int64_t offset, uint32_t frame, int64_t time)
{
    if (offset > s->next)
        missing(s, offset, frame, time);
}
