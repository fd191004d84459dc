/* SPDX-License-Identifier: GPL-2.0-or-later */
/* walk.c - see walk.h. */
#include "walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

/* Deeper folders are passed over. */
#define DEPTH_MAX 16

typedef struct {
    walk_visit_t visit;
    void (*on_link)(const char *path, void *data);
    void *data;
    int depth;
} walk_t;

static bool walk_folder(walk_t *walk, int fd, const char *prefix);

static bool is_private(const char *name)
{
    return *name == '.' || g_str_has_suffix(name, "~") || g_str_has_suffix(name, ".ini");
}

static bool enter(walk_t *walk, int folder, const walk_file_t *file)
{
    bool go_on = true;
    int fd = walk->depth < DEPTH_MAX
                 ? openat(folder, file->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                 : -1;

    if (fd >= 0) {
        walk->depth++;
        go_on = walk_folder(walk, fd, file->path);
        walk->depth--;
    }
    return go_on;
}

static bool visit_entry(walk_t *walk, int folder, const char *prefix, const char *name)
{
    g_autofree char *path = g_strconcat(prefix, "/", name, NULL);
    walk_file_t file = {path, name, {0}};

    if (is_private(name) || fstatat(folder, name, &file.status, AT_SYMLINK_NOFOLLOW))
        return true;
    if (S_ISDIR(file.status.st_mode))
        return enter(walk, folder, &file);
    if (S_ISREG(file.status.st_mode))
        return walk->visit(folder, &file, walk->data);
    if (S_ISLNK(file.status.st_mode) && walk->on_link)
        walk->on_link(path, walk->data);
    return true;
}

/* Takes `fd` over. */
static bool walk_folder(walk_t *walk, int fd, const char *prefix)
{
    DIR *folder = fdopendir(fd);
    bool go_on = true;
    struct dirent *entry;

    if (!folder) {
        close(fd);
        return walk->depth > 0;
    }
    while (go_on && (entry = readdir(folder)))
        go_on = visit_entry(walk, dirfd(folder), prefix, entry->d_name);
    closedir(folder);
    return go_on;
}

bool walk(const char *root, walk_visit_t visit, void (*on_link)(const char *path, void *data), void *data)
{
    walk_t state = {visit, on_link, data, 0};
    int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd >= 0 && walk_folder(&state, fd, "");
}
