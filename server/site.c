#include "site.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "page.h"
#include "walk.h"

/* Larger files are sent from the disk: slower, but a film does not fill the memory. */
#define MEMORY_FILE_MAX ((off_t)8 << 20)

#define FILES_MAX 4096

/* A path's variants; the same one twice if the language makes no difference. */
typedef struct {
    Variant *in[LANG_COUNT];
} Entry;

struct Site {
    GHashTable *entries;
    GHashTable *folders; /* "/", "/sub/": the entry of the index.html there, owned by the table above */
    Config *config;
    gboolean fixed; /* all pages in LANGUAGE */
    Lang language;
    gint64 config_modified;
};

static void entry_free(gpointer data)
{
    Entry *entry = data;

    if (entry->in[LANG_ZH] != entry->in[LANG_EN])
        variant_free(entry->in[LANG_ZH]);
    variant_free(entry->in[LANG_EN]);
    g_free(entry);
}

static GBytes *read_all(int fd, gsize size)
{
    char *data = g_malloc(size + 1);
    gsize got = 0;

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
        got += (gsize)n;
    }
    data[got] = '\0';
    return g_bytes_new_take(data, got);
}

static Variant *filled(const Site *site, const Type *type, gint64 modified, const char *html, Lang lang)
{
    char *page = page_fill(html, site->config, lang);
    Variant *variant =
        variant_in_memory(type, MAX(modified, site->config_modified), g_bytes_new_take(page, strlen(page)));

    variant->language = page_language_tag(lang);
    variant->negotiated = !site->fixed;
    variant_pack(variant);
    return variant;
}

/* BYTES end with a zero byte behind them. */
static gboolean wants_filling(const Type *type, GBytes *bytes, const char *path)
{
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);

    if (strcmp(type->type, "text/html") != 0 || !page_is_template(data))
        return FALSE;
    if (g_utf8_validate(data, (gssize)size, NULL))
        return TRUE;
    complain(T_PAGE_NOT_UTF8, path, NULL);
    return FALSE;
}

static Entry *entry_from_bytes(const Site *site, const Type *type, const char *path, gint64 modified,
                               GBytes *bytes)
{
    Entry *entry = g_new0(Entry, 1);

    if (!wants_filling(type, bytes, path)) {
        entry->in[LANG_EN] = entry->in[LANG_ZH] = variant_in_memory(type, modified, bytes);
        variant_pack(entry->in[LANG_EN]);
        return entry;
    }
    const char *html = g_bytes_get_data(bytes, NULL);
    for (Lang lang = LANG_EN; lang < LANG_COUNT; lang++) {
        if (!site->fixed || lang == site->language)
            entry->in[lang] = filled(site, type, modified, html, lang);
    }
    if (site->fixed)
        entry->in[!site->language] = entry->in[site->language];
    g_bytes_unref(bytes);
    return entry;
}

static Entry *entry_from_disk(const Type *type, const struct stat *status, int fd)
{
    Entry *entry = g_new0(Entry, 1);

    entry->in[LANG_EN] = entry->in[LANG_ZH] = variant_on_disk(type, status, fd);
    return entry;
}

