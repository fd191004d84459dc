/*
 * The way in for a browser outside: connections to a listener on the host's 127.0.0.1 are carried on, octet
 * by octet, over connections of their own inside the client's namespace. The end of a direction (FIN) and an
 * abort (RST) are passed on as such.
 */
#ifndef LABDUMP_RELAY_H
#define LABDUMP_RELAY_H

#include <glib.h>

struct relay;

/*
 * Accepts from the main loop on listener, which it then owns, and carries on to address:port.
 * make_socket(data) yields a fresh non-blocking TCP socket in the right namespace, or -1.
 */
struct relay *relay_start(int listener, const char *address, guint port, int (*make_socket)(gpointer),
                          gpointer data);

/* Aborts what is still open and frees it (NULL is fine). */
void relay_stop(struct relay *relay);

#endif
