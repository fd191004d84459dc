/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state.c - the state of each end, RFC 9293 3.3.2 and figure 5, read from what it has sent and received.
 *
 * A side that sends shows what it had received: its acknowledgment number covers the other's FIN or it does
 * not. So the sender's state is certain; the receiver's is presumed, as if every segment arrived, until it
 * sends itself.
 */
#include "acceptable.h"
#include "tcp.h"

enum { NO, YES, ANY };

/* The first row that fits gives the state. fin_before: its FIN left before the other's was received. */
static const struct {
    uint8_t syn, peer_syn, syn_acked, fin, fin_acked, peer_fin, fin_before;
    lab_state_t state;
} rows[] = {
    {NO, NO, ANY, ANY, ANY, ANY, ANY, LAB_STATE_LISTEN},
    {YES, NO, ANY, ANY, ANY, ANY, ANY, LAB_STATE_SYN_SENT},
    {NO, YES, ANY, ANY, ANY, ANY, ANY, LAB_STATE_SYN_RECEIVED},
    {YES, YES, NO, NO, ANY, ANY, ANY, LAB_STATE_SYN_RECEIVED},
    {YES, YES, ANY, NO, ANY, NO, ANY, LAB_STATE_ESTABLISHED},
    {YES, YES, ANY, NO, ANY, YES, ANY, LAB_STATE_CLOSE_WAIT},
    {YES, YES, ANY, YES, NO, NO, ANY, LAB_STATE_FIN_WAIT_1},
    {YES, YES, ANY, YES, YES, NO, ANY, LAB_STATE_FIN_WAIT_2},
    {YES, YES, ANY, YES, NO, YES, YES, LAB_STATE_CLOSING},
    {YES, YES, ANY, YES, YES, YES, YES, LAB_STATE_TIME_WAIT},
    {YES, YES, ANY, YES, NO, YES, NO, LAB_STATE_LAST_ACK},
    {YES, YES, ANY, YES, YES, YES, NO, LAB_STATE_CLOSED},
};

static bool fits(uint8_t want, bool is)
{
    return want == ANY || (want == YES) == is;
}

static lab_state_t first_row(bool syn, bool peer_syn, bool syn_acked, bool fin, bool fin_acked, bool peer_fin,
                             bool before)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (fits(rows[i].syn, syn) && fits(rows[i].peer_syn, peer_syn) &&
            fits(rows[i].syn_acked, syn_acked) && fits(rows[i].fin, fin) &&
            fits(rows[i].fin_acked, fin_acked) && fits(rows[i].peer_fin, peer_fin) &&
            fits(rows[i].fin_before, before))
            return rows[i].state;
    return LAB_STATE_UNKNOWN;
}

/* The rows spread out over all combinations of the seven facts, since this is asked twice a frame. */
static const uint8_t *spread_rows(void)
{
    static uint8_t states[1 << 7];
    static gsize done;
    if (g_once_init_enter(&done)) {
        for (unsigned f = 0; f < G_N_ELEMENTS(states); f++)
            states[f] = (uint8_t)first_row(f & 1, f & 2, f & 4, f & 8, f & 16, f & 32, f & 64);
        g_once_init_leave(&done, 1);
    }
    return states;
}

/* Who sends its SYN, SYN-ACK or FIN again had not received the answer, though the capture may have seen it.
 * Not so a SYN of a side that has sent a SYN-ACK: it left before that one.
 */
static bool had_no_answer(const lab_context_t *c)
{
    bool overtaken = c->syn && !c->has_ack && c->sender->syn_ack;
    return c->repeated && !c->dropped && !c->conn->midstream && !overtaken &&
           (c->fin || (c->syn && c->sender->last.flags & LAB_TH_SYN));
}

static lab_state_t state_of(const lab_conn_t *conn, const lab_end_t *e, const lab_context_t *unanswered)
{
    if (e->instead)
        return (lab_state_t)e->instead;
    unsigned was_open = conn->midstream; /* the handshake was before the capture */
    if (was_open && !e->evidence)
        return LAB_STATE_UNKNOWN;
    bool syn = unanswered && unanswered->syn, fin = unanswered && unanswered->fin;
    unsigned facts = (e->syn | was_open) | ((e->peer_syn && !(syn && !unanswered->has_ack)) | was_open) << 1 |
                     ((e->syn_acked && !syn) | was_open) << 2 | (unsigned)e->fin << 3 |
                     (unsigned)(e->fin_acked && !fin) << 4 | (unsigned)e->peer_fin << 5 |
                     (unsigned)e->fin_before_peer << 6;
    return (lab_state_t)spread_rows()[facts];
}

/* RFC 9293 3.10.7.1: only who has no connection answers a SYN with number 0 and the SYN's acknowledgment. */
static bool refuses_syn(const lab_context_t *c)
{
    return c->has_ack && c->seg->seq == 0 && c->receiver->syn_count && c->ack == 1;
}

