/* The running server: what its parts share. */
#ifndef LABSERVER_SERVER_H
#define LABSERVER_SERVER_H

#include <microhttpd.h>

#include "accesslog.h"
#include "conn.h"
#include "options.h"
#include "stage.h"
#include "store.h"

typedef struct {
    const Options *options;
    KeepAlive keepalive;
    Store *store;
    Conns *conns;
    Stage *stage;             /* for scenarios */
    gint64 started;           /* seconds since 1970 */
    AccessLog *log;           /* NULL: none */
    int listen_fd[BINDS_MAX]; /* -1: not open */
    guint port;               /* the same on all addresses */
    atomic_int busy;          /* requests between their first line and the end of their response */
    struct MHD_Daemon *daemon[BINDS_MAX]; /* one for each address */
} Server;

/* The library's timeout in seconds: it has to wait for a first request even where no connection is kept. */
unsigned server_timeout(const KeepAlive *rules);

/* Reads the site, listens and serves. The exit code that applies: 0 once it runs; else the reason is on
 * standard error and everything is released. OPTIONS must outlive SERVER. */
int server_start(Server *server, const Options *options);

/* Lets responses that have begun end (for two seconds at most), closes every connection, releases everything.
 */
void server_stop(Server *server);

#endif
