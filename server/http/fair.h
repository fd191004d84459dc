/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fair.h - how much of the server one client may have, and which connection is closed first when places run
 * out. All rules of fairness between clients are here; conn.c and the raw player apply them. */
#ifndef LABSERVER_FAIR_H
#define LABSERVER_FAIR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Who a connection belongs to: an IPv4 address, or the first 64 bits of an IPv6 address. A network of IPv6
 * gives each machine as many addresses of one /64 as it likes (RFC 4291, 2.5.4; RFC 8981). */
typedef uint64_t fair_client_t;

/* An IPv4 address that is mapped into IPv6 is the IPv4 address. */
fair_client_t fair_client(const struct sockaddr *address);

/* Of `all` places, those that one client may have: a quarter, and one at least. It holds for connections, for
 * plays on the bare socket and for accept queues that are full. */
unsigned fair_share(unsigned all);

/* Of `all` places, those that are kept free for whoever comes next: a sixteenth. */
unsigned fair_reserve(unsigned all);

/* What a connection is at. When places run out, connections that are at the first are closed first, and among
 * these the one that is at it longest. */
typedef enum {
    CONN_IDLE,     /* waits for a request after the first */
    CONN_HEADER,   /* the header of a request comes */
    CONN_BODY,     /* its body comes */
    CONN_RESPONSE, /* the response is made or sent */
    CONN_STEPS
} conn_step_t;

/* Microseconds that a connection may be at `step` before it counts as slow: from then on it may be closed to
 * make room. `bytes` of the response, 0 at other steps. */
int64_t fair_patience(conn_step_t step, uint64_t bytes);

/* Seconds after which a body or a response is ended, room or not. What comes meanwhile does not change it. */
unsigned fair_seconds(conn_step_t step, uint64_t bytes);

#endif
