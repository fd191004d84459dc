/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overviews.c - the tables with a row for every connection, exchange and anomaly. */
#include "names.h"
#include "page_facts.h"
#include "selection.h"
#include "walks.h"

static const char *first_cause(const lab_conn_t *conn)
{
    const GPtrArray *resets = lab_conn_resets(conn);
    if (!resets || !resets->len)
        return NULL;
    return lab_rst_cause_text(((const lab_reset_t *)g_ptr_array_index(resets, 0))->cause).token;
}

static void connection_row(lab_table_t *t, const lab_conn_t *conn)
{
    unsigned client = lab_conn_client(conn);
    lab_closing_t closing = lab_conn_closing(conn);
    lab_table_number(t, lab_conn_stream(conn));
    lab_table_take(t, lab_report_endpoint(lab_conn_endpoint(conn, client)));
    lab_table_take(t, lab_report_endpoint(lab_conn_endpoint(conn, !client)));
    lab_table_frames(t, lab_conn_first_frame(conn), lab_conn_last_frame(conn));
    lab_table_number(t, lab_conn_bytes(conn, client));
    lab_table_number(t, lab_conn_bytes(conn, !client));
    lab_table_cell(t, lab_opens[lab_conn_open_kind(conn)].token);
    lab_table_cell(t, lab_closes[closing.kind].token);
    lab_table_cell(t, lab_report_side(conn, closing.first));
    lab_table_cell(t, lab_reasons[closing.reason].token);
    lab_table_cell(t, first_cause(conn));
    lab_table_cell(t, lab_conn_state_zeek(conn));
}

lab_document_t *lab_connections_document(const lab_report_t *report)
{
    static const lab_text_id_t titles[] = {
        LAB_TEXT_COL_STREAM,   LAB_TEXT_COL_CLIENT,     LAB_TEXT_COL_SERVER,  LAB_TEXT_COL_FRAMES,
        LAB_TEXT_COL_BYTES_UP, LAB_TEXT_COL_BYTES_DOWN, LAB_TEXT_COL_OPENING, LAB_TEXT_COL_CLOSING,
        LAB_TEXT_COL_FIRST,    LAB_TEXT_COL_REASON,     LAB_TEXT_COL_RST,     LAB_TEXT_COL_ZEEK};
    lab_document_t *d = lab_document_new(report->lang);
    lab_document_part(d, LAB_TEXT_CONNECTIONS, LAB_NO_PLACES);
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    const lab_conn_t *conn;
    for (uint32_t i = 0; (conn = lab_report_next_connection(report, &i));)
        connection_row(t, conn);
    return d;
}

/* From the first byte of the request to the last of the response, as lab.http.total; -1 = not known. */
static int64_t total_of(const lab_exchange_t *x)
{
    return x->response_complete && x->request_begin ? x->response_done - x->request_begin : -1;
}

static void exchange_row(lab_table_t *t, const lab_engine_t *engine, const lab_exchange_t *x)
{
    lab_table_number(t, x->number);
    lab_table_number(t, x->stream);
    lab_table_frame(t, x->request_first);
    lab_table_cell(t, x->method);
    lab_table_cell(t, x->target);
    lab_table_frame(t, x->response_first);
    lab_table_frame(t, x->status);
    lab_table_cell(t, lab_exchange_object(x));
    lab_table_known(t, x->response_first ? (int64_t)x->received : -1);
    lab_table_duration(t, lab_exchange_timing(engine, x).wait);
    lab_table_duration(t, total_of(x));
}

