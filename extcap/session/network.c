/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "network.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "netns.h"
#include "texts.h"
#include "webserver.h"

#define LOOPBACK "127.0.0.1"

static void use_own(lab_network_t *n)
{
    n->kind = NETWORK_OWN;
    n->server_address = g_strdup(NETNS_SERVER);
    n->bind = NETNS_SERVER;
    n->browse = LOOPBACK;
}

static void use_loopback(lab_network_t *n)
{
    n->kind = NETWORK_LOOPBACK;
    n->device = "lo";
    n->server_address = g_strdup(LOOPBACK);
    n->bind = LOOPBACK; /* not reachable from other machines */
    n->browse = LOOPBACK;
}

/* The device's first IPv4 address, or loopback's if it has none. */
static char *address_of(const char *device)
{
    char words[INET_ADDRSTRLEN] = LOOPBACK;
    struct ifaddrs *all = NULL, *a;
    if (getifaddrs(&all) != 0)
        return g_strdup(words);
    for (a = all; a; a = a->ifa_next) {
        if (a->ifa_addr && a->ifa_addr->sa_family == AF_INET && strcmp(a->ifa_name, device) == 0) {
            const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)a->ifa_addr;
            inet_ntop(AF_INET, &in->sin_addr, words, sizeof words);
            break;
        }
    }
    freeifaddrs(all);
    return g_strdup(words);
}

static void use_device(lab_network_t *n, const char *device)
{
    n->kind = NETWORK_DEVICE;
    n->device = device;
    n->server_address = address_of(device);
    n->browse = n->server_address;
}

static bool no_device(const char *name, GError **error)
{
    GString *names = g_string_new(NULL);
    struct if_nameindex *devices = if_nameindex();
    for (struct if_nameindex *d = devices; d && d->if_name; d++)
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", d->if_name);
    if (devices)
        if_freenameindex(devices);
    lab_fail(error, LAB_FAILED, T_E_DEVICE,
             LAB_PLACES(LAB_WORDS("device", name), LAB_WORDS("devices", names->str)));
    g_string_free(names, TRUE);
    return false;
}

static bool refused(const lab_network_t *n, lab_livecap_result_t result, const char *why, GError **error)
{
    if (result == LIVECAP_NO_DEVICE)
        return no_device(n->device, error);
    if (result != LIVECAP_NO_RIGHTS)
        return lab_fail(error, LAB_FAILED, T_E_CAPTURE,
                        LAB_PLACES(LAB_WORDS("device", n->device), LAB_WORDS("why", why)));
    char *self = webserver_own_path();
    lab_fail(error, LAB_FAILED, T_E_CAPTURE_RIGHTS,
             LAB_PLACES(LAB_WORDS("device", n->device), LAB_WORDS("why", why), LAB_WORDS("labdump", self)));
    g_free(self);
    return false;
}

bool network_choose(lab_network_t *n, const lab_settings_t *settings, lab_livecap_t *live, GError **error)
{
    char *why = NULL;
    bool automatic = strcmp(settings->network, "auto") == 0, fine;

    if (strcmp(settings->network, "own") == 0) {
        use_own(n);
        return true;
    }
    if (automatic || strcmp(settings->network, "loopback") == 0 || strcmp(settings->network, "lo") == 0)
        use_loopback(n);
    else if (strcmp(settings->network, "any") == 0 || if_nametoindex(settings->network) != 0)
        use_device(n, settings->network);
    else
        return no_device(settings->network, error);
    lab_livecap_result_t result = livecap_open(live, n->device, &why);
    fine = result == LIVECAP_OK;
    if (!fine && automatic) {
        network_clear(n);
        use_own(n);
        n->chosen_by_us = fine = true;
    } else if (!fine) {
        refused(n, result, why, error);
    }
    g_free(why);
    return fine;
}

char *network_filter(const lab_settings_t *settings, const lab_ports_t *ports)
{
    if (settings->filter)
        return g_strdup(settings->filter);
    char *tls = ports->tls
                    ? g_strdup_printf(" or tcp port %u or tcp port %u", ports->tls, ports->tls_scenarios)
                    : g_strdup("");
    char *filter = g_strdup_printf("tcp port %u or tcp port %u or tcp port %u%s%s", ports->server,
                                   ports->closed, ports->slow, tls, settings->dns ? " or port 53" : "");
    g_free(tls);
    return filter;
}

char *network_about(const lab_network_t *n)
{
    switch (n->kind) {
    case NETWORK_OWN:
        return text_with(T_ABOUT_OWN,
                         LAB_PLACES(LAB_WORDS("client", NETNS_CLIENT), LAB_WORDS("server", NETNS_SERVER)));
    case NETWORK_LOOPBACK:
        return g_strdup(text(T_ABOUT_LOOPBACK));
    case NETWORK_DEVICE:
    default:
        return text_with(T_ABOUT_DEVICE, LAB_PLACES(LAB_WORDS("device", n->device)));
    }
}

void network_clear(lab_network_t *n)
{
    g_free(n->server_address);
    *n = (lab_network_t){.kind = NETWORK_OWN};
}
