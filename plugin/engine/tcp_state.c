/* tcp_state.c - the state of each end, RFC 9293 3.3.2 and figure 5, read from what it has sent and received.
 *
 * A side that sends shows what it had received: its acknowledgment number covers the other's FIN or it does
 * not. So the sender's state is certain; the receiver's is presumed, as if every segment arrived, until it
 * sends itself.
 */
#include "conn.h"

enum { NO, YES, ANY };

/* The first row that fits gives the state. fin_before: its FIN left before the other's was received. */
static const struct {
    uint8_t syn, peer_syn, syn_acked, fin, fin_acked, peer_fin, fin_before;
    lab_state_t state;
} rows[] = {
    {NO, NO, ANY, ANY, ANY, ANY, ANY, LAB_STATE_LISTEN},
    {YES, NO, ANY, ANY, ANY, ANY, ANY, LAB_STATE_SYN_SENT},
    {NO, YES, ANY, ANY, ANY, ANY, ANY, LAB_STATE_SYN_RECEIVED},
    {YES, YES, NO, NO, ANY, NO, ANY, LAB_STATE_SYN_RECEIVED},
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

static lab_state_t state_of(const lab_conn_t *conn, const lab_end_t *e)
{
    bool open = conn->midstream; /* the handshake was before the capture */
    if (open && !e->evidence)
        return LAB_STATE_UNKNOWN;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (fits(rows[i].syn, e->syn || open) && fits(rows[i].peer_syn, e->peer_syn || open) &&
            fits(rows[i].syn_acked, e->syn_acked || open) && fits(rows[i].fin, e->fin) &&
            fits(rows[i].fin_acked, e->fin_acked) && fits(rows[i].peer_fin, e->peer_fin) &&
            fits(rows[i].fin_before, e->fin_before_peer))
            return rows[i].state;
    return LAB_STATE_UNKNOWN;
}

void lab_states_update(lab_ctx_t *c)
{
    lab_conn_t *conn = c->conn;
    bool reset = conn->ended && (conn->end[0].reset_frame || conn->end[1].reset_frame);
    /* what the sender had received when it sent this */
    if (c->has_ack && !c->rst && c->b->fin)
        c->a->peer_fin = c->ack > c->b->fin_offset;
    if (c->a->fin && c->offset > c->a->fin_offset)
        c->b->peer_fin = true; /* what comes after the FIN arrives after it */
    for (unsigned i = 0; i < 2; i++) {
        conn->end[i].state = (uint8_t)(reset ? LAB_STATE_CLOSED : state_of(conn, &conn->end[i]));
        c->record->state[i] = conn->end[i].state;
    }
    if (conn->previous) /* a SYN inside a live connection changes nothing until it is answered by a SYN-ACK */
        for (unsigned i = 0; i < 2; i++)
            c->record->state[i] = conn->previous->end[i ^ conn->previous_turned].state;
    if (c->rst)
        c->record->state[c->ai] = LAB_STATE_CLOSED;
}
