/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rst_verdict.c - why a RST came and what it cost: the cause from the table, the impact, and what later
 * segments show of it. */
#include "rst_verdict.h"

#include "decrypted.h"
#include "exchange.h"
#include "tcp.h"
#include "tls.h"

void lab_rst_evidence(lab_reset_t *reset, uint32_t frame)
{
    if (!frame || reset->evidence_count == LAB_EVIDENCE_MAX)
        return;
    for (unsigned i = 0; i < reset->evidence_count; i++)
        if (reset->evidence[i] == frame)
            return;
    reset->evidence[reset->evidence_count++] = frame;
}

/* Payload bytes that `end` sent and the other side, which must have spoken, had not acknowledged. */
static uint64_t unacknowledged(const lab_context_t *c, unsigned end)
{
    const lab_end_t *e = &c->conn->end[end], *other = &c->conn->end[!end];
    int64_t sent = e->fin ? e->fin_offset : e->next;
    int64_t got = MAX(other->ack, 1);
    return sent > got && (other == c->sender || other->last.frame) ? (uint64_t)(sent - got) : 0;
}

/* RFC 9293 3.10.5: an abort says with its ACK how much has arrived; whether a program read the last of it is
 * another question. What came after its FIN no program reads. */
static uint64_t arrived_with(const lab_rst_view_t *v, uint64_t lost)
{
    int64_t sent = v->receiver->fin ? v->receiver->fin_offset : v->receiver->next;
    int64_t got = MIN(v->c->ack, sent) - MAX(v->sender->ack, 1);
    return v->form == LAB_RST_ACTIVE && v->c->has_ack && !v->late && got > 0 ? MIN((uint64_t)got, lost) : 0;
}

/* A response that promised its length has lost what is missing of it, sent or not. What an upload still lacks
 * was not sent yet, so its bytes are not counted; complete it is not. */
static uint64_t lost_of_messages(lab_reset_t *r, const lab_exchange_t *x, uint64_t lost)
{
    bool response = x && x->response_first && !x->response_complete;
    bool request = x && x->request_first && !x->request_complete;
    r->message_cut = response || request;
    bool short_of = response && x->promised > 0 && (uint64_t)x->promised > x->received;
    return short_of ? MAX(lost, (uint64_t)x->promised - x->received) : lost;
}

/* RFC 1122 4.2.2.13: who closes with data unread resets. A bare RST after a long idle time is a stack's or a
 * middlebox's, and programs had the time to read. */
static bool may_be_unread(const lab_rst_view_t *v)
{
    const lab_conn_t *conn = v->conn;
    bool silent = conn->end[0].bytes + conn->end[1].bytes == 0;
    bool idle = !v->c->has_ack && v->c->seg->time - conn->data_time >= LAB_LONG_IDLE;
    return v->form == LAB_RST_ACTIVE && !v->sender->fin && !v->receiver->fin && !silent && !idle &&
           !(v->x && v->x->response_complete);
}

/* The one place that says what a RST cost: lab_conn_closing() reads it here. */
static void assess_impact(lab_rst_view_t *v, const lab_rst_cause_t *cause)
{
    lab_reset_t *r = v->reset;
    const lab_exchange_t *x = v->x;
    uint64_t lost = unacknowledged(v->c, 0) + unacknowledged(v->c, 1);
    uint64_t arrived = arrived_with(v, unacknowledged(v->c, v->c->to));
    lost = lost_of_messages(r, x, lost - arrived);
    r->maybe_unread = arrived || may_be_unread(v);
    if (cause->impact != LAB_IMPACT_NONE) {
        r->impact = (uint8_t)cause->impact;
    } else if (lab_conn_quality(v->conn) & LAB_QUALITY_ONE_DIRECTION) {
        r->impact = LAB_IMPACT_UNKNOWN; /* what the other side acknowledged is not in the capture */
    } else if (r->message_cut || lost) {
        r->impact = LAB_BYTES_LOST;
        r->bytes_lost = lost;
    } else if (r->maybe_unread) {
        r->impact = LAB_IMPACT_UNKNOWN; /* acknowledged by TCP, but did the program read it? */
    } else {
        r->impact = LAB_NOTHING_LOST;
    }
}

/* That its sender had closed explains whatever RST comes from it, unless both had, which the rule has shown.
 * RFC 8446 6.2: whoever sends or receives a fatal alert ends the connection at once. */
static void show_what_came_before(const lab_rst_view_t *v)
{
    if (v->sender->fin && !v->conn->ended)
        lab_rst_evidence(v->reset, v->sender->fin_frame);
    if (v->form != LAB_RST_ACTIVE)
        return;
    lab_rst_evidence(v->reset, v->sender->alert_frame);
    lab_rst_evidence(v->reset, v->receiver->alert_frame);
}

