/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listen.c - see listen.h. */
#include "listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "qr.h"
#include "texts.h"

/* Connections that wait to be accepted; the system's own limit may be lower. */
#define BACKLOG 4096

/* Bytes of a response that wait in the system to be sent. Many clients that ask for much and read nothing
 * would fill the system's memory, and copying it would keep all others waiting. Connections inherit it. */
#define UNSENT_MAX 16384

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

static void explain(const char *address, const char *option, unsigned port, int problem)
{
    g_autofree char *number = g_strdup_printf("%u", port);

    if (problem == EADDRINUSE)
        complain(T_PORT_IN_USE, "port", number, "address", address, "option", option, NULL);
    else if (problem == EACCES)
        complain(T_PORT_FORBIDDEN, "port", number, "option", option, "example",
                 g_str_has_prefix(option, "--tls") ? "8443" : "8080", NULL);
    else if (problem == EADDRNOTAVAIL)
        complain(T_FOREIGN_ADDRESS, "address", address, NULL);
    else
        complain(T_LISTEN_FAILED, "address", address, "port", number, "error", g_strerror(problem), NULL);
}

static unsigned local_port(int fd)
{
    address_t address;

    address_of_socket(fd, &address);
    return ntohs(address.any.sa_family == AF_INET ? address.four.sin_port : address.six.sin6_port);
}

int listen_open(const char *address_text, const char *option, unsigned *port, bool *wrong_use)
{
    address_t address;

    *wrong_use = !address_parse(address_text, *port, &address);
    if (*wrong_use) {
        complain(T_BAD_ADDRESS, "address", address_text, NULL);
        return -1;
    }
    int fd = listen_on(&address);
    if (fd < 0 && address_is_any_six(&address) && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
        address_parse("0.0.0.0", *port, &address);
        fd = listen_on(&address);
    }
    if (fd < 0)
        explain(address_text, option, *port, errno);
    else
        *port = local_port(fd);
    return fd;
}

/* Keeps in `*reached` the first URL that other computers can use. */
static void print_url(const char *scheme, const address_t *address, unsigned port, text_id_t who,
                      char **reached)
{
    g_autofree char *url = address_url(scheme, address, port);

    printf("%s  %s\n", url, text(text_language(), who));
    if (!*reached && who == T_OTHER_COMPUTERS)
        *reached = g_steal_pointer(&url);
}

static void print_others(const char *scheme, unsigned port, bool with_six, char **reached)
{
    g_autoptr(GPtrArray) others = address_others(with_six);

    for (unsigned i = 0; i < others->len; i++)
        print_url(scheme, others->pdata[i], port, T_OTHER_COMPUTERS, reached);
}

static void print_socket(const char *scheme, int fd, unsigned port, char **reached)
{
    address_t address;
    address_t loopback;

    address_of_socket(fd, &address);
    if (address_is_any(&address)) {
        address_parse("127.0.0.1", port, &loopback);
        print_url(scheme, &loopback, port, T_THIS_COMPUTER, reached);
        print_others(scheme, port, address_is_any_six(&address), reached);
    } else {
        print_url(scheme, &address, port, address_is_loopback(&address) ? T_THIS_COMPUTER : T_OTHER_COMPUTERS,
                  reached);
    }
}

static void print_sockets(const char *scheme, const listen_sockets_t *sockets, char **reached)
{
    for (unsigned i = 0; i < sockets->count; i++)
        print_socket(scheme, sockets->fds[i], sockets->port, reached);
}

void listen_announce(const listen_sockets_t *http, const listen_sockets_t *https, const char *authority,
                     bool qr)
{
    g_autofree char *reached = NULL;

    printf("%s %u\n", text(text_language(), T_LISTENING), http->port);
    print_sockets("http", http, &reached);
    print_sockets("https", https, &reached);
    if (https->count && authority)
        printf("%s %s\n", text(text_language(), T_TLS_AUTHORITY), authority);
    if (reached && (qr || isatty(STDOUT_FILENO)))
        qr_print(reached);
    fflush(stdout);
}
