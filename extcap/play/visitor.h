/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small HTTP client that does what a scenario needs from its client. It obeys no response but a redirect to
 * the same host, keeps 64 KB of each, and ends after 90 seconds at the latest. */
#ifndef LABDUMP_VISITOR_H
#define LABDUMP_VISITOR_H

#include <glib.h>

#include "scenarios.h"

typedef struct lab_visitor lab_visitor_t;

typedef struct {
    /* Returns a new non-blocking TCP socket of the client's network, or -1. */
    int (*make_socket)(void *data);
    /* It is over. `ports`: the client's ports, unsigned, one for each connection. The visitor is freed after
     * this. */
    void (*ended)(const lab_scenario_t *scenario, const GArray *ports, void *data);
} lab_visitor_events_t;

/* Starts from the main loop. `address`: the server's IPv4 address, dotted. `language`: en or zh, asked for
 * with Accept-Language. */
lab_visitor_t *visitor_start(const lab_scenario_t *scenario, const char *address, unsigned port,
                             const char *language, const lab_visitor_events_t *events, void *data);

/* Closes what is open and frees it, without telling the end (NULL is fine). */
void visitor_stop(lab_visitor_t *visitor);

#endif
