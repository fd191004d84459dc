/* SPDX-License-Identifier: GPL-2.0-or-later */
/* challenge.c - what a live connection answers with an ACK: RFC 5961 3.2, 4.2, 5.2, RFC 9293 3.10.7.4. A SYN
 * on the ports of an earlier connection is a stray one until a SYN-ACK shows that it began a new one. */
#include "acceptable.h"
#include "tcp.h"

void lab_challenge_expect(lab_context_t *c)
{
    c->conn->provoked = c->seg->frame;
    c->conn->provoked_by = (uint8_t)c->from;
}

static void name(lab_context_t *c, uint32_t provoked)
{
    lab_add_role(c, LAB_ROLE_CHALLENGE_ACK);
    lab_add_anomaly(c, LAB_ANOMALY_CHALLENGE_ACK);
    c->annotation->related = provoked;
}

void lab_challenge_answer(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    if (!conn->provoked || conn->provoked_by == c->from)
        return;
    if (lab_is_pure_ack(c) && !c->advances)
        name(c, conn->provoked);
    conn->provoked = 0;
}

static bool acknowledges_old(const lab_end_t *sender, const lab_end_t *receiver, uint32_t raw)
{
    int64_t ack = lab_offset_of(receiver, raw);
    return ack >= sender->ack && ack <= receiver->next;
}

bool lab_challenge_by_old(lab_context_t *c)
{
    const lab_conn_t *old = c->conn->waiting;
    if (!old || c->from != 1 || !lab_is_pure_ack(c) || c->sender->syn_ack)
        return false;
    const lab_end_t *sender = &old->end[1 ^ c->conn->previous_turned];
    const lab_end_t *receiver = &old->end[c->conn->previous_turned];
    if (c->seg->seq != lab_next_number(sender) || !acknowledges_old(sender, receiver, c->seg->ack))
        return false;
    name(c, c->receiver->syn_last_frame);
    /* RFC 9293 3.6.1: after both FINs were acknowledged only TIME-WAIT still knows the connection */
    c->sender->instead = LAB_STATE_TIME_WAIT;
    c->dropped = c->bad_ack = true;
    return true;
}

void lab_challenge_meet(lab_conn_t *conn, lab_conn_t *earlier, const lab_segment_t *seg)
{
    earlier = earlier->previous ? earlier->previous : earlier;
    unsigned from = !lab_endpoint_equal(&earlier->end[0].endpoint, &seg->src);
    lab_syn_meets_t meets = lab_syn_meets(earlier, from, seg->seq);
    bool stray = meets == LAB_SYN_MEETS_CONNECTION || meets == LAB_SYN_MEETS_LISTENER;
    conn->previous_turned = (uint8_t)from;
    if (meets == LAB_SYN_MEETS_CONNECTION)
        conn->previous = earlier;
    else if (meets == LAB_SYN_MEETS_OLD)
        conn->waiting = earlier;
    else if (meets == LAB_SYN_MEETS_LISTENER)
        conn->end[1].instead = LAB_STATE_CLOSED;
    earlier->pins += conn->previous || conn->waiting;
    lab_anomaly_add(conn->engine, seg->frame, conn->number,
                    stray ? LAB_ANOMALY_SYN_IN_CONNECTION : LAB_ANOMALY_PORT_REUSE);
}

/* With old numbers: of a RST that has no ACK flag only its own. A SYN is never answered with one like that.
 */
static bool has_old_numbers(const lab_end_t *sender, const lab_end_t *receiver, const lab_segment_t *seg)
{
    int64_t offset = lab_offset_of(sender, seg->seq);
    return offset >= receiver->ack && offset <= sender->next &&
           (!(seg->flags & LAB_TH_ACK) || acknowledges_old(sender, receiver, seg->ack));
}

/* The connection before this one; of one that was closed only a RST may be left. */
static lab_conn_t *before(const lab_conn_t *conn, const lab_segment_t *seg)
{
    bool reset = conn->waiting && (seg->flags & LAB_TH_RST) && !conn->end[1].instead;
    return reset ? conn->waiting : conn->previous;
}

