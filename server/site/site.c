/* SPDX-License-Identifier: GPL-2.0-or-later */
/* site.c - see site.h. */
#include "site.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "html.h"
#include "template.h"
#include "walk.h"

/* Bytes. Larger files are sent from the disk: that is slower, but does not fill the memory. */
#define MEMORY_FILE_MAX ((off_t)8 << 20)

/* Bytes of all files in memory, with their filled and compressed forms. Beyond it files are sent from the
 * disk too; pages have the last quarter for themselves, because only in memory they are filled. */
#define MEMORY_MAX ((uint64_t)512 << 20)

#define FILES_MAX 4096

/* By what a file is known to be the same. */
typedef struct {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
} identity_t;

/* A path's variants. Both are the same one if the file does not depend on the language. */
typedef struct {
    variant_t *in[LAB_LANGS];
    identity_t identity;
    int references; /* of sites */
} entry_t;

struct site {
    GHashTable *entries;
    GHashTable *folders; /* "/", "/sub/": the entry of the index.html there, owned by the table above */
    config_t *config;    /* shared with the site before if it is the same */
    uint64_t config_signature;
    GHashTable *told; /* paths of files that were left out, and why was said; shared with the site before */
    uint64_t memory;  /* bytes, of MEMORY_MAX */
    unsigned open;    /* files */
    bool fixed;       /* all pages are in `language` */
    lab_lang_t language;
    int64_t config_modified;
};

/* A site as it is read, and what it is read after. */
typedef struct {
    site_t *site;
    const site_t *before; /* NULL: nothing can be taken from it */
} loading_t;

static void entry_unref(void *data)
{
    entry_t *entry = data;

    if (!g_atomic_int_dec_and_test(&entry->references))
        return;
    if (entry->in[LAB_LANG_ZH] != entry->in[LAB_LANG_EN])
        variant_free(entry->in[LAB_LANG_ZH]);
    variant_free(entry->in[LAB_LANG_EN]);
    g_free(entry);
}

/* Says once why a file is left out. */
static bool not_told(const site_t *site, const char *path)
{
    return g_hash_table_add(site->told, g_strdup(path));
}

static GBytes *read_all(int fd, size_t size)
{
    char *data = g_malloc(size + 1);
    size_t got = 0;

    while (got < size) {
        ssize_t n = read(fd, data + got, size - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_free(data);
            return NULL;
        }
        if (!n)
            break; /* it shrank meanwhile */
        got += (size_t)n;
    }
    data[got] = '\0';
    return g_bytes_new_take(data, got);
}

static variant_t *filled(const site_t *site, const media_type_t *type, int64_t modified, const char *html,
                         lab_lang_t lang)
{
    char *page = template_fill(html, site->config, lang);
    variant_t *variant =
        variant_in_memory(type, MAX(modified, site->config_modified), g_bytes_new_take(page, strlen(page)));

    variant->language = html_language_tag(lang);
    variant->negotiated = !site->fixed;
    variant_pack(variant);
    return variant;
}

/* `bytes` end with a zero byte behind them. */
static bool wants_filling(const media_type_t *type, GBytes *bytes, const char *path)
{
    size_t size;
    const char *data = g_bytes_get_data(bytes, &size);

    if (strcmp(type->type, "text/html") != 0 || !template_has_places(data))
        return false;
    if (g_utf8_validate(data, (ssize_t)size, NULL))
        return true;
    complain(T_PAGE_NOT_UTF8, "file", path, NULL);
    return false;
}

static entry_t *entry_from_bytes(const site_t *site, const media_type_t *type, const char *path,
                                 int64_t modified, GBytes *bytes)
{
    entry_t *entry = g_new0(entry_t, 1);

    if (!wants_filling(type, bytes, path)) {
        entry->in[LAB_LANG_EN] = entry->in[LAB_LANG_ZH] = variant_in_memory(type, modified, bytes);
        variant_pack(entry->in[LAB_LANG_EN]);
        return entry;
    }
    const char *html = g_bytes_get_data(bytes, NULL);
    for (lab_lang_t lang = LAB_LANG_EN; lang < LAB_LANGS; lang++) {
        if (!site->fixed || lang == site->language)
            entry->in[lang] = filled(site, type, modified, html, lang);
    }
    if (site->fixed)
        entry->in[!site->language] = entry->in[site->language];
    g_bytes_unref(bytes);
    return entry;
}

