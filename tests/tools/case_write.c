/* Writes a case: its capture, and one line of JSON for the program that runs it.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case.h"
#include "case_http2.h"

#include <string.h>

static void append32(GByteArray *out, guint32 value)
{
    guint32 little = GUINT32_TO_LE(value);
    g_byte_array_append(out, (const guint8 *)&little, 4);
}

static void append_record(const Case *a_case, const CaseSegment *segment, GByteArray *out)
{
    const gint64 second = 1000000000;
    gint64 time_ns = a_case->start_ns + segment->time_ns;
    guint length = segment->frame_bytes->len, captured = MIN(length, a_case->snaplen);
    if (segment->cut)
        captured = MIN(captured, segment->cut);
    append32(out, (guint32)(time_ns / second));
    append32(out, (guint32)(time_ns % second));
    append32(out, captured);
    append32(out, length);
    g_byte_array_append(out, segment->frame_bytes->data, captured);
}

gboolean case_write_capture(const Case *a_case, const char *path, GError **error)
{
    GByteArray *out = g_byte_array_new();
    append32(out, 0xa1b23c4d); /* pcap with nanoseconds, version 2.4 */
    append32(out, 2 | 4 << 16);
    append32(out, 0);
    append32(out, 0);
    append32(out, 262144);
    append32(out, a_case->link_type);
    for (guint i = 0; i < a_case->segments->len; i++) {
        const CaseSegment *segment = g_ptr_array_index(a_case->segments, i);
        if (!segment->missing)
            append_record(a_case, segment, out);
    }
    gboolean good = g_file_set_contents(path, (const char *)out->data, out->len, error);
    g_byte_array_unref(out);
    return good;
}

static void append_json_string(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_printf(out, "\\%c", *text);
        else if ((guchar)*text < 0x20)
            g_string_append_printf(out, "\\u%04x", (guchar)*text);
        else
            g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
}

static void append_member(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, ", \"%s\": ", name);
    append_json_string(out, value);
}

static void append_expectation(const CaseExpectation *expectation, GString *out)
{
    static const char *const kinds[] = {"text", "number", "frame", "stream", "exchange", "page"};
    static const char *const lists[] = {"connections", "exchanges", "pages"};
    g_string_append_printf(out, "{\"line\": %u, \"pass\": %d, \"kind\": \"%s\"", expectation->line,
                           expectation->pass, kinds[expectation->kind]);
    if (expectation->segment)
        g_string_append_printf(out, ", \"frame\": %u", expectation->segment->frame);
    else
        g_string_append_printf(out, ", \"list\": \"%s\", \"entry\": %u", lists[expectation->list],
                               expectation->number);
    static const char *const tests[] = {"equals", "says", "unsaid"};
    append_member(out, "test", tests[expectation->test]);
    append_member(out, "name", expectation->name);
    g_string_append(out, ", \"values\": [");
    for (char **value = expectation->values; *value; value++) {
        if (value != expectation->values)
            g_string_append(out, ", ");
        append_json_string(out, *value);
    }
    g_string_append(out, "]}");
}

static void append_addresses(const CaseEnd *end, GString *out)
{
    g_string_append_printf(out, end->ipv6 ? "6:" : "4:");
    for (guint i = 0; i < (end->ipv6 ? 16u : 4u); i++)
        g_string_append_printf(out, "%02x", end->address[i]);
    g_string_append_printf(out, ":%u", end->port);
}

/* The connections' ends, so that cases which share a four-tuple are kept in separate captures. */
static void append_tuples(const Case *a_case, GString *out)
{
    g_string_append(out, ", \"tuples\": [");
    for (guint i = 0; i < a_case->connections->len; i++) {
        const CaseConnection *connection = g_ptr_array_index(a_case->connections, i);
        g_string_append(out, i ? ", \"" : "\"");
        append_addresses(&connection->ends[0], out);
        g_string_append_c(out, '-');
        append_addresses(&connection->ends[1], out);
        g_string_append_c(out, '"');
    }
    g_string_append_c(out, ']');
}

static guint count_frames(const Case *a_case)
{
    guint frames = 0;
    for (guint i = 0; i < a_case->segments->len; i++)
        frames += ((const CaseSegment *)g_ptr_array_index(a_case->segments, i))->missing ? 0 : 1;
    return frames;
}

void case_describe(const Case *a_case, const char *capture, GString *out)
{
    g_string_append_printf(out, "{\"line\": %u, \"link\": %u, \"frames\": %u, \"alone\": %s", a_case->line,
                           a_case->link_type, count_frames(a_case), a_case->alone ? "true" : "false");
    append_member(out, "name", a_case->name);
    append_member(out, "file", a_case->file);
    append_member(out, "rfc", a_case->rfc);
    append_member(out, "capture", capture);
    if (a_case->pending)
        append_member(out, "pending", a_case->pending);
    append_tuples(a_case, out);
    g_string_append(out, ", \"expectations\": [");
    for (guint i = 0; i < a_case->expectations->len; i++) {
        if (i)
            g_string_append(out, ", ");
        append_expectation(g_ptr_array_index(a_case->expectations, i), out);
    }
    g_string_append(out, "]}\n");
}

static void free_connection(CaseConnection *connection)
{
    for (int side = 0; side < 2; side++) {
        for (guint i = 0; i < connection->streams[side]->len; i++) {
            CasePiece *piece = g_ptr_array_index(connection->streams[side], i);
            g_bytes_unref(piece->bytes);
            g_free(piece);
        }
        g_ptr_array_unref(connection->streams[side]);
    }
    case_http2_clear(connection);
    g_free(connection->name);
    g_free(connection);
}

static void free_segment(CaseSegment *segment)
{
    g_free(segment->label);
    g_byte_array_unref(segment->payload);
    g_byte_array_unref(segment->options);
    if (segment->frame_bytes)
        g_byte_array_unref(segment->frame_bytes);
    g_free(segment);
}

static void free_expectation(CaseExpectation *expectation)
{
    g_free(expectation->name);
    g_strfreev(expectation->values);
    g_free(expectation);
}

void case_free(gpointer a_case_pointer)
{
    Case *a_case = a_case_pointer;
    for (guint i = 0; i < a_case->connections->len; i++)
        free_connection(g_ptr_array_index(a_case->connections, i));
    for (guint i = 0; i < a_case->segments->len; i++)
        free_segment(g_ptr_array_index(a_case->segments, i));
    for (guint i = 0; i < a_case->expectations->len; i++)
        free_expectation(g_ptr_array_index(a_case->expectations, i));
    for (guint i = 0; i < a_case->resolvers->len; i++)
        free_connection(g_ptr_array_index(a_case->resolvers, i));
    g_ptr_array_unref(a_case->connections);
    g_ptr_array_unref(a_case->resolvers);
    g_ptr_array_unref(a_case->segments);
    g_ptr_array_unref(a_case->expectations);
    g_free(a_case->name);
    g_free(a_case->file);
    g_free(a_case->rfc);
    g_free(a_case->pending);
    g_free(a_case);
}
