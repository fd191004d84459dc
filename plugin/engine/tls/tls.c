/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tls.c - see tls.h. Records are walked; only what travels in the clear is looked into: the two hellos, the
 * types of the other handshake messages up to ChangeCipherSpec (TLS 1.2), and alerts.
 */
#include "tls.h"

#include "conn.h"

#include <string.h>

enum { RECORD_CCS = 20, RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, RECORD_DATA = 23, RECORD_HEARTBEAT = 24 };
enum {
    CLIENT_HELLO = 1,
    SERVER_HELLO = 2,
    NEW_TICKET = 4,
    CERTIFICATE = 11,
    SERVER_KEY = 12,
    SERVER_DONE = 14,
    CLIENT_KEY = 16
};
enum { EXTENSION_PSK = 41, EXTENSION_EARLY_DATA = 42, EXTENSION_VERSIONS = 43 };

#define RECORD_MAX (16384 + 2048) /* RFC 5246 6.2.3 */
#define HELLO_MAX  4096           /* a longer hello is not looked into */

typedef struct {
    uint8_t header[5], have; /* of the record that is being read */
    uint32_t record_left;
    uint8_t message[4], message_have;
    uint32_t message_left;
    GString *hello;           /* body of a hello while it is collected */
    bool encrypted, finished; /* its ChangeCipherSpec, its Finished */
    bool lost;                /* bytes are missing at a place where they were needed */
    uint8_t alert[2], alert_have;
} side_t;

struct lab_tls {
    side_t side[2];
    bool client_hello, server_hello, retried, certificate, tls13, psk, offers_early, early_data, failed,
        server_ccs;
    int64_t begun, done;
    GArray *completed; /* of lab_tls_record_t */
};

lab_tls_t *lab_tls_new(void)
{
    lab_tls_t *tls = g_new0(lab_tls_t, 1);
    tls->done = -1;
    tls->completed = g_array_new(FALSE, FALSE, sizeof(lab_tls_record_t));
    return tls;
}

void lab_tls_free(lab_tls_t *tls)
{
    if (!tls)
        return;
    for (unsigned i = 0; i < 2; i++)
        if (tls->side[i].hello)
            g_string_free(tls->side[i].hello, TRUE);
    g_array_unref(tls->completed);
    g_free(tls);
}

static bool record_header(const uint8_t *p)
{
    return p[0] >= RECORD_CCS && p[0] <= RECORD_HEARTBEAT && p[1] == 3 && p[2] <= 4;
}

bool lab_tls_plausible(const uint8_t *data, uint32_t length)
{
    return length >= 3 && record_header(data) && data[0] != RECORD_HEARTBEAT;
}

/* ---- the hellos ---- */

static unsigned be16(const uint8_t *p)
{
    return (unsigned)(p[0] << 8 | p[1]);
}

/* Calls `take` for each extension of a list that may be cut. */
static void each_extension(lab_tls_t *tls, const uint8_t *p, size_t n,
                           void (*take)(lab_tls_t *, unsigned, const uint8_t *, size_t))
{
    if (n < 2)
        return;
    size_t end = MIN(n, (size_t)be16(p) + 2);
    for (size_t i = 2; i + 4 <= end;) {
        size_t length = be16(p + i + 2);
        if (i + 4 + length > end)
            return;
        take(tls, be16(p + i), p + i + 4, length);
        i += 4 + length;
    }
}

static void client_extension(lab_tls_t *tls, unsigned type, const uint8_t *value, size_t length)
{
    (void)value;
    (void)length;
    tls->offers_early |= type == EXTENSION_EARLY_DATA;
}

