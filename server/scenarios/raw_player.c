/* SPDX-License-Identifier: GPL-2.0-or-later */
/* raw_player.c - see raw_player.h. */
#include "raw_player.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "conn.h"

/* Enough for a class. More are refused, so that they cannot use up the descriptors. One client may have
 * fair_share() of them. */
#define PLAYS_MAX 128

/* The times are monotonic, in microseconds. */
typedef struct {
    fair_client_t client;
    int fd;
    const step_t *step;
    GBytes *message;
    int64_t due;  /* of the step; 0: it has not begun */
    int64_t last; /* the latest that bytes of the client can make of `due` */
} play_t;

struct raw_player {
    int wake;
    GMutex lock; /* of all below */
    GPtrArray *plays;
    ports_t ports;
    bool stopping;
    GThread *thread;
};

static void play_free(void *data)
{
    play_t *play = data;

    close(play->fd);
    g_bytes_unref(play->message);
    g_free(play);
}

static void wake(raw_player_t *player)
{
    const uint64_t one = 1;

    if (write(player->wake, &one, sizeof one) < 0) {
        /* the counter is full: it wakes anyway */
    }
}

static void send_message(const play_t *play)
{
    size_t size;
    const char *data = g_bytes_get_data(play->message, &size);

    /* The message is a few KB and nothing is queued: the system takes all of it, or nothing if the client
     * has gone. */
    if (send(play->fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        /* the next step will see it */
    }
}

/* What does not fill a segment is held back until the FIN joins it. */
static void send_with_fin(const play_t *play)
{
    const int on = 1;

    setsockopt(play->fd, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
    send_message(play);
    shutdown(play->fd, SHUT_WR);
}

static void probe_when_idle(int fd)
{
    const int on = 1;
    const int seconds = 1;

    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof seconds);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof seconds);
}

static bool is_reading(step_kind_t kind)
{
    return kind == STEP_LISTEN || kind == STEP_ANSWER || kind == STEP_DRAIN;
}

static bool takes_time(step_kind_t kind)
{
    return kind == STEP_WAIT || is_reading(kind);
}

