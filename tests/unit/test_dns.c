/* Name look-ups and the connections that use them: RFC 1035 4.1.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"

#include <string.h>

#include "units.h"

static const uint8_t client[4] = {192, 0, 2, 1}, resolver[4] = {192, 0, 2, 53};

static lab_endpoint_t endpoint(const uint8_t *address, uint16_t port)
{
    lab_endpoint_t e = {.length = 4, .port = port};
    memcpy(e.address, address, 4);
    return e;
}

#define ASKED                             "\1a\7example\0\0\1\0\1"
#define TO_ASKED                          "\xc0\x0c"
#define A_192_0_2_2                       "\0\1\0\1\0\0\0\1\0\4\xc0\0\2\2"
#define HEADER(flags, questions, answers) "\x12\x34" flags "\0" questions "\0" answers "\0\0\0\0"
/* The message without the byte that ends the literal. */
#define MESSAGE(...) __VA_ARGS__, sizeof(__VA_ARGS__) - 1

static void datagram_of(feed_t *f, const uint8_t *who, bool answer, const char *message, size_t length)
{
    lab_datagram_t d = {.frame = ++f->frame, .time = f->time += 1000000, .captured = (uint32_t)length};
    d.src = answer ? endpoint(resolver, 53) : endpoint(who, 40000);
    d.dst = answer ? endpoint(who, 40000) : endpoint(resolver, 53);
    uint8_t *exact = g_memdup2(message, length); /* on the heap, so that the sanitizer sees reads past it */
    d.payload = exact;
    lab_engine_dns(f->engine, &d);
    g_free(exact);
}

static void datagram(feed_t *f, bool answer, const char *message, size_t length)
{
    datagram_of(f, client, answer, message, length);
}

#define QUERY  HEADER("\1\0", "\1", "\0") ASKED
#define ANSWER HEADER("\x81\x80", "\1", "\1") ASKED TO_ASKED A_192_0_2_2

static void the_look_up_belongs_to_the_connection_that_uses_it(void)
{
    feed_t *f = feed_new();
    datagram(f, false, MESSAGE(QUERY));
    datagram(f, true, MESSAGE(ANSWER));
    g_assert_null(lab_engine_annotation(f->engine, 1)); /* no connection has used it yet */
    feed_play(f, ">S0");
    const lab_lookup_t *lookup = lab_conn_lookup(feed_conn(f));
    g_assert_nonnull(lookup);
    g_assert_cmpstr(lookup->name, ==, "a.example");
    g_assert_cmpuint(lookup->query_frame, ==, 1);
    g_assert_cmpuint(lookup->answer_frame, ==, 2);
    g_assert_cmpint(lookup->answer_time - lookup->query_time, ==, 1000000);
    feed_check(f, "1.phase=resolve; 2.phase=resolve; 1.related=3; 2.related=3");
    for (uint32_t frame = 1; frame <= 2; frame++)
        for (unsigned lang = 0; lang < LAB_LANGS; lang++)
            g_assert_nonnull(strstr(feed_note(f, frame, (lab_lang_t)lang), "a.example"));
    feed_free(f);
}

static void a_question_asked_twice_counts_from_the_first(void)
{
    feed_t *f = feed_new();
    datagram(f, false, MESSAGE(QUERY));
    datagram(f, false, MESSAGE(QUERY));
    datagram(f, true, MESSAGE(ANSWER));
    feed_play(f, ">S0");
    g_assert_cmpuint(lab_conn_lookup(feed_conn(f))->query_frame, ==, 1);
    feed_free(f);
}

#define OTHER_ASKED  "\1b\7example\0\0\1\0\1"
#define OTHER_QUERY  HEADER("\1\0", "\1", "\0") OTHER_ASKED
#define OTHER_ANSWER HEADER("\x81\x80", "\1", "\1") OTHER_ASKED TO_ASKED A_192_0_2_2

/* RFC 5452 9.1: an answer belongs to a question of the same id, name, class and type. */
static void a_question_with_the_same_id_and_another_name_is_another(void)
{
    feed_t *f = feed_new();
    datagram(f, false, MESSAGE(OTHER_QUERY)); /* its answer comes later */
    datagram(f, false, MESSAGE(QUERY));
    datagram(f, true, MESSAGE(ANSWER));
    feed_play(f, ">S0");
    g_assert_cmpstr(lab_conn_lookup(feed_conn(f))->name, ==, "a.example");
    g_assert_cmpuint(lab_conn_lookup(feed_conn(f))->query_frame, ==, 2);
    datagram(f, true, MESSAGE(OTHER_ANSWER)); /* late, and still the answer to its question */
    f->port[0]++;
    f->stream++;
    feed_play(f, ">S0");
    g_assert_cmpuint(lab_conn_lookup(feed_conn(f))->query_frame, ==, 1);
    feed_free(f);
}

