/* The parser of test cases: error messages with line numbers, and the segments that lines make.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case.h"

#include <string.h>

#define HEAD "case A\nrfc RFC 9293\n"

static void every_error_names_its_line(void)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"0.0 > S 0", "x.case:1: expected 'case SENTENCE'"},
        {"rfc RFC 9293", "x.case:1: expected 'case SENTENCE' before 'rfc'"},
        {"case ", "x.case:1: expected a sentence"},
        {"case A\n0.0 > S 0", "x.case:1: the case \"A\" has no line 'rfc"},
        {HEAD, "x.case:1: the case \"A\" has no segment"},
        {HEAD "soon > S 0", "x.case:3: expected a time in seconds, got 'soon'"},
        {HEAD "0.1234567890 > S 0", "x.case:3: expected a time with at most nine decimals"},
        {HEAD "0.0 ^ S 0", "x.case:3: expected > (client) or < (server)"},
        {HEAD "0.0 b> S 0", "x.case:3: no connection is called 'b'"},
        {HEAD "0.0 > X 0", "x.case:3: expected flags of FSRPAUEC, or . for none, got 'X'"},
        {HEAD "0.0 > S", "x.case:3: expected a sequence number"},
        {HEAD "0.0 > A 1", "x.case:3: expected an acknowledgment number"},
        {HEAD "0.0 > S 0 len many", "x.case:3: expected a number after 'len' from 0 to 65000, got 'many'"},
        {HEAD "0.0 > S 0 colour 3", "x.case:3: expected an item"},
        {HEAD "0.0 > S 0 wire 70", "x.case:3: the frame has 54 bytes on the wire, not 70"},
        {HEAD "0.0 > PA 1 1 request GET", "x.case:3: expected a method and a target"},
        {HEAD "0.0 < PA 1 1 response ok",
         "x.case:3: expected a status of three digits after 'response', got 'ok'"},
        {HEAD "0.0 > PA 1 1 request GET / size 20", "x.case:3: size 20 cannot be met"},
        {HEAD "0.0 > PA 1 1 text \"open", "x.case:3: expected a closing quote"},
        {HEAD "0.0 > PA 1 1 tls hello 20", "x.case:3: expected 'tls TYPE LENGTH'"},
        {HEAD "0.0 > PA 1 1 hex abc", "x.case:3: expected pairs of hex digits"},
        {HEAD "0.0 > S 0 | colour=red", "x.case:3: expected a name of:"},
        {HEAD "0.0 > S 0 | phase", "x.case:3: expected name=value, got 'phase'"},
        {HEAD "0.0 > S 0 | says", "x.case:3: expected a text in quotes after 'says'"},
        {HEAD "0.0 > S 0 | 2:unsaid nothing", "x.case:3: expected a text in quotes after 'unsaid'"},
        {HEAD "0.0 < R 0 | rst.evidence=!nobody", "x.case:3: expected a frame number or the label"},
        {HEAD "ipv6 2001:db8::1", "x.case:3: expected nothing after 'ipv6'"},
        {HEAD "0.0 > S 0 missing | says \"SYN\"", "x.case:3: a line that is missing"},
        {HEAD "0.0 > S 0 | phase=open | role=syn", "x.case:3: expected one '|'"},
        {HEAD "0.0 > S 0 missing | phase=open", "x.case:3: a line that is missing"},
        {HEAD "| phase=open", "x.case:3: expected a segment before '|'"},
        {HEAD "0.0 > S 0\n0.1 < R 0 | rst.evidence=nobody", "x.case:4: expected a frame number or the label"},
        {HEAD "a: 0.0 > S 0\na: 0.1 > S 0",
         "x.case:4: expected a label that begins with a letter and is new"},
        {HEAD "0.0 copy a", "x.case:3: expected the label of an earlier line"},
        {HEAD "client 1.2.3:80", "x.case:3: expected ADDRESS:PORT"},
        {HEAD "server 1.2.3.4:99999", "x.case:3: expected a port from 1 to 65535"},
        {HEAD "link tokenring", "x.case:3: expected a link type"},
        {HEAD "isn 1", "x.case:3: expected 'isn CLIENT SERVER"},
        {HEAD "report one a=b", "x.case:3: expected the number of a connection"},
        {HEAD "report page", "x.case:3: expected 'report [exchange|page] N key=value"},
        {HEAD "repeat often 0.0 > S 0", "x.case:3: expected how often"},
        {HEAD "0.0 b> dns 1 A lab.test", "x.case:3: expected > (a query) or < (an answer)"},
        {HEAD "0.0 > dns one A lab.test", "x.case:3: expected a DNS message's number"},
        {HEAD "0.0 > dns 1 X lab.test", "x.case:3: expected a type of A, AAAA, CNAME and HTTPS, got 'X'"},
        {HEAD "0.0 > dns 1 A lab..test", "x.case:3: expected a name of labels"},
        {HEAD "0.0 < dns 1 A lab.test a fd00::1", "x.case:3: expected an IPv4 address after 'a'"},
        {HEAD "0.0 < dns 1 A lab.test a nowhere",
         "x.case:3: expected an IPv4 or IPv6 address, got 'nowhere'"},
        {HEAD "0.0 > dns 1 A lab.test a 1.2.3.4", "x.case:3: a query has no records"},
        {HEAD "0.0 > dns 1 A lab.test resolver fd00::1", "x.case:3: an IPv6 resolver needs an IPv6 client"},
        {HEAD "0.0 < dns 1 A lab.test mx 1.2.3.4", "x.case:3: expected a record"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        GPtrArray *cases = g_ptr_array_new_with_free_func(case_free);
        GError *error = NULL;
        g_assert_false(case_parse("x.case", rows[i].text, cases, &error));
        g_assert_nonnull(error);
        if (!g_str_has_prefix(error->message, rows[i].expected))
            g_error("for:\n%s\nexpected: %s\ngot: %s", rows[i].text, rows[i].expected, error->message);
        g_clear_error(&error);
        g_ptr_array_unref(cases);
    }
}

static GPtrArray *parse(const char *text)
{
    GPtrArray *cases = g_ptr_array_new_with_free_func(case_free);
    GError *error = NULL;
    case_parse("x.case", text, cases, &error);
    g_assert_no_error(error);
    return cases;
}

static const CaseSegment *segment_of(const GPtrArray *cases, guint index)
{
    return g_ptr_array_index(((const Case *)g_ptr_array_index(cases, 0))->segments, index);
}

static void numbers_in_order_follow_what_was_sent(void)
{
    GPtrArray *cases = parse(HEAD "handshake\n+1 > PA . . len 10\n+1 < A . .\n+1 < FA . .\n+1 > A .-1 .");
    g_assert_cmpint(segment_of(cases, 3)->seq, ==, 1);
    g_assert_cmpint(segment_of(cases, 4)->ack, ==, 11);
    g_assert_cmpint(segment_of(cases, 6)->seq, ==, 10);
    g_assert_cmpint(segment_of(cases, 6)->ack, ==, 2);
    g_assert_cmpint(segment_of(cases, 6)->time_ns, ==, G_GINT64_CONSTANT(4010100000));
    g_ptr_array_unref(cases);
}

static void a_retransmission_repeats_the_bytes_of_the_stream(void)
{
    GPtrArray *cases = parse(
        HEAD "0.0 < PA 1 1 response 200 body 300 len 100\n0.1 < PA 101 1 len 100\n0.2 < PA 1 1 len 100");
    const GByteArray *first = segment_of(cases, 0)->frame_bytes, *second = segment_of(cases, 1)->frame_bytes,
                     *again = segment_of(cases, 2)->frame_bytes;
    g_assert_cmpmem(first->data + 54, 100, again->data + 54, 100);
    g_assert_cmpint(memcmp(first->data + 54, second->data + 54, 100), !=, 0);
    g_assert_cmpmem(first->data + 54, 15, "HTTP/1.1 200 OK", 15);
    g_ptr_array_unref(cases);
}

static void a_missing_line_takes_no_frame_number(void)
{
    GPtrArray *cases = parse(HEAD "0.0 > S 0\n0.1 < SA 0 1 missing\nlast: 0.2 > A 1 1 | rst.evidence=last");
    const Case *a_case = g_ptr_array_index(cases, 0);
    const CaseExpectation *expectation = g_ptr_array_index(a_case->expectations, 0);
    g_assert_cmpuint(segment_of(cases, 1)->frame, ==, 0);
    g_assert_cmpuint(segment_of(cases, 2)->frame, ==, 2);
    g_assert_cmpstr(expectation->values[0], ==, "2");
    g_ptr_array_unref(cases);
}

static void a_raw_sequence_number_stays_as_it_is(void)
{
    GPtrArray *cases = parse(HEAD "0.0 > S 0\n0.1 < RA =0 1");
    static const guint8 zero[4];
    g_assert_cmpmem(segment_of(cases, 1)->frame_bytes->data + 38, 4, zero, 4);
    g_ptr_array_unref(cases);
}

static void a_text_that_a_note_must_not_have_keeps_its_blanks(void)
{
    GPtrArray *cases = parse(HEAD "a: 0.0 > S 0\n0.1 < RA =0 1 | 2:unsaid \"no answer\" rst.evidence=!a");
    const Case *a_case = g_ptr_array_index(cases, 0);
    const CaseExpectation *said = g_ptr_array_index(a_case->expectations, 0),
                          *evidence = g_ptr_array_index(a_case->expectations, 1);
    g_assert_cmpint(said->test, ==, CASE_UNSAID);
    g_assert_cmpint(said->pass, ==, 2);
    g_assert_cmpstr(said->name, ==, "lab.note");
    g_assert_cmpstr(said->values[0], ==, "no answer");
    g_assert_cmpint(evidence->test, ==, CASE_EQUALS);
    g_assert_cmpstr(evidence->values[0], ==, "!1");
    g_ptr_array_unref(cases);
}

static void a_case_of_ipv6_has_addresses_of_its_own(void)
{
    GPtrArray *cases = parse(HEAD "ipv6\n0.0 > S 0\ncase Another\nrfc 9293 3.5\nipv6\n0.0 > S 0");
    const CaseSegment *first = segment_of(cases, 0);
    const Case *other = g_ptr_array_index(cases, 1);
    const CaseSegment *second = g_ptr_array_index(other->segments, 0);
    static const guint8 client[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 2};
    g_assert_cmpmem(first->frame_bytes->data + 14 + 8, 16, client, 16);
    g_assert_cmpint(memcmp(first->frame_bytes->data + 22, second->frame_bytes->data + 22, 16), !=, 0);
    g_ptr_array_unref(cases);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/case/every error names its line", every_error_names_its_line);
    g_test_add_func("/case/numbers in order follow what was sent", numbers_in_order_follow_what_was_sent);
    g_test_add_func("/case/a retransmission repeats the bytes of the stream",
                    a_retransmission_repeats_the_bytes_of_the_stream);
    g_test_add_func("/case/a missing line takes no frame number", a_missing_line_takes_no_frame_number);
    g_test_add_func("/case/a raw sequence number stays as it is", a_raw_sequence_number_stays_as_it_is);
    g_test_add_func("/case/a text that a note must not have keeps its blanks",
                    a_text_that_a_note_must_not_have_keeps_its_blanks);
    g_test_add_func("/case/a case of IPv6 has addresses of its own", a_case_of_ipv6_has_addresses_of_its_own);
    return g_test_run();
}
