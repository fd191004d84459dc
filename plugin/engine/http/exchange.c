/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exchange.c - HTTP exchanges: which request got which response, and which frames belong to them.
 *
 * Requests and responses are paired in the order of the byte streams (RFC 9112 9.3): the n-th response
 * answers the n-th request, however they were cut into segments, repeated or pipelined.
 */
#include "exchange.h"

#include "direction.h"
#include "events.h"
#include "kept_heads.h"
#include "tls.h"
#include "url.h"

#include <string.h>

static lab_exchange_t *exchange_at(const lab_conn_t *conn, guint i)
{
    if (i + 1 == conn->exchanges->len)
        return conn->newest; /* nearly always it is this one that is wanted */
    return g_ptr_array_index(conn->engine->exchanges, g_array_index(conn->exchanges, uint32_t, i) - 1);
}

static guint exchange_count(const lab_conn_t *conn)
{
    return conn->exchanges ? conn->exchanges->len : 0;
}

/* Encrypted data that could not be read, or that waits behind bytes which the capture lacks. */
bool lab_exchange_unreadable(const lab_conn_t *conn, unsigned end)
{
    const lab_end_t *sender = &conn->end[end];
    const lab_direction_t *d = sender->direction;
    return sender->unread || (d && d->decrypted &&
                              lab_stream_next(d->stream) < (sender->fin ? sender->fin_offset : sender->next));
}

bool lab_conn_unread(const lab_conn_t *conn, unsigned end)
{
    return lab_exchange_unreadable(conn, end);
}

lab_decrypted_kind_t lab_conn_decrypted(const lab_conn_t *conn)
{
    return (lab_decrypted_kind_t)conn->decrypted_kind;
}

const GArray *lab_conn_exchanges(const lab_conn_t *conn)
{
    return conn->exchanges;
}

const lab_endpoint_t *lab_exchange_client(const lab_engine_t *e, const lab_exchange_t *x)
{
    return &lab_engine_conn(e, x->stream)->end[x->client].endpoint;
}

const char *lab_conn_host(const lab_conn_t *conn)
{
    const lab_exchange_t *x = exchange_count(conn) ? exchange_at(conn, 0) : NULL;
    return x && !lab_url_names_proxy(x->method, x->target) ? x->host : NULL;
}

lab_exchange_t *lab_exchange_current(const lab_conn_t *conn)
{
    bool unread = conn->decrypts && (lab_exchange_unreadable(conn, 0) || lab_exchange_unreadable(conn, 1));
    return unread ? NULL : conn->newest;
}

const lab_exchange_t *lab_exchange_answered(const lab_conn_t *conn)
{
    guint i = lab_exchange_current(conn) ? exchange_count(conn) : 0;
    while (i && !exchange_at(conn, i - 1)->response_first)
        i--;
    return i ? exchange_at(conn, i - 1) : NULL;
}

static lab_exchange_t *exchange_new(lab_conn_t *conn, unsigned client)
{
    GPtrArray *all = conn->engine->exchanges;
    lab_exchange_t *x = lab_arena_zeroed(conn->engine->arena, sizeof *x);
    g_ptr_array_add(all, x);
    x->number = all->len;
    x->stream = conn->number;
    x->client = (uint8_t)client;
    x->request_start = x->request_end = x->response_start = x->response_end = -1;
    x->promised = x->keepalive_timeout = x->keepalive_max = -1;
    if (!conn->exchanges)
        conn->exchanges = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(conn->exchanges, x->number);
    x->index = conn->exchanges->len;
    conn->newest = x;
    return x;
}

static bool is_waiting(const lab_exchange_t *x, unsigned client)
{
    return !x->response_first && !x->response_complete && x->client == client;
}

/* More requests than this without an answer are no pipeline; the search for the one that is answered ends
 * there. */
#define PIPELINE_MAX 1024

