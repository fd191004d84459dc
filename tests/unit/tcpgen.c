/* tcpgen.c - simulated TCP conversations; see tcpgen.h. A discrete simulation: events in the order of their
 * time.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tcpgen.h"

#include <string.h>

#define MS         INT64_C(1000000)
#define SECOND     (1000 * MS)
#define RTO        (1 * SECOND)
#define TRIES      4
#define FRAMES_MAX 400
#define TIME_MAX   (300 * SECOND)
#define FLIGHT_MAX 20000

typedef enum { ARRIVES, TIMER, CONNECTS, CLOSES, ABORTS, SAYS_MORE } what_t;

typedef struct {
    int64_t time;
    uint32_t number; /* order of events at the same time: the one planned first */
    what_t what;
    unsigned side;
    uint32_t which; /* frame, or generation of the timer */
} event_t;

/* One end: RFC 9293 3.3.1. Numbers are relative to its own or the other's initial sequence number. */
typedef struct {
    lab_state_t state;
    int64_t una, nxt, max, rcv; /* max: the highest that was ever sent */
    GString *out, *in;
    bool fin_wanted, fin_sent, got_fin, ack_pending, gone, more_sent;
    uint32_t timer;
    unsigned tries;
    unsigned done; /* requests sent, or responses given */
} end_t;

typedef struct {
    gen_talked_t *t;
    gen_plan_t *p;
    uint64_t random;
    GArray *events;
    uint32_t planned, sent[2], step;
    uint32_t answering; /* order + 1 of the segment that a RST answers */
    int64_t now;
    end_t end[2];
    int64_t response_end[4]; /* in the bytes of the server */
    int64_t request_end[4];
} sim_t;

uint32_t gen_random(uint64_t *state, uint32_t n)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15)); /* splitmix64 */
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) % n);
}

static bool one_in(sim_t *s, uint32_t n)
{
    return gen_random(&s->random, n) == 0;
}

/* ---- the plan ---- */

static int64_t some_delay(sim_t *s)
{
    static const int64_t delays[] = {1000, 20000, MS, 15 * MS, 80 * MS};
    return delays[gen_random(&s->random, G_N_ELEMENTS(delays))];
}

static void plan_network(sim_t *s)
{
    gen_plan_t *p = s->p;
    p->delay[0] = some_delay(s);
    p->delay[1] = some_delay(s);
    p->mss = (uint16_t)(one_in(s, 4) ? 100 + gen_random(&s->random, 400) : 1460);
    p->isn[0] = one_in(s, 4) ? 0xffffff00u + gen_random(&s->random, 256) : gen_random(&s->random, UINT32_MAX);
    p->isn[1] = one_in(s, 4) ? 0xfffffff0u + gen_random(&s->random, 16) : gen_random(&s->random, UINT32_MAX);
    if (one_in(s, 2))
        return;
    p->lost = one_in(s, 2) ? 0 : gen_random(&s->random, 200);
    p->repeated = one_in(s, 2) ? 0 : gen_random(&s->random, 100);
    p->overtaken = one_in(s, 2) ? 0 : gen_random(&s->random, 200);
}

static void plan(sim_t *s)
{
    gen_plan_t *p = s->p;
    p->opening = one_in(s, 8) ? (gen_opening_t)gen_random(&s->random, GEN_OPENINGS) : GEN_CONNECT;
    p->talk = (gen_talk_t)gen_random(&s->random, GEN_TALKS);
    p->closer = (gen_closer_t)gen_random(&s->random, GEN_CLOSERS);
    p->answer = one_in(s, 2) ? GEN_ANSWERS_AT_ONCE : (gen_answer_t)gen_random(&s->random, GEN_ANSWERS);
    p->rounds = gen_random(&s->random, 5);
    for (unsigned i = 0; i < 4; i++) {
        p->request[i] = 1 + gen_random(&s->random, one_in(s, 4) ? 4000 : 300);
        p->response[i] = gen_random(&s->random, one_in(s, 4) ? 9000 : 600);
    }
    p->pipelined = one_in(s, 4);
    p->close_by_reset = one_in(s, 8);
    p->gone = one_in(s, 3);
    p->fin_on_data = one_in(s, 2);
    p->abort_time = one_in(s, 10) ? 1 + gen_random(&s->random, 400) * MS : 0;
    p->abort_side = gen_random(&s->random, 2);
    p->close_after = one_in(s, 3) ? 0 : one_in(s, 2) ? 30 * MS : 5 * SECOND;
    if (p->talk == GEN_HTTP_UNTIL_CLOSE) { /* the server's close ends the response */
        p->rounds = MIN(p->rounds, 1);
        p->closer = GEN_SERVER;
    }
    plan_network(s);
    p->crossing = p->talk == GEN_OPAQUE && one_in(s, 2);
}

