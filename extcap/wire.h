/* The wire between client and server: takes a frame from one end, records it, hands it to the other end. */
#ifndef LABDUMP_WIRE_H
#define LABDUMP_WIRE_H

#include <glib.h>

#include "recorder.h"

struct wire {
    int fds[2];
    guint watches[2];
    struct recorder *recorder;
    guint64 newest; /* timestamp of the last frame, nanoseconds */
};

/* Starts forwarding from the main loop; owns both descriptors from now on. */
void wire_start(struct wire *wire, const int fds[2], struct recorder *recorder);

/* Forwards what is waiting now. TRUE if there was anything. */
gboolean wire_pump(struct wire *wire);

void wire_stop(struct wire *wire);

#endif
