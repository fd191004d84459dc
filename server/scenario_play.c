/* Scenarios that the HTTP library would never play: it lets the connection go, the stage plays it. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "page.h"
#include "scenario.h"

#define STEPS_MAX 8

typedef struct {
    const char *status;     /* version, code and phrase */
    const char *connection; /* header lines about the connection */
    gboolean until_close;   /* no Content-Length */
    Step steps[STEPS_MAX];
} PlayPlan;

static const PlayPlan plans[] = {
    [PLAY_CLIENT_CLOSES] = {"HTTP/1.1 200 OK",
                            "Connection: close\r\n",
                            FALSE,
                            {{STEP_SEND, 0}, {STEP_LISTEN, 10000}, {STEP_END, 0}}},
    [PLAY_CLOSE_IGNORED] = {"HTTP/1.1 200 OK",
                            "Connection: close\r\n",
                            FALSE,
                            {{STEP_SEND, 0}, {STEP_ANSWER, 3000}, {STEP_END, 0}}},
    /* The FIN must be on its way before the RST empties the queue. */
    [PLAY_FIN_RESET] = {"HTTP/1.1 200 OK",
                        "Keep-Alive: timeout=5\r\n",
                        FALSE,
                        {{STEP_SEND, 0}, {STEP_FIN, 0}, {STEP_WAIT, 1}, {STEP_RESET, 0}, {STEP_END, 0}}},
    [PLAY_GONE] = {"HTTP/1.1 200 OK",
                   "Keep-Alive: timeout=5\r\n",
                   FALSE,
                   {{STEP_SEND, 0}, {STEP_WAIT, 300}, {STEP_END, 0}}},
    /* What comes while nobody reads stays in the system's buffer: closing with it there is a RST. */
    [PLAY_UNREAD] = {"HTTP/1.1 413 Content Too Large",
                     "Connection: close\r\n",
                     FALSE,
                     {{STEP_WAIT, 300}, {STEP_SEND, 0}, {STEP_END, 0}}},
    [PLAY_ZERO_WINDOW] = {"HTTP/1.1 200 OK",
                          "Connection: close\r\n",
                          FALSE,
                          {{STEP_WAIT, 2500},
                           {STEP_DRAIN, 500},
                           {STEP_SEND, 0},
                           {STEP_FIN, 0},
                           {STEP_LISTEN, 2000},
                           {STEP_END, 0}}},
    [PLAY_PROBES] = {"HTTP/1.1 200 OK",
                     "Keep-Alive: timeout=10\r\n",
                     FALSE,
                     {{STEP_SEND, 0}, {STEP_PROBE, 0}, {STEP_LISTEN, 5500}, {STEP_END, 0}}},
    [PLAY_HTTP10] = {"HTTP/1.0 200 OK",
                     "",
                     TRUE,
                     {{STEP_SEND, 0}, {STEP_FIN, 0}, {STEP_LISTEN, 2000}, {STEP_END, 0}}},
};

/* The whole response, head and page. *SIZE: bytes of the page. */
static GBytes *message_of(const PlayPlan *plan, const Scenario *scenario, const Exchange *exchange,
                          guint64 *size)
{
    g_autofree char *html = scenario_html(scenario, exchange, NULL);
    gboolean head = !strcmp(exchange->request->method, MHD_HTTP_METHOD_HEAD);
    GString *out = g_string_new(plan->status);
    char date[HTTP_DATE_SIZE];

    *size = head ? 0 : strlen(html);
    http_date_format(time(NULL), date);
    g_string_append_printf(out,
                           "\r\nDate: %s\r\nServer: labserver/" LAB_VERSION
                           "\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n%s",
                           date, plan->connection);
    if (!plan->until_close)
        g_string_append_printf(out, "Content-Length: %zu\r\n", strlen(html));
    g_string_append(out, "\r\n");
    if (!head)
        g_string_append(out, html);
    return g_string_free_to_bytes(out);
}

/* The library closes its descriptor without a word on the wire, as ours still holds the connection. */
enum MHD_Result scenario_play(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    const PlayPlan *plan = &plans[scenario->parameter];
    int fd = fcntl(exchange->conn->fd, F_DUPFD_CLOEXEC, 0);
    guint64 size;

    (void)tail;
    if (fd < 0)
        return reply_refusal(exchange, 503, T_WHY_TOO_MANY_PLAYS);
    GBytes *message = message_of(plan, scenario, exchange, &size);
    if (!stage_play(exchange->server->stage, fd, plan->steps, message)) {
        g_bytes_unref(message);
        close(fd);
        return reply_refusal(exchange, 503, T_WHY_TOO_MANY_PLAYS);
    }
    exchange->request->played = (unsigned)g_ascii_strtoull(plan->status + strlen("HTTP/1.1 "), NULL, 10);
    exchange->request->body = size;
    return MHD_NO;
}

/* The host as the client named it, without its port: that is how it reaches us. */
static char *host_of(const Exchange *exchange)
{
    const char *host = exchange->request->headers.value[HEADER_HOST];

    if (!host || !*host)
        return g_strdup("127.0.0.1"); /* HTTP/1.0 need not name one */
    const char *colon = *host == '[' ? strchr(host, ']') + 1 : strchr(host, ':');
    return colon && *colon ? g_strndup(host, (gsize)(colon - host)) : g_strdup(host);
}

/* How long the door stays shut: less than the second after which a SYN is sent again. */
#define DOOR_SHUT_MS 700

enum MHD_Result scenario_port(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    Stage *stage = exchange->server->stage;
    guint port = 0;

    (void)tail;
    if (scenario->parameter == PORT_REACHED)
        return reply_page(exchange, 200, scenario_html(scenario, exchange, NULL));
    if (scenario->parameter == PORT_CLOSED)
        port = stage_closed_port(stage);
    else
        port = stage_shut_door(stage, DOOR_SHUT_MS);
    if (!port)
        return reply_refusal(exchange, 503, T_WHY_NO_PORT);
    g_autofree char *host = host_of(exchange);
    g_autofree char *location = g_strdup_printf(
        "http://%s:%u%s", host, port, scenario->parameter == PORT_SLOW ? SCENARIO_PREFIX "accepted" : "/");
    return reply_redirect(exchange, 302, location);
}
