#include "session.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "ports.h"
#include "session_private.h"
#include "texts.h"
#include "webserver.h"

enum {
    CHILDREN_MILLISECONDS = 1500, /* for the server to end in order */
    SETTLE_MILLISECONDS = 60,     /* silence after which nothing more comes: a delayed ACK takes 40 */
    SETTLE_LIMIT = 500,
    CLOSE_MILLISECONDS = 10000, /* for the reader to take the rest; Wireshark itself waits 30 s */
    SNAP_LENGTH = 262144,
    LINK_ETHERNET = 1,
};

static bool pump(lab_session_t *s)
{
    if (s->wire_up)
        return wire_pump(&s->wire);
    return s->live.watch ? livecap_pump(&s->live) : false;
}

static gboolean on_settle(void *data)
{
    lab_session_t *s = data;
    if (pump(s) && g_get_monotonic_time() < s->settle_deadline)
        return G_SOURCE_CONTINUE;
    g_main_loop_quit(s->loop);
    return G_SOURCE_REMOVE;
}

static void settle(lab_session_t *s)
{
    if (s->settle_deadline)
        return;
    s->settle_deadline = g_get_monotonic_time() + 1000l * SETTLE_LIMIT;
    pump(s);
    g_timeout_add(SETTLE_MILLISECONDS, on_settle, s);
}

static gboolean on_children_late(void *data)
{
    settle(data);
    return G_SOURCE_REMOVE;
}

void session_child_gone(lab_session_t *s)
{
    if (s->stopping && !s->alive[ROLE_SERVER] && !s->alive[ROLE_CLIENT])
        settle(s);
}

void session_stop(lab_session_t *s)
{
    if (s->stopping)
        return;
    s->stopping = true;
    for (int role = ROLE_CLIENT; role >= ROLE_SERVER; role--)
        if (s->alive[role])
            keeper_terminate(&s->keeper, (lab_role_t)role);
    g_timeout_add(CHILDREN_MILLISECONDS, on_children_late, s);
    session_child_gone(s);
}

void session_fail(lab_session_t *s, GError *error)
{
    if (s->error)
        g_error_free(error);
    else
        s->error = error;
    session_stop(s);
}

static gboolean on_signal(int fd, GIOCondition condition, void *data)
{
    struct signalfd_siginfo info;
    (void)condition;
    if (read(fd, &info, sizeof info) > 0)
        session_stop(data);
    return G_SOURCE_CONTINUE;
}

/* Nobody reads any more: nothing is left to be done in order. */
static void on_reader_lost(void *data)
{
    lab_session_t *s = data;
    s->stopping = true;
    g_main_loop_quit(s->loop);
}

static void on_capture_lost(const char *why, void *data)
{
    lab_session_t *s = data;
    GError *error = NULL;
    lab_fail(&error, LAB_FAILED, T_E_CAPTURE_LOST, s->network.device, why);
    session_fail(s, error);
}

/* The steps of the start, in order. */

static bool take_signals(lab_session_t *s, GError **error)
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
    return true;
}

/* If Wireshark is killed, nobody tells us to stop: the kernel shall. The parent may be gone before it is
 * asked. */
static bool follow_parent(lab_session_t *s, GError **error)
{
    pid_t parent = getppid();
    (void)s, (void)error;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        raise(SIGTERM);
    return true;
}

static bool check(lab_session_t *s, GError **error)
{
    return settings_check(s->settings, error);
}

static bool find_server(lab_session_t *s, GError **error)
{
    s->server_path = webserver_find(s->settings, error);
    return s->server_path != NULL;
}

static bool choose_network(lab_session_t *s, GError **error)
{
    return network_choose(&s->network, s->settings, &s->live, error);
}

static bool choose_ports(lab_session_t *s, GError **error)
{
    s->ports.server = s->settings->port;
    s->listener = ports_listen(&s->ports.server, error);
    if (s->listener < 0)
        return false;
    s->closed_hold = ports_keep_closed(s->ports.server + 1, &s->ports.closed);
    /* Only chosen: the server takes it when it needs it. */
    int fd = ports_keep_closed(s->ports.server + 2, &s->ports.slow);
    if (fd >= 0)
        close(fd);
    return true;
}

static int link_type(const lab_session_t *s)
{
    return s->network.kind == NETWORK_OWN ? LINK_ETHERNET : livecap_link_type(&s->live);
}

