/* The meanings of header fields, status codes and methods: whole, sorted, in both languages, found again.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "http_status.h"
#include "words.h"

#include <glib.h>
#include <string.h>

static bool holds_chinese(const char *text)
{
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        if (g_unichar_get_script(g_utf8_get_char(p)) == G_UNICODE_SCRIPT_HAN)
            return true;
    return false;
}

static void check_texts(const char *name, const char *source, const lab_text_t *text)
{
    const char *en = text->in[LAB_LANG_EN], *zh = text->in[LAB_LANG_ZH];
    bool good = source && *source && strlen(en) >= 10 && strlen(zh) >= 10 && g_utf8_validate(zh, -1, NULL) &&
                holds_chinese(zh) && !holds_chinese(en) && g_ascii_isupper(en[0]) &&
                !g_str_has_suffix(en, ".");
    if (!good)
        g_test_fail_printf("%s: source, English or Chinese is missing or is not written as the others are",
                           name);
}

static void every_row_has_a_source_and_both_languages(void)
{
    size_t n;
    const lab_field_word_t *fields = lab_field_words(&n);
    for (size_t i = 0; i < n; i++)
        check_texts(fields[i].name, fields[i].source, &fields[i].text);
    const lab_status_word_t *statuses = lab_status_words(&n);
    for (size_t i = 0; i < n; i++)
        check_texts(statuses[i].phrase, statuses[i].source, &statuses[i].text);
    const lab_method_word_t *methods = lab_method_words(&n);
    for (size_t i = 0; i < n; i++)
        check_texts(methods[i].name, methods[i].source, &methods[i].text);
}

static void fields_are_sorted_and_a_name_has_a_row_a_direction(void)
{
    size_t n, names = 0;
    const lab_field_word_t *rows = lab_field_words(&n);
    for (size_t i = 0; i < n; i++) {
        int order = i ? g_ascii_strcasecmp(rows[i - 1].name, rows[i].name) : -1;
        names += order != 0;
        bool sorted = order < 0 || (order == 0 && rows[i - 1].direction == LAB_IN_REQUEST &&
                                    rows[i].direction == LAB_IN_RESPONSE);
        if (!sorted)
            g_test_fail_printf("'%s' after '%s'", rows[i].name, rows[i - 1].name);
    }
    g_assert_cmpuint(names, >=, 150);
}

static void statuses_and_methods_are_sorted_and_once(void)
{
    size_t n;
    const lab_status_word_t *statuses = lab_status_words(&n);
    for (size_t i = 1; i < n; i++)
        g_assert_cmpuint(statuses[i - 1].code, <, statuses[i].code);
    const lab_method_word_t *methods = lab_method_words(&n);
    for (size_t i = 1; i < n; i++)
        g_assert_cmpstr(methods[i - 1].name, <, methods[i].name);
}

static void every_row_is_found_by_its_name(void)
{
    size_t n;
    const lab_field_word_t *fields = lab_field_words(&n);
    for (size_t i = 0; i < n; i++) {
        char *loud = g_ascii_strup(fields[i].name, -1);
        for (unsigned response = 0; response < 2; response++)
            if (fields[i].direction & (response ? LAB_IN_RESPONSE : LAB_IN_REQUEST))
                g_assert_true(lab_field_word(loud, strlen(loud), response) == &fields[i]);
        g_free(loud);
    }
    const lab_status_word_t *statuses = lab_status_words(&n);
    for (size_t i = 0; i < n; i++)
        g_assert_true(lab_status_word(statuses[i].code) == &statuses[i]);
    const lab_method_word_t *methods = lab_method_words(&n);
    for (size_t i = 0; i < n; i++)
        g_assert_true(lab_method_word(methods[i].name) == &methods[i]);
}

/* IANA's registries, written down from them: https://www.iana.org/assignments/http-status-codes and
 * http-methods. */
