/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For a browser outside of the network of its own: a connection to the listener on the host's 127.0.0.1 is
 * relayed over a second connection, made in the client's namespace. A FIN and a RST are passed on as such.
 * Further connections wait when there are as many as half of the descriptors that this process may have, 2032
 * at most. */
#ifndef LABDUMP_RELAY_H
#define LABDUMP_RELAY_H

#include <glib.h>

typedef struct lab_relay lab_relay_t;

/* Accepts from the main loop on `listener`, which it owns from now on, and relays to address:port.
 * make_socket(data) returns a new non-blocking TCP socket in the client's namespace, or -1. */
lab_relay_t *relay_start(int listener, const char *address, unsigned port, int (*make_socket)(void *),
                         void *data);

/* Aborts what is still open and frees it (NULL is fine). */
void relay_stop(lab_relay_t *relay);

#endif
