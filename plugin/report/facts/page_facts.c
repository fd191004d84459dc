/* SPDX-License-Identifier: GPL-2.0-or-later */
/* page_facts.c - see page_facts.h. */
#include "page_facts.h"

#include "hash.h"
#include "work.h"

#include <stdlib.h>
#include <string.h>

static const lab_exchange_t *exchange_at(const lab_engine_t *engine, const lab_page_t *page, guint i)
{
    return lab_engine_exchange(engine, g_array_index(page->exchanges, uint32_t, i));
}

static int64_t end_of(const lab_exchange_t *x)
{
    return x->response_done ? x->response_done : x->request_done;
}

static int by_time(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

/* The most exchanges that were under way at once: beginnings and ends in the order of time. An exchange that
 * ends when another begins was not under way then. */
static unsigned most_under_way(const lab_engine_t *engine, const lab_page_t *page)
{
    guint count = page->exchanges->len, n = 0;
    int64_t *begins = g_new(int64_t, count), *ends = g_new(int64_t, count);
    for (guint i = 0; i < count; i++) {
        const lab_exchange_t *x = exchange_at(engine, page, i);
        if (end_of(x) <= x->request_begin)
            continue;
        begins[n] = x->request_begin;
        ends[n++] = end_of(x);
    }
    qsort(begins, n, sizeof *begins, by_time);
    qsort(ends, n, sizeof *ends, by_time);
    unsigned most = 0;
    for (guint begun = 0, ended = 0; begun < n; begun++) {
        for (; ends[ended] <= begins[begun]; ended++)
            lab_work();
        most = MAX(most, begun + 1 - ended);
    }
    g_free(begins);
    g_free(ends);
    return most;
}

/* Connections without a request, by their endpoints. */
struct lab_spares {
    const lab_engine_t *engine;
    lab_map_t *lists; /* client address, server address and port -> GArray of uint32_t, streams */
};

typedef struct {
    uint8_t bytes[2 * sizeof(lab_endpoint_t)];
    size_t length;
} lab_pair_key_t;

static void add_bytes(lab_pair_key_t *key, const void *bytes, size_t length)
{
    memcpy(key->bytes + key->length, bytes, length);
    key->length += length;
}

static lab_pair_key_t pair_of(const lab_conn_t *conn)
{
    unsigned client = lab_conn_client(conn);
    const lab_endpoint_t *from = lab_conn_endpoint(conn, client), *to = lab_conn_endpoint(conn, !client);
    lab_pair_key_t key = {.length = 0};
    add_bytes(&key, &from->length, sizeof from->length);
    add_bytes(&key, from->address, from->length);
    add_bytes(&key, to->address, to->length);
    add_bytes(&key, &to->port, sizeof to->port);
    return key;
}

static void list_free(gpointer list)
{
    g_array_unref(list);
}

/* Opened, and nothing was asked on it that can be read. */
static bool may_be_spare(const lab_conn_t *conn)
{
    lab_open_t open = lab_conn_open_kind(conn);
    bool opened = open != LAB_OPEN_UNANSWERED && open != LAB_OPEN_REFUSED && open != LAB_OPEN_ABANDONED &&
                  open != LAB_OPEN_INCOMPLETE;
    bool silent = lab_conn_bytes(conn, lab_conn_client(conn)) == 0 || lab_conn_tls_kind(conn) != LAB_TLS_NONE;
    return opened && silent && !lab_conn_exchanges(conn);
}

lab_spares_t *lab_spares_new(const lab_engine_t *engine)
{
    lab_spares_t *s = g_new(lab_spares_t, 1);
    *s = (lab_spares_t){engine, lab_map_new(list_free)};
    for (uint32_t i = 0; i < lab_engine_streams(engine); i++) {
        const lab_conn_t *conn = lab_engine_conn_at(engine, i);
        if (!conn || !may_be_spare(conn))
            continue;
        const lab_pair_key_t key = pair_of(conn);
        GArray *list = lab_map_get(s->lists, key.bytes, key.length);
        if (!list) {
            list = g_array_new(FALSE, FALSE, sizeof(uint32_t));
            lab_map_set(s->lists, key.bytes, key.length, list);
        }
        g_array_append_val(list, i);
    }
    return s;
}

void lab_spares_free(lab_spares_t *spares)
{
    lab_map_free(spares->lists);
    g_free(spares);
}

/* The place of the first stream in the list that is not below `stream`. */
static guint place_of(const GArray *list, uint32_t stream)
{
    guint low = 0, high = list->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        lab_work();
        if (g_array_index(list, uint32_t, middle) < stream)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Connections between the same two hosts that opened while the page loaded and carried no request. Streams
 * are numbered in the order of their first frames, so the search ends soon after the page does. */
static void find_spare(lab_page_facts_t *facts, const lab_spares_t *spares, const lab_page_t *page)
{
    if (!facts->streams->len)
        return;
    uint32_t first = g_array_index(facts->streams, uint32_t, 0);
    const lab_pair_key_t key = pair_of(lab_engine_conn(spares->engine, first));
    const GArray *list = lab_map_get(spares->lists, key.bytes, key.length);
    unsigned looks = 4 * LAB_SPARE_MAX;
    for (guint i = list ? place_of(list, first > 8 ? first - 8 : 0) : 0; list && i < list->len; i++) {
        uint32_t stream = g_array_index(list, uint32_t, i);
        const lab_conn_t *conn = lab_engine_conn_at(spares->engine, stream);
        lab_work();
        if (lab_conn_first_time(conn) > page->last_time)
            break;
        if (lab_conn_last_time(conn) >= page->begin_time)
            g_array_append_val(facts->spare, stream);
        if (facts->spare->len == LAB_SPARE_MAX || !--looks)
            break;
    }
}

lab_page_facts_t lab_page_facts(const lab_spares_t *spares, const lab_page_t *page)
{
    lab_page_facts_t facts = {.streams = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                              .spare = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                              .parallel = most_under_way(spares->engine, page)};
    lab_map_t *known = lab_map_new(NULL);
    for (guint i = 0; i < page->exchanges->len; i++) {
        const lab_exchange_t *x = exchange_at(spares->engine, page, i);
        if (!lab_map_get(known, &x->stream, sizeof x->stream))
            g_array_append_val(facts.streams, x->stream);
        lab_map_set(known, &x->stream, sizeof x->stream, &facts);
        if (!facts.first_frame)
            facts.first_frame = x->request_first;
        facts.last_frame = MAX(facts.last_frame, MAX(x->request_last, x->response_last));
    }
    lab_map_free(known);
    find_spare(&facts, spares, page);
    return facts;
}

void lab_page_facts_clear(lab_page_facts_t *facts)
{
    g_array_unref(facts->streams);
    g_array_unref(facts->spare);
}