/* ---- events ---- */

static void happen(sim_t *s, int64_t time, what_t what, unsigned side, uint32_t which)
{
    event_t e = {time, s->planned++, what, side, which};
    g_array_append_val(s->events, e);
}

static bool next_event(sim_t *s, event_t *next)
{
    guint best = 0;
    if (!s->events->len)
        return false;
    for (guint i = 1; i < s->events->len; i++) {
        const event_t *a = &g_array_index(s->events, event_t, i),
                      *b = &g_array_index(s->events, event_t, best);
        if (a->time < b->time || (a->time == b->time && a->number < b->number))
            best = i;
    }
    *next = g_array_index(s->events, event_t, best);
    g_array_remove_index_fast(s->events, best);
    return true;
}

static void restart_timer(sim_t *s, unsigned side)
{
    end_t *e = &s->end[side];
    happen(s, s->now + (RTO << e->tries), TIMER, side, ++e->timer);
}

/* ---- sending ---- */

static lab_endpoint_t endpoint(unsigned side)
{
    lab_endpoint_t e = {.address = {10, 0, 0, (uint8_t)(side + 1)}, .length = 4, .port = side ? 80 : 40000};
    return e;
}

static bool unlucky(sim_t *s, unsigned of_a_thousand)
{
    bool bad = of_a_thousand && gen_random(&s->random, 1000) < of_a_thousand;
    s->t->trouble |= bad;
    return bad;
}

/* Carries a segment to the capture and to the other side. It may be lost before or after the capture. */
static void travel(sim_t *s, gen_frame_t *f)
{
    const gen_plan_t *p = s->p;
    int64_t extra = unlucky(s, p->overtaken) ? 3 * (p->delay[0] + p->delay[1]) + 1 : 0;
    bool early = one_in(s, 2); /* a delay, if any, is before the capture */
    f->sent = s->now;
    f->passed = s->now + p->delay[f->side] + (early ? extra : 0);
    f->arrived = s->now + p->delay[0] + p->delay[1] + extra;
    bool lost = unlucky(s, p->lost), never_answered = p->opening == GEN_UNANSWERED && f->side == 0;
    if (lost && one_in(s, 2))
        return; /* lost before the capture */
    if (lost || never_answered)
        f->arrived = -1;
    g_array_append_val(s->t->frames, *f);
    if (f->arrived >= 0)
        happen(s, f->arrived, ARRIVES, !f->side, s->t->frames->len - 1);
    if (f->arrived >= 0 && unlucky(s, p->repeated)) { /* behind the capture */
        g_array_index(s->t->frames, gen_frame_t, s->t->frames->len - 1).twice = true;
        happen(s, f->arrived + 1, ARRIVES, !f->side, s->t->frames->len - 1);
    }
}

