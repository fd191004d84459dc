/* SPDX-License-Identifier: GPL-2.0-or-later */
/* library.c - the alert that says why a handshake failed (RFC 8446 6.2).
 *
 * GnuTLS leaves it to the program to send one, and libmicrohttpd sends none. It has no hook for this, but it
 * calls gnutls_handshake(), and one that the program has itself comes before the library's (ld.so(8)).
 */
#include <dlfcn.h>
#include <gnutls/gnutls.h>

typedef int handshake_t(gnutls_session_t session);

/* GnuTLS's own. */
static handshake_t *handshake(void)
{
    static handshake_t *volatile known;

    if (!known)
        known = (handshake_t *)dlsym(RTLD_NEXT, "gnutls_handshake");
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
