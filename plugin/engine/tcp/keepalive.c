/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keepalive.c - TCP keep-alive: RFC 9293 3.8.4, RFC 1122 4.2.3.6. */
#include "tcp.h"

#define SECOND INT64_C(1000000000)
/* RFC 9293 3.8.4: the interval must default to no less than two hours. */
#define DEFAULT_IDLE (7200 * SECOND)

void lab_keepalive_add(lab_context_t *c, uint32_t frame, unsigned by, lab_keepalive_t token, uint32_t number,
                       int64_t interval)
{
    lab_conn_t *conn = c->conn;
    lab_detail_t *detail = lab_detail_of(c->engine, frame, conn->number);
    detail->keepalive |= 1u << token;
    if (number)
        detail->probe_number = number;
    if (interval)
        detail->probe_interval = interval;
    if (!conn->keepalives)
        conn->keepalives = g_array_new(FALSE, FALSE, sizeof(lab_keepalive_event_t));
    lab_keepalive_event_t e = {frame, (uint8_t)by, (uint8_t)token, number, interval};
    g_array_append_val(conn->keepalives, e);
}

void lab_keepalive_remove(lab_context_t *c, uint32_t frame, lab_keepalive_t token)
{
    GArray *events = c->conn->keepalives;
    lab_detail_of(c->engine, frame, c->conn->number)->keepalive &= ~(1u << token);
    for (guint i = events ? events->len : 0; i-- > 0;) {
        const lab_keepalive_event_t *e = &g_array_index(events, lab_keepalive_event_t, i);
        if (e->frame == frame && e->token == token)
            g_array_remove_index(events, i);
    }
}

/* seq = snd.nxt-1, no or one garbage byte, no SYN, FIN, RST - and nothing of the sender's waits for an ACK,
 * or one byte at that place would be an ordinary retransmission. With a closed window it is a window probe
 * instead. */
static bool is_probe(const lab_context_t *c)
{
    const lab_end_t *sender = c->sender, *receiver = c->receiver;
    return !c->syn && !c->fin && !c->rst && c->has_ack && c->conn->open != LAB_OPEN_NONE &&
           sender->last.frame != 0 && c->seg->length <= 1 && c->offset == sender->next - 1 &&
           (receiver->ack >= sender->next || !c->data || sender->probes > 0) &&
           !(receiver->last.frame && receiver->window == 0);
}

static bool is_answer(const lab_context_t *c)
{
    const lab_end_t *receiver = c->receiver;
    return !c->syn && !c->fin && !c->data && receiver->probe_pending && c->offset == c->sender->next &&
           c->ack == receiver->next;
}

static void mark_unanswered(lab_context_t *c, lab_end_t *prober, unsigned by)
{
    lab_keepalive_add(c, prober->probe_frame, by, LAB_KEEPALIVE_UNANSWERED, 0, 0);
    lab_anomaly_add(c->engine, prober->probe_frame, c->conn->number, LAB_ANOMALY_KEEPALIVE_UNANSWERED);
}

static bool irregular(int64_t gap, int64_t before)
{
    int64_t tolerance = MAX(SECOND / 2, before / 10);
    return before > 0 && gap >= 0 && ABS(gap - before) > tolerance;
}

static void probe(lab_context_t *c)
{
    lab_end_t *sender = c->sender;
    int64_t gap =
        c->seg->time - (sender->probes ? sender->probe_time : MAX(sender->last.time, c->receiver->last.time));
    bool waiting = sender->probe_pending;
    if (waiting) {
        mark_unanswered(c, sender, c->from);
        sender->probes_unanswered++;
    } else {
        sender->probes_unanswered = 0;
    }
    sender->probe_frames[sender->probes % G_N_ELEMENTS(sender->probe_frames)] = c->seg->frame;
    sender->probes++;
    lab_add_role(c, LAB_ROLE_KEEPALIVE_PROBE);
    lab_keepalive_add(c, c->seg->frame, c->from, LAB_KEEPALIVE_PROBE, sender->probes, gap);
    if (gap >= 0 && gap < DEFAULT_IDLE && !waiting)
        lab_keepalive_add(c, c->seg->frame, c->from, LAB_KEEPALIVE_EARLY, 0, 0);
    if (sender->fin)
        lab_keepalive_add(c, c->seg->frame, c->from, LAB_KEEPALIVE_AFTER_FIN, 0, 0);
    if (sender->probes > 1 && irregular(gap, sender->probe_gap))
        lab_keepalive_add(c, c->seg->frame, c->from, LAB_KEEPALIVE_IRREGULAR, 0, 0);
    sender->probe_gap = gap;
    sender->probe_frame = c->seg->frame;
    sender->probe_time = c->seg->time;
    sender->probe_pending = true;
}

bool lab_keepalive(lab_context_t *c)
{
    if (is_probe(c)) {
        probe(c);
        return true;
    }
    if (is_answer(c)) {
        lab_add_role(c, LAB_ROLE_KEEPALIVE_ANSWER);
        c->annotation->related = c->receiver->probe_frame;
        c->receiver->probe_pending = false;
        lab_keepalive_add(c, c->seg->frame, c->from, LAB_KEEPALIVE_ANSWER, 0, 0);
        return true;
    }
    c->receiver->probe_pending = false; /* no proper answer, but a sign of life */
    if (c->data || c->fin)              /* the idle period is over */
        c->sender->probes = c->receiver->probes = c->sender->probes_unanswered =
            c->receiver->probes_unanswered = 0;
    return false;
}

/* A RST: the answer to a probe, or the prober giving up. */
void lab_keepalive_reset(lab_context_t *c)
{
    if (c->receiver->probe_pending) {
        lab_keepalive_add(c, c->receiver->probe_frame, c->to, LAB_KEEPALIVE_ANSWERED_BY_RESET, 0, 0);
    } else if (c->sender->probe_pending) {
        mark_unanswered(c, c->sender, c->from);
        c->sender->probes_unanswered++;
    }
}
