/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "secrets.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "pcapng.h"
#include "segment.h"

enum { WAIT_MILLISECONDS = 2000, LINE_LIMIT = 1024, PENDING_LIMIT = 20000, SESSIONS_LIMIT = 100000 };
enum {
    RECORD_CHANGE = 20,
    RECORD_HANDSHAKE = 22,
    CLIENT_HELLO = 1,
    SERVER_HELLO = 2,
    RANDOM_AT = 11,
    RANDOM_SIZE = 32
};
enum { SUPPORTED_VERSIONS = 43, TLS_1_3 = 0x0304 };

/* What Wireshark needs to decrypt; other secrets of a session stay out. */
static const char *const labels[] = {
    "CLIENT_RANDOM",
    "CLIENT_EARLY_TRAFFIC_SECRET",
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0",
    "SERVER_TRAFFIC_SECRET_0",
};
/* The bits of those that TLS 1.3 always has, RFC 8446 7.1. */
enum { ALL_OF_1_3 = 0x3c };

/* SHA-256 of "HelloRetryRequest": a ServerHello with this random is one, RFC 8446 4.1.3. */
static const uint8_t retry_random[RANDOM_SIZE] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

/* A session whose ClientHello was captured. */
typedef struct {
    unsigned secrets; /* those in the capture, a bit for each of `labels` */
    bool is_1_3;      /* its ServerHello was captured */
} lab_session_keys_t;

struct lab_secrets {
    int fd;
    unsigned watch, timeout;
    lab_writer_t *writer;
    int link_type;
    unsigned ports[SECRETS_PORTS];
    GString *heard;       /* the line so far */
    GHashTable *sessions; /* random in hex -> lab_session_keys_t */
    GHashTable *clients;  /* address and port (GBytes) -> random in hex */
    GHashTable *pending;  /* random in hex -> GString, lines of sessions that were not seen yet */
    GHashTable *awaited;  /* randoms in hex */
    GByteArray *held;     /* packets that wait */
};

static void free_lines(void *lines)
{
    g_string_free(lines, TRUE);
}

/* Writes what waits: the secret is there, or will not come. */
static void release(lab_secrets_t *s)
{
    if (s->timeout)
        g_source_remove(s->timeout);
    s->timeout = 0;
    g_hash_table_remove_all(s->awaited);
    if (s->held->len)
        g_byte_array_append(writer_queue(s->writer), s->held->data, s->held->len);
    g_byte_array_set_size(s->held, 0);
}

static gboolean on_late(void *data)
{
    lab_secrets_t *s = data;
    s->timeout = 0;
    release(s);
    writer_flush(s->writer);
    return G_SOURCE_REMOVE;
}

static void no_more_waiting(lab_secrets_t *s, const char *random)
{
    if (random && g_hash_table_remove(s->awaited, random) && !g_hash_table_size(s->awaited))
        release(s);
}

static bool is_hex(const char *word, size_t least, size_t most)
{
    size_t length = strspn(word, "0123456789abcdefABCDEF");
    return !word[length] && length >= least && length <= most && length % 2 == 0;
}

/* The random in a line "LABEL RANDOM SECRET" that is well formed and wanted; to be freed. NULL: it is not. */
static char *random_of_line(const char *line)
{
    char **words = g_strsplit(line, " ", -1), *random = NULL;
    bool known = false;

    for (size_t i = 0; i < G_N_ELEMENTS(labels) && *words; i++)
        known = known || strcmp(words[0], labels[i]) == 0;
    if (known && g_strv_length(words) == 3 && is_hex(words[1], 64, 64) && is_hex(words[2], 2, 256))
        random = g_ascii_strdown(words[1], -1);
    g_strfreev(words);
    return random;
}

/* Wireshark takes the secrets of TLS 1.3 at the ServerHello and at the server's Finished, which are sent
 * together: all of them must be there before. */
static bool is_keyed(const lab_session_keys_t *session)
{
    return session->is_1_3 ? (session->secrets & ALL_OF_1_3) == ALL_OF_1_3 : session->secrets;
}

static void put(lab_secrets_t *s, lab_session_keys_t *session, const char *random, const GString *lines)
{
    pcapng_put_secrets(writer_queue(s->writer), lines->str, lines->len);
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++)
        if (strstr(lines->str, labels[i]))
            session->secrets |= 1U << i;
    if (is_keyed(session))
        no_more_waiting(s, random);
}

