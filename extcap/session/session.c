/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "actions.h"
#include "annotator.h"
#include "children.h"
#include "consent.h"
#include "https.h"
#include "livecap.h"
#include "names.h"
#include "network.h"
#include "ports.h"
#include "recorder.h"
#include "relay.h"
#include "texts.h"
#include "webserver.h"
#include "wire.h"

enum {
    CHILDREN_MILLISECONDS = 1500, /* for the server to end in order */
    SETTLE_MILLISECONDS = 60,     /* without a packet; a delayed ACK takes 40 */
    SETTLE_LIMIT = 500,
    LINK_ETHERNET = 1,
    LAB_DNS_PORT = 53,
};

typedef struct {
    const lab_settings_t *settings;
    GMainLoop *loop;
    GError *error;        /* what ends the session */
    GError *client_error; /* reported at the end; does not end the session */
    int signals;          /* signalfd of SIGTERM, SIGINT, SIGHUP */

    lab_network_t network;
    lab_ports_t ports;
    int listener; /* on the host's loopback; -1 when somebody else owns it */
    lab_https_t https;
    int closed_hold; /* keeps the closed port closed; in a network of our own, relays it */
    int slow_hold;   /* in a network of our own, relays the port of slow-accept; else -1 */

    char *server_path; /* until the children own it */
    lab_children_t children;

    lab_writer_t *writer;
    lab_recorder_t recorder;
    lab_annotator_t *annotator;
    lab_livecap_t live;
    lab_wire_t wire;
    bool wire_up;
    bool capturing;                                 /* on a device or loopback */
    bool paused;                                    /* the reader must catch up first */
    lab_relay_t *relay, *closed_relay, *slow_relay; /* of the server's port and of the scenarios' */
    lab_relay_t *far_relay; /* from the server's end of the wire to a server that ran already */
    lab_names_t *names;
    lab_actions_t actions;
    char *url; /* of the page, for a browser on this machine */

    bool stopping;
    int64_t settle_deadline; /* microseconds of the monotonic clock; 0: not settling yet */
} lab_session_t;

static bool pump(lab_session_t *s)
{
    if (s->wire_up)
        return wire_pump(&s->wire);
    return s->capturing ? livecap_pump(&s->live) : false;
}

static gboolean on_settle(void *data)
{
    lab_session_t *s = data;
    if (!s->paused && pump(s) && g_get_monotonic_time() < s->settle_deadline)
        return G_SOURCE_CONTINUE;
    g_main_loop_quit(s->loop);
    return G_SOURCE_REMOVE;
}

static void settle(lab_session_t *s)
{
    if (s->settle_deadline)
        return;
    s->settle_deadline = g_get_monotonic_time() + 1000l * SETTLE_LIMIT;
    if (!s->paused)
        pump(s);
    g_timeout_add(SETTLE_MILLISECONDS, on_settle, s);
}

static gboolean on_children_late(void *data)
{
    settle(data);
    return G_SOURCE_REMOVE;
}

/* Settles once the session is stopping and no child is left to wait for. */
static void settle_if_alone(lab_session_t *s)
{
    if (s->stopping && !children_alive(&s->children))
        settle(s);
}

/* Ends the session: asks the children to end, then records what they still send. */
static void stop(lab_session_t *s)
{
    if (!s->stopping) {
        s->stopping = true;
        actions_stop(&s->actions);
        children_stop(&s->children);
        g_timeout_add(CHILDREN_MILLISECONDS, on_children_late, s);
    }
    settle_if_alone(s);
}

/* Ends the session with this error, which it owns from now on. The first one counts. */
static void fail(void *data, GError *error)
{
    lab_session_t *s = data;
    if (s->error)
        g_error_free(error);
    else
        s->error = error;
    stop(s);
}

static gboolean on_signal(int fd, GIOCondition condition, void *data)
{
    struct signalfd_siginfo info;
    (void)condition;
    if (read(fd, &info, sizeof info) > 0)
        stop(data);
    return G_SOURCE_CONTINUE;
}

/* Nobody reads the capture any more: ends at once. */
static void on_reader_lost(void *data)
{
    lab_session_t *s = data;
    s->stopping = true;
    actions_stop(&s->actions);
    g_main_loop_quit(s->loop);
}

