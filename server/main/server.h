/* SPDX-License-Identifier: GPL-2.0-or-later */
/* server.h - the running server: sockets, threads and the HTTP library. */
#ifndef LABSERVER_SERVER_H
#define LABSERVER_SERVER_H

#include <microhttpd.h>

#include "options.h"
#include "service.h"

/* Sockets and daemons of the HTTP library, one of each for every address. */
typedef struct {
    int fd[BINDS_MAX]; /* -1: not open */
    struct MHD_Daemon *daemon[BINDS_MAX];
} listeners_t;

typedef struct {
    const options_t *options;
    service_t service;
    listeners_t plain;
    listeners_t tls;
    listeners_t tls_scenarios;
    unsigned places;    /* connections at a time */
    char *config, *log; /* absolute paths, NULL = none */
} server_t;

/* Reads the site, listens and serves. Returns the exit code: 0 once it runs; else the reason is on standard
 * error and everything is released. The options must outlive the server. */
int server_start(server_t *server, const options_t *options);

/* Lets responses that have begun end (two seconds at most), closes every connection, releases everything. */
void server_stop(server_t *server);

#endif
