/* SPDX-License-Identifier: GPL-2.0-or-later */
/* privilege.c - see privilege.h. */
#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "texts.h"

/* The initial namespace maps all user ids to themselves. */
static bool is_true_root(void)
{
    g_autofree char *map = NULL;
    unsigned first;
    unsigned outside;
    unsigned count;

    if (geteuid() != 0)
        return false;
    if (!g_file_get_contents("/proc/self/uid_map", &map, NULL, NULL))
        return true;
    return sscanf(map, "%u %u %u", &first, &outside, &count) == 3 && !first && !outside &&
           count == G_MAXUINT32;
}

/* Linux clears PR_SET_PDEATHSIG on a change of user. It is set again, unless the parent has ended
 * meanwhile. */
static bool become(const struct passwd *entry)
{
    int signal_of_parent = 0;
    pid_t parent = getppid();

    prctl(PR_GET_PDEATHSIG, &signal_of_parent);
    if (initgroups(entry->pw_name, entry->pw_gid) || setgid(entry->pw_gid) || setuid(entry->pw_uid))
        return false;
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (signal_of_parent) {
        prctl(PR_SET_PDEATHSIG, signal_of_parent);
        if (getppid() != parent)
            return false;
    }
    return true;
}

static bool dropped;

bool privilege_was_dropped(void)
{
    return dropped;
}

bool privilege_drop(const char *user, bool *wrong_use)
{
    const char *name = user ? user : "nobody";
    const struct passwd *entry;

    *wrong_use = false;
    if (!is_true_root() || !strcmp(name, "root"))
        return true;
    errno = 0;
    entry = getpwnam(name);
    if (!entry) {
        *wrong_use = true;
        complain(T_NO_USER, "user", name, NULL);
        return false;
    }
    dropped = become(entry);
    if (dropped)
        return true;
    complain(T_USER_FAILED, "user", name, "error", g_strerror(errno), NULL);
    return false;
}
