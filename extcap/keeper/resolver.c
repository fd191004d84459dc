/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "resolver.h"

#include <glib.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

/* A place that every system has. It is covered only until the files are mounted where they belong, and only
 * in this mount namespace. */
#define WORKSHOP "/tmp"

/* A file of the workshop in the place of one of the system's. Nothing stays of it when the process ends. */
static bool replace(const char *name, const char *words, const char *path)
{
    char *made = g_build_filename(WORKSHOP, name, NULL);
    bool fine = g_file_set_contents(made, words, -1, NULL) && mount(made, path, NULL, MS_BIND, NULL) == 0;
    g_free(made);
    return fine;
}

/* nsswitch.conf(5) with its line for hosts changed: other services, such as systemd-resolved, are outside of
 * the network. To be freed. */
static char *files_and_dns(void)
{
    char *words = NULL;
    GString *out = g_string_new(NULL);
    if (!g_file_get_contents("/etc/nsswitch.conf", &words, NULL, NULL))
        words = g_strdup("");
    char **lines = g_strsplit(words, "\n", -1);
    for (char **line = lines; *line; line++)
        if (!g_str_has_prefix(*line, "hosts:"))
            g_string_append_printf(out, "%s\n", *line);
    g_string_append(out, "hosts: files dns\n");
    g_strfreev(lines);
    g_free(words);
    return g_string_free(out, FALSE);
}

bool resolver_use(const char *address)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return false;
    /* Read before the workshop covers anything. */
    char *services = files_and_dns(), *server = g_strdup_printf("nameserver %s\n", address);
    bool fine = mount("tmpfs", WORKSHOP, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=0755") == 0;
    if (fine) {
        bool known = access("/etc/nsswitch.conf", F_OK) == 0;
        fine = replace("resolv.conf", server, "/etc/resolv.conf");
        fine = fine && (!known || replace("nsswitch.conf", services, "/etc/nsswitch.conf"));
        fine = umount2(WORKSHOP, MNT_DETACH) == 0 && fine;
    }
    g_free(services);
    g_free(server);
    return fine;
}
