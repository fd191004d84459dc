/* SPDX-License-Identifier: GPL-2.0-or-later */
/* csv.c - see csv.h. The titles are the keys of the JSON report, so that they stay as they are in every
 * language; tokens are not translated. Times are seconds. */
#include "csv.h"

#include "csv_write.h"
#include "names.h"
#include "page_facts.h"
#include "selection.h"

/* ---- connections ---- */

static void endpoint(lab_csv_t *csv, const lab_endpoint_t *e)
{
    char *address = lab_report_address(e);
    lab_csv_text(csv, address);
    lab_csv_number(csv, e->port);
    g_free(address);
}

static void tls(lab_csv_t *csv, const lab_conn_t *conn)
{
    const lab_tls_names_t *names = lab_conn_tls_names(conn);
    lab_alpn_t is = lab_conn_alpn(conn);
    GString *alpn = g_string_new(is == LAB_ALPN_CHOSEN ? names->chosen : NULL);
    for (guint i = 0; is && is != LAB_ALPN_CHOSEN && i < names->offered->len; i++)
        g_string_append_printf(alpn, "%s%s", i ? " " : "",
                               (const char *)g_ptr_array_index(names->offered, i));
    lab_csv_text(csv, lab_tls_kinds[lab_conn_tls_kind(conn)].token);
    lab_csv_text(csv, names ? names->server_name : NULL);
    lab_csv_text(csv, is ? alpn->str : NULL);
    lab_csv_text(csv, lab_alpns[is].token);
    g_string_free(alpn, TRUE);
}

/* The first RST of the connection. */
static void reset(lab_csv_t *csv, const lab_conn_t *conn)
{
    const GPtrArray *resets = lab_conn_resets(conn);
    const lab_reset_t *r = resets && resets->len ? g_ptr_array_index(resets, 0) : NULL;
    lab_csv_number(csv, resets ? resets->len : 0);
    lab_csv_frame(csv, r ? r->frame : 0);
    lab_csv_text(csv, r ? lab_rst_cause_text(r->cause).token : NULL);
}

static void closing(lab_csv_t *csv, const lab_conn_t *conn)
{
    lab_closing_t c = lab_conn_closing(conn);
    lab_csv_text(csv, lab_closes[c.kind].token);
    lab_csv_text(csv, lab_report_side(conn, c.first));
    lab_csv_text(csv, lab_reasons[c.reason].token);
    lab_csv_boolean(csv, c.lossless);
}

static void connection(lab_csv_t *csv, const lab_conn_t *conn)
{
    unsigned client = lab_conn_client(conn);
    const lab_exchange_list_t *exchanges = lab_conn_exchanges(conn);
    const lab_lookup_t *lookup = lab_conn_lookup(conn);
    lab_csv_number(csv, lab_conn_stream(conn));
    endpoint(csv, lab_conn_endpoint(conn, client));
    endpoint(csv, lab_conn_endpoint(conn, !client));
    lab_csv_text(csv, lookup ? lookup->name : NULL);
    lab_csv_frame(csv, lab_conn_first_frame(conn));
    lab_csv_frame(csv, lab_conn_last_frame(conn));
    lab_csv_number(csv, lab_conn_bytes(conn, client));
    lab_csv_number(csv, lab_conn_bytes(conn, !client));
    lab_csv_text(csv, lab_opens[lab_conn_open_kind(conn)].token);
    lab_csv_seconds(csv, lab_conn_open_time(conn));
    tls(csv, conn);
    lab_csv_number(csv, exchanges ? exchanges->len : 0);
    closing(csv, conn);
    reset(csv, conn);
    lab_csv_text(csv, lab_conn_state_zeek(conn));
    lab_csv_text(csv, lab_conn_history(conn));
    lab_csv_end_row(csv);
}

void lab_write_csv_connections(const lab_report_t *report, GString *out)
{
    static const char *const titles[] = {"stream",         "client_address",  "client_port", "server_address",
                                         "server_port",    "dns_name",        "first_frame", "last_frame",
                                         "client_bytes",   "server_bytes",    "open_kind",   "open_time",
                                         "tls_kind",       "tls_server_name", "tls_alpn",    "tls_alpn_is",
                                         "exchanges",      "close_kind",      "close_first", "close_reason",
                                         "close_lossless", "resets",          "rst_frame",   "rst_cause",
                                         "conn_state",     "history",         NULL};
    lab_csv_t csv = lab_csv_begin(out, titles);
    const lab_conn_t *conn;
    for (uint32_t next = 0; (conn = lab_report_next_connection(report, &next));) {
        connection(&csv, conn);
        lab_report_flush(report, out);
    }
}

/* ---- exchanges ---- */

