/* A line of a case that is a segment: TIME SENDER FLAGS SEQ [ACK] ITEMS.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case_http2.h"
#include "case_parser.h"
#include "checksum.h"

#include <string.h>

enum { FIN = 1, SYN = 2, ACK = 16 };

static const char *word_at(GPtrArray *words, guint at)
{
    const char *word = at < words->len ? g_ptr_array_index(words, at) : NULL;
    return word && strcmp(word, "|") != 0 ? word : NULL;
}

CaseSegment *case_segment_find(const Case *a_case, const char *label)
{
    for (guint i = 0; i < a_case->segments->len; i++) {
        CaseSegment *segment = g_ptr_array_index(a_case->segments, i);
        if (g_strcmp0(segment->label, label) == 0)
            return segment;
    }
    return NULL;
}

/* Seconds with up to nine decimals, or "+seconds" after the line before. */
static gboolean read_time(Parser *parser, const char *word, gint64 *time_ns)
{
    gboolean relative = word && *word == '+';
    const char *text = relative ? word + 1 : word;
    char *end = NULL;
    gint64 seconds = text ? g_ascii_strtoll(text, &end, 10) : 0, fraction = 0, unit = 1000000000;
    if (text == NULL || end == text || seconds < 0)
        return parser_fail(parser, "expected a time in seconds, got '%s'",
                           word ? word : "the end of the line");
    for (const char *digit = *end == '.' ? end + 1 : ""; *digit; digit++) {
        if (!g_ascii_isdigit(*digit) || unit == 1)
            return parser_fail(parser, "expected a time with at most nine decimals, got '%s'", word);
        unit /= 10;
        fraction += (*digit - '0') * unit;
    }
    if (*end != '\0' && *end != '.')
        return parser_fail(parser, "expected a time in seconds, got '%s'", word);
    *time_ns = seconds * 1000000000 + fraction + (relative ? parser->time_ns : 0);
    return TRUE;
}

/* ">", "<", or with the connection's name before it. */
static gboolean read_sender(Parser *parser, const char *word, CaseSegment *segment)
{
    gsize length = word ? strlen(word) : 0;
    if (length == 0 || strchr("<>", word[length - 1]) == NULL)
        return parser_fail(
            parser,
            "expected > (client) or < (server), with a connection's name before it if there are more, "
            "got '%s'",
            word ? word : "the end of the line");
    segment->side = word[length - 1] == '>' ? CASE_CLIENT : CASE_SERVER;
    segment->connection = case_connection_find(parser->current, word, length - 1);
    if (segment->connection == NULL)
        return parser_fail(parser, "no connection is called '%.*s'", (int)length - 1, word);
    return TRUE;
}

static gboolean read_flags(Parser *parser, const char *word, guint8 *flags)
{
    static const char letters[] = "FSRPAUEC";
    if (word == NULL)
        return parser_fail(parser, "expected flags of %s, or . for none", letters);
    for (const char *letter = strcmp(word, ".") == 0 ? "" : word; *letter; letter++) {
        const char *found = strchr(letters, *letter);
        if (found == NULL)
            return parser_fail(parser, "expected flags of %s, or . for none, got '%s'", letters, word);
        *flags |= (guint8)(1 << (found - letters));
    }
    return TRUE;
}

/* A relative number; "." the next one in order, ".-1" and ".+5" beside it. */
static gboolean read_relative(Parser *parser, const char *word, const char *what, gint64 in_order,
                              gint64 *value)
{
    if (word && word[0] == '.' && word[1] == '\0') {
        *value = in_order;
        return TRUE;
    }
    gboolean from_order = word && word[0] == '.';
    if (!parser_number(parser, from_order ? word + 1 : word, -(gint64)G_MAXUINT32, G_MAXUINT32, what, value))
        return FALSE;
    *value += from_order ? in_order : 0;
    return TRUE;
}

