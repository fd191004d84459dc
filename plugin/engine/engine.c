/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine.c - takes in the segments: which connection each belongs to, and the order in which the rooms look
 * at it. */
#include "conn.h"
#include "duplicate.h"
#include "exchange.h"
#include "link.h"
#include "messages.h"
#include "newest.h"
#include "pages.h"
#include "plain.h"
#include "reset.h"
#include "rest.h"
#include "rst_verdict.h"
#include "streams.h"
#include "tcp.h"
#include "tls.h"
#include "verdict.h"
#include "work.h"

#include <string.h>

static void conn_free(lab_conn_t *conn)
{
    lab_exchange_free(conn);
    lab_http2_free(conn);
    lab_tls_free(conn->tls);
    lab_conn_clear(conn);
}

/* The connection lies elsewhere now. */
static lab_conn_t *wake(lab_engine_t *e, void *rest)
{
    lab_conn_t *conn = lab_rest_wake(e, rest);
    lab_exchange_moved(conn);
    return conn;
}

lab_engine_t *lab_engine_new(void)
{
    lab_engine_t *e = lab_store_new();
    e->newest = lab_newest_new();
    e->rests = lab_rests_new();
    e->wake = wake;
    e->peek = lab_rest_peek;
    e->copies = lab_copies_new();
    e->dns = lab_dns_new(e->strings);
    e->pages = lab_pages_new(e);
    return e;
}

/* Most connections own nothing outside of the arena: they need not be looked at. */
static void free_stream(lab_engine_t *e, uint32_t stream)
{
    const void *rest = lab_store_resting(e, stream);
    if (rest && !lab_rest_owns(rest))
        return;
    lab_conn_t *conn = lab_store_own(e, stream);
    if (conn)
        conn_free(conn);
}

void lab_engine_free(lab_engine_t *e)
{
    if (!e)
        return;
    for (uint32_t stream = 0; stream < lab_engine_streams(e); stream++)
        free_stream(e, stream);
    lab_pages_free(e->pages);
    lab_dns_free(e->dns);
    lab_map_free(e->heads);
    lab_copies_free(e->copies);
    lab_newest_free(e->newest);
    lab_rests_free(e->rests);
    lab_store_free(e);
}

/* Without a SYN the client is the side with the request, else the one with the higher port. */
static void guess_client(lab_conn_t *conn, const lab_segment_t *seg)
{
    if (seg->flags & LAB_TH_SYN) {
        conn->client = (seg->flags & LAB_TH_ACK) ? 1 : 0;
        conn->client_certain = true;
        return;
    }
    conn->midstream = true;
    conn->quality |= LAB_QUALITY_STARTS_IN_MIDDLE;
    conn->open = LAB_OPEN_NOT_CAPTURED;
    conn->client = seg->src.port >= seg->dst.port ? 0 : 1;
}

static void learn_isn(lab_end_t *end, uint32_t isn)
{
    end->isn = isn;
    end->isn_known = true;
}

/* Offsets relative to the ISN; without a SYN the first byte seen is taken as byte 1, as Wireshark does. */
static void place_segment(lab_context_t *c)
{
    const lab_segment_t *seg = c->seg;
    if (!c->sender->isn_known) {
        /* a lone RST may have sequence number 0 by rule: it tells nothing about the numbering */
        learn_isn(c->sender, c->syn || c->rst ? seg->seq : seg->seq - 1);
        c->sender->next = c->syn || c->rst ? 0 : 1;
        if (c->rst)
            c->sender->isn_known = false;
    }
    if (c->syn && !c->sender->syn && c->sender->isn != seg->seq && c->sender->bytes == 0 &&
        c->conn->open == LAB_OPEN_NONE) {
        learn_isn(c->sender, seg->seq); /* an ACK came before the SYN (split handshake): count from the SYN */
        c->sender->next = 0;
        lab_sequence_untake(c->conn, c->from); /* if it was an ACK of something else */
    }
    if (c->has_ack && !c->receiver->isn_known) {
        learn_isn(c->receiver, seg->ack - 1);
        c->receiver->next = 1;
    }
    if (c->conn->open == LAB_OPEN_NONE && c->has_ack)
        lab_opening_renumber(c);
    c->offset = lab_offset_of(c->sender, seg->seq);
    c->end = c->offset + seg->length + (c->syn ? 1 : 0) + (c->fin ? 1 : 0);
    c->ack = c->has_ack ? lab_offset_of(c->receiver, seg->ack) : -1;
}

