#include "relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OUTER, INNER, SIDES, ROOM = 65536 };

struct side {
    int fd;
    guint watch;
    GIOCondition wanted;
    guint8 data[ROOM]; /* read here, not yet written to the other side */
    gsize start, length;
    gboolean ended;  /* nothing more comes from here */
    gboolean closed; /* nothing more goes to here */
};

struct connection {
    struct relay *relay;
    struct side sides[SIDES];
    gboolean connecting;
};

struct relay {
    int listener;
    guint watch;
    struct sockaddr_in target;
    int (*make_socket)(gpointer data);
    gpointer data;
    GHashTable *connections;
};

static gboolean on_event(gint fd, GIOCondition condition, gpointer data);

static void close_side(struct side *s, gboolean abort)
{
    struct linger now = {1, 0};
    if (s->watch)
        g_source_remove(s->watch);
    if (abort) /* makes close() send a RST */
        setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(s->fd);
}

static void finish(struct connection *c, gboolean abort)
{
    g_hash_table_steal(c->relay->connections, c);
    for (int i = 0; i < SIDES; i++)
        close_side(&c->sides[i], abort);
    g_free(c);
}

/* FALSE if the connection is broken. */
static gboolean pass_on(struct side *from, struct side *to)
{
    while (from->length > 0) {
        ssize_t n = send(to->fd, from->data + from->start, from->length, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        from->start += (gsize)n;
        from->length -= (gsize)n;
    }
    from->start = 0;
    if (from->ended && !to->closed) {
        shutdown(to->fd, SHUT_WR);
        to->closed = TRUE;
    }
    return TRUE;
}

static gboolean take_in(struct side *s)
{
    if (s->length > 0 || s->ended)
        return TRUE;
    ssize_t n = recv(s->fd, s->data, ROOM, 0);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    s->start = 0;
    s->length = (gsize)n;
    s->ended = n == 0;
    return TRUE;
}

static GIOCondition wants(const struct connection *c, int i)
{
    const struct side *s = &c->sides[i], *other = &c->sides[1 - i];
    GIOCondition wanted = 0;
    if (c->connecting)
        return i == INNER ? G_IO_OUT : 0;
    if (!s->ended && s->length == 0)
        wanted |= G_IO_IN;
    if (other->length > 0)
        wanted |= G_IO_OUT;
    return wanted;
}

/* A side that is through in both directions would report a hang-up for ever, so it is no longer asked. */
static void rearm(struct connection *c)
{
    for (int i = 0; i < SIDES; i++) {
        struct side *s = &c->sides[i];
        GIOCondition wanted = s->ended && s->closed ? 0 : wants(c, i) | G_IO_ERR | G_IO_HUP;
        if (wanted == s->wanted)
            continue;
        if (s->watch)
            g_source_remove(s->watch);
        s->watch = wanted ? g_unix_fd_add(s->fd, wanted, on_event, c) : 0;
        s->wanted = wanted;
    }
}

static gboolean connected(struct connection *c, GIOCondition condition)
{
    int number = 0;
    socklen_t length = sizeof number;
    if (!(condition & (G_IO_OUT | G_IO_ERR | G_IO_HUP)))
        return TRUE;
    getsockopt(c->sides[INNER].fd, SOL_SOCKET, SO_ERROR, &number, &length);
    c->connecting = FALSE;
    return number == 0;
}

static gboolean move_data(struct connection *c, int i, GIOCondition condition)
{
    struct side *s = &c->sides[i], *other = &c->sides[1 - i];
    gboolean fine = pass_on(other, s);
    /* Data before an abort is still there to be read; the abort itself is what recv() then reports. */
    if (fine && condition & (G_IO_IN | G_IO_ERR | G_IO_HUP))
        fine = take_in(s);
    return pass_on(s, other) && fine && !(condition & G_IO_ERR);
}

static gboolean on_event(gint fd, GIOCondition condition, gpointer data)
{
    struct connection *c = data;
    int i = fd == c->sides[OUTER].fd ? OUTER : INNER;
    gboolean fine = c->connecting && i == INNER ? connected(c, condition) : move_data(c, i, condition);

    if (!fine) {
        finish(c, TRUE);
        return G_SOURCE_CONTINUE; /* finish() has removed us already */
    }
    if (c->sides[OUTER].closed && c->sides[INNER].closed)
        finish(c, FALSE);
    else
        rearm(c);
    return G_SOURCE_CONTINUE;
}

static void no_delay(int fd)
{
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static void carry(struct relay *r, int outer)
{
    struct connection *c = g_new0(struct connection, 1);
    c->relay = r;
    c->connecting = TRUE;
    c->sides[OUTER].fd = outer;
    c->sides[INNER].fd = r->make_socket(r->data);
    g_hash_table_add(r->connections, c);
    no_delay(outer);
    no_delay(c->sides[INNER].fd);
    if (connect(c->sides[INNER].fd, (struct sockaddr *)&r->target, sizeof r->target) != 0 &&
        errno != EINPROGRESS)
        finish(c, TRUE);
    else
        rearm(c);
}

static gboolean on_connection(gint fd, GIOCondition condition, gpointer data)
{
    (void)condition;
    int outer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (outer >= 0)
        carry(data, outer);
    return G_SOURCE_CONTINUE;
}

struct relay *relay_start(int listener, const char *address, guint port, int (*make_socket)(gpointer),
                          gpointer data)
{
    struct relay *r = g_new0(struct relay, 1);
    r->listener = listener;
    r->target.sin_family = AF_INET;
    r->target.sin_port = htons((guint16)port);
    inet_pton(AF_INET, address, &r->target.sin_addr);
    r->make_socket = make_socket;
    r->data = data;
    r->connections = g_hash_table_new(NULL, NULL);
    r->watch = g_unix_fd_add(listener, G_IO_IN, on_connection, r);
    return r;
}

void relay_stop(struct relay *r)
{
    GHashTableIter all;
    gpointer c;
    if (!r)
        return;
    g_source_remove(r->watch);
    close(r->listener);
    for (g_hash_table_iter_init(&all, r->connections); g_hash_table_iter_next(&all, &c, NULL);
         g_hash_table_iter_init(&all, r->connections))
        finish(c, TRUE);
    g_hash_table_unref(r->connections);
    g_free(r);
}