static gboolean read_numbers(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment)
{
    const CaseConnection *connection = segment->connection;
    const char *seq = word_at(words, (*at)++);
    segment->seq_is_raw = seq && *seq == '=';
    if (!read_relative(parser, segment->seq_is_raw ? seq + 1 : seq, "a sequence number",
                       connection->next[segment->side], &segment->seq))
        return FALSE;
    if (!(segment->flags & ACK))
        return TRUE;
    return read_relative(parser, word_at(words, (*at)++), "an acknowledgment number",
                         connection->next[!segment->side], &segment->ack);
}

static gboolean item_number(Parser *parser, GPtrArray *words, guint *at, gint64 high, gint64 *value)
{
    const char *item = g_ptr_array_index(words, *at);
    char *what = g_strdup_printf("a number after '%s'", item);
    gboolean good = parser_number(parser, word_at(words, *at + 1), 0, high, what, value);
    g_free(what);
    *at += 2;
    return good;
}

static void add_option(CaseSegment *segment, guint8 kind, const guint8 *bytes, guint length)
{
    guint8 head[2] = {kind, (guint8)(length + 2)};
    g_byte_array_append(segment->options, head, 2);
    g_byte_array_append(segment->options, bytes, length);
}

static gboolean item_mss(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment)
{
    gint64 value = 0;
    if (!item_number(parser, words, at, 65535, &value))
        return FALSE;
    guint8 bytes[2];
    put16(bytes, (unsigned)value);
    add_option(segment, 2, bytes, 2);
    return TRUE;
}

static gboolean item_ws(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment)
{
    gint64 value = 0;
    if (!item_number(parser, words, at, 14, &value))
        return FALSE;
    guint8 byte = (guint8)value;
    g_byte_array_append(segment->options, (const guint8 *)"\x01", 1);
    add_option(segment, 3, &byte, 1);
    return TRUE;
}

static gboolean item_sack(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment)
{
    (void)parser, (void)words;
    add_option(segment, 4, NULL, 0);
    *at += 1;
    return TRUE;
}

static gboolean item_ts(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment)
{
    gint64 value = 0, echo = 0;
    if (!item_number(parser, words, at, G_MAXUINT32, &value) ||
        !parser_number(parser, word_at(words, *at), 0, G_MAXUINT32, "the echoed time stamp", &echo))
        return FALSE;
    *at += 1;
    guint8 bytes[8];
    put32(bytes, (guint32)value);
    put32(bytes + 4, (guint32)echo);
    /* RFC 7323 appendix A: two no-operations align it, except in a SYN, where SACK-permitted does. */
    if (!(segment->flags & SYN))
        g_byte_array_append(segment->options, (const guint8 *)"\x01\x01", 2);
    add_option(segment, 8, bytes, 8);
    return TRUE;
}

/* "sle FROM TO [FROM TO]": SACK blocks (RFC 2018 3), relative to the other side's numbers. */
static gboolean item_sle(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment)
{
    guint8 bytes[32];
    guint length = 0;
    guint32 base = segment->connection->isn[!segment->side];
    *at += 1;
    for (; word_at(words, *at) && g_ascii_isdigit(*word_at(words, *at)) && length < sizeof bytes; *at += 1) {
        gint64 edge = 0;
        if (!parser_number(parser, word_at(words, *at), 0, G_MAXUINT32, "an edge", &edge))
            return FALSE;
        put32(bytes + length, base + (guint32)edge);
        length += 4;
    }
    if (length == 0 || length % 8)
        return parser_fail(parser, "expected pairs of edges after 'sle'");
    g_byte_array_append(segment->options, (const guint8 *)"\x01\x01", 2);
    add_option(segment, 5, bytes, length);
    return TRUE;
}

/* "option HEX": any option as it stands, kind and length included. */
static gboolean item_option(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment)
{
    const char *word = word_at(words, *at + 1);
    gsize length = word ? strlen(word) : 0;
    if (length == 0 || length % 2 || strspn(word, "0123456789abcdef") != length)
        return parser_fail(parser, "expected pairs of hex digits after 'option', got '%s'",
                           word ? word : "nothing");
    for (gsize i = 0; i < length; i += 2) {
        guint8 byte = (guint8)(g_ascii_xdigit_value(word[i]) << 4 | g_ascii_xdigit_value(word[i + 1]));
        g_byte_array_append(segment->options, &byte, 1);
    }
    *at += 2;
    return TRUE;
}

