/* SPDX-License-Identifier: GPL-2.0-or-later */
/* labdump's side of the keeper. */
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper_link.h"
#include "keeper_main.h"
#include "reaper.h"

enum { STOP_MILLISECONDS = 5000 };

int keeper_start(lab_keeper_t *k, const lab_keeper_plan_t *plan)
{
    int control[2], events[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) != 0 || pipe2(events, O_CLOEXEC) != 0)
        return errno;
    /* If the keeper is killed, what its children leave behind becomes a child of this process. */
    reaper_begin();
    k->spared = reaper_children();
    k->pid = fork();
    if (k->pid < 0)
        return errno;
    if (k->pid == 0)
        keeper_main(plan, control[1], events[1]);
    close(control[1]);
    close(events[1]);
    k->control = control[0];
    k->events = events[0];
    return 0;
}

static bool ask_for(lab_keeper_t *k, const lab_keeper_request_t *request, lab_keeper_answer_t *answer,
                    int fds[2])
{
    fds[0] = fds[1] = -1;
    return send(k->control, request, sizeof *request, MSG_NOSIGNAL) == (ssize_t)sizeof *request &&
           keeper_link_receive(k->control, answer, fds);
}

static bool ask(lab_keeper_t *k, lab_keeper_verb_t verb, lab_role_t role, lab_keeper_answer_t *answer,
                int fds[2])
{
    lab_keeper_request_t request = {.verb = verb, .role = role};
    return ask_for(k, &request, answer, fds);
}

bool keeper_network(lab_keeper_t *k, lab_netns_t *net)
{
    lab_keeper_answer_t answer = {.step = NETNS_NAMESPACE, .error = EPIPE};
    bool answered = ask(k, KEEPER_NETWORK, ROLE_SERVER, &answer, net->wire);
    net->step = (lab_netns_step_t)answer.step;
    net->error = answer.error;
    net->veth_error = answer.veth_error;
    return answered && net->step == NETNS_OK;
}

int keeper_run(lab_keeper_t *k, lab_role_t role)
{
    lab_keeper_answer_t answer;
    int none[2];
    return ask(k, KEEPER_RUN, role, &answer, none) ? answer.error : EPIPE;
}

int keeper_socket(lab_keeper_t *k)
{
    lab_keeper_answer_t answer;
    int fds[2];
    return ask(k, KEEPER_SOCKET, ROLE_CLIENT, &answer, fds) ? fds[0] : -1;
}

int keeper_server_socket(lab_keeper_t *k, int type, unsigned port, int *number)
{
    lab_keeper_request_t request = {.verb = KEEPER_SERVER_SOCKET, .type = type, .port = port};
    lab_keeper_answer_t answer = {.error = EPIPE};
    int fds[2];
    bool answered = ask_for(k, &request, &answer, fds);
    *number = answer.error;
    return answered ? fds[0] : -1;
}

lab_port_state_t keeper_look(lab_keeper_t *k, unsigned port, int *orphans)
{
    lab_keeper_request_t request = {.verb = KEEPER_LOOK, .port = port};
    lab_keeper_answer_t answer = {.step = PORT_CLOSED};
    int none[2];
    *orphans = 0;
    if (!ask_for(k, &request, &answer, none))
        return PORT_CLOSED;
    *orphans = answer.orphans;
    return (lab_port_state_t)answer.step;
}

void keeper_terminate(lab_keeper_t *k, lab_role_t role)
{
    lab_keeper_answer_t answer;
    int none[2];
    ask(k, KEEPER_TERMINATE, role, &answer, none);
}

void keeper_stop(lab_keeper_t *k)
{
    if (k->pid <= 0)
        return;
    shutdown(k->control, SHUT_RDWR);
    for (int waited = 0; waited < STOP_MILLISECONDS && waitpid(k->pid, NULL, WNOHANG) == 0; waited++)
        g_usleep(1000);
    reaper_end(k->spared);
    g_array_unref(k->spared);
    close(k->control);
    close(k->events);
    k->pid = 0;
}
