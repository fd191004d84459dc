/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kinds.c - see kinds.h. */
#include "kinds.h"

#include "connection_facts.h"
#include "hash.h"
#include "selection.h"

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

static GArray *kinds_of(const lab_report_t *report, bool responses)
{
    GArray *kinds = g_array_new(FALSE, FALSE, sizeof(lab_kind_t));
    lab_map_t *places = lab_map_new(NULL);
    const lab_exchange_t *x;
    for (uint32_t n = 0; (x = lab_report_next_exchange(report, &n));)
        for (const lab_head_t *head = x->heads; head; head = head->next)
            if (!head->trailer && responses == (head->status != 0))
                count_kind(kinds, places, responses ? NULL : x->method, head->status);
    lab_map_free(places);
    g_array_sort(kinds, by_count);
    return kinds;
}

GArray *lab_kinds_of_requests(const lab_report_t *report)
{
    return kinds_of(report, false);
}

GArray *lab_kinds_of_responses(const lab_report_t *report)
{
    return kinds_of(report, true);
}

/* ---- servers ---- */

static void server_free(gpointer data)
{
    lab_server_t *server = data;
    g_array_unref(server->client_ports);
    g_ptr_array_unref(server->names);
    g_ptr_array_unref(server->protocols);
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
    server->names = g_ptr_array_new_with_free_func(g_free);
    server->protocols = g_ptr_array_new();
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

/* Takes the name. Names of one server are told apart by a table: there may be many. */
static void add_name(lab_server_t *server, lab_map_t *listed, char *name)
{
    char *key = name ? g_strdup_printf("%p %s", (void *)server, name) : NULL;
    if (!name || lab_map_get(listed, key, strlen(key))) {
        g_free(name);
    } else {
        lab_map_set(listed, key, strlen(key), server);
        g_ptr_array_add(server->names, name);
    }
    g_free(key);
}

/* There are few of them. */
static void add_protocol(lab_server_t *server, const char *protocol)
{
    if (protocol && !g_ptr_array_find(server->protocols, protocol, NULL))
        g_ptr_array_add(server->protocols, (gpointer)protocol);
}

static uint32_t exchanges_in(const lab_report_t *report, const lab_conn_t *conn)
{
    const lab_exchange_list_t *exchanges = lab_conn_exchanges(conn);
    uint32_t count = 0;
    for (guint i = 0; exchanges && i < exchanges->len; i++)
        count += lab_report_has_exchange(
            report, lab_engine_exchange(report->engine, g_array_index(exchanges, uint32_t, i)));
    return count;
}

GPtrArray *lab_servers(const lab_report_t *report)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(server_free);
    lab_map_t *known = lab_map_new(NULL), *listed = lab_map_new(NULL), *names = lab_map_new(NULL);
    lab_overview_t overview = lab_overview(report);
    const lab_conn_t *conn;
    for (uint32_t i = 0; (conn = lab_report_next_connection(report, &i));) {
        unsigned client = lab_conn_client(conn);
        lab_server_t *server = server_at(list, known, lab_conn_endpoint(conn, !client));
        server->connections++;
        server->exchanges += exchanges_in(report, conn);
        server->bytes += lab_conn_bytes(conn, 0) + lab_conn_bytes(conn, 1);
        server->anomalies += overview.anomaly_counts[lab_conn_stream(conn)];
        add_name(server, names, lab_report_server_name(conn));
        add_protocol(server, lab_report_inside(conn));
        add_port(server, listed, lab_conn_endpoint(conn, client)->port);
    }
    lab_overview_clear(&overview);
    lab_map_free(known);
    lab_map_free(listed);
    lab_map_free(names);
    return list;
}
