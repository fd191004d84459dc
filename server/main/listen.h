/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listen.h - the socket that the server listens on, and the URLs that lead to it. */
#ifndef LABSERVER_LISTEN_H
#define LABSERVER_LISTEN_H

#include <glib.h>
#include <stdbool.h>

/* Listens on `address` and `*port`, which becomes the real port if it was 0. The address is numeric; "::"
 * takes IPv4 too, and becomes 0.0.0.0 where IPv6 is missing. `option` is the one that names the port, as it
 * stands before a number. Returns the descriptor, or -1 with the reason on standard error; `*wrong_use` is
 * then true if the address is bad. */
int listen_open(const char *address, const char *option, unsigned *port, bool *wrong_use);

/* Sockets with the same port. */
typedef struct {
    const int *fds;
    unsigned count;
    unsigned port;
} listen_sockets_t;

/* Prints "labserver: listening on port N" (in the chosen language) and the URLs that lead to the sockets of
 * HTTP, then those of HTTPS (which may be none) and the file of the authority that clients can trust (NULL:
 * none), and flushes. On a terminal, or if `qr` is true, the first URL that other computers can use follows
 * as a QR code. */
void listen_announce(const listen_sockets_t *http, const listen_sockets_t *https, const char *authority,
                     bool qr);

#endif
