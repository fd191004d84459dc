/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http2.c - the frames of a connection of HTTP/2; see http2.h. */
#include "http2_inside.h"

#include <string.h>

/* ---- heads: HEADERS or PUSH_PROMISE, and CONTINUATION; RFC 9113 4.3 ---- */

static void block_begins(lab_h2_side_t *s, const lab_h2_frame_t *f, lab_h2_stream_t *of, bool pushed,
                         lab_position_t at)
{
    s->block = f->stream;
    s->block_of = of;
    s->block_pushed = pushed;
    s->block_ends = f->type == LAB_H2_HEADERS && f->flags & LAB_H2_END_STREAM;
    s->continuations = 0;
    lab_hpack_begin(s->hpack);
    if (!of)
        return;
    of->half[s->end].began = at;
    s->h2->events->begins(s->h2->user, s->end, of, pushed);
    of->half[s->end].begun |= !pushed;
}

/* The message of this end is complete; a stream is closed when both are. */
static void message_ends(lab_h2_side_t *s, lab_h2_stream_t *stream, lab_position_t at)
{
    lab_h2_half_t *half = &stream->half[s->end];
    if (half->ended)
        return;
    half->ended = true;
    s->h2->events->ends(s->h2->user, s->end, stream, at);
    if (stream->half[!s->end].ended)
        lab_h2_stream_close(s->h2, stream);
}

static void block_complete(lab_h2_side_t *s, lab_position_t at)
{
    lab_h2_head_t head;
    lab_h2_stream_t *of = s->block_of;
    bool good = lab_hpack_end(s->hpack, &head);
    head.last = s->block_ends;
    s->block = 0;
    s->block_of = NULL;
    if (!good && !s->damaged)
        lab_h2_tell(s->h2, s->end, LAB_H2_FAULT_COMPRESSION, of, at);
    if (!of)
        return;
    s->h2->events->head(s->h2->user, s->end, of, &head, s->block_pushed, at);
    if (head.malformed)
        lab_h2_tell(s->h2, s->end, LAB_H2_FAULT_MALFORMED, of, at);
    if (head.head.status / 100 != 1 && !s->block_pushed)
        of->half[s->end].headed = true;
    if (s->block_ends)
        message_ends(s, of, at);
}

/* The rest of the block does not come. */
static void block_breaks(lab_h2_side_t *s)
{
    lab_hpack_lose(s->hpack);
    s->block = 0;
    s->block_of = NULL;
}

/* ---- the beginning of a frame ---- */

/* Bytes before the content: padding length, priority, promised stream. */
static uint32_t prefix_of(const lab_h2_frame_t *f)
{
    bool padded = f->flags & LAB_H2_PADDED;
    switch (f->type) {
    case LAB_H2_DATA:
        return padded;
    case LAB_H2_HEADERS:
        return (uint32_t)padded + (f->flags & LAB_H2_HAS_PRIORITY ? 5u : 0u);
    case LAB_H2_PUSH_PROMISE:
        return (uint32_t)padded + 4u;
    case LAB_H2_CONTINUATION:
        return 0;
    default:
        return f->length; /* no content of its own */
    }
}

static bool form_is_good(lab_h2_side_t *s, const lab_h2_frame_t *f, lab_position_t at)
{
    static const lab_h2_fault_t faults[] = {[LAB_H2_BAD_LENGTH] = LAB_H2_FAULT_LENGTH,
                                            [LAB_H2_NEEDS_STREAM] = LAB_H2_FAULT_NO_STREAM,
                                            [LAB_H2_NEEDS_CONNECTION] = LAB_H2_FAULT_ON_STREAM};
    lab_h2_form_t form = lab_h2_form(f);
    if (form == LAB_H2_FINE && prefix_of(f) > f->length)
        form = LAB_H2_BAD_LENGTH;
    if (form != LAB_H2_FINE)
        lab_h2_tell(s->h2, s->end, faults[form], s->stream, at);
    return form == LAB_H2_FINE;
}

