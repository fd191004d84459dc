/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP inside TLS: messages whose records were decrypted, and the frames that carried them.
 *
 * Words of a script: `>[TEXT]` is a record of the client with this content in a segment of its own, `<[TEXT]`
 * one of the server. A suffix changes that: `?` the record was not decrypted; `/N` it comes in N segments;
 * `/N*` each of them is acknowledged at once; `_` the next record of that end is in the same segment; `x` the
 * segment is not in the capture. `>!` is close_notify, `>#` a handshake message (a ticket), `>@` a record
 * without content. Other words are those of feed.h.
 *
 * Every script begins with a handshake of TLS 1.3 in frames 1 to 7; each segment comes 1 ms after the one
 * before.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "feed.h"
#include "tlsrec.h"
#include "units.h"

enum { ALERT = 21, HANDSHAKE = 22, DATA = 23 };
#define OVERHEAD      17 /* RFC 8446 5.2: the type of the content, and an authentication tag of 16 bytes */
#define DECRYPTED_MAX 4

typedef struct {
    feed_t *f;
    GByteArray *bytes[2]; /* records that are not sent yet */
    lab_decrypted_record_t decrypted[2][DECRYPTED_MAX];
    unsigned decrypted_count[2];
    uint32_t sent[2]; /* bytes of application data of each end so far */
} talk_t;

#define GET(path) "GET " path " HTTP/1.1\n\n"
#define OK(n)     "HTTP/1.1 200 OK\nContent-Length: " n "\n\n"

