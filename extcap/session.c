#include "session.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "ports.h"
#include "sentences.h"
#include "session_private.h"
#include "webserver.h"

enum {
    CHILDREN_MILLISECONDS = 1500, /* for the server to end in order */
    SETTLE_MILLISECONDS = 60,     /* silence after which nothing more comes: a delayed ACK takes 40 */
    SETTLE_LIMIT = 500,
    CLOSE_MILLISECONDS = 10000, /* for the reader to take the rest; Wireshark itself waits 30 s */
    SNAP_LENGTH = 262144,
    LINK_ETHERNET = 1,
};

static gboolean pump(struct session *s)
{
    if (s->wire_up)
        return wire_pump(&s->wire);
    return s->live.watch ? livecap_pump(&s->live) : FALSE;
}

static gboolean on_settle(gpointer data)
{
    struct session *s = data;
    if (pump(s) && g_get_monotonic_time() < s->settle_deadline)
        return G_SOURCE_CONTINUE;
    g_main_loop_quit(s->loop);
    return G_SOURCE_REMOVE;
}

static void settle(struct session *s)
{
    if (s->settle_deadline)
        return;
    s->settle_deadline = g_get_monotonic_time() + 1000l * SETTLE_LIMIT;
    pump(s);
    g_timeout_add(SETTLE_MILLISECONDS, on_settle, s);
}

static gboolean on_children_late(gpointer data)
{
    settle(data);
    return G_SOURCE_REMOVE;
}

void session_child_gone(struct session *s)
{
    if (s->stopping && !s->alive[ROLE_SERVER] && !s->alive[ROLE_CLIENT])
        settle(s);
}

void session_stop(struct session *s)
{
    if (s->stopping)
        return;
    s->stopping = TRUE;
    for (int role = ROLE_CLIENT; role >= ROLE_SERVER; role--)
        if (s->alive[role])
            keeper_terminate(&s->keeper, (enum role)role);
    g_timeout_add(CHILDREN_MILLISECONDS, on_children_late, s);
    session_child_gone(s);
}

void session_fail(struct session *s, GError *error)
{
    if (s->error)
        g_error_free(error);
    else
        s->error = error;
    session_stop(s);
}

static gboolean on_signal(gint fd, GIOCondition condition, gpointer data)
{
    struct signalfd_siginfo info;
    (void)condition;
    if (read(fd, &info, sizeof info) > 0)
        session_stop(data);
    return G_SOURCE_CONTINUE;
}

/* Nobody reads any more: nothing is left to be done in order. */
static void on_reader_lost(gpointer data)
{
    struct session *s = data;
    s->stopping = TRUE;
    g_main_loop_quit(s->loop);
}

static void on_capture_lost(const char *why, gpointer data)
{
    struct session *s = data;
    GError *error = NULL;
    lab_fail(&error, LAB_FAILED, T_E_CAPTURE_LOST, s->network.device, why);
    session_fail(s, error);
}

/* The steps of the start, in order. */

static gboolean take_signals(struct session *s, GError **error)
{
    sigset_t set;
    (void)error;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return TRUE;
}

/* If Wireshark is killed, nobody tells us to stop: the kernel shall. The parent may be gone before it is
 * asked. */
static gboolean follow_parent(struct session *s, GError **error)
{
    pid_t parent = getppid();
    (void)s, (void)error;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        raise(SIGTERM);
    return TRUE;
}

static gboolean check(struct session *s, GError **error)
{
    return options_check_capture(s->options, error);
}

static gboolean find_server(struct session *s, GError **error)
{
    s->server_path = webserver_find(s->options, error);
    return s->server_path != NULL;
}

static gboolean choose_network(struct session *s, GError **error)
{
    return network_choose(&s->network, s->options, &s->live, error);
}

static gboolean choose_ports(struct session *s, GError **error)
{
    s->ports.server = s->options->port;
    s->listener = ports_listen(&s->ports.server, error);
    if (s->listener < 0)
        return FALSE;
    s->closed_hold = ports_keep_closed(s->ports.server + 1, &s->ports.closed);
    /* Only chosen: the server takes it when it needs it. */
    int fd = ports_keep_closed(s->ports.server + 2, &s->ports.slow);
    if (fd >= 0)
        close(fd);
    return TRUE;
}

static int link_type(const struct session *s)
{
    return s->network.kind == NETWORK_OWN ? LINK_ETHERNET : livecap_link_type(&s->live);
}

static gboolean set_filter(struct session *s, GError **error)
{
    const char *asked = s->options->filter;
    char *why = asked ? recorder_check_filter(asked, link_type(s)) : NULL;
    if (why) {
        lab_fail(error, LAB_USAGE, T_E_FILTER, asked, why);
        g_free(why);
        return FALSE;
    }
    if (s->network.kind == NETWORK_OWN) {
        if (asked)
            recorder_filter(&s->recorder, asked, LINK_ETHERNET);
        return TRUE;
    }
    char *filter = network_filter(s->options, &s->ports);
    gboolean fine = livecap_filter(&s->live, filter);
    g_free(filter);
    return fine || lab_fail(error, LAB_FAILED, T_E_CAPTURE, s->network.device, pcap_geterr(s->live.pcap));
}

