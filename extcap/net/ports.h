/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The TCP ports of a session on 127.0.0.1. */
#ifndef LABDUMP_PORTS_H
#define LABDUMP_PORTS_H

#include <glib.h>

/* The ports of one session. */
typedef struct {
    unsigned server;
    unsigned closed;        /* nobody listens there */
    unsigned slow;          /* where the server listens during its scenario slow-accept only */
    unsigned tls;           /* of HTTPS; 0: there is none */
    unsigned tls_scenarios; /* and of its scenarios */
    unsigned entry;         /* on this host, where a browser gets to the server; usually the server's */
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

/* Who listens on a port of the current network namespace. */
typedef enum { PORT_CLOSED, PORT_LOOPBACK /* on 127.0.0.0/8 or ::1 alone */, PORT_OPEN } lab_port_state_t;

lab_port_state_t ports_state(unsigned port);

/* A non-blocking socket (SOCK_STREAM, which then listens, or SOCK_DGRAM) on an IPv4 address and port of the
 * current network namespace; -1 and errno on failure. */
int ports_socket(const char *address, int type, unsigned port);

#endif