/* RFC 9113 6.10: nothing comes between the frames of a head. */
static bool order_is_good(lab_h2_side_t *s, const lab_h2_frame_t *f, lab_position_t at)
{
    bool continues = f->type == LAB_H2_CONTINUATION;
    if (continues && s->block == f->stream && s->block) {
        if (++s->continuations == LAB_H2_CONTINUATIONS_MAX)
            lab_h2_tell(s->h2, s->end, LAB_H2_FAULT_CONTINUATION_FLOOD, s->block_of, at);
        return true;
    }
    bool expected = !continues && !s->block;
    if (!expected && !(continues && s->h2->gaps))
        lab_h2_tell(s->h2, s->end, LAB_H2_FAULT_CONTINUATION, s->stream, at);
    if (s->block || continues)
        block_breaks(s);
    return !continues;
}

static lab_h2_stream_t *stream_of(lab_h2_side_t *s, const lab_h2_frame_t *f, lab_position_t at)
{
    if (!f->stream)
        return NULL;
    if (f->type == LAB_H2_CONTINUATION)
        return s->block_of;
    if (f->type == LAB_H2_HEADERS || f->type == LAB_H2_DATA)
        return lab_h2_stream_for(s->h2, s->end, f, at);
    return lab_h2_stream(s->h2, f->stream);
}

static bool is_head(const lab_h2_frame_t *f)
{
    return f->type == LAB_H2_HEADERS || f->type == LAB_H2_PUSH_PROMISE || f->type == LAB_H2_CONTINUATION;
}

/* RFC 9113 5.1: nothing but control frames after END_STREAM. */
static void end_is_kept(lab_h2_side_t *s, const lab_h2_frame_t *f, lab_position_t at)
{
    bool message = f->type == LAB_H2_HEADERS || f->type == LAB_H2_DATA;
    if (!message || !s->stream || !s->stream->half[s->end].ended)
        return;
    lab_h2_tell(s->h2, s->end, LAB_H2_FAULT_STREAM_ID, s->stream, at);
    s->stream = NULL;
}

static void begin(void *user, const lab_h2_frame_t *f, lab_position_t at)
{
    lab_h2_side_t *s = user;
    lab_h2_t *h2 = s->h2;
    s->have = 0;
    s->small[0] = 0;
    s->damaged = false;
    s->stream = stream_of(s, f, at);
    h2->events->frame(h2->user, s->end, f, s->stream, at);
    end_is_kept(s, f, at);
    bool ordered = order_is_good(s, f, at); /* both are told */
    s->ignored = !form_is_good(s, f, at) || !ordered;
    if (s->ignored && is_head(f))
        block_breaks(s);
    if (s->ignored)
        return;
    if (f->type == LAB_H2_DATA)
        lab_h2_window_used(h2, s->end, s->stream, f->length, at);
    if (f->type == LAB_H2_HEADERS)
        block_begins(s, f, s->stream, false, at);
}

/* ---- the payload ---- */

/* Bytes of padding behind the content. */
static uint32_t padding_of(const lab_h2_side_t *s, const lab_h2_frame_t *f)
{
    bool can = f->type == LAB_H2_DATA || f->type == LAB_H2_HEADERS || f->type == LAB_H2_PUSH_PROMISE;
    return can && f->flags & LAB_H2_PADDED && s->have ? s->small[0] : 0;
}

static void take_priority(lab_h2_side_t *s, const uint8_t *bytes, lab_h2_stream_t *stream, lab_position_t at)
{
    const lab_h2_priority_t priority = {.depends_on = lab_h2_be32(bytes) & 0x7fffffffu,
                                        .exclusive = bytes[0] & 0x80,
                                        .weight = (uint16_t)(bytes[4] + 1)};
    if (priority.depends_on == s->frames.frame.stream)
        lab_h2_tell(s->h2, s->end, LAB_H2_FAULT_SELF_DEPENDENCY, stream, at);
    if (stream)
        s->h2->events->priority(s->h2->user, stream, &priority);
}

