/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connection_story.c - what happened on one connection: name look-up, opening, TLS, exchanges, keep-alive
 * probes, resets, closing. */
#include "names.h"
#include "selection.h"
#include "walks.h"

#include <string.h>

static const char *side(const lab_document_t *d, const lab_conn_t *conn, int end)
{
    lab_text_id_t id = end > 1                                  ? LAB_TEXT_BOTH
                       : (unsigned)end == lab_conn_client(conn) ? LAB_TEXT_CLIENT
                                                                : LAB_TEXT_SERVER;
    return lab_text(id, d->lang);
}

/* A frame's number, which points to its segment; NULL = not known. */
static const char *frame_of(lab_document_t *d, uint32_t frame)
{
    return frame ? lab_document_linked(d, LAB_LINK_FRAME, frame) : NULL;
}

static void add_heading(lab_document_t *d, const lab_conn_t *conn)
{
    unsigned end = lab_conn_client(conn);
    char *client = lab_report_endpoint(lab_conn_endpoint(conn, end));
    char *server = lab_report_endpoint(lab_conn_endpoint(conn, !end));
    lab_document_section(d, LAB_TEXT_REPORT_CONNECTION,
                         LAB_PLACES({"stream", lab_document_number(d, lab_conn_stream(conn))},
                                    {"client", client}, {"server", server},
                                    {"first", frame_of(d, lab_conn_first_frame(conn))},
                                    {"last", frame_of(d, lab_conn_last_frame(conn))}));
    lab_document_anchor(d, LAB_LINK_CONNECTION, lab_conn_stream(conn));
    g_free(client);
    g_free(server);
}

/* The name that was looked up, else the host that the first request names, without its port. */
static const char *name_of(lab_document_t *d, const lab_conn_t *conn)
{
    const lab_lookup_t *lookup = lab_conn_lookup(conn);
    if (lookup)
        return lookup->name;
    const char *host = lab_conn_host(conn);
    return g_string_chunk_insert_len(d->strings, host, (gssize)strcspn(host, ":"));
}

/* A client that asked by address had nothing to look up: then there is no entry. */
static void add_lookup(lab_document_t *d, const lab_conn_t *conn)
{
    static const struct {
        bool told;
        lab_entry_t entry;
    } rows[LAB_NAMINGS] = {[LAB_NAMING_LOOKED_UP] = {true, LAB_ENTRY_LOOKUP},
                           [LAB_NAMING_ANSWER_ONLY] = {true, LAB_ENTRY_LOOKUP_ANSWER},
                           [LAB_NAMING_KNOWN] = {true, LAB_ENTRY_LOOKUP_KNOWN},
                           [LAB_NAMING_NOT_CAPTURED] = {true, LAB_ENTRY_LOOKUP_NOT_CAPTURED}};
    lab_naming_t naming = lab_conn_naming(conn);
    const lab_lookup_t *l = lab_conn_lookup(conn);
    if (!rows[naming].told)
        return;
    lab_document_entry(d, rows[naming].entry,
                       LAB_PLACES({"name", name_of(d, conn)}, {"query", frame_of(d, l ? l->query_frame : 0)},
                                  {"answer", frame_of(d, l ? l->answer_frame : 0)},
                                  {"time", lab_document_duration(d, l ? l->answer_time - l->query_time : -1)},
                                  {"how", lab_namings[naming].text.in[d->lang]}));
}

static void add_opening(lab_document_t *d, const lab_conn_t *conn)
{
    const lab_token_t *kind = &lab_opens[lab_conn_open_kind(conn)];
    lab_document_entry(d, LAB_ENTRY_OPENED,
                       LAB_PLACES({"open", kind->text.in[d->lang]}, {"token", kind->token},
                                  {"time", lab_document_after_comma(d, lab_conn_open_time(conn))}));
}

/* Left out is a part that has not come to its end, and a queue that is not known. */
static const char *timing(lab_document_t *d, const lab_engine_t *engine, const lab_exchange_t *x)
{
    const lab_timing_t t = lab_exchange_timing(engine, x);
    const struct {
        bool told;
        lab_text_id_t text;
        const char *place;
        int64_t time;
    } parts[] = {{x->request_done && t.queue >= 0, LAB_TEXT_REPORT_QUEUE, "queue", t.queue},
                 {x->request_done, LAB_TEXT_REPORT_WAIT, "wait", t.wait},
                 {x->response_complete, LAB_TEXT_REPORT_RECEIVE, "receive", t.receive},
                 {x->truncated, LAB_TEXT_REPORT_TRUNCATED, "", -1}};
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (parts[i].told)
            g_string_append(out, lab_document_words(
                                     d, parts[i].text,
                                     LAB_PLACES({parts[i].place, lab_document_duration(d, parts[i].time)})));
    return lab_document_take(d, out);
}