/* A packet that was captured twice says nothing new: it gets what its original got. */
static void copy_duplicate(lab_context_t *c, uint32_t frame)
{
    lab_annotation_t *original = lab_annotation_of(c->engine, frame, c->conn->number);
    const lab_annotation_t own = *c->annotation;
    uint32_t last = original ? lab_annotation_exchange_last(c->engine, original) : 0;
    if (original && original->phase != LAB_PHASE_NONE) /* not if it was forgotten */
        *c->annotation = *original;
    c->annotation->marks = own.marks;
    c->annotation->detail = own.detail;
    lab_annotation_exchanges(c->engine, c->annotation, c->annotation->exchange,
                             MAX(c->annotation->exchange, last));
    c->annotation->related = frame;
    lab_add_role(c, LAB_ROLE_CAPTURE_DUPLICATE);
    lab_add_anomaly(c, LAB_ANOMALY_CAPTURE_DUPLICATE);
    c->conn->quality |= LAB_QUALITY_DUPLICATES;
}

static void learn_ip_ids(lab_context_t *c)
{
    uint16_t id = c->seg->ip_id, last = c->sender->last.ip_id;
    if (id && last && c->sender->ip_ids != LAB_IP_IDS_SAME)
        c->sender->ip_ids = id == last ? LAB_IP_IDS_SAME : LAB_IP_IDS_DIFFER;
}

static void remember_last(lab_context_t *c)
{
    lab_last_t *last = &c->sender->last;
    const lab_segment_t *seg = c->seg;
    last->frame = seg->frame;
    last->time = seg->time;
    last->length = seg->length;
    last->offset = c->offset;
    last->ack = c->ack;
    last->flags = seg->flags;
    last->window = seg->window;
    last->ttl = seg->ttl;
    learn_ip_ids(c);
    last->ip_id = seg->ip_id;
    last->new_bytes = c->new_bytes;
    last->repeated = c->repeated;
    last->bad_ack = c->bad_ack;
    last->dropped = c->dropped;
    last->probe = lab_has_role(c, LAB_ROLE_KEEPALIVE_PROBE);
    last->window_probe = lab_has_role(c, LAB_ROLE_WINDOW_PROBE);
}

static void note_quality(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    const lab_segment_t *seg = c->seg;
    if (c->from != 0)
        conn->quality &= ~(uint32_t)LAB_QUALITY_ONE_DIRECTION;
    if (seg->captured < seg->length)
        conn->quality |= LAB_QUALITY_CUT;
    if (seg->length > 1460)
        conn->quality |= LAB_QUALITY_LARGE_SEGMENTS;
    if (seg->time < c->engine->last_time) {
        conn->quality |= LAB_QUALITY_TIME_BACKWARDS;
        c->engine->quality |= LAB_QUALITY_TIME_BACKWARDS;
        lab_copies_clock_back(c->engine, seg);
    }
    c->engine->last_time = seg->time;
}

/* The frame that this one is a further copy of, 0 = none. Without an identification two packets may be alike
 * and still be two: a stack's answers without content come in bursts (one RST for each segment), and on a
 * fast network the other side's duplicate ACK brings the same segment once more within its clock's tick. Then
 * they are copies only where the capture has shown copies before. */