/* The oldest request without a response. Where bytes of the other side are missing from the offset `lost` on
 * (-1 = nowhere), responses may be among them: a client that had some of those bytes before it asked again
 * had its response to the request before. */
static lab_exchange_t *first_waiting(lab_conn_t *conn, unsigned client, int64_t lost)
{
    guint count = exchange_count(conn), i = count;
    while (i > 0 && count - i < PIPELINE_MAX && is_waiting(exchange_at(conn, i - 1), client))
        i--;
    while (lost >= 0 && i + 1 < count && exchange_at(conn, i + 1)->response_after > lost)
        i++;
    return i < count ? exchange_at(conn, i) : NULL;
}

/* Frames that are looked through for acknowledgments to a start line in pieces. */
#define PIECES_SPAN 1000

static bool acknowledges(const lab_annotation_t *r, const lab_direction_t *d, int64_t start)
{
    const lab_end_t *sender = &d->conn->end[d->end];
    bool pure = r->sender != d->end && !r->length && !r->exchange &&
                (r->phase == LAB_PHASE_DATA || r->phase == LAB_PHASE_IDLE) && (r->flags & LAB_TH_ACK);
    return pure && sender->isn_known && (int32_t)(r->ack - sender->isn) > start;
}

static void acknowledges_message(lab_annotation_t *r, const lab_exchange_t *x, bool response)
{
    r->exchange = r->exchange_last = x->number;
    if (r->phase == LAB_PHASE_DATA || r->phase == LAB_PHASE_TLS)
        r->phase = response ? LAB_PHASE_RESPONSE : LAB_PHASE_REQUEST;
}

/* What acknowledged bytes of the start line before its end showed that it is one. */
static void label_acks_between(const lab_direction_t *d, lab_position_t first, lab_position_t last)
{
    uint32_t from = MAX(first.frame + 1, last.frame > PIECES_SPAN ? last.frame - PIECES_SPAN : 0);
    for (uint32_t frame = from; frame < last.frame; frame++) {
        lab_annotation_t *r = lab_annotation_of(d->conn->engine, frame, d->conn->number);
        if (!r || !acknowledges(r, d, first.offset))
            continue;
        acknowledges_message(r, d->exchange, d->response);
    }
}

/* ---- what the parser tells ---- */

static void begin(void *user, bool response, lab_position_t at, lab_position_t last)
{
    lab_direction_t *d = user;
    lab_conn_t *conn = d->conn;
    unsigned client = response ? !d->end : d->end, count;
    const lab_span_t *first =
        d->decrypted ? lab_decrypted_spans(d->decrypted, at.offset, &count, &at.offset) : NULL;
    if (first) {
        at.frame = first->frame;
        at.time = first->time;
    }
    if (!conn->client_certain) {
        conn->client = (uint8_t)client;
        conn->client_certain = true;
    }
    d->response = response;
    d->interim = false;
    d->began = at;
    d->exchange = response ? first_waiting(conn, client, d->lost) : NULL;
    d->lost = -1;
    if (!d->exchange)
        d->exchange = exchange_new(conn, client);
    if (d->decrypted) {
        d->exchange->secure = true;
        conn->decrypted_kind = LAB_DECRYPTED_HTTP_1;
    }
    if (response && d->exchange->response_start < 0)
        d->exchange->response_start = at.offset; /* a 1xx response begins it, too */
    if (!response) {
        d->exchange->request_first = at.frame;
        d->exchange->request_begin = at.time;
        d->exchange->request_start = at.offset;
        d->exchange->response_after = d->acked;
    }
    if (!d->decrypted)
        label_acks_between(d, at, last);
}

static const char *keep(lab_conn_t *conn, const char *text)
{
    return text ? lab_strings_keep(conn->engine->strings, text) : NULL;
}

