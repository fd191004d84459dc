/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "texts.h"

enum {
    READER_SECONDS = 30,
    POLL_MILLISECONDS = 10,
    /* Bytes in the queue above which capturing stops until the reader has caught up. */
    QUEUE_LIMIT = 64 << 20,
    CLOSE_MILLISECONDS = 10000, /* for the reader to take the rest; Wireshark itself waits 30 s */
    STALL_MILLISECONDS = 2000,  /* for it to take anything at all */
};

struct lab_writer {
    int fd;
    GByteArray *queue;
    GByteArray *raw; /* queued, and not yet filtered */
    size_t (*filter)(GByteArray *queued, void *data);
    void *filter_data;
    size_t kept;   /* bytes that the filter holds */
    unsigned done; /* bytes at the front of the queue that are written */
    bool broken;
    bool held;
    bool full; /* as it was told last */
    unsigned lost_watch;
    unsigned room_watch;
    const lab_writer_events_t *events;
    void *data;
    int error; /* of writing, not EPIPE; 0 = none */
};

static int open_waiting(const char *path, int stop_fd)
{
    int64_t deadline = g_get_monotonic_time() + (int64_t)READER_SECONDS * G_USEC_PER_SEC;
    while (g_get_monotonic_time() < deadline) {
        int fd = open(path, O_WRONLY | O_NONBLOCK | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != ENXIO)
            return fd;
        struct pollfd stop = {stop_fd, POLLIN, 0};
        if (poll(&stop, 1, POLL_MILLISECONDS) > 0)
            break;
    }
    errno = ENXIO;
    return -1;
}

static int open_output(const char *path, int stop_fd)
{
    if (strcmp(path, "-") != 0)
        return open_waiting(path, stop_fd);
    int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (fd >= 0)
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return fd;
}

lab_writer_t *writer_open(const char *path, int stop_fd, GError **error)
{
    int fd = open_output(path, stop_fd);
    if (fd < 0 && errno == ENXIO) {
        lab_fail(error, LAB_FAILED, T_E_FIFO_READER,
                 LAB_PLACES(LAB_WORDS("file", path), LAB_NUMBER("seconds", READER_SECONDS)));
        return NULL;
    }
    if (fd < 0) {
        lab_fail(error, LAB_FAILED, T_E_FIFO,
                 LAB_PLACES(LAB_WORDS("file", path), LAB_WORDS("why", text_errno(errno))));
        return NULL;
    }
    lab_writer_t *w = g_new0(lab_writer_t, 1);
    w->fd = fd;
    w->queue = g_byte_array_new();
    w->raw = g_byte_array_new();
    return w;
}

GByteArray *writer_queue(lab_writer_t *w)
{
    return w->filter ? w->raw : w->queue;
}

GByteArray *writer_output(lab_writer_t *w)
{
    return w->queue;
}

void writer_filter(lab_writer_t *w, size_t (*filter)(GByteArray *queued, void *data), void *data)
{
    w->filter = filter;
    w->filter_data = data;
    w->kept = 0;
}

static gboolean report_lost(void *data)
{
    lab_writer_t *w = data;
    if (w->events)
        w->events->lost(w->data);
    return G_SOURCE_REMOVE;
}

static void mark_broken(lab_writer_t *w)
{
    if (w->broken)
        return;
    w->broken = true;
    g_idle_add(report_lost, w);
}

static gboolean on_lost(int fd, GIOCondition condition, void *data)
{
    lab_writer_t *w = data;
    (void)fd, (void)condition;
    w->lost_watch = 0;
    mark_broken(w);
    return G_SOURCE_REMOVE;
}

void writer_watch(lab_writer_t *w, const lab_writer_events_t *events, void *data)
{
    w->events = events;
    w->data = data;
    w->lost_watch = g_unix_fd_add(w->fd, G_IO_ERR, on_lost, w);
}