static uint32_t original_of(const lab_context_t *c)
{
    lab_ip_ids_t ids = (lab_ip_ids_t)c->sender->ip_ids;
    uint32_t original = lab_copies_original(c->engine->copies, c->seg, c->from, ids);
    if (!original)
        return 0;
    bool identified = c->seg->ip_id && ids != LAB_IP_IDS_SAME;
    bool asked_for = !(c->data || c->fin || c->syn) || c->receiver->last.frame > original;
    bool copies = !asked_for || identified || c->conn->quality & LAB_QUALITY_DUPLICATES;
    return copies ? original : 0;
}

/* A RST: its facts, then its cause, which looks at what was before, then what it ends. */
static void look_at_reset(lab_context_t *c)
{
    bool ended = c->conn->ended;
    lab_answered_t answered;
    lab_reset_t *reset = lab_reset_seen(c, &answered);
    lab_rst_judge(c, reset, &answered);
    lab_reset_obey(c, reset);
    if (c->conn->ended && !ended)
        lab_exchange_cut(c);
    lab_close_judge(c, ended);
    lab_persistence(c);
}

/* Facts before judgements: each room rests on what those above it in this list found. */
static void look_at_other(lab_context_t *c)
{
    lab_rst_aftermath(c); /* first, for a connection that goes on is read on */
    lab_closing_reconsider(c);
    bool ended = c->conn->ended;
    if (ended && lab_opening_again(c))
        lab_attempt_keep(c);
    lab_opening(c);
    bool keepalive = lab_keepalive(c);
    if (!keepalive && !c->dropped)
        lab_exchange_payload(c);
    if (c->conn->lookup && c->conn->newest)
        lab_lookup_confirm(c->conn, lab_conn_host(c->conn));
    lab_closing(c);
    if (!keepalive)
        lab_sequence_label(c);
    lab_exchange_label(c);
    lab_close_judge(c, ended);
    lab_persistence(c);
    lab_phase_decide(c);
    lab_rst_remember(c);
    lab_sequence_advance(c);
    lab_rst_message_arrived(c);
}

static void take_all_steps(lab_context_t *c)
{
    lab_sequence_before(c);
    if (c->rst)
        look_at_reset(c);
    else
        look_at_other(c);
    lab_states_update(c);
    lab_zeek_segment(c);
}

/* The rooms, in the order in which one rests on the other's findings. */
static void look_at(lab_context_t *c)
{
    uint32_t original = 0;
    if (c->engine->quality & LAB_QUALITY_TIME_BACKWARDS)
        original = lab_copies_replayed(c->engine, c->seg, c->from);
    if (!original)
        original = original_of(c);
    if (original) {
        copy_duplicate(c, original);
        return;
    }
    bool plain = lab_plain(c);
    if (plain)
        lab_plain_take(c);
    else
        take_all_steps(c);
    remember_last(c);
    if (!plain)
        c->conn->calm = lab_plain_possible(c->conn);
}

/* The SYN of an attempt that did not succeed, sent again: 4.4 and later count a new stream after a RST. */
static bool repeats_attempt(const lab_conn_t *earlier, const lab_segment_t *seg)
{
    const lab_end_t *client = &earlier->end[earlier->client];
    bool failed = earlier->open == LAB_OPEN_NONE || earlier->open == LAB_OPEN_REFUSED;
    return failed && client->syn && client->isn == seg->seq &&
           lab_endpoint_equal(&client->endpoint, &seg->src);
}

static bool completes_split(const lab_conn_t *earlier, const lab_segment_t *seg)
{
    return earlier->split && earlier->open == LAB_OPEN_NONE && !earlier->ended &&
           lab_endpoint_equal(&earlier->end[!earlier->client].endpoint, &seg->src);
}

/* RFC 9293 3.5 figure 7: the SYN crosses the one of the earlier attempt, to which this side had sent
 * something with another number. */
