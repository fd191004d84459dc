/* TLS steps and kinds: RFC 5246 7.3, RFC 8446 2. Handshakes are built from records; each is read whole and
 * byte by byte.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tls.h"

#include <string.h>

#include "feed.h"
#include "tlsrec.h"
#include "units.h"

enum { CCS = 20, ALERT = 21, HANDSHAKE = 22, DATA = 23 };
enum { PLAIN, WITH_EARLY, WITH_13, WITH_PSK, IS_RETRY };

/* Each letter is a record: the client's in upper case, the server's in lower case. */
typedef struct {
    const char *sentence, *records, *steps;
    lab_tls_kind_t kind;
} row_t;

/* clang-format off */
static const row_t rows[] = {
    {"a full handshake of TLS 1.2", "C s e k d K Y F y f A a",
     "client-hello; server-hello; certificate; key-exchange; key-exchange; key-exchange; change-cipher-spec; finished; change-cipher-spec; finished; application-data; application-data; ", LAB_TLS_12_FULL},
    {"a resumed handshake of TLS 1.2", "C s y f Y F A",
     "client-hello; server-hello; change-cipher-spec; finished; change-cipher-spec; finished; application-data; ", LAB_TLS_12_RESUMED},
    {"a ticket of TLS 1.2", "C s e d K Y F t y f",
     "client-hello; server-hello; certificate; key-exchange; key-exchange; change-cipher-spec; finished; session-ticket; change-cipher-spec; finished; ", LAB_TLS_12_FULL},
    {"a full handshake of TLS 1.3", "C 3 y a Y A a A",
     "client-hello; server-hello; change-cipher-spec; encrypted-handshake; change-cipher-spec; finished; application-data; application-data; ", LAB_TLS_13_FULL},
    {"a resumed handshake of TLS 1.3", "C p a A a", "client-hello; server-hello; encrypted-handshake; finished; application-data; ", LAB_TLS_13_RESUMED},
    {"a client that is asked to try again", "C r C 3 a A", "client-hello; hello-retry-request; client-hello; server-hello; encrypted-handshake; finished; ", LAB_TLS_13_RETRY},
    {"data before the answer", "E A p a A", "client-hello; early-data; server-hello; encrypted-handshake; finished; ", LAB_TLS_EARLY},
    {"an alert that ends the handshake", "C x", "client-hello; alert; ", LAB_TLS_FAILED},
    {"a close that is announced", "N", "close-notify; ", LAB_TLS_UNKNOWN},
    {"an alert after the handshake is no failure", "C 3 a A X", "client-hello; server-hello; encrypted-handshake; finished; alert; ", LAB_TLS_13_FULL},
    {"a hello alone", "C", "client-hello; ", LAB_TLS_UNKNOWN},
    {"several messages in one record", "C m Y F y f", "client-hello; server-hello+certificate+key-exchange; change-cipher-spec; finished; change-cipher-spec; finished; ", LAB_TLS_12_FULL},
};
/* clang-format on */

static void append_number(GByteArray *b, unsigned n, unsigned bytes)
{
    while (bytes--) {
        uint8_t byte = (uint8_t)(n >> (8 * bytes));
        g_byte_array_append(b, &byte, 1);
    }
}

static void append_zeros(GByteArray *b, unsigned n)
{
    while (n--)
        append_number(b, 0, 1);
}

static GByteArray *client_hello(int kind)
{
    GByteArray *b = g_byte_array_new();
    append_number(b, 0x0303, 2);
    append_zeros(b, 32);
    append_number(b, 0, 1);                /* session id */
    append_number(b, 2 << 16 | 0x1301, 4); /* one cipher suite */
    append_number(b, 1 << 8, 2);           /* no compression */
    append_number(b, kind == WITH_EARLY ? 8 : 4, 2);
    append_number(b, 0x00170000, 4);
    if (kind == WITH_EARLY)
        append_number(b, 0x002a0000, 4);
    return b;
}

