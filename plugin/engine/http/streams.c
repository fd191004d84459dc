/* SPDX-License-Identifier: GPL-2.0-or-later */
/* streams.c - exchanges of HTTP/2, RFC 9113 8: one a stream. See streams.h. */
#include "streams.h"

#include "exchange.h"
#include "kept_heads.h"
#include "labels.h"
#include "messages_sent.h"

#include <string.h>

static lab_direction_t *direction_of(const lab_http2_conn_t *h, unsigned end)
{
    return h->conn->end[end].direction;
}

static const char *keep(const lab_http2_conn_t *h, const char *text)
{
    return text ? lab_strings_keep(h->conn->engine->strings, text) : NULL;
}

/* ---- exchanges ---- */

static void join(lab_http2_conn_t *h, lab_exchange_t *x, lab_h2_stream_t *stream)
{
    x->http2 = lab_arena_zeroed(h->conn->engine->arena, sizeof *x->http2);
    x->http2->stream = stream->id;
    stream->user = x;
    h->story.streams++;
}

static lab_exchange_t *exchange_of(lab_http2_conn_t *h, unsigned end, lab_h2_stream_t *stream)
{
    if (stream->user)
        return stream->user;
    lab_exchange_t *x = lab_exchange_open(h->conn, h->conn->client);
    const lab_direction_t *d = direction_of(h, end);
    x->secure = d && d->decrypted;
    join(h, x, stream);
    return x;
}

static void request_begins(lab_http2_conn_t *h, lab_exchange_t *x, lab_h2_stream_t *stream, unsigned end,
                           bool pushed)
{
    const lab_direction_t *d = direction_of(h, end);
    lab_position_t at = stream->half[end].began;
    if (x->request_first)
        return; /* its trailer */
    x->request_first = at.frame;
    x->request_begin = at.time;
    x->request_start = pushed ? -1 : at.offset;
    x->response_after = d ? d->acked : -1;
    x->http2->pushed_on = stream->pushed_on;
    h->story.pushed += pushed;
    if (!pushed)
        return;
    x->request_last = at.frame;
    x->request_done = at.time;
    const lab_h2_stream_t *promising = lab_h2_stream(h->reader, stream->pushed_on);
    const lab_exchange_t *asked = promising ? promising->user : NULL;
    x->http2->pushed_for = asked ? asked->number : 0;
}

static void begins(void *user, unsigned end, lab_h2_stream_t *stream, bool pushed)
{
    lab_http2_conn_t *h = user;
    const lab_direction_t *d = direction_of(h, end);
    lab_exchange_t *x = exchange_of(h, end, stream);
    if (d)
        stream->half[end].began = lab_direction_beginning(d, stream->half[end].began);
    if (pushed || end == x->client)
        request_begins(h, x, stream, end, pushed);
    else if (x->response_start < 0)
        x->response_start = stream->half[end].began.offset;
}

/* ---- heads ---- */

static void note_unknown(lab_http2_conn_t *h, lab_exchange_t *x, unsigned end, bool response,
                         const lab_h2_head_t *head, uint32_t frame)
{
    bool nothing = !head->head.line_count && !head->head.method && !head->head.status;
    if (!head->unknown && !nothing)
        return;
    x->http2->unknown_fields[response] += head->unknown;
    x->http2->unknown_head[response] |= nothing;
    h->story.end[end].fields_lost = true;
    lab_anomaly_add(h->conn->engine, frame, h->conn->number, LAB_ANOMALY_HTTP2_FIELDS_UNKNOWN);
}

static void request_head(lab_http2_conn_t *h, lab_exchange_t *x, const lab_h2_head_t *head)
{
    x->method = keep(h, head->head.method);
    x->target = keep(h, head->head.target);
    x->host = keep(h, head->head.host);
    x->http2->protocol = keep(h, head->protocol);
    lab_http_event_add(h->conn->engine, x, LAB_HTTP_REQUEST_HEAD);
}

static bool has_no_body(const lab_exchange_t *x)
{
    return x->status == 204 || x->status == 304 || g_strcmp0(x->method, "HEAD") == 0;
}

static void response_head(lab_http2_conn_t *h, lab_exchange_t *x, const lab_h2_head_t *head,
                          const lab_h2_half_t *half)
{
    x->status = head->head.status;
    x->content_type = keep(h, head->head.content_type);
    x->response_first = half->began.frame;
    x->response_begin = half->began.time;
    x->promised = has_no_body(x) ? 0 : head->head.content_length;
    if (!h->conn->answered || h->conn->answered->index < x->index)
        h->conn->answered = x;
    lab_http_event_add(h->conn->engine, x, LAB_HTTP_RESPONSE_HEAD);
}

