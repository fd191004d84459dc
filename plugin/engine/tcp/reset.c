/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reset.c - what is seen of a RST; see reset.h. */
#include "reset.h"

#include "acceptable.h"
#include "tcp.h"

/* The capture began with a keep-alive probe, whose number is one below the next. */
static bool next_after_probe(const lab_context_t *c)
{
    const lab_end_t *sender = c->sender;
    return c->conn->midstream && sender->bytes == 0 && !sender->fin && c->offset == sender->next + 1;
}

/* RFC 9293 3.10.7.1, 3.10.5: an answer to a segment with ACK flag has none itself; an abort may come with or
 * without. So a RST with ACK flag answers a segment without or nothing; one without is an abort if nothing is
 * left that it could answer. */
static lab_rst_form_t form_of(const lab_context_t *c, const lab_sent_t *answers)
{
    if (answers)
        return c->has_ack ? LAB_RST_REFUSAL : LAB_RST_REPLY;
    bool next = c->offset == c->sender->next || (c->has_ack && next_after_probe(c));
    return next ? LAB_RST_ACTIVE : LAB_RST_OTHER;
}

/* RFC 9293 3.10.7.3 first, 3.10.7.4 fifth: in SYN-SENT and SYN-RECEIVED an ACK of what was never sent is
 * answered with a RST of its number, and the attempt goes on. */
static bool answers_bad_ack(const lab_context_t *c)
{
    const lab_end_t *sender = c->sender, *receiver = c->receiver;
    bool attempt = sender->state == LAB_STATE_SYN_SENT || sender->state == LAB_STATE_SYN_RECEIVED;
    return attempt && !c->has_ack && sender->syn_frame && !sender->reset_frame && receiver->last.bad_ack &&
           c->offset == receiver->last.ack;
}

/* The other side's newest segment challenged a SYN of the RST's own sender, which asked for a new connection:
 * with a number of its own, not that of this connection. */
static bool answers_challenge(const lab_context_t *c)
{
    const lab_last_t *last = &c->receiver->last;
    const lab_annotation_t *challenge = lab_annotation_of(c->engine, last->frame, c->conn->number);
    if (c->has_ack || c->offset != last->ack || !challenge ||
        !(challenge->roles & LAB_ROLE_BIT(LAB_ROLE_CHALLENGE_ACK)))
        return false;
    const lab_annotation_t *syn = lab_annotation_of(c->engine, challenge->related, c->conn->number);
    return syn && (syn->flags & (LAB_TH_SYN | LAB_TH_ACK)) == LAB_TH_SYN && syn->sender == c->from &&
           syn->seq != c->sender->isn;
}

/* RFC 9293 3.5.1 figure 9: a SYN met a connection that only the other side still knew, and that side's ACK is
 * answered. The RST clears the older connection. */
static bool clears_older_connection(const lab_context_t *c)
{
    bool in_attempt = answers_bad_ack(c) && !c->receiver->syn &&
                      (c->receiver->last.flags & (LAB_TH_SYN | LAB_TH_ACK)) == LAB_TH_ACK;
    return in_attempt || answers_challenge(c);
}

static void end_attempt(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    if (conn->open != LAB_OPEN_NONE)
        return;
    if (conn->previous) /* who refuses the SYN has no connection on these ports */
        lab_challenge_let_go(conn);
    if (!c->sender->syn && c->receiver->syn)
        conn->open = LAB_OPEN_REFUSED;
    else if (c->sender->syn && c->receiver->syn_ack)
        conn->open = LAB_OPEN_ABANDONED;
    else
        conn->open = LAB_OPEN_INCOMPLETE;
    conn->open_end_frame = c->seg->frame;
    conn->open_time = c->seg->time - lab_conn_open_began(conn);
    c->annotation->marks |= LAB_MARK_OPEN_END;
}

static lab_reset_t *reset_new(lab_context_t *c, const lab_sent_t *answers)
{
    const lab_end_t *sender = c->sender;
    lab_reset_t *reset = lab_arena_zeroed(c->engine->arena, sizeof *reset); /* details keep it */
    reset->frame = c->seg->frame;
    reset->time = c->seg->time;
    reset->by = (uint8_t)c->from;
    reset->form = (uint8_t)form_of(c, answers);
    reset->answers = answers ? answers->frame : 0;
    reset->repeat_of = sender->reset_frame;
    lab_rst_effect_t effect = lab_rst_effect(c);
    reset->exact = effect == LAB_RST_OBEYED;
    reset->keeps_socket = answers_bad_ack(c);
    reset->obeyed = !reset->keeps_socket && (effect == LAB_RST_OBEYED || effect == LAB_RST_UNCERTAIN);
    reset->clears_older = clears_older_connection(c);
    reset->ttl = c->seg->ttl;
    reset->offset = c->offset;
    reset->other_ttl = !lab_sent_ttl_known(sender, c->seg->ttl);
    for (unsigned i = 0; i < 2; i++)
        reset->before[i] = c->conn->end[i].alive;
    if (c->has_ack && !reset->other_ttl && c->sender->isn_known)
        c->sender->abort_next = MAX(c->sender->abort_next, c->offset);
    if (!c->conn->resets)
        c->conn->resets = g_ptr_array_new();
    g_ptr_array_add(c->conn->resets, reset);
    lab_detail_new(c->engine, c->annotation)->reset = reset;
    return reset;
}

