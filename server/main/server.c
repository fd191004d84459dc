/* SPDX-License-Identifier: GPL-2.0-or-later */
/* server.c - see server.h. */
#include "server.h"

#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "handler.h"
#include "listen.h"
#include "privilege.h"
#include "raw_player.h"
#include "root.h"

/* Bytes for one connection's headers. The library clears them at each request: 16 KB cost a twentieth of
 * the speed with a thousand connections, 32 KB another tenth. It stores a cookie twice, and a browser may
 * send one of 4096 bytes (RFC 6265, 6.1): with a browser's other header fields that just fits. */
#define CONNECTION_MEMORY 10240

/* Descriptors beside those of connections and open files: plays, queues, the log, the library's own. */
#define SPARE_DESCRIPTORS ((rlim_t)256)
#define THREADS_MAX       4

/* How long a stop waits for responses that have begun. */
#define STOP_WAIT (2 * (int64_t)G_USEC_PER_SEC)
#define STOP_STEP (10 * G_TIME_SPAN_MILLISECOND)

/* The library's last message, for the case that it does not start. */
static char library_message[200];

static void remember_message(void *cls, const char *format, va_list values)
{
    (void)cls;
    vsnprintf(library_message, sizeof library_message, format, values);
    g_strchomp(library_message);
}

static void tick(void *data)
{
    const server_t *server = data;

    accesslog_flush(server->service.log);
}

/* As many connections as there can be descriptors for. */
static unsigned connection_limit(void)
{
    const rlim_t spare = SPARE_DESCRIPTORS + site_open_files_max();
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        return 512;
    limit.rlim_cur = MIN(limit.rlim_max, CONNECTIONS_MAX + spare);
    if (setrlimit(RLIMIT_NOFILE, &limit))
        getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur > 2 * spare ? (unsigned)(limit.rlim_cur - spare) : (unsigned)limit.rlim_cur / 2;
}

static unsigned places(const options_t *options)
{
    unsigned limit = connection_limit();

    return options->max_connections ? MIN(options->max_connections, limit) : limit;
}

/* A connection that came in by the backlog port is served like any other. */
static void take_accepted(int fd, const struct sockaddr *address, socklen_t size, void *data)
{
    const server_t *server = data;

    /* The library closes `fd` itself if it does not take it. */
    MHD_add_connection(server->plain.daemon[0], fd, address, size);
}

/* Connections of one client that are enough for whoever is behind one address. */
#define PER_CLIENT_MAX 2000

static unsigned per_client(const options_t *options, unsigned all)
{
    if (options->max_per_address != PER_ADDRESS_SHARE)
        return options->max_per_address;
    return MIN(fair_share(all), PER_CLIENT_MAX);
}

/* One thread for each processor that the process may use. With taskset or in a container those are fewer
 * than the machine has; more threads than processors are slower. */
static unsigned thread_count(void)
{
    cpu_set_t usable;
    unsigned processors =
        sched_getaffinity(0, sizeof usable, &usable) ? g_get_num_processors() : (unsigned)CPU_COUNT(&usable);

    return CLAMP(processors, 1, THREADS_MAX);
}

/* What a daemon of the library is started with beside what all have. */
typedef struct {
    unsigned flags;
    unsigned threads;
    const identity_t *identity; /* NULL: no TLS */
} daemon_plan_t;

/* One daemon of the library for each address: it knows only one socket. Its certificate is never used, as
 * each session is given one, but without it the library does not start. */
static struct MHD_Daemon *start_daemon(server_t *server, int listen_fd, const daemon_plan_t *plan)
{
    const identity_t *identity = plan->identity;
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_LISTEN_SOCKET, listen_fd, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)server->places, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)keepalive_idle_seconds(&server->service.keepalive), NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)handler_completed, &server->service},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)handler_connection, &server->service},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)handler_target, &server->service},
        {identity ? MHD_OPTION_HTTPS_MEM_CERT : MHD_OPTION_END, 0,
         identity ? (void *)identity_certificate(identity) : NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, identity ? (void *)identity_key(identity) : NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem threads[] = {
        {plan->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)plan->threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };

    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | plan->flags, 0,
        handler_admit, &server->service, handler_request, &server->service, MHD_OPTION_EXTERNAL_LOGGER,
        remember_message, NULL, MHD_OPTION_ARRAY, items, MHD_OPTION_ARRAY, threads, MHD_OPTION_END);
    if (!daemon)
        complain(T_START_FAILED, "error", library_message, NULL);
    return daemon;
}

