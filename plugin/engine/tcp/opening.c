/* SPDX-License-Identifier: GPL-2.0-or-later */
/* opening.c - how a connection opens: RFC 9293 3.5, figures 6 and 7. */
#include "acceptable.h"
#include "options.h"
#include "tcp.h"

#define SYN_ACK (LAB_TH_SYN | LAB_TH_ACK)

static void learn_options(lab_context_t *c)
{
    lab_options_t o = lab_options_parse(c->seg->options, c->seg->options_length);
    lab_end_t *sender = c->sender;
    sender->scale = o.scale;
    sender->scale_offered = o.scale_present;
    sender->sack_offered = o.sack_permitted;
    sender->timestamps_offered = o.timestamps;
    sender->cookie = o.cookie;
}

/* RFC 7323 1.3, RFC 2018 2: an option is in use only if both SYNs carry it; a server leaving one out is worth
 * knowing. */
static void compare_options(lab_context_t *c)
{
    const lab_end_t *sender = c->sender, *receiver = c->receiver;
    if (receiver->syn &&
        (sender->scale_offered != receiver->scale_offered || sender->sack_offered != receiver->sack_offered ||
         sender->timestamps_offered != receiver->timestamps_offered))
        lab_add_anomaly(c, LAB_ANOMALY_OPTION_ONE_SIDED);
}

static void step(lab_context_t *c, unsigned n)
{
    c->annotation->open_step = (uint8_t)n;
    if (!c->conn->open_frames[n])
        c->conn->open_frames[n] = c->seg->frame;
}

static void opened(lab_context_t *c, lab_open_t kind)
{
    lab_conn_t *conn = c->conn;
    conn->open = (uint8_t)kind;
    conn->end[0].instead = conn->end[1].instead = 0;
    conn->open_end_frame = c->seg->frame;
    c->annotation->marks |= LAB_MARK_OPEN_END;
    if (conn->end[conn->client].syn_frame) {
        conn->open_time = c->seg->time - conn->end[conn->client].syn_time;
        conn->rtt = conn->open_time;
    }
}

/* RFC 9293 3.5 figure 7: who answers a SYN sends a SYN-ACK. If it sent a SYN too, that SYN left before it had
 * the other's: they crossed. The client, which takes the SYN-ACK in SYN-SENT, may send no SYN-ACK itself. If
 * the client alone sends a SYN-ACK, the server answered its SYN with a SYN: the handshake is a split one.
 */
static lab_open_t kind_of_opening(const lab_conn_t *conn)
{
    const lab_end_t *client = &conn->end[conn->client], *server = &conn->end[!conn->client];
    if (conn->split || (client->syn_count && server->syn_count && !server->syn_ack))
        return LAB_OPEN_SPLIT;
    if (server->syn_count && server->syn_ack)
        return LAB_OPEN_SIMULTANEOUS;
    return conn->fast_open ? LAB_OPEN_FAST_OPEN : LAB_OPEN_THREE_WAY;
}

static void syn_again(lab_context_t *c, lab_anomaly_t anomaly)
{
    lab_add_anomaly(c, anomaly);
    c->annotation->related = c->sender->syn_frame;
}

static void first_syn(lab_context_t *c)
{
    c->sender->syn = true;
    c->sender->syn_frame = c->seg->frame;
    c->sender->syn_time = c->seg->time;
    learn_options(c);
}

/* A client may try a port that refused it once more, with the same SYN (Windows does): that is a new attempt.
 * Not where the capture began with data: that connection was open, and the SYN is its own, captured late.
 */
bool lab_opening_again(const lab_context_t *c)
{
    const lab_conn_t *conn = c->conn;
    bool was_open = conn->midstream && (conn->end[0].bytes || conn->end[1].bytes);
    return !was_open && conn->ended && c->syn && !c->has_ack && !conn->close_step &&
           !conn->end[0].syn_acked && !conn->end[1].syn_acked;
}

static void attempt_again(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    if (!lab_opening_again(c))
        return;
    conn->again_frame = c->seg->frame;
    conn->open_time = -1;
    conn->open_end_frame = 0;
    conn->open = LAB_OPEN_NONE;
    conn->ended = false;
    conn->reset_obeyed = false;
    c->sender->reset_frame = c->receiver->reset_frame = 0;
}

/* The capture has the SYN behind segments that came after it: the connection began in the capture all the
 * same.
 */
static bool captured_late(const lab_context_t *c)
{
    return c->offset == 0 && !c->sender->syn_frame && c->sender->last.frame && !c->receiver->bytes &&
           c->conn->first_fin < 0;
}

