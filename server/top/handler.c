/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handler.c - see handler.h. */
#include "handler.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "dispatch.h"
#include "form.h"
#include "intake.h"

/* Time for the last bytes to be acknowledged before the connection is reset. */
#define RESET_AFTER_MS 200

enum MHD_Result handler_admit(void *cls, const struct sockaddr *address, socklen_t size)
{
    const service_t *service = cls;

    (void)size;
    return conns_admit(service->conns, address) ? MHD_YES : MHD_NO;
}

static conn_t *conn_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* The port at which the connection came in. */
static unsigned own_port(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;

    getsockname(fd, (struct sockaddr *)&address, &size);
    /* In both families the port stands at the same place. */
    return ntohs(((const struct sockaddr_in *)(const void *)&address)->sin_port);
}

/* A connection with TLS, before its handshake. */
static void secure(const service_t *service, conn_t *conn, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

    intake_secure(conn->fd, info);
    if (!info)
        return;
    conn->session = info->tls_session;
    if (own_port(conn->fd) == service->secure_ports.scenarios)
        conn->secure_kind = secure_chosen(service->secure, conn->id);
    secure_prepare(service->secure, conn->session, conn->secure_kind);
}

void handler_connection(void *cls, struct MHD_Connection *connection, void **context,
                        enum MHD_ConnectionNotificationCode what)
{
    service_t *service = cls;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        conn_t *conn = conns_add(service->conns, connection);
        secure(service, conn, connection);
        intake_expect(conn->fd);
        *context = conn;
    } else if (*context) {
        intake_leave(((const conn_t *)*context)->fd);
        conns_remove(service->conns, *context);
        *context = NULL;
    }
}

void *handler_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    service_t *service = cls;
    conn_t *conn = conn_of(connection);

    memset(&conn->request, 0, G_STRUCT_OFFSET(request_t, target));
    conn->request.target_length = g_strlcpy(conn->request.target, target, sizeof conn->request.target);
    conn->request.target_sound = http_target_is_sound(target);
    atomic_fetch_add(&service->busy, 1);
    return conn;
}

static lab_lang_t choose_language(const exchange_t *exchange)
{
    lab_lang_t lang;

    if (site_language(exchange->site, &lang))
        return lang;
    return http_language(exchange->request->headers.value[HEADER_ACCEPT_LANGUAGE],
                         exchange->service->language);
}

/* A scenario's own timeout holds for the time after its response only. */
static void restore_timeout(const exchange_t *exchange)
{
    if (!exchange->conn->timeout_changed)
        return;
    exchange->conn->timeout_changed = false;
    MHD_set_connection_option(exchange->connection, MHD_CONNECTION_OPTION_TIMEOUT,
                              keepalive_idle_seconds(&exchange->service->keepalive));
}

static bool is_scenario(const exchange_t *exchange)
{
    return !exchange->service->no_scenarios && scenario_owns(exchange->path);
}

/* A file of the same name in the root is served instead. */
#define FORM_PATH "/form"

static bool is_form(const exchange_t *exchange)
{
    return !strcmp(exchange->path, FORM_PATH) && !site_find(exchange->site, FORM_PATH, LAB_LANG_EN);
}

static bool is_post(const request_t *request)
{
    return !strcmp(request->method, MHD_HTTP_METHOD_POST);
}

static enum MHD_Result refuse_body(const exchange_t *exchange)
{
    g_autofree char *limit = g_strdup_printf("%u", exchange->service->max_body);

    exchange->request->plan.close = true;
    return reply_status(exchange, 413, text_fill(exchange->lang, T_WHY_BODY_LARGE, "limit", limit, NULL));
}

/* Whether Content-Length is more than is taken. A body without it is counted as it comes. */
static bool announces_too_much(const exchange_t *exchange)
{
    const char *length = exchange->request->headers.value[HEADER_CONTENT_LENGTH];
    uint64_t bytes;

    return length && http_number(length, 0, G_MAXUINT64 - 1, &bytes) && bytes > exchange->service->max_body;
}

/* The header is complete. The library closes a connection that is answered now without reading the body. */
static enum MHD_Result answer_at_once(exchange_t *exchange, refusal_t refusal)
{
    request_t *request = exchange->request;

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

static enum MHD_Result begin(exchange_t *exchange, const char *method, const char *version)
{
    request_t *request = exchange->request;
    conn_t *conn = exchange->conn;
    request_line_t line = {method, version, request->target, request->target_length, request->target_sound};

