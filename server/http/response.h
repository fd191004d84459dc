/* SPDX-License-Identifier: GPL-2.0-or-later */
/* response.h - header fields that a response has whatever it carries. */
#ifndef LABSERVER_RESPONSE_H
#define LABSERVER_RESPONSE_H

#include <microhttpd.h>

#include "keepalive.h"

/* Server, and Connection and Keep-Alive as the plan says. */
void response_add_common(struct MHD_Response *response, const keepalive_t *rules, persistence_t plan);

/* The field that a response with this status must have (RFC 9110 15), with an example of a value; nothing if
 * there is none. */
void response_add_required(struct MHD_Response *response, unsigned status);

#endif
