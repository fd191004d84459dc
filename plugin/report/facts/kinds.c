/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kinds.c - see kinds.h. `engine` may be NULL: a capture without a frame. */
#include "kinds.h"

#include "hash.h"

#include <string.h>

/* `places`: "status method" -> place in `kinds`, from 1. */
static void count_kind(GArray *kinds, lab_map_t *places, const char *method, uint16_t status)
{
    char *key = g_strdup_printf("%u %s", status, method ? method : "");
    guint place = GPOINTER_TO_UINT(lab_map_get(places, key, strlen(key)));
    if (!place) {
        const lab_kind_t kind = {method, status, 0};
        g_array_append_val(kinds, kind);
        place = kinds->len;
        lab_map_set(places, key, strlen(key), GUINT_TO_POINTER(place));
    }
    g_array_index(kinds, lab_kind_t, place - 1).count++;
    g_free(key);
}

static int by_count(const void *x, const void *y)
{
    const lab_kind_t *a = x, *b = y;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return a->status != b->status ? a->status - b->status : g_strcmp0(a->method, b->method);
}

static GArray *kinds_of(const lab_engine_t *engine, bool responses)
{
    GArray *kinds = g_array_new(FALSE, FALSE, sizeof(lab_kind_t));
    lab_map_t *places = lab_map_new(NULL);
    for (uint32_t n = 1; engine && n <= lab_engine_exchanges(engine); n++) {
        const lab_exchange_t *x = lab_engine_exchange(engine, n);
        for (const lab_head_t *head = x->heads; head; head = head->next)
            if (!head->trailer && responses == (head->status != 0))
                count_kind(kinds, places, responses ? NULL : x->method, head->status);
    }
    lab_map_free(places);
    g_array_sort(kinds, by_count);
    return kinds;
}

GArray *lab_kinds_of_requests(const lab_engine_t *engine)
{
    return kinds_of(engine, false);
}

GArray *lab_kinds_of_responses(const lab_engine_t *engine)
{
    return kinds_of(engine, true);
}

/* ---- servers ---- */

static void server_free(gpointer data)
{
    lab_server_t *server = data;
    g_array_unref(server->client_ports);
    g_free(server);
}

/* Address and port. */
typedef struct {
    uint8_t bytes[sizeof(lab_endpoint_t)];
    size_t length;
} lab_server_key_t;

static lab_server_key_t key_of(const lab_endpoint_t *e)
{
    lab_server_key_t key = {.length = e->length + sizeof e->port};
    memcpy(key.bytes, e->address, e->length);
    memcpy(key.bytes + e->length, &e->port, sizeof e->port);
    return key;
}

static lab_server_t *server_at(GPtrArray *list, lab_map_t *known, const lab_endpoint_t *endpoint)
{
    const lab_server_key_t key = key_of(endpoint);
    lab_server_t *server = lab_map_get(known, key.bytes, key.length);
    if (server)
        return server;
    server = g_new0(lab_server_t, 1);
    server->endpoint = endpoint;
    server->client_ports = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    g_ptr_array_add(list, server);
    lab_map_set(known, key.bytes, key.length, server);
    return server;
}

/* A port is used again for a later connection: it is listed once. */
static void add_port(lab_server_t *server, lab_map_t *listed, uint16_t port)
{
    const uintptr_t key[2] = {(uintptr_t)server, port};
    if (lab_map_get(listed, key, sizeof key))
        return;
    lab_map_set(listed, key, sizeof key, server);
    g_array_append_val(server->client_ports, port);
}

GPtrArray *lab_servers(const lab_engine_t *engine)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(server_free);
    lab_map_t *known = lab_map_new(NULL), *listed = lab_map_new(NULL);
    for (uint32_t i = 0; engine && i < lab_engine_streams(engine); i++) {
        const lab_conn_t *conn = lab_engine_conn_at(engine, i);
        if (!conn)
            continue;
        unsigned client = lab_conn_client(conn);
        lab_server_t *server = server_at(list, known, lab_conn_endpoint(conn, !client));
        const GArray *exchanges = lab_conn_exchanges(conn);
        server->connections++;
        server->exchanges += exchanges ? exchanges->len : 0;
        add_port(server, listed, lab_conn_endpoint(conn, client)->port);
    }
    lab_map_free(known);
    lab_map_free(listed);
    return list;
}