/* A number that the end has used already. */
static bool used(const lab_end_t *end, uint32_t raw)
{
    int64_t offset = lab_offset_of(end, raw);
    return offset >= 0 && offset <= end->next;
}

lab_conn_t *lab_challenge_late_reset(const lab_conn_t *conn, const lab_segment_t *seg)
{
    lab_conn_t *old = before(conn, seg);
    if (!old || (seg->flags & (LAB_TH_RST | LAB_TH_SYN)) != LAB_TH_RST)
        return NULL;
    unsigned new_from = !lab_endpoint_equal(&conn->end[0].endpoint, &seg->src);
    unsigned from = new_from ^ conn->previous_turned;
    bool has_ack = seg->flags & LAB_TH_ACK;
    if (new_from == 0 ? seg->seq == conn->end[0].isn + 1 : has_ack && seg->ack == conn->end[0].isn + 1)
        return NULL; /* it answers the new SYN-ACK, or refuses the new SYN */
    return used(&old->end[from], seg->seq) && (!has_ack || used(&old->end[!from], seg->ack)) ? old : NULL;
}

bool lab_challenge_goes_on(const lab_conn_t *conn, const lab_segment_t *seg)
{
    const lab_conn_t *old = before(conn, seg);
    if (!old || (seg->flags & LAB_TH_SYN) || !(seg->flags & (LAB_TH_ACK | LAB_TH_RST)))
        return false;
    unsigned new_from = !lab_endpoint_equal(&conn->end[0].endpoint, &seg->src);
    unsigned from = new_from ^ conn->previous_turned;
    if (new_from == 0 && seg->seq == conn->end[0].isn + 1)
        return false; /* the last ACK of the new handshake */
    return has_old_numbers(&old->end[from], &old->end[!from], seg);
}

static lab_annotation_t *syn_of(const lab_conn_t *conn)
{
    return lab_annotation_of(conn->engine, conn->first_frame, conn->number);
}

void lab_challenge_go_on(lab_conn_t *conn)
{
    lab_conn_t *previous = conn->previous ? conn->previous : conn->waiting;
    lab_annotation_t *syn = syn_of(conn);
    lab_store_redirect(conn->engine, conn->number, previous->number);
    lab_anomalies_move(conn->engine, conn->number, conn->first_frame, previous->number);
    previous->provoked = conn->end[0].syn_last_frame;
    previous->provoked_by = conn->previous_turned;
    if (!syn)
        return;
    if (!conn->previous || !conn->previous_turned) { /* else it was lent */
        lab_detail_new(conn->engine, syn)->connection = previous->number + 1;
        syn->sender ^= conn->previous_turned;
    }
    for (unsigned i = 0; i < 2; i++)
        syn->state[i] = previous->end[i].state;
}

void lab_challenge_lend(lab_context_t *c)
{
    const lab_conn_t *conn = c->conn;
    if (!conn->previous || !conn->previous_turned || !c->syn || c->has_ack)
        return;
    lab_detail_new(c->engine, c->annotation)->connection = conn->previous->number + 1;
    lab_annotation_turn(c->annotation);
}

bool lab_challenge_let_go(lab_conn_t *conn)
{
    bool live = conn->previous != NULL;
    if (live)
        conn->previous->replaced = true;
    if (live || conn->waiting)
        (live ? conn->previous : conn->waiting)->pins--;
    conn->previous = conn->waiting = NULL;
    return live;
}

void lab_challenge_replace(lab_conn_t *conn)
{
    lab_annotation_t *syn = conn->previous ? syn_of(conn) : NULL;
    if (!lab_challenge_let_go(conn))
        return;
    lab_anomaly_add(conn->engine, conn->first_frame, conn->number, LAB_ANOMALY_PORT_REUSE_PREMATURE);
    if (!syn)
        return;
    if (conn->previous_turned) {
        lab_detail_new(conn->engine, syn)->connection = 0;
        lab_annotation_turn(syn);
    }
    syn->state[0] = LAB_STATE_SYN_SENT;
    syn->state[1] = LAB_STATE_SYN_RECEIVED;
}