static lab_http_body_t request_head(lab_direction_t *d, const lab_http_head_t *head, const lab_head_t *kept)
{
    lab_exchange_t *x = d->exchange;
    x->method = keep(d->conn, head->method);
    x->target = keep(d->conn, head->target);
    x->host = lab_head_value(kept, head, head->host, d->conn->engine);
    x->request_http_1_0 = head->http_1_0 && !head->keep_alive;
    x->request_closes = head->close;
    return lab_http_request_body(head);
}

static lab_http_body_t response_head(lab_direction_t *d, const lab_http_head_t *head, const lab_head_t *kept)
{
    lab_exchange_t *x = d->exchange;
    lab_http_body_t body = lab_http_response_body(head, x->method);
    d->interim = head->status / 100 == 1 &&
                 head->status != 101; /* RFC 9110 15.2: the final response is still to come */
    if (d->interim)
        return body;
    const lab_direction_t *requests = d->conn->end[x->client].direction;
    x->tunnel = body == LAB_HTTP_TUNNEL;
    if (x->tunnel && requests && requests->http)
        lab_http_tunnel(requests->http);
    x->status = head->status;
    x->content_type = lab_head_value(kept, head, head->content_type, d->conn->engine);
    x->response_first = d->began.frame;
    x->response_begin = d->began.time;
    x->response_http_1_0 = head->http_1_0 && !head->keep_alive;
    x->response_closes = head->close;
    x->keepalive_timeout = head->keepalive_timeout;
    x->keepalive_max = head->keepalive_max;
    x->chunked = body == LAB_HTTP_CHUNKED;
    x->until_close = body == LAB_HTTP_UNTIL_CLOSE;
    x->promised = body == LAB_HTTP_LENGTH ? head->content_length : body == LAB_HTTP_NO_BODY ? 0 : -1;
    return body;
}

static lab_http_body_t head(void *user, const lab_http_head_t *h)
{
    lab_direction_t *d = user;
    lab_exchange_t *x = d->exchange;
    if (!x)
        return LAB_HTTP_NO_BODY; /* it was given up at the FIN, and these bytes come after it */
    lab_head_t *kept = lab_head_keep(h, d->response ? x->response_last : x->request_last, d->conn->engine);
    lab_head_append(&x->heads, kept);
    lab_http_body_t body = d->response ? response_head(d, h, kept) : request_head(d, h, kept);
    if (!d->response)
        lab_http_event_add(d->conn->engine, x, LAB_HTTP_REQUEST_HEAD);
    else if (!d->interim)
        lab_http_event_add(d->conn->engine, x, LAB_HTTP_RESPONSE_HEAD);
    return body;
}

static void label(lab_annotation_t *r, const lab_exchange_t *x, lab_role_t role)
{
    if (!r)
        return;
    if (!r->exchange || r->exchange > x->number) /* pieces of a start line are labelled late */
        r->exchange = x->number;
    r->exchange_last = MAX(r->exchange_last, x->number);
    r->roles = (r->roles & ~LAB_ROLE_BIT(LAB_ROLE_DATA)) | LAB_ROLE_BIT(role);
    const uint32_t stays = LAB_ROLE_BIT(LAB_ROLE_FIN1) | LAB_ROLE_BIT(LAB_ROLE_FIN2);
    if ((r->phase == LAB_PHASE_DATA || r->phase == LAB_PHASE_TLS) && !(r->roles & stays))
        r->phase = role == LAB_ROLE_REQUEST ? LAB_PHASE_REQUEST : LAB_PHASE_RESPONSE;
}

/* A message is there with the frame that came last, which need not bring its last byte. */
static void reached(const lab_direction_t *d, lab_position_t at)
{
    lab_exchange_t *x = d->exchange;
    if (d->response && at.frame >= x->response_last) {
        x->response_last = at.frame;
        x->response_done = at.time;
    } else if (!d->response && at.frame >= x->request_last) {
        x->request_last = at.frame;
        if (!x->response_first || !x->request_done) /* a response before the end answers what came so far */
            x->request_done = at.time;
    }
}

