/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "opener.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 4096 };

/* The program of the desktop, of WSL, of Debian. */
static const char *const programs[] = {"xdg-open", "wslview", "x-www-browser"};

static void run(const char *program, const char *url)
{
    if (fork() != 0)
        return;
    execl(program, program, url, (char *)NULL);
    _exit(127);
}

/* Wireshark waits until nobody holds its pipes open. */
static void detach(int requests)
{
    sigset_t none;
    setsid();
    prctl(PR_SET_NAME, "lab-opener");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        dup2(nothing, fd);
    dup2(requests, STDERR_FILENO + 1);
    close_range(STDERR_FILENO + 2, ~0u, 0);
    fcntl(STDERR_FILENO + 1, F_SETFD, FD_CLOEXEC);
}

/* A request is the program's path, a null byte and the URL. */
static void serve(int requests)
{
    char words[MOST + 1];
    ssize_t n;
    while ((n = recv(requests, words, MOST, 0)) > 0) {
        words[n] = '\0';
        if (strlen(words) < (size_t)n)
            run(words, words + strlen(words) + 1);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
    }
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
        ;
    _exit(0);
}

int opener_start(void)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        detach(ends[1]);
        serve(STDERR_FILENO + 1);
    }
    close(ends[1]);
    if (pid > 0)
        return ends[0];
    close(ends[0]);
    return -1;
}

bool opener_open(int opener, const char *url)
{
    char *program = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(programs) && !program; i++)
        program = g_find_program_in_path(programs[i]);
    if (!program || opener < 0)
        return false;
    GByteArray *request = g_byte_array_new();
    g_byte_array_append(request, (const uint8_t *)program, (unsigned)strlen(program) + 1);
    g_byte_array_append(request, (const uint8_t *)url, (unsigned)strlen(url));
    bool fine = send(opener, request->data, request->len, MSG_NOSIGNAL) == (ssize_t)request->len;
    g_byte_array_unref(request);
    g_free(program);
    return fine;
}
