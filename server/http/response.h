/* SPDX-License-Identifier: GPL-2.0-or-later */
/* response.h - header fields that a response has whatever it carries. */
#ifndef LABSERVER_RESPONSE_H
#define LABSERVER_RESPONSE_H

#include <microhttpd.h>

#include "keepalive.h"

/* A browser must not take a file for another type than Content-Type names. */
#define RESPONSE_NOSNIFF       "X-Content-Type-Options"
#define RESPONSE_NOSNIFF_VALUE "nosniff"

/* No page of another server may show the response in a frame. What else the student's own pages may do is
 * theirs to say. */
#define RESPONSE_FILE_POLICY "frame-ancestors 'self'"

/* Server, X-Content-Type-Options, and Connection and Keep-Alive as the plan says. */
void response_add_common(struct MHD_Response *response, const keepalive_t *rules, persistence_t plan);

/* The field that a response with this status must have (RFC 9110 15), with an example of a value; nothing if
 * there is none. */
void response_add_required(struct MHD_Response *response, unsigned status);

#endif
