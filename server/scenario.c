#include "scenario.h"

#include <string.h>

#include "page.h"

gboolean scenario_owns(const char *path)
{
    return g_str_has_prefix(path, SCENARIO_PREFIX) || !strcmp(path, "/lab");
}

/* The row for NAME, which is the path behind /lab/, and what follows the row's own name. */
static const Scenario *find(const char *name, const char **tail)
{
    for (guint i = 0; i < scenario_count; i++) {
        const char *own = scenarios[i].name;
        gboolean takes_tail = g_str_has_suffix(own, "/");
        if (takes_tail ? g_str_has_prefix(name, own) : !strcmp(name, own)) {
            *tail = name + strlen(own);
            return &scenarios[i];
        }
    }
    return NULL;
}

gboolean scenario_wants_post(const char *path)
{
    const char *tail;

    if (!g_str_has_prefix(path, SCENARIO_PREFIX))
        return FALSE;
    const Scenario *scenario = find(path + strlen(SCENARIO_PREFIX), &tail);
    return scenario && scenario->post;
}

/* {host}, {port} and {url} of COMMAND as this client knows them, for HTML. */
static char *command_html(const char *command, const Exchange *exchange)
{
    const char *named = exchange->request->headers.value[HEADER_HOST];
    const char *authority = named && *named ? named : "127.0.0.1";
    const char *colon = strrchr(authority, ':');
    gboolean has_port = colon && !strchr(colon, ']');
    g_autofree char *port = g_strdup(has_port ? colon + 1 : "80");
    g_autofree char *host = g_strndup(authority, has_port ? (gsize)(colon - authority) : strlen(authority));
    g_autoptr(GString) filled = g_string_new(command);

    g_string_replace(filled, "{url}", "http://{host}:{port}", 0);
    g_string_replace(filled, "{host}", host, 0);
    g_string_replace(filled, "{port}", port, 0);
    return page_escape(filled->str);
}

static void append_entry(GString *out, const char *term, const char *html, gboolean code)
{
    g_string_append_printf(out, code ? "<dt>%s</dt><dd><code>%s</code></dd>\n" : "<dt>%s</dt><dd>%s</dd>\n",
                           term, html);
}

/* What happens, what to look for, the filter and the command. */
static void append_description(GString *out, const Scenario *scenario, const Exchange *exchange)
{
    Lang lang = exchange->lang;
    g_autofree char *wire = page_escape(scenario->wire[lang]);
    g_autofree char *look = page_escape(scenario->look[lang]);
    g_autofree char *filter = page_escape(scenario->filter);

    g_string_append(out, "<dl>\n");
    append_entry(out, text(lang, T_LAB_WIRE), wire, FALSE);
    append_entry(out, text(lang, T_LAB_LOOK), look, FALSE);
    append_entry(out, text(lang, T_LAB_FILTER), filter, TRUE);
    if (scenario->command) {
        g_autofree char *command = command_html(scenario->command, exchange);
        append_entry(out, text(lang, T_LAB_COMMAND), command, TRUE);
    }
    g_string_append(out, "</dl>\n");
}

static void append_card(GString *out, const Scenario *scenario, const Exchange *exchange)
{
    g_string_append_printf(out, "<section class=\"card\" id=\"%s\">\n<h2>%s</h2>\n", scenario->name,
                           scenario->title[exchange->lang]);
    append_description(out, scenario, exchange);
    g_string_append_printf(out, "<a class=\"run\" href=\"" SCENARIO_PREFIX "%s\">%s</a>\n</section>\n",
                           scenario->example, text(exchange->lang, T_LAB_RUN));
}

static enum MHD_Result reply_index(const Exchange *exchange)
{
    Lang lang = exchange->lang;
    g_autoptr(GString) body = g_string_new(NULL);

    g_string_append_printf(body, "<h1>%s</h1>\n<p>%s</p>\n<p><a href=\"/\">%s</a></p>\n",
                           text(lang, T_LAB_TITLE), text(lang, T_LAB_INTRO), text(lang, T_ERROR_HOME));
    for (guint i = 0; i < scenario_count; i++) {
        if (scenarios[i].example)
            append_card(body, &scenarios[i], exchange);
    }
    return reply_page(exchange, 200, page_document(lang, text(lang, T_LAB_TITLE), body->str));
}

/* What the form of a POST scenario sends: more than the buffers of both systems hold. */
#define FILLER_SIZE 600000

static enum MHD_Result reply_form(const Scenario *scenario, const Exchange *exchange)
{
    g_autofree char *filler = g_strnfill(FILLER_SIZE, 'x');
    g_autofree char *extra =
        g_strdup_printf("<form method=\"post\" enctype=\"multipart/form-data\">\n"
                        "<input type=\"hidden\" name=\"filler\" value=\"%s\">\n<p><button "
                        "class=\"run\">%s</button></p>\n</form>\n",
                        filler, text(exchange->lang, T_LAB_SEND));

    return reply_page(exchange, 200, scenario_html(scenario, exchange, extra));
}

enum MHD_Result scenario_reply(const Exchange *exchange)
{
    const char *tail = "";

    if (!strcmp(exchange->path, "/lab"))
        return reply_redirect(exchange, 301, SCENARIO_PREFIX);
    const char *name = exchange->path + strlen(SCENARIO_PREFIX);
    if (!*name)
        return reply_index(exchange);
    const Scenario *scenario = find(name, &tail);
    if (!scenario)
        return reply_refusal(exchange, 404, T_WHY_NO_SCENARIO);
    if (scenario->post && strcmp(exchange->request->method, MHD_HTTP_METHOD_POST) != 0)
        return reply_form(scenario, exchange);
    return scenario->run(scenario, exchange, tail);
}

char *scenario_html(const Scenario *scenario, const Exchange *exchange, const char *extra)
{
    g_autoptr(GString) body = g_string_new(NULL);
    const char *title = scenario->title[exchange->lang];

    g_string_append_printf(body, "<h1>%s</h1>\n%s<div class=\"card\">\n", title, extra ? extra : "");
    append_description(body, scenario, exchange);
    g_string_append_printf(body, "</div>\n<p><a href=\"" SCENARIO_PREFIX "#%s\">%s</a></p>\n", scenario->name,
                           text(exchange->lang, T_LAB_BACK));
    return page_document(exchange->lang, title, body->str);
}

gboolean scenario_argument(const Exchange *exchange, const char *name, guint low, guint high, guint fallback,
                           guint *number, enum MHD_Result *result)
{
    const char *value = MHD_lookup_connection_value(exchange->connection, MHD_GET_ARGUMENT_KIND, name);
    guint64 wide = fallback;

    if (!value || http_number(value, low, high, &wide)) {
        *number = (guint)wide;
        return TRUE;
    }
    g_autofree char *from = g_strdup_printf("%u", low);
    g_autofree char *to = g_strdup_printf("%u", high);
    *result = reply_status(exchange, 400,
                           text_fill(exchange->lang, T_WHY_BAD_ARGUMENT, name, value, from, to, NULL));
    return FALSE;
}
