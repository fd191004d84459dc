/* What segments carry: HTTP messages, TLS records, text and bytes, and the streams of both sides that hold
 * them.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case.h"

#include <string.h>

/* An HTTP message while its words are read. Lengths are -1 until given. */
typedef struct {
    GString *head; /* start line and header fields, without the empty line */
    const char *version;
    gint64 body, promised, chunked, size;
    gboolean response, unfinished, until_close;
    int status;
} Message;

static const char body_text[] = "the quick brown fox jumps over the lazy dog, again and again;\n";

static void append_filler(GByteArray *out, gint64 length)
{
    for (gint64 i = 0; i < length; i++)
        g_byte_array_append(out, (const guint8 *)&body_text[i % (gint64)(sizeof body_text - 1)], 1);
}

static const char *next_word(GPtrArray *words, guint *at)
{
    if (*at >= words->len)
        return NULL;
    const char *word = g_ptr_array_index(words, (*at)++);
    return *word == '"' ? word + 1 : word;
}

static gboolean next_number(GPtrArray *words, guint *at, gint64 *value, char **problem)
{
    const char *after = g_ptr_array_index(words, *at - 1);
    const char *word = next_word(words, at);
    char *end = NULL;
    *value = word ? g_ascii_strtoll(word, &end, 10) : 0;
    if (word && end != word && *end == '\0' && *value >= 0)
        return TRUE;
    *problem =
        g_strdup_printf("expected a number after '%s', got '%s'", after, word ? word : "the end of the line");
    return FALSE;
}

static const char *reason_phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } rows[] = {{100, "Continue"},
                {101, "Switching Protocols"},
                {103, "Early Hints"},
                {200, "OK"},
                {204, "No Content"},
                {206, "Partial Content"},
                {301, "Moved Permanently"},
                {302, "Found"},
                {304, "Not Modified"},
                {400, "Bad Request"},
                {404, "Not Found"},
                {408, "Request Timeout"},
                {500, "Internal Server Error"},
                {503, "Service Unavailable"}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].status == status)
            return rows[i].phrase;
    return "Status";
}

/* Words that set a length: one row each, so that message_word() stays a loop. */
static gint64 *length_word(Message *message, const char *word)
{
    const struct {
        const char *word;
        gint64 *value;
    } rows[] = {{"body", &message->body},
                {"promised", &message->promised},
                {"chunked", &message->chunked},
                {"size", &message->size}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(rows[i].word, word) == 0)
            return rows[i].value;
    return NULL;
}

/* Takes one optional word of a message. Returns FALSE, taking nothing, when the word is none of them or is
 * wrong. */
static gboolean message_word(Message *message, GPtrArray *words, guint *at, char **problem)
{
    const char *word = g_ptr_array_index(words, *at);
    gint64 *length = length_word(message, word);
    if (length) {
        (*at)++;
        return next_number(words, at, length, problem);
    }
    if (strcmp(word, "header") == 0) {
        (*at)++;
        const char *text = next_word(words, at);
        if (text && strchr(text, ':')) {
            g_string_append_printf(message->head, "%s\r\n", text);
            return TRUE;
        }
        *problem =
            g_strdup_printf("expected \"Name: value\" after 'header', got '%s'", text ? text : "nothing");
        return FALSE;
    }
    gboolean *flag = strcmp(word, "unfinished") == 0    ? &message->unfinished
                     : strcmp(word, "until-close") == 0 ? &message->until_close
                                                        : NULL;
    if (flag == NULL)
        return FALSE;
    *flag = TRUE;
    (*at)++;
    return TRUE;
}

/* Appends the framing header that fits the body; RFC 9112 6.3: 1xx, 204 and 304 have no body and need none.
 */
static void append_framing(Message *message)
{
    gboolean bodiless = message->response
                            ? message->status < 200 || message->status == 204 || message->status == 304
                            : message->body < 0;
    if (message->chunked >= 0)
        g_string_append(message->head, "Transfer-Encoding: chunked\r\n");
    else if (message->promised >= 0)
        g_string_append_printf(message->head, "Content-Length: %" G_GINT64_FORMAT "\r\n", message->promised);
    else if (!message->until_close && !bodiless)
        g_string_append_printf(message->head, "Content-Length: %" G_GINT64_FORMAT "\r\n",
                               MAX(message->body, 0));
}

