/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "config.h"
#include "html.h"
#include "template.h"
#include "units.h"

static config_t *config_of(const char *content)
{
    config_t *config = config_new();

    g_assert_true(config_add_text(config, content, strlen(content), "a.ini", "student", ""));
    return config;
}

static void assert_value(config_t *config, const char *key, lab_lang_t lang, const char *expected)
{
    g_autofree char *value = config_value(config, key, lang);

    g_assert_cmpstr(value, ==, expected);
}

static void test_values_come_in_the_language_that_is_asked_for(void)
{
    config_t *config =
        config_of("[student]\r\nname=Li\nname[zh]=李\nclass=3\nmajor[zh]=计\nintroduction=a\\nb\\\\c\n");

    assert_value(config, "name", LAB_LANG_EN, "Li");
    assert_value(config, "name", LAB_LANG_ZH, "李");
    assert_value(config, "class", LAB_LANG_ZH, "3");
    assert_value(config, "major", LAB_LANG_EN, NULL);
    assert_value(config, "introduction", LAB_LANG_EN, "a\nb\\c");
    assert_value(config, "nothing", LAB_LANG_EN, NULL);
    config_free(config);
}

static void test_the_first_file_with_a_key_counts(void)
{
    const char *second = "\xef\xbb\xbf[student]\nname=B\nname[zh]=乙\nclass=2\n";
    const char *words = "[text]\ntitle=T\n";
    config_t *config = config_of("[student]\nname=A\n");

    g_assert_true(config_add_text(config, second, strlen(second), "b.ini", "student", ""));
    g_assert_true(config_add_text(config, words, strlen(words), "text.ini", "text", "text."));
    assert_value(config, "name", LAB_LANG_ZH, "A");
    assert_value(config, "class", LAB_LANG_ZH, "2");
    assert_value(config, "text.title", LAB_LANG_ZH, "T");
    assert_value(config, "title", LAB_LANG_ZH, NULL);
    config_free(config);
}

static void test_the_language_is_read(void)
{
    config_t *fixed = config_of("[student]\nlanguage=zh\n");
    config_t *automatic = config_of("[student]\nlanguage=auto\n");
    lab_lang_t lang = LAB_LANG_EN;

    g_assert_true(config_language(fixed, &lang));
    g_assert_cmpint(lang, ==, LAB_LANG_ZH);
    g_assert_false(config_language(automatic, &lang));
    config_free(fixed);
    config_free(automatic);
}

static void test_bad_lines_are_counted(void)
{
    static const struct {
        const char *content;
        unsigned line;
        const char *text;
    } rows[] = {
        {"[student]\nname=x\n", 0, NULL},
        {"# c\n\n  \n[student]\nname=x", 0, NULL},
        {"[student]\nname x\n", 2, "name x"},
        {"[student\nname=x\n", 1, "[student"},
        {"[student]\n=x\n", 2, "=x"},
        {"[]\n", 1, "[]"},
        {"[student]\r\n; no comment\r\n", 2, "; no comment"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *line = NULL;
        g_test_message("row %u", (unsigned)i);
        g_assert_cmpuint(config_bad_line(rows[i].content, &line), ==, rows[i].line);
        g_assert_cmpstr(line, ==, rows[i].text);
    }
}

/* What CONTENT makes the program say. */
static void assert_refused(const char *content, const char *message)
{
    if (g_test_subprocess()) {
        config_t *config = config_new();
        bool ok = config_add_text(config, content, strlen(content), "a.ini", "student", "");
        config_free(config);
        g_assert_false(ok);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr(message);
}

static void test_refused_without_group(void)
{
    assert_refused("name=x\n", "*'a.ini' has no line ?student?*");
}

static void test_refused_other_group(void)
{
    assert_refused("[pupil]\nname=x\n", "*'a.ini' has no line ?student?*");
}

static void test_refused_bad_line(void)
{
    assert_refused("[student]\nname\n", "*'a.ini' line 2: 'name' is neither*");
}

static void test_refused_not_utf8(void)
{
    assert_refused("[student]\nname=\xc0\xee\n", "*'a.ini' line 2: not UTF-8*");
}

static void test_refused_bad_escape(void)
{
    assert_refused("[student]\nname=C:\\Path\n", "*'a.ini': the value of name cannot be read*");
}

static void test_refused_bad_language(void)
{
    assert_refused("[student]\nlanguage=fr\n", "*'a.ini': language=fr is unknown; write auto, en or zh*");
}

static void test_pages_are_filled_and_escaped(void)
{
    static const struct {
        const char *template;
        const char *page;
    } rows[] = {
        {"<b>{{name}}</b>", "<b>&lt;a href=&quot;x&quot;&gt; &amp; |</b>"},
        {"{{lang}}", "en"},
        {"{{unknown}} {{ name }} {{}} {{", "{{unknown}} {{ name }} {{}} {{"},
        {"{{?class}}[{{class}}]{{/class}}.", "[3]."},
        {"{{?empty}}[{{empty}}]{{/empty}}.", "."},
        {"{{?unknown}}[x]{{/unknown}}.", "."},
        {"{{?unknown}}never closed", "never closed"},
        {"{{{class}}}", "{3}"},
        {"{{nested}}", "{{class}}"},
        {"", ""},
    };
    config_t *config = config_of("[student]\nname=<a href=\"x\"> & |\nclass=3\nempty=\nnested={{class}}\n");

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *page = template_fill(rows[i].template, config, LAB_LANG_EN);
        g_assert_cmpstr(page, ==, rows[i].page);
    }
    config_free(config);
}

static void test_templates_are_recognised(void)
{
    g_assert_true(template_has_places("a {{b}} c"));
    g_assert_true(template_has_places("{{ a }} {{b}}"));
    g_assert_false(template_has_places("{{ a }} {{<b>}} {{}} {"));
    g_assert_false(template_has_places(""));
}

static void test_escaping_takes_any_bytes(void)
{
    g_autofree char *escaped = html_escape("<\xff>");

    g_assert_cmpstr(escaped, ==, "&lt;\xef\xbf\xbd&gt;");
    g_autofree char *line = html_escape_line("<\xff\u202e\n");
    g_assert_cmpstr(line, ==, "&lt;\\xff\\u202e\\x0a");
    g_autofree char *quote = html_escape("'"); /* GLib writes it by number or by name */
    g_assert_true(!strcmp(quote, "&#39;") || !strcmp(quote, "&apos;"));
}

void add_config_tests(void)
{
    g_test_add_func("/config/language-of-values", test_values_come_in_the_language_that_is_asked_for);
    g_test_add_func("/config/order", test_the_first_file_with_a_key_counts);
    g_test_add_func("/config/language", test_the_language_is_read);
    g_test_add_func("/config/bad-line", test_bad_lines_are_counted);
    g_test_add_func("/config/refused/no-group", test_refused_without_group);
    g_test_add_func("/config/refused/other-group", test_refused_other_group);
    g_test_add_func("/config/refused/bad-line", test_refused_bad_line);
    g_test_add_func("/config/refused/not-utf8", test_refused_not_utf8);
    g_test_add_func("/config/refused/bad-escape", test_refused_bad_escape);
    g_test_add_func("/config/refused/bad-language", test_refused_bad_language);
    g_test_add_func("/page/fill", test_pages_are_filled_and_escaped);
    g_test_add_func("/page/is-template", test_templates_are_recognised);
    g_test_add_func("/page/escape", test_escaping_takes_any_bytes);
}