static entry_t *entry_from_disk(const media_type_t *type, const struct stat *status, int fd)
{
    entry_t *entry = g_new0(entry_t, 1);

    entry->in[LAB_LANG_EN] = entry->in[LAB_LANG_ZH] = variant_on_disk(type, status, fd);
    return entry;
}

unsigned site_open_files_max(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_NOFILE, &limit) ? 64 : (unsigned)MIN(limit.rlim_max / 8, FILES_MAX);
}

static bool fits_memory(const site_t *site, const media_type_t *type, off_t size)
{
    uint64_t limit = !strcmp(type->type, "text/html") ? MEMORY_MAX : MEMORY_MAX / 4 * 3;

    return size <= MEMORY_FILE_MAX && site->memory + (uint64_t)size <= limit;
}

/* NULL with errno set. */
static entry_t *entry_load(const site_t *site, int folder, const walk_file_t *file)
{
    const media_type_t *type = type_of(file->name);
    int fd = openat(folder, file->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return NULL;
    if (!fits_memory(site, type, file->status.st_size)) {
        if (site->open < site_open_files_max())
            return entry_from_disk(type, &file->status, fd);
        close(fd);
        errno = EMFILE;
        return NULL;
    }
    GBytes *bytes = read_all(fd, (size_t)file->status.st_size);
    close(fd);
    return bytes ? entry_from_bytes(site, type, file->path, file->status.st_mtime, bytes) : NULL;
}

/* Takes a reference over. */
static void add_entry(site_t *site, const char *path, entry_t *entry)
{
    const char *slash = strrchr(path, '/');

    g_hash_table_insert(site->entries, g_strdup(path), entry);
    if (!strcmp(slash, "/index.html"))
        g_hash_table_insert(site->folders, g_strndup(path, (size_t)(slash - path) + 1), entry);
    site->open += entry->in[LAB_LANG_EN]->file != NULL;
    site->memory += variant_memory(entry->in[LAB_LANG_EN]);
    if (entry->in[LAB_LANG_ZH] != entry->in[LAB_LANG_EN])
        site->memory += variant_memory(entry->in[LAB_LANG_ZH]);
}

static identity_t identity_of(const struct stat *status)
{
    return (identity_t){status->st_dev, status->st_ino, status->st_size, status->st_mtim};
}

static bool is_same(const identity_t *a, const identity_t *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified.tv_sec == b->modified.tv_sec && a->modified.tv_nsec == b->modified.tv_nsec;
}

/* The entry of the site before, if the file is still the same; else a new one. NULL with errno set. */
static entry_t *entry_of(const loading_t *loading, int folder, const walk_file_t *file)
{
    const identity_t identity = identity_of(&file->status);
    entry_t *old = loading->before ? g_hash_table_lookup(loading->before->entries, file->path) : NULL;
    entry_t *entry =
        old && is_same(&old->identity, &identity) ? old : entry_load(loading->site, folder, file);

    if (entry) {
        entry->identity = identity;
        g_atomic_int_inc(&entry->references);
    }
    return entry;
}

static void explain_left_out(const walk_file_t *file, int problem)
{
    if (problem == EMFILE)
        complain(T_FILE_TOO_MANY_OPEN, "file", file->path, NULL);
    else
        complain(T_FILE_UNREADABLE, "file", file->path, "error", g_strerror(problem), NULL);
}

static bool load_file(int folder, const walk_file_t *file, void *data)
{
    const loading_t *loading = data;
    site_t *site = loading->site;

    if (g_hash_table_size(site->entries) >= FILES_MAX)
        return false;
    entry_t *entry = entry_of(loading, folder, file);
    int problem = errno;
    if (entry)
        add_entry(site, file->path, entry);
    else if (not_told(site, file->path))
        explain_left_out(file, problem);
    return true;
}

static void skip_link(const char *path, void *data)
{
    const loading_t *loading = data;

    if (not_told(loading->site, path))
        complain(T_LINK_SKIPPED, "file", path, NULL);
}

/* Adds a hash of one file (FNV-1a) to the sum. A sum does not depend on the order in which the folder is
 * read. */
static void sign(uint64_t *sum, const char *path, const struct stat *status)
{
    const uint64_t facts[] = {g_str_hash(path), (uint64_t)status->st_mtim.tv_sec,
                              (uint64_t)status->st_mtim.tv_nsec, (uint64_t)status->st_size, status->st_ino};
    uint64_t hash = 14695981039346656037u;

    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++)
        hash = (hash ^ facts[i]) * 1099511628211u;
    *sum += hash;
}