/* NULL with errno set. */
static Entry *entry_load(const Site *site, int folder, const WalkFile *file)
{
    const Type *type = type_of(file->name);
    int fd = openat(folder, file->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return NULL;
    if (file->status.st_size > MEMORY_FILE_MAX)
        return entry_from_disk(type, &file->status, fd);
    GBytes *bytes = read_all(fd, (gsize)file->status.st_size);
    close(fd);
    return bytes ? entry_from_bytes(site, type, file->path, file->status.st_mtime, bytes) : NULL;
}

static void add_entry(Site *site, const char *path, Entry *entry)
{
    const char *slash = strrchr(path, '/');

    g_hash_table_insert(site->entries, g_strdup(path), entry);
    if (!strcmp(slash, "/index.html"))
        g_hash_table_insert(site->folders, g_strndup(path, (gsize)(slash - path) + 1), entry);
}

static gboolean load_file(int folder, const WalkFile *file, gpointer data)
{
    Site *site = data;

    if (g_hash_table_size(site->entries) >= FILES_MAX)
        return FALSE;
    Entry *entry = entry_load(site, folder, file);
    if (entry)
        add_entry(site, file->path, entry);
    else
        complain(T_FILE_UNREADABLE, file->path, g_strerror(errno), NULL);
    return TRUE;
}

static void skip_link(const char *path)
{
    complain(T_LINK_SKIPPED, path, NULL);
}

/* Adds ROOT/NAME if it exists. */
static gboolean add_own(Site *site, const char *root, const char *name, const char *group, const char *prefix)
{
    g_autofree char *path = g_build_filename(root, name, NULL);
    struct stat status;

    if (stat(path, &status))
        return TRUE;
    site->config_modified = MAX(site->config_modified, status.st_mtime);
    return config_add_file(site->config, path, group, prefix);
}

static gboolean load_config(Site *site, const char *root, const char *config_path)
{
    struct stat status;

    if (config_path && !config_add_file(site->config, config_path, "student", ""))
        return FALSE;
    if (config_path && !stat(config_path, &status))
        site->config_modified = status.st_mtime;
    if (!add_own(site, root, "student.ini", "student", "") ||
        !add_own(site, root, "text.ini", "text", "text."))
        return FALSE;
    site->fixed = config_language(site->config, &site->language);
    return TRUE;
}

static gboolean load_files(Site *site, const char *root)
{
    errno = 0;
    if (walk(root, load_file, skip_link, site))
        return TRUE;
    if (g_hash_table_size(site->entries) >= FILES_MAX)
        complain(T_ROOT_TOO_LARGE, root, G_STRINGIFY(FILES_MAX), NULL);
    else if (errno == ENOTDIR && !access(root, F_OK))
        complain(T_ROOT_NO_FOLDER, root, NULL);
    else
        complain(T_ROOT_UNREADABLE, root, g_strerror(errno), NULL);
    return FALSE;
}

Site *site_load(const char *root, const char *config_path)
{
    Site *site = g_new0(Site, 1);

    site->config = config_new();
    site->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    site->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!load_config(site, root, config_path) || !load_files(site, root)) {
        site_free(site);
        return NULL;
    }
    config_report_unused(site->config);
    return site;
}

void site_free(Site *site)
{
    g_hash_table_destroy(site->folders);
    g_hash_table_destroy(site->entries);
    config_free(site->config);
    g_free(site);
}

typedef struct {
    guint64 sum;
} Signature;

/* A sum, so that the order in which the folder is read does not matter; each file is mixed well before
 * (FNV-1a). */
static void sign(Signature *signature, const char *path, const struct stat *status)
{
    const guint64 facts[] = {g_str_hash(path), (guint64)status->st_mtim.tv_sec,
                             (guint64)status->st_mtim.tv_nsec, (guint64)status->st_size, status->st_ino};
    guint64 hash = 14695981039346656037u;

    for (gsize i = 0; i < G_N_ELEMENTS(facts); i++)
        hash = (hash ^ facts[i]) * 1099511628211u;
    signature->sum += hash;
}

static gboolean sign_file(int folder, const WalkFile *file, gpointer data)
{
    (void)folder;
    sign(data, file->path, &file->status);
    return TRUE;
}

guint64 site_signature(const char *root, const char *config_path)
{
    const char *const names[] = {"student.ini", "text.ini"};
    Signature signature = {1};
    struct stat status;

    if (!walk(root, sign_file, NULL, &signature))
        return 0;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(root, names[i], NULL);
        if (!stat(path, &status))
            sign(&signature, path, &status);
    }
    if (config_path && !stat(config_path, &status))
        sign(&signature, config_path, &status);
    return signature.sum;
}

static const Entry *find_entry(const Site *site, const char *path)
{
    gboolean folder = g_str_has_suffix(path, "/");

    return g_hash_table_lookup(folder ? site->folders : site->entries, path);
}

Variant *site_find(const Site *site, const char *path, Lang lang)
{
    const Entry *entry = find_entry(site, path);

    return entry ? entry->in[lang] : NULL;
}

gboolean site_is_folder(const Site *site, const char *path)
{
    g_autofree char *index = g_strconcat(path, "/index.html", NULL);

    return g_hash_table_contains(site->entries, index);
}

gboolean site_language(const Site *site, Lang *lang)
{
    *lang = site->language;
    return site->fixed;
}
