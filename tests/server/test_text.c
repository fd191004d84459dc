#include <string.h>

#include "scenario.h"
#include "status.h"
#include "text.h"
#include "units.h"

static void test_every_text_exists_in_both_languages_with_the_same_slots(void)
{
    for (TextId id = 0; id < T_COUNT; id++) {
        g_test_message("text %d", (int)id);
        g_assert_nonnull(text(LANG_EN, id));
        g_assert_nonnull(text(LANG_ZH, id));
        for (int slot = 1; slot <= 9; slot++) {
            g_autofree char *mark = g_strdup_printf("{%d}", slot);
            g_assert_cmpint(strstr(text(LANG_EN, id), mark) != NULL, ==,
                            strstr(text(LANG_ZH, id), mark) != NULL);
        }
    }
}

static void test_slots_are_filled(void)
{
    char *values[] = {(char *)"one", (char *)"{1}", NULL};
    g_autofree char *filled = text_fill_format("{2} {1} {3} {{{1}}} {x}", values);

    g_assert_cmpstr(filled, ==, "{1} one {3} {{one}} {x}");
}

static void test_the_environment_chooses(void)
{
    static const struct {
        const char *all;
        const char *messages;
        const char *lang;
        Lang expected;
    } rows[] = {
        {NULL, NULL, NULL, LANG_EN},       {NULL, NULL, "zh_CN.UTF-8", LANG_ZH},
        {"C", "zh_CN", "zh_CN", LANG_EN},  {"", "zh_TW.UTF-8", "en_US", LANG_ZH},
        {NULL, "de_DE", "zh_CN", LANG_EN},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
        const char *const values[] = {rows[i].all, rows[i].messages, rows[i].lang};
        for (gsize j = 0; j < G_N_ELEMENTS(names); j++) {
            if (values[j])
                g_setenv(names[j], values[j], TRUE);
            else
                g_unsetenv(names[j]);
        }
        g_test_message("row %u", (guint)i);
        g_assert_cmpint(text_environment_language(), ==, rows[i].expected);
    }
}

static void test_every_scenario_is_described(void)
{
    for (guint i = 0; i < scenario_count; i++) {
        const Scenario *scenario = &scenarios[i];
        g_test_message("%s", scenario->name);
        if (!scenario->example)
            continue; /* a part of another */
        g_assert_true(g_str_has_prefix(scenario->example, scenario->name));
        g_assert_nonnull(scenario->run);
        g_assert_nonnull(scenario->filter);
        for (Lang lang = 0; lang < LANG_COUNT; lang++) {
            g_assert_nonnull(scenario->title[lang]);
            g_assert_nonnull(scenario->wire[lang]);
            g_assert_nonnull(scenario->look[lang]);
        }
    }
}

static void test_statuses_that_are_used_are_known(void)
{
    static const unsigned used[] = {200, 301, 302, 400, 404, 405, 412, 416, 501};

    for (gsize i = 0; i < G_N_ELEMENTS(used); i++) {
        const Status *status = status_find(used[i]);
        g_assert_nonnull(status);
        g_assert_nonnull(status->meaning[LANG_ZH]);
    }
    g_assert_null(status_find(299));
}

void add_text_tests(void)
{
    g_test_add_func("/text/both-languages", test_every_text_exists_in_both_languages_with_the_same_slots);
    g_test_add_func("/text/fill", test_slots_are_filled);
    g_test_add_func("/text/environment", test_the_environment_chooses);
    g_test_add_func("/scenario/table", test_every_scenario_is_described);
    g_test_add_func("/status/table", test_statuses_that_are_used_are_known);
}
