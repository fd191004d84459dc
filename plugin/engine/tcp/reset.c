/* reset.c - what a RST is: its form, its cause from the table, what it cost, and whether it was obeyed. */
#include "closing.h"
#include "rst_verdict.h"

void lab_rst_evidence(lab_reset_t *reset, uint32_t frame)
{
    if (!frame || reset->evidence_count == LAB_EVIDENCE_MAX)
        return;
    for (unsigned i = 0; i < reset->evidence_count; i++)
        if (reset->evidence[i] == frame)
            return;
    reset->evidence[reset->evidence_count++] = frame;
}

static lab_rst_form_t form_of(const lab_ctx_t *c)
{
    const lab_end_t *sender = c->sender, *receiver = c->receiver;
    if (c->has_ack && !sender->syn && (sender->last.frame == 0 || c->conn->open == LAB_OPEN_NONE))
        return c->seg->seq == 0 && c->ack == receiver->next ? LAB_RST_REFUSAL : LAB_RST_OTHER;
    if (c->has_ack)
        return c->offset == sender->next ? LAB_RST_ACTIVE : LAB_RST_OTHER;
    return c->offset == receiver->ack || c->offset == receiver->last.ack ? LAB_RST_REPLY : LAB_RST_OTHER;
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
    while (!lab_rst_causes[i].rule(v))
        i++; /* the last row always holds */
    v->reset->cause = (uint8_t)i;
    v->reset->confidence = (uint8_t)lab_rst_causes[i].confidence;
    assess_impact(v, &lab_rst_causes[i]);
}

/* What the first RST cost is told there; a further one costs what it answers. */
static void name_repeat(const lab_ctx_t *c, lab_reset_t *reset)
{
    bool answers_data = c->receiver->last.new_bytes && c->receiver->last.frame > c->sender->last_reset_frame;
    reset->cause = LAB_RST_REPEAT;
    reset->confidence = LAB_CERTAIN;
    reset->repeat_of = c->sender->reset_frame;
    reset->impact = answers_data ? LAB_BYTES_LOST : LAB_NOTHING_LOST;
    reset->bytes_lost = answers_data ? c->receiver->last.length : 0;
    lab_rst_evidence(reset, c->sender->reset_frame);
    if (c->receiver->last.frame > c->sender->reset_frame)
        lab_rst_evidence(reset, c->receiver->last.frame);
}

/* RFC 9293 3.10.7.4: a receiver obeys a RST only inside its window (and RFC 5961: at its very edge). */
static bool acceptable(const lab_ctx_t *c)
{
    const lab_end_t *sender = c->sender, *receiver = c->receiver;
    if (c->conn->open == LAB_OPEN_NONE || sender->last.frame == 0 || receiver->ack < 0)
        return true;
    return c->offset >= receiver->ack &&
           c->offset <= MAX(sender->next, receiver->ack + (int64_t)receiver->window);
}

static void end_attempt(lab_ctx_t *c)
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

static lab_reset_t *reset_new(lab_ctx_t *c)
{
    lab_reset_t *reset = g_new0(lab_reset_t, 1);
    reset->frame = c->seg->frame;
    reset->time = c->seg->time;
    reset->by = (uint8_t)c->from;
    reset->other_ttl = c->sender->last.frame && c->sender->last.ttl != c->seg->ttl;
    reset->exact =
        c->sender->last.frame == 0 || c->offset == c->sender->next || c->offset == c->receiver->ack;
    if (!c->conn->resets)
        c->conn->resets = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(c->conn->resets, reset);
    lab_detail_of(c->engine, c->seg->frame, c->conn->number)->reset = reset;
    return reset;
}

/* RFC 9293 3.5.1 figure 9: it clears an older connection at the other side; the attempt goes on. */
static bool clears_older_connection(const lab_reset_t *reset)
{
    return g_str_equal(lab_rst_causes[reset->cause].token, "port-reuse");
}

