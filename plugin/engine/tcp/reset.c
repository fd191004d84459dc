/* reset.c - what is seen of a RST; see reset.h. */
#include "reset.h"

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

/* RFC 9293 3.5.1 figure 9: in SYN-SENT an ACK of an older connection came. The RST clears that one at the
 * other side; the attempt goes on. */
static bool clears_older_connection(const lab_context_t *c)
{
    const lab_end_t *sender = c->sender, *receiver = c->receiver;
    bool opened = c->conn->open != LAB_OPEN_NONE && c->conn->open != LAB_OPEN_INCOMPLETE;
    return !opened && sender->syn && !receiver->syn && !sender->reset_frame &&
           (receiver->last.flags & (LAB_TH_SYN | LAB_TH_ACK)) == LAB_TH_ACK &&
           c->offset == receiver->last.ack;
}

/* RFC 9293 3.10.7.4: a receiver obeys a RST only inside its window (and RFC 5961: at its very edge). */
static bool acceptable(const lab_context_t *c)
{
    const lab_end_t *sender = c->sender, *receiver = c->receiver;
    if (c->conn->open == LAB_OPEN_NONE || sender->last.frame == 0 || receiver->ack < 0)
        return true;
    return c->offset >= receiver->ack &&
           c->offset <= MAX(sender->next, receiver->ack + (int64_t)receiver->window);
}

static void end_attempt(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    if (conn->open != LAB_OPEN_NONE)
        return;
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
    lab_reset_t *reset = g_new0(lab_reset_t, 1);
    reset->frame = c->seg->frame;
    reset->time = c->seg->time;
    reset->by = (uint8_t)c->from;
    reset->form = (uint8_t)form_of(c, answers);
    reset->answers = answers ? answers->frame : 0;
    reset->repeat_of = sender->reset_frame;
    reset->clears_older = clears_older_connection(c);
    reset->other_ttl = !lab_sent_ttl_known(sender, c->seg->ttl);
    reset->exact = sender->last.frame == 0 || c->offset == sender->next || c->offset == c->receiver->ack;
    if (!c->conn->resets)
        c->conn->resets = g_ptr_array_new_with_free_func(g_free);
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
    if (!sender->reset_frame && !reset->clears_older)
        sender->reset_frame = c->seg->frame;
    sender->last_reset_frame = c->seg->frame;
    if (!acceptable(c) || reset->clears_older)
        return;
    end_attempt(c);
    lab_closing_reset(c);
}

static bool pure_ack(const lab_context_t *c)
{
    return !c->data && !c->fin && !c->syn && c->has_ack;
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
    return pure_ack(c) && !c->advances && reset->by == c->to && c->receiver->last.frame == reset->frame &&
           c->ack < c->receiver->last.offset;
}

static bool sender_goes_on(const lab_context_t *c, const lab_reset_t *reset)
{
    return reset->by == c->from && c->new_bytes && !c->sender->fin;
}

lab_reset_proof_t lab_reset_proof(lab_context_t *c, const lab_reset_t *reset)
{
    if (reset->exact && asks_for_missing(c, reset))
        name_challenge_ack(c, reset);
    if (reset->by == c->from && !sender_goes_on(c, reset))
        return LAB_RESET_STANDS;
    if (reset->by == c->from)
        return reset->exact ? LAB_RESET_SENDER_GOES_ON : LAB_RESET_NOT_ACCEPTED;
    if (reset->exact)
        return LAB_RESET_STANDS;
    if (pure_ack(c) && !c->advances && c->sender->last.frame < reset->frame) {
        name_challenge_ack(c, reset);
        return LAB_RESET_NOT_ACCEPTED;
    }
    return c->advances || c->new_bytes ? LAB_RESET_NOT_ACCEPTED : LAB_RESET_STANDS;
}

void lab_reset_restore_sender(lab_context_t *c, const lab_reset_t *reset)
{
    lab_annotation_t *annotation = lab_annotation_of(c->engine, reset->frame, c->conn->number);
    if (annotation && annotation->state[c->from] == LAB_STATE_CLOSED && sender_goes_on(c, reset))
        lab_state_restore(c->conn, annotation, c->from);
}

void lab_reset_undo(lab_context_t *c, lab_reset_t *reset, bool receiver_too)
{
    lab_conn_t *conn = c->conn;
    reset->ignored = true;
    conn->end[reset->by].reset_frame = 0;
    lab_closing_reopen(c);
    if (!receiver_too)
        return;
    lab_annotation_t *annotation = lab_annotation_of(c->engine, reset->frame, conn->number);
    lab_state_restore(conn, annotation, reset->by ^ 1u);
    lab_reset_restore_sender(c, reset);
}
