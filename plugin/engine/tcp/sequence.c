/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sequence.c - sequence numbers: what is new, what is repeated, what fills a gap, what is acknowledged. */
#include "options.h"
#include "acceptable.h"
#include "tcp.h"

#define MS INT64_C(1000000)
/* An acknowledgment further ahead than any window can be is nonsense, not a missing capture (RFC 7323 2.3).
 */
#define MAX_WINDOW (INT64_C(1) << 30)
/* Without a handshake to measure: Wireshark's own limit for a segment that was merely overtaken. */
#define OVERTAKEN_DEFAULT (3 * MS)
/* Identifications further apart than this are random ones. */
#define COUNTED_NEAR 1000

bool lab_sequence_untake(lab_conn_t *conn, unsigned by)
{
    lab_end_t *end = &conn->end[by], *other = &conn->end[!by];
    lab_gaps_t *gaps = &other->gaps;
    if (!end->last.bad_ack || other->next != end->last.ack || other->next_sent >= other->next)
        return false;
    if (gaps->count && gaps->list[gaps->count - 1].to == other->next && gaps->list[gaps->count - 1].acked) {
        conn->unseen -= gaps->list[--gaps->count].acked;
        lab_anomaly_remove(conn->engine, end->last.frame, conn->number, LAB_ANOMALY_ACKED_UNSEEN);
    }
    other->next = other->next_sent;
    end->ack = MIN(end->ack, other->next);
    return true;
}

/* RFC 9293 3.10.7.4, fifth: the answer to an ACK of what was never sent is <SEQ=SND.NXT><ACK=RCV.NXT>. What
 * came with that ACK was dropped, too. */
static void take_bad_ack_back(lab_context_t *c)
{
    lab_end_t *other = c->receiver;
    bool answer = !c->data && !c->fin && !c->syn && !c->rst && c->has_ack && !c->advances;
    if (!answer || c->offset != c->sender->next_sent || !lab_sequence_untake(c->conn, c->to))
        return;
    c->conn->provoked = other->last.frame;
    c->conn->provoked_by = (uint8_t)c->to;
    if (other->last.new_bytes && c->ack == other->last.offset &&
        other->next == other->last.offset + other->last.length) {
        other->next = other->last.offset;
        other->bytes -= MIN(other->bytes, other->last.length);
    }
}

/* RFC 9293 3.10.7.4, first and fifth: what is beyond a gap and beyond the window, too, and what acknowledges
 * the impossible, is dropped. The same once more is believed: the capture lacks what came between. */
static void drop(lab_context_t *c)
{
    bool impossible = c->bad_ack && lab_ack_impossible(c);
    bool beyond = c->data && c->offset > c->sender->next && lab_acceptable(c) == LAB_NOT_ACCEPTABLE;
    if (c->conn->open == LAB_OPEN_NONE || c->syn || c->rst || c->sender->last.dropped)
        return;
    c->dropped = impossible || beyond;
    c->advances &= !c->dropped;
    c->new_bytes &= !c->dropped;
    if (impossible)
        lab_challenge_expect(c);
}

void lab_sequence_before(lab_context_t *c)
{
    int64_t content = c->seg->length + (c->syn ? 1 : 0) + (c->fin ? 1 : 0);
    c->repeated = content > 0 && !c->rst && c->end <= c->sender->next && c->sender->last.frame != 0;
    c->new_bytes = c->data && !c->rst && c->end - (c->fin ? 1 : 0) > c->sender->next;
    c->advances = c->has_ack && c->ack > c->sender->ack && c->ack <= c->receiver->next + MAX_WINDOW;
    c->bad_ack = c->has_ack && c->ack > c->receiver->next;
    c->advances &= !(c->bad_ack && c->receiver->fin); /* nothing is sent after a FIN */
    if (c->receiver->last.bad_ack)
        take_bad_ack_back(c);
    if (c->repeated && lab_gaps_find(&c->sender->gaps, c->offset, c->end))
        c->new_bytes = c->data;
    if (c->bad_ack || (c->data && c->offset > c->sender->next))
        drop(c);
}

/* Senders that count their packets (RFC 6864 4.1 leaves it to them) tell which of two left later: > 0 this
 * one, < 0 the newest one before, 0 not known. */
static int sent_later(const lab_context_t *c)
{
    int16_t ahead = (int16_t)(c->seg->ip_id - c->sender->next_ip_id);
    bool counted = c->seg->ip_id && c->sender->next_ip_id && ABS(ahead) <= COUNTED_NEAR;
    return counted ? ahead : 0;
}

/* What fills a gap left later than what came before it: a retransmission. Else, it was only overtaken. Where
 * nothing counts the packets, a retransmission takes about a round trip; so it does where the capture shows
 * the acknowledgment before what it acknowledges. */
