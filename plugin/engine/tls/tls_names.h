/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tls_names.h - what the hellos and the certificate of a TLS connection name in the clear. */
#ifndef LAB_TLS_NAMES_H
#define LAB_TLS_NAMES_H

#include <stddef.h>

#include "lab.h"

/* Frees what `names` holds, not `names` itself. */
void lab_tls_names_clear(lab_tls_names_t *names);

/* The value of the extension server_name of a ClientHello, RFC 6066 3. The first name that is read stays. */
void lab_tls_take_server_name(lab_tls_names_t *names, const uint8_t *value, size_t length);
/* The value of the extension ALPN of a ClientHello (the list that is offered; the first list stays) or of the
 * server (`chosen`: a list of one), RFC 7301 3.1. GREASE values (RFC 8701) are left out. */
void lab_tls_take_alpn(lab_tls_names_t *names, bool chosen, const uint8_t *value, size_t length);
/* The body of a Certificate message of TLS 1.2, RFC 5246 7.4.2. Its end may be missing. */
void lab_tls_take_certificates(lab_tls_names_t *names, const uint8_t *body, size_t length);
/* The same of TLS 1.3, RFC 8446 4.4.2. */
void lab_tls_take_certificates_13(lab_tls_names_t *names, const uint8_t *body, size_t length);
/* One certificate in DER, RFC 5280 4.1: its subject and its subjectAltName. Its end may be missing. */
void lab_tls_take_certificate(lab_tls_names_t *names, const uint8_t *der, size_t length);

/* Bytes from the wire as text: visible ASCII as it is, every other byte and the backslash as \xNN. To be
 * freed by the caller. */
char *lab_tls_visible(const uint8_t *bytes, size_t length);

#endif
