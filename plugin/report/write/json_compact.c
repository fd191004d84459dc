/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_compact.c - the report as JSON for a program that reads hundreds of captures: what a statement may
 * name, and nothing else. The keys are those of the whole report. What is not known is left out, a header
 * field is its line, and of servers there is the number.
 *
 * It is written without json_dumper, which takes longer than the dissection of a small capture.
 */
#include <string.h>

#include "connection_facts.h"
#include "digits.h"
#include "json.h"
#include "kinds.h"
#include "names.h"
#include "page_facts.h"
#include "selection.h"

/* ---- values ---- */

/* Printable ASCII; its end. */
static const char *plain(const char *text)
{
    while (*text >= 0x20 && *text < 0x7f && *text != '"' && *text != '\\')
        text++;
    return text;
}

/* RFC 8259 section 7. A byte from 0x80 on is part of UTF-8. */
static void put_special(GString *out, char c)
{
    if (c == '"' || c == '\\')
        g_string_append_c(out, '\\');
    if ((unsigned char)c < 0x20 || c == 0x7f)
        g_string_append_printf(out, "\\u%04x", (unsigned)c);
    else
        g_string_append_c(out, c);
}

static void put_string(GString *out, const char *text)
{
    size_t from = out->len;
    const char *end = plain(text);
    char *valid = *end ? g_utf8_make_valid(text, -1) : NULL;
    g_string_append_c(out, '"');
    for (const char *p = valid ? valid : text; *p; p = end) {
        end = plain(p);
        g_string_append_len(out, p, end - p);
        if (*end)
            put_special(out, *end++);
    }
    g_string_append_c(out, '"');
    if (valid)
        lab_text_visible_json(out, from);
    g_free(valid);
}

/* ---- members ---- */

/* Behind a value a comma, also where the text before was handed on already. */
static void next(GString *out)
{
    char last = '\0';
    if (out->len)
        last = out->str[out->len - 1];
    if (last != '{' && last != '[')
        g_string_append_c(out, ',');
}

static void name(GString *out, const char *key)
{
    next(out);
    g_string_append_c(out, '"');
    g_string_append(out, key);
    g_string_append(out, "\":");
}

static void begin(GString *out, const char *key, char bracket)
{
    if (key)
        name(out, key);
    else
        next(out);
    g_string_append_c(out, bracket);
}

static void number(GString *out, const char *key, uint64_t value)
{
    name(out, key);
    lab_put_digits(out, value, 1);
}

/* 0 = not known. */
static void frame(GString *out, const char *key, uint32_t value)
{
    if (value)
        number(out, key, value);
}

static void string(GString *out, const char *key, const char *value)
{
    if (!value)
        return;
    name(out, key);
    put_string(out, value);
}

/* Below 0 = not known. */
static void boolean(GString *out, const char *key, int value)
{
    if (value < 0)
        return;
    name(out, key);
    g_string_append(out, value ? "true" : "false");
}

/* Nanoseconds; below 0 = not known. */
static void seconds(GString *out, const char *key, int64_t ns)
{
    if (ns < 0)
        return;
    number(out, key, (uint64_t)ns / 1000000000);
    g_string_append_c(out, '.');
    lab_put_digits(out, (uint64_t)ns % 1000000000, 9);
}

/* Without those that are 0 if they are frames: not known. */
static void numbers(GString *out, const char *key, const uint32_t *list, unsigned count, bool frames)
{
    begin(out, key, '[');
    for (unsigned i = 0; i < count; i++) {
        if (frames && !list[i])
            continue;
        next(out);
        lab_put_digits(out, list[i], 1);
    }
    g_string_append_c(out, ']');
}

static void array(GString *out, const char *key, const GArray *list)
{
    numbers(out, key, (const uint32_t *)(const void *)list->data, list->len, false);
}

static void element(GString *out, const char *text)
{
    next(out);
    put_string(out, text);
}

/* ---- the capture ---- */