static bool joins_attempt(const lab_conn_t *earlier, const lab_segment_t *seg)
{
    const lab_end_t *client = &earlier->end[earlier->client], *other = &earlier->end[!earlier->client];
    return earlier->open == LAB_OPEN_NONE && client->state == LAB_STATE_SYN_SENT && !other->syn_frame &&
           lab_endpoint_equal(&other->endpoint, &seg->src);
}

/* A SYN-ACK to the client's SYN: 4.4 and later count a new stream after a RST, and where its number is
 * another than that of the SYN-ACK before. */
static bool answers_attempt(const lab_conn_t *earlier, const lab_segment_t *seg)
{
    const lab_end_t *client = &earlier->end[earlier->client], *other = &earlier->end[!earlier->client];
    return client->syn && seg->ack == client->isn + 1 && lab_endpoint_equal(&other->endpoint, &seg->src);
}

/* Wireshark begins a new stream at a SYN where no connection begins: at a stray one that was challenged, at
 * the server's in a handshake where ACK and SYN come apart (RFC 9293 3.5), and at one that is sent again. */
static bool goes_on(const lab_conn_t *earlier, const lab_segment_t *seg)
{
    bool syn = (seg->flags & (LAB_TH_SYN | LAB_TH_ACK | LAB_TH_RST)) == LAB_TH_SYN;
    bool reset = (seg->flags & LAB_TH_SYN) && (seg->flags & LAB_TH_RST);
    if (reset) /* the RST bit is checked first */
        return earlier && !earlier->ended;
    if (earlier && (seg->flags & (LAB_TH_SYN | LAB_TH_ACK)) == (LAB_TH_SYN | LAB_TH_ACK))
        return answers_attempt(earlier, seg);
    return syn && earlier &&
           (completes_split(earlier, seg) || repeats_attempt(earlier, seg) || joins_attempt(earlier, seg));
}

/* The stream went on with an older connection, which a RST then ended; its SYN comes once more: now a
 * connection of its own begins (RFC 9293 3.5.1 figure 9). */
static bool begins_anew(const lab_conn_t *conn, const lab_segment_t *seg)
{
    return conn->number != seg->stream && conn->ended &&
           (seg->flags & (LAB_TH_SYN | LAB_TH_ACK | LAB_TH_RST)) == LAB_TH_SYN;
}

/* The first segment of a stream: a connection of its own, or an older one. */
static lab_conn_t *begin(lab_engine_t *e, const lab_segment_t *seg)
{
    lab_conn_t *conn = lab_conn_new(e, seg), *earlier = lab_newest_on(e, conn);
    lab_store_row_t *row = lab_store_row(e, seg->stream);
    row->at = (uintptr_t)conn;
    row->redirect = 0;
    if (goes_on(earlier, seg)) {
        lab_store_redirect(e, seg->stream, earlier->number);
        return earlier;
    }
    guess_client(conn, seg);
    if (earlier && (seg->flags & (LAB_TH_SYN | LAB_TH_ACK)) == LAB_TH_SYN)
        lab_challenge_meet(conn, earlier, seg);
    lab_newest_put(e, conn);
    lab_lookup_link(conn);
    return conn;
}

static lab_conn_t *conn_of(lab_engine_t *e, const lab_segment_t *seg)
{
    lab_conn_t *own = lab_store_own(e, seg->stream);
    if (!own)
        return begin(e, seg);
    bool redirected = lab_store_row(e, seg->stream)->redirect;
    if (!redirected && (own->previous || own->waiting)) {
        lab_conn_t *earlier = NULL;
        if (lab_challenge_goes_on(own, seg))
            lab_challenge_go_on(own);
        else
            earlier = lab_challenge_late_reset(own, seg);
        if (earlier)
            return earlier;
        redirected = lab_store_row(e, seg->stream)->redirect;
    }
    if (!redirected)
        return own;
    lab_conn_t *conn = lab_store_conn(e, seg->stream);
    if (!begins_anew(conn, seg))
        return conn;
    conn_free(own);
    lab_rest_drop(e, own);
    return begin(e, seg);
}

