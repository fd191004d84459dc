/* Scenarios about the connection: how long it is kept, how it ends, where a request leads. */
#include <string.h>

#include "http.h"
#include "scenario.h"
#include "status.h"

enum MHD_Result scenario_after(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    (void)tail;
    exchange->request->after = (After)scenario->parameter;
    return reply_page(exchange, 200, scenario_html(scenario, exchange, NULL));
}

enum MHD_Result scenario_slow(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    guint milliseconds;
    enum MHD_Result result;
    Request *request = exchange->request;

    (void)tail;
    if (!scenario_argument(exchange, "ms", 0, 30000, 2000, &milliseconds, &result))
        return result;
    if (!request->paused) {
        request->paused = TRUE;
        if (conns_pause(exchange->server->conns, exchange->conn, exchange->connection, milliseconds))
            return MHD_YES; /* we are called again then */
    }
    g_autofree char *number = g_strdup_printf("%u", milliseconds);
    g_autofree char *extra = text_fill(exchange->lang, T_LAB_SLOW, number, NULL);
    return reply_page(exchange, 200, scenario_html(scenario, exchange, extra));
}

enum MHD_Result scenario_close(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    (void)tail;
    exchange->request->plan.close = TRUE;
    return reply_page(exchange, 200, scenario_html(scenario, exchange, NULL));
}

/* What a response says about the connection, and what is done. */
typedef struct {
    guint said; /* seconds */
    guint done; /* seconds; 0: it is not closed */
} Promise;

static const Promise promises[] = {
    [PROMISE_KEPT] = {2, 2},
    [PROMISE_EARLY] = {60, 1},
    [PROMISE_LATE] = {1, 4},
    [PROMISE_NEVER] = {1, 0}, /* the deadline for the next header ends it some day */
};

static enum MHD_Result reply_kept(const Scenario *scenario, const Exchange *exchange, const KeepAlive *rules,
                                  Persistence plan)
{
    char *html = scenario_html(scenario, exchange, NULL);
    guint64 size = strlen(html);
    struct MHD_Response *response = reply_new_page(exchange, html);

    return reply_send_as(exchange, 200, response, size, rules, plan);
}

enum MHD_Result scenario_promise(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    const Promise *promise = &promises[scenario->parameter];
    const KeepAlive rules = {promise->said, 0};

    (void)tail;
    if (exchange->request->plan.close)
        return reply_page(exchange, 200, scenario_html(scenario, exchange, NULL));
    MHD_set_connection_option(exchange->connection, MHD_CONNECTION_OPTION_TIMEOUT, promise->done);
    exchange->conn->timeout_changed = TRUE;
    return reply_kept(scenario, exchange, &rules, (Persistence){FALSE, 0});
}

enum MHD_Result scenario_max(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    const KeepAlive *rules = &exchange->server->keepalive;

    (void)tail;
    if (exchange->request->plan.close)
        return reply_page(exchange, 200, scenario_html(scenario, exchange, NULL));
    exchange->conn->last_request = exchange->conn->answered + 1;
    return reply_kept(scenario, exchange, rules, (Persistence){FALSE, 1});
}

enum MHD_Result scenario_redirect(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    guint hops;
    enum MHD_Result result;

    (void)scenario;
    (void)tail;
    if (!scenario_argument(exchange, "hops", 1, 20, 1, &hops, &result))
        return result;
    g_autofree char *next =
        hops > 1 ? g_strdup_printf(SCENARIO_PREFIX "redirect?hops=%u", hops - 1) : g_strdup(SCENARIO_PREFIX);
    return reply_redirect(exchange, 302, next);
}

/* Every code that can be asked for, as links. */
static enum MHD_Result reply_codes(const Scenario *scenario, const Exchange *exchange)
{
    g_autoptr(GString) links = g_string_new(NULL);

    for (unsigned code = 200; code < 600; code++) {
        const Status *status = status_find(code);
        if (status)
            g_string_append_printf(links,
                                   "<a class=\"run\" href=\"" SCENARIO_PREFIX "status/%u\">%u %s</a>\n", code,
                                   code, status->phrase);
    }
    return reply_page(exchange, 200, scenario_html(scenario, exchange, links->str));
}

enum MHD_Result scenario_status(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    guint64 code;

    if (!*tail)
        return reply_codes(scenario, exchange);
    if (!http_number(tail, 200, 599, &code) || !status_find((unsigned)code))
        return reply_status(exchange, 400, text_fill(exchange->lang, T_WHY_BAD_STATUS, tail, NULL));
    return reply_refusal(exchange, (unsigned)code, T_LAB_STATUS);
}

enum MHD_Result scenario_reset_before(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    (void)scenario;
    (void)tail;
    conn_reset(exchange->conn->fd);
    return MHD_NO;
}
