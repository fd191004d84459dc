/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address.c - see address.h. */
#include "address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

bool address_parse(const char *text_form, unsigned port, address_t *address)
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

void address_of_socket(int fd, address_t *address)
{
    socklen_t size = sizeof *address;

    memset(address, 0, sizeof *address);
    getsockname(fd, &address->any, &size);
}

bool address_is_any_six(const address_t *address)
{
    return address->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&address->six.sin6_addr);
}

bool address_is_any(const address_t *address)
{
    return address_is_any_six(address) ||
           (address->any.sa_family == AF_INET && !address->four.sin_addr.s_addr);
}

bool address_is_loopback(const address_t *address)
{
    if (address->any.sa_family != AF_INET6)
        return ntohl(address->four.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    const struct in6_addr *six = &address->six.sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(six) || (IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == IN_LOOPBACKNET);
}

char *address_url(const char *scheme, const address_t *address, unsigned port)
{
    char host[INET6_ADDRSTRLEN];

    if (address->any.sa_family == AF_INET)
        return g_strdup_printf("%s://%s:%u/", scheme,
                               inet_ntop(AF_INET, &address->four.sin_addr, host, sizeof host), port);
    return g_strdup_printf("%s://[%s]:%u/", scheme,
                           inet_ntop(AF_INET6, &address->six.sin6_addr, host, sizeof host), port);
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

GPtrArray *address_others(bool with_six)
{
    GPtrArray *others = g_ptr_array_new_with_free_func(g_free);
    struct ifaddrs *list;

    if (getifaddrs(&list))
        return others;
    for (const struct ifaddrs *i = list; i; i = i->ifa_next) {
        if (!is_reachable(i, with_six))
            continue;
        address_t *address = g_new0(address_t, 1);
        memcpy(address, i->ifa_addr,
               i->ifa_addr->sa_family == AF_INET ? sizeof address->four : sizeof address->six);
        g_ptr_array_add(others, address);
    }
    freeifaddrs(list);
    return others;
}
