#include "stage.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "conn.h"

/* Enough for a class; more are refused, so that a stranger cannot fill the descriptors. */
#define PLAYS_MAX 128

typedef union {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
} Address;

typedef struct {
    int fd;
    const Step *step;
    GBytes *message;
    gint64 due; /* of the step, monotonic microseconds; 0: it has not begun */
} Play;

struct Stage {
    int listen_fd;
    StagePorts ports;
    StageGuest guest;
    gpointer data;
    int wake;
    GMutex lock; /* of all below */
    GPtrArray *plays;
    int closed_fd; /* bound, not listening; -1 until it is asked for */
    int door_fd;   /* -1 until it is asked for */
    int in_queue;  /* our own connection that fills the door's queue, or -1 */
    gint64 shut_until;
    gboolean stopping;
    GThread *thread;
};

static void play_free(gpointer data)
{
    Play *play = data;

    close(play->fd);
    g_bytes_unref(play->message);
    g_free(play);
}

static void wake(Stage *stage)
{
    const guint64 one = 1;

    if (write(stage->wake, &one, sizeof one) < 0) {
        /* the counter is full: it wakes anyway */
    }
}

/* ---- steps ---- */

static void send_message(const Play *play, gsize divisor)
{
    gsize size;
    const char *data = g_bytes_get_data(play->message, &size);

    /* A few KB to a socket with nothing queued: all of it or, if the client is gone, nothing. */
    if (send(play->fd, data, size / divisor, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        /* the next step will see it */
    }
}

static void probe_when_idle(int fd)
{
    const int on = 1;
    const int seconds = 1;

    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof seconds);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof seconds);
}

static gboolean is_reading(StepKind kind)
{
    return kind == STEP_LISTEN || kind == STEP_ANSWER || kind == STEP_DRAIN;
}

static gboolean takes_time(StepKind kind)
{
    return kind == STEP_WAIT || is_reading(kind);
}

static void act(const Play *play)
{
    switch (play->step->kind) {
    case STEP_SEND:
        send_message(play, 1);
        break;
    case STEP_HALF:
        send_message(play, 2);
        break;
    case STEP_FIN:
        shutdown(play->fd, SHUT_WR);
        break;
    case STEP_RESET:
        conn_reset(play->fd);
        break;
    case STEP_PROBE:
        probe_when_idle(play->fd);
        break;
    default:
        break;
    }
}

/* FALSE: the client has closed, or is gone. */
static gboolean read_away(Play *play, gint64 now)
{
    char rest[16384];
    ssize_t n = recv(play->fd, rest, sizeof rest, MSG_DONTWAIT);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n > 0 && play->step->kind == STEP_ANSWER)
        send_message(play, 1);
    if (n > 0 && play->step->kind != STEP_LISTEN)
        play->due = now + play->step->milliseconds * G_TIME_SPAN_MILLISECOND;
    return n > 0;
}

/* Goes as far as it can now. FALSE: it is over. */
static gboolean advance(Play *play, gint64 now, gboolean readable)
{
    for (;; play->step++, play->due = 0, readable = FALSE) {
        if (play->step->kind == STEP_END)
            return FALSE;
        if (!takes_time(play->step->kind)) {
            act(play);
            continue;
        }
        if (!play->due)
            play->due = now + play->step->milliseconds * G_TIME_SPAN_MILLISECOND;
        if (readable && is_reading(play->step->kind) && !read_away(play, now))
            continue;
        if (now < play->due)
            return TRUE;
    }
}

/* ---- the door ---- */

static gboolean same_address(const Address *a, const Address *b)
{
    return a->any.sa_family == b->any.sa_family &&
           (a->any.sa_family == AF_INET
                ? a->four.sin_port == b->four.sin_port && a->four.sin_addr.s_addr == b->four.sin_addr.s_addr
                : a->six.sin6_port == b->six.sin6_port &&
                      IN6_ARE_ADDR_EQUAL(&a->six.sin6_addr, &b->six.sin6_addr));
}

