/* SPDX-License-Identifier: GPL-2.0-or-later */
/* homework_tables.c - the tables of segments in a homework; see homework.h. */
#include "homework.h"
#include "names.h"
#include "selection.h"

#define ROWS_MAX 60 /* of a table; a person reads no more. -z lab,connection,N has all */

lab_text_id_t lab_homework_last_title(const lab_homework_t *hw)
{
    return hw->solution ? LAB_TEXT_COL_STEP : LAB_TEXT_HW_COL_YOURS;
}

void lab_homework_note(const lab_homework_t *hw, lab_table_t *t, uint32_t frame, const lab_annotation_t *a)
{
    GString *text = g_string_new(NULL);
    if (hw->solution)
        lab_note(hw->report->engine, a, frame, hw->report->lang, text);
    lab_table_take(t, g_string_free(text, FALSE));
}

void lab_homework_yours(const lab_homework_t *hw)
{
    if (!hw->solution)
        lab_document_blank(hw->document, LAB_TEXT_HW_YOURS);
}

static void add_flags(lab_table_t *t, uint8_t flags)
{
    GString *text = g_string_new(NULL);
    lab_report_flags(flags, text);
    lab_table_cell(t, text->len ? text->str : NULL);
    g_string_free(text, TRUE);
}

static void more_rows(const lab_homework_t *hw, uint32_t count)
{
    if (count > ROWS_MAX)
        lab_document_sentence(hw->document, LAB_TEXT_HW_STEPS_MORE,
                              LAB_PLACES({"count", lab_document_number(hw->document, count - ROWS_MAX)}));
}

/* ---- segments with their numbers ---- */

static void segment_row(const lab_homework_t *hw, lab_table_t *t, const lab_step_t *step)
{
    lab_table_number(t, step->frame);
    lab_table_cell(t, step->from_client ? "→" : "←");
    add_flags(t, step->flags);
    lab_table_known(t, step->seq);
    lab_table_known(t, step->seq_raw);
    lab_table_known(t, step->ack);
    lab_table_known(t, step->ack_raw);
    lab_table_known(t, step->length);
    lab_homework_note(hw, t, step->frame, step->annotation);
}

uint32_t lab_homework_segments(const lab_homework_t *hw, const lab_conn_t *conn, lab_step_filter_t wanted)
{
    const lab_text_id_t titles[] = {
        LAB_TEXT_COL_FRAME,   LAB_TEXT_COL_DIRECTION, LAB_TEXT_COL_FLAGS,
        LAB_TEXT_COL_SEQ,     LAB_TEXT_COL_SEQ_RAW,   LAB_TEXT_COL_ACK,
        LAB_TEXT_COL_ACK_RAW, LAB_TEXT_COL_LENGTH,    lab_homework_last_title(hw)};
    lab_table_t *t = lab_document_table(hw->document, titles, G_N_ELEMENTS(titles));
    GArray *steps = lab_connection_steps(hw->report->engine, conn);
    uint32_t rows = 0, others = 0;
    for (guint i = 0; i < steps->len; i++) {
        const lab_step_t *step = &g_array_index(steps, lab_step_t, i);
        if (step->lookup || !wanted(hw, step))
            others++;
        else if (rows++ < ROWS_MAX)
            segment_row(hw, t, step);
    }
    more_rows(hw, rows);
    g_array_unref(steps);
    return others;
}

/* ---- the sum under the handshake ---- */

static void plus_one(const lab_homework_t *hw, const lab_step_t *syn, const lab_step_t *ack)
{
    lab_document_t *d = hw->document;
    if (ack->ack_raw != (int64_t)(uint32_t)(syn->seq_raw + 1))
        return;
    lab_document_sentence(d, LAB_TEXT_HW_SYN_PLUS_ONE,
                          LAB_PLACES({"frame", lab_document_number(d, ack->frame)},
                                     {"related", lab_document_number(d, syn->frame)},
                                     {"seq", lab_document_number(d, (uint64_t)syn->seq_raw)},
                                     {"ack", lab_document_number(d, (uint64_t)ack->ack_raw)}));
}

void lab_homework_plus_one(const lab_homework_t *hw)
{
    GArray *steps = lab_connection_steps(hw->report->engine, hw->conn);
    const lab_step_t *of[4] = {NULL, NULL, NULL, NULL};
    for (guint i = 0; i < steps->len; i++) {
        const lab_step_t *step = &g_array_index(steps, lab_step_t, i);
        uint8_t n = step->annotation->open_step;
        if (n >= 1 && n <= 3 && !of[n])
            of[n] = step;
    }
    if (of[1] && of[2])
        plus_one(hw, of[1], of[2]);
    if (of[2] && of[3])
        plus_one(hw, of[2], of[3]);
    g_array_unref(steps);
}

/* ---- table 1.3 ---- */

/* What only carries on with data or acknowledges it has no row. The first and the last segment of a message
 * have one. */