static void carried(const lab_direction_t *d, lab_position_t at, bool in_head)
{
    lab_annotation_t *r = lab_annotation_of(d->conn->engine, at.frame, d->conn->number);
    if (r && r->sender != d->end) /* bytes that are missing, and this frame acknowledges them */
        return;
    label(r, d->exchange, d->response ? LAB_ROLE_RESPONSE : LAB_ROLE_REQUEST);
    if (in_head && r)
        r->marks |= LAB_MARK_HTTP_HEAD;
    reached(d, at);
}

/* All frames of its record carried a piece that was decrypted. Its head counts as carried by the first, where
 * the record begins, and by the last to come, which made it readable. */
static void carried_decrypted(const lab_direction_t *d, lab_position_t at, bool in_head)
{
    unsigned count;
    int64_t from;
    const lab_span_t *c = lab_decrypted_spans(d->decrypted, at.offset, &count, &from);
    uint32_t last = 0;
    for (unsigned i = 0; i < count; i++)
        last = MAX(last, c[i].frame);
    for (unsigned i = 0; i < count; i++)
        carried(d, (lab_position_t){c[i].frame, c[i].time, from}, in_head && (i == 0 || c[i].frame == last));
}

static void piece(void *user, lab_position_t at, uint32_t body, bool in_head)
{
    lab_direction_t *d = user;
    lab_exchange_t *x = d->exchange;
    if (!x)
        return;
    if (d->response)
        x->received += body;
    if (d->decrypted)
        carried_decrypted(d, at, in_head);
    else
        carried(d, at, in_head);
}

static void end(void *user, lab_position_t at)
{
    lab_direction_t *d = user;
    lab_exchange_t *x = d->exchange;
    d->exchange = NULL;
    if (!x || d->interim)
        return;
    if (d->decrypted)
        at.offset = lab_decrypted_read(d->decrypted);
    if (!d->response) {
        x->request_end = at.offset;
        x->request_complete = true;
        return;
    }
    x->response_end = at.offset;
    x->response_complete = true;
    x->truncated = false; /* a RST that was not obeyed had seemed to cut it off */
    lab_http_event_add(d->conn->engine, x, LAB_HTTP_RESPONSE_END);
    lab_annotation_t *r = lab_annotation_of(d->conn->engine, x->response_last, d->conn->number);
    if (r)
        r->marks |= LAB_MARK_HTTP_LAST;
}

static void trailer(void *user, const lab_http_head_t *fields)
{
    lab_direction_t *d = user;
    lab_exchange_t *x = d->exchange;
    if (!x)
        return;
    x->trailers = true;
    lab_head_append(&x->heads,
                    lab_trailer_keep(fields, d->response ? x->status : 0,
                                     d->response ? x->response_last : x->request_last, d->conn->engine));
}

static const lab_http_events_t exchange_events = {begin, head, piece, end, trailer};

/* ---- from segments to the parser ---- */

/* Gives the next bytes to the direction's parser (NULL = missing). `start`: where in the TCP stream they are,
 * or begin to be missing. False once they are known to be no HTTP. */
static bool feed(lab_direction_t *d, const uint8_t *data, uint32_t length, lab_position_t at, int64_t start)
{
    bool good = lab_http_feed(d->http, data, length, at);
    if (data || !lab_http_lost(d->http))
        return good;
    d->exchange = NULL; /* where it ends is among what is missing */
    d->lost = d->lost < 0 ? start : d->lost;
    return good;
}

static void clear_bytes(void *user, const uint8_t *data, uint32_t length, int64_t offset, uint32_t frame,
                        int64_t time)
{
    lab_direction_t *d = user;
    if (d->http && !feed(d, data, length, (lab_position_t){frame, time, offset}, offset))
        d->conn->end[d->end].not_http = true;
}

