/* sequence.c - sequence numbers: what is new, what is repeated, what fills a gap, what is acknowledged. */
#include "conn.h"

#define MS INT64_C(1000000)
/* An acknowledgment further ahead than any window can be is nonsense, not a missing capture (RFC 7323 2.3).
 */
#define MAX_WINDOW (INT64_C(1) << 30)
/* Without a handshake to measure: Wireshark's own limit for a segment that was merely overtaken. */
#define OVERTAKEN_DEFAULT (3 * MS)
/* Identifications further apart than this are random ones. */
#define COUNTED_NEAR 1000

void lab_sequence_before(lab_ctx_t *c)
{
    int64_t content = c->seg->length + (c->syn ? 1 : 0) + (c->fin ? 1 : 0);
    c->repeated = content > 0 && !c->rst && c->end <= c->a->next && c->a->last.frame != 0;
    c->new_bytes = c->data && !c->rst && c->end - (c->fin ? 1 : 0) > c->a->next;
    c->advances = c->has_ack && c->ack > c->a->ack && c->ack <= c->b->next + MAX_WINDOW;
    for (unsigned i = 0; i < c->a->hole_count && c->repeated; i++)
        if (c->offset < c->a->holes[i].to && c->end > c->a->holes[i].from)
            c->new_bytes = c->data;
}

static void hole_remove(lab_end_t *end, unsigned i)
{
    for (unsigned k = i + 1; k < end->hole_count; k++)
        end->holes[k - 1] = end->holes[k];
    end->hole_count--;
}

/* Where there are too many, one that is closed on the wire goes first. */
static void hole_add(lab_arena_t *arena, lab_end_t *end, lab_hole_t hole)
{
    if (!end->holes)
        end->holes = lab_arena_zeroed(arena, LAB_MAX_HOLES * sizeof *end->holes);
    if (end->hole_count == LAB_MAX_HOLES) {
        unsigned victim = 0;
        while (victim < LAB_MAX_HOLES && !end->holes[victim].acked)
            victim++;
        hole_remove(end, victim % LAB_MAX_HOLES);
    }
    end->holes[end->hole_count++] = hole;
}

/* Senders that count their packets (RFC 6864 4.1 leaves it to them) tell which of two left later: > 0 this
 * one, < 0 the newest one before, 0 not known. */
static int sent_later(const lab_ctx_t *c)
{
    int16_t ahead = (int16_t)(c->seg->ip_id - c->a->next_ip_id);
    bool counted = c->seg->ip_id && c->a->next_ip_id && ABS(ahead) <= COUNTED_NEAR;
    return counted ? ahead : 0;
}

/* What fills a gap left later than what came before it: a retransmission. Else, it was only overtaken. Where
 * nothing counts the packets, a retransmission takes about a round trip; so it does where the capture shows
 * the acknowledgment before what it acknowledges. */
static lab_role_t filler_role(const lab_ctx_t *c, const lab_hole_t *hole)
{
    int later = hole->acked ? 0 : sent_later(c);
    if (later != 0)
        return later > 0 ? LAB_ROLE_RETRANSMISSION : LAB_ROLE_OUT_OF_ORDER;
    int64_t limit = c->conn->rtt > 0 ? c->conn->rtt * 8 / 10 : OVERTAKEN_DEFAULT;
    return c->seg->time - hole->since >= limit ? LAB_ROLE_RETRANSMISSION : LAB_ROLE_OUT_OF_ORDER;
}

/* Takes the segment out of the hole; what is left of it may be two pieces. */
static void shrink_hole(lab_ctx_t *c, unsigned i)
{
    lab_end_t *a = c->a;
    lab_hole_t before = a->holes[i], behind = before;
    before.to = MIN(before.to, c->offset);
    behind.from = MAX(behind.from, c->end);
    hole_remove(a, i);
    c->conn->unseen -= before.acked;
    for (unsigned n = 0; n < 2; n++) {
        lab_hole_t rest = n ? behind : before;
        if (rest.from >= rest.to)
            continue;
        hole_add(lab_engine_arena(c->engine), a, rest);
        c->conn->unseen += rest.acked;
    }
}

static bool fill_hole(lab_ctx_t *c)
{
    lab_end_t *a = c->a;
    for (unsigned i = 0; i < a->hole_count; i++) {
        lab_hole_t *hole = &a->holes[i];
        if (c->offset >= hole->to || c->end <= hole->from)
            continue;
        lab_role_t role = filler_role(c, hole);
        lab_add_role(c, role);
        lab_anomaly(c,
                    role == LAB_ROLE_RETRANSMISSION ? LAB_ANOMALY_RETRANSMISSION : LAB_ANOMALY_OUT_OF_ORDER);
        shrink_hole(c, i);
        return true;
    }
    return false;
}

static void label_repeated(lab_ctx_t *c)
{
    lab_add_role(c, LAB_ROLE_RETRANSMISSION);
    if (c->data && !c->syn)
        lab_anomaly(c, LAB_ANOMALY_RETRANSMISSION);
    c->a->unanswered_frames[c->a->unanswered % G_N_ELEMENTS(c->a->unanswered_frames)] = c->seg->frame;
    c->a->unanswered++;
    lab_detail_of(c->engine, c->seg->frame, c->conn->number)->count = c->a->unanswered;
}

