#include "server.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "handler.h"
#include "listen.h"
#include "root.h"

/* Bytes for one connection's headers: 8 KB refuses a 6 KB cookie, 32 KB costs a tenth of the speed. */
#define CONNECTION_MEMORY 16384

/* Descriptors beside those of connections: files, logs, the library's own. */
#define SPARE_DESCRIPTORS ((rlim_t)256)
#define CONNECTIONS_MAX   16384
#define THREADS_MAX       4

#define DEFAULT_TIMEOUT 5

/* How long a stop waits for responses that have begun. */
#define STOP_WAIT (2 * (gint64)G_USEC_PER_SEC)
#define STOP_STEP (10 * G_TIME_SPAN_MILLISECOND)

unsigned server_timeout(const KeepAlive *rules)
{
    return rules->timeout ? rules->timeout : DEFAULT_TIMEOUT;
}

/* What the library last complained of, for the one case in which it matters to people: it does not start. */
static char library_message[200];

static void remember_message(void *cls, const char *format, va_list values)
{
    (void)cls;
    vsnprintf(library_message, sizeof library_message, format, values);
    g_strchomp(library_message);
}

static void tick(gpointer data)
{
    const Server *server = data;

    accesslog_flush(server->log);
}

/* Somebody came in through the slow door: from here on like everybody else. */
static void take_guest(int fd, const struct sockaddr *address, socklen_t size, gpointer data)
{
    const Server *server = data;

    /* The library closes FD itself if it does not take it. */
    MHD_add_connection(server->daemon, fd, address, size);
}

/* As many connections as there can be descriptors for. */
static guint connection_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        return 512;
    limit.rlim_cur = MIN(limit.rlim_max, CONNECTIONS_MAX + SPARE_DESCRIPTORS);
    if (setrlimit(RLIMIT_NOFILE, &limit))
        getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur > 2 * SPARE_DESCRIPTORS ? (guint)limit.rlim_cur - SPARE_DESCRIPTORS
                                                  : (guint)limit.rlim_cur / 2;
}

static gboolean start_library(Server *server)
{
    guint threads = MIN(g_get_num_processors(), THREADS_MAX);
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_LISTEN_SOCKET, server->listen_fd, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)connection_limit(), NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)server_timeout(&server->keepalive), NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)handler_completed, server},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)handler_connection, server},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)handler_target, server},
        {threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };

    server->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO |
                                          MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
                                      0, NULL, NULL, handler_request, server, MHD_OPTION_EXTERNAL_LOGGER,
                                      remember_message, NULL, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
    if (!server->daemon)
        complain(T_START_FAILED, library_message, NULL);
    return server->daemon != NULL;
}

static void release(Server *server)
{
    if (server->conns)
        conns_free(server->conns);
    if (server->stage)
        stage_free(server->stage);
    accesslog_close(server->log);
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    if (server->store)
        store_close(server->store);
}

/* The exit code; whatever was opened is in SERVER. */
static int open_parts(Server *server)
{
    const Options *options = server->options;
    gboolean ok;

    const char *root = options->root ? options->root : root_default();
    if (!root)
        return 1;
    server->store = store_open(root, options->config);
    if (!server->store)
        return 1;
    server->log = accesslog_open(options->access_log, &ok);
    if (!ok)
        return 1;
    server->listen_fd = listen_open(options->bind, &server->port, &ok);
    if (server->listen_fd < 0)
        return ok ? 2 : 1;
    return 0;
}

int server_start(Server *server, const Options *options)
{
    *server = (Server){.options = options,
                       .keepalive = {options->keepalive_timeout, options->keepalive_max},
                       .started = g_get_real_time() / G_USEC_PER_SEC,
                       .listen_fd = -1,
                       .port = options->port};
    int code = open_parts(server);
    if (!code) {
        server->conns = conns_new(&server->keepalive, tick, server);
        server->stage = stage_new(server->listen_fd, take_guest, server);
        if (!start_library(server)) {
            conns_stop(server->conns);
            stage_stop(server->stage);
            code = 1;
        }
    }
    if (code)
        release(server);
    else
        listen_announce(server->listen_fd, server->port);
    return code;
}

void server_stop(Server *server)
{
    MHD_quiesce_daemon(server->daemon);
    conns_stop(server->conns);
    stage_stop(server->stage);
    for (gint64 waited = 0; atomic_load(&server->busy) > 0 && waited < STOP_WAIT; waited += STOP_STEP)
        g_usleep(STOP_STEP);
    MHD_stop_daemon(server->daemon);
    release(server);
}