/* The frames that promise a stream belong to its exchange, too. */
static void label_promise(lab_http2_conn_t *h, lab_exchange_t *x, const lab_h2_half_t *half,
                          lab_position_t at)
{
    const uint32_t frames[] = {half->began.frame, at.frame};
    for (unsigned i = 0; i < (frames[0] == frames[1] ? 1 : 2); i++) {
        lab_annotation_t *annotation = lab_annotation_of(h->conn->engine, frames[i], h->conn->number);
        if (!annotation)
            continue;
        lab_http2_list(h->conn, annotation, frames[i], x);
        uint32_t last = lab_annotation_exchange_last(h->conn->engine, annotation);
        lab_annotation_exchanges(h->conn->engine, annotation, annotation->exchange, MAX(last, x->number));
    }
    x->request_last = at.frame;
    x->request_done = at.time;
    x->request_complete = true;
}

static void append_trailer(lab_http2_conn_t *h, lab_exchange_t *x, const lab_h2_head_t *head, bool response,
                           uint32_t frame)
{
    x->trailers = true;
    lab_head_append(h->conn->engine, x,
                    lab_trailer_keep(&head->head, response ? x->status : 0, frame, h->conn->engine));
}

static void head_read(void *user, unsigned end, lab_h2_stream_t *stream, const lab_h2_head_t *head,
                      bool pushed, lab_position_t at)
{
    lab_http2_conn_t *h = user;
    lab_exchange_t *x = exchange_of(h, end, stream);
    bool response = end != x->client && !pushed;
    if (pushed)
        label_promise(h, x, &stream->half[end], at);
    uint32_t frame = response ? x->response_last : x->request_last;
    note_unknown(h, x, end, response, head, frame);
    if (!pushed && stream->half[end].headed && head->last) {
        append_trailer(h, x, head, response, frame);
        return;
    }
    if (!response || head->head.status)
        lab_head_append(h->conn->engine, x, lab_head_keep(&head->head, frame, h->conn->engine));
    if (!response)
        request_head(h, x, head);
    else if (head->head.status / 100 != 1)
        response_head(h, x, head, &stream->half[end]);
}

static void priority(void *user, lab_h2_stream_t *stream, const lab_h2_priority_t *priority)
{
    (void)user;
    lab_exchange_t *x = stream->user;
    if (!x)
        return;
    x->http2->weight = priority->weight;
    x->http2->depends_on = priority->depends_on;
    x->http2->exclusive = priority->exclusive;
}

/* ---- the end of a message ---- */

/* RFC 9113 8.1.1: the lengths of the DATA frames together are Content-Length. */
static void compare_length(lab_http2_conn_t *h, const lab_exchange_t *x, lab_h2_stream_t *stream,
                           lab_position_t at)
{
    if (x->promised >= 0 && !has_no_body(x) && (uint64_t)x->promised != x->received && !h->story.midstream &&
        !(h->conn->quality & LAB_QUALITY_MISSING))
        lab_http2_fault(h, !x->client, LAB_H2_FAULT_CONTENT_LENGTH, stream, at);
}

static void response_ends(lab_http2_conn_t *h, lab_exchange_t *x, int64_t offset)
{
    x->response_end = offset;
    x->response_complete = true;
    x->truncated = false;
    lab_http_event_add(h->conn->engine, x, LAB_HTTP_RESPONSE_END);
    lab_annotation_t *annotation = lab_annotation_of(h->conn->engine, x->response_last, h->conn->number);
    if (annotation)
        annotation->marks |= LAB_MARK_HTTP_LAST;
}

static void ends(void *user, unsigned end, lab_h2_stream_t *stream, lab_position_t at)
{
    lab_http2_conn_t *h = user;
    const lab_direction_t *d = direction_of(h, end);
    lab_exchange_t *x = exchange_of(h, end, stream);
    int64_t offset = d && d->decrypted ? lab_decrypted_read(d->decrypted) : at.offset;
    if (end == x->client) {
        x->request_end = offset;
        x->request_complete = true;
        return;
    }
    compare_length(h, x, stream, at);
    response_ends(h, x, offset);
}

/* ---- bytes ---- */

static bool is_message(const lab_h2_frame_t *f)
{
    return f && (f->type == LAB_H2_DATA || f->type == LAB_H2_HEADERS || f->type == LAB_H2_PUSH_PROMISE ||
                 f->type == LAB_H2_CONTINUATION);
}

/* A segment that carries frames of the connection, or of a stream but no message. */
static void label_control(lab_engine_t *e, lab_annotation_t *annotation, const lab_exchange_t *x)
{
    annotation->roles =
        (annotation->roles & ~LAB_ROLE_BIT(LAB_ROLE_DATA)) | LAB_ROLE_BIT(LAB_ROLE_HTTP2_CONTROL);
    if (x)
        lab_annotation_join(e, annotation, x->number);
}

