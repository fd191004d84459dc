/* SPDX-License-Identifier: GPL-2.0-or-later */
/* close_verdict.c - how a connection closed, and who closed it: RFC 9293 3.6, figures 12 and 13. */
#include "verdict.h"

#include "decrypted.h"
#include "exchange.h"
#include "rst_verdict.h"
#include "tcp.h"
#include "work.h"

/* RFC 9293 3.6: what a side sends after the other's FIN keeps its half open, if it is more than a TLS alert.
 */
static void judge_data_after_fin(lab_context_t *c)
{
    lab_end_t *sender = c->sender, *receiver = c->receiver;
    if (!c->new_bytes || !receiver->fin || c->syn)
        return;
    bool closed_before = sender->fin && sender->fin_frame != c->seg->frame;
    if (c->conn->first_fin == (int)c->to && !closed_before && !lab_tls_only_alert(c->seg))
        c->conn->half_close = true;
}

static lab_close_t orderly_kind(const lab_conn_t *conn)
{
    if (conn->fins_crossed)
        return LAB_CLOSE_SIMULTANEOUS;
    if (conn->half_close)
        return LAB_CLOSE_HALF_CLOSE;
    return conn->three_segment ? LAB_CLOSE_THREE_SEGMENT : LAB_CLOSE_FOUR_SEGMENT;
}

/* Its FIN, the first or the second, was repeated and never acknowledged. Where one direction was captured
 * nobody knows. */
static bool fin_unanswered(const lab_conn_t *conn, const lab_end_t *end)
{
    return end->fin_count > 1 && !end->fin_acked && !(conn->quality & LAB_QUALITY_ONE_DIRECTION);
}

/* A RST of the other side is an answer to the FIN; with one of its own the FIN's sender gives up. */
static lab_close_t kind_by_reset(const lab_context_t *c)
{
    const lab_conn_t *conn = c->conn;
    if (conn->open == LAB_OPEN_REFUSED)
        return LAB_CLOSE_REFUSED;
    if (conn->open == LAB_OPEN_ABANDONED)
        return LAB_CLOSE_ABANDONED;
    if (conn->open == LAB_OPEN_NONE || conn->open == LAB_OPEN_INCOMPLETE)
        return LAB_CLOSE_IN_HANDSHAKE;
    if (conn->first_fin < 0)
        return LAB_CLOSE_RST;
    return fin_unanswered(conn, c->sender) ? LAB_CLOSE_FIN_UNANSWERED : LAB_CLOSE_FIN_THEN_RST;
}

void lab_close_judge(lab_context_t *c, bool ended_before)
{
    lab_conn_t *conn = c->conn;
    judge_data_after_fin(c);
    if (!conn->ended || ended_before)
        return;
    conn->close = (uint8_t)(c->rst ? kind_by_reset(c) : orderly_kind(conn));
}

/* What the frames so far amount to on a connection that nothing has ended yet. */
static lab_close_t kind_so_far(const lab_conn_t *conn)
{
    if (conn->replaced)
        return LAB_CLOSE_REPLACED;
    if (conn->first_fin < 0) /* what did not open is not open either */
        return conn->open == LAB_OPEN_NONE || conn->open == LAB_OPEN_INCOMPLETE ? LAB_CLOSE_NONE
                                                                                : LAB_CLOSE_OPEN;
    if (conn->open == LAB_OPEN_NONE)
        return LAB_CLOSE_IN_HANDSHAKE;
    const lab_end_t *first = &conn->end[conn->first_fin], *second = &conn->end[!conn->first_fin];
    if (fin_unanswered(conn, first) || fin_unanswered(conn, second))
        return LAB_CLOSE_FIN_UNANSWERED;
    if (second->fin)
        return orderly_kind(conn); /* the last ACK is not in the capture */
    return first->fin_acked ? LAB_CLOSE_HALF_CLOSED : LAB_CLOSE_OPEN;
}

