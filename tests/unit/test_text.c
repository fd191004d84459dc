/* Texts with {names} to fill in, durations, and the language of the environment.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "texts.h"

#include <string.h>

#include "units.h"

static bool fill(void *user, const char *name, GString *out)
{
    const char *known = user;
    if (strcmp(name, known) != 0 && strcmp(name, "n") != 0)
        return false;
    g_string_append(out, strcmp(name, "n") == 0 ? "1" : "REPLACED");
    return true;
}

typedef struct {
    const char *sentence, *text, *expected;
} row_t;

static const row_t rows[] = {
    {"a text without places stays as it is", "nothing to do", "nothing to do"},
    {"an empty text stays empty", "", ""},
    {"a place is filled in", "a {here} b", "a REPLACED b"},
    {"a place may be all of the text", "{here}", "REPLACED"},
    {"places may follow each other", "{here}{here}", "REPLACEDREPLACED"},
    {"one thing has the singular", "{n} {n|thing|things}", "1 thing"},
    {"any other number has the plural", "{here} {here|thing was|things were}", "REPLACED things were"},
    {"a choice without a number is left as it stands", "{there|thing|things} {n|thing} {here}",
     "{there|thing|things} {n|thing} REPLACED"},
    {"an unknown place is left as it stands", "a {there} b {here}", "a {there} b REPLACED"},
    {"a brace that is not closed is left as it stands", "a {here", "a {here"},
    {"an empty place is left as it stands", "a {} {here}", "a {} REPLACED"},
    {"a name of more than the longest place is left as it stands",
     "{a-name-that-is-far-too-long-to-be-one} {here}", "{a-name-that-is-far-too-long-to-be-one} REPLACED"},
    {"text beyond ASCII is kept", "第 {here} 帧", "第 REPLACED 帧"},
};

static void text_row(gconstpointer data)
{
    const row_t *r = data;
    GString *out = g_string_new("> ");
    lab_text_expand(out, r->text, fill, (void *)"here");
    g_assert_true(g_str_has_prefix(out->str, "> ")); /* it appends */
    g_assert_cmpstr(out->str + 2, ==, r->expected);
    g_string_free(out, TRUE);
}

static void durations_are_written_as_a_person_does(void)
{
    static const struct {
        int64_t ns;
        const char *expected;
    } durations[] = {{0, "0 µs"},
                     {85000, "85 µs"},
                     {999400, "999 µs"},
                     {1000000, "1.00 ms"},
                     {1580000, "1.58 ms"},
                     {999990000, "999.99 ms"},
                     {1000000000, "1.00 s"},
                     {10250000000, "10.25 s"},
                     {-1580000, "an unknown time"}, /* the clock went back */
                     {INT64_C(86400000000000), "86400.00 s"},
                     /* 999.6 µs is rounded to a millisecond */
                     {999600, "1.00 ms"},
                     {999996000, "1.00 s"}};
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(durations); i++) {
        g_string_truncate(out, 0);
        lab_text_duration(out, durations[i].ns, LAB_LANG_EN);
        g_assert_cmpstr(out->str, ==, durations[i].expected);
    }
    g_string_free(out, TRUE);
}

static void the_first_of_the_three_variables_decides_the_language(void)
{
    static const struct {
        const char *lc_all, *lc_messages, *lang;
        lab_lang_t expected;
    } rows_of_environment[] = {{NULL, NULL, NULL, LAB_LANG_EN},
                               {NULL, NULL, "zh_CN.UTF-8", LAB_LANG_ZH},
                               {NULL, NULL, "C.UTF-8", LAB_LANG_EN},
                               {NULL, NULL, "zh_TW", LAB_LANG_ZH},
                               {NULL, "en_US.UTF-8", "zh_CN.UTF-8", LAB_LANG_EN},
                               {NULL, "zh_CN.UTF-8", "en_US.UTF-8", LAB_LANG_ZH},
                               {"C", "zh_CN.UTF-8", "zh_CN.UTF-8", LAB_LANG_EN},
                               {"zh_CN.UTF-8", "C", "C", LAB_LANG_ZH},
                               {"", "", "zh_CN.UTF-8", LAB_LANG_ZH}};
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < G_N_ELEMENTS(rows_of_environment); i++) {
        const char *values[] = {rows_of_environment[i].lc_all, rows_of_environment[i].lc_messages,
                                rows_of_environment[i].lang};
        for (size_t n = 0; n < 3; n++) {
            if (values[n])
                g_setenv(names[n], values[n], TRUE);
            else
                g_unsetenv(names[n]);
        }
        g_assert_cmpint(lab_language_of_environment(), ==, rows_of_environment[i].expected);
    }
}

void add_text_tests(void)
{
    ADD_ROWS("text", rows, text_row);
    g_test_add_func("/text/durations are written as a person does", durations_are_written_as_a_person_does);
    g_test_add_func("/text/the first of the three variables decides the language",
                    the_first_of_the_three_variables_decides_the_language);
}
