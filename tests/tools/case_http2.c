/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of HTTP/2 (RFC 9113) in a case: "h2 KIND ...". The heads of each side are encoded by libnghttp2,
 * with one table of header fields (RFC 7541) a side and connection. */
#include "case_http2.h"

#include "checksum.h"

#include <nghttp2/nghttp2.h>
#include <string.h>

#define HEADERS_MAX 400

enum {
    DATA,
    HEADERS,
    PRIORITY,
    RST_STREAM,
    SETTINGS,
    PUSH_PROMISE,
    PING,
    GOAWAY,
    WINDOW_UPDATE,
    CONTINUATION
};
enum { END_STREAM = 1, END_HEADERS = 4, PADDED = 8, HAS_PRIORITY = 32 };

/* An item while its words are read. */
typedef struct {
    CaseConnection *connection;
    int side;
    GPtrArray *words;
    guint *at;
    GByteArray *out;
    char **problem;
    /* options behind the item's own words; -1 = not given */
    gint64 padded, weight, on, split, table;
    gboolean end, exclusive, unfinished;
    nghttp2_nv fields[HEADERS_MAX];
    gsize count;
} Item;

static gboolean fail(Item *item, const char *expected)
{
    const char *word = *item->at < item->words->len ? g_ptr_array_index(item->words, *item->at) : "nothing";
    *item->problem = g_strdup_printf("h2: expected %s, got '%s'", expected, word);
    return FALSE;
}

static const char *peek(const Item *item)
{
    const char *word = *item->at < item->words->len ? g_ptr_array_index(item->words, *item->at) : NULL;
    return word && strcmp(word, "|") != 0 ? word : NULL;
}

static const char *take(Item *item)
{
    const char *word = peek(item);
    if (word)
        ++*item->at;
    return word && *word == '"' ? word + 1 : word;
}

static gboolean take_number(Item *item, const char *what, gint64 *value)
{
    const char *word = peek(item);
    char *end = NULL;
    *value = word ? g_ascii_strtoll(word, &end, 0) : 0;
    if (!word || end == word || *end || *value < 0)
        return fail(item, what);
    ++*item->at;
    return TRUE;
}

static void put_frame(Item *item, guint type, guint flags, gint64 stream, const guint8 *payload, gsize length)
{
    guint8 header[9] = {(guint8)(length >> 16), (guint8)(length >> 8), (guint8)length, (guint8)type,
                        (guint8)flags};
    put32(header + 5, (guint32)stream);
    g_byte_array_append(item->out, header, sizeof header);
    if (length)
        g_byte_array_append(item->out, payload, (guint)length);
}

/* ---- header fields ---- */

static void add_field(Item *item, const char *name, gsize name_length, const char *value)
{
    if (item->count == HEADERS_MAX)
        return;
    item->fields[item->count++] =
        (nghttp2_nv){(uint8_t *)g_strndup(name, name_length), (uint8_t *)g_strdup(value), name_length,
                     strlen(value), NGHTTP2_NV_FLAG_NONE};
}

static void clear_fields(Item *item)
{
    for (gsize i = 0; i < item->count; i++) {
        g_free(item->fields[i].name);
        g_free(item->fields[i].value);
    }
    item->count = 0;
}

static gboolean header_option(Item *item)
{
    const char *text = take(item);
    const char *colon = text && *text ? strstr(text + 1, ":") : NULL;
    if (!colon)
        return fail(item, "\"name: value\" after 'header'");
    add_field(item, text, (gsize)(colon - text), colon + 1 + strspn(colon + 1, " "));
    return TRUE;
}

/* "header N times NAME": N fields of the same name, numbered. */
static gboolean headers_option(Item *item)
{
    gint64 count, length;
    if (!take_number(item, "a number of fields", &count) || !take_number(item, "the bytes of each", &length))
        return FALSE;
    for (gint64 i = 0; i < count; i++) {
        char *name = g_strdup_printf("x-field-%d", (int)i), *value = g_strnfill((gsize)length, 'v');
        add_field(item, name, strlen(name), value);
        g_free(name);
        g_free(value);
    }
    return TRUE;
}