lab_document_t *lab_exchanges_document(const lab_report_t *report)
{
    static const lab_text_id_t titles[] = {LAB_TEXT_COL_NUMBER, LAB_TEXT_COL_STREAM, LAB_TEXT_COL_REQUEST,
                                           LAB_TEXT_COL_METHOD, LAB_TEXT_COL_TARGET, LAB_TEXT_COL_RESPONSE,
                                           LAB_TEXT_COL_STATUS, LAB_TEXT_COL_OBJECT, LAB_TEXT_COL_BODY,
                                           LAB_TEXT_COL_WAIT,   LAB_TEXT_COL_TOTAL};
    lab_document_t *d = lab_document_new(report->lang);
    lab_document_part(d, LAB_TEXT_EXCHANGES, LAB_NO_PLACES);
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    const lab_exchange_t *x;
    for (uint32_t n = 0; (x = lab_report_next_exchange(report, &n));)
        exchange_row(t, report->engine, x);
    return d;
}

static void anomaly_row(lab_table_t *t, const lab_finding_t *finding, lab_lang_t lang)
{
    lab_table_link(t, LAB_LINK_FRAME, finding->frame, NULL);
    lab_table_link(t, LAB_LINK_CONNECTION, finding->stream, NULL);
    lab_table_cell(t, lab_anomalies[finding->anomaly].token);
    lab_table_cell(t, lab_anomalies[finding->anomaly].text.in[lang]);
}

static int by_frame(const void *x, const void *y)
{
    const lab_finding_t *a = x, *b = y;
    return a->frame < b->frame ? -1 : a->frame > b->frame;
}

/* In the order of their frames: the engine finds some only when a later frame comes. To be freed by the
 * caller. */
static GArray *anomalies_of(const lab_report_t *report)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(lab_finding_t));
    const lab_finding_t *finding;
    for (uint32_t i = 0; (finding = lab_report_next_finding(report, &i));)
        g_array_append_val(list, *finding);
    g_array_sort(list, by_frame); /* which is stable */
    return list;
}

static void add_each_anomaly(lab_document_t *d, const lab_report_t *report)
{
    static const lab_text_id_t titles[] = {LAB_TEXT_COL_FRAME, LAB_TEXT_COL_STREAM, LAB_TEXT_COL_ANOMALY,
                                           LAB_TEXT_COL_MEANING};
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    GArray *list = anomalies_of(report);
    for (guint i = 0; i < list->len; i++)
        anomaly_row(t, &g_array_index(list, lab_finding_t, i), d->lang);
    g_array_unref(list);
}

/* How often each anomaly was found, and where first. */
static void add_counted_anomalies(lab_document_t *d, const lab_report_t *report)
{
    static const lab_text_id_t titles[] = {LAB_TEXT_COL_TIMES, LAB_TEXT_COL_FRAME_FIRST, LAB_TEXT_COL_ANOMALY,
                                           LAB_TEXT_COL_MEANING};
    uint32_t counts[LAB_ANOMALIES] = {0}, first[LAB_ANOMALIES] = {0};
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    const lab_finding_t *finding;
    for (uint32_t i = 0; (finding = lab_report_next_finding(report, &i));)
        if (!counts[finding->anomaly]++ || finding->frame < first[finding->anomaly])
            first[finding->anomaly] = finding->frame;
    for (unsigned i = 0; i < LAB_ANOMALIES; i++) {
        if (!counts[i])
            continue;
        lab_table_number(t, counts[i]);
        lab_table_link(t, LAB_LINK_FRAME, first[i], NULL);
        lab_table_cell(t, lab_anomalies[i].token);
        lab_table_cell(t, lab_anomalies[i].text.in[d->lang]);
    }
}

#define ANOMALIES_ALL 60 /* in the report; more are counted */

void lab_add_anomalies(lab_document_t *d, const lab_report_t *report)
{
    uint32_t count = 0;
    for (uint32_t i = 0; count <= ANOMALIES_ALL && lab_report_next_finding(report, &i);)
        count++;
    if (!count) {
        lab_document_untitled(d);
        lab_document_sentence(d, LAB_TEXT_REPORT_NO_ANOMALY, LAB_NO_PLACES);
        return;
    }
    lab_document_part(d, LAB_TEXT_ANOMALIES, LAB_NO_PLACES);
    if (count > ANOMALIES_ALL)
        add_counted_anomalies(d, report);
    else
        add_each_anomaly(d, report);
}

