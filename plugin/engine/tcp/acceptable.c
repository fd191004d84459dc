/* SPDX-License-Identifier: GPL-2.0-or-later */
/* acceptable.c - does the receiver take the segment? See acceptable.h.
 *
 * RCV.NXT is known from below: what the receiver has acknowledged. Where everything arrives it is what the
 * sender has sent without a gap. The right edge of the window is the last acknowledgment and the window
 * beside it.
 */
#include "acceptable.h"

/* The window's size needs both SYNs (RFC 7323 2.2: either may refuse to scale), and its edge every
 * acknowledgment. */
static bool window_known(const lab_conn_t *conn, const lab_end_t *sender, const lab_end_t *receiver)
{
    return receiver->last.frame && sender->syn_frame && receiver->syn_frame && !conn->unseen &&
           !(conn->quality & LAB_QUALITY_ONE_DIRECTION);
}

/* RCV.NXT is at least this; -1 = not known. Who has taken a SYN expects the number after it. */
static int64_t expects_at_least(const lab_end_t *sender, const lab_end_t *receiver)
{
    return receiver->ack < 0 && sender->syn_frame && receiver->peer_syn ? 1 : receiver->ack;
}

int64_t lab_arrived(const lab_conn_t *conn, unsigned from)
{
    const lab_end_t *sender = &conn->end[from];
    for (unsigned i = 0; i < sender->gaps.count; i++)
        if (!sender->gaps.list[i].acked)
            return MAX(sender->gaps.list[i].from, conn->end[!from].ack);
    return MAX(sender->next, conn->end[!from].ack);
}

/* RFC 9293 3.10.7.4, table 6. Part of a segment in the window is enough. */
lab_acceptable_t lab_acceptable_at(const lab_conn_t *conn, unsigned from, int64_t offset, int64_t end)
{
    const lab_end_t *sender = &conn->end[from], *receiver = &conn->end[!from];
    int64_t next = expects_at_least(sender, receiver), edge = next + (int64_t)receiver->window;
    if (next < 0)
        return LAB_ACCEPTABLE_UNKNOWN;
    if (end > offset ? end <= next : offset < next)
        return LAB_NOT_ACCEPTABLE;
    if (!window_known(conn, sender, receiver))
        return LAB_ACCEPTABLE_UNKNOWN;
    if (receiver->window == 0)
        return end == offset && offset == next ? LAB_ACCEPTABLE : LAB_NOT_ACCEPTABLE;
    return offset < edge ? LAB_ACCEPTABLE : LAB_NOT_ACCEPTABLE;
}

/* What the capture shows after its acknowledgment is what was acknowledged. */
static lab_acceptable_t in_segment(const lab_context_t *c, int64_t from, int64_t to)
{
    lab_acceptable_t acceptable = lab_acceptable_at(c->conn, c->from, from, to);
    bool late = acceptable == LAB_NOT_ACCEPTABLE && lab_gaps_find(&c->sender->gaps, from, to);
    return late ? LAB_ACCEPTABLE_UNKNOWN : acceptable;
}

lab_acceptable_t lab_acceptable(const lab_context_t *c)
{
    return in_segment(c, c->offset, c->end);
}

bool lab_fin_counts(const lab_context_t *c)
{
    return !lab_ack_too_new(c) && in_segment(c, c->end - 1, c->end) != LAB_NOT_ACCEPTABLE;
}

bool lab_ack_too_new(const lab_context_t *c)
{
    const lab_end_t *receiver = c->receiver;
    if (!c->has_ack || c->ack <= receiver->next)
        return false;
    return receiver->fin || (!c->conn->unseen && !c->conn->midstream && receiver->last.frame &&
                             !(c->conn->quality & LAB_QUALITY_ONE_DIRECTION));
}

bool lab_ack_counts(const lab_context_t *c)
{
    bool closed_window = c->receiver->window == 0 && c->offset >= c->receiver->ack;
    return c->has_ack && !(c->receiver->fin && c->ack > c->receiver->next) &&
           (closed_window || lab_acceptable(c) != LAB_NOT_ACCEPTABLE);
}

bool lab_ack_impossible(const lab_context_t *c)
{
    const lab_end_t *sender = c->sender;
    return c->has_ack && sender->ack >= 0 && sender->syn_frame && c->receiver->syn_frame &&
           !c->conn->unseen && c->ack > sender->ack + (int64_t)sender->window_max;
}

/* RFC 9293 3.10.7.3: in SYN-SENT only the ACK field shows that a RST answers this SYN. */
static lab_rst_effect_t effect_in_syn_sent(const lab_context_t *c)
{
    return c->has_ack && c->ack >= 1 && c->ack <= c->receiver->next ? LAB_RST_OBEYED : LAB_RST_DROPPED;
}

/* It sent a SYN without ACK: whether it has taken the other's SYN by now, no frame shows. */
static bool syns_cross(const lab_end_t *end)
{
    return end->state == LAB_STATE_SYN_RECEIVED && end->syn_frame && !end->syn_ack;
}

/* At RCV.NXT: what the receiver has acknowledged, or everything sent, if it has arrived. */
static bool exact(const lab_context_t *c)
{
    return c->offset == expects_at_least(c->sender, c->receiver) || c->offset == c->sender->next;
}

lab_rst_effect_t lab_rst_effect(const lab_context_t *c)
{
    const lab_end_t *sender = c->sender, *receiver = c->receiver;
    if (receiver->state == LAB_STATE_SYN_SENT && receiver->syn_frame)
        return effect_in_syn_sent(c);
    if (!sender->last.frame && receiver->ack < 0)
        return LAB_RST_OBEYED; /* nothing is known of its numbers */
    lab_acceptable_t acceptable = lab_acceptable(c);
    if (acceptable == LAB_NOT_ACCEPTABLE)
        return syns_cross(receiver) && effect_in_syn_sent(c) == LAB_RST_OBEYED ? LAB_RST_UNCERTAIN
                                                                               : LAB_RST_DROPPED;
    if (exact(c))
        return LAB_RST_OBEYED;
    /* below what was sent: in the window, as long as that has not arrived */
    return acceptable == LAB_ACCEPTABLE && c->offset > sender->next ? LAB_RST_CHALLENGED : LAB_RST_UNCERTAIN;
}

lab_syn_meets_t lab_syn_meets(const lab_conn_t *conn, unsigned from, uint32_t seq)
{
    const lab_end_t *sender = &conn->end[from], *owner = &conn->end[!from];
    int64_t offset = lab_offset_of(sender, seq);
    if (conn->ended && !conn->reset_obeyed)
        return LAB_SYN_MEETS_OLD;
    switch (owner->state) {
    case LAB_STATE_CLOSED: /* by what is presumed of it; only `ended` is certain */
        return conn->reset_obeyed || !owner->fin ? LAB_SYN_MEETS_NOTHING : LAB_SYN_MEETS_CONNECTION;
    case LAB_STATE_LISTEN:
    case LAB_STATE_SYN_SENT:
        return LAB_SYN_MEETS_NOTHING;
    case LAB_STATE_SYN_RECEIVED:
        if (!owner->last.frame) /* nothing shows that it took the SYN before this one */
            return LAB_SYN_MEETS_NOTHING;
        return conn->client == from && lab_acceptable_at(conn, from, offset, offset + 1) == LAB_ACCEPTABLE
                   ? LAB_SYN_MEETS_LISTENER
                   : LAB_SYN_MEETS_CONNECTION;
    default:
        return LAB_SYN_MEETS_CONNECTION;
    }
}
