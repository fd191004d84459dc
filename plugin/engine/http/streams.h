/* SPDX-License-Identifier: GPL-2.0-or-later */
/* streams.h - the exchanges of a connection of HTTP/2: one a stream. Private to http/. */
#ifndef LAB_STREAMS_H
#define LAB_STREAMS_H

#include "direction.h"
#include "http2.h"

#define LAB_PINGS_KEPT  8  /* PINGs of an end that wait for their answer */
#define LAB_HELD_MAX    64 /* streams that one lost segment holds up */
#define LAB_GOAWAYS_MAX 16 /* GOAWAY frames of a connection that are compared with its open streams */

typedef struct {
    uint64_t opaque;
    int64_t time;
    uint32_t frame; /* 0 = answered, or none */
} lab_ping_t;

/* A stream that waits for a lost segment. */
typedef struct {
    lab_exchange_t *x;
    int64_t
        since; /* when bytes of it came that could not be read; -1 = its bytes are in the lost segment only */
} lab_held_t;

typedef struct lab_http2_conn {
    lab_conn_t *conn;
    lab_h2_t *reader; /* NULL = the connection is read no longer */
    lab_http2_story_t story;
    uint32_t run[2]; /* exchange whose bytes each end sends; 0 = frames of the connection */
    bool running[2];
    lab_ping_t pings[2][LAB_PINGS_KEPT];
    unsigned ping_count[2], goaways;
    int64_t settings_time[2];
    lab_held_t held[LAB_HELD_MAX];
    unsigned held_count;
} lab_http2_conn_t;

/* The connection carries HTTP/2 from here on; `midstream`: it did before the capture began. */
void lab_http2_begin(lab_conn_t *conn, unsigned client, bool midstream);
/* RFC 7540 3.2: a request of HTTP/1.1 is answered on stream 1. `settings`: value of HTTP2-Settings, NULL =
 * none.
 */
void lab_http2_upgrade(lab_conn_t *conn, lab_exchange_t *x, const char *settings, int64_t time);
/* The next bytes of a direction, NULL = missing. */
void lab_http2_bytes(lab_direction_t *d, const uint8_t *data, uint32_t n, lab_position_t at);
/* A segment of this direction was read. */
void lab_http2_segment_read(lab_direction_t *d);
/* The connection ends here: the responses of `end` that are not complete are cut short. */
void lab_http2_cut(lab_context_t *c, unsigned end);
void lab_http2_uncut(lab_conn_t *conn);
void lab_http2_stop(lab_conn_t *conn);
void lab_http2_free(lab_conn_t *conn);
/* The newest exchange whose response is not complete; NULL = none. */
lab_exchange_t *lab_http2_unfinished(const lab_conn_t *conn);

/* http2_story.c */
/* What the segment in `frame` carries of HTTP/2; never NULL. */
lab_http2_facts_t *lab_http2_facts(lab_conn_t *conn, uint32_t frame);
/* The segment belongs to this exchange, too. */
void lab_http2_list(lab_conn_t *conn, lab_annotation_t *annotation, uint32_t frame, const lab_exchange_t *x);
void lab_http2_setting(void *user, unsigned end, uint16_t id, uint32_t value);
void lab_http2_control(void *user, unsigned end, const lab_h2_control_t *control, lab_h2_stream_t *stream,
                       lab_position_t at);
void lab_http2_fault(void *user, unsigned end, lab_h2_fault_t fault, lab_h2_stream_t *stream,
                     lab_position_t at);
lab_http2_frame_t lab_http2_kind(const lab_h2_frame_t *frame);
/* PINGs that got no answer until the connection ended. */
void lab_http2_unanswered(lab_conn_t *conn);

/* held.c: head-of-line blocking. */
/* Bytes of `x` were read; they had come at `time`. `waited`: before the segment that is being read. */
void lab_held_note(lab_http2_conn_t *h, lab_exchange_t *x, bool waited, int64_t time);
/* The segment in `frame` was read. */
void lab_held_settle(lab_http2_conn_t *h, uint32_t frame, int64_t time);

#endif
