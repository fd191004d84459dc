/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conn.h - the open connections and whose they are, and the thread that ends pauses, sends resets that are
 * due, closes connections that take too long, and closes some when places run out (fair.h says which). */
#ifndef LABSERVER_CONN_H
#define LABSERVER_CONN_H

#include <glib.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "fair.h"
#include "keepalive.h"
#include "request.h"

typedef struct conn {
    GList link; /* in the list of its client */
    struct client *client;
    fair_client_t id; /* of that client */
    int fd;
    bool leaving;                       /* it was closed to make room */
    struct gnutls_session_int *session; /* of TLS; NULL: the connection is plain */
    unsigned secure_kind;               /* what that session is like */
    char address[INET6_ADDRSTRLEN];
    unsigned answered;             /* requests, the one it is at included */
    unsigned last_request;         /* by a scenario: the last one that is answered; 0: as the rules say */
    bool timeout_changed;          /* by a scenario, for one request */
    atomic_int step;               /* conn_step_t */
    atomic_int_least64_t since;    /* it is at that step; monotonic, microseconds */
    atomic_int_least64_t patience; /* microseconds of it that are not slow */
    atomic_int_least64_t deadline; /* monotonic, microseconds; 0: none */
    request_t request;
} conn_t;

typedef struct conns conns_t;

/* What the connections are kept by. */
typedef struct {
    const keepalive_t *keepalive; /* must outlive the connections */
    unsigned header_seconds;      /* a header must be complete by then; the library's timeout begins anew at
                                     each byte */
    unsigned places;              /* connections at a time */
    unsigned per_client;          /* of them for one client; 0: no limit */
    const int *listeners;         /* the sockets on which connections wait */
    unsigned listener_count;
    void (*tick)(void *data); /* may be NULL; the thread calls it twice a second */
    void *tick_data;
} conns_rules_t;

conns_t *conns_new(const conns_rules_t *rules);

/* Whether the client may have one connection more. */
bool conns_admit(conns_t *conns, const struct sockaddr *address);

/* A connection that the library has just accepted; the caller keeps the pointer until conns_remove(). */
conn_t *conns_add(conns_t *conns, struct MHD_Connection *connection);

/* Call it before the library closes the connection's descriptor. Frees `conn`. */
void conns_remove(conns_t *conns, conn_t *conn);

/* Suspends `connection` for so many milliseconds. false if the server is stopping: nothing is suspended
 * then. */
bool conns_pause(conns_t *conns, conn_t *conn, struct MHD_Connection *connection, unsigned milliseconds);

/* Sends a RST on the connection after so many milliseconds, if it is still open. */
void conns_reset_later(conns_t *conns, conn_t *conn, unsigned milliseconds);

/* What the connection is at from now on, with `bytes` of a response. Said again, it changes the bytes but not
 * the time at which the step began. */
void conns_begin(conn_t *conn, conn_step_t step, uint64_t bytes);

/* The connection waits for a header. After a first request, the time that an idle connection is kept is
 * added to the header's. */
void conns_expect_request(const conns_t *conns, conn_t *conn);

/* Ends every pause and the thread. Call it before the library is stopped. */
void conns_stop(conns_t *conns);
void conns_free(conns_t *conns);

/* Sends a RST at once, whatever is queued: connect() to AF_UNSPEC does that. SO_LINGER with 0 would wait
 * for close(). */
void conn_reset(int fd);

#endif
