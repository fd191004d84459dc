/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names.c - see names.h. */
#include "names.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

/* RFC 1035 2.3.4 */
#define LABEL_MAX 63
#define NAME_MAX_ 253

static bool is_address(const char *name)
{
    unsigned char address[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
}

static bool is_label(const char *label)
{
    size_t length = strlen(label);

    if (!length || length > LABEL_MAX || label[0] == '-' || label[length - 1] == '-')
        return false;
    for (const char *c = label; *c; c++)
        if (!g_ascii_isalnum(*c) && *c != '-')
            return false;
    return true;
}

bool names_is_valid(const char *name)
{
    if (is_address(name))
        return true;
    if (strlen(name) > NAME_MAX_)
        return false;
    g_auto(GStrv) labels = g_strsplit(g_str_has_prefix(name, "*.") ? name + 2 : name, ".", -1);
    for (char **label = labels; *label; label++)
        if (!is_label(*label))
            return false;
    return *labels;
}

static void add(GPtrArray *names, const char *name)
{
    if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, g_strdup(name));
}

static void add_address(GPtrArray *names, const struct sockaddr *address)
{
    char name[INET6_ADDRSTRLEN];

    if (address && address->sa_family == AF_INET)
        add(names, inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, name,
                             sizeof name));
    if (!address || address->sa_family != AF_INET6)
        return;
    /* Link-local addresses need a zone that no URL of a browser has. */
    const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    if (!IN6_IS_ADDR_LINKLOCAL(six))
        add(names, inet_ntop(AF_INET6, six, name, sizeof name));
}

GPtrArray *names_wanted(const char *const *wished)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    struct ifaddrs *all = NULL;

    add(names, "localhost");
    add(names, "127.0.0.1");
    add(names, "::1");
    if (names_is_valid(g_get_host_name()))
        add(names, g_get_host_name());
    for (; wished && *wished; wished++)
        add(names, *wished);
    if (getifaddrs(&all))
        return names;
    for (const struct ifaddrs *i = all; i; i = i->ifa_next)
        if (i->ifa_flags & IFF_UP)
            add_address(names, i->ifa_addr);
    freeifaddrs(all);
    return names;
}
