/* The connections that are open, and what happens to them later: a pause ends, a reset is due, a header takes
 * too long. One thread looks after all of it. */
#ifndef LABSERVER_CONN_H
#define LABSERVER_CONN_H

#include <glib.h>
#include <netinet/in.h>
#include <stdatomic.h>

#include "form.h"
#include "keepalive.h"
#include "request.h"

/* Longer request targets are cut in the log. */
#define TARGET_MAX 1023

/* What the server does to the connection once the response is out. */
typedef enum { AFTER_NOTHING, AFTER_RESET, AFTER_HALF_CLOSE } After;

/* The request that a connection is at: there is one at a time, pipelined ones wait. */
typedef struct {
    gboolean target_sound;
    gsize target_length; /* bytes, uncut */
    const char *method;  /* NULL until the headers are complete */
    const char *version;
    RequestHeaders headers;
    Persistence plan;
    gboolean paused; /* the pause that is due was taken */
    guint64 body;    /* bytes of the response's body, once it is known */
    After after;
    Form *form;                  /* what takes the body of a POST, or NULL */
    guint64 received;            /* bytes of the request's body */
    unsigned played;             /* status that a scenario sent past the library, or 0 */
    char target[TARGET_MAX + 1]; /* as it was sent; last, as it is not cleared for each request */
} Request;

typedef struct Conn {
    GList link; /* in the list of all */
    int fd;
    char address[INET6_ADDRSTRLEN];
    guint answered;                /* requests, the one it is at included */
    guint last_request;            /* by a scenario: the last one that is answered; 0: as the rules say */
    gboolean timeout_changed;      /* by a scenario, for one request */
    atomic_int_least64_t deadline; /* monotonic, microseconds; 0: none */
    Request request;
} Conn;

typedef struct Conns Conns;

/* RULES must outlive it. A header may take HEADER_SECONDS, however slowly its bytes come: the library's own
 * timeout starts anew at each of them. TICK (may be NULL) is called about twice a second. */
Conns *conns_new(const KeepAlive *rules, guint header_seconds, void (*tick)(gpointer data), gpointer data);

/* A connection that the library has just accepted; the caller keeps the pointer until conns_remove(). */
Conn *conns_add(Conns *conns, struct MHD_Connection *connection);

/* Before the library closes its descriptor. Frees CONN. */
void conns_remove(Conns *conns, Conn *conn);

/* Suspends CONNECTION for MILLISECONDS. FALSE, at once, if the server is stopping. */
gboolean conns_pause(Conns *conns, Conn *conn, struct MHD_Connection *connection, guint milliseconds);

/* Sends a RST on it after MILLISECONDS, if it is still open. */
void conns_reset_later(Conns *conns, Conn *conn, guint milliseconds);

/* Monotonic, microseconds; up to some milliseconds behind g_get_monotonic_time(), and much cheaper. */
gint64 conns_now(void);

/* The client has SECONDS from now for what it is sending. 0: no hurry. */
void conns_set_deadline(Conn *conn, guint seconds);

/* The same for a header; the time that an idle connection is kept comes on top if there was a request before.
 */
void conns_expect_request(const Conns *conns, Conn *conn);

/* Ends every pause and the thread. Call it before the library is stopped. */
void conns_stop(Conns *conns);
void conns_free(Conns *conns);

/* Sends a RST now. A disconnected socket does it whatever is queued, while SO_LINGER 0 waits for close(). */
void conn_reset(int fd);

#endif
