/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network that a capture runs on: of its own, loopback or a device. */
#ifndef LABDUMP_NETWORK_H
#define LABDUMP_NETWORK_H

#include <glib.h>
#include <stdbool.h>

#include "livecap.h"
#include "settings.h"
#include "ports.h"

typedef enum { NETWORK_OWN, NETWORK_LOOPBACK, NETWORK_DEVICE } lab_network_kind_t;

typedef struct {
    lab_network_kind_t kind;
    bool chosen_by_us;    /* auto, and loopback was not allowed */
    const char *device;   /* to capture on; NULL for an own network */
    char *server_address; /* as the client sees it */
    const char *bind;     /* the server's --bind; NULL: all addresses */
    const char *browse;   /* the address for a browser on this machine */
} lab_network_t;

/* Chooses the network, and opens the live capture unless it is a network of its own. False and *error if the
 * network that was asked for cannot be captured on. Free with network_clear(). */
bool network_choose(lab_network_t *network, const lab_settings_t *settings, lab_livecap_t *live,
                    GError **error);

/* The filter for a live capture: the one of the settings, else the session's ports (and DNS). To be freed. */
char *network_filter(const lab_settings_t *settings, const lab_ports_t *ports);

/* One sentence about the network for the comment in the capture, to be freed. */
char *network_about(const lab_network_t *network);

void network_clear(lab_network_t *network);

#endif
