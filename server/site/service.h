/* SPDX-License-Identifier: GPL-2.0-or-later */
/* service.h - what all requests share while the server runs. */
#ifndef LABSERVER_SERVICE_H
#define LABSERVER_SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "accesslog.h"
#include "conn.h"
#include "secure.h"
#include "store.h"

/* main/ fills it before the first connection. Afterwards only `busy` changes. */
typedef struct {
    keepalive_t keepalive;
    unsigned max_body;     /* bytes of a request's body */
    bool no_scenarios;     /* --no-scenarios */
    bool no_compression;   /* --no-compression */
    lab_lang_t language;   /* for clients that ask for neither English nor Chinese */
    int64_t started;       /* seconds since 1970 */
    const int *listen_fds; /* the sockets at which connections come in */
    unsigned listen_count;
    store_t *store;
    conns_t *conns;
    access_log_t *log;             /* NULL: none */
    secure_t *secure;              /* NULL: no HTTPS */
    unsigned port;                 /* of plain HTTP */
    secure_ports_t secure_ports;   /* if there is HTTPS */
    struct raw_player *raw_player; /* of the scenarios; only they look inside */
    atomic_int busy;               /* requests between their first line and the end of their response */
} service_t;

#endif
