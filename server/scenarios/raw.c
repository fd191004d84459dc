/* SPDX-License-Identifier: GPL-2.0-or-later */
/* raw.c - scenarios that the HTTP library would never play: it lets the connection go, the raw player goes
 * on. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "html.h"
#include "http.h"
#include "host.h"
#include "raw_player.h"
#include "response.h"
#include "scenario.h"

#define STEPS_MAX 8

typedef struct {
    const char *name;       /* of the scenario */
    const char *status;     /* version, code and phrase */
    const char *connection; /* header lines about the connection */
    bool until_close;       /* no Content-Length */
    step_t steps[STEPS_MAX];
} raw_plan_t;

static const raw_plan_t plans[] = {
    {"connection-close",
     "HTTP/1.1 200 OK",
     "Connection: close\r\n",
     false,
     {{STEP_LAST, 0}, {STEP_LISTEN, 2000}, {STEP_END, 0}}},
    {"max-requests",
     "HTTP/1.1 200 OK",
     "Connection: close\r\n",
     false,
     {{STEP_LAST, 0}, {STEP_LISTEN, 2000}, {STEP_END, 0}}},
    {"client-close",
     "HTTP/1.1 200 OK",
     "Connection: close\r\n",
     false,
     {{STEP_SEND, 0}, {STEP_LISTEN, 10000}, {STEP_END, 0}}},
    {"close-ignored",
     "HTTP/1.1 200 OK",
     "Connection: close\r\n",
     false,
     {{STEP_SEND, 0}, {STEP_ANSWER, 3000}, {STEP_END, 0}}},
    /* The FIN is on its way when shutdown() returns: the page fits into the first window (RFC 6928). The RST
     * follows at once: on a busy machine any wait may last so long that the FIN is repeated (RFC 8985 7.2),
     * and a FIN that was repeated and never acknowledged is another ending. */
    {"fin-and-rst",
     "HTTP/1.1 200 OK",
     "Keep-Alive: timeout=5\r\n",
     false,
     {{STEP_LAST, 0}, {STEP_RESET, 0}, {STEP_END, 0}}},
    {"data-after-close",
     "HTTP/1.1 200 OK",
     "Keep-Alive: timeout=5\r\n",
     false,
     {{STEP_SEND, 0}, {STEP_WAIT, 300}, {STEP_END, 0}}},
    /* The bytes that arrive are not read and stay in the system's buffer. close() with unread bytes sends
     * a RST. */
    {"unread-data",
     "HTTP/1.1 413 Content Too Large",
     "Connection: close\r\n",
     false,
     {{STEP_WAIT, 300}, {STEP_SEND, 0}, {STEP_END, 0}}},
    {"zero-window",
     "HTTP/1.1 200 OK",
     "Connection: close\r\n",
     false,
     {{STEP_WAIT, 2500}, {STEP_DRAIN, 500}, {STEP_LAST, 0}, {STEP_LISTEN, 10000}, {STEP_END, 0}}},
    {"keepalive-probes",
     "HTTP/1.1 200 OK",
     "Keep-Alive: timeout=10\r\n",
     false,
     {{STEP_SEND, 0}, {STEP_PROBE, 0}, {STEP_LISTEN, 5500}, {STEP_END, 0}}},
    {"http10", "HTTP/1.0 200 OK", "", true, {{STEP_LAST, 0}, {STEP_LISTEN, 2000}, {STEP_END, 0}}},
};

/* The whole response, head and page. */
static GString *write_message(const raw_plan_t *plan, const exchange_t *exchange, const char *html)
{
    GString *out = g_string_new(plan->status);
    char date[HTTP_DATE_SIZE];

    http_date_format(time(NULL), date);
    g_string_append_printf(out, "\r\nDate: %s\r\nServer: labserver/" LAB_VERSION "\r\n", date);
    g_string_append_printf(out,
                           "Content-Type: text/html; charset=utf-8\r\nContent-Language: %s\r\n"
                           "Cache-Control: no-store\r\n%s: %s\r\n%s: %s\r\n%s",
                           html_language_tag(exchange->lang), RESPONSE_NOSNIFF, RESPONSE_NOSNIFF_VALUE,
                           MHD_HTTP_HEADER_CONTENT_SECURITY_POLICY, html_policy(html), plan->connection);
    if (!plan->until_close)
        g_string_append_printf(out, "Content-Length: %zu\r\n", strlen(html));
    g_string_append(out, "\r\n");
    if (strcmp(exchange->request->method, MHD_HTTP_METHOD_HEAD) != 0)
        g_string_append(out, html);
    return out;
}