static void server_extension(lab_tls_t *tls, unsigned type, const uint8_t *value, size_t length)
{
    tls->tls13 |= type == EXTENSION_VERSIONS && length == 2 && be16(value) == 0x0304;
    tls->psk |= type == EXTENSION_PSK;
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
    i += 2u + be16(p + i);
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

static uint32_t hello_complete(lab_tls_t *tls, side_t *s)
{
    const uint8_t *body = (const uint8_t *)s->hello->str;
    size_t length = s->hello->len;
    uint32_t steps;
    if (s->message[0] == CLIENT_HELLO) {
        read_client_hello(tls, body, length);
        tls->client_hello = true;
        steps = 1u << LAB_TLS_CLIENT_HELLO;
    } else if (is_retry(body, length)) {
        tls->retried = true;
        steps = 1u << LAB_TLS_HELLO_RETRY;
    } else {
        read_server_hello(tls, body, length);
        tls->server_hello = true;
        steps = 1u << LAB_TLS_SERVER_HELLO;
    }
    g_string_free(s->hello, TRUE);
    s->hello = NULL;
    return steps;
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

static bool is_hello(const side_t *s)
{
    return s->message[0] == CLIENT_HELLO || s->message[0] == SERVER_HELLO;
}

/* The step that a hello which is not complete yet goes on with. */
static uint32_t step_of_hello(const side_t *s)
{
    return 1u << (s->message[0] == CLIENT_HELLO ? LAB_TLS_CLIENT_HELLO : LAB_TLS_SERVER_HELLO);
}

static uint32_t message_begins(lab_tls_t *tls, side_t *s, int64_t time)
{
    s->message_left = (uint32_t)s->message[1] << 16 | be16(s->message + 2);
    s->message_have = 0;
    if (s->hello) /* of a hello whose rest is missing */
        g_string_free(s->hello, TRUE);
    s->hello = NULL;
    if (!is_hello(s))
        return step_of_message(tls, s->message[0]);
    if (s->message[0] == CLIENT_HELLO && !tls->begun)
        tls->begun = time;
    s->hello = g_string_new(NULL);
    return s->message_left ? 0 : hello_complete(tls, s);
}

static uint32_t message_bytes(lab_tls_t *tls, side_t *s, const uint8_t *data, uint32_t n)
{
    s->message_left -= n;
    if (!s->hello) /* what began in an earlier segment goes on */
        return is_hello(s) ? step_of_hello(s) : step_of_message(tls, s->message[0]);
    if (data && s->hello->len < HELLO_MAX)
        g_string_append_len(s->hello, (const char *)data, MIN(n, (uint32_t)(HELLO_MAX - s->hello->len)));
    return s->message_left ? step_of_hello(s) : hello_complete(tls, s);
}

static uint32_t clear_handshake(lab_tls_t *tls, side_t *s, const uint8_t *data, uint32_t n, int64_t time)
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
        if (!data) { /* where the next message begins is not known */
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

/* ---- records ---- */

static void finished(lab_tls_t *tls, side_t *s, int64_t time)
{
    s->finished = true;
    if (tls->side[0].finished && tls->side[1].finished && tls->done < 0)
        tls->done = time;
}

static uint32_t encrypted_handshake(lab_tls_t *tls, side_t *s, int64_t time)
{
    if (s->finished)
        return 1u << LAB_TLS_ENCRYPTED_HANDSHAKE; /* renegotiation, a ticket */
    finished(tls, s, time);
    return 1u << LAB_TLS_FINISHED;
}

/* TLS 1.3 hides its handshake in records of type application_data, RFC 8446 5.1. What the server sends before
 * the client's first encrypted record is its flight up to Finished; that first record ends with the client's.
 */
static uint32_t data_record(lab_tls_t *tls, side_t *s, bool by_client, int64_t time)
{
    side_t *client = by_client ? s : &tls->side[s == &tls->side[0]];
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

static uint32_t alert_bytes(lab_tls_t *tls, side_t *s, const uint8_t *data, uint32_t n)
{
    if (s->encrypted || !data)
        return 1u << LAB_TLS_ALERT;
    for (uint32_t i = 0; i < n && s->alert_have < 2; i++)
        s->alert[s->alert_have++] = data[i];
    if (s->alert_have < 2)
        return 1u << LAB_TLS_ALERT;
    if (s->alert[1] == 0)
        return 1u << LAB_TLS_CLOSE_NOTIFY;
    tls->failed |= s->alert[0] == 2 && tls->done < 0;
    return 1u << LAB_TLS_ALERT;
}

static uint32_t record_begins(lab_tls_t *tls, side_t *s, bool by_client, int64_t time)
{
    s->record_left = be16(s->header + 3);
    s->have = 0;
    s->alert_have = 0;
    if (!record_header(s->header) || s->record_left > RECORD_MAX) {
        s->lost = true;
        return 0;
    }
    switch (s->header[0]) {
    case RECORD_CCS:
        s->encrypted = true;
        tls->server_ccs |= !by_client;
        return 1u << LAB_TLS_CHANGE_CIPHER_SPEC;
    case RECORD_HANDSHAKE:
        return s->encrypted && !tls->retried ? encrypted_handshake(tls, s, time) : 0;
    case RECORD_DATA:
        return data_record(tls, s, by_client, time);
    default:
        return 0;
    }
}

static uint32_t record_bytes(lab_tls_t *tls, side_t *s, const uint8_t *data, uint32_t n, int64_t time)
{
    switch (s->header[0]) {
    case RECORD_HANDSHAKE:
        if (s->encrypted && !tls->retried)
            return 1u << (s->finished ? LAB_TLS_FINISHED : LAB_TLS_ENCRYPTED_HANDSHAKE);
        return clear_handshake(tls, s, data, n, time);
    case RECORD_ALERT:
        return alert_bytes(tls, s, data, n);
    default:
        return 0;
    }
}

static void record_ends(lab_tls_t *tls, const side_t *s, uint32_t at)
{
    lab_tls_record_t record = {s->header[0], be16(s->header + 3), at};
    g_array_append_val(tls->completed, record);
}

const lab_tls_record_t *lab_tls_completed(const lab_tls_t *tls, unsigned *count)
{
    *count = tls->completed->len;
    return (const lab_tls_record_t *)(void *)tls->completed->data;
}

uint32_t lab_tls_feed(lab_tls_t *tls, unsigned end, unsigned client, const uint8_t *data, uint32_t n,
                      int64_t time)
{
    side_t *s = &tls->side[end];
    uint32_t steps = 0, all = n;
    g_array_set_size(tls->completed, 0);
    if (s->lost && data &&
        lab_tls_plausible(data, n)) { /* a segment that begins with a record: go on there */
        s->lost = false;
        s->have = 0;
        s->record_left = s->message_left = s->message_have = 0;
    }
    if (s->record_left && s->header[0] == RECORD_DATA)
        steps |= 1u << (tls->tls13 && tls->done < 0 ? LAB_TLS_ENCRYPTED_HANDSHAKE : LAB_TLS_APPLICATION_DATA);
    while (n && !s->lost) {
        if (s->record_left) {
            uint32_t take = MIN(n, s->record_left);
            s->record_left -= take;
            steps |= record_bytes(tls, s, data, take, time);
            data = data ? data + take : NULL;
            n -= take;
            if (!s->record_left)
                record_ends(tls, s, all - n);
            continue;
        }
        if (!data) {
            s->lost = true;
            break;
        }
        s->header[s->have++] = *data++;
        n--;
        if (s->have < sizeof s->header)
            continue;
        steps |= record_begins(tls, s, end == client, time);
        if (!s->record_left && !s->lost)
            record_ends(tls, s, all - n);
    }
    return steps;
}

/* ---- what it amounts to: the first row that fits ---- */

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

/* RFC 5246 7.3: in an abbreviated handshake ChangeCipherSpec follows the ServerHello at once. */
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

uint16_t lab_tls_alert(const lab_tls_t *tls, unsigned end)
{
    const side_t *s = &tls->side[end];
    bool clear = s->alert_have == sizeof s->alert && be16(s->header + 3) == sizeof s->alert;
    bool level = s->alert[0] == 1 || s->alert[0] == 2;
    return clear && level ? (uint16_t)be16(s->alert) : 0;
}

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
