/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A loop that answers requests and reports children that ended. At its end it kills what is left. */
#include "keeper_main.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "netns.h"
#include "ports.h"
#include "reaper.h"
#include "resolver.h"

enum { KILL_ROUNDS = 400, KILL_PAUSE = 5000 /* microseconds */ };

typedef struct {
    const lab_keeper_plan_t *plan;
    int control;
    int events;
    int signals;
    lab_netns_t net;
    pid_t pids[ROLE_COUNT];
} lab_keeper_state_t;

static int compare_fds(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Closes what labdump inherited: Wireshark waits until nobody holds its pipes open. Descriptors of a role
 * that the plan does not have are 0. */
static void close_others(const lab_keeper_state_t *s)
{
    const lab_keeper_plan_t *p = s->plan;
    int kept[] = {s->control,
                  s->events,
                  p->output[ROLE_SERVER],
                  p->errors[ROLE_SERVER],
                  p->output[ROLE_CLIENT],
                  p->errors[ROLE_CLIENT],
                  p->input[ROLE_ANNOTATOR],
                  p->output[ROLE_ANNOTATOR],
                  p->errors[ROLE_ANNOTATOR],
                  p->keys};
    int first = STDERR_FILENO + 1;

    qsort(kept, G_N_ELEMENTS(kept), sizeof *kept, compare_fds);
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        if (kept[i] > first)
            close_range((unsigned)first, (unsigned)kept[i] - 1, 0);
        first = MAX(first, kept[i] + 1);
    }
    close_range((unsigned)first, ~0u, 0);
}

static void redirect(int fd, int standard)
{
    if (dup2(fd, standard) < 0)
        _exit(127);
}

static void detach(lab_keeper_state_t *s)
{
    sigset_t set;

    setsid(); /* Ctrl-C in the terminal reaches labdump only, which then stops the keeper */
    prctl(PR_SET_NAME, "labdump-keeper");
    reaper_begin();
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        redirect(nothing, fd);
    close_others(s);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGPIPE);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void add_environment(char **pair)
{
    for (; pair && *pair; pair += 2)
        setenv(pair[0], pair[1], 1);
}

/* The pipe stays open in the server, which opens it again under this name. */
static void pass_keys(int fd)
{
    char *name = g_strdup_printf("/proc/self/fd/%d", fd);

    fcntl(fd, F_SETFD, 0);
    setenv("SSLKEYLOGFILE", name, 1);
    g_free(name);
}

static void prepare_child(const lab_keeper_state_t *s, lab_role_t role, pid_t keeper)
{
    sigset_t none;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper)
        _exit(127);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (s->plan->input[role])
        redirect(s->plan->input[role], STDIN_FILENO);
    redirect(s->plan->output[role], STDOUT_FILENO);
    redirect(s->plan->errors[role], STDERR_FILENO);
    add_environment(s->plan->environment[role]);
    if (role == ROLE_SERVER && s->plan->keys)
        pass_keys(s->plan->keys);
}

static void child(const lab_keeper_state_t *s, lab_role_t role, pid_t keeper, int report)
{
    int number = 0;
    prepare_child(s, role, keeper);
    if (s->plan->own_network && role == ROLE_SERVER && setns(s->net.server_ns, CLONE_NEWNET) != 0)
        number = errno;
    if (s->plan->own_network && role == ROLE_CLIENT && s->plan->named_environment &&
        resolver_use(NETNS_SERVER))
        add_environment(s->plan->named_environment);
    if (number == 0) {
        execvp(s->plan->argv[role][0], s->plan->argv[role]);
        number = errno;
    }
    if (write(report, &number, sizeof number) < 0)
        _exit(126);
    _exit(127);
}

/* exec() closes the pipe when it succeeds; when it fails, its errno is written to the pipe. */
static int run(lab_keeper_state_t *s, lab_role_t role)
{
    int report[2], number = 0;
    pid_t self = getpid();

    if (pipe2(report, O_CLOEXEC) != 0)
        return errno;
    pid_t pid = fork();
    if (pid == 0)
        child(s, role, self, report[1]);
    close(report[1]);
    if (pid < 0)
        number = EAGAIN;
    else if (read(report[0], &number, sizeof number) != (ssize_t)sizeof number)
        number = 0;
    close(report[0]);
    s->pids[role] = number == 0 ? pid : 0;
    /* Closed here, so that the reader sees the end of the output when the child is gone. */
    close(s->plan->output[role]);
    close(s->plan->errors[role]);
    if (s->plan->input[role])
        close(s->plan->input[role]);
    if (role == ROLE_SERVER && s->plan->keys)
        close(s->plan->keys);
    return number;
}

static void build_network(lab_keeper_state_t *s)
{
    netns_build(&s->net);
    lab_keeper_answer_t answer = {
        .step = (int)s->net.step, .error = s->net.error, .veth_error = s->net.veth_error};
    keeper_link_send(s->control, &answer, s->net.wire, s->net.step == NETNS_OK ? 2 : 0);
    for (int i = 0; i < 2; i++)
        if (s->net.wire[i] >= 0)
            close(s->net.wire[i]);
}

static void make_socket(lab_keeper_state_t *s)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    lab_keeper_answer_t answer = {.error = fd < 0 ? errno : 0};
    keeper_link_send(s->control, &answer, &fd, fd < 0 ? 0 : 1);
    if (fd >= 0)
        close(fd);
}

