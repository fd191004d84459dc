/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keep.c - see keep.h. */
#include "keep.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "texts.h"

#define ABOUT     "about"
#define NAMES     "names"
#define ENDS      "ends"
#define NAMES_MAX 60

struct kept {
    GKeyFile *values;
    char *folder, *file, *authority;
    bool saved;
};

static char *state_folder(void)
{
    const char *systemd = g_getenv("STATE_DIRECTORY");
    const char *state = g_getenv("XDG_STATE_HOME");

    if (systemd && g_path_is_absolute(systemd))
        return g_strndup(systemd, strcspn(systemd, ":"));
    if (state && g_path_is_absolute(state))
        return g_build_filename(state, "lab", NULL);
    return g_build_filename(g_get_home_dir(), ".local", "state", "lab", NULL);
}

/* A file that somebody else wrote or could have read holds no secrets of ours. */
static bool is_ours(const char *path)
{
    struct stat st;

    return !lstat(path, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 077);
}

kept_t *kept_open(void)
{
    kept_t *kept = g_new0(kept_t, 1);

    kept->folder = state_folder();
    kept->file = g_build_filename(kept->folder, "tls.ini", NULL);
    kept->authority = g_build_filename(kept->folder, "authority.crt", NULL);
    kept->values = g_key_file_new();
    kept->saved = is_ours(kept->file) &&
                  g_key_file_load_from_file(kept->values, kept->file, G_KEY_FILE_NONE, NULL) &&
                  is_ours(kept->authority);
    if (kept->saved)
        return kept;
    g_key_file_free(kept->values);
    kept->values = g_key_file_new();
    return kept;
}

void kept_free(kept_t *kept)
{
    g_key_file_free(kept->values);
    g_free(kept->folder);
    g_free(kept->file);
    g_free(kept->authority);
    g_free(kept);
}

void kept_set(kept_t *kept, const char *group, const char *key, const char *pem)
{
    g_key_file_set_string(kept->values, group, key, pem);
}

char *kept_get(const kept_t *kept, const char *group, const char *key)
{
    return g_key_file_get_string(kept->values, group, key, NULL);
}

void kept_set_names(kept_t *kept, const char *const *names, int64_t ends)
{
    g_key_file_set_string_list(kept->values, ABOUT, NAMES, names, g_strv_length((char **)names));
    g_key_file_set_int64(kept->values, ABOUT, ENDS, ends);
}

int64_t kept_ends(const kept_t *kept)
{
    return g_key_file_get_int64(kept->values, ABOUT, ENDS, NULL);
}

static char **names_of(const kept_t *kept)
{
    char **names = g_key_file_get_string_list(kept->values, ABOUT, NAMES, NULL, NULL);

    return names ? names : g_new0(char *, 1);
}

bool kept_has_names(const kept_t *kept, const GPtrArray *names)
{
    g_auto(GStrv) has = names_of(kept);

    for (unsigned i = 0; i < names->len; i++)
        if (!g_strv_contains((const char *const *)has, g_ptr_array_index(names, i)))
            return false;
    return true;
}

void kept_add_names(const kept_t *kept, GPtrArray *names)
{
    g_auto(GStrv) has = names_of(kept);

    for (char **name = has; *name && names->len < NAMES_MAX; name++)
        if (!g_ptr_array_find_with_equal_func(names, *name, g_str_equal, NULL))
            g_ptr_array_add(names, g_strdup(*name));
}

/* Under another name first: nobody ever reads half a file. */
static bool write_file(const char *path, const char *words, GError **error)
{
    return g_file_set_contents_full(path, words, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static bool write_both(const kept_t *kept, GError **error)
{
    g_autofree char *authority = kept_get(kept, KEPT_AUTHORITY, KEPT_CERTIFICATE);
    g_autofree char *values = g_key_file_to_data(kept->values, NULL, NULL);

    return write_file(kept->file, values, error) && write_file(kept->authority, authority, error);
}

void kept_save(kept_t *kept)
{
    g_autoptr(GError) error = NULL;

    /* The old file may be one that others can read; its mode would stay. */
    unlink(kept->file);
    if (g_mkdir_with_parents(kept->folder, 0700))
        complain(T_CERT_NOT_KEPT, "folder", kept->folder, "error", g_strerror(errno), NULL);
    else if (write_both(kept, &error))
        kept->saved = true;
    else
        complain(T_CERT_NOT_KEPT, "folder", kept->folder, "error", error->message, NULL);
}

const char *kept_file(const kept_t *kept)
{
    return kept->file;
}

const char *kept_authority_file(const kept_t *kept)
{
    return kept->saved ? kept->authority : NULL;
}
