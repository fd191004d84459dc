/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "annotator.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "pcapng.h"

enum {
    PACKET = 6, /* type of an Enhanced Packet Block */
    FINISH_SECONDS = 10,
    /* tshark reads a pipe in blocks of 4096 bytes and looks one block ahead. After a pause it gets a block of
     * nothing behind the last packet, so that it does not wait. */
    PAUSE_MILLISECONDS = 20,
    PADDING = 8192,
    PADDING_TYPE = 0x8C4142FF, /* in the range for local use; Wireshark passes it over */
};

/* What stands between the values of one field. */
#define BETWEEN "\x1f"

struct lab_annotator {
    lab_writer_t *writer;
    int to, from;
    unsigned to_watch, from_watch, pause;
    GByteArray *out; /* for tshark */
    GQueue *blocks;  /* GByteArray *: not yet in the writer, a packet at the head */
    size_t kept;     /* bytes of these */
    GString *heard;  /* the line so far */
    bool over;       /* tshark has ended */
};

char **annotator_command(const char *tshark, const char *language, unsigned port)
{
    char *http = g_strdup_printf("tcp.port==%u,http", port);
    char *lab = g_strdup_printf("lab.language:%s", language ? language : "auto");
    const char *const words[] = {tshark,
                                 "-l",
                                 "-n",
                                 "-r",
                                 "-",
                                 "-d",
                                 http,
                                 "-o",
                                 lab,
                                 "-T",
                                 "fields",
                                 "-E",
                                 "separator=/t",
                                 "-E",
                                 "aggregator=" BETWEEN,
                                 "-e",
                                 "frame.number",
                                 "-e",
                                 "lab.note",
                                 "-e",
                                 "lab.role",
                                 "-e",
                                 "lab.state.client",
                                 "-e",
                                 "lab.state.server",
                                 NULL};
    char **copy = g_strdupv((char **)words);
    g_free(http);
    g_free(lab);
    return copy;
}

char *annotator_comment(const char *line)
{
    enum { NUMBER, NOTE, ROLE, CLIENT, SERVER, FIELDS };
    char **f = g_strsplit(line, "\t", FIELDS);
    GString *words = NULL;
    if (g_strv_length(f) == FIELDS && *f[NOTE]) {
        words = g_string_new("Lab: ");
        char **notes = g_strsplit(f[NOTE], BETWEEN, -1), **roles = g_strsplit(f[ROLE], BETWEEN, -1);
        char *note = g_strjoinv("\n", notes), *role = g_strjoinv(", ", roles);
        g_string_append(words, note);
        if (!notes[1] && *f[CLIENT])
            g_string_append_printf(words, " [%s; client %s, server %s]", role, f[CLIENT], f[SERVER]);
        g_strfreev(notes);
        g_strfreev(roles);
        g_free(note);
        g_free(role);
    }
    g_strfreev(f);
    return words ? g_string_free(words, FALSE) : NULL;
}

static uint32_t number_at(const GByteArray *bytes, unsigned offset)
{
    uint32_t number;
    memcpy(&number, bytes->data + offset, sizeof number);
    return number;
}

static bool is_packet(const GByteArray *block)
{
    return number_at(block, 0) == PACKET;
}

static void pass_on(lab_annotator_t *a, GByteArray *block, const char *comment)
{
    a->kept -= block->len;
    if (comment)
        pcapng_add_comment(block, comment);
    g_byte_array_append(writer_output(a->writer), block->data, block->len);
    g_byte_array_unref(block);
}

/* What stands in front of the next packet need not wait. */
static void pass_others(lab_annotator_t *a)
{
    while (a->blocks->head && (a->over || !is_packet(a->blocks->head->data)))
        pass_on(a, g_queue_pop_head(a->blocks), NULL);
}

static void send_out(lab_annotator_t *a);

static gboolean on_room(int fd, GIOCondition condition, void *data)
{
    lab_annotator_t *a = data;
    (void)fd, (void)condition;
    a->to_watch = 0;
    send_out(a);
    return G_SOURCE_REMOVE;
}

static void send_out(lab_annotator_t *a)
{
    while (a->out->len && a->to >= 0) {
        ssize_t n = write(a->to, a->out->data, a->out->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN)
            g_byte_array_set_size(a->out, 0); /* tshark is gone; its end is noticed elsewhere */
        if (n < 0)
            break;
        g_byte_array_remove_range(a->out, 0, (unsigned)n);
    }
    if (a->out->len && !a->to_watch)
        a->to_watch = g_unix_fd_add(a->to, G_IO_OUT, on_room, a);
}

