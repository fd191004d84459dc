/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http2.h - one connection of HTTP/2, RFC 9113: both directions' bytes in, heads, bodies and frames of the
 * connection out. It knows streams, settings and windows, and nothing of exchanges.
 *
 * Limits: LAB_H2_STREAMS_MAX streams are open at a time; further ones are read past. A head may come in any
 * number of frames; what is kept of it, hpack.h says. LAB_H2_CONTINUATIONS_MAX frames of one head, and
 * LAB_H2_RESETS_MAX streams that were reset within a second of being opened, are told as a flood, once each.
 */
#ifndef LAB_HTTP2_H
#define LAB_HTTP2_H

#include "hpack.h"
#include "http2_frames.h"
#include "tokens.h"

#define LAB_H2_STREAMS_MAX       10000
#define LAB_H2_CONTINUATIONS_MAX 32
#define LAB_H2_RESETS_MAX        200

/* RFC 9113 6.5.2, 7540 3.2.1. */
enum {
    LAB_H2_HEADER_TABLE_SIZE = 1,
    LAB_H2_ENABLE_PUSH,
    LAB_H2_MAX_CONCURRENT_STREAMS,
    LAB_H2_INITIAL_WINDOW_SIZE,
    LAB_H2_MAX_FRAME_SIZE,
    LAB_H2_MAX_HEADER_LIST_SIZE,
    LAB_H2_SETTINGS_KNOWN
};

/* The message that one end sends on a stream. */
typedef struct {
    bool begun, headed, ended; /* headed: a final head was read */
    bool heads_lost;           /* its first head is not in the capture */
    lab_position_t began;      /* of the head that is being read, or was read last */
    int64_t granted;           /* by WINDOW_UPDATE, less what this end sent; bytes */
    int64_t empty_since;       /* time when its window was used up; 0 = it is not */
    uint32_t turn;             /* how often the connection's window had been used up at its newest DATA */
} lab_h2_half_t;

typedef struct lab_h2_stream {
    uint32_t id;
    lab_h2_half_t half[2];               /* by end */
    uint32_t pushed_on;                  /* stream whose response promised it; 0 = none */
    int64_t opened;                      /* time */
    void *user;                          /* of the room above */
    struct lab_h2_stream *older, *newer; /* of the open streams */
} lab_h2_stream_t;

/* RFC 9113 5.3.2, which deprecates it. */
typedef struct {
    uint32_t depends_on;
    uint16_t weight; /* 1 to 256; 0 = no priority was given */
    bool exclusive;
} lab_h2_priority_t;

/* A complete frame that carries no message. */
typedef struct {
    lab_h2_frame_t frame;
    uint32_t code;         /* error code of RST_STREAM and GOAWAY; increment of WINDOW_UPDATE */
    uint32_t last_stream;  /* of GOAWAY */
    uint64_t opaque;       /* of PING */
    const uint8_t *debug;  /* additional data of GOAWAY, the first bytes; value of PRIORITY_UPDATE */
    uint32_t debug_length; /* bytes there */
} lab_h2_control_t;

typedef struct {
    /* A frame of `end` begins. `stream` NULL: on stream 0, or on one that is not open. */
    void (*frame)(void *user, unsigned end, const lab_h2_frame_t *frame, lab_h2_stream_t *stream,
                  lab_position_t at);
    /* It carried bytes; `body` of them are of the message's body. */
    void (*piece)(void *user, unsigned end, const lab_h2_frame_t *frame, lab_h2_stream_t *stream,
                  lab_position_t at, uint32_t body);
    /* A head or trailer begins; half[end].began says where. For a promised stream `pushed` is true: the
     * request comes from the server. */
    void (*begins)(void *user, unsigned end, lab_h2_stream_t *stream, bool pushed);
    /* The block is complete. */
    void (*head)(void *user, unsigned end, lab_h2_stream_t *stream, const lab_h2_head_t *head, bool pushed,
                 lab_position_t at);
    /* END_STREAM: the message is complete. */
    void (*ends)(void *user, unsigned end, lab_h2_stream_t *stream, lab_position_t at);
    void (*priority)(void *user, lab_h2_stream_t *stream, const lab_h2_priority_t *priority);
    void (*control)(void *user, unsigned end, const lab_h2_control_t *control, lab_h2_stream_t *stream,
                    lab_position_t at);
    void (*setting)(void *user, unsigned end, uint16_t id, uint32_t value);
    /* `end` could send nothing on this stream, since a window was used up at the time `since`, until a
     * WINDOW_UPDATE came in `frame` at `until`. `stream` NULL: on none; a stream that goes on later is told
     * then. */
    void (*waited)(void *user, unsigned end, lab_h2_stream_t *stream, int64_t since, int64_t until,
                   uint32_t frame);
    void (*fault)(void *user, unsigned end, lab_h2_fault_t fault, lab_h2_stream_t *stream, lab_position_t at);
    /* Whole frames of `end` may be missing. */
    void (*lost)(void *user, unsigned end, lab_position_t at);
    /* The stream is forgotten. */
    void (*closed)(void *user, lab_h2_stream_t *stream);
} lab_h2_events_t;

typedef struct lab_h2 lab_h2_t;

/* A connection whose client is `client`. `midstream`: it began before the capture. Free with lab_h2_free();
 * NULL is allowed there. `events` and `user` must live longer. */
lab_h2_t *lab_h2_new(const lab_h2_events_t *events, void *user, unsigned client, bool midstream);
void lab_h2_free(lab_h2_t *h2);
/* Reads the next bytes that `end` sent; data NULL = missing. */
void lab_h2_feed(lab_h2_t *h2, unsigned end, const uint8_t *data, uint32_t n, lab_position_t at);
/* True inside the header of a frame of `end`. */
bool lab_h2_pending(const lab_h2_t *h2, unsigned end);
/* True if these frames come from a server; `known` false if they do not tell. */
bool lab_h2_is_server(const uint8_t *data, uint32_t n, bool *known);
/* The other end is the client. */
void lab_h2_turn(lab_h2_t *h2);

/* RFC 7540 3.2: a request of HTTP/1.1 became stream 1, with these settings of the client (base64url, RFC 4648
 * 5; NULL = none). */
lab_h2_stream_t *lab_h2_upgrade(lab_h2_t *h2, const char *settings, int64_t time);
/* The open stream of this number; NULL = none. */
lab_h2_stream_t *lab_h2_stream(const lab_h2_t *h2, uint32_t id);
/* Calls `visit` for each open stream. */
void lab_h2_each(const lab_h2_t *h2, void (*visit)(void *user, lab_h2_stream_t *stream), void *user);
unsigned lab_h2_open(const lab_h2_t *h2);
/* What `end` may still send on the connection; bytes. */
int64_t lab_h2_window(const lab_h2_t *h2, unsigned end);

#endif