static GByteArray *server_hello(int kind)
{
    static const uint8_t retry[] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11};
    GByteArray *b = g_byte_array_new();
    append_number(b, 0x0303, 2);
    if (kind == IS_RETRY)
        g_byte_array_append(b, retry, sizeof retry);
    append_zeros(b, kind == IS_RETRY ? 24 : 32);
    append_number(b, 0, 1);
    append_number(b, 0x130100, 3);
    append_number(b, kind == PLAIN ? 0 : kind == WITH_PSK ? 12 : 6, 2);
    if (kind != PLAIN) {
        append_number(b, 0x002b0002, 4);
        append_number(b, 0x0304, 2);
    }
    if (kind == WITH_PSK) {
        append_number(b, 0x00290002, 4);
        append_number(b, 0, 2);
    }
    return b;
}

/* A handshake message around a body, which it takes. */
static GByteArray *message(unsigned type, GByteArray *body)
{
    GByteArray *b = g_byte_array_new();
    append_number(b, type << 24 | body->len, 4);
    g_byte_array_append(b, body->data, body->len);
    g_byte_array_unref(body);
    return b;
}

static GByteArray *record(unsigned type, GByteArray *body)
{
    GByteArray *b = g_byte_array_new();
    append_number(b, type << 16 | 0x0303, 3);
    append_number(b, body->len, 2);
    g_byte_array_append(b, body->data, body->len);
    g_byte_array_unref(body);
    return b;
}

static GByteArray *filler(unsigned n)
{
    GByteArray *b = g_byte_array_new();
    append_zeros(b, n);
    return b;
}

static GByteArray *both(GByteArray *a, GByteArray *b)
{
    g_byte_array_append(a, b->data, b->len);
    g_byte_array_unref(b);
    return a;
}

static GByteArray *alert(unsigned level, unsigned description)
{
    GByteArray *b = g_byte_array_new();
    append_number(b, level << 8 | description, 2);
    return record(ALERT, b);
}

GByteArray *tls_record_of(char letter)
{
    switch (letter) {
    case 'C':
        return record(HANDSHAKE, message(1, client_hello(PLAIN)));
    case 'E':
        return record(HANDSHAKE, message(1, client_hello(WITH_EARLY)));
    case 's':
        return record(HANDSHAKE, message(2, server_hello(PLAIN)));
    case '3':
        return record(HANDSHAKE, message(2, server_hello(WITH_13)));
    case 'p':
        return record(HANDSHAKE, message(2, server_hello(WITH_PSK)));
    case 'r':
        return record(HANDSHAKE, message(2, server_hello(IS_RETRY)));
    case 'e':
        return record(HANDSHAKE, message(11, filler(300)));
    case 'k':
        return record(HANDSHAKE, message(12, filler(70)));
    case 'd':
        return record(HANDSHAKE, message(14, filler(0)));
    case 'K':
        return record(HANDSHAKE, message(16, filler(33)));
    case 't':
        return record(HANDSHAKE, message(4, filler(50)));
    case 'm':
        return record(HANDSHAKE, both(both(message(2, server_hello(PLAIN)), message(11, filler(300))),
                                      message(14, filler(0))));
    case 'Y':
    case 'y':
        return record(CCS, filler(1));
    case 'F':
    case 'f':
        return record(HANDSHAKE, filler(40));
    case 'A':
    case 'a':
        return record(DATA, filler(60));
    case 'x':
    case 'X':
        return alert(2, 40);
    case 'N':
        return alert(1, 0);
    default:
        g_error("no record is called %c", letter);
    }
}

static bool by_client(char letter)
{
    return g_ascii_isupper(letter);
}

static void append_steps(GString *out, uint32_t steps)
{
    const char *plus = "";
    for (unsigned i = 0; i < LAB_TLS_STEPS; i++)
        if (steps & (1u << i)) {
            g_string_append_printf(out, "%s%s", plus, lab_tls_steps[i].token);
            plus = "+";
        }
    g_string_append(out, "; ");
}

