/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "consent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "texts.h"
#include "webserver.h"

#define PREFERENCE "extcap." LAB_INTERFACE "."

enum { SHOWN_CHARACTERS = 60 };

typedef struct {
    const char *option;
    const char *preference; /* its name for Wireshark: without hyphens */
    size_t value;           /* where it is in lab_settings_t */
    bool path;
    lab_text_id_t danger;
    lab_text_id_t danger_open; /* if other machines can reach the server */
} lab_consent_row_t;

#define VALUE(member) offsetof(lab_settings_t, member)

static const lab_consent_row_t rows[] = {
    {"client", "client", VALUE(client), false, T_DANGER_COMMAND, T_DANGER_COMMAND},
    {"server", "server", VALUE(server), true, T_DANGER_PROGRAM, T_DANGER_PROGRAM},
    {"server-command", "servercommand", VALUE(server_command), false, T_DANGER_COMMAND, T_DANGER_COMMAND},
    {"server-log", "serverlog", VALUE(server_log), true, T_DANGER_OVERWRITE, T_DANGER_OVERWRITE},
    {"log", "log", VALUE(log), true, T_DANGER_OVERWRITE, T_DANGER_OVERWRITE},
    {"client-log", "clientlog", VALUE(client_log), true, T_DANGER_OVERWRITE, T_DANGER_OVERWRITE},
    {"root", "root", VALUE(root), true, T_DANGER_READ_HERE, T_DANGER_READ},
    {"config", "config", VALUE(config), true, T_DANGER_READ_HERE, T_DANGER_READ},
};

static const char *value_of(const lab_settings_t *settings, const lab_consent_row_t *row)
{
    return *(const char *const *)(const void *)((const char *)settings + row->value);
}

static char *list_path(void)
{
    return g_build_filename(g_get_user_config_dir(), "lab", "allowed", NULL);
}

/* The line for an option and its value, to be freed. */
static char *line_of(const lab_consent_row_t *row, const char *value)
{
    char *whole = row->path ? g_canonicalize_filename(value, NULL) : g_strdup(value);
    char *line = g_strconcat(row->option, "=", whole, NULL);
    g_free(whole);
    return line;
}

/* 0, or the errno that says why the list at fd is not used: others could have written it. */
static int why_not(int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return errno;
    if (!S_ISREG(st.st_mode))
        return EINVAL;
    return st.st_uid == geteuid() && !(st.st_mode & (S_IWGRP | S_IWOTH)) ? 0 : EPERM;
}

/* All of a file, to be freed. Not g_file_get_contents(), because it takes no descriptor. */
static char *read_all(int fd)
{
    GString *words = g_string_new(NULL);
    char part[4096];
    ssize_t n;
    while ((n = read(fd, part, sizeof part)) > 0)
        g_string_append_len(words, part, n);
    return g_string_free(words, FALSE);
}

static bool has_line(const char *words, const char *line)
{
    char **lines = g_strsplit(words, "\n", -1);
    bool found = g_strv_contains((const char *const *)lines, line);
    g_strfreev(lines);
    return found;
}

static bool is_listed(const char *line)
{
    char *path = list_path();
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool listed = false;
    if (fd >= 0 && why_not(fd) == 0) {
        char *words = read_all(fd);
        listed = has_line(words, line);
        g_free(words);
    }
    if (fd >= 0)
        close(fd);
    g_free(path);
    return listed;
}

/* Whether an argument is "NAME:VALUE" of a preference. Wireshark skips blanks before the value. */
static bool names(const char *argument, const char *preference, const char *value)
{
    if (!g_str_has_prefix(argument, PREFERENCE))
        return false;
    argument += strlen(PREFERENCE);
    if (!g_str_has_prefix(argument, preference) || argument[strlen(preference)] != ':')
        return false;
    argument += strlen(preference) + 1;
    while (g_ascii_isspace(*argument))
        argument++;
    return strcmp(argument, value) == 0;
}

/* Whether the process that started us has "-o extcap.lab.PREFERENCE:VALUE" on its command line. */
static bool on_parents_command_line(const char *preference, const char *value)
{
    char *path = g_strdup_printf("/proc/%d/cmdline", (int)getppid()), *words = NULL;
    const char *before = "";
    size_t length;
    bool found = false;

    if (g_file_get_contents(path, &words, &length, NULL)) {
        for (const char *a = words; a < words + length && !found; a += strlen(a) + 1) {
            bool joined = g_str_has_prefix(a, "-o");
            bool after = *before == '-' && g_str_has_suffix(before, "o");
            found = (joined || after) && names(joined ? a + 2 : a, preference, value);
            before = a;
        }
    }
    g_free(words);
    g_free(path);
    return found;
}

