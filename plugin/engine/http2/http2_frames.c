/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http2_frames.c - see http2_frames.h. */
#include "http2_frames.h"

#include <glib.h>
#include <string.h>

const char lab_h2_preface[LAB_H2_PREFACE_LENGTH + 1] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/* ---- the form of a frame ---- */

typedef enum { EITHER, CONNECTION, STREAM } where_t;

/* RFC 9113 6: the lengths that a type can have, where it belongs, and its flags. */
static const struct {
    uint8_t type;
    uint32_t least, most; /* of the payload */
    where_t where;
    uint8_t flags;
} forms[] = {
    {LAB_H2_DATA, 0, G_MAXUINT32, STREAM, LAB_H2_END_STREAM | LAB_H2_PADDED},
    {LAB_H2_HEADERS, 0, G_MAXUINT32, STREAM,
     LAB_H2_END_STREAM | LAB_H2_END_HEADERS | LAB_H2_PADDED | LAB_H2_HAS_PRIORITY},
    {LAB_H2_PRIORITY, 5, 5, STREAM, 0},
    {LAB_H2_RST_STREAM, 4, 4, STREAM, 0},
    {LAB_H2_SETTINGS, 0, G_MAXUINT32, CONNECTION, LAB_H2_ACK},
    {LAB_H2_PUSH_PROMISE, 4, G_MAXUINT32, STREAM, LAB_H2_END_HEADERS | LAB_H2_PADDED},
    {LAB_H2_PING, 8, 8, CONNECTION, LAB_H2_ACK},
    {LAB_H2_GOAWAY, 8, G_MAXUINT32, CONNECTION, 0},
    {LAB_H2_WINDOW_UPDATE, 4, 4, EITHER, 0},
    {LAB_H2_CONTINUATION, 0, G_MAXUINT32, STREAM, LAB_H2_END_HEADERS},
    {LAB_H2_ALTSVC, 2, G_MAXUINT32, EITHER, 0},
    {LAB_H2_ORIGIN, 0, G_MAXUINT32, CONNECTION, 0},
    {LAB_H2_PRIORITY_UPDATE, 4, G_MAXUINT32, CONNECTION, 0},
};

static int form_of(uint8_t type)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(forms); i++)
        if (forms[i].type == type)
            return (int)i;
    return -1;
}

static bool bad_length(const lab_h2_frame_t *f, int form)
{
    if (f->type == LAB_H2_SETTINGS)
        return f->length % 6 || (f->flags & LAB_H2_ACK && f->length);
    return f->length < forms[form].least || f->length > forms[form].most;
}

lab_h2_form_t lab_h2_form(const lab_h2_frame_t *f)
{
    int form = form_of(f->type);
    if (form < 0)
        return LAB_H2_FINE; /* RFC 9113 4.1: types that are not known are ignored */
    if (forms[form].where == STREAM && !f->stream)
        return LAB_H2_NEEDS_STREAM;
    if (forms[form].where == CONNECTION && f->stream)
        return LAB_H2_NEEDS_CONNECTION;
    return bad_length(f, form) ? LAB_H2_BAD_LENGTH : LAB_H2_FINE;
}

static lab_h2_frame_t read_header(const uint8_t *p)
{
    return (lab_h2_frame_t){.length = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2],
                            .type = p[3],
                            .flags = p[4],
                            .stream = ((uint32_t)p[5] & 0x7fu) << 24 | (uint32_t)p[6] << 16 |
                                      (uint32_t)p[7] << 8 | p[8]};
}

static bool plausible_header(const uint8_t *p)
{
    const lab_h2_frame_t f = read_header(p);
    int form = form_of(f.type);
    return form >= 0 && !(p[5] & 0x80) && !(f.flags & ~forms[form].flags) && f.length <= LAB_H2_FRAME_MAX &&
           lab_h2_form(&f) == LAB_H2_FINE;
}

/* Frames of a fixed length are never data that only looks like one. */
static bool is_fixed(const uint8_t *p)
{
    return p[3] == LAB_H2_PRIORITY || p[3] == LAB_H2_RST_STREAM || p[3] == LAB_H2_PING ||
           p[3] == LAB_H2_WINDOW_UPDATE || (p[3] == LAB_H2_SETTINGS && (p[4] & LAB_H2_ACK || p[2]));
}