/* RFC 9293 3.6: the side whose FIN came first waits; both, if the FINs crossed. */
static int time_wait_side(const lab_conn_t *conn)
{
    bool orderly = conn->end[0].fin_acked && conn->end[1].fin_acked;
    if (!orderly)
        return -1;
    return conn->fins_crossed ? 2 : conn->first_fin;
}

/* The side of the first RST that was obeyed, -1 without one. */
static int first_resetter(const lab_conn_t *conn)
{
    uint32_t *i = &((lab_conn_t *)conn)->resets_passed; /* what was not obeyed stays so */
    for (; conn->resets && *i < conn->resets->len; ++*i) {
        const lab_reset_t *reset = g_ptr_array_index(conn->resets, *i);
        lab_work();
        if (reset->obeyed && !reset->ignored)
            return reset->by;
    }
    return -1;
}

static int first_closer(const lab_conn_t *conn)
{
    if (conn->open == LAB_OPEN_REFUSED || conn->open == LAB_OPEN_ABANDONED)
        return -1;
    if (conn->first_fin < 0 || (conn->ended && conn->close == LAB_CLOSE_RST))
        /* a FIN that crossed the RST came too late to be first; a RST outside the window closed nothing */
        return conn->ended ? first_resetter(conn) : -1;
    return conn->fins_crossed ? 2 : conn->first_fin;
}

/* What a RST cost is judged with its cause, in rst_verdict.c; without one, what was acknowledged tells, and
 * whether the message in transfer was whole. */
static int lossless(const lab_conn_t *conn, lab_close_t kind)
{
    bool judged = false, unknown = false;
    if (kind == LAB_CLOSE_OPEN || kind == LAB_CLOSE_NONE ||
        (conn->quality & LAB_QUALITY_ONE_DIRECTION && !conn->ended))
        return -1;
    for (unsigned i = 0; i < 2; i++) {
        const lab_reset_t *reset = lab_rst_standing(&conn->end[i]);
        if (reset && reset->impact == LAB_BYTES_LOST)
            return 0;
        unknown |= reset && reset->impact == LAB_IMPACT_UNKNOWN;
        judged |= reset && !(conn->end[0].fin_acked && conn->end[1].fin_acked);
    }
    const lab_exchange_t *x = lab_exchange_current(conn);
    bool whole = !(x && x->truncated) && lab_all_acknowledged(conn, 0) && lab_all_acknowledged(conn, 1);
    if (unknown) /* whether a program read what was acknowledged is another question */
        return whole && !(conn->quality & LAB_QUALITY_ONE_DIRECTION) ? 1 : -1;
    return judged || whole;
}

lab_closing_t lab_conn_closing(const lab_conn_t *conn)
{
    lab_closing_t out = {.first = first_closer(conn), .time_wait = time_wait_side(conn)};
    out.kind = conn->ended ? (lab_close_t)conn->close : kind_so_far(conn);
    out.reason = lab_close_reason(conn, &out);
    out.frame_count = conn->closing_count;
    for (unsigned i = 0; i < conn->closing_count; i++)
        out.frames[i] = conn->closing_frames[i];
    if (conn->close_end_frame && out.frame_count < G_N_ELEMENTS(out.frames) &&
        (!out.frame_count || out.frames[out.frame_count - 1] != conn->close_end_frame))
        out.frames[out.frame_count++] = conn->close_end_frame;
    out.lossless = lossless(conn, out.kind);
    return out;
}

void lab_attempt_keep(lab_context_t *c)
{
    const lab_conn_t *conn = c->conn;
    lab_attempt_t *attempt = lab_arena_raw(c->engine->arena, sizeof *attempt);
    *attempt = (lab_attempt_t){.open = lab_conn_open_kind(conn),
                               .open_time = conn->open_time,
                               .closing = lab_conn_closing(conn),
                               .conn_state = lab_conn_state_zeek(conn),
                               .history = lab_strings_keep(c->engine->strings, conn->history)};
    lab_detail_of(c->engine, conn->close_end_frame, conn->number)->attempt = attempt;
}

bool lab_conn_closing_decided(const lab_conn_t *conn)
{
    return conn->ended;
}