static bool is_allowed(const lab_consent_row_t *row, const char *value)
{
    if (row->value == VALUE(server) && webserver_is_usual(value))
        return true;
    if (on_parents_command_line(row->preference, value))
        return true;
    char *line = line_of(row, value);
    bool listed = is_listed(line);
    g_free(line);
    return listed;
}

/* The words as they are shown, `most` characters at most; to be freed. */
static char *shown(const char *words, glong most)
{
    char *visible = lab_text_visible_copy(words);
    if (g_utf8_strlen(visible, -1) <= most)
        return visible;
    *g_utf8_offset_to_pointer(visible, most) = '\0';
    char *start = g_strconcat(visible, "...", NULL);
    g_free(visible);
    return start;
}

static bool refuse(const lab_consent_row_t *row, const char *value, bool open, GError **error)
{
    char *line = line_of(row, value), *whole = lab_text_visible_copy(line), *quoted = g_shell_quote(whole);
    char *start = shown(value, SHOWN_CHARACTERS), *self = webserver_own_path();
    lab_fail(error, LAB_FAILED, T_E_CONSENT,
             LAB_PLACES(LAB_WORDS("option", row->option), LAB_WORDS("value", start),
                        LAB_WORDS("danger", text(open ? row->danger_open : row->danger)),
                        LAB_WORDS("labdump", self), LAB_WORDS("line", quoted)));
    g_free(self);
    g_free(start);
    g_free(quoted);
    g_free(whole);
    g_free(line);
    return false;
}

static bool goes_to_fifo(const char *path)
{
    struct stat st;
    return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISFIFO(st.st_mode);
}

bool consent_given(const lab_settings_t *settings, bool open, GError **error)
{
    if (settings->by_hand || !goes_to_fifo(settings->fifo))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *value = value_of(settings, &rows[i]);
        if (value && !is_allowed(&rows[i], value))
            return refuse(&rows[i], value, open, error);
    }
    return true;
}

/* The row that a line "OPTION=VALUE" is of, and *value; NULL if there is none. */
static const lab_consent_row_t *row_of(const char *line, const char **value)
{
    const char *equals = strchr(line, '=');
    if (!equals || !equals[1])
        return NULL;
    char *visible = lab_text_visible_copy(line);
    bool hides = strcmp(visible, line) != 0;
    g_free(visible);
    if (hides)
        return NULL;
    *value = equals + 1;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strlen(rows[i].option) == (size_t)(equals - line) &&
            strncmp(rows[i].option, line, (size_t)(equals - line)) == 0)
            return &rows[i];
    return NULL;
}

/* 0 or an errno. */
static int add_line(const char *path, const char *line)
{
    char *folder = g_path_get_dirname(path);
    int result = g_mkdir_with_parents(folder, 0700) == 0 ? 0 : errno;
    g_free(folder);
    int fd = result == 0 ? open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600) : -1;
    if (fd < 0)
        return result ? result : errno;
    result = why_not(fd);
    if (result == 0) {
        char *words = read_all(fd);
        size_t length = strlen(words);
        char *more = g_strconcat(length && words[length - 1] != '\n' ? "\n" : "", line, "\n", NULL);
        if (!has_line(words, line) && write(fd, more, strlen(more)) != (ssize_t)strlen(more))
            result = errno ? errno : ENOSPC;
        g_free(more);
        g_free(words);
    }
    close(fd);
    return result;
}

bool consent_allow(const char *asked, GError **error)
{
    const char *value;
    const lab_consent_row_t *row = g_utf8_validate(asked, -1, NULL) ? row_of(asked, &value) : NULL;
    if (!row) {
        char *words = shown(asked, SHOWN_CHARACTERS);
        lab_fail(error, LAB_USAGE, T_E_ALLOW, LAB_PLACES(LAB_WORDS("value", words)));
        g_free(words);
        return false;
    }
    char *line = line_of(row, value), *path = list_path();
    int number = add_line(path, line);
    if (number == 0) {
        char *words = text_with(T_ALLOWED, LAB_PLACES(LAB_WORDS("line", line), LAB_WORDS("file", path)));
        puts(words);
        g_free(words);
    } else {
        lab_fail(error, LAB_FAILED, T_E_ALLOW_LIST,
                 LAB_PLACES(LAB_WORDS("file", path), LAB_WORDS("why", text_errno(number))));
    }
    g_free(line);
    g_free(path);
    return number == 0;
}
