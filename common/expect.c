/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect.c - see expect.h. */
#include "expect.h"

#include <math.h>
#include <string.h>

GPtrArray *lab_expect_words(const char *line)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    for (;;) {
        line += strspn(line, " \t");
        if (*line == '\0' || *line == '#')
            return words;
        const char *end = line + strcspn(line, " \t");
        if (*line == '"') {
            end = strchr(line + 1, '"');
            if (end == NULL) {
                g_ptr_array_unref(words);
                return NULL;
            }
        }
        g_ptr_array_add(words, g_strndup(line, (gsize)(end - line)));
        line = *end == '"' ? end + 1 : end;
    }
}

bool lab_expect_read(const char *word, char **name, char ***values)
{
    const char *equals = strchr(word, '=');
    if (!equals || equals == word)
        return false;
    *name = g_strndup(word, (gsize)(equals - word));
    *values = g_strsplit(strcmp(equals + 1, "-") == 0 ? "" : equals + 1, "+", -1);
    return true;
}

/* A decimal number and nothing else. */
static bool number_in(const char *text, double *number)
{
    char *end = NULL;
    if (!g_ascii_isdigit(*text) && !(*text == '-' && g_ascii_isdigit(text[1])))
        return false;
    *number = g_ascii_strtod(text, &end);
    return end && *end == '\0' && strspn(text, "-0123456789.") == strlen(text);
}

/* "3..7", "3..", "..7". */
static bool in_range(const char *range, const char *dots, double number)
{
    double from = -HUGE_VAL, to = HUGE_VAL;
    char *first = g_strndup(range, (gsize)(dots - range));
    bool good = (*first == '\0' || number_in(first, &from)) && (dots[2] == '\0' || number_in(dots + 2, &to));
    g_free(first);
    return good && number >= from && number <= to;
}

static bool same_number(const char *expected, const char *got)
{
    double a = 0, b = 0;
    const char *dots = strstr(expected, ".."), *point = strchr(expected, '.');
    if (!number_in(got, &b))
        return false;
    if (dots)
        return in_range(expected, dots, b);
    if (!number_in(expected, &a))
        return false;
    return fabs(a - b) <= 0.5 * pow(10, point ? -(double)strlen(point + 1) : 0) + 1e-9 && (point || a == b);
}

static int truth_of(const char *text)
{
    return strcmp(text, "true") == 0 || strcmp(text, "1") == 0    ? 1
           : strcmp(text, "false") == 0 || strcmp(text, "0") == 0 ? 0
                                                                  : -1;
}

bool lab_expect_same(const char *expected, const char *got)
{
    bool words = g_ascii_isalpha(*expected) || g_ascii_isalpha(*got);
    return strcmp(expected, got) == 0 || same_number(expected, got) ||
           (words && truth_of(expected) >= 0 && truth_of(expected) == truth_of(got));
}

static bool has(const char *expected, const char *const *got, guint count)
{
    for (guint i = 0; i < count; i++)
        if (lab_expect_same(expected, got[i]))
            return true;
    return false;
}

/* Each expected value takes a value of its own. */
static bool exactly(const char *const *expected, const char *const *got, guint count)
{
    bool *taken = g_new0(bool, count + 1), all = true;
    for (; *expected && all; expected++) {
        guint i = 0;
        while (i < count && (taken[i] || !lab_expect_same(*expected, got[i])))
            i++;
        all = i < count;
        taken[i] = true;
    }
    g_free(taken);
    return all;
}

bool lab_expect_holds(const char *const *expected, const char *const *got, guint count)
{
    bool open = false, negated = false;
    guint wanted = 0;
    for (; expected[wanted]; wanted++) {
        negated |= expected[wanted][0] == '!';
        open |= strcmp(expected[wanted], "*") == 0;
    }
    if (!negated && !open)
        return wanted == count && exactly(expected, got, count);
    for (guint i = 0; i < wanted; i++) {
        const char *value = expected[i];
        if (*value == '!' ? has(value + 1, got, count)
                          : !negated && strcmp(value, "*") != 0 && !has(value, got, count))
            return false;
    }
    return negated || count > 0;
}
