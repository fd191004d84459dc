/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reaper.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 400, PAUSE = 5000 /* microseconds */ };

void reaper_begin(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static pid_t parent_of(const char *pid)
{
    char *path = g_strconcat("/proc/", pid, "/stat", NULL), *words = NULL;
    pid_t parent = 0;
    if (g_file_get_contents(path, &words, NULL, NULL)) {
        const char *after_name = strrchr(words, ')');
        if (after_name && strlen(after_name) > 4) /* ") S 123": state, then parent */
            parent = (pid_t)strtol(after_name + 4, NULL, 10);
    }
    g_free(words);
    g_free(path);
    return parent;
}

GArray *reaper_children(void)
{
    GArray *children = g_array_new(FALSE, FALSE, sizeof(pid_t));
    GDir *processes = g_dir_open("/proc", 0, NULL);
    const char *name;
    while (processes && (name = g_dir_read_name(processes))) {
        pid_t pid = (pid_t)strtol(name, NULL, 10);
        if (g_ascii_isdigit(*name) && parent_of(name) == getpid())
            g_array_append_val(children, pid);
    }
    if (processes)
        g_dir_close(processes);
    return children;
}

static bool holds(const GArray *pids, pid_t pid)
{
    for (unsigned i = 0; pids && i < pids->len; i++)
        if (g_array_index(pids, pid_t, i) == pid)
            return true;
    return false;
}

bool reaper_kill(const GArray *spared)
{
    GArray *children = reaper_children();
    bool found = false;
    for (unsigned i = 0; i < children->len; i++) {
        pid_t pid = g_array_index(children, pid_t, i);
        if (holds(spared, pid))
            continue;
        found = true;
        kill(pid, SIGKILL);
    }
    g_array_unref(children);
    return found;
}

void reaper_end(const GArray *spared)
{
    for (int round = 0; round < ROUNDS && reaper_kill(spared); round++) {
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        g_usleep(PAUSE);
    }
}
