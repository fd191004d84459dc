/* SPDX-License-Identifier: GPL-2.0-or-later */
/* homework.c - what a laboratory report on a page load asks for, from the reader's own capture: kinds of
 * messages, the handshake, tables 1.1 to 1.3, connections and ports, the close, RSTs, keep-alive, TLS,
 * losses. Numbers are filled in; the explanations only in a solution. */
#include "homework.h"

#include "kinds.h"
#include "names.h"
#include "selection.h"

#include <string.h>

/* ---- which connection and which exchange ---- */

/* A page, then anything that was answered in full, then anything that was asked. */
static unsigned worth(const lab_exchange_t *x)
{
    bool page = g_strcmp0(lab_exchange_object(x), "page") == 0;
    if (!lab_exchange_head(x, false))
        return 0;
    if (!lab_exchange_head(x, true))
        return 1;
    return page ? 4 : x->status == 200 ? 3 : 2;
}

static const lab_exchange_t *best_exchange(const lab_report_t *report)
{
    const lab_exchange_t *x, *best = NULL;
    for (uint32_t next = 0; (x = lab_report_next_exchange(report, &next));)
        if (worth(x) > (best ? worth(best) : 0))
            best = x;
    return best;
}

/* Without HTTP: the first connection whose handshake is there, with the most bytes. */
static const lab_conn_t *best_connection(const lab_report_t *report)
{
    const lab_conn_t *conn, *best = NULL;
    uint64_t most = 0;
    for (uint32_t next = 0; (conn = lab_report_next_connection(report, &next));) {
        uint64_t bytes = lab_conn_bytes(conn, 0) + lab_conn_bytes(conn, 1) +
                         (lab_conn_open_kind(conn) == LAB_OPEN_THREE_WAY ? 1000000 : 0);
        if (best && bytes <= most)
            continue;
        best = conn;
        most = bytes;
    }
    return best;
}

/* ---- words that several sections need ---- */

static const char *side(const lab_document_t *d, const lab_conn_t *conn, int end)
{
    lab_text_id_t id = end > 1                                  ? LAB_TEXT_BOTH
                       : (unsigned)end == lab_conn_client(conn) ? LAB_TEXT_CLIENT
                                                                : LAB_TEXT_SERVER;
    return lab_text(id, d->lang);
}

static const char *stream_of(lab_document_t *d, const lab_conn_t *conn)
{
    return lab_document_number(d, lab_conn_stream(conn));
}

/* ---- the handshake ---- */

static bool opens(const lab_homework_t *hw, const lab_step_t *step)
{
    (void)hw;
    return step->annotation->open_step != 0;
}

static void add_handshake(const lab_homework_t *hw)
{
    lab_document_t *d = hw->document;
    unsigned client = lab_conn_client(hw->conn);
    const lab_token_t *kind = &lab_opens[lab_conn_open_kind(hw->conn)];
    lab_document_section(
        d, LAB_TEXT_HW_HANDSHAKE,
        LAB_PLACES({"stream", stream_of(d, hw->conn)},
                   {"client", lab_document_number(d, lab_conn_endpoint(hw->conn, client)->port)},
                   {"server", lab_document_number(d, lab_conn_endpoint(hw->conn, !client)->port)}));
    if (!lab_conn_open_frame(hw->conn, 1)) {
        lab_document_sentence(d, LAB_TEXT_HW_HANDSHAKE_NONE, LAB_NO_PLACES);
        return;
    }
    lab_homework_segments(hw, hw->conn, opens);
    lab_document_sentence(d, LAB_TEXT_HW_HANDSHAKE_KIND,
                          LAB_PLACES({"open", kind->text.in[d->lang]}, {"token", kind->token},
                                     {"time", lab_document_after_comma(d, lab_conn_open_time(hw->conn))}));
    if (hw->solution)
        lab_homework_plus_one(hw);
    lab_homework_yours(hw);
}