static void append_body(const Message *message, GByteArray *out)
{
    const gint64 largest_chunk = 1000;
    if (message->chunked < 0) {
        append_filler(out, message->body);
        return;
    }
    for (gint64 left = message->chunked; left > 0; left -= MIN(left, largest_chunk)) {
        gint64 chunk = MIN(left, largest_chunk);
        char *line = g_strdup_printf("%" G_GINT64_MODIFIER "x\r\n", chunk);
        g_byte_array_append(out, (const guint8 *)line, (guint)strlen(line));
        g_free(line);
        append_filler(out, chunk);
        g_byte_array_append(out, (const guint8 *)"\r\n", 2);
    }
    if (!message->unfinished)
        g_byte_array_append(out, (const guint8 *)"0\r\n\r\n", 5);
}

/* Ends the head, padded with a header field of our own so that head and body have `size` bytes together. */
static gboolean append_message(Message *message, GByteArray *out, char **problem)
{
    static const char pad_name[] = "X-Pad: \r\n";
    append_framing(message);
    GByteArray *body = g_byte_array_new();
    append_body(message, body);
    gint64 missing = message->size < 0 ? 0 : message->size - (gint64)(message->head->len + 2 + body->len);
    gint64 pad = missing - (gint64)(sizeof pad_name - 1);
    if (missing != 0 && pad < 0) {
        *problem =
            g_strdup_printf("size %" G_GINT64_FORMAT " cannot be met: the message has %" G_GINT64_FORMAT
                            " bytes already and padding takes at least 9",
                            message->size, message->size - missing);
        g_byte_array_unref(body);
        return FALSE;
    }
    if (missing != 0) {
        char *padding = g_strnfill((gsize)pad, '-');
        g_string_append_printf(message->head, "X-Pad: %s\r\n", padding);
        g_free(padding);
    }
    g_string_append(message->head, "\r\n");
    g_byte_array_append(out, (const guint8 *)message->head->str, (guint)message->head->len);
    g_byte_array_append(out, body->data, body->len);
    g_byte_array_unref(body);
    return TRUE;
}

static gboolean read_start_line(Message *message, GPtrArray *words, guint *at, char **problem)
{
    const char *first = next_word(words, at), *second = NULL;
    if (!message->response)
        second = next_word(words, at);
    if (*at < words->len && strcmp(g_ptr_array_index(words, *at), "http1.0") == 0) {
        message->version = "HTTP/1.0";
        (*at)++;
    }
    if (first == NULL || (!message->response && second == NULL)) {
        *problem = g_strdup(message->response ? "expected a status after 'response'"
                                              : "expected a method and a target after 'request'");
        return FALSE;
    }
    if (!message->response) {
        g_string_printf(message->head, "%s %s %s\r\nHost: lab.test\r\n", first, second, message->version);
        return TRUE;
    }
    message->status = (int)g_ascii_strtoll(first, NULL, 10);
    if (message->status < 100 || message->status > 999) {
        *problem = g_strdup_printf("expected a status of three digits after 'response', got '%s'", first);
        return FALSE;
    }
    g_string_printf(message->head, "%s %d %s\r\n", message->version, message->status,
                    reason_phrase(message->status));
    return TRUE;
}

static gboolean read_message(gboolean response, GPtrArray *words, guint *at, GByteArray *out, char **problem)
{
    Message message = {.head = g_string_new(NULL),
                       .version = "HTTP/1.1",
                       .response = response,
                       .body = -1,
                       .promised = -1,
                       .chunked = -1,
                       .size = -1};
    gboolean good = read_start_line(&message, words, at, problem);
    while (good && *at < words->len && message_word(&message, words, at, problem))
        ;
    good = good && *problem == NULL && append_message(&message, out, problem);
    g_string_free(message.head, TRUE);
    return good;
}

static gboolean request_item(GPtrArray *words, guint *at, GByteArray *out, char **problem)
{
    return read_message(FALSE, words, at, out, problem);
}

static gboolean response_item(GPtrArray *words, guint *at, GByteArray *out, char **problem)
{
    return read_message(TRUE, words, at, out, problem);
}