/* RFC 9113 3.4: what a client begins HTTP/2 with. No request of HTTP/1.x does. */
static bool is_preface(const uint8_t *data, uint32_t length)
{
    static const char preface[] = "PRI * HTTP/2.0\r\n";
    return data && length >= sizeof preface - 1 && memcmp(data, preface, sizeof preface - 1) == 0;
}

static bool decrypted_bytes(void *user, const uint8_t *data, uint32_t length, lab_position_t at,
                            int64_t start)
{
    lab_direction_t *d = user;
    lab_conn_t *conn = d->conn;
    if (conn->decrypted_kind == LAB_DECRYPTED_NONE && is_preface(data, length))
        conn->decrypted_kind = LAB_DECRYPTED_HTTP_2;
    if (conn->decrypted_kind == LAB_DECRYPTED_HTTP_2)
        return false;
    if (!d->http)
        d->http = lab_http_new(&exchange_events, d, false, conn->engine->scratch);
    if (feed(d, data, length, at, start))
        return true;
    if (conn->decrypted_kind != LAB_DECRYPTED_HTTP_1)
        conn->decrypted_kind = LAB_DECRYPTED_OTHER;
    return false;
}

/* RFC 9112 9.8: a body that lasts until the connection closes is complete with the alert that announces the
 * close. */
static void decrypted_close_notify(void *user)
{
    lab_direction_t *d = user;
    if (d->exchange && d->response && d->http && lab_http_until_close(d->http))
        end(d, (lab_position_t){0});
}

static void label_ack(lab_conn_t *conn, const lab_ack_t *ack);

static void decrypted_settled(void *user, const lab_ack_t *ack)
{
    label_ack(((lab_direction_t *)user)->conn, ack);
}

static bool decrypted_pending(const void *user)
{
    const lab_direction_t *d = user;
    return d->http && lab_http_pending(d->http);
}

static const lab_decrypted_sink_t decrypted_sink = {decrypted_bytes, decrypted_close_notify,
                                                    decrypted_settled, decrypted_pending};

static void forget_end(lab_end_t *end)
{
    lab_direction_t *d = end->direction;
    if (!d)
        return;
    lab_stream_free(d->stream);
    lab_http_free(d->http);
    lab_decrypted_free(d->decrypted);
    g_free(d);
    end->direction = NULL;
}

void lab_exchange_free(lab_conn_t *conn)
{
    forget_end(&conn->end[0]);
    forget_end(&conn->end[1]);
}

static lab_direction_t *start_reading(lab_context_t *c, int64_t offset)
{
    lab_end_t *sender = c->sender, *receiver = c->receiver;
    lab_direction_t *d = g_new(lab_direction_t, 1);
    *d = (lab_direction_t){.conn = c->conn, .end = (uint8_t)c->from, .lost = -1};
    sender->direction = d;
    if (lab_tls_plausible(c->seg->payload, c->seg->captured)) {
        if (!c->conn->tls)
            c->conn->tls = lab_tls_new();
        d->decrypted = lab_decrypted_new(c->conn, c->from, &decrypted_sink, d);
        d->stream = lab_stream_new(offset, lab_decrypted_take, d->decrypted);
        return d;
    }
    d->http = lab_http_new(&exchange_events, d, c->conn->midstream, c->engine->scratch);
    d->stream = lab_stream_new(sender->syn_count || sender->syn_ack ? 1 : offset, clear_bytes, d);
    if (receiver->ack > 1 && receiver->ack <= offset) /* it has the bytes before, the capture does not */
        lab_stream_skip(d->stream, receiver->ack, c->seg->frame, c->seg->time);
    return d;
}

/* RFC 8446 5.1: a TLS record begins with its type and version. Handshake and change-cipher-spec set up the
 * connection. */
static void look_for_tls(lab_context_t *c)
{
    const uint8_t *p = c->seg->payload;
    if (c->seg->captured >= 3 && p[0] >= 20 && p[0] <= 22 && p[0] != 21 && p[1] == 3)
        c->annotation->marks |= LAB_MARK_TLS;
}