/* clang-format off */
static const feed_row_t rows[] = {
    {"a message in a record", ">[" GET("/") "] <A.,. <[" OK("4") "body] >A.,.",
     "x1=GET / 200 other 4/4 done; x1.frames=8-8 10-10; 8.phase=request; 8.exchange=1; 9.phase=request; 9.exchange=1; 10.phase=response; "
     "10.note=Response to request 1: 200, 2.00 ms after the request; 11.phase=response; 11.exchange=1; 7.exchange=0"},
    {"a record in three segments, each acknowledged", ">[" GET("/") "] <[" OK("60") "123456789012345678901234567890123456789012345678901234567890]/3*",
     "x1=GET / 200 other 60/60 done; x1.frames=8-8 9-13; 9.exchange=1; 10.exchange=1; 11.exchange=1; 12.exchange=1; 13.exchange=1; 14.exchange=1; "
     "9.phase=response; 10.phase=response; 12.phase=response; 9.roles=response; 10.roles=ack; 9.note=Response to request 1: 200, 1.00 ms after the request; "
     "11.note=39 more bytes of response 1"},
    {"a request in two segments, each acknowledged", ">[" GET("/a") "]/2* <[" OK("0") "]",
     "x1=GET /a 200 other 0/0 done; x1.frames=8-10 12-12; 8.phase=request; 9.phase=request; 9.exchange=1; 11.exchange=1; 8.note=Request 1: GET /a"},
    {"two messages in a record", ">[" GET("/1") GET("/2") "] <[" OK("1") "a" OK("2") "bb]",
     "x1=GET /1 200 other 1/1 done; x2=GET /2 200 other 2/2 done; 8.exchange=1; 8.exchange_last=2; 9.exchange=1; 9.exchange_last=2"},
    {"two records in a segment", ">[" GET("/1") "]_ >[" GET("/2") "] <[" OK("1") "a]_ <[" OK("2") "bb] >A.,.",
     "x1=GET /1 200 other 1/1 done; x2=GET /2 200 other 2/2 done; x2.frames=8-8 9-9; 8.exchange_last=2; 10.exchange=2"},
    {"a start line in several records", ">[GE] >[T ] >[/s HTTP/1.1\n\n] <[" OK("0") "]",
     "x1=GET /s 200 other 0/0 done; x1.frames=8-10 11-11; 8.exchange=1; 9.exchange=1; 8.phase=request"},
    {"the end of one response and the beginning of the next in a record", ">[" GET("/1") GET("/2") "] <[" OK("4") "ab] <[cd" OK("1") "e]",
     "x1=GET /1 200 other 4/4 done; x2=GET /2 200 other 1/1 done; x1.frames=8-8 9-10; x2.frames=8-8 10-10; 10.exchange=1; 10.exchange_last=2"},
    {"a body in chunks, each in a record", ">[" GET("/") "] <[HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n] <[3\nabc\n] <[0\n\n]",
     "x1=GET / 200 other 3/-1 done; x1.frames=8-8 9-11"},
    {"a ticket belongs to no exchange, nor its acknowledgment", ">[" GET("/") "] <[" OK("0") "] >A.,. <# >A.,.", "10.exchange=1; 11.exchange=0; 12.exchange=0; 11.phase=tls; 11.note=TLS from the server: session-ticket"},
    {"close_notify ends a body that lasts until close", ">[" GET("/") "] <[HTTP/1.1 200 OK\n\nabc] <! <FA.,.", "x1=GET / 200 other 3/-1 done; 11.anomalies=; 10.note=TLS from the server: close-notify; 10.phase=data"},
    {"where more of it came that was not decrypted, nothing is concluded", ">[" GET("/") "] <[HTTP/1.1 200 OK\n\nabc] <[de]? >A.,. <FA.,.",
     "x1=GET / 200 other 3/-1; 10.exchange=0; 11.exchange=1; 12.anomalies="},
    {"an acknowledgment of a message and of what follows it", ">[" GET("/") "] <[" OK("60") "123456789012345678901234567890123456789012345678901234567890] <# >A.,.",
     "11.exchange=1; 11.phase=response"},
    {"without close_notify it is not complete", ">[" GET("/") "] <[HTTP/1.1 200 OK\n\nabc] <FA.,.", "x1=GET / 200 other 3/-1 truncated; 10.anomalies=truncated-body"},
    {"a response that is cut short", ">[" GET("/") "] <[" OK("9") "abc] <! <FA.,.", "x1=GET / 200 other 3/9 truncated"},
    {"a record without content changes nothing", ">[" GET("/") "] <@ <[" OK("3") "abc]", "x1=GET / 200 other 3/3 done; x1.frames=8-8 10-10; 9.exchange=0"},
    {"what was not decrypted is of nothing", ">[" GET("/1") "]? <[" OK("0") "]? >RA.,.", "x1=none; 8.exchange=0; 8.phase=data; 8.roles=data; reset0=abort certain unknown evidence=8"},
    {"a response that was not decrypted is not missing", ">[" GET("/") "] <[" OK("9") "abc]? >A.,. >RA.,.",
     "x1=GET / 0 - 0/-1; 9.exchange=0; 9.phase=data; 10.exchange=0; reset0=abort certain unknown evidence=10"},
    {"a response of which only the beginning was decrypted is not cut", ">[" GET("/") "] <[" OK("9") "abc] <[defghi]? <RA.,.",
     "x1=GET / 200 other 3/9; 10.exchange=0; reset0=abort certain bytes-lost evidence=10"},
    {"a gap of known length inside a body is counted", ">[" GET("/") "] <[" OK("9") "abc] <[def]? <[ghi]", "x1=GET / 200 other 9/9 done; 10.exchange=0; 11.exchange=1"},
    {"a gap where messages are: the next is looked for", ">[" GET("/1") "] <[" OK("0") "]? >[" GET("/2") "] <[" OK("7") "1234567]",
     "x1=GET /1 0 - 0/-1; x2=GET /2 200 other 7/7 done; x2.frames=10-10 11-11"},
    {"a preface of HTTP 2 is no request", ">[PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n] <[" OK("0") "]",
     "x1=none; 8.exchange=0; 8.zh=客户端的 HTTP/2 帧：preface; 9.zh=服务器发送 57 字节加密数据（TLS）；违反 HTTP/2 的规则：帧的长度超过对方的允许值"},
    {"a preface of HTTP 2 may come after the server's first frame", "<[\1\1\1\4] >[PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n]",
     "x1=none; 8.zh=服务器发送 26 字节加密数据（TLS）; 9.zh=客户端的 HTTP/2 帧：preface"},
    {"other protocols are no HTTP", "<[220 mail\n] >[EHLO a\n]", "x1=none; 8.roles=data"},
    {"a repeated segment is of its exchange", ">[" GET("/") "] <[" OK("0") "] <PA.-20+20,.", "10.exchange=1; 10.roles=response+retransmission; x2=none"},
};
/* clang-format on */

static void append_record(talk_t *t, unsigned end, unsigned type, const char *text, gsize n, bool decrypted)
{
    GByteArray *b = t->bytes[end];
    const uint8_t header[] = {DATA, 3, 3, (uint8_t)((n + OVERHEAD) >> 8), (uint8_t)(n + OVERHEAD)};
    g_byte_array_append(b, header, sizeof header);
    g_byte_array_set_size(b, b->len + (guint)n + OVERHEAD);
    memset(b->data + b->len - n - OVERHEAD, 0x5a, n + OVERHEAD);
    if (decrypted && n) {
        g_assert_cmpuint(t->decrypted_count[end], <, DECRYPTED_MAX);
        t->decrypted[end][t->decrypted_count[end]++] = (lab_decrypted_record_t){
            (uint8_t)type, (uint32_t)n, (const uint8_t *)text, type == DATA ? t->sent[end] : 0};
    }
    if (type == DATA)
        t->sent[end] += (uint32_t)n;
}