static void keep_for_later(lab_secrets_t *s, const char *random, const char *line)
{
    if (g_hash_table_size(s->pending) >= PENDING_LIMIT)
        g_hash_table_remove_all(s->pending);
    GString *lines = g_hash_table_lookup(s->pending, random);
    if (!lines) {
        lines = g_string_new(NULL);
        g_hash_table_insert(s->pending, g_strdup(random), lines);
    }
    if (lines->len < LINE_LIMIT * 4)
        g_string_append_printf(lines, "%s\n", line);
}

static void take_line(lab_secrets_t *s, const char *line)
{
    char *random = random_of_line(line);
    if (!random)
        return;
    lab_session_keys_t *session = g_hash_table_lookup(s->sessions, random);
    if (session) {
        GString *whole = g_string_new(line);
        g_string_append_c(whole, '\n');
        put(s, session, random, whole);
        g_string_free(whole, TRUE);
    } else {
        keep_for_later(s, random, line);
    }
    g_free(random);
}

static void take_lines(lab_secrets_t *s)
{
    char *end;
    while ((end = strchr(s->heard->str, '\n'))) {
        *end = '\0';
        take_line(s, s->heard->str);
        g_string_erase(s->heard, 0, end - s->heard->str + 1);
    }
    if (s->heard->len > LINE_LIMIT)
        g_string_truncate(s->heard, 0);
}

/* Reads what is in the pipe. False at its end. */
static bool drain(lab_secrets_t *s)
{
    char part[4096];
    ssize_t n;

    while ((n = read(s->fd, part, sizeof part)) > 0) {
        g_string_append_len(s->heard, part, n);
        take_lines(s);
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static gboolean on_readable(int fd, GIOCondition condition, void *data)
{
    lab_secrets_t *s = data;
    (void)fd, (void)condition;
    bool open = drain(s);
    writer_flush(s->writer);
    if (!open)
        s->watch = 0;
    return open;
}

lab_secrets_t *secrets_new(int fd, lab_writer_t *writer, int link_type, const unsigned ports[SECRETS_PORTS])
{
    lab_secrets_t *s = g_new0(lab_secrets_t, 1);

    s->fd = fd;
    s->writer = writer;
    s->link_type = link_type;
    memcpy(s->ports, ports, sizeof s->ports);
    s->heard = g_string_new(NULL);
    s->sessions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    s->clients = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, g_free);
    s->pending = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_lines);
    s->awaited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    s->held = g_byte_array_new();
    s->watch = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP, on_readable, s);
    return s;
}

static bool is_servers(const lab_secrets_t *s, unsigned port)
{
    for (int i = 0; i < SECRETS_PORTS; i++)
        if (port && s->ports[i] == port)
            return true;
    return false;
}

static GBytes *client_key(const uint8_t address[16], unsigned port)
{
    uint8_t key[18];
    memcpy(key, address, 16);
    key[16] = (uint8_t)(port >> 8);
    key[17] = (uint8_t)port;
    return g_bytes_new(key, sizeof key);
}

static char *hex(const uint8_t *bytes, unsigned count)
{
    GString *out = g_string_new(NULL);
    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(out, "%02x", bytes[i]);
    return g_string_free(out, FALSE);
}

/* RFC 8446 4.1.2, 4.1.3, RFC 5246 7.4.1.2: the random is at the same place in all versions and both hellos.
 */
static bool is_hello(const lab_segment_view_t *segment, unsigned type)
{
    return segment->length >= RANDOM_AT + RANDOM_SIZE && segment->payload[0] == RECORD_HANDSHAKE &&
           segment->payload[1] == 3 && segment->payload[5] == type;
}

/* RFC 8446 4.2.1: a ServerHello of TLS 1.3 has the extension supported_versions. */
static bool is_hello_of_1_3(const lab_segment_view_t *segment)
{
    const uint8_t *data = segment->payload;
    unsigned at = RANDOM_AT + RANDOM_SIZE;

    if (!is_hello(segment, SERVER_HELLO) || memcmp(data + RANDOM_AT, retry_random, RANDOM_SIZE) == 0 ||
        segment->length <= at)
        return false;
    at += 1u + data[at] + 5u; /* session, cipher suite, compression method, length of the extensions */
    while (at + 4 <= segment->length) {
        unsigned type = (unsigned)(data[at] << 8 | data[at + 1]),
                 length = (unsigned)(data[at + 2] << 8 | data[at + 3]);
        if (type == SUPPORTED_VERSIONS && length == 2 && at + 6 <= segment->length)
            return (data[at + 4] << 8 | data[at + 5]) == TLS_1_3;
        at += 4 + length;
    }
    return false;
}

