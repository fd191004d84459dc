/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "http.h"
#include "units.h"

/* 1994-11-06 08:49:37 UTC, the example of RFC 9110. */
#define EXAMPLE 784111777

static void test_accepts_gzip(void)
{
    static const char *const yes[] = {
        "gzip", "GZIP", "x-gzip", "*", "br, gzip;q=0.1", "gzip;q=1e300", "deflate,gzip ; q=1"};
    static const char *const no[] = {
        "",        "br",       "gzip;q=0", "gzip;q=-1e300", "gzip;q=nan", "gzip;q=0.000, *",
        "gzipped", "identity", "*;q=0"};

    for (size_t i = 0; i < G_N_ELEMENTS(yes); i++)
        g_assert_true(http_accepts_gzip(yes[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(no); i++)
        g_assert_false(http_accepts_gzip(no[i]));
    g_assert_false(http_accepts_gzip(NULL));
}

static void test_dates_are_read_in_all_three_forms(void)
{
    static const struct {
        const char *string;
        bool ok;
    } rows[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", true},  {"Sunday, 06-Nov-94 08:49:37 GMT", true},
        {"Sun Nov  6 08:49:37 1994", true},       {"", false},
        {"Sun, 06 Nov 1994 08:49:37", false},     {"Sun, 06 Nov 1994 08:49:37 GMT x", false},
        {"Sun, 06 Foo 1994 08:49:37 GMT", false}, {"784111777", false},
        {"Sun, 06 Nov 1994 08:49:37 CET", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t seconds = 0;
        g_test_message("%s", rows[i].string);
        g_assert_cmpint(http_date_parse(rows[i].string, &seconds), ==, rows[i].ok);
        g_assert_cmpint(seconds, ==, rows[i].ok ? EXAMPLE : 0);
    }
}

static void test_dates_are_written_as_fixdate(void)
{
    char date[HTTP_DATE_SIZE];

    http_date_format(EXAMPLE, date);
    g_assert_cmpstr(date, ==, "Sun, 06 Nov 1994 08:49:37 GMT");
}

static void test_tokens_are_found_in_lists(void)
{
    g_assert_true(http_list_has("close", "close"));
    g_assert_true(http_list_has("TE , Close", "close"));
    g_assert_true(http_list_has(",,close", "close"));
    g_assert_false(http_list_has("closed", "close"));
    g_assert_false(http_list_has("not-close, clos", "close"));
    g_assert_false(http_list_has("", "close"));
    g_assert_false(http_list_has(NULL, "close"));
}

static void test_entity_tags_are_compared(void)
{
    static const struct {
        const char *list;
        bool weak;
        bool strong;
    } rows[] = {
        {"\"a\"", true, true},
        {"\"x\", \"a\"", true, true},
        {"W/\"a\"", true, false},
        {"*", true, true},
        {"\"x\"", false, false},
        {"\"x, \"a\"", false, false},
        {"a", false, false},
        {"", false, false},
        {"\"a", false, false},
        {"\"x\" ,W/\"a\"", true, false},
        {"\"aa\"", false, false},
        {"* x", false, false},
        {"\"x\"\"a\"", false, false},
        {"w/\"a\"", false, false},
        {"\"x\",,\"a\"", false, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].list);
        g_assert_cmpint(http_etag_listed(rows[i].list, "\"a\"", false), ==, rows[i].weak);
        g_assert_cmpint(http_etag_listed(rows[i].list, "\"a\"", true), ==, rows[i].strong);
    }
}

#define BEFORE  "Sun, 06 Nov 1994 08:49:36 GMT"
#define EXACTLY "Sun, 06 Nov 1994 08:49:37 GMT"
#define AFTER   "Sun, 06 Nov 1994 08:49:38 GMT"

static void test_conditions_follow_the_order_of_the_rfc(void)
{
    static const struct {
        http_conditions_t conditions;
        unsigned status;
    } rows[] = {
        {{.if_none_match = NULL}, 200},
        {{.if_none_match = "\"e\""}, 304},
        {{.if_none_match = "W/\"e\""}, 304},
        {{.if_none_match = "\"x\""}, 200},
        {{.if_none_match = "*"}, 304},
        {{.if_none_match = "\"x\"", .if_modified_since = AFTER},
         200}, /* the tag rules, the date is not asked */
        {{.if_modified_since = EXACTLY}, 304},
        {{.if_modified_since = AFTER}, 304},
        {{.if_modified_since = BEFORE}, 200},
        {{.if_modified_since = "yesterday"}, 200},
        {{.if_match = "\"e\""}, 200},
        {{.if_match = "\"x\""}, 412},
        {{.if_match = "W/\"e\""}, 412},
        {{.if_match = "\"e\"", .if_none_match = "\"e\""}, 304},
        {{.if_unmodified_since = BEFORE}, 412},
        {{.if_unmodified_since = EXACTLY}, 200},
        {{.if_unmodified_since = "yesterday"}, 200},
        {{.if_match = "\"e\"", .if_unmodified_since = BEFORE}, 200},
    };
    const http_validators_t current = {"\"e\"", EXAMPLE};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("row %u", (unsigned)i);
        g_assert_cmpuint(http_precondition(&rows[i].conditions, &current), ==, rows[i].status);
    }
}

static void test_the_best_language_is_chosen(void)
{
    static const struct {
        const char *header;
        lab_lang_t lang;
    } rows[] = {
        {"zh-CN,zh;q=0.9,en;q=0.8", LAB_LANG_ZH},
        {"en-US,en;q=0.9,zh;q=0.8", LAB_LANG_EN},
        {"zh;q=0.3, en;q=0.7", LAB_LANG_EN},
        {"fr, zh;q=0.1", LAB_LANG_ZH},
        {"en;q=0, zh;q=0.5", LAB_LANG_ZH},
        {"ZH", LAB_LANG_ZH},
        {"zh-Hant-TW", LAB_LANG_ZH},
        {"en;q=0.5,zh;q=0.50001", LAB_LANG_EN},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].header);
        g_assert_cmpint(http_language(rows[i].header, LAB_LANG_EN), ==, rows[i].lang);
    }
    g_assert_cmpint(http_language(NULL, LAB_LANG_ZH), ==, LAB_LANG_ZH);
    g_assert_cmpint(http_language("fr, zhx, *", LAB_LANG_ZH), ==, LAB_LANG_ZH);
    g_assert_cmpint(http_language("fr, enx", LAB_LANG_ZH), ==, LAB_LANG_ZH);
    g_assert_cmpint(http_language("", LAB_LANG_EN), ==, LAB_LANG_EN);
}

