/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http.h - the framing of HTTP/1.x messages in a byte stream: RFC 9112. One parser reads one direction.
 *
 * It survives what captures have: bytes that are missing (inside a body whose length is known they are
 * counted, in a head the message is given up and the next one looked for) and payload that is no HTTP at all.
 */
#ifndef LAB_HTTP_H
#define LAB_HTTP_H

#include "reassembly.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct lab_http lab_http_t;

#define LAB_HTTP_LINES_MAX 128

/* The parts of a head that framing and pairing need. Strings live in the parser until the next message
 * begins. */
typedef struct {
    bool response;
    const char *version;         /* "HTTP/1.1" */
    const char *method, *target; /* request */
    uint16_t status;             /* response */
    const char *phrase;          /* response, may be empty */
    bool http_1_0;
    unsigned line_count, lines_left_out;
    const char *host, *content_type;
    int64_t content_length; /* -1 = none */
    bool chunked, other_coding, close, keep_alive, upgrade;
    int32_t keepalive_timeout, keepalive_max; /* seconds and requests; -1 = not said */
    const char *lines[LAB_HTTP_LINES_MAX];    /* the field lines, "Name: value", as they were written */
} lab_http_head_t;

typedef enum {
    LAB_HTTP_NO_BODY,
    LAB_HTTP_LENGTH,
    LAB_HTTP_CHUNKED,
    LAB_HTTP_UNTIL_CLOSE,
    LAB_HTTP_TUNNEL /* what follows is another protocol */
} lab_http_body_t;

typedef struct {
    /* a message begins, and its start line is complete: where its first byte was, and the last piece of that
     * line */
    void (*begin)(void *user, bool response, lab_position_t first, lab_position_t last);
    /* its head is complete; the answer says what follows (RFC 9112 6.3 needs the request's method) */
    lab_http_body_t (*head)(void *user, const lab_http_head_t *head);
    /* a frame carried bytes of the message, `body` of them of its body */
    void (*piece)(void *user, lab_position_t at, uint32_t body, bool in_head);
    /* it is complete; at.offset is after its last byte */
    void (*end)(void *user, lab_position_t at);
    /* before that, if fields came after a chunked body (RFC 9110 6.5): `trailer` has lines only */
    void (*trailer)(void *user, const lab_http_head_t *trailer);
} lab_http_events_t;

/* midstream: the first bytes may be the middle of a message; a beginning is looked for. Free with
 * lab_http_free. */
/* `scratch` is working space that several parsers may share. */
lab_http_t *lab_http_new(const lab_http_events_t *events, void *user, bool midstream, GString *scratch);
void lab_http_free(lab_http_t *http);

/* Takes the next bytes; data NULL = these are missing. False once the direction is known to carry no HTTP. */
bool lab_http_feed(lab_http_t *http, const uint8_t *data, uint32_t length, lab_position_t at);
/* Inside a body that lasts until the connection closes? */
bool lab_http_until_close(const lab_http_t *http);

/* Are there bytes of a start line of which nothing was told yet? */
bool lab_http_pending(const lab_http_t *http);
/* Looking for the next message, since bytes are missing? */
bool lab_http_lost(const lab_http_t *http);
/* From here on the direction carries another protocol: the other side agreed to CONNECT or an upgrade. */
void lab_http_tunnel(lab_http_t *http);

/* What follows a response, RFC 9112 6.3; `method` is its request's, NULL = not known. */
lab_http_body_t lab_http_response_body(const lab_http_head_t *head, const char *method);
lab_http_body_t lab_http_request_body(const lab_http_head_t *head);

#endif
