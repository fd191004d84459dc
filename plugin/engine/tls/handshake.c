/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handshake.c - the handshake of TLS and its kind, without any key; see tls.h.
 *
 * Read are the messages that are not encrypted: both hellos, and the types of the other messages up to
 * ChangeCipherSpec (TLS 1.2).
 */
#include "handshake.h"

#include "conn.h"

#include <string.h>

enum {
    CLIENT_HELLO = 1,
    SERVER_HELLO = 2,
    NEW_TICKET = 4,
    ENCRYPTED_EXTENSIONS = 8,
    CERTIFICATE = 11,
    SERVER_KEY = 12,
    CERTIFICATE_REQUEST = 13,
    SERVER_DONE = 14,
    CLIENT_KEY = 16
};
enum {
    EXTENSION_SERVER_NAME = 0,
    EXTENSION_ALPN = 16,
    EXTENSION_PSK = 41,
    EXTENSION_EARLY_DATA = 42,
    EXTENSION_VERSIONS = 43
};

#define BODY_MAX 16384 /* bytes of a hello or certificate that are read */

/* ---- the hellos ---- */

/* Calls `take` for each extension of a list; the list may be incomplete. */
static void each_extension(lab_tls_t *tls, const uint8_t *p, size_t n,
                           void (*take)(lab_tls_t *, unsigned, const uint8_t *, size_t))
{
    if (n < 2)
        return;
    size_t end = MIN(n, (size_t)lab_tls_be16(p) + 2);
    for (size_t i = 2; i + 4 <= end;) {
        size_t length = lab_tls_be16(p + i + 2);
        if (i + 4 + length > end)
            return;
        take(tls, lab_tls_be16(p + i), p + i + 4, length);
        i += 4 + length;
    }
}

static void client_extension(lab_tls_t *tls, unsigned type, const uint8_t *value, size_t length)
{
    if (type == EXTENSION_SERVER_NAME)
        lab_tls_take_server_name(&tls->names, value, length);
    else if (type == EXTENSION_ALPN)
        lab_tls_take_alpn(&tls->names, false, value, length);
    tls->offers_early |= type == EXTENSION_EARLY_DATA;
}

static void server_extension(lab_tls_t *tls, unsigned type, const uint8_t *value, size_t length)
{
    tls->tls13 |= type == EXTENSION_VERSIONS && length == 2 && lab_tls_be16(value) == 0x0304;
    tls->psk |= type == EXTENSION_PSK;
    if (type == EXTENSION_ALPN)
        lab_tls_take_alpn(&tls->names, true, value, length);
}

/* Body of a ClientHello: version, random, session id, cipher suites, compression, extensions (RFC
 * 8446 4.1.2). */
static void read_client_hello(lab_tls_t *tls, const uint8_t *p, size_t n)
{
    size_t i = 34;
    if (n <= i)
        return;
    i += 1u + p[i];
    if (n < i + 2)
        return;
    i += 2u + lab_tls_be16(p + i);
    if (n <= i)
        return;
    i += 1u + p[i];
    if (n > i)
        each_extension(tls, p + i, n - i, client_extension);
}

/* RFC 8446 4.1.3: a HelloRetryRequest is a ServerHello whose random is SHA-256("HelloRetryRequest"). */
static bool is_retry(const uint8_t *p, size_t n)
{
    static const uint8_t random[8] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11};
    return n >= 34 && memcmp(p + 2, random, sizeof random) == 0;
}

static void read_server_hello(lab_tls_t *tls, const uint8_t *p, size_t n)
{
    size_t i = 34;
    if (n <= i)
        return;
    i += 1u + p[i] + 3u; /* session id, cipher suite, compression */
    if (n > i)
        each_extension(tls, p + i, n - i, server_extension);
}

static void drop_body(lab_tls_side_t *s)
{
    if (s->body)
        g_string_free(s->body, TRUE);
    s->body = NULL;
    s->body_cut = false;
}