/* ---- connections ---- */

static void connection_row(const lab_homework_t *hw, lab_table_t *t, const lab_conn_t *conn)
{
    unsigned client = lab_conn_client(conn);
    const lab_exchange_list_t *exchanges = lab_conn_exchanges(conn);
    lab_table_number(t, lab_conn_stream(conn));
    lab_table_number(t, lab_conn_endpoint(conn, client)->port);
    lab_table_take(t, lab_report_endpoint(lab_conn_endpoint(conn, !client)));
    lab_table_frames(t, lab_conn_first_frame(conn), lab_conn_last_frame(conn));
    lab_table_number(t, exchanges ? exchanges->len : 0);
    lab_table_cell(t, lab_opens[lab_conn_open_kind(conn)].token);
    lab_table_cell(t, lab_closes[lab_conn_closing(conn).kind].token);
    lab_table_cell(t,
                   hw->solution ? lab_closes[lab_conn_closing(conn).kind].text.in[hw->document->lang] : "");
}

static void add_connections(const lab_homework_t *hw)
{
    enum { ROWS_MAX = 60 };
    const lab_text_id_t titles[] = {
        LAB_TEXT_COL_STREAM,  LAB_TEXT_COL_CLIENT_PORT,
        LAB_TEXT_COL_SERVER,  LAB_TEXT_COL_FRAMES,
        LAB_TEXT_EXCHANGES,   LAB_TEXT_COL_OPENING,
        LAB_TEXT_COL_CLOSING, hw->solution ? LAB_TEXT_COL_MEANING : LAB_TEXT_HW_COL_YOURS};
    lab_document_t *d = hw->document;
    const lab_conn_t *conn;
    uint32_t rows = 0;
    lab_document_section(d, LAB_TEXT_HW_CONNECTIONS, LAB_NO_PLACES);
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    for (uint32_t next = 0; (conn = lab_report_next_connection(hw->report, &next));)
        if (rows++ < ROWS_MAX)
            connection_row(hw, t, conn);
    if (rows > ROWS_MAX)
        lab_document_sentence(d, LAB_TEXT_HW_STEPS_MORE,
                              LAB_PLACES({"count", lab_document_number(d, rows - ROWS_MAX)}));
    lab_homework_yours(hw);
}

/* ---- the second connection of the browser ---- */

static bool same_address(const lab_endpoint_t *a, const lab_endpoint_t *b)
{
    return a->length == b->length && memcmp(a->address, b->address, a->length) == 0;
}

/* Another connection of the same client to the same server. */
static bool is_beside(const lab_homework_t *hw, const lab_conn_t *conn)
{
    unsigned ours = lab_conn_client(hw->conn), theirs = lab_conn_client(conn);
    const lab_endpoint_t *server = lab_conn_endpoint(hw->conn, !ours);
    return conn != hw->conn && same_address(server, lab_conn_endpoint(conn, !theirs)) &&
           server->port == lab_conn_endpoint(conn, !theirs)->port &&
           same_address(lab_conn_endpoint(hw->conn, ours), lab_conn_endpoint(conn, theirs));
}

/* Inside TLS requests cannot be counted: the bytes say how much it was used. */
static void add_beside(const lab_homework_t *hw, const lab_conn_t *conn)
{
    lab_document_t *d = hw->document;
    unsigned client = lab_conn_client(conn);
    const lab_exchange_list_t *exchanges = lab_conn_exchanges(conn);
    uint64_t bytes = lab_conn_bytes(conn, client);
    uint32_t count = exchanges ? exchanges->len : 0;
    lab_document_sentence(d,
                          count   ? LAB_TEXT_HW_SPARE_ONE
                          : bytes ? LAB_TEXT_HW_SPARE_UNREAD
                                  : LAB_TEXT_HW_SPARE_EMPTY,
                          LAB_PLACES({"stream", stream_of(d, conn)},
                                     {"port", lab_document_number(d, lab_conn_endpoint(conn, client)->port)},
                                     {"first", lab_document_number(d, lab_conn_first_frame(conn))},
                                     {"last", lab_document_number(d, lab_conn_last_frame(conn))},
                                     {"exchanges", lab_document_number(d, count)},
                                     {"bytes", lab_document_number(d, bytes)}));
}

