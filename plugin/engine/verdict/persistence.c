/* SPDX-License-Identifier: GPL-2.0-or-later */
/* persistence.c - HTTP persistence: what the headers promised against what the connection did. RFC 9112 9,
 * and for Keep-Alive: timeout, max RFC 2068 19.7.1.1. Each row is looked at when a side closes; every one
 * that holds is said.
 */
#include "verdict.h"

#include "exchange.h"
#include "tcp.h"
#include "work.h"

#define SECOND INT64_C(1000000000)
/* Longer than any stack needs to answer a FIN with its own. */
#define LINGERING SECOND

typedef struct {
    const lab_context_t *c;
    const lab_conn_t *conn;
    const lab_exchange_t *x, *answered; /* newest exchange, and newest one with a response; NULL = none */
    guint exchanges;
    bool by_server, reset, raced;
    int64_t idle;
} lab_promise_view_t;

/* Nanoseconds. A promise of more than 292 years counts as one of 292 years. */
static int64_t promised_time(const lab_exchange_t *x)
{
    return MIN(x->keepalive_timeout, G_MAXINT64 / SECOND) * SECOND;
}

static int64_t tolerance(const lab_exchange_t *x)
{
    return MAX(SECOND / 2, promised_time(x) / 10);
}

/* The server closes a connection that it had promised to keep for a time, and nothing else explains it. */
static bool timeout_applies(const lab_promise_view_t *v)
{
    return v->by_server && v->idle >= 0 && v->x && v->x->response_complete && v->x->keepalive_timeout >= 0 &&
           !v->x->response_closes && !v->x->request_closes && v->x->keepalive_max != 0;
}

static int64_t beyond_promise(const lab_promise_view_t *v)
{
    return v->idle - promised_time(v->x);
}

static bool timeout_kept(const lab_promise_view_t *v)
{
    return timeout_applies(v) && ABS(beyond_promise(v)) <= tolerance(v->x);
}

static bool timeout_early(const lab_promise_view_t *v)
{
    return timeout_applies(v) && beyond_promise(v) < -tolerance(v->x);
}

static bool timeout_late(const lab_promise_view_t *v)
{
    return timeout_applies(v) && beyond_promise(v) > tolerance(v->x);
}

static const lab_exchange_t *exchange_at(const lab_conn_t *conn, uint32_t i)
{
    return lab_engine_exchange(conn->engine, conn->exchanges.data[i]);
}

static const lab_exchange_t *before_last(const lab_promise_view_t *v)
{
    if (v->exchanges < 2)
        return NULL;
    return exchange_at(v->conn, v->exchanges - 2);
}

static bool max_reached(const lab_promise_view_t *v)
{
    const lab_exchange_t *before = before_last(v);
    return v->by_server && v->x &&
           (v->x->keepalive_max == 0 || (before && before->keepalive_max == 1 && v->x->response_closes));
}

/* RFC 9112 9.6: what was asked after it is not answered any more. */
static bool announced(const lab_promise_view_t *v)
{
    const lab_exchange_t *x = v->answered;
    return x && x->response_complete && (x->response_closes || x->request_closes);
}

/* RFC 9112 9.6: a client that was told of the close closes, too, once it has read the response. */
static bool close_kept(const lab_promise_view_t *v)
{
    return announced(v) && v->idle >= 0 && v->idle <= SECOND;
}

static bool close_ignored(const lab_promise_view_t *v)
{
    return announced(v) && v->idle > SECOND;
}

/* RFC 9113 6.8: after the GOAWAY of either side no further request comes, so that the close is expected. */
static bool goes_away(const lab_promise_view_t *v)
{
    const lab_http2_story_t *story = v->conn->http2 ? lab_conn_http2(v->conn) : NULL;
    return story && (story->end[0].goaway_frame || story->end[1].goaway_frame);
}

static bool without_notice(const lab_promise_view_t *v)
{
    return v->by_server && v->x && v->x->response_complete && !v->x->response_closes &&
           !v->x->request_closes && v->x->keepalive_timeout == -1 && v->x->keepalive_max != 0 &&
           !v->x->response_http_1_0 && !v->x->request_http_1_0 && !v->x->until_close && !goes_away(v);
}

static bool unused(const lab_promise_view_t *v)
{
    bool silent = v->conn->end[0].bytes + v->conn->end[1].bytes == 0;
    return !v->x && silent && !(v->conn->quality & LAB_QUALITY_ONE_DIRECTION) && !v->reset &&
           !v->conn->midstream && v->conn->open == LAB_OPEN_THREE_WAY;
}

static bool single_use(const lab_promise_view_t *v)
{
    return v->exchanges == 1 && !v->raced && v->x->response_complete && !announced(v) &&
           !v->x->response_http_1_0 && !v->x->request_http_1_0 && !v->x->until_close && !v->conn->midstream;
}

static bool truncated(const lab_promise_view_t *v)
{
    return v->x && v->x->truncated;
}

static const struct {
    bool (*holds)(const lab_promise_view_t *v);
    lab_keepalive_t token;
} at_first_close[] = {
    {timeout_kept, LAB_PERSIST_TIMEOUT_KEPT},     {timeout_early, LAB_PERSIST_TIMEOUT_EARLY},
    {timeout_late, LAB_PERSIST_TIMEOUT_LATE},     {max_reached, LAB_PERSIST_MAX_REACHED},
    {close_kept, LAB_PERSIST_CLOSE_KEPT},         {close_ignored, LAB_PERSIST_CLOSE_IGNORED},
    {without_notice, LAB_PERSIST_WITHOUT_NOTICE}, {unused, LAB_PERSIST_UNUSED},
    {single_use, LAB_PERSIST_SINGLE_USE},         {truncated, LAB_PERSIST_TRUNCATED},
};