static void read_payload(lab_context_t *c, lab_direction_t *d, int64_t offset)
{
    const lab_segment_t *seg = c->seg;
    d->acked = c->has_ack ? c->ack : -1;
    if (d->decrypted) {
        lab_decrypted_records(d->decrypted, seg->decrypted, seg->decrypted_count);
        c->conn->decrypts |= seg->decrypted_count > 0;
    }
    lab_stream_add(d->stream, offset, seg->payload, seg->captured, seg->length, seg->frame, seg->time);
    if (d->decrypted && lab_decrypted_records(d->decrypted, NULL, 0))
        c->sender->unread = true; /* what was decrypted is of records that cannot be found */
}

void lab_exchange_payload(lab_context_t *c)
{
    lab_end_t *sender = c->sender, *receiver = c->receiver;
    const lab_segment_t *seg = c->seg;
    if (receiver->direction && c->has_ack)
        lab_stream_acknowledged(receiver->direction->stream,
                                c->ack - (receiver->fin && c->ack > receiver->fin_offset ? 1 : 0), seg->frame,
                                seg->time);
    if (!c->data || c->rst || c->conn->ended)
        return;
    if (!sender->not_http) {
        int64_t offset = c->offset + (c->syn ? 1 : 0);
        lab_direction_t *d = sender->direction;
        read_payload(c, d ? d : start_reading(c, offset), offset);
        if (!sender->not_http)
            return;
        forget_end(sender);
    }
    look_for_tls(c);
}

/* ---- ends of responses, and labels for what was not read as new bytes ---- */

static void cut_off(lab_context_t *c, unsigned end_number)
{
    lab_direction_t *d = c->conn->end[end_number].direction;
    if (!d || !d->exchange || !d->response || d->exchange->response_complete ||
        lab_exchange_unreadable(c->conn, end_number))
        return;
    d->exchange->truncated = true;
    lab_add_anomaly(c, LAB_ANOMALY_TRUNCATED_BODY);
}

/* RFC 9112 8: a close ends a body that lasts until close; any other body it leaves incomplete. Inside TLS
 * that takes an alert, which was looked at before. */
static void direction_closed(lab_context_t *c)
{
    lab_end_t *sender = c->sender;
    lab_direction_t *d = sender->direction;
    if (!sender->fin || !d || !d->exchange || lab_stream_next(d->stream) < sender->fin_offset)
        return;
    if (d->response && !d->decrypted && lab_http_until_close(d->http))
        end(d, (lab_position_t){c->seg->frame, c->seg->time, sender->fin_offset});
    else
        cut_off(c, c->from);
    d->exchange = NULL;
}

void lab_exchange_cut(lab_context_t *c)
{
    cut_off(c, c->from);
    cut_off(c, c->to);
}

void lab_exchange_uncut(lab_conn_t *conn, uint32_t frame)
{
    lab_anomaly_remove(conn->engine, frame, conn->number, LAB_ANOMALY_TRUNCATED_BODY);
    for (unsigned end = 0; end < 2; end++) {
        lab_direction_t *d = conn->end[end].direction;
        if (d && d->exchange)
            d->exchange->truncated = false;
    }
}

static bool within(int64_t offset, int64_t start, int64_t finish)
{
    return start >= 0 && offset >= start && (finish < 0 || offset < finish);
}

/* Bytes that were not read in order (repeated, or waiting for a gap): which message holds them? */
static void label_by_offset(lab_context_t *c)
{
    int64_t offset = c->offset + (c->syn ? 1 : 0);
    const lab_direction_t *d = c->sender->direction;
    bool unread = d && d->decrypted && offset >= lab_decrypted_read(d->decrypted);
    for (guint i = unread ? 0 : exchange_count(c->conn); i-- > 0;) {
        lab_exchange_t *x = exchange_at(c->conn, i);
        bool request = x->client == c->from;
        if (within(offset, request ? x->request_start : x->response_start,
                   request ? x->request_end : x->response_end)) {
            label(c->annotation, x, request ? LAB_ROLE_REQUEST : LAB_ROLE_RESPONSE);
            return;
        }
    }
    lab_add_role(c, LAB_ROLE_DATA);
}