/* RFC 9113 6.6: only a server promises, on a stream of the client. */
static void take_promise(lab_h2_side_t *s, const uint8_t *bytes, lab_position_t at)
{
    lab_h2_t *h2 = s->h2;
    uint32_t id = lab_h2_be32(bytes) & 0x7fffffffu;
    lab_h2_stream_t *promised = NULL;
    if (s->end == h2->client || id % 2 || !id || id <= s->newest)
        lab_h2_tell(h2, s->end, LAB_H2_FAULT_PUSH, s->stream, at);
    else
        promised = lab_h2_stream_open(h2, id, at);
    s->newest = promised ? id : s->newest;
    if (promised) {
        promised->pushed_on = s->frames.frame.stream;
        promised->half[h2->client].ended = true; /* RFC 9113 5.1: half-closed */
    }
    block_begins(s, &s->frames.frame, promised, true, at);
}

static void prefix_complete(lab_h2_side_t *s, const lab_h2_frame_t *f, lab_position_t at)
{
    const uint8_t *after = s->small + (f->flags & LAB_H2_PADDED ? 1 : 0);
    if (padding_of(s, f) + prefix_of(f) > f->length) {
        lab_h2_tell(s->h2, s->end, LAB_H2_FAULT_PADDING, s->stream, at);
        s->ignored = true;
        if (f->type != LAB_H2_DATA)
            block_breaks(s);
        return;
    }
    if (f->type == LAB_H2_HEADERS && f->flags & LAB_H2_HAS_PRIORITY)
        take_priority(s, after, s->stream, at);
    if (f->type == LAB_H2_PUSH_PROMISE)
        take_promise(s, after, at);
}

/* The bytes from `from` to `to` of the payload: how many of them are content, and where they begin. */
static uint32_t content_part(const lab_h2_side_t *s, const lab_h2_frame_t *f, uint32_t from, uint32_t to,
                             uint32_t *begin)
{
    uint32_t prefix = prefix_of(f), padding = padding_of(s, f);
    if (prefix + padding > f->length)
        return 0;
    uint32_t low = MAX(from, prefix), high = MIN(to, f->length - padding);
    *begin = low - from;
    return high > low ? high - low : 0;
}

static void keep_small(lab_h2_side_t *s, const lab_h2_frame_t *f, const uint8_t *data, uint32_t n,
                       lab_position_t at)
{
    uint32_t prefix = prefix_of(f), had = s->have, limit = MIN(prefix, LAB_H2_SMALL);
    if (data && had < limit)
        memcpy(s->small + had, data, MIN(n, limit - had));
    s->have += n;
    bool heads = f->type == LAB_H2_DATA || f->type == LAB_H2_HEADERS || f->type == LAB_H2_PUSH_PROMISE;
    if (heads && prefix && had < prefix && s->have >= prefix && !s->damaged)
        prefix_complete(s, f, at);
}

/* The settings of a frame, as each is complete; RFC 9113 6.5.1. */
static void keep_settings(lab_h2_side_t *s, const uint8_t *data, uint32_t n, lab_position_t at)
{
    for (uint32_t i = 0; i < n; i++) {
        s->small[s->have++ % 6] = data ? data[i] : 0;
        if (data && s->have % 6 == 0 && !s->damaged)
            lab_h2_setting_read(s->h2, s->end, s->small, at);
    }
}

