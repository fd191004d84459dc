/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ports.c - see ports.h. */
#include "ports.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

typedef union {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
} address_t;

void ports_init(ports_t *ports, int listen_fd, const scenario_ports_t *wanted, ports_accepted_t accepted,
                void *data)
{
    *ports = (ports_t){
        .listen_fd = listen_fd, .wanted = *wanted, .accepted = accepted, .data = data, .closed_fd = -1};
    for (unsigned i = 0; i < BACKLOGS_MAX; i++)
        ports->backlogs[i] = (backlog_t){.fd = -1, .filler_fd = -1};
}

static void close_if_open(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void ports_clear(ports_t *ports)
{
    close_if_open(&ports->closed_fd);
    for (unsigned i = 0; i < BACKLOGS_MAX; i++) {
        close_if_open(&ports->backlogs[i].fd);
        close_if_open(&ports->backlogs[i].filler_fd);
    }
}

/* A socket at the server's address and the port; 0: the system picks one. -1 with errno set if there is none.
 */
static int bind_beside(int listen_fd, unsigned port)
{
    address_t address;
    socklen_t size = sizeof address;
    const int off = 0;

    if (getsockname(listen_fd, &address.any, &size))
        return -1;
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (address.any.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    address.four.sin_port = htons((uint16_t)port); /* both families have it at the same place */
    if (bind(fd, &address.any, size)) {
        int number = errno;
        close(fd);
        errno = number;
        return -1;
    }
    return fd;
}

static unsigned port_of(int fd)
{
    address_t address;
    socklen_t size = sizeof address;

    return fd < 0 || getsockname(fd, &address.any, &size) ? 0 : ntohs(address.four.sin_port);
}

unsigned ports_closed(ports_t *ports)
{
    unsigned wanted = ports->wanted.closed;

    if (ports->closed_fd < 0) {
        ports->closed_fd = bind_beside(ports->listen_fd, wanted);
        if (ports->closed_fd < 0 && wanted && errno == EADDRINUSE)
            return wanted;
    }
    if (ports->closed_fd < 0)
        ports->closed_fd = bind_beside(ports->listen_fd, 0);
    return port_of(ports->closed_fd);
}

static bool same_address(const address_t *a, const address_t *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET)
        return a->four.sin_port == b->four.sin_port && a->four.sin_addr.s_addr == b->four.sin_addr.s_addr;
    return a->six.sin6_port == b->six.sin6_port && IN6_ARE_ADDR_EQUAL(&a->six.sin6_addr, &b->six.sin6_addr);
}

/* The connection that filled the queue is known by its address. It has done its work. */
static void accept_all(const ports_t *ports, backlog_t *backlog)
{
    address_t own = {.any = {0}};
    address_t peer;
    socklen_t size = sizeof own;

    if (backlog->filler_fd >= 0)
        getsockname(backlog->filler_fd, &own.any, &size);
    for (;;) {
        memset(&peer, 0, sizeof peer);
        size = sizeof peer;
        int fd = accept4(backlog->fd, &peer.any, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            break;
        if (backlog->filler_fd >= 0 && same_address(&own, &peer))
            close(fd);
        else
            ports->accepted(fd, &peer.any, size, ports->data);
    }
    close_if_open(&backlog->filler_fd);
    backlog->full_until = 0;
}

/* Connects to the socket's own address, which for "any" is loopback. */
static int connect_to(int listener)
{
    address_t address;
    socklen_t size = sizeof address;

    if (getsockname(listener, &address.any, &size))
        return -1;
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, &address.any, size) && errno != EINPROGRESS)
        close_if_open(&fd);
    return fd;
}

/* Connections in the accept queue of a listening socket: for those, Linux reports it there. */
static bool is_queue_full(int listener)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;

    return !getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &size) && info.tcpi_unacked > 0;
}

/* How long the handshake with ourselves may take on a busy machine. */
#define HANDSHAKE_WAIT (200 * G_TIME_SPAN_MILLISECOND)
#define HANDSHAKE_STEP G_TIME_SPAN_MILLISECOND

