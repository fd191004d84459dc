/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exchange.c - HTTP exchanges: which response answers which request, and the frames of both.
 *
 * RFC 9112 9.3: the n-th response of a connection answers the n-th request. Messages are read from the byte
 * streams, so it makes no difference how they were cut into segments, repeated or pipelined.
 */
#include "exchange.h"

#include "direction.h"
#include "events.h"
#include "kept_heads.h"
#include "labels.h"
#include "messages_sent.h"
#include "rare.h"
#include "streams.h"
#include "tls.h"
#include "url.h"
#include "work.h"

#include <string.h>

lab_exchange_t *lab_exchange_at(const lab_conn_t *conn, guint i)
{
    if (i + 1 == conn->exchanges.len)
        return conn->newest; /* the common case, without a look into two tables */
    return g_ptr_array_index(conn->engine->exchanges, conn->exchanges.data[i] - 1);
}

guint lab_exchange_count(const lab_conn_t *conn)
{
    return conn->exchanges.len;
}

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

const lab_exchange_list_t *lab_conn_exchanges(const lab_conn_t *conn)
{
    return conn->exchanges.len ? &conn->exchanges : NULL;
}

const lab_endpoint_t *lab_exchange_client(const lab_engine_t *e, const lab_exchange_t *x)
{
    return &lab_store_peek((lab_engine_t *)e, x->stream)->end[x->client].endpoint;
}

const char *lab_conn_host(const lab_conn_t *conn)
{
    const lab_exchange_t *x = lab_exchange_count(conn) ? lab_exchange_at(conn, 0) : NULL;
    return x && !lab_url_names_proxy(x->method, x->target) ? x->host : NULL;
}

lab_exchange_t *lab_exchange_current(const lab_conn_t *conn)
{
    bool unread = conn->decrypts && (lab_exchange_unreadable(conn, 0) || lab_exchange_unreadable(conn, 1));
    lab_exchange_t *unfinished = !unread && conn->http2 ? lab_http2_unfinished(conn) : NULL;
    return unread ? NULL : unfinished ? unfinished : conn->newest;
}

const lab_exchange_t *lab_exchange_answered(const lab_conn_t *conn)
{
    return lab_exchange_current(conn) ? conn->answered : NULL;
}

/* The list of the only exchange lies in that exchange. */
static void add_number(lab_engine_t *e, lab_exchange_list_t *numbers, lab_exchange_t *x)
{
    if (!numbers->len++) {
        numbers->data = &x->number;
        return;
    }
    if (!numbers->room) {
        const uint32_t first = *numbers->data;
        numbers->data = lab_arena_grow(e->arena, NULL, &numbers->room, sizeof first);
        *numbers->data = first;
    }
    if (numbers->len > numbers->room)
        numbers->data = lab_arena_grow(e->arena, numbers->data, &numbers->room, sizeof x->number);
    numbers->data[numbers->len - 1] = x->number;
}

lab_exchange_t *lab_exchange_open(lab_conn_t *conn, unsigned client)
{
    GPtrArray *all = conn->engine->exchanges;
    lab_exchange_t *x = lab_arena_zeroed(conn->engine->arena, sizeof *x);
    g_ptr_array_add(all, x);
    x->number = all->len;
    x->stream = conn->number;
    x->client = client & 1;
    x->request_start = x->request_end = x->response_start = x->response_end = -1;
    x->promised = -1;
    x->keepalive_timeout = x->keepalive_max = -1;
    add_number(conn->engine, &conn->exchanges, x);
    x->index = conn->exchanges.len;
    if (conn->newest && conn->newest->client != client)
        conn->waiting_after =
            x->index - 1; /* before this one nobody waits for an answer to the same client */
    conn->newest = x;
    return x;
}

/* The request waits for a response no longer, and none before it does: responses come in order. */
static void waits_no_longer(lab_conn_t *conn, lab_exchange_t *x)
{
    conn->waiting_after = MAX(conn->waiting_after, x->index);
    if (x->response_first && (!conn->answered || conn->answered->index < x->index))
        conn->answered = x;
}

/* The oldest request without a response. Bytes of the server are missing from the offset `lost` on (-1 = none
 * are missing); responses may be among them. A client that acknowledged such bytes before its next request
 * had the response to the request before. */