static lab_entry_t exchange_entry(const lab_engine_t *engine, const lab_exchange_t *x)
{
    if (x->response_first)
        return x->request_first ? LAB_ENTRY_EXCHANGE : LAB_ENTRY_RESPONSE;
    return x->secure && lab_conn_unread(lab_engine_conn(engine, x->stream), !x->client)
               ? LAB_ENTRY_UNREAD
               : LAB_ENTRY_UNANSWERED;
}

static const char *body_of(lab_document_t *d, uint64_t bytes)
{
    return bytes ? lab_document_words(d, LAB_TEXT_BODY_BYTES,
                                      LAB_PLACES({"bytes", lab_document_number(d, bytes)}))
                 : lab_text(LAB_TEXT_BODY_NONE, d->lang);
}

static void add_exchange(lab_document_t *d, const lab_engine_t *engine, const lab_exchange_t *x)
{
    lab_document_entry(d, exchange_entry(engine, x),
                       LAB_PLACES({"number", lab_document_number(d, x->number)}, {"method", x->method},
                                  {"target", x->target}, {"request", frame_of(d, x->request_first)},
                                  {"status", x->status ? lab_document_number(d, x->status) : NULL},
                                  {"response", frame_of(d, x->response_first)},
                                  {"body", body_of(d, x->received)},
                                  {"timing", x->response_first ? timing(d, engine, x) : ""},
                                  {"http2", lab_http2_of_exchange(d, x)}));
    lab_document_anchor(d, LAB_LINK_EXCHANGE, x->number);
}

/* Of each kind of a connection's lines; the others are counted. */
#define LINES_MAX 40

static void add_more(lab_document_t *d, lab_entry_t entry, uint32_t count)
{
    if (count)
        lab_document_entry(d, entry, LAB_PLACES({"count", lab_document_number(d, count)}));
}

static void add_exchanges(lab_document_t *d, const lab_report_t *report, const lab_conn_t *conn)
{
    const lab_exchange_list_t *exchanges = lab_conn_exchanges(conn);
    uint32_t told = 0, more = 0, out = 0;
    for (guint i = 0; exchanges && i < exchanges->len; i++) {
        const lab_exchange_t *x = lab_engine_exchange(report->engine, g_array_index(exchanges, uint32_t, i));
        if (!lab_report_has_exchange(report, x)) {
            out++;
        } else if (told < LINES_MAX) {
            add_exchange(d, report->engine, x);
            told++;
        } else {
            more++;
        }
    }
    add_more(d, LAB_ENTRY_EXCHANGES_MORE, more);
    add_more(d, LAB_ENTRY_EXCHANGES_OUT, out);
}

/* Of the probe at place `i`: the other side's answer before its next probe. Of the last one of a capture
 * nothing may be known. */
static const char *answer_of(lab_document_t *d, const lab_keepalive_list_t *events, guint i)
{
    const lab_keepalive_event_t *probe = &g_array_index(events, lab_keepalive_event_t, i);
    for (guint n = i + 1; n < events->len; n++) {
        const lab_keepalive_event_t *e = &g_array_index(events, lab_keepalive_event_t, n);
        if (e->token == LAB_KEEPALIVE_UNANSWERED && e->frame == probe->frame)
            return lab_text(LAB_TEXT_PROBE_UNANSWERED, d->lang);
        if (e->token == LAB_KEEPALIVE_PROBE && e->by == probe->by)
            break;
        if (e->by != probe->by &&
            (e->token == LAB_KEEPALIVE_ANSWER || e->token == LAB_KEEPALIVE_ANSWERED_BY_RESET))
            return lab_document_words(
                d, e->token == LAB_KEEPALIVE_ANSWER ? LAB_TEXT_PROBE_ANSWERED : LAB_TEXT_PROBE_RESET,
                LAB_PLACES({"frame", frame_of(d, e->frame)}));
    }
    return "";
}

static void add_probes(lab_document_t *d, const lab_conn_t *conn)
{
    const lab_keepalive_list_t *events = lab_conn_keepalives(conn);
    uint32_t told = 0, more = 0;
    for (guint i = 0; events && i < events->len; i++) {
        const lab_keepalive_event_t *e = &g_array_index(events, lab_keepalive_event_t, i);
        if (e->token != LAB_KEEPALIVE_PROBE)
            continue;
        if (told++ >= LINES_MAX) {
            more++;
            continue;
        }
        lab_document_entry(d, LAB_ENTRY_KEEPALIVE,
                           LAB_PLACES({"frame", frame_of(d, e->frame)}, {"by", side(d, conn, e->by)},
                                      {"number", lab_document_number(d, e->number)},
                                      {"interval", lab_document_duration(d, e->interval)},
                                      {"answer", answer_of(d, events, i)}));
    }
    add_more(d, LAB_ENTRY_KEEPALIVE_MORE, more);
}