/* Into the server's namespace and back; the keeper's own is the client's. */
static void change_side(const lab_keeper_state_t *s, lab_role_t role)
{
    if (s->plan->own_network &&
        setns(role == ROLE_SERVER ? s->net.server_ns : s->net.client_ns, CLONE_NEWNET) != 0)
        _exit(1); /* in the wrong namespace nothing would be right */
}

static void make_server_socket(lab_keeper_state_t *s, const lab_keeper_request_t *request)
{
    change_side(s, ROLE_SERVER);
    int fd = ports_socket(NETNS_SERVER, request->type, request->port);
    lab_keeper_answer_t answer = {.error = fd < 0 ? errno : 0};
    change_side(s, ROLE_CLIENT);
    keeper_link_send(s->control, &answer, &fd, fd < 0 ? 0 : 1);
    if (fd >= 0)
        close(fd);
}

/* Children that no role started: what a child left behind when it ended. */
static GArray *orphans(const lab_keeper_state_t *s)
{
    GArray *all = reaper_children();
    for (unsigned i = all->len; i-- > 0;)
        for (int role = 0; role < ROLE_COUNT; role++)
            if (g_array_index(all, pid_t, i) == s->pids[role]) {
                g_array_remove_index_fast(all, i);
                break;
            }
    return all;
}

static void look(lab_keeper_state_t *s, unsigned port)
{
    GArray *left = orphans(s);
    change_side(s, ROLE_SERVER);
    lab_keeper_answer_t answer = {.step = (int)ports_state(port), .orphans = (int)left->len};
    change_side(s, ROLE_CLIENT);
    keeper_link_send(s->control, &answer, NULL, 0);
    g_array_unref(left);
}

static void terminate(lab_keeper_state_t *s, lab_role_t role)
{
    if (s->pids[role] > 0)
        kill(-s->pids[role], SIGTERM);
    if (role != ROLE_SERVER)
        return;
    GArray *left = orphans(s);
    for (unsigned i = 0; i < left->len; i++)
        kill(g_array_index(left, pid_t, i), SIGTERM);
    g_array_unref(left);
}

static void serve(lab_keeper_state_t *s, const lab_keeper_request_t *request)
{
    lab_keeper_answer_t answer = {0};

    switch (request->verb) {
    case KEEPER_NETWORK:
        build_network(s);
        return;
    case KEEPER_SOCKET:
        make_socket(s);
        return;
    case KEEPER_SERVER_SOCKET:
        make_server_socket(s, request);
        return;
    case KEEPER_LOOK:
        look(s, request->port);
        return;
    case KEEPER_RUN:
        answer.error = run(s, request->role);
        break;
    case KEEPER_TERMINATE:
        terminate(s, request->role);
        break;
    default:
        break;
    }
    keeper_link_send(s->control, &answer, NULL, 0);
}

static void report_end(lab_keeper_state_t *s, pid_t pid, int status)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (s->pids[role] != pid)
            continue;
        lab_keeper_event_t event = {role, status};
        s->pids[role] = 0;
        if (write(s->events, &event, sizeof event) < 0)
            return; /* labdump is gone; the control socket says so too */
    }
}

/* False when there is no child any more. */
static bool reap(lab_keeper_state_t *s)
{
    struct signalfd_siginfo info;
    pid_t pid;
    int status;

    while (read(s->signals, &info, sizeof info) > 0)
        ;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        report_end(s, pid, status);
    return pid == 0;
}

/* The keeper is a subreaper, so what its children leave behind becomes its child. */
static void end_everything(lab_keeper_state_t *s)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        if (s->pids[role] > 0)
            kill(-s->pids[role], SIGKILL);
    for (int round = 0; round < KILL_ROUNDS && reap(s); round++) {
        reaper_kill(NULL);
        g_usleep(KILL_PAUSE);
    }
}

/* The process stays behind as the keeper's parent, the guard, and the keeper goes on as its child. When the
 * keeper is killed, the guard kills what is left. So it takes three kills at the same moment, labdump's, the
 * keeper's and the guard's, to leave something behind. */
static void guard_keeper(void)
{
    pid_t pid, keeper = fork();
    if (keeper == 0)
        reaper_begin(); /* not inherited */
    if (keeper <= 0)
        return;
    prctl(PR_SET_NAME, "lab-guard");
    close_range(STDERR_FILENO + 1, ~0u, 0);
    do
        pid = wait(NULL);
    while (pid != keeper && (pid > 0 || errno == EINTR));
    reaper_end(NULL);
    _exit(0);
}

void keeper_main(const lab_keeper_plan_t *plan, int control, int events)
{
    lab_keeper_state_t s = {.plan = plan, .control = control, .events = events};
    lab_keeper_request_t request;

    detach(&s);
    guard_keeper();
    for (;;) {
        struct pollfd waiting[2] = {{control, POLLIN, 0}, {s.signals, POLLIN, 0}};
        poll(waiting, 2, -1);
        if (waiting[1].revents)
            reap(&s);
        if (!waiting[0].revents)
            continue;
        if (recv(control, &request, sizeof request, 0) != (ssize_t)sizeof request)
            break;
        serve(&s, &request);
    }
    end_everything(&s);
    _exit(0);
}
