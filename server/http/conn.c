/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conn.c - see conn.h. */
#include "conn.h"

#include <arpa/inet.h>
#include <sys/socket.h>

/* How often the thread looks at the deadlines and calls the tick. */
#define TICK (G_USEC_PER_SEC / 2)

/* Something that is due at a time. */
typedef struct {
    int64_t due; /* monotonic, microseconds */
    conn_t *conn;
    struct MHD_Connection *connection; /* to resume; NULL: reset instead */
} due_t;

struct conns {
    const keepalive_t *rules;
    unsigned header_seconds;
    void (*tick)(void *data);
    void *tick_data;
    GMutex lock; /* of all below */
    GCond changed;
    GQueue all;    /* Conn */
    GQueue timers; /* Timer, the earliest first */
    bool stopping;
    GThread *thread;
};

void conn_reset(int fd)
{
    const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

    if (connect(fd, &nowhere, sizeof nowhere)) {
        /* not TCP after all: nothing to reset */
    }
}

static void timer_fire(const due_t *timer)
{
    if (timer->connection)
        MHD_resume_connection(timer->connection);
    else
        conn_reset(timer->conn->fd);
}

/* Does what is due at `now`, or all of it. */
static void fire_due(conns_t *conns, int64_t now, bool all)
{
    due_t *timer;

    while ((timer = g_queue_peek_head(&conns->timers)) && (all || timer->due <= now)) {
        timer_fire(timer);
        g_free(g_queue_pop_head(&conns->timers));
    }
}

/* The library sees the end of the input and closes the connection. close() here would close a descriptor
 * that is the library's. */
static void end_late(conns_t *conns, int64_t now)
{
    for (GList *link = conns->all.head; link; link = link->next) {
        conn_t *conn = link->data;
        int64_t deadline = atomic_load_explicit(&conn->deadline, memory_order_relaxed);
        if (deadline && deadline <= now) {
            conns_set_deadline(conn, 0);
            shutdown(conn->fd, SHUT_RDWR);
        }
    }
}

static int64_t next_wake(conns_t *conns, int64_t next_tick)
{
    const due_t *timer = g_queue_peek_head(&conns->timers);

    return timer && timer->due < next_tick ? timer->due : next_tick;
}

static void *look_after(void *data)
{
    conns_t *conns = data;
    int64_t next_tick = g_get_monotonic_time() + TICK;

    g_mutex_lock(&conns->lock);
    while (!conns->stopping) {
        g_cond_wait_until(&conns->changed, &conns->lock, next_wake(conns, next_tick));
        int64_t now = g_get_monotonic_time();
        fire_due(conns, now, false);
        if (now < next_tick)
            continue;
        next_tick = now + TICK;
        end_late(conns, now);
        if (conns->tick)
            conns->tick(conns->tick_data);
    }
    fire_due(conns, 0, true);
    g_mutex_unlock(&conns->lock);
    return NULL;
}

conns_t *conns_new(const keepalive_t *rules, unsigned header_seconds, void (*tick)(void *data), void *data)
{
    conns_t *conns = g_new0(conns_t, 1);

    conns->rules = rules;
    conns->header_seconds = header_seconds;
    conns->tick = tick;
    conns->tick_data = data;
    g_mutex_init(&conns->lock);
    g_cond_init(&conns->changed);
    g_queue_init(&conns->all);
    g_queue_init(&conns->timers);
    conns->thread = g_thread_new("connections", look_after, conns);
    return conns;
}

/* The address of an IPv4 client on the dual-stack socket is written as IPv4. */
static void write_address(const struct sockaddr *address, char out[INET6_ADDRSTRLEN])
{
    const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;

    if (address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, out, INET6_ADDRSTRLEN);
    else if (IN6_IS_ADDR_V4MAPPED(six))
        inet_ntop(AF_INET, &six->s6_addr[12], out, INET6_ADDRSTRLEN);
    else
        inet_ntop(AF_INET6, six, out, INET6_ADDRSTRLEN);
}

conn_t *conns_add(conns_t *conns, struct MHD_Connection *connection)
{
    conn_t *conn = g_new0(conn_t, 1);

    conn->link.data = conn;
    conn->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    write_address(MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr,
                  conn->address);
    conns_expect_request(conns, conn);
    g_mutex_lock(&conns->lock);
    g_queue_push_tail_link(&conns->all, &conn->link);
    g_mutex_unlock(&conns->lock);
    return conn;
}

static void drop_timers(conns_t *conns, const conn_t *conn)
{
    for (GList *link = conns->timers.head, *next; link; link = next) {
        due_t *timer = link->data;
        next = link->next;
        if (timer->conn == conn) {
            g_queue_delete_link(&conns->timers, link);
            g_free(timer);
        }
    }
}

void conns_remove(conns_t *conns, conn_t *conn)
{
    g_mutex_lock(&conns->lock);
    drop_timers(conns, conn);
    g_queue_unlink(&conns->all, &conn->link);
    g_mutex_unlock(&conns->lock);
    g_free(conn);
}

static gint earlier(gconstpointer a, gconstpointer b, void *data)
{
    const due_t *first = a;
    const due_t *second = b;

    (void)data;
    return first->due < second->due ? -1 : first->due > second->due;
}

/* The lock is held. */
static void add_timer(conns_t *conns, conn_t *conn, struct MHD_Connection *connection, unsigned milliseconds)
{
    due_t *timer = g_new0(due_t, 1);

    *timer = (due_t){g_get_monotonic_time() + milliseconds * G_TIME_SPAN_MILLISECOND, conn, connection};
    g_queue_insert_sorted(&conns->timers, timer, earlier, NULL);
    g_cond_signal(&conns->changed);
}

bool conns_pause(conns_t *conns, conn_t *conn, struct MHD_Connection *connection, unsigned milliseconds)
{
    g_mutex_lock(&conns->lock);
    bool pause = !conns->stopping;
    if (pause) {
        MHD_suspend_connection(connection);
        add_timer(conns, conn, connection, milliseconds);
    }
    g_mutex_unlock(&conns->lock);
    return pause;
}

void conns_reset_later(conns_t *conns, conn_t *conn, unsigned milliseconds)
{
    g_mutex_lock(&conns->lock);
    if (!conns->stopping)
        add_timer(conns, conn, NULL, milliseconds);
    g_mutex_unlock(&conns->lock);
}

void conns_set_deadline(conn_t *conn, unsigned seconds)
{
    int64_t deadline = seconds ? g_get_monotonic_time() + seconds * G_TIME_SPAN_SECOND : 0;

    atomic_store_explicit(&conn->deadline, deadline, memory_order_relaxed);
}

void conns_expect_request(const conns_t *conns, conn_t *conn)
{
    conns_set_deadline(conn, conns->header_seconds + (conn->answered ? conns->rules->timeout : 0));
}

void conns_stop(conns_t *conns)
{
    g_mutex_lock(&conns->lock);
    conns->stopping = true;
    g_cond_signal(&conns->changed);
    g_mutex_unlock(&conns->lock);
    g_thread_join(conns->thread);
}

void conns_free(conns_t *conns)
{
    g_mutex_clear(&conns->lock);
    g_cond_clear(&conns->changed);
    g_free(conns);
}
