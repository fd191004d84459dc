/* SPDX-License-Identifier: GPL-2.0-or-later */
/* closing.c - how a connection closes: RFC 9293 3.6, figures 12 and 13. */
#include "acceptable.h"
#include "tcp.h"

static void step(lab_context_t *c, unsigned n)
{
    lab_conn_t *conn = c->conn;
    if (n == 0 || n > 4 || conn->ended)
        return; /* what comes after the end is late, not part of the close */
    c->annotation->close_steps |= (uint8_t)(1u << n);
    if (conn->closing_count && conn->closing_frames[conn->closing_count - 1] == c->seg->frame)
        return;
    if (conn->closing_count < G_N_ELEMENTS(conn->closing_frames))
        conn->closing_frames[conn->closing_count++] = c->seg->frame;
}

static bool is_first_fin(const lab_conn_t *conn, unsigned end)
{
    return conn->first_fin == (int)end;
}

/* A FIN that was sent again has no answer as far as the capture goes, until it gets one. Where one direction
 * only was captured, its absence shows nothing. */
static void note_unanswered(lab_context_t *c)
{
    if (!c->sender->fin_acked && !(c->conn->quality & LAB_QUALITY_ONE_DIRECTION))
        lab_anomaly_add(c->engine, c->sender->fin_frame, c->conn->number, LAB_ANOMALY_FIN_UNANSWERED);
}

static void answered_after_all(lab_context_t *c, const lab_end_t *end)
{
    if (end->fin_count > 1)
        lab_anomaly_remove(c->engine, end->fin_frame, c->conn->number, LAB_ANOMALY_FIN_UNANSWERED);
}

/* Any acceptable segment whose acknowledgment number passes the other side's FIN acknowledges it. */
static void fin_acknowledged(lab_context_t *c)
{
    lab_end_t *receiver = c->receiver;
    if (!receiver->fin || receiver->fin_acked || c->ack <= receiver->fin_offset || !lab_ack_counts(c))
        return;
    receiver->fin_acked = true;
    answered_after_all(c, receiver);
    receiver->fin_ack_frame = c->seg->frame;
    lab_add_role(c, is_first_fin(c->conn, c->to) ? LAB_ROLE_FIN1_ACK : LAB_ROLE_FIN2_ACK);
    c->annotation->related = receiver->fin_frame;
    step(c, ++c->conn->close_step);
    /* one segment that has both the ACK and the first transmission of the other FIN: three segments in all */
    c->conn->three_segment |= c->fin && !c->sender->fin && is_first_fin(c->conn, c->to);
}

/* Time of the newest payload that the sender of a FIN knew of: not of what crossed the FIN. */
static int64_t last_data(const lab_context_t *c)
{
    bool crossed = c->fin && c->has_ack && c->receiver->bytes && c->ack <= c->receiver->flight_offset;
    return crossed ? c->receiver->flight_since : c->conn->data_time;
}

/* Since the newest payload, or since any segment where there was none. */
static int64_t idle_before(const lab_context_t *c)
{
    int64_t data = last_data(c);
    int64_t since = data ? data : MAX(c->sender->last.time, c->receiver->last.time);
    return since ? c->seg->time - since : 0;
}

/* The other side's FIN was captured first, but it acknowledges this one: the capture has them in the wrong
 * order. */
static bool captured_late(const lab_context_t *c)
{
    return c->sender->fin_before_peer && c->receiver->fin_peer_ack > c->sender->fin_offset;
}

static void swap_fins(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    lab_annotation_t *second = lab_annotation_of(c->engine, c->receiver->fin_frame, conn->number);
    conn->first_fin = (int8_t)c->from;
    conn->three_segment = true;
    lab_add_role(c, LAB_ROLE_FIN1);
    c->sender->fin_acked = true;
    c->sender->fin_ack_frame = c->receiver->fin_frame;
    c->receiver->fin_before_peer = false;
    c->receiver->peer_fin = true;
    conn->close_step++; /* the FIN captured first is the second and third step, this one the first */
    c->receiver->fin_step = 3;
    if (!second)
        return;
    if (second->state[c->to] == LAB_STATE_FIN_WAIT_1) {
        second->state[c->to] = LAB_STATE_LAST_ACK;
        second->state[c->from] = LAB_STATE_TIME_WAIT;
    }
    second->roles &= ~LAB_ROLE_BIT(LAB_ROLE_FIN1);
    second->roles |= LAB_ROLE_BIT(LAB_ROLE_FIN2) | LAB_ROLE_BIT(LAB_ROLE_FIN1_ACK);
    second->close_steps = 1u << 2 | 1u << 3;
}

static void first_of_its_fins(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    lab_end_t *sender = c->sender;
    sender->fin = true;
    sender->fin_frame = c->seg->frame;
    sender->fin_offset = c->end - 1;
    sender->fin_time = c->seg->time;
    sender->fin_before_peer = !(c->receiver->fin && c->ack > c->receiver->fin_offset);
    if (conn->first_fin < 0) {
        conn->first_fin = (int8_t)c->from;
        /* with bytes that were sent before: the capture may lack the FIN that came in time */
        conn->close_idle = c->data && !c->new_bytes ? -1 : idle_before(c);
        lab_add_role(c, LAB_ROLE_FIN1);
    } else if (captured_late(c)) {
        swap_fins(c);
    } else {
        lab_add_role(c, LAB_ROLE_FIN2);
        conn->fins_crossed = sender->fin_before_peer;
        if (conn->fins_crossed)
            lab_add_anomaly(c, LAB_ANOMALY_SIMULTANEOUS_CLOSE);
    }
    sender->fin_peer_ack = c->ack;
    conn->close_step++;
    sender->fin_step = is_first_fin(conn, c->from) ? 1 : conn->close_step;
    step(c, sender->fin_step);
}

