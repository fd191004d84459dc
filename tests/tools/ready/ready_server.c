/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loaded before tshark's libraries (LD_PRELOAD): tshark starts as far as all protocols and the plugin are
 * registered, which is nearly all of its start, and waits at the socket that LAB_READY_SOCKET names. Each
 * request is a copy of that process (fork) with arguments, environment, working directory, umask and
 * descriptors of its client; from there on it is tshark as always.
 *
 * tshark reads its options with ws_getopt_long twice: before epan_init (-V, -O, -C and the like) and behind
 * it. So the first of these calls is where it waits, after epan_init was called for it; tshark's own call of
 * epan_init has nothing to do then. It ends when its standard input ends. */
#define _GNU_SOURCE
#include "ready.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
extern int ws_optind __attribute__((weak)); /* other programs have none: setpriv on the way to tshark */

/* Of Wireshark 4.0 to 4.4; gboolean was an int before it became bool, whose true is the same in a register.
 */
int ws_getopt_long(int argc, char *const *argv, const char *short_options, const void *long_options,
                   int *index);
int epan_init(void *callback, void *data, int load_plugins);
void wtap_init(int load_plugins);

static bool ready;         /* epan_init is done */
static int argument_count; /* of the request; 0: there is none, and this is an ordinary tshark */
static char **arguments;

enum {
    LISTENER,
    END,
    OWN,
    MOST = 64
}; /* what is polled: the socket, standard input, then at most MOST clients */

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int epan_init(void *callback, void *data, int load_plugins)
{
    return ready ? 1 : REAL(epan_init)(callback, data, load_plugins);
}

void wtap_init(int load_plugins)
{
    if (!ready)
        REAL(wtap_init)(load_plugins);
}

static _Noreturn void give_up(const char *what)
{
    perror(what);
    _exit(99);
}

