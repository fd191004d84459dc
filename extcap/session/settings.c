/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "texts.h"

bool settings_check(const lab_settings_t *s, GError **error)
{
    struct stat st;
    if (s->running && (s->server_command || s->port == 0))
        return lab_fail(error, LAB_USAGE, s->server_command ? T_E_RUNNING_COMMAND : T_E_RUNNING_PORT, NULL);
    if (s->root && (stat(s->root, &st) != 0 || access(s->root, R_OK | X_OK) != 0))
        return lab_fail(error, LAB_FAILED, T_E_ROOT,
                        LAB_PLACES(LAB_WORDS("folder", s->root), LAB_WORDS("why", text_errno(errno))));
    if (s->root && !S_ISDIR(st.st_mode))
        return lab_fail(error, LAB_FAILED, T_E_ROOT,
                        LAB_PLACES(LAB_WORDS("folder", s->root), LAB_WORDS("why", text_errno(ENOTDIR))));
    if (s->config && access(s->config, R_OK) != 0)
        return lab_fail(error, LAB_FAILED, T_E_CONFIG,
                        LAB_PLACES(LAB_WORDS("file", s->config), LAB_WORDS("why", text_errno(errno))));
    return true;
}