/* Items that are one number in the segment. */
static gboolean plain_item(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment, gboolean *known)
{
    const struct {
        const char *word;
        guint *value;
        gint64 high;
    } rows[] = {{"win", &segment->window, 65535},
                {"ttl", &segment->ttl, 255},
                {"id", &segment->ip_id, 65535},
                {"cut", &segment->cut, 65535},
                {"wire", &segment->wire, 65535}};
    const char *word = word_at(words, *at);
    gint64 value = 0;
    *known = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].word, word) != 0)
            continue;
        gboolean good = item_number(parser, words, at, rows[i].high, &value);
        *rows[i].value = (guint)value;
        return good;
    }
    if (strcmp(word, "len") == 0)
        return item_number(parser, words, at, 65000, &segment->length);
    if (strcmp(word, "missing") == 0) {
        segment->missing = TRUE;
        *at += 1;
        return TRUE;
    }
    *known = FALSE;
    return TRUE;
}

static gboolean option_item(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment,
                            gboolean *known)
{
    static const struct {
        const char *word;
        gboolean (*read)(Parser *, GPtrArray *, guint *, CaseSegment *);
    } rows[] = {{"mss", item_mss}, {"ws", item_ws},   {"sack", item_sack},
                {"ts", item_ts},   {"sle", item_sle}, {"option", item_option}};
    *known = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(rows[i].word, word_at(words, *at)) == 0)
            return rows[i].read(parser, words, at, segment);
    *known = FALSE;
    return TRUE;
}

/* The word that begins no item, or the item that is wrong. */
static gboolean fail_item(Parser *parser, const char *word, char *problem)
{
    if (problem)
        parser_fail(parser, "%s", problem);
    else
        parser_fail(
            parser,
            "expected an item (win ttl id cut wire len missing mss ws sack ts sle option request response "
            "h2 tls text hex), "
            "got '%s'",
            word);
    g_free(problem);
    return FALSE;
}

static gboolean read_item(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment)
{
    gboolean known = FALSE;
    char *problem = NULL;
    const char *word = word_at(words, *at);
    gboolean good = plain_item(parser, words, at, segment, &known);
    if (!known)
        good = option_item(parser, words, at, segment, &known);
    if (known)
        return good;
    if (strcmp(word, "h2") == 0) {
        good = case_http2_item(segment->connection, segment->side, words, at, segment->payload, &problem);
        return good ? TRUE : fail_item(parser, word, problem);
    }
    good = case_payload_item(words, at, segment->payload, &known, &problem);
    return good && known ? TRUE : fail_item(parser, word, problem);
}

/* A frame that has its length on the line ("wire") must have that length. */
static gboolean check_wire(Parser *parser, const CaseSegment *segment)
{
    if (segment->wire == 0 || segment->wire == segment->frame_bytes->len)
        return TRUE;
    return parser_fail(parser, "the frame has %u bytes on the wire, not %u: change len, size or the options",
                       segment->frame_bytes->len, segment->wire);
}

/* Adds the payload to its sender's stream, and sets the sender's next sequence number. */
static void place(CaseSegment *segment)
{
    CaseConnection *connection = segment->connection;
    /* Data after a SYN in the same segment starts one later (RFC 9293 3.4). */
    if (segment->payload->len)
        case_stream_write(connection, segment->side, segment->seq + (segment->flags & SYN ? 1 : 0),
                          segment->payload);
    if (segment->length < 0)
        segment->length = segment->payload->len;
    while (segment->options->len % 4)
        g_byte_array_append(segment->options, (const guint8 *)"\x01", 1);
    gint64 end =
        segment->seq + segment->length + (segment->flags & SYN ? 1 : 0) + (segment->flags & FIN ? 1 : 0);
    if (!segment->seq_is_raw)
        connection->next[segment->side] = MAX(connection->next[segment->side], end);
}

