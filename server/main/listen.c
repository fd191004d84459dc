/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listen.c - see listen.h. */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "qr.h"
#include "texts.h"

/* Connections that wait to be accepted; the system's own limit may be lower. */
#define BACKLOG 4096

/* Bytes of a response that wait in the system to be sent. Many clients that ask for much and read nothing
 * would fill the system's memory, and copying it would keep all others waiting. Connections inherit it. */
#define UNSENT_MAX 16384

typedef union {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
} address_t;

static bool parse_address(const char *text_form, unsigned port, address_t *address)
{
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text_form, &address->four.sin_addr) == 1) {
        address->four.sin_family = AF_INET;
        address->four.sin_port = htons((uint16_t)port);
        return true;
    }
    if (inet_pton(AF_INET6, text_form, &address->six.sin6_addr) == 1) {
        address->six.sin6_family = AF_INET6;
        address->six.sin6_port = htons((uint16_t)port);
        return true;
    }
    return false;
}

static socklen_t address_size(const address_t *address)
{
    return address->any.sa_family == AF_INET ? sizeof address->four : sizeof address->six;
}

/* -1 with errno set. */
static int listen_on(const address_t *address)
{
    const int on = 1;
    const int off = 0;
    const int unsent = UNSENT_MAX;
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
    if (address->any.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (!bind(fd, &address->any, address_size(address)) && !listen(fd, BACKLOG))
        return fd;
    int problem = errno;
    close(fd);
    errno = problem;
    return -1;
}

static bool is_any_six(const address_t *address)
{
    return address->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&address->six.sin6_addr);
}

static void explain(const char *address, unsigned port, int problem)
{
    g_autofree char *number = g_strdup_printf("%u", port);

    if (problem == EADDRINUSE)
        complain(T_PORT_IN_USE, "port", number, "address", address, NULL);
    else if (problem == EACCES)
        complain(T_PORT_FORBIDDEN, "port", number, NULL);
    else if (problem == EADDRNOTAVAIL)
        complain(T_FOREIGN_ADDRESS, "address", address, NULL);
    else
        complain(T_LISTEN_FAILED, "address", address, "port", number, "error", g_strerror(problem), NULL);
}

static void local_address(int fd, address_t *address)
{
    socklen_t size = sizeof *address;

    memset(address, 0, sizeof *address);
    getsockname(fd, &address->any, &size);
}

static unsigned local_port(int fd)
{
    address_t address;

    local_address(fd, &address);
    return ntohs(address.any.sa_family == AF_INET ? address.four.sin_port : address.six.sin6_port);
}

int listen_open(const char *address_text, unsigned *port, bool *wrong_use)
{
    address_t address;

    *wrong_use = !parse_address(address_text, *port, &address);
    if (*wrong_use) {
        complain(T_BAD_ADDRESS, "address", address_text, NULL);
        return -1;
    }
    int fd = listen_on(&address);
    if (fd < 0 && is_any_six(&address) && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
        parse_address("0.0.0.0", *port, &address);
        fd = listen_on(&address);
    }
    if (fd < 0)
        explain(address_text, *port, errno);
    else
        *port = local_port(fd);
    return fd;
}

static char *url_of(const address_t *address, unsigned port)
{
    char host[INET6_ADDRSTRLEN];

    if (address->any.sa_family == AF_INET)
        return g_strdup_printf("http://%s:%u/",
                               inet_ntop(AF_INET, &address->four.sin_addr, host, sizeof host), port);
    return g_strdup_printf("http://[%s]:%u/", inet_ntop(AF_INET6, &address->six.sin6_addr, host, sizeof host),
                           port);
}

/* Keeps in `*reached` the first URL that other computers can use. */
static void print_url(const address_t *address, unsigned port, text_id_t who, char **reached)
{
    g_autofree char *url = url_of(address, port);

    printf("%s  %s\n", url, text(text_language(), who));
    if (!*reached && who == T_OTHER_COMPUTERS)
        *reached = g_steal_pointer(&url);
}

/* Link-local addresses need a zone that browsers do not take, and loopback is printed already. */
static bool is_reachable(const struct ifaddrs *interface, bool with_six)
{
    const address_t *address = (const address_t *)interface->ifa_addr;

    if (!address || !(interface->ifa_flags & IFF_UP) || (interface->ifa_flags & IFF_LOOPBACK))
        return false;
    if (address->any.sa_family == AF_INET)
        return true;
    return with_six && address->any.sa_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&address->six.sin6_addr);
}

static void print_interfaces(unsigned port, bool with_six, char **reached)
{
    struct ifaddrs *list;

    if (getifaddrs(&list))
        return;
    for (const struct ifaddrs *i = list; i; i = i->ifa_next) {
        if (!is_reachable(i, with_six))
            continue;
        address_t address = {.any = {0}};
        memcpy(&address, i->ifa_addr,
               i->ifa_addr->sa_family == AF_INET ? sizeof address.four : sizeof address.six);
        print_url(&address, port, T_OTHER_COMPUTERS, reached);
    }
    freeifaddrs(list);
}

static bool is_any(const address_t *address)
{
    return is_any_six(address) || (address->any.sa_family == AF_INET && !address->four.sin_addr.s_addr);
}

static bool is_loopback(const address_t *address)
{
    if (address->any.sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&address->six.sin6_addr);
    return ntohl(address->four.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

static void print_socket(int fd, unsigned port, char **reached)
{
    address_t address;
    address_t loopback;

    local_address(fd, &address);
    if (is_any(&address)) {
        parse_address("127.0.0.1", port, &loopback);
        print_url(&loopback, port, T_THIS_COMPUTER, reached);
        print_interfaces(port, is_any_six(&address), reached);
    } else {
        print_url(&address, port, is_loopback(&address) ? T_THIS_COMPUTER : T_OTHER_COMPUTERS, reached);
    }
}

void listen_announce(const int *fds, unsigned count, unsigned port, bool qr)
{
    g_autofree char *reached = NULL;

    printf("%s %u\n", text(text_language(), T_LISTENING), port);
    for (unsigned i = 0; i < count; i++)
        print_socket(fds[i], port, &reached);
    if (reached && (qr || isatty(STDOUT_FILENO)))
        qr_print(reached);
    fflush(stdout);
}