lab_reset_t *lab_reset_seen(lab_context_t *c, lab_answered_t *answered)
{
    bool in_attempt = c->conn->open == LAB_OPEN_NONE && (c->sender->syn || c->receiver->syn);
    lab_add_role(c, LAB_ROLE_RST);
    lab_add_anomaly(c, LAB_ANOMALY_RESET);
    if (c->syn)
        lab_add_anomaly(c, LAB_ANOMALY_SYN_RST);
    c->annotation->phase = in_attempt ? LAB_PHASE_OPEN : LAB_PHASE_ABORT;
    lab_keepalive_reset(c);
    *answered = lab_sent_answered(c);
    return reset_new(c, answered->sent);
}

void lab_reset_obey(lab_context_t *c, lab_reset_t *reset)
{
    lab_end_t *sender = c->sender;
    if (!sender->reset_frame && !reset->keeps_socket) {
        sender->reset_frame = c->seg->frame;
        sender->disowns_resets = false;
    }
    sender->last_reset_frame = c->seg->frame;
    if (reset->keeps_socket)
        lab_sequence_untake(c->conn, c->to);
    if (reset->keeps_socket && c->receiver->instead)
        c->receiver->instead = LAB_STATE_CLOSED;
    if (!reset->obeyed)
        return;
    reset->ended = !c->conn->ended;
    c->conn->doubt_count = c->conn->reset_obeyed ? c->conn->doubt_count : 0;
    c->conn->reset_obeyed = true;
    end_attempt(c);
    lab_closing_reset(c);
}

static void name_challenge_ack(lab_context_t *c, const lab_reset_t *reset)
{
    c->annotation->roles &=
        ~(LAB_ROLE_BIT(LAB_ROLE_DUP_ACK) | LAB_ROLE_BIT(LAB_ROLE_ACK) | LAB_ROLE_BIT(LAB_ROLE_WINDOW_UPDATE));
    lab_add_role(c, LAB_ROLE_CHALLENGE_ACK);
    c->annotation->phase = LAB_PHASE_IDLE;
    c->annotation->related = reset->frame;
    lab_add_anomaly(c, LAB_ANOMALY_CHALLENGE_ACK);
}

/* Data before the RST was lost: its receiver finds it ahead of what it expects and asks, RFC 5961 3.2. The
 * sender has meant it all the same, and says so once more. */
static bool asks_for_missing(const lab_context_t *c, const lab_reset_t *reset)
{
    return lab_is_pure_ack(c) && !c->advances && reset->by == c->to &&
           c->receiver->last.frame == reset->frame && c->ack < c->receiver->last.offset;
}

/* A RST in the handshake, and nobody has tried again since. */
static bool in_attempt(const lab_context_t *c, const lab_reset_t *reset)
{
    uint8_t before = reset->before[!reset->by];
    bool attempt = before == LAB_STATE_SYN_SENT || before == LAB_STATE_SYN_RECEIVED ||
                   reset->before[reset->by] == LAB_STATE_SYN_SENT ||
                   reset->before[reset->by] == LAB_STATE_SYN_RECEIVED;
    return attempt && c->conn->end[0].syn_last_frame < reset->frame &&
           c->conn->end[1].syn_last_frame < reset->frame;
}

/* The next step of the handshake from the side that seemed to have reset. With the TTL of the RST it may be
 * one that was late, and what answers it decides; with another TTL it is another's. */
static bool handshake_goes_on(const lab_context_t *c, const lab_reset_t *reset)
{
    if (reset->exact && reset->ttl == c->seg->ttl)
        return false;
    return c->syn ||
           (c->sender->syn && c->ack >= 1 && c->ack <= c->receiver->next && c->offset == c->sender->next);
}

/* New data, a FIN or the handshake from the side that seemed to have reset. What lies below the number of its
 * RST it had sent before, and it was overtaken. */
static bool sender_goes_on(const lab_context_t *c, const lab_reset_t *reset)
{
    if (reset->by != c->from || !(c->has_ack || c->syn))
        return false;
    if (in_attempt(c, reset))
        return handshake_goes_on(c, reset);
    return !c->sender->fin && !c->syn && (c->new_bytes || c->fin) &&
           c->end > MAX(reset->offset, c->sender->abort_next);
}

/* The side that got the RST took what came after it: an ACK beyond its number, or the handshake's last ACK
 * after a refusal. */
