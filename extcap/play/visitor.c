/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visitor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    TICK = 50,       /* milliseconds */
    QUIET = 200,     /* milliseconds without a byte: the response is complete */
    FIN_PAUSE = 400, /* milliseconds between the server's FIN and what is sent after it */
    LIMIT = 90000,   /* milliseconds for all of it */
    KEPT = 65536,    /* bytes of a response that are looked at */
    UPLOAD = 600000, /* bytes: more than the buffers of both sides hold */
    MOST_OBJECTS = 99,
};

struct lab_visitor {
    const lab_scenario_t *scenario;
    const lab_visit_t *visit;
    char *address, *language;
    unsigned port;
    const lab_visitor_events_t *events;
    void *data;

    int fd;
    unsigned watch, timer;
    GByteArray *out; /* not yet sent */
    GString *heard;  /* of the current response */
    GQueue *steps;   /* char *: what is sent next, each once the response before is complete */
    GArray *ports;
    int64_t start, last; /* milliseconds of the monotonic clock; last: of the newest byte, either way */
    bool answered;       /* a byte came since something was sent */
    bool ended;          /* by the server: FIN */
    bool broken;         /* by the server: RST, or refused */
};

static int64_t now(void)
{
    return g_get_monotonic_time() / 1000;
}

static gboolean on_socket(int fd, GIOCondition condition, void *data);

static void rearm(lab_visitor_t *v)
{
    GIOCondition wanted = (v->ended ? 0 : G_IO_IN) | (v->out->len ? G_IO_OUT : 0);
    if (v->watch)
        g_source_remove(v->watch);
    v->watch = wanted && !v->broken ? g_unix_fd_add(v->fd, wanted, on_socket, v) : 0;
}

static char *request(const lab_visitor_t *v, const char *target)
{
    return g_strdup_printf("GET %s HTTP/1.1\r\nHost: %s:%u\r\nUser-Agent: labdump/" LAB_VERSION
                           "\r\nAccept-Language: %s\r\n%s\r\n",
                           target, v->address, v->port, v->language, v->visit->headers);
}

static void say(lab_visitor_t *v, const char *bytes)
{
    g_byte_array_append(v->out, (const uint8_t *)bytes, (unsigned)strlen(bytes));
    g_string_truncate(v->heard, 0);
    v->answered = false;
    v->last = now();
    rearm(v);
}

static void hang_up(lab_visitor_t *v)
{
    if (v->watch)
        g_source_remove(v->watch);
    if (v->fd >= 0)
        close(v->fd);
    v->watch = 0;
    v->fd = -1;
    g_byte_array_set_size(v->out, 0);
    v->ended = v->broken = false;
}

static void note_port(lab_visitor_t *v)
{
    struct sockaddr_in here = {0};
    socklen_t size = sizeof here;
    getsockname(v->fd, (struct sockaddr *)&here, &size);
    unsigned port = ntohs(here.sin_port);
    g_array_append_val(v->ports, port);
}

static void dial(lab_visitor_t *v, unsigned port)
{
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, v->address, &there.sin_addr);
    hang_up(v);
    v->fd = v->events->make_socket(v->data);
    v->broken =
        v->fd < 0 || (connect(v->fd, (struct sockaddr *)&there, sizeof there) != 0 && errno != EINPROGRESS);
    if (v->fd >= 0)
        note_port(v);
}

static bool send_some(lab_visitor_t *v)
{
    ssize_t n = send(v->fd, v->out->data, v->out->len, MSG_NOSIGNAL);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    g_byte_array_remove_range(v->out, 0, (unsigned)n);
    v->last = now();
    return true;
}

static bool hear_some(lab_visitor_t *v)
{
    char part[16384];
    ssize_t n = recv(v->fd, part, sizeof part, 0);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    v->last = now();
    v->ended = n == 0;
    v->answered |= n > 0;
    if (v->heard->len < KEPT)
        g_string_append_len(v->heard, part, n);
    return true;
}

static gboolean on_socket(int fd, GIOCondition condition, void *data)
{
    lab_visitor_t *v = data;
    bool wrote = v->out->len > 0;
    (void)fd;
    if (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR))
        v->broken = !hear_some(v);
    if (!v->broken && (condition & G_IO_OUT) && v->out->len)
        v->broken = !send_some(v);
    if (!v->broken && !v->ended && wrote == (v->out->len > 0))
        return G_SOURCE_CONTINUE;
    v->watch = 0;
    rearm(v);
    return G_SOURCE_REMOVE;
}

/* The images that the page names, each a request of its own. */
static void queue_objects(lab_visitor_t *v)
{
    static const char mark[] = "<img src=\"";
    const char *at = v->heard->str;
    for (unsigned found = 0; found < MOST_OBJECTS && (at = strstr(at, mark)); found++) {
        at += strlen(mark);
        char *name = g_strndup(at, strcspn(at, "\"\r\n "));
        char *target = g_strconcat(*name == '/' ? "" : "/lab/", name, NULL);
        g_queue_push_tail(v->steps, request(v, target));
        g_free(target);
        g_free(name);
    }
}

/* Where the response leads to, if it is a redirect: the target, and *port if that is another one. To be
 * freed. */
