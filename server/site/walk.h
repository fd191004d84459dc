/* SPDX-License-Identifier: GPL-2.0-or-later */
/* walk.h - every file below a folder. */
#ifndef LABSERVER_WALK_H
#define LABSERVER_WALK_H

#include <glib.h>
#include <stdbool.h>
#include <sys/stat.h>

typedef struct {
    const char *path; /* as a URL path, from the root: "/img/logo.png" */
    const char *name; /* in its folder */
    struct stat status;
} walk_file_t;

/* `folder` is open, for openat. false stops the walk. */
typedef bool (*walk_visit_t)(int folder, const walk_file_t *file, void *data);

/* Visits every regular file below `root` except hidden ones (.name, name~) and *.ini, which are not for
 * the public. Symbolic links are not followed; `on_link`, if not NULL, is called for each. A folder below
 * that cannot be read is passed over. false if `root` cannot be read (errno is set) or `visit` stopped the
 * walk. */
bool walk(const char *root, walk_visit_t visit, void (*on_link)(const char *path, void *data), void *data);

#endif
