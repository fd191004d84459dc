/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dispatch.c - see dispatch.h. */
#include "dispatch.h"

#include <string.h>

#include "host.h"
#include "html.h"
#include "qr_page.h"

static const scenario_t scenarios[] = {
#define SCENARIO(run, group, name, example, title_en, title_zh, wire_en, wire_zh, look_en, look_zh, filter,  \
                 command, post)                                                                              \
    {run,    group,   name, example, {{title_en, title_zh}}, {{wire_en, wire_zh}}, {{look_en, look_zh}},     \
     filter, command, post},
#include "scenarios.def"
#undef SCENARIO
};

const scenario_t *scenario_table(size_t *count)
{
    *count = G_N_ELEMENTS(scenarios);
    return scenarios;
}

bool scenario_owns(const char *path)
{
    return g_str_has_prefix(path, SCENARIO_PREFIX) || !strcmp(path, "/lab");
}

/* The row whose name is what the path has behind /lab/. */
static const scenario_t *find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
        const char *own = scenarios[i].name;
        if (g_str_has_suffix(own, "/") ? g_str_has_prefix(name, own) : !strcmp(name, own))
            return &scenarios[i];
    }
    return NULL;
}

bool scenario_wants_post(const char *path)
{
    if (!g_str_has_prefix(path, SCENARIO_PREFIX))
        return false;
    const scenario_t *scenario = find(path + strlen(SCENARIO_PREFIX));
    return scenario && scenario->post;
}

static void append_card(GString *out, const scenario_t *scenario, const exchange_t *exchange)
{
    g_string_append_printf(out, "<section class=\"card\" id=\"%s\">\n<h3>%s</h3>\n", scenario->name,
                           scenario->title.in[exchange->lang]);
    scenario_describe(out, scenario, exchange);
    g_string_append_printf(out, "<a class=\"run\" href=\"" SCENARIO_PREFIX "%s\">%s</a>\n</section>\n",
                           scenario->example, text(exchange->lang, T_LAB_RUN));
}

static const struct {
    const char *anchor; /* no scenario has this name */
    text_id_t title;
} groups[GROUPS] = {
    [GROUP_FIRST] = {"group-first", T_GROUP_FIRST}, [GROUP_CLOSE] = {"group-close", T_GROUP_CLOSE},
    [GROUP_RESET] = {"group-reset", T_GROUP_RESET}, [GROUP_SLOW] = {"group-slow", T_GROUP_SLOW},
    [GROUP_HTTP] = {"group-http", T_GROUP_HTTP},    [GROUP_TLS] = {"group-tls", T_GROUP_TLS},
};

/* Scenarios about TLS only where there is TLS. */
static bool is_listed(const scenario_t *scenario, scenario_group_t group, const exchange_t *exchange)
{
    return scenario->example && scenario->group == group && (group != GROUP_TLS || exchange->service->secure);
}

static bool has_scenarios(scenario_group_t group, const exchange_t *exchange)
{
    for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
        if (is_listed(&scenarios[i], group, exchange))
            return true;
    }
    return false;
}

static void append_links(GString *out, const exchange_t *exchange)
{
    lab_lang_t lang = exchange->lang;

    g_string_append_printf(out, "<nav aria-label=\"%s\">\n", text(lang, T_LAB_TITLE));
    for (scenario_group_t group = 0; group < GROUPS; group++) {
        if (has_scenarios(group, exchange))
            g_string_append_printf(out, "<a href=\"#%s\">%s</a>\n", groups[group].anchor,
                                   text(lang, groups[group].title));
    }
    g_string_append(out, "</nav>\n");
}

static void append_group(GString *out, scenario_group_t group, const exchange_t *exchange)
{
    g_string_append_printf(out, "<h2 id=\"%s\">%s</h2>\n", groups[group].anchor,
                           text(exchange->lang, groups[group].title));
    for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
        if (is_listed(&scenarios[i], group, exchange))
            append_card(out, &scenarios[i], exchange);
    }
}

static enum MHD_Result reply_index(const exchange_t *exchange)
{
    lab_lang_t lang = exchange->lang;
    g_autoptr(GString) body = g_string_new(NULL);

    g_string_append_printf(body,
                           "<h1>%s</h1>\n<p>%s</p>\n<p><a href=\"/\">%s</a> · "
                           "<a href=\"" SCENARIO_PREFIX QR_PAGE_NAME "\">%s</a></p>\n",
                           text(lang, T_LAB_TITLE), text(lang, T_LAB_INTRO), text(lang, T_ERROR_HOME),
                           text(lang, T_QR_LINK));
    append_links(body, exchange);
    for (scenario_group_t group = 0; group < GROUPS; group++) {
        if (has_scenarios(group, exchange))
            append_group(body, group, exchange);
    }
    return reply_page(exchange, 200, html_document(lang, text(lang, T_LAB_TITLE), body->str));
}

/* Bytes that the form of a POST scenario sends: more than the buffers of both systems hold. */
#define FILLER_SIZE 600000

static enum MHD_Result reply_form(const scenario_t *scenario, const exchange_t *exchange)
{
    g_autofree char *filler = g_strnfill(FILLER_SIZE, 'x');
    g_autofree char *extra =
        g_strdup_printf("<form method=\"post\" enctype=\"multipart/form-data\">\n"
                        "<input type=\"hidden\" name=\"filler\" value=\"%s\">\n<p><button "
                        "class=\"run\">%s</button></p>\n</form>\n",
                        filler, text(exchange->lang, T_LAB_SEND));

    return scenario_reply_page(scenario, exchange, extra);
}

/* What the other scenarios show is shown in plain HTTP: they play on the bare socket, and their filters look
 * for HTTP. */
static enum MHD_Result to_plain(const exchange_t *exchange)
{
    const char *target = exchange->request->target;

    return host_redirect(exchange, "http", exchange->service->port, *target == '/' ? target : exchange->path);
}

enum MHD_Result scenario_reply(const exchange_t *exchange)
{
    if (!strcmp(exchange->path, "/lab"))
        return reply_redirect(exchange, 301, SCENARIO_PREFIX);
    const char *name = exchange->path + strlen(SCENARIO_PREFIX);
    if (!*name)
        return reply_index(exchange);
    const scenario_t *scenario = find(name);
    if (exchange->conn->session && !(scenario && scenario->group == GROUP_TLS))
        return to_plain(exchange);
    if (!strcmp(name, QR_PAGE_NAME))
        return qr_page_reply(exchange);
    if (!scenario)
        return reply_refusal(exchange, 404, T_WHY_NO_SCENARIO);
    if (scenario->post && strcmp(exchange->request->method, MHD_HTTP_METHOD_POST) != 0)
        return reply_form(scenario, exchange);
    return scenario->run(scenario, exchange);
}
