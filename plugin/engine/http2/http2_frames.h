/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http2_frames.h - the frames of HTTP/2 in the bytes of one direction, RFC 9113 3.4 and 4.1.
 *
 * Bytes may be missing. Inside the payload of a frame they are counted, and the next frame is where its
 * length says. If the header of a frame is among them, the next frame is looked for at the next bytes that
 * begin like one. Nothing is copied but the nine bytes of a header.
 */
#ifndef LAB_HTTP2_FRAMES_H
#define LAB_HTTP2_FRAMES_H

#include "reassembly.h"

#include <stdbool.h>
#include <stdint.h>

/* RFC 9113 6; RFC 7838 4; RFC 8336 2; RFC 9218 7.1. */
enum {
    LAB_H2_DATA,
    LAB_H2_HEADERS,
    LAB_H2_PRIORITY,
    LAB_H2_RST_STREAM,
    LAB_H2_SETTINGS,
    LAB_H2_PUSH_PROMISE,
    LAB_H2_PING,
    LAB_H2_GOAWAY,
    LAB_H2_WINDOW_UPDATE,
    LAB_H2_CONTINUATION,
    LAB_H2_ALTSVC = 10,
    LAB_H2_ORIGIN = 12,
    LAB_H2_PRIORITY_UPDATE = 16
};
enum {
    LAB_H2_END_STREAM = 1, /* of DATA and HEADERS */
    LAB_H2_ACK = 1,        /* of SETTINGS and PING */
    LAB_H2_END_HEADERS = 4,
    LAB_H2_PADDED = 8,
    LAB_H2_HAS_PRIORITY = 32
};

#define LAB_H2_HEADER         9
#define LAB_H2_PREFACE_LENGTH 24
extern const char lab_h2_preface[LAB_H2_PREFACE_LENGTH + 1];
/* RFC 9113 6.5.2: without a setting no frame is longer. */
#define LAB_H2_FRAME_MAX 16384

typedef struct {
    uint32_t length; /* bytes of the payload */
    uint8_t type, flags;
    uint32_t stream;
} lab_h2_frame_t;

typedef struct {
    /* The header is complete. `first`: where its first byte was. Then the pieces of the header, then those of
     * the payload, then `end`. */
    void (*begin)(void *user, const lab_h2_frame_t *frame, lab_position_t first);
    /* A frame carried bytes of the header (`n` 0), or the next `n` bytes of the payload; data NULL = they are
     * missing. */
    void (*piece)(void *user, const uint8_t *data, uint32_t n, lab_position_t at);
    /* at.offset is the offset after the frame's last byte. */
    void (*end)(void *user, lab_position_t at);
    /* Bytes of the connection preface, RFC 9113 3.4. */
    void (*preface)(void *user, lab_position_t at);
    /* Whole frames may be among missing bytes. */
    void (*lost)(void *user, lab_position_t at);
    /* These bytes are no frame: it is longer than the other side allows. */
    void (*too_long)(void *user, const lab_h2_frame_t *frame, lab_position_t at);
} lab_h2_frame_events_t;

/* A reader of one direction. */
typedef struct {
    const lab_h2_frame_events_t *events;
    void *user;
    lab_h2_frame_t frame;
    uint32_t left;    /* bytes of the payload still to come */
    uint32_t longest; /* payload that the other side allows */
    uint8_t header[LAB_H2_HEADER];
    uint8_t have;    /* bytes of `header` */
    uint8_t preface; /* bytes of the preface so far; LAB_H2_PREFACE_LENGTH = complete, or none is expected */
    bool lost, inside;
    lab_position_t early[LAB_H2_HEADER]; /* of the pieces of an incomplete header */
    uint8_t early_count;
} lab_h2_frames_t;

/* `client`: a preface comes first. `lost`: the first bytes may be the middle of a frame. */
void lab_h2_frames_init(lab_h2_frames_t *frames, const lab_h2_frame_events_t *events, void *user, bool client,
                        bool lost);
/* Reads the next bytes; data NULL = missing. */
void lab_h2_frames_feed(lab_h2_frames_t *frames, const uint8_t *data, uint32_t n, lab_position_t at);
/* True inside the header of a frame. */
static inline bool lab_h2_frames_pending(const lab_h2_frames_t *frames)
{
    return frames->have > 0;
}

/* True if these bytes may be the beginning of a frame: its header has a known type, the flags, the length and
 * the stream that this type can have; and so have the frames after it as far as there are bytes. `sure`:
 * without other signs of HTTP/2, so that more is asked for. */
bool lab_h2_plausible(const uint8_t *data, uint32_t n, bool sure);

/* What is wrong with a frame by its header alone. */
typedef enum {
    LAB_H2_FINE,
    LAB_H2_BAD_LENGTH,       /* RFC 9113 4.2: FRAME_SIZE_ERROR */
    LAB_H2_NEEDS_STREAM,     /* stream 0 where there must be one */
    LAB_H2_NEEDS_CONNECTION, /* a stream where there must be none */
} lab_h2_form_t;
lab_h2_form_t lab_h2_form(const lab_h2_frame_t *frame);

#endif