    intake_leave(conn->fd);
    request->method = method;
    request->version = version;
    request_headers(exchange->connection, &request->headers);
    conn->answered++;
    restore_timeout(exchange);
    bool has_body =
        request->headers.value[HEADER_CONTENT_LENGTH] || request->headers.value[HEADER_TRANSFER_ENCODING];
    if (has_body)
        conns_begin(conn, CONN_BODY, 0);
    refusal_t refusal = request_check(&request->headers, &line);
    bool closes = refusal.status || request_closes(&request->headers, version);
    request->plan = keepalive_plan(&exchange->service->keepalive, conn->answered,
                                   closes || conn->answered == conn->last_request);
    return refusal.status || has_body ? answer_at_once(exchange, refusal) : MHD_YES;
}

/* Takes a piece of the body. A body that is not used is read and dropped; one that goes on beyond all
 * limits closes the connection. */
static enum MHD_Result take_body(const exchange_t *exchange, const char *data, size_t *size)
{
    request_t *request = exchange->request;
    uint64_t limit = exchange->service->max_body;

    request->received += *size;
    if (request->form && request->received <= limit)
        form_take(request->form, data, *size);
    *size = 0;
    return request->received > limit * 2 + 1048576 ? MHD_NO : MHD_YES;
}

/* RFC 9110, 9 and PATCH: known, so that they are refused with 405 and not with 501. */
static bool is_method(const char *method)
{
    static const char *const methods[] = {"POST", "PUT", "DELETE", "CONNECT", "TRACE", "PATCH"};

    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        if (!strcmp(methods[i], method))
            return true;
    }
    return false;
}

static const char *allowed_methods(const exchange_t *exchange)
{
    bool post = (is_scenario(exchange) && scenario_wants_post(exchange->path)) || is_form(exchange);

    return post ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS";
}

static enum MHD_Result refuse_method(const exchange_t *exchange)
{
    const char *method = exchange->request->method;

    if (is_method(method))
        return reply_not_allowed(exchange, allowed_methods(exchange));
    return reply_status(exchange, 501,
                        text_fill(exchange->lang, T_WHY_METHOD_UNKNOWN, "method", method, NULL));
}

static enum MHD_Result answer(exchange_t *exchange)
{
    const char *method = exchange->request->method;
    request_t *request = exchange->request;

    exchange->lang = choose_language(exchange);
    if (request->received > exchange->service->max_body)
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

/* A connection that the library lets go is not ours any more. */
static enum MHD_Result answer_whole(exchange_t *exchange)
{
    enum MHD_Result result = answer(exchange);

    if (result == MHD_YES)
        conns_begin(exchange->conn, CONN_RESPONSE, exchange->request->body);
    return result;
}

enum MHD_Result handler_request(void *cls, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_size, void **request)
{
    service_t *service = cls;
    conn_t *conn = *request;
    const site_t *site = store_acquire(service->store);
    exchange_t exchange = {service,    site, conn, connection, &conn->request, http_target_path(url),
                           LAB_LANG_EN};
    enum MHD_Result result;

    if (!conn->request.method)
        result = begin(&exchange, method, version);
    else if (*upload_size)
        result = take_body(&exchange, upload, upload_size);
    else
        result = answer_whole(&exchange);
    site_unref(site);
    return result;
}

static void act_afterwards(service_t *service, conn_t *conn)
{
    switch (conn->request.after) {
    case AFTER_RESET:
        conns_reset_later(service->conns, conn, RESET_AFTER_MS);
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
    service_t *service = cls;
    conn_t *conn = *request;

    if (!conn)
        return;
    unsigned raw_status = conn->request.raw_status;
    accesslog_write(service->log, conn, raw_status ? raw_status : status_of(connection),
                    raw_status || how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    if (how == MHD_REQUEST_TERMINATED_COMPLETED_OK)
        act_afterwards(service, conn);
    g_clear_pointer(&conn->request.form, form_free);
    conns_expect_request(service->conns, conn);
    intake_expect(conn->fd);
    atomic_fetch_sub(&service->busy, 1);
    *request = NULL;
}