static uint32_t scaled_window(const lab_ctx_t *c)
{
    bool scaling = c->a->scale_offered && c->b->scale_offered && !c->syn;
    return (uint32_t)c->seg->window << (scaling ? c->a->scale : 0);
}

/* RFC 9293 3.8.6.1: with the window closed, one byte beyond it or an old sequence number asks whether it
 * opened. */
static bool is_window_probe(const lab_ctx_t *c)
{
    return c->b->last.frame != 0 && c->b->window == 0 && c->seg->length <= 1 && !c->syn && !c->fin &&
           (c->offset == c->a->next - 1 || (c->offset == c->a->next && c->data));
}

/* The window stays closed: the same acknowledgment once more, asked for and so no sign of a loss. */
static bool answers_window_probe(const lab_ctx_t *c)
{
    return c->b->last.window_probe && c->a->window == 0 && c->seg->window == 0 && !c->advances;
}

static void answer_window_probe(lab_ctx_t *c)
{
    lab_add_role(c, LAB_ROLE_ACK);
    c->record->related = c->b->last.frame;
}

static void label_pure_ack(lab_ctx_t *c)
{
    const uint32_t special = LAB_ROLE_BIT(LAB_ROLE_HANDSHAKE_ACK) | LAB_ROLE_BIT(LAB_ROLE_FIN1_ACK) |
                             LAB_ROLE_BIT(LAB_ROLE_FIN2_ACK) | LAB_ROLE_BIT(LAB_ROLE_CHALLENGE_ACK);
    if (c->record->roles & special)
        return;
    if (is_window_probe(c))
        lab_add_role(c, LAB_ROLE_WINDOW_PROBE);
    else if (answers_window_probe(c))
        answer_window_probe(c);
    else if (c->advances || c->a->last.frame == 0)
        lab_add_role(c, LAB_ROLE_ACK);
    else if (scaled_window(c) > c->a->window)
        lab_add_role(c, LAB_ROLE_WINDOW_UPDATE);
    else if (c->ack == c->a->ack && scaled_window(c) == c->a->window && c->offset >= c->a->next)
        lab_add_role(c, LAB_ROLE_DUP_ACK); /* not one that its sender's later segments have overtaken */
    else
        lab_add_role(c, LAB_ROLE_ACK);
}

void lab_sequence_label(lab_ctx_t *c)
{
    bool content = c->data || c->fin || c->syn;
    if (!content && !c->has_ack)
        lab_add_role(c, LAB_ROLE_DATA); /* RFC 9293 3.10.7.4: without ACK it is dropped; of the roles this one
                                           says least */
    else if (!content)
        label_pure_ack(c);
    else if (content && is_window_probe(c))
        lab_add_role(c, LAB_ROLE_WINDOW_PROBE);
    else if (content && !fill_hole(c) && c->repeated)
        label_repeated(c);
    if (c->has_ack && c->seg->window == 0 && !c->syn) {
        lab_add_role(c, LAB_ROLE_ZERO_WINDOW);
        lab_anomaly(c, LAB_ANOMALY_ZERO_WINDOW);
    }
}

/* The other side acknowledged bytes that were not captured, or not yet: they are missing here, not on the
 * wire. */
static void close_missed_holes(lab_ctx_t *c)
{
    lab_end_t *b = c->b;
    for (unsigned i = 0; i < b->hole_count; i++) {
        lab_hole_t *hole = &b->holes[i];
        if (hole->acked || hole->to > c->ack)
            continue;
        hole->acked = true;
        hole->since = c->seg->time;
        c->conn->unseen++;
        lab_anomaly(c, LAB_ANOMALY_ACKED_UNSEEN);
    }
    if (c->ack <= b->next)
        return;
    if (b->last.frame) {
        hole_add(lab_engine_arena(c->engine), b, (lab_hole_t){b->next, c->ack, c->seg->time, true});
        c->conn->unseen++;
        lab_anomaly(c, LAB_ANOMALY_ACKED_UNSEEN);
    }
    b->next = c->ack;
}

void lab_sequence_advance(lab_ctx_t *c)
{
    lab_end_t *a = c->a;
    int64_t first = c->offset + (c->syn ? 1 : 0), last = c->end - (c->fin ? 1 : 0); /* of its payload */
    if (c->new_bytes) {
        c->conn->data_time = c->seg->time;
        a->bytes += (uint64_t)(last - MAX(first, a->next < c->end ? a->next : first));
    }
    if (c->offset > a->next && a->last.frame)
        hole_add(lab_engine_arena(c->engine), a, (lab_hole_t){a->next, c->offset, c->seg->time, false});
    if (c->end > a->next)
        a->next_ip_id = c->seg->ip_id;
    a->next = MAX(a->next, c->end);
    if (c->advances && !(c->syn && c->ack != 1)) {
        close_missed_holes(c);
        a->ack = c->ack;
    }
    a->window = scaled_window(c);
    a->unanswered_before = 0;
    c->b->unanswered_before = c->advances ? 0 : MAX(c->b->unanswered, c->b->unanswered_before);
    c->b->unanswered = 0;
}

bool lab_all_acknowledged(const lab_conn_t *conn, unsigned end)
{
    const lab_end_t *e = &conn->end[end];
    int64_t last = e->fin ? e->fin_offset : e->next;
    return conn->end[!end].ack >= last || last <= 1;
}
