/* SPDX-License-Identifier: GPL-2.0-or-later */
/* server.h - the running server: sockets, threads and the HTTP library. */
#ifndef LABSERVER_SERVER_H
#define LABSERVER_SERVER_H

#include <microhttpd.h>

#include "options.h"
#include "service.h"

typedef struct {
    const options_t *options;
    service_t service;
    int listen_fd[BINDS_MAX];             /* -1: not open */
    unsigned places;                      /* connections at a time */
    unsigned port;                        /* the same on all addresses */
    struct MHD_Daemon *daemon[BINDS_MAX]; /* one for each address */
    char *config, *log;                   /* absolute paths, NULL = none */
} server_t;

/* Reads the site, listens and serves. Returns the exit code: 0 once it runs; else the reason is on standard
 * error and everything is released. The options must outlive the server. */
int server_start(server_t *server, const options_t *options);

/* Lets responses that have begun end (two seconds at most), closes every connection, releases everything. */
void server_stop(server_t *server);

#endif