/* RFC 9112 9.5: the server's FIN does not acknowledge this request, which was on its way. */
static bool crosses_fin(const lab_context_t *c, const lab_exchange_t *x)
{
    return c->fin && c->from != c->conn->client && x->request_first && !x->response_first &&
           x->request_start >= c->ack;
}

/* So many of the newest requests are looked at: no client has more under way. */
#define CROSSING_MAX 1024

/* How many exchanges the side that closes knew of. */
static uint32_t exchanges_known(lab_context_t *c)
{
    const lab_conn_t *conn = c->conn;
    uint32_t count = conn->exchanges.len, most = CROSSING_MAX;
    for (; most && count && crosses_fin(c, exchange_at(conn, count - 1)); count--, most--) {
        uint32_t frame = exchange_at(conn, count - 1)->request_first;
        lab_work();
        if (!(lab_detail_seen(c->engine, frame, conn->number)->keepalive & 1u << LAB_PERSIST_RACED))
            lab_keepalive_add(c, frame, c->to, LAB_PERSIST_RACED, 0, 0);
    }
    return count;
}

static void first_close(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    lab_promise_view_t v = {.c = c, .conn = conn, .idle = conn->close_idle, .reset = c->rst};
    v.exchanges = conn->exchanges_at_close = exchanges_known(c);
    conn->answered_at_close = conn->answered ? MIN(conn->answered->index, v.exchanges) : 0;
    v.x = v.exchanges ? exchange_at(conn, v.exchanges - 1) : NULL;
    v.raced = conn->exchanges.len > v.exchanges;
    v.answered = lab_exchange_answered(conn);
    if (v.x && v.x->tunnel)
        return; /* HTTP promised nothing for what came after */
    v.by_server = c->from != conn->client;
    for (size_t i = 0; i < G_N_ELEMENTS(at_first_close); i++)
        if (at_first_close[i].holds(&v))
            lab_keepalive_add(c, c->seg->frame, c->from, at_first_close[i].token, 0, v.idle);
    if (v.x && c->annotation->detail)
        lab_detail_new(c->engine, c->annotation)->promised = v.x->keepalive_timeout;
}

static void second_close(lab_context_t *c)
{
    const lab_annotation_t *first = lab_annotation_of(c->engine, c->receiver->fin_frame, c->conn->number);
    int64_t waited = c->seg->time - c->receiver->fin_time;
    if (first && waited >= LINGERING && !c->conn->fins_crossed)
        lab_keepalive_add(c, c->seg->frame, c->from, LAB_PERSIST_LINGERING, 0, waited);
}

/* RFC 9112 9.5: a request that was on its way when the server closed. The client did mean to use the
 * connection again. */
static void look_for_race(lab_context_t *c)
{
    bool request = c->annotation->roles & LAB_ROLE_BIT(LAB_ROLE_REQUEST);
    bool knew = c->ack > c->receiver->fin_offset;
    if (!request || !c->new_bytes || !c->receiver->fin || knew || c->from != c->conn->client)
        return;
    lab_keepalive_add(c, c->seg->frame, c->from, LAB_PERSIST_RACED, 0, 0);
    lab_keepalive_remove(c, c->receiver->fin_frame, LAB_PERSIST_SINGLE_USE);
}

/* RFC 9293 3.6: the side whose FIN was acknowledged may still get data: the connection is used after all. */
static void used_after_all(lab_context_t *c)
{
    const lab_conn_t *conn = c->conn;
    if (conn->first_fin >= 0 && c->new_bytes && conn->end[0].bytes + conn->end[1].bytes == 0)
        lab_keepalive_remove(c, conn->end[conn->first_fin].fin_frame, LAB_PERSIST_UNUSED);
}

/* RFC 9112 9.6: after announcing close the server must not process another request. */
static void look_for_ignored_close(lab_context_t *c)
{
    const lab_exchange_t *x = c->conn->http2 ? NULL : lab_exchange_current(c->conn);
    if (!x || x->index < 2 || x->response_first != c->seg->frame)
        return;
    const lab_exchange_t *before = exchange_at(c->conn, c->conn->exchanges.len - 2);
    if (before->response_complete && before->response_closes)
        lab_keepalive_add(c, c->seg->frame, c->from, LAB_PERSIST_CLOSE_IGNORED, 0, 0);
}

/* The RST turned out not to have been obeyed: nothing closed there. */
static void take_back(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    for (unsigned i = 0; i < G_N_ELEMENTS(at_first_close); i++)
        lab_keepalive_remove(c, conn->reset_told, at_first_close[i].token);
    lab_exchange_uncut(conn, conn->reset_told);
    conn->reset_told = 0;
}

void lab_persistence(lab_context_t *c)
{
    if (c->conn->reset_told && !c->conn->ended && !c->rst)
        take_back(c);
    bool first_fin = c->fin && c->conn->first_fin == (int)c->from && c->sender->fin_frame == c->seg->frame;
    bool ending_reset = c->rst && c->conn->first_fin < 0 && c->conn->close_end_frame == c->seg->frame;
    if (ending_reset)
        c->conn->reset_told = c->seg->frame;
    if (first_fin || ending_reset)
        first_close(c);
    else if (c->fin && c->sender->fin_frame == c->seg->frame)
        second_close(c);
    if (!c->data || c->rst)
        return;
    used_after_all(c);
    look_for_race(c);
    look_for_ignored_close(c);
}