static lab_role_t filler_role(const lab_context_t *c, const lab_gap_t *gap)
{
    int later = sent_later(c);
    if (later < 0 || (later > 0 && !gap->acked))
        return later > 0 ? LAB_ROLE_RETRANSMISSION : LAB_ROLE_OUT_OF_ORDER;
    int64_t limit = c->conn->rtt > 0 ? c->conn->rtt / 10 * 8 : OVERTAKEN_DEFAULT;
    return c->seg->time - gap->since >= limit ? LAB_ROLE_RETRANSMISSION : LAB_ROLE_OUT_OF_ORDER;
}

static void label_filler(lab_context_t *c, lab_role_t role)
{
    lab_add_role(c, role);
    lab_add_anomaly(c,
                    role == LAB_ROLE_RETRANSMISSION ? LAB_ANOMALY_RETRANSMISSION : LAB_ANOMALY_OUT_OF_ORDER);
}

/* A side's numbers are counted from its first segment in the capture: what lies before it was sent before,
 * and was overtaken or is sent again. */
static bool overtaken_by_first(lab_context_t *c)
{
    const lab_end_t *sender = c->sender;
    if (!c->repeated || !c->data || c->offset >= 1 || sender->syn_count || sender->syn_ack)
        return false;
    const lab_gap_t before = {c->offset, 1, sender->last.time, false};
    if (filler_role(c, &before) != LAB_ROLE_OUT_OF_ORDER)
        return false;
    label_filler(c, LAB_ROLE_OUT_OF_ORDER);
    return true;
}

/* Also a SYN that was refused: the ACK field of a RST acknowledges nothing. */
static bool answered_before(const lab_context_t *c)
{
    if (c->syn && !c->has_ack)
        return c->receiver->last.frame > c->sender->syn_frame;
    int64_t acknowledged = c->receiver->ack; /* below 0: of nothing that the capture has */
    return acknowledged >= 0 && acknowledged >= (c->repeated ? c->end : c->end - 1);
}

/* RFC 9293 3.10.7.4: a segment may fill several gaps at once. It was repeated if one of them was lost. */
static bool fill_gaps(lab_context_t *c)
{
    lab_gaps_t *gaps = &c->sender->gaps;
    const lab_gap_t *gap = lab_gaps_find(gaps, c->offset, c->end);
    if (!gap)
        return overtaken_by_first(c);
    c->filled = true;
    lab_role_t role = filler_role(c, gap);
    label_filler(c, role);
    if (role == LAB_ROLE_RETRANSMISSION && gap->acked)
        lab_detail_new(c->engine, c->annotation)->answered = answered_before(c);
    c->conn->unseen += (uint32_t)lab_gaps_fill(gaps, c->engine->arena, c->offset, c->end);
    return true;
}

/* RFC 9293 3.8.1: bytes that were sent before, and for the first time the FIN behind them. */
static bool only_fin_is_new(const lab_context_t *c)
{
    return c->fin && c->data && !c->new_bytes && !c->repeated && c->sender->last.frame;
}

static void label_repeated(lab_context_t *c)
{
    lab_add_role(c, LAB_ROLE_RETRANSMISSION);
    if (c->data && !c->syn)
        lab_add_anomaly(c, LAB_ANOMALY_RETRANSMISSION);
    lab_frames_note(c->sender->unanswered_frames, c->sender->unanswered, c->seg->frame);
    c->sender->unanswered++;
    lab_detail_t *detail = lab_detail_new(c->engine, c->annotation);
    detail->count = c->sender->unanswered;
    detail->answered = answered_before(c);
}

/* RFC 9293 3.8.6.1: with the window closed, one byte beyond it or an old sequence number asks whether it
 * opened. */
static bool is_window_probe(const lab_context_t *c)
{
    return c->receiver->last.frame != 0 && c->receiver->window == 0 && c->seg->length <= 1 && !c->syn &&
           !c->fin && (c->offset == c->sender->next - 1 || (c->offset == c->sender->next && c->data));
}

/* The window stays closed: the same acknowledgment once more, asked for and so no sign of a loss. */
static bool answers_window_probe(const lab_context_t *c)
{
    return c->receiver->last.window_probe && c->sender->window == 0 && c->seg->window == 0 && !c->advances;
}

static void answer_window_probe(lab_context_t *c)
{
    lab_add_role(c, LAB_ROLE_ACK);
    c->annotation->related = c->receiver->last.frame;
}

/* RFC 5681 2: bytes of the other side are outstanding. RFC 2883 4: or it sent some again, for which it had no
 * ACK yet. */
static bool outstanding(const lab_context_t *c)
{
    const lab_end_t *receiver = c->receiver;
    return receiver->last.frame && (receiver->next > c->ack || receiver->last.repeated);
}

/* RFC 5681 2: number and window are those of the ACK before. Not one that its sender's later segments have
 * overtaken; and RFC 8684 3.3.2: one with an MPTCP option tells of its connection, not of a loss. */
static bool is_duplicate_ack(const lab_context_t *c)
{
    return c->ack == c->sender->ack && outstanding(c) && c->offset >= c->sender->next &&
           lab_scaled_window(c) == c->sender->window &&
           !lab_options_parse(c->seg->options, c->seg->options_length).mptcp;
}

