/* SPDX-License-Identifier: GPL-2.0-or-later */
/* framing.h - framing of HTTP/1.x messages in a byte stream, RFC 9112. One parser reads one direction.
 *
 * Bytes may be missing. Inside a body of known length they are counted. Inside a head the message is given
 * up, and the next message is looked for. The payload may be no HTTP at all.
 */
#ifndef LAB_FRAMING_H
#define LAB_FRAMING_H

#include "reassembly.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct lab_http lab_http_t;

#define LAB_HTTP_LINES_MAX 128

/* The parts of a head that framing and pairing need. Strings are owned by the parser and valid until the
 * callback returns. */
typedef struct {
    bool response;
    const char *version;         /* "HTTP/1.1" */
    const char *method, *target; /* of a request */
    uint16_t status;             /* of a response */
    const char *phrase;          /* of a response; may be empty */
    bool http_1_0;
    unsigned line_count, lines_left_out;
    const char *host, *content_type;
    int64_t content_length; /* -1 = none */
    bool bad_length;        /* Content-Length is no length, or there are several: RFC 9112 6.3 rule 5 */
    bool chunked, other_coding, close, keep_alive, upgrade;
    int64_t keepalive_timeout, keepalive_max; /* seconds and requests; -1 = absent, -2 = no number */
    const char *lines[LAB_HTTP_LINES_MAX];    /* field lines, "Name: value", unchanged */
} lab_http_head_t;

typedef enum {
    LAB_HTTP_NO_BODY,
    LAB_HTTP_LENGTH,
    LAB_HTTP_CHUNKED,
    LAB_HTTP_UNTIL_CLOSE,
    LAB_HTTP_TUNNEL,    /* the bytes after the head are another protocol */
    LAB_HTTP_UNREADABLE /* how long it is cannot be known */
} lab_http_body_t;

/* Called while bytes are read, in this order for each message: begin, piece ..., head, piece ..., trailer,
 * end. */
typedef struct {
    /* The start line is complete. `first`: its first byte; `last`: the newest bytes of the line. */
    void (*begin)(void *user, bool response, lab_position_t first, lab_position_t last);
    /* The head is complete. Returns the kind of body, which for a response depends on the request's method
     * (RFC 9112 6.3). */
    lab_http_body_t (*head)(void *user, const lab_http_head_t *head);
    /* A frame carried bytes of the message; `body` of them are body bytes. */
    void (*piece)(void *user, lab_position_t at, uint32_t body, bool in_head);
    /* The message is complete. at.offset is the offset after its last byte. */
    void (*end)(void *user, lab_position_t at);
    /* Trailer fields after a chunked body, RFC 9110 6.5. `trailer` has `lines` only. */
    void (*trailer)(void *user, const lab_http_head_t *trailer);
    /* The next bytes of another protocol, after a head with LAB_HTTP_TUNNEL or lab_http_tunnel(); data NULL =
     * missing. NULL = nobody wants them. */
    void (*rest)(void *user, const uint8_t *data, uint32_t length, lab_position_t at);
} lab_http_events_t;

/* A parser of one direction. `midstream`: the first bytes may be the middle of a message, so a beginning is
 * looked for. `scratch` is working space that several parsers may share. `events`, `user` and `scratch` must
 * live longer. Free with lab_http_free(); NULL is allowed there. */
lab_http_t *lab_http_new(const lab_http_events_t *events, void *user, bool midstream, GString *scratch);
void lab_http_free(lab_http_t *http);

/* Reads the next bytes; data NULL = missing. Returns false once the direction is known to carry no HTTP. */
bool lab_http_feed(lab_http_t *http, const uint8_t *data, uint32_t length, lab_position_t at);
/* Bytes of a body of known length that are still to come, beyond which reading stops for other things; 0 = no
 * such body. lab_http_pass() counts `length` of them, which must be fewer: nothing else depends on them. */
uint64_t lab_http_body_left(const lab_http_t *http);
void lab_http_pass(lab_http_t *http, uint32_t length);
/* True inside a body that lasts until the connection closes. */
bool lab_http_until_close(const lab_http_t *http);

/* True inside a start line for which `begin` was not called yet. */
bool lab_http_pending(const lab_http_t *http);
/* True while the next message is looked for after missing bytes. */
/* True while the length of the message that is being read cannot be known. */
bool lab_http_unreadable(const lab_http_t *http);
bool lab_http_lost(const lab_http_t *http);
/* The direction carries another protocol from here on: the other end accepted CONNECT or an upgrade. */
void lab_http_tunnel(lab_http_t *http);

/* The body of a message with this head, RFC 9112 6.3. `method` of the request that a response answers; NULL =
 * not known. */
lab_http_body_t lab_http_response_body(const lab_http_head_t *head, const char *method);
lab_http_body_t lab_http_request_body(const lab_http_head_t *head);

#endif