static void send(sim_t *s, unsigned side, uint16_t flags, int64_t seq, int64_t ack, const char *data,
                 uint32_t n)
{
    end_t *e = &s->end[side];
    gen_frame_t f = {.side = side,
                     .order = s->sent[side]++,
                     .sent_step = s->step,
                     .arrived_step = UINT32_MAX,
                     .seq = seq,
                     .ack = flags & LAB_TH_ACK ? ack : -1};
    f.seg = (lab_segment_t){.flags = flags, .window = 60000, .ttl = 64, .length = n, .captured = n};
    f.seg.src = endpoint(side);
    f.seg.dst = endpoint(!side);
    f.seg.seq = (uint32_t)(s->p->isn[side] + (uint32_t)seq);
    f.seg.ack = f.ack >= 0 ? (uint32_t)(s->p->isn[!side] + (uint32_t)ack) : 0;
    f.seg.ip_id = f.seg.checksum = (uint16_t)(f.order * 2 + side + 1);
    if (n) {
        g_ptr_array_add(s->t->payloads, g_memdup2(data, n));
        f.seg.payload = g_ptr_array_index(s->t->payloads, s->t->payloads->len - 1);
    }
    f.state = e->state;
    f.answers = s->answering;
    f.knew_peer_fin = e->got_fin;
    e->ack_pending &= !(flags & LAB_TH_ACK);
    travel(s, &f);
}

static void send_ack(sim_t *s, unsigned side)
{
    end_t *e = &s->end[side];
    send(s, side, LAB_TH_ACK, e->max, e->rcv, NULL, 0);
}

static void send_syn(sim_t *s, unsigned side)
{
    end_t *e = &s->end[side];
    bool answer = e->state == LAB_STATE_SYN_RECEIVED;
    e->nxt = MAX(e->nxt, 1);
    e->max = MAX(e->max, 1);
    send(s, side, LAB_TH_SYN | (answer ? LAB_TH_ACK : 0), 0, e->rcv, NULL, 0);
    restart_timer(s, side);
}

static bool may_send(const end_t *e)
{
    return e->state == LAB_STATE_ESTABLISHED || e->state == LAB_STATE_CLOSE_WAIT ||
           e->state == LAB_STATE_FIN_WAIT_1 || e->state == LAB_STATE_CLOSING ||
           e->state == LAB_STATE_LAST_ACK;
}

static void fin_leaves(end_t *e)
{
    if (e->fin_sent)
        return;
    e->fin_sent = true;
    e->state = e->state == LAB_STATE_CLOSE_WAIT ? LAB_STATE_LAST_ACK : LAB_STATE_FIN_WAIT_1;
}

/* Sends the bytes from `nxt` on: new ones, or repeated ones after a timeout set `nxt` back. */
static void pump(sim_t *s, unsigned side)
{
    end_t *e = &s->end[side];
    int64_t end = 1 + (int64_t)e->out->len;
    bool sent = false;
    while (may_send(e) && e->nxt < end && e->nxt - e->una < FLIGHT_MAX) {
        uint32_t n = (uint32_t)MIN(end - e->nxt, s->p->mss);
        bool with_fin = e->nxt + n == end && e->fin_wanted && s->p->fin_on_data;
        int64_t at = e->nxt;
        e->nxt += n + with_fin;
        e->max = MAX(e->max, e->nxt);
        if (with_fin)
            fin_leaves(e);
        send(s, side, LAB_TH_ACK | LAB_TH_PSH | (with_fin ? LAB_TH_FIN : 0), at, e->rcv, e->out->str + at - 1,
             n);
        sent = true;
    }
    if (may_send(e) && e->fin_wanted && e->nxt == end) {
        e->nxt = end + 1;
        e->max = MAX(e->max, e->nxt);
        fin_leaves(e);
        send(s, side, LAB_TH_FIN | LAB_TH_ACK, end, e->rcv, NULL, 0);
        sent = true;
    }
    if (sent)
        restart_timer(s, side);
}

static void abort_now(sim_t *s, unsigned side)
{
    end_t *e = &s->end[side];
    bool open = may_send(e) || e->state == LAB_STATE_SYN_RECEIVED || e->state == LAB_STATE_FIN_WAIT_2;
    lab_state_t before = e->state;
    e->state = LAB_STATE_CLOSED;
    if (open && before != LAB_STATE_LAST_ACK)
        send(s, side, LAB_TH_RST | LAB_TH_ACK, e->max, e->rcv, NULL, 0);
}

/* ---- applications ---- */

static void append_filler(GString *out, uint32_t n, bool opaque)
{
    for (uint32_t i = 0; i < n; i++)
        g_string_append_c(out, opaque ? (char)(1 + i % 8) : (char)('a' + i % 26));
}

