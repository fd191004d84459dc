/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "dispatch.h"
#include "texts.h"
#include "units.h"

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of the places in a text, in alphabetical order: "address port". */
static char *places_of(const char *string)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    for (const char *p = strchr(string, '{'); p; p = strchr(p + 1, '{')) {
        char *name = g_strndup(p + 1, strcspn(p + 1, "|}"));
        if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_free(name);
        else
            g_ptr_array_add(names, name);
    }
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(" ", (char **)names->pdata);
}

static void test_every_text_exists_in_both_languages_with_the_same_places(void)
{
    for (text_id_t id = 0; id < T_COUNT; id++) {
        g_test_message("text %d", (int)id);
        g_assert_nonnull(text(LAB_LANG_EN, id));
        g_assert_nonnull(text(LAB_LANG_ZH, id));
        g_autofree char *english = places_of(text(LAB_LANG_EN, id));
        g_autofree char *chinese = places_of(text(LAB_LANG_ZH, id));
        g_assert_cmpstr(english, ==, chinese);
    }
}

static void test_places_are_filled(void)
{
    g_autofree char *filled =
        text_fill_format("{second} {first} {third} {x}", "first", "one", "second", "{first}", NULL);

    g_assert_cmpstr(filled, ==, "{first} one {third} {x}");
}

static void test_the_environment_chooses(void)
{
    static const struct {
        const char *all;
        const char *messages;
        const char *lang;
        lab_lang_t expected;
    } rows[] = {
        {NULL, NULL, NULL, LAB_LANG_EN},       {NULL, NULL, "zh_CN.UTF-8", LAB_LANG_ZH},
        {"C", "zh_CN", "zh_CN", LAB_LANG_EN},  {"", "zh_TW.UTF-8", "en_US", LAB_LANG_ZH},
        {NULL, "de_DE", "zh_CN", LAB_LANG_EN},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
        const char *const values[] = {rows[i].all, rows[i].messages, rows[i].lang};
        for (size_t j = 0; j < G_N_ELEMENTS(names); j++) {
            if (values[j])
                g_setenv(names[j], values[j], true);
            else
                g_unsetenv(names[j]);
        }
        g_test_message("row %u", (unsigned)i);
        g_assert_cmpint(lab_language_of_environment(), ==, rows[i].expected);
    }
}

static void test_every_scenario_is_described(void)
{
    size_t count;
    const scenario_t *scenarios = scenario_table(&count);

    for (size_t i = 0; i < count; i++) {
        const scenario_t *scenario = &scenarios[i];
        g_test_message("%s", scenario->name);
        if (!scenario->example)
            continue; /* a part of another */
        g_assert_true(g_str_has_prefix(scenario->example, scenario->name));
        g_assert_cmpstr(scenario->filter, !=, "");
        for (lab_lang_t lang = 0; lang < LAB_LANGS; lang++) {
            g_assert_cmpstr(scenario->title.in[lang], !=, "");
            g_assert_cmpstr(scenario->wire.in[lang], !=, "");
            g_assert_cmpstr(scenario->look.in[lang], !=, "");
        }
    }
}

static void test_no_two_scenarios_have_one_name(void)
{
    size_t count;
    const scenario_t *scenarios = scenario_table(&count);

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++)
            g_assert_cmpstr(scenarios[i].name, !=, scenarios[j].name);
    }
}

void add_text_tests(void)
{
    g_test_add_func("/text/both-languages", test_every_text_exists_in_both_languages_with_the_same_places);
    g_test_add_func("/text/fill", test_places_are_filled);
    g_test_add_func("/text/environment", test_the_environment_chooses);
    g_test_add_func("/scenario/table", test_every_scenario_is_described);
    g_test_add_func("/scenario/names", test_no_two_scenarios_have_one_name);
}
