/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keepalive.h - how long a connection is kept, and what the response says about it. */
#ifndef LABSERVER_KEEPALIVE_H
#define LABSERVER_KEEPALIVE_H

#include <glib.h>
#include <stdbool.h>
#include <microhttpd.h>

typedef struct {
    unsigned timeout; /* seconds an idle connection is kept; 0: none is */
    unsigned max;     /* requests on one connection; 0: no limit */
} keepalive_t;

/* What happens to a connection after a response. */
typedef struct {
    bool close;
    unsigned remaining; /* requests still answered after this one; 0: no limit */
} persistence_t;

/* The plan for the response to request number `answered` (from 1) of a connection. `client_closes`: the
 * client said that it will send no other. */
persistence_t keepalive_plan(const keepalive_t *rules, unsigned answered, bool client_closes);

/* Seconds that the library waits for a request: it must wait for a first one even where no connection is
 * kept.
 */
unsigned keepalive_idle_seconds(const keepalive_t *rules);

/* "Connection: close", or "Keep-Alive: timeout=5, max=99" with the Connection header that belongs to it. */
void keepalive_add_headers(struct MHD_Response *response, const keepalive_t *rules, persistence_t plan);

#endif