/* RFC 9293 3.10.7.3 fifth, 3.10.7.4 first and fifth: such a FIN never counts, now or later. One at the next
 * number waits for the window to open. */
static bool never_counts(const lab_context_t *c)
{
    const lab_end_t *receiver = c->receiver;
    if (c->syn)
        return c->dropped;
    if (!c->has_ack || (receiver->state == LAB_STATE_SYN_SENT && receiver->syn_frame))
        return true;
    bool waits = receiver->window == 0 && c->offset == c->sender->next;
    return !waits && lab_acceptable(c) == LAB_NOT_ACCEPTABLE;
}

static void fin_again(lab_context_t *c)
{
    lab_add_role(c, is_first_fin(c->conn, c->from) ? LAB_ROLE_FIN1 : LAB_ROLE_FIN2);
    lab_add_anomaly(c, LAB_ANOMALY_FIN_RETRANSMITTED);
    lab_detail_new(c->engine, c->annotation)->one_direction =
        lab_conn_quality(c->conn) & LAB_QUALITY_ONE_DIRECTION;
    note_unanswered(c);
    c->annotation->related = c->sender->fin_frame;
    step(c, c->sender->fin_step);
}

/* A FIN that never counts says no more than an ACK does, or a segment that is dropped. */
static void fin_without_effect(lab_context_t *c)
{
    c->dropped = true;
    if (!c->data && !c->syn)
        lab_add_role(c, c->has_ack ? LAB_ROLE_ACK : LAB_ROLE_DATA);
}

static void fin_seen(lab_context_t *c)
{
    lab_end_t *sender = c->sender;
    bool again = sender->fin && c->end - 1 == sender->fin_offset;
    if (!again && never_counts(c)) {
        fin_without_effect(c);
        return;
    }
    sender->fin_count++;
    sender->fin_last_frame = c->seg->frame;
    sender->fin_dropped = !lab_fin_counts(c);
    if (sender->fin)
        fin_again(c);
    else
        first_of_its_fins(c);
}

/* RFC 9293 3.5.1: nothing is sent after a FIN. Data at its number shows that it was dropped, or another's. */
static bool goes_on_after_fin(const lab_context_t *c)
{
    int64_t fin = c->sender->fin_offset;
    return c->sender->fin && c->data && c->offset <= fin && c->end - (c->fin ? 1 : 0) > fin &&
           c->receiver->ack <= fin;
}

static void forget_step(lab_conn_t *conn, uint32_t frame)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < conn->closing_count; i++)
        if (conn->closing_frames[i] != frame)
            conn->closing_frames[kept++] = conn->closing_frames[i];
    conn->closing_count = (uint8_t)kept;
}

void lab_closing_reconsider(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    lab_end_t *sender = c->sender;
    if (!goes_on_after_fin(c))
        return;
    lab_annotation_t *a = lab_annotation_of(c->engine, sender->fin_frame, conn->number);
    if (a) {
        a->roles &= ~(LAB_ROLE_BIT(LAB_ROLE_FIN1) | LAB_ROLE_BIT(LAB_ROLE_FIN2));
        a->roles |= LAB_ROLE_BIT(a->length ? LAB_ROLE_DATA : LAB_ROLE_ACK);
        a->phase = LAB_PHASE_DATA;
        a->close_steps = 0;
    }
    answered_after_all(c, sender);
    forget_step(conn, sender->fin_frame);
    if (conn->close_step)
        conn->close_step--;
    if (conn->first_fin == (int)c->from)
        conn->first_fin = (int8_t)(c->receiver->fin ? (int)c->to : -1);
    sender->next = MIN(sender->next, sender->fin_offset);
    sender->fin = sender->fin_acked = sender->fin_dropped = c->receiver->peer_fin = false;
    sender->fin_count = 0;
    sender->fin_frame = 0;
    conn->fins_crossed = conn->three_segment = false;
    c->repeated = c->repeated && c->end <= sender->next;
    c->new_bytes = c->new_bytes || c->end > sender->next;
}

static void ended(lab_context_t *c)
{
    c->conn->close_end_frame = c->seg->frame;
    c->conn->ended = true;
    c->annotation->marks |= LAB_MARK_CLOSE_END;
}

void lab_closing(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    if (c->syn && !c->fin)
        return;
    fin_acknowledged(c);
    if (c->fin)
        fin_seen(c);
    if (!conn->ended && conn->end[0].fin_acked && conn->end[1].fin_acked)
        ended(c);
}

void lab_closing_reset(lab_context_t *c)
{
    if (c->conn->ended)
        return;
    if (c->conn->first_fin < 0)
        c->conn->close_idle = idle_before(c);
    ended(c);
}

void lab_closing_reopen(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    lab_annotation_t *end = lab_annotation_of(c->engine, conn->close_end_frame, conn->number);
    if (end)
        end->marks &= (uint8_t)~LAB_MARK_CLOSE_END;
    conn->close_end_frame = 0;
    conn->ended = false;
}
