/* SPDX-License-Identifier: GPL-2.0-or-later */
/* close_reason.c - why a connection closed, as far as HTTP tells: RFC 9112 9.3, 9.5, 9.6. First row that
 * fits. */
#include "verdict.h"

#include "exchange.h"

/* Servers count their idle time in seconds, from one on, and their clocks are coarse: on the wire a second
 * may run a little short. */
#define IDLE_LEAST INT64_C(900000000) /* nanoseconds */

typedef struct {
    const lab_conn_t *conn;
    const lab_closing_t *closing;
    const lab_exchange_t *last; /* newest exchange, NULL = none */
    bool by_server, by_client;
} lab_reason_view_t;

static bool max_used_up(const lab_reason_view_t *v)
{
    return v->by_server && v->last && v->last->response_closes && v->last->number > 1 && v->last->index > 1 &&
           lab_engine_exchange(v->conn->engine,
                               g_array_index(v->conn->exchanges, uint32_t, v->conn->exchanges->len - 2))
                   ->keepalive_max == 1;
}

static bool max_is_zero(const lab_reason_view_t *v)
{
    return v->by_server && v->last && v->last->keepalive_max == 0;
}

static bool announced(const lab_reason_view_t *v)
{
    const lab_exchange_t *answered = lab_exchange_answered(v->conn);
    return (answered && answered->response_closes) || (v->last && v->last->request_closes);
}

static bool old_version(const lab_reason_view_t *v)
{
    return v->by_server && v->last && (v->last->response_http_1_0 || v->last->request_http_1_0);
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

static const struct {
    bool (*fits)(const lab_reason_view_t *v);
    lab_reason_t reason;
} rows[] = {
    {max_used_up, LAB_REASON_MAX_REQUESTS},    {max_is_zero, LAB_REASON_MAX_REQUESTS},
    {old_version, LAB_REASON_HTTP_1_0},        {error_response, LAB_REASON_AFTER_ERROR},
    {announced, LAB_REASON_CONNECTION_CLOSE},  {idle_server, LAB_REASON_IDLE_TIMEOUT},
    {client_closed, LAB_REASON_CLIENT_LEAVES},
};

lab_reason_t lab_close_reason(const lab_conn_t *conn, const lab_closing_t *closing)
{
    if (closing->kind == LAB_CLOSE_OPEN || closing->kind == LAB_CLOSE_REFUSED ||
        closing->kind == LAB_CLOSE_ABANDONED)
        return LAB_REASON_NONE;
    lab_reason_view_t v = {.conn = conn, .closing = closing};
    v.last = lab_exchange_current(conn);
    v.by_client = closing->first == (int)conn->client;
    /* when both FINs crossed it is the side whose FIN was seen first that had decided by itself */
    int decided = closing->first == 2 ? conn->first_fin : closing->first;
    v.by_server = decided == !conn->client;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].fits(&v))
            return rows[i].reason;
    return LAB_REASON_UNKNOWN;
}
