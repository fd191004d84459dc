/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gencap_tls.h - the records of a connection of TLS 1.3 (RFC 8446) for gencap. What is encrypted is noise:
 * there are no keys. Each function writes to `out` and returns the number of bytes. `noise` are random bytes,
 * as many as are written. */
#ifndef GENCAP_TLS_H
#define GENCAP_TLS_H

#include <stdint.h>

enum { TLS_RECORD_HEAD = 5, TLS_RECORD_CONTENT_MAX = 16384, TLS_RECORD_TAIL = 17 };

/* The head of a record of application data with `content` bytes inside; content type and tag follow them. */
unsigned tls_data_head(uint8_t *out, unsigned content);
unsigned tls_data(uint8_t *out, unsigned content, const uint8_t *noise);

/* The three flights of a handshake: 199, 1157 and 64 bytes. */
unsigned tls_client_hello(uint8_t *out, const uint8_t *noise);
unsigned tls_server_flight(uint8_t *out, const uint8_t *noise);
unsigned tls_client_finished(uint8_t *out, const uint8_t *noise);

#endif
