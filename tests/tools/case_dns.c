/* A line of a case that is a DNS message: dns ID TYPE NAME [RECORDS] [port N] [resolver ADDRESS].
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case_parser.h"
#include "checksum.h"

#include <string.h>

/* RFC 1035 3.2.2, RFC 3596, RFC 9460 */
enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28, TYPE_HTTPS = 65 };
enum {
    CLASS_IN = 1,
    HEADER = 12,
    ANSWER_COUNT_AT = 6,
    TIME_TO_LIVE = 300,
    DNS_PORT = 53,
    CLIENT_PORT = 53000
};

/* A message while its words are read. */
typedef struct {
    Parser *parser;
    GPtrArray *words;
    guint *at;
    CaseSegment *segment;
    const char *owner; /* the name that the next record is of: the question's, or the last CNAME's target */
    gint64 port;
    CaseEnd resolver;
    guint records;
} Message;

static const char *take_word(Message *message)
{
    if (*message->at >= message->words->len)
        return NULL;
    const char *word = g_ptr_array_index(message->words, *message->at);
    if (strcmp(word, "|") == 0)
        return NULL;
    (*message->at)++;
    return word;
}

static void append16(GByteArray *out, guint value)
{
    guint8 bytes[2];
    put16(bytes, value);
    g_byte_array_append(out, bytes, sizeof bytes);
}

/* RFC 1035 3.1: each label with its length before it, ended by the empty one. Names are not compressed. */
static gboolean append_name(Message *message, GByteArray *out, const char *name)
{
    char **labels = g_strsplit(name ? name : "", ".", -1);
    gboolean good = name && *name;
    for (guint i = 0; good && labels[i]; i++) {
        gsize length = strlen(labels[i]);
        guint8 byte = (guint8)length;
        good = length >= 1 && length <= 63;
        g_byte_array_append(out, &byte, 1);
        g_byte_array_append(out, (const guint8 *)labels[i], (guint)length);
    }
    g_byte_array_append(out, (const guint8 *)"", 1);
    g_strfreev(labels);
    return good || parser_fail(message->parser, "expected a name of labels with 1 to 63 letters, got '%s'",
                               name ? name : "");
}

static gboolean append_question(Message *message)
{
    static const struct {
        const char *word;
        guint type;
    } rows[] = {{"A", TYPE_A}, {"AAAA", TYPE_AAAA}, {"CNAME", TYPE_CNAME}, {"HTTPS", TYPE_HTTPS}};
    const char *word = take_word(message);
    guint type = 0;
    for (guint i = 0; word && i < G_N_ELEMENTS(rows); i++)
        if (strcmp(rows[i].word, word) == 0)
            type = rows[i].type;
    if (type == 0)
        return parser_fail(message->parser, "expected a type of A, AAAA, CNAME and HTTPS, got '%s'",
                           word ? word : "");
    message->owner = take_word(message);
    if (!append_name(message, message->segment->payload, message->owner))
        return FALSE;
    append16(message->segment->payload, type);
    append16(message->segment->payload, CLASS_IN);
    return TRUE;
}

/* RFC 1035 4.1.3: owner, type, class, time to live, length, data. */
static gboolean append_record(Message *message, guint type, const GByteArray *data)
{
    GByteArray *out = message->segment->payload;
    guint8 time_to_live[4];
    if (!append_name(message, out, message->owner))
        return FALSE;
    append16(out, type);
    append16(out, CLASS_IN);
    put32(time_to_live, TIME_TO_LIVE);
    g_byte_array_append(out, time_to_live, sizeof time_to_live);
    append16(out, data->len);
    g_byte_array_append(out, data->data, data->len);
    put16(out->data + ANSWER_COUNT_AT, ++message->records);
    return TRUE;
}

static gboolean read_cname(Message *message)
{
    GByteArray *data = g_byte_array_new();
    const char *target = take_word(message);
    gboolean good = append_name(message, data, target) && append_record(message, TYPE_CNAME, data);
    message->owner = target;
    g_byte_array_unref(data);
    return good;
}