static void capture(GString *out, const lab_report_t *report)
{
    uint32_t quality = lab_report_quality(report);
    GPtrArray *servers = lab_servers(report);
    begin(out, "capture", '{');
    number(out, "frames", report->frames);
    number(out, "tcp_frames", report->engine ? lab_engine_tcp_frames(report->engine) : 0);
    number(out, "servers", servers->len);
    begin(out, "quality", '[');
    for (unsigned bit = 0; bit < LAB_QUALITY_BITS; bit++)
        if (quality & (1u << bit))
            element(out, lab_quality_token(bit));
    g_string_append(out, "]}");
    g_ptr_array_unref(servers);
}

/* ---- connections ---- */

static void endpoint(GString *out, const char *key, const lab_endpoint_t *e)
{
    char *address = lab_report_address(e);
    begin(out, key, '{');
    string(out, "address", address);
    number(out, "port", e->port);
    g_string_append_c(out, '}');
    g_free(address);
}

static void lookup(GString *out, const lab_conn_t *conn)
{
    const lab_lookup_t *l = lab_conn_lookup(conn);
    if (!l)
        return;
    begin(out, "dns", '{');
    string(out, "name", l->name);
    frame(out, "query_frame", l->query_frame);
    frame(out, "answer_frame", l->answer_frame);
    g_string_append_c(out, '}');
}

static void opening(GString *out, const lab_conn_t *conn)
{
    uint32_t steps[3];
    for (unsigned i = 0; i < 3; i++)
        steps[i] = lab_conn_open_frame(conn, i + 1);
    begin(out, "open", '{');
    string(out, "kind", lab_opens[lab_conn_open_kind(conn)].token);
    numbers(out, "frames", steps, 3, true);
    seconds(out, "time", lab_conn_open_time(conn));
    g_string_append_c(out, '}');
}

static void closing(GString *out, const lab_conn_t *conn)
{
    lab_closing_t c = lab_conn_closing(conn);
    begin(out, "close", '{');
    string(out, "kind", lab_closes[c.kind].token);
    string(out, "first", lab_report_side(conn, c.first));
    string(out, "reason", lab_reasons[c.reason].token);
    numbers(out, "frames", c.frames, c.frame_count, true);
    boolean(out, "lossless", c.lossless);
    string(out, "time_wait", lab_report_side(conn, c.time_wait));
    g_string_append_c(out, '}');
}

static void tls(GString *out, const lab_conn_t *conn)
{
    lab_tls_kind_t kind = lab_conn_tls_kind(conn);
    if (kind == LAB_TLS_NONE)
        return;
    const lab_tls_names_t *names = lab_conn_tls_names(conn);
    bool chosen = lab_conn_alpn(conn) == LAB_ALPN_CHOSEN;
    begin(out, "tls", '{');
    string(out, "kind", lab_tls_kinds[kind].token);
    string(out, "server_name", names->server_name);
    begin(out, "alpn", '[');
    if (chosen)
        element(out, names->chosen);
    for (guint i = 0; !chosen && names->offered && i < names->offered->len; i++)
        element(out, g_ptr_array_index(names->offered, i));
    g_string_append_c(out, ']');
    string(out, "certificate_subject", names->subject);
    g_string_append_c(out, '}');
}

static void reset(GString *out, const lab_conn_t *conn, const lab_reset_t *r)
{
    begin(out, NULL, '{');
    number(out, "frame", r->frame);
    string(out, "by", lab_report_side(conn, r->by));
    string(out, "cause", lab_rst_cause_text(r->cause).token);
    string(out, "confidence", lab_confidences[r->confidence].token);
    numbers(out, "evidence", r->evidence, r->evidence_count, true);
    string(out, "impact", lab_impacts[r->impact].token);
    if (r->impact != LAB_IMPACT_UNKNOWN)
        number(out, "bytes_lost", r->bytes_lost);
    g_string_append_c(out, '}');
}

static void resets(GString *out, const lab_conn_t *conn)
{
    const GPtrArray *list = lab_conn_resets(conn);
    begin(out, "resets", '[');
    for (guint i = 0; list && i < list->len; i++)
        reset(out, conn, g_ptr_array_index(list, i));
    g_string_append_c(out, ']');
}