static void every_registered_code_and_method_is_there(void)
{
    static const struct {
        uint16_t from, to;
    } assigned[] = {{100, 104}, {200, 208}, {226, 226}, {300, 308}, {400, 418}, {421, 426},
                    {428, 429}, {431, 431}, {451, 451}, {500, 508}, {510, 511}};
    size_t n, count = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(assigned); i++)
        for (uint16_t code = assigned[i].from; code <= assigned[i].to; code++, count++)
            if (!lab_status_word(code))
                g_test_fail_printf("status %u is missing", code);
    lab_status_words(&n);
    g_assert_cmpuint(n, ==, count);
    static const char *const registered[] = {"ACL",
                                             "BASELINE-CONTROL",
                                             "BIND",
                                             "CHECKIN",
                                             "CHECKOUT",
                                             "CONNECT",
                                             "COPY",
                                             "DELETE",
                                             "GET",
                                             "HEAD",
                                             "LABEL",
                                             "LINK",
                                             "LOCK",
                                             "MERGE",
                                             "MKACTIVITY",
                                             "MKCALENDAR",
                                             "MKCOL",
                                             "MKREDIRECTREF",
                                             "MKWORKSPACE",
                                             "MOVE",
                                             "OPTIONS",
                                             "ORDERPATCH",
                                             "PATCH",
                                             "POST",
                                             "PRI",
                                             "PROPFIND",
                                             "PROPPATCH",
                                             "PUT",
                                             "REBIND",
                                             "REPORT",
                                             "SEARCH",
                                             "TRACE",
                                             "UNBIND",
                                             "UNCHECKOUT",
                                             "UNLINK",
                                             "UNLOCK",
                                             "UPDATE",
                                             "UPDATEREDIRECTREF",
                                             "VERSION-CONTROL"};
    for (size_t i = 0; i < G_N_ELEMENTS(registered); i++)
        g_assert_nonnull(lab_method_word(registered[i]));
}