/* Something else may follow a message: after an upgrade or in a tunnel another protocol, decrypted TLS
 * alerts, tickets, and records that were not decrypted. */
static bool acknowledges_later(const lab_conn_t *conn, const lab_ack_t *ack, int64_t end)
{
    const lab_direction_t *d = conn->end[!ack->by].direction;
    if (end < 0 && d && d->decrypted)
        end = lab_decrypted_read(d->decrypted);
    return end >= 0 && ack->ack > end && ack->before >= end;
}

/* The newest message of the other side that the acknowledgment number reaches into. */
static void label_ack(lab_conn_t *conn, const lab_ack_t *ack)
{
    guint count = exchange_count(conn), oldest = count > PIPELINE_MAX ? count - PIPELINE_MAX : 0;
    for (guint i = count; i-- > oldest;) {
        const lab_exchange_t *x = exchange_at(conn, i);
        bool response = x->client == ack->by;
        int64_t start = response ? x->response_start : x->request_start;
        if (start < 0 || start >= ack->ack)
            continue;
        lab_annotation_t *r = lab_annotation_of(conn->engine, ack->frame, conn->number);
        if (!r || acknowledges_later(conn, ack, response ? x->response_end : x->request_end))
            return;
        acknowledges_message(r, x, response);
        return;
    }
}

static void label_by_ack(lab_context_t *c)
{
    const lab_direction_t *d = c->receiver->direction;
    const lab_ack_t ack = {c->seg->frame, (uint8_t)c->from, c->ack, c->sender->ack};
    if (c->conn->decrypts && d && d->decrypted && lab_decrypted_wait(d->decrypted, &ack))
        return;
    label_ack(c->conn, &ack);
}

static bool acknowledges_data(const lab_context_t *c)
{
    const uint32_t acks =
        LAB_ROLE_BIT(LAB_ROLE_ACK) | LAB_ROLE_BIT(LAB_ROLE_DUP_ACK) | LAB_ROLE_BIT(LAB_ROLE_ZERO_WINDOW);
    const uint32_t fin_acks = LAB_ROLE_BIT(LAB_ROLE_FIN1_ACK) | LAB_ROLE_BIT(LAB_ROLE_FIN2_ACK);
    if (c->fin || c->syn || !c->has_ack)
        return false;
    if (c->annotation->roles & fin_acks)
        return c->ack - 1 > c->sender->ack;
    return (c->annotation->roles & acks) != 0;
}

/* A window that opens, or is asked for, in the middle of a message: that message waits for it. */
static void label_window(lab_context_t *c, const lab_end_t *sender)
{
    const lab_direction_t *d = sender->direction;
    if (d && d->exchange && !c->annotation->exchange)
        c->annotation->exchange = c->annotation->exchange_last = d->exchange->number;
}

void lab_exchange_label(lab_context_t *c)
{
    bool update = c->annotation->roles & LAB_ROLE_BIT(LAB_ROLE_WINDOW_UPDATE);
    bool window = c->annotation->roles & LAB_ROLE_BIT(LAB_ROLE_WINDOW_PROBE);
    bool keepalive = c->annotation->roles & LAB_ROLE_BIT(LAB_ROLE_KEEPALIVE_PROBE);
    if (update || window)
        label_window(c, update ? c->receiver : c->sender);
    if (c->data && !keepalive && !window && !c->annotation->exchange)
        label_by_offset(c);
    else if (!c->data && acknowledges_data(c))
        label_by_ack(c);
    direction_closed(c);
}
