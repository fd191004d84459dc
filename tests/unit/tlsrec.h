/* tlsrec.h - TLS records for tests; they are made in test_tls.c.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LAB_TLSREC_H
#define LAB_TLSREC_H

#include <glib.h>

/* A record as the rows of test_tls.c call it: C ClientHello, s and 3 ServerHello of TLS 1.2 and 1.3, Y and y
 * ChangeCipherSpec, F and f an encrypted handshake message, A and a application data. The caller frees it. */
GByteArray *tls_record_of(char letter);

#endif