static bool is_step(const lab_homework_t *hw, const lab_step_t *step)
{
    const uint32_t told = ~(LAB_ROLE_BIT(LAB_ROLE_ACK) | LAB_ROLE_BIT(LAB_ROLE_DATA) |
                            LAB_ROLE_BIT(LAB_ROLE_REQUEST) | LAB_ROLE_BIT(LAB_ROLE_RESPONSE) |
                            LAB_ROLE_BIT(LAB_ROLE_WINDOW_UPDATE) | LAB_ROLE_BIT(LAB_ROLE_DUP_ACK));
    const lab_annotation_t *a = step->annotation;
    const lab_detail_t *detail = lab_engine_detail(hw->report->engine, a);
    const lab_exchange_t *x = lab_report_find_exchange(hw->report, a->exchange);
    if (step->lookup || a->open_step || a->close_steps || (a->roles & told) || (detail && detail->tls_steps))
        return true;
    return x && (step->frame == x->request_first || step->frame == x->response_first ||
                 step->frame == x->response_last);
}

static void step_row(const lab_homework_t *hw, lab_table_t *t, const lab_step_t *step)
{
    lab_table_number(t, step->client_port);
    lab_table_number(t, step->server_port);
    lab_table_cell(t, step->from_client ? "→" : "←");
    lab_table_number(t, step->frame);
    lab_table_cell(t, step->type);
    add_flags(t, step->flags);
    lab_homework_note(hw, t, step->frame, step->annotation);
}

void lab_homework_steps(const lab_homework_t *hw)
{
    const lab_text_id_t titles[] = {
        LAB_TEXT_COL_CLIENT_PORT, LAB_TEXT_COL_SERVER_PORT, LAB_TEXT_COL_DIRECTION,     LAB_TEXT_COL_FRAME,
        LAB_TEXT_COL_TYPE,        LAB_TEXT_COL_FLAGS,       lab_homework_last_title(hw)};
    lab_document_t *d = hw->document;
    const char *stream = lab_document_number(d, lab_conn_stream(hw->conn));
    lab_document_section(d, hw->exchange ? LAB_TEXT_HW_STEPS : LAB_TEXT_HW_STEPS_NO_HTTP,
                         LAB_PLACES({"stream", stream}));
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    GArray *steps = lab_connection_steps(hw->report->engine, hw->conn);
    uint32_t rows = 0, others = 0;
    for (guint i = 0; i < steps->len; i++) {
        const lab_step_t *step = &g_array_index(steps, lab_step_t, i);
        if (!is_step(hw, step))
            others++;
        else if (rows++ < ROWS_MAX)
            step_row(hw, t, step);
    }
    more_rows(hw, rows);
    if (others)
        lab_document_sentence(d, LAB_TEXT_HW_STEPS_LEFT_OUT,
                              LAB_PLACES({"count", lab_document_number(d, others)}, {"stream", stream}));
    g_array_unref(steps);
}

/* ---- losses ---- */

static const lab_role_t loss_roles[] = {LAB_ROLE_RETRANSMISSION, LAB_ROLE_OUT_OF_ORDER, LAB_ROLE_DUP_ACK};

static bool is_loss(const lab_annotation_t *a)
{
    uint32_t roles = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(loss_roles); i++)
        roles |= LAB_ROLE_BIT(loss_roles[i]);
    return (a->roles & roles) != 0;
}

/* "retransmission, out-of-order"; "" = nothing of the kind. */
static char *loss_of(const lab_annotation_t *a)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(loss_roles); i++)
        if (a->roles & LAB_ROLE_BIT(loss_roles[i]))
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", lab_roles[loss_roles[i]].token);
    return g_string_free(text, FALSE);
}

static void loss_row(const lab_homework_t *hw, lab_table_t *t, const lab_conn_t *conn, const lab_step_t *step,
                     const char *what)
{
    lab_table_number(t, step->frame);
    lab_table_number(t, lab_conn_stream(conn));
    lab_table_cell(t, step->from_client ? "→" : "←");
    lab_table_cell(t, what);
    lab_table_frame(t, step->annotation->related);
    lab_table_known(t, step->seq);
    lab_table_known(t, step->ack);
    lab_table_known(t, step->length);
    lab_homework_note(hw, t, step->frame, step->annotation);
}

static lab_table_t *losses_table(const lab_homework_t *hw)
{
    const lab_text_id_t titles[] = {
        LAB_TEXT_COL_FRAME,   LAB_TEXT_COL_STREAM,     LAB_TEXT_COL_DIRECTION,
        LAB_TEXT_HW_COL_WHAT, LAB_TEXT_HW_COL_RELATED, LAB_TEXT_COL_SEQ,
        LAB_TEXT_COL_ACK,     LAB_TEXT_COL_LENGTH,     lab_homework_last_title(hw)};
    return lab_document_table(hw->document, titles, G_N_ELEMENTS(titles));
}

