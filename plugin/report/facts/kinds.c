/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kinds.c - see kinds.h. `engine` may be NULL: a capture without a frame. */
#include "kinds.h"

#include <string.h>

static void count_kind(GArray *kinds, const char *method, uint16_t status)
{
    for (guint i = 0; i < kinds->len; i++) {
        lab_kind_t *k = &g_array_index(kinds, lab_kind_t, i);
        if (k->status == status && g_strcmp0(k->method, method) == 0) {
            k->count++;
            return;
        }
    }
    const lab_kind_t kind = {method, status, 1};
    g_array_append_val(kinds, kind);
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
    for (uint32_t n = 1; engine && n <= lab_engine_exchanges(engine); n++) {
        const lab_exchange_t *x = lab_engine_exchange(engine, n);
        for (const lab_head_t *head = x->heads; head; head = head->next)
            if (!head->trailer && responses == (head->status != 0))
                count_kind(kinds, responses ? NULL : x->method, head->status);
    }
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

static guint endpoint_hash(gconstpointer key)
{
    const lab_endpoint_t *e = key;
    guint hash = e->port;
    for (unsigned i = 0; i < e->length; i++)
        hash = hash * 31 + e->address[i];
    return hash;
}

static gboolean endpoint_equal(gconstpointer x, gconstpointer y)
{
    const lab_endpoint_t *a = x, *b = y;
    return a->port == b->port && a->length == b->length && memcmp(a->address, b->address, a->length) == 0;
}

static void server_free(gpointer data)
{
    lab_server_t *server = data;
    g_array_unref(server->client_ports);
    g_free(server);
}

static lab_server_t *server_at(GPtrArray *list, GHashTable *known, const lab_endpoint_t *endpoint)
{
    lab_server_t *server = g_hash_table_lookup(known, endpoint);
    if (server)
        return server;
    server = g_new0(lab_server_t, 1);
    server->endpoint = endpoint;
    server->client_ports = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    g_ptr_array_add(list, server);
    g_hash_table_insert(known, (gpointer)endpoint, server);
    return server;
}

/* A port is used again for a later connection: it is listed once. */
static void add_port(lab_server_t *server, GHashTable *listed, uint16_t port)
{
    char *key = g_strdup_printf("%p %u", (void *)server, port);
    if (g_hash_table_add(listed, key))
        g_array_append_val(server->client_ports, port);
}

GPtrArray *lab_servers(const lab_engine_t *engine)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(server_free);
    GHashTable *known = g_hash_table_new(endpoint_hash, endpoint_equal);
    GHashTable *listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
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
    g_hash_table_unref(known);
    g_hash_table_unref(listed);
    return list;
}
