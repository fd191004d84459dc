/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http2_streams.c - the open streams of a connection, RFC 9113 5.1. */
#include "http2_inside.h"

#define SECOND INT64_C(1000000000)

lab_map_t *lab_h2_streams_new(void)
{
    return lab_map_new(g_free);
}

lab_h2_stream_t *lab_h2_stream(const lab_h2_t *h2, uint32_t id)
{
    return lab_map_get(h2->open, &id, sizeof id);
}

/* RFC 9113 5.1.1: the client opens streams with odd numbers. */
static unsigned opener(const lab_h2_t *h2, uint32_t id)
{
    return id % 2 ? h2->client : !h2->client;
}

lab_h2_stream_t *lab_h2_stream_open(lab_h2_t *h2, uint32_t id, lab_position_t at)
{
    if (lab_map_size(h2->open) >= LAB_H2_STREAMS_MAX) {
        if (!h2->told_streams)
            lab_h2_tell(h2, opener(h2, id), LAB_H2_FAULT_STREAMS, NULL, at);
        h2->told_streams = true;
        return NULL;
    }
    lab_h2_stream_t *stream = g_new0(lab_h2_stream_t, 1);
    stream->id = id;
    stream->opened = at.time;
    for (unsigned end = 0; end < 2; end++)
        stream->half[end].turn = h2->side[end].turns;
    stream->older = h2->newest;
    if (h2->newest)
        h2->newest->newer = stream;
    h2->newest = stream;
    lab_map_set(h2->open, &id, sizeof id, stream);
    return stream;
}

static bool was_closed(const lab_h2_t *h2, uint32_t id)
{
    for (unsigned i = 0; i < MIN(h2->forgotten_count, LAB_H2_FORGOTTEN); i++)
        if (h2->forgotten[i] == id)
            return true;
    return false;
}

/* A stream that began among missing frames, or before the capture. */
static lab_h2_stream_t *begun_unseen(lab_h2_t *h2, unsigned end, const lab_h2_frame_t *f, lab_position_t at)
{
    if (!h2->gaps || was_closed(h2, f->stream))
        return NULL;
    lab_h2_stream_t *stream = lab_h2_stream_open(h2, f->stream, at);
    if (stream)
        stream->half[!end].heads_lost = true;
    return stream;
}

lab_h2_stream_t *lab_h2_stream_for(lab_h2_t *h2, unsigned end, const lab_h2_frame_t *f, lab_position_t at)
{
    lab_h2_stream_t *stream = lab_h2_stream(h2, f->stream);
    if (stream)
        return stream;
    lab_h2_side_t *side = &h2->side[opener(h2, f->stream)];
    bool opens = f->type == LAB_H2_HEADERS && end == h2->client && side->end == end;
    if (f->stream <= side->newest || !opens) {
        if (f->type == LAB_H2_HEADERS && !h2->gaps && f->stream > side->newest)
            lab_h2_tell(h2, end, LAB_H2_FAULT_STREAM_ID, NULL, at);
        stream = begun_unseen(h2, end, f, at);
        side->newest = stream ? MAX(side->newest, f->stream) : side->newest;
        return stream;
    }
    side->newest = f->stream;
    return lab_h2_stream_open(h2, f->stream, at);
}

void lab_h2_stream_close(lab_h2_t *h2, lab_h2_stream_t *stream)
{
    uint32_t id = stream->id;
    h2->forgotten[h2->forgotten_count++ % LAB_H2_FORGOTTEN] = id;
    for (unsigned end = 0; end < 2; end++) {
        if (h2->side[end].stream == stream)
            h2->side[end].stream = NULL;
        if (h2->side[end].block_of == stream)
            h2->side[end].block_of = NULL;
    }
    h2->events->closed(h2->user, stream);
    if (stream->older)
        stream->older->newer = stream->newer;
    if (stream->newer)
        stream->newer->older = stream->older;
    else
        h2->newest = stream->older;
    lab_map_remove(h2->open, &id, sizeof id);
}

/* CVE-2023-44487: streams that are opened and reset at once, again and again. */
static void count_reset(lab_h2_t *h2, unsigned end, const lab_h2_stream_t *stream, lab_position_t at)
{
    if (end != h2->client || at.time - stream->opened > SECOND)
        return;
    h2->resets++;
    if (h2->resets >= LAB_H2_RESETS_MAX && !h2->told_resets) {
        lab_h2_tell(h2, end, LAB_H2_FAULT_RAPID_RESET, NULL, at);
        h2->told_resets = true;
    }
}

void lab_h2_stream_reset(lab_h2_t *h2, unsigned end, lab_h2_stream_t *stream, lab_position_t at)
{
    count_reset(h2, end, stream, at);
    lab_h2_stream_close(h2, stream);
}

void lab_h2_each(const lab_h2_t *h2, void (*visit)(void *user, lab_h2_stream_t *stream), void *user)
{
    for (lab_h2_stream_t *stream = h2->newest, *older; stream; stream = older) {
        older = stream->older;
        visit(user, stream);
    }
}

unsigned lab_h2_open(const lab_h2_t *h2)
{
    return lab_map_size(h2->open);
}
