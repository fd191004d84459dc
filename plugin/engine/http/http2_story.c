/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http2_story.c - what a connection of HTTP/2 does for itself: settings, windows, PING, GOAWAY, RST_STREAM,
 * and rules that are broken. Frames that tell it have it in their details. */
#include "streams.h"

#include "tcp.h"

#include <string.h>

/* ---- what a segment carries ---- */

lab_http2_facts_t *lab_http2_facts(lab_conn_t *conn, uint32_t frame)
{
    lab_detail_t *detail = lab_detail_of(conn->engine, frame, conn->number);
    if (!detail->http2)
        detail->http2 = lab_arena_zeroed(conn->engine->arena, sizeof *detail->http2);
    return detail->http2;
}

static void list(lab_engine_t *engine, lab_http2_facts_t *facts, uint32_t number)
{
    for (unsigned i = 0; i < facts->count; i++)
        if (facts->exchanges[i] == number)
            return;
    if (facts->count == LAB_HTTP2_LISTED_MAX)
        return;
    if (facts->count == facts->room) {
        uint16_t room = facts->room ? (uint16_t)(2 * facts->room) : 4;
        uint32_t *more = lab_arena_raw(engine->arena, room * sizeof *more);
        if (facts->count)
            memcpy(more, facts->exchanges, facts->count * sizeof *more);
        facts->exchanges = more;
        facts->room = room;
    }
    facts->exchanges[facts->count++] = number;
}

void lab_http2_list(lab_conn_t *conn, lab_annotation_t *annotation, uint32_t frame, const lab_exchange_t *x)
{
    uint32_t first = annotation->exchange, last = lab_annotation_exchange_last(conn->engine, annotation);
    if (!first || (first == x->number && last == x->number))
        return; /* the only one */
    lab_http2_facts_t *facts = lab_http2_facts(conn, frame);
    if (!facts->count)
        list(conn->engine, facts, first);
    list(conn->engine, facts, x->number);
}

lab_http2_frame_t lab_http2_kind(const lab_h2_frame_t *f)
{
    static const uint8_t kinds[] = {
        [LAB_H2_DATA] = LAB_HTTP2_DATA,
        [LAB_H2_HEADERS] = LAB_HTTP2_HEADERS,
        [LAB_H2_PRIORITY] = LAB_HTTP2_PRIORITY,
        [LAB_H2_RST_STREAM] = LAB_HTTP2_RST_STREAM,
        [LAB_H2_SETTINGS] = LAB_HTTP2_SETTINGS,
        [LAB_H2_PUSH_PROMISE] = LAB_HTTP2_PUSH_PROMISE,
        [LAB_H2_PING] = LAB_HTTP2_PING,
        [LAB_H2_GOAWAY] = LAB_HTTP2_GOAWAY,
        [LAB_H2_WINDOW_UPDATE] = LAB_HTTP2_WINDOW_UPDATE,
        [LAB_H2_CONTINUATION] = LAB_HTTP2_CONTINUATION,
        [LAB_H2_ALTSVC] = LAB_HTTP2_ALTSVC,
        [LAB_H2_ORIGIN] = LAB_HTTP2_ORIGIN,
        [LAB_H2_PRIORITY_UPDATE] = LAB_HTTP2_PRIORITY_UPDATE,
    };
    if (f->type == LAB_H2_SETTINGS && f->flags & LAB_H2_ACK)
        return LAB_HTTP2_SETTINGS_ACK;
    if (f->type == LAB_H2_PING && f->flags & LAB_H2_ACK)
        return LAB_HTTP2_PING_ACK;
    bool defined = f->type < G_N_ELEMENTS(kinds) && (kinds[f->type] || f->type == LAB_H2_DATA);
    return defined ? (lab_http2_frame_t)kinds[f->type] : LAB_HTTP2_OTHER;
}

/* ---- events ---- */

lab_http2_error_t lab_http2_error_of(uint32_t code)
{
    return code < LAB_HTTP2_UNKNOWN_ERROR - LAB_HTTP2_NO_ERROR
               ? (lab_http2_error_t)(code + LAB_HTTP2_NO_ERROR)
               : LAB_HTTP2_UNKNOWN_ERROR;
}

