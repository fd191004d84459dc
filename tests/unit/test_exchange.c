/* HTTP exchanges: pairing, frames, objects, ends: RFC 9110, RFC 9112.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"
#include "units.h"

#define OPEN ">S0 <SA0,1 >A1,1 "

#define GET(path)   ">'GET " path " HTTP/1.1\n\n' "
#define OK(type, n) "<'HTTP/1.1 200 OK\nContent-Type: " type "\nContent-Length: " n "\n\n"

/* clang-format off */
static const feed_row_t rows[] = {
    {"a request and its response", OPEN GET("/") OK("text/html", "4") "body'",
     "x1=GET / 200 page 4/4 done; x1.frames=4-4 5-5; 4.phase=request; 5.phase=response; 4.exchange=1; 5.exchange=1"},
    {"the ACK of a response belongs to its exchange", OPEN GET("/") OK("text/html", "4") "body' >A.,.",
     "6.roles=ack; 6.phase=response; 6.exchange=1"},
    {"the ACK of a request belongs to its exchange", OPEN GET("/") "<A.,.", "5.roles=ack; 5.phase=request; 5.exchange=1"},
    {"a second request on the connection", OPEN GET("/1") OK("a/b", "0") "' " GET("/2") OK("a/b", "0") "'",
     "x1=GET /1 200 other 0/0 done; x2=GET /2 200 other 0/0 done; 6.exchange=2; 7.exchange=2"},
    {"pipelined requests are answered in order", OPEN ">'GET /1 HTTP/1.1\n\nGET /2 HTTP/1.1\n\n' "
     "<'HTTP/1.1 200 OK\nContent-Length: 1\n\naHTTP/1.1 404 No\nContent-Length: 2\n\nbb'",
     "x1=GET /1 200 other 1/1 done; x2=GET /2 404 error 2/2 done; 4.exchange=1; 4.exchange_last=2; 5.exchange_last=2"},
    {"100 Continue does not end the exchange", OPEN ">'POST /f HTTP/1.1\nContent-Length: 2\n\n' <'HTTP/1.1 100 Continue\n\n' "
     ">'ab' <'HTTP/1.1 201 Made\nContent-Length: 0\n\n'", "x1=POST /f 201 other 0/0 done; x1.frames=4-6 7-7; 5.exchange=1"},
    {"a body over several segments", OPEN GET("/") OK("a/b", "6") "ab' <'cd' <'ef'", "x1=GET / 200 other 6/6 done; x1.frames=4-4 5-7; 6.phase=response"},
    {"a body that the close ends", OPEN GET("/") "<'HTTP/1.1 200 OK\n\nabc' <FA.,.", "x1=GET / 200 other 3/-1 done"},
    {"a body that the close cuts short", OPEN GET("/") OK("a/b", "9") "abc' <FA.,.", "x1=GET / 200 other 3/9 truncated"},
    {"a response without its request", OPEN "<'HTTP/1.1 408 Timeout\nContent-Length: 0\n\n'", "x1=- - 408 error 0/0 done; x1.frames=0-0 4-4"},
    {"a request without its response", OPEN GET("/"), "x1=GET / 0 - 0/-1; x1.frames=4-4 0-0"},
    {"a HEAD request", OPEN ">'HEAD / HTTP/1.1\n\n' " OK("text/html", "99") "'", "x1=HEAD / 200 page 0/0 done"},
    {"a repeated request is not a second exchange", OPEN ">'GET / HTTP/1.1\n\n' >PA1+16,1@1", "5.roles=request+retransmission; 5.exchange=1; x2=none"},
    {"a capture that begins inside a response", "<PA1+10,1 >A1,11 " GET("/n") OK("a/b", "0") "'", "x1=GET /n 200 other 0/0 done"},
    {"the request decides who is the client", "<'GET / HTTP/1.1\n\n' >'HTTP/1.1 204 No\n\n'", "client=0; x1=GET / 204 other 0/0 done"},
    {"a head that goes on after the FIN is no exchange", OPEN ">'GET / HTTP/1.1\nHost: a\n' >FA.,. >'\n' <A.,.",
     "x1=- - 0 - 0/-1; x2=none; closing=half-closed first=0 lossless=1 time-wait=-1 frames=5+7"},
    {"opaque data is no HTTP", OPEN ">'\x01\x02\x03' >'GET / HTTP/1.1\n\n'", "x1=none; 4.phase=data; 5.roles=data"},
    {"notes tell of the exchange", OPEN GET("/a") OK("a/b", "0") "'", "4.note=Request 1: GET /a; 5.note=Response to request 1: 200, 1.00 ms after the request; "
     "4.zh=第 1 个请求：GET /a"},
};