/* Feeds a record in pieces of `step` bytes and returns the steps of all pieces. */
static uint32_t feed_pieces(lab_tls_t *tls, char letter, guint step)
{
    GByteArray *bytes = tls_record_of(letter);
    uint32_t steps = 0;
    for (guint at = 0; at < bytes->len; at += step) {
        guint n = MIN(step, bytes->len - at);
        uint8_t *exact = g_memdup2(bytes->data + at, n);
        steps |= lab_tls_feed(tls, by_client(letter) ? 0 : 1, 0, exact, n, 1000 + (int64_t)at);
        g_free(exact);
    }
    g_byte_array_unref(bytes);
    return steps;
}

static void read_row(const row_t *r, guint step)
{
    lab_tls_t *tls = lab_tls_new();
    GString *told = g_string_new(NULL);
    for (const char *p = r->records; *p; p++)
        if (*p != ' ')
            append_steps(told, feed_pieces(tls, *p, step));
    if (step > 1000) /* a small piece may also have the step of a message that it continues */
        g_assert_cmpstr(told->str, ==, r->steps);
    g_assert_cmpint(lab_tls_kind(tls), ==, r->kind);
    g_string_free(told, TRUE);
    lab_tls_free(tls);
}

static void tls_row(gconstpointer data)
{
    for (guint step = 1; step < 12; step++)
        read_row(data, step);
    read_row(data, 100000);
}

static void a_handshake_takes_from_its_first_byte_to_its_last_finished(void)
{
    lab_tls_t *tls = lab_tls_new();
    const char *records = "Cs3aA";
    g_assert_cmpint(lab_tls_time(tls), ==, -1);
    for (const char *p = records; *p; p++) {
        GByteArray *b = tls_record_of(*p);
        lab_tls_feed(tls, by_client(*p) ? 0 : 1, 0, b->data, b->len, 100 * (p - records + 1));
        g_byte_array_unref(b);
    }
    g_assert_cmpint(lab_tls_time(tls), ==, 400);
    lab_tls_free(tls);
    lab_tls_free(NULL);
}

static void a_hello_after_the_handshake_does_not_begin_it(void)
{
    lab_tls_t *tls = lab_tls_new();
    const char *records = "3aAC"; /* the first ClientHello was not captured */
    for (const char *p = records; *p; p++) {
        GByteArray *b = tls_record_of(*p);
        lab_tls_feed(tls, by_client(*p) ? 0 : 1, 0, b->data, b->len, 100 * (p - records + 1));
        g_byte_array_unref(b);
    }
    g_assert_cmpint(lab_tls_time(tls), ==, -1);
    lab_tls_free(tls);
}

/* Each message is cut off at each byte, and another follows: no crash, and no step that is not there. */
static void a_hello_that_ends_early_is_read_as_far_as_it_goes(void)
{
    for (unsigned server = 0; server < 2; server++) {
        GByteArray *whole = server ? server_hello(WITH_PSK) : client_hello(WITH_EARLY);
        for (guint n = 0; n < whole->len; n++) {
            GByteArray *cut = g_byte_array_new();
            g_byte_array_append(cut, whole->data, n);
            GByteArray *b = record(HANDSHAKE, message(server ? 2 : 1, cut));
            lab_tls_t *tls = lab_tls_new();
            uint8_t *exact = g_memdup2(b->data, b->len);
            g_assert_cmpuint(lab_tls_feed(tls, 0, server, exact, b->len, 1), ==,
                             1u << (server ? LAB_TLS_SERVER_HELLO : LAB_TLS_CLIENT_HELLO));
            g_free(exact);
            lab_tls_free(tls);
            g_byte_array_unref(b);
        }
        g_byte_array_unref(whole);
    }
}

static void missing_bytes_in_a_record_are_counted(void)
{
    lab_tls_t *tls = lab_tls_new();
    GByteArray *b = tls_record_of('C'), *next = tls_record_of('Y');
    lab_tls_feed(tls, 0, 0, b->data, 20, 1);
    g_assert_cmpuint(lab_tls_feed(tls, 0, 0, NULL, b->len - 20, 2), ==, 1u << LAB_TLS_CLIENT_HELLO);
    g_assert_cmpuint(lab_tls_feed(tls, 0, 0, next->data, next->len, 3), ==, 1u << LAB_TLS_CHANGE_CIPHER_SPEC);
    g_byte_array_unref(b);
    g_byte_array_unref(next);
    lab_tls_free(tls);
}

