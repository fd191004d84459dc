/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "accesslog.h"
#include "keepalive.h"
#include "request.h"
#include "units.h"

static void test_requests_are_refused_by_rule(void)
{
    static const struct {
        const char *host;
        uint8_t hosts;
        uint8_t lengths;
        const char *coding;
        uint8_t codings;
        const char *version;
        bool target_sound;
        unsigned status;
    } rows[] = {
        {"a", 1, 0, NULL, 0, "HTTP/1.1", true, 0},
        {"a", 1, 1, NULL, 0, "HTTP/1.1", true, 0},
        {"a", 1, 0, "Chunked", 1, "HTTP/1.1", true, 0},
        {NULL, 0, 0, NULL, 0, "HTTP/1.0", true, 0},
        {NULL, 0, 0, NULL, 0, "HTTP/1.1", true, 400},
        {"a", 2, 0, NULL, 0, "HTTP/1.1", true, 400},
        {"a b", 1, 0, NULL, 0, "HTTP/1.1", true, 400},
        {"a b", 1, 0, NULL, 0, "HTTP/1.0", true, 400},
        {"a", 1, 2, NULL, 0, "HTTP/1.1", true, 400},
        {"a", 1, 1, "chunked", 1, "HTTP/1.1", true, 400},
        {"a", 1, 0, "chunked", 1, "HTTP/1.0", true, 400},
        {"a", 1, 0, "gzip", 1, "HTTP/1.1", true, 501},
        {"a", 1, 0, "gzip, chunked", 1, "HTTP/1.1", true, 501},
        {"a", 1, 0, "chunked", 2, "HTTP/1.1", true, 501},
        {"a", 1, 0, NULL, 0, "HTTP/1.1", false, 400},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        request_headers_t headers = {
            .value = {[HEADER_HOST] = rows[i].host, [HEADER_TRANSFER_ENCODING] = rows[i].coding},
            .count = {[HEADER_HOST] = rows[i].hosts,
                      [HEADER_CONTENT_LENGTH] = rows[i].lengths,
                      [HEADER_TRANSFER_ENCODING] = rows[i].codings}};
        g_test_message("row %u", (unsigned)i);
        request_line_t line = {"GET", rows[i].version, "/", 1, rows[i].target_sound};
        g_assert_cmpuint(request_check(&headers, &line).status, ==, rows[i].status);
    }
}

static void test_who_closes(void)
{
    const request_headers_t plain = {.close = false};
    const request_headers_t close = {.close = true, .keep_alive = true};
    const request_headers_t keep = {.keep_alive = true};

    g_assert_false(request_closes(&plain, "HTTP/1.1"));
    g_assert_true(request_closes(&plain, "HTTP/1.0"));
    g_assert_false(request_closes(&keep, "HTTP/1.0"));
    g_assert_true(request_closes(&close, "HTTP/1.1"));
}

static void test_keep_alive_counts_down(void)
{
    static const struct {
        keepalive_t rules;
        unsigned answered;
        bool client_closes;
        bool close;
        unsigned remaining;
    } rows[] = {
        {{5, 3}, 1, false, false, 2}, {{5, 3}, 2, false, false, 1}, {{5, 3}, 3, false, true, 0},
        {{5, 3}, 4, false, true, 0},  {{5, 3}, 1, true, true, 0},   {{0, 3}, 1, false, true, 0},
        {{5, 1}, 1, false, true, 0},  {{5, 0}, 9, false, false, 0}, {{5, 1000}, 1, false, false, 999},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        persistence_t plan = keepalive_plan(&rows[i].rules, rows[i].answered, rows[i].client_closes);
        g_test_message("row %u", (unsigned)i);
        g_assert_cmpint(plan.close, ==, rows[i].close);
        g_assert_cmpuint(plan.remaining, ==, rows[i].remaining);
    }
}

static void test_the_log_cannot_be_forged(void)
{
    GString *out = g_string_new(NULL);

    accesslog_escape(out, "a\" 200 \\ \n\xe4\x7f");
    g_assert_cmpstr(out->str, ==, "a\\x22 200 \\x5c \\x0a\\xe4\\x7f");
    g_string_truncate(out, 0);
    accesslog_escape(out, NULL);
    accesslog_escape(out, "");
    g_assert_cmpstr(out->str, ==, "--");
    g_string_free(out, true);
}

void add_request_tests(void)
{
    g_test_add_func("/request/check", test_requests_are_refused_by_rule);
    g_test_add_func("/request/closes", test_who_closes);
    g_test_add_func("/keepalive/plan", test_keep_alive_counts_down);
    g_test_add_func("/accesslog/escape", test_the_log_cannot_be_forged);
}