static bool set_filter(lab_session_t *s, GError **error)
{
    const char *asked = s->settings->filter;
    char *why = asked ? recorder_check_filter(asked, link_type(s)) : NULL;
    if (why) {
        lab_fail(error, LAB_USAGE, T_E_FILTER, asked, why);
        g_free(why);
        return false;
    }
    if (s->network.kind == NETWORK_OWN) {
        if (asked)
            recorder_filter(&s->recorder, asked, LINK_ETHERNET);
        return true;
    }
    char *filter = network_filter(s->settings, &s->ports);
    bool fine = livecap_filter(&s->live, filter);
    g_free(filter);
    return fine || lab_fail(error, LAB_FAILED, T_E_CAPTURE, s->network.device, pcap_geterr(s->live.pcap));
}

static bool start_keeper(lab_session_t *s, GError **error)
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

static bool no_network(const lab_session_t *s, const lab_netns_t *net, GError **error)
{
    if (net->step == NETNS_LINK) {
        char *veth = g_strdup(text_errno(net->number_veth));
        lab_fail(error, LAB_FAILED, T_E_LINK, net->number ? text_errno(net->number) : "-", veth);
        g_free(veth);
        return false;
    }
    char *self = webserver_own_path();
    lab_text_id_t id = s->network.chosen_by_us ? T_E_NAMESPACE_AUTO : T_E_NAMESPACE;
    lab_fail(error, LAB_FAILED, id, text_errno(net->number), self);
    g_free(self);
    return false;
}

static bool build_network(lab_session_t *s, GError **error)
{
    lab_netns_t net;
    if (s->network.kind != NETWORK_OWN)
        return true;
    if (!keeper_network(&s->keeper, &net))
        return no_network(s, &net, error);
    s->wire.fds[0] = net.wire[0];
    s->wire.fds[1] = net.wire[1];
    s->wire_up = true;
    return true;
}

static void write_head(lab_session_t *s)
{
    char *url = g_strdup_printf("http://%s:%u/", s->network.browse, s->ports.server);
    char *about = network_about(&s->network);
    char *filter = s->live.pcap ? network_filter(s->settings, &s->ports) : g_strdup(s->settings->filter);
    lab_pcapng_head_t head = {
        .comment = text_format(T_COMMENT, url, LAB_VERSION, about),
        .application = "labdump " LAB_VERSION,
        .name = LAB_INTERFACE,
        .description = g_strdup_printf("%s %s", text(T_DISPLAY), url),
        .filter = filter,
        .link_type = (unsigned)link_type(s),
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

static bool open_writer(lab_session_t *s, GError **error)
{
    s->writer = writer_open(s->settings->fifo, s->signals, error);
    if (!s->writer)
        return false;
    s->recorder.writer = s->writer;
    writer_watch(s->writer, on_reader_lost, s);
    writer_hold(s->writer, true);
    write_head(s);
    return true;
}

/* Before the server listens, so that not even the first packet is missed. */
static bool start_capture(lab_session_t *s, GError **error)
{
    (void)error;
    g_unix_fd_add(s->signals, G_IO_IN, on_signal, s);
    if (s->wire_up)
        wire_start(&s->wire, s->wire.fds, &s->recorder);
    else
        livecap_start(&s->live, &s->recorder, on_capture_lost, s);
    return true;
}

static bool (*const steps[])(lab_session_t *s, GError **error) = {
    take_signals,  follow_parent, check,         find_server, choose_network, choose_ports,   set_filter,
    children_plan, start_keeper,  build_network, open_writer, start_capture,  children_start,
};

static bool start(lab_session_t *s)
{
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        if (!steps[i](s, &s->error))
            return false;
    return true;
}

static void write_statistics(lab_session_t *s)
{
    uint64_t dropped = s->live.pcap ? livecap_dropped(&s->live) : 0;
    uint64_t now = (uint64_t)g_get_real_time() * 1000;
    pcapng_put_statistics(writer_queue(s->writer), now, s->recorder.packets + dropped, dropped);
}

static void end(lab_session_t *s)
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
static int report(lab_session_t *s)
{
    const GError *error = s->error ? s->error : s->client_error;
    if (error)
        fprintf(stderr, "%s\n", error->message);
    if (s->writer && !s->error)
        writer_hold(s->writer, false);
    if (s->writer)
        writer_close(s->writer, CLOSE_MILLISECONDS);
    else
        writer_let_go(s->settings->fifo);
    return error ? error->code : 0;
}

int session_run(const lab_settings_t *o)
{
    lab_session_t s = {.settings = o, .listener = -1, .closed_hold = -1};

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