static const struct {
    const char *sentence;
    lab_exchange_t exchange;
    const char *expected;
} objects[] = {
    {"no response, no object", {.target = "/"}, NULL},
    {"HTML is a page", {.status = 200, .content_type = "text/html; charset=utf-8"}, "page"},
    {"types do not depend on case", {.status = 200, .content_type = "Text/HTML"}, "page"},
    {"XHTML is a page", {.status = 200, .content_type = "application/xhtml+xml"}, "page"},
    {"a picture", {.status = 200, .content_type = "image/png"}, "image"},
    {"a sound", {.status = 206, .content_type = "audio/mpeg"}, "audio"},
    {"a film", {.status = 206, .content_type = "video/mp4"}, "video"},
    {"a style", {.status = 200, .content_type = "text/css"}, "style"},
    {"a script", {.status = 200, .content_type = "text/javascript"}, "script"},
    {"an old script", {.status = 200, .content_type = "application/x-javascript"}, "script"},
    {"an icon by its type", {.status = 200, .content_type = "image/vnd.microsoft.icon"}, "icon"},
    {"an icon by its name", {.status = 200, .content_type = "image/png", .target = "/favicon.png"}, "icon"},
    {"a missing icon is an error", {.status = 404, .target = "/favicon.ico"}, "error"},
    {"not modified", {.status = 304}, "not-modified"},
    {"a redirect", {.status = 301, .content_type = "text/html"}, "redirect"},
    {"a server's error", {.status = 503, .content_type = "text/html"}, "error"},
    {"anything else", {.status = 200, .content_type = "application/octet-stream"}, "other"},
    {"no type", {.status = 200}, "other"},
};
/* clang-format on */

static void object_row(gconstpointer data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    g_assert_cmpstr(lab_exchange_object(&objects[i].exchange), ==, objects[i].expected);
}

static void the_heads_of_an_exchange_are_kept_as_they_were_written(void)
{
    feed_t *f = feed_new();
    feed_play(f, OPEN ">'GET / HTTP/1.1\nHost: a.example\nX:y\n\n' <'HTTP/1.1 103 Early Hints\nLink: z\n\n' "
                      "<'HTTP/1.1 200 Fine\nContent-Length: 0\n\n'");
    const lab_exchange_t *x = lab_engine_exchange(f->engine, 1);
    const lab_head_t *request = lab_exchange_head(x, false), *response = lab_exchange_head(x, true);
    g_assert_cmpstr(x->host, ==, "a.example");
    g_assert_cmpuint(request->count, ==, 2);
    g_assert_cmpstr(lab_head_line(request, 0), ==, "Host: a.example");
    g_assert_cmpstr(lab_head_line(request, 1), ==, "X:y");
    g_assert_cmpstr(request->start->version, ==, "HTTP/1.1");
    g_assert_cmpuint(request->frame, ==, 4);
    g_assert_cmpuint(response->status, ==, 200); /* not that of the interim response */
    g_assert_cmpstr(response->start->phrase, ==, "Fine");
    g_assert_cmpuint(response->frame, ==, 6);
    g_assert_cmpuint(request->next->status, ==, 103);
    feed_free(f);
}

static void an_exchange_without_a_response_has_no_head_of_it(void)
{
    feed_t *f = feed_new();
    feed_play(f, OPEN ">'GET / HTTP/1.1\n\n'");
    g_assert_null(lab_exchange_head(lab_engine_exchange(f->engine, 1), true));
    g_assert_nonnull(lab_exchange_head(lab_engine_exchange(f->engine, 1), false));
    feed_free(f);
}

void add_exchange_tests(void)
{
    g_test_add_func("/exchange/the heads of an exchange are kept as they were written",
                    the_heads_of_an_exchange_are_kept_as_they_were_written);
    g_test_add_func("/exchange/an exchange without a response has no head of it",
                    an_exchange_without_a_response_has_no_head_of_it);
    feed_add_rows("exchange", rows, G_N_ELEMENTS(rows));
    for (size_t i = 0; i < G_N_ELEMENTS(objects); i++) {
        char *path = g_strdup_printf("/object/%s", objects[i].sentence);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), object_row);
        g_free(path);
    }
}
