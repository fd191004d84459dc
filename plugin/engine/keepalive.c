/* keepalive.c - TCP keep-alive: RFC 9293 3.8.4, RFC 1122 4.2.3.6. */
#include "conn.h"

#define SECOND INT64_C(1000000000)
/* RFC 9293 3.8.4: the interval must default to no less than two hours. */
#define DEFAULT_IDLE (7200 * SECOND)

void lab_keepalive_event(lab_ctx_t *c, uint32_t frame, unsigned by, lab_keepalive_t token, uint32_t number,
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

void lab_keepalive_lose(lab_ctx_t *c, uint32_t frame, lab_keepalive_t token)
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
static bool is_probe(const lab_ctx_t *c)
{
    const lab_end_t *a = c->a, *b = c->b;
    return !c->syn && !c->fin && !c->rst && c->has_ack && c->conn->open != LAB_OPEN_NONE &&
           a->last.frame != 0 && c->seg->length <= 1 && c->offset == a->next - 1 &&
           (b->ack >= a->next || !c->data || a->probes > 0) && !(b->last.frame && b->window == 0);
}

static bool is_answer(const lab_ctx_t *c)
{
    const lab_end_t *b = c->b;
    return !c->syn && !c->fin && !c->data && b->probe_pending && c->offset == c->a->next && c->ack == b->next;
}

static void mark_unanswered(lab_ctx_t *c, lab_end_t *prober, unsigned by)
{
    lab_keepalive_event(c, prober->probe_frame, by, LAB_KEEPALIVE_UNANSWERED, 0, 0);
    lab_find_anomaly(c->engine, prober->probe_frame, c->conn->number, LAB_ANOMALY_KEEPALIVE_UNANSWERED);
}

static bool irregular(int64_t gap, int64_t before)
{
    int64_t tolerance = MAX(SECOND / 2, before / 10);
    return before > 0 && gap >= 0 && ABS(gap - before) > tolerance;
}

static void probe(lab_ctx_t *c)
{
    lab_end_t *a = c->a;
    int64_t gap = c->seg->time - (a->probes ? a->probe_time : MAX(a->last.time, c->b->last.time));
    bool waiting = a->probe_pending;
    if (waiting) {
        mark_unanswered(c, a, c->ai);
        a->probes_unanswered++;
    } else {
        a->probes_unanswered = 0;
    }
    a->probe_frames[a->probes % G_N_ELEMENTS(a->probe_frames)] = c->seg->frame;
    a->probes++;
    lab_add_role(c, LAB_ROLE_KEEPALIVE_PROBE);
    lab_keepalive_event(c, c->seg->frame, c->ai, LAB_KEEPALIVE_PROBE, a->probes, gap);
    if (gap >= 0 && gap < DEFAULT_IDLE && !waiting)
        lab_keepalive_event(c, c->seg->frame, c->ai, LAB_KEEPALIVE_EARLY, 0, 0);
    if (a->fin)
        lab_keepalive_event(c, c->seg->frame, c->ai, LAB_KEEPALIVE_AFTER_FIN, 0, 0);
    if (a->probes > 1 && irregular(gap, a->probe_gap))
        lab_keepalive_event(c, c->seg->frame, c->ai, LAB_KEEPALIVE_IRREGULAR, 0, 0);
    a->probe_gap = gap;
    a->probe_frame = c->seg->frame;
    a->probe_time = c->seg->time;
    a->probe_pending = true;
}

bool lab_keepalive(lab_ctx_t *c)
{
    if (is_probe(c)) {
        probe(c);
        return true;
    }
    if (is_answer(c)) {
        lab_add_role(c, LAB_ROLE_KEEPALIVE_ANSWER);
        c->record->related = c->b->probe_frame;
        c->b->probe_pending = false;
        lab_keepalive_event(c, c->seg->frame, c->ai, LAB_KEEPALIVE_ANSWER, 0, 0);
        return true;
    }
    c->b->probe_pending = false; /* no proper answer, but a sign of life */
    if (c->data || c->fin)       /* the idle period is over */
        c->a->probes = c->b->probes = c->a->probes_unanswered = c->b->probes_unanswered = 0;
    return false;
}

/* A RST: the answer to a probe, or the prober giving up. */
void lab_keepalive_reset(lab_ctx_t *c)
{
    if (c->b->probe_pending) {
        lab_keepalive_event(c, c->b->probe_frame, c->bi, LAB_KEEPALIVE_ANSWERED_BY_RESET, 0, 0);
    } else if (c->a->probe_pending) {
        mark_unanswered(c, c->a, c->ai);
        c->a->probes_unanswered++;
    }
}
