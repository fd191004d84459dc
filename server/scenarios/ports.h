/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ports.h - ports beside the server's own: one on which nobody listens, and one whose backlog is full.
 *
 * Nothing here locks: the raw player calls it with its lock held.
 */
#ifndef LABSERVER_PORTS_H
#define LABSERVER_PORTS_H

#include <glib.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Which ports are wanted; 0: the system picks one. */
typedef struct {
    unsigned closed;
    unsigned slow;
} scenario_ports_t;

/* A connection that came in by the backlog port, for the HTTP library. Takes `fd` over. */
typedef void (*ports_accepted_t)(int fd, const struct sockaddr *address, socklen_t size, void *data);

typedef struct {
    int listen_fd; /* the server's: both ports are at its address */
    scenario_ports_t wanted;
    ports_accepted_t accepted;
    void *data;
    int closed_fd;      /* bound, not listening; -1 until it is asked for */
    int backlog_fd;     /* -1 until it is asked for */
    int filler_fd;      /* our own connection that fills the backlog, or -1 */
    int64_t full_until; /* monotonic, microseconds; 0: nothing fills it */
} ports_t;

void ports_init(ports_t *ports, int listen_fd, const scenario_ports_t *wanted, ports_accepted_t accepted,
                void *data);
void ports_clear(ports_t *ports);

/* A port on which nobody listens: one of ours, or the wanted one if another program keeps it closed already,
 * as labdump does. 0: the system has none left. */
unsigned ports_closed(ports_t *ports);

/* Fills the backlog for so many milliseconds: a SYN that comes meanwhile is dropped by the system, and TCP
 * sends it again. Returns the port, another than the wanted one if that is taken; 0: the system has none
 * left. */
unsigned ports_fill_backlog(ports_t *ports, unsigned milliseconds);

/* What poll() is to watch for ports_go_on(), or -1. */
int ports_poll_fd(const ports_t *ports);

/* Accepts who waits, if the backlog is no longer to be full at `now` (monotonic, microseconds) or the
 * descriptor was ready. */
void ports_go_on(ports_t *ports, int64_t now, bool ready);

#endif
