#include "handler.h"

#include <string.h>
#include <sys/socket.h>

#include "reply.h"
#include "scenario.h"

/* The rest of a body that nobody wants may take so long. */
#define BODY_SECONDS 60

/* Time for the last bytes to be acknowledged before the connection is reset. */
#define RESET_AFTER_MS 200

static Conn *conn_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

void handler_connection(void *cls, struct MHD_Connection *connection, void **context,
                        enum MHD_ConnectionNotificationCode what)
{
    Server *server = cls;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = conns_add(server->conns, connection);
    } else if (*context) {
        conns_remove(server->conns, *context);
        *context = NULL;
    }
}

void *handler_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    Server *server = cls;
    Conn *conn = conn_of(connection);

    memset(&conn->request, 0, G_STRUCT_OFFSET(Request, target));
    conn->request.target_length = g_strlcpy(conn->request.target, target, sizeof conn->request.target);
    conn->request.target_sound = http_target_is_sound(target);
    atomic_fetch_add(&server->busy, 1);
    return conn;
}

static Lang choose_language(const Exchange *exchange)
{
    Lang lang;

    if (site_language(exchange->site, &lang))
        return lang;
    return http_language(exchange->request->headers.value[HEADER_ACCEPT_LANGUAGE],
                         exchange->server->options->language);
}

/* A scenario's own timeout was for the time after its response only. */
static void restore_timeout(const Exchange *exchange)
{
    if (!exchange->conn->timeout_changed)
        return;
    exchange->conn->timeout_changed = FALSE;
    MHD_set_connection_option(exchange->connection, MHD_CONNECTION_OPTION_TIMEOUT,
                              server_timeout(&exchange->server->keepalive));
}

static gboolean is_scenario(const Exchange *exchange)
{
    return !exchange->server->options->no_scenarios && scenario_owns(exchange->path);
}

/* A file of the same name in the root is served instead. */
#define FORM_PATH "/form"

static gboolean is_form(const Exchange *exchange)
{
    return !strcmp(exchange->path, FORM_PATH) && !site_find(exchange->site, FORM_PATH, LANG_EN);
}

static gboolean is_post(const Request *request)
{
    return !strcmp(request->method, MHD_HTTP_METHOD_POST);
}

static enum MHD_Result refuse_body(const Exchange *exchange)
{
    g_autofree char *limit = g_strdup_printf("%u", exchange->server->options->max_body);

    exchange->request->plan.close = TRUE;
    return reply_status(exchange, 413, text_fill(exchange->lang, T_WHY_BODY_LARGE, limit, NULL));
}

/* Is more announced than is taken? What is not announced is counted as it comes. */
static gboolean announces_too_much(const Exchange *exchange)
{
    const char *length = exchange->request->headers.value[HEADER_CONTENT_LENGTH];
    guint64 bytes;

    return length && http_number(length, 0, G_MAXUINT64 - 1, &bytes) &&
           bytes > exchange->server->options->max_body;
}

/* The headers are complete. What is answered now makes the library close without reading on. */
static enum MHD_Result answer_at_once(Exchange *exchange, Refusal refusal)
{
    Request *request = exchange->request;

    exchange->lang = choose_language(exchange);
    if (refusal.status)
        return reply_refusal(exchange, refusal.status, refusal.why);
    if (is_post(request) && is_scenario(exchange) && scenario_wants_post(exchange->path))
        return scenario_reply(exchange);
    if (announces_too_much(exchange))
        return refuse_body(exchange);
    if (is_post(request) && is_form(exchange))
        request->form = form_new(exchange->connection, request->headers.value[HEADER_CONTENT_TYPE]);
    return MHD_YES;
}

static enum MHD_Result begin(Exchange *exchange, const char *method, const char *version)
{
    Request *request = exchange->request;
    Conn *conn = exchange->conn;
    RequestLine line = {method, version, request->target, request->target_length, request->target_sound};

    request->method = method;
    request->version = version;
    request_headers(exchange->connection, &request->headers);
    conn->answered++;
    restore_timeout(exchange);
    gboolean has_body =
        request->headers.value[HEADER_CONTENT_LENGTH] || request->headers.value[HEADER_TRANSFER_ENCODING];
    conns_set_deadline(conn, has_body ? BODY_SECONDS : 0);
    Refusal refusal = request_check(&request->headers, &line);
    gboolean closes = refusal.status || request_closes(&request->headers, version);
    request->plan = keepalive_plan(&exchange->server->keepalive, conn->answered,
                                   closes || conn->answered == conn->last_request);
    return refusal.status || has_body ? answer_at_once(exchange, refusal) : MHD_YES;
}