/* "tls TYPE LENGTH": one record of LENGTH bytes, its 5-byte header included (RFC 5246 6.2.1). */
static gboolean tls_item(GPtrArray *words, guint *at, GByteArray *out, char **problem)
{
    static const struct {
        const char *name;
        guint8 content_type, handshake_type;
    } rows[] = {{"client-hello", 22, 1}, {"server-hello", 22, 2}, {"handshake", 22, 0},
                {"ccs", 20, 0},          {"alert", 21, 0},        {"data", 23, 0}};
    const char *name = next_word(words, at);
    gint64 length = 0;
    for (guint i = 0; name && i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].name, name) != 0)
            continue;
        if (!next_number(words, at, &length, problem))
            return FALSE;
        if (length < 6 || length > 16384 + 256 + 5)
            break;
        guint inner = (guint)length - 5;
        guint8 record[9] = {rows[i].content_type, 3, 3, (guint8)(inner >> 8), (guint8)inner};
        guint head = 5;
        if (rows[i].handshake_type && inner >= 4) {
            record[5] = rows[i].handshake_type;
            record[7] = (guint8)((inner - 4) >> 8);
            record[8] = (guint8)(inner - 4);
            head = 9;
        }
        g_byte_array_append(out, record, head);
        /* An encrypted record looks random; 0xb7 is no known handshake type. */
        for (guint j = head; j < (guint)length; j++)
            g_byte_array_append(out, (const guint8 *)(rows[i].content_type == 20 ? "\x01" : "\xb7"), 1);
        return TRUE;
    }
    *problem = g_strdup_printf(
        "expected 'tls TYPE LENGTH' with TYPE client-hello, server-hello, handshake, ccs, alert or "
        "data and LENGTH 6 to 16645, got '%s'",
        name ? name : "nothing");
    return FALSE;
}

/* "text" with \r, \n, \t, \\ and octal escapes. */
static gboolean text_item(GPtrArray *words, guint *at, GByteArray *out, char **problem)
{
    const char *word = next_word(words, at);
    if (word == NULL) {
        *problem = g_strdup("expected \"...\" after 'text'");
        return FALSE;
    }
    char *bytes = g_strcompress(word);
    g_byte_array_append(out, (const guint8 *)bytes, (guint)strlen(bytes));
    g_free(bytes);
    return TRUE;
}

static gboolean hex_item(GPtrArray *words, guint *at, GByteArray *out, char **problem)
{
    const char *word = next_word(words, at);
    gsize length = word ? strlen(word) : 0;
    if (length == 0 || length % 2 || strspn(word, "0123456789abcdefABCDEF") != length) {
        *problem =
            g_strdup_printf("expected pairs of hex digits after 'hex', got '%s'", word ? word : "nothing");
        return FALSE;
    }
    for (gsize i = 0; i < length; i += 2) {
        guint8 byte = (guint8)(g_ascii_xdigit_value(word[i]) << 4 | g_ascii_xdigit_value(word[i + 1]));
        g_byte_array_append(out, &byte, 1);
    }
    return TRUE;
}

gboolean case_payload_item(GPtrArray *words, guint *at, GByteArray *out, gboolean *known, char **problem)
{
    static const struct {
        const char *word;
        gboolean (*read)(GPtrArray *, guint *, GByteArray *, char **);
    } rows[] = {{"request", request_item},
                {"response", response_item},
                {"tls", tls_item},
                {"text", text_item},
                {"hex", hex_item}};
    const char *word = g_ptr_array_index(words, *at);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].word, word) != 0)
            continue;
        *known = TRUE;
        (*at)++;
        return rows[i].read(words, at, out, problem);
    }
    *known = FALSE;
    return TRUE;
}

void case_stream_write(CaseConnection *connection, int side, gint64 seq, const GByteArray *bytes)
{
    CasePiece *piece = g_new0(CasePiece, 1);
    piece->seq = seq;
    piece->bytes = g_bytes_new(bytes->data, bytes->len);
    g_ptr_array_add(connection->streams[side], piece);
}

void case_stream_read(const CaseConnection *connection, int side, gint64 seq, guint length, guint8 *out)
{
    for (guint i = 0; i < length; i++)
        out[i] = (guint8)('a' + (seq + i) % 26);
    for (guint i = 0; i < connection->streams[side]->len; i++) {
        const CasePiece *piece = g_ptr_array_index(connection->streams[side], i);
        gsize size = 0;
        const guint8 *bytes = g_bytes_get_data(piece->bytes, &size);
        gint64 from = MAX(seq, piece->seq), to = MIN(seq + length, piece->seq + (gint64)size);
        if (from < to)
            memcpy(out + (from - seq), bytes + (from - piece->seq), (gsize)(to - from));
    }
}
