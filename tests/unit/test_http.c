/* HTTP framing: RFC 9112. Each row is a byte stream and its messages. It is read whole, byte by byte, and cut
 * at each position; the messages must be the same each time.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "framing.h"

#include <stdio.h>
#include <string.h>

#include "units.h"

/* The messages that the parser reports, one line each: "GET /x 5" or "200 5". The last number is the body
 * bytes; " ..." follows if the message is not complete. `method`: the request that responses answer. */
typedef struct {
    GString *told;
    const char *method;
    uint64_t body;
    bool open, headed;
    int64_t offset; /* after the newest reported byte */
} story_t;

static void begin(void *user, bool response, lab_position_t at, lab_position_t last)
{
    (void)last;
    story_t *s = user;
    (void)response;
    g_assert_cmpint(at.offset, >=, s->offset); /* messages do not overlap */
    if (s->open)
        g_string_append_printf(s->told, " %" G_GUINT64_FORMAT "...; ", s->body);
    s->open = true;
    s->headed = false;
    s->body = 0;
}

static lab_http_body_t head(void *user, const lab_http_head_t *h)
{
    story_t *s = user;
    g_assert_true(s->open);
    g_assert_false(s->headed);
    s->headed = true;
    if (h->response)
        g_string_append_printf(s->told, "%u", h->status);
    else
        g_string_append_printf(s->told, "%s %s", h->method, h->target);
    if (h->response)
        return lab_http_response_body(h, s->method);
    return lab_http_request_body(h);
}

static void piece(void *user, lab_position_t at, uint32_t body, bool in_head)
{
    story_t *s = user;
    g_assert_true(s->open);
    g_assert_cmpint(at.offset, >=, 0);
    if (in_head)
        g_assert_cmpuint(body, ==, 0);
    s->body += body;
}

static void end(void *user, lab_position_t at)
{
    story_t *s = user;
    g_assert_true(s->open && s->headed);
    s->offset = at.offset;
    s->open = false;
    g_string_append_printf(s->told, " %" G_GUINT64_FORMAT "; ", s->body);
}

static void trailer(void *user, const lab_http_head_t *t)
{
    story_t *s = user;
    g_assert_true(s->open && s->headed);
    g_string_append(s->told, " +");
    for (unsigned i = 0; i < t->line_count; i++)
        g_string_append_printf(s->told, "[%s]", t->lines[i]);
}

static const lab_http_events_t events = {begin, head, piece, end, trailer, NULL};

static GString *scratch; /* working space of all parsers */

static lab_http_t *parser_new(const lab_http_events_t *told, void *user, bool midstream)
{
    if (!scratch)
        scratch = g_string_new(NULL);
    return lab_http_new(told, user, midstream, scratch);
}

#define OK  "HTTP/1.1 200 OK\r\n"
#define END "\r\n"

typedef struct {
    const char *sentence, *method, *bytes, *expected;
} row_t;

