/* SPDX-License-Identifier: GPL-2.0-or-later */
/* submissions.c - see submissions.h. */
#include "submissions.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reader.h"

static void free_submission(gpointer user)
{
    lab_submission_t *s = user;
    g_free(s->name);
    g_free(s->capture);
    g_free(s->sheet);
    g_free(s->problem);
    g_free(s->safe);
    g_free(s);
}

static bool ends_with_one_of(const char *name, const char *const *endings)
{
    char *lower = g_ascii_strdown(name, -1);
    bool found = false;
    for (; *endings && !found; endings++)
        found = g_str_has_suffix(lower, *endings) && strlen(lower) > strlen(*endings);
    g_free(lower);
    return found;
}

static bool is_capture(const char *name)
{
    return ends_with_one_of(
        name, (const char *const[]){".pcap", ".pcapng", ".cap", ".pcap.gz", ".pcapng.gz", NULL});
}

static bool is_sheet(const char *name)
{
    return ends_with_one_of(name, (const char *const[]){".txt", NULL});
}

/* 'f' a regular file, 'd' a folder, 0 = anything else. */
static char kind_of(const char *path)
{
    struct stat is;
    if (lstat(path, &is) != 0)
        return 0;
    return S_ISREG(is.st_mode) ? 'f' : S_ISDIR(is.st_mode) ? 'd' : 0;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The sorted names in a folder; NULL: *problem says why. */
static GPtrArray *names_in(const char *folder, lab_lang_t language, char **problem)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    GDir *dir = fd >= 0 ? g_dir_open(folder, 0, NULL) : NULL;
    if (!dir)
        *problem = lab_why_unread(errno, language);
    if (fd >= 0)
        close(fd);
    if (!dir)
        return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(dir));)
        if (*name != '.')
            g_ptr_array_add(names, g_strdup(name));
    g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    return names;
}

/* A name for files of ours: letters, digits, "-", "_", "." and what is not ASCII; else a checksum tells it
 * apart. */
static char *safe_name(const char *name)
{
    bool changed = !g_utf8_validate(name, -1, NULL) || *name == '.' || strlen(name) > 100;
    char *safe = changed ? g_strdup("student") : g_strdup(name);
    for (char *p = safe; *p; p++)
        if ((guchar)*p < 0x80 && !g_ascii_isalnum(*p) && !strchr("-_.", *p)) {
            *p = '_';
            changed = true;
        }
    if (!changed)
        return safe;
    char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
    char *with = g_strdup_printf("%s-%.12s", safe, sum);
    g_free(sum);
    g_free(safe);
    return with;
}

static lab_submission_t *new_submission(const char *name)
{
    lab_submission_t *s = g_new0(lab_submission_t, 1);
    s->name = g_strdup(name);
    s->safe = safe_name(name);
    return s;
}

/* The first capture and the first sheet by name. */
static lab_submission_t *of_folder(const char *path, const char *name, lab_lang_t language)
{
    lab_submission_t *s = new_submission(name);
    guint captures = 0;
    GPtrArray *names = names_in(path, language, &s->problem);
    for (guint i = 0; names && i < names->len; i++) {
        const char *file = g_ptr_array_index(names, i);
        char *whole = g_build_filename(path, file, NULL);
        bool regular = kind_of(whole) == 'f';
        if (regular && is_capture(file) && captures++ == 0)
            s->capture = g_steal_pointer(&whole);
        else if (regular && is_sheet(file) && !s->sheet)
            s->sheet = g_steal_pointer(&whole);
        g_free(whole);
    }
    if (names)
        g_ptr_array_unref(names);
    if (!s->problem && captures != 1)
        s->problem = g_strdup(lab_words(captures ? T_SEVERAL_CAPTURES : T_NO_CAPTURE_FILE, language));
    return s;
}

/* "NAME.pcapng", and beside it perhaps "NAME.txt". */
static lab_submission_t *of_file(const char *folder, const char *file)
{
    char *stem = g_strdup(file);
    for (char *dot; (dot = strrchr(stem, '.')) && dot != stem &&
                    ends_with_one_of(stem, (const char *const[]){".pcap", ".pcapng", ".cap", ".gz", NULL});)
        *dot = '\0';
    lab_submission_t *s = new_submission(stem);
    s->capture = g_build_filename(folder, file, NULL);
    char *text = g_strdup_printf("%s.txt", stem);
    s->sheet = g_build_filename(folder, text, NULL);
    if (kind_of(s->sheet) != 'f')
        g_clear_pointer(&s->sheet, g_free);
    g_free(text);
    g_free(stem);
    return s;
}

/* Two files may lead to one name, "a.pcap" and "a.cap". */
static void tell_apart(GPtrArray *list)
{
    GHashTable *taken = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < list->len; i++) {
        lab_submission_t *s = g_ptr_array_index(list, i);
        for (guint n = 2; g_hash_table_contains(taken, s->safe); n++) {
            char *other = g_strdup_printf("%s-%u", s->safe, n);
            g_free(s->safe);
            s->safe = other;
        }
        g_hash_table_add(taken, s->safe);
    }
    g_hash_table_unref(taken);
}

GPtrArray *lab_submissions(const char *folder, lab_lang_t language, char **problem)
{
    GPtrArray *names = names_in(folder, language, problem);
    if (!names)
        return NULL;
    GPtrArray *list = g_ptr_array_new_with_free_func(free_submission);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        char *path = g_build_filename(folder, name, NULL);
        char kind = kind_of(path);
        if (kind == 'd')
            g_ptr_array_add(list, of_folder(path, name, language));
        else if (kind == 'f' && is_capture(name))
            g_ptr_array_add(list, of_file(folder, name));
        g_free(path);
    }
    g_ptr_array_unref(names);
    tell_apart(list);
    if (list->len)
        return list;
    *problem = g_strdup(lab_words(T_NOTHING_HANDED_IN, language));
    g_ptr_array_unref(list);
    return NULL;
}