static void take_payload(lab_h2_side_t *s, const lab_h2_frame_t *f, const uint8_t *data, uint32_t n,
                         lab_position_t at, uint32_t *body)
{
    uint32_t from = s->have, begin = 0;
    s->damaged |= !data;
    if (f->type == LAB_H2_SETTINGS) {
        keep_settings(s, data, n, at);
        return;
    }
    keep_small(s, f, data, n, at);
    uint32_t content = s->ignored ? 0 : content_part(s, f, from, s->have, &begin);
    if (f->type == LAB_H2_DATA)
        *body = content;
    if (!is_head(f))
        return;
    if (!data)
        lab_hpack_lose(s->hpack);
    else if (content)
        lab_hpack_feed(s->hpack, data + begin, content);
}

static void piece(void *user, const uint8_t *data, uint32_t n, lab_position_t at)
{
    lab_h2_side_t *s = user;
    const lab_h2_frame_t *f = &s->frames.frame;
    uint32_t body = 0;
    if (n)
        take_payload(s, f, data, n, at, &body);
    s->h2->events->piece(s->h2->user, s->end, f, s->stream, at, body);
}

/* ---- the end of a frame ---- */

static void tell_control(lab_h2_side_t *s, const lab_h2_frame_t *f, lab_position_t at)
{
    const uint8_t *p = s->small;
    lab_h2_control_t control = {.frame = *f};
    if (f->type == LAB_H2_RST_STREAM || f->type == LAB_H2_WINDOW_UPDATE)
        control.code = lab_h2_be32(p) & (f->type == LAB_H2_RST_STREAM ? 0xffffffffu : 0x7fffffffu);
    if (f->type == LAB_H2_PING)
        control.opaque = (uint64_t)lab_h2_be32(p) << 32 | lab_h2_be32(p + 4);
    if (f->type == LAB_H2_GOAWAY) {
        control.last_stream = lab_h2_be32(p) & 0x7fffffffu;
        control.code = lab_h2_be32(p + 4);
        control.debug = p + 8;
        control.debug_length = MIN(f->length, LAB_H2_SMALL) - 8;
    }
    s->h2->events->control(s->h2->user, s->end, &control, s->stream, at);
}

static void control_complete(lab_h2_side_t *s, const lab_h2_frame_t *f, lab_position_t at)
{
    lab_h2_t *h2 = s->h2;
    tell_control(s, f, at);
    if (f->type == LAB_H2_PRIORITY)
        take_priority(s, s->small, s->stream, at);
    if (f->type == LAB_H2_SETTINGS && f->flags & LAB_H2_ACK)
        lab_h2_settings_acknowledged(h2, s->end);
    if (f->type == LAB_H2_WINDOW_UPDATE && (s->stream || !f->stream))
        lab_h2_window_granted(h2, s->end, s->stream, lab_h2_be32(s->small) & 0x7fffffffu, at);
    if (f->type == LAB_H2_RST_STREAM && s->stream)
        lab_h2_stream_reset(h2, s->end, s->stream, at);
}

static void end(void *user, lab_position_t at)
{
    lab_h2_side_t *s = user;
    const lab_h2_frame_t *f = &s->frames.frame;
    if (s->ignored)
        s->stream = NULL;
    else if (is_head(f) && s->block && f->flags & LAB_H2_END_HEADERS)
        block_complete(s, at);
    else if (f->type == LAB_H2_DATA && f->flags & LAB_H2_END_STREAM && s->stream)
        message_ends(s, s->stream, at);
    else if (!is_head(f) && f->type != LAB_H2_DATA && !s->damaged)
        control_complete(s, f, at);
    s->stream = NULL;
}

/* ---- the connection ---- */

static void preface(void *user, lab_position_t at)
{
    lab_h2_side_t *s = user;
    s->h2->events->piece(s->h2->user, s->end, NULL, NULL, at, 0);
}

static void lost(void *user, lab_position_t at)
{
    lab_h2_side_t *s = user;
    s->h2->gaps = true;
    s->stream = NULL;
    block_breaks(s);
    s->h2->events->lost(s->h2->user, s->end, at);
}

