/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keylog.c - see keylog.h. */
#include "keylog.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "texts.h"

#define VARIABLE "SSLKEYLOGFILE"

static int log_fd = -1;

/* A FIFO that nobody reads is refused instead of waited for. */
static int open_log(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);

    if (fd >= 0)
        fcntl(fd, F_SETFL, O_APPEND);
    return fd;
}

void keylog_open(void)
{
    const char *path = secure_getenv(VARIABLE);

    if (!path || !*path)
        return;
    log_fd = open_log(path);
    if (log_fd < 0)
        complain(T_KEYLOG_FAILED, "file", path, "error", g_strerror(errno), NULL);
    unsetenv(VARIABLE);
}

void keylog_close(void)
{
    if (log_fd >= 0)
        close(log_fd);
    log_fd = -1;
}

static void put_hex(GString *out, const gnutls_datum_t *bytes)
{
    for (unsigned i = 0; i < bytes->size; i++)
        g_string_append_printf(out, "%02x", bytes->data[i]);
}

/* In one write: a line is shorter than what a pipe takes whole (PIPE_BUF), so that threads do not mix theirs.
 */
static int write_line(gnutls_session_t session, const char *label, const gnutls_datum_t *secret)
{
    g_autoptr(GString) line = g_string_new(label);
    gnutls_datum_t client;
    gnutls_datum_t server;

    gnutls_session_get_random(session, &client, &server);
    g_string_append_c(line, ' ');
    put_hex(line, &client);
    g_string_append_c(line, ' ');
    put_hex(line, secret);
    g_string_append_c(line, '\n');
    while (write(log_fd, line->str, line->len) < 0 && errno == EINTR) {
        /* again */
    }
    gnutls_memset(line->str, 0, line->len);
    return 0;
}

/* TLS 1.2: a resumed session has the master secret of an earlier one, and a random of its own. */
static int write_resumed(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                         const gnutls_datum_t *message)
{
    gnutls_datum_t master;

    (void)type, (void)when, (void)incoming, (void)message;
    if (gnutls_session_is_resumed(session) && gnutls_protocol_get_version(session) == GNUTLS_TLS1_2) {
        gnutls_session_get_master_secret(session, &master);
        write_line(session, "CLIENT_RANDOM", &master);
    }
    return 0;
}

void keylog_use(gnutls_session_t session)
{
    if (log_fd < 0)
        return;
    gnutls_session_set_keylog_function(session, write_line);
    gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_SERVER_HELLO, GNUTLS_HOOK_POST,
                                       write_resumed);
}
