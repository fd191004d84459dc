/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sent.c - the newest segments of each side; see sent.h. */
#include "sent.h"

#include "rare.h"

#define MS INT64_C(1000000)
/* A RST is sent at once, so it takes no longer than a round trip; a host that is busy may take more, but
 * hardly more than the longest delay of an ACK, RFC 9293 3.8.6.3. */
#define ANSWER_LEAST (500 * MS)

int64_t lab_sent_answer_limit(const lab_conn_t *conn)
{
    return MAX(ANSWER_LEAST, 4 * conn->rtt);
}

#define NONE UINT32_MAX

/* The n-th segment that the side sent, of those that are still kept. */
static lab_sent_t *at(const lab_end_t *end, uint32_t n)
{
    return (lab_sent_t *)&end->sent[n % LAB_SENT_MAX];
}

static uint32_t oldest(const lab_end_t *end)
{
    return end->sent_count > LAB_SENT_MAX ? end->sent_count - LAB_SENT_MAX : 0;
}

static LAB_RARE void remember_ttl(lab_end_t *end, uint8_t ttl)
{
    for (unsigned i = 0; i < end->ttl_count; i++)
        if (end->ttls[i] == ttl)
            return;
    if (end->ttl_count < G_N_ELEMENTS(end->ttls))
        end->ttls[end->ttl_count++] = ttl;
}

bool lab_sent_ttl_known(const lab_end_t *end, uint8_t ttl)
{
    for (unsigned i = 0; i < end->ttl_count; i++)
        if (end->ttls[i] == ttl)
            return true;
    return end->ttl_count == 0 || end->ttl_count == G_N_ELEMENTS(end->ttls);
}

lab_sent_t *lab_sent_remember(lab_context_t *c)
{
    const lab_segment_t *seg = c->seg;
    lab_end_t *sender = c->sender;
    lab_sent_t *sent = at(sender, sender->sent_count++);
    *sent = (lab_sent_t){.time = seg->time,
                         .end = c->end,
                         .ack = c->ack,
                         .frame = seg->frame,
                         .length = seg->length,
                         .flags = (uint8_t)seg->flags,
                         .new_bytes = c->new_bytes,
                         .probe = lab_has_role(c, LAB_ROLE_KEEPALIVE_PROBE)};
    if (sender->ttls[0] != seg->ttl || !sender->ttl_count)
        remember_ttl(sender, seg->ttl);
    return sent;
}

const lab_sent_t *lab_sent_newest(const lab_end_t *end)
{
    return end->sent_count ? at(end, end->sent_count - 1) : NULL;
}

static bool has_content(const lab_sent_t *sent)
{
    return sent->length || sent->flags & (LAB_TH_SYN | LAB_TH_FIN);
}

/* The other side has spoken since, and acknowledged it. */
static bool acknowledged(const lab_sent_t *sent, const lab_end_t *other)
{
    const lab_sent_t *newest = lab_sent_newest(other);
    return has_content(sent) && newest && newest->frame > sent->frame && other->ack >= sent->end;
}

/* The first that may still be answered: what comes before one that was acknowledged arrived as well, and the
 * last ACK of a close found the socket that it closed. */
static uint32_t first_left(const lab_context_t *c)
{
    const lab_end_t *end = c->receiver;
    uint32_t first = oldest(end);
    for (uint32_t n = end->sent_count; n > first; n--) {
        const lab_sent_t *sent = at(end, n - 1);
        if (acknowledged(sent, c->sender) || sent->frame == c->conn->close_end_frame)
            return n;
    }
    return first;
}

static bool has_right_number(const lab_context_t *c, const lab_sent_t *sent)
{
    if (!(c->seg->flags & LAB_TH_ACK))
        return sent->flags & LAB_TH_ACK && sent->ack == c->offset;
    if (sent->flags & LAB_TH_ACK)
        return false;
    bool syn_only = sent->flags & LAB_TH_SYN && c->ack == sent->end - sent->length; /* without its data */
    return c->ack == sent->end || syn_only;
}

/* The oldest with the right number for which there was not too much time; for a SYN there is always time,
 * since the RST tells by its form that it refuses one. A side that has spoken and not reset yet had no reason
 * to reset a mere ACK if more than that came. */
