/* SPDX-License-Identifier: GPL-2.0-or-later */
/* other_connections.c - the connections that have no story of their own: a line each. */
#include "names.h"
#include "selection.h"
#include "walks.h"

#define LINES_ALL  200 /* up to so many each has its line, */
#define LINES_EACH 10  /* else so many of each kind; the others are counted */

/* "GET /a (200) and 2 more": the exchanges of a connection. */
static const char *exchanges_of(lab_document_t *d, const lab_report_t *report, const lab_conn_t *conn)
{
    const lab_exchange_list_t *exchanges = lab_conn_exchanges(conn);
    const lab_exchange_t *x = lab_engine_exchange(report->engine, g_array_index(exchanges, uint32_t, 0));
    GString *text = g_string_new(NULL);
    if (x->method)
        g_string_append_printf(text, "%s %s", x->method, x->target ? x->target : "?");
    if (x->status)
        g_string_append_printf(text, x->method ? " (%u)" : "%u", x->status);
    if (exchanges->len > 1)
        g_string_append(
            text, lab_document_words(d, LAB_TEXT_PORTS_MORE,
                                     LAB_PLACES({"count", lab_document_number(d, exchanges->len - 1)})));
    return lab_document_take(d, text);
}

/* What the connection was for. */
static const char *what(lab_document_t *d, const lab_report_t *report, const lab_overview_t *overview,
                        const lab_conn_t *conn)
{
    lab_conn_kind_t kind = lab_report_kind(conn);
    const lab_token_t *tls = &lab_tls_kinds[lab_conn_tls_kind(conn)];
    GString *text = g_string_new(lab_conn_kinds[kind].text.in[d->lang]);
    if (kind == LAB_CONN_HTTP)
        g_string_append_printf(text, "%s%s", lab_text(LAB_TEXT_COLON, d->lang),
                               exchanges_of(d, report, conn));
    else if (kind == LAB_CONN_TLS)
        g_string_assign(text, tls->text.in[d->lang]);
    bool spare = lab_report_is_spare(overview, conn);
    if (spare && kind == LAB_CONN_NO_DATA)
        g_string_assign(text, lab_text(LAB_TEXT_SPARE, d->lang));
    else if (spare)
        g_string_append_printf(text, "%s%s", lab_text(LAB_TEXT_COMMA, d->lang),
                               lab_text(LAB_TEXT_SPARE, d->lang));
    return lab_document_take(d, text);
}

/* "a.example:443", else the address. To be freed by the caller. */
static char *server_of(const lab_conn_t *conn)
{
    const lab_endpoint_t *server = lab_conn_endpoint(conn, !lab_conn_client(conn));
    char *name = lab_report_server_name(conn);
    char *text = name ? g_strdup_printf("%s:%u", name, server->port) : lab_report_endpoint(server);
    g_free(name);
    return text;
}

static void row(lab_document_t *d, lab_table_t *t, const lab_report_t *report, const lab_overview_t *overview,
                const lab_conn_t *conn)
{
    unsigned client = lab_conn_client(conn);
    lab_closing_t closing = lab_conn_closing(conn);
    lab_table_number(t, lab_conn_stream(conn));
    lab_table_number(t, lab_conn_endpoint(conn, client)->port);
    lab_table_take(t, server_of(conn));
    lab_table_frames(t, lab_conn_first_frame(conn), lab_conn_last_frame(conn));
    lab_table_number(t, lab_conn_bytes(conn, client));
    lab_table_number(t, lab_conn_bytes(conn, !client));
    lab_table_cell(t, what(d, report, overview, conn));
    lab_table_cell(t, lab_closes[closing.kind].text.in[d->lang]);
}

/* "9,790 more: 9,690 TLS, 100 never answered". */
static void add_counted(lab_document_t *d, const uint32_t *counts)
{
    GString *list = g_string_new(NULL);
    uint32_t sum = 0;
    for (unsigned i = 0; i < LAB_CONN_KINDS; i++) {
        if (!counts[i])
            continue;
        g_string_append_printf(list, "%s%u %s", sum ? lab_text(LAB_TEXT_COMMA, d->lang) : "", counts[i],
                               lab_conn_kinds[i].text.in[d->lang]);
        sum += counts[i];
    }
    const char *kinds = lab_document_take(d, list);
    if (sum)
        lab_document_sentence(d, LAB_TEXT_CONNECTIONS_MORE,
                              LAB_PLACES({"count", lab_document_number(d, sum)}, {"kinds", kinds}));
}

static uint32_t count_untold(const lab_report_t *report, const uint8_t *told)
{
    uint32_t count = 0;
    const lab_conn_t *conn;
    for (uint32_t i = 0; (conn = lab_report_next_connection(report, &i));)
        count += !told[lab_conn_stream(conn)];
    return count;
}

void lab_add_other_connections(lab_document_t *d, const lab_report_t *report, const lab_overview_t *overview,
                               const uint8_t *told)
{
    static const lab_text_id_t titles[] = {
        LAB_TEXT_COL_STREAM,   LAB_TEXT_COL_CLIENT_PORT, LAB_TEXT_COL_SERVER, LAB_TEXT_COL_FRAMES,
        LAB_TEXT_COL_BYTES_UP, LAB_TEXT_COL_BYTES_DOWN,  LAB_TEXT_COL_WHAT,   LAB_TEXT_COL_CLOSING};
    uint32_t count = count_untold(report, told), each = count > LINES_ALL ? LINES_EACH : LINES_ALL;
    uint32_t listed[LAB_CONN_KINDS] = {0}, counted[LAB_CONN_KINDS] = {0};
    const lab_conn_t *conn;
    if (!count)
        return;
    lab_document_section(d, LAB_TEXT_CONNECTIONS_OTHER, LAB_PLACES({"count", lab_document_number(d, count)}));
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    for (uint32_t i = 0; (conn = lab_report_next_connection(report, &i));) {
        lab_conn_kind_t kind = lab_report_kind(conn);
        if (told[lab_conn_stream(conn)])
            continue;
        if (listed[kind]++ < each)
            row(d, t, report, overview, conn);
        else
            counted[kind]++;
    }
    add_counted(d, counted);
}
