/* Which network a capture runs on, and what follows from it. */
#ifndef LABDUMP_NETWORK_H
#define LABDUMP_NETWORK_H

#include <glib.h>

#include "livecap.h"
#include "options.h"
#include "ports.h"

enum network_kind { NETWORK_OWN, NETWORK_LOOPBACK, NETWORK_DEVICE };

struct network {
    enum network_kind kind;
    gboolean chosen_by_us; /* auto, and loopback was not allowed */
    const char *device;    /* to capture on; NULL for an own network */
    char *server_address;  /* as the client sees it */
    const char *bind;      /* the server's --bind; NULL: all addresses */
    const char *browse;    /* the address for a browser on this machine */
};

/*
 * Decides, and opens the live capture unless it is an own network. FALSE and *error if the network that was
 * asked for cannot be captured on. Free with network_clear().
 */
gboolean network_choose(struct network *network, const struct options *options, struct livecap *live,
                        GError **error);

/* The filter for a live capture: the person's own, else the session's ports (and DNS). To be freed. */
char *network_filter(const struct options *options, const struct ports *ports);

/* One sentence about it for the capture's comment, to be freed. */
char *network_about(const struct network *network);

void network_clear(struct network *network);

#endif
