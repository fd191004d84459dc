/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ports.c - see ports.h. */
#include "ports.h"

#include <errno.h>
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
    *ports = (ports_t){.listen_fd = listen_fd,
                       .wanted = *wanted,
                       .accepted = accepted,
                       .data = data,
                       .closed_fd = -1,
                       .backlog_fd = -1,
                       .filler_fd = -1};
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
    close_if_open(&ports->backlog_fd);
    close_if_open(&ports->filler_fd);
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

/* The connection that filled the backlog is known by its address. It has done its work. */
static void accept_all(ports_t *ports)
{
    address_t own = {.any = {0}};
    address_t peer;
    socklen_t size = sizeof own;

    if (ports->filler_fd >= 0)
        getsockname(ports->filler_fd, &own.any, &size);
    for (;;) {
        memset(&peer, 0, sizeof peer);
        size = sizeof peer;
        int fd = accept4(ports->backlog_fd, &peer.any, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            break;
        if (ports->filler_fd >= 0 && same_address(&own, &peer))
            close(fd);
        else
            ports->accepted(fd, &peer.any, size, ports->data);
    }
    close_if_open(&ports->filler_fd);
    ports->full_until = 0;
}

/* A backlog of length 0 holds one connection: ours. It goes to the socket's own address, which for "any" is
 * loopback. */
static int fill(int backlog_fd)
{
    address_t address;
    socklen_t size = sizeof address;

    if (getsockname(backlog_fd, &address.any, &size))
        return -1;
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, &address.any, size) && errno != EINPROGRESS)
        close_if_open(&fd);
    return fd;
}

static void open_backlog(ports_t *ports)
{
    ports->backlog_fd = bind_beside(ports->listen_fd, ports->wanted.slow);
    if (ports->backlog_fd < 0)
        ports->backlog_fd = bind_beside(ports->listen_fd, 0);
    if (ports->backlog_fd >= 0)
        listen(ports->backlog_fd, 0);
}

unsigned ports_fill_backlog(ports_t *ports, unsigned milliseconds)
{
    if (ports->backlog_fd < 0)
        open_backlog(ports);
    if (ports->backlog_fd < 0)
        return 0;
    if (!ports->full_until) {
        accept_all(ports);
        ports->filler_fd = fill(ports->backlog_fd);
    }
    ports->full_until = g_get_monotonic_time() + milliseconds * G_TIME_SPAN_MILLISECOND;
    return port_of(ports->backlog_fd);
}

int ports_poll_fd(const ports_t *ports)
{
    return ports->full_until ? -1 : ports->backlog_fd;
}

void ports_go_on(ports_t *ports, int64_t now, bool ready)
{
    if (ready || (ports->full_until && ports->full_until <= now))
        accept_all(ports);
}