static uint32_t pick(const lab_context_t *c, uint32_t from)
{
    const lab_end_t *receiver = c->receiver;
    uint32_t mere_ack = NONE;
    for (uint32_t n = from; n < receiver->sent_count; n++) {
        const lab_sent_t *sent = at(receiver, n);
        if (sent->answered && has_content(sent))
            mere_ack = NONE;
        bool in_time = c->seg->time - sent->time < lab_sent_answer_limit(c->conn);
        bool refused = c->has_ack && sent->flags & LAB_TH_SYN;
        if (sent->answered || !has_right_number(c, sent) || !(in_time || refused))
            continue;
        bool gone = c->sender->reset_frame && sent->frame > c->sender->reset_frame;
        if (has_content(sent) || sent->probe || gone || !c->sender->sent_count)
            return n;
        mere_ack = MIN(mere_ack, n);
    }
    return mere_ack;
}

static const lab_sent_t *newer_syn(const lab_context_t *c, uint32_t than)
{
    for (uint32_t n = c->receiver->sent_count; n > than + 1; n--) {
        const lab_sent_t *sent = at(c->receiver, n - 1);
        if (sent->flags & LAB_TH_SYN && has_right_number(c, sent))
            return sent;
    }
    return NULL;
}

/* A segment that has left the ring, as its annotation tells of it: looked for among so many frames before the
 * oldest in the ring. */
#define FORGOTTEN_SPAN 128

/* The oldest in the ring that has an ACK field; NULL = none. */
static const lab_sent_t *oldest_with_ack(const lab_end_t *end)
{
    for (uint32_t n = oldest(end); n < end->sent_count; n++)
        if (at(end, n)->ack >= 0)
            return at(end, n);
    return NULL;
}

static const lab_sent_t *pick_forgotten(lab_context_t *c)
{
    lab_end_t *receiver = c->receiver;
    const lab_sent_t *first = oldest(receiver) ? oldest_with_ack(receiver) : NULL;
    if (c->has_ack || c->sender->reset_frame || !first || c->offset >= first->ack)
        return NULL;
    uint32_t least = first->frame > FORGOTTEN_SPAN ? first->frame - FORGOTTEN_SPAN : 1;
    for (uint32_t frame = first->frame; frame > least; frame--) {
        const lab_annotation_t *a = lab_annotation_slot(c->engine, frame - 1, false);
        if (!a || a->ack != c->seg->seq || a->sender != c->to ||
            (a->flags & (LAB_TH_ACK | LAB_TH_RST)) != LAB_TH_ACK ||
            lab_store_resolve(c->engine, a->stream) != c->conn->number)
            continue;
        receiver->forgotten = (lab_sent_t){.time = first->time,
                                           .end = first->end,
                                           .ack = c->offset,
                                           .frame = frame - 1,
                                           .length = a->length,
                                           .flags = a->flags};
        return &receiver->forgotten;
    }
    return NULL;
}

lab_answered_t lab_sent_answered(lab_context_t *c)
{
    lab_end_t *receiver = c->receiver;
    uint32_t found = pick(c, first_left(c));
    if (found == NONE)
        return (lab_answered_t){pick_forgotten(c), NULL};
    at(receiver, found)->answered = true;
    return (lab_answered_t){at(receiver, found), newer_syn(c, found)};
}

const lab_sent_t *lab_sent_unacknowledged(const lab_context_t *c, int64_t offset, bool *only_alerts)
{
    const lab_end_t *receiver = c->receiver;
    const lab_sent_t *found = NULL;
    *only_alerts = true;
    for (uint32_t n = oldest(receiver); n < receiver->sent_count; n++) {
        const lab_sent_t *sent = at(receiver, n);
        int64_t data_end = sent->end - (sent->flags & LAB_TH_FIN ? 1 : 0);
        if (!sent->length || data_end <= offset || data_end <= c->sender->ack)
            continue;
        found = found ? found : sent;
        *only_alerts &= sent->alert;
    }
    *only_alerts &= found != NULL;
    return found;
}

int64_t lab_sent_silence(const lab_context_t *c, const lab_sent_t *sent)
{
    const lab_end_t *receiver = c->receiver, *sender = c->sender;
    uint32_t n = receiver->sent_count, first = oldest(receiver);
    while (n > first && at(receiver, n - 1) != sent)
        n--;
    for (; n > first + 1 && at(receiver, n - 2)->length && at(receiver, n - 2)->end > sender->ack; n--)
        sent = at(receiver, n - 2);
    int64_t before = n > first + 1 ? at(receiver, n - 2)->time : INT64_MIN;
    for (uint32_t i = sender->sent_count; i > oldest(sender); i--) {
        const lab_sent_t *other = at(sender, i - 1);
        if (other->frame > sent->frame)
            continue;
        before = MAX(before, other->time);
        break;
    }
    return before == INT64_MIN ? 0 : sent->time - before;
}
