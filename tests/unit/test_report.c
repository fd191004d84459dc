/* The report: tables that line up, names of addresses and sides, text and JSON in both languages.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "entries.h"
#include "feed.h"
#include "report.h"
#include "text_writer.h"

#include <string.h>

static void columns_line_up_although_chinese_is_wide(void)
{
    lab_table_t *t = lab_table_new(2);
    GString *out = g_string_new(NULL);
    lab_table_cell(t, "方法");
    lab_table_cell(t, "n");
    lab_table_cell(t, "ab");
    lab_table_cell(t, "1");
    lab_table_cell(t, "客户端");
    lab_table_cellf(t, "%u", 22u);
    lab_write_text_table(t, out);
    g_assert_cmpstr(out->str, ==, "方法    n\nab      1\n客户端  22\n");
    g_string_free(out, TRUE);
    lab_table_free(t);
}

static void a_cell_cannot_upset_the_terminal(void)
{
    lab_table_t *t = lab_table_new(1);
    GString *out = g_string_new(NULL);
    lab_table_cell(t, "t");
    lab_table_cell(t, "a\x1b[31mb\nc\td\x7f");
    lab_table_cell(t, "\xff\xfe");
    lab_table_cell(t, NULL);
    lab_write_text_table(t, out);
    g_assert_cmpstr(out->str, ==, "t\na\\x1b[31mb\\x0ac\\x09d\\x7f\n\\xff\\xfe\n-\n");
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

typedef void (*report_writer_t)(const lab_report_t *report, GString *out);
static const report_writer_t writers[] = {lab_report_connections, lab_report_exchanges, lab_report_anomalies,
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
        lab_report_t report = {.engine = f->engine, .frames = f->frame, .lang = (lab_lang_t)lang};
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
static void report_holds(feed_t *f, report_writer_t writer, const char *part, unsigned times)
{
    lab_report_t report = {.engine = f->engine, .frames = f->frame, .lang = LAB_LANG_EN};
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
    report_holds(f, lab_report_text, "HTTP 4  GET /j (frame 21) -> no readable response", 1);
    report_holds(f, lab_report_text, "Page 1: h/p: 3 exchanges", 1);
    report_holds(f, lab_report_text, "  HTTP 1  GET /a (frame 4) -> 200 (frame 5), 4 bytes of body", 1);
    report_holds(f, lab_report_text, "[port-closed, certain]", 1);
    report_holds(f, lab_report_json, "\"stream\"", 4 + 4 + lab_engine_findings(f->engine)->len);
    report_holds(f, lab_report_connections, "192.0.2.1:", 4);
    report_holds(f, lab_report_exchanges, "GET", 4);
    report_holds(f, lab_report_anomalies, "\n", lab_engine_findings(f->engine)->len + 2);
    feed_free(f);
}

/* ---- documents ---- */

static void every_kind_of_block_has_its_form_in_text(void)
{
    lab_document_t *d = lab_document_new(LAB_LANG_EN);
    GString *out = g_string_new(NULL);
    lab_document_part(d, LAB_TEXT_ANOMALIES, LAB_NO_PLACES);
    lab_document_say(d, "One.");
    lab_document_item(d, "two");
    lab_document_untitled(d);
    lab_document_fact(d, "Method", "GET\x1b[31m", "asks");
    lab_document_fact(d, "Version", NULL, NULL);
    lab_document_section(d, LAB_TEXT_PORTS, LAB_NO_PLACES);
    lab_document_entry(d, LAB_ENTRY_TLS, LAB_PLACES({"tls", "full"}, {"token", "t"}, {"time", ""}));
    lab_document_entry(d, LAB_ENTRY_KINDS_REQUESTS, LAB_PLACES({"list", "none"}));
    lab_document_entry(
        d, LAB_ENTRY_UNANSWERED,
        LAB_PLACES({"number", "1000"}, {"method", "GET"}, {"target", NULL}, {"request", "9"}, {"http2", ""}));
    lab_write_text(d, out);
    g_assert_cmpstr(out->str, ==,
                    "Lab: Anomalies\nOne.\n  - two\n"
                    "\nMethod: GET\\x1b[31m (asks)\nVersion: ?\n"
                    "\nConnections and ports\n  TLS     full [t]\n  HTTP requests: none\n"
                    "  HTTP 1000  GET ? (frame 9) -> no readable response in the capture\n");
    g_string_free(out, TRUE);
    lab_document_free(d);
}

