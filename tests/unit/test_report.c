/* The report: tables that line up, names of addresses and sides, text and JSON in both languages.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"
#include "report.h"
#include "table.h"

#include <string.h>

static void columns_line_up_although_chinese_is_wide(void)
{
    static const char *const titles[] = {"方法", "n"};
    lab_table_t *t = lab_table_new(2, titles);
    GString *out = g_string_new(NULL);
    lab_table_cell(t, "ab");
    lab_table_cell(t, "1");
    lab_table_cell(t, "客户端");
    lab_table_cellf(t, "%u", 22u);
    lab_table_print(t, out);
    g_assert_cmpstr(out->str, ==, "方法    n\nab      1\n客户端  22\n");
    g_string_free(out, TRUE);
    lab_table_free(t);
}

static void a_cell_cannot_upset_the_terminal(void)
{
    static const char *const titles[] = {"t"};
    lab_table_t *t = lab_table_new(1, titles);
    GString *out = g_string_new(NULL);
    lab_table_cell(t, "a\x1b[31mb\nc\td\x7f");
    lab_table_cell(t, "\xff\xfe");
    lab_table_cell(t, NULL);
    lab_table_print(t, out);
    g_assert_cmpstr(out->str, ==, "t\na.[31mb.c.d.\n\xef\xbf\xbd\xef\xbf\xbd\n-\n");
    g_string_free(out, TRUE);
    lab_table_free(t);
}

static void addresses_are_written_as_people_write_them(void)
{
    static const struct {
        lab_endpoint_t endpoint;
        const char *address, *whole;
    } rows[] = {
        {{.address = {192, 0, 2, 1}, .length = 4, .port = 80}, "192.0.2.1", "192.0.2.1:80"},
        {{.address = {0x20, 1, 0xd, 0xb8, [15] = 1}, .length = 16, .port = 65535},
         "2001:db8::1",
         "[2001:db8::1]:65535"},
        {{.length = 0, .port = 7}, NULL, "?:7"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *address = lab_report_address(&rows[i].endpoint),
             *whole = lab_report_endpoint(&rows[i].endpoint);
        g_assert_cmpstr(address, ==, rows[i].address);
        g_assert_cmpstr(whole, ==, rows[i].whole);
        g_free(address);
        g_free(whole);
    }
}

static void sides_are_named_by_their_part(void)
{
    feed_t *f = feed_new();
    feed_play(f, "<SA0,1");
    g_assert_cmpstr(lab_report_side(feed_conn(f), 0), ==, "server");
    g_assert_cmpstr(lab_report_side(feed_conn(f), 1), ==, "client");
    g_assert_cmpstr(lab_report_side(feed_conn(f), 2), ==, "both");
    g_assert_null(lab_report_side(feed_conn(f), -1));
    feed_free(f);
}

static void every_quality_has_a_token_and_texts(void)
{
    for (unsigned bit = 0; bit < LAB_QUALITY_BITS; bit++) {
        g_assert_nonnull(lab_quality_token(bit));
        for (unsigned lang = 0; lang < LAB_LANGS; lang++)
            g_assert_cmpuint(strlen(lab_quality_text(bit, (lab_lang_t)lang)), >, 0);
        for (unsigned other = bit + 1; other < LAB_QUALITY_BITS; other++)
            g_assert_cmpstr(lab_quality_token(bit), !=, lab_quality_token(other));
    }
}

typedef void (*writer_t)(const lab_report_t *report, GString *out);
static const writer_t writers[] = {lab_report_connections, lab_report_exchanges, lab_report_anomalies,
                                   lab_report_text, lab_report_json};

/* A capture with a row in each part of the report. */
static feed_t *rich_capture(void)
{
    feed_t *f = feed_new();
    feed_open(f);
    feed_play(f, ">'GET /a HTTP/1.1\n\n' <'HTTP/1.1 200 OK\nContent-Length: 100\n\nhalf' >A.,. >A.-1,.@10 "
                 ">A.-1,.@20 >A.-1,.@30 "
                 "<RA.,.@40 >PA.+5,.");
    f->stream = 1;
    f->port[0] = 50001;
    feed_play(f, ">S0 <RA-500000,1");
    f->stream = 2;
    f->port[0] = 50003;
    f->next[0] = f->next[1] = 0;
    feed_open(f);
    feed_play(
        f, ">'GET /p HTTP/1.1\nHost: h\nAccept: text/html\n\n' "
           "<'HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 2\n\nhi' "
           ">'GET /i HTTP/1.1\nHost: h\nReferer: http://h/p\n\n' <'HTTP/1.1 404 No\nContent-Length: 0\n\n' "
           ">'GET /j HTTP/1.1\nHost: h\nReferer: http://h/p\n\n' <PA.+5,. >PA.+10,. >RA.,.");
    f->stream = 3;
    f->port[0] = 50002;
    feed_play(f, ">PA1+2000,1c10 <FA1,2001 >FA2001,2 <A2,2002");
    return f;
}

