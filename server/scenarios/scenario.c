/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scenario.c - see scenario.h. */
#include "scenario.h"

#include <string.h>

#include "html.h"

/* The command with {host}, {address} (the host without the brackets of IPv6), {port} and {url} as this client
 * knows them, for HTML; at the port of plain HTTP. */
static char *command_html(const char *command, const exchange_t *exchange)
{
    const char *named = exchange->request->headers.value[HEADER_HOST];
    const char *authority = named && *named ? named : "127.0.0.1";
    const char *colon = strrchr(authority, ':');
    bool has_port = colon && !strchr(colon, ']');
    g_autofree char *port = exchange->conn->session ? g_strdup_printf("%u", exchange->service->port)
                                                    : g_strdup(has_port ? colon + 1 : "80");
    g_autofree char *host = g_strndup(authority, has_port ? (size_t)(colon - authority) : strlen(authority));
    g_autofree char *address = g_strdup(*host == '[' ? host + 1 : host);
    address[strcspn(address, "]")] = '\0';
    g_autofree char *url = g_strdup_printf("http://%s:%s", host, port);
    g_autofree char *filled =
        text_fill_format(command, "host", host, "address", address, "port", port, "url", url, NULL);

    return html_escape(filled);
}

static void append_entry(GString *out, const char *term, const char *html, bool code)
{
    g_string_append_printf(
        out, code ? "<dt>%s</dt><dd>" HTML_COPY_BEGIN "%s</code></dd>\n" : "<dt>%s</dt><dd>%s</dd>\n", term,
        html);
}

/* What happens, what to look for, the filter and the command. */
void scenario_describe(GString *out, const scenario_t *scenario, const exchange_t *exchange)
{
    lab_lang_t lang = exchange->lang;
    g_autofree char *wire = html_escape(scenario->wire.in[lang]);
    g_autofree char *look = html_escape(scenario->look.in[lang]);
    g_autofree char *filter = html_escape(scenario->filter);

    g_string_append(out, "<dl>\n");
    append_entry(out, text(lang, T_LAB_WIRE), wire, false);
    append_entry(out, text(lang, T_LAB_LOOK), look, false);
    append_entry(out, text(lang, T_LAB_FILTER), filter, true);
    if (scenario->command) {
        g_autofree char *command = command_html(scenario->command, exchange);
        append_entry(out, text(lang, T_LAB_COMMAND), command, true);
    }
    g_string_append(out, "</dl>\n");
}

char *scenario_html(const scenario_t *scenario, const exchange_t *exchange, const char *extra)
{
    g_autoptr(GString) body = g_string_new(NULL);
    const char *title = scenario->title.in[exchange->lang];

    g_string_append_printf(body, "<h1>%s</h1>\n%s<div class=\"card\">\n", title, extra ? extra : "");
    scenario_describe(body, scenario, exchange);
    g_string_append_printf(body, "</div>\n<p><a href=\"" SCENARIO_PREFIX "#%s\">%s</a></p>\n", scenario->name,
                           text(exchange->lang, T_LAB_BACK));
    return html_document(exchange->lang, title, body->str);
}

enum MHD_Result scenario_reply_page(const scenario_t *scenario, const exchange_t *exchange, const char *extra)
{
    return reply_page(exchange, 200, scenario_html(scenario, exchange, extra));
}

bool scenario_argument(const exchange_t *exchange, const char *name, unsigned low, unsigned high,
                       unsigned fallback, unsigned *number, enum MHD_Result *result)
{
    const char *value = MHD_lookup_connection_value(exchange->connection, MHD_GET_ARGUMENT_KIND, name);
    uint64_t wide = fallback;

    if (!value || http_number(value, low, high, &wide)) {
        *number = (unsigned)wide;
        return true;
    }
    g_autofree char *from = g_strdup_printf("%u", low);
    g_autofree char *to = g_strdup_printf("%u", high);
    *result = reply_status(exchange, 400,
                           text_fill(exchange->lang, T_WHY_BAD_ARGUMENT, "argument", name, "value", value,
                                     "low", from, "high", to, NULL));
    return false;
}

const void *scenario_plan(const scenario_t *scenario, const void *plans, size_t count, size_t row_size)
{
    const char *row = plans;

    for (size_t i = 0; i < count; i++, row += row_size) {
        if (!strcmp(*(const char *const *)(const void *)row, scenario->name))
            return row;
    }
    g_error("scenario %s has no row in the table of its function", scenario->name);
}
