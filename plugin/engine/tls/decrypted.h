/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decrypted.h - content of decrypted TLS records, and the segments that carried each record.
 *
 * A sink reads the application data. The segments of a byte are those of the record that holds it. A record
 * that was not decrypted counts as missing bytes.
 */
#ifndef LAB_DECRYPTED_H
#define LAB_DECRYPTED_H

#include "conn.h"
#include "reassembly.h"

typedef struct lab_decrypted lab_decrypted_t;

/* The bytes of the TCP stream that a segment carried. */
typedef struct {
    uint32_t frame;
    int64_t time, from, to; /* offsets in the TCP stream; `to` is after the last byte */
} lab_span_t;

/* An acknowledgment by end `by`, up to the offset `ack`. The bytes up to `before` had been acknowledged
 * already. */
typedef struct {
    uint32_t frame;
    uint8_t by;
    int64_t ack, before;
} lab_ack_t;

/* Reader of the application data of one direction. */
typedef struct {
    /* The next bytes, NULL = missing. at.offset counts decrypted bytes. `start` is the TCP offset of the
     * record that holds them, or of the first missing record. Returns false if the sink cannot read this
     * protocol: it gets no more bytes. */
    bool (*bytes)(void *user, const uint8_t *data, uint32_t length, lab_position_t at, int64_t start);
    /* The direction ends here, RFC 8446 6.1. */
    void (*close_notify)(void *user);
    /* All records that a waiting acknowledgment reaches into are complete now. */
    void (*settled)(void *user, const lab_ack_t *ack);
    /* True if the sink may still ask for the segments of earlier bytes. */
    bool (*pending)(const void *user);
} lab_decrypted_sink_t;

/* A reader of the records that `end` of `conn` sends. `sink` and `user` must live longer. Free with
 * lab_decrypted_free(); NULL is allowed there. */
lab_decrypted_t *lab_decrypted_new(lab_conn_t *conn, unsigned end, const lab_decrypted_sink_t *sink,
                                   void *user);
/* Its connection lies elsewhere now. */
void lab_decrypted_moved(lab_decrypted_t *decrypted, lab_conn_t *conn);
void lab_decrypted_free(lab_decrypted_t *decrypted);

/* Reads the next bytes of the TCP stream. A sink of reassembly.h; `user` is the lab_decrypted_t. */
void lab_decrypted_take(void *user, const uint8_t *data, uint32_t length, int64_t offset, uint32_t frame,
                        int64_t time);

/* Sets the records that were decrypted with the segment that is read next; NULL, 0 afterwards. Returns how
 * many of the records set before were not found in the TCP stream. The records must live until the next call.
 */
unsigned lab_decrypted_records(lab_decrypted_t *decrypted, const lab_decrypted_record_t *records,
                               unsigned count);

/* The segments of the record that holds the byte `position` of the decrypted data, in the order of their
 * bytes; `from` gets the TCP offset of that record. NULL, and `count` 0, if no segment is known. Valid until
 * the next bytes are read. */
const lab_span_t *lab_decrypted_spans(const lab_decrypted_t *decrypted, int64_t position, unsigned *count,
                                      int64_t *from);

/* TCP offset after the last record that was decrypted. */
int64_t lab_decrypted_read(const lab_decrypted_t *decrypted);
/* True if `ack` reaches into a record that is not complete yet. A copy of it then waits for that record, see
 * `settled`. */
bool lab_decrypted_wait(lab_decrypted_t *decrypted, const lab_ack_t *ack);

/* True if the segment holds nothing but a TLS alert: one record of that type, or decrypted records without
 * application data. RFC 8446 6.1, 5.2. */
bool lab_tls_only_alert(const lab_segment_t *seg);

#endif