lab_document_t *lab_anomalies_document(const lab_report_t *report)
{
    lab_document_t *d = lab_document_new(report->lang);
    lab_document_part(d, LAB_TEXT_ANOMALIES, LAB_NO_PLACES);
    add_each_anomaly(d, report);
    return d;
}

/* ---- page loads, resets ---- */

static void page_row(lab_table_t *t, const lab_spares_t *spares, const lab_page_t *p)
{
    lab_page_facts_t facts = lab_page_facts(spares, p);
    lab_table_number(t, p->number);
    lab_table_cell(t, p->url);
    lab_table_frames(t, facts.first_frame, facts.last_frame);
    lab_table_number(t, p->exchanges->len);
    lab_table_number(t, facts.streams->len);
    lab_table_number(t, facts.parallel);
    lab_table_number(t, p->bytes);
    lab_table_duration(t, p->last_time - p->begin_time);
    lab_page_facts_clear(&facts);
}

lab_document_t *lab_pages_document(const lab_report_t *report)
{
    static const lab_text_id_t titles[] = {LAB_TEXT_COL_NUMBER, LAB_TEXT_COL_PAGE,    LAB_TEXT_COL_FRAMES,
                                           LAB_TEXT_EXCHANGES,  LAB_TEXT_CONNECTIONS, LAB_TEXT_COL_AT_ONCE,
                                           LAB_TEXT_COL_BODY,   LAB_TEXT_COL_TIME};
    lab_document_t *d = lab_document_new(report->lang);
    lab_document_part(d, LAB_TEXT_PAGES, LAB_NO_PLACES);
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    lab_spares_t *spares = report->engine ? lab_spares_new(report->engine) : NULL;
    const lab_page_t *page;
    for (uint32_t n = 0; (page = lab_report_next_page(report, &n));)
        page_row(t, spares, page);
    if (spares)
        lab_spares_free(spares);
    return d;
}

static void reset_row(lab_table_t *t, const lab_conn_t *conn, const lab_reset_t *r)
{
    GString *evidence = g_string_new(NULL);
    for (unsigned i = 0; i < r->evidence_count; i++)
        g_string_append_printf(evidence, "%s%u", i ? ", " : "", r->evidence[i]);
    lab_table_number(t, r->frame);
    lab_table_number(t, lab_conn_stream(conn));
    lab_table_cell(t, lab_report_side(conn, r->by));
    lab_table_cell(t, lab_rst_cause_text(r->cause).token);
    lab_table_cell(t, lab_confidences[r->confidence].token);
    lab_table_cell(t, evidence->len ? evidence->str : NULL);
    lab_table_cell(t, lab_impacts[r->impact].token);
    lab_table_known(t, r->impact == LAB_IMPACT_UNKNOWN ? -1 : (int64_t)r->bytes_lost);
    g_string_free(evidence, TRUE);
}

lab_document_t *lab_resets_document(const lab_report_t *report)
{
    static const lab_text_id_t titles[] = {
        LAB_TEXT_COL_FRAME,      LAB_TEXT_COL_STREAM,   LAB_TEXT_COL_BY,     LAB_TEXT_COL_RST,
        LAB_TEXT_COL_CONFIDENCE, LAB_TEXT_COL_EVIDENCE, LAB_TEXT_COL_IMPACT, LAB_TEXT_COL_LOST};
    lab_document_t *d = lab_document_new(report->lang);
    lab_document_part(d, LAB_TEXT_RESETS, LAB_NO_PLACES);
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    const lab_conn_t *conn;
    for (uint32_t i = 0; (conn = lab_report_next_connection(report, &i));) {
        const GPtrArray *resets = lab_conn_resets(conn);
        for (guint n = 0; resets && n < resets->len; n++)
            reset_row(t, conn, g_ptr_array_index(resets, n));
    }
    return d;
}
