/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sessions.h - sessions of TLS 1.2 that clients resume by their number (RFC 5246 7.3), for those that want no
 * tickets, such as curl. */
#ifndef LABSERVER_SESSIONS_H
#define LABSERVER_SESSIONS_H

#include <gnutls/gnutls.h>

typedef struct sessions sessions_t;

sessions_t *sessions_new(void);
void sessions_free(sessions_t *sessions);

/* Remembers this session, and resumes an earlier one if its client asks for it. Its handshake has not begun.
 */
void sessions_use(sessions_t *sessions, gnutls_session_t session);

#endif