static void write_request(sim_t *s, unsigned i)
{
    GString *out = s->end[0].out;
    if (s->p->talk == GEN_OPAQUE)
        append_filler(out, s->p->request[i], true);
    else
        g_string_append_printf(out, "GET /%u HTTP/1.1\r\nHost: example.org\r\n\r\n", i);
    s->request_end[i] = (int64_t)out->len;
}

static void write_chunked(GString *out, uint32_t n)
{
    g_string_append(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (n) {
        uint32_t part = MIN(n, 700);
        g_string_append_printf(out, "%x\r\n", part);
        append_filler(out, part, false);
        g_string_append(out, "\r\n");
        n -= part;
    }
    g_string_append(out, "0\r\n\r\n");
}

static void write_response(sim_t *s, unsigned i)
{
    GString *out = s->end[1].out;
    uint32_t n = s->p->response[i];
    if (s->p->talk == GEN_HTTP)
        g_string_append_printf(out, "HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n", n);
    else if (s->p->talk == GEN_HTTP_UNTIL_CLOSE)
        g_string_append(out, "HTTP/1.1 200 OK\r\n\r\n");
    if (s->p->talk == GEN_HTTP_CHUNKED)
        write_chunked(out, n);
    else
        append_filler(out, n, s->p->talk == GEN_OPAQUE);
    s->response_end[i] = (int64_t)out->len;
}

static bool closes_first(const sim_t *s, unsigned side)
{
    return s->p->closer == GEN_BOTH || s->p->closer == (side ? GEN_SERVER : GEN_CLIENT);
}

static void plan_close(sim_t *s, unsigned side)
{
    const gen_plan_t *p = s->p;
    int64_t way = p->delay[0] + p->delay[1];
    if (!closes_first(s, side))
        return;
    happen(s, s->now + p->close_after, CLOSES, side, 0);
    if (p->crossing) /* from one way before the FIN leaves, so that it is under way, to one way after */
        for (unsigned i = 0, n = 1 + gen_random(&s->random, 3); i < n; i++)
            happen(s, s->now + MAX(p->close_after - way + gen_random(&s->random, (uint32_t)(2 * way)), 0),
                   SAYS_MORE, !side, 0);
}

static void client_goes_on(sim_t *s)
{
    end_t *e = &s->end[0];
    unsigned whole = 0;
    while (whole < e->done && s->response_end[whole] && (int64_t)e->in->len >= s->response_end[whole])
        s->t->response_whole[whole++] = true;
    bool may_ask = s->p->pipelined || whole == e->done;
    while (e->done < s->p->rounds && may_ask) {
        write_request(s, e->done++);
        may_ask = s->p->pipelined;
    }
    if (whole == s->p->rounds && e->done == whole && !e->more_sent) {
        e->more_sent = true;
        plan_close(s, 0);
    }
}

static void server_goes_on(sim_t *s)
{
    end_t *e = &s->end[1];
    while (e->done < s->end[0].done && (int64_t)e->in->len >= s->request_end[e->done])
        write_response(s, e->done++);
    if (e->done == s->p->rounds && !e->more_sent) {
        e->more_sent = true;
        plan_close(s, 1);
    }
}

/* Answers the other side's FIN, as the plan says. */
static void answer_fin(sim_t *s, unsigned side)
{
    end_t *e = &s->end[side];
    switch (s->p->answer) {
    case GEN_SENDS_MORE:
        append_filler(e->out, 50, s->p->talk == GEN_OPAQUE);
        e->fin_wanted = true;
        break;
    case GEN_ANSWERS_AT_ONCE:
        e->fin_wanted = true;
        break;
    case GEN_ANSWERS_LATER:
        happen(s, s->now + 40 * MS, CLOSES, side, 1);
        break;
    case GEN_RESETS:
        happen(s, s->now + 20 * MS, ABORTS, side, 0);
        break;
    default:
        break;
    }
}

static void application(sim_t *s, unsigned side)
{
    end_t *e = &s->end[side];
    if (e->state != LAB_STATE_ESTABLISHED && e->state != LAB_STATE_CLOSE_WAIT)
        return;
    if (side == 0)
        client_goes_on(s);
    else
        server_goes_on(s);
}

/* ---- receiving: RFC 9293 3.10.7 ---- */

static void answer_with_reset(sim_t *s, unsigned side, const gen_frame_t *f)
{
    int64_t length = f->seg.length + !!(f->seg.flags & LAB_TH_SYN) + !!(f->seg.flags & LAB_TH_FIN);
    if (f->seg.flags & LAB_TH_RST)
        return;
    s->answering = f->order + 1;
    if (f->ack >= 0)
        send(s, side, LAB_TH_RST, f->ack, -1, NULL, 0);
    else /* sequence number 0 on the wire */
        send(s, side, LAB_TH_RST | LAB_TH_ACK, -(int64_t)s->p->isn[side], f->seq + length, NULL, 0);
    s->answering = 0;
}

static void established(sim_t *s, unsigned side)
{
    end_t *e = &s->end[side];
    e->state = LAB_STATE_ESTABLISHED;
    e->una = 1;
    e->timer++;
    e->tries = 0;
}

static void in_listen(sim_t *s, unsigned side, const gen_frame_t *f)
{
    if (f->ack >= 0) {
        answer_with_reset(s, side, f);
    } else if (f->seg.flags & LAB_TH_SYN) {
        s->end[side].state = LAB_STATE_SYN_RECEIVED;
        s->end[side].rcv = 1;
        send_syn(s, side);
    }
}

static void in_syn_sent(sim_t *s, unsigned side, const gen_frame_t *f)
{
    end_t *e = &s->end[side];
    if (f->ack >= 0 && f->ack != 1) {
        answer_with_reset(s, side, f);
        return;
    }
    if (f->seg.flags & LAB_TH_RST) {
        if (f->ack == 1)
            e->state = LAB_STATE_CLOSED;
        return;
    }
    if (!(f->seg.flags & LAB_TH_SYN))
        return;
    e->rcv = 1;
    if (f->ack == 1) {
        established(s, side);
        e->ack_pending = true;
    } else {
        e->state = LAB_STATE_SYN_RECEIVED;
        send_syn(s, side);
    }
}

static void fin_acknowledged(end_t *e)
{
    if (e->state == LAB_STATE_FIN_WAIT_1)
        e->state = LAB_STATE_FIN_WAIT_2;
    else if (e->state == LAB_STATE_CLOSING)
        e->state = LAB_STATE_TIME_WAIT;
    else if (e->state == LAB_STATE_LAST_ACK)
        e->state = LAB_STATE_CLOSED;
}

static void take_ack(sim_t *s, unsigned side, int64_t ack)
{
    end_t *e = &s->end[side];
    if (e->state == LAB_STATE_SYN_RECEIVED && ack >= 1)
        established(s, side);
    if (ack <= e->una)
        return;
    e->una = ack;
    e->nxt = MAX(e->nxt, ack);
    e->tries = 0;
    if (e->fin_sent && ack == 2 + (int64_t)e->out->len)
        fin_acknowledged(e);
    if (e->una < e->max)
        restart_timer(s, side);
    else
        e->timer++;
}

static void take_fin(sim_t *s, unsigned side)
{
    end_t *e = &s->end[side];
    e->rcv++;
    e->got_fin = true;
    e->state = e->state == LAB_STATE_FIN_WAIT_1   ? LAB_STATE_CLOSING
               : e->state == LAB_STATE_FIN_WAIT_2 ? LAB_STATE_TIME_WAIT
                                                  : LAB_STATE_CLOSE_WAIT;
    if (e->state == LAB_STATE_CLOSE_WAIT)
        answer_fin(s, side);
}

/* False if a RST answered the segment: the application does not read any more. */
static bool take_data(sim_t *s, unsigned side, const gen_frame_t *f)
{
    end_t *e = &s->end[side];
    int64_t end = f->seq + f->seg.length;
    if (f->seg.length && end > e->rcv && e->gone && e->fin_sent) {
        e->state = LAB_STATE_CLOSED;
        answer_with_reset(s, side, f);
        return false;
    }
    e->ack_pending |= f->seg.length || (f->seg.flags & LAB_TH_FIN);
    if (f->seq > e->rcv)
        return true; /* out of order: dropped, as by a receiver without a queue; TCP retransmits */
    if (end > e->rcv) {
        g_string_append_len(e->in, (const char *)f->seg.payload + (e->rcv - f->seq), (gssize)(end - e->rcv));
        e->rcv = end;
    }
    if ((f->seg.flags & LAB_TH_FIN) && e->rcv == end && !e->got_fin)
        take_fin(s, side);
    return true;
}

/* RFC 9293 3.10.7.4, first check: what lies below RCV.NXT is dropped, its ACK field too. */
static bool not_acceptable(const end_t *e, const gen_frame_t *f)
{
    int64_t end = f->seq + f->seg.length + !!(f->seg.flags & LAB_TH_FIN);
    return end > f->seq ? end <= e->rcv : f->seq < e->rcv;
}

static void in_connection(sim_t *s, unsigned side, const gen_frame_t *f)
{
    end_t *e = &s->end[side];
    if (f->seg.flags & LAB_TH_RST) {
        if (f->seq == e->rcv)
            e->state = LAB_STATE_CLOSED;
        else if (f->seq > e->rcv && f->seq < e->rcv + 60000)
            send_ack(s, side); /* RFC 5961 3.2 */
        return;
    }
    if (f->seg.flags & LAB_TH_SYN) {
        if (e->state == LAB_STATE_SYN_RECEIVED && f->ack == 1)
            take_ack(s, side, 1); /* simultaneous open, figure 7 */
        else if (e->state == LAB_STATE_SYN_RECEIVED)
            send_syn(s, side);
        else
            send_ack(s, side);
        return;
    }
    if (not_acceptable(e, f) || f->ack > e->max || f->ack < 0) {
        send_ack(s, side);
        return;
    }
    take_ack(s, side, f->ack);
    if (e->state != LAB_STATE_CLOSED && take_data(s, side, f)) {
        application(s, side);
        pump(s, side);
    }
}

static void arrives(sim_t *s, unsigned side, uint32_t which)
{
    end_t *e = &s->end[side];
    gen_frame_t *arrived = &g_array_index(s->t->frames, gen_frame_t, which);
    arrived->arrived_step = MIN(arrived->arrived_step, s->step);
    gen_frame_t f = *arrived; /* a copy: the array grows */
    if (e->state == LAB_STATE_CLOSED)
        answer_with_reset(s, side, &f);
    else if (e->state == LAB_STATE_LISTEN)
        in_listen(s, side, &f);
    else if (e->state == LAB_STATE_SYN_SENT)
        in_syn_sent(s, side, &f);
    else
        in_connection(s, side, &f);
    if (e->ack_pending && e->state != LAB_STATE_CLOSED)
        send_ack(s, side);
    if (e->state == LAB_STATE_ESTABLISHED) {
        application(s, side);
        pump(s, side);
    }
}

static void timer(sim_t *s, unsigned side, uint32_t which)
{
    end_t *e = &s->end[side];
    if (which != e->timer || e->state == LAB_STATE_CLOSED)
        return;
    if (++e->tries > TRIES) {
        abort_now(s, side);
        return;
    }
    if (e->state == LAB_STATE_SYN_SENT || e->state == LAB_STATE_SYN_RECEIVED) {
        send_syn(s, side);
    } else if (e->una < e->max) {
        e->nxt = e->una;
        pump(s, side);
    }
}

static void connects(sim_t *s, unsigned side)
{
    s->end[side].state = LAB_STATE_SYN_SENT;
    send_syn(s, side);
}

static void closes(sim_t *s, unsigned side)
{
    end_t *e = &s->end[side];
    if (e->state != LAB_STATE_ESTABLISHED && e->state != LAB_STATE_CLOSE_WAIT)
        return;
    if (s->p->close_by_reset && e->state == LAB_STATE_ESTABLISHED) {
        abort_now(s, side);
        return;
    }
    e->gone = s->p->gone;
    e->fin_wanted = true;
    pump(s, side);
}

/* Its program says something that nobody asked for. */
static void says_more(sim_t *s, unsigned side)
{
    end_t *e = &s->end[side];
    if (e->fin_wanted || (e->state != LAB_STATE_ESTABLISHED && e->state != LAB_STATE_CLOSE_WAIT))
        return;
    append_filler(e->out, 1 + gen_random(&s->random, 200), true);
    pump(s, side);
}

static void (*const handlers[])(sim_t *s, unsigned side) = {
    [CONNECTS] = connects, [CLOSES] = closes, [ABORTS] = abort_now, [SAYS_MORE] = says_more};

static void run(sim_t *s)
{
    event_t e;
    while (next_event(s, &e) && e.time < TIME_MAX && s->t->frames->len < FRAMES_MAX) {
        s->now = e.time;
        s->step++;
        if (e.what == ARRIVES)
            arrives(s, e.side, e.which);
        else if (e.what == TIMER)
            timer(s, e.side, e.which);
        else
            handlers[e.what](s, e.side);
    }
}

static void begin(sim_t *s)
{
    const gen_plan_t *p = s->p;
    for (unsigned i = 0; i < 2; i++) {
        s->end[i].out = g_string_new(NULL);
        s->end[i].in = g_string_new(NULL);
        s->end[i].state = LAB_STATE_CLOSED;
    }
    if (p->opening != GEN_REFUSED)
        s->end[1].state = LAB_STATE_LISTEN;
    happen(s, 1, CONNECTS, 0, 0);
    if (p->opening == GEN_SIMULTANEOUS)
        happen(s, 2, CONNECTS, 1, 0);
    if (p->opening == GEN_ABANDONED)
        happen(s, (p->delay[0] + p->delay[1]) * 3 / 2, ABORTS, 0, 0);
    if (p->abort_time)
        happen(s, p->abort_time, ABORTS, p->abort_side, 0);
}

static gint by_passing(gconstpointer x, gconstpointer y)
{
    const gen_frame_t *a = x, *b = y;
    if (a->passed != b->passed)
        return a->passed < b->passed ? -1 : 1;
    if (a->side != b->side)
        return a->side < b->side ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* Sets `unheard` and `unseen` of each frame. */
static void compare_views(gen_talked_t *t)
{
    for (guint i = 0; i < t->frames->len; i++) {
        gen_frame_t *f = &g_array_index(t->frames, gen_frame_t, i);
        uint32_t before = 0; /* segments of its side that were sent and captured before it */
        for (guint k = 0; k < i; k++) {
            const gen_frame_t *g = &g_array_index(t->frames, gen_frame_t, k);
            before += g->side == f->side && g->order < f->order;
            bool refused = (g->seg.flags & LAB_TH_RST) && f->state != LAB_STATE_CLOSED; /* RFC 5961 3.2 */
            f->unheard |= g->side != f->side && (g->arrived_step > f->sent_step || refused);
        }
        f->unseen = before != f->order;
    }
}

gen_talked_t *gen_conversation(uint64_t seed)
{
    gen_talked_t *t = g_new0(gen_talked_t, 1);
    sim_t s = {.t = t, .p = &t->plan, .random = seed, .events = g_array_new(FALSE, FALSE, sizeof(event_t))};
    t->frames = g_array_new(FALSE, FALSE, sizeof(gen_frame_t));
    t->payloads = g_ptr_array_new_with_free_func(g_free);
    plan(&s);
    begin(&s);
    run(&s);
    for (unsigned i = 0; i < 2; i++) {
        g_string_free(s.end[i].out, TRUE);
        g_string_free(s.end[i].in, TRUE);
    }
    g_array_unref(s.events);
    g_array_sort(t->frames, by_passing);
    compare_views(t);
    return t;
}

void gen_free(gen_talked_t *t)
{
    g_array_unref(t->frames);
    g_ptr_array_unref(t->payloads);
    g_free(t);
}
