/* SPDX-License-Identifier: GPL-2.0-or-later */
/* page_facts.c - see page_facts.h. */
#include "page_facts.h"

#include <string.h>

static bool contains(const GArray *streams, uint32_t stream)
{
    for (guint i = 0; i < streams->len; i++)
        if (g_array_index(streams, uint32_t, i) == stream)
            return true;
    return false;
}

static const lab_exchange_t *exchange_at(const lab_engine_t *engine, const lab_page_t *page, guint i)
{
    return lab_engine_exchange(engine, g_array_index(page->exchanges, uint32_t, i));
}

static int64_t end_of(const lab_exchange_t *x)
{
    return x->response_done ? x->response_done : x->request_done;
}

/* How many of the page's exchanges were under way when this one began. */
static unsigned under_way(const lab_engine_t *engine, const lab_page_t *page, const lab_exchange_t *x)
{
    unsigned n = 0;
    for (guint i = 0; i < page->exchanges->len; i++) {
        const lab_exchange_t *other = exchange_at(engine, page, i);
        n += other->request_begin <= x->request_begin && end_of(other) > x->request_begin;
    }
    return n;
}

static bool same_address(const lab_endpoint_t *a, const lab_endpoint_t *b)
{
    return a->length == b->length && memcmp(a->address, b->address, a->length) == 0;
}

/* A connection between the same two hosts that opened while the page loaded and carried no request. */
static bool is_spare(const lab_page_t *page, const lab_conn_t *conn, const lab_conn_t *used)
{
    unsigned client = lab_conn_client(conn), other = lab_conn_client(used);
    return !lab_conn_exchanges(conn) && lab_conn_first_time(conn) <= page->last_time &&
           lab_conn_last_time(conn) >= page->begin_time &&
           same_address(lab_conn_endpoint(conn, client), lab_conn_endpoint(used, other)) &&
           same_address(lab_conn_endpoint(conn, !client), lab_conn_endpoint(used, !other)) &&
           lab_conn_endpoint(conn, !client)->port == lab_conn_endpoint(used, !other)->port;
}

/* Streams are numbered in the order of their first frames, so the search ends soon after the page does. */
static void find_spare(lab_page_facts_t *facts, const lab_engine_t *engine, const lab_page_t *page)
{
    if (!facts->streams->len)
        return;
    uint32_t first = g_array_index(facts->streams, uint32_t, 0);
    const lab_conn_t *used = lab_engine_conn(engine, first);
    for (uint32_t i = first > 8 ? first - 8 : 0; i < lab_engine_streams(engine); i++) {
        const lab_conn_t *conn = lab_engine_conn_at(engine, i);
        if (conn && lab_conn_first_time(conn) > page->last_time)
            break;
        if (conn && conn != used && is_spare(page, conn, used))
            g_array_append_val(facts->spare, i);
    }
}

lab_page_facts_t lab_page_facts(const lab_engine_t *engine, const lab_page_t *page)
{
    lab_page_facts_t facts = {.streams = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                              .spare = g_array_new(FALSE, FALSE, sizeof(uint32_t))};
    for (guint i = 0; i < page->exchanges->len; i++) {
        const lab_exchange_t *x = exchange_at(engine, page, i);
        if (!contains(facts.streams, x->stream))
            g_array_append_val(facts.streams, x->stream);
        facts.parallel = MAX(facts.parallel, under_way(engine, page, x));
        if (!facts.first_frame)
            facts.first_frame = x->request_first;
        facts.last_frame = MAX(facts.last_frame, MAX(x->request_last, x->response_last));
    }
    find_spare(&facts, engine, page);
    return facts;
}

void lab_page_facts_clear(lab_page_facts_t *facts)
{
    g_array_unref(facts->streams);
    g_array_unref(facts->spare);
}