static lab_exchange_t *first_waiting(lab_conn_t *conn, unsigned client, int64_t lost)
{
    guint count = lab_exchange_count(conn), oldest = count > LAB_PIPELINE_MAX ? count - LAB_PIPELINE_MAX : 0;
    guint i = count && conn->newest->client == client ? MAX(conn->waiting_after, oldest) : count;
    for (; lost >= 0 && i + 1 < count && lab_exchange_at(conn, i + 1)->response_after > lost; i++)
        lab_work();
    return i < count ? lab_exchange_at(conn, i) : NULL;
}

/* ---- callbacks of the parser ---- */

lab_position_t lab_direction_beginning(const lab_direction_t *d, lab_position_t at)
{
    unsigned count;
    const lab_span_t *first =
        d->decrypted ? lab_decrypted_spans(d->decrypted, at.offset, &count, &at.offset) : NULL;
    if (first) {
        at.frame = first->frame;
        at.time = first->time;
    }
    return at;
}

static void request_begins(const lab_direction_t *d, lab_position_t at)
{
    lab_exchange_t *x = d->exchange;
    x->request_first = at.frame;
    x->request_begin = at.time;
    x->request_start = at.offset;
    x->response_after = d->acked;
}

static void begin(void *user, bool response, lab_position_t at, lab_position_t last)
{
    lab_direction_t *d = user;
    lab_conn_t *conn = d->conn;
    unsigned client = response ? !d->end : d->end;
    at = lab_direction_beginning(d, at);
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
        d->exchange = lab_exchange_open(conn, client);
    if (d->decrypted) {
        d->exchange->secure = true;
        conn->decrypted_kind = LAB_DECRYPTED_HTTP_1;
    }
    bool further = response && d->exchange->response_start >= 0; /* after a 1xx response */
    if (response && !further)
        d->exchange->response_start = at.offset;
    if (!response)
        request_begins(d, at);
    if (!further)
        lab_messages_add(conn, d->end, d->exchange, at.offset);
    if (!d->decrypted)
        lab_label_acks_between(d, at, last);
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

/* The value of a field of a head; NULL = absent. `name` is in lower case and ends with a colon. */
static const char *field_of(const lab_head_t *head, const char *name)
{
    size_t n = strlen(name);
    for (unsigned i = 0; head && i < head->count; i++)
        if (g_ascii_strncasecmp(lab_head_line(head, i), name, n) == 0)
            return lab_head_line(head, i) + n + strspn(lab_head_line(head, i) + n, " \t");
    return NULL;
}

/* RFC 7540 3.2: the connection goes on with HTTP/2; the request is stream 1 there. */
static bool upgrades(lab_direction_t *d, const lab_http_head_t *head, const lab_head_t *kept)
{
    const char *protocol = head->status == 101 ? field_of(kept, "upgrade:") : NULL;
    lab_exchange_t *x = d->exchange;
    if (d->decrypted || !protocol || g_ascii_strcasecmp(protocol, "h2c") != 0)
        return false;
    lab_direction_t *requests = d->conn->end[x->client].direction;
    if (requests && requests->http)
        lab_http_tunnel(requests->http);
    lab_http2_upgrade(d->conn, x, field_of(lab_exchange_head(x, false), "http2-settings:"), d->began.time);
    d->interim = true; /* the response comes on stream 1 */
    return true;
}

static lab_http_body_t response_head(lab_direction_t *d, const lab_http_head_t *head, const lab_head_t *kept)
{
    lab_exchange_t *x = d->exchange;
    lab_http_body_t body = lab_http_response_body(head, x->method);
    d->interim = head->status / 100 == 1 && head->status != 101;
    if (d->interim || upgrades(d, head, kept)) /* RFC 9110 15.2: the final response follows */
        return body;
    const lab_direction_t *requests = d->conn->end[x->client].direction;
    x->tunnel = body == LAB_HTTP_TUNNEL;
    if (x->tunnel && requests && requests->http)
        lab_http_tunnel(requests->http);
    x->status = head->status;
    x->content_type = lab_head_value(kept, head, head->content_type, d->conn->engine);
    x->response_first = d->began.frame;
    x->response_begin = d->began.time;
    waits_no_longer(d->conn, x);
    x->response_http_1_0 = head->http_1_0 && !head->keep_alive;
    x->response_closes = head->close;
    x->keepalive_timeout = MIN(head->keepalive_timeout, LAB_PROMISE_MAX);
    x->keepalive_max = MIN(head->keepalive_max, LAB_PROMISE_MAX);
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
        return LAB_HTTP_NO_BODY; /* bytes after the FIN: the exchange has ended */
    lab_head_t *kept = lab_head_keep(h, d->response ? x->response_last : x->request_last, d->conn->engine);
    lab_head_append(d->conn->engine, x, kept);
    lab_http_body_t body = d->response ? response_head(d, h, kept) : request_head(d, h, kept);
    if (!d->response)
        lab_http_event_add(d->conn->engine, x, LAB_HTTP_REQUEST_HEAD);
    else if (!d->interim)
        lab_http_event_add(d->conn->engine, x, LAB_HTTP_RESPONSE_HEAD);
    return body;
}

/* The last frame of a message is the newest frame that carried bytes of it, also of a gap before its end. */
void lab_exchange_reached(lab_exchange_t *x, bool response, lab_position_t at)
{
    if (response && at.frame >= x->response_last) {
        x->response_last = at.frame;
        x->response_done = at.time;
    } else if (!response && at.frame >= x->request_last) {
        x->request_last = at.frame;
        if (!x->response_first || !x->request_done) /* a response before the end answers the bytes so far */
            x->request_done = at.time;
    }
}

static void carried(const lab_direction_t *d, lab_position_t at, bool in_head)
{
    lab_annotation_t *annotation = lab_annotation_of(d->conn->engine, at.frame, d->conn->number);
    if (annotation && annotation->sender != d->end) /* this frame acknowledges missing bytes */
        return;
    lab_label_message(d->conn->engine, annotation, d->exchange,
                      d->response ? LAB_ROLE_RESPONSE : LAB_ROLE_REQUEST);
    if (in_head && annotation)
        annotation->marks |= LAB_MARK_HTTP_HEAD;
    lab_exchange_reached(d->exchange, d->response, at);
}

/* All frames of a record carried its decrypted bytes. The head of a message counts as carried by the first
 * frame of the record and by the newest one, which completed it. */
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
    waits_no_longer(d->conn, x);
    lab_http_event_add(d->conn->engine, x, LAB_HTTP_RESPONSE_END);
    lab_annotation_t *annotation = lab_annotation_of(d->conn->engine, x->response_last, d->conn->number);
    if (annotation)
        annotation->marks |= LAB_MARK_HTTP_LAST;
}

