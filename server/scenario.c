#include "scenario.h"

#include <string.h>
#include <sys/socket.h>

#include "page.h"
#include "status.h"

#define PREFIX "/lab/"

gboolean scenario_owns(const char *path)
{
    return g_str_has_prefix(path, PREFIX) || !strcmp(path, "/lab");
}

static void append_card(GString *out, const Scenario *scenario, Lang lang)
{
    g_autofree char *filter = page_escape(scenario->filter);
    g_autofree char *wire = page_escape(scenario->wire[lang]);

    g_string_append_printf(out,
                           "<section class=\"card\">\n<h2>%s</h2>\n<dl>\n<dt>%s</dt><dd>%s</dd>\n"
                           "<dt>%s</dt><dd><code>%s</code></dd>\n</dl>\n"
                           "<a class=\"run\" href=\"%s%s\">%s: <code>%s%s</code></a>\n</section>\n",
                           scenario->title[lang], text(lang, T_LAB_WIRE), wire, text(lang, T_LAB_FILTER),
                           filter, PREFIX, scenario->example, text(lang, T_LAB_RUN), PREFIX,
                           scenario->example);
}

static enum MHD_Result reply_index(const Exchange *exchange)
{
    Lang lang = exchange->lang;
    GString *body = g_string_new(NULL);

    g_string_append_printf(body, "<h1>%s</h1>\n<p>%s</p>\n<p><a href=\"/\">%s</a></p>\n",
                           text(lang, T_LAB_TITLE), text(lang, T_LAB_INTRO), text(lang, T_ERROR_HOME));
    for (guint i = 0; i < scenario_count; i++)
        append_card(body, &scenarios[i], lang);
    enum MHD_Result result =
        reply_page(exchange, 200, page_document(lang, text(lang, T_LAB_TITLE), body->str));
    g_string_free(body, TRUE);
    return result;
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

enum MHD_Result scenario_reply(const Exchange *exchange)
{
    const char *tail = "";

