/* The socket that the server listens on, and the addresses that people can type. */
#ifndef LABSERVER_LISTEN_H
#define LABSERVER_LISTEN_H

#include <glib.h>
#include <stdbool.h>

/* Listens on ADDRESS (numeric; "::" takes IPv4 too, and falls back to it where IPv6 is missing) and *PORT,
 * which becomes the real one if it was 0. The descriptor, or -1 with the reason on standard error. *WRONG_USE
 * tells a bad address from a failure. */
int listen_open(const char *address, unsigned *port, bool *wrong_use);

/* Prints "labserver: listening on port N" and the URLs that lead to the COUNT sockets FDS, and flushes. On a
 * terminal, or if QR is true, a QR code of the first URL that other computers can use follows. */
void listen_announce(const int *fds, unsigned count, unsigned port, bool qr);

#endif
