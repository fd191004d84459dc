/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conn.h - the open connections, and the thread that ends pauses, sends resets that are due and closes
 * connections whose header takes too long. */
#ifndef LABSERVER_CONN_H
#define LABSERVER_CONN_H

#include <glib.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "keepalive.h"
#include "request.h"

typedef struct conn {
    GList link; /* in the list of all */
    int fd;
    char address[INET6_ADDRSTRLEN];
    unsigned answered;             /* requests, the one it is at included */
    unsigned last_request;         /* by a scenario: the last one that is answered; 0: as the rules say */
    bool timeout_changed;          /* by a scenario, for one request */
    atomic_int_least64_t deadline; /* monotonic, microseconds; 0: none */
    request_t request;
} conn_t;

typedef struct conns conns_t;

/* `rules` must outlive it. A header must be complete within `header_seconds`; the library's own timeout
 * starts anew at each byte. `tick` may be NULL; the thread calls it twice a second. */
conns_t *conns_new(const keepalive_t *rules, unsigned header_seconds, void (*tick)(void *data), void *data);

/* A connection that the library has just accepted; the caller keeps the pointer until conns_remove(). */
conn_t *conns_add(conns_t *conns, struct MHD_Connection *connection);

/* Call it before the library closes the connection's descriptor. Frees `conn`. */
void conns_remove(conns_t *conns, conn_t *conn);

/* Suspends `connection` for so many milliseconds. false if the server is stopping: nothing is suspended
 * then. */
bool conns_pause(conns_t *conns, conn_t *conn, struct MHD_Connection *connection, unsigned milliseconds);

/* Sends a RST on the connection after so many milliseconds, if it is still open. */
void conns_reset_later(conns_t *conns, conn_t *conn, unsigned milliseconds);

/* The client must have sent what it is sending within so many seconds. 0: no deadline. */
void conns_set_deadline(conn_t *conn, unsigned seconds);

/* The same for a header. After a first request, the time that an idle connection is kept is added. */
void conns_expect_request(const conns_t *conns, conn_t *conn);

/* Ends every pause and the thread. Call it before the library is stopped. */
void conns_stop(conns_t *conns);
void conns_free(conns_t *conns);

/* Sends a RST at once, whatever is queued: connect() to AF_UNSPEC does that. SO_LINGER with 0 would wait
 * for close(). */
void conn_reset(int fd);

#endif