static void timing(lab_csv_t *csv, const lab_engine_t *engine, const lab_exchange_t *x)
{
    const lab_timing_t t = lab_exchange_timing(engine, x);
    const int64_t parts[] = {t.queue, t.dns, t.connect, t.tls, t.send, t.wait, t.receive, t.total};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        lab_csv_seconds(csv, parts[i]);
}

static void exchange(lab_csv_t *csv, const lab_engine_t *engine, const lab_exchange_t *x)
{
    lab_csv_number(csv, x->number);
    lab_csv_number(csv, x->stream);
    lab_csv_number(csv, x->index);
    lab_csv_frame(csv, x->request_first);
    lab_csv_frame(csv, x->response_first);
    lab_csv_frame(csv, x->response_first ? x->response_last : 0);
    lab_csv_text(csv, x->method);
    lab_csv_text(csv, x->host);
    lab_csv_text(csv, x->target);
    lab_csv_boolean(csv, x->secure);
    lab_csv_frame(csv, x->status);
    lab_csv_text(csv, lab_exchange_object(x));
    lab_csv_text(csv, x->content_type);
    lab_csv_known(csv, x->response_first ? (int64_t)x->received : -1);
    lab_csv_boolean(csv, x->response_first ? x->response_complete : -1);
    lab_csv_frame(csv, lab_exchange_page(engine, x));
    lab_csv_seconds(csv, x->request_first ? x->request_begin - lab_engine_first_time(engine) : -1);
    timing(csv, engine, x);
    lab_csv_end_row(csv);
}

void lab_write_csv_exchanges(const lab_report_t *report, GString *out)
{
    static const char *const titles[] = {"number",
                                         "stream",
                                         "index",
                                         "request_frame",
                                         "response_first_frame",
                                         "response_last_frame",
                                         "method",
                                         "host",
                                         "target",
                                         "secure",
                                         "status",
                                         "object",
                                         "content_type",
                                         "body_bytes",
                                         "complete",
                                         "page",
                                         "started",
                                         "queue",
                                         "dns",
                                         "connect",
                                         "tls",
                                         "send",
                                         "wait",
                                         "receive",
                                         "sum",
                                         NULL};
    lab_csv_t csv = lab_csv_begin(out, titles);
    const lab_exchange_t *x;
    for (uint32_t next = 0; (x = lab_report_next_exchange(report, &next));) {
        exchange(&csv, report->engine, x);
        lab_report_flush(report, out);
    }
}

/* ---- page loads, anomalies ---- */

static void page(lab_csv_t *csv, const lab_engine_t *engine, const lab_spares_t *spares, const lab_page_t *p)
{
    lab_page_facts_t facts = lab_page_facts(spares, p);
    lab_csv_number(csv, p->number);
    lab_csv_text(csv, p->url);
    lab_csv_frame(csv, facts.first_frame);
    lab_csv_frame(csv, facts.last_frame);
    lab_csv_seconds(csv, p->begin_time - lab_engine_first_time(engine));
    lab_csv_seconds(csv, p->last_time - p->begin_time);
    lab_csv_number(csv, p->exchanges->len);
    lab_csv_number(csv, p->bytes);
    lab_csv_number(csv, facts.streams->len);
    lab_csv_number(csv, facts.spare->len);
    lab_csv_number(csv, facts.parallel);
    lab_csv_end_row(csv);
    lab_page_facts_clear(&facts);
}

void lab_write_csv_pages(const lab_report_t *report, GString *out)
{
    static const char *const titles[] = {
        "number",    "url",        "first_frame", "last_frame",        "started",  "time",
        "exchanges", "body_bytes", "connections", "spare_connections", "parallel", NULL};
    lab_csv_t csv = lab_csv_begin(out, titles);
    lab_spares_t *spares = report->engine ? lab_spares_new(report->engine) : NULL;
    const lab_page_t *p;
    for (uint32_t next = 0; (p = lab_report_next_page(report, &next));) {
        page(&csv, report->engine, spares, p);
        lab_report_flush(report, out);
    }
    if (spares)
        lab_spares_free(spares);
}

void lab_write_csv_anomalies(const lab_report_t *report, GString *out)
{
    static const char *const titles[] = {"frame", "stream", "token", "meaning", NULL};
    lab_csv_t csv = lab_csv_begin(out, titles);
    const lab_finding_t *f;
    for (uint32_t next = 0; (f = lab_report_next_finding(report, &next));) {
        lab_csv_number(&csv, f->frame);
        lab_csv_number(&csv, f->stream);
        lab_csv_text(&csv, lab_anomalies[f->anomaly].token);
        lab_csv_text(&csv, lab_anomalies[f->anomaly].text.in[report->lang]);
        lab_csv_end_row(&csv);
        lab_report_flush(report, out);
    }
}