void lab_reset_seen(lab_ctx_t *c)
{
    lab_conn_t *conn = c->conn;
    bool in_attempt = conn->open == LAB_OPEN_NONE && (c->sender->syn || c->receiver->syn);
    lab_add_role(c, LAB_ROLE_RST);
    lab_add_anomaly(c, LAB_ANOMALY_RESET);
    if (c->syn)
        lab_add_anomaly(c, LAB_ANOMALY_SYN_RST);
    lab_keepalive_reset(c);
    lab_reset_t *reset = reset_new(c);
    if (c->sender->reset_frame) {
        name_repeat(c, reset);
    } else {
        lab_rst_view_t v = {.c = c,
                            .conn = conn,
                            .sender = c->sender,
                            .receiver = c->receiver,
                            .reset = reset,
                            .form = form_of(c)};
        v.by_server = c->from != conn->client;
        v.opened = conn->open != LAB_OPEN_NONE && conn->open != LAB_OPEN_INCOMPLETE;
        v.x = lab_exchange_current(conn);
        name_cause(&v);
        c->sender->reset_frame = c->seg->frame;
    }
    if (clears_older_connection(reset))
        c->sender->reset_frame = 0;
    c->sender->last_reset_frame = c->seg->frame;
    c->annotation->related = reset->evidence_count ? reset->evidence[0] : 0;
    if (acceptable(c) && !clears_older_connection(reset)) {
        end_attempt(c);
        lab_closing_reset(c);
    }
    c->annotation->phase = in_attempt ? LAB_PHASE_OPEN : LAB_PHASE_ABORT;
}

static void name_challenge_ack(lab_ctx_t *c, const lab_reset_t *reset)
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
static bool asks_for_missing(const lab_ctx_t *c, const lab_reset_t *reset)
{
    bool pure = !c->data && !c->fin && !c->syn && c->has_ack;
    return pure && !c->advances && reset->by == c->to && c->receiver->last.frame == reset->frame &&
           c->ack < c->receiver->last.offset;
}

static bool sender_goes_on(const lab_ctx_t *c, const lab_reset_t *reset)
{
    return reset->by == c->from && c->new_bytes && !c->sender->fin;
}

/* Does the segment after a RST show that its receiver did not obey? RFC 5961 3.2: a RST that is not at the
 * edge of the window is answered with a challenge ACK. Or it is the RST's own sender that goes on as if
 * nothing had been. */
static bool shows_disobedience(lab_ctx_t *c, const lab_reset_t *reset)
{
    if (reset->by == c->from)
        return sender_goes_on(c, reset);
    if (reset->exact)
        return false;
    bool pure = !c->data && !c->fin && !c->syn && c->has_ack;
    if (pure && !c->advances && c->sender->last.frame < reset->frame) {
        name_challenge_ack(c, reset);
        return true;
    }
    return c->advances || c->new_bytes;
}

/* An acknowledgment that was under way when the RST passed shows that bytes counted as lost had arrived. */
static void take_back_loss(const lab_ctx_t *c, lab_reset_t *reset)
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

/* A RST says that its sender has no connection, even if it was not obeyed; unless the sender then goes on.
 * Told once: what its state is later is not what it was at the RST. */
static void restore_sender(lab_ctx_t *c, const lab_reset_t *reset)
{
    lab_annotation_t *annotation = lab_annotation_of(c->engine, reset->frame, c->conn->number);
    if (annotation && annotation->state[c->from] == LAB_STATE_CLOSED && sender_goes_on(c, reset))
        lab_state_restore(c->conn, annotation, c->from);
}

void lab_reset_aftermath(lab_ctx_t *c)
{
    lab_conn_t *conn = c->conn;
    if (!conn->resets || conn->open == LAB_OPEN_REFUSED || conn->open == LAB_OPEN_ABANDONED)
        return;
    lab_reset_t *last = g_ptr_array_index(conn->resets, conn->resets->len - 1);
    if (last->cause == LAB_RST_NOT_ACCEPTED)
        restore_sender(c, last);
    if (last->ignored || last->cause == LAB_RST_REPEAT || clears_older_connection(last))
        return;
    take_back_loss(c, last);
    if (last->exact && asks_for_missing(c, last))
        name_challenge_ack(c, last);
    if (!shows_disobedience(c, last))
        return;
    bool own_sender = last->by == c->from && last->exact;
    last->cause = own_sender ? LAB_RST_FORGED : LAB_RST_NOT_ACCEPTED;
    last->confidence = !own_sender ? LAB_CERTAIN : last->other_ttl ? LAB_LIKELY : LAB_POSSIBLE;
    last->impact = own_sender ? LAB_IMPACT_UNKNOWN : LAB_NOTHING_LOST;
    last->bytes_lost = 0;
    last->ignored = true;
    last->evidence_count = 0;
    lab_rst_evidence(last, c->seg->frame);
    conn->end[last->by].reset_frame = 0;
    lab_closing_reopen(c);
    if (own_sender) /* who gets a forged one has to obey it */
        return;
    lab_annotation_t *annotation = lab_annotation_of(c->engine, last->frame, conn->number);
    lab_state_restore(conn, annotation, last->by ^ 1u);
    restore_sender(c, last);
}