static void add_second_connection(const lab_homework_t *hw)
{
    enum { LISTED_MAX = 10 };
    lab_document_t *d = hw->document;
    const lab_conn_t *conn;
    uint32_t beside = 0;
    bool unused = false;
    lab_document_section(d, LAB_TEXT_HW_SPARE, LAB_NO_PLACES);
    for (uint32_t next = 0; (conn = lab_report_next_connection(hw->report, &next));) {
        if (!is_beside(hw, conn))
            continue;
        if (beside++ < LISTED_MAX)
            add_beside(hw, conn);
        unused |= !lab_conn_exchanges(conn) || !lab_conn_exchanges(conn)->len;
    }
    if (!beside) {
        lab_document_sentence(d, LAB_TEXT_HW_SPARE_NONE, LAB_NO_PLACES);
        return;
    }
    if (hw->solution && unused)
        lab_document_sentence(d, LAB_TEXT_HW_SPARE_WHY, LAB_NO_PLACES);
    lab_homework_yours(hw);
}

/* ---- the close ---- */

static bool closes(const lab_homework_t *hw, const lab_step_t *step)
{
    (void)hw;
    return step->annotation->close_steps || (step->annotation->flags & (LAB_TH_FIN | LAB_TH_RST)) ||
           (step->annotation->marks & LAB_MARK_CLOSE_END);
}

static void add_close_reason(const lab_homework_t *hw, const lab_closing_t *c)
{
    lab_document_t *d = hw->document;
    const char *wait = c->time_wait < 0
                           ? ""
                           : lab_document_words(d, LAB_TEXT_HW_CLOSE_WAIT,
                                                LAB_PLACES({"side", side(d, hw->conn, c->time_wait)}));
    if (lab_reasons[c->reason].token)
        lab_document_sentence(
            d, LAB_TEXT_HW_CLOSE_WHY,
            LAB_PLACES({"reason", lab_reasons[c->reason].text.in[d->lang]}, {"wait", wait}));
}

static void add_close(const lab_homework_t *hw)
{
    lab_document_t *d = hw->document;
    const lab_closing_t c = lab_conn_closing(hw->conn);
    if (c.kind == LAB_CLOSE_NONE) /* it did not open */
        return;
    lab_document_section(d, LAB_TEXT_HW_CLOSE, LAB_PLACES({"stream", stream_of(d, hw->conn)}));
    if (c.kind != LAB_CLOSE_OPEN)
        lab_homework_segments(hw, hw->conn, closes);
    lab_document_sentence(
        d, LAB_TEXT_HW_CLOSE_KIND,
        LAB_PLACES({"close", lab_closes[c.kind].text.in[d->lang]}, {"token", lab_closes[c.kind].token},
                   {"first", c.first < 0
                                 ? ""
                                 : lab_document_words(d, LAB_TEXT_REPORT_FIRST,
                                                      LAB_PLACES({"side", side(d, hw->conn, c.first)}))}));
    if (hw->solution)
        add_close_reason(hw, &c);
    lab_homework_yours(hw);
}

/* ---- RSTs ---- */

static const char *cause_of(lab_document_t *d, const lab_conn_t *conn, const lab_reset_t *r)
{
    const lab_rst_cause_text_t cause = lab_rst_cause_text(r->cause);
    uint32_t evidence = r->evidence_count ? r->evidence[0] : 0;
    if (!cause.token)
        return NULL;
    const char *why =
        lab_document_expand(d, cause.text.in[d->lang],
                            LAB_PLACES({"by", side(d, conn, r->by)}, {"peer", side(d, conn, !r->by)},
                                       {"evidence", lab_document_number(d, evidence)}));
    return lab_document_words(d, LAB_TEXT_HW_RST_CAUSE,
                              LAB_PLACES({"cause", why}, {"token", cause.token},
                                         {"confidence", lab_confidences[r->confidence].text.in[d->lang]}));
}