static void labels_line_up_in_every_language(void)
{
    lab_document_t *d = lab_document_new(LAB_LANG_ZH);
    GString *out = g_string_new(NULL);
    lab_document_untitled(d);
    lab_document_entry(d, LAB_ENTRY_OPENED, LAB_PLACES({"open", "a"}, {"token", "b"}, {"time", ""}));
    lab_document_entry(d, LAB_ENTRY_TLS, LAB_PLACES({"tls", "a"}, {"token", "b"}, {"time", ""}));
    lab_write_text(d, out);
    g_assert_cmpstr(out->str, ==, "  建立    a [b]\n  TLS     a [b]\n");
    g_string_free(out, TRUE);
    lab_document_free(d);
}

static void every_entry_has_texts_without_layout(void)
{
    for (unsigned i = 0; i < LAB_ENTRIES; i++) {
        const lab_entry_text_t *entry = lab_entry_text((lab_entry_t)i);
        g_assert_true(!entry->label.in[LAB_LANG_EN] == !entry->label.in[LAB_LANG_ZH]);
        for (unsigned lang = 0; lang < LAB_LANGS; lang++) {
            g_assert_cmpuint(strlen(entry->text.in[lang]), >, 0);
            g_assert_true(entry->text.in[lang][0] != ' ');
            g_assert_null(strstr(entry->text.in[lang], "  "));
        }
    }
}

/* ---- connections with two stream numbers ---- */

/* Frames 1 and 2: a refused SYN. Frames 3 to 5: the same SYN again, with which Wireshark 4.4 begins stream 1,
 * and its handshake. Frame 6: data. The engine knows one connection, of stream 0. */
static feed_t *two_stream_numbers(void)
{
    feed_t *f = feed_new();
    feed_play(f, ">S0 <RA0,1");
    f->stream = 1;
    f->next[0] = f->next[1] = 0;
    feed_open(f);
    feed_play(f, ">PA.+5,.");
    g_assert_null(lab_engine_conn_at(f->engine, 1));
    return f;
}

/* How often `part` is in what is written of the connection by this number. */
static void connection_holds(feed_t *f, uint32_t number, const char *part, unsigned times)
{
    lab_report_t report = {.engine = f->engine, .frames = f->frame, .lang = LAB_LANG_EN};
    GString *out = g_string_new(NULL);
    unsigned n = 0;
    g_assert_true(lab_report_connection_json(&report, number, out));
    for (const char *p = out->str; (p = strstr(p, part)); p++)
        n++;
    if (n != times)
        g_test_fail_printf("'%s' is %u times, not %u, in:\n%s", part, n, times, out->str);
    g_string_free(out, TRUE);
}

static void a_connection_has_the_frames_of_both_its_stream_numbers(void)
{
    feed_t *f = two_stream_numbers();
    for (uint32_t number = 0; number < 2; number++) {
        connection_holds(f, number, "\"frame\":", 6);
        connection_holds(f, number, "\"stream\": 0,", 1);
        connection_holds(f, number, "\"flags\": \"SYN\"", 2);
    }
    feed_free(f);
}

/* Frames 1 to 5: an open connection with data. Frame 6: a SYN in its window, with which Wireshark begins
 * stream 1. Frame 7: the challenge ACK (RFC 5961 4.2). Frame 8: the connection goes on. */
static void a_connection_goes_on_after_a_challenged_syn(void)
{
    feed_t *f = feed_new();
    feed_open(f);
    feed_play(f, ">PA.+10,. <A.,.");
    f->stream = 1;
    f->isn[0] += 100;
    feed_play(f, ">S0");
    f->isn[0] -= 100;
    feed_play(f, "<A1,11 >PA11+5,1");
    for (uint32_t number = 0; number < 2; number++) {
        connection_holds(f, number, "\"frame\":", 8);
        connection_holds(f, number, "\"stream\": 0,", 1);
    }
    feed_free(f);
}

static void other_connections_have_no_part_of_it(void)
{
    feed_t *f = two_stream_numbers();
    f->stream = 2;
    f->port[0] = 50009;
    f->next[0] = f->next[1] = 0;
    feed_open(f);
    connection_holds(f, 0, "\"frame\":", 6);
    connection_holds(f, 2, "\"frame\":", 3);
    connection_holds(f, 2, "\"stream\": 2,", 1);
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
    g_test_add_func("/document/every kind of block has its form in text",
                    every_kind_of_block_has_its_form_in_text);
    g_test_add_func("/document/labels line up in every language", labels_line_up_in_every_language);
    g_test_add_func("/document/every entry has texts without layout", every_entry_has_texts_without_layout);
    g_test_add_func("/connection/a connection has the frames of both its stream numbers",
                    a_connection_has_the_frames_of_both_its_stream_numbers);
    g_test_add_func("/connection/a connection goes on after a challenged SYN",
                    a_connection_goes_on_after_a_challenged_syn);
    g_test_add_func("/connection/other connections have no part of it", other_connections_have_no_part_of_it);
    return g_test_run();
}
