/* tables.c - the tables of -z lab,connections, lab,exchanges and lab,anomalies. */
#include "report.h"
#include "table.h"
#include "texts.h"

static lab_table_t *table_of(lab_lang_t lang, const lab_text_id_t *titles, unsigned n)
{
    const char *texts[16];
    for (unsigned i = 0; i < n; i++)
        texts[i] = lab_text(titles[i], lang);
    return lab_table_new(n, texts);
}

static void finish(lab_table_t *table, lab_text_id_t title, const lab_report_t *report, GString *out)
{
    g_string_append_printf(out, "Lab: %s\n", lab_text(title, report->lang));
    lab_table_print(table, out);
    lab_table_free(table);
}

static void cell_taken(lab_table_t *t, char *text)
{
    lab_table_cell(t, text);
    g_free(text);
}

/* Timestamps that go backwards make less than no time of a duration: it is not known. */
static void cell_duration(lab_table_t *t, bool measured, int64_t ns)
{
    bool known = measured && ns >= 0;
    GString *s = g_string_new(NULL);
    if (known)
        lab_text_duration(s, ns, LAB_LANG_EN); /* one that is known reads alike in every language */
    lab_table_cell(t, known ? s->str : NULL);
    g_string_free(s, TRUE);
}

static void cell_frame(lab_table_t *t, uint32_t frame)
{
    if (frame)
        lab_table_cellf(t, "%u", frame);
    else
        lab_table_cell(t, NULL);
}

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
    lab_table_cellf(t, "%u", lab_conn_stream(conn));
    cell_taken(t, lab_report_endpoint(lab_conn_endpoint(conn, client)));
    cell_taken(t, lab_report_endpoint(lab_conn_endpoint(conn, !client)));
    lab_table_cellf(t, "%u-%u", lab_conn_first_frame(conn), lab_conn_last_frame(conn));
    lab_table_cellf(t, "%" G_GUINT64_FORMAT, lab_conn_bytes(conn, client));
    lab_table_cellf(t, "%" G_GUINT64_FORMAT, lab_conn_bytes(conn, !client));
    lab_table_cell(t, lab_opens[lab_conn_open_kind(conn)].token);
    lab_table_cell(t, lab_closes[closing.kind].token);
    lab_table_cell(t, lab_report_side(conn, closing.first));
    lab_table_cell(t, lab_reasons[closing.reason].token);
    lab_table_cell(t, first_cause(conn));
    lab_table_cell(t, lab_conn_state_zeek(conn));
}

void lab_report_connections(const lab_report_t *report, GString *out)
{
    static const lab_text_id_t titles[] = {
        LAB_TEXT_COL_STREAM,   LAB_TEXT_COL_CLIENT,     LAB_TEXT_COL_SERVER,  LAB_TEXT_COL_FRAMES,
        LAB_TEXT_COL_BYTES_UP, LAB_TEXT_COL_BYTES_DOWN, LAB_TEXT_COL_OPENING, LAB_TEXT_COL_CLOSING,
        LAB_TEXT_COL_FIRST,    LAB_TEXT_COL_REASON,     LAB_TEXT_COL_RST,     LAB_TEXT_COL_ZEEK};
    lab_table_t *t = table_of(report->lang, titles, G_N_ELEMENTS(titles));
    for (uint32_t i = 0; report->engine && i < lab_engine_streams(report->engine); i++) {
        const lab_conn_t *conn = lab_engine_conn_at(report->engine, i);
        if (conn)
            connection_row(t, conn);
    }
    finish(t, LAB_TEXT_CONNECTIONS, report, out);
}

static void exchange_row(lab_table_t *t, const lab_engine_t *engine, const lab_exchange_t *x)
{
    int64_t wait = lab_exchange_timing(engine, x).wait;
    lab_table_cellf(t, "%u", x->number);
    lab_table_cellf(t, "%u", x->stream);
    cell_frame(t, x->request_first);
    lab_table_cell(t, x->method);
    lab_table_cell(t, x->target);
    cell_frame(t, x->response_first);
    cell_frame(t, x->status);
    lab_table_cell(t, lab_exchange_object(x));
    if (x->response_first)
        lab_table_cellf(t, "%" G_GUINT64_FORMAT, x->received);
    else
        lab_table_cell(t, NULL);
    cell_duration(t, wait >= 0, wait);
    cell_duration(t, x->response_complete && x->request_begin, x->response_done - x->request_begin);
}

void lab_report_exchanges(const lab_report_t *report, GString *out)
{
    static const lab_text_id_t titles[] = {LAB_TEXT_COL_NUMBER, LAB_TEXT_COL_STREAM, LAB_TEXT_COL_REQUEST,
                                           LAB_TEXT_COL_METHOD, LAB_TEXT_COL_TARGET, LAB_TEXT_COL_RESPONSE,
                                           LAB_TEXT_COL_STATUS, LAB_TEXT_COL_OBJECT, LAB_TEXT_COL_BODY,
                                           LAB_TEXT_COL_WAIT,   LAB_TEXT_COL_TOTAL};
    lab_table_t *t = table_of(report->lang, titles, G_N_ELEMENTS(titles));
    for (uint32_t n = 1; report->engine && n <= lab_engine_exchanges(report->engine); n++)
        exchange_row(t, report->engine, lab_engine_exchange(report->engine, n));
    finish(t, LAB_TEXT_EXCHANGES, report, out);
}

void lab_report_anomalies(const lab_report_t *report, GString *out)
{
    static const lab_text_id_t titles[] = {LAB_TEXT_COL_FRAME, LAB_TEXT_COL_STREAM, LAB_TEXT_COL_ANOMALY,
                                           LAB_TEXT_COL_MEANING};
    lab_table_t *t = table_of(report->lang, titles, G_N_ELEMENTS(titles));
    const GArray *findings = report->engine ? lab_engine_findings(report->engine) : NULL;
    for (guint i = 0; findings && i < findings->len; i++) {
        const lab_finding_t *f = &g_array_index(findings, lab_finding_t, i);
        lab_table_cellf(t, "%u", f->frame);
        lab_table_cellf(t, "%u", f->stream);
        lab_table_cell(t, lab_anomalies[f->anomaly].token);
        lab_table_cell(t, lab_anomalies[f->anomaly].text.in[report->lang]);
    }
    finish(t, LAB_TEXT_ANOMALIES, report, out);
}
