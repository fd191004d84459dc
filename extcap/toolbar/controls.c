/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "controls.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

/* 'T', the length of what follows in 3 bytes, the number of the control, the command, then the payload. */
enum { HEAD = 6, MARK = 'T', MOST_PAYLOAD = PIPE_BUF - HEAD - 90, AWAIT_MILLISECONDS = 5000 };

struct lab_controls {
    int in, out;
    unsigned watch;
    GByteArray *heard;
    void (*received)(unsigned number, unsigned command, const char *payload, void *data);
    void *data;
    bool initialized;
};

/* For reading and writing, so that neither opening nor writing waits for the other end. */
static int open_pipe(const char *path)
{
    return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

lab_controls_t *controls_open(const char *in, const char *out)
{
    if (!in || !out)
        return NULL;
    lab_controls_t *c = g_new0(lab_controls_t, 1);
    c->in = open_pipe(in);
    c->out = open_pipe(out);
    c->heard = g_byte_array_new();
    return c;
}

static void take_message(lab_controls_t *c, size_t length)
{
    const uint8_t *m = c->heard->data;
    char *payload = g_strndup((const char *)m + HEAD, length - HEAD);
    c->initialized |= m[5] == CONTROL_INITIALIZED;
    if (c->received)
        c->received(m[4], m[5], payload, c->data);
    g_free(payload);
}

static void take_messages(lab_controls_t *c)
{
    while (c->heard->len >= HEAD) {
        const uint8_t *m = c->heard->data;
        size_t length = 4 + ((size_t)m[1] << 16 | (size_t)m[2] << 8 | m[3]);
        if (m[0] != MARK || length < HEAD) { /* not a message: the next one is looked for */
            g_byte_array_remove_range(c->heard, 0, 1);
            continue;
        }
        if (c->heard->len < length)
            return;
        take_message(c, length);
        g_byte_array_remove_range(c->heard, 0, (unsigned)length);
    }
}

static gboolean on_message(int fd, GIOCondition condition, void *data)
{
    lab_controls_t *c = data;
    uint8_t part[4096];
    ssize_t n = read(fd, part, sizeof part);
    (void)condition;
    if (n > 0) {
        g_byte_array_append(c->heard, part, (unsigned)n);
        take_messages(c);
    }
    return G_SOURCE_CONTINUE;
}

void controls_listen(lab_controls_t *c,
                     void (*received)(unsigned number, unsigned command, const char *payload, void *data),
                     void *data)
{
    if (!c || c->in < 0)
        return;
    c->received = received;
    c->data = data;
    c->watch = g_unix_fd_add(c->in, G_IO_IN, on_message, c);
}

void controls_send(lab_controls_t *c, unsigned number, unsigned command, const char *payload, size_t length)
{
    if (!c || c->out < 0)
        return;
    length = MIN(length, MOST_PAYLOAD);
    uint8_t head[HEAD] = {
        MARK, 0, (uint8_t)((length + 2) >> 8), (uint8_t)(length + 2), (uint8_t)number, (uint8_t)command};
    GByteArray *message = g_byte_array_new();
    g_byte_array_append(message, head, sizeof head);
    g_byte_array_append(message, (const uint8_t *)payload, (unsigned)length);
    /* Not more than PIPE_BUF: whole or not at all, see pipe(7). */
    if (write(c->out, message->data, message->len) < 0)
        g_debug("toolbar: a message was lost");
    g_byte_array_unref(message);
}

void controls_await(lab_controls_t *c, int stop_fd)
{
    if (!c || c->in < 0)
        return;
    int64_t deadline = g_get_monotonic_time() + 1000ll * AWAIT_MILLISECONDS;
    while (!c->initialized && g_get_monotonic_time() < deadline) {
        struct pollfd either[2] = {{c->in, POLLIN, 0}, {stop_fd, POLLIN, 0}};
        poll(either, 2, 100);
        if (either[1].revents)
            return;
        if (either[0].revents)
            on_message(c->in, G_IO_IN, c);
    }
}

void controls_close(lab_controls_t *c)
{
    if (!c)
        return;
    if (c->watch)
        g_source_remove(c->watch);
    if (c->in >= 0)
        close(c->in);
    if (c->out >= 0)
        close(c->out);
    g_byte_array_unref(c->heard);
    g_free(c);
}
