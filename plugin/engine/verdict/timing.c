/* SPDX-License-Identifier: GPL-2.0-or-later */
/* timing.c - the time of an exchange in the parts of HAR 1.2: queue ("blocked"), dns, connect, tls ("ssl"),
 * send, wait, receive. The parts follow each other, so their sum is the whole time.
 *
 * No packet shows how long a request waits inside the client. Two kinds of waiting are visible and counted as
 * queue. On the first exchange of a connection: the time before the request that look-up and handshakes do
 * not fill. With pipelining (RFC 9112 9.3.2): the time in which a request that was sent waits for the end of
 * the response before its own.
 */
#include "exchange.h"
#include "pages.h"
#include "verdict.h"

typedef struct {
    const lab_engine_t *engine;
    const lab_conn_t *conn;
    const lab_exchange_t *x;
    lab_timing_t t;
} lab_timing_view_t;

/* Negative if the capture clock stepped back: unknown. */
static int64_t known(bool measured, int64_t ns)
{
    return measured && ns >= 0 ? ns : -1;
}

/* Subtracts a part from the time that is left. A part that is longer than that overlapped another part:
 * unknown.
 */
static int64_t take(int64_t part, int64_t *left)
{
    if (part < 0 || part > *left)
        return -1;
    *left -= part;
    return part;
}

/* True if the connection was opened before the page's response began: it was not opened for this object. */
static bool opened_ahead(const lab_timing_view_t *v)
{
    int64_t wanted = lab_exchange_queue_bound(v->engine, v->x);
    return wanted >= 0 && wanted < v->x->request_begin - lab_conn_open_began(v->conn);
}

/* The first exchange of a connection: name look-up, handshakes, and the rest as queue. */
static void split_opening(lab_timing_view_t *v)
{
    const lab_lookup_t *lookup = lab_conn_lookup(v->conn);
    bool looked_up = lookup && lookup->query_frame && lab_conn_lookup_awaited(v->conn) &&
                     lookup->query_time <= lookup->answer_time;
    int64_t open_time = lab_conn_open_time(v->conn);
    if (open_time < 0) {
        v->t.queue_is = LAB_QUEUE_OPENING_NOT_CAPTURED;
        return;
    }
    if (opened_ahead(v)) {
        v->t.queue_is = LAB_QUEUE_OPENED_AHEAD;
        return;
    }
    int64_t began = looked_up ? lookup->query_time : lab_conn_open_began(v->conn);
    int64_t left = v->x->request_begin - began;
    if (left < 0) {
        v->t.queue_is = LAB_QUEUE_CLOCK;
        return;
    }
    v->t.dns = take(looked_up ? lookup->answer_time - lookup->query_time : -1, &left);
    v->t.connect = take(open_time, &left);
    v->t.tls = take(lab_conn_tls_time(v->conn), &left);
    if (v->t.tls < 0 && lab_conn_tls_kind(v->conn)) {
        v->t.queue_is = LAB_QUEUE_OPENING_NOT_CAPTURED; /* what is left is handshake and queue */
        return;
    }
    v->t.queue = left;
    v->t.queue_is = LAB_QUEUE_CONNECTION_READY;
}

/* The exchange before this one on the connection. There must be one. */
static const lab_exchange_t *before(const lab_timing_view_t *v)
{
    const lab_exchange_list_t *all = lab_conn_exchanges(v->conn);
    return lab_engine_exchange(v->engine, g_array_index(all, uint32_t, v->x->index - 2));
}

/* A later exchange of a connection: queue if its request was sent before the end of the response before it.
 */
static void split_pipeline(lab_timing_view_t *v)
{
    const lab_exchange_t *x = v->x, *earlier = before(v);
    if (x->http2) { /* RFC 9113 5: no stream waits for the end of another */
        v->t.queue_is = LAB_QUEUE_NOT_VISIBLE;
        return;
    }
    if (!earlier->response_complete) {
        v->t.queue_is = LAB_QUEUE_NOT_CAPTURED;
        return;
    }
    int64_t until =
        x->response_first ? MIN(earlier->response_done, x->response_begin) : earlier->response_done;
    if (until > x->request_done) {
        v->t.queue = until - x->request_done;
        v->t.queue_is = LAB_QUEUE_EARLIER_RESPONSE;
        return;
    }
    v->t.queue_is = LAB_QUEUE_NOT_VISIBLE;
}

static void split_message(lab_timing_view_t *v)
{
    const lab_exchange_t *x = v->x;
    bool asked = x->request_first && x->request_done;
    int64_t waited = x->response_begin - x->request_done;
    if (v->t.queue_is == LAB_QUEUE_EARLIER_RESPONSE)
        waited -= v->t.queue;
    v->t.send = known(asked, x->request_done - x->request_begin);
    v->t.wait = known(asked && x->response_first, waited);
    v->t.receive = known(x->response_complete && x->response_first, x->response_done - x->response_begin);
}

static void add_up(lab_timing_t *t)
{
    const int64_t parts[] = {t->queue, t->dns, t->connect, t->tls, t->send, t->wait, t->receive};
    if (t->send < 0 || t->wait < 0 || t->receive < 0)
        return;
    t->total = lab_times_sum(parts, G_N_ELEMENTS(parts));
}

int64_t lab_times_sum(const int64_t *parts, size_t count)
{
    int64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t part = MAX(parts[i], 0);
        if (part > G_MAXINT64 - total)
            return -1;
        total += part;
    }
    return total;
}

lab_timing_t lab_exchange_timing(const lab_engine_t *engine, const lab_exchange_t *x)
{
    lab_timing_view_t v = {
        engine, lab_engine_conn(engine, x->stream), x, {-1, -1, -1, -1, -1, -1, -1, -1, LAB_QUEUE_NONE}};
    if (!x->request_first || !x->request_done)
        v.t.queue_is = LAB_QUEUE_NOT_CAPTURED;
    else if (x->index == 1)
        split_opening(&v);
    else
        split_pipeline(&v);
    split_message(&v);
    add_up(&v.t);
    return v.t;
}

int64_t lab_exchange_queue_bound(const lab_engine_t *engine, const lab_exchange_t *x)
{
    const lab_exchange_t *cause = lab_page_first(engine, x);
    if (!cause)
        return -1;
    bool measured = cause != x && cause->response_first && x->request_first;
    return known(measured, x->request_begin - cause->response_begin);
}