static void name_cause(lab_rst_view_t *v)
{
    size_t i = 1;
    while (!lab_rst_causes[i].rule || !lab_rst_causes[i].rule(v))
        i++; /* the last row always holds */
    v->reset->cause = (uint8_t)i;
    v->reset->confidence = (uint8_t)lab_rst_causes[i].confidence;
    show_what_came_before(v);
    assess_impact(v, &lab_rst_causes[i]);
}

/* What the first RST cost is told there; a further one costs what it answers. */
static void name_repeat(const lab_context_t *c, lab_reset_t *reset, const lab_sent_t *answers)
{
    bool data = answers && answers->new_bytes && !answers->alert && answers->frame > c->sender->reset_frame;
    reset->cause = lab_rst_cause_of(LAB_RST_REPEAT);
    reset->confidence = LAB_CERTAIN;
    reset->impact = data ? LAB_BYTES_LOST : LAB_NOTHING_LOST;
    reset->bytes_lost = data ? answers->length : 0;
    lab_rst_evidence(reset, c->sender->reset_frame);
    lab_rst_evidence(reset, reset->answers);
}

lab_reset_t *lab_rst_standing(const lab_end_t *end)
{
    lab_reset_t *first = end->reset_frame ? end->first_reset : NULL;
    bool gone = first && first->frame == end->reset_frame && (first->obeyed || first->form == LAB_RST_REPLY);
    return gone ? first : NULL;
}

/* Data that meets a closed socket is lost, though its sender did not know yet. */
static void add_loss(const lab_context_t *c)
{
    lab_reset_t *by = c->new_bytes ? lab_rst_standing(c->receiver) : NULL;
    if (!by || lab_tls_only_alert(c->seg) || (by->impact == LAB_IMPACT_UNKNOWN && !by->maybe_unread))
        return;
    by->impact = LAB_BYTES_LOST;
    by->bytes_lost += (uint64_t)(c->end - (c->fin ? 1 : 0) - MAX(c->offset, c->sender->next));
}

/* An acknowledgment that was under way when the RST passed shows that bytes counted as lost had arrived. */
static void take_back_loss(const lab_context_t *c, lab_reset_t *reset)
{
    if (reset->impact != LAB_BYTES_LOST || reset->message_cut || reset->by != c->to || !c->advances)
        return;
    int64_t sent = c->receiver->fin ? c->receiver->fin_offset : c->receiver->next;
    int64_t arrived = MIN(c->ack, sent) - MAX(c->sender->ack, 1);
    if (arrived > 0)
        reset->bytes_lost -= MIN(reset->bytes_lost, (uint64_t)arrived);
    if (!reset->bytes_lost)
        reset->impact = (uint8_t)(reset->maybe_unread ? LAB_IMPACT_UNKNOWN : LAB_NOTHING_LOST);
}

static lab_rst_view_t view_of(lab_context_t *c, lab_reset_t *reset, const lab_answered_t *answered)
{
    const lab_conn_t *conn = c->conn;
    lab_rst_view_t v = {.c = c,
                        .conn = conn,
                        .sender = c->sender,
                        .receiver = c->receiver,
                        .by_server = c->from != conn->client,
                        .opened = conn->open != LAB_OPEN_NONE && conn->open != LAB_OPEN_INCOMPLETE,
                        .form = (lab_rst_form_t)reset->form,
                        .answered = *answered,
                        .answers = answered->sent,
                        .x = lab_exchange_current(conn),
                        .reset = reset};
    if (v.sender->fin)
        v.late = lab_sent_unacknowledged(c, v.sender->fin_peer_ack, &v.late_alerts);
    return v;
}

void lab_rst_judge(lab_context_t *c, lab_reset_t *reset, const lab_answered_t *answered)
{
    if (reset->repeat_of) {
        name_repeat(c, reset, answered->sent);
    } else {
        lab_rst_view_t v = view_of(c, reset, answered);
        name_cause(&v);
        if (!reset->keeps_socket)
            c->sender->first_reset = reset;
    }
    c->annotation->related = reset->repeat_of && reset->answers ? reset->answers
                             : reset->evidence_count            ? reset->evidence[0]
                                                                : 0;
}

/* Is the alert in this segment one after which the connection ends? One that is encrypted may be. */
static bool may_be_fatal(const lab_detail_t *detail)
{
    return detail && detail->tls_steps & (1u << LAB_TLS_ALERT) && detail->tls_alert >> 8 != 1;
}

void lab_rst_remember(lab_context_t *c)
{
    lab_sent_t *sent = lab_sent_remember(c);
    if (!c->data)
        return;
    if (c->seg->decrypted_count || (c->seg->captured && c->seg->payload[0] == LAB_TLS_ALERT_RECORD))
        sent->alert = lab_tls_only_alert(c->seg);
    bool fatal = c->annotation->detail && may_be_fatal(lab_engine_detail(c->engine, c->annotation));
    c->sender->alert_frame = fatal ? c->seg->frame : 0;
}

