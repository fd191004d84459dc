/* The wire between client and server: takes a frame from one end, records it, hands it to the other end. */
#ifndef LABDUMP_WIRE_H
#define LABDUMP_WIRE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "recorder.h"

typedef struct {
    int fds[2];
    unsigned watches[2];
    lab_recorder_t *recorder;
    uint64_t newest; /* timestamp of the last frame, nanoseconds */
} lab_wire_t;

/* Starts forwarding from the main loop; owns both descriptors from now on. */
void wire_start(lab_wire_t *wire, const int fds[2], lab_recorder_t *recorder);

/* Forwards what is waiting now. True if there was anything. */
bool wire_pump(lab_wire_t *wire);

void wire_stop(lab_wire_t *wire);

#endif