/* The last ACK of the handshake, if that is what the capture began with. */
static lab_annotation_t *early_ack(const lab_context_t *c, const lab_end_t *client)
{
    lab_annotation_t *first = lab_annotation_of(c->engine, c->conn->first_frame, c->conn->number);
    bool ack = first && first->flags == LAB_TH_ACK && !first->length && first->seq == client->isn + 1;
    return ack && client == &c->conn->end[first->sender] ? first : NULL;
}

static void begin_after_all(lab_context_t *c, const lab_end_t *client)
{
    lab_conn_t *conn = c->conn;
    conn->midstream = false;
    conn->quality &= ~(uint32_t)LAB_QUALITY_STARTS_IN_MIDDLE;
    conn->open = LAB_OPEN_NONE;
    if (early_ack(c, client))
        conn->open_frames[3] = conn->first_frame;
}

/* RFC 9293 3.10.7.3: its sender has sent an ACK, so it had the SYN-ACK. Until the capture shows that one too,
 * the opening is not in it. */
static void late_syn(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    c->repeated = false;
    if (!conn->midstream)
        return;
    conn->client = (uint8_t)c->from;
    conn->client_certain = true;
    if (c->receiver->syn_ack)
        begin_after_all(c, c->sender);
}

/* The segments of the handshake are all there, the last one first. How long it took, their order does not
 * tell. */
static void complete_after_all(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    lab_end_t *client = &conn->end[conn->client], *server = &conn->end[!conn->client];
    lab_annotation_t *ack = conn->open_frames[3] ? early_ack(c, client) : NULL;
    if (conn->open != LAB_OPEN_NONE || !ack || !client->syn_frame || !server->syn_ack)
        return;
    server->syn_acked = client->syn_acked = client->peer_syn = server->peer_syn = true;
    opened(c, LAB_OPEN_THREE_WAY);
    conn->open_time = -1;
    conn->rtt = 0;
    ack->roles = LAB_ROLE_BIT(LAB_ROLE_HANDSHAKE_ACK);
    ack->phase = LAB_PHASE_OPEN;
    ack->open_step = 3;
    for (unsigned end = 0; end < 2; end++)
        lab_state_restore(conn, ack, end);
}

/* RFC 9293 3.10.7.3: the SYNs of a side that has sent a SYN-ACK have the ACK flag. One without it left
 * before, and the capture has it late. */
static bool overtaken_by_syn_ack(const lab_context_t *c)
{
    const lab_end_t *sender = c->sender;
    const lab_annotation_t *first =
        sender->syn_ack ? lab_annotation_of(c->engine, sender->syn_frame, c->conn->number) : NULL;
    return first && (first->flags & SYN_ACK) == SYN_ACK && c->offset == 0;
}

/* Both sides asked, so a handshake that looked like one of three steps was none. The states stay: what its
 * sender has received since, it had not received when it sent this. */
static void overtaken_syn(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    c->repeated = false;
    lab_add_role(c, LAB_ROLE_SYN);
    lab_add_role(c, LAB_ROLE_OUT_OF_ORDER);
    lab_add_anomaly(c, LAB_ANOMALY_OUT_OF_ORDER);
    step(c, 1);
    c->annotation->related = c->sender->syn_frame;
    c->sender->syn_last_frame = c->seg->frame;
    c->sender->syn_count++;
    if (conn->open == LAB_OPEN_THREE_WAY)
        conn->open = (uint8_t)kind_of_opening(conn);
    if (conn->open != LAB_OPEN_NONE)
        lab_challenge_expect(c); /* RFC 9293 3.10.7.4, fourth */
}

static void plain_syn(lab_context_t *c)
{
    if (overtaken_by_syn_ack(c)) {
        overtaken_syn(c);
        return;
    }
    bool late = captured_late(c);
    attempt_again(c);
    if (late)
        late_syn(c);
    c->repeated &= c->sender->syn_frame != 0; /* the first that was captured repeats none */
    lab_add_role(c, LAB_ROLE_SYN);
    step(c, 1);
    if (c->sender->syn_frame && !late) {
        syn_again(c, LAB_ANOMALY_SYN_RETRANSMITTED);
        if (c->conn->open != LAB_OPEN_NONE)
            lab_challenge_expect(c); /* RFC 5961 4.2 */
        if (c->receiver->instead == LAB_STATE_CLOSED)
            c->receiver->instead = 0;
    } else if (c->conn->open != LAB_OPEN_NONE && !late)
        lab_add_anomaly(c, LAB_ANOMALY_SYN_IN_CONNECTION);
    else
        first_syn(c);
    c->sender->syn_count++;
    c->sender->syn_last_frame = c->seg->frame;
    if (c->conn->open == LAB_OPEN_NONE)
        c->receiver->peer_syn = true;
    if (c->fin)
        lab_add_anomaly(c, LAB_ANOMALY_SYN_FIN);
    complete_after_all(c);
}

