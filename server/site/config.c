/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config.c - see config.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of a config file. */
#define CONTENT_MAX 1048576

typedef struct {
    GKeyFile *keys;
    char *path;
    char *group;
    char *prefix;
} source_t;

struct config {
    int references;
    GPtrArray *sources;
    GHashTable *used; /* keys without language */
};

static void source_free(void *data)
{
    source_t *source = data;

    g_key_file_free(source->keys);
    g_free(source->path);
    g_free(source->group);
    g_free(source->prefix);
    g_free(source);
}

config_t *config_new(void)
{
    config_t *config = g_new0(config_t, 1);

    config->references = 1;
    config->sources = g_ptr_array_new_with_free_func(source_free);
    config->used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_add(config->used, g_strdup("language"));
    return config;
}

config_t *config_ref(config_t *config)
{
    g_atomic_int_inc(&config->references);
    return config;
}

void config_free(config_t *config)
{
    if (!config || !g_atomic_int_dec_and_test(&config->references))
        return;
    g_ptr_array_free(config->sources, true);
    g_hash_table_destroy(config->used);
    g_free(config);
}

static bool line_is_sound(const char *line)
{
    if (!*line || *line == '#')
        return true;
    if (*line == '[')
        return strlen(line) > 2 && strchr(line, ']') == line + strlen(line) - 1;
    return *line != '=' && strchr(line, '=');
}

unsigned config_bad_line(const char *content, char **line)
{
    g_auto(GStrv) lines = g_strsplit(content, "\n", -1);

    for (unsigned i = 0; lines[i]; i++) {
        if (!line_is_sound(g_strstrip(lines[i]))) {
            *line = g_strdup(lines[i]);
            return i + 1;
        }
    }
    return 0;
}

static unsigned line_of(const char *content, const char *place)
{
    unsigned line = 1;

    for (const char *p = content; p < place; p++)
        line += *p == '\n';
    return line;
}

/* GKeyFile's message has no line number and is in English only, so the lines are checked before it reads
 * them. */
static bool content_is_sound(const char *content, size_t length, const char *path)
{
    const char *bad;
    g_autofree char *line = NULL;

    if (!g_utf8_validate(content, (ssize_t)length, &bad)) {
        g_autofree char *number = g_strdup_printf("%u", line_of(content, bad));
        complain(T_CONFIG_NOT_UTF8, "file", path, "line", number, NULL);
        return false;
    }
    unsigned bad_line = config_bad_line(content, &line);
    if (bad_line) {
        g_autofree char *number = g_strdup_printf("%u", bad_line);
        complain(T_CONFIG_BAD_LINE, "file", path, "line", number, "content", line, NULL);
        return false;
    }
    return true;
}

/* A wrong escape such as \P shows when the value is read. All values are read now, so that it shows at the
 * start. */
static bool values_are_sound(GKeyFile *keys, const char *path, const char *group)
{
    g_auto(GStrv) names = g_key_file_get_keys(keys, group, NULL, NULL);

    for (unsigned i = 0; names && names[i]; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *value = g_key_file_get_string(keys, group, names[i], &error);
        if (error) {
            complain(T_CONFIG_BAD_VALUE, "file", path, "key", names[i], NULL);
            return false;
        }
    }
    return true;
}

static bool language_is_sound(GKeyFile *keys, const char *path, const char *group)
{
    g_autofree char *value = g_key_file_get_string(keys, group, "language", NULL);
    lab_lang_t lang;

    if (!value || lab_language_of_name(value, LAB_LANG_EN, &lang))
        return true;
    complain(T_CONFIG_BAD_LANGUAGE, "file", path, "value", value, NULL);
    return false;
}

static bool load_keys(GKeyFile *keys, const char *content, size_t length, const char *path, const char *group)
{
    g_autoptr(GError) error = NULL;

    if (!content_is_sound(content, length, path))
        return false;
    if (!g_key_file_load_from_data(keys, content, length, G_KEY_FILE_KEEP_TRANSLATIONS, &error) ||
        !g_key_file_has_group(keys, group)) {
        complain(T_CONFIG_NO_GROUP, "file", path, NULL);
        return false;
    }
    return values_are_sound(keys, path, group) && language_is_sound(keys, path, group);
}