/* A piece of the body. What nobody wants is read and forgotten; who sends without end is cut off. */
static enum MHD_Result take_body(const Exchange *exchange, const char *data, size_t *size)
{
    Request *request = exchange->request;
    guint64 limit = exchange->server->options->max_body;

    request->received += *size;
    if (request->form && request->received <= limit)
        form_take(request->form, data, *size);
    *size = 0;
    return request->received > limit * 2 + 1048576 ? MHD_NO : MHD_YES;
}

/* RFC 9110, 9 and PATCH: known, so that they are refused with 405 and not with 501. */
static gboolean is_method(const char *method)
{
    static const char *const methods[] = {"POST", "PUT", "DELETE", "CONNECT", "TRACE", "PATCH"};

    for (gsize i = 0; i < G_N_ELEMENTS(methods); i++) {
        if (!strcmp(methods[i], method))
            return TRUE;
    }
    return FALSE;
}

static const char *allowed_methods(const Exchange *exchange)
{
    gboolean post = (is_scenario(exchange) && scenario_wants_post(exchange->path)) || is_form(exchange);

    return post ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS";
}

static enum MHD_Result refuse_method(const Exchange *exchange)
{
    const char *method = exchange->request->method;

    if (is_method(method))
        return reply_not_allowed(exchange, allowed_methods(exchange));
    return reply_status(exchange, 501, text_fill(exchange->lang, T_WHY_METHOD_UNKNOWN, method, NULL));
}

static enum MHD_Result answer(Exchange *exchange)
{
    const char *method = exchange->request->method;
    Request *request = exchange->request;

    conns_set_deadline(exchange->conn, 0);
    exchange->lang = choose_language(exchange);
    if (request->received > exchange->server->options->max_body)
        return refuse_body(exchange);
    if (!strcmp(method, MHD_HTTP_METHOD_OPTIONS))
        return reply_options(exchange, allowed_methods(exchange));
    if (is_post(request) && is_form(exchange)) {
        if (!request->form) /* there was no body at all */
            request->form = form_new(exchange->connection, request->headers.value[HEADER_CONTENT_TYPE]);
        return reply_page(exchange, 200, form_html(request->form, exchange->lang));
    }
    if (is_post(request) && is_scenario(exchange) && scenario_wants_post(exchange->path))
        return scenario_reply(exchange);
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return refuse_method(exchange);
    if (is_scenario(exchange))
        return scenario_reply(exchange);
    return is_form(exchange) ? reply_page(exchange, 200, form_blank_html(exchange->lang))
                             : reply_file(exchange);
}

enum MHD_Result handler_request(void *cls, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_size, void **request)
{
    Server *server = cls;
    Conn *conn = *request;
    const Site *site = store_acquire(server->store);
    Exchange exchange = {server, site, conn, connection, &conn->request, http_target_path(url), LANG_EN};
    enum MHD_Result result;

    if (!conn->request.method)
        result = begin(&exchange, method, version);
    else if (*upload_size)
        result = take_body(&exchange, upload, upload_size);
    else
        result = answer(&exchange);
    store_release(server->store);
    return result;
}

static void act_afterwards(Server *server, Conn *conn)
{
    switch (conn->request.after) {
    case AFTER_RESET:
        conns_reset_later(server->conns, conn, RESET_AFTER_MS);
        break;
    case AFTER_HALF_CLOSE:
        shutdown(conn->fd, SHUT_WR);
        break;
    case AFTER_NOTHING:
        break;
    }
}

static unsigned status_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);

    return info ? info->http_status : 0;
}

void handler_completed(void *cls, struct MHD_Connection *connection, void **request,
                       enum MHD_RequestTerminationCode how)
{
    Server *server = cls;
    Conn *conn = *request;

    if (!conn)
        return;
    unsigned played = conn->request.played;
    accesslog_write(server->log, conn, played ? played : status_of(connection),
                    played || how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    if (how == MHD_REQUEST_TERMINATED_COMPLETED_OK)
        act_afterwards(server, conn);
    g_clear_pointer(&conn->request.form, form_free);
    conns_expect_request(server->conns, conn);
    atomic_fetch_sub(&server->busy, 1);
    *request = NULL;
}