static void reset_row(const lab_homework_t *hw, lab_table_t *t, const lab_conn_t *conn, const lab_reset_t *r)
{
    GString *evidence = g_string_new(NULL);
    for (unsigned i = 0; hw->solution && i < r->evidence_count; i++)
        g_string_append_printf(evidence, "%s%u", i ? ", " : "", r->evidence[i]);
    lab_table_number(t, r->frame);
    lab_table_number(t, lab_conn_stream(conn));
    lab_table_cell(t, side(hw->document, conn, r->by));
    lab_table_take(t, g_string_free(evidence, FALSE));
    lab_table_cell(t, hw->solution ? cause_of(hw->document, conn, r) : "");
}

static void add_resets(const lab_homework_t *hw)
{
    enum { ROWS_MAX = 60 };
    const lab_text_id_t titles[] = {LAB_TEXT_COL_FRAME, LAB_TEXT_COL_STREAM, LAB_TEXT_HW_COL_SENDER,
                                    LAB_TEXT_HW_COL_EVIDENCE,
                                    hw->solution ? LAB_TEXT_HW_COL_CAUSE : LAB_TEXT_HW_COL_YOURS};
    lab_document_t *d = hw->document;
    const lab_conn_t *conn;
    uint32_t rows = 0;
    lab_table_t *t = NULL;
    lab_document_section(d, LAB_TEXT_HW_RESETS, LAB_NO_PLACES);
    for (uint32_t next = 0; (conn = lab_report_next_connection(hw->report, &next));) {
        const GPtrArray *resets = lab_conn_resets(conn);
        for (guint i = 0; resets && i < resets->len; i++) {
            t = t ? t : lab_document_table(d, titles, G_N_ELEMENTS(titles));
            if (rows++ < ROWS_MAX)
                reset_row(hw, t, conn, g_ptr_array_index(resets, i));
        }
    }
    if (rows > ROWS_MAX)
        lab_document_sentence(d, LAB_TEXT_HW_STEPS_MORE,
                              LAB_PLACES({"count", lab_document_number(d, rows - ROWS_MAX)}));
    if (!rows)
        lab_document_sentence(d, LAB_TEXT_HW_RESETS_NONE, LAB_NO_PLACES);
}

/* ---- keep-alive ---- */

static void add_persistence(const lab_homework_t *hw)
{
    lab_document_t *d = hw->document;
    const lab_exchange_list_t *exchanges = lab_conn_exchanges(hw->conn);
    int64_t seconds = -1;
    for (guint i = 0; exchanges && i < exchanges->len; i++) {
        const lab_exchange_t *x =
            lab_engine_exchange(hw->report->engine, g_array_index(exchanges, uint32_t, i));
        seconds = x->keepalive_timeout >= 0 ? x->keepalive_timeout : seconds;
    }
    const char *promise =
        seconds < 0 ? ""
                    : lab_document_words(d, LAB_TEXT_HW_KEEPALIVE_TIMEOUT,
                                         LAB_PLACES({"seconds", lab_document_number(d, (uint64_t)seconds)}));
    lab_document_sentence(d, LAB_TEXT_HW_KEEPALIVE_EXCHANGES,
                          LAB_PLACES({"stream", stream_of(d, hw->conn)},
                                     {"exchanges", lab_document_number(d, exchanges ? exchanges->len : 0)},
                                     {"promise", promise}));
}