/* The rest of a hello is not in the capture: the next message is not read as that rest. */
static void a_hello_that_was_lost_does_not_become_another_message(void)
{
    lab_tls_t *tls = lab_tls_new();
    GByteArray *hello = tls_record_of('s'), *next = tls_record_of('e');
    hello->data[4] = 20; /* the record ends in the middle of the message */
    lab_tls_feed(tls, 1, 0, hello->data, 25, 1);
    lab_tls_feed(tls, 1, 0, NULL, 10, 2); /* here the next record began */
    g_assert_cmpuint(lab_tls_feed(tls, 1, 0, next->data, next->len, 3), ==, 1u << LAB_TLS_CERTIFICATE);
    g_assert_cmpint(lab_tls_kind(tls), ==, LAB_TLS_UNKNOWN); /* no ServerHello was seen whole */
    g_byte_array_unref(hello);
    g_byte_array_unref(next);
    lab_tls_free(tls);
}

static void what_is_no_record_is_passed_over(void)
{
    static const uint8_t http[] = "HTTP/1.1 400 Bad Request\r\n\r\n",
                         long_record[] = {23, 3, 3, 0xff, 0xff, 0};
    lab_tls_t *tls = lab_tls_new();
    g_assert_false(lab_tls_plausible(http, sizeof http - 1));
    g_assert_false(lab_tls_plausible(long_record, 2));
    g_assert_true(lab_tls_plausible(long_record, 3));
    g_assert_cmpuint(lab_tls_feed(tls, 1, 0, http, sizeof http - 1, 1), ==, 0);
    g_assert_cmpuint(feed_pieces(tls, 's', 10000), ==, 1u << LAB_TLS_SERVER_HELLO);
    lab_tls_free(tls);
}

/* Through the engine: the connection, its frames, their phase. */
static void a_connection_shows_its_handshake(void)
{
    feed_t *f = feed_new();
    feed_open(f);
    for (const char *p = "C3aAa"; *p; p++) {
        GByteArray *b = tls_record_of(*p);
        feed_bytes(f, !by_client(*p), b->data, b->len);
        g_byte_array_unref(b);
    }
    feed_check(f, "4.phase=tls; 5.phase=tls; 6.phase=tls; 8.phase=data; x1=none");
    g_assert_cmpint(lab_conn_tls_kind(feed_conn(f)), ==, LAB_TLS_13_FULL);
    g_assert_cmpint(lab_conn_tls_time(feed_conn(f)), ==, 3000000);
    for (uint32_t frame = 4; frame <= 8; frame++)
        g_assert_cmpuint(strlen(feed_note(f, frame, LAB_LANG_ZH)), >, 5);
    feed_free(f);
}

void add_tls_tests(void)
{
    ADD_ROWS("tls", rows, tls_row);
    g_test_add_func("/tls/a handshake takes from its first byte to its last Finished",
                    a_handshake_takes_from_its_first_byte_to_its_last_finished);
    g_test_add_func("/tls/a hello after the handshake does not begin it",
                    a_hello_after_the_handshake_does_not_begin_it);
    g_test_add_func("/tls/a hello that ends early is read as far as it goes",
                    a_hello_that_ends_early_is_read_as_far_as_it_goes);
    g_test_add_func("/tls/missing bytes in a record are counted", missing_bytes_in_a_record_are_counted);
    g_test_add_func("/tls/a hello that was lost does not become another message",
                    a_hello_that_was_lost_does_not_become_another_message);
    g_test_add_func("/tls/what is no record is passed over", what_is_no_record_is_passed_over);
    g_test_add_func("/tls/a connection shows its handshake", a_connection_shows_its_handshake);
}
