/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conn.c - see conn.h. */
#include "conn.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

/* How often the thread looks at the deadlines and calls the tick. */
#define TICK (G_USEC_PER_SEC / 2)

/* How often it looks for room while there is none. */
#define TICK_CROWDED (G_USEC_PER_SEC / 20)

/* Something that is due at a time. */
typedef struct {
    int64_t due; /* monotonic, microseconds */
    conn_t *conn;
    struct MHD_Connection *connection; /* to resume; NULL: reset instead */
} due_t;

/* Who has connections. A client without any is forgotten. */
typedef struct client {
    GList link; /* among those with as many connections */
    uint64_t id;
    GQueue conns; /* conn_t */
} client_t;

struct conns {
    conns_rules_t rules;
    GMutex lock; /* of all below */
    GCond changed;
    GHashTable *clients; /* by id */
    GArray *ranks;       /* GQueue of client_t: at n, those that have n connections */
    unsigned most;       /* the highest rank that is not empty */
    unsigned total;      /* connections */
    unsigned leaving;    /* of them that were closed to make room, and are not gone yet */
    GQueue timers;       /* due_t, the earliest first */
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

static void drop_timers(conns_t *conns, const conn_t *conn, bool resume)
{
    for (GList *link = conns->timers.head, *next; link; link = next) {
        due_t *timer = link->data;
        next = link->next;
        if (timer->conn != conn)
            continue;
        if (resume)
            timer_fire(timer);
        g_queue_delete_link(&conns->timers, link);
        g_free(timer);
    }
}

/* The library sees the end of the input and closes the connection; close() here would close a descriptor that
 * is the library's. A response that nobody reads would stay in the system's memory behind a FIN: it is
 * reset. */
static void end(conn_t *conn)
{
    atomic_store_explicit(&conn->deadline, 0, memory_order_relaxed);
    if (atomic_load_explicit(&conn->step, memory_order_relaxed) == CONN_RESPONSE)
        conn_reset(conn->fd);
    else
        shutdown(conn->fd, SHUT_RDWR);
}

static void end_late_of(const client_t *client, int64_t now)
{
    for (GList *link = client->conns.head; link; link = link->next) {
        conn_t *conn = link->data;
        int64_t deadline = atomic_load_explicit(&conn->deadline, memory_order_relaxed);
        if (deadline && deadline <= now)
            end(conn);
    }
}

static void end_late(conns_t *conns, int64_t now)
{
    GHashTableIter all;
    void *client;

    g_hash_table_iter_init(&all, conns->clients);
    while (g_hash_table_iter_next(&all, NULL, &client))
        end_late_of(client, now);
}

/* Whether `a` is closed before `b`, which may be NULL. */
static bool goes_before(const conn_t *a, const conn_t *b)
{
    if (!b)
        return true;
    int step_a = atomic_load_explicit(&a->step, memory_order_relaxed);
    int step_b = atomic_load_explicit(&b->step, memory_order_relaxed);
    if (step_a != step_b)
        return step_a < step_b;
    return atomic_load_explicit(&a->since, memory_order_relaxed) <
           atomic_load_explicit(&b->since, memory_order_relaxed);
}

static bool is_slow(const conn_t *conn, int64_t now)
{
    return !conn->leaving && now >= atomic_load_explicit(&conn->since, memory_order_relaxed) +
                                        atomic_load_explicit(&conn->patience, memory_order_relaxed);
}

static conn_t *slowest_of(const client_t *client, int64_t now)
{
    conn_t *slowest = NULL;

    for (GList *link = client->conns.head; link; link = link->next) {
        conn_t *conn = link->data;
        if (is_slow(conn, now) && goes_before(conn, slowest))
            slowest = conn;
    }
    return slowest;
}

/* Clients that are looked at for a connection to close. */
#define LOOKS_MAX 64

/* The connection to close to make room: of the client that has most of them. NULL: none is idle or slow. */
static conn_t *slowest(const conns_t *conns, int64_t now)
{
    unsigned looks = 0;

    for (unsigned rank = conns->most; rank > 0; rank--) {
        const GQueue *clients = &g_array_index(conns->ranks, GQueue, rank);
        for (GList *link = clients->head; link && looks < LOOKS_MAX; link = link->next, looks++) {
            conn_t *conn = slowest_of(link->data, now);
            if (conn)
                return conn;
        }
    }
    return NULL;
}

static bool make_room(conns_t *conns, int64_t now)
{
    conn_t *conn = slowest(conns, now);

    if (!conn)
        return false;
    conn->leaving = true;
    conns->leaving++;
    end(conn);
    drop_timers(conns, conn, true);
    return true;
}

/* Whether the places that are kept free are taken. */
static bool is_crowded(const conns_t *conns)
{
    return conns->total - conns->leaving > conns->rules.places - fair_reserve(conns->rules.places);
}

static bool is_full(const conns_t *conns)
{
    return conns->total - conns->leaving >= conns->rules.places;
}

/* Whether a connection waits to be accepted. */
static bool somebody_waits(const conns_t *conns)
{
    for (unsigned i = 0; i < conns->rules.listener_count; i++) {
        struct pollfd listener = {conns->rules.listeners[i], POLLIN, 0};
        if (poll(&listener, 1, 0) > 0)
            return true;
    }
    return false;
}

/* A server with few places keeps none free: it makes room when somebody waits. */
static void relieve(conns_t *conns, int64_t now)
{
    while (is_crowded(conns) && make_room(conns, now)) {
        /* until the reserve is free, or nobody is slow */
    }
    if (is_full(conns) && somebody_waits(conns))
        make_room(conns, now);
}

static int64_t next_wake(conns_t *conns, int64_t next_tick)
{
    const due_t *timer = g_queue_peek_head(&conns->timers);

    if (is_crowded(conns) || is_full(conns))
        next_tick = MIN(next_tick, g_get_monotonic_time() + TICK_CROWDED);
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
        relieve(conns, now);
        if (now < next_tick)
            continue;
        next_tick = now + TICK;
        end_late(conns, now);
        if (conns->rules.tick)
            conns->rules.tick(conns->rules.tick_data);
    }
    fire_due(conns, 0, true);
    g_mutex_unlock(&conns->lock);
    return NULL;
}

