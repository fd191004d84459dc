/* SPDX-License-Identifier: GPL-2.0-or-later */
/* library.h - what libmicrohttpd does with TLS that it has no hook for.
 *
 * It calls gnutls_handshake() and gnutls_bye(), and functions of these names that the program has itself come
 * before those of GnuTLS (ld.so(8)). A handshake that fails gets the alert that says why (RFC 8446 6.2):
 * GnuTLS leaves that to the program, and libmicrohttpd sends none.
 */
#ifndef LABSERVER_LIBRARY_H
#define LABSERVER_LIBRARY_H

#include <gnutls/gnutls.h>

/* The session, which must be one that is never resumed, will end without close_notify. */
void library_silence(gnutls_session_t session);

#endif
