/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secure.h - HTTPS: what each TLS session is set up with, and the keys for whoever may look inside.
 *
 * The HTTP library makes the sessions; before the handshake they get everything from here. All functions may
 * be called from any thread.
 */
#ifndef LABSERVER_SECURE_H
#define LABSERVER_SECURE_H

#include <gnutls/gnutls.h>
#include <stdbool.h>

#include "fair.h"
#include "identity.h"

/* What a session is like: ordinary ones, and those of the port of scenarios. */
typedef enum {
    SECURE_ORDINARY,
    SECURE_FULL,       /* TLS 1.3, no ticket: never resumed */
    SECURE_RESUMED,    /* TLS 1.3 with tickets */
    SECURE_12,         /* TLS 1.2, full */
    SECURE_12_RESUMED, /* TLS 1.2 with tickets */
    SECURE_RSA,        /* TLS 1.2, key exchange RSA */
    SECURE_RETRY,      /* a group that clients do not begin with: HelloRetryRequest */
    SECURE_EXPIRED,
    SECURE_OTHER_NAME,
    SECURE_UNKNOWN_CA,
    SECURE_NO_VERSION, /* TLS 1.0 alone, which no client takes any more */
    SECURE_NO_NOTIFY,  /* ends without close_notify */
    SECURE_ALERT,      /* a fatal alert in the middle of a response */
    SECURE_KINDS
} secure_kind_t;

/* Which ports are wanted; 0: the system picks one. */
typedef struct {
    unsigned port;
    unsigned scenarios;
} secure_ports_t;

typedef struct secure secure_t;

/* Opens the key log that the environment variable SSLKEYLOGFILE names, as all programs with GnuTLS do; that
 * must happen while it can be opened. Takes `identity` over. NULL: the reason is on standard error. */
secure_t *secure_new(identity_t *identity);
void secure_free(secure_t *secure);

const identity_t *secure_identity(const secure_t *secure);

/* Sets up a session whose handshake has not begun. */
void secure_prepare(secure_t *secure, gnutls_session_t session, secure_kind_t kind);

/* What the next connections of this client to the port of scenarios are like. */
void secure_choose(secure_t *secure, fair_client_t client, secure_kind_t kind);
secure_kind_t secure_chosen(secure_t *secure, fair_client_t client);

#endif
