/* labdump's side of the keeper. */
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper_link.h"

enum { MOST_FDS = 2, STOP_MILLISECONDS = 5000 };

gboolean keeper_link_send(int socket, const struct keeper_answer *answer, const int *fds, int count)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(MOST_FDS * sizeof(int))];
    } room = {.bytes = {0}};
    struct iovec part = {(void *)answer, sizeof *answer};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (count > 0) {
        gsize length = (gsize)count * sizeof(int);
        message.msg_control = room.bytes;
        message.msg_controllen = CMSG_SPACE(length);
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        *head =
            (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(length)};
        memcpy(CMSG_DATA(head), fds, length);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)sizeof *answer;
}

gboolean keeper_link_receive(int socket, struct keeper_answer *answer, int fds[2])
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(MOST_FDS * sizeof(int))];
    } room;
    struct iovec part = {answer, sizeof *answer};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
    ssize_t n;

    fds[0] = fds[1] = -1;
    do
        n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof *answer)
        return FALSE;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (head && head->cmsg_type == SCM_RIGHTS)
        memcpy(fds, CMSG_DATA(head), MIN(head->cmsg_len - CMSG_LEN(0), MOST_FDS * sizeof(int)));
    return TRUE;
}

int keeper_start(struct keeper *k, const struct keeper_plan *plan)
{
    int control[2], events[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) != 0 || pipe2(events, O_CLOEXEC) != 0)
        return errno;
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

static gboolean ask(struct keeper *k, int verb, enum role role, struct keeper_answer *answer, int fds[2])
{
    struct keeper_request request = {verb, role};
    fds[0] = fds[1] = -1;
    return send(k->control, &request, sizeof request, MSG_NOSIGNAL) == (ssize_t)sizeof request &&
           keeper_link_receive(k->control, answer, fds);
}

gboolean keeper_network(struct keeper *k, struct netns *net)
{
    struct keeper_answer answer = {NETNS_NAMESPACE, EPIPE, 0};
    gboolean answered = ask(k, KEEPER_NETWORK, ROLE_SERVER, &answer, net->wire);
    net->step = (enum netns_step)answer.step;
    net->number = answer.number;
    net->number_veth = answer.number_veth;
    return answered && net->step == NETNS_OK;
}

int keeper_run(struct keeper *k, enum role role)
{
    struct keeper_answer answer;
    int none[2];
    return ask(k, KEEPER_RUN, role, &answer, none) ? answer.number : EPIPE;
}

int keeper_socket(struct keeper *k)
{
    struct keeper_answer answer;
    int fds[2];
    return ask(k, KEEPER_SOCKET, ROLE_CLIENT, &answer, fds) ? fds[0] : -1;
}

void keeper_terminate(struct keeper *k, enum role role)
{
    struct keeper_answer answer;
    int none[2];
    ask(k, KEEPER_TERMINATE, role, &answer, none);
}

void keeper_stop(struct keeper *k)
{
    if (k->pid <= 0)
        return;
    shutdown(k->control, SHUT_RDWR);
    for (int waited = 0; waited < STOP_MILLISECONDS && waitpid(k->pid, NULL, WNOHANG) == 0; waited++)
        g_usleep(1000);
    close(k->control);
    close(k->events);
    k->pid = 0;
}