/* Fields of which each source defines the name; none may be forgotten. */
static void the_fields_of_the_specifications_are_there(void)
{
    static const struct {
        bool response;
        const char *names;
    } lists[] = {
        /* RFC 9110, 9111, 9112, 6265, 7239, 8288, 9218 */
        {false, "Accept Accept-Charset Accept-Encoding Accept-Language Authorization Cache-Control "
                "Connection Content-Encoding "
                "Content-Language Content-Length Content-Location Content-Range Content-Type Cookie Date "
                "Expect Forwarded From "
                "Host If-Match If-Modified-Since If-None-Match If-Range If-Unmodified-Since Link "
                "Max-Forwards Pragma Priority "
                "Proxy-Authorization Range Referer TE Trailer Transfer-Encoding Upgrade User-Agent Via"},
        {true, "Accept-Ranges Age Allow Authentication-Info Cache-Control Connection Content-Encoding "
               "Content-Language "
               "Content-Length Content-Location Content-Range Content-Type Date ETag Expires Last-Modified "
               "Link Location "
               "Priority Proxy-Authenticate Proxy-Authentication-Info Retry-After Server Set-Cookie Trailer "
               "Transfer-Encoding "
               "Upgrade Vary Via WWW-Authenticate"},
        /* CORS, fetch metadata, client hints, security */
        {false,
         "Origin Access-Control-Request-Method Access-Control-Request-Headers Sec-Fetch-Site Sec-Fetch-Mode "
         "Sec-Fetch-User Sec-Fetch-Dest Sec-CH-UA Sec-CH-UA-Mobile Sec-CH-UA-Platform "
         "Upgrade-Insecure-Requests DNT"},
        {true,
         "Access-Control-Allow-Origin Access-Control-Allow-Methods Access-Control-Allow-Headers "
         "Access-Control-Allow-Credentials Access-Control-Expose-Headers Access-Control-Max-Age Accept-CH "
         "Content-Security-Policy Strict-Transport-Security Referrer-Policy Permissions-Policy "
         "X-Frame-Options "
         "X-Content-Type-Options X-XSS-Protection X-Powered-By Keep-Alive"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        char **names = g_strsplit(lists[i].names, " ", 0);
        for (char **name = names; *name; name++)
            if (!lab_field_word(*name, strlen(*name), lists[i].response))
                g_test_fail_printf("%s is missing in a %s", *name,
                                   lists[i].response ? "response" : "request");
        g_strfreev(names);
    }
}

static void direction_decides_the_meaning(void)
{
    static const char *const both[] = {"Accept",         "Cache-Control", "Connection",
                                       "Content-Length", "Pragma",        "Upgrade"};
    for (size_t i = 0; i < G_N_ELEMENTS(both); i++)
        g_assert_cmpstr(lab_field_meaning(both[i], strlen(both[i]), false, LAB_LANG_EN), !=,
                        lab_field_meaning(both[i], strlen(both[i]), true, LAB_LANG_EN));
    g_assert_null(lab_field_word("Host", 4, true));
    g_assert_cmpstr(lab_field_meaning("Host", 4, true, LAB_LANG_EN), ==,
                    "Has no meaning in a response: a field of requests");
    g_assert_cmpstr(lab_field_meaning("Server", 6, false, LAB_LANG_EN), ==,
                    "Has no meaning in a request: a field of responses");
}

static void what_is_not_known_is_said_to_be_unknown(void)
{
    static const char *const names[] = {"X-Made-Up", "Hos", "Hosts", "", "\xff\xfe", "A", "ZZZ"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_assert_null(lab_field_word(names[i], strlen(names[i]), false));
        g_assert_cmpstr(lab_field_meaning(names[i], strlen(names[i]), false, LAB_LANG_EN), ==,
                        "Unknown: not in Lab's list of header fields");
        g_assert_true(
            g_str_has_prefix(lab_field_meaning(names[i], strlen(names[i]), true, LAB_LANG_ZH), "未知"));
    }
    g_assert_cmpstr(lab_status_meaning(299, LAB_LANG_EN), ==, "Unknown code of the class 2xx: success");
    g_assert_cmpstr(lab_status_meaning(600, LAB_LANG_EN), ==, lab_status_meaning(99, LAB_LANG_EN));
    g_assert_true(g_str_has_prefix(lab_method_meaning("get", LAB_LANG_EN), "Unknown")); /* case matters */
    g_assert_true(g_str_has_prefix(lab_method_meaning("BREW", LAB_LANG_ZH), "未知"));
}

static void a_line_is_divided_at_its_first_colon(void)
{
    static const struct {
        const char *line, *value;
        size_t length;
    } rows[] = {{"Host: a:80", "a:80", 4}, {"X:", "", 1}, {"Empty: \t ", "", 5}, {":v", "v", 0}};
    size_t length;
    const char *value;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_true(lab_field_split(rows[i].line, &length, &value));
        g_assert_cmpuint(length, ==, rows[i].length);
        g_assert_cmpstr(value, ==, rows[i].value);
    }
    g_assert_false(lab_field_split("no colon", &length, &value));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/words/every row has a source and both languages",
                    every_row_has_a_source_and_both_languages);
    g_test_add_func("/words/fields are sorted, and a name has one row a direction",
                    fields_are_sorted_and_a_name_has_a_row_a_direction);
    g_test_add_func("/words/statuses and methods are sorted and once",
                    statuses_and_methods_are_sorted_and_once);
    g_test_add_func("/words/every row is found by its name", every_row_is_found_by_its_name);
    g_test_add_func("/words/every registered code and method is there",
                    every_registered_code_and_method_is_there);
    g_test_add_func("/words/the fields of the specifications are there",
                    the_fields_of_the_specifications_are_there);
    g_test_add_func("/words/direction decides the meaning", direction_decides_the_meaning);
    g_test_add_func("/words/what is not known is said to be unknown",
                    what_is_not_known_is_said_to_be_unknown);
    g_test_add_func("/words/a line is divided at its first colon", a_line_is_divided_at_its_first_colon);
    return g_test_run();
}
