/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quic_section.c - the connections of QUIC that the capture holds. */
#include "names.h"
#include "walks.h"

/* Up to so many are listed, else only the second number. */
#define ALL  40
#define MOST 20

const char *lab_quic_connections_words(lab_document_t *d, const lab_report_t *report)
{
    uint32_t count = lab_report_quic_connections(report);
    if (!count)
        return "";
    return lab_document_words(d, LAB_TEXT_QUIC_CONNECTIONS,
                              LAB_PLACES({"connections", lab_document_number(d, count)}));
}

/* "h3" that the server chose, else "h3, h3-29 (offered)"; NULL = not known. */
static const char *protocols_of(lab_document_t *d, const lab_quic_t *quic)
{
    GString *list = g_string_new(NULL);
    if (quic->protocol) {
        g_string_free(list, TRUE);
        return quic->protocol;
    }
    for (guint i = 0; quic->protocols && i < quic->protocols->len; i++)
        g_string_append_printf(list, "%s%s", i ? ", " : "",
                               (const char *)g_ptr_array_index(quic->protocols, i));
    const char *offered = lab_document_take(d, list);
    return *offered ? lab_document_words(d, LAB_TEXT_QUIC_OFFERED, LAB_PLACES({"list", offered})) : NULL;
}

static void add_row(lab_document_t *d, lab_table_t *t, const lab_quic_t *quic)
{
    lab_table_number(t, quic->number);
    lab_table_cell(t, quic->server_name);
    lab_table_take(t, lab_report_endpoint(&quic->server));
    lab_table_take(t, lab_report_endpoint(&quic->client));
    lab_table_take(t, lab_quic_version(quic));
    lab_table_cell(t, protocols_of(d, quic));
    lab_table_frames(t, quic->first_frame, quic->last_frame);
    lab_table_number(t, quic->datagrams);
    lab_table_number(t, quic->bytes);
}

static void add_connections(lab_document_t *d, const GPtrArray *connections)
{
    static const lab_text_id_t titles[] = {LAB_TEXT_COL_QUIC,   LAB_TEXT_COL_SERVER_NAME, LAB_TEXT_COL_SERVER,
                                           LAB_TEXT_COL_CLIENT, LAB_TEXT_COL_VERSION,     LAB_TEXT_COL_ALPN,
                                           LAB_TEXT_COL_FRAMES, LAB_TEXT_COL_DATAGRAMS,   LAB_TEXT_COL_BYTES};
    guint shown = connections->len > ALL ? MOST : connections->len;
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    for (guint i = 0; i < shown; i++)
        add_row(d, t, g_ptr_array_index(connections, i));
    if (shown < connections->len)
        lab_document_sentence(d, LAB_TEXT_QUIC_MORE,
                              LAB_PLACES({"count", lab_document_number(d, connections->len - shown)}));
}

void lab_add_quic(lab_document_t *d, const lab_report_t *report)
{
    uint32_t frames = lab_report_quic_frames(report);
    if (!frames)
        return;
    lab_document_sentence(d, LAB_TEXT_REPORT_QUIC,
                          LAB_PLACES({"frames", lab_document_number(d, frames)},
                                     {"connections", lab_quic_connections_words(d, report)}));
    if (lab_report_quic_connections(report))
        add_connections(d, report->quic);
}
