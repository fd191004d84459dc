/* SPDX-License-Identifier: GPL-2.0-or-later */
/* part.c - see part.h. */
#include "part.h"

#include "kinds.h"

#define SERVERS_MAX 8 /* in an error's text */

static void G_GNUC_NORETURN no_such(lab_text_id_t out_of_range, lab_text_id_t none, uint32_t value,
                                    uint32_t first, uint32_t count)
{
    char *text = g_strdup_printf("%u", value);
    lab_used_wrongly(count ? out_of_range : none,
                     (lab_wrong_t){.value = text, .first = first, .last = first + count - 1});
}

/* "a.example (192.0.2.1:80), 192.0.2.7:443, ..." */
static char *servers_of(const lab_engine_t *engine)
{
    const lab_report_t whole = {.engine = engine};
    GPtrArray *servers = lab_servers(&whole);
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < MIN(servers->len, SERVERS_MAX); i++) {
        const lab_server_t *server = g_ptr_array_index(servers, i);
        char *address = lab_report_endpoint(server->endpoint);
        g_string_append(list, i ? ", " : "");
        if (server->names->len)
            g_string_append_printf(list, "%s (%s)", (const char *)g_ptr_array_index(server->names, 0),
                                   address);
        else
            g_string_append(list, address);
        g_free(address);
    }
    g_string_append(list, servers->len > SERVERS_MAX ? ", ..." : servers->len ? "" : "-");
    g_ptr_array_unref(servers);
    return g_string_free(list, FALSE);
}

static void check_server(const char *server, const lab_engine_t *engine)
{
    const lab_wanted_t wanted = {.server = server, .connection = -1};
    lab_selection_t *selection = lab_selection_new(engine, &wanted);
    const lab_report_t report = {.engine = engine, .selection = selection};
    uint32_t next = 0;
    if (!lab_report_next_connection(&report, &next))
        lab_used_wrongly(LAB_TEXT_ERROR_SERVER, (lab_wrong_t){.value = server, .list = servers_of(engine)});
    lab_selection_free(selection);
}

static void check_page(uint32_t number, const lab_engine_t *engine)
{
    const lab_page_t *page = engine ? lab_engine_page(engine, number) : NULL;
    if (!page || !page->exchanges->len)
        no_such(LAB_TEXT_ERROR_PAGE_RANGE, LAB_TEXT_ERROR_PAGE_NONE, number, 1,
                engine ? lab_engine_pages(engine) : 0);
}

static void check_connection(uint32_t stream, const lab_engine_t *engine)
{
    if (!engine || !lab_engine_conn(engine, stream))
        no_such(LAB_TEXT_ERROR_CONNECTION_RANGE, LAB_TEXT_ERROR_CONNECTION_NONE, stream, 0,
                engine ? lab_engine_streams(engine) : 0);
}

lab_selection_t *lab_part_of(const lab_arguments_t *a, const GArray *passing, const lab_engine_t *engine)
{
    lab_wanted_t wanted = a->wanted;
    wanted.frames = passing;
    if (wanted.server)
        check_server(wanted.server, engine);
    if (wanted.page)
        check_page(wanted.page, engine);
    if (wanted.connection >= 0)
        check_connection((uint32_t)wanted.connection, engine);
    bool whole = !wanted.frames && !wanted.server && !wanted.page && wanted.connection < 0;
    return whole ? NULL : lab_selection_new(engine, &wanted);
}