/* What was said of HTTP persistence and of a body that was cut, when the RST seemed to end the connection. */
static void take_back_close(lab_context_t *c, const lab_reset_t *reset)
{
    lab_exchange_t *x = lab_exchange_current(c->conn);
    for (unsigned token = LAB_PERSIST_TIMEOUT_KEPT; token < LAB_KEEPALIVES; token++)
        if (lab_detail_seen(c->engine, reset->frame, c->conn->number)->keepalive & 1u << token)
            lab_keepalive_remove(c, reset->frame, (lab_keepalive_t)token);
    lab_anomaly_remove(c->engine, reset->frame, c->conn->number, LAB_ANOMALY_TRUNCATED_BODY);
    if (x)
        x->truncated = false;
}

/* The RST was not what it seemed: frame of `c` shows it. */
static void take_back(lab_context_t *c, lab_reset_t *reset, lab_reset_proof_t proof)
{
    bool forged = proof == LAB_RESET_SENDER_GOES_ON;
    reset->other_ttl |= c->from == reset->by && c->seg->ttl != reset->ttl;
    reset->cause = lab_rst_cause_of(forged ? LAB_RST_SENDER_GOES_ON : LAB_RST_NOT_ACCEPTED);
    reset->confidence = !forged ? LAB_CERTAIN : reset->other_ttl ? LAB_LIKELY : LAB_POSSIBLE;
    reset->impact = forged ? LAB_IMPACT_UNKNOWN : LAB_NOTHING_LOST;
    reset->bytes_lost = 0;
    reset->evidence_count = 0;
    lab_rst_evidence(reset, c->seg->frame);
    if (reset->ended)
        take_back_close(c, reset);
    lab_reset_undo(c, reset, !forged); /* who gets a forged one has to obey it */
}

/* Does this segment say more of the RST? One that was answered in an attempt, whose sender goes on, needs no
 * proof; nor does what ended an attempt before this one; a repeat stands as long as the first one. */
static bool open_to_proof(const lab_context_t *c, const lab_reset_t *reset)
{
    bool repeats = reset->repeat_of && c->conn->end[reset->by].reset_frame;
    bool settled = reset->frame < c->conn->again_frame;
    return !settled && !reset->ignored && !reset->keeps_socket && !repeats;
}

/* An answer to an older segment came too late: no reaction to it shows more than what arrived before it. */
static bool too_late(const lab_context_t *c, const lab_reset_t *reset)
{
    return reset->form == LAB_RST_REPLY && !reset->exact && reset->by == c->to;
}

/* `row`: frame of a first RST that this segment has disproved; its repeats go with it. */
static void look_back_at(lab_context_t *c, lab_reset_t *reset, uint32_t *row)
{
    if (reset->ignored)
        lab_reset_restore_state(c, reset);
    if (!open_to_proof(c, reset))
        return;
    take_back_loss(c, reset);
    if (too_late(c, reset))
        return;
    lab_reset_proof_t proof = lab_reset_proof(c, reset);
    if (proof == LAB_RESET_STANDS && *row && reset->repeat_of == *row)
        proof = LAB_RESET_NOT_ACCEPTED;
    if (proof == LAB_RESET_STANDS)
        return;
    if (proof == LAB_RESET_SENDER_GOES_ON)
        *row = reset->frame;
    take_back(c, reset, proof);
}

/* The message that the RST seemed to cut off is whole after all. */
static void message_is_whole(lab_context_t *c, lab_reset_t *reset)
{
    const uint32_t token = 1u << LAB_PERSIST_TRUNCATED;
    reset->message_cut = false;
    if (reset->impact == LAB_BYTES_LOST) {
        reset->bytes_lost = unacknowledged(c, 0) + unacknowledged(c, 1);
        if (!reset->bytes_lost)
            reset->impact = (uint8_t)(reset->maybe_unread ? LAB_IMPACT_UNKNOWN : LAB_NOTHING_LOST);
    }
    if (lab_detail_of(c->engine, reset->frame, c->conn->number)->keepalive & token)
        lab_keepalive_remove(c, reset->frame, LAB_PERSIST_TRUNCATED);
    lab_anomaly_remove(c->engine, reset->frame, c->conn->number, LAB_ANOMALY_TRUNCATED_BODY);
}

void lab_rst_message_arrived(lab_context_t *c)
{
    const lab_exchange_t *x = c->conn->resets ? lab_exchange_current(c->conn) : NULL;
    for (unsigned end = 0; x && end < 2; end++) {
        lab_reset_t *reset = lab_rst_standing(&c->conn->end[end]);
        if (reset && reset->message_cut && x->response_complete && x->request_complete && !x->truncated)
            message_is_whole(c, reset);
    }
}

/* So many of the newest RSTs are looked back at: several come at once, and each may be disproved. */
#define LOOK_BACK 4

void lab_rst_aftermath(lab_context_t *c)
{
    const GPtrArray *resets = c->conn->resets;
    guint count = resets ? resets->len : 0;
    uint32_t row = 0;
    for (guint i = count > LOOK_BACK ? count - LOOK_BACK : 0; i < count; i++)
        look_back_at(c, g_ptr_array_index(resets, i), &row);
    add_loss(c);
}
