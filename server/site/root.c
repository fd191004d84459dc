/* SPDX-License-Identifier: GPL-2.0-or-later */
/* root.c - see root.h. */
#include "root.h"

#include <glib.h>

#include "texts.h"

static bool holds_page(const char *folder)
{
    g_autofree char *index = g_build_filename(folder, "index.html", NULL);

    return g_file_test(index, G_FILE_TEST_IS_REGULAR);
}

const char *root_default(void)
{
    static char *found;
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(program ? program : "/usr/local/bin/labserver");

    g_free(found);
    found = g_build_filename(folder, "..", "share", "lab", "www", NULL);
    if (holds_page(found))
        return found;
    if (holds_page(LAB_WWW_SOURCE))
        return LAB_WWW_SOURCE;
    complain(T_NO_DEFAULT_ROOT, "folder", found, NULL);
    return NULL;
}
