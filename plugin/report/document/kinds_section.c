/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kinds_section.c - which kinds of messages the capture holds; which servers were talked to from which ports.
 */
#include "http_status.h"
#include "kinds.h"
#include "names.h"
#include "walks.h"

#define PORTS_MAX 30 /* client ports listed in a document; JSON has all */

static void append_kind(GString *list, const lab_kind_t *k)
{
    const lab_status_word_t *word = lab_status_word(k->status);
    g_string_append(list, list->len ? ", " : "");
    if (k->status)
        g_string_append_printf(list, "%u %s (%u)", k->status, word ? word->phrase : "?", k->count);
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
static char *ports_of(lab_document_t *d, const GArray *ports)
{
    GString *list = g_string_new(NULL);
    guint shown = MIN(ports->len, PORTS_MAX);
    for (guint i = 0; i < shown; i++)
        g_string_append_printf(list, "%s%u", i ? ", " : "", g_array_index(ports, uint16_t, i));
    if (ports->len > shown)
        g_string_append(
            list, lab_document_words(d, LAB_TEXT_PORTS_MORE,
                                     LAB_PLACES({"count", lab_document_number(d, ports->len - shown)})));
    return g_string_free(list, FALSE);
}

static void add_servers(lab_document_t *d, const lab_engine_t *engine)
{
    static const lab_text_id_t titles[] = {LAB_TEXT_COL_SERVER, LAB_TEXT_CONNECTIONS, LAB_TEXT_EXCHANGES,
                                           LAB_TEXT_COL_CLIENT_PORTS};
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    GPtrArray *servers = lab_servers(engine);
    for (guint i = 0; i < servers->len; i++) {
        const lab_server_t *server = g_ptr_array_index(servers, i);
        lab_table_take(t, lab_report_endpoint(server->endpoint));
        lab_table_number(t, server->connections);
        lab_table_number(t, server->exchanges);
        lab_table_take(t, ports_of(d, server->client_ports));
    }
    g_ptr_array_unref(servers);
}

void lab_add_kinds(lab_document_t *d, const lab_report_t *report)
{
    lab_document_section(d, LAB_TEXT_KINDS, LAB_NO_PLACES);
    if (report->protocols)
        add_protocols(d, report);
    add_http_kinds(d, LAB_ENTRY_KINDS_REQUESTS, lab_kinds_of_requests(report->engine));
    add_http_kinds(d, LAB_ENTRY_KINDS_RESPONSES, lab_kinds_of_responses(report->engine));
    lab_document_section(d, LAB_TEXT_PORTS, LAB_NO_PLACES);
    add_servers(d, report->engine);
}