/* Sends the records that wait, in this number of segments. The last segment brings the decrypted contents. */
static void send_records(talk_t *t, unsigned end, guint segments, bool acknowledged)
{
    GByteArray *b = t->bytes[end];
    guint each = b->len / segments;
    for (guint i = 0; i < segments; i++) {
        if (i + 1 == segments) {
            t->f->decrypted = t->decrypted[end];
            t->f->decrypted_count = t->decrypted_count[end];
        }
        feed_bytes(t->f, end, b->data + i * each, i + 1 < segments ? each : b->len - i * each);
        if (acknowledged)
            feed_play(t->f, end ? ">A.,." : "<A.,.");
    }
    g_byte_array_set_size(b, 0);
    t->decrypted_count[end] = 0;
}

static void lose_records(talk_t *t, unsigned end)
{
    t->f->next[end] += t->bytes[end]->len;
    g_byte_array_set_size(t->bytes[end], 0);
    t->decrypted_count[end] = 0;
}

/* Reads the suffix of a record, and sends or loses it. Returns the position after the suffix. */
static const char *play_suffix(talk_t *t, unsigned end, const char *at)
{
    char *after = (char *)at;
    guint segments = *at == '/' ? (guint)g_ascii_strtoull(at + 1, &after, 10) : 1;
    bool acknowledged = *after == '*';
    if (*at == 'x')
        lose_records(t, end);
    else if (*at != '_')
        send_records(t, end, segments, acknowledged);
    return after + (acknowledged || *at == '_' || *at == 'x');
}

static const char *play_record(talk_t *t, const char *at)
{
    unsigned end = *at++ == '<';
    const char *close = *at == '[' ? strchr(at, ']') : NULL;
    bool unread = close && close[1] == '?';
    if (close)
        append_record(t, end, DATA, at + 1, (gsize)(close - at - 1), !unread);
    else if (*at == '!')
        append_record(t, end, ALERT, "\1", 2, true);
    else
        append_record(t, end, *at == '#' ? HANDSHAKE : DATA, "\4icket", *at == '#' ? 6 : 0, true);
    return play_suffix(t, end, (close ? close : at) + 1 + unread);
}

static void play(talk_t *t, const char *script)
{
    for (const char *at = script; *at; at += strspn(at, " ")) {
        if (at[1] && strchr("[!#@", at[1])) {
            at = play_record(t, at);
            continue;
        }
        char *word = g_strndup(at, strcspn(at, " "));
        feed_play(t->f, word);
        at += strlen(word);
        g_free(word);
    }
}

static void shake_hands(talk_t *t)
{
    static const lab_decrypted_record_t finished = {HANDSHAKE, 30,
                                                    (const uint8_t *)"thirty bytes of a handshake...", 0};
    feed_open(t->f);
    for (const char *p = "C3aA"; *p; p++) {
        GByteArray *b = tls_record_of(*p);
        t->f->decrypted = *p == 'a' || *p == 'A' ? &finished : NULL;
        t->f->decrypted_count = t->f->decrypted != NULL;
        feed_bytes(t->f, !g_ascii_isupper(*p), b->data, b->len);
        g_byte_array_unref(b);
    }
}

static void decrypted_row(gconstpointer data)
{
    const feed_row_t *row = data;
    talk_t t = {.f = feed_new(), .bytes = {g_byte_array_new(), g_byte_array_new()}};
    shake_hands(&t);
    play(&t, row->words);
    feed_check(t.f, row->checks);
    feed_free(t.f);
    for (unsigned i = 0; i < 2; i++)
        g_byte_array_unref(t.bytes[i]);
}

/* The contents that Wireshark gives may not fit the records on the wire. */
static void content_that_fits_no_record_is_not_taken(void)
{
    static const lab_decrypted_record_t wrong[] = {{DATA, 70000, (const uint8_t *)"", 0},
                                                   {99, 1, (const uint8_t *)"x", 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        talk_t t = {.f = feed_new()};
        shake_hands(&t);
        GByteArray *b = tls_record_of(i ? 'C' : 'A');
        t.f->decrypted = &wrong[i];
        t.f->decrypted_count = 1;
        feed_bytes(t.f, 0, b->data, b->len);
        feed_check(t.f, "x1=none; 8.exchange=0");
        g_byte_array_unref(b);
        feed_free(t.f);
    }
}

static void content_without_a_record_is_not_taken(void)
{
    static const lab_decrypted_record_t content = {DATA, 18, (const uint8_t *)"GET / HTTP/1.1\n\n\n\n", 0};
    talk_t t = {.f = feed_new()};
    shake_hands(&t);
    t.f->decrypted = &content;
    t.f->decrypted_count = 1;
    feed_say(t.f, 0, "this is no TLS record");
    feed_check(t.f, "x1=none; 8.exchange=0");
    feed_free(t.f);
}

void add_decrypted_tests(void)
{
    ADD_ROWS("decrypted", rows, decrypted_row);
    g_test_add_func("/decrypted/content that fits no record is not taken",
                    content_that_fits_no_record_is_not_taken);
    g_test_add_func("/decrypted/content without a record is not taken",
                    content_without_a_record_is_not_taken);
}
