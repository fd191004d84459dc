/* Every file below a folder. */
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

/* FOLDER is open, for openat. false stops the walk. */
typedef bool (*walk_visit_t)(int folder, const walk_file_t *file, void *data);

/* Visits every regular file below ROOT but hidden ones (.name, name~) and *.ini, which hold what is not for
 * the public. Symbolic links are not followed: ON_LINK, if there is one, is told of each. false if ROOT
 * cannot be read (errno is set) or VISIT stopped it. A folder below that cannot be read is passed over. */
bool walk(const char *root, walk_visit_t visit, void (*on_link)(const char *path), void *data);

#endif