conns_t *conns_new(const conns_rules_t *rules)
{
    conns_t *conns = g_new0(conns_t, 1);

    conns->rules = *rules;
    g_mutex_init(&conns->lock);
    g_cond_init(&conns->changed);
    g_queue_init(&conns->timers);
    conns->clients = g_hash_table_new(g_int64_hash, g_int64_equal);
    conns->ranks = g_array_new(false, true, sizeof(GQueue));
    conns->thread = g_thread_new("connections", look_after, conns);
    return conns;
}

bool conns_admit(conns_t *conns, const struct sockaddr *address)
{
    const uint64_t id = fair_client(address);

    if (!conns->rules.per_client)
        return true;
    g_mutex_lock(&conns->lock);
    const client_t *client = g_hash_table_lookup(conns->clients, &id);
    bool admitted = !client || client->conns.length < conns->rules.per_client;
    g_mutex_unlock(&conns->lock);
    return admitted;
}

/* Moves the client from the rank `before` to that of the connections that it has now. 0 is no rank. */
static void rank(conns_t *conns, client_t *client, unsigned before)
{
    unsigned now = client->conns.length;

    if (now >= conns->ranks->len)
        g_array_set_size(conns->ranks, now * 2 + 1);
    if (before)
        g_queue_unlink(&g_array_index(conns->ranks, GQueue, before), &client->link);
    if (now)
        g_queue_push_tail_link(&g_array_index(conns->ranks, GQueue, now), &client->link);
    conns->most = MAX(conns->most, now);
    while (conns->most && !g_array_index(conns->ranks, GQueue, conns->most).length)
        conns->most--;
}

static client_t *client_of(conns_t *conns, fair_client_t id)
{
    client_t *client = g_hash_table_lookup(conns->clients, &id);

    if (!client) {
        client = g_new0(client_t, 1);
        client->id = id;
        client->link.data = client;
        g_hash_table_insert(conns->clients, &client->id, client);
    }
    return client;
}

/* The lock is held. */
static void enlist(conns_t *conns, conn_t *conn)
{
    client_t *client = client_of(conns, conn->id);

    conn->client = client;
    g_queue_push_tail_link(&client->conns, &conn->link);
    rank(conns, client, client->conns.length - 1);
    conns->total++;
}

/* The lock is held. */
static void strike(conns_t *conns, conn_t *conn)
{
    client_t *client = conn->client;

    g_queue_unlink(&client->conns, &conn->link);
    rank(conns, client, client->conns.length + 1);
    conns->total--;
    conns->leaving -= conn->leaving;
    if (client->conns.length)
        return;
    g_hash_table_remove(conns->clients, &client->id);
    g_free(client);
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
    const struct sockaddr *address =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;

    conn->link.data = conn;
    conn->id = fair_client(address);
    conn->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    write_address(address, conn->address);
    conns_expect_request(conns, conn);
    g_mutex_lock(&conns->lock);
    enlist(conns, conn);
    if (is_crowded(conns) || is_full(conns))
        g_cond_signal(&conns->changed);
    g_mutex_unlock(&conns->lock);
    return conn;
}

void conns_remove(conns_t *conns, conn_t *conn)
{
    g_mutex_lock(&conns->lock);
    drop_timers(conns, conn, false);
    strike(conns, conn);
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

static void set_step(conn_t *conn, conn_step_t step, uint64_t bytes, unsigned seconds)
{
    int64_t since = atomic_load_explicit(&conn->since, memory_order_relaxed);

    if (atomic_load_explicit(&conn->step, memory_order_relaxed) != (int)step || !since)
        since = g_get_monotonic_time();
    atomic_store_explicit(&conn->step, (int)step, memory_order_relaxed);
    atomic_store_explicit(&conn->since, since, memory_order_relaxed);
    atomic_store_explicit(&conn->patience, fair_patience(step, bytes), memory_order_relaxed);
    atomic_store_explicit(&conn->deadline, since + seconds * G_TIME_SPAN_SECOND, memory_order_relaxed);
}

void conns_begin(conn_t *conn, conn_step_t step, uint64_t bytes)
{
    set_step(conn, step, bytes, fair_seconds(step, bytes));
}

void conns_expect_request(const conns_t *conns, conn_t *conn)
{
    const conns_rules_t *rules = &conns->rules;

    if (conn->answered)
        set_step(conn, CONN_IDLE, 0, rules->header_seconds + rules->keepalive->timeout);
    else
        set_step(conn, CONN_HEADER, 0, rules->header_seconds);
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
    g_hash_table_destroy(conns->clients);
    g_array_free(conns->ranks, TRUE);
    g_mutex_clear(&conns->lock);
    g_cond_clear(&conns->changed);
    g_free(conns);
}