static void act(const play_t *play)
{
    switch (play->step->kind) {
    case STEP_SEND:
        send_message(play);
        break;
    case STEP_LAST:
        send_with_fin(play);
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

/* false: the client has closed, or is gone. */
static bool read_away(play_t *play, int64_t now)
{
    char rest[16384];
    ssize_t n = recv(play->fd, rest, sizeof rest, MSG_DONTWAIT);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n > 0 && play->step->kind == STEP_ANSWER)
        send_message(play);
    if (n > 0 && play->step->kind == STEP_DRAIN)
        play->due = MIN(play->last, now + play->step->milliseconds * G_TIME_SPAN_MILLISECOND);
    return n > 0;
}

static void begin_step(play_t *play, int64_t now)
{
    play->due = now + play->step->milliseconds * G_TIME_SPAN_MILLISECOND;
    play->last = now + DRAIN_MAX * G_TIME_SPAN_MILLISECOND;
}

/* Does all steps that can be done now. false: the last one is done. */
static bool advance(play_t *play, int64_t now, bool readable)
{
    for (;; play->step++, play->due = 0, readable = false) {
        if (play->step->kind == STEP_END)
            return false;
        if (!takes_time(play->step->kind)) {
            act(play);
            continue;
        }
        if (!play->due)
            begin_step(play, now);
        if (readable && is_reading(play->step->kind) && !read_away(play, now))
            continue;
        if (now < play->due)
            return true;
    }
}

/* Where the plays begin in what poll() watches. */
#define FIRST_PLAY (1 + BACKLOGS_MAX)

/* What poll() watches: the wake-up, the backlogs, then the plays in their order. */
static GArray *watched(const raw_player_t *player)
{
    GArray *list = g_array_new(false, false, sizeof(struct pollfd));
    struct pollfd entry = {player->wake, POLLIN, 0};

    g_array_set_size(list, FIRST_PLAY); /* poll() passes over negative descriptors */
    g_array_index(list, struct pollfd, 0) = entry;
    ports_watch(&player->ports, &g_array_index(list, struct pollfd, 1));
    for (unsigned i = 0; i < player->plays->len; i++) {
        const play_t *play = g_ptr_array_index(player->plays, i);
        /* poll() always reports a hang-up. A step that only waits must not watch the socket, or the loop
         * would spin. */
        entry.fd = is_reading(play->step->kind) ? play->fd : -1;
        g_array_append_val(list, entry);
    }
    return list;
}

/* Milliseconds until the next step is due, rounded up; -1: nothing is. */
static int time_left(const raw_player_t *player, int64_t now)
{
    int64_t next = ports_next(&player->ports);

    for (unsigned i = 0; i < player->plays->len; i++) {
        const play_t *play = g_ptr_array_index(player->plays, i);
        next = MIN(next, play->due);
    }
    if (next == G_MAXINT64)
        return -1;
    return (int)MAX(0, (next - now + G_TIME_SPAN_MILLISECOND - 1) / G_TIME_SPAN_MILLISECOND);
}

static void go_on(raw_player_t *player, const GArray *list)
{
    int64_t now = g_get_monotonic_time();
    uint64_t count;

    if (g_array_index(list, struct pollfd, 0).revents && read(player->wake, &count, sizeof count) < 0) {
        /* another wake-up has read it */
    }
    ports_go_on(&player->ports, now, &g_array_index(list, struct pollfd, 1));
    /* New plays were added at the end meanwhile. The loop runs from the end, because removal moves the
     * last play into the hole. */
    for (unsigned i = player->plays->len; i-- > 0;) {
        bool readable =
            i + FIRST_PLAY < list->len && g_array_index(list, struct pollfd, i + FIRST_PLAY).revents != 0;
        if (!advance(g_ptr_array_index(player->plays, i), now, readable))
            g_ptr_array_remove_index_fast(player->plays, i);
    }
}

static void *perform(void *data)
{
    raw_player_t *player = data;

    g_mutex_lock(&player->lock);
    while (!player->stopping) {
        g_autoptr(GArray) list = watched(player);
        int left = time_left(player, g_get_monotonic_time());
        g_mutex_unlock(&player->lock);
        poll((struct pollfd *)(void *)list->data, list->len, left);
        g_mutex_lock(&player->lock);
        go_on(player, list);
    }
    g_mutex_unlock(&player->lock);
    return NULL;
}

raw_player_t *raw_player_new(int listen_fd, const scenario_ports_t *wanted, ports_accepted_t accepted,
                             void *data)
{
    raw_player_t *player = g_new0(raw_player_t, 1);

    player->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    player->plays = g_ptr_array_new_with_free_func(play_free);
    ports_init(&player->ports, listen_fd, wanted, accepted, data);
    g_mutex_init(&player->lock);
    player->thread = g_thread_new("raw player", perform, player);
    return player;
}

/* Whether the client may have one play more. */
static bool has_room(const raw_player_t *player, fair_client_t client)
{
    unsigned own = 0;

    for (unsigned i = 0; i < player->plays->len; i++) {
        const play_t *play = g_ptr_array_index(player->plays, i);
        own += play->client == client;
    }
    return !player->stopping && player->plays->len < PLAYS_MAX && own < fair_share(PLAYS_MAX);
}

bool raw_player_play(raw_player_t *player, fair_client_t client, int fd, const step_t *steps, GBytes *message)
{
    g_mutex_lock(&player->lock);
    bool room = has_room(player, client);
    if (room) {
        play_t *play = g_new0(play_t, 1);
        *play = (play_t){client, fd, steps, message, 0, 0};
        if (advance(play, g_get_monotonic_time(), false))
            g_ptr_array_add(player->plays, play);
        else
            play_free(play);
        wake(player);
    }
    g_mutex_unlock(&player->lock);
    return room;
}

unsigned raw_player_closed_port(raw_player_t *player)
{
    g_mutex_lock(&player->lock);
    unsigned port = ports_closed(&player->ports);
    g_mutex_unlock(&player->lock);
    return port;
}

backlog_result_t raw_player_fill_backlog(raw_player_t *player, fair_client_t client, unsigned *port)
{
    g_mutex_lock(&player->lock);
    backlog_result_t result =
        player->stopping ? BACKLOG_NONE : ports_fill_backlog(&player->ports, client, port);
    wake(player);
    g_mutex_unlock(&player->lock);
    return result;
}

void raw_player_stop(raw_player_t *player)
{
    g_mutex_lock(&player->lock);
    player->stopping = true;
    wake(player);
    g_mutex_unlock(&player->lock);
    g_thread_join(player->thread);
}

void raw_player_free(raw_player_t *player)
{
    g_ptr_array_free(player->plays, TRUE);
    ports_clear(&player->ports);
    close(player->wake);
    g_mutex_clear(&player->lock);
    g_free(player);
}