static bool start_daemons(server_t *server, listeners_t *listeners, const daemon_plan_t *plan)
{
    for (unsigned i = 0; i < server->options->binds; i++) {
        listeners->daemon[i] = start_daemon(server, listeners->fd[i], plan);
        if (!listeners->daemon[i])
            return false;
    }
    return true;
}

/* With MHD_USE_TURBO the library would leave out close_notify. */
static bool start_library(server_t *server)
{
    const daemon_plan_t plain = {MHD_USE_TURBO, thread_count(), NULL};

    if (!start_daemons(server, &server->plain, &plain))
        return false;
    if (!server->service.secure)
        return true;
    const identity_t *identity = secure_identity(server->service.secure);
    const daemon_plan_t tls = {MHD_USE_TLS, thread_count(), identity};
    const daemon_plan_t scenarios = {MHD_USE_TLS, 1, identity};
    return start_daemons(server, &server->tls, &tls) &&
           start_daemons(server, &server->tls_scenarios, &scenarios);
}

/* Does it with each daemon that was started. */
static void for_daemons(const server_t *server, void (*act)(struct MHD_Daemon *daemon))
{
    const listeners_t *const all[] = {&server->plain, &server->tls, &server->tls_scenarios};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        for (unsigned j = 0; j < BINDS_MAX; j++)
            if (all[i]->daemon[j])
                act(all[i]->daemon[j]);
}

static void quiesce(struct MHD_Daemon *daemon)
{
    MHD_quiesce_daemon(daemon);
}

static void close_sockets(const listeners_t *listeners)
{
    for (unsigned i = 0; i < BINDS_MAX; i++)
        if (listeners->fd[i] >= 0)
            close(listeners->fd[i]);
}

static void release(server_t *server)
{
    if (server->service.conns)
        conns_free(server->service.conns);
    if (server->service.raw_player)
        raw_player_free(server->service.raw_player);
    accesslog_close(server->service.log);
    close_sockets(&server->plain);
    close_sockets(&server->tls);
    close_sockets(&server->tls_scenarios);
    if (server->service.store)
        store_close(server->service.store);
    if (server->service.secure)
        secure_free(server->service.secure);
    g_free(server->config);
    g_free(server->log);
}

/* With port 0 the first address decides which one all have. */
static bool open_sockets(const server_t *server, listeners_t *listeners, const char *option, unsigned *port,
                         bool *wrong_use)
{
    for (unsigned i = 0; i < server->options->binds; i++) {
        listeners->fd[i] = listen_open(server->options->bind[i], option, port, wrong_use);
        if (listeners->fd[i] < 0)
            return false;
    }
    return true;
}

static bool open_all_sockets(server_t *server, bool *wrong_use)
{
    service_t *service = &server->service;

    if (!open_sockets(server, &server->plain, "--port ", &service->port, wrong_use))
        return false;
    return !service->secure ||
           (open_sockets(server, &server->tls, "--tls=", &service->secure_ports.port, wrong_use) &&
            open_sockets(server, &server->tls_scenarios, "--tls-scenario-port ",
                         &service->secure_ports.scenarios, wrong_use));
}

/* Before the sockets: making keys may take a second, and nobody shall wait at a socket meanwhile. */
static bool open_secure(server_t *server)
{
    const options_t *options = server->options;
    const identity_wish_t wish = {options->tls_names, options->certificate, options->key};

    if (!options->tls)
        return true;
    identity_t *identity = identity_open(&wish);
    server->service.secure = identity ? secure_new(identity) : NULL;
    return server->service.secure;
}

/* Reads the files as the user that serves them: what that user may not read is never served. */
static bool open_site(server_t *server, const char *root)
{
    const options_t *options = server->options;

    server->places = places(options);
    server->service.store = store_open(root, server->config);
    bool readable = !access(root, R_OK | X_OK) && (!server->config || !access(server->config, R_OK));
    if (!server->service.store && !readable && privilege_was_dropped())
        complain(T_USER_CANNOT_READ, "user", options->user ? options->user : "nobody", NULL);
    return server->service.store;
}

