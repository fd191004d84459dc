/* Reads case files: directives, and which line is what.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case_http2.h"
#include "case_parser.h"
#include "expect.h"

#include <gio/gio.h>
#include <string.h>

gboolean parser_fail(Parser *parser, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(parser->error, g_quark_from_static_string("lab-case"), 0, "%s:%u: %s", parser->file,
                parser->line, text);
    g_free(text);
    return FALSE;
}

gboolean parser_number(Parser *parser, const char *text, gint64 low, gint64 high, const char *what,
                       gint64 *value)
{
    char *end = NULL;
    *value = text ? g_ascii_strtoll(text, &end, 0) : 0;
    if (text && end != text && *end == '\0' && *value >= low && *value <= high)
        return TRUE;
    return parser_fail(parser, "expected %s from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ", got '%s'",
                       what, low, high, text ? text : "the end of the line");
}

static gboolean read_address(const char *text, CaseEnd *end)
{
    GInetAddress *parsed = g_inet_address_new_from_string(text);
    if (parsed == NULL)
        return FALSE;
    end->ipv6 = g_inet_address_get_family(parsed) == G_SOCKET_FAMILY_IPV6;
    memcpy(end->address, g_inet_address_to_bytes(parsed), g_inet_address_get_native_size(parsed));
    g_object_unref(parsed);
    return TRUE;
}

gboolean parser_end(Parser *parser, const char *text, CaseEnd *end)
{
    const char *colon = strrchr(text, ':');
    gint64 port = 0;
    if (!parser_number(parser, colon ? colon + 1 : text, 1, 65535, "a port", &port))
        return FALSE;
    end->port = (guint16)port;
    if (colon == NULL)
        return TRUE;
    gboolean brackets = text[0] == '[' && colon > text && colon[-1] == ']';
    char *address =
        brackets ? g_strndup(text + 1, (gsize)(colon - text - 2)) : g_strndup(text, (gsize)(colon - text));
    gboolean good = read_address(address, end) && end->ipv6 == brackets;
    if (!good)
        parser_fail(parser, "expected ADDRESS:PORT, [IPV6-ADDRESS]:PORT or PORT, got '%s'", text);
    g_free(address);
    return good;
}

gboolean parser_address(Parser *parser, const char *text, CaseEnd *end)
{
    if (text && read_address(text, end))
        return TRUE;
    return parser_fail(parser, "expected an IPv4 or IPv6 address, got '%s'",
                       text ? text : "the end of the line");
}

/* Addresses that no other case has, so that all cases can be merged into one capture. */
void case_default_end(const Case *a_case, guint host, guint port, CaseEnd *end)
{
    guint8 address[4] = {10, (guint8)(a_case->ordinal / 250), (guint8)(a_case->ordinal % 250 + 1),
                         (guint8)host};
    memcpy(end->address, address, sizeof address);
    end->ipv6 = FALSE;
    end->port = (guint16)port;
}

CaseConnection *case_connection_new(Case *a_case, const char *name)
{
    CaseConnection *connection = g_new0(CaseConnection, 1);
    connection->name = g_strdup(name);
    case_default_end(a_case, 2, 40000, &connection->ends[CASE_CLIENT]);
    case_default_end(a_case, 80, 80, &connection->ends[CASE_SERVER]);
    connection->isn[CASE_CLIENT] = 1000000;
    connection->isn[CASE_SERVER] = 3000000000;
    for (int side = 0; side < 2; side++)
        connection->streams[side] = g_ptr_array_new();
    g_ptr_array_add(a_case->connections, connection);
    return connection;
}

CaseConnection *case_connection_find(const Case *a_case, const char *name, gsize length)
{
    for (guint i = 0; i < a_case->connections->len; i++) {
        CaseConnection *connection = g_ptr_array_index(a_case->connections, i);
        const char *own = connection->name ? connection->name : "";
        if (strlen(own) == length && strncmp(own, name, length) == 0)
            return connection;
    }
    return NULL;
}

