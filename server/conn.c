#include "conn.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>

/* How often the thread looks at the deadlines and calls the tick. */
#define TICK (G_USEC_PER_SEC / 2)

/* Something that is due at a time. */
typedef struct {
    gint64 due; /* monotonic, microseconds */
    Conn *conn;
    struct MHD_Connection *connection; /* to resume; NULL: reset instead */
} Timer;

struct Conns {
    const KeepAlive *rules;
    guint header_seconds;
    void (*tick)(gpointer data);
    gpointer tick_data;
    GMutex lock; /* of all below */
    GCond changed;
    GQueue all;    /* Conn */
    GQueue timers; /* Timer, the earliest first */
    gboolean stopping;
    GThread *thread;
};

void conn_reset(int fd)
{
    const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

    if (connect(fd, &nowhere, sizeof nowhere)) {
        /* not TCP after all: nothing to reset */
    }
}

static void timer_fire(const Timer *timer)
{
    if (timer->connection)
        MHD_resume_connection(timer->connection);
    else
        conn_reset(timer->conn->fd);
}

/* Fires what is due at NOW, or all of it. */
static void fire_due(Conns *conns, gint64 now, gboolean all)
{
    Timer *timer;

    while ((timer = g_queue_peek_head(&conns->timers)) && (all || timer->due <= now)) {
        timer_fire(timer);
        g_free(g_queue_pop_head(&conns->timers));
    }
}

/* The library sees the end of the input and closes; it must not be closed from here, the descriptor is its
 * own. */
static void end_late(Conns *conns, gint64 now)
{
    for (GList *link = conns->all.head; link; link = link->next) {
        Conn *conn = link->data;
        gint64 deadline = atomic_load_explicit(&conn->deadline, memory_order_relaxed);
        if (deadline && deadline <= now) {
            conns_set_deadline(conn, 0);
            shutdown(conn->fd, SHUT_RDWR);
        }
    }
}

static gint64 next_wake(Conns *conns, gint64 next_tick)
{
    const Timer *timer = g_queue_peek_head(&conns->timers);

    return timer && timer->due < next_tick ? timer->due : next_tick;
}

static gpointer look_after(gpointer data)
{
    Conns *conns = data;
    gint64 next_tick = g_get_monotonic_time() + TICK;

    g_mutex_lock(&conns->lock);
    while (!conns->stopping) {
        g_cond_wait_until(&conns->changed, &conns->lock, next_wake(conns, next_tick));
        gint64 now = g_get_monotonic_time();
        fire_due(conns, now, FALSE);
        if (now < next_tick)
            continue;
        next_tick = now + TICK;
        end_late(conns, now);
        if (conns->tick)
            conns->tick(conns->tick_data);
    }
    fire_due(conns, 0, TRUE);
    g_mutex_unlock(&conns->lock);
    return NULL;
}

Conns *conns_new(const KeepAlive *rules, guint header_seconds, void (*tick)(gpointer data), gpointer data)
{
    Conns *conns = g_new0(Conns, 1);

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

/* An IPv4 client on the dual-stack socket is shown as what it is. */
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

Conn *conns_add(Conns *conns, struct MHD_Connection *connection)
{
    Conn *conn = g_new0(Conn, 1);

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

static void drop_timers(Conns *conns, const Conn *conn)
{
    for (GList *link = conns->timers.head, *next; link; link = next) {
        Timer *timer = link->data;
        next = link->next;
        if (timer->conn == conn) {
            g_queue_delete_link(&conns->timers, link);
            g_free(timer);
        }
    }
}

void conns_remove(Conns *conns, Conn *conn)
{
    g_mutex_lock(&conns->lock);
    drop_timers(conns, conn);
    g_queue_unlink(&conns->all, &conn->link);
    g_mutex_unlock(&conns->lock);
    g_free(conn);
}

static gint earlier(gconstpointer a, gconstpointer b, gpointer data)
{
    const Timer *first = a;
    const Timer *second = b;

    (void)data;
    return first->due < second->due ? -1 : first->due > second->due;
}

/* The lock is held. */
static void add_timer(Conns *conns, Conn *conn, struct MHD_Connection *connection, guint milliseconds)
{
    Timer *timer = g_new0(Timer, 1);

    *timer = (Timer){g_get_monotonic_time() + milliseconds * G_TIME_SPAN_MILLISECOND, conn, connection};
    g_queue_insert_sorted(&conns->timers, timer, earlier, NULL);
    g_cond_signal(&conns->changed);
}

gboolean conns_pause(Conns *conns, Conn *conn, struct MHD_Connection *connection, guint milliseconds)
{
    g_mutex_lock(&conns->lock);
    gboolean pause = !conns->stopping;
    if (pause) {
        MHD_suspend_connection(connection);
        add_timer(conns, conn, connection, milliseconds);
    }
    g_mutex_unlock(&conns->lock);
    return pause;
}

void conns_reset_later(Conns *conns, Conn *conn, guint milliseconds)
{
    g_mutex_lock(&conns->lock);
    if (!conns->stopping)
        add_timer(conns, conn, NULL, milliseconds);
    g_mutex_unlock(&conns->lock);
}

gint64 conns_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

void conns_set_deadline(Conn *conn, guint seconds)
{
    gint64 deadline = seconds ? conns_now() + seconds * G_TIME_SPAN_SECOND : 0;

    atomic_store_explicit(&conn->deadline, deadline, memory_order_relaxed);
}

void conns_expect_request(const Conns *conns, Conn *conn)
{
    conns_set_deadline(conn, conns->header_seconds + (conn->answered ? conns->rules->timeout : 0));
}

void conns_stop(Conns *conns)
{
    g_mutex_lock(&conns->lock);
    conns->stopping = TRUE;
    g_cond_signal(&conns->changed);
    g_mutex_unlock(&conns->lock);
    g_thread_join(conns->thread);
}

void conns_free(Conns *conns)
{
    g_mutex_clear(&conns->lock);
    g_cond_clear(&conns->changed);
    g_free(conns);
}
