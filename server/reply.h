/* Answers to one request. */
#ifndef LABSERVER_REPLY_H
#define LABSERVER_REPLY_H

#include "server.h"

/* A request and all that is needed to answer it. */
typedef struct {
    Server *server;
    const Site *site; /* as it is while this request is answered */
    Conn *conn;
    struct MHD_Connection *connection;
    Request *request; /* CONN's */
    const char *path; /* decoded, without scheme and host */
    Lang lang;
} Exchange;

/* A page that is not to be stored by anybody. Takes HTML over. */
struct MHD_Response *reply_new_page(const Exchange *exchange, char *html);

/* Adds the connection's headers, queues and destroys RESPONSE (NULL: closes). BODY: its bytes, for the log.
 */
enum MHD_Result reply_send(const Exchange *exchange, unsigned status, struct MHD_Response *response,
                           guint64 body);

/* The same with other rules than those that are kept. */
enum MHD_Result reply_send_as(const Exchange *exchange, unsigned status, struct MHD_Response *response,
                              guint64 body, const KeepAlive *rules, Persistence plan);

/* The two together. */
enum MHD_Result reply_page(const Exchange *exchange, unsigned status, char *html);

/* A page that says what STATUS means, and WHY (plain text, taken over) it was so here. */
enum MHD_Result reply_status(const Exchange *exchange, unsigned status, char *why);

/* The same with a text of the table that has no slots. */
enum MHD_Result reply_refusal(const Exchange *exchange, unsigned status, TextId why);

/* Sends the client to LOCATION. */
enum MHD_Result reply_redirect(const Exchange *exchange, unsigned status, const char *location);

/* The file at the exchange's path, with conditions and ranges; 404 if there is none. */
enum MHD_Result reply_file(const Exchange *exchange);

/* VARIANT, with conditions, ranges and the coding that the client accepts. */
enum MHD_Result reply_variant(const Exchange *exchange, Variant *variant);

/* 204 and the methods that are ALLOWED, as in that header. */
enum MHD_Result reply_options(const Exchange *exchange, const char *allowed);

/* 405 with the same. */
enum MHD_Result reply_not_allowed(const Exchange *exchange, const char *allowed);

#endif
