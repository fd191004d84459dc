#include "accesslog.h"
#include "keepalive.h"
#include "request.h"
#include "units.h"

static void test_requests_are_refused_by_rule(void)
{
    static const struct {
        const char *host;
        guint8 hosts;
        guint8 lengths;
        const char *coding;
        guint8 codings;
        const char *version;
        gboolean target_sound;
        unsigned status;
    } rows[] = {
        {"a", 1, 0, NULL, 0, "HTTP/1.1", TRUE, 0},
        {"a", 1, 1, NULL, 0, "HTTP/1.1", TRUE, 0},
        {"a", 1, 0, "Chunked", 1, "HTTP/1.1", TRUE, 0},
        {NULL, 0, 0, NULL, 0, "HTTP/1.0", TRUE, 0},
        {NULL, 0, 0, NULL, 0, "HTTP/1.1", TRUE, 400},
        {"a", 2, 0, NULL, 0, "HTTP/1.1", TRUE, 400},
        {"a b", 1, 0, NULL, 0, "HTTP/1.1", TRUE, 400},
        {"a b", 1, 0, NULL, 0, "HTTP/1.0", TRUE, 400},
        {"a", 1, 2, NULL, 0, "HTTP/1.1", TRUE, 400},
        {"a", 1, 1, "chunked", 1, "HTTP/1.1", TRUE, 400},
        {"a", 1, 0, "chunked", 1, "HTTP/1.0", TRUE, 400},
        {"a", 1, 0, "gzip", 1, "HTTP/1.1", TRUE, 501},
        {"a", 1, 0, "gzip, chunked", 1, "HTTP/1.1", TRUE, 501},
        {"a", 1, 0, "chunked", 2, "HTTP/1.1", TRUE, 501},
        {"a", 1, 0, NULL, 0, "HTTP/1.1", FALSE, 400},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        RequestHeaders headers = {
            .value = {[HEADER_HOST] = rows[i].host, [HEADER_TRANSFER_ENCODING] = rows[i].coding},
            .count = {[HEADER_HOST] = rows[i].hosts,
                      [HEADER_CONTENT_LENGTH] = rows[i].lengths,
                      [HEADER_TRANSFER_ENCODING] = rows[i].codings}};
        g_test_message("row %u", (guint)i);
        RequestLine line = {"GET", rows[i].version, "/", 1, rows[i].target_sound};
        g_assert_cmpuint(request_check(&headers, &line).status, ==, rows[i].status);
    }
}

static void test_who_closes(void)
{
    const RequestHeaders plain = {.close = FALSE};
    const RequestHeaders close = {.close = TRUE, .keep_alive = TRUE};
    const RequestHeaders keep = {.keep_alive = TRUE};

    g_assert_false(request_closes(&plain, "HTTP/1.1"));
    g_assert_true(request_closes(&plain, "HTTP/1.0"));
    g_assert_false(request_closes(&keep, "HTTP/1.0"));
    g_assert_true(request_closes(&close, "HTTP/1.1"));
}

static void test_keep_alive_counts_down(void)
{
    static const struct {
        KeepAlive rules;
        guint answered;
        gboolean client_closes;
        gboolean close;
        guint remaining;
        int slot;
    } rows[] = {
        {{5, 3}, 1, FALSE, FALSE, 2, 2},       {{5, 3}, 2, FALSE, FALSE, 1, 1},
        {{5, 3}, 3, FALSE, TRUE, 0, 0},        {{5, 3}, 4, FALSE, TRUE, 0, 0},
        {{5, 3}, 1, TRUE, TRUE, 0, 0},         {{0, 3}, 1, FALSE, TRUE, 0, 0},
        {{5, 1}, 1, FALSE, TRUE, 0, 0},        {{5, 0}, 9, FALSE, FALSE, 0, 1},
        {{5, 1000}, 1, FALSE, FALSE, 999, -1},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Persistence plan = keepalive_plan(&rows[i].rules, rows[i].answered, rows[i].client_closes);
        g_test_message("row %u", (guint)i);
        g_assert_cmpint(plan.close, ==, rows[i].close);
        g_assert_cmpuint(plan.remaining, ==, rows[i].remaining);
        g_assert_cmpint(keepalive_slot(plan), ==, rows[i].slot);
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
    g_string_free(out, TRUE);
}

void add_request_tests(void)
{
    g_test_add_func("/request/check", test_requests_are_refused_by_rule);
    g_test_add_func("/request/closes", test_who_closes);
    g_test_add_func("/keepalive/plan", test_keep_alive_counts_down);
    g_test_add_func("/accesslog/escape", test_the_log_cannot_be_forged);
}