static void pad(lab_annotator_t *a)
{
    uint32_t head[] = {PADDING_TYPE, PADDING}, length = PADDING;
    uint8_t block[PADDING] = {0};
    memcpy(block, head, sizeof head);
    memcpy(block + PADDING - sizeof length, &length, sizeof length);
    g_byte_array_append(a->out, block, sizeof block);
    send_out(a);
}

static gboolean on_pause(void *data)
{
    lab_annotator_t *a = data;
    a->pause = 0;
    if (a->blocks->head && !a->out->len)
        pad(a);
    return G_SOURCE_REMOVE;
}

/* The writer's filter: whole blocks, as labdump made them. Returns how many bytes are held. */
static size_t take(GByteArray *raw, void *data)
{
    lab_annotator_t *a = data;
    unsigned at = 0;
    while (at + 12 <= raw->len) {
        unsigned length = number_at(raw, at + 4);
        GByteArray *block = g_byte_array_sized_new(length);
        g_byte_array_append(block, raw->data + at, length);
        g_queue_push_tail(a->blocks, block);
        a->kept += length;
        at += length;
    }
    if (at && !a->over) {
        g_byte_array_append(a->out, raw->data, at);
        send_out(a);
        if (!a->pause)
            a->pause = g_timeout_add(PAUSE_MILLISECONDS, on_pause, a);
    }
    g_byte_array_set_size(raw, 0);
    pass_others(a);
    return a->kept;
}

static void take_line(lab_annotator_t *a, const char *line)
{
    char *comment = annotator_comment(line);
    if (a->blocks->head)
        pass_on(a, g_queue_pop_head(a->blocks), comment);
    pass_others(a);
    g_free(comment);
}

/* False at the end. */
static bool hear(lab_annotator_t *a)
{
    char part[16384], *end;
    ssize_t n = read(a->from, part, sizeof part);
    if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    g_string_append_len(a->heard, part, n);
    char *line = a->heard->str;
    for (; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        take_line(a, line);
    }
    g_string_erase(a->heard, 0, line - a->heard->str);
    return true;
}

static gboolean on_line(int fd, GIOCondition condition, void *data)
{
    lab_annotator_t *a = data;
    (void)fd, (void)condition;
    bool open = hear(a);
    if (!open) {
        a->over = true;
        a->from_watch = 0;
        pass_others(a);
    }
    writer_flush(a->writer);
    return open;
}

static void not_wait(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

lab_annotator_t *annotator_start(lab_writer_t *writer, int to, int from)
{
    lab_annotator_t *a = g_new0(lab_annotator_t, 1);
    a->writer = writer;
    a->to = to;
    a->from = from;
    not_wait(to);
    not_wait(from);
    a->out = g_byte_array_new();
    a->blocks = g_queue_new();
    a->heard = g_string_new(NULL);
    a->from_watch = g_unix_fd_add(from, G_IO_IN | G_IO_HUP, on_line, a);
    writer_filter(writer, take, a);
    return a;
}

/* Until everything is sent and tshark, which then reads its end, has said the last line. */
static void wait_for_tshark(lab_annotator_t *a)
{
    int64_t deadline = g_get_monotonic_time() + FINISH_SECONDS * G_USEC_PER_SEC;
    while (!a->over && g_get_monotonic_time() < deadline) {
        send_out(a);
        if (!a->out->len && a->to >= 0) {
            if (a->to_watch)
                g_source_remove(a->to_watch);
            a->to_watch = 0;
            close(a->to);
            a->to = -1;
        }
        struct pollfd waiting[2] = {{a->from, POLLIN, 0}, {a->to, a->out->len ? POLLOUT : 0, 0}};
        poll(waiting, 2, 100);
        if (waiting[0].revents)
            a->over = !hear(a);
    }
}

void annotator_finish(lab_annotator_t *a)
{
    if (!a)
        return;
    writer_flush(a->writer);
    wait_for_tshark(a);
    a->over = true;
    pass_others(a);
    writer_filter(a->writer, NULL, NULL);
    for (unsigned *watch[] = {&a->to_watch, &a->from_watch, &a->pause, NULL}, **w = watch; *w; w++)
        if (**w)
            g_source_remove(**w);
    if (a->to >= 0)
        close(a->to);
    close(a->from);
    g_byte_array_unref(a->out);
    g_queue_free(a->blocks);
    g_string_free(a->heard, TRUE);
    g_free(a);
}
