/* SPDX-License-Identifier: GPL-2.0-or-later */
/* library.c - see library.h. */
#include "library.h"

#include <dlfcn.h>

typedef int handshake_t(gnutls_session_t session);
typedef int bye_t(gnutls_session_t session, gnutls_close_request_t how);

/* GnuTLS's own. */
static handshake_t *handshake(void)
{
    static handshake_t *volatile known;

    if (!known)
        known = (handshake_t *)dlsym(RTLD_NEXT, "gnutls_handshake");
    return known;
}

static bye_t *bye(void)
{
    static bye_t *volatile known;

    if (!known)
        known = (bye_t *)dlsym(RTLD_NEXT, "gnutls_bye");
    return known;
}

int library_handshake(gnutls_session_t session) __asm__("gnutls_handshake")
    __attribute__((visibility("default")));

int library_handshake(gnutls_session_t session)
{
    int result = handshake()(session);

    /* Whoever sent a fatal alert, or is gone, gets none. */
    if (result < 0 && gnutls_error_is_fatal(result) && result != GNUTLS_E_FATAL_ALERT_RECEIVED &&
        result != GNUTLS_E_PULL_ERROR && result != GNUTLS_E_PUSH_ERROR &&
        result != GNUTLS_E_PREMATURE_TERMINATION)
        gnutls_alert_send_appropriate(session, result);
    return result;
}

/* Sessions that are never resumed have no use for the pointer to a cache of sessions: it marks those that end
 * without a word. */
static char silent;

void library_silence(gnutls_session_t session)
{
    gnutls_db_set_ptr(session, &silent);
}

int library_bye(gnutls_session_t session, gnutls_close_request_t how) __asm__("gnutls_bye")
    __attribute__((visibility("default")));

int library_bye(gnutls_session_t session, gnutls_close_request_t how)
{
    return gnutls_db_get_ptr(session) == &silent ? GNUTLS_E_SUCCESS : bye()(session, how);
}