static void label_pure_ack(lab_context_t *c)
{
    const uint32_t special = LAB_ROLE_BIT(LAB_ROLE_HANDSHAKE_ACK) | LAB_ROLE_BIT(LAB_ROLE_FIN1_ACK) |
                             LAB_ROLE_BIT(LAB_ROLE_FIN2_ACK) | LAB_ROLE_BIT(LAB_ROLE_CHALLENGE_ACK);
    if (c->annotation->roles & special)
        return;
    if (is_window_probe(c))
        lab_add_role(c, LAB_ROLE_WINDOW_PROBE);
    else if (answers_window_probe(c))
        answer_window_probe(c);
    else if (c->advances || c->sender->last.frame == 0)
        lab_add_role(c, LAB_ROLE_ACK);
    else if (lab_scaled_window(c) > c->sender->window)
        lab_add_role(c, LAB_ROLE_WINDOW_UPDATE);
    else if (is_duplicate_ack(c))
        lab_add_role(c, LAB_ROLE_DUP_ACK);
    else
        lab_add_role(c, LAB_ROLE_ACK);
}

void lab_sequence_label(lab_context_t *c)
{
    bool content = c->data || c->fin || c->syn;
    if (c->dropped && content) {
        if (!c->annotation->roles)
            lab_add_role(c, LAB_ROLE_DATA);
        return;
    }
    if (!content && !c->has_ack)
        lab_add_role(c, LAB_ROLE_DATA); /* RFC 9293 3.10.7.4: without ACK it is dropped; of the roles this one
                                           says least */
    else if (!content)
        label_pure_ack(c);
    else if (content && is_window_probe(c))
        lab_add_role(c, LAB_ROLE_WINDOW_PROBE);
    else if (content && !fill_gaps(c) && (c->repeated || only_fin_is_new(c)))
        label_repeated(c);
    if (c->has_ack && c->seg->window == 0 && !c->syn) {
        lab_add_role(c, LAB_ROLE_ZERO_WINDOW);
        lab_add_anomaly(c, LAB_ANOMALY_ZERO_WINDOW);
    }
}

/* How many acknowledged gaps were forgotten for it. */
static unsigned add_gap(const lab_context_t *c, lab_end_t *end, lab_gap_t gap)
{
    return lab_gaps_add(&end->gaps, c->engine->arena, gap);
}

/* The other side acknowledged bytes that were not captured, or not yet: they are missing here, not on the
 * wire. */
static void close_missed_gaps(lab_context_t *c)
{
    lab_end_t *receiver = c->receiver;
    for (unsigned i = 0; i < receiver->gaps.count; i++) {
        lab_gap_t *gap = &receiver->gaps.list[i];
        if (gap->acked || gap->to > c->ack)
            continue;
        gap->acked = true;
        gap->since = c->seg->time;
        c->conn->unseen++;
        lab_add_anomaly(c, LAB_ANOMALY_ACKED_UNSEEN);
    }
    if (c->ack <= receiver->next)
        return;
    receiver->next_sent = receiver->next;
    if (receiver->last.frame) {
        c->conn->unseen += 1 - add_gap(c, receiver, (lab_gap_t){receiver->next, c->ack, c->seg->time, true});
        lab_add_anomaly(c, LAB_ANOMALY_ACKED_UNSEEN);
    }
    receiver->next = c->ack;
}

void lab_sequence_advance(lab_context_t *c)
{
    lab_end_t *sender = c->sender;
    if (c->dropped)
        return;
    int64_t first = c->offset + (c->syn ? 1 : 0), last = c->end - (c->fin ? 1 : 0); /* of its payload */
    if (c->new_bytes) {
        if (c->receiver->ack >= c->offset) {
            sender->flight_offset = c->offset;
            sender->flight_since = c->conn->data_time;
        }
        c->conn->data_time = c->seg->time;
        sender->bytes += (uint64_t)(last - MAX(first, sender->next < c->end ? sender->next : first));
    }
    if (c->offset > sender->next && sender->last.frame)
        c->conn->unseen -= add_gap(c, sender, (lab_gap_t){sender->next, c->offset, c->seg->time, false});
    if (c->end > sender->next) {
        sender->next_ip_id = c->seg->ip_id;
    }
    sender->next = MAX(sender->next, c->end);
    if (c->advances && !(c->syn && c->ack != 1)) {
        close_missed_gaps(c);
        sender->ack = c->ack;
    }
    if (c->has_ack && c->ack < sender->ack - (int64_t)sender->window_max && sender->window_max)
        lab_challenge_expect(c); /* RFC 5961 5.2 */
    sender->window = lab_scaled_window(c);
    sender->window_max = MAX(sender->window_max, sender->window);
    sender->unanswered_before = 0;
    c->receiver->unanswered_before =
        c->advances ? 0 : MAX(c->receiver->unanswered, c->receiver->unanswered_before);
    c->receiver->unanswered = 0;
}

bool lab_all_acknowledged(const lab_conn_t *conn, unsigned end)
{
    const lab_end_t *e = &conn->end[end];
    int64_t last = e->fin ? e->fin_offset : e->next;
    return conn->end[!end].ack >= last || last <= 1;
}