bool config_add_text(config_t *config, const char *content, size_t length, const char *path,
                     const char *group, const char *prefix)
{
    static const char mark[] = "\xef\xbb\xbf"; /* Windows' Notepad begins a UTF-8 file with it */
    size_t skip = length >= 3 && !memcmp(content, mark, 3) ? 3 : 0;
    GKeyFile *keys = g_key_file_new();

    if (!load_keys(keys, content + skip, length - skip, path, group)) {
        g_key_file_free(keys);
        return false;
    }
    source_t *source = g_new0(source_t, 1);
    *source = (source_t){keys, g_strdup(path), g_strdup(group), g_strdup(prefix)};
    g_ptr_array_add(config->sources, source);
    return true;
}

/* All that can be read from `fd`, of CONTENT_MAX bytes and one more; NULL with errno set. */
static GString *read_all(int fd)
{
    GString *content = g_string_new(NULL);
    ssize_t n;

    do {
        size_t before = content->len;
        g_string_set_size(content, before + 65536);
        n = read(fd, content->str + before, 65536);
        g_string_set_size(content, before + (n > 0 ? (size_t)n : 0));
    } while (n > 0 && content->len <= CONTENT_MAX);
    if (n >= 0)
        return content;
    g_string_free(content, TRUE);
    return NULL;
}

/* An ordinary file only: a FIFO would be waited for, and a device may have no end. */
static GString *read_file(const char *path)
{
    struct stat status;
    GString *content = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 || fstat(fd, &status) || (S_ISREG(status.st_mode) && !(content = read_all(fd))))
        complain(T_CONFIG_UNREADABLE, "file", path, "error", g_strerror(errno), NULL);
    else if (!content || content->len > CONTENT_MAX)
        complain(T_CONFIG_NO_FILE, "file", path, "limit", G_STRINGIFY(CONTENT_MAX), NULL);
    if (fd >= 0)
        close(fd);
    if (content && content->len <= CONTENT_MAX)
        return content;
    if (content)
        g_string_free(content, TRUE);
    return NULL;
}

bool config_add_file(config_t *config, const char *path, const char *group, const char *prefix)
{
    GString *content = read_file(path);

    if (!content)
        return false;
    bool good = config_add_text(config, content->str, content->len, path, group, prefix);
    g_string_free(content, TRUE);
    return good;
}

char *config_value(config_t *config, const char *key, lab_lang_t lang)
{
    for (unsigned i = 0; i < config->sources->len; i++) {
        const source_t *source = g_ptr_array_index(config->sources, i);
        if (!g_str_has_prefix(key, source->prefix))
            continue;
        char *value = g_key_file_get_locale_string(source->keys, source->group, key + strlen(source->prefix),
                                                   text_language_token(lang), NULL);
        if (value) {
            g_hash_table_add(config->used, g_strdup(key));
            return value;
        }
    }
    return NULL;
}

bool config_language(config_t *config, lab_lang_t *lang)
{
    g_autofree char *value = config_value(config, "language", LAB_LANG_EN);

    if (!value || !strcmp(value, "auto"))
        return false;
    return lab_language_of_name(value, LAB_LANG_EN, lang);
}

static void report_source(config_t *config, const source_t *source)
{
    g_auto(GStrv) names = g_key_file_get_keys(source->keys, source->group, NULL, NULL);

    for (unsigned i = 0; names && names[i]; i++) {
        g_autofree char *key = g_strndup(names[i], strcspn(names[i], "["));
        g_autofree char *placeholder = g_strdup_printf("{{%s}}", key);
        if (g_hash_table_add(config->used, g_strdup(key)))
            complain(T_CONFIG_UNUSED_KEY, "file", source->path, "key", key, "placeholder", placeholder, NULL);
    }
}

void config_report_unused(config_t *config)
{
    for (unsigned i = 0; i < config->sources->len; i++) {
        const source_t *source = g_ptr_array_index(config->sources, i);
        if (!*source->prefix)
            report_source(config, source);
    }
}
