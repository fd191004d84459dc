/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "webserver.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "texts.h"

/* The first line that labserver prints once it listens, in its languages, up to the number. */
static const char *const ready[] = {"labserver: listening on port ", "labserver：正在监听端口 "};

char *webserver_own_path(void)
{
    char *path = g_file_read_link("/proc/self/exe", NULL);
    return path ? path : g_strdup("labdump");
}

/* 0, or the errno that says why it cannot be run. */
static int why_not(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return errno;
    if (S_ISDIR(st.st_mode))
        return EISDIR;
    return access(path, X_OK) == 0 ? 0 : errno;
}

static char **candidates(void)
{
    char *own = webserver_own_path(), *folder = g_path_get_dirname(own);
    char *sibling = g_build_filename(folder, "..", "server", "labserver", NULL);
    GPtrArray *list = g_ptr_array_new();

    g_ptr_array_add(list, g_canonicalize_filename(sibling, NULL));
    g_ptr_array_add(list, g_build_filename(g_get_home_dir(), ".local", "bin", "labserver", NULL));
    g_ptr_array_add(list, g_strdup("/usr/local/bin/labserver"));
    g_ptr_array_add(list, g_strdup("/usr/bin/labserver"));
    g_ptr_array_add(list, NULL);
    g_free(sibling);
    g_free(folder);
    g_free(own);
    return (char **)g_ptr_array_free(list, FALSE);
}

static char *search(GError **error)
{
    char **list = candidates(), *found = NULL;
    for (char **c = list; *c && !found; c++)
        if (why_not(*c) == 0)
            found = g_strdup(*c);
    if (!found)
        found = g_find_program_in_path("labserver");
    if (!found) {
        char *places = g_strjoinv(", ", list);
        lab_fail(error, LAB_FAILED, T_E_SERVER_NOWHERE, LAB_PLACES(LAB_WORDS("places", places)));
        g_free(places);
    }
    g_strfreev(list);
    return found;
}

bool webserver_is_usual(const char *path)
{
    char **list = candidates(), *whole = g_canonicalize_filename(path, NULL);
    bool usual = g_strv_contains((const char *const *)list, whole);
    g_free(whole);
    g_strfreev(list);
    return usual;
}

char *webserver_find(const lab_settings_t *settings, GError **error)
{
    const char *environment = g_getenv("LAB_SERVER");
    const char *asked = settings->server              ? settings->server
                        : environment && *environment ? environment
                                                      : NULL;
    if (!asked)
        return search(error);
    int number = why_not(asked);
    if (number == 0)
        return g_canonicalize_filename(asked, NULL);
    lab_fail(error, LAB_FAILED, T_E_SERVER_GIVEN,
             LAB_PLACES(LAB_WORDS("path", asked), LAB_WORDS("why", text_errno(number)),
                        LAB_WORDS("source", settings->server ? "--server" : "LAB_SERVER")));
    return NULL;
}

static void add(GPtrArray *command, const char *option, const char *value)
{
    if (!value)
        return;
    g_ptr_array_add(command, g_strdup(option));
    g_ptr_array_add(command, g_strdup(value));
}

static void add_number(GPtrArray *command, const char *option, unsigned value)
{
    g_ptr_array_add(command, g_strdup(option));
    g_ptr_array_add(command, g_strdup_printf("%u", value));
}

char **webserver_command(const char *path, const lab_settings_t *settings, const char *bind,
                         const lab_ports_t *ports)
{
    GPtrArray *command = g_ptr_array_new();

    g_ptr_array_add(command, g_strdup(path));
    add_number(command, "--port", ports->server);
    add_number(command, "--closed-port", ports->closed);
    add_number(command, "--slow-port", ports->slow);
    if (ports->tls) {
        g_ptr_array_add(command, g_strdup_printf("--tls=%u", ports->tls));
        add_number(command, "--tls-scenario-port", ports->tls_scenarios);
        add(command, "--tls-name", settings->name);
    }
    add(command, "--bind", bind);
    add(command, "--root", settings->root);
    add(command, "--config", settings->config);
    add(command, "--language", settings->language);
    if (settings->no_compression)
        g_ptr_array_add(command, g_strdup("--no-compression"));
    g_ptr_array_add(command, NULL);
    return (char **)g_ptr_array_free(command, FALSE);
}

unsigned webserver_ready_port(const char *line)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ready); i++) {
        if (!g_str_has_prefix(line, ready[i]))
            continue;
        uint64_t port = g_ascii_strtoull(line + strlen(ready[i]), NULL, 10);
        return port <= 65535 ? (unsigned)port : 0;
    }
    return 0;
}