/* clang-format off */
static const row_t rows[] = {
    {"a request without body ends with its head", NULL, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / 0; "},
    {"a request with Content-Length has that body", NULL, "POST /f HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "POST /f 3; "},
    {"a chunked request has a body of chunks", NULL,
     "POST /f HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", "POST /f 2; "},
    {"pipelined requests are told apart", NULL,
     "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nHEAD /3 HTTP/1.1\r\n\r\n", "GET /1 0; GET /2 0; HEAD /3 0; "},
    {"empty lines before a request are ignored", NULL, "\r\n\r\nGET / HTTP/1.1\r\n\r\n", "GET / 0; "},
    {"lines may end with a bare line feed", NULL, "GET / HTTP/1.1\nHost: a\n\nGET /2 HTTP/1.1\n\n", "GET / 0; GET /2 0; "},
    {"a target may hold spaces", NULL, "GET /a b HTTP/1.1\r\n\r\n", "GET /a b 0; "},
    {"a method may be unknown", NULL, "BREW /pot HTTP/1.1\r\n\r\n", "BREW /pot 0; "},
    {"a method may hold a dash", NULL, "M-SEARCH * HTTP/1.1\r\n\r\n", "M-SEARCH * 0; "},
    {"a response to HEAD has no body whatever it says (6.3 rule 1)", "HEAD", OK "Content-Length: 5\r\n\r\n", "200 0; "},
    {"1xx has no body", "GET", "HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 1\r\n\r\nx", "100 0; 200 1; "},
    {"103 comes before the final response", "GET", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" OK "Content-Length: 0\r\n\r\n", "103 0; 200 0; "},
    {"204 has no body", "GET", "HTTP/1.1 204 No Content\r\n\r\n" OK "Content-Length: 1\r\n\r\nx", "204 0; 200 1; "},
    {"304 has no body though it may tell a length", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n" OK "Content-Length: 0\r\n\r\n", "304 0; 200 0; "},
    {"a 2xx response to CONNECT begins a tunnel (6.3 rule 2)", "CONNECT", OK "Content-Length: 3\r\n\r\n\x16\x03\x01" "GET / HTTP/1.1\r\n\r\n", "200 0; "},
    {"a refused CONNECT is a response like others", "CONNECT", "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", "403 2; "},
    {"101 begins another protocol", "GET", "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\x81\x05hello", "101 0; "},
    {"Transfer-Encoding overrides Content-Length (6.3 rule 3)", "GET", OK "Content-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "200 3; "},
    {"gzip then chunked is chunked", "GET", OK "Transfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", "200 1; "},
    {"a coding that is not chunked lasts until the close (6.3 rule 4)", "GET", OK "Transfer-Encoding: gzip\r\nContent-Length: 2\r\n\r\nabcdef", "200"},
    {"a Content-Length of 0 is no body", "GET", OK "Content-Length: 0\r\n\r\n" OK "Content-Length: 1\r\n\r\nx", "200 0; 200 1; "},
    {"without a length the body lasts until the close (6.3 rule 8)", "GET", OK END "HTTP/1.1 200 no message\r\n\r\n", "200"},
    {"a response of an unknown request has the body it announces", NULL, OK "Content-Length: 2\r\n\r\nab", "200 2; "},
    {"chunk sizes are hexadecimal in either case", "GET", OK "Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "200 20; "},
    {"a chunk size may have several digits", "GET", OK "Transfer-Encoding: chunked\r\n\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n", "200 26; "},
    {"a chunk extension is skipped", "GET", OK "Transfer-Encoding: chunked\r\n\r\n2;name=\"f00d\"\r\nab\r\n0;last\r\n\r\n", "200 2; "},
    {"a chunk size may have leading zeros", "GET", OK "Transfer-Encoding: chunked\r\n\r\n0002\r\nab\r\n0000\r\n\r\n", "200 2; "},
    {"white space after a chunk size is tolerated", "GET", OK "Transfer-Encoding: chunked\r\n\r\n2 \r\nab\r\n0\r\n\r\n", "200 2; "},
    /* RFC 9112 4: status-code = 3DIGIT */
    {"a status of four digits is none", "GET", "HTTP/1.1 1000 Big\r\nContent-Length: 0\r\n\r\n", ""},
    {"a status of five digits is none", "GET", "HTTP/1.1 99999 Big\r\nContent-Length: 0\r\n\r\n", ""},
    {"a status of two digits is none", "GET", "HTTP/1.1 99 S\r\nContent-Length: 0\r\n\r\n", ""},
    {"a status below 100 is none", "GET", "HTTP/1.1 099 S\r\nContent-Length: 0\r\n\r\n", ""},
    {"a status with a sign is none", "GET", "HTTP/1.1 -200 S\r\nContent-Length: 0\r\n\r\n", ""},
    {"a status with letters after it is none", "GET", "HTTP/1.1 200abc\r\nContent-Length: 0\r\n\r\n", ""},
    {"999 is read as 999", "GET", "HTTP/1.1 999 Request denied\r\nContent-Length: 0\r\n\r\n", "999 0; "},
    {"a status needs no phrase", "GET", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "200 0; "},
    /* RFC 9112 6.3 rule 5: without a length that can be read nobody knows where the body ends */
    {"a body with a length that is no number has no end", "GET", OK "Content-Length: 0x5\r\n\r\nhello", "200"},
    {"a request with a length that is no number has no end", NULL, "POST /f HTTP/1.1\r\nContent-Length: +5\r\n\r\nhello", "POST /f"},
    /* RFC 9112 7.1: chunk-size = 1*HEXDIG */
    {"a chunk size may have more digits than 64 bits if they are zeros", "GET", OK "Transfer-Encoding: chunked\r\n\r\n00000000000000000000000000000005\r\nhello\r\n0\r\n\r\n", "200 5; "},
    {"0x5 is no chunk size", "GET", OK "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", "200"},
    {"+5 is no chunk size", "GET", OK "Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n", "200"},
    {"an empty line is no chunk size", "GET", OK "Transfer-Encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n", "200"},
    {"a bare line feed is no chunk size", "GET", OK "Transfer-Encoding: chunked\r\n\r\n\n\r\n", "200"},
    {"two numbers are no chunk size", "GET", OK "Transfer-Encoding: chunked\r\n\r\n5 5\r\nhello\r\n0\r\n\r\n", "200"},
    {"an extension needs a semicolon", "GET", OK "Transfer-Encoding: chunked\r\n\r\n5 name\r\nhello\r\n0\r\n\r\n", "200"},
    {"an extension may follow blanks", "GET", OK "Transfer-Encoding: chunked\r\n\r\n5 \t;name\r\nhello\r\n0\r\n\r\n", "200 5; "},
    {"a chunk size of 2^64 + 5 is not 5", "GET", OK "Transfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n", "200"},
    {"a chunk of 2^63 bytes has not come to its end", "GET", OK "Transfer-Encoding: chunked\r\n\r\n8000000000000000\r\nhello\r\n0\r\n\r\n", "200"},
    {"a chunk longer than its size ends the reading", "GET", OK "Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n", "200"},
    {"a trailer section is part of the message", "GET", OK "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\nZ: w\r\n\r\n" OK "Content-Length: 0\r\n\r\n", "200 +[X: y][Z: w] 1; 200 0; "},
    {"a folded trailer, and one of a request", NULL, "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0;x\r\nX: a\r\n b\r\n\r\nGET / HTTP/1.1\r\n\r\n", "PUT /a +[X: a   b] 1; GET / 0; "},
    {"a trailer cannot change the framing", "GET", OK "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 9\r\n\r\n" OK "Content-Length: 0\r\n\r\n", "200 +[Content-Length: 9] 0; 200 0; "},
    {"chunks may end with bare line feeds", "GET", OK "Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n" OK "Content-Length: 0\r\n\r\n", "200 1; 200 0; "},
    {"an unreadable chunk size loses the message and the next one is found", "GET", OK "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "200"},
    {"a chunk size of seventeen digits is no size", "GET", OK "Transfer-Encoding: chunked\r\n\r\n00000000000000001\r\na", "200"},
    {"names of fields do not depend on case", "GET", OK "CONTENT-length: 2\r\n\r\nab" OK "content-LENGTH: 0\r\n\r\n", "200 2; 200 0; "},
    {"a field without colon is skipped", "GET", OK "nonsense\r\nContent-Length: 2\r\n\r\nab", "200 2; "},
    {"a Content-Length that is no number is none", "GET", OK "Content-Length: many\r\n\r\nab", "200"},
    {"a negative Content-Length is none", "GET", OK "Content-Length: -5\r\n\r\nab", "200"},
    {"a head that has not ended is told of no body", "GET", OK "Content-Le", ""},
    {"a status line may lack its reason", "GET", "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx", "200 1; "},
    {"a status below 100 is no response", "GET", "HTTP/1.1 99 Odd\r\n\r\n", ""},
    {"other protocols are no HTTP", NULL, "SSH-2.0-OpenSSH_9.2\r\nGET / HTTP/1.1\r\n\r\n", ""},
    {"HTTP/2 is not read as HTTP/1", NULL, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ""},
    {"binary bytes are no HTTP", NULL, "\x16\x03\x01\x02\x03", ""},
    {"a method in small letters is one that nobody knows", NULL, "get / HTTP/1.1\r\n\r\n", "get / 0; "},
    {"lower-case words are no HTTP", NULL, "get out of here\r\nGET / HTTP/1.1\r\n\r\n", ""},
};
/* clang-format on */

static void feed(lab_http_t *h, const char *bytes, size_t length, int64_t *offset)
{
    uint8_t *exact = g_memdup2(bytes, length); /* on the heap, so that the sanitizer sees reads past it */
    lab_http_feed(h, exact, (uint32_t)length, (lab_position_t){1, 0, *offset});
    *offset += (int64_t)length;
    g_free(exact);
}

static void told_is(const story_t *s, const row_t *r, const char *how, size_t where)
{
    if (strcmp(s->told->str, r->expected) != 0)
        g_test_fail_printf("%s %zu: expected '%s', told '%s'", how, where, r->expected, s->told->str);
}

/* The row's bytes in pieces that end at `first`, at `second` and at the end; `step` cuts the rest again. */
static void read_in_pieces(const row_t *r, size_t first, size_t step)
{
    story_t s = {.told = g_string_new(NULL), .method = r->method};
    lab_http_t *h = parser_new(&events, &s, false);
    size_t length = strlen(r->bytes);
    int64_t offset = 0;
    feed(h, r->bytes, first, &offset);
    for (size_t at = first; at < length; at += step)
        feed(h, r->bytes + at, MIN(step, length - at), &offset);
    told_is(&s, r, "cut at", first);
    lab_http_free(h);
    g_string_free(s.told, TRUE);
}

static void framing_row(gconstpointer data)
{
    const row_t *r = data;
    size_t length = strlen(r->bytes);
    for (size_t cut = 1; cut <= length; cut++)
        read_in_pieces(r, cut, length);
    for (size_t step = 1; step <= 7; step++)
        read_in_pieces(r, MIN(step, length), step);
}

/* ---- bytes that are not in the capture ---- */

typedef struct {
    const char *sentence;
    bool midstream;
    const char *pieces[6]; /* "-N" = N bytes are missing; NULL = end */
    const char *expected;
    bool http; /* result of the last lab_http_feed() */
} gap_row_t;

static const gap_row_t gap_rows[] = {
    {"missing bytes in a body of known length are counted",
     false,
     {OK "Content-Length: 10\r\n\r\nab", "-6", "cd" OK "Content-Length: 0\r\n\r\n"},
     "200 10; 200 0; ",
     true},
    {"missing bytes that are the rest of the body end it",
     false,
     {OK "Content-Length: 4\r\n\r\n", "-4", OK "Content-Length: 0\r\n\r\n"},
     "200 4; 200 0; ",
     true},
    {"missing bytes in a chunk are counted",
     false,
     {OK "Transfer-Encoding: chunked\r\n\r\n4\r\na", "-2", "d\r\n0\r\n\r\n"},
     "200 4; ",
     true},
    {"missing bytes past a chunk lose the message",
     false,
     {OK "Transfer-Encoding: chunked\r\n\r\n4\r\na", "-6", "0\r\n\r\n", OK "Content-Length: 0\r\n\r\n"},
     "200 4...; 200 0; ",
     true},
    {"missing bytes in a head tell what is there and look for the next message",
     false,
     {OK "Content-Length: 5\r\nX: ", "-5", "y\r\n\r\nabcde", OK "Content-Length: 1\r\n\r\nz"},
     "200 0...; 200 1; ",
     true},
    {"missing bytes in the first start line say nothing of HTTP",
     false,
     {"GE", "-4", "HTTP/1.1\r\n\r\n"},
     "",
     false},
    {"missing bytes until the close are counted", false, {OK END "ab", "-3", "cd"}, "200", true},
    {"a capture that starts in the middle waits for a message",
     true,
     {"rest of something", "GET /next HTTP/1.1\r\n\r\n"},
     "GET /next 0; ",
     true},
    {"a capture that starts in the middle of a head finds the next response",
     true,
     {": text/html\r\n\r\n", "-20", "bytes", OK "Content-Length: 2\r\n\r\nok"},
     "200 2; ",
     true},
    {"a piece that looks like a message but is none is passed over",
     true,
     {"GET no such thing\r\n", "POST /f HTTP/1.1\r\n\r\n"},
     "POST /f 0; ",
     true},
    {"garbage after a message is passed over",
     false,
     {"GET / HTTP/1.1\r\n\r\n", "\x01\x02\x03", "GET /2 HTTP/1.1\r\n\r\n"},
     "GET / 0; GET /2 0; ",
     true},
    {"garbage at the beginning is no HTTP for good",
     false,
     {"\x01\x02\x03", "GET / HTTP/1.1\r\n\r\n"},
     "",
     false},
};

static void gap_row(gconstpointer data)
{
    const gap_row_t *r = data;
    story_t s = {.told = g_string_new(NULL), .method = "GET"};
    lab_http_t *h = parser_new(&events, &s, r->midstream);
    int64_t offset = 0;
    bool http = true;
    for (unsigned i = 0; i < G_N_ELEMENTS(r->pieces) && r->pieces[i]; i++) {
        const char *p = r->pieces[i];
        bool missing = p[0] == '-';
        uint32_t n = missing ? (uint32_t)g_ascii_strtoull(p + 1, NULL, 10) : (uint32_t)strlen(p);
        http = lab_http_feed(h, missing ? NULL : (const uint8_t *)p, n, (lab_position_t){i + 1, 0, offset});
        offset += n;
    }
    g_assert_cmpstr(s.told->str, ==, r->expected);
    g_assert_cmpint(http, ==, r->http);
    lab_http_free(h);
    g_string_free(s.told, TRUE);
}

/* ---- fields ---- */

static lab_http_head_t seen; /* the strings in it are not valid after the callback */
static GString *strings;

static lab_http_body_t keep_head(void *user, const lab_http_head_t *h)
{
    (void)user;
    seen = *h;
    g_string_printf(strings, "%s|%s", h->host ? h->host : "-", h->content_type ? h->content_type : "-");
    return LAB_HTTP_NO_BODY;
}

static void nothing_begins(void *user, bool response, lab_position_t at, lab_position_t last)
{
    (void)last;
    (void)user;
    (void)response;
    (void)at;
}

static void nothing_pieced(void *user, lab_position_t at, uint32_t body, bool in_head)
{
    (void)user;
    (void)at;
    (void)body;
    (void)in_head;
}

static void nothing_ends(void *user, lab_position_t at)
{
    (void)user;
    (void)at;
}

static void nothing_trails(void *user, const lab_http_head_t *t)
{
    (void)user;
    (void)t;
}

static void read_fields(const char *text)
{
    static const lab_http_events_t keep = {nothing_begins, keep_head,      nothing_pieced,
                                           nothing_ends,   nothing_trails, NULL};
    lab_http_t *h = parser_new(&keep, NULL, false);
    seen = (lab_http_head_t){0};
    lab_http_feed(h, (const uint8_t *)text, (uint32_t)strlen(text), (lab_position_t){1, 0, 0});
    lab_http_free(h);
}

static void fields_that_framing_and_pairing_need_are_read(void)
{
    strings = g_string_new(NULL);
    read_fields("GET / HTTP/1.0\r\nHost:  example.org \r\nContent-Type:text/html; charset=utf-8\r\n\r\n");
    g_assert_cmpstr(strings->str, ==, "example.org|text/html; charset=utf-8");
    g_assert_true(seen.http_1_0);
    read_fields(OK "Connection: Keep-Alive, CLOSE\r\nKeep-Alive: timeout=5, max=100\r\n\r\n");
    g_assert_true(seen.keep_alive && seen.close && !seen.upgrade && !seen.http_1_0);
    g_assert_cmpint(seen.keepalive_timeout, ==, 5);
    g_assert_cmpint(seen.keepalive_max, ==, 100);
    g_assert_cmpint(seen.content_length, ==, -1);
    read_fields(OK "Connection: upgrade\r\nConnection: keep-alive\r\nKeep-Alive: max=0\r\n\r\n");
    g_assert_true(seen.upgrade && seen.keep_alive && !seen.close);
    g_assert_cmpint(seen.keepalive_timeout, ==, -1);
    g_assert_cmpint(seen.keepalive_max, ==, 0);
    read_fields(OK "Connection: not-close, closed\r\nKeep-Alive: nomax=3, timeout=x\r\n\r\n");
    g_assert_false(seen.close);
    g_assert_cmpint(seen.keepalive_max, ==, -1);
    g_assert_cmpint(seen.keepalive_timeout, ==, -2);
    read_fields("GET / HTTP/1.1\r\nHost: a\r\nContent-Type: text/html;\r\n charset=utf-8\r\n\tx\r\n\r\n");
    g_assert_cmpstr(strings->str, ==,
                    "a|text/html;   charset=utf-8  \tx"); /* RFC 9112 5.2: folded lines are one */
    g_assert_cmpuint(seen.line_count, ==, 2);
    read_fields(OK "Keep-Alive: timeout=99999999999\r\nContent-Length: 99999999999999999999\r\n\r\n");
    g_assert_cmpint(seen.keepalive_timeout, ==, INT64_C(99999999999));
    g_assert_true(seen.bad_length);
    g_string_free(strings, TRUE);
}

/* RFC 9110 8.6: Content-Length = 1*DIGIT. RFC 9112 6.3 rule 5: a list of equal lengths is one. -1 = no
 * length. */
static void what_is_no_number_is_no_length(void)
{
    static const struct {
        const char *lines;
        int64_t length;
    } lengths[] = {{"Content-Length: 5", 5},
                   {"Content-Length: 005", 5},
                   {"Content-Length:5 \t", 5},
                   {"Content-Length: 9223372036854775807", G_MAXINT64},
                   {"Content-Length: 9223372036854775808", -1},
                   {"Content-Length: 18446744073709551621", -1},        /* 2^64 + 5 */
                   {"Content-Length: 4294967301", INT64_C(4294967301)}, /* 2^32 + 5 */
                   {"Content-Length: 5, 5", 5},
                   {"Content-Length: 5\r\nContent-Length: 5", 5},
                   {"Content-Length: 5, 6", -1},
                   {"Content-Length: 5\r\nContent-Length: 6", -1},
                   {"Content-Length: 6\r\nContent-Length: x\r\nContent-Length: 6", -1},
                   {"Content-Length: 5,", -1},
                   {"Content-Length: ,5", -1},
                   {"Content-Length:", -1},
                   {"Content-Length: +5", -1},
                   {"Content-Length: -5", -1},
                   {"Content-Length: 0x5", -1},
                   {"Content-Length: 5abc", -1},
                   {"Content-Length: 5 5", -1},
                   {"Content-Length: 5.0", -1},
                   {"Content-Length: \"5\"", -1},
                   {"Content-Length: \xd9\xa5", -1}}; /* U+0665, an Arabic five */
    strings = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        char *text = g_strconcat(OK, lengths[i].lines, "\r\n\r\n", NULL);
        read_fields(text);
        g_assert_cmpint(seen.bad_length ? -1 : seen.content_length, ==, lengths[i].length);
        g_free(text);
    }
    g_string_free(strings, TRUE);
}

/* RFC 2068 19.7.1.1: what was promised, as it was written. -2 = it is no number. */
static void a_promise_is_read_as_written_or_not_at_all(void)
{
    static const struct {
        const char *value;
        int64_t timeout, max;
    } promises[] = {{"timeout=5, max=100", 5, 100},
                    {"max=0,timeout=0", 0, 0},
                    {"timeout=4294967295", INT64_C(4294967295), -1},
                    {"timeout=2147483648, max=99999999999", INT64_C(2147483648), INT64_C(99999999999)},
                    {"timeout=9223372036854775807", G_MAXINT64, -1},
                    {"timeout=9223372036854775808", -2, -1},
                    {"timeout=18446744073709551615", -2, -1},
                    {"timeout=+5, max=0x5", -2, -2},
                    {"timeout=-5, max=-0", -2, -2},
                    {"timeout=5s, max=1.5", -2, -2},
                    {"timeout=, max=\"5\"", -2, -2},
                    {"timeout, max", -1, -1}};
    strings = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(promises); i++) {
        char *text = g_strconcat(OK "Keep-Alive: ", promises[i].value, "\r\n\r\n", NULL);
        read_fields(text);
        g_assert_cmpint(seen.keepalive_timeout, ==, promises[i].timeout);
        g_assert_cmpint(seen.keepalive_max, ==, promises[i].max);
        g_free(text);
    }
    g_string_free(strings, TRUE);
}

/* ---- limits ---- */

static void more_lines_than_are_kept_are_counted(void)
{
    GString *text = g_string_new(OK);
    strings = g_string_new(NULL);
    for (unsigned i = 0; i < LAB_HTTP_LINES_MAX + 5; i++)
        g_string_append_printf(text, "X-%u: y\r\n", i);
    g_string_append(text, "\r\n");
    read_fields(text->str);
    g_assert_cmpuint(seen.line_count, ==, LAB_HTTP_LINES_MAX);
    g_assert_cmpuint(seen.lines_left_out, ==, 5);
    g_string_free(text, TRUE);
    g_string_free(strings, TRUE);
}

static void a_head_without_end_is_given_up(void)
{
    story_t s = {.told = g_string_new(NULL)};
    lab_http_t *h = parser_new(&events, &s, false);
    int64_t offset = 0;
    feed(h, "GET / HTTP/1.1\r\n", 16, &offset);
    for (int i = 0; i < 2000; i++)
        feed(h, "X: 0123456789012345678901234567890123456789\r\n", 45, &offset);
    g_assert_cmpstr(s.told->str, ==, "");
    feed(h, "GET /next HTTP/1.1\r\n\r\n", 22, &offset);
    g_assert_cmpstr(s.told->str, ==, " 0...; GET /next 0; ");
    lab_http_free(h);
    g_string_free(s.told, TRUE);
}

static void a_start_line_without_end_is_no_http(void)
{
    story_t s = {.told = g_string_new(NULL)};
    lab_http_t *h = parser_new(&events, &s, false);
    bool http = true;
    const uint8_t *bytes = (const uint8_t *)"GET /aaaaaaaaaaaaaaaa";
    for (int i = 0; i < 3000; i++)
        http = lab_http_feed(h, bytes, i ? 21 : 20, (lab_position_t){1, 0, i});
    g_assert_true(http); /* 63,000 bytes may still become a line */
    for (int i = 3000; i < 4000; i++)
        http = lab_http_feed(h, bytes, 21, (lab_position_t){1, 0, i});
    g_assert_false(http);
    g_assert_false(s.open);
    lab_http_free(h);
    lab_http_free(NULL);
    g_string_free(s.told, TRUE);
}

static void add_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *path = g_strdup_printf("/http/framing/%s", rows[i].sentence);
        g_strdelimit(path + strlen("/http/framing/"), "/", '-');
        g_test_add_data_func(path, &rows[i], framing_row);
        g_free(path);
    }
    ADD_ROWS("http/gaps", gap_rows, gap_row);
}

void add_http_tests(void)
{
    add_rows();
    g_test_add_func("/http/fields that framing and pairing need are read",
                    fields_that_framing_and_pairing_need_are_read);
    g_test_add_func("/http/what is no number is no length", what_is_no_number_is_no_length);
    g_test_add_func("/http/a promise is read as written or not at all",
                    a_promise_is_read_as_written_or_not_at_all);
    g_test_add_func("/http/more lines than are kept are counted", more_lines_than_are_kept_are_counted);
    g_test_add_func("/http/a head without end is given up", a_head_without_end_is_given_up);
    g_test_add_func("/http/a start line without end is no HTTP", a_start_line_without_end_is_no_http);
}
