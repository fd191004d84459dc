/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture.h - the capture that a report is about, and how the report is wanted. */
#ifndef LAB_CAPTURE_H
#define LAB_CAPTURE_H

#include "lab.h"

/* A protocol and how many frames hold it. */
typedef struct {
    const char *name;
    uint32_t frames;
} lab_protocol_t;

/* A connection of QUIC, RFC 9000: what its long headers and the hellos of its handshake show. Texts are
 * printable. */
typedef struct {
    uint32_t number; /* Wireshark's quic.connection.number */
    lab_endpoint_t client, server;
    uint32_t first_frame, last_frame, datagrams;
    uint64_t bytes;       /* UDP payload */
    uint32_t version;     /* RFC 9000 15, RFC 9369; 0 = not known */
    char *server_name;    /* of the ClientHello, RFC 6066 3; NULL = not known */
    GPtrArray *protocols; /* of char *: the client's offer, RFC 7301; NULL = not known */
    char *protocol;       /* the server's choice; NULL = not known: it is encrypted */
} lab_quic_t;

/* The part of the capture that the report is about; see selection.h. */
typedef struct lab_selection lab_selection_t;

/* All pointers are borrowed; they need to be valid while the report is made. */
typedef struct {
    const lab_engine_t *engine; /* NULL = a capture without a frame */
    uint32_t frames;            /* in the capture, of any protocol */
    lab_lang_t lang;
    const lab_protocol_t *protocols; /* in the order they were met, NULL = not known */
    unsigned protocol_count;
    const lab_selection_t *selection; /* NULL = the whole capture */
    const int64_t *times; /* nanoseconds since the first frame, of the frames from 1 on; NULL = not known */
    uint32_t time_count;
    const GPtrArray *quic; /* of lab_quic_t *, in the order of their first frames; NULL = not known */
    /* Takes what was written so far; NULL = it is kept until the end. Writers call lab_report_flush(). */
    void (*take)(void *user, const GString *text);
    void *user; /* of `take` */
} lab_report_t;

/* Whether lab_report_flush() would hand on `out` now. */
bool lab_report_is_long(const lab_report_t *report, const GString *out);
/* Hands on what was appended to `out` so far and empties it, once it is long. A writer whose text grows with
 * the capture calls it after each frame, exchange, connection: the report of a large capture is never in
 * memory as a whole. */
void lab_report_flush(const lab_report_t *report, GString *out);

/* Set of LAB_QUALITY_*. */
uint32_t lab_report_quality(const lab_report_t *report);
/* Frames that hold QUIC, RFC 9000; 0 where the protocols are not known, too. */
uint32_t lab_report_quic_frames(const lab_report_t *report);
/* Number of its connections whose beginning was captured. */
uint32_t lab_report_quic_connections(const lab_report_t *report);
/* Whether it carries HTTP/3 (RFC 9114 3.1), as the server chose or the client offers. */
bool lab_quic_is_http3(const lab_quic_t *quic);
/* "1", "2", else the number as it was sent, "0xff00001d"; NULL = not known. To be freed by the caller. */
char *lab_quic_version(const lab_quic_t *quic);
/* Nanoseconds since the first frame of the capture, as Wireshark's column Time; -1 = not known. */
int64_t lab_report_time(const lab_report_t *report, uint32_t frame);
/* The exchange of this number, from 1; NULL = there is none. */
const lab_exchange_t *lab_report_find_exchange(const lab_report_t *report, uint32_t number);
/* The connection that the frames of this stream belong to; NULL = there is none. */
const lab_conn_t *lab_report_find_connection(const lab_report_t *report, uint32_t stream);

#endif
