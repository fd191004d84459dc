/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decrypted.h - the content of TLS records that were decrypted, and the segments that carried each record.
 *
 * Application data goes to whoever reads it; where its bytes were on the wire is known by records. A record
 * that was not decrypted is told as missing bytes.
 */
#ifndef LAB_DECRYPTED_H
#define LAB_DECRYPTED_H

#include "conn.h"
#include "reassembly.h"

typedef struct lab_decrypted lab_decrypted_t;

/* A segment's share of the byte stream. */
typedef struct {
    uint32_t frame;
    int64_t time, from, to; /* offsets in the TCP stream; `to` is after the last byte */
} lab_span_t;

/* An acknowledgment by end `by`: up to `ack`, where everything before `before` had been acknowledged already.
 */
typedef struct {
    uint32_t frame;
    uint8_t by;
    int64_t ack, before;
} lab_ack_t;

/* What reads the application data of one direction. */
typedef struct {
    /* the next bytes, NULL = these are missing; at.offset counts decrypted bytes; `start`: where in the TCP
     * stream they are, or begin to be missing. False once they are known to be nothing that can be read: then
     * no more come. */
    bool (*bytes)(void *user, const uint8_t *data, uint32_t length, lab_position_t at, int64_t start);
    /* the direction ends here, RFC 8446 6.1 */
    void (*close_notify)(void *user);
    /* an acknowledgment that waited reaches no further than to records that are complete now */
    void (*settled)(void *user, const lab_ack_t *ack);
    /* may the bytes of records before still be asked for? */
    bool (*pending)(const void *user);
} lab_decrypted_sink_t;

/* Reads the records that `end` of `conn` sends. Free with lab_decrypted_free (NULL is fine). */
lab_decrypted_t *lab_decrypted_new(lab_conn_t *conn, unsigned end, const lab_decrypted_sink_t *sink,
                                   void *user);
void lab_decrypted_free(lab_decrypted_t *decrypted);

/* Takes the next bytes of the TCP stream; a sink as in reassembly.h, `user` is the lab_decrypted_t. */
void lab_decrypted_take(void *user, const uint8_t *data, uint32_t length, int64_t offset, uint32_t frame,
                        int64_t time);

/* The records that were decrypted with the segment that is read now, and afterwards none (NULL, 0). Returns
 * how many of the ones before found no record. */
unsigned lab_decrypted_records(lab_decrypted_t *decrypted, const lab_decrypted_record_t *records,
                               unsigned count);

/* The segments of the record in which the byte `position` of the decrypted data lies, in the order of their
 * bytes; and where that record begins in the TCP stream. NULL where there is none. */
const lab_span_t *lab_decrypted_spans(const lab_decrypted_t *decrypted, int64_t position, unsigned *count,
                                      int64_t *from);

/* TCP offset after the last record that was decrypted. */
int64_t lab_decrypted_read(const lab_decrypted_t *decrypted);
/* An acknowledgment that reaches into a record whose end is still to come waits for it; false if it need not.
 */
bool lab_decrypted_wait(lab_decrypted_t *decrypted, const lab_ack_t *ack);

/* Is the segment nothing but a TLS alert: one record of that type, or decrypted ones without data? RFC
 * 8446 6.1, 5.2. */
bool lab_tls_only_alert(const lab_segment_t *seg);

#endif
