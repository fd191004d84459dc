/* Every file below a folder. */
#ifndef LABSERVER_WALK_H
#define LABSERVER_WALK_H

#include <glib.h>
#include <sys/stat.h>

typedef struct {
    const char *path; /* as a URL path, from the root: "/img/logo.png" */
    const char *name; /* in its folder */
    struct stat status;
} WalkFile;

/* FOLDER is open, for openat. FALSE stops the walk. */
typedef gboolean (*WalkVisit)(int folder, const WalkFile *file, gpointer data);

/* Visits every regular file below ROOT but hidden ones (.name, name~) and *.ini, which hold what is not for
 * the public. Symbolic links are not followed: ON_LINK, if there is one, is told of each. FALSE if ROOT
 * cannot be read (errno is set) or VISIT stopped it. A folder below that cannot be read is passed over. */
gboolean walk(const char *root, WalkVisit visit, void (*on_link)(const char *path), gpointer data);

#endif