/* RFC 7413: the data of a SYN counts as accepted when the SYN-ACK acknowledges it. */
static void check_fast_open(lab_context_t *c)
{
    lab_annotation_t *syn = lab_annotation_of(c->engine, c->receiver->syn_frame, c->conn->number);
    if (!syn || !syn->length)
        return;
    c->conn->fast_open = c->ack > 1;
    if (c->ack == 1)
        lab_add_anomaly(c, LAB_ANOMALY_FAST_OPEN_REFUSED);
}

/* RFC 9293 3.10.7.3: a SYN-ACK must acknowledge the SYN, ISS+1 (or its data); anything else is answered by a
 * RST. */
static bool acknowledges_syn(const lab_context_t *c)
{
    return !c->receiver->syn || (c->ack >= 1 && c->ack <= MAX(c->receiver->next, 1));
}

/* RFC 9293 3.10.7.4, fourth: its receiver has taken another number, and drops this one: with a challenge ACK,
 * or in SYN-RECEIVED after a passive OPEN by returning to LISTEN. */
static void other_syn_ack(lab_context_t *c)
{
    lab_end_t *sender = c->sender, *receiver = c->receiver;
    c->dropped = true;
    lab_add_anomaly(c, LAB_ANOMALY_BAD_SYN_ACK);
    if (receiver->state == LAB_STATE_SYN_RECEIVED && c->conn->client == c->from &&
        lab_acceptable(c) == LAB_ACCEPTABLE)
        receiver->instead = LAB_STATE_CLOSED;
    else
        lab_challenge_expect(c);
    if (c->conn->open == LAB_OPEN_NONE && sender->other_count < LAB_OTHER_NUMBERS) {
        sender->others[sender->other_count].isn = c->seg->seq;
        sender->others[sender->other_count++].frame = c->seg->frame;
    }
}

static void renumber(lab_end_t *end, uint32_t isn, int64_t next)
{
    end->isn = isn;
    end->next = next;
    end->gaps.count = 0;
}

/* The client acknowledges a SYN-ACK whose number seemed wrong: it has taken that one. */
static void take_other(lab_context_t *c)
{
    lab_end_t *server = c->receiver;
    for (unsigned i = 0; i < server->other_count; i++) {
        if (c->seg->ack != server->others[i].isn + 1)
            continue;
        renumber(server, server->others[i].isn, 1);
        lab_anomaly_remove(c->engine, server->others[i].frame, c->conn->number, LAB_ANOMALY_BAD_SYN_ACK);
        return;
    }
}

void lab_opening_renumber(lab_context_t *c)
{
    lab_end_t *sender = c->sender, *receiver = c->receiver;
    int64_t ack = (int32_t)(c->seg->ack - receiver->isn);
    if (!c->syn && !c->rst && receiver->other_count && c->seg->ack != receiver->isn + 1)
        take_other(c);
    bool wants = receiver->state == LAB_STATE_SYN_SENT && ack >= 1 && ack <= receiver->next;
    if (c->syn && !c->rst && sender->syn_frame && sender->isn != c->seg->seq && wants) {
        renumber(sender, c->seg->seq, 0);
        sender->syn = sender->syn_ack = false;
        sender->syn_frame = 0;
        sender->ack = -1;
    }
}

/* RFC 9293 3.10.7.3: the SYN was before the capture; its sender takes this SYN-ACK. */
static void presume_unseen_syn(lab_context_t *c)
{
    lab_end_t *receiver = c->receiver;
    if (!receiver->syn && !receiver->last.frame)
        receiver->syn = true;
}

static void syn_ack(lab_context_t *c)
{
    lab_add_role(c, LAB_ROLE_SYN_ACK);
    step(c, 2);
    bool again = c->sender->syn_ack;
    if (c->conn->midstream && c->receiver->syn_frame)
        begin_after_all(c, c->receiver);
    c->repeated &=
        again; /* after a SYN of its own the SYN-ACK repeats the number, not the segment (figure 7) */
    lab_challenge_replace(c->conn);
    if (c->sender->syn_frame && c->seg->seq != c->sender->isn) {
        other_syn_ack(c);
        return;
    }
    c->sender->instead = 0;
    if (again)
        syn_again(c, LAB_ANOMALY_SYN_ACK_RETRANSMITTED);
    else if (!c->sender->syn)
        first_syn(c);
    c->sender->syn_ack = c->sender->peer_syn = true;
    if (!acknowledges_syn(c)) {
        lab_add_anomaly(c, LAB_ANOMALY_BAD_SYN_ACK);
        return;
    }
    presume_unseen_syn(c);
    c->receiver->peer_syn = c->receiver->syn_acked = true;
    if (!again) {
        compare_options(c);
        check_fast_open(c);
    }
    if (c->conn->open == LAB_OPEN_NONE && c->receiver->syn_ack && c->sender->syn_acked)
        opened(c, kind_of_opening(c->conn)); /* figure 7: the second SYN-ACK completes a simultaneous open */
    complete_after_all(c);
}

