/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reply.c - see reply.h. */
#include "reply.h"

#include <string.h>

#include "html.h"
#include "http_status.h"
#include "parts.h"
#include "range.h"
#include "response.h"

/* Responses to HEAD, 304 and 204 have no body (RFC 9110, 6.4.1), whatever the response object holds. */
static bool sends_body(const exchange_t *exchange, unsigned status)
{
    return strcmp(exchange->request->method, MHD_HTTP_METHOD_HEAD) != 0 && status != 304 && status != 204;
}

static enum MHD_Result queue(const exchange_t *exchange, unsigned status, struct MHD_Response *response,
                             uint64_t body)
{
    exchange->request->body = sends_body(exchange, status) ? body : 0;
    return MHD_queue_response(exchange->connection, status, response);
}

/* Queues the response and gives it up. NULL closes the connection. */
static enum MHD_Result queue_once(const exchange_t *exchange, unsigned status, struct MHD_Response *response,
                                  uint64_t body)
{
    if (!response)
        return MHD_NO;
    enum MHD_Result result = queue(exchange, status, response, body);
    MHD_destroy_response(response);
    return result;
}

enum MHD_Result reply_send_as(const exchange_t *exchange, unsigned status, struct MHD_Response *response,
                              uint64_t body, const keepalive_t *rules, persistence_t plan)
{
    if (!response)
        return MHD_NO;
    response_add_common(response, rules, plan);
    return queue_once(exchange, status, response, body);
}

enum MHD_Result reply_send(const exchange_t *exchange, unsigned status, struct MHD_Response *response,
                           uint64_t body)
{
    return reply_send_as(exchange, status, response, body, &exchange->service->keepalive,
                         exchange->request->plan);
}

struct MHD_Response *reply_new_page(const exchange_t *exchange, char *html)
{
    return reply_new_page_with(exchange, html, html_policy(html));
}

void reply_page_fields(const exchange_t *exchange, struct MHD_Response *response, const char *policy)
{
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/html; charset=utf-8");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_LANGUAGE, html_language_tag(exchange->lang));
    MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, "Accept-Language");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_SECURITY_POLICY, policy);
}

struct MHD_Response *reply_new_page_with(const exchange_t *exchange, char *html, const char *policy)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(html), html, MHD_RESPMEM_MUST_COPY);

    if (response)
        reply_page_fields(exchange, response, policy);
    g_free(html);
    return response;
}

enum MHD_Result reply_page(const exchange_t *exchange, unsigned status, char *html)
{
    uint64_t size = strlen(html);

    return reply_send(exchange, status, reply_new_page(exchange, html), size);
}

static char *status_html(const exchange_t *exchange, unsigned status, const char *why)
{
    lab_lang_t lang = exchange->lang;
    const lab_status_word_t *word = lab_status_word((uint16_t)status);
    g_autofree char *title = g_strdup_printf("%u %s", status, word ? word->phrase : "");
    g_autofree char *safe_title = html_escape(title);
    g_autofree char *meaning = html_escape(lab_status_meaning((uint16_t)status, lang));
    g_autofree char *safe_why = html_escape(why);
    g_autofree char *asked = html_escape_line(exchange->request->target);
    g_autofree char *body = g_strdup_printf(
        "<h1>%s</h1>\n<p>%s</p>\n<p>%s</p>\n<p class=\"soft\">%s: <code>%s</code></p>\n"
        "<p><a href=\"/\">%s</a></p>\n",
        safe_title, meaning, safe_why, text(lang, T_ERROR_ASKED), asked, text(lang, T_ERROR_HOME));

    return html_document(lang, title, body);
}

/* The page of a status, with one header field of its own; a name of NULL: the one that the status must have.
 */
static enum MHD_Result send_status(const exchange_t *exchange, unsigned status, const char *why,
                                   const char *name, const char *value)
{
    char *html = status_html(exchange, status, why);
    uint64_t size = strlen(html);
    struct MHD_Response *response = reply_new_page(exchange, html);

    if (response && name)
        MHD_add_response_header(response, name, value);
    else if (response)
        response_add_required(response, status);
    return reply_send(exchange, status, response, size);
}