/* Takes in whoever waits. Our own connection is known by its address and has done its work. */
static void open_door(Stage *stage)
{
    Address own = {.any = {0}};
    Address peer;
    socklen_t size = sizeof own;
    int fd;

    if (stage->in_queue >= 0)
        getsockname(stage->in_queue, &own.any, &size);
    for (;;) {
        memset(&peer, 0, sizeof peer);
        size = sizeof peer;
        fd = accept4(stage->door_fd, &peer.any, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            break;
        if (stage->in_queue >= 0 && same_address(&own, &peer))
            close(fd);
        else
            stage->guest(fd, &peer.any, size, stage->data);
    }
    if (stage->in_queue >= 0)
        close(stage->in_queue);
    stage->in_queue = -1;
    stage->shut_until = 0;
}

/* ---- the thread ---- */

/* What poll() watches: the wake-up, the door, then the plays in their order. */
static GArray *watched(const Stage *stage)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct pollfd));
    struct pollfd entry = {stage->wake, POLLIN, 0};

    g_array_append_val(list, entry);
    entry.fd = stage->shut_until ? -1 : stage->door_fd; /* poll() passes over negative ones */
    g_array_append_val(list, entry);
    for (guint i = 0; i < stage->plays->len; i++) {
        const Play *play = g_ptr_array_index(stage->plays, i);
        /* Hang-ups are always reported: a step that only waits must not see them, or it would spin. */
        entry.fd = is_reading(play->step->kind) ? play->fd : -1;
        g_array_append_val(list, entry);
    }
    return list;
}

/* Milliseconds until the next step is due, rounded up; -1: nothing is. */
static int time_left(const Stage *stage, gint64 now)
{
    gint64 next = stage->shut_until ? stage->shut_until : G_MAXINT64;

    for (guint i = 0; i < stage->plays->len; i++) {
        const Play *play = g_ptr_array_index(stage->plays, i);
        next = MIN(next, play->due);
    }
    if (next == G_MAXINT64)
        return -1;
    return (int)MAX(0, (next - now + G_TIME_SPAN_MILLISECOND - 1) / G_TIME_SPAN_MILLISECOND);
}

static void go_on(Stage *stage, const GArray *list)
{
    gint64 now = g_get_monotonic_time();
    gboolean door = g_array_index(list, struct pollfd, 1).revents != 0;
    guint64 count;

    if (g_array_index(list, struct pollfd, 0).revents && read(stage->wake, &count, sizeof count) < 0) {
        /* somebody else emptied it */
    }
    if (door || (stage->shut_until && stage->shut_until <= now))
        open_door(stage);
    /* New plays were put at the end meanwhile; from the end, because the array fills holes from there. */
    for (guint i = stage->plays->len; i-- > 0;) {
        gboolean readable = i + 2 < list->len && g_array_index(list, struct pollfd, i + 2).revents != 0;
        if (!advance(g_ptr_array_index(stage->plays, i), now, readable))
            g_ptr_array_remove_index_fast(stage->plays, i);
    }
}

static gpointer perform(gpointer data)
{
    Stage *stage = data;

    g_mutex_lock(&stage->lock);
    while (!stage->stopping) {
        g_autoptr(GArray) list = watched(stage);
        int left = time_left(stage, g_get_monotonic_time());
        g_mutex_unlock(&stage->lock);
        poll((struct pollfd *)(void *)list->data, list->len, left);
        g_mutex_lock(&stage->lock);
        go_on(stage, list);
    }
    g_mutex_unlock(&stage->lock);
    return NULL;
}

Stage *stage_new(int listen_fd, const StagePorts *ports, StageGuest guest, gpointer data)
{
    Stage *stage = g_new0(Stage, 1);

    *stage = (Stage){.listen_fd = listen_fd,
                     .ports = *ports,
                     .guest = guest,
                     .data = data,
                     .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                     .plays = g_ptr_array_new_with_free_func(play_free),
                     .closed_fd = -1,
                     .door_fd = -1,
                     .in_queue = -1};
    g_mutex_init(&stage->lock);
    stage->thread = g_thread_new("stage", perform, stage);
    return stage;
}