static void note_kind(lab_http2_conn_t *h, lab_annotation_t *annotation, uint32_t frame,
                      const lab_h2_frame_t *f)
{
    lab_http2_frame_t kind = f ? lab_http2_kind(f) : LAB_HTTP2_PREFACE;
    if (kind == LAB_HTTP2_DATA)
        annotation->marks |= LAB_MARK_HTTP2_DATA;
    else
        lab_http2_facts(h->conn, frame)->frames |= 1u << kind;
}

/* The segment carried bytes of a frame of `end`. */
static void carried(lab_http2_conn_t *h, unsigned end, const lab_h2_frame_t *f, lab_exchange_t *x,
                    lab_position_t at)
{
    lab_annotation_t *annotation = lab_annotation_of(h->conn->engine, at.frame, h->conn->number);
    if (annotation && annotation->sender != end) /* this segment acknowledges missing bytes */
        return;
    bool message = x && is_message(f), response = x && end != x->client;
    if (annotation) {
        note_kind(h, annotation, at.frame, f);
        if (x)
            lab_http2_list(h->conn, annotation, at.frame, x);
        if (message)
            lab_label_message(h->conn->engine, annotation, x,
                              response ? LAB_ROLE_RESPONSE : LAB_ROLE_REQUEST);
        else
            label_control(h->conn->engine, annotation, x);
        if (message && f->type != LAB_H2_DATA)
            annotation->marks |= LAB_MARK_HTTP_HEAD;
    }
    if (message)
        lab_exchange_reached(x, response, at);
}

static void carried_clear(lab_http2_conn_t *h, const lab_direction_t *d, const lab_h2_frame_t *f,
                          lab_exchange_t *x, lab_position_t at)
{
    carried(h, d->end, f, x, at);
    if (x && is_message(f))
        lab_held_note(h, x, at.offset >= d->segment_end, at.time);
}

/* All segments of a record carried its decrypted bytes. */
static void carried_decrypted(lab_http2_conn_t *h, const lab_direction_t *d, const lab_h2_frame_t *f,
                              lab_exchange_t *x, lab_position_t at)
{
    unsigned count;
    int64_t from;
    const lab_span_t *c = lab_decrypted_spans(d->decrypted, at.offset, &count, &from);
    for (unsigned i = 0; i < count; i++)
        carried(h, d->end, f, x, (lab_position_t){c[i].frame, c[i].time, from});
    if (count && x && is_message(f))
        lab_held_note(h, x, from >= d->segment_end, c[count - 1].time);
}

static void piece(void *user, unsigned end, const lab_h2_frame_t *f, lab_h2_stream_t *stream,
                  lab_position_t at, uint32_t body)
{
    lab_http2_conn_t *h = user;
    const lab_direction_t *d = direction_of(h, end);
    lab_exchange_t *x = stream ? stream->user : NULL;
    if (x && end != x->client)
        x->received += body;
    if (!d)
        return;
    if (d->decrypted)
        carried_decrypted(h, d, f, x, at);
    else
        carried_clear(h, d, f, x, at);
}

/* RFC 9113 5.1: a body whose head is not in the capture. */
static void body_without_head(lab_http2_conn_t *h, unsigned end, lab_h2_stream_t *stream, lab_position_t at)
{
    lab_exchange_t *x = exchange_of(h, end, stream);
    bool response = end != x->client;
    stream->half[end].begun = true;
    x->http2->unknown_head[response] = true;
    if (response && !x->response_first) {
        x->response_first = at.frame;
        x->response_begin = at.time;
        x->response_start = at.offset;
    } else if (!response && !x->request_first) {
        x->request_first = at.frame;
        x->request_begin = at.time;
        x->request_start = at.offset;
    }
}

/* Notes where the bytes of an exchange begin and end, so that acknowledgments and repeated bytes find it. */
static void note_run(lab_http2_conn_t *h, unsigned end, const lab_exchange_t *x, int64_t offset)
{
    uint32_t number = x ? x->number : 0;
    if (h->running[end] && h->run[end] == number)
        return;
    h->running[end] = true;
    h->run[end] = number;
    lab_messages_run(h->conn, end, number, offset);
}

static void frame(void *user, unsigned end, const lab_h2_frame_t *f, lab_h2_stream_t *stream,
                  lab_position_t at)
{
    lab_http2_conn_t *h = user;
    const lab_direction_t *d = direction_of(h, end);
    if (!d)
        return;
    at = lab_direction_beginning(d, at);
    if (stream && f->type == LAB_H2_HEADERS)
        exchange_of(h, end, stream);
    else if (stream && f->type == LAB_H2_DATA && !stream->half[end].begun)
        body_without_head(h, end, stream, at);
    note_run(h, end, stream ? stream->user : NULL, at.offset);
}

