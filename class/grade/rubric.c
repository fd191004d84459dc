/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rubric.c - see rubric.h. */
#include "rubric.h"

#include <string.h>

#include "reader.h"
#include "statement.h"

enum { RUBRIC_MOST = 1 << 20, ITEMS_MOST = 200, PATTERN_MOST = 200 };

static void free_item(gpointer user)
{
    lab_item_t *item = user;
    g_free(item->id);
    g_free(item->title);
    g_free(item->need);
    g_free(item->count);
    g_free(item);
}

void lab_rubric_free(lab_rubric_t *rubric)
{
    if (!rubric)
        return;
    g_free(rubric->title);
    if (rubric->student)
        g_regex_unref(rubric->student);
    g_ptr_array_unref(rubric->items);
    g_free(rubric->text);
    g_free(rubric);
}

/* The rubric that is being read. */
typedef struct {
    lab_rubric_t *rubric;
    GKeyFile *keys;
    lab_lang_t language;
    char **problem;
} lab_reading_rubric_t;

static bool fail(const lab_reading_rubric_t *r, lab_text_id_t id, const char *group, const char *value)
{
    *r->problem = lab_words_with(id, r->language, LAB_PLACES({"group", group}, {"value", value}));
    return false;
}

static bool known_keys(const lab_reading_rubric_t *r, const char *group, const char *const *known)
{
    char **keys = g_key_file_get_keys(r->keys, group, NULL, NULL);
    bool good = true;
    for (char **key = keys; good && key && *key; key++)
        good = g_strv_contains(known, *key) || fail(r, T_RUBRIC_KEY, group, *key);
    g_strfreev(keys);
    return good;
}

static bool read_points(const lab_reading_rubric_t *r, lab_item_t *item, const char *group)
{
    char *text = g_key_file_get_string(r->keys, group, "points", NULL), *end = NULL;
    item->points = text ? g_ascii_strtod(text, &end) : -1;
    bool good = text && end != text && *end == '\0' && item->points >= 0 && item->points <= 10000;
    if (!good)
        fail(r, T_RUBRIC_POINTS, group, text ? text : "");
    g_free(text);
    return good;
}

static bool read_need(const lab_reading_rubric_t *r, lab_item_t *item, const char *group)
{
    item->need = g_key_file_get_string(r->keys, group, "need", NULL);
    if (!item->need)
        return fail(r, T_RUBRIC_NEED, group, NULL);
    g_strstrip(item->need);
    item->answers = strcmp(item->need, "answers") == 0;
    if (item->answers)
        return true;
    char *why = NULL;
    lab_statement_t *statement = lab_statement_read(item->need, "student", r->language, &why);
    if (!statement) {
        fail(r, T_RUBRIC_STATEMENT, group, why);
        g_free(why);
        return false;
    }
    bool blank = false;
    for (guint i = 0; i < statement->pairs->len; i++) {
        const lab_pair_t *pair = g_ptr_array_index(statement->pairs, i);
        r->rubric->bodies |= strcmp(pair->name, "body") == 0;
        blank |= pair->blank;
    }
    lab_statement_free(statement);
    return !blank || fail(r, T_RUBRIC_BLANK, group, item->need);
}

static bool read_count(const lab_reading_rubric_t *r, lab_item_t *item, const char *group)
{
    item->count = g_key_file_get_string(r->keys, group, "count", NULL);
    if (!item->count)
        item->count = g_strdup("1..");
    g_strstrip(item->count);
    bool good = *item->count && strspn(item->count, "0123456789.") == strlen(item->count) &&
                strcmp(item->count, "..") != 0;
    return good || fail(r, T_RUBRIC_COUNT, group, item->count);
}

static bool read_item(const lab_reading_rubric_t *r, const char *group)
{
    lab_item_t *item = g_new0(lab_item_t, 1);
    g_ptr_array_add(r->rubric->items, item);
    item->id = g_strstrip(g_strdup(group + strlen("item")));
    item->title = g_key_file_get_string(r->keys, group, "title", NULL);
    if (!item->title)
        item->title = g_strdup(item->id);
    if (!known_keys(r, group, (const char *const[]){"title", "points", "need", "count", NULL}) ||
        !read_points(r, item, group) || !read_need(r, item, group) || !read_count(r, item, group))
        return false;
    r->rubric->points += item->points;
    return r->rubric->items->len <= ITEMS_MOST || fail(r, T_RUBRIC_ITEMS, group, NULL);
}

static bool read_head(const lab_reading_rubric_t *r, const char *group)
{
    GError *error = NULL;
    char *pattern = g_key_file_get_string(r->keys, group, "student", NULL);
    g_free(r->rubric->title);
    r->rubric->title = g_key_file_get_string(r->keys, group, "title", NULL);
    bool good = known_keys(r, group, (const char *const[]){"title", "student", NULL});
    if (good && pattern && strlen(pattern) <= PATTERN_MOST)
        r->rubric->student = g_regex_new(pattern, G_REGEX_OPTIMIZE, 0, &error);
    if (good && pattern && !r->rubric->student)
        good = fail(r, T_RUBRIC_PATTERN, pattern, error ? error->message : "");
    g_clear_error(&error);
    g_free(pattern);
    return good;
}

static bool read_groups(const lab_reading_rubric_t *r)
{
    char **groups = g_key_file_get_groups(r->keys, NULL);
    bool good = true;
    for (char **group = groups; good && *group; group++)
        good = strcmp(*group, "rubric") == 0       ? read_head(r, *group)
               : g_str_has_prefix(*group, "item ") ? read_item(r, *group)
                                                   : fail(r, T_RUBRIC_GROUP, *group, NULL);
    g_strfreev(groups);
    return good && (r->rubric->items->len > 0 || fail(r, T_RUBRIC_EMPTY, NULL, NULL));
}

lab_rubric_t *lab_rubric_read(const char *file, lab_lang_t language, char **problem)
{
    gsize length = 0;
    GError *error = NULL;
    char *text = lab_read_regular(file, RUBRIC_MOST, &length, language, problem);
    if (!text)
        return NULL;
    lab_rubric_t *rubric = g_new0(lab_rubric_t, 1);
    rubric->items = g_ptr_array_new_with_free_func(free_item);
    rubric->text = text;
    const lab_reading_rubric_t reading = {rubric, g_key_file_new(), language, problem};
    bool good = g_utf8_validate(text, (gssize)length, NULL);
    if (!good)
        *problem = g_strdup(lab_words(T_NOT_UTF8, language));
    else if (!g_key_file_load_from_data(reading.keys, text, length, G_KEY_FILE_NONE, &error))
        good = fail(&reading, T_RUBRIC_SYNTAX, NULL, error->message);
    good = good && read_groups(&reading);
    g_clear_error(&error);
    g_key_file_unref(reading.keys);
    if (good && !rubric->title)
        rubric->title = g_path_get_basename(file);
    if (good)
        return rubric;
    lab_rubric_free(rubric);
    return NULL;
}

char *lab_rubric_student(const lab_rubric_t *rubric, const char *name)
{
    GMatchInfo *match = NULL;
    char *found = NULL;
    if (rubric->student && g_utf8_validate(name, -1, NULL) && g_regex_match(rubric->student, name, 0, &match))
        found = g_match_info_fetch(match, g_match_info_get_match_count(match) > 1 ? 1 : 0);
    if (match)
        g_match_info_unref(match);
    if (found && *found)
        return found;
    g_free(found);
    return g_strdup(name);
}