static void probe_row(const lab_homework_t *hw, lab_table_t *t, const lab_conn_t *conn,
                      const lab_keepalive_event_t *e)
{
    lab_table_number(t, e->frame);
    lab_table_number(t, lab_conn_stream(conn));
    lab_table_cell(t, side(hw->document, conn, e->by));
    lab_table_cell(t, lab_keepalives[e->token].token);
    lab_table_duration(t, e->interval ? e->interval : -1);
    lab_table_cell(t, hw->solution ? lab_keepalives[e->token].text.in[hw->document->lang] : "");
}

static void add_keepalive(const lab_homework_t *hw)
{
    enum { ROWS_MAX = 60 };
    const lab_text_id_t titles[] = {
        LAB_TEXT_COL_FRAME,       LAB_TEXT_COL_STREAM,
        LAB_TEXT_HW_COL_SENDER,   LAB_TEXT_HW_COL_WHAT,
        LAB_TEXT_HW_COL_INTERVAL, hw->solution ? LAB_TEXT_COL_MEANING : LAB_TEXT_HW_COL_YOURS};
    lab_document_t *d = hw->document;
    const lab_conn_t *conn;
    uint32_t rows = 0, probes = 0;
    lab_document_section(d, LAB_TEXT_HW_KEEPALIVE, LAB_NO_PLACES);
    add_persistence(hw);
    lab_table_t *t = NULL;
    for (uint32_t next = 0; (conn = lab_report_next_connection(hw->report, &next));) {
        const lab_keepalive_list_t *events = lab_conn_keepalives(conn);
        for (guint i = 0; events && i < events->len; i++) {
            const lab_keepalive_event_t *e = &g_array_index(events, lab_keepalive_event_t, i);
            probes += e->token == LAB_KEEPALIVE_PROBE;
            t = t ? t : lab_document_table(d, titles, G_N_ELEMENTS(titles));
            if (rows++ < ROWS_MAX)
                probe_row(hw, t, conn, e);
        }
    }
    if (rows > ROWS_MAX)
        lab_document_sentence(d, LAB_TEXT_HW_STEPS_MORE,
                              LAB_PLACES({"count", lab_document_number(d, rows - ROWS_MAX)}));
    if (!probes)
        lab_document_sentence(d, LAB_TEXT_HW_KEEPALIVE_NO_PROBE, LAB_NO_PLACES);
    lab_homework_yours(hw);
}

/* ---- the whole ---- */

static void add_title(lab_document_t *d, const lab_report_t *report, bool solution)
{
    lab_document_part(d, LAB_TEXT_HW_TITLE, LAB_NO_PLACES);
    if (!solution)
        lab_document_sentence(d, LAB_TEXT_HW_NAME, LAB_NO_PLACES);
    lab_document_sentence(d, solution ? LAB_TEXT_HW_HOW_SOLUTION : LAB_TEXT_HW_HOW,
                          LAB_PLACES({"frames", lab_document_number(d, report->frames)}));
}

lab_document_t *lab_homework_document(const lab_report_t *report, bool solution)
{
    lab_document_t *d = lab_document_new(report->lang);
    lab_homework_t hw = {.document = d, .report = report, .solution = solution};
    hw.exchange = report->engine ? best_exchange(report) : NULL;
    hw.conn = hw.exchange      ? lab_engine_conn(report->engine, hw.exchange->stream)
              : report->engine ? best_connection(report)
                               : NULL;
    add_title(d, report, solution);
    if (!hw.conn) {
        lab_document_sentence(d, LAB_TEXT_HW_NO_CONNECTION, LAB_NO_PLACES);
        return d;
    }
    lab_add_kinds(d, report);
    lab_homework_yours(&hw);
    add_connections(&hw);
    add_handshake(&hw);
    if (hw.exchange)
        lab_add_messages(d, hw.exchange, !solution);
    lab_homework_steps(&hw);
    add_second_connection(&hw);
    add_close(&hw);
    add_resets(&hw);
    add_keepalive(&hw);
    lab_homework_tls(&hw);
    lab_homework_losses(&hw);
    return d;
}
