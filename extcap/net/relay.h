/*
 * The way in for a browser outside: connections to a listener on the host's 127.0.0.1 are carried on, octet
 * by octet, over connections of their own inside the client's namespace. The end of a direction (FIN) and an
 * abort (RST) are passed on as such.
 */
#ifndef LABDUMP_RELAY_H
#define LABDUMP_RELAY_H

#include <glib.h>

typedef struct lab_relay lab_relay_t;

/*
 * Accepts from the main loop on listener, which it then owns, and carries on to address:port.
 * make_socket(data) yields a fresh non-blocking TCP socket in the right namespace, or -1.
 */
lab_relay_t *relay_start(int listener, const char *address, unsigned port, int (*make_socket)(void *),
                         void *data);

/* Aborts what is still open and frees it (NULL is fine). */
void relay_stop(lab_relay_t *relay);

#endif