static void add_event(lab_http2_conn_t *h, lab_http2_event_t event)
{
    if (h->story.events->len >= LAB_HTTP2_EVENTS_MAX)
        h->story.events_left_out++;
    else
        g_array_append_val(h->story.events, event);
}

void lab_http2_fault(void *user, unsigned end, lab_h2_fault_t fault, lab_h2_stream_t *stream,
                     lab_position_t at)
{
    lab_http2_conn_t *h = user;
    lab_http2_facts_t *facts = lab_http2_facts(h->conn, at.frame);
    if (facts->faults & 1u << fault)
        return; /* once a segment */
    facts->faults |= 1u << fault;
    lab_anomaly_add(h->conn->engine, at.frame, h->conn->number, LAB_ANOMALY_HTTP2_RULE);
    add_event(h, (lab_http2_event_t){.frame = at.frame,
                                     .time = at.time,
                                     .by = (uint8_t)end,
                                     .kind = LAB_HTTP2_OTHER,
                                     .fault = (uint8_t)fault,
                                     .stream = stream ? stream->id : 0,
                                     .interval = -1});
}

void lab_http2_setting(void *user, unsigned end, uint16_t id, uint32_t value)
{
    lab_http2_end_t *e = &((lab_http2_conn_t *)user)->story.end[end];
    if (!id || id >= G_N_ELEMENTS(e->settings))
        return;
    e->settings[id] = value;
    e->set |= (uint8_t)(1u << id);
}

/* ---- PING, RFC 9113 6.7: HTTP/2's own keep-alive ---- */

static void note_keepalive(lab_http2_conn_t *h, unsigned end, uint32_t frame, lab_keepalive_t token,
                           int64_t interval)
{
    lab_context_t c = {.engine = h->conn->engine, .conn = h->conn};
    const lab_detail_t *detail = lab_detail_seen(c.engine, frame, h->conn->number);
    if (!(detail->keepalive & 1u << token)) /* once a segment */
        lab_keepalive_add(&c, frame, end, token, 0, interval);
}

static void ping(lab_http2_conn_t *h, unsigned end, const lab_h2_control_t *control, lab_position_t at)
{
    h->story.end[end].pings++;
    h->pings[end][h->ping_count[end]++ % LAB_PINGS_KEPT] = (lab_ping_t){control->opaque, at.time, at.frame};
    note_keepalive(h, end, at.frame, LAB_KEEPALIVE_HTTP2_PING, 0);
}

/* Nanoseconds since the PING that this answers; -1 = not known. */
static int64_t pong(lab_http2_conn_t *h, unsigned end, const lab_h2_control_t *control, lab_position_t at)
{
    int64_t interval = -1;
    for (unsigned i = 0; i < LAB_PINGS_KEPT && interval < 0; i++) {
        lab_ping_t *p = &h->pings[!end][i];
        if (!p->frame || p->opaque != control->opaque)
            continue;
        interval = at.time - p->time;
        p->frame = 0;
    }
    note_keepalive(h, end, at.frame, LAB_KEEPALIVE_HTTP2_ANSWER, MAX(interval, 0));
    return interval;
}

void lab_http2_unanswered(lab_conn_t *conn)
{
    lab_http2_conn_t *h = conn->http2;
    if (conn->quality & (LAB_QUALITY_ONE_DIRECTION | LAB_QUALITY_MISSING))
        return;
    for (unsigned i = 0; i < 2 * LAB_PINGS_KEPT; i++) {
        lab_ping_t *p = &h->pings[i / LAB_PINGS_KEPT][i % LAB_PINGS_KEPT];
        if (p->frame)
            note_keepalive(h, i / LAB_PINGS_KEPT, p->frame, LAB_KEEPALIVE_HTTP2_UNANSWERED, 0);
        p->frame = 0;
    }
}

/* ---- the other frames ---- */

static void settings(lab_http2_conn_t *h, unsigned end, lab_position_t at)
{
    lab_http2_end_t *e = &h->story.end[end];
    e->settings_frame = e->settings_frame ? e->settings_frame : at.frame;
    h->settings_time[end] = at.time;
}

static int64_t settings_ack(lab_http2_conn_t *h, unsigned end, lab_position_t at)
{
    lab_http2_end_t *other = &h->story.end[!end];
    int64_t since = h->settings_time[!end];
    other->acknowledged = other->acknowledged ? other->acknowledged : at.frame;
    h->settings_time[!end] = 0;
    return since ? at.time - since : -1;
}