static gboolean start_case(Parser *parser, const char *rest)
{
    Case *a_case = g_new0(Case, 1);
    a_case->name = g_strdup(rest);
    a_case->file = g_strdup(parser->file);
    a_case->line = parser->line;
    a_case->ordinal = parser->cases->len;
    a_case->link_type = 1;
    a_case->snaplen = 262144;
    /* Far enough apart that no idle time of one case reaches into the next. */
    a_case->start_ns =
        (G_GINT64_CONSTANT(1700000000) + (gint64)a_case->ordinal * 100000) * G_GINT64_CONSTANT(1000000000);
    a_case->ip_id[0] = 0x1000;
    a_case->ip_id[1] = 0x2000;
    a_case->connections = g_ptr_array_new();
    a_case->resolvers = g_ptr_array_new();
    a_case->segments = g_ptr_array_new();
    a_case->expectations = g_ptr_array_new();
    g_ptr_array_add(parser->cases, a_case);
    if (parser->current && !parser_resolve(parser, parser->current)) {
        parser->current = a_case;
        return FALSE;
    }
    parser->current = a_case;
    parser->last = NULL;
    parser->time_ns = 0;
    case_connection_new(a_case, NULL);
    return *rest ? TRUE : parser_fail(parser, "expected a sentence after 'case'");
}

static gboolean set_rfc(Parser *parser, const char *rest)
{
    g_free(parser->current->rfc);
    parser->current->rfc = g_strdup(rest);
    return *rest ? TRUE : parser_fail(parser, "expected the document and section after 'rfc', as '9293 3.5'");
}

static gboolean ignore_note(Parser *parser, const char *rest)
{
    (void)parser, (void)rest;
    return TRUE;
}

static gboolean set_pending(Parser *parser, const char *rest)
{
    g_free(parser->current->pending);
    parser->current->pending = g_strdup(rest);
    return *rest ? TRUE : parser_fail(parser, "expected after 'pending' what is missing");
}

static gboolean set_alone(Parser *parser, const char *rest)
{
    parser->current->alone = TRUE;
    return *rest == '\0' ? TRUE : parser_fail(parser, "expected nothing after 'alone', got '%s'", rest);
}

static CaseConnection *first_connection(Parser *parser)
{
    return g_ptr_array_index(parser->current->connections, 0);
}

/* "ipv6": the addresses that the case would have by itself, of version 6. */
static gboolean set_ipv6(Parser *parser, const char *rest)
{
    guint ordinal = parser->current->ordinal;
    for (int side = 0; side < 2; side++) {
        CaseEnd *end = &first_connection(parser)->ends[side];
        const guint8 address[16] = {
            0x20, 0x01, 0x0d, 0xb8, (guint8)(ordinal >> 8),        (guint8)ordinal, 0, 0, 0, 0, 0,
            0,    0,    0,    0,    side == CASE_CLIENT ? 2 : 0x80};
        memcpy(end->address, address, sizeof address);
        end->ipv6 = TRUE;
    }
    return *rest == '\0' ? TRUE : parser_fail(parser, "expected nothing after 'ipv6', got '%s'", rest);
}

static gboolean set_client(Parser *parser, const char *rest)
{
    return parser_end(parser, rest, &first_connection(parser)->ends[CASE_CLIENT]);
}

static gboolean set_server(Parser *parser, const char *rest)
{
    return parser_end(parser, rest, &first_connection(parser)->ends[CASE_SERVER]);
}