static void an_answer_without_its_question_still_tells_the_name(void)
{
    feed_t *f = feed_new();
    datagram(f, true, MESSAGE(ANSWER));
    feed_play(f, ">S0");
    g_assert_cmpstr(lab_conn_lookup(feed_conn(f))->name, ==, "a.example");
    g_assert_cmpuint(lab_conn_lookup(feed_conn(f))->query_frame, ==, 0);
    feed_free(f);
}

static void aliases_lie_between_the_name_and_its_address(void)
{
    feed_t *f = feed_new();
    datagram(f, true,
             MESSAGE(HEADER("\x81\x80", "\1", "\2") ASKED TO_ASKED "\0\5\0\1\0\0\0\1\0\4\1b\xc0\x0e"
                                                                   "\xc0\x27" A_192_0_2_2));
    feed_play(f, ">S0");
    g_assert_cmpstr(lab_conn_lookup(feed_conn(f))->name, ==, "a.example");
    feed_free(f);
}

static void the_newest_look_up_of_an_address_counts(void)
{
    feed_t *f = feed_new();
    datagram(f, true, MESSAGE(ANSWER));
    datagram(f, true, MESSAGE(HEADER("\x81\x80", "\1", "\1") "\1b\7example\0\0\1\0\1" TO_ASKED A_192_0_2_2));
    feed_play(f, ">S0");
    g_assert_cmpstr(lab_conn_lookup(feed_conn(f))->name, ==, "b.example");
    feed_free(f);
}

/* The same name, asked by another computer later: each connection has its own client's look-up. */
static void each_client_has_its_own_look_ups(void)
{
    static const uint8_t other[4] = {192, 0, 2, 9}, loopback[4] = {127, 0, 0, 1};
    static const struct {
        const uint8_t *first, *second;
        uint32_t query; /* frame of the connection's query; 0 = none */
    } rows[] = {{client, other, 1}, {other, client, 3}, {other, other, 0}, {other, loopback, 3}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed_t *f = feed_new();
        datagram_of(f, rows[i].first, false, MESSAGE(QUERY));
        datagram_of(f, rows[i].first, true, MESSAGE(ANSWER));
        datagram_of(f, rows[i].second, false, MESSAGE(QUERY));
        datagram_of(f, rows[i].second, true, MESSAGE(ANSWER));
        feed_play(f, ">S0");
        const lab_lookup_t *lookup = lab_conn_lookup(feed_conn(f));
        g_assert_cmpuint(lookup ? lookup->query_frame : 0, ==, rows[i].query);
        feed_free(f);
    }
}

static void another_address_has_no_look_up(void)
{
    feed_t *f = feed_new();
    datagram(f, true,
             MESSAGE(HEADER("\x81\x80", "\1", "\1") ASKED TO_ASKED "\0\1\0\1\0\0\0\1\0\4\xc0\0\2\3"));
    feed_play(f, ">S0");
    g_assert_null(lab_conn_lookup(feed_conn(f)));
    feed_free(f);
}

/* An answer that is cut at each byte: no crash, and no name that is not in it. */
static void a_malformed_message_is_left_out(void)
{
    for (size_t length = 0; length < sizeof(ANSWER) - 1; length++) {
        feed_t *f = feed_new();
        datagram(f, true, ANSWER, length);
        feed_play(f, ">S0");
        g_assert_null(lab_conn_lookup(feed_conn(f)));
        feed_free(f);
    }
}

void add_dns_tests(void)
{
    g_test_add_func("/dns/the look-up belongs to the connection that uses it",
                    the_look_up_belongs_to_the_connection_that_uses_it);
    g_test_add_func("/dns/a question asked twice counts from the first",
                    a_question_asked_twice_counts_from_the_first);
    g_test_add_func("/dns/a question with the same id and another name is another",
                    a_question_with_the_same_id_and_another_name_is_another);
    g_test_add_func("/dns/an answer without its question still tells the name",
                    an_answer_without_its_question_still_tells_the_name);
    g_test_add_func("/dns/aliases lie between the name and its address",
                    aliases_lie_between_the_name_and_its_address);
    g_test_add_func("/dns/the newest look-up of an address counts", the_newest_look_up_of_an_address_counts);
    g_test_add_func("/dns/each client has its own look-ups", each_client_has_its_own_look_ups);
    g_test_add_func("/dns/another address has no look-up", another_address_has_no_look_up);
    g_test_add_func("/dns/a malformed message is left out", a_malformed_message_is_left_out);
}
