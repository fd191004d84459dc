#include "reply.h"

#include <string.h>

#include "page.h"
#include "parts.h"
#include "range.h"
#include "response.h"
#include "status.h"

void response_identify(struct MHD_Response *response)
{
    MHD_add_response_header(response, MHD_HTTP_HEADER_SERVER, "labserver/" LAB_VERSION);
}

/* HEAD and these two have no body, whatever the response object holds. */
static gboolean sends_body(const Exchange *exchange, unsigned status)
{
    return strcmp(exchange->request->method, MHD_HTTP_METHOD_HEAD) != 0 && status != 304 && status != 204;
}

static enum MHD_Result queue(const Exchange *exchange, unsigned status, struct MHD_Response *response,
                             guint64 body)
{
    exchange->request->body = sends_body(exchange, status) ? body : 0;
    return MHD_queue_response(exchange->connection, status, response);
}

/* RESPONSE (NULL: closes) is of use for this request only. */
static enum MHD_Result queue_once(const Exchange *exchange, unsigned status, struct MHD_Response *response,
                                  guint64 body)
{
    if (!response)
        return MHD_NO;
    enum MHD_Result result = queue(exchange, status, response, body);
    MHD_destroy_response(response);
    return result;
}

enum MHD_Result reply_send_as(const Exchange *exchange, unsigned status, struct MHD_Response *response,
                              guint64 body, const KeepAlive *rules, Persistence plan)
{
    if (!response)
        return MHD_NO;
    response_identify(response);
    keepalive_add_headers(response, rules, plan);
    return queue_once(exchange, status, response, body);
}

enum MHD_Result reply_send(const Exchange *exchange, unsigned status, struct MHD_Response *response,
                           guint64 body)
{
    return reply_send_as(exchange, status, response, body, &exchange->server->keepalive,
                         exchange->request->plan);
}

struct MHD_Response *reply_new_page(const Exchange *exchange, char *html)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(html), html, MHD_RESPMEM_MUST_COPY);

    if (response) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/html; charset=utf-8");
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_LANGUAGE,
                                page_language_tag(exchange->lang));
        MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, "Accept-Language");
        MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    }
    g_free(html);
    return response;
}

enum MHD_Result reply_page(const Exchange *exchange, unsigned status, char *html)
{
    guint64 size = strlen(html);

    return reply_send(exchange, status, reply_new_page(exchange, html), size);
}

static char *status_html(const Exchange *exchange, const Status *status, const char *why)
{
    const char *meaning = status->meaning[exchange->lang];
    g_autofree char *title = g_strdup_printf("%u %s", status->code, status->phrase);
    g_autofree char *safe_title = page_escape(title);
    g_autofree char *safe_why = page_escape(why);
    g_autofree char *asked = page_escape(exchange->request->target);
    g_autofree char *body =
        g_strdup_printf("<h1>%s</h1>\n<p>%s</p>\n<p>%s</p>\n<p class=\"soft\">%s: <code>%s</code></p>\n"
                        "<p><a href=\"/\">%s</a></p>\n",
                        safe_title, meaning, safe_why, text(exchange->lang, T_ERROR_ASKED), asked,
                        text(exchange->lang, T_ERROR_HOME));

    return page_document(exchange->lang, title, body);
}

enum MHD_Result reply_status(const Exchange *exchange, unsigned status, char *why)
{
    const Status *row = status_find(status);
    char *html = status_html(exchange, row, why);
    guint64 size = strlen(html);
    struct MHD_Response *response = reply_new_page(exchange, html);

    if (response && row->header)
        MHD_add_response_header(response, row->header, row->value);
    g_free(why);
    return reply_send(exchange, status, response, size);
}

enum MHD_Result reply_refusal(const Exchange *exchange, unsigned status, TextId why)
{
    return reply_status(exchange, status, g_strdup(text(exchange->lang, why)));
}

enum MHD_Result reply_redirect(const Exchange *exchange, unsigned status, const char *location)
{
    g_autofree char *why = g_strdup(text(exchange->lang, T_LAB_REDIRECTED));
    char *html = status_html(exchange, status_find(status), why);
    guint64 size = strlen(html);
    struct MHD_Response *response = reply_new_page(exchange, html);

    if (response)
        MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, location);
    return reply_send(exchange, status, response, size);
}

enum MHD_Result reply_options(const Exchange *exchange, const char *allowed)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);

    if (response)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, allowed);
    return reply_send(exchange, 204, response, 0);
}