static gboolean start_keeper(struct session *s, GError **error)
{
    int number = keeper_start(&s->keeper, &s->plan);
    for (int role = 0; role < ROLE_COUNT; role++) { /* they are the keeper's now */
        if (!s->plan.argv[role])
            continue;
        close(s->plan.output[role]);
        if (s->plan.errors[role] != s->plan.output[role])
            close(s->plan.errors[role]);
    }
    return number == 0 || lab_fail(error, LAB_FAILED, T_E_HELPER, text_errno(number));
}

static gboolean no_network(const struct session *s, const struct netns *net, GError **error)
{
    if (net->step == NETNS_LINK) {
        char *veth = g_strdup(text_errno(net->number_veth));
        lab_fail(error, LAB_FAILED, T_E_LINK, net->number ? text_errno(net->number) : "-", veth);
        g_free(veth);
        return FALSE;
    }
    char *self = webserver_own_path();
    enum text_id id = s->network.chosen_by_us ? T_E_NAMESPACE_AUTO : T_E_NAMESPACE;
    lab_fail(error, LAB_FAILED, id, text_errno(net->number), self);
    g_free(self);
    return FALSE;
}

static gboolean build_network(struct session *s, GError **error)
{
    struct netns net;
    if (s->network.kind != NETWORK_OWN)
        return TRUE;
    if (!keeper_network(&s->keeper, &net))
        return no_network(s, &net, error);
    s->wire.fds[0] = net.wire[0];
    s->wire.fds[1] = net.wire[1];
    s->wire_up = TRUE;
    return TRUE;
}

static void write_head(struct session *s)
{
    char *url = g_strdup_printf("http://%s:%u/", s->network.browse, s->ports.server);
    char *about = network_about(&s->network);
    char *filter = s->live.pcap ? network_filter(s->options, &s->ports) : g_strdup(s->options->filter);
    struct pcapng_head head = {
        .comment = text_format(T_COMMENT, url, LAB_VERSION, about),
        .application = "labdump " LAB_VERSION,
        .name = LAB_INTERFACE,
        .description = g_strdup_printf("%s %s", text(T_DISPLAY), url),
        .filter = filter,
        .link_type = (guint)link_type(s),
        .snap_length = SNAP_LENGTH,
    };
    pcapng_put_head(writer_queue(s->writer), &head);
    writer_flush(s->writer);
    g_free((char *)head.comment);
    g_free((char *)head.description);
    g_free(filter);
    g_free(about);
    g_free(url);
}

static gboolean open_writer(struct session *s, GError **error)
{
    s->writer = writer_open(s->options->fifo, s->signals, error);
    if (!s->writer)
        return FALSE;
    s->recorder.writer = s->writer;
    writer_watch(s->writer, on_reader_lost, s);
    writer_hold(s->writer, TRUE);
    write_head(s);
    return TRUE;
}

/* Before the server listens, so that not even the first packet is missed. */
static gboolean start_capture(struct session *s, GError **error)
{
    (void)error;
    g_unix_fd_add(s->signals, G_IO_IN, on_signal, s);
    if (s->wire_up)
        wire_start(&s->wire, s->wire.fds, &s->recorder);
    else
        livecap_start(&s->live, &s->recorder, on_capture_lost, s);
    return TRUE;
}

static gboolean (*const steps[])(struct session *s, GError **error) = {
    take_signals,  follow_parent, check,         find_server, choose_network, choose_ports,   set_filter,
    children_plan, start_keeper,  build_network, open_writer, start_capture,  children_start,
};

static gboolean start(struct session *s)
{
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++)
        if (!steps[i](s, &s->error))
            return FALSE;
    return TRUE;
}

static void write_statistics(struct session *s)
{
    guint64 dropped = s->live.pcap ? livecap_dropped(&s->live) : 0;
    guint64 now = (guint64)g_get_real_time() * 1000;
    pcapng_put_statistics(writer_queue(s->writer), now, s->recorder.packets + dropped, dropped);
}

static void end(struct session *s)
{
    keeper_stop(&s->keeper);
    if (s->writer) {
        if (s->live.watch)
            livecap_wait();
        pump(s);
        write_statistics(s);
    }
    relay_stop(s->relay);
    if (s->wire_up)
        wire_stop(&s->wire);
    livecap_close(&s->live);
    recorder_clear(&s->recorder);
    if (s->listener >= 0)
        close(s->listener);
    if (s->closed_hold >= 0)
        close(s->closed_hold);
}

/* Words first: whoever reads the pipe may stop listening to us as soon as it ends. */
static int report(struct session *s)
{
    const GError *error = s->error ? s->error : s->client_error;
    if (error)
        fprintf(stderr, "%s\n", error->message);
    if (s->writer && !s->error)
        writer_hold(s->writer, FALSE);
    if (s->writer)
        writer_close(s->writer, CLOSE_MILLISECONDS);
    else
        writer_let_go(s->options->fifo);
    return error ? error->code : 0;
}

int session_run(const struct options *o)
{
    struct session s = {.options = o, .listener = -1, .closed_hold = -1};

    s.loop = g_main_loop_new(NULL, FALSE);
    if (start(&s))
        g_main_loop_run(s.loop);
    end(&s);
    int status = report(&s);
    children_clear(&s);
    network_clear(&s.network);
    g_clear_error(&s.error);
    g_clear_error(&s.client_error);
    g_main_loop_unref(s.loop);
    close(s.signals);
    return status;
}
