#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "text.h"

/* The initial namespace maps all user ids to themselves. */
static gboolean is_true_root(void)
{
    g_autofree char *map = NULL;
    guint first;
    guint outside;
    guint count;

    if (geteuid() != 0)
        return FALSE;
    if (!g_file_get_contents("/proc/self/uid_map", &map, NULL, NULL))
        return TRUE;
    return sscanf(map, "%u %u %u", &first, &outside, &count) == 3 && !first && !outside &&
           count == G_MAXUINT32;
}

/* A change of user takes away the wish to end with the parent: made again, unless the parent is gone. */
static gboolean become(const struct passwd *entry)
{
    int signal_of_parent = 0;
    pid_t parent = getppid();

    prctl(PR_GET_PDEATHSIG, &signal_of_parent);
    if (initgroups(entry->pw_name, entry->pw_gid) || setgid(entry->pw_gid) || setuid(entry->pw_uid))
        return FALSE;
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (signal_of_parent) {
        prctl(PR_SET_PDEATHSIG, signal_of_parent);
        if (getppid() != parent)
            return FALSE;
    }
    return TRUE;
}

gboolean privilege_drop(const char *user, gboolean *wrong_use)
{
    const char *name = user ? user : "nobody";
    const struct passwd *entry;

    *wrong_use = FALSE;
    if (!is_true_root() || !strcmp(name, "root"))
        return TRUE;
    errno = 0;
    entry = getpwnam(name);
    if (!entry) {
        *wrong_use = TRUE;
        complain(T_NO_USER, name, NULL);
        return FALSE;
    }
    if (become(entry))
        return TRUE;
    complain(T_USER_FAILED, name, g_strerror(errno), NULL);
    return FALSE;
}