bool lab_h2_plausible(const uint8_t *data, uint32_t n, bool sure)
{
    uint32_t at = 0;
    unsigned whole = 0, fixed = 0;
    while (n - at >= LAB_H2_HEADER) {
        if (!plausible_header(data + at))
            return false;
        uint32_t length = LAB_H2_HEADER + read_header(data + at).length;
        fixed += is_fixed(data + at);
        if (length > n - at)
            return whole > 0 || !sure;
        at += length;
        whole++;
    }
    if (!sure)
        return whole > 0;
    return at == n && (whole > 1 || fixed > 0);
}

/* ---- the bytes of a direction ---- */

void lab_h2_frames_init(lab_h2_frames_t *f, const lab_h2_frame_events_t *events, void *user, bool client,
                        bool lost)
{
    *f = (lab_h2_frames_t){.events = events,
                           .user = user,
                           .longest = LAB_H2_FRAME_MAX,
                           .preface = client ? 0 : LAB_H2_PREFACE_LENGTH,
                           .lost = lost};
}

/* The header of a frame is among missing bytes, or what stands there is none. */
static void lose(lab_h2_frames_t *f, lab_position_t at)
{
    f->lost = true;
    f->inside = false;
    f->left = 0;
    f->have = f->early_count = 0;
    f->preface = LAB_H2_PREFACE_LENGTH;
    f->events->lost(f->user, at);
}

static uint32_t feed_preface(lab_h2_frames_t *f, const uint8_t *data, uint32_t n, lab_position_t at)
{
    uint32_t take = MIN(n, (uint32_t)(LAB_H2_PREFACE_LENGTH - f->preface));
    if (memcmp(data, lab_h2_preface + f->preface, take) != 0) {
        f->preface = LAB_H2_PREFACE_LENGTH; /* a connection that began before the capture */
        return 0;
    }
    f->preface = (uint8_t)(f->preface + take);
    f->events->preface(f->user, at);
    return take;
}

static void frame_ends(lab_h2_frames_t *f, lab_position_t after)
{
    f->inside = false;
    f->events->end(f->user, after);
}

static void header_complete(lab_h2_frames_t *f, lab_position_t at)
{
    f->frame = read_header(f->header);
    f->have = 0;
    if (f->frame.length > f->longest) { /* RFC 9113 4.2: the other side must end the connection */
        f->events->too_long(f->user, &f->frame, at);
        lose(f, at);
        return;
    }
    f->inside = true;
    f->left = f->frame.length;
    f->events->begin(f->user, &f->frame, f->early_count ? f->early[0] : at);
    for (unsigned i = 0; i < f->early_count; i++)
        f->events->piece(f->user, NULL, 0, f->early[i]);
    f->events->piece(f->user, NULL, 0, at);
    f->early_count = 0;
}

static uint32_t feed_header(lab_h2_frames_t *f, const uint8_t *data, uint32_t n, lab_position_t at)
{
    uint32_t take = MIN(n, (uint32_t)(LAB_H2_HEADER - f->have));
    memcpy(f->header + f->have, data, take);
    f->have = (uint8_t)(f->have + take);
    if (f->have < LAB_H2_HEADER) {
        f->early[f->early_count++] = at; /* at most one for each byte but the last */
        return take;
    }
    header_complete(f, at);
    at.offset += take;
    if (f->inside && !f->left)
        frame_ends(f, at);
    return take;
}

static uint32_t feed_payload(lab_h2_frames_t *f, const uint8_t *data, uint32_t n, lab_position_t at)
{
    uint32_t take = MIN(n, f->left);
    f->left -= take;
    f->events->piece(f->user, data, take, at);
    at.offset += take;
    if (!f->left)
        frame_ends(f, at);
    return take;
}

void lab_h2_frames_feed(lab_h2_frames_t *f, const uint8_t *data, uint32_t n, lab_position_t at)
{
    if (f->lost) { /* a segment that begins like a frame: reading goes on there */
        if (!data || !lab_h2_plausible(data, n, false))
            return;
        f->lost = false;
    }
    while (n && !f->lost) {
        uint32_t used;
        if (f->inside)
            used = feed_payload(f, data, n, at);
        else if (!data) {
            lose(f, at);
            return;
        } else if (f->preface < LAB_H2_PREFACE_LENGTH)
            used = feed_preface(f, data, n, at);
        else
            used = feed_header(f, data, n, at);
        n -= used;
        at.offset += used;
        if (data)
            data += used;
    }
}