static bool receiver_took_more(const lab_context_t *c, const lab_reset_t *reset)
{
    if (reset->by == c->from || !c->has_ack)
        return false;
    if (c->conn->open == LAB_OPEN_REFUSED)
        return c->receiver->syn_ack && c->ack == 1 && in_attempt(c, reset);
    const lab_last_t *last = &c->receiver->last;
    return reset->exact && last->new_bytes && last->frame > reset->frame && c->ack > reset->offset;
}

/* The side that got the RST goes on. */
static bool receiver_goes_on(const lab_context_t *c, const lab_reset_t *reset)
{
    return reset->by != c->from && (c->advances || c->new_bytes || (c->fin && !c->sender->fin) || c->syn);
}

/* What came before the RST is not in the capture, but its receiver acknowledges up to it, perhaps before it
 * had the RST: that is RCV.NXT. Of a RST in the handshake other rules tell. */
static bool number_was_exact(const lab_context_t *c, const lab_reset_t *reset)
{
    return reset->by != c->from && reset->obeyed && c->has_ack && !c->syn && reset->offset > 1 &&
           c->ack == reset->offset;
}

lab_reset_proof_t lab_reset_proof(lab_context_t *c, lab_reset_t *reset)
{
    reset->exact |= number_was_exact(c, reset);
    if (reset->exact && asks_for_missing(c, reset))
        name_challenge_ack(c, reset);
    if (sender_goes_on(c, reset) || receiver_took_more(c, reset))
        return reset->exact ? LAB_RESET_SENDER_GOES_ON : LAB_RESET_NOT_ACCEPTED;
    if (reset->by == c->from || reset->exact)
        return LAB_RESET_STANDS;
    if (lab_is_pure_ack(c) && !c->advances && c->sender->last.frame < reset->frame) {
        name_challenge_ack(c, reset);
        return LAB_RESET_NOT_ACCEPTED;
    }
    return receiver_goes_on(c, reset) ? LAB_RESET_NOT_ACCEPTED : LAB_RESET_STANDS;
}

static void restore(lab_context_t *c, const lab_reset_t *reset, unsigned end)
{
    lab_annotation_t *annotation = lab_annotation_of(c->engine, reset->frame, c->conn->number);
    if (annotation)
        annotation->state[end] = reset->before[end];
}

void lab_reset_restore_state(lab_context_t *c, const lab_reset_t *reset)
{
    if (sender_goes_on(c, reset) || receiver_goes_on(c, reset))
        restore(c, reset, c->from);
}

/* The attempt that the RST seemed to end goes on. */
static void reopen_attempt(lab_context_t *c, const lab_reset_t *reset)
{
    lab_conn_t *conn = c->conn;
    lab_annotation_t *annotation = lab_annotation_of(c->engine, reset->frame, conn->number);
    const lab_detail_t *detail = annotation ? lab_engine_detail(c->engine, annotation) : NULL;
    if (annotation && !(detail && detail->attempt)) /* else it ended one that another one followed */
        annotation->marks &= (uint8_t)~LAB_MARK_OPEN_END;
    if (conn->open_end_frame != reset->frame)
        return;
    conn->open = LAB_OPEN_NONE;
    conn->open_end_frame = 0;
    conn->open_time = -1;
}

/* The frames since the RST are none of a connection that had ended. */
static void take_doubt_back(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    for (unsigned i = 0; i < conn->doubt_count; i++) {
        uint32_t frame = conn->doubt[i].frame;
        lab_annotation_t *annotation = lab_annotation_of(c->engine, frame, conn->number);
        if (!annotation)
            continue;
        for (unsigned end = 0; end < 2; end++)
            annotation->state[end] = conn->doubt[i].state[end];
        if (!(annotation->roles & LAB_ROLE_BIT(LAB_ROLE_LATE)))
            continue;
        annotation->roles &= ~LAB_ROLE_BIT(LAB_ROLE_LATE);
        annotation->phase = conn->doubt[i].phase;
        lab_anomaly_remove(c->engine, frame, conn->number, LAB_ANOMALY_LATE);
    }
    conn->doubt_count = 0;
}

void lab_reset_undo(lab_context_t *c, lab_reset_t *reset, bool receiver_too)
{
    lab_conn_t *conn = c->conn;
    reset->ignored = true;
    conn->end[reset->by].reset_frame = 0;
    if (reset->obeyed && conn->reset_obeyed) {
        conn->reset_obeyed = false;
        take_doubt_back(c);
    }
    if (reset->ended) {
        reopen_attempt(c, reset);
        lab_closing_reopen(c);
    }
    if (receiver_too || c->from != reset->by)
        restore(c, reset, reset->by ^ 1u);
    /* of an exact one the proof is that its seeming sender goes on, be it by what the receiver took of it */
    conn->end[reset->by].disowns_resets |= c->from == reset->by || reset->exact;
    if (conn->end[reset->by].disowns_resets) /* the whole row is another's */
        restore(c, reset, reset->by);
}