/* Takes the options that follow. FALSE with a problem set where one is wrong. */
static gboolean options(Item *item)
{
    const struct {
        const char *word;
        gint64 *number;
        gboolean *flag;
    } rows[] = {{"padded", &item->padded, NULL},
                {"weight", &item->weight, NULL},
                {"on", &item->on, NULL},
                {"split", &item->split, NULL},
                {"table", &item->table, NULL},
                {"end", NULL, &item->end},
                {"exclusive", NULL, &item->exclusive},
                {"unfinished", NULL, &item->unfinished}};
    for (const char *word; (word = peek(item));) {
        guint i = 0;
        while (i < G_N_ELEMENTS(rows) && strcmp(rows[i].word, word) != 0)
            i++;
        gboolean header = strcmp(word, "header") == 0, headers = strcmp(word, "headers") == 0;
        if (i == G_N_ELEMENTS(rows) && !header && !headers)
            return TRUE;
        ++*item->at;
        if (header || headers) {
            if (header ? !header_option(item) : !headers_option(item))
                return FALSE;
        } else if (rows[i].flag) {
            *rows[i].flag = TRUE;
        } else if (!take_number(item, "a number after an option", rows[i].number)) {
            return FALSE;
        }
    }
    return TRUE;
}

static GByteArray *encode(Item *item)
{
    nghttp2_hd_deflater **deflater = (nghttp2_hd_deflater **)&item->connection->deflater[item->side];
    if (!*deflater)
        nghttp2_hd_deflate_new(deflater, 65536);
    if (item->table >= 0)
        nghttp2_hd_deflate_change_table_size(*deflater, (size_t)item->table);
    gsize room = nghttp2_hd_deflate_bound(*deflater, item->fields, item->count);
    GByteArray *block = g_byte_array_new();
    g_byte_array_set_size(block, (guint)room);
    gssize length = nghttp2_hd_deflate_hd(*deflater, block->data, room, item->fields, item->count);
    g_byte_array_set_size(block, (guint)MAX(length, 0));
    return block;
}

/* HEADERS or PUSH_PROMISE, and with "split N" CONTINUATION frames of N bytes. `before`: of the payload. */
static void put_block(Item *item, guint type, gint64 stream, const guint8 *before, guint before_length)
{
    GByteArray *block = encode(item), *payload = g_byte_array_new();
    guint first = item->split >= 0 ? (guint)MIN(item->split, block->len) : block->len;
    guint flags = (item->end ? END_STREAM : 0u) | (item->padded >= 0 ? PADDED : 0u) |
                  (item->weight >= 0 ? HAS_PRIORITY : 0u);
    gboolean whole = first == block->len && !item->unfinished;
    if (item->padded >= 0)
        g_byte_array_append(payload, (const guint8[]){(guint8)item->padded}, 1);
    if (item->weight >= 0) {
        guint8 priority[5] = {[4] = (guint8)(item->weight - 1)};
        put32(priority, (guint32)MAX(item->on, 0) | (item->exclusive ? 0x80000000u : 0u));
        g_byte_array_append(payload, priority, sizeof priority);
    }
    g_byte_array_append(payload, before, before_length);
    g_byte_array_append(payload, block->data, first);
    for (gint64 i = 0; i < item->padded; i++)
        g_byte_array_append(payload, (const guint8[]){0}, 1);
    put_frame(item, type, flags | (whole ? END_HEADERS : 0u), stream, payload->data, payload->len);
    for (guint done = first; done < block->len;) {
        guint part = MIN((guint)MAX(item->split, 1), block->len - done);
        gboolean last = done + part == block->len && !item->unfinished;
        put_frame(item, CONTINUATION, last ? END_HEADERS : 0, stream, block->data + done, part);
        done += part;
    }
    g_byte_array_unref(payload);
    g_byte_array_unref(block);
    clear_fields(item);
}

