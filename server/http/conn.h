/* The connections that are open, and what happens to them later: a pause ends, a reset is due, a header takes
 * too long. One thread looks after all of it. */
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

/* RULES must outlive it. A header may take HEADER_SECONDS, however slowly its bytes come: the library's own
 * timeout starts anew at each of them. TICK (may be NULL) is called about twice a second. */
conns_t *conns_new(const keepalive_t *rules, unsigned header_seconds, void (*tick)(void *data), void *data);

/* A connection that the library has just accepted; the caller keeps the pointer until conns_remove(). */
conn_t *conns_add(conns_t *conns, struct MHD_Connection *connection);

/* Before the library closes its descriptor. Frees CONN. */
void conns_remove(conns_t *conns, conn_t *conn);

/* Suspends CONNECTION for MILLISECONDS. false, at once, if the server is stopping. */
bool conns_pause(conns_t *conns, conn_t *conn, struct MHD_Connection *connection, unsigned milliseconds);

/* Sends a RST on it after MILLISECONDS, if it is still open. */
void conns_reset_later(conns_t *conns, conn_t *conn, unsigned milliseconds);

/* The client has SECONDS from now for what it is sending. 0: no hurry. */
void conns_set_deadline(conn_t *conn, unsigned seconds);

/* The same for a header; the time that an idle connection is kept comes on top if there was a request before.
 */
void conns_expect_request(const conns_t *conns, conn_t *conn);

/* Ends every pause and the thread. Call it before the library is stopped. */
void conns_stop(conns_t *conns);
void conns_free(conns_t *conns);

/* Sends a RST now. A disconnected socket does it whatever is queued, while SO_LINGER 0 waits for close(). */
void conn_reset(int fd);

#endif
