/* SPDX-License-Identifier: GPL-2.0-or-later */
/* request.h - the header fields of a request that labserver reads, and the rules by which a request is
 * refused before its path is looked up. */
#ifndef LABSERVER_REQUEST_H
#define LABSERVER_REQUEST_H

#include <glib.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "form.h"
#include "http.h"
#include "keepalive.h"
#include "texts.h"

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
} header_id_t;

/* Pointers into the library's memory, valid until the request is completed. */
typedef struct {
    const char *value[HEADER_COUNT]; /* the first of each; NULL: none */
    uint8_t count[HEADER_COUNT];
    http_conditions_t conditions;
    unsigned lines;  /* of the header */
    bool malformed;  /* one of them */
    bool close;      /* Connection: close */
    bool keep_alive; /* Connection: keep-alive */
} request_headers_t;

void request_headers(struct MHD_Connection *connection, request_headers_t *headers);

/* Why a request is refused. The connection is closed then: where the next request begins is not certain. */
typedef struct {
    unsigned status; /* 0: it is not refused */
    text_id_t why;
} refusal_t;

/* What a request line says. */
typedef struct {
    const char *method;
    const char *version;
    const char *target;   /* it may be cut */
    size_t target_length; /* in bytes, uncut */
    bool target_sound;    /* as http_target_is_sound() found it */
} request_line_t;

/* Longer request targets are cut in the log. */
#define TARGET_MAX 1023

/* What the server does to the connection once the response is sent. */
typedef enum { AFTER_NOTHING, AFTER_RESET, AFTER_HALF_CLOSE } after_t;

/* The request that a connection is at: there is one at a time, pipelined ones wait. */
typedef struct {
    bool target_sound;
    size_t target_length; /* bytes, uncut */
    const char *method;   /* NULL until the headers are complete */
    const char *version;
    request_headers_t headers;
    persistence_t plan;
    bool paused;     /* the pause that is due was taken */
    unsigned waited; /* how often it waited for its turn */
    uint64_t body;   /* bytes of the response's body, once it is known */
    after_t after;
    form_t *form;                /* what takes the body of a POST, or NULL */
    uint64_t received;           /* bytes of the request's body */
    unsigned raw_status;         /* status of a response that the raw player sends, or 0 */
    char target[TARGET_MAX + 1]; /* as it was sent; last, as it is not cleared for each request */
} request_t;

/* The rules of RFC 9112, 3 (target, Host), 5 (header lines), 6.1 and 6.3 (length) that the library does
 * not check. */
refusal_t request_check(const request_headers_t *headers, const request_line_t *line);

/* Whether the client will send no other request on this connection (RFC 9112, 9.3). */
bool request_closes(const request_headers_t *headers, const char *version);

#endif