/* A backlog of length 0 holds one connection: ours. false: the queue could not be filled. */
static bool fill(const ports_t *ports, backlog_t *backlog)
{
    accept_all(ports, backlog);
    backlog->filler_fd = connect_to(backlog->fd);
    for (int64_t waited = 0; backlog->filler_fd >= 0 && waited < HANDSHAKE_WAIT; waited += HANDSHAKE_STEP) {
        if (is_queue_full(backlog->fd))
            return true;
        g_usleep(HANDSHAKE_STEP);
    }
    close_if_open(&backlog->filler_fd);
    return false;
}

static bool open_backlog(const ports_t *ports, backlog_t *backlog)
{
    if (backlog->fd < 0)
        backlog->fd = bind_beside(ports->listen_fd, ports->wanted.slow);
    if (backlog->fd < 0)
        backlog->fd = bind_beside(ports->listen_fd, 0);
    return backlog->fd >= 0 && !listen(backlog->fd, 0);
}

/* For how long a queue is full: less than the second after which TCP sends a SYN again. Then it is open for
 * all SYNs that were dropped. */
#define FULL_TIME (700 * G_TIME_SPAN_MILLISECOND)
#define BUSY_TIME (2000 * G_TIME_SPAN_MILLISECOND)

/* A SYN comes this soon after the redirect, but for the worst networks. */
#define SYN_TIME (300 * G_TIME_SPAN_MILLISECOND)

static unsigned backlog_count(const ports_t *ports)
{
    return ports->wanted.slow ? 1 : BACKLOGS_MAX;
}

/* NULL: none is free, or the client has its share. */
static backlog_t *free_backlog(ports_t *ports, fair_client_t client, int64_t now)
{
    backlog_t *found = NULL;
    unsigned own = 0;

    for (unsigned i = backlog_count(ports); i-- > 0;) {
        backlog_t *backlog = &ports->backlogs[i];
        if (backlog->busy_until <= now)
            found = backlog;
        else
            own += backlog->client == client;
    }
    return own < fair_share(backlog_count(ports)) ? found : NULL;
}

/* One that is full long enough for another visitor. */
static const backlog_t *full_backlog(const ports_t *ports, int64_t now)
{
    for (unsigned i = 0; i < backlog_count(ports); i++) {
        if (ports->backlogs[i].full_until - now >= SYN_TIME)
            return &ports->backlogs[i];
    }
    return NULL;
}

backlog_result_t ports_fill_backlog(ports_t *ports, fair_client_t client, unsigned *port)
{
    int64_t now = g_get_monotonic_time();
    backlog_t *backlog = free_backlog(ports, client, now);

    if (!backlog) {
        const backlog_t *full = full_backlog(ports, now);
        *port = full ? port_of(full->fd) : 0;
        return full ? BACKLOG_FULL : BACKLOG_BUSY;
    }
    if (!open_backlog(ports, backlog) || !fill(ports, backlog))
        return BACKLOG_NONE;
    now = g_get_monotonic_time();
    backlog->full_until = now + FULL_TIME;
    backlog->busy_until = now + BUSY_TIME;
    backlog->client = client;
    *port = port_of(backlog->fd);
    return BACKLOG_FULL;
}

void ports_watch(const ports_t *ports, struct pollfd watched[BACKLOGS_MAX])
{
    for (unsigned i = 0; i < BACKLOGS_MAX; i++) {
        const backlog_t *backlog = &ports->backlogs[i];
        watched[i] = (struct pollfd){backlog->full_until ? -1 : backlog->fd, POLLIN, 0};
    }
}

int64_t ports_next(const ports_t *ports)
{
    int64_t next = G_MAXINT64;

    for (unsigned i = 0; i < BACKLOGS_MAX; i++) {
        if (ports->backlogs[i].full_until)
            next = MIN(next, ports->backlogs[i].full_until);
    }
    return next;
}

/* poll() may have found a queue ready that was filled after it. */
static bool is_due(const backlog_t *backlog, int64_t now, bool ready)
{
    return backlog->full_until ? backlog->full_until <= now : ready;
}

void ports_go_on(ports_t *ports, int64_t now, const struct pollfd watched[BACKLOGS_MAX])
{
    for (unsigned i = 0; i < BACKLOGS_MAX; i++) {
        if (is_due(&ports->backlogs[i], now, watched[i].revents != 0))
            accept_all(ports, &ports->backlogs[i]);
    }
}