/* RFC 7301 3.1: a server of TLS 1.2 chooses in its hello or not at all. */
static void server_hello_complete(lab_tls_t *tls, lab_tls_side_t *s)
{
    read_server_hello(tls, (const uint8_t *)s->body->str, s->body->len);
    tls->server_hello = true;
    s->sent_server_hello = true;
    tls->names.chose_none |= !s->body_cut && !tls->tls13 && tls->names.offered && !tls->names.chosen;
}

static uint32_t hello_complete(lab_tls_t *tls, lab_tls_side_t *s)
{
    const uint8_t *body = (const uint8_t *)s->body->str;
    size_t length = s->body->len;
    uint32_t steps;
    if (s->message[0] == CLIENT_HELLO) {
        read_client_hello(tls, body, length);
        tls->client_hello = true;
        steps = 1u << LAB_TLS_CLIENT_HELLO;
    } else if (is_retry(body, length)) {
        tls->retried = true;
        steps = 1u << LAB_TLS_HELLO_RETRY;
    } else {
        server_hello_complete(tls, s);
        steps = 1u << LAB_TLS_SERVER_HELLO;
    }
    drop_body(s);
    return steps;
}

static void certificate_complete(lab_tls_t *tls, lab_tls_side_t *s)
{
    lab_tls_take_certificates(&tls->names, (const uint8_t *)s->body->str, s->body->len);
    drop_body(s);
}

/* ---- handshake messages ---- */

static uint32_t step_of_message(lab_tls_t *tls, uint8_t type)
{
    static const struct {
        uint8_t type;
        lab_tls_step_t step;
    } rows[] = {{NEW_TICKET, LAB_TLS_SESSION_TICKET},
                {CERTIFICATE, LAB_TLS_CERTIFICATE},
                {SERVER_KEY, LAB_TLS_KEY_EXCHANGE},
                {CLIENT_KEY, LAB_TLS_KEY_EXCHANGE},
                {SERVER_DONE, LAB_TLS_KEY_EXCHANGE}};
    tls->certificate |= type == CERTIFICATE;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].type == type)
            return 1u << rows[i].step;
    return 1u << LAB_TLS_ENCRYPTED_HANDSHAKE;
}

static bool is_hello(const lab_tls_side_t *s)
{
    return s->message[0] == CLIENT_HELLO || s->message[0] == SERVER_HELLO;
}

/* The step of a hello that is not complete yet. */
static uint32_t step_of_hello(const lab_tls_side_t *s)
{
    return 1u << (s->message[0] == CLIENT_HELLO ? LAB_TLS_CLIENT_HELLO : LAB_TLS_SERVER_HELLO);
}

/* Read are the hellos, and the server's certificate; a client may send one, too. */
static bool is_read(const lab_tls_side_t *s)
{
    return is_hello(s) || (s->message[0] == CERTIFICATE && s->sent_server_hello);
}

static uint32_t message_begins(lab_tls_t *tls, lab_tls_side_t *s, int64_t time)
{
    s->message_left = (uint32_t)s->message[1] << 16 | lab_tls_be16(s->message + 2);
    s->message_have = 0;
    drop_body(s); /* incomplete: its rest is not in the capture */
    if (is_read(s))
        s->body = g_string_new(NULL);
    if (!is_hello(s))
        return step_of_message(tls, s->message[0]);
    if (s->message[0] == CLIENT_HELLO && !tls->begun)
        tls->begun = time;
    return s->message_left ? 0 : hello_complete(tls, s);
}

/* What comes after a gap is not at its place any more: only the beginning is kept. */
static void take_body(lab_tls_side_t *s, const uint8_t *data, uint32_t n)
{
    size_t room = BODY_MAX - s->body->len;
    if (data && !s->body_cut)
        g_string_append_len(s->body, (const char *)data, (gssize)MIN(n, room));
    s->body_cut |= !data || n > room;
}

