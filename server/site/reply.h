/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reply.h - responses to one request: pages of the server's own, files, refusals. */
#ifndef LABSERVER_REPLY_H
#define LABSERVER_REPLY_H

#include <stdint.h>

#include "service.h"

/* A request and all that is needed to answer it. */
typedef struct {
    service_t *service;
    const site_t *site; /* as it is while this request is answered */
    conn_t *conn;
    struct MHD_Connection *connection;
    request_t *request; /* the conn's */
    const char *path;   /* decoded, without scheme and host */
    lab_lang_t lang;
} exchange_t;

/* A page that no cache may store (no-store). Takes `html` over. */
struct MHD_Response *reply_new_page(const exchange_t *exchange, char *html);

/* The same with another Content-Security-Policy than html_policy() says. */
struct MHD_Response *reply_new_page_with(const exchange_t *exchange, char *html, const char *policy);

/* Adds the header fields that such a page has; `policy` is its Content-Security-Policy. */
void reply_page_fields(const exchange_t *exchange, struct MHD_Response *response, const char *policy);

/* Adds the connection's header fields, queues the response and destroys it. A response of NULL closes the
 * connection. `body` is the number of bytes for the log. */
enum MHD_Result reply_send(const exchange_t *exchange, unsigned status, struct MHD_Response *response,
                           uint64_t body);

/* The same with other rules than the connection is really kept by. */
enum MHD_Result reply_send_as(const exchange_t *exchange, unsigned status, struct MHD_Response *response,
                              uint64_t body, const keepalive_t *rules, persistence_t plan);

/* reply_new_page() and reply_send(). */
enum MHD_Result reply_page(const exchange_t *exchange, unsigned status, char *html);

/* A page that says what the status means and why it came. `why` is plain text, taken over. */
enum MHD_Result reply_status(const exchange_t *exchange, unsigned status, char *why);

/* The same with a text of the table that has no places. */
enum MHD_Result reply_refusal(const exchange_t *exchange, unsigned status, text_id_t why);

/* Sends the client to `location`. */
enum MHD_Result reply_redirect(const exchange_t *exchange, unsigned status, const char *location);

/* The file at the exchange's path, with conditions and ranges; 404 if there is none. */
enum MHD_Result reply_file(const exchange_t *exchange);

/* The variant, with conditions, ranges and the coding that the client accepts. */
enum MHD_Result reply_variant(const exchange_t *exchange, variant_t *variant);

/* 204 with the methods that are allowed, as in the field Allow. */
enum MHD_Result reply_options(const exchange_t *exchange, const char *allowed);

/* 405 with the same. */
enum MHD_Result reply_not_allowed(const exchange_t *exchange, const char *allowed);

#endif