enum MHD_Result reply_not_allowed(const Exchange *exchange, const char *allowed)
{
    g_autofree char *why =
        text_fill(exchange->lang, T_WHY_METHOD_NOT_ALLOWED, exchange->request->method, allowed, NULL);
    char *html = status_html(exchange, status_find(405), why);
    guint64 size = strlen(html);
    struct MHD_Response *response = reply_new_page(exchange, html);

    if (response)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, allowed);
    return reply_send(exchange, 405, response, size);
}

static enum MHD_Result reply_no_range(const Exchange *exchange, guint64 size)
{
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, size);
    g_autofree char *range = g_strconcat("bytes */", number, NULL);
    g_autofree char *why = text_fill(exchange->lang, T_WHY_RANGE, number, NULL);
    char *html = status_html(exchange, status_find(416), why);
    guint64 body = strlen(html);
    struct MHD_Response *response = reply_new_page(exchange, html);

    if (response)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_RANGE, range);
    return reply_send(exchange, 416, response, body);
}

static enum MHD_Result reply_whole(const Exchange *exchange, Variant *variant, unsigned status)
{
    gboolean shared;
    struct MHD_Response *response =
        variant_whole(variant, &exchange->server->keepalive, exchange->request->plan, &shared);

    if (!response)
        return MHD_NO;
    enum MHD_Result result = queue(exchange, status, response, variant->size);
    if (!shared)
        MHD_destroy_response(response);
    return result;
}

static enum MHD_Result reply_part(const Exchange *exchange, const Variant *variant, const Range *range)
{
    struct MHD_Response *response = variant_part(variant, &exchange->server->keepalive,
                                                 exchange->request->plan, range->first, range->last);

    return queue_once(exchange, 206, response, range->last - range->first + 1);
}

static enum MHD_Result reply_parts(const Exchange *exchange, const Variant *variant, const Ranges *ranges)
{
    guint64 size = 0;
    struct MHD_Response *response =
        parts_response(variant, &exchange->server->keepalive, exchange->request->plan, ranges, &size);

    return queue_once(exchange, 206, response, size);
}

/* A range counts the bytes of the file as it is: no coding then. */
static Variant *choose_coding(const Exchange *exchange, Variant *variant)
{
    const RequestHeaders *headers = &exchange->request->headers;
    gboolean pack = variant->packed && !headers->conditions.range &&
                    !exchange->server->options->no_compression &&
                    http_accepts_gzip(headers->value[HEADER_ACCEPT_ENCODING]);

    return pack ? variant->packed : variant;
}

enum MHD_Result reply_variant(const Exchange *exchange, Variant *whole)
{
    Variant *variant = choose_coding(exchange, whole);
    const HttpConditions *conditions = &exchange->request->headers.conditions;
    const HttpValidators validators = {variant->etag, variant->modified};
    unsigned status = http_precondition(conditions, &validators);
    Ranges ranges;

    if (status == 412)
        return reply_refusal(exchange, status, T_WHY_PRECONDITION);
    /* Range means something with GET only (RFC 9110, 14.2). */
    if (status == 304 || strcmp(exchange->request->method, MHD_HTTP_METHOD_GET) != 0)
        return reply_whole(exchange, variant, status);
    switch (range_of(conditions, &validators, variant->size, &ranges)) {
    case RANGE_PART:
        return reply_part(exchange, variant, &ranges.range[0]);
    case RANGE_PARTS:
        return reply_parts(exchange, variant, &ranges);
    case RANGE_UNSATISFIABLE:
        return reply_no_range(exchange, variant->size);
    case RANGE_WHOLE:
        break;
    }
    return reply_whole(exchange, variant, 200);
}

static enum MHD_Result reply_missing(const Exchange *exchange)
{
    if (!site_is_folder(exchange->site, exchange->path))
        return reply_refusal(exchange, 404, T_WHY_NOT_FOUND);
    g_autofree char *escaped = g_uri_escape_string(exchange->path, "/", FALSE);
    g_autofree char *location = g_strconcat(escaped, "/", NULL);
    return reply_redirect(exchange, 301, location);
}

enum MHD_Result reply_file(const Exchange *exchange)
{
    Variant *variant = site_find(exchange->site, exchange->path, exchange->lang);

    return variant ? reply_variant(exchange, variant) : reply_missing(exchange);
}