/* Whether a ChangeCipherSpec is in it; the segments of a client's flight begin with a record. */
static bool changes_cipher(const lab_segment_view_t *segment)
{
    unsigned at = 0;
    while (at + 5 <= segment->length && segment->payload[at + 1] == 3) {
        if (segment->payload[at] == RECORD_CHANGE)
            return true;
        at += 5u + (unsigned)(segment->payload[at + 3] << 8 | segment->payload[at + 4]);
    }
    return false;
}

static void take_hello(lab_secrets_t *s, const lab_segment_view_t *segment)
{
    char *random = hex(segment->payload + RANDOM_AT, RANDOM_SIZE);

    if (g_hash_table_size(s->sessions) >= SESSIONS_LIMIT) {
        g_hash_table_remove_all(s->sessions);
        g_hash_table_remove_all(s->clients);
    }
    g_hash_table_insert(s->clients, client_key(segment->from, segment->from_port), g_strdup(random));
    if (!g_hash_table_contains(s->sessions, random)) {
        lab_session_keys_t *session = g_new0(lab_session_keys_t, 1);
        g_hash_table_insert(s->sessions, g_strdup(random), session);
        const GString *lines = g_hash_table_lookup(s->pending, random);
        if (lines)
            put(s, session, random, lines);
        g_hash_table_remove(s->pending, random);
    }
    g_free(random);
}

static void wait_for_secret(lab_secrets_t *s, const char *random)
{
    g_hash_table_add(s->awaited, g_strdup(random));
    if (!s->timeout)
        s->timeout = g_timeout_add(WAIT_MILLISECONDS, on_late, s);
}

static void look_at_clients(lab_secrets_t *s, const lab_segment_view_t *segment, const char *random)
{
    const lab_session_keys_t *session = random ? g_hash_table_lookup(s->sessions, random) : NULL;

    if (segment->ends ||
        (session && session->is_1_3 && segment->length)) /* what it answers was sent with all secrets */
        no_more_waiting(s, random);
    else if (session && !is_keyed(session) && changes_cipher(segment))
        wait_for_secret(s, random);
}

static void look_at_server(lab_secrets_t *s, const lab_segment_view_t *segment, const char *random)
{
    lab_session_keys_t *session = random ? g_hash_table_lookup(s->sessions, random) : NULL;

    if (session && is_hello_of_1_3(segment)) {
        session->is_1_3 = true;
        if (!is_keyed(session))
            wait_for_secret(s, random);
    } else if (segment->ends || (segment->length && !(session && session->is_1_3))) {
        no_more_waiting(s, random); /* the server has written the secret before, or never will */
    }
}

static void look_at(lab_secrets_t *s, const lab_segment_view_t *segment)
{
    bool up = is_servers(s, segment->to_port);

    if (!up && !is_servers(s, segment->from_port))
        return;
    if (up && is_hello(segment, CLIENT_HELLO))
        take_hello(s, segment);
    GBytes *client = client_key(up ? segment->from : segment->to, up ? segment->from_port : segment->to_port);
    const char *random = g_hash_table_lookup(s->clients, client);
    g_bytes_unref(client);
    if (up)
        look_at_clients(s, segment, random);
    else
        look_at_server(s, segment, random);
}

GByteArray *secrets_before(lab_secrets_t *s, const uint8_t *data, unsigned captured)
{
    lab_segment_view_t segment;

    /* Whatever this packet needs was written before it was sent. */
    drain(s);
    if (segment_find(&segment, s->link_type, data, captured))
        look_at(s, &segment);
    return g_hash_table_size(s->awaited) ? s->held : writer_queue(s->writer);
}

void secrets_end(lab_secrets_t *s)
{
    if (!s)
        return;
    drain(s);
    release(s);
    if (s->watch)
        g_source_remove(s->watch);
    close(s->fd);
    g_string_free(s->heard, TRUE);
    g_hash_table_destroy(s->sessions);
    g_hash_table_destroy(s->clients);
    g_hash_table_destroy(s->pending);
    g_hash_table_destroy(s->awaited);
    g_byte_array_unref(s->held);
    g_free(s);
}
