/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ports.h - ports beside the server's own: one on which nobody listens, and some whose accept queue is full.
 *
 * Nothing here locks: the raw player calls it with its lock held.
 */
#ifndef LABSERVER_PORTS_H
#define LABSERVER_PORTS_H

#include <glib.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "fair.h"

/* Which ports are wanted; 0: the system picks one. */
typedef struct {
    unsigned closed;
    unsigned slow;
} scenario_ports_t;

/* A connection that came in by the backlog port, for the HTTP library. Takes `fd` over. */
typedef void (*ports_accepted_t)(int fd, const struct sockaddr *address, socklen_t size, void *data);

/* A port whose accept queue is filled for one visitor at a time. The times are monotonic, in microseconds. */
typedef struct {
    int fd;             /* -1 until it is asked for */
    int filler_fd;      /* our own connection that fills the queue, or -1 */
    int64_t full_until; /* 0: nothing fills it */
    int64_t busy_until; /* the SYN that is sent again comes before; it must find the queue open */
    fair_client_t client;
} backlog_t;

/* One client may have fair_share() of them. */
#define BACKLOGS_MAX 16

typedef struct {
    int listen_fd; /* the server's: all ports are at its address */
    scenario_ports_t wanted;
    ports_accepted_t accepted;
    void *data;
    int closed_fd; /* bound, not listening; -1 until it is asked for */
    backlog_t backlogs[BACKLOGS_MAX];
} ports_t;

void ports_init(ports_t *ports, int listen_fd, const scenario_ports_t *wanted, ports_accepted_t accepted,
                void *data);
void ports_clear(ports_t *ports);

/* A port on which nobody listens: one of ours, or the wanted one if another program keeps it closed already,
 * as labdump does. 0: the system has none left. */
unsigned ports_closed(ports_t *ports);

typedef enum {
    BACKLOG_FULL, /* *port has a full queue */
    BACKLOG_BUSY, /* all ports are somebody's: ask again a little later */
    BACKLOG_NONE  /* the system has no port left */
} backlog_result_t;

/* Fills an accept queue: a SYN that comes within 0.7 seconds is dropped by the system, and TCP sends it again
 * a second after the first (RFC 6298, 2.1), when the queue is open. If a slow port is wanted, it is the only
 * one. */
backlog_result_t ports_fill_backlog(ports_t *ports, fair_client_t client, unsigned *port);

/* What poll() is to watch for ports_go_on(), one entry for each backlog. */
void ports_watch(const ports_t *ports, struct pollfd watched[BACKLOGS_MAX]);

/* When a queue is to be opened next, monotonic microseconds; G_MAXINT64: none is full. */
int64_t ports_next(const ports_t *ports);

/* Accepts who waits at queues that were full for long enough at `now` (monotonic, microseconds), and at open
 * ones that poll() found ready. */
void ports_go_on(ports_t *ports, int64_t now, const struct pollfd watched[BACKLOGS_MAX]);

#endif
