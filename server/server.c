#include "server.h"

#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "handler.h"
#include "listen.h"
#include "privilege.h"
#include "root.h"

/* Bytes for one connection's headers, cleared at each request, once and a half: 16 KB cost a twentieth of the
 * speed with a thousand connections, 32 KB another tenth. The library keeps a cookie twice, and one of 4096
 * bytes is what a browser may send (RFC 6265, 6.1): with a browser's other headers that just fits. */
#define CONNECTION_MEMORY 10240

/* Descriptors beside those of connections: files, logs, the library's own. */
#define SPARE_DESCRIPTORS ((rlim_t)256)
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
    MHD_add_connection(server->daemon[0], fd, address, size);
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

/* One for each processor that the process may use: with taskset or in a container those are fewer than the
 * machine has, and threads that share one only get in each other's way. */
static guint thread_count(void)
{
    cpu_set_t usable;
    guint processors =
        sched_getaffinity(0, sizeof usable, &usable) ? g_get_num_processors() : (guint)CPU_COUNT(&usable);

    return CLAMP(processors, 1, THREADS_MAX);
}

/* One daemon of the library for each address: it knows only one socket. */
static struct MHD_Daemon *start_daemon(Server *server, int listen_fd)
{
    const Options *options = server->options;
    guint limit = connection_limit();
    guint threads = thread_count();
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_LISTEN_SOCKET, listen_fd, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
        {MHD_OPTION_CONNECTION_LIMIT,
         (intptr_t)(options->max_connections ? MIN(options->max_connections, limit) : limit), NULL},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, (intptr_t)options->max_per_address, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)server_timeout(&server->keepalive), NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)handler_completed, server},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)handler_connection, server},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)handler_target, server},
        {threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };

    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL,
        NULL, handler_request, server, MHD_OPTION_EXTERNAL_LOGGER, remember_message, NULL, MHD_OPTION_ARRAY,
        items, MHD_OPTION_END);
    if (!daemon)
        complain(T_START_FAILED, library_message, NULL);
    return daemon;
}

static gboolean start_library(Server *server)
{
    for (guint i = 0; i < server->options->binds; i++) {
        server->daemon[i] = start_daemon(server, server->listen_fd[i]);
        if (!server->daemon[i])
            return FALSE;
    }
    return TRUE;
}

static void stop_library(Server *server)
{
    for (guint i = 0; i < server->options->binds; i++) {
        if (server->daemon[i])
            MHD_stop_daemon(server->daemon[i]);
    }
}

static void release(Server *server)
{
    if (server->conns)
        conns_free(server->conns);
    if (server->stage)
        stage_free(server->stage);
    accesslog_close(server->log);
    for (guint i = 0; i < BINDS_MAX; i++) {
        if (server->listen_fd[i] >= 0)
            close(server->listen_fd[i]);
    }
    if (server->store)
        store_close(server->store);
}

/* With port 0 the first address decides which one all have. */
static gboolean open_sockets(Server *server, gboolean *wrong_use)
{
    for (guint i = 0; i < server->options->binds; i++) {
        server->listen_fd[i] = listen_open(server->options->bind[i], &server->port, wrong_use);
        if (server->listen_fd[i] < 0)
            return FALSE;
    }
    return TRUE;
}

/* The exit code; whatever was opened is in SERVER. */
static int open_parts(Server *server)
{
    const Options *options = server->options;
    gboolean ok;
    gboolean wrong_use;

    const char *root = options->root ? options->root : root_default();
    if (!root)
        return 1;
    server->store = store_open(root, options->config);
    if (!server->store)
        return 1;
    server->log = accesslog_open(options->access_log, &ok);
    if (!ok)
        return 1;
    if (!open_sockets(server, &wrong_use) || !privilege_drop(options->user, &wrong_use))
        return wrong_use ? 2 : 1;
    if (!site_signature(root, options->config))
        complain(T_USER_CANNOT_READ, root, options->user ? options->user : "nobody", NULL);
    return 0;
}

/* The exit code. What is open stays open. */
static int start_threads(Server *server)
{
    server->conns = conns_new(&server->keepalive, server->options->header_timeout, tick, server);
    server->stage = stage_new(server->listen_fd[0], &server->options->scenario_ports, take_guest, server);
    if (start_library(server))
        return 0;
    conns_stop(server->conns);
    stage_stop(server->stage);
    stop_library(server);
    return 1;
}

int server_start(Server *server, const Options *options)
{
    *server = (Server){.options = options,
                       .keepalive = {options->keepalive_timeout, options->keepalive_max},
                       .started = g_get_real_time() / G_USEC_PER_SEC,
                       .port = options->port};
    for (guint i = 0; i < BINDS_MAX; i++)
        server->listen_fd[i] = -1;
    int code = open_parts(server);
    if (!code)
        code = start_threads(server);
    if (code)
        release(server);
    else
        listen_announce(server->listen_fd, options->binds, server->port, options->qr_code);
    return code;
}

void server_stop(Server *server)
{
    for (guint i = 0; i < server->options->binds; i++)
        MHD_quiesce_daemon(server->daemon[i]);
    conns_stop(server->conns);
    stage_stop(server->stage);
    for (gint64 waited = 0; atomic_load(&server->busy) > 0 && waited < STOP_WAIT; waited += STOP_STEP)
        g_usleep(STOP_STEP);
    stop_library(server);
    release(server);
}
