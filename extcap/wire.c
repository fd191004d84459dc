#include "wire.h"

#include <glib-unix.h>
#include <net/ethernet.h>
#include <time.h>
#include <unistd.h>

enum { FRAME_ROOM = 65536, BATCH = 64 };

/* The clock may be set back while we run; time in a capture should not. */
static guint64 timestamp(struct wire *w)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    guint64 t = (guint64)now.tv_sec * 1000000000u + (guint64)now.tv_nsec;
    w->newest = MAX(t, w->newest);
    return w->newest;
}

/* Both ends announce themselves in IPv6 unasked; the network has no IPv6, so that is only noise. */
static gboolean is_noise(const guint8 *frame, ssize_t length)
{
    return length < ETHER_HDR_LEN || ((frame[12] << 8 | frame[13]) == ETHERTYPE_IPV6);
}

static int forward(struct wire *w, int from)
{
    static guint8 frame[FRAME_ROOM];
    int count = 0;
    ssize_t n;

    while (count < BATCH && (n = read(w->fds[from], frame, sizeof frame)) > 0) {
        count++;
        if (is_noise(frame, n))
            continue;
        recorder_packet(w->recorder, timestamp(w), frame, (guint)n, (guint)n);
        if (write(w->fds[1 - from], frame, (size_t)n) < 0)
            continue; /* as on any wire: it is lost, and TCP sees to it */
    }
    return count;
}

static gboolean on_frame(gint fd, GIOCondition condition, gpointer data)
{
    struct wire *w = data;
    int from = fd == w->fds[0] ? 0 : 1;
    if (forward(w, from) == 0 && (condition & G_IO_HUP)) {
        w->watches[from] = 0;
        return G_SOURCE_REMOVE;
    }
    writer_flush(w->recorder->writer);
    return G_SOURCE_CONTINUE;
}

void wire_start(struct wire *w, const int fds[2], struct recorder *recorder)
{
    w->recorder = recorder;
    for (int i = 0; i < 2; i++) {
        w->fds[i] = fds[i];
        w->watches[i] = g_unix_fd_add(fds[i], G_IO_IN, on_frame, w);
    }
}

gboolean wire_pump(struct wire *w)
{
    int count = forward(w, 0) + forward(w, 1);
    writer_flush(w->recorder->writer);
    return count > 0;
}

void wire_stop(struct wire *w)
{
    for (int i = 0; i < 2; i++) {
        if (w->watches[i])
            g_source_remove(w->watches[i]);
        close(w->fds[i]);
    }
}