static void trailer(void *user, const lab_http_head_t *fields)
{
    lab_direction_t *d = user;
    lab_exchange_t *x = d->exchange;
    if (!x)
        return;
    x->trailers = true;
    lab_head_append(d->conn->engine, x,
                    lab_trailer_keep(fields, d->response ? x->status : 0,
                                     d->response ? x->response_last : x->request_last, d->conn->engine));
}

/* Bytes after an upgrade. */
static void rest(void *user, const uint8_t *data, uint32_t length, lab_position_t at)
{
    lab_direction_t *d = user;
    if (d->conn->http2)
        lab_http2_bytes(d, data, length, at);
}

static const lab_http_events_t exchange_events = {begin, head, piece, end, trailer, rest};

/* ---- from segments to the parser ---- */

/* Gives the next bytes to the direction's parser (NULL = missing). `start`: their TCP offset. False once the
 * direction is known to carry no HTTP. */
static bool feed(lab_direction_t *d, const uint8_t *data, uint32_t length, lab_position_t at, int64_t start)
{
    bool good = lab_http_feed(d->http, data, length, at);
    if (!lab_http_lost(d->http))
        return good;
    d->exchange = NULL; /* the end of its message is among the missing bytes, or cannot be known */
    if (data)
        return good;
    d->lost = d->lost < 0 ? start : d->lost;
    return good;
}

/* ---- which of the two versions ---- */

