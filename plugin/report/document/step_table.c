/* SPDX-License-Identifier: GPL-2.0-or-later */
/* step_table.c - table 1.3: one connection frame by frame. */
#include "names.h"
#include "segments.h"
#include "walks.h"

static void add_flags(lab_table_t *t, uint8_t flags)
{
    GString *text = g_string_new(NULL);
    lab_report_flags(flags, text);
    lab_table_cell(t, text->len ? text->str : NULL);
    g_string_free(text, TRUE);
}

static void add_note(lab_table_t *t, const lab_report_t *report, const lab_step_t *step)
{
    GString *text = g_string_new(NULL);
    lab_note(report->engine, step->annotation, step->frame, report->lang, text);
    lab_table_take(t, g_string_free(text, FALSE));
}

static void step_row(lab_table_t *t, const lab_report_t *report, const lab_step_t *step)
{
    lab_table_number(t, step->client_port);
    lab_table_number(t, step->server_port);
    lab_table_cell(t, step->from_client ? "→" : "←");
    lab_table_number(t, step->frame);
    lab_table_cell(t, step->type);
    add_flags(t, step->flags);
    lab_table_known(t, step->seq);
    lab_table_known(t, step->seq_raw);
    lab_table_known(t, step->ack);
    lab_table_known(t, step->ack_raw);
    lab_table_known(t, step->length);
    add_note(t, report, step);
}

static void add_title(lab_document_t *d, const lab_conn_t *conn)
{
    unsigned client = lab_conn_client(conn);
    char *from = lab_report_endpoint(lab_conn_endpoint(conn, client));
    char *to = lab_report_endpoint(lab_conn_endpoint(conn, !client));
    lab_document_part(d, LAB_TEXT_TABLE_STEPS,
                      LAB_PLACES({"stream", lab_document_number(d, lab_conn_stream(conn))}, {"client", from},
                                 {"server", to}));
    g_free(from);
    g_free(to);
}

lab_document_t *lab_connection_document(const lab_report_t *report, uint32_t stream)
{
    static const lab_text_id_t titles[] = {
        LAB_TEXT_COL_CLIENT_PORT, LAB_TEXT_COL_SERVER_PORT, LAB_TEXT_COL_DIRECTION, LAB_TEXT_COL_FRAME,
        LAB_TEXT_COL_TYPE,        LAB_TEXT_COL_FLAGS,       LAB_TEXT_COL_SEQ,       LAB_TEXT_COL_SEQ_RAW,
        LAB_TEXT_COL_ACK,         LAB_TEXT_COL_ACK_RAW,     LAB_TEXT_COL_LENGTH,    LAB_TEXT_COL_STEP};
    const lab_conn_t *conn = lab_report_find_connection(report, stream);
    if (!conn)
        return NULL;
    lab_document_t *d = lab_document_new(report->lang);
    add_title(d, conn);
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    GArray *steps = lab_connection_steps(report->engine, conn);
    for (guint i = 0; i < steps->len; i++)
        step_row(t, report, &g_array_index(steps, lab_step_t, i));
    g_array_unref(steps);
    return d;
}
