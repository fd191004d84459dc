/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connection.c - scenarios about the connection: how long it is kept, how it ends, where a request leads. */
#include <string.h>

#include "http.h"
#include "http_status.h"
#include "scenario.h"

enum MHD_Result scenario_reset_after(const scenario_t *scenario, const exchange_t *exchange)
{
    exchange->request->after = AFTER_RESET;
    return scenario_reply_page(scenario, exchange, NULL);
}

enum MHD_Result scenario_half_close(const scenario_t *scenario, const exchange_t *exchange)
{
    exchange->request->after = AFTER_HALF_CLOSE;
    return scenario_reply_page(scenario, exchange, NULL);
}

enum MHD_Result scenario_slow(const scenario_t *scenario, const exchange_t *exchange)
{
    unsigned milliseconds;
    enum MHD_Result result;
    request_t *request = exchange->request;

    if (!scenario_argument(exchange, "ms", 0, 30000, 2000, &milliseconds, &result))
        return result;
    if (!request->paused) {
        request->paused = true;
        if (conns_pause(exchange->service->conns, exchange->conn, exchange->connection, milliseconds))
            return MHD_YES; /* we are called again then */
    }
    g_autofree char *number = g_strdup_printf("%u", milliseconds);
    g_autofree char *extra = text_fill(exchange->lang, T_LAB_SLOW, "milliseconds", number, NULL);
    return scenario_reply_page(scenario, exchange, extra);
}

/* What a response says about the connection, and what is done. */
typedef struct {
    const char *name;
    unsigned said; /* seconds */
    unsigned done; /* seconds; 0: it is not closed */
} promise_t;

static const promise_t promises[] = {
    {"keepalive-kept", 2, 2},
    {"keepalive-early", 60, 1},
    {"keepalive-late", 1, 4},
    {"keepalive-never", 1, 0}, /* the deadline for the next header ends it some day */
};

static enum MHD_Result reply_kept(const scenario_t *scenario, const exchange_t *exchange,
                                  const keepalive_t *rules, persistence_t plan)
{
    char *html = scenario_html(scenario, exchange, NULL);
    uint64_t size = strlen(html);
    struct MHD_Response *response = reply_new_page(exchange, html);

    return reply_send_as(exchange, 200, response, size, rules, plan);
}

enum MHD_Result scenario_promise(const scenario_t *scenario, const exchange_t *exchange)
{
    const promise_t *promise = scenario_plan(scenario, promises, G_N_ELEMENTS(promises), sizeof *promises);
    const keepalive_t rules = {promise->said, 0};

    if (exchange->request->plan.close)
        return scenario_reply_page(scenario, exchange, NULL);
    MHD_set_connection_option(exchange->connection, MHD_CONNECTION_OPTION_TIMEOUT, promise->done);
    exchange->conn->timeout_changed = true;
    return reply_kept(scenario, exchange, &rules, (persistence_t){false, 0});
}

enum MHD_Result scenario_max(const scenario_t *scenario, const exchange_t *exchange)
{
    const keepalive_t *rules = &exchange->service->keepalive;

    if (exchange->request->plan.close)
        return scenario_raw(scenario, exchange); /* the FIN is on the response, before the client's */
    exchange->conn->last_request = exchange->conn->answered + 1;
    return reply_kept(scenario, exchange, rules, (persistence_t){false, 1});
}

enum MHD_Result scenario_redirect(const scenario_t *scenario, const exchange_t *exchange)
{
    unsigned hops;
    enum MHD_Result result;

    (void)scenario;
    if (!scenario_argument(exchange, "hops", 1, 20, 1, &hops, &result))
        return result;
    g_autofree char *next =
        hops > 1 ? g_strdup_printf(SCENARIO_PREFIX "redirect?hops=%u", hops - 1) : g_strdup(SCENARIO_PREFIX);
    return reply_redirect(exchange, 302, next);
}

/* Whether a page alone makes a response of this code. 206 needs Content-Range (RFC 9110 15.3.7), the codes of
 * WebDAV and 226 need a body of their own kind, 305 and 306 are out of use. */
static bool is_offered(unsigned code)
{
    static const uint16_t others[] = {206, 207, 208, 226, 305, 306, 423, 424, 506, 508, 510};

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        if (others[i] == code)
            return false;
    }
    return code >= 200 && lab_status_word((uint16_t)code);
}

/* Every code that can be asked for, as links. */
static enum MHD_Result reply_codes(const scenario_t *scenario, const exchange_t *exchange)
{
    g_autoptr(GString) links = g_string_new(NULL);
    size_t count;
    const lab_status_word_t *words = lab_status_words(&count);

    for (size_t i = 0; i < count; i++) {
        if (is_offered(words[i].code))
            g_string_append_printf(links,
                                   "<a class=\"run\" href=\"" SCENARIO_PREFIX "status/%u\">%u %s</a>\n",
                                   words[i].code, words[i].code, words[i].phrase);
    }
    return scenario_reply_page(scenario, exchange, links->str);
}

enum MHD_Result scenario_status(const scenario_t *scenario, const exchange_t *exchange)
{
    const char *tail = exchange->path + strlen(SCENARIO_PREFIX) + strlen(scenario->name);
    uint64_t code;

    if (!*tail)
        return reply_codes(scenario, exchange);
    if (!http_number(tail, 200, 599, &code) || !is_offered((unsigned)code))
        return reply_status(exchange, 400, text_fill(exchange->lang, T_WHY_BAD_STATUS, "value", tail, NULL));
    return reply_refusal(exchange, (unsigned)code, T_LAB_STATUS);
}

enum MHD_Result scenario_reset_before(const scenario_t *scenario, const exchange_t *exchange)
{
    (void)scenario;
    conn_reset(exchange->conn->fd);
    return MHD_NO;
}