static gboolean request_fields(Item *item)
{
    const char *method = take(item), *path = take(item);
    if (!method || !path)
        return fail(item, "a method and a path");
    add_field(item, ":method", 7, method);
    if (strcmp(method, "CONNECT") != 0) {
        add_field(item, ":scheme", 7, "http");
        add_field(item, ":authority", 10, "lab.test");
    }
    if (strcmp(method, "CONNECT") == 0)
        add_field(item, ":authority", 10, path);
    else
        add_field(item, ":path", 5, path);
    return TRUE;
}

/* ---- kinds ---- */

static gboolean preface(Item *item)
{
    g_byte_array_append(item->out, (const guint8 *)"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
    return TRUE;
}

static gboolean settings(Item *item)
{
    static const char *const names[] = {"", "table", "push", "streams", "window", "frame", "list", NULL};
    GByteArray *payload = g_byte_array_new();
    for (const char *word; (word = peek(item)) && strchr(word, '=');) {
        char **pair = g_strsplit(word, "=", 2);
        guint id = 0;
        for (guint i = 1; names[i]; i++)
            id = strcmp(names[i], pair[0]) == 0 ? i : id;
        id = id ? id : (guint)g_ascii_strtoull(pair[0], NULL, 0);
        guint8 setting[6] = {(guint8)(id >> 8), (guint8)id};
        put32(setting + 2, (guint32)g_ascii_strtoull(pair[1], NULL, 0));
        g_byte_array_append(payload, setting, sizeof setting);
        g_strfreev(pair);
        ++*item->at;
    }
    put_frame(item, SETTINGS, 0, 0, payload->data, payload->len);
    g_byte_array_unref(payload);
    return TRUE;
}

static gboolean settings_ack(Item *item)
{
    put_frame(item, SETTINGS, 1, 0, NULL, 0);
    return TRUE;
}

static gboolean request(Item *item)
{
    gint64 stream;
    if (!take_number(item, "a stream", &stream) || !request_fields(item) || !options(item))
        return FALSE;
    put_block(item, HEADERS, stream, (const guint8 *)"", 0);
    return TRUE;
}

static gboolean response(Item *item)
{
    gint64 stream;
    if (!take_number(item, "a stream", &stream))
        return FALSE;
    const char *status = take(item);
    if (!status)
        return fail(item, "a status");
    add_field(item, ":status", 7, status);
    if (!options(item))
        return FALSE;
    put_block(item, HEADERS, stream, (const guint8 *)"", 0);
    return TRUE;
}

/* Fields alone: a trailer, or a head that is wrong. */
static gboolean trailer(Item *item)
{
    gint64 stream;
    if (!take_number(item, "a stream", &stream) || !options(item))
        return FALSE;
    put_block(item, HEADERS, stream, (const guint8 *)"", 0);
    return TRUE;
}

static gboolean push(Item *item)
{
    gint64 stream, promised;
    if (!take_number(item, "a stream", &stream) || !take_number(item, "the promised stream", &promised) ||
        !request_fields(item) || !options(item))
        return FALSE;
    guint8 id[4];
    put32(id, (guint32)promised);
    put_block(item, PUSH_PROMISE, stream, id, sizeof id);
    return TRUE;
}

static gboolean data(Item *item)
{
    gint64 stream, length;
    if (!take_number(item, "a stream", &stream) || !take_number(item, "a length", &length) || !options(item))
        return FALSE;
    GByteArray *payload = g_byte_array_new();
    if (item->padded >= 0)
        g_byte_array_append(payload, (const guint8[]){(guint8)item->padded}, 1);
    for (gint64 i = 0; i < length + MAX(item->padded, 0); i++)
        g_byte_array_append(payload, (const guint8[]){i < length ? (guint8)('a' + i % 26) : 0}, 1);
    put_frame(item, DATA, (item->end ? END_STREAM : 0u) | (item->padded >= 0 ? PADDED : 0u), stream,
              payload->data, payload->len);
    g_byte_array_unref(payload);
    return TRUE;
}

/* Frames of one or two numbers of 32 bits. */
static gboolean numbers(Item *item, guint type, gboolean on_stream, guint count)
{
    gint64 stream = 0, value;
    guint8 payload[8];
    if (on_stream && !take_number(item, "a stream", &stream))
        return FALSE;
    for (guint i = 0; i < count; i++) {
        if (!take_number(item, "a number", &value))
            return FALSE;
        put32(payload + 4 * i, (guint32)value);
    }
    put_frame(item, type, 0, stream, payload, 4 * count);
    return TRUE;
}

static gboolean reset(Item *item)
{
    return numbers(item, RST_STREAM, TRUE, 1);
}

static gboolean window(Item *item)
{
    return numbers(item, WINDOW_UPDATE, TRUE, 1);
}

static gboolean goaway(Item *item)
{
    return numbers(item, GOAWAY, FALSE, 2);
}

static gboolean any_ping(Item *item, guint flags)
{
    gint64 opaque;
    if (!take_number(item, "eight bytes as a number", &opaque))
        return FALSE;
    guint8 payload[8];
    put32(payload, (guint32)((guint64)opaque >> 32));
    put32(payload + 4, (guint32)opaque);
    put_frame(item, PING, flags, 0, payload, sizeof payload);
    return TRUE;
}

static gboolean ping(Item *item)
{
    return any_ping(item, 0);
}

static gboolean ping_ack(Item *item)
{
    return any_ping(item, 1);
}

static gboolean priority(Item *item)
{
    gint64 stream, on, weight;
    if (!take_number(item, "a stream", &stream) || !take_number(item, "a stream to depend on", &on) ||
        !take_number(item, "a weight", &weight))
        return FALSE;
    guint8 payload[5] = {[4] = (guint8)(weight - 1)};
    put32(payload, (guint32)on);
    put_frame(item, PRIORITY, 0, stream, payload, sizeof payload);
    return TRUE;
}

/* "frame TYPE FLAGS STREAM LENGTH": any frame, its payload of zero bytes. */
static gboolean frame(Item *item)
{
    gint64 type, flags, stream, length;
    if (!take_number(item, "a type", &type) || !take_number(item, "flags", &flags) ||
        !take_number(item, "a stream", &stream) || !take_number(item, "a length", &length))
        return FALSE;
    guint8 *payload = g_malloc0((gsize)length + 1);
    put_frame(item, (guint)type, (guint)flags, stream, payload, (gsize)length);
    g_free(payload);
    return TRUE;
}

gboolean case_http2_item(CaseConnection *connection, int side, GPtrArray *words, guint *at, GByteArray *out,
                         char **problem)
{
    static const struct {
        const char *word;
        gboolean (*read)(Item *);
    } rows[] = {{"preface", preface},   {"settings", settings}, {"settings-ack", settings_ack},
                {"request", request},   {"response", response}, {"trailer", trailer},
                {"push", push},         {"data", data},         {"reset", reset},
                {"window", window},     {"goaway", goaway},     {"ping", ping},
                {"ping-ack", ping_ack}, {"priority", priority}, {"frame", frame}};
    Item item = {.connection = connection,
                 .side = side,
                 .words = words,
                 .at = at,
                 .out = out,
                 .problem = problem,
                 .padded = -1,
                 .weight = -1,
                 .on = -1,
                 .split = -1,
                 .table = -1};
    ++*at;
    const char *word = peek(&item);
    for (guint i = 0; word && i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].word, word) != 0)
            continue;
        ++*at;
        gboolean good = rows[i].read(&item);
        clear_fields(&item);
        return good;
    }
    return fail(&item, "one of preface settings settings-ack request response trailer push data reset window "
                       "goaway ping ping-ack priority frame");
}

void case_http2_clear(CaseConnection *connection)
{
    for (int side = 0; side < 2; side++) {
        if (connection->deflater[side])
            nghttp2_hd_deflate_del(connection->deflater[side]);
        connection->deflater[side] = NULL;
    }
}
