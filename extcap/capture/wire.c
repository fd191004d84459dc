/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire.h"

#include <glib-unix.h>
#include <net/ethernet.h>
#include <time.h>
#include <unistd.h>

enum { FRAME_ROOM = 65536, BATCH = 64 };

/* Nanoseconds since 1970. Never less than before, even if the system clock is set back. */
static uint64_t timestamp(lab_wire_t *w)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t t = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    w->newest = MAX(t, w->newest);
    return w->newest;
}

/* Both ends send IPv6 neighbour discovery by themselves. The network has no IPv6, so these frames are
 * dropped. */
static bool is_noise(const uint8_t *frame, ssize_t length)
{
    return length < ETHER_HDR_LEN || ((frame[12] << 8 | frame[13]) == ETHERTYPE_IPV6);
}

static int forward(lab_wire_t *w, int from)
{
    static uint8_t frame[FRAME_ROOM];
    int count = 0;
    ssize_t n;

    while (count < BATCH && (n = read(w->fds[from], frame, sizeof frame)) > 0) {
        count++;
        if (is_noise(frame, n))
            continue;
        recorder_packet(w->recorder, timestamp(w), frame, (unsigned)n, (unsigned)n);
        if (write(w->fds[1 - from], frame, (size_t)n) < 0)
            continue; /* dropped, as on a real wire; TCP retransmits */
    }
    return count;
}

static gboolean on_frame(int fd, GIOCondition condition, void *data)
{
    lab_wire_t *w = data;
    int from = fd == w->fds[0] ? 0 : 1;
    if (forward(w, from) == 0 && (condition & G_IO_HUP)) {
        w->watches[from] = 0;
        return G_SOURCE_REMOVE;
    }
    writer_flush(w->recorder->writer);
    return G_SOURCE_CONTINUE;
}

void wire_start(lab_wire_t *w, lab_recorder_t *recorder)
{
    w->recorder = recorder;
    wire_pause(w, false);
}

void wire_pause(lab_wire_t *w, bool pause)
{
    for (int i = 0; i < 2; i++) {
        if (w->watches[i])
            g_source_remove(w->watches[i]);
        w->watches[i] = pause ? 0 : g_unix_fd_add(w->fds[i], G_IO_IN, on_frame, w);
    }
}

bool wire_pump(lab_wire_t *w)
{
    int count = forward(w, 0) + forward(w, 1);
    writer_flush(w->recorder->writer);
    return count > 0;
}

void wire_stop(lab_wire_t *w)
{
    for (int i = 0; i < 2; i++) {
        if (w->watches[i])
            g_source_remove(w->watches[i]);
        close(w->fds[i]);
    }
}