/* Only one direction was captured: the ACK of the SYN-ACK tells that there was one. */
static void presume_unseen_syn_ack(lab_context_t *c)
{
    if (c->sender->syn && !c->receiver->syn && !c->receiver->last.frame && c->ack >= 1) {
        c->receiver->syn = c->receiver->peer_syn = c->sender->peer_syn = c->sender->syn_acked = true;
    }
}

static void handshake_ack(lab_context_t *c)
{
    if (!c->sender->syn_ack && lab_acceptable(c) == LAB_NOT_ACCEPTABLE)
        return; /* RFC 9293 3.10.7.4, first check */
    presume_unseen_syn_ack(c);
    if (!c->receiver->syn || c->ack < 1 || c->ack > c->receiver->next) {
        if (!c->data && c->receiver->syn_count && c->ack == 1)
            c->conn->split = true; /* the SYN's ACK came without a SYN */
        return;
    }
    c->receiver->syn_acked = c->sender->peer_syn = true;
    if (!c->sender->syn && !c->receiver->syn_ack) { /* the answer to a SYN is an ACK alone */
        c->conn->split |= !c->data;                 /* fast-open data may overtake the SYN-ACK */
        return;
    }
    if (c->sender->syn && !c->sender->syn_acked)
        return;
    c->sender->syn = c->sender->syn_acked = true; /* a SYN before the capture began is as good as seen */
    lab_challenge_replace(c->conn);
    lab_add_role(c, LAB_ROLE_HANDSHAKE_ACK);
    step(c, 3);
    opened(c, kind_of_opening(c->conn));
}

/* The server goes on as if the handshake were complete, but its last ACK was not captured. */
static void final_ack_missing(lab_context_t *c)
{
    if (!c->sender->syn_ack || !c->data || c->conn->fast_open)
        return;
    if (c->receiver->cookie) { /* RFC 7413 4.2.2: who took the cookie may send before the last ACK */
        c->conn->fast_open = true;
        return;
    }
    lab_add_anomaly(c, LAB_ANOMALY_FINAL_ACK_MISSING);
    c->sender->syn_acked = true;
    opened(c, kind_of_opening(c->conn));
    c->annotation->marks &= (uint8_t)~LAB_MARK_OPEN_END;
}

void lab_opening(lab_context_t *c)
{
    if (c->conn->open == LAB_OPEN_NONE && c->has_ack && c->receiver->syn_frame)
        c->bad_ack |= c->ack < 1;
    lab_challenge_answer(c);
    if (c->syn && c->has_ack)
        syn_ack(c);
    else if (c->syn)
        plain_syn(c);
    else if (c->conn->open == LAB_OPEN_NONE && c->has_ack) {
        if (lab_challenge_by_old(c))
            return;
        if (c->sender->syn_ack && !c->receiver->syn_ack)
            final_ack_missing(c);
        else
            handshake_ack(c);
    } else if (c->conn->open == LAB_OPEN_THREE_WAY && c->receiver->syn_ack && c->has_ack && !c->data &&
               !c->fin && c->ack == 1 && c->sender->ack == 1 && c->offset == c->sender->next &&
               (c->receiver->last.flags & SYN_ACK) == SYN_ACK) {
        lab_add_role(c, LAB_ROLE_HANDSHAKE_ACK); /* once more, for a SYN-ACK that came again */
        step(c, 3);
    }
    if ((c->data || c->fin) && !c->syn)
        c->sender->evidence = true;
}

lab_open_t lab_conn_open_kind(const lab_conn_t *conn)
{
    if (conn->open != LAB_OPEN_NONE)
        return (lab_open_t)conn->open;
    return conn->end[!conn->client].last.frame || conn->end[!conn->client].syn ? LAB_OPEN_INCOMPLETE
                                                                               : LAB_OPEN_UNANSWERED;
}

int64_t lab_conn_open_began(const lab_conn_t *conn)
{
    return MAX(conn->end[conn->client].syn_time, conn->first_time);
}

int64_t lab_conn_open_time(const lab_conn_t *conn)
{
    return conn->open_time;
}

uint32_t lab_conn_open_frame(const lab_conn_t *conn, unsigned n)
{
    return n >= 1 && n <= 3 ? conn->open_frames[n] : 0;
}
