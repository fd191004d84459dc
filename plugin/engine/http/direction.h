/* SPDX-License-Identifier: GPL-2.0-or-later */
/* direction.h - the messages that one end of a connection sends; private to http/. */
#ifndef LAB_DIRECTION_H
#define LAB_DIRECTION_H

#include "conn.h"
#include "decrypted.h"
#include "framing.h"

typedef struct lab_direction {
    lab_conn_t *conn;
    uint8_t end;              /* end that sends these bytes */
    bool response, interim;   /* kind of the message that is being read; interim: 1xx, RFC 9110 15.2 */
    lab_exchange_t *exchange; /* of the message that is being read, NULL = none */
    lab_position_t began;     /* first byte of that message */
    int64_t acked;            /* offset of the other end that the segment being read acknowledges */
    int64_t lost;             /* offset of missing bytes that may hold messages; -1 = none */
    lab_stream_t *stream;
    lab_http_t *http;           /* NULL = no byte of HTTP so far */
    lab_decrypted_t *decrypted; /* NULL = the direction carries no TLS */
    uint8_t preface;            /* its first bytes that are those of HTTP/2's preface so far */
    bool begun;                 /* its first bytes were looked at */
    bool http_1;                /* no preface, though the server had begun with HTTP/2 */
    uint32_t segment_frame; /* of the segment that is being read: frame, time, offset after its last byte */
    int64_t segment_time, segment_end;
} lab_direction_t;

/* The search for an answered request ends after this many requests without an answer: more are no pipeline.
 */
#define LAB_PIPELINE_MAX 1024

/* The exchanges of a connection, in the order of their requests; i from 0. */
guint lab_exchange_count(const lab_conn_t *conn);
lab_exchange_t *lab_exchange_at(const lab_conn_t *conn, guint i);
/* A new exchange of the connection, without a message. */
lab_exchange_t *lab_exchange_open(lab_conn_t *conn, unsigned client);
/* The first byte of a message. Inside TLS: frame, time and offset of the record that holds it. */
lab_position_t lab_direction_beginning(const lab_direction_t *d, lab_position_t at);
/* The message goes on at least up to this frame. */
void lab_exchange_reached(lab_exchange_t *exchange, bool response, lab_position_t at);
/* Ends the message that the segment's sender is sending if the segment is its FIN and all bytes before were
 * read.
 */
void lab_direction_closed(lab_context_t *c);

#endif