static void too_long(void *user, const lab_h2_frame_t *f, lab_position_t at)
{
    lab_h2_side_t *s = user;
    s->stream = NULL;
    s->h2->events->frame(s->h2->user, s->end, f, NULL, at);
    lab_h2_tell(s->h2, s->end, LAB_H2_FAULT_TOO_LONG, NULL, at);
}

static const lab_h2_frame_events_t frame_events = {begin, piece, end, preface, lost, too_long};

lab_h2_t *lab_h2_new(const lab_h2_events_t *events, void *user, unsigned client, bool midstream)
{
    lab_h2_t *h2 = g_new0(lab_h2_t, 1);
    h2->events = events;
    h2->user = user;
    h2->client = (uint8_t)client;
    h2->gaps = midstream;
    h2->open = lab_h2_streams_new();
    for (unsigned side = 0; side < 2; side++) {
        lab_h2_side_t *s = &h2->side[side];
        s->h2 = h2;
        s->end = (uint8_t)side;
        s->window = s->initial = LAB_H2_WINDOW;
        s->hpack = lab_hpack_new(midstream);
        lab_h2_frames_init(&s->frames, &frame_events, s, side == client && !midstream, midstream);
    }
    return h2;
}

void lab_h2_free(lab_h2_t *h2)
{
    if (!h2)
        return;
    for (unsigned side = 0; side < 2; side++)
        lab_hpack_free(h2->side[side].hpack);
    lab_map_free(h2->open);
    g_free(h2);
}

void lab_h2_feed(lab_h2_t *h2, unsigned side, const uint8_t *data, uint32_t n, lab_position_t at)
{
    lab_h2_frames_feed(&h2->side[side].frames, data, n, at);
}

bool lab_h2_pending(const lab_h2_t *h2, unsigned side)
{
    return lab_h2_frames_pending(&h2->side[side].frames);
}

void lab_h2_turn(lab_h2_t *h2)
{
    h2->client = !h2->client;
}

lab_h2_stream_t *lab_h2_upgrade(lab_h2_t *h2, const char *settings, int64_t time)
{
    const lab_position_t at = {.time = time};
    lab_h2_stream_t *stream = lab_h2_stream_open(h2, 1, at);
    h2->side[h2->client].newest = 1;
    stream->half[h2->client].begun = stream->half[h2->client].headed = true;
    stream->half[h2->client].ended = true;
    if (!settings)
        return stream;
    char *base64 = g_strdelimit(g_strdup(settings), "-", '+');
    g_strdelimit(base64, "_", '/');
    char *padded = g_strconcat(base64, &"==="[3 - (4 - strlen(base64) % 4) % 4], NULL);
    gsize n;
    guchar *bytes = g_base64_decode(padded, &n);
    for (gsize i = 0; i + 6 <= n; i += 6)
        lab_h2_setting_read(h2, h2->client, bytes + i, at);
    lab_h2_settings_acknowledged(h2,
                                 !h2->client); /* RFC 7540 3.2.1: the 101 response is the acknowledgment */
    g_free(bytes);
    g_free(padded);
    g_free(base64);
    return stream;
}

/* The first byte of the fragment in a HEADERS frame; NULL = it has none here. */
static const uint8_t *fragment(const uint8_t *data, uint32_t n)
{
    const lab_h2_frame_t f = {.type = data[3], .flags = data[4]};
    uint32_t at = LAB_H2_HEADER + prefix_of(&f);
    return f.type == LAB_H2_HEADERS && at < n ? data + at : NULL;
}

bool lab_h2_is_server(const uint8_t *data, uint32_t n, bool *known)
{
    *known = false;
    for (uint32_t at = 0; n - at > LAB_H2_HEADER;) {
        const uint8_t *first = fragment(data + at, n - at);
        bool response = first && lab_hpack_is_response(*first, known);
        if (*known)
            return response;
        uint32_t length = LAB_H2_HEADER + (lab_h2_be32(data + at) >> 8);
        if (length > n - at)
            break;
        at += length;
    }
    return false;
}
