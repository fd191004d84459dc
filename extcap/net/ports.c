/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ports.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "texts.h"

enum { BACKLOG = 128 };

/* A socket bound to an IPv4 address, or -1 and errno. */
static int bound_to(const char *address, int type, unsigned port, bool reuse)
{
    int one = 1;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, address, &here.sin_addr);
    int fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (reuse)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&here, sizeof here) == 0)
        return fd;
    int number = errno;
    close(fd);
    errno = number;
    return -1;
}

static int bound(unsigned port, bool reuse)
{
    return bound_to("127.0.0.1", SOCK_STREAM, port, reuse);
}

int ports_socket(const char *address, int type, unsigned port)
{
    int fd = bound_to(address, type, port, true);
    if (fd < 0 || type != SOCK_STREAM || listen(fd, BACKLOG) == 0)
        return fd;
    int number = errno;
    close(fd);
    errno = number;
    return -1;
}

static unsigned port_of(int fd)
{
    struct sockaddr_in here = {0};
    socklen_t length = sizeof here;
    getsockname(fd, (struct sockaddr *)&here, &length);
    return ntohs(here.sin_port);
}

/* Whether an address as /proc/net/tcp and tcp6 write it is of loopback: words of 32 bits in hexadecimal, each
 * in the byte order of the machine. */
static bool is_loopback(const char *words)
{
    struct in6_addr a = {0};
    size_t digits = strlen(words);
    for (size_t i = 0; i * 8 < digits && i < 4; i++)
        if (sscanf(words + i * 8, "%8" SCNx32, &a.s6_addr32[i]) != 1)
            return false;
    if (digits == 8)
        return a.s6_addr[0] == 127;
    return IN6_IS_ADDR_LOOPBACK(&a) || (IN6_IS_ADDR_V4MAPPED(&a) && a.s6_addr[12] == 127);
}

/* What a line of /proc/net/tcp or tcp6 says of a socket in state LISTEN (0A) on this port:
 * "  0: 0100007F:1F90 00000000:0000 0A ...". */
static lab_port_state_t line_state(const char *line, unsigned port)
{
    char address[33];
    unsigned there, state;
    if (sscanf(line, " %*d: %32[0-9A-F]:%x %*[0-9A-F]:%*x %x", address, &there, &state) != 3 ||
        there != port || state != 0x0A)
        return PORT_CLOSED;
    return is_loopback(address) ? PORT_LOOPBACK : PORT_OPEN;
}

/* Not /proc/net, which may be that of another thread. */
lab_port_state_t ports_state(unsigned port)
{
    static const char *const tables[] = {"/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"};
    lab_port_state_t found = PORT_CLOSED;
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        char *words = NULL;
        if (!g_file_get_contents(tables[i], &words, NULL, NULL))
            continue;
        char **lines = g_strsplit(words, "\n", -1);
        for (char **line = lines; *line; line++)
            found = MAX(found, line_state(*line, port));
        g_strfreev(lines);
        g_free(words);
    }
    return found;
}

static bool somebody_listens(unsigned port)
{
    return ports_state(port) != PORT_CLOSED;
}

/* A capture keeps the two ports after its server's. Where one of the two before this one is listened on, or
 * nobody listens on this one though it is taken, that may be a capture's. */
static bool in_use(unsigned port, GError **error)
{
    if (somebody_listens(port) && !somebody_listens(port - 1) && !somebody_listens(port - 2))
        return lab_fail(error, LAB_FAILED, T_E_PORT_IN_USE, LAB_PLACES(LAB_NUMBER("port", port)));
    return lab_fail(
        error, LAB_FAILED, T_E_PORT_HELD,
        LAB_PLACES(LAB_NUMBER("port", port), LAB_NUMBER("after", port + 2 <= 65535 ? port + 2 : 0)));
}

int ports_listen(unsigned *port, GError **error)
{
    int fd = bound(*port, true);
    if (fd >= 0 && listen(fd, BACKLOG) == 0) {
        *port = port_of(fd);
        return fd;
    }
    int number = errno;
    if (fd >= 0)
        close(fd);
    if (number == EADDRINUSE)
        in_use(*port, error);
    else if (number == EACCES)
        lab_fail(error, LAB_FAILED, T_E_PORT_RIGHTS, LAB_PLACES(LAB_NUMBER("port", *port)));
    else
        lab_fail(error, LAB_FAILED, T_E_PORT_OTHER,
                 LAB_PLACES(LAB_NUMBER("port", *port), LAB_WORDS("why", text_errno(number))));
    return -1;
}

int ports_keep_closed(unsigned port, unsigned *closed)
{
    int fd = port <= 65535 ? bound(port, false) : -1;
    if (fd < 0)
        fd = bound(0, false);
    *closed = fd >= 0 ? port_of(fd) : 1;
    return fd;
}

int ports_keep_open(unsigned port, unsigned *open)
{
    int fd = ports_keep_closed(port, open);
    if (fd >= 0 && listen(fd, BACKLOG) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}