enum MHD_Result reply_status(const exchange_t *exchange, unsigned status, char *why)
{
    g_autofree char *owned = why;

    return send_status(exchange, status, owned, NULL, NULL);
}

enum MHD_Result reply_refusal(const exchange_t *exchange, unsigned status, text_id_t why)
{
    return send_status(exchange, status, text(exchange->lang, why), NULL, NULL);
}

enum MHD_Result reply_redirect(const exchange_t *exchange, unsigned status, const char *location)
{
    return send_status(exchange, status, text(exchange->lang, T_LAB_REDIRECTED), MHD_HTTP_HEADER_LOCATION,
                       location);
}

enum MHD_Result reply_options(const exchange_t *exchange, const char *allowed)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);

    if (response)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, allowed);
    return reply_send(exchange, 204, response, 0);
}

enum MHD_Result reply_not_allowed(const exchange_t *exchange, const char *allowed)
{
    g_autofree char *why = text_fill(exchange->lang, T_WHY_METHOD_NOT_ALLOWED, "method",
                                     exchange->request->method, "allowed", allowed, NULL);

    return send_status(exchange, 405, why, MHD_HTTP_HEADER_ALLOW, allowed);
}

static enum MHD_Result reply_no_range(const exchange_t *exchange, uint64_t size)
{
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, size);
    g_autofree char *range = g_strconcat("bytes */", number, NULL);
    g_autofree char *why = text_fill(exchange->lang, T_WHY_RANGE, "bytes", number, NULL);

    return send_status(exchange, 416, why, MHD_HTTP_HEADER_CONTENT_RANGE, range);
}

static enum MHD_Result reply_whole(const exchange_t *exchange, variant_t *variant, unsigned status)
{
    const keepalive_t *rules = &exchange->service->keepalive;
    persistence_t plan = exchange->request->plan;
    struct MHD_Response *kept = variant_kept(variant, rules, plan);

    if (kept)
        return queue(exchange, status, kept, variant->size);
    return queue_once(exchange, status, variant_whole(variant, rules, plan), variant->size);
}

static enum MHD_Result reply_part(const exchange_t *exchange, const variant_t *variant, const range_t *range)
{
    struct MHD_Response *response = variant_part(variant, &exchange->service->keepalive,
                                                 exchange->request->plan, range->first, range->last);

    return queue_once(exchange, 206, response, range->last - range->first + 1);
}

static enum MHD_Result reply_parts(const exchange_t *exchange, const variant_t *variant,
                                   const ranges_t *ranges)
{
    uint64_t size = 0;
    struct MHD_Response *response =
        parts_response(variant, &exchange->service->keepalive, exchange->request->plan, ranges, &size);

    return queue_once(exchange, 206, response, size);
}

/* A range counts bytes of the file without a coding. */
static variant_t *choose_coding(const exchange_t *exchange, variant_t *variant)
{
    const request_headers_t *headers = &exchange->request->headers;
    bool pack = variant->packed && !headers->conditions.range && !exchange->service->no_compression &&
                http_accepts_gzip(headers->value[HEADER_ACCEPT_ENCODING]);

    return pack ? variant->packed : variant;
}

enum MHD_Result reply_variant(const exchange_t *exchange, variant_t *whole)
{
    variant_t *variant = choose_coding(exchange, whole);
    const http_conditions_t *conditions = &exchange->request->headers.conditions;
    const http_validators_t validators = {variant->etag, variant->modified};
    unsigned status = http_precondition(conditions, &validators);
    ranges_t ranges;

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

static enum MHD_Result reply_missing(const exchange_t *exchange)
{
    if (!site_is_folder(exchange->site, exchange->path))
        return reply_refusal(exchange, 404, T_WHY_NOT_FOUND);
    g_autofree char *escaped = g_uri_escape_string(exchange->path, "/", false);
    g_autofree char *location = g_strconcat(escaped, "/", NULL);
    return reply_redirect(exchange, 301, location);
}

enum MHD_Result reply_file(const exchange_t *exchange)
{
    variant_t *variant = site_find(exchange->site, exchange->path, exchange->lang);

    return variant ? reply_variant(exchange, variant) : reply_missing(exchange);
}
