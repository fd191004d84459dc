/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http2_inside.h - the state of a connection of HTTP/2; private to http2/. */
#ifndef LAB_HTTP2_INSIDE_H
#define LAB_HTTP2_INSIDE_H

#include "hash.h"
#include "http2.h"

/* The beginning of a payload that is kept: of a PING, a GOAWAY with some of its debug data. */
#define LAB_H2_SMALL     64
#define LAB_H2_WINDOW    65535 /* RFC 9113 6.9.2 */
#define LAB_H2_LARGEST   INT64_C(0x7fffffff)
#define LAB_H2_FORGOTTEN 64 /* streams whose end is remembered where frames may be missing */

/* What one end sends. */
typedef struct {
    lab_h2_t *h2;
    uint8_t end;
    lab_h2_frames_t frames;
    lab_hpack_t *hpack;

    /* the frame that is read */
    lab_h2_stream_t *stream;
    bool ignored; /* its payload does not count: it breaks a rule */
    bool damaged; /* bytes of its payload are missing */
    uint32_t have;
    uint8_t small[LAB_H2_SMALL];

    /* the block of header fields that is read; it may go on in CONTINUATION frames */
    uint32_t block;            /* stream; 0 = none */
    lab_h2_stream_t *block_of; /* stream that the head belongs to: of PUSH_PROMISE the promised one */
    bool block_ends, block_pushed, block_first;
    uint32_t continuations;

    uint32_t newest; /* highest stream that this end opened */
    int64_t window;  /* what it may still send on the connection */
    int64_t empty_since;
    int64_t waited_since, waited_until; /* when `window` was used up last, and until when */
    uint32_t waited_frame, turns;       /* the WINDOW_UPDATE; how often that was */
    int64_t initial;                    /* window of a new stream on which it sends */
    uint32_t table_size;                /* of its own decoder: counts once the other end has acknowledged */
    bool table_size_set;
} lab_h2_side_t;

struct lab_h2 {
    const lab_h2_events_t *events;
    void *user;
    uint8_t client;
    bool gaps;       /* frames may be missing: streams may have begun unseen */
    lab_map_t *open; /* stream number -> lab_h2_stream_t */
    lab_h2_stream_t *newest;
    lab_h2_side_t side[2];
    uint32_t forgotten[LAB_H2_FORGOTTEN];
    unsigned forgotten_count;
    unsigned resets; /* streams that were reset within a second */
    bool told_resets, told_streams;
};

/* http2_windows.c: RFC 9113 5.2, 6.9. */
/* `end` sends `length` bytes of DATA. */
void lab_h2_window_used(lab_h2_t *h2, unsigned end, lab_h2_stream_t *stream, uint32_t length,
                        lab_position_t at);
/* `end` grants the other one `increment` bytes; stream NULL = on the connection. */
void lab_h2_window_granted(lab_h2_t *h2, unsigned end, lab_h2_stream_t *stream, uint32_t increment,
                           lab_position_t at);

/* http2_settings.c: RFC 9113 6.5. */
/* A setting of `end`: six bytes. */
void lab_h2_setting_read(lab_h2_t *h2, unsigned end, const uint8_t *bytes, lab_position_t at);
/* `end` acknowledges the settings of the other one. */
void lab_h2_settings_acknowledged(lab_h2_t *h2, unsigned end);

static inline void lab_h2_tell(lab_h2_t *h2, unsigned end, lab_h2_fault_t fault, lab_h2_stream_t *stream,
                               lab_position_t at)
{
    h2->events->fault(h2->user, end, fault, stream, at);
}

static inline uint32_t lab_h2_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* http2_streams.c */
lab_map_t *lab_h2_streams_new(void);
/* The stream that a head or DATA of `end` is on; NULL = none. A new one is opened where it may begin. */
lab_h2_stream_t *lab_h2_stream_for(lab_h2_t *h2, unsigned end, const lab_h2_frame_t *frame,
                                   lab_position_t at);
lab_h2_stream_t *lab_h2_stream_open(lab_h2_t *h2, uint32_t id, lab_position_t at);
/* The stream is closed: it is forgotten. */
void lab_h2_stream_close(lab_h2_t *h2, lab_h2_stream_t *stream);
/* `end` resets the stream. */
void lab_h2_stream_reset(lab_h2_t *h2, unsigned end, lab_h2_stream_t *stream, lab_position_t at);

#endif
