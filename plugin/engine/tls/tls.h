/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tls.h - the steps of a TLS connection, read from its records without any key. RFC 5246, RFC 8446. */
#ifndef LAB_TLS_H
#define LAB_TLS_H

#include "lab.h"

typedef struct lab_tls lab_tls_t;

lab_tls_t *lab_tls_new(void);
void lab_tls_free(lab_tls_t *tls);

/* Could these bytes begin a TLS connection's direction? */
bool lab_tls_plausible(const uint8_t *data, uint32_t length);

/* Takes the next bytes that `end` sent (NULL = missing) and returns the steps that they complete or go on
 * with: a set of 1 << lab_tls_step_t. `client` is the end of the client. */
uint32_t lab_tls_feed(lab_tls_t *tls, unsigned end, unsigned client, const uint8_t *data, uint32_t length,
                      int64_t time);

/* The newest alert of `end`, if it was in the clear (two bytes, RFC 8446 6): level << 8 | description; else
 * 0. */
uint16_t lab_tls_alert(const lab_tls_t *tls, unsigned end);

/* A record that a call of lab_tls_feed() completed. */
typedef struct {
    uint8_t type;    /* as its header says; what is encrypted in TLS 1.3 is application data outside */
    uint32_t length; /* without the header of LAB_TLS_HEADER bytes */
    uint32_t end;    /* place after its last byte, counted from the first byte of that call */
} lab_tls_record_t;
#define LAB_TLS_HEADER 5
enum { LAB_TLS_ALERT_RECORD = 21, LAB_TLS_HANDSHAKE_RECORD = 22, LAB_TLS_DATA_RECORD = 23 };

/* Those of the last call, in their order; good until the next. */
const lab_tls_record_t *lab_tls_completed(const lab_tls_t *tls, unsigned *count);

lab_tls_kind_t lab_tls_kind(const lab_tls_t *tls);
/* From the first byte of the ClientHello to the end of the handshake; -1 = not known. */
int64_t lab_tls_time(const lab_tls_t *tls);

#endif
