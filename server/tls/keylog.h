/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keylog.h - the secrets of the sessions, a line each, in the format of NSS that Wireshark reads. */
#ifndef LABSERVER_KEYLOG_H
#define LABSERVER_KEYLOG_H

#include <gnutls/gnutls.h>

/* Opens the file or pipe that SSLKEYLOGFILE names, before the program gives up rights. GnuTLS would open it
 * at the first handshake, when it may not be allowed any more; so the variable is taken away from it. A file
 * is made readable by its owner alone. Without the variable nothing is ever written. */
void keylog_open(void);
void keylog_close(void);

/* The secrets of this session are written, each before the first bytes that it encrypts. */
void keylog_use(gnutls_session_t session);

#endif
