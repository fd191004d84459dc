/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tls.h - records and handshake steps of a TLS connection, read without any key. RFC 5246, RFC 8446. */
#ifndef LAB_TLS_H
#define LAB_TLS_H

#include "lab.h"

typedef struct lab_tls lab_tls_t;

/* The state of a connection of which no byte was read. Free with lab_tls_free(); NULL is allowed there. */
lab_tls_t *lab_tls_new(void);
void lab_tls_free(lab_tls_t *tls);

/* True if these bytes may be the beginning of a TLS record, RFC 8446 5.1. Heartbeat records do not count: no
 * direction begins with one. */
bool lab_tls_plausible(const uint8_t *data, uint32_t length);

/* Reads the next `length` bytes that `end` sent (data NULL = missing), captured at `time` (nanoseconds).
 * Returns the steps that they complete or continue: a set of 1 << lab_tls_step_t. `client` is the client's
 * end. */
uint32_t lab_tls_feed(lab_tls_t *tls, unsigned end, unsigned client, const uint8_t *data, uint32_t length,
                      int64_t time);

/* True once a ServerHello chose TLS 1.3: a record whose header says handshake is not encrypted then. */
bool lab_tls_is_13(const lab_tls_t *tls);
/* Takes the content of the next handshake record of `end` that was decrypted (TLS 1.3): what the server
 * chooses in EncryptedExtensions, and its certificate. NULL = a record that was not decrypted. */
void lab_tls_take_decrypted(lab_tls_t *tls, unsigned end, const uint8_t *data, uint32_t length);

/* Did the bytes of the last call belong to a record of the handshake, in part at least? They need not show a
 * step. */
bool lab_tls_fed_handshake(const lab_tls_t *tls);

/* The newest alert of `end`, level << 8 | description; 0 if there is none or if it is encrypted. An
 * unencrypted alert has two bytes, RFC 8446 6. */
uint16_t lab_tls_alert(const lab_tls_t *tls, unsigned end);

/* A record that a call of lab_tls_feed() completed. */
typedef struct {
    uint8_t type; /* of its header; RFC 8446 5.2: an encrypted record of TLS 1.3 has application_data there */
    uint32_t length; /* content bytes, without the header of LAB_TLS_HEADER bytes */
    uint32_t end;    /* position after its last byte; 0 = first byte of that call */
} lab_tls_record_t;
#define LAB_TLS_HEADER 5
enum { LAB_TLS_ALERT_RECORD = 21, LAB_TLS_HANDSHAKE_RECORD = 22, LAB_TLS_DATA_RECORD = 23 };

/* The records that the last call of lab_tls_feed() completed, in order. Valid until the next call. */
const lab_tls_record_t *lab_tls_completed(const lab_tls_t *tls, unsigned *count);

/* The kind of the handshake, as far as it was read. Never LAB_TLS_NONE. */
lab_tls_kind_t lab_tls_kind(const lab_tls_t *tls);
/* Nanoseconds from the first byte of the ClientHello to the end of the handshake; -1 = not known. */
int64_t lab_tls_time(const lab_tls_t *tls);

#endif
