/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_fair.c - who counts as one client, and how much one may have. */
#include <arpa/inet.h>
#include <glib.h>

#include "fair.h"
#include "units.h"

static fair_client_t client(const char *address)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, address, &four.sin_addr) == 1)
        return fair_client((const struct sockaddr *)&four);
    g_assert_cmpint(inet_pton(AF_INET6, address, &six.sin6_addr), ==, 1);
    return fair_client((const struct sockaddr *)&six);
}

static void test_clients(void)
{
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1", "::ffff:192.0.2.1", true},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.2", false},
        {"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
        {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
        {"2001:db8::1", "2001:db9::1", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s and %s", rows[i].a, rows[i].b);
        g_assert_cmpint(client(rows[i].a) == client(rows[i].b), ==, rows[i].same);
    }
}

static void test_shares(void)
{
    g_assert_cmpuint(fair_share(1), ==, 1);
    g_assert_cmpuint(fair_share(3), ==, 1);
    g_assert_cmpuint(fair_share(128), ==, 32);
    g_assert_cmpuint(fair_share(768), ==, 192);
    g_assert_cmpuint(fair_reserve(15), ==, 0);
    g_assert_cmpuint(fair_reserve(768), ==, 48);
}

/* 64 MiB at 262144 bytes a second take 256 s, at 65536 bytes a second 1024 s. */
static void test_times(void)
{
    const uint64_t bytes = 64 << 20;

    g_assert_cmpint(fair_patience(CONN_IDLE, 0), ==, 0);
    g_assert_cmpint(fair_patience(CONN_HEADER, 0), ==, 500 * G_TIME_SPAN_MILLISECOND);
    g_assert_cmpint(fair_patience(CONN_RESPONSE, 0), ==, 2 * G_TIME_SPAN_SECOND);
    g_assert_cmpint(fair_patience(CONN_RESPONSE, bytes), ==, 258 * G_TIME_SPAN_SECOND);
    g_assert_cmpuint(fair_seconds(CONN_BODY, 0), ==, 60);
    g_assert_cmpuint(fair_seconds(CONN_RESPONSE, bytes), ==, 60 + 1024);
}

void add_fair_tests(void)
{
    g_test_add_func("/fair/an IPv6 client is its first 64 bits", test_clients);
    g_test_add_func("/fair/a client has a quarter and a sixteenth is kept free", test_shares);
    g_test_add_func("/fair/a response has time for its bytes", test_times);
}