static uint32_t message_bytes(lab_tls_t *tls, lab_tls_side_t *s, const uint8_t *data, uint32_t n)
{
    s->message_left -= n;
    if (s->body)
        take_body(s, data, n);
    if (!is_hello(s)) {
        if (s->body && !s->message_left)
            certificate_complete(tls, s);
        return step_of_message(tls, s->message[0]);
    }
    return s->message_left || !s->body ? step_of_hello(s) : hello_complete(tls, s);
}

uint32_t lab_tls_handshake_clear(lab_tls_t *tls, lab_tls_side_t *s, const uint8_t *data, uint32_t n,
                                 int64_t time)
{
    uint32_t steps = 0;
    while (n) {
        if (s->message_left) {
            uint32_t take = MIN(n, s->message_left);
            steps |= message_bytes(tls, s, data, take);
            data = data ? data + take : NULL;
            n -= take;
            continue;
        }
        if (!data) { /* the beginning of the next message is missing */
            s->lost = true;
            return steps;
        }
        s->message[s->message_have++] = *data++;
        n--;
        if (s->message_have == sizeof s->message)
            steps |= message_begins(tls, s, time);
    }
    return steps;
}

/* ---- encrypted messages ---- */

static void finished(lab_tls_t *tls, lab_tls_side_t *s, int64_t time)
{
    s->finished = true;
    if (tls->side[0].finished && tls->side[1].finished && tls->done < 0)
        tls->done = time;
}

uint32_t lab_tls_handshake_encrypted(lab_tls_t *tls, lab_tls_side_t *s, int64_t time)
{
    if (s->finished)
        return 1u << LAB_TLS_ENCRYPTED_HANDSHAKE; /* renegotiation or a session ticket */
    finished(tls, s, time);
    return 1u << LAB_TLS_FINISHED;
}

/* RFC 8446 5.1: TLS 1.3 sends encrypted handshake messages in records of type application_data. The server's
 * records before the client's first encrypted record are its handshake up to Finished. The client's first
 * encrypted record holds the client's Finished. */
uint32_t lab_tls_handshake_data(lab_tls_t *tls, lab_tls_side_t *s, bool by_client, int64_t time)
{
    lab_tls_side_t *client = by_client ? s : &tls->side[s == &tls->side[0]];
    if (by_client && tls->client_hello && !tls->server_hello) {
        tls->early_data = true;
        return 1u << LAB_TLS_EARLY_DATA;
    }
    if (!tls->tls13 || tls->done >= 0)
        return 1u << LAB_TLS_APPLICATION_DATA;
    if (by_client) {
        s->finished = true;
        tls->done = time;
        return 1u << LAB_TLS_FINISHED;
    }
    return 1u << (client->finished ? LAB_TLS_APPLICATION_DATA : LAB_TLS_ENCRYPTED_HANDSHAKE);
}

/* ---- decrypted messages ---- */

static void drop_hidden(lab_tls_side_t *s)
{
    if (s->hidden)
        g_string_free(s->hidden, TRUE);
    s->hidden = NULL;
    s->hidden_done = true;
}

static void chosen_13(lab_tls_t *tls, unsigned type, const uint8_t *value, size_t length)
{
    if (type == EXTENSION_ALPN)
        lab_tls_take_alpn(&tls->names, true, value, length);
}

/* RFC 8446 4.3.1: a protocol that is chosen stands here. */
static void read_encrypted_extensions(lab_tls_t *tls, const uint8_t *body, size_t length)
{
    each_extension(tls, body, length, chosen_13);
    tls->names.chose_none |= tls->names.offered && !tls->names.chosen;
}

/* The first message that is left; false if the next record is needed for it. EncryptedExtensions comes first,
 * the certificate may be missing (RFC 8446 2). */
