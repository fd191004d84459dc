/* SPDX-License-Identifier: GPL-2.0-or-later */
/* statement.c - reading a statement; see statement.h. */
#include "statement.h"

#include <string.h>

#include "expect.h"

static void free_pair(gpointer user)
{
    lab_pair_t *pair = user;
    g_free(pair->name);
    g_strfreev(pair->values);
    g_free(pair);
}

void lab_statement_free(gpointer user)
{
    lab_statement_t *statement = user;
    if (!statement)
        return;
    g_ptr_array_unref(statement->pairs);
    g_free(statement);
}

static bool fail(char **problem, lab_text_id_t id, lab_lang_t language, const char *value, const char *list)
{
    *problem = lab_words_with(id, language, LAB_PLACES({"value", value}, {"list", list}));
    return false;
}

static bool read_subject(lab_statement_t *s, const char *word, lab_lang_t language, char **problem)
{
    for (guint i = 0; i < LAB_SUBJECTS; i++)
        if (strcmp(word, lab_subject_words[i]) == 0) {
            s->subject = (lab_subject_t)i;
            return true;
        }
    return fail(problem, T_BAD_SUBJECT, language, word, "capture connection exchange page frame");
}

/* True if the word is a number, which it takes. */
static bool take_number(lab_statement_t *s, const char *word)
{
    size_t digits = strspn(word, "0123456789");
    if (digits == 0 || word[digits] || digits > 9)
        return false;
    s->number = g_ascii_strtoll(word, NULL, 10);
    return true;
}

static void put_student(char **value, const char *student)
{
    if (!student || !strstr(*value, "{student}"))
        return;
    char **parts = g_strsplit(*value, "{student}", -1);
    g_free(*value);
    *value = g_strjoinv(student, parts);
    g_strfreev(parts);
}

static lab_pair_t *add_pair(lab_statement_t *s, char *name, char **values)
{
    lab_pair_t *pair = g_new0(lab_pair_t, 1);
    pair->name = name;
    pair->values = values;
    g_ptr_array_add(s->pairs, pair);
    return pair;
}

static bool known_name(const lab_statement_t *s, const char *name, lab_lang_t language, char **problem)
{
    if (lab_name_find(s->subject, name))
        return true;
    char *list = lab_name_list(s->subject);
    fail(problem, T_BAD_NAME, language, name, list);
    g_free(list);
    return false;
}

/* "body contains TEXT": three words. */
static bool read_contains(lab_statement_t *s, GPtrArray *words, guint *at, const char *student,
                          lab_lang_t language, char **problem)
{
    const char *text = *at + 2 < words->len ? g_ptr_array_index(words, *at + 2) : "";
    text += *text == '"';
    if (*text == '\0')
        return fail(problem, T_NEED_TEXT, language, g_ptr_array_index(words, *at), NULL);
    char **values = g_new0(char *, 2);
    values[0] = g_strdup(text);
    put_student(&values[0], student);
    add_pair(s, g_strdup(g_ptr_array_index(words, *at)), values)->contains = true;
    *at += 2;
    return true;
}

static bool read_pair(lab_statement_t *s, GPtrArray *words, guint *at, const char *student,
                      lab_lang_t language, char **problem)
{
    const char *word = g_ptr_array_index(words, *at);
    char *name = NULL, **values = NULL;
    if (*at + 1 < words->len && strcmp(g_ptr_array_index(words, *at + 1), "contains") == 0)
        return known_name(s, word, language, problem) &&
               read_contains(s, words, at, student, language, problem);
    if (!lab_expect_read(word, &name, &values))
        return fail(problem, T_BAD_PAIR, language, word, NULL);
    lab_pair_t *pair = add_pair(s, name, values);
    pair->blank = g_str_has_suffix(word, "=");
    /* A value in quotes is a word of its own: name= "a b". */
    const char *next = *at + 1 < words->len ? g_ptr_array_index(words, *at + 1) : "";
    if (pair->blank && *next == '"') {
        g_strfreev(pair->values);
        pair->values = g_strsplit(next + 1, "\n", 1);
        pair->blank = false;
        ++*at;
    }
    for (char **value = pair->values; *value; value++) {
        put_student(value, student);
        if (**value == '\0')
            return fail(problem, T_BAD_PAIR, language, word, NULL);
    }
    return known_name(s, name, language, problem);
}

static bool read_words(lab_statement_t *s, GPtrArray *words, const char *student, lab_lang_t language,
                       char **problem)
{
    guint at = 1;
    if (!read_subject(s, g_ptr_array_index(words, 0), language, problem))
        return false;
    if (at < words->len && take_number(s, g_ptr_array_index(words, at)))
        at++;
    for (; at < words->len; at++)
        if (!read_pair(s, words, &at, student, language, problem))
            return false;
    return s->pairs->len > 0 || fail(problem, T_NEED_PAIR, language, g_ptr_array_index(words, 0), NULL);
}

lab_statement_t *lab_statement_read(const char *line, const char *student, lab_lang_t language,
                                    char **problem)
{
    GPtrArray *words = lab_expect_words(line);
    lab_statement_t *s = g_new0(lab_statement_t, 1);
    s->number = -1;
    s->pairs = g_ptr_array_new_with_free_func(free_pair);
    bool good = words && words->len ? read_words(s, words, student, language, problem)
                : words             ? fail(problem, T_NEED_PAIR, language, line, NULL)
                                    : fail(problem, T_BAD_QUOTE, language, line, NULL);
    if (words)
        g_ptr_array_unref(words);
    if (good)
        return s;
    lab_statement_free(s);
    return NULL;
}

static void put_subject(const lab_statement_t *s, GString *out)
{
    g_string_append(out, lab_subject_words[s->subject]);
    if (s->number >= 0)
        g_string_append_printf(out, " %" G_GINT64_FORMAT, s->number);
}

static void put_pair(const lab_pair_t *pair, GString *out)
{
    char *value = g_strjoinv("+", pair->values);
    const char *between = pair->contains ? " contains " : "=";
    g_string_append_printf(out, " %s%s%s", pair->name, between, pair->blank || *value ? value : "-");
    g_free(value);
}

char *lab_statement_text(const lab_statement_t *s)
{
    GString *out = g_string_new(NULL);
    put_subject(s, out);
    for (guint i = 0; i < s->pairs->len; i++)
        put_pair(g_ptr_array_index(s->pairs, i), out);
    return g_string_free(out, FALSE);
}