/* The connection carries HTTP/2: what the other reader had begun with is given up. */
static LAB_RARE void begin_http2(lab_direction_t *d, unsigned client, bool midstream, bool certain)
{
    lab_conn_t *conn = d->conn;
    lab_http2_begin(conn, client, midstream);
    if (certain) {
        conn->client = (uint8_t)client;
        conn->client_certain = true;
    }
    if (d->decrypted)
        conn->decrypted_kind = LAB_DECRYPTED_HTTP_2;
    conn->end[!d->end].not_http = false;
}

/* RFC 9113 3.4: a server's first frame is SETTINGS; it may come before the client's preface. */
static bool is_settings(const uint8_t *data, uint32_t n)
{
    static const uint8_t type_and_stream[] = {4, 0, 0, 0, 0, 0};
    return n >= LAB_H2_HEADER && memcmp(data + 3, type_and_stream, sizeof type_and_stream) == 0 && !data[0] &&
           lab_h2_plausible(data, n, n > LAB_H2_HEADER);
}

/* Frames without their beginning: only where nothing speaks for HTTP/1.x. */
static bool goes_on_with_http2(const lab_direction_t *d, const uint8_t *data, uint32_t n)
{
    return d->conn->midstream && !d->exchange && !lab_exchange_count(d->conn) && !d->decrypted &&
           lab_h2_plausible(data, n, true);
}

/* RFC 9113 3.4: the connection preface, the first bytes of an HTTP/2 client. From the fourth byte on, where
 * no method of HTTP/1.x is left, they are held back until all have come. Returns how many of these bytes are
 * of it. */
static uint32_t feed_preface(lab_direction_t *d, const uint8_t *data, uint32_t n, lab_position_t at,
                             bool *held)
{
    enum { SURE = 4 };
    uint32_t before = d->preface, i = 0;
    while (i < n && before + i < LAB_H2_PREFACE_LENGTH && data[i] == (uint8_t)lab_h2_preface[before + i])
        i++;
    *held = false;
    if (before + i < LAB_H2_PREFACE_LENGTH && i < n) { /* something else */
        if (before >= SURE)
            feed(d, (const uint8_t *)lab_h2_preface, before, at, at.offset);
        d->preface = 0;
        d->begun = true;
        return 0;
    }
    d->preface = (uint8_t)(before + i);
    *held = d->preface >= SURE;
    return i;
}

/* The first bytes of a direction. True: they are HTTP/2, or held back until that is known. */
static LAB_RARE bool first_bytes(lab_direction_t *d, const uint8_t *data, uint32_t n, lab_position_t at)
{
    bool held;
    uint32_t used = feed_preface(d, data, n, at, &held);
    if (d->preface == LAB_H2_PREFACE_LENGTH) {
        d->begun = true;
        begin_http2(d, d->end, false, true);
        at.offset -= LAB_H2_PREFACE_LENGTH - used;
        lab_http2_bytes(d, (const uint8_t *)lab_h2_preface, LAB_H2_PREFACE_LENGTH, at);
        at.offset += LAB_H2_PREFACE_LENGTH;
        lab_http2_bytes(d, data + used, n - used, at);
        return true;
    }
    if (held || used)
        return held;
    if (is_settings(data, n) && d->end != d->conn->client && !d->conn->midstream) {
        begin_http2(d, !d->end, false, false);
        lab_http2_bytes(d, data, n, at);
        return true;
    }
    return false;
}

/* RFC 9113 3.4: a client without the preface does not speak HTTP/2, whatever the server began with. */
static void answers_in_http_1(lab_direction_t *d, const uint8_t *data, uint32_t n)
{
    bool client = d->end == d->conn->client && !d->conn->http2->story.midstream;
    if (!d->begun && client && data)
        d->http_1 = memcmp(data, lab_h2_preface, MIN(n, LAB_H2_PREFACE_LENGTH)) != 0;
    d->begun = true;
}