/* RFC 9113 5.2.1: a stream needs two windows, its own and the connection's. Time in which both were used up
 * counts once. */
static void stream_waited(lab_http2_exchange_t *x, int64_t since, int64_t until, uint32_t frame)
{
    if (since < x->window_until)
        since = x->window_until;
    if (until <= since)
        return;
    x->window_wait += until - since;
    x->window_until = until;
    x->window_waits++;
    x->window_frame = frame;
}

static void waited(void *user, unsigned end, lab_h2_stream_t *stream, int64_t since, int64_t until,
                   uint32_t frame)
{
    (void)end;
    lab_http2_conn_t *h = user;
    lab_exchange_t *x = stream ? stream->user : NULL;
    if (until <= since)
        return;
    lab_http2_facts(h->conn, frame)->window_empty = until - since;
    if (x)
        stream_waited(x->http2, since, until, frame);
}

static void lost(void *user, unsigned end, lab_position_t at)
{
    lab_http2_conn_t *h = user;
    note_run(h, end, NULL, at.offset);
}

static void closed(void *user, lab_h2_stream_t *stream)
{
    (void)user;
    stream->user = NULL;
}

static const lab_h2_events_t events = {
    frame,  piece,           begins, head_read, ends, priority, lab_http2_control, lab_http2_setting,
    waited, lab_http2_fault, lost,   closed};

/* ---- the connection ---- */

void lab_http2_begin(lab_conn_t *conn, unsigned client, bool midstream)
{
    lab_http2_conn_t *h = g_new0(lab_http2_conn_t, 1);
    conn->http2 = h;
    h->conn = conn;
    h->story.midstream = midstream;
    h->story.events = g_array_new(FALSE, FALSE, sizeof(lab_http2_event_t));
    h->reader = lab_h2_new(&events, h, client, midstream);
}

void lab_http2_upgrade(lab_conn_t *conn, lab_exchange_t *x, const char *settings, int64_t time)
{
    lab_http2_begin(conn, x->client, false);
    conn->http2->story.upgraded = true;
    join(conn->http2, x, lab_h2_upgrade(conn->http2->reader, settings, time));
    x->http2->upgraded = true;
}

void lab_http2_bytes(lab_direction_t *d, const uint8_t *data, uint32_t n, lab_position_t at)
{
    lab_http2_conn_t *h = d->conn->http2;
    if (h->reader)
        lab_h2_feed(h->reader, d->end, data, n, at);
}

void lab_http2_segment_read(lab_direction_t *d)
{
    lab_held_settle(d->conn->http2, d->segment_frame, d->segment_time);
}

typedef struct {
    unsigned end;
    bool any, cut;
} cut_t;

static void cut_response(void *user, lab_h2_stream_t *stream)
{
    cut_t *cut = user;
    lab_exchange_t *x = stream->user;
    if (!x || x->client == cut->end || !x->response_first || x->response_complete || x->truncated == cut->cut)
        return;
    x->truncated = cut->cut;
    cut->any = true;
}

void lab_http2_cut(lab_context_t *c, unsigned end)
{
    const lab_http2_conn_t *h = c->conn->http2;
    cut_t cut = {.end = end, .cut = true};
    if (!h->reader || lab_exchange_unreadable(c->conn, end))
        return;
    lab_h2_each(h->reader, cut_response, &cut);
    if (cut.any)
        lab_add_anomaly(c, LAB_ANOMALY_TRUNCATED_BODY);
    lab_http2_unanswered(c->conn);
}

void lab_http2_uncut(lab_conn_t *conn)
{
    cut_t cut = {.end = 2, .cut = false};
    if (conn->http2->reader)
        lab_h2_each(conn->http2->reader, cut_response, &cut);
}

typedef struct {
    lab_exchange_t *newest;
} search_t;

static void find_unfinished(void *user, lab_h2_stream_t *stream)
{
    search_t *search = user;
    lab_exchange_t *x = stream->user;
    if (x && !x->response_complete && (!search->newest || search->newest->index < x->index))
        search->newest = x;
}

lab_exchange_t *lab_http2_unfinished(const lab_conn_t *conn)
{
    search_t search = {NULL};
    if (conn->http2->reader)
        lab_h2_each(conn->http2->reader, find_unfinished, &search);
    return search.newest;
}

void lab_http2_stop(lab_conn_t *conn)
{
    if (conn->http2)
        g_clear_pointer(&conn->http2->reader, lab_h2_free);
}

void lab_http2_free(lab_conn_t *conn)
{
    if (!conn->http2)
        return;
    lab_http2_stop(conn);
    g_array_unref(conn->http2->story.events);
    g_free(conn->http2);
    conn->http2 = NULL;
}
