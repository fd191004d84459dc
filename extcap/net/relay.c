/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OUTER, INNER, SIDES, ROOM = 65536 };

enum {
    MOST_DESCRIPTORS = 4096,
    OTHER_DESCRIPTORS = 32,   /* what labdump has open beside the relay's */
    RETRY_MILLISECONDS = 100, /* after accept4() failed for want of descriptors or memory */
};

typedef struct {
    int fd;
    unsigned watch;
    GIOCondition wanted;
    uint8_t data[ROOM]; /* read here, not yet written to the other side */
    size_t start, length;
    bool ended;  /* nothing more comes from here */
    bool closed; /* nothing more goes to here */
} lab_relay_side_t;

typedef struct {
    lab_relay_t *relay;
    lab_relay_side_t sides[SIDES];
    bool connecting;
} lab_relayed_t;

struct lab_relay {
    int listener;
    unsigned watch; /* 0: not accepting, because there are `most` connections or accept4() failed */
    unsigned retry;
    unsigned most;
    struct sockaddr_in target;
    int (*make_socket)(void *data);
    void *data;
    GHashTable *connections;
    bool stopped;
};

static gboolean on_event(int fd, GIOCondition condition, void *data);
static gboolean on_connection(int fd, GIOCondition condition, void *data);

/* Connections that are not accepted wait in the listener's backlog. Were it polled meanwhile, it would be
 * ready for ever. */
static void accept_or_wait(lab_relay_t *r)
{
    bool room = g_hash_table_size(r->connections) < r->most && !r->retry;
    if (room && !r->watch)
        r->watch = g_unix_fd_add(r->listener, G_IO_IN, on_connection, r);
    if (!room && r->watch) {
        g_source_remove(r->watch);
        r->watch = 0;
    }
}

static gboolean on_retry(void *data)
{
    lab_relay_t *r = data;
    r->retry = 0;
    accept_or_wait(r);
    return G_SOURCE_REMOVE;
}