/* Rows of one connection; `rows` counts those that would be too many, too. */
static void connection_losses(const lab_homework_t *hw, const lab_conn_t *conn, lab_table_t *t,
                              uint32_t *rows)
{
    GArray *steps = lab_connection_steps(hw->report->engine, conn);
    for (guint i = 0; i < steps->len; i++) {
        const lab_step_t *step = &g_array_index(steps, lab_step_t, i);
        char *what = loss_of(step->annotation);
        if (*what && (*rows)++ < ROWS_MAX)
            loss_row(hw, t, conn, step, what);
        g_free(what);
    }
    g_array_unref(steps);
}

/* Connection -> connection, of those that have a row, found in one walk over the frames; and how many rows
 * there are. */
static GHashTable *connections_with_losses(const lab_report_t *report, uint32_t *rows)
{
    GHashTable *found = g_hash_table_new(NULL, NULL);
    for (uint32_t frame = 1; report->engine && frame <= report->frames; frame++) {
        const lab_annotation_t *a = lab_engine_annotation(report->engine, frame);
        for (unsigned n = 0; a; a = lab_engine_more(report->engine, frame, n++)) {
            const lab_conn_t *conn = is_loss(a) ? lab_engine_conn_of(report->engine, a) : NULL;
            if (!conn || !lab_report_has_connection(report, conn))
                continue;
            g_hash_table_add(found, (gpointer)conn);
            (*rows)++;
        }
    }
    return found;
}

static void losses_rows(const lab_homework_t *hw, GHashTable *with)
{
    lab_table_t *t = losses_table(hw);
    uint32_t rows = 0;
    const lab_conn_t *conn;
    for (uint32_t next = 0; rows < ROWS_MAX && (conn = lab_report_next_connection(hw->report, &next));)
        if (g_hash_table_contains(with, conn))
            connection_losses(hw, conn, t, &rows);
}

void lab_homework_losses(const lab_homework_t *hw)
{
    lab_document_t *d = hw->document;
    uint32_t rows = 0;
    lab_document_section(d, LAB_TEXT_HW_LOSSES, LAB_NO_PLACES);
    GHashTable *with = connections_with_losses(hw->report, &rows);
    if (rows)
        losses_rows(hw, with);
    g_hash_table_unref(with);
    more_rows(hw, rows);
    if (!rows)
        lab_document_sentence(d, LAB_TEXT_HW_LOSSES_NONE, LAB_NO_PLACES);
    else
        lab_homework_yours(hw);
}

/* ---- TLS ---- */

static char *tls_steps_of(uint32_t steps)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < LAB_TLS_STEPS; i++)
        if (steps & (1u << i))
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", lab_tls_steps[i].token);
    return g_string_free(text, FALSE);
}

static void tls_row(const lab_homework_t *hw, lab_table_t *t, const lab_step_t *step, uint32_t tls_steps)
{
    lab_table_number(t, step->frame);
    lab_table_cell(t, step->from_client ? "→" : "←");
    lab_table_take(t, tls_steps_of(tls_steps));
    lab_table_known(t, step->length);
    lab_homework_note(hw, t, step->frame, step->annotation);
}

/* Frames of the handshake, alerts and tickets; application data alone has no row. */
static void tls_rows(const lab_homework_t *hw, const lab_conn_t *conn, lab_table_t *t)
{
    GArray *steps = lab_connection_steps(hw->report->engine, conn);
    uint32_t rows = 0;
    for (guint i = 0; i < steps->len; i++) {
        const lab_step_t *step = &g_array_index(steps, lab_step_t, i);
        const lab_detail_t *detail = lab_engine_detail(hw->report->engine, step->annotation);
        uint32_t tls_steps = detail ? detail->tls_steps : 0;
        if (tls_steps && rows++ < ROWS_MAX)
            tls_row(hw, t, step, tls_steps);
    }
    more_rows(hw, rows);
    g_array_unref(steps);
}

static const lab_conn_t *tls_connection(const lab_homework_t *hw)
{
    const lab_conn_t *conn;
    if (lab_conn_tls_kind(hw->conn) != LAB_TLS_NONE)
        return hw->conn;
    for (uint32_t next = 0; (conn = lab_report_next_connection(hw->report, &next));)
        if (lab_conn_tls_kind(conn) != LAB_TLS_NONE)
            return conn;
    return NULL;
}

void lab_homework_tls(const lab_homework_t *hw)
{
    const lab_text_id_t titles[] = {LAB_TEXT_COL_FRAME, LAB_TEXT_COL_DIRECTION, LAB_TEXT_HW_TLS_STEPS,
                                    LAB_TEXT_COL_LENGTH, lab_homework_last_title(hw)};
    const lab_conn_t *conn = tls_connection(hw);
    lab_document_t *d = hw->document;
    if (!conn)
        return;
    lab_document_section(d, LAB_TEXT_HW_TLS,
                         LAB_PLACES({"stream", lab_document_number(d, lab_conn_stream(conn))}));
    lab_add_tls(d, conn);
    tls_rows(hw, conn, lab_document_table(d, titles, G_N_ELEMENTS(titles)));
    lab_homework_yours(hw);
}