static void every_writer_writes_valid_text_in_both_languages(void)
{
    feed_t *f = rich_capture();
    for (unsigned lang = 0; lang < LAB_LANGS; lang++) {
        lab_report_t report = {
            .engine = f->engine, .frames = f->frame, .file = "x.pcap", .lang = (lab_lang_t)lang};
        for (size_t i = 0; i < G_N_ELEMENTS(writers); i++) {
            GString *out = g_string_new(NULL);
            writers[i](&report, out);
            g_assert_cmpuint(out->len, >, 40);
            g_assert_true(g_utf8_validate(out->str, -1, NULL));
            if (writers[i] != lab_report_json)
                g_assert_null(strpbrk(out->str, "{}")); /* each {name} was filled in */
            g_assert_null(strstr(out->str, "(null)"));
            g_string_free(out, TRUE);
        }
    }
    feed_free(f);
}

static void a_capture_without_tcp_has_a_report(void)
{
    for (unsigned lang = 0; lang < LAB_LANGS; lang++) {
        lab_report_t report = {.lang = (lab_lang_t)lang};
        for (size_t i = 0; i < G_N_ELEMENTS(writers); i++) {
            GString *out = g_string_new(NULL);
            writers[i](&report, out);
            g_assert_cmpuint(out->len, >, 0);
            g_string_free(out, TRUE);
        }
    }
}

/* How often `part` is in the report. */
static void report_holds(feed_t *f, writer_t writer, const char *part, unsigned times)
{
    lab_report_t report = {.engine = f->engine, .frames = f->frame, .file = "x.pcap", .lang = LAB_LANG_EN};
    GString *out = g_string_new(NULL);
    unsigned n = 0;
    writer(&report, out);
    for (const char *p = out->str; (p = strstr(p, part)); p++)
        n++;
    if (n != times)
        g_test_fail_printf("'%s' is %u times, not %u, in:\n%s", part, n, times, out->str);
    g_string_free(out, TRUE);
}

static void the_report_tells_of_every_connection_reset_and_probe(void)
{
    feed_t *f = rich_capture();
    report_holds(f, lab_report_text, "\nConnection ", 4);
    report_holds(f, lab_report_text, "  probe   frame ", 3);
    report_holds(f, lab_report_text, "  RST     frame ", 3);
    report_holds(f, lab_report_text, "HTTP 4  GET /j (frame 21) -> no response", 1);
    report_holds(f, lab_report_text, "Page 1: h/p: 3 exchanges", 1);
    report_holds(f, lab_report_text, "  HTTP 1  GET /a (frame 4) -> 200 (frame 5), 4 bytes of body", 1);
    report_holds(f, lab_report_text, "[port-closed, certain]", 1);
    report_holds(f, lab_report_json, "\"stream\"", 4 + 4 + lab_engine_findings(f->engine)->len);
    report_holds(f, lab_report_connections, "192.0.2.1:", 4);
    report_holds(f, lab_report_exchanges, "GET", 4);
    report_holds(f, lab_report_anomalies, "\n", lab_engine_findings(f->engine)->len + 2);
    feed_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/table/columns line up although Chinese is wide",
                    columns_line_up_although_chinese_is_wide);
    g_test_add_func("/table/a cell cannot upset the terminal", a_cell_cannot_upset_the_terminal);
    g_test_add_func("/names/addresses are written as people write them",
                    addresses_are_written_as_people_write_them);
    g_test_add_func("/names/sides are named by their part", sides_are_named_by_their_part);
    g_test_add_func("/names/every quality has a token and texts", every_quality_has_a_token_and_texts);
    g_test_add_func("/report/every writer writes valid text in both languages",
                    every_writer_writes_valid_text_in_both_languages);
    g_test_add_func("/report/a capture without TCP has a report", a_capture_without_tcp_has_a_report);
    g_test_add_func("/report/the report tells of every connection, reset and probe",
                    the_report_tells_of_every_connection_reset_and_probe);
    return g_test_run();
}