static char *redirect_of(const lab_visitor_t *v, unsigned *port)
{
    char *head = g_strndup(v->heard->str, strcspn(v->heard->str, "<")), *lower = g_ascii_strdown(head, -1);
    const char *line = g_str_has_prefix(head, "HTTP/1.1 30") ? strstr(lower, "\r\nlocation: ") : NULL;
    char *value = NULL, *target = NULL;
    if (line) {
        const char *at = head + (line - lower) + strlen("\r\nlocation: ");
        value = g_strndup(at, strcspn(at, "\r\n"));
    }
    g_free(lower);
    g_free(head);
    char *prefix = g_strdup_printf("http://%s:", v->address);
    if (value && *value == '/') {
        target = g_strdup(value);
    } else if (value && g_str_has_prefix(value, prefix)) {
        char *rest;
        *port = (unsigned)g_ascii_strtoull(value + strlen(prefix), &rest, 10) & 0xFFFF;
        target = g_strdup(*rest ? rest : "/");
    }
    g_free(prefix);
    g_free(value);
    return target;
}

static bool follow(lab_visitor_t *v)
{
    unsigned port = v->port;
    char *target = v->answered ? redirect_of(v, &port) : NULL;
    if (!target)
        return false;
    if (port != v->port || v->ended)
        dial(v, port);
    char *words = request(v, target);
    say(v, words);
    g_free(words);
    g_free(target);
    return true;
}

static void finish(lab_visitor_t *v)
{
    hang_up(v);
    v->events->ended(v->scenario, v->ports, v->data);
    v->timer = 0;
    visitor_stop(v);
}

/* The next thing to be sent; false if there is none. */
static bool next_step(lab_visitor_t *v)
{
    char *bytes = g_queue_pop_head(v->steps);
    if (!bytes)
        return false;
    say(v, bytes);
    g_free(bytes);
    return true;
}

/* A response is complete, or the server has ended the connection. False: the visit is over. */
static bool go_on(lab_visitor_t *v)
{
    if (v->visit->kind == VISIT_OBJECTS && v->steps->length == 0 && strstr(v->heard->str, "<img"))
        queue_objects(v);
    if (v->ended && v->visit->kind != VISIT_AFTER_FIN)
        return follow(v);
    return follow(v) || next_step(v);
}

static bool is_over(lab_visitor_t *v)
{
    int64_t quiet = now() - v->last;
    if (v->broken || now() - v->start > LIMIT)
        return true;
    if (v->ended)
        return quiet >= (v->visit->kind == VISIT_AFTER_FIN ? FIN_PAUSE : 0) && !go_on(v);
    if (v->out->len || !v->answered || quiet < QUIET || v->visit->kind == VISIT_AFTER_FIN)
        return false;
    return !go_on(v) && quiet >= v->visit->hold;
}

static gboolean on_tick(void *data)
{
    lab_visitor_t *v = data;
    if (!is_over(v))
        return G_SOURCE_CONTINUE;
    finish(v);
    return G_SOURCE_REMOVE;
}

static char *target_of(const lab_scenario_t *scenario)
{
    bool any = g_str_has_suffix(scenario->target, "/");
    return g_strconcat("/lab/", scenario->target, any ? "404" : NULL, NULL);
}

static void upload(lab_visitor_t *v, const char *target)
{
    char *head = g_strdup_printf("POST %s HTTP/1.1\r\nHost: %s:%u\r\nContent-Length: %d\r\n\r\n", target,
                                 v->address, v->port, UPLOAD);
    char *body = g_strnfill(UPLOAD, 'x');
    say(v, head);
    say(v, body);
    g_free(body);
    g_free(head);
}

/* What is said first, and what waits for its turn. */
static void prepare(lab_visitor_t *v)
{
    char *target = target_of(v->scenario), *first = request(v, target);
    if (v->visit->kind == VISIT_UPLOAD)
        upload(v, target);
    else
        say(v, first);
    for (int more = 0; v->visit->kind == VISIT_AT_ONCE && more < 2; more++)
        say(v, first);
    if (v->visit->next)
        g_queue_push_tail(v->steps, v->visit->kind == VISIT_AFTER_FIN ? g_strdup(v->visit->next)
                                                                      : request(v, v->visit->next));
    g_free(first);
    g_free(target);
}

lab_visitor_t *visitor_start(const lab_scenario_t *scenario, const char *address, unsigned port,
                             const char *language, const lab_visitor_events_t *events, void *data)
{
    lab_visitor_t *v = g_new0(lab_visitor_t, 1);
    v->scenario = scenario;
    v->visit = scenarios_visit(scenario);
    v->address = g_strdup(address);
    v->language = g_strdup(language);
    v->port = port;
    v->events = events;
    v->data = data;
    v->fd = -1;
    v->out = g_byte_array_new();
    v->heard = g_string_new(NULL);
    v->steps = g_queue_new();
    v->ports = g_array_new(FALSE, FALSE, sizeof(unsigned));
    v->start = now();
    dial(v, port);
    prepare(v);
    v->timer = g_timeout_add(TICK, on_tick, v);
    return v;
}

void visitor_stop(lab_visitor_t *v)
{
    if (!v)
        return;
    if (v->timer)
        g_source_remove(v->timer);
    hang_up(v);
    g_queue_free_full(v->steps, g_free);
    g_array_unref(v->ports);
    g_byte_array_unref(v->out);
    g_string_free(v->heard, TRUE);
    g_free(v->address);
    g_free(v->language);
    g_free(v);
}
