/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rst_verdict.c - why a RST came and what it cost: the cause from the table, the impact, and what later
 * segments show of it. */
#include "rst_verdict.h"

#include "exchange.h"

void lab_rst_evidence(lab_reset_t *reset, uint32_t frame)
{
    if (!frame || reset->evidence_count == LAB_EVIDENCE_MAX)
        return;
    for (unsigned i = 0; i < reset->evidence_count; i++)
        if (reset->evidence[i] == frame)
            return;
    reset->evidence[reset->evidence_count++] = frame;
}

/* Payload bytes that `end` sent and the other side had not acknowledged. */
static uint64_t unacknowledged(const lab_conn_t *conn, unsigned end)
{
    const lab_end_t *e = &conn->end[end];
    int64_t sent = e->fin ? e->fin_offset : e->next;
    int64_t got = MAX(conn->end[!end].ack, 1);
    return sent > got && conn->end[!end].last.frame ? (uint64_t)(sent - got) : 0;
}

/* RFC 9293 3.10.5: an abort says with its ACK how much has arrived; whether a program read the last of it is
 * another question. */
static uint64_t arrived_with(const lab_rst_view_t *v, uint64_t lost)
{
    int64_t sent = v->receiver->fin ? v->receiver->fin_offset : v->receiver->next;
    int64_t got = MIN(v->c->ack, sent) - MAX(v->sender->ack, 1);
    return v->form == LAB_RST_ACTIVE && v->c->has_ack && got > 0 ? MIN((uint64_t)got, lost) : 0;
}

static void assess_impact(lab_rst_view_t *v, const lab_rst_cause_t *cause)
{
    lab_reset_t *r = v->reset;
    const lab_exchange_t *x = v->x;
    uint64_t lost = unacknowledged(v->conn, 0) + unacknowledged(v->conn, 1);
    uint64_t arrived = arrived_with(v, unacknowledged(v->conn, v->c->to));
    lost -= arrived;
    bool cut = x && x->response_first && !x->response_complete;
    r->response_cut = cut;
    bool nothing_sent = v->conn->end[0].bytes + v->conn->end[1].bytes == 0;
    r->maybe_unread = arrived || (v->form == LAB_RST_ACTIVE && !v->sender->fin && !v->receiver->fin &&
                                  !nothing_sent && !(x && x->response_complete));
    if (cause->impact != LAB_IMPACT_NONE) {
        r->impact = (uint8_t)cause->impact;
    } else if (cut || lost) {
        r->impact = LAB_BYTES_LOST;
        r->bytes_lost =
            cut && x->promised >= 0 ? (uint64_t)x->promised - MIN(x->received, (uint64_t)x->promised) : lost;
        r->bytes_lost = MAX(r->bytes_lost, lost);
    } else if (r->maybe_unread) {
        r->impact = LAB_IMPACT_UNKNOWN; /* acknowledged by TCP, but did the program read it? */
    } else {
        r->impact = LAB_NOTHING_LOST;
    }
}

static void name_cause(lab_rst_view_t *v)
{
    size_t i = 1;
    while (!lab_rst_causes[i].rule || !lab_rst_causes[i].rule(v))
        i++; /* the last row always holds */
    v->reset->cause = (uint8_t)i;
    v->reset->confidence = (uint8_t)lab_rst_causes[i].confidence;
    assess_impact(v, &lab_rst_causes[i]);
}

/* What the first RST cost is told there; a further one costs what it answers. */
static void name_repeat(const lab_context_t *c, lab_reset_t *reset)
{
    bool answers_data = c->receiver->last.new_bytes && c->receiver->last.frame > c->sender->last_reset_frame;
    reset->cause = lab_rst_cause_of(LAB_RST_REPEAT);
    reset->confidence = LAB_CERTAIN;
    reset->impact = answers_data ? LAB_BYTES_LOST : LAB_NOTHING_LOST;
    reset->bytes_lost = answers_data ? c->receiver->last.length : 0;
    lab_rst_evidence(reset, c->sender->reset_frame);
    if (c->receiver->last.frame > c->sender->reset_frame)
        lab_rst_evidence(reset, c->receiver->last.frame);
}

/* An acknowledgment that was under way when the RST passed shows that bytes counted as lost had arrived. */
static void take_back_loss(const lab_context_t *c, lab_reset_t *reset)
{
    if (reset->impact != LAB_BYTES_LOST || reset->response_cut || reset->by != c->to || !c->advances)
        return;
    int64_t sent = c->receiver->fin ? c->receiver->fin_offset : c->receiver->next;
    int64_t arrived = MIN(c->ack, sent) - MAX(c->sender->ack, 1);
    if (arrived > 0)
        reset->bytes_lost -= MIN(reset->bytes_lost, (uint64_t)arrived);
    if (!reset->bytes_lost)
        reset->impact = (uint8_t)(reset->maybe_unread ? LAB_IMPACT_UNKNOWN : LAB_NOTHING_LOST);
}

void lab_rst_judge(lab_context_t *c, lab_reset_t *reset)
{
    const lab_conn_t *conn = c->conn;
    if (reset->repeat_of) {
        name_repeat(c, reset);
    } else {
        lab_rst_view_t v = {.c = c,
                            .conn = conn,
                            .sender = c->sender,
                            .receiver = c->receiver,
                            .by_server = c->from != conn->client,
                            .opened = conn->open != LAB_OPEN_NONE && conn->open != LAB_OPEN_INCOMPLETE,
                            .form = (lab_rst_form_t)reset->form,
                            .x = lab_exchange_current(conn),
                            .reset = reset};
        name_cause(&v);
    }
    c->annotation->related = reset->evidence_count ? reset->evidence[0] : 0;
}

/* The RST was not what it seemed: frame of `c` shows it. */
static void take_back(lab_context_t *c, lab_reset_t *reset, lab_reset_proof_t proof)
{
    bool forged = proof == LAB_RESET_SENDER_GOES_ON;
    reset->cause = lab_rst_cause_of(forged ? LAB_RST_SENDER_GOES_ON : LAB_RST_NOT_ACCEPTED);
    reset->confidence = !forged ? LAB_CERTAIN : reset->other_ttl ? LAB_LIKELY : LAB_POSSIBLE;
    reset->impact = forged ? LAB_IMPACT_UNKNOWN : LAB_NOTHING_LOST;
    reset->bytes_lost = 0;
    reset->evidence_count = 0;
    lab_rst_evidence(reset, c->seg->frame);
    lab_reset_undo(c, reset, !forged); /* who gets a forged one has to obey it */
}

/* What the segment shows of one RST. A RST that was answered in an attempt, whose sender goes on, needs no
 * proof. */
static void look_back_at(lab_context_t *c, lab_reset_t *reset)
{
    bool repeats = reset->repeat_of && c->conn->end[reset->by].reset_frame; /* the first one stands */
    if (reset->ignored)
        lab_reset_restore_state(c, reset);
    if (reset->ignored || reset->keeps_socket || repeats)
        return;
    take_back_loss(c, reset);
    lab_reset_proof_t proof = lab_reset_proof(c, reset);
    if (proof != LAB_RESET_STANDS)
        take_back(c, reset, proof);
}

/* So many of the newest RSTs are looked back at: several come at once, and each may be disproved. */
#define LOOK_BACK 4

void lab_rst_aftermath(lab_context_t *c)
{
    const GPtrArray *resets = c->conn->resets;
    guint count = resets ? resets->len : 0;
    for (guint i = count > LOOK_BACK ? count - LOOK_BACK : 0; i < count; i++)
        look_back_at(c, g_ptr_array_index(resets, i));
}