/* "connection NAME CLIENT SERVER": one more; its lines say "NAME>" and "NAME<". */
static gboolean add_connection(Parser *parser, const char *rest)
{
    GPtrArray *words = lab_expect_words(rest);
    gboolean good = words && words->len == 3;
    if (!good)
        parser_fail(parser, "expected 'connection NAME CLIENT SERVER', got '%s'", rest);
    if (good) {
        CaseConnection *base = first_connection(parser);
        CaseConnection *connection = case_connection_new(parser->current, g_ptr_array_index(words, 0));
        memcpy(connection->ends, base->ends, sizeof base->ends);
        good = parser_end(parser, g_ptr_array_index(words, 1), &connection->ends[CASE_CLIENT]) &&
               parser_end(parser, g_ptr_array_index(words, 2), &connection->ends[CASE_SERVER]);
    }
    if (words)
        g_ptr_array_unref(words);
    return good;
}

/* "isn CLIENT SERVER [NAME]": from here on, also for a new connection on the same four-tuple. */
static gboolean set_isn(Parser *parser, const char *rest)
{
    GPtrArray *words = lab_expect_words(rest);
    gint64 isn[2] = {0, 0};
    const char *name = words && words->len == 3 ? g_ptr_array_index(words, 2) : "";
    CaseConnection *connection = case_connection_find(parser->current, name, strlen(name));
    gboolean good = words && (words->len == 2 || words->len == 3) && connection;
    if (!good)
        parser_fail(parser, "expected 'isn CLIENT SERVER [CONNECTION]', got '%s'", rest);
    for (guint side = 0; good && side < 2; side++)
        good = parser_number(parser, g_ptr_array_index(words, side), 0, G_MAXUINT32, "a sequence number",
                             &isn[side]);
    for (int side = 0; good && side < 2; side++) {
        connection->isn[side] = (guint32)isn[side];
        connection->next[side] = 0;
        g_ptr_array_set_size(connection->streams[side], 0);
    }
    if (good)
        case_http2_clear(connection);
    if (words)
        g_ptr_array_unref(words);
    return good;
}

static gboolean set_link(Parser *parser, const char *rest)
{
    static const struct {
        const char *name;
        guint link_type;
    } rows[] = {{"ethernet", 1}, {"null", 0}, {"raw", 101}, {"cooked", 113}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].name, rest) == 0) {
            parser->current->link_type = rows[i].link_type;
            return TRUE;
        }
    }
    return parser_fail(parser, "expected a link type of ethernet, null, raw and cooked, got '%s'", rest);
}

static gboolean set_vlan(Parser *parser, const char *rest)
{
    gint64 value = 0;
    gboolean good = parser_number(parser, rest, 1, 4094, "a VLAN", &value);
    parser->current->vlan = (guint)value;
    return good;
}

static gboolean set_snaplen(Parser *parser, const char *rest)
{
    gint64 value = 0;
    gboolean good = parser_number(parser, rest, 14, 262144, "a snap length", &value);
    parser->current->snaplen = (guint)value;
    return good;
}

/* "report [exchange|page] N key=value ...": what the report says of the case's n-th connection, exchange or
 * page load. */
static gboolean add_report(Parser *parser, const char *rest)
{
    GPtrArray *words = lab_expect_words(rest);
    const char *first = words && words->len ? g_ptr_array_index(words, 0) : "";
    gboolean exchange = strcmp(first, "exchange") == 0, page = strcmp(first, "page") == 0;
    CaseList list = exchange ? CASE_EXCHANGES : page ? CASE_PAGES : CASE_CONNECTIONS;
    guint at = exchange || page ? 1 : 0;
    gint64 number = 0;
    gboolean good = words && words->len >= at + 2;
    if (!good)
        parser_fail(parser, "expected 'report [exchange|page] N key=value ...', got '%s'", rest);
    good = good &&
           parser_number(parser, g_ptr_array_index(words, at), 1, 1000,
                         "the number of a connection, an exchange or a page", &number) &&
           parser_expectations(parser, words, at + 1, NULL, list, (guint)number);
    if (words)
        g_ptr_array_unref(words);
    return good;
}