static void connection(GString *out, const lab_conn_t *conn)
{
    unsigned client = lab_conn_client(conn);
    begin(out, NULL, '{');
    number(out, "stream", lab_conn_stream(conn));
    endpoint(out, "client", lab_conn_endpoint(conn, client));
    endpoint(out, "server", lab_conn_endpoint(conn, !client));
    number(out, "first_frame", lab_conn_first_frame(conn));
    number(out, "last_frame", lab_conn_last_frame(conn));
    lookup(out, conn);
    opening(out, conn);
    closing(out, conn);
    tls(out, conn);
    string(out, "conn_state", lab_conn_state_zeek(conn));
    string(out, "history", lab_conn_history(conn));
    resets(out, conn);
    g_string_append_c(out, '}');
}

/* ---- exchanges ---- */

static void message(GString *out, const char *key, const lab_head_t *head)
{
    if (!head)
        return;
    begin(out, key, '{');
    number(out, "frame", head->frame);
    string(out, "version", head->start->version);
    begin(out, "headers", '[');
    for (unsigned i = 0; i < head->count; i++)
        element(out, lab_head_line(head, i));
    g_string_append(out, "]}");
}

static void exchange(GString *out, const lab_engine_t *engine, const lab_exchange_t *x)
{
    begin(out, NULL, '{');
    number(out, "number", x->number);
    number(out, "stream", x->stream);
    number(out, "index", x->index);
    frame(out, "request_frame", x->request_first);
    frame(out, "response_first_frame", x->response_first);
    frame(out, "response_last_frame", x->response_first ? x->response_last : 0);
    string(out, "method", x->method);
    string(out, "target", x->target);
    boolean(out, "secure", x->secure);
    frame(out, "status", x->status);
    boolean(out, "complete", x->response_first ? x->response_complete : -1);
    string(out, "object", lab_exchange_object(x));
    frame(out, "page", lab_exchange_page(engine, x));
    if (x->response_first)
        number(out, "body_bytes", x->received);
    if (x->http2)
        boolean(out, "http2", true);
    message(out, "request", lab_exchange_head(x, false));
    message(out, "response", lab_exchange_head(x, true));
    g_string_append_c(out, '}');
}

/* ---- page loads ---- */

static void page(GString *out, const lab_spares_t *spares, const lab_page_t *p)
{
    lab_page_facts_t facts = lab_page_facts(spares, p);
    begin(out, NULL, '{');
    number(out, "number", p->number);
    string(out, "url", p->url);
    frame(out, "first_frame", facts.first_frame);
    frame(out, "last_frame", facts.last_frame);
    seconds(out, "time", p->last_time - p->begin_time);
    number(out, "body_bytes", p->bytes);
    number(out, "parallel", facts.parallel);
    array(out, "exchanges", p->exchanges);
    array(out, "connections", facts.streams);
    array(out, "spare_connections", facts.spare);
    g_string_append_c(out, '}');
    lab_page_facts_clear(&facts);
}

static void pages(GString *out, const lab_report_t *report)
{
    lab_spares_t *spares = report->engine ? lab_spares_new(report->engine) : NULL;
    const lab_page_t *p;
    begin(out, "pages", '[');
    for (uint32_t n = 0; (p = lab_report_next_page(report, &n)); lab_report_flush(report, out))
        page(out, spares, p);
    g_string_append_c(out, ']');
    if (spares)
        lab_spares_free(spares);
}

void lab_write_json_compact(const lab_report_t *report, GString *out)
{
    const lab_conn_t *conn;
    const lab_exchange_t *x;
    g_string_append_c(out, '{');
    capture(out, report);
    begin(out, "connections", '[');
    for (uint32_t i = 0; (conn = lab_report_next_connection(report, &i)); lab_report_flush(report, out))
        connection(out, conn);
    g_string_append_c(out, ']');
    begin(out, "exchanges", '[');
    for (uint32_t n = 0; (x = lab_report_next_exchange(report, &n)); lab_report_flush(report, out))
        exchange(out, report->engine, x);
    g_string_append_c(out, ']');
    pages(out, report);
    g_string_append(out, "}\n");
}
