/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keepalive.c - TCP keep-alive: RFC 9293 3.8.4, RFC 1122 4.2.3.6. */
#include "tcp.h"
#include "work.h"

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
    lab_keepalive_list_t *events = &conn->keepalives;
    if (events->len == events->room)
        events->data = lab_arena_grow(c->engine->arena, events->data, &events->room, sizeof *events->data);
    events->data[events->len++] =
        (lab_keepalive_event_t){frame, (uint8_t)by, (uint8_t)token, number, interval};
}

void lab_keepalive_remove(lab_context_t *c, uint32_t frame, lab_keepalive_t token)
{
    lab_keepalive_list_t *events = &c->conn->keepalives;
    if (!(lab_detail_seen(c->engine, frame, c->conn->number)->keepalive & 1u << token))
        return; /* most calls: no look through the list */
    lab_detail_of(c->engine, frame, c->conn->number)->keepalive &= ~(1u << token);
    uint32_t left = 0;
    for (uint32_t i = 0; i < events->len; i++) {
        const lab_keepalive_event_t e = events->data[i];
        lab_work();
        if (e.frame != frame || e.token != token)
            events->data[left++] = e;
    }
    events->len = left;
}

/* RFC 1122 4.2.3.6: a probe comes when nothing of its sender's waits for an acknowledgment. One byte at that
 * place would be an ordinary retransmission else. Where the other side was not captured, what it acknowledged
 * is not known: then no byte, or one after other probes. */
static bool nothing_outstanding(const lab_context_t *c)
{
    const lab_end_t *sender = c->sender, *receiver = c->receiver;
    if (receiver->last.frame)
        return receiver->ack >= sender->next;
    return !c->data || sender->probes > 0;
}

/* A segment that acknowledges something new was sent for that. The first segment of a side that was captured
 * acknowledges what had been sent before. */
static bool acknowledges_new(const lab_context_t *c)
{
    return c->advances && (c->sender->ack >= 0 || c->receiver->bytes || c->ack != c->receiver->next);
}

/* seq = snd.nxt-1, no or one garbage byte, no SYN, FIN, RST. With a closed window it is a window probe
 * instead. */
static bool is_probe(const lab_context_t *c)
{
    const lab_end_t *sender = c->sender, *receiver = c->receiver;
    return c->offset == sender->next - 1 && c->seg->length <= 1 && !c->syn && !c->fin && !c->rst &&
           c->has_ack && c->conn->open != LAB_OPEN_NONE && sender->isn_known && nothing_outstanding(c) &&
           !acknowledges_new(c) && !(receiver->last.frame && receiver->window == 0);
}

static bool is_answer(const lab_context_t *c)
{
    const lab_end_t *receiver = c->receiver;
    return !c->syn && !c->fin && !c->data && receiver->probe_pending && c->offset == c->sender->next &&
           c->ack == receiver->next;
}

/* Where one direction only was captured, an answer may have come all the same. */
static void mark_unanswered(lab_context_t *c, lab_end_t *prober, unsigned by)
{
    if (c->conn->quality & LAB_QUALITY_ONE_DIRECTION)
        return;
    prober->probes_unanswered++;
    lab_keepalive_add(c, prober->probe_frame, by, LAB_KEEPALIVE_UNANSWERED, 0, 0);
    lab_anomaly_add(c->engine, prober->probe_frame, c->conn->number, LAB_ANOMALY_KEEPALIVE_UNANSWERED);
}

static bool irregular(int64_t gap, int64_t before)
{
    int64_t tolerance = MAX(SECOND / 2, before / 10);
    return before > 0 && gap >= 0 && ABS(gap - before) > tolerance;
}

/* RFC 1122 4.2.3.6: how long a connection must be idle is one parameter, how fast a probe without an answer
 * is repeated another. Each is compared with its like; the silence before the first probe began with data,
 * so it is compared with nothing. */
static void note_rhythm(lab_context_t *c, int64_t gap, bool waiting)
{
    lab_end_t *sender = c->sender;
    int64_t *before = &sender->probe_gap[waiting];
    if (sender->probes <= 1) {
        sender->probe_gap[0] = sender->probe_gap[1] = 0;
        return;
    }
    if (irregular(gap, *before))
        lab_keepalive_add(c, c->seg->frame, c->from, LAB_KEEPALIVE_IRREGULAR, 0, 0);
    *before = gap;
}

static void probe(lab_context_t *c)
{
    lab_end_t *sender = c->sender;
    int64_t gap =
        c->seg->time - (sender->probes ? sender->probe_time : MAX(sender->last.time, c->receiver->last.time));
    bool waiting = sender->probe_pending;
    if (waiting)
        mark_unanswered(c, sender, c->from);
    else
        sender->probes_unanswered = 0;
    lab_frames_note(sender->probe_frames, sender->probes_unanswered, c->seg->frame);
    sender->probes++;
    lab_add_role(c, LAB_ROLE_KEEPALIVE_PROBE);
    lab_keepalive_add(c, c->seg->frame, c->from, LAB_KEEPALIVE_PROBE, sender->probes, gap);
    if (gap >= 0 && gap < DEFAULT_IDLE && !waiting)
        lab_keepalive_add(c, c->seg->frame, c->from, LAB_KEEPALIVE_EARLY, 0, 0);
    if (sender->fin)
        lab_keepalive_add(c, c->seg->frame, c->from, LAB_KEEPALIVE_AFTER_FIN, 0, 0);
    note_rhythm(c, gap, waiting);
    sender->probe_frame = c->seg->frame;
    sender->probe_time = c->seg->time;
    sender->probe_pending = true;
}

