/* The port that the web server gets, and one beside it where nobody listens. */
#ifndef LABDUMP_PORTS_H
#define LABDUMP_PORTS_H

#include <glib.h>

/*
 * Listens on 127.0.0.1 at the port, or at a free one for 0, and stores which. Returns the descriptor, or -1
 * and *error that says who else may have it.
 */
int ports_listen(guint *port, GError **error);

/*
 * Stores a port where nobody listens, port + 1 if it is free. Returns a descriptor that keeps it so (a
 * connection to it is refused as long as the descriptor is open), or -1 if none could be kept.
 */
int ports_keep_closed(guint port, guint *closed);

#endif
