/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The TCP ports of a session on 127.0.0.1. */
#ifndef LABDUMP_PORTS_H
#define LABDUMP_PORTS_H

#include <glib.h>

/* The ports of one session. */
typedef struct {
    unsigned server;
    unsigned closed; /* nobody listens there */
    unsigned slow;   /* where the server listens during its scenario slow-accept only */
} lab_ports_t;

/* Listens on *port, or on a free one if it is 0; *port is then that one. Returns the descriptor, or -1 and
 * *error. */
int ports_listen(unsigned *port, GError **error);

/* *closed becomes a port where nobody listens: `port` if it is free, else any. Returns a descriptor; as long
 * as it is open, nobody else can take the port and connections to it are refused. -1 if no port could be
 * bound. */
int ports_keep_closed(unsigned port, unsigned *closed);

/* The same, but connections are accepted, for a relay. */
int ports_keep_open(unsigned port, unsigned *open);

#endif
