/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kinds_section.c - which kinds of messages the capture holds; which servers were talked to from which ports.
 */
#include "http_status.h"
#include "kinds.h"
#include "names.h"
#include "walks.h"

/* Listed in a document; JSON has all. */
#define PORTS_MAX   30 /* client ports of a server */
#define PORTS_FEW   3  /* where there are many servers */
#define SERVERS_ALL 60 /* up to so many servers all of them, */
#define SERVERS_MAX 20 /* else these */

static void append_kind(GString *list, const lab_kind_t *k)
{
    const lab_status_word_t *word = lab_status_word(k->status);
    g_string_append(list, list->len ? ", " : "");
    if (k->status)
        g_string_append_printf(list, "%u%s%s (%u)", k->status, word ? " " : "", word ? word->phrase : "",
                               k->count);
    else
        g_string_append_printf(list, "%s (%u)", k->method ? k->method : "?", k->count);
}

static void add_list(lab_document_t *d, lab_entry_t entry, GString *list)
{
    lab_document_entry(d, entry, LAB_PLACES({"list", lab_document_take(d, list)}));
}

/* Takes `kinds`. */
static void add_http_kinds(lab_document_t *d, lab_entry_t entry, GArray *kinds)
{
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < kinds->len; i++)
        append_kind(list, &g_array_index(kinds, lab_kind_t, i));
    if (!kinds->len)
        g_string_append(list, lab_text(LAB_TEXT_NONE, d->lang));
    add_list(d, entry, list);
    g_array_unref(kinds);
}

static void add_protocols(lab_document_t *d, const lab_report_t *report)
{
    GString *list = g_string_new(NULL);
    for (unsigned i = 0; i < report->protocol_count; i++)
        g_string_append_printf(list, "%s%s (%u)", i ? ", " : "", report->protocols[i].name,
                               report->protocols[i].frames);
    add_list(d, LAB_ENTRY_KINDS_PROTOCOLS, list);
}

/* "50000, 50001 and 3 more". */
static char *ports_of(lab_document_t *d, const GArray *ports, guint most)
{
    GString *list = g_string_new(NULL);
    guint shown = MIN(ports->len, most);
    for (guint i = 0; i < shown; i++)
        g_string_append_printf(list, "%s%u", i ? ", " : "", g_array_index(ports, uint16_t, i));
    if (ports->len > shown)
        g_string_append(
            list, lab_document_words(d, LAB_TEXT_PORTS_MORE,
                                     LAB_PLACES({"count", lab_document_number(d, ports->len - shown)})));
    return g_string_free(list, FALSE);
}

/* "a.example and 3 more"; NULL without a name. */
static const char *names_of(lab_document_t *d, const GPtrArray *names)
{
    if (!names->len)
        return NULL;
    GString *text = g_string_new(g_ptr_array_index(names, 0));
    if (names->len > 1)
        g_string_append(text,
                        lab_document_words(d, LAB_TEXT_PORTS_MORE,
                                           LAB_PLACES({"count", lab_document_number(d, names->len - 1)})));
    return lab_document_take(d, text);
}

static const char *protocols_of(lab_document_t *d, const GPtrArray *protocols)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < protocols->len; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", (const char *)g_ptr_array_index(protocols, i));
    const char *list = lab_document_take(d, text);
    return *list ? list : NULL;
}

static void server_row(lab_document_t *d, lab_table_t *t, const lab_server_t *server, guint ports)
{
    lab_table_cell(t, names_of(d, server->names));
    lab_table_take(t, lab_report_address(server->endpoint));
    lab_table_number(t, server->endpoint->port);
    lab_table_cell(t, protocols_of(d, server->protocols));
    lab_table_number(t, server->connections);
    lab_table_number(t, server->exchanges);
    lab_table_number(t, server->bytes);
    lab_table_number(t, server->anomalies);
    lab_table_take(t, ports_of(d, server->client_ports, ports));
}

/* Those with the most exchanges, then connections, come first where not all are listed. */
static int by_weight(gconstpointer x, gconstpointer y)
{
    const lab_server_t *a = *(const lab_server_t *const *)x, *b = *(const lab_server_t *const *)y;
    if (a->exchanges != b->exchanges)
        return a->exchanges > b->exchanges ? -1 : 1;
    return a->connections == b->connections ? 0 : a->connections > b->connections ? -1 : 1;
}

static void add_servers(lab_document_t *d, const lab_report_t *report)
{
    static const lab_text_id_t titles[] = {
        LAB_TEXT_COL_SERVER, LAB_TEXT_COL_ADDRESS, LAB_TEXT_COL_PORT,
        LAB_TEXT_COL_INSIDE, LAB_TEXT_CONNECTIONS, LAB_TEXT_EXCHANGES,
        LAB_TEXT_COL_BYTES,  LAB_TEXT_ANOMALIES,   LAB_TEXT_COL_CLIENT_PORTS};
    GPtrArray *servers = lab_servers(report);
    guint shown = servers->len > SERVERS_ALL ? SERVERS_MAX : servers->len;
    if (shown < servers->len)
        g_ptr_array_sort(servers, by_weight);
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    for (guint i = 0; i < shown; i++)
        server_row(d, t, g_ptr_array_index(servers, i), shown < servers->len ? PORTS_FEW : PORTS_MAX);
    if (shown < servers->len)
        lab_document_sentence(d, LAB_TEXT_SERVERS_MORE,
                              LAB_PLACES({"count", lab_document_number(d, servers->len - shown)}));
    g_ptr_array_unref(servers);
}

void lab_add_kinds(lab_document_t *d, const lab_report_t *report)
{
    lab_document_section(d, LAB_TEXT_KINDS, LAB_NO_PLACES);
    if (report->protocols && !report->selection)
        add_protocols(d, report);
    add_http_kinds(d, LAB_ENTRY_KINDS_REQUESTS, lab_kinds_of_requests(report));
    add_http_kinds(d, LAB_ENTRY_KINDS_RESPONSES, lab_kinds_of_responses(report));
    lab_document_section(d, LAB_TEXT_PORTS, LAB_NO_PLACES);
    add_servers(d, report);
}