static bool read_hidden(lab_tls_t *tls, lab_tls_side_t *s, bool first)
{
    const uint8_t *p = (const uint8_t *)s->hidden->str;
    size_t have = s->hidden->len, length = have < 4 ? 0 : (size_t)p[1] << 16 | lab_tls_be16(p + 2);
    if (have < 4 || (have < 4 + length && have < BODY_MAX))
        return false;
    size_t body = MIN(length, have - 4);
    if (first && p[0] == ENCRYPTED_EXTENSIONS)
        read_encrypted_extensions(tls, p + 4, body);
    else if (!first && p[0] == CERTIFICATE)
        lab_tls_take_certificates_13(&tls->names, p + 4, body);
    if (first ? p[0] == ENCRYPTED_EXTENSIONS : p[0] == CERTIFICATE_REQUEST)
        g_string_erase(s->hidden, 0, (gssize)(4 + body));
    else
        drop_hidden(s);
    return true;
}

bool lab_tls_is_13(const lab_tls_t *tls)
{
    return tls->tls13;
}

void lab_tls_take_decrypted(lab_tls_t *tls, unsigned end, const uint8_t *data, uint32_t length)
{
    lab_tls_side_t *s = &tls->side[end];
    if (!tls->tls13 || !s->sent_server_hello || s->hidden_done)
        return;
    if (!data) {
        drop_hidden(s);
        return;
    }
    if (!s->hidden)
        s->hidden = g_string_new(NULL);
    g_string_append_len(s->hidden, (const char *)data, (gssize)length);
    while (s->hidden && read_hidden(tls, s, !s->hidden_begun))
        s->hidden_begun = true;
}

/* ---- kind of the connection: the first row that fits ---- */

static bool has_failed(const lab_tls_t *tls)
{
    return tls->failed;
}

static bool sent_early(const lab_tls_t *tls)
{
    return tls->early_data && tls->offers_early;
}

static bool was_retried(const lab_tls_t *tls)
{
    return tls->retried;
}

static bool resumed_13(const lab_tls_t *tls)
{
    return tls->tls13 && tls->psk;
}

static bool full_13(const lab_tls_t *tls)
{
    return tls->tls13;
}

static bool full_12(const lab_tls_t *tls)
{
    return tls->server_hello && tls->certificate;
}

/* RFC 5246 7.3: in an abbreviated handshake ChangeCipherSpec follows the ServerHello directly. */
static bool resumed_12(const lab_tls_t *tls)
{
    return tls->server_hello && !tls->certificate && tls->server_ccs;
}

static const struct {
    bool (*fits)(const lab_tls_t *tls);
    lab_tls_kind_t kind;
} kinds[] = {{has_failed, LAB_TLS_FAILED},     {sent_early, LAB_TLS_EARLY}, {was_retried, LAB_TLS_13_RETRY},
             {resumed_13, LAB_TLS_13_RESUMED}, {full_13, LAB_TLS_13_FULL},  {full_12, LAB_TLS_12_FULL},
             {resumed_12, LAB_TLS_12_RESUMED}};

lab_tls_kind_t lab_tls_kind(const lab_tls_t *tls)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i].fits(tls))
            return kinds[i].kind;
    return LAB_TLS_UNKNOWN;
}

int64_t lab_tls_time(const lab_tls_t *tls)
{
    return tls->begun && tls->done >= tls->begun ? tls->done - tls->begun : -1;
}

lab_tls_kind_t lab_conn_tls_kind(const lab_conn_t *conn)
{
    return conn->tls ? lab_tls_kind(conn->tls) : LAB_TLS_NONE;
}

int64_t lab_conn_tls_time(const lab_conn_t *conn)
{
    return conn->tls ? lab_tls_time(conn->tls) : -1;
}

const lab_tls_names_t *lab_conn_tls_names(const lab_conn_t *conn)
{
    return conn->tls ? &conn->tls->names : NULL;
}

lab_alpn_t lab_conn_alpn(const lab_conn_t *conn)
{
    const lab_tls_names_t *names = lab_conn_tls_names(conn);
    if (names && names->chosen)
        return LAB_ALPN_CHOSEN;
    if (!names || !names->offered)
        return LAB_ALPN_NONE;
    return names->chose_none ? LAB_ALPN_IGNORED : LAB_ALPN_OFFERED;
}
