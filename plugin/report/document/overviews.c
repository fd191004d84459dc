/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overviews.c - the tables with a row for every connection, exchange and anomaly. */
#include "names.h"
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
    lab_table_cellf(t, "%u-%u", lab_conn_first_frame(conn), lab_conn_last_frame(conn));
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
    for (uint32_t i = 0; report->engine && i < lab_engine_streams(report->engine); i++) {
        const lab_conn_t *conn = lab_engine_conn_at(report->engine, i);
        if (conn)
            connection_row(t, conn);
    }
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
    for (uint32_t n = 1; report->engine && n <= lab_engine_exchanges(report->engine); n++)
        exchange_row(t, report->engine, lab_engine_exchange(report->engine, n));
    return d;
}

static void anomaly_row(lab_table_t *t, const lab_finding_t *finding, lab_lang_t lang)
{
    lab_table_link(t, LAB_LINK_FRAME, finding->frame, NULL);
    lab_table_link(t, LAB_LINK_CONNECTION, finding->stream, NULL);
    lab_table_cell(t, lab_anomalies[finding->anomaly].token);
    lab_table_cell(t, lab_anomalies[finding->anomaly].text.in[lang]);
}

void lab_add_anomalies(lab_document_t *d, const lab_report_t *report)
{
    static const lab_text_id_t titles[] = {LAB_TEXT_COL_FRAME, LAB_TEXT_COL_STREAM, LAB_TEXT_COL_ANOMALY,
                                           LAB_TEXT_COL_MEANING};
    const GArray *findings = report->engine ? lab_engine_findings(report->engine) : NULL;
    lab_document_part(d, LAB_TEXT_ANOMALIES, LAB_NO_PLACES);
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    for (guint i = 0; findings && i < findings->len; i++)
        anomaly_row(t, &g_array_index(findings, lab_finding_t, i), d->lang);
}

lab_document_t *lab_anomalies_document(const lab_report_t *report)
{
    lab_document_t *d = lab_document_new(report->lang);
    lab_add_anomalies(d, report);
    return d;
}