static void mark_unprocessed(void *user, lab_h2_stream_t *stream)
{
    const lab_http2_event_t *goaway = user;
    lab_exchange_t *x = stream->user;
    if (x && stream->id > goaway->stream && x->client != goaway->by && !x->http2->unprocessed &&
        stream->id % 2)
        x->http2->unprocessed = goaway->frame;
}

/* RFC 9113 6.8: streams above the last one were not, and will not be, processed. */
static void goaway(lab_http2_conn_t *h, unsigned end, lab_http2_event_t *event)
{
    lab_http2_end_t *e = &h->story.end[end];
    e->goaway_frame = event->frame;
    e->goaway_last = event->stream;
    e->goaway_error = event->error;
    lab_http2_facts_t *facts = lab_http2_facts(h->conn, event->frame);
    facts->error = event->error;
    facts->last_stream = event->stream;
    if (h->goaways++ < LAB_GOAWAYS_MAX)
        lab_h2_each(h->reader, mark_unprocessed, event);
}

/* RFC 9113 6.4. What of a response is missing is lost, unless it was complete. */
static void reset(lab_http2_conn_t *h, const lab_http2_event_t *event, const lab_h2_stream_t *stream)
{
    lab_exchange_t *x = stream ? stream->user : NULL;
    lab_http2_facts_t *facts = lab_http2_facts(h->conn, event->frame);
    if (!facts->reset_stream) {
        facts->reset_stream = event->stream;
        facts->error = event->error;
    }
    if (!x)
        return;
    h->story.reset++;
    x->http2->reset_frame = event->frame;
    x->http2->reset_by = event->by;
    x->http2->reset_code = event->error;
    if (!x->response_first || x->response_complete)
        return;
    x->truncated = true;
    if (x->promised > 0 && (uint64_t)x->promised > x->received)
        facts->missing = (uint64_t)x->promised - x->received;
    lab_anomaly_add(h->conn->engine, event->frame, h->conn->number, LAB_ANOMALY_TRUNCATED_BODY);
}

void lab_http2_control(void *user, unsigned end, const lab_h2_control_t *control, lab_h2_stream_t *stream,
                       lab_position_t at)
{
    lab_http2_conn_t *h = user;
    lab_http2_event_t event = {.frame = at.frame,
                               .time = at.time,
                               .by = (uint8_t)end,
                               .kind = (uint8_t)lab_http2_kind(&control->frame),
                               .stream = control->frame.stream,
                               .code = control->code,
                               .interval = -1};
    switch (event.kind) {
    case LAB_HTTP2_SETTINGS:
        settings(h, end, at);
        break;
    case LAB_HTTP2_SETTINGS_ACK:
        event.interval = settings_ack(h, end, at);
        break;
    case LAB_HTTP2_PING:
        ping(h, end, control, at);
        break;
    case LAB_HTTP2_PING_ACK:
        event.interval = pong(h, end, control, at);
        break;
    case LAB_HTTP2_WINDOW_UPDATE:
        h->story.end[end].window_updates++;
        h->story.end[end].granted += control->code;
        return; /* there are too many of them */
    case LAB_HTTP2_GOAWAY:
        event.stream = control->last_stream;
        event.error = (uint8_t)lab_http2_error_of(control->code);
        goaway(h, end, &event);
        break;
    case LAB_HTTP2_RST_STREAM:
        event.error = (uint8_t)lab_http2_error_of(control->code);
        reset(h, &event, stream);
        break;
    default:
        return;
    }
    add_event(h, event);
}

const lab_http2_story_t *lab_conn_http2(const lab_conn_t *conn)
{
    return conn->http2 ? &conn->http2->story : NULL;
}

uint32_t lab_annotation_exchange(const lab_engine_t *engine, const lab_annotation_t *annotation, unsigned i)
{
    const lab_detail_t *detail = lab_engine_detail(engine, annotation);
    if (detail && detail->http2 && detail->http2->count)
        return i < detail->http2->count ? detail->http2->exchanges[i] : 0;
    return annotation->exchange &&
                   i <= lab_annotation_exchange_last(engine, annotation) - annotation->exchange
               ? annotation->exchange + i
               : 0;
}
