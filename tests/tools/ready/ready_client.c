/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ready-client SOCKET ARGUMENT...: has the tshark that is kept ready at SOCKET run with these arguments, as
 * if it were started here: with the environment, working directory, umask, standard input, output and error
 * of this process. Its exit code is tshark's. */
#define _GNU_SOURCE
#include "ready.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static _Noreturn void give_up(const char *what)
{
    perror(what);
    exit(98);
}

static size_t length_of(char **strings)
{
    size_t sum = 0;
    for (; *strings; strings++)
        sum += strlen(*strings) + 1;
    return sum;
}

static char *copied(char *to, char **strings)
{
    for (; *strings; strings++)
        to = stpcpy(to, *strings) + 1;
    return to;
}

static bool send_head(int server, const ready_head_t *head, const int fds[READY_FDS])
{
    union {
        char bytes[CMSG_SPACE(sizeof(int) * READY_FDS)];
        struct cmsghdr aligned;
    } control;
    memset(&control, 0, sizeof control);
    ready_head_t copy = *head;
    struct iovec part = {&copy, sizeof copy};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *beside = CMSG_FIRSTHDR(&message);
    beside->cmsg_level = SOL_SOCKET;
    beside->cmsg_type = SCM_RIGHTS;
    beside->cmsg_len = CMSG_LEN(sizeof(int) * READY_FDS);
    memcpy(CMSG_DATA(beside), fds, sizeof(int) * READY_FDS);
    return sendmsg(server, &message, MSG_NOSIGNAL) == (ssize_t)sizeof copy;
}

static bool send_all(int server, const char *bytes, size_t count)
{
    for (size_t done = 0; done < count;) {
        ssize_t sent = send(server, bytes + done, count - done, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        done += (size_t)sent;
    }
    return true;
}

static void request(int server, int argc, char **argv)
{
    size_t bytes = length_of(argv) + length_of(environ);
    char *strings = malloc(bytes);
    if (!strings)
        give_up("ready-client");
    copied(copied(strings, argv), environ);
    mode_t mask = umask(0);
    umask(mask);
    ready_head_t head = {(uint32_t)bytes, (uint32_t)argc, (uint32_t)mask};
    int fds[READY_FDS] = {0, 1, 2, open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (fds[3] < 0)
        give_up("ready-client: working directory");
    if (!send_head(server, &head, fds) || !send_all(server, strings, bytes))
        give_up("ready-client: request");
    free(strings);
    for (int i = 0; i < READY_FDS; i++)
        if (i != STDERR_FILENO)
            close(fds[i]); /* a pipe must end when tshark does */
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: ready-client SOCKET ARGUMENT...\n");
        return 98;
    }
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    snprintf(place.sun_path, sizeof place.sun_path, "%s", argv[1]);
    int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server < 0 || connect(server, (struct sockaddr *)&place, sizeof place))
        give_up(argv[1]);
    request(server, argc - 2, argv + 2);
    ready_status_t status;
    if (read(server, &status, sizeof status) != sizeof status) {
        fprintf(stderr, "ready-client: tshark's server gave no answer\n");
        return 98;
    }
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
        return 128 + WTERMSIG(status);
    }
    return WEXITSTATUS(status);
}
