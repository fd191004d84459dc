/* SPDX-License-Identifier: GPL-2.0-or-later */
/* body.c - scenarios whose body is written piece by piece. */
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/socket.h>

#include "html.h"
#include "scenario.h"

/* How the body of a scenario runs. */
typedef struct {
    const char *name;
    uint64_t announced; /* bytes, or MHD_SIZE_UNKNOWN for chunks */
    uint64_t sent;      /* bytes */
    uint64_t step;      /* a pause after so many bytes */
    unsigned pause;     /* milliseconds */
    /* Ends the connection in the middle of the body; NULL: the body ends as announced. */
    void (*cut_off)(const conn_t *conn);
} body_plan_t;

/* The FIN goes out first, however the library closes after an error. */
static void send_fin(const conn_t *conn)
{
    shutdown(conn->fd, SHUT_WR);
}

static void send_rst(const conn_t *conn)
{
    conn_reset(conn->fd);
}

static void send_alert(const conn_t *conn)
{
    gnutls_alert_send(conn->session, GNUTLS_AL_FATAL, GNUTLS_A_INTERNAL_ERROR);
}

/* The pause lets what was sent arrive and be acknowledged before the end. */
static const body_plan_t body_plans[] = {
    {"server-aborted-response", 100000, 20000, 20000, 200, send_rst},
    {"truncated-body", 100000, 20000, 20000, 200, send_fin},
    {"tls-alert", 100000, 20000, 20000, 200, send_alert},
    {"chunked", MHD_SIZE_UNKNOWN, 10000, 1000, 100, NULL},
    {"slow-trickle", 6000, 6000, 300, 100, NULL},
};

/* What the content reader needs; it outlives the call of the handler. */
typedef struct {
    exchange_t exchange;
    body_plan_t plan;
    GBytes *page; /* what is sent, plan.sent bytes; NULL: lines of text */
} body_state_t;

static void free_state(void *data)
{
    body_state_t *state = data;

    g_clear_pointer(&state->page, g_bytes_unref);
    g_free(state);
}

static ssize_t end_body(const body_state_t *state)
{
    if (!state->plan.cut_off)
        return MHD_CONTENT_READER_END_OF_STREAM;
    state->plan.cut_off(state->exchange.conn);
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

/* Many lines, so that a download needs few copies for each block. */
#define LINE      "This is the body of a response. Count its bytes.\n"
#define LINES     LINE LINE LINE LINE LINE LINE LINE LINE
#define LINE_SIZE (sizeof LINE - 1)

static void fill_body(char *out, uint64_t position, size_t size)
{
    static const char lines[] = LINES LINES LINES LINES;
    size_t filled = 0;

    while (filled < size) {
        size_t from = (position + filled) % LINE_SIZE;
        size_t n = MIN(size - filled, sizeof lines - 1 - from);
        memcpy(out + filled, lines + from, n);
        filled += n;
    }
}

/* The scenario's page, made so long with lines of text that it has the announced bytes: what arrives of it
 * has the way back. */
static GBytes *page_of(const scenario_t *scenario, const exchange_t *exchange, const body_plan_t *plan)
{
    static const char before[] = "<pre>\n", after[] = "</pre>\n", end[] = "</main>\n";
    g_autofree char *html = scenario_html(scenario, exchange, NULL);
    const char *place = strstr(html, end);
    uint64_t size = plan->announced == MHD_SIZE_UNKNOWN ? plan->sent : plan->announced;
    uint64_t own = strlen(html) + strlen(before) + strlen(after);

    if (!place || own > size)
        g_error("the page of scenario %s is longer than its %" G_GUINT64_FORMAT " bytes", scenario->name,
                size);
    g_autoptr(GString) page = g_string_new_len(html, place - html);
    g_string_append(page, before);
    size_t filled = page->len;
    g_string_set_size(page, filled + (size_t)(size - own));
    fill_body(page->str + filled, 0, (size_t)(size - own));
    g_string_append(page, after);
    g_string_append(page, place);
    page->str[plan->sent] = '\0'; /* html_policy() reads a string */
    return g_bytes_new(page->str, (size_t)plan->sent + 1);
}

static ssize_t read_body(void *cls, uint64_t position, char *out, size_t room)
{
    const body_state_t *state = cls;
    const body_plan_t *plan = &state->plan;
    request_t *request = state->exchange.request;

    if (position && position % plan->step == 0 && !request->paused) {
        request->paused = true;
        if (conns_pause(state->exchange.service->conns, state->exchange.conn, state->exchange.connection,
                        plan->pause))
            return 0;
    }
    if (position >= plan->sent)
        return end_body(state);
    request->paused = false;
    size_t size = MIN(MIN(room, plan->step - position % plan->step), plan->sent - position);
    if (state->page)
        memcpy(out, (const char *)g_bytes_get_data(state->page, NULL) + position, size);
    else
        fill_body(out, position, size);
    return (ssize_t)size;
}

/* The response without its header fields; NULL if there is no memory. Takes `page` over. `block` is the room
 * for one read of the content reader, in bytes. */
static struct MHD_Response *new_body(const exchange_t *exchange, const body_plan_t *plan, GBytes *page,
                                     size_t block)
{
    body_state_t *state = g_new0(body_state_t, 1);

    *state = (body_state_t){*exchange, *plan, page};
    struct MHD_Response *response =
        MHD_create_response_from_callback(plan->announced, block, read_body, state, free_state);
    if (!response)
        free_state(state);
    return response;
}

/* Small blocks, so that a body that is cut off stays in order. */
#define BLOCK 4096

enum MHD_Result scenario_body(const scenario_t *scenario, const exchange_t *exchange)
{
    const body_plan_t *plan =
        scenario_plan(scenario, body_plans, G_N_ELEMENTS(body_plans), sizeof *body_plans);
    GBytes *page = page_of(scenario, exchange, plan);
    const char *policy = html_policy(g_bytes_get_data(page, NULL));
    struct MHD_Response *response = new_body(exchange, plan, page, BLOCK);

    if (response)
        reply_page_fields(exchange, response, policy);
    return reply_send(exchange, 200, response, plan->sent);
}

/* Room for one read. The library serves every connection between two blocks of one: small blocks keep nobody
 * waiting. */
#define DOWNLOAD_BLOCK 16384

/* A file to be saved (RFC 6266): a browser that shows megabytes of text in a page is busy for long. */
enum MHD_Result scenario_download(const scenario_t *scenario, const exchange_t *exchange)
{
    unsigned megabytes;
    enum MHD_Result result;

    if (!scenario_argument(exchange, "mb", 1, 64, 8, &megabytes, &result))
        return result;
    const uint64_t size = (uint64_t)megabytes << 20;
    const body_plan_t plan = {scenario->name, size, size, G_MAXUINT64, 0, NULL};
    struct MHD_Response *response = new_body(exchange, &plan, NULL, DOWNLOAD_BLOCK);
    if (response) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; charset=utf-8");
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_DISPOSITION,
                                "attachment; filename=\"lab-download.txt\"");
        MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    }
    return reply_send(exchange, 200, response, size);
}