/* Bytes of HTTP/2; false: they are not, or it is not known yet. */
static bool take_http2(lab_direction_t *d, const uint8_t *data, uint32_t n, lab_position_t at)
{
    if (d->conn->http2) {
        answers_in_http_1(d, data, n);
        if (!d->http_1)
            lab_http2_bytes(d, data, n, at);
        return !d->http_1;
    }
    if (!data) {
        d->begun = true;
        return false;
    }
    if (!d->begun && first_bytes(d, data, n, at))
        return true;
    if (!goes_on_with_http2(d, data, n))
        return false;
    bool known, server = lab_h2_is_server(data, n, &known);
    unsigned client = known ? (server ? !d->end : d->end) : d->conn->client;
    begin_http2(d, client, true, known);
    lab_http2_bytes(d, data, n, at);
    return true;
}

static void clear_bytes(void *user, const uint8_t *data, uint32_t length, int64_t offset, uint32_t frame,
                        int64_t time)
{
    lab_direction_t *d = user;
    const lab_position_t at = {frame, time, offset};
    bool upgraded = d->conn->http2 && d->conn->http2->story.upgraded;
    if (!upgraded && take_http2(d, data, length, at))
        return;
    if (d->http && !feed(d, data, length, at, offset))
        d->conn->end[d->end].not_http = true;
}

static bool decrypted_bytes(void *user, const uint8_t *data, uint32_t length, lab_position_t at,
                            int64_t start)
{
    lab_direction_t *d = user;
    lab_conn_t *conn = d->conn;
    if (take_http2(d, data, length, at))
        return true;
    if (!d->http)
        d->http = lab_http_new(&exchange_events, d, false, conn->engine->scratch);
    if (feed(d, data, length, at, start))
        return true;
    if (conn->decrypted_kind != LAB_DECRYPTED_HTTP_1)
        conn->decrypted_kind = LAB_DECRYPTED_OTHER;
    return false;
}

/* RFC 9112 9.8: inside TLS, close_notify completes a body that lasts until the connection closes. */
static void decrypted_close_notify(void *user)
{
    lab_direction_t *d = user;
    if (d->exchange && d->response && d->http && lab_http_until_close(d->http))
        end(d, (lab_position_t){0});
}

static void decrypted_settled(void *user, const lab_ack_t *ack)
{
    lab_label_ack(((lab_direction_t *)user)->conn, ack);
}

static bool decrypted_pending(const void *user)
{
    const lab_direction_t *d = user;
    const struct lab_http2_conn *h = d->conn->http2;
    if (h)
        return h->reader && lab_h2_pending(h->reader, d->end);
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
    lab_http2_stop(conn);
}

static void move_end(lab_conn_t *conn, unsigned end)
{
    lab_direction_t *d = conn->end[end].direction;
    if (!d)
        return;
    d->conn = conn;
    if (d->decrypted)
        lab_decrypted_moved(d->decrypted, conn);
}

void lab_exchange_moved(lab_conn_t *conn)
{
    move_end(conn, 0);
    move_end(conn, 1);
    if (conn->http2)
        conn->http2->conn = conn;
}

static LAB_RARE lab_direction_t *start_reading(lab_context_t *c, int64_t offset)
{
    lab_end_t *sender = c->sender, *receiver = c->receiver;
    lab_direction_t *d = g_new(lab_direction_t, 1);
    *d = (lab_direction_t){.conn = c->conn, .end = (uint8_t)c->from, .lost = -1, .segment_end = G_MAXINT64};
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
    if (receiver->ack > 1 && receiver->ack <= offset) /* acknowledged bytes that are not in the capture */
        lab_stream_skip(d->stream, receiver->ack, c->seg->frame, c->seg->time);
    return d;
}

/* RFC 8446 5.1: a TLS record begins with its type and version. Handshake and change_cipher_spec records
 * belong to the handshake. */
static void look_for_tls(lab_context_t *c)
{
    const uint8_t *p = c->seg->payload;
    if (c->seg->captured >= 3 && p[0] >= 20 && p[0] <= 22 && p[0] != 21 && p[1] == 3)
        c->annotation->marks |= LAB_MARK_TLS;
}

/* Nearly all segments of long transfers: the middle of a body, whose bytes say nothing. Without this it would
 * be told in pieces through stream, reader and callback. Holds for a segment in order that was captured
 * whole, of HTTP/1.x without TLS, inside a body of known length that goes on after it. */