static gboolean parse_packet_line(Parser *parser, const char *line)
{
    GPtrArray *words = lab_expect_words(line);
    guint at = 0;
    if (words == NULL)
        return parser_fail(parser, "expected a closing quote");
    gboolean goes_on = words->len && strcmp(g_ptr_array_index(words, 0), "|") == 0;
    gboolean good = goes_on || parser_segment(parser, words, &at);
    if (good && parser->last == NULL)
        good = parser_fail(parser, "expected a segment before '|'");
    if (good && at < words->len)
        good = parser_expectations(parser, words, at + 1, parser->last, CASE_CONNECTIONS, 0);
    g_ptr_array_unref(words);
    return good;
}

/* "handshake [CONNECTION]": the three segments of RFC 9293 3.5, labelled syn, synack and ack, 10 ms apart. */
static gboolean add_handshake(Parser *parser, const char *rest)
{
    static const char *const lines[] = {"%s%ssyn: +%s %s> S 0 mss 1460 sack ws 7",
                                        "%s%ssynack: +%s %s< SA 0 1 mss 1460 sack ws 7",
                                        "%s%sack: +%s %s> A 1 1 win 502"};
    static const char *const waits[] = {"0", "0.01", "0.0001"};
    gboolean good = TRUE;
    for (guint i = 0; good && i < G_N_ELEMENTS(lines); i++) {
        GString *line = g_string_new(lines[i]);
        const char *const values[] = {rest, *rest ? "-" : "", waits[i], rest};
        for (guint j = 0; j < G_N_ELEMENTS(values); j++)
            g_string_replace(line, "%s", values[j], 1);
        good = parse_packet_line(parser, line->str);
        g_string_free(line, TRUE);
    }
    return good;
}

/* "repeat N LINE": that line N times; its time is best relative, and it has no label. */
static gboolean repeat_line(Parser *parser, const char *rest)
{
    gsize length = strcspn(rest, " \t");
    char *count = g_strndup(rest, length);
    gint64 times = 0;
    gboolean good = parser_number(parser, count, 1, 10000, "how often", &times);
    for (gint64 i = 0; good && i < times; i++)
        good = parse_packet_line(parser, rest + length);
    g_free(count);
    return good;
}

static const struct {
    const char *word;
    gboolean (*read)(Parser *, const char *rest);
} directives[] = {
    {"case", start_case},    {"rfc", set_rfc},
    {"note", ignore_note},   {"pending", set_pending},
    {"alone", set_alone},    {"client", set_client},
    {"server", set_server},  {"connection", add_connection},
    {"isn", set_isn},        {"link", set_link},
    {"vlan", set_vlan},      {"snaplen", set_snaplen},
    {"report", add_report},  {"handshake", add_handshake},
    {"repeat", repeat_line}, {"ipv6", set_ipv6},
};

static gboolean parse_line(Parser *parser, char *line)
{
    g_strstrip(line);
    if (*line == '\0' || *line == '#')
        return TRUE;
    gsize length = strcspn(line, " \t");
    for (guint i = 0; i < G_N_ELEMENTS(directives); i++) {
        if (strlen(directives[i].word) != length || strncmp(directives[i].word, line, length) != 0)
            continue;
        if (parser->current == NULL && directives[i].read != start_case)
            return parser_fail(parser, "expected 'case SENTENCE' before '%s'", directives[i].word);
        return directives[i].read(parser, line + length + strspn(line + length, " \t"));
    }
    if (parser->current == NULL)
        return parser_fail(parser, "expected 'case SENTENCE', got '%.20s'", line);
    return parse_packet_line(parser, line);
}

gboolean case_parse(const char *file, const char *text, GPtrArray *cases, GError **error)
{
    Parser parser = {.file = file, .cases = cases, .error = error};
    char **lines = g_strsplit(text, "\n", -1);
    gboolean good = TRUE;
    for (guint i = 0; good && lines[i]; i++) {
        parser.line = i + 1;
        good = parse_line(&parser, lines[i]);
    }
    g_strfreev(lines);
    return good && (parser.current == NULL || parser_resolve(&parser, parser.current));
}
