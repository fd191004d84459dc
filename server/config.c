#include "config.h"

#include <errno.h>
#include <string.h>

typedef struct {
    GKeyFile *keys;
    char *path;
    char *group;
    char *prefix;
} Source;

struct Config {
    GPtrArray *sources;
    GHashTable *used; /* keys without language */
};

static void source_free(gpointer data)
{
    Source *source = data;

    g_key_file_free(source->keys);
    g_free(source->path);
    g_free(source->group);
    g_free(source->prefix);
    g_free(source);
}

Config *config_new(void)
{
    Config *config = g_new0(Config, 1);

    config->sources = g_ptr_array_new_with_free_func(source_free);
    config->used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_add(config->used, g_strdup("language"));
    return config;
}

void config_free(Config *config)
{
    if (!config)
        return;
    g_ptr_array_free(config->sources, TRUE);
    g_hash_table_destroy(config->used);
    g_free(config);
}

static gboolean line_is_sound(const char *line)
{
    if (!*line || *line == '#')
        return TRUE;
    if (*line == '[')
        return strlen(line) > 2 && strchr(line, ']') == line + strlen(line) - 1;
    return *line != '=' && strchr(line, '=');
}

guint config_bad_line(const char *content, char **line)
{
    g_auto(GStrv) lines = g_strsplit(content, "\n", -1);

    for (guint i = 0; lines[i]; i++) {
        if (!line_is_sound(g_strstrip(lines[i]))) {
            *line = g_strdup(lines[i]);
            return i + 1;
        }
    }
    return 0;
}

static guint line_of(const char *content, const char *place)
{
    guint line = 1;

    for (const char *p = content; p < place; p++)
        line += *p == '\n';
    return line;
}

/* GKeyFile says what is wrong but not where, and only in its own words: look before it does. */
static gboolean content_is_sound(const char *content, gsize length, const char *path)
{
    const char *bad;
    g_autofree char *line = NULL;

    if (!g_utf8_validate(content, (gssize)length, &bad)) {
        g_autofree char *number = g_strdup_printf("%u", line_of(content, bad));
        complain(T_CONFIG_NOT_UTF8, path, number, NULL);
        return FALSE;
    }
    guint bad_line = config_bad_line(content, &line);
    if (bad_line) {
        g_autofree char *number = g_strdup_printf("%u", bad_line);
        complain(T_CONFIG_BAD_LINE, path, number, line, NULL);
        return FALSE;
    }
    return TRUE;
}

/* A wrong escape such as \P shows only when the value is read: read them all now. */
static gboolean values_are_sound(GKeyFile *keys, const char *path, const char *group)
{
    g_auto(GStrv) names = g_key_file_get_keys(keys, group, NULL, NULL);

    for (guint i = 0; names && names[i]; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *value = g_key_file_get_string(keys, group, names[i], &error);
        if (error) {
            complain(T_CONFIG_BAD_VALUE, path, names[i], NULL);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean language_is_sound(GKeyFile *keys, const char *path, const char *group)
{
    g_autofree char *value = g_key_file_get_string(keys, group, "language", NULL);
    Lang lang;

    if (!value || text_parse_language(value, LANG_EN, &lang))
        return TRUE;
    complain(T_CONFIG_BAD_LANGUAGE, path, value, NULL);
    return FALSE;
}

static gboolean load_keys(GKeyFile *keys, const char *content, gsize length, const char *path,
                          const char *group)
{
    g_autoptr(GError) error = NULL;

    if (!content_is_sound(content, length, path))
        return FALSE;
    if (!g_key_file_load_from_data(keys, content, length, G_KEY_FILE_KEEP_TRANSLATIONS, &error) ||
        !g_key_file_has_group(keys, group)) {
        complain(T_CONFIG_NO_GROUP, path, NULL);
        return FALSE;
    }
    return values_are_sound(keys, path, group) && language_is_sound(keys, path, group);
}

gboolean config_add_text(Config *config, const char *content, gsize length, const char *path,
                         const char *group, const char *prefix)
{
    static const char mark[] = "\xef\xbb\xbf"; /* Windows' Notepad begins a UTF-8 file with it */
    gsize skip = length >= 3 && !memcmp(content, mark, 3) ? 3 : 0;
    GKeyFile *keys = g_key_file_new();

    if (!load_keys(keys, content + skip, length - skip, path, group)) {
        g_key_file_free(keys);
        return FALSE;
    }
    Source *source = g_new0(Source, 1);
    *source = (Source){keys, g_strdup(path), g_strdup(group), g_strdup(prefix)};
    g_ptr_array_add(config->sources, source);
    return TRUE;
}

gboolean config_add_file(Config *config, const char *path, const char *group, const char *prefix)
{
    g_autofree char *content = NULL;
    g_autoptr(GError) error = NULL;
    gsize length;

    errno = 0;
    if (!g_file_get_contents(path, &content, &length, &error)) {
        complain(T_CONFIG_UNREADABLE, path, g_strerror(errno ? errno : EIO), NULL);
        return FALSE;
    }
    return config_add_text(config, content, length, path, group, prefix);
}

char *config_value(Config *config, const char *key, Lang lang)
{
    for (guint i = 0; i < config->sources->len; i++) {
        const Source *source = g_ptr_array_index(config->sources, i);
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

gboolean config_language(Config *config, Lang *lang)
{
    g_autofree char *value = config_value(config, "language", LANG_EN);

    if (!value || !strcmp(value, "auto"))
        return FALSE;
    return text_parse_language(value, LANG_EN, lang);
}

static void report_source(Config *config, const Source *source)
{
    g_auto(GStrv) names = g_key_file_get_keys(source->keys, source->group, NULL, NULL);

    for (guint i = 0; names && names[i]; i++) {
        g_autofree char *key = g_strndup(names[i], strcspn(names[i], "["));
        if (g_hash_table_add(config->used, g_strdup(key)))
            complain(T_CONFIG_UNUSED_KEY, source->path, key, NULL);
    }
}

void config_report_unused(Config *config)
{
    for (guint i = 0; i < config->sources->len; i++) {
        const Source *source = g_ptr_array_index(config->sources, i);
        if (!*source->prefix)
            report_source(config, source);
    }
}