static void drop(int fd)
{
    struct linger now = {1, 0}; /* makes close() send a RST */
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

static void close_side(lab_relay_side_t *s, bool abort)
{
    if (s->watch)
        g_source_remove(s->watch);
    if (abort)
        drop(s->fd);
    else
        close(s->fd);
}

static void finish(lab_relayed_t *c, bool abort)
{
    lab_relay_t *r = c->relay;
    g_hash_table_steal(r->connections, c);
    for (int i = 0; i < SIDES; i++)
        close_side(&c->sides[i], abort);
    g_free(c);
    if (!r->stopped)
        accept_or_wait(r);
}

/* False if the connection is broken. */
static bool pass_on(lab_relay_side_t *from, lab_relay_side_t *to)
{
    while (from->length > 0) {
        ssize_t n = send(to->fd, from->data + from->start, from->length, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        from->start += (size_t)n;
        from->length -= (size_t)n;
    }
    from->start = 0;
    if (from->ended && !to->closed) {
        shutdown(to->fd, SHUT_WR);
        to->closed = true;
    }
    return true;
}

static bool take_in(lab_relay_side_t *s)
{
    if (s->length > 0 || s->ended)
        return true;
    ssize_t n = recv(s->fd, s->data, ROOM, 0);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    s->start = 0;
    s->length = (size_t)n;
    s->ended = n == 0;
    return true;
}

static GIOCondition wants(const lab_relayed_t *c, int i)
{
    const lab_relay_side_t *s = &c->sides[i], *other = &c->sides[1 - i];
    GIOCondition wanted = 0;
    if (c->connecting)
        return i == INNER ? G_IO_OUT : 0;
    if (!s->ended && s->length == 0)
        wanted |= G_IO_IN;
    if (other->length > 0)
        wanted |= G_IO_OUT;
    return wanted;
}

/* A side to which all was sent, and from which nothing can be taken now, is not polled: it would report a
 * hang-up for ever once the other end has closed too. */
static void rearm(lab_relayed_t *c)
{
    for (int i = 0; i < SIDES; i++) {
        lab_relay_side_t *s = &c->sides[i];
        bool idle = s->closed && (s->ended || s->length > 0);
        GIOCondition wanted = idle ? 0 : wants(c, i) | G_IO_ERR | G_IO_HUP;
        if (wanted == s->wanted)
            continue;
        if (s->watch)
            g_source_remove(s->watch);
        s->watch = wanted ? g_unix_fd_add(s->fd, wanted, on_event, c) : 0;
        s->wanted = wanted;
    }
}

static bool connected(lab_relayed_t *c, GIOCondition condition)
{
    int number = 0;
    socklen_t length = sizeof number;
    if (!(condition & (G_IO_OUT | G_IO_ERR | G_IO_HUP)))
        return true;
    getsockopt(c->sides[INNER].fd, SOL_SOCKET, SO_ERROR, &number, &length);
    c->connecting = false;
    return number == 0;
}

static bool move_data(lab_relayed_t *c, int i, GIOCondition condition)
{
    lab_relay_side_t *s = &c->sides[i], *other = &c->sides[1 - i];
    bool fine = pass_on(other, s);
    /* Data that came before a RST can still be read; the recv() after it reports the RST. */
    if (fine && condition & (G_IO_IN | G_IO_ERR | G_IO_HUP))
        fine = take_in(s);
    return pass_on(s, other) && fine && !(condition & G_IO_ERR);
}

static gboolean on_event(int fd, GIOCondition condition, void *data)
{
    lab_relayed_t *c = data;
    int i = fd == c->sides[OUTER].fd ? OUTER : INNER;
    bool fine = c->connecting && i == INNER ? connected(c, condition) : move_data(c, i, condition);

    if (!fine) {
        finish(c, true);
        return G_SOURCE_CONTINUE; /* finish() has removed us already */
    }
    if (c->sides[OUTER].closed && c->sides[INNER].closed)
        finish(c, false);
    else
        rearm(c);
    return G_SOURCE_CONTINUE;
}

static void no_delay(int fd)
{
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static void carry(lab_relay_t *r, int outer)
{
    int inner = r->make_socket(r->data);
    if (inner < 0) {
        drop(outer);
        return;
    }
    lab_relayed_t *c = g_new0(lab_relayed_t, 1);
    c->relay = r;
    c->connecting = true;
    c->sides[OUTER].fd = outer;
    c->sides[INNER].fd = inner;
    g_hash_table_add(r->connections, c);
    no_delay(outer);
    no_delay(c->sides[INNER].fd);
    if (connect(c->sides[INNER].fd, (struct sockaddr *)&r->target, sizeof r->target) != 0 &&
        errno != EINPROGRESS)
        finish(c, true);
    else
        rearm(c);
}

static gboolean on_connection(int fd, GIOCondition condition, void *data)
{
    lab_relay_t *r = data;
    (void)condition;
    int outer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (outer >= 0)
        carry(r, outer);
    else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        r->retry = g_timeout_add(RETRY_MILLISECONDS, on_retry, r);
    accept_or_wait(r);
    return G_SOURCE_CONTINUE;
}

/* Two descriptors for each connection. */
static unsigned most_connections(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return MOST_DESCRIPTORS / 4;
    if (limit.rlim_cur < MOST_DESCRIPTORS) {
        limit.rlim_cur = MIN(limit.rlim_max, MOST_DESCRIPTORS);
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    rlim_t usable = MIN(limit.rlim_cur, MOST_DESCRIPTORS);
    return usable > OTHER_DESCRIPTORS + 2 ? (unsigned)(usable - OTHER_DESCRIPTORS) / 2 : 1;
}

lab_relay_t *relay_start(int listener, const char *address, unsigned port, int (*make_socket)(void *),
                         void *data)
{
    lab_relay_t *r = g_new0(lab_relay_t, 1);
    r->listener = listener;
    r->target.sin_family = AF_INET;
    r->target.sin_port = htons((uint16_t)port);
    inet_pton(AF_INET, address, &r->target.sin_addr);
    r->make_socket = make_socket;
    r->data = data;
    r->connections = g_hash_table_new(NULL, NULL);
    r->most = most_connections();
    accept_or_wait(r);
    return r;
}

void relay_stop(lab_relay_t *r)
{
    GHashTableIter all;
    void *c;
    if (!r)
        return;
    r->stopped = true;
    if (r->watch)
        g_source_remove(r->watch);
    if (r->retry)
        g_source_remove(r->retry);
    close(r->listener);
    for (g_hash_table_iter_init(&all, r->connections); g_hash_table_iter_next(&all, &c, NULL);
         g_hash_table_iter_init(&all, r->connections))
        finish(c, true);
    g_hash_table_unref(r->connections);
    g_free(r);
}