static bool read_all(int from, void *to, size_t bytes)
{
    for (size_t done = 0; done < bytes;) {
        ssize_t got = read(from, (char *)to + done, bytes - done);
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

/* The head of a request and its descriptors. */
static bool receive_head(int connection, ready_head_t *head, int fds[READY_FDS])
{
    union {
        char bytes[CMSG_SPACE(sizeof(int) * READY_FDS)];
        struct cmsghdr aligned;
    } control;
    struct iovec part = {head, sizeof *head};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    if (recvmsg(connection, &message, 0) != (ssize_t)sizeof *head)
        return false;
    struct cmsghdr *beside = CMSG_FIRSTHDR(&message);
    if (!beside || beside->cmsg_type != SCM_RIGHTS || beside->cmsg_len != CMSG_LEN(sizeof(int) * READY_FDS))
        return false;
    memcpy(fds, CMSG_DATA(beside), sizeof(int) * READY_FDS);
    return true;
}

/* Makes this process what the client asked for. */
static void become(const ready_head_t *head, char *strings, const int fds[READY_FDS])
{
    arguments = calloc(head->arguments + 2, sizeof *arguments);
    if (!arguments)
        give_up("tshark kept ready");
    static char name[] = "tshark";
    arguments[0] = name;
    char *at = strings;
    for (uint32_t i = 1; i <= head->arguments; i++, at += strlen(at) + 1)
        arguments[i] = at;
    argument_count = (int)head->arguments + 1;
    clearenv();
    for (; at < strings + head->bytes; at += strlen(at) + 1)
        putenv(at);
    for (int i = 0; i < 3; i++)
        dup2(fds[i], i);
    if (fchdir(fds[3]))
        give_up("tshark kept ready: working directory");
    for (int i = 0; i < READY_FDS; i++)
        close(fds[i]);
    umask((mode_t)head->mask);
    setlocale(LC_ALL, "");
    tzset();
}

/* Takes a request: its process, or -1; 0 in that process, which goes on as tshark. */
static pid_t answer(int connection)
{
    ready_head_t head;
    int fds[READY_FDS];
    if (!receive_head(connection, &head, fds))
        return -1;
    char *strings = malloc(head.bytes + 1);
    pid_t child = -1;
    if (strings && read_all(connection, strings, head.bytes)) {
        strings[head.bytes] = 0;
        child = fork();
        if (child == 0) {
            become(&head, strings, fds);
            return 0;
        }
    }
    free(strings);
    for (int i = 0; i < READY_FDS; i++)
        close(fds[i]);
    return child;
}

/* The requests that run: `watched` has the connections of their clients behind the two of the server itself.
 */
static pid_t running[MOST];
static struct pollfd watched[OWN + MOST];
static int count;

static void forget(int at)
{
    close(watched[OWN + at].fd);
    count--;
    running[at] = running[count];
    watched[OWN + at] = watched[OWN + count];
}

/* Tells the clients of those that ended. */
static void reap(void)
{
    int status;
    for (pid_t child; (child = waitpid(-1, &status, WNOHANG)) > 0;)
        for (int i = 0; i < count; i++)
            if (running[i] == child) {
                ready_status_t told = status;
                if (send(watched[OWN + i].fd, &told, sizeof told, MSG_NOSIGNAL) < 0)
                    perror("tshark kept ready");
                forget(i);
                break;
            }
}

/* Ends those whose clients have gone: a client says nothing after its request. */
static void end_abandoned(void)
{
    for (int i = count - 1; i >= 0; i--)
        if (watched[OWN + i].revents) {
            kill(running[i], SIGKILL);
            forget(i);
        }
}

/* True in the process of a request. */
static bool accept_one(void)
{
    int connection = accept4(watched[LISTENER].fd, NULL, NULL, SOCK_CLOEXEC);
    pid_t child = connection < 0 ? -1 : answer(connection);
    if (child == 0) {
        close(watched[LISTENER].fd);
        close(connection);
        for (int i = 0; i < count; i++)
            close(watched[OWN + i].fd);
        return true;
    }
    if (child < 0)
        close(connection);
    else {
        running[count] = child;
        watched[OWN + count++] = (struct pollfd){connection, POLLIN, 0};
    }
    return false;
}

static void on_child(int number)
{
    (void)number;
}

static void listen_at(const char *path)
{
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    snprintf(place.sun_path, sizeof place.sun_path, "%s", path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&place, sizeof place) || listen(listener, 64))
        give_up(path);
    watched[LISTENER] = (struct pollfd){listener, POLLIN, 0};
    watched[END] = (struct pollfd){STDIN_FILENO, POLLIN, 0};
}

/* Returns in the process of a request only. */
static void serve(const char *path)
{
    sigset_t ended, before;
    sigemptyset(&ended);
    sigaddset(&ended, SIGCHLD);
    sigprocmask(SIG_BLOCK, &ended, &before);
    signal(SIGCHLD, on_child);
    listen_at(path);
    for (;;) {
        bool full = count == MOST;
        watched[LISTENER].events = full ? 0 : POLLIN;
        if (ppoll(watched, (nfds_t)(OWN + count), NULL, &before) < 0) {
            reap();
            continue;
        }
        if (watched[END].revents)
            _exit(0);
        bool asked = watched[LISTENER].revents;
        end_abandoned();
        if (asked && accept_one())
            break;
    }
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

int ws_getopt_long(int argc, char *const *argv, const char *short_options, const void *long_options,
                   int *index)
{
    const char *path = getenv("LAB_READY_SOCKET");
    if (path && !ready) {
        char *name = strdup(path);
        unsetenv("LD_PRELOAD");
        unsetenv("LAB_READY_SOCKET");
        wtap_init(1);
        if (!name || !epan_init(NULL, NULL, 1))
            _exit(99);
        ready = true;
        serve(name);
    }
    if (argument_count == 0)
        return REAL(ws_getopt_long)(argc, argv, short_options, long_options, index);
    int option = REAL(ws_getopt_long)(argument_count, arguments, short_options, long_options, index);
    if (option == -1 && ws_optind < argument_count) {
        fprintf(stderr, "tshark kept ready: it takes options only, not '%s': use -Y\n", arguments[ws_optind]);
        _exit(99);
    }
    return option;
}