/* RFC 9293 3.10.7.1: who answers with a RST, or sends one more, has no connection, whether the other side
 * takes notice or not; in an attempt it may go on (3.10.7.3, 3.10.7.4). A number that was acknowledged before
 * is an answer as well, though the capture may lack what it answers. */
static bool has_no_socket(const lab_context_t *c)
{
    const GPtrArray *resets = c->conn->resets;
    const lab_reset_t *newest = g_ptr_array_index(resets, resets->len - 1);
    const lab_reset_t *before = resets->len > 1 ? g_ptr_array_index(resets, resets->len - 2) : NULL;
    bool older =
        before && !before->ignored && before->by == c->from && !c->has_ack && c->offset < c->receiver->ack;
    return (newest->answers || newest->repeat_of || older) && !newest->keeps_socket;
}

/* RFC 9293 3.10.7.4, eighth: the FIN takes effect in sequence, when everything before it has arrived: a gap
 * is filled, or what was not acknowledged is sent again. In one direction a gap may be the capture's. */
static void fin_arrives(const lab_context_t *c)
{
    const lab_end_t *sender = c->sender;
    if (c->receiver->peer_fin || sender->fin_dropped || c->dropped)
        return;
    bool rest = c->data && c->offset <= c->receiver->ack && c->end >= sender->fin_offset;
    bool now = c->fin || c->filled || rest || c->offset > sender->fin_offset;
    bool gap = lab_arrived(c->conn, c->from) <= sender->fin_offset &&
               !(c->conn->quality & LAB_QUALITY_ONE_DIRECTION);
    c->receiver->peer_fin = now && !gap;
}

/* A SYN in a live connection changes nothing there until it is answered by a SYN-ACK. With a number outside
 * the window its sender rather begins anew. */
static void states_of_previous(lab_context_t *c)
{
    const lab_conn_t *conn = c->conn, *previous = conn->previous;
    const lab_end_t *sender = &previous->end[conn->previous_turned];
    int64_t offset = lab_offset_of(sender, conn->end[0].isn);
    bool inside =
        lab_acceptable_at(previous, conn->previous_turned, offset, offset + 1) != LAB_NOT_ACCEPTABLE;
    if (inside)
        c->annotation->state[0] = sender->state;
    c->annotation->state[1] = previous->end[!conn->previous_turned].state;
}

/* A frame after a RST that was obeyed, presumed. */
static void keep_doubt(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    if (conn->doubt_count == LAB_DOUBT_MAX)
        return;
    conn->doubt[conn->doubt_count].frame = c->seg->frame;
    conn->doubt[conn->doubt_count].phase = c->annotation->phase;
    for (unsigned i = 0; i < 2; i++)
        conn->doubt[conn->doubt_count].state[i] = conn->end[i].alive;
    conn->doubt_count++;
}

void lab_states_update(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    if (c->sender->instead == LAB_STATE_CLOSED && !c->rst)
        c->sender->instead = 0; /* it speaks again */
    /* what the sender had received when it sent this */
    if (c->has_ack && !c->rst && c->receiver->fin && !c->dropped)
        c->sender->peer_fin = c->ack > c->receiver->fin_offset;
    if (c->sender->fin && !c->rst)
        fin_arrives(c);
    for (unsigned i = 0; i < 2; i++) {
        const lab_context_t *unanswered = i == c->from && had_no_answer(c) ? c : NULL;
        conn->end[i].alive = (uint8_t)state_of(conn, &conn->end[i], unanswered);
        conn->end[i].state = conn->reset_obeyed ? LAB_STATE_CLOSED : conn->end[i].alive;
        c->annotation->state[i] = conn->end[i].state;
    }
    if (conn->reset_obeyed && !c->rst)
        keep_doubt(c);
    if (conn->previous)
        states_of_previous(c);
    if (conn->ended && lab_has_role(c, LAB_ROLE_CHALLENGE_ACK)) /* it has not obeyed the RST */
        c->annotation->state[c->from] = (uint8_t)state_of(conn, c->sender, NULL);
    if (!c->rst)
        return;
    const lab_reset_t *newest = g_ptr_array_index(conn->resets, conn->resets->len - 1);
    if (conn->ended && newest->clears_older) /* its own attempt goes on, RFC 9293 3.5.1 figure 9 */
        c->annotation->state[c->from] = LAB_STATE_SYN_SENT;
    else if (conn->ended || has_no_socket(c) || refuses_syn(c))
        c->annotation->state[c->from] = LAB_STATE_CLOSED;
}

void lab_state_restore(const lab_conn_t *conn, lab_annotation_t *annotation, unsigned end)
{
    if (annotation)
        annotation->state[end] = (uint8_t)state_of(conn, &conn->end[end], NULL);
}