static void number_frame(Case *a_case, CaseSegment *segment)
{
    guint frame = 1;
    for (guint i = 0; i < a_case->segments->len; i++)
        frame += ((const CaseSegment *)g_ptr_array_index(a_case->segments, i))->missing ? 0 : 1;
    segment->frame = segment->missing ? 0 : frame;
    g_ptr_array_add(a_case->segments, segment);
}

static CaseSegment *new_segment(Parser *parser)
{
    CaseSegment *segment = g_new0(CaseSegment, 1);
    segment->line = parser->line;
    segment->length = -1;
    segment->window = 64240;
    segment->ttl = 64;
    segment->payload = g_byte_array_new();
    segment->options = g_byte_array_new();
    return segment;
}

/* "copy LABEL": that very frame once more, as a mirror port delivers it. */
static gboolean read_copy(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment)
{
    const char *label = word_at(words, *at + 1);
    const CaseSegment *original = label ? case_segment_find(parser->current, label) : NULL;
    if (original == NULL)
        return parser_fail(parser, "expected the label of an earlier line after 'copy', got '%s'",
                           label ? label : "the end of the line");
    segment->connection = original->connection;
    segment->side = original->side;
    segment->frame_bytes = g_byte_array_ref(original->frame_bytes);
    *at += 2;
    return TRUE;
}

static gboolean read_fresh(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment)
{
    if (!read_sender(parser, word_at(words, (*at)++), segment) ||
        !read_flags(parser, word_at(words, (*at)++), &segment->flags) ||
        !read_numbers(parser, words, at, segment))
        return FALSE;
    segment->ip_id = parser->current->ip_id[segment->side]++;
    while (word_at(words, *at))
        if (!read_item(parser, words, at, segment))
            return FALSE;
    place(segment);
    if (segment->options->len > 40)
        return parser_fail(parser, "the options take %u bytes, more than a TCP header holds (40)",
                           segment->options->len);
    case_build_frame(parser->current, segment);
    return check_wire(parser, segment);
}

/* "dns ..." instead of flags: a datagram between the client and a resolver. */
static gboolean read_dns(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment)
{
    const char *sender = word_at(words, *at);
    if (g_strcmp0(sender, ">") != 0 && g_strcmp0(sender, "<") != 0)
        return parser_fail(parser, "expected > (a query) or < (an answer) before dns, got '%s'", sender);
    segment->side = *sender == '>' ? CASE_CLIENT : CASE_SERVER;
    segment->dns = TRUE;
    segment->ip_id = parser->current->ip_id[segment->side]++;
    *at += 2;
    if (!parser_dns(parser, words, at, segment))
        return FALSE;
    case_build_frame(parser->current, segment);
    return TRUE;
}

static gboolean read_label(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment)
{
    const char *word = word_at(words, *at);
    if (word == NULL || !g_str_has_suffix(word, ":"))
        return TRUE;
    segment->label = g_strndup(word, strlen(word) - 1);
    *at += 1;
    if (g_ascii_isalpha(*segment->label) && !case_segment_find(parser->current, segment->label))
        return TRUE;
    return parser_fail(parser, "expected a label that begins with a letter and is new in this case, got '%s'",
                       segment->label);
}

gboolean parser_segment(Parser *parser, GPtrArray *words, guint *at)
{
    CaseSegment *segment = new_segment(parser);
    gboolean good = read_label(parser, words, at, segment) &&
                    read_time(parser, word_at(words, (*at)++), &segment->time_ns);
    if (good && g_strcmp0(word_at(words, *at), "copy") == 0)
        good = read_copy(parser, words, at, segment);
    else if (good && g_strcmp0(word_at(words, *at + 1), "dns") == 0)
        good = read_dns(parser, words, at, segment);
    else
        good = good && read_fresh(parser, words, at, segment);
    number_frame(parser->current, segment);
    parser->last = segment;
    parser->time_ns = segment->time_ns;
    return good;
}