gboolean stage_play(Stage *stage, int fd, const Step *steps, GBytes *message)
{
    g_mutex_lock(&stage->lock);
    gboolean room = !stage->stopping && stage->plays->len < PLAYS_MAX;
    if (room) {
        Play *play = g_new0(Play, 1);
        *play = (Play){fd, steps, message, 0};
        if (advance(play, g_get_monotonic_time(), FALSE))
            g_ptr_array_add(stage->plays, play);
        else
            play_free(play);
        wake(stage);
    }
    g_mutex_unlock(&stage->lock);
    return room;
}

/* ---- sockets of our own ---- */

/* A socket at the server's address and PORT, 0 for one that the system picks; -1 and errno if there is none.
 */
static int bind_beside(int listen_fd, guint port)
{
    Address address;
    socklen_t size = sizeof address;
    const int off = 0;

    if (getsockname(listen_fd, &address.any, &size))
        return -1;
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (address.any.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    address.four.sin_port = htons((guint16)port); /* both families have it at the same place */
    if (bind(fd, &address.any, size)) {
        int number = errno;
        close(fd);
        errno = number;
        return -1;
    }
    return fd;
}

static guint port_of(int fd)
{
    Address address;
    socklen_t size = sizeof address;

    return fd < 0 || getsockname(fd, &address.any, &size) ? 0 : ntohs(address.four.sin_port);
}

guint stage_closed_port(Stage *stage)
{
    guint wanted = stage->ports.closed;
    gboolean held = FALSE;

    g_mutex_lock(&stage->lock);
    if (stage->closed_fd < 0) {
        stage->closed_fd = bind_beside(stage->listen_fd, wanted);
        held = wanted && stage->closed_fd < 0 && errno == EADDRINUSE;
    }
    if (stage->closed_fd < 0 && !held)
        stage->closed_fd = bind_beside(stage->listen_fd, 0);
    guint port = held ? wanted : port_of(stage->closed_fd);
    g_mutex_unlock(&stage->lock);
    return port;
}

/* A queue of length 0 holds one connection: ours. It goes to the socket's own address, which for "any" is
 * loopback. */
static int fill_queue(int door_fd)
{
    Address address;
    socklen_t size = sizeof address;

    if (getsockname(door_fd, &address.any, &size))
        return -1;
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, &address.any, size) && errno != EINPROGRESS) {
        close(fd);
        fd = -1;
    }
    return fd;
}

guint stage_shut_door(Stage *stage, guint milliseconds)
{
    g_mutex_lock(&stage->lock);
    if (stage->door_fd < 0) {
        stage->door_fd = bind_beside(stage->listen_fd, stage->ports.slow);
        if (stage->door_fd < 0)
            stage->door_fd = bind_beside(stage->listen_fd, 0);
        if (stage->door_fd >= 0)
            listen(stage->door_fd, 0);
    }
    if (stage->door_fd >= 0 && !stage->stopping) {
        if (!stage->shut_until) {
            open_door(stage);
            stage->in_queue = fill_queue(stage->door_fd);
        }
        stage->shut_until = g_get_monotonic_time() + milliseconds * G_TIME_SPAN_MILLISECOND;
        wake(stage);
    }
    guint port = port_of(stage->door_fd);
    g_mutex_unlock(&stage->lock);
    return port;
}

void stage_stop(Stage *stage)
{
    g_mutex_lock(&stage->lock);
    stage->stopping = TRUE;
    wake(stage);
    g_mutex_unlock(&stage->lock);
    g_thread_join(stage->thread);
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

void stage_free(Stage *stage)
{
    g_ptr_array_free(stage->plays, TRUE);
    close_if_open(stage->closed_fd);
    close_if_open(stage->door_fd);
    close_if_open(stage->in_queue);
    close_if_open(stage->wake);
    g_mutex_clear(&stage->lock);
    g_free(stage);
}