/* ---- the capture begins with a probe ---- */

/* What the capture has of this side so far are ACKs with one and the same number, and nothing of the other
 * side: each may be a probe. */
static void remember_first_acks(lab_context_t *c)
{
    lab_end_t *sender = c->sender;
    if (c->receiver->last.frame || sender->bytes || sender->fin || !lab_is_pure_ack(c) || c->offset != 1 ||
        sender->next != 1)
        return;
    lab_frames_note(sender->probe_frames, sender->first_acks, c->seg->frame);
    sender->first_acks++;
}

static void was_probe(lab_context_t *c, uint32_t frame, unsigned by, uint32_t number)
{
    lab_annotation_t *annotation = lab_annotation_of(c->engine, frame, c->conn->number);
    if (!annotation)
        return;
    annotation->roles = LAB_ROLE_BIT(LAB_ROLE_KEEPALIVE_PROBE);
    annotation->phase = LAB_PHASE_IDLE;
    lab_keepalive_add(c, frame, by, LAB_KEEPALIVE_PROBE, number, 0);
}

/* They were probes: what end `by` had sent before the capture reaches one number further. */
static void first_acks_were_probes(lab_context_t *c, unsigned by, uint32_t count)
{
    lab_end_t *prober = &c->conn->end[by];
    prober->next++;
    for (uint32_t i = 0; i < MIN(count, LAB_FRAMES_KEPT); i++) {
        uint32_t skipped = i && count > LAB_FRAMES_KEPT ? count - LAB_FRAMES_KEPT : 0;
        was_probe(c, prober->probe_frames[lab_frames_place(count, i)], by, i + 1 + skipped);
    }
    prober->probes = count;
    prober->probe_frame = prober->last.frame;
    prober->probe_time = prober->last.time;
    prober->probe_pending = true;
}

/* RFC 1122 4.2.3.6: the first pure ACKs of a connection that was open before the capture are answered by a
 * pure ACK of their number + 1. Nothing is missing: they were probes. */
static void find_first_probes(lab_context_t *c)
{
    lab_end_t *prober = c->receiver;
    uint32_t count = prober->first_acks;
    bool answers = c->offset == c->sender->next || c->offset == c->sender->next - 1; /* or probes itself */
    prober->first_acks = 0;
    if (count && lab_is_pure_ack(c) && prober->next == 1 && c->ack == prober->next + 1 && answers)
        first_acks_were_probes(c, c->to, count);
}

/* RFC 9293 3.10.5: an abort has the next number of its sender. If that is one above the ACKs before it, with
 * nothing of the other side between, these were probes. */
static void abort_after_first_probes(lab_context_t *c)
{
    lab_end_t *sender = c->sender;
    if (sender->first_acks && c->has_ack && c->offset == sender->next + 1 && sender->next == 1 &&
        !c->receiver->last.frame)
        first_acks_were_probes(c, c->from, sender->first_acks);
}

/* A sign of life of the other side. */
static void alive(lab_end_t *prober)
{
    prober->probe_pending = false;
    prober->probes_unanswered = 0;
}

bool lab_keepalive(lab_context_t *c)
{
    if (c->conn->midstream && !c->sender->last.frame)
        find_first_probes(c);
    if (is_probe(c)) {
        probe(c);
        return true;
    }
    if (is_answer(c)) {
        lab_add_role(c, LAB_ROLE_KEEPALIVE_ANSWER);
        c->annotation->related = c->receiver->probe_frame;
        alive(c->receiver);
        lab_keepalive_add(c, c->seg->frame, c->from, LAB_KEEPALIVE_ANSWER, 0, 0);
        return true;
    }
    alive(c->receiver);    /* no proper answer, but a sign of life */
    if (c->data || c->fin) /* the idle period is over */
        c->sender->probes = c->receiver->probes = c->sender->probes_unanswered = 0;
    if (c->conn->midstream && !c->receiver->last.frame)
        remember_first_acks(c);
    return false;
}

/* RFC 9293 3.10.7.1: a stack without the connection answers a probe, which has an ACK field, with a RST of
 * that number and without ACK. */
static bool answers_probe(const lab_context_t *c)
{
    return c->receiver->probe_pending && !c->has_ack && c->offset == c->receiver->last.ack;
}

/* A RST: the answer to a probe, or somebody gives up whatever the probe. */
void lab_keepalive_reset(lab_context_t *c)
{
    if (c->conn->midstream)
        abort_after_first_probes(c);
    if (answers_probe(c))
        lab_keepalive_add(c, c->receiver->probe_frame, c->to, LAB_KEEPALIVE_ANSWERED_BY_RESET, 0, 0);
    else if (c->receiver->probe_pending)
        mark_unanswered(c, c->receiver, c->to);
    if (c->sender->probe_pending)
        mark_unanswered(c, c->sender, c->from);
}
