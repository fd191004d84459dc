/* SPDX-License-Identifier: GPL-2.0-or-later */
/* starter.c - see starter.h. */
#include "starter.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>

#include "root.h"
#include "texts.h"

static bool is_empty(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    bool empty = dir && !g_dir_read_name(dir);

    if (dir)
        g_dir_close(dir);
    return empty;
}

static bool copy_file(const char *from, const char *to, const char *name)
{
    g_autofree char *source = g_build_filename(from, name, NULL);
    g_autofree char *target = g_build_filename(to, name, NULL);
    g_autofree char *content = NULL;
    size_t length;

    if (!g_file_test(source, G_FILE_TEST_IS_REGULAR))
        return true;
    errno = 0;
    if (g_file_get_contents(source, &content, &length, NULL) &&
        g_file_set_contents(target, content, (ssize_t)length, NULL) && !g_chmod(target, 0644))
        return true;
    complain(T_INIT_FAILED, "file", target, "error", g_strerror(errno ? errno : EIO), NULL);
    return false;
}

static bool copy_all(const char *from, const char *to)
{
    GDir *dir = g_dir_open(from, 0, NULL);
    bool done = dir != NULL;
    const char *name;

    while (done && (name = g_dir_read_name(dir)))
        done = copy_file(from, to, name);
    if (dir)
        g_dir_close(dir);
    return done;
}

int starter_write(const char *folder)
{
    const char *from = root_default();

    if (!from)
        return 1;
    if (g_mkdir_with_parents(folder, 0755)) {
        complain(T_INIT_FAILED, "file", folder, "error", g_strerror(errno), NULL);
        return 1;
    }
    if (!is_empty(folder)) {
        complain(T_INIT_NOT_EMPTY, "folder", folder, NULL);
        return 1;
    }
    if (!copy_all(from, folder))
        return 1;
    g_autofree char *visible = lab_text_visible_copy(folder);
    g_autofree char *line =
        text_fill(text_language(), T_INIT_DONE, "folder", visible, "program", text_program(), NULL);
    puts(line);
    return 0;
}