/* Bytes of a full segment of the connection. */
static unsigned segment_size(const exchange_t *exchange)
{
    int bytes = 0;
    socklen_t size = sizeof bytes;

    getsockopt(exchange->conn->fd, IPPROTO_TCP, TCP_MAXSEG, &bytes, &size);
    return bytes > 0 ? (unsigned)bytes : 1460;
}

/* The last segment must not be full, or the system sends it before the FIN can join it: a blank line makes
 * the page longer then. `*size`: bytes of the page. */
static GBytes *message_of(const raw_plan_t *plan, const scenario_t *scenario, const exchange_t *exchange,
                          uint64_t *size)
{
    g_autofree char *html = scenario_html(scenario, exchange, NULL);
    GString *out = write_message(plan, exchange, html);

    if (out->len % segment_size(exchange) == 0) {
        g_autofree char *longer = g_strconcat(html, "\n", NULL);
        g_string_free(out, true);
        out = write_message(plan, exchange, longer);
    }
    *size = strcmp(exchange->request->method, MHD_HTTP_METHOD_HEAD) ? strlen(html) : 0;
    return g_string_free_to_bytes(out);
}

/* The library closes its own descriptor. That sends nothing, as the duplicate keeps the connection open. */
enum MHD_Result scenario_raw(const scenario_t *scenario, const exchange_t *exchange)
{
    const raw_plan_t *plan = scenario_plan(scenario, plans, G_N_ELEMENTS(plans), sizeof *plans);
    int fd = fcntl(exchange->conn->fd, F_DUPFD_CLOEXEC, 0);
    uint64_t size;

    if (fd < 0)
        return reply_refusal(exchange, 503, T_WHY_TOO_MANY_RAW);
    GBytes *message = message_of(plan, scenario, exchange, &size);
    if (!raw_player_play(exchange->service->raw_player, exchange->conn->id, fd, plan->steps, message)) {
        g_bytes_unref(message);
        close(fd);
        return reply_refusal(exchange, 503, T_WHY_TOO_MANY_RAW);
    }
    exchange->request->raw_status = (unsigned)g_ascii_strtoull(plan->status + strlen("HTTP/1.1 "), NULL, 10);
    exchange->request->body = size;
    return MHD_NO;
}

enum MHD_Result scenario_closed_port(const scenario_t *scenario, const exchange_t *exchange)
{
    (void)scenario;
    return host_redirect(exchange, "http", raw_player_closed_port(exchange->service->raw_player), "/");
}

/* While all queues are somebody's: how often it asks again, and how often at most. */
#define BUSY_MS    100
#define BUSY_TIMES 40

/* Waits for a queue; MHD_YES: we are called again then. */
static enum MHD_Result wait_for_queue(const exchange_t *exchange)
{
    request_t *request = exchange->request;

    if (request->waited++ < BUSY_TIMES &&
        conns_pause(exchange->service->conns, exchange->conn, exchange->connection, BUSY_MS))
        return MHD_YES;
    return reply_refusal(exchange, 503, T_WHY_TOO_MANY_RAW);
}

enum MHD_Result scenario_slow_accept(const scenario_t *scenario, const exchange_t *exchange)
{
    unsigned port = 0;

    (void)scenario;
    if (raw_player_fill_backlog(exchange->service->raw_player, exchange->conn->id, &port) == BACKLOG_BUSY)
        return wait_for_queue(exchange);
    return host_redirect(exchange, "http", port, SCENARIO_PREFIX "accepted");
}

enum MHD_Result scenario_accepted(const scenario_t *scenario, const exchange_t *exchange)
{
    return scenario_reply_page(scenario, exchange, NULL);
}