/* Fills a context that is zeroed. */
static inline void fill_context(lab_context_t *c, lab_engine_t *e, lab_conn_t *conn, const lab_segment_t *seg)
{
    unsigned from = lab_endpoint_equal(&conn->end[0].endpoint, &seg->src) ? 0 : 1;
    c->engine = e;
    c->conn = conn;
    c->seg = seg;
    c->from = from;
    c->to = !from;
    c->sender = &conn->end[from];
    c->receiver = &conn->end[!from];
    c->syn = seg->flags & LAB_TH_SYN;
    c->rst = seg->flags & LAB_TH_RST;
    c->fin = (seg->flags & LAB_TH_FIN) && !c->rst;
    c->has_ack = seg->flags & LAB_TH_ACK;
    c->data = seg->length > 0;
}

static void annotate(lab_context_t *c)
{
    const lab_segment_t *seg = c->seg;
    lab_annotation_t *annotation = c->annotation;
    annotation->stream = seg->stream;
    annotation->phase = LAB_PHASE_DATA;
    annotation->sender = (uint8_t)c->from;
    annotation->length = MIN(seg->length, LAB_LENGTH_MAX);
    annotation->seq = seg->seq;
    annotation->ack = seg->ack;
    annotation->flags = (uint8_t)seg->flags;
    if (c->conn->number != seg->stream)
        lab_detail_new(c->engine, annotation)->connection = c->conn->number + 1;
}

/* After both ends were done nothing is expected any more. */
static void note_late(lab_context_t *c)
{
    if (c->rst || lab_has_role(c, LAB_ROLE_CAPTURE_DUPLICATE) || lab_has_role(c, LAB_ROLE_CHALLENGE_ACK))
        return;
    c->annotation->phase = LAB_PHASE_LATE;
    lab_add_role(c, LAB_ROLE_LATE);
    lab_add_anomaly(c, LAB_ANOMALY_LATE);
}

void lab_engine_segment(lab_engine_t *e, const lab_segment_t *seg)
{
    lab_rest_some(e);
    lab_annotation_t *annotation = lab_annotation_new(e, seg->frame);
    annotation->phase = LAB_PHASE_DATA;
    lab_conn_t *conn = conn_of(e, seg);
    lab_context_t c = {.annotation = annotation};
    fill_context(&c, e, conn, seg);
    e->now.frame =
        conn->number == seg->stream ? seg->frame : 0; /* elsewhere the stream may have another connection */
    e->now.stream = seg->stream;
    e->now.annotation = annotation;
    annotate(&c);
    conn->touched = e->tcp_frames++;
    conn->frames++;
    place_segment(&c);
    bool over = conn->ended;
    note_quality(&c);
    look_at(&c);
    if (over && conn->ended)
        note_late(&c);
    if (conn->previous)
        lab_challenge_lend(&c);
    if (conn->ended && !over && !c.rst)
        lab_exchange_free(conn); /* closed in order: nothing more to read */
    conn->last_frame = seg->frame;
    conn->last_time = seg->time;
}

uint32_t lab_engine_quality(const lab_engine_t *e)
{
    uint32_t quality = e->quality | (e->tcp_frames ? 0 : LAB_QUALITY_NO_TCP);
    for (uint32_t stream = 0; stream < lab_engine_streams(e); stream++)
        if (lab_engine_conn_at(e, stream))
            quality |= lab_conn_quality(lab_engine_conn_at(e, stream));
    return quality;
}

int64_t lab_engine_first_time(const lab_engine_t *e)
{
    for (uint32_t stream = 0; stream < lab_engine_streams(e); stream++)
        if (lab_engine_conn(e, stream))
            return lab_engine_conn(e, stream)->first_time;
    return 0;
}
