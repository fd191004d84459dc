/* The headers of a request that matter here, and which requests are refused before anything is looked up. */
#ifndef LABSERVER_REQUEST_H
#define LABSERVER_REQUEST_H

#include <glib.h>
#include <microhttpd.h>

#include "http.h"
#include "text.h"

typedef enum {
    HEADER_HOST,
    HEADER_CONTENT_LENGTH,
    HEADER_TRANSFER_ENCODING,
    HEADER_ACCEPT_LANGUAGE,
    HEADER_ACCEPT_ENCODING,
    HEADER_EXPECT,
    HEADER_COOKIE,
    HEADER_CONTENT_TYPE,
    HEADER_REFERER,
    HEADER_USER_AGENT,
    HEADER_COUNT
} HeaderId;

/* Pointers into the library's memory, valid until the request is completed. */
typedef struct {
    const char *value[HEADER_COUNT]; /* the first of each; NULL: none */
    guint8 count[HEADER_COUNT];
    HttpConditions conditions;
    guint lines;         /* of the header */
    gboolean malformed;  /* one of them */
    gboolean close;      /* Connection: close */
    gboolean keep_alive; /* Connection: keep-alive */
} RequestHeaders;

void request_headers(struct MHD_Connection *connection, RequestHeaders *headers);

/* Why a request is refused; the connection is closed then, as nobody can be sure where the next one begins.
 */
typedef struct {
    unsigned status; /* 0: it is not refused */
    TextId why;
} Refusal;

/* What a request line says. */
typedef struct {
    const char *method;
    const char *version;
    const char *target;    /* it may be cut */
    gsize target_length;   /* in bytes, uncut */
    gboolean target_sound; /* as http_target_is_sound() found it */
} RequestLine;

/* The rules of RFC 9112, 3 (target, Host), 5 (header lines), 6.1 and 6.3 (length), which the library leaves
 * to us. */
Refusal request_check(const RequestHeaders *headers, const RequestLine *line);

/* Will the client not send another request on this connection (RFC 9112, 9.3)? */
gboolean request_closes(const RequestHeaders *headers, const char *version);

#endif