static void test_hosts_are_checked(void)
{
    static const char *const good[] = {"a", "a.b:80", "127.0.0.1:8080", "[::1]", "[::1]:80",
                                       "",  "a:",     "a-b_c.example"};
    static const char *const bad[] = {"a b", "a/b",   "u@a",     "a:x",         "[::1",
                                      "[x]", "a,b c", "a:80:80", "\xe4\xb8\xad"};

    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(http_host_is_sound(good[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(http_host_is_sound(bad[i]));
}

static void test_targets_are_checked(void)
{
    g_assert_true(http_target_is_sound("/a%20b?x=%zz"));
    g_assert_true(http_target_is_sound("/%0a"));
    g_assert_false(http_target_is_sound("/a%00b"));
    g_assert_false(http_target_is_sound("/a%2"));
    g_assert_false(http_target_is_sound("/a%"));
    g_assert_false(http_target_is_sound("/%zz"));
    g_assert_cmpstr(http_target_path("http://a:1/b"), ==, "/b");
    g_assert_cmpstr(http_target_path("HTTP://a"), ==, "/");
    g_assert_cmpstr(http_target_path("/http://a"), ==, "/http://a");
    g_assert_cmpstr(http_target_path("*"), ==, "*");
}

static void test_numbers_have_digits_only(void)
{
    uint64_t number;

    g_assert_true(http_number("0", 0, 10, &number));
    g_assert_true(http_number("10", 0, 10, &number));
    g_assert_cmpuint(number, ==, 10);
    g_assert_false(http_number("11", 0, 10, &number));
    g_assert_false(http_number("", 0, 10, &number));
    g_assert_false(http_number("-1", 0, 10, &number));
    g_assert_false(http_number(" 1", 0, 10, &number));
    g_assert_false(http_number("1 ", 0, 10, &number));
    g_assert_false(http_number("0x1", 0, 10, &number));
    g_assert_false(http_number("99999999999999999999", 0, 10, &number));
}

void add_http_tests(void)
{
    g_test_add_func("/http/accepts-gzip", test_accepts_gzip);
    g_test_add_func("/http/date/read", test_dates_are_read_in_all_three_forms);
    g_test_add_func("/http/date/written", test_dates_are_written_as_fixdate);
    g_test_add_func("/http/list", test_tokens_are_found_in_lists);
    g_test_add_func("/http/etag", test_entity_tags_are_compared);
    g_test_add_func("/http/conditions", test_conditions_follow_the_order_of_the_rfc);
    g_test_add_func("/http/language", test_the_best_language_is_chosen);
    g_test_add_func("/http/host", test_hosts_are_checked);
    g_test_add_func("/http/target", test_targets_are_checked);
    g_test_add_func("/http/number", test_numbers_have_digits_only);
}