    if (!strcmp(exchange->path, "/lab"))
        return reply_redirect(exchange, 301, PREFIX);
    const char *name = exchange->path + strlen(PREFIX);
    if (!*name)
        return reply_index(exchange);
    const Scenario *scenario = find(name, &tail);
    if (!scenario)
        return reply_refusal(exchange, 404, T_WHY_NO_SCENARIO);
    return scenario->run(scenario, exchange, tail);
}

/* A page that tells what the scenario does; EXTRA (may be NULL) is plain text. */
static char *scenario_html(const Scenario *scenario, Lang lang, const char *extra)
{
    g_autofree char *wire = page_escape(scenario->wire[lang]);
    g_autofree char *filter = page_escape(scenario->filter);
    g_autofree char *more = extra ? page_escape(extra) : g_strdup("");
    g_autofree char *body = g_strdup_printf("<h1>%s</h1>\n<p>%s</p>\n<p>%s</p>\n<p class=\"soft\">%s: "
                                            "<code>%s</code></p>\n<p><a href=\"%s\">%s</a></p>\n",
                                            scenario->title[lang], more, wire, text(lang, T_LAB_FILTER),
                                            filter, PREFIX, text(lang, T_LAB_BACK));

    return page_document(lang, scenario->title[lang], body);
}

/* A whole number in the query, FALLBACK if it is not there. FALSE: it is no number from LOW to HIGH, and that
 * was answered with *RESULT. */
static gboolean argument(const Exchange *exchange, const char *name, guint low, guint high, guint fallback,
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

enum MHD_Result scenario_reset_before(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    (void)scenario;
    (void)tail;
    conn_reset(exchange->conn->fd);
    return MHD_NO;
}

/* How a body of ours runs. */
typedef struct {
    guint64 announced; /* bytes, or MHD_SIZE_UNKNOWN for chunks */
    guint64 sent;      /* bytes */
    guint64 step;      /* a pause after so many bytes */
    guint pause;       /* milliseconds */
    ssize_t end;       /* what the library is told then */
} BodyPlan;

/* The pause lets what was sent arrive and be acknowledged before the end. */
static const BodyPlan body_plans[] = {
    [BODY_RESET] = {100000, 20000, 20000, 200, MHD_CONTENT_READER_END_WITH_ERROR},
    [BODY_TRUNCATED] = {100000, 20000, 20000, 200, MHD_CONTENT_READER_END_WITH_ERROR},
    [BODY_CHUNKED] = {MHD_SIZE_UNKNOWN, 10000, 1000, 100, MHD_CONTENT_READER_END_OF_STREAM},
};

/* What the content reader needs; it outlives the call of the handler. */
typedef struct {
    Exchange exchange;
    int kind;
} BodyState;

static ssize_t end_body(const BodyState *state)
{
    int fd = state->exchange.conn->fd;

    if (state->kind == BODY_RESET)
        conn_reset(fd);
    else if (state->kind == BODY_TRUNCATED)
        shutdown(fd, SHUT_WR); /* the FIN first, however the library closes after an error */
    return body_plans[state->kind].end;
}

static void fill_body(char *out, guint64 position, gsize size)
{
    static const char line[] = "This is the body of a response. Count its bytes.\n";

    for (gsize i = 0; i < size; i++)
        out[i] = line[(position + i) % (sizeof line - 1)];
}

static ssize_t read_body(void *cls, uint64_t position, char *out, size_t room)
{
    const BodyState *state = cls;
    const BodyPlan *plan = &body_plans[state->kind];
    Request *request = state->exchange.request;

    if (position && position % plan->step == 0 && !request->paused) {
        request->paused = TRUE;
        if (conns_pause(state->exchange.server->conns, state->exchange.conn, state->exchange.connection,
                        plan->pause))
            return 0;
    }
    if (position >= plan->sent)
        return end_body(state);
    request->paused = FALSE;
    gsize size = MIN(room, plan->step - position % plan->step);
    fill_body(out, position, size);
    return (ssize_t)size;
}

/* Room for one read of the content reader. */
#define BODY_BLOCK 4096

enum MHD_Result scenario_body(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    BodyState *state = g_new0(BodyState, 1);
    const BodyPlan *plan = &body_plans[scenario->parameter];

    (void)tail;
    *state = (BodyState){*exchange, scenario->parameter};
    struct MHD_Response *response =
        MHD_create_response_from_callback(plan->announced, BODY_BLOCK, read_body, state, g_free);
    if (!response) {
        g_free(state);
        return MHD_NO;
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; charset=utf-8");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    return reply_send(exchange, 200, response, plan->sent);
}

enum MHD_Result scenario_after(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    (void)tail;
    exchange->request->after = (After)scenario->parameter;
    return reply_page(exchange, 200, scenario_html(scenario, exchange->lang, NULL));
}

enum MHD_Result scenario_slow(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    guint milliseconds;
    enum MHD_Result result;
    Request *request = exchange->request;

    (void)tail;
    if (!argument(exchange, "ms", 0, 30000, 2000, &milliseconds, &result))
        return result;
    if (!request->paused) {
        request->paused = TRUE;
        if (conns_pause(exchange->server->conns, exchange->conn, exchange->connection, milliseconds))
            return MHD_YES; /* we are called again then */
    }
    g_autofree char *number = g_strdup_printf("%u", milliseconds);
    g_autofree char *extra = text_fill(exchange->lang, T_LAB_SLOW, number, NULL);
    return reply_page(exchange, 200, scenario_html(scenario, exchange->lang, extra));
}

enum MHD_Result scenario_close(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    (void)tail;
    exchange->request->plan.close = TRUE;
    return reply_page(exchange, 200, scenario_html(scenario, exchange->lang, NULL));
}

enum MHD_Result scenario_early(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    char *html = scenario_html(scenario, exchange->lang, NULL);
    guint64 size = strlen(html);
    static const KeepAlive lie = {60, 0};

    (void)tail;
    struct MHD_Response *response = reply_new_page(exchange, html);
    if (!response)
        return MHD_NO;
    if (exchange->request->plan.close)
        return reply_send(exchange, 200, response, size);
    MHD_set_connection_option(exchange->connection, MHD_CONNECTION_OPTION_TIMEOUT,
                              (unsigned)scenario->parameter);
    exchange->conn->timeout_changed = TRUE;
    return reply_send_as(exchange, 200, response, size, &lie, (Persistence){FALSE, 0});
}

enum MHD_Result scenario_redirect(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    guint hops;
    enum MHD_Result result;

    (void)scenario;
    (void)tail;
    if (!argument(exchange, "hops", 1, 20, 1, &hops, &result))
        return result;
    g_autofree char *next =
        hops > 1 ? g_strdup_printf(PREFIX "redirect?hops=%u", hops - 1) : g_strdup(PREFIX);
    return reply_redirect(exchange, 302, next);
}

enum MHD_Result scenario_status(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    guint64 code;

    (void)scenario;
    if (!http_number(tail, 200, 599, &code) || !status_find((unsigned)code))
        return reply_status(exchange, 400, text_fill(exchange->lang, T_WHY_BAD_STATUS, tail, NULL));
    return reply_refusal(exchange, (unsigned)code, T_LAB_STATUS);
}