/* "a ADDRESS", "aaaa ADDRESS"; the word server stands for the address of the case's server. */
static gboolean read_host(Message *message, const char *item, guint type, gboolean ipv6)
{
    const CaseConnection *first = g_ptr_array_index(message->parser->current->connections, 0);
    CaseEnd host = first->ends[CASE_SERVER];
    const char *word = take_word(message);
    if (g_strcmp0(word, "server") != 0 && !parser_address(message->parser, word, &host))
        return FALSE;
    if (host.ipv6 != ipv6)
        return parser_fail(message->parser, "expected an IPv%d address after '%s', got '%s'", ipv6 ? 6 : 4,
                           item, word);
    GByteArray *data = g_byte_array_new();
    g_byte_array_append(data, host.address, ipv6 ? 16 : 4);
    gboolean good = append_record(message, type, data);
    g_byte_array_unref(data);
    return good;
}

static gboolean read_a(Message *message)
{
    return read_host(message, "a", TYPE_A, FALSE);
}

static gboolean read_aaaa(Message *message)
{
    return read_host(message, "aaaa", TYPE_AAAA, TRUE);
}

/* RFC 1035 4.1.1: the last four bits of the flags; 3 is "no such name". */
static gboolean read_rcode(Message *message)
{
    gint64 rcode = 0;
    if (!parser_number(message->parser, take_word(message), 0, 15, "a response code", &rcode))
        return FALSE;
    message->segment->payload->data[3] |= (guint8)rcode;
    return TRUE;
}

static gboolean read_port(Message *message)
{
    return parser_number(message->parser, take_word(message), 1, 65535, "a port", &message->port);
}

static gboolean read_resolver(Message *message)
{
    return parser_address(message->parser, take_word(message), &message->resolver);
}

static gboolean read_item(Message *message, const char *word)
{
    static const struct {
        const char *word;
        gboolean record;
        gboolean (*read)(Message *);
    } rows[] = {{"cname", TRUE, read_cname}, {"a", TRUE, read_a},        {"aaaa", TRUE, read_aaaa},
                {"rcode", TRUE, read_rcode}, {"port", FALSE, read_port}, {"resolver", FALSE, read_resolver}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].word, word) != 0)
            continue;
        if (rows[i].record && message->segment->side == CASE_CLIENT)
            return parser_fail(message->parser, "a query has no records, got '%s'", word);
        return rows[i].read(message);
    }
    return parser_fail(message->parser,
                       "expected a record (cname a aaaa rcode) or port or resolver, got '%s'", word);
}

/* The client's own address where the resolver's is of the same kind, else the case's default one. */
static gboolean set_ends(Message *message)
{
    Case *a_case = message->parser->current;
    const CaseConnection *first = g_ptr_array_index(a_case->connections, 0);
    CaseConnection *path = g_new0(CaseConnection, 1);
    case_default_end(a_case, 2, 0, &path->ends[CASE_CLIENT]);
    if (first->ends[CASE_CLIENT].ipv6 == message->resolver.ipv6)
        path->ends[CASE_CLIENT] = first->ends[CASE_CLIENT];
    path->ends[CASE_CLIENT].port = (guint16)message->port;
    path->ends[CASE_SERVER] = message->resolver;
    path->ends[CASE_SERVER].port = DNS_PORT;
    for (int side = 0; side < 2; side++)
        path->streams[side] = g_ptr_array_new();
    g_ptr_array_add(a_case->resolvers, path);
    message->segment->connection = path;
    if (path->ends[CASE_CLIENT].ipv6 == path->ends[CASE_SERVER].ipv6)
        return TRUE;
    return parser_fail(message->parser, "an IPv6 resolver needs an IPv6 client: say 'client [ADDRESS]:PORT'");
}

gboolean parser_dns(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment)
{
    Message message = {.parser = parser, .words = words, .at = at, .segment = segment, .port = CLIENT_PORT};
    gint64 id = 0;
    case_default_end(parser->current, 53, DNS_PORT, &message.resolver);
    if (!parser_number(parser, take_word(&message), 0, 65535, "a DNS message's number", &id))
        return FALSE;
    /* RFC 1035 4.1.1: number; recursion desired, in an answer also available; one question. */
    guint8 header[HEADER] = {0, 0, 1, 0, 0, 1};
    put16(header, (unsigned)id);
    if (segment->side == CASE_SERVER)
        put16(header + 2, 0x8180);
    g_byte_array_append(segment->payload, header, sizeof header);
    if (!append_question(&message))
        return FALSE;
    for (const char *word; (word = take_word(&message));)
        if (!read_item(&message, word))
            return FALSE;
    return set_ends(&message);
}