/* What the RST cost. */
static const char *impact_of(lab_document_t *d, const lab_reset_t *r)
{
    if (r->impact != LAB_BYTES_LOST || !r->bytes_lost)
        return lab_impacts[r->impact].text.in[d->lang];
    return lab_document_words(d, LAB_TEXT_REPORT_LOST,
                              LAB_PLACES({"bytes", lab_document_number(d, r->bytes_lost)}));
}

/* "[port-closed, certain]"; an unknown cause has no confidence. */
static const char *cause_token(lab_document_t *d, const lab_reset_t *r, const char *token)
{
    const char *confidence = lab_confidences[r->confidence].text.in[d->lang];
    if (r->confidence == LAB_UNKNOWN)
        return token;
    GString *text = g_string_new(token);
    g_string_append_printf(text, "%s%s", lab_text(LAB_TEXT_COMMA, d->lang), confidence);
    return lab_document_take(d, text);
}

/* A RST that repeats another is told in few words. */
static void add_reset(lab_document_t *d, const lab_conn_t *conn, const lab_reset_t *r)
{
    const lab_rst_cause_text_t cause = lab_rst_cause_text(r->cause);
    const char *by = side(d, conn, r->by);
    uint32_t evidence = r->evidence_count ? r->evidence[0] : 0;
    const char *why = lab_document_expand(
        d, cause.text.in[d->lang],
        LAB_PLACES({"by", by}, {"peer", side(d, conn, !r->by)}, {"evidence", frame_of(d, evidence)}));
    lab_document_entry(d, r->repeat_of ? LAB_ENTRY_RST_AGAIN : LAB_ENTRY_RST,
                       LAB_PLACES({"frame", frame_of(d, r->frame)}, {"by", by}, {"cause", why},
                                  {"token", cause_token(d, r, cause.token)},
                                  {"first", frame_of(d, r->repeat_of)}, {"impact", impact_of(d, r)}));
    lab_document_anchor(d, LAB_LINK_RESET, r->frame);
}

static void add_resets(lab_document_t *d, const lab_conn_t *conn)
{
    const GPtrArray *resets = lab_conn_resets(conn);
    guint count = resets ? resets->len : 0;
    for (guint i = 0; i < MIN(count, LINES_MAX); i++)
        add_reset(d, conn, g_ptr_array_index(resets, i));
    add_more(d, LAB_ENTRY_RST_MORE, count - MIN(count, LINES_MAX));
}

/* "; first: client": a text about one end, nothing where there is no such end. */
static const char *about_end(lab_document_t *d, const lab_conn_t *conn, lab_text_id_t id, int end)
{
    return end < 0 ? "" : lab_document_words(d, id, LAB_PLACES({"side", side(d, conn, end)}));
}

/* An unknown reason is left out where the resets tell more. */
static const char *reason_of(lab_document_t *d, const lab_conn_t *conn, lab_reason_t reason)
{
    if (reason == LAB_REASON_NONE || (reason == LAB_REASON_UNKNOWN && lab_conn_resets(conn)))
        return "";
    return lab_document_words(d, LAB_TEXT_REPORT_REASON,
                              LAB_PLACES({"reason", lab_reasons[reason].text.in[d->lang]}));
}

static void add_closing(lab_document_t *d, const lab_conn_t *conn)
{
    lab_closing_t c = lab_conn_closing(conn);
    if (c.kind == LAB_CLOSE_NONE) /* it did not open */
        return;
    GString *reason = g_string_new(reason_of(d, conn, c.reason));
    g_string_append(reason, about_end(d, conn, LAB_TEXT_REPORT_TIME_WAIT, c.time_wait));
    lab_document_entry(d, c.kind == LAB_CLOSE_OPEN ? LAB_ENTRY_STILL_OPEN : LAB_ENTRY_CLOSED,
                       LAB_PLACES({"close", lab_closes[c.kind].text.in[d->lang]},
                                  {"token", lab_closes[c.kind].token},
                                  {"first", about_end(d, conn, LAB_TEXT_REPORT_FIRST, c.first)},
                                  {"reason", lab_document_take(d, reason)}));
}

void lab_add_connection(lab_document_t *d, const lab_report_t *report, const lab_overview_t *overview,
                        const lab_conn_t *conn)
{
    add_heading(d, conn);
    add_lookup(d, conn);
    add_opening(d, conn);
    lab_add_tls(d, conn);
    add_exchanges(d, report, conn);
    if (lab_report_is_spare(overview, conn))
        lab_document_entry(d, LAB_ENTRY_IS_SPARE, LAB_NO_PLACES);
    lab_add_http2(d, conn);
    add_probes(d, conn);
    add_resets(d, conn);
    add_closing(d, conn);
}
