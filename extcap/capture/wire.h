/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link between client and server: reads a frame from one end, records it, writes it to the other end. */
#ifndef LABDUMP_WIRE_H
#define LABDUMP_WIRE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "recorder.h"

typedef struct {
    int fds[2]; /* the ends; closed by wire_stop() */
    unsigned watches[2];
    lab_recorder_t *recorder;
    uint64_t newest; /* timestamp of the last frame, nanoseconds */
} lab_wire_t;

/* Starts forwarding from the main loop. The caller has set fds. */
void wire_start(lab_wire_t *wire, lab_recorder_t *recorder);

/* Leaves the frames where they are, or goes on forwarding. Senders notice: the link's queue fills up. */
void wire_pause(lab_wire_t *wire, bool pause);

/* Forwards the frames that are waiting now. True if there was one. */
bool wire_pump(lab_wire_t *wire);

void wire_stop(lab_wire_t *wire);

#endif
