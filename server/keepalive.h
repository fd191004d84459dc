/* How long a connection is kept, and what the response says about it. */
#ifndef LABSERVER_KEEPALIVE_H
#define LABSERVER_KEEPALIVE_H

#include <glib.h>
#include <microhttpd.h>

typedef struct {
    guint timeout; /* seconds an idle connection is kept; 0: none is */
    guint max;     /* requests on one connection; 0: no limit */
} KeepAlive;

/* What happens to a connection after a response. */
typedef struct {
    gboolean close;
    guint remaining; /* requests still answered after this one; 0: no limit */
} Persistence;

/* For the response to request number ANSWERED (from 1) of a connection. CLIENT_CLOSES: the client said that
 * it will not send another. */
Persistence keepalive_plan(const KeepAlive *rules, guint answered, gboolean client_closes);

/* Responses that differ only in the headers below are made once and kept, one for each slot. -1: not worth
 * keeping. */
#define KEEPALIVE_SLOTS 129
int keepalive_slot(Persistence plan);

/* "Connection: close", or "Keep-Alive: timeout=5, max=99" with the Connection header that belongs to it. */
void keepalive_add_headers(struct MHD_Response *response, const KeepAlive *rules, Persistence plan);

#endif
