/* SPDX-License-Identifier: GPL-2.0-or-later */
/* close_reason.c - why a connection closed, as far as HTTP tells: RFC 9112 9.3, 9.5, 9.6. First row that
 * fits. All is judged as of the first FIN, or the RST that ended the connection: what came after it, a
 * request that raced it above all, was no reason for it. */
#include "verdict.h"

#include "exchange.h"
#include "work.h"

/* Servers count their idle time in seconds, from one on, and their clocks are coarse: on the wire a second
 * may run a little short. */
#define IDLE_LEAST INT64_C(900000000) /* nanoseconds */

typedef struct {
    const lab_conn_t *conn;
    const lab_exchange_t *last;     /* newest exchange, NULL = none */
    const lab_exchange_t *before;   /* the one before it */
    const lab_exchange_t *answered; /* newest one whose response had begun */
    bool by_server, by_client;
    uint32_t close_frame;
} lab_reason_view_t;

static bool max_used_up(const lab_reason_view_t *v)
{
    return v->by_server && v->before && v->last->response_closes && v->before->keepalive_max == 1;
}

static bool max_is_zero(const lab_reason_view_t *v)
{
    return v->by_server && v->last && v->last->keepalive_max == 0;
}

static bool announced(const lab_reason_view_t *v)
{
    return (v->answered && v->answered->response_closes) || (v->last && v->last->request_closes);
}

static bool old_version(const lab_reason_view_t *v)
{
    return v->by_server && v->last && (v->last->response_http_1_0 || v->last->request_http_1_0);
}

/* RFC 9110 15.5.9: the server had waited long enough for a request; none came. */
static bool no_request_came(const lab_reason_view_t *v)
{
    return v->by_server && v->last && v->last->status == 408 && !v->last->request_first;
}

/* RFC 9112 6.3 rule 8: the close is the end of the body. A RST only cuts it off. */
static bool ends_body(const lab_reason_view_t *v)
{
    return v->by_server && v->conn->first_fin >= 0 && v->last && v->last->until_close &&
           v->last->response_first;
}

static bool error_response(const lab_reason_view_t *v)
{
    return v->by_server && v->last && v->last->status >= 400 && v->conn->close_idle >= 0 &&
           v->conn->close_idle < IDLE_LEAST;
}

static bool idle_server(const lab_reason_view_t *v)
{
    return v->by_server && v->last && v->last->response_complete && v->conn->close_idle >= IDLE_LEAST;
}

static bool client_closed(const lab_reason_view_t *v)
{
    return v->by_client;
}

/* RFC 9113 6.8: the GOAWAY of the side that closes, else that of the other; NULL = none before the close. */
static const lab_http2_end_t *goaway_of(const lab_reason_view_t *v)
{
    const lab_http2_story_t *h = lab_conn_http2(v->conn);
    unsigned closer = v->by_server ? !v->conn->client : v->conn->client;
    for (unsigned i = 0; h && i < 2; i++) {
        const lab_http2_end_t *e = &h->end[i ? !closer : closer];
        if (e->goaway_frame && e->goaway_frame <= v->close_frame)
            return e;
    }
    return NULL;
}

static bool goes_away(const lab_reason_view_t *v)
{
    return goaway_of(v) && goaway_of(v)->goaway_error == LAB_HTTP2_NO_ERROR;
}

static bool goes_away_with_error(const lab_reason_view_t *v)
{
    return goaway_of(v) && goaway_of(v)->goaway_error != LAB_HTTP2_NO_ERROR;
}

/* clang-format off */
static const struct {
    bool (*fits)(const lab_reason_view_t *v);
    lab_reason_t reason;
    bool announced; /* a message said so; the frames after the FIN cannot change it */
} rows[] = {
    { goes_away,       LAB_REASON_GOAWAY,           true },
    { goes_away_with_error, LAB_REASON_GOAWAY_ERROR, true },
    { no_request_came, LAB_REASON_IDLE_TIMEOUT,     true },
    { max_used_up,     LAB_REASON_MAX_REQUESTS,     true },
    { max_is_zero,     LAB_REASON_MAX_REQUESTS,     true },
    { old_version,     LAB_REASON_HTTP_1_0,         true },
    { error_response,  LAB_REASON_AFTER_ERROR,      false },
    { announced,       LAB_REASON_CONNECTION_CLOSE, true },
    { ends_body,       LAB_REASON_CONNECTION_CLOSE, true },
    { idle_server,     LAB_REASON_IDLE_TIMEOUT,     false },
    { client_closed,   LAB_REASON_CLIENT_LEAVES,    false },
};
/* clang-format on */

static const lab_exchange_t *exchange_at(const lab_conn_t *conn, uint32_t i)
{
    return lab_engine_exchange(conn->engine, conn->exchanges.data[i]);
}

static bool begun(const lab_exchange_t *x, uint32_t close)
{
    return x->response_first && x->response_first <= close;
}

/* What was answered is found once; each further look goes on from there. */
static void look_at_exchanges(lab_reason_view_t *v)
{
    const lab_conn_t *conn = v->conn;
    uint32_t count = conn->exchanges_at_close, *i = &((lab_conn_t *)conn)->answered_at_close;
    uint32_t close = conn->first_fin >= 0 ? conn->end[conn->first_fin].fin_frame : conn->close_end_frame;
    v->close_frame = close;
    if (count)
        v->last = exchange_at(conn, count - 1);
    if (count > 1)
        v->before = exchange_at(conn, count - 2);
    for (; *i < count && begun(exchange_at(conn, *i), close); ++*i) /* a response whose bytes came late */
        lab_work();
    v->answered = *i ? exchange_at(conn, *i - 1) : NULL;
}

lab_reason_t lab_close_reason(const lab_conn_t *conn, lab_closing_t *closing)
{
    if ((closing->kind == LAB_CLOSE_OPEN && conn->first_fin < 0) || closing->kind == LAB_CLOSE_REFUSED ||
        closing->kind == LAB_CLOSE_ABANDONED)
        return LAB_REASON_NONE;
    lab_reason_view_t v = {.conn = conn};
    look_at_exchanges(&v);
    v.by_client = closing->first == (int)conn->client;
    /* when both FINs crossed it is the side whose FIN was seen first that had decided by itself */
    int decided = closing->first == 2 ? conn->first_fin : closing->first;
    v.by_server = decided == !conn->client;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].fits(&v)) {
            closing->announced = rows[i].announced;
            return rows[i].reason;
        }
    return closing->kind == LAB_CLOSE_OPEN ? LAB_REASON_NONE : LAB_REASON_UNKNOWN;
}