static void on_pressure(void *data, bool full)
{
    lab_session_t *s = data;
    s->paused = full;
    if (s->wire_up)
        wire_pause(&s->wire, full);
    else if (s->capturing)
        livecap_pause(&s->live, full);
}

static const lab_writer_events_t writer_events = {on_reader_lost, on_pressure};

static void on_capture_lost(const char *why, void *data)
{
    lab_session_t *s = data;
    s->capturing = false;
    fail(s, lab_error(LAB_FAILED, T_E_CAPTURE_LOST,
                      LAB_PLACES(LAB_WORDS("device", s->network.device), LAB_WORDS("why", why))));
}

static int make_socket(void *keeper)
{
    return keeper_socket(keeper);
}

/* Takes the listener over. What becomes of a connection on the wire becomes of the browser's: it is refused
 * at the closed port, and waits at the slow one. */
static lab_relay_t *relay_port(lab_session_t *s, int *listener, unsigned port)
{
    int fd = *listener;
    *listener = -1;
    return fd < 0 ? NULL : relay_start(fd, NETNS_SERVER, port, make_socket, &s->children.keeper);
}

static int make_host_socket(void *data)
{
    (void)data;
    return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* What arrives at the server's end of the wire is carried on to the server that ran already. */
static bool reach_running(lab_session_t *s, GError **error)
{
    int number, fd = keeper_server_socket(&s->children.keeper, SOCK_STREAM, s->ports.server, &number);
    if (fd < 0)
        return lab_fail(error, LAB_FAILED, T_E_HELPER, LAB_PLACES(LAB_WORDS("why", text_errno(number))));
    s->far_relay = relay_start(fd, "127.0.0.1", s->ports.server, make_host_socket, NULL);
    return true;
}

static int client_socket(void *data)
{
    lab_session_t *s = data;
    return s->network.kind == NETWORK_OWN ? keeper_socket(&s->children.keeper) : make_host_socket(NULL);
}

static gboolean on_linger_over(void *data)
{
    stop(data);
    return G_SOURCE_REMOVE;
}

/* The scenarios of the command line are over. A client command decides itself when the capture ends. */
static void on_played(void *data)
{
    lab_session_t *s = data;
    if (!s->settings->client)
        g_timeout_add((unsigned)(s->settings->linger * 1000), on_linger_over, s);
}

static void start_actions(lab_session_t *s)
{
    lab_stage_t stage = {.url = s->url,
                         .address = s->network.server_address,
                         .port = s->ports.server,
                         .server_log = s->children.log,
                         .packets = &s->recorder.packets,
                         .make_socket = client_socket,
                         .played = on_played,
                         .data = s};
    actions_ready(&s->actions, &stage);
}

static void on_ready(void *data)
{
    lab_session_t *s = data;
    if (s->network.kind == NETWORK_OWN) {
        s->relay = relay_port(s, &s->listener, s->ports.server);
        s->closed_relay = relay_port(s, &s->closed_hold, s->ports.closed);
        s->slow_relay = relay_port(s, &s->slow_hold, s->ports.slow);
        https_relay(&s->https, &s->ports, make_socket, &s->children.keeper);
    }
    writer_hold(s->writer, false);
    start_actions(s);
}

static void on_child_ended(void *data, lab_role_t role, GError *error)
{
    lab_session_t *s = data;
    if (s->stopping) {
        g_clear_error(&error);
        settle_if_alone(s);
    } else if (role == ROLE_SERVER) {
        fail(s, error);
    } else {
        s->client_error = error;
        g_timeout_add((unsigned)(s->settings->linger * 1000), on_linger_over, s);
    }
}

static const lab_children_events_t children_events = {on_ready, on_child_ended, fail};

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

/* If Wireshark is killed, the kernel sends SIGTERM. The parent may have ended before that is set up. */
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

static bool check_actions(lab_session_t *s, GError **error)
{
    return actions_check(&s->actions, error);
}

static bool find_server(lab_session_t *s, GError **error)
{
    if (s->settings->server_command)
        s->server_path = g_strdup(s->settings->server_command);
    if (s->settings->server_command || s->settings->running)
        return true;
    s->server_path = webserver_find(s->settings, error);
    return s->server_path != NULL;
}

static bool choose_network(lab_session_t *s, GError **error)
{
    return network_choose(&s->network, s->settings, &s->live, error);
}

static bool ask_consent(lab_session_t *s, GError **error)
{
    return consent_given(s->settings, s->network.kind == NETWORK_DEVICE, error);
}

/* The way in is on another port of the host: the server's is that of the server which ran already, or needs
 * rights that an ordinary user has only in the network of its own. */
static bool choose_entry(lab_session_t *s, unsigned wanted, GError **error)
{
    s->listener = ports_keep_open(wanted, &s->ports.entry);
    return s->listener >= 0 ||
           lab_fail(error, LAB_FAILED, T_E_ENTRY, LAB_PLACES(LAB_WORDS("why", text_errno(errno))));
}

static bool choose_running_ports(lab_session_t *s, GError **error)
{
    s->ports.entry = s->ports.server;
    if (s->network.kind != NETWORK_DEVICE && ports_state(s->ports.server) == PORT_CLOSED)
        return lab_fail(error, LAB_FAILED, T_E_RUNNING_NOBODY,
                        LAB_PLACES(LAB_NUMBER("port", s->ports.server)));
    return s->network.kind != NETWORK_OWN || choose_entry(s, s->ports.server + 1, error);
}

static bool choose_own_ports(lab_session_t *s, GError **error)
{
    enum { PRIVILEGED = 1024, ENTRY_OFFSET = 8000 };
    if (s->network.kind == NETWORK_OWN && s->ports.server && s->ports.server < PRIVILEGED && geteuid() != 0)
        return choose_entry(s, s->ports.server + ENTRY_OFFSET, error);
    s->listener = ports_listen(&s->ports.server, error);
    s->ports.entry = s->ports.server;
    return s->listener >= 0;
}

static bool choose_ports(lab_session_t *s, GError **error)
{
    s->ports.server = s->settings->port;
    if (!(s->settings->running ? choose_running_ports(s, error) : choose_own_ports(s, error)))
        return false;
    if (s->network.kind == NETWORK_OWN) {
        s->closed_hold = ports_keep_open(s->ports.entry + 1, &s->ports.closed);
        s->slow_hold = ports_keep_open(s->ports.entry + 2, &s->ports.slow);
        return true;
    }
    s->closed_hold = ports_keep_closed(s->ports.server + 1, &s->ports.closed);
    /* Closed again: the server binds this port when it plays the scenario. */
    int fd = ports_keep_closed(s->ports.server + 2, &s->ports.slow);
    if (fd >= 0)
        close(fd);
    return true;
}

static bool choose_https(lab_session_t *s, GError **error)
{
    return https_choose(&s->https, s->settings, &s->network, &s->ports, error);
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
        lab_fail(error, LAB_USAGE, T_E_FILTER, LAB_PLACES(LAB_WORDS("filter", asked), LAB_WORDS("why", why)));
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
    return fine || lab_fail(error, LAB_FAILED, T_E_CAPTURE,
                            LAB_PLACES(LAB_WORDS("device", s->network.device),
                                       LAB_WORDS("why", pcap_geterr(s->live.pcap))));
}

static bool plan_children(lab_session_t *s, GError **error)
{
    char *path = g_steal_pointer(&s->server_path);
    return children_plan(&s->children, s->settings, &s->network, &s->ports, path, s->https.keys_in, error);
}

static bool start_keeper(lab_session_t *s, GError **error)
{
    bool fine = children_keep(&s->children, error);
    https_started(&s->https);
    return fine;
}

static bool no_link(const lab_netns_t *net, GError **error)
{
    char *veth = g_strdup(text_errno(net->veth_error));
    const char *tap = net->error ? text_errno(net->error) : "-";
    lab_fail(error, LAB_FAILED, T_E_LINK, LAB_PLACES(LAB_WORDS("tap", tap), LAB_WORDS("veth", veth)));
    g_free(veth);
    return false;
}

static bool no_namespace(const lab_session_t *s, const lab_netns_t *net, GError **error)
{
    char *self = webserver_own_path();
    lab_text_id_t id = s->network.chosen_by_us ? T_E_NAMESPACE_AUTO : T_E_NAMESPACE;
    lab_fail(error, LAB_FAILED, id,
             LAB_PLACES(LAB_WORDS("why", text_errno(net->error)), LAB_WORDS("labdump", self)));
    g_free(self);
    return false;
}

static bool build_network(lab_session_t *s, GError **error)
{
    lab_netns_t net;
    if (s->network.kind != NETWORK_OWN)
        return true;
    if (!keeper_network(&s->children.keeper, &net))
        return net.step == NETNS_LINK ? no_link(&net, error) : no_namespace(s, &net, error);
    s->wire.fds[0] = net.wire[0];
    s->wire.fds[1] = net.wire[1];
    s->wire_up = true;
    return !s->settings->running || reach_running(s, error);
}

/* Answers look-ups in the network of its own. Without it the client is given the address. */
static bool serve_names(lab_session_t *s, GError **error)
{
    int number, fd;
    (void)error;
    if (s->network.kind != NETWORK_OWN)
        return true;
    fd = keeper_server_socket(&s->children.keeper, SOCK_DGRAM, LAB_DNS_PORT, &number);
    if (fd >= 0)
        s->names = names_start(fd, s->settings->name, NETNS_SERVER);
    return true;
}

/* Sentences about network and server for the comment in the capture, to be freed. */
static char *about_session(const lab_session_t *s)
{
    char *network = network_about(&s->network), *server = NULL;
    const lab_place_t *places =
        LAB_PLACES(LAB_WORDS("command", s->settings->server_command), LAB_WORDS("file", s->children.log),
                   LAB_NUMBER("port", s->ports.server), LAB_WORDS("server", NETNS_SERVER));
    if (s->settings->server_command)
        server = text_with(T_ABOUT_COMMAND, places);
    else if (s->settings->running)
        server = text_with(s->network.kind == NETWORK_OWN ? T_ABOUT_RUNNING_OWN : T_ABOUT_RUNNING, places);
    const char *https = s->ports.tls ? text(s->recorder.secrets ? T_ABOUT_TLS_KEYS : T_ABOUT_TLS) : "";
    char *about = g_strconcat(network, server ? server : "", https, NULL);
    g_free(network);
    g_free(server);
    return about;
}

static void write_head(lab_session_t *s)
{
    const char *url = s->url = g_strdup_printf("http://%s:%u/", s->network.browse, s->ports.entry);
    char *about = about_session(s);
    char *filter = s->live.pcap ? network_filter(s->settings, &s->ports) : g_strdup(s->settings->filter);
    lab_pcapng_head_t head = {
        .comment = text_with(T_COMMENT, LAB_PLACES(LAB_WORDS("url", url), LAB_WORDS("version", LAB_VERSION),
                                                   LAB_WORDS("about", about))),
        .application = "labdump " LAB_VERSION,
        .name = LAB_INTERFACE,
        .description = g_strdup_printf("%s %s", text(T_DISPLAY), url),
        .filter = filter,
        .link_type = (unsigned)link_type(s),
        .snap_length = LAB_SNAP_LENGTH,
    };
    pcapng_put_head(writer_queue(s->writer), &head);
    writer_flush(s->writer);
    g_free((char *)head.comment);
    g_free((char *)head.description);
    g_free(filter);
    g_free(about);
}

static bool open_writer(lab_session_t *s, GError **error)
{
    s->writer = writer_open(s->settings->fifo, s->signals, error);
    if (!s->writer)
        return false;
    s->recorder.writer = s->writer;
    s->recorder.secrets = https_secrets(&s->https, s->writer, link_type(s), &s->ports);
    writer_watch(s->writer, &writer_events, s);
    writer_hold(s->writer, true);
    if (s->children.annotator[0])
        s->annotator = annotator_start(s->writer, s->children.annotator[0], s->children.annotator[1]);
    write_head(s);
    return true;
}

/* Before the server listens, so that not even the first packet is missed. */
static bool start_capture(lab_session_t *s, GError **error)
{
    (void)error;
    g_unix_fd_add(s->signals, G_IO_IN, on_signal, s);
    if (s->wire_up)
        wire_start(&s->wire, &s->recorder);
    else
        livecap_start(&s->live, &s->recorder, on_capture_lost, s);
    s->capturing = !s->wire_up;
    return true;
}

static bool start_server(lab_session_t *s, GError **error)
{
    /* Held until now so that nobody else took the port. On loopback and on a device the server takes it. */
    if (s->network.kind != NETWORK_OWN && s->listener >= 0) {
        close(s->listener);
        s->listener = -1;
    }
    return children_start(&s->children, &children_events, s, error);
}

static bool (*const steps[])(lab_session_t *s, GError **error) = {
    take_signals,  follow_parent, check,        find_server,   choose_network, ask_consent,
    check_actions, choose_ports,  choose_https, set_filter,    plan_children,  start_keeper,
    build_network, serve_names,   open_writer,  start_capture, start_server,
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

/* While tshark still lives. */
static void finish_comments(lab_session_t *s)
{
    if (!s->annotator)
        return;
    if (s->capturing)
        livecap_wait();
    pump(s);
    s->children.stopping = true;
    annotator_finish(s->annotator);
}

static void end(lab_session_t *s)
{
    finish_comments(s);
    keeper_stop(&s->children.keeper);
    if (s->writer) {
        if (s->capturing)
            livecap_wait();
        pump(s);
        secrets_end(g_steal_pointer(&s->recorder.secrets));
        write_statistics(s);
    }
    relay_stop(s->relay);
    relay_stop(s->closed_relay);
    relay_stop(s->slow_relay);
    https_end(&s->https);
    relay_stop(s->far_relay);
    names_stop(s->names);
    if (s->wire_up)
        wire_stop(&s->wire);
    livecap_close(&s->live);
    recorder_clear(&s->recorder);
    if (s->listener >= 0)
        close(s->listener);
    if (s->closed_hold >= 0)
        close(s->closed_hold);
    if (s->slow_hold >= 0)
        close(s->slow_hold);
}

/* Writes the rest of the capture. The disk may be full, or the reader take nothing more. */
static void finish_writing(lab_session_t *s)
{
    const char *file = s->settings->fifo;
    if (!s->error)
        writer_hold(s->writer, false);
    bool stalled = writer_finish(s->writer, s->signals) == WRITER_STALLED;
    int failed = writer_error(s->writer);
    if (s->error)
        return;
    if (failed)
        s->error = lab_error(LAB_FAILED, T_E_FIFO,
                             LAB_PLACES(LAB_WORDS("file", file), LAB_WORDS("why", text_errno(failed))));
    else if (stalled)
        s->error = lab_error(LAB_FAILED, T_E_READER_STALLED, LAB_PLACES(LAB_WORDS("file", file)));
}

/* The message is written before the pipe is closed: Wireshark may read no more of it afterwards. */
static int report(lab_session_t *s)
{
    if (s->writer)
        finish_writing(s);
    actions_await(&s->actions, s->signals);
    const GError *error = s->error ? s->error : s->client_error;
    if (error)
        fprintf(stderr, "%s\n", error->message);
    if (s->writer)
        writer_close(s->writer);
    else
        writer_let_go(s->settings->fifo);
    return error ? error->code : 0;
}

int session_run(const lab_settings_t *settings)
{
    lab_session_t s = {.settings = settings,
                       .listener = -1,
                       .closed_hold = -1,
                       .slow_hold = -1,
                       .https = {.holds = {-1, -1}, .keys = -1, .keys_in = -1}};

    actions_open(&s.actions, settings);
    s.loop = g_main_loop_new(NULL, FALSE);
    if (start(&s))
        g_main_loop_run(s.loop);
    end(&s);
    int status = report(&s);
    actions_close(&s.actions);
    children_clear(&s.children);
    g_free(s.server_path);
    g_free(s.url);
    network_clear(&s.network);
    g_clear_error(&s.error);
    g_clear_error(&s.client_error);
    g_main_loop_unref(s.loop);
    close(s.signals);
    return status;
}

void session_refuse(const lab_settings_t *settings)
{
    lab_controls_t *controls = controls_open(settings->control_in, settings->control_out);
    controls_await(controls, -1);
    controls_close(controls);
    if (settings->fifo && controls)
        writer_let_go(settings->fifo);
}