/* Where the files are read. The page that comes with the program may lie in a folder that the user who serves
 * cannot pass, such as root's home: root enters it first. What lies in it is read as that user all the same.
 * A folder that --root names is not entered. The other paths must be absolute by then. */
static const char *enter(const server_t *server, const char *root)
{
    return server->options->root || geteuid() || chdir(root) ? root : ".";
}

static char *absolute(const char *path)
{
    return path && strcmp(path, "-") ? g_canonicalize_filename(path, NULL) : g_strdup(path);
}

/* Root is needed for the log and the sockets; they are all that is kept of it. Returns the exit code. What
 * was opened is in `server`. */
static int open_parts(server_t *server)
{
    const options_t *options = server->options;
    bool ok;
    bool wrong_use;

    const char *root = options->root ? options->root : root_default();
    if (!root)
        return 1;
    server->config = absolute(options->config);
    server->log = absolute(options->access_log);
    server->service.log = accesslog_open(server->log, &ok);
    if (!ok)
        return 1;
    if (!open_secure(server))
        return 1;
    root = enter(server, root);
    if (!open_all_sockets(server, &wrong_use) || !privilege_drop(options->user, &wrong_use))
        return wrong_use ? 2 : 1;
    return open_site(server, root) ? 0 : 1;
}

/* Returns the exit code. What was opened stays open. */
static int start_threads(server_t *server)
{
    const options_t *options = server->options;
    const conns_rules_t rules = {.keepalive = &server->service.keepalive,
                                 .header_seconds = options->header_timeout,
                                 .places = server->places,
                                 .per_client = per_client(options, server->places),
                                 .listeners = server->plain.fd,
                                 .listener_count = options->binds,
                                 .tick = tick,
                                 .tick_data = server};

    server->service.conns = conns_new(&rules);
    server->service.raw_player =
        raw_player_new(server->plain.fd[0], &server->options->scenario_ports, take_accepted, server);
    if (start_library(server))
        return 0;
    conns_stop(server->service.conns);
    raw_player_stop(server->service.raw_player);
    for_daemons(server, MHD_stop_daemon);
    return 1;
}

static void announce(const server_t *server)
{
    const service_t *service = &server->service;
    const unsigned binds = server->options->binds;
    const listen_sockets_t http = {server->plain.fd, binds, service->port};
    const listen_sockets_t https = {server->tls.fd, service->secure ? binds : 0, service->secure_ports.port};
    /* A certificate that was given has an authority of its own. */
    const char *authority = service->secure && !server->options->certificate
                                ? identity_authority_file(secure_identity(service->secure))
                                : NULL;

    listen_announce(&http, &https, authority, server->options->qr_code);
}

int server_start(server_t *server, const options_t *options)
{
    *server = (server_t){.options = options,
                         .service = {.keepalive = {options->keepalive_timeout, options->keepalive_max},
                                     .max_body = options->max_body,
                                     .no_scenarios = options->no_scenarios,
                                     .no_compression = options->no_compression,
                                     .language = options->language,
                                     .started = g_get_real_time() / G_USEC_PER_SEC,
                                     .port = options->port,
                                     .secure_ports = options->tls_ports,
                                     .listen_fds = server->plain.fd,
                                     .listen_count = options->binds}};
    for (unsigned i = 0; i < BINDS_MAX; i++)
        server->plain.fd[i] = server->tls.fd[i] = server->tls_scenarios.fd[i] = -1;
    int code = open_parts(server);
    if (!code)
        code = start_threads(server);
    if (code)
        release(server);
    else
        announce(server);
    return code;
}

void server_stop(server_t *server)
{
    for_daemons(server, quiesce);
    conns_stop(server->service.conns);
    raw_player_stop(server->service.raw_player);
    for (int64_t waited = 0; atomic_load(&server->service.busy) > 0 && waited < STOP_WAIT;
         waited += STOP_STEP)
        g_usleep(STOP_STEP);
    for_daemons(server, MHD_stop_daemon);
    release(server);
}