static uint64_t config_signature(const char *root, const char *config_path)
{
    const char *const names[] = {"student.ini", "text.ini"};
    uint64_t sum = 0;
    struct stat status;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(root, names[i], NULL);
        if (!stat(path, &status))
            sign(&sum, path, &status);
    }
    if (config_path && !stat(config_path, &status))
        sign(&sum, config_path, &status);
    return sum;
}

/* Adds the file `name` of `root` if it exists. */
static bool add_own(site_t *site, const char *root, const char *name, const char *group, const char *prefix)
{
    g_autofree char *path = g_build_filename(root, name, NULL);
    struct stat status;

    if (stat(path, &status))
        return true;
    site->config_modified = MAX(site->config_modified, status.st_mtime);
    return config_add_file(site->config, path, group, prefix);
}

static bool read_config(site_t *site, const char *root, const char *config_path)
{
    struct stat status;

    site->config = config_new();
    if (config_path && !config_add_file(site->config, config_path, "student", ""))
        return false;
    if (config_path && !stat(config_path, &status))
        site->config_modified = status.st_mtime;
    return add_own(site, root, "student.ini", "student", "") &&
           add_own(site, root, "text.ini", "text", "text.");
}

/* Pages are filled from the config: if it has changed, nothing is taken from the site before. */
static bool load_config(loading_t *loading, const char *root, const char *config_path)
{
    site_t *site = loading->site;
    const site_t *before = loading->before;

    site->config_signature = config_signature(root, config_path);
    if (before && before->config_signature == site->config_signature) {
        site->config = config_ref(before->config);
        site->config_modified = before->config_modified;
    } else {
        loading->before = NULL;
        if (!read_config(site, root, config_path))
            return false;
    }
    site->fixed = config_language(site->config, &site->language);
    return true;
}

static bool load_files(loading_t *loading, const char *root)
{
    errno = 0;
    if (walk(root, load_file, skip_link, loading))
        return true;
    if (g_hash_table_size(loading->site->entries) >= FILES_MAX)
        complain(T_ROOT_TOO_LARGE, "folder", root, "limit", G_STRINGIFY(FILES_MAX), NULL);
    else if (errno == ENOTDIR && !access(root, F_OK))
        complain(T_ROOT_NO_FOLDER, "file", root, NULL);
    else
        complain(T_ROOT_UNREADABLE, "folder", root, "error", g_strerror(errno), NULL);
    return false;
}

site_t *site_load(const char *root, const char *config_path, const site_t *before)
{
    site_t *site = g_atomic_rc_box_new0(site_t);
    loading_t loading = {site, before};

    site->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_unref);
    site->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    site->told = before ? g_hash_table_ref(before->told)
                        : g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!load_config(&loading, root, config_path) || !load_files(&loading, root)) {
        site_unref(site);
        return NULL;
    }
    config_report_unused(site->config);
    return site;
}

static void site_clear(void *data)
{
    site_t *site = data;

    g_hash_table_destroy(site->folders);
    g_hash_table_destroy(site->entries);
    g_hash_table_unref(site->told);
    config_free(site->config);
}

const site_t *site_ref(const site_t *site)
{
    return g_atomic_rc_box_acquire((site_t *)site);
}

void site_unref(const site_t *site)
{
    g_atomic_rc_box_release_full((site_t *)site, site_clear);
}

static bool sign_file(int folder, const walk_file_t *file, void *data)
{
    (void)folder;
    sign(data, file->path, &file->status);
    return true;
}

uint64_t site_signature(const char *root, const char *config_path)
{
    uint64_t sum = 1;

    if (!walk(root, sign_file, NULL, &sum))
        return 0;
    return sum + config_signature(root, config_path);
}

static const entry_t *find_entry(const site_t *site, const char *path)
{
    bool folder = g_str_has_suffix(path, "/");

    return g_hash_table_lookup(folder ? site->folders : site->entries, path);
}

variant_t *site_find(const site_t *site, const char *path, lab_lang_t lang)
{
    const entry_t *entry = find_entry(site, path);

    return entry ? entry->in[lang] : NULL;
}

bool site_is_folder(const site_t *site, const char *path)
{
    g_autofree char *index = g_strconcat(path, "/index.html", NULL);

    return g_hash_table_contains(site->entries, index);
}

bool site_language(const site_t *site, lab_lang_t *lang)
{
    *lang = site->language;
    return site->fixed;
}
