/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secure.c - see secure.h. */
#include "secure.h"

#include <glib.h>

#include "keylog.h"
#include "library.h"
#include "sessions.h"
#include "texts.h"

#define VERSION_13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"
#define VERSION_12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"

/* A certificate is encrypted in TLS 1.3, and a client's complaint about it too. The scenarios about
 * certificates use TLS 1.2, where both can be read. */
static const struct {
    const char *priority;
    cert_id_t certificate;
    bool resumes;
    bool silent;  /* no close_notify */
    bool refuses; /* whatever version the client offers */
} plans[SECURE_KINDS] = {
    [SECURE_ORDINARY] = {VERSION_13 ":+VERS-TLS1.2", CERT_SERVER, true},
    [SECURE_FULL] = {VERSION_13, CERT_SERVER, false},
    [SECURE_RESUMED] = {VERSION_13, CERT_SERVER, true},
    [SECURE_12] = {VERSION_12, CERT_SERVER, false},
    [SECURE_12_RESUMED] = {VERSION_12, CERT_SERVER, true},
    [SECURE_RSA] = {VERSION_12 ":-KX-ALL:+RSA", CERT_RSA, false},
    [SECURE_RETRY] = {VERSION_13 ":-GROUP-ALL:+GROUP-SECP384R1", CERT_SERVER, false},
    [SECURE_EXPIRED] = {VERSION_12, CERT_EXPIRED, false},
    [SECURE_OTHER_NAME] = {VERSION_12, CERT_OTHER_NAME, false},
    [SECURE_UNKNOWN_CA] = {VERSION_12, CERT_UNKNOWN_CA, false},
    [SECURE_NO_VERSION] = {VERSION_13, CERT_SERVER, .refuses = true},
    [SECURE_NO_NOTIFY] = {VERSION_13, CERT_SERVER, false, true},
    [SECURE_ALERT] = {VERSION_12, CERT_SERVER, false, true}, /* the record's type can be read */
};

/* Clients whose choice is remembered. With more, all of them are forgotten. */
#define CHOICES_MAX 10000

struct secure {
    identity_t *identity;
    gnutls_priority_t priorities[SECURE_KINDS];
    gnutls_datum_t ticket_key;
    sessions_t *sessions;
    GMutex lock; /* of choices */
    GHashTable *choices;
};

static bool set_up(secure_t *secure)
{
    for (int kind = 0; kind < SECURE_KINDS; kind++) {
        int result = gnutls_priority_init(&secure->priorities[kind], plans[kind].priority, NULL);
        if (result >= 0)
            continue;
        /* The system may forbid what only one scenario wants. That scenario has an ordinary session then. */
        secure->priorities[kind] = NULL;
        if (kind != SECURE_ORDINARY)
            continue;
        complain(T_START_FAILED, "error", gnutls_strerror(result), NULL);
        return false;
    }
    return gnutls_session_ticket_key_generate(&secure->ticket_key) >= 0;
}

secure_t *secure_new(identity_t *identity)
{
    secure_t *secure = g_new0(secure_t, 1);

    secure->identity = identity;
    secure->sessions = sessions_new();
    secure->choices = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_mutex_init(&secure->lock);
    keylog_open();
    if (set_up(secure))
        return secure;
    secure_free(secure);
    return NULL;
}

void secure_free(secure_t *secure)
{
    keylog_close();
    for (int kind = 0; kind < SECURE_KINDS; kind++)
        if (secure->priorities[kind])
            gnutls_priority_deinit(secure->priorities[kind]);
    gnutls_memset(secure->ticket_key.data, 0, secure->ticket_key.size);
    gnutls_free(secure->ticket_key.data);
    sessions_free(secure->sessions);
    g_hash_table_destroy(secure->choices);
    g_mutex_clear(&secure->lock);
    identity_free(secure->identity);
    g_free(secure);
}

const identity_t *secure_identity(const secure_t *secure)
{
    return secure->identity;
}

/* Clients differ in the oldest version that they still offer: so that there is none in common with any of
 * them, the ClientHello is refused as if it had none. */
static int refuse(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                  const gnutls_datum_t *message)
{
    (void)session, (void)type, (void)when, (void)incoming, (void)message;
    return GNUTLS_E_UNSUPPORTED_VERSION_PACKET;
}

void secure_prepare(secure_t *secure, gnutls_session_t session, secure_kind_t kind)
{
    if (!secure->priorities[kind])
        kind = SECURE_ORDINARY;
    gnutls_priority_set(session, secure->priorities[kind]);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
                           identity_credentials(secure->identity, plans[kind].certificate));
    if (plans[kind].resumes) {
        gnutls_session_ticket_enable_server(session, &secure->ticket_key);
        sessions_use(secure->sessions, session);
    }
    if (plans[kind].silent)
        library_silence(session);
    keylog_use(session);
    if (plans[kind].refuses)
        gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_CLIENT_HELLO, GNUTLS_HOOK_PRE, refuse);
}

void secure_choose(secure_t *secure, fair_client_t client, secure_kind_t kind)
{
    g_mutex_lock(&secure->lock);
    if (g_hash_table_size(secure->choices) >= CHOICES_MAX)
        g_hash_table_remove_all(secure->choices);
    g_hash_table_insert(secure->choices, g_memdup2(&client, sizeof client), GINT_TO_POINTER(kind));
    g_mutex_unlock(&secure->lock);
}

secure_kind_t secure_chosen(secure_t *secure, fair_client_t client)
{
    g_mutex_lock(&secure->lock);
    secure_kind_t kind = (secure_kind_t)GPOINTER_TO_INT(g_hash_table_lookup(secure->choices, &client));
    g_mutex_unlock(&secure->lock);
    return kind;
}
