/* The port that the web server gets, and those beside it where nobody listens, or not yet. */
#ifndef LABDUMP_PORTS_H
#define LABDUMP_PORTS_H

#include <glib.h>

/* All that a session has. */
typedef struct {
    unsigned server;
    unsigned closed; /* nobody listens there */
    unsigned slow;   /* the server's, for its scenario slow-accept; taken when that is played */
} lab_ports_t;

/*
 * Listens on 127.0.0.1 at the port, or at a free one for 0, and stores which. Returns the descriptor, or -1
 * and *error that says who else may have it.
 */
int ports_listen(unsigned *port, GError **error);

/*
 * Stores a port where nobody listens: this one if it is free, else any. Returns a descriptor that keeps it so
 * (a connection to it is refused as long as the descriptor is open), or -1 if none could be kept.
 */
int ports_keep_closed(unsigned port, unsigned *closed);

#endif