/* One write(); false when there is nothing more to be done for now. */
static bool write_some(lab_writer_t *w)
{
    if (w->broken || w->held || w->done == w->queue->len)
        return false;
    ssize_t n = write(w->fd, w->queue->data + w->done, w->queue->len - w->done);
    if (n < 0 && errno == EINTR)
        return true;
    if (n < 0) {
        if (errno == EAGAIN)
            return false;
        w->error = errno == EPIPE ? 0 : errno;
        mark_broken(w);
        return false;
    }
    w->done += (unsigned)n;
    return true;
}

static void compact(lab_writer_t *w)
{
    if (w->broken || w->done == w->queue->len)
        g_byte_array_set_size(w->queue, 0);
    else if (w->done < w->queue->len / 2)
        return;
    else
        g_byte_array_remove_range(w->queue, 0, w->done);
    w->done = 0;
}

static unsigned waiting(const lab_writer_t *w)
{
    return w->queue->len - w->done;
}

static void tell_pressure(lab_writer_t *w)
{
    bool full = waiting(w) + w->kept > (w->full ? QUEUE_LIMIT / 2 : QUEUE_LIMIT);
    if (full == w->full || !w->events)
        return;
    w->full = full;
    w->events->pressure(w->data, full);
}

static gboolean on_room(int fd, GIOCondition condition, void *data)
{
    lab_writer_t *w = data;
    (void)fd, (void)condition;
    while (write_some(w))
        ;
    compact(w);
    tell_pressure(w);
    if (w->queue->len > 0)
        return G_SOURCE_CONTINUE;
    w->room_watch = 0;
    return G_SOURCE_REMOVE;
}

void writer_flush(lab_writer_t *w)
{
    if (w->filter)
        w->kept = w->filter(w->raw, w->filter_data);
    while (write_some(w))
        ;
    compact(w);
    tell_pressure(w);
    if (w->queue->len > 0 && !w->room_watch && !w->held)
        w->room_watch = g_unix_fd_add(w->fd, G_IO_OUT, on_room, w);
}

void writer_hold(lab_writer_t *w, bool hold)
{
    w->held = hold;
    if (!hold)
        writer_flush(w);
}

static bool readable(int fd)
{
    struct pollfd asked = {fd, POLLIN, 0};
    return poll(&asked, 1, 0) > 0;
}

/* Until the reader has taken everything, or a limit of time is over. */
static void wait_for_reader(lab_writer_t *w, int stop_fd)
{
    int64_t start = g_get_monotonic_time(), taken = start, now = start;
    while (!w->broken && waiting(w) > 0 && now - start < 1000ll * CLOSE_MILLISECONDS &&
           now - taken < 1000ll * STALL_MILLISECONDS && !readable(stop_fd)) {
        unsigned before = waiting(w);
        struct pollfd either[2] = {{w->fd, POLLOUT, 0}, {stop_fd, POLLIN, 0}};
        poll(either, 2, 100);
        while (write_some(w))
            ;
        now = g_get_monotonic_time();
        if (waiting(w) < before)
            taken = now;
    }
}

lab_writer_end_t writer_finish(lab_writer_t *w, int stop_fd)
{
    if (w->held)
        return WRITER_DONE;
    wait_for_reader(w, stop_fd);
    if (w->broken)
        return WRITER_NOBODY;
    return waiting(w) > 0 ? WRITER_STALLED : WRITER_DONE;
}

int writer_error(const lab_writer_t *w)
{
    return w->error;
}

void writer_close(lab_writer_t *w)
{
    g_idle_remove_by_data(w);
    if (w->lost_watch)
        g_source_remove(w->lost_watch);
    if (w->room_watch)
        g_source_remove(w->room_watch);
    close(w->fd);
    g_byte_array_unref(w->queue);
    g_byte_array_unref(w->raw);
    g_free(w);
}

void writer_let_go(const char *path)
{
    for (int tries = 0; tries < 20; tries++) {
        int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd >= 0)
            close(fd);
        if (fd >= 0 || errno != ENXIO)
            return;
        g_usleep(25000);
    }
}
