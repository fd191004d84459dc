/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTPS in a session: the ports for it, the way in for a browser on this machine, and the server's secrets.
 */
#ifndef LABDUMP_HTTPS_H
#define LABDUMP_HTTPS_H

#include <glib.h>
#include <stdbool.h>

#include "keeper.h"
#include "network.h"
#include "relay.h"
#include "secrets.h"
#include "settings.h"

typedef struct {
    int holds[2];           /* listeners on the host's loopback, for the relays; -1: none */
    lab_relay_t *relays[2]; /* to the port of HTTPS and to that of its scenarios */
    int keys, keys_in;      /* the pipe with the secrets: our end, the server's; -1: none */
} lab_https_t;

/* Chooses the ports that labserver needs for HTTPS, and makes the pipe. Does nothing unless HTTPS is wanted.
 */
bool https_choose(lab_https_t *https, const lab_settings_t *settings, const lab_network_t *network,
                  lab_ports_t *ports, GError **error);

/* The server's end of the pipe is the keeper's from now on: it is closed here. */
void https_started(lab_https_t *https);

/* The server listens: browsers on this machine can get in. */
void https_relay(lab_https_t *https, const lab_ports_t *ports, int (*make_socket)(void *), void *data);

/* Whoever puts the secrets into the capture; NULL: nobody. */
lab_secrets_t *https_secrets(lab_https_t *https, lab_writer_t *writer, int link_type,
                             const lab_ports_t *ports);

void https_end(lab_https_t *https);

#endif