static bool goes_on_with_body(const lab_context_t *c, const lab_direction_t *d, int64_t offset)
{
    return d->exchange && d->http && !d->decrypted && !c->conn->http2 && c->seg->captured == c->seg->length &&
           lab_http_body_left(d->http) > c->seg->length && lab_stream_in_order(d->stream, offset);
}

static void pass_body(lab_context_t *c, lab_direction_t *d)
{
    const lab_segment_t *seg = c->seg;
    const lab_position_t at = {seg->frame, seg->time, lab_stream_next(d->stream)};
    lab_stream_pass(d->stream, seg->length);
    lab_http_pass(d->http, seg->length);
    if (d->response)
        d->exchange->received += seg->length;
    lab_label_message(c->engine, c->annotation, d->exchange,
                      d->response ? LAB_ROLE_RESPONSE : LAB_ROLE_REQUEST);
    lab_exchange_reached(d->exchange, d->response, at);
}

static void read_payload(lab_context_t *c, lab_direction_t *d, int64_t offset)
{
    const lab_segment_t *seg = c->seg;
    d->acked = c->has_ack ? c->ack : -1;
    d->segment_frame = seg->frame;
    d->segment_time = seg->time;
    d->segment_end = offset + seg->length;
    if (d->decrypted) {
        lab_decrypted_records(d->decrypted, seg->decrypted, seg->decrypted_count);
        c->conn->decrypts |= seg->decrypted_count > 0;
    }
    lab_stream_add(d->stream, offset, seg->payload, seg->captured, seg->length, seg->frame, seg->time);
    if (d->decrypted && lab_decrypted_records(d->decrypted, NULL, 0))
        c->sender->unread = true; /* decrypted records that were not found in the stream */
    d->segment_end = G_MAXINT64;
    if (c->conn->http2)
        lab_http2_segment_read(d);
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
        if (d && goes_on_with_body(c, d, offset)) {
            pass_body(c, d);
            return;
        }
        read_payload(c, d ? d : start_reading(c, offset), offset);
        if (!sender->not_http)
            return;
        forget_end(sender);
    }
    look_for_tls(c);
}

/* ---- ends of messages ---- */

/* The response that this end is sending is truncated. */
static void cut_off(lab_context_t *c, unsigned end_number)
{
    lab_direction_t *d = c->conn->end[end_number].direction;
    if (c->conn->http2)
        lab_http2_cut(c, end_number);
    if (!d || !d->exchange || !d->response || d->exchange->response_complete ||
        (d->http && lab_http_unreadable(d->http)) || lab_exchange_unreadable(c->conn, end_number))
        return;
    d->exchange->truncated = true;
    lab_add_anomaly(c, LAB_ANOMALY_TRUNCATED_BODY);
}

/* The sender's FIN. RFC 9112 8: it completes a body that lasts until the connection closes, and leaves any
 * other body incomplete. Inside TLS, close_notify completes it instead. */
static LAB_RARE void direction_ends(lab_context_t *c)
{
    lab_end_t *sender = c->sender;
    lab_direction_t *d = sender->direction;
    if (lab_stream_next(d->stream) < sender->fin_offset)
        return;
    if (c->conn->http2 && c->fin)
        lab_http2_cut(c, c->from);
    if (!d->exchange)
        return;
    if (d->response && !d->decrypted && lab_http_until_close(d->http))
        end(d, (lab_position_t){c->seg->frame, c->seg->time, sender->fin_offset});
    else
        cut_off(c, c->from);
    d->exchange = NULL;
}

void lab_direction_closed(lab_context_t *c)
{
    if (c->sender->fin && c->sender->direction)
        direction_ends(c);
}

void lab_exchange_cut(lab_context_t *c)
{
    cut_off(c, c->from);
    cut_off(c, c->to);
}

void lab_exchange_uncut(lab_conn_t *conn, uint32_t frame)
{
    lab_anomaly_remove(conn->engine, frame, conn->number, LAB_ANOMALY_TRUNCATED_BODY);
    if (conn->http2)
        lab_http2_uncut(conn);
    for (unsigned end = 0; end < 2; end++) {
        lab_direction_t *d = conn->end[end].direction;
        if (d && d->exchange)
            d->exchange->truncated = false;
    }
}
