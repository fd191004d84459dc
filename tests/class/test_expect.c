/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements of the form name=value: reading them, and comparing values. */
#include "expect.h"

#include <string.h>

static bool holds(const char *pair, const char *got)
{
    char *name = NULL, **expected = NULL, **values = g_strsplit(got, "+", -1);
    g_assert_true(lab_expect_read(pair, &name, &expected));
    bool result =
        lab_expect_holds((const char *const *)expected, (const char *const *)values, g_strv_length(values));
    g_free(name);
    g_strfreev(expected);
    g_strfreev(values);
    return result;
}

static void test_exactly(void)
{
    g_assert_true(holds("a=1+2+3", "3+2+1"));
    g_assert_false(holds("a=1+2", "1+2+3"));
    g_assert_false(holds("a=1+1", "1+2"));
    g_assert_true(holds("a=1+1", "1+1"));
    g_assert_true(holds("a=-", ""));
    g_assert_false(holds("a=-", "1"));
    g_assert_false(holds("a=1", ""));
}

static void test_at_least_and_not(void)
{
    g_assert_true(holds("a=*", "x"));
    g_assert_false(holds("a=*", ""));
    g_assert_true(holds("a=*+ack", "ack+data"));
    g_assert_false(holds("a=*+ack", "data"));
    g_assert_true(holds("a=!x", "y"));
    g_assert_true(holds("a=!x", ""));
    g_assert_false(holds("a=!x+!y", "y+z"));
}

static void test_numbers(void)
{
    g_assert_true(holds("a=0.5", "0.498000000"));
    g_assert_true(holds("a=0.50", "0.498000000"));
    g_assert_false(holds("a=0.500", "0.498000000"));
    g_assert_false(holds("a=1", "1.4"));
    g_assert_true(holds("a=200..299", "204"));
    g_assert_false(holds("a=200..299", "304"));
    g_assert_true(holds("a=3..", "3"));
    g_assert_false(holds("a=..2", "3"));
    g_assert_true(holds("a=..2", "-1"));
    g_assert_false(holds("a=200..299", "page"));
    g_assert_true(holds("a=4294967295", "4294967295"));
    g_assert_false(holds("a=4294967295", "4294967294"));
}

static void test_truth(void)
{
    g_assert_true(holds("a=true", "1"));
    g_assert_true(holds("a=0", "false"));
    g_assert_false(holds("a=1", "false"));
}

static void test_words(void)
{
    GPtrArray *words = lab_expect_words("  frame 3 a=1 \"two words\" # comment \"");
    g_assert_cmpuint(words->len, ==, 4);
    g_assert_cmpstr(g_ptr_array_index(words, 3), ==, "\"two words");
    g_ptr_array_unref(words);
    g_assert_null(lab_expect_words("a \"b"));
}

static void test_no_pair(void)
{
    char *name = NULL, **values = NULL;
    g_assert_false(lab_expect_read("=a", &name, &values));
    g_assert_false(lab_expect_read("a", &name, &values));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/expect/values are exactly these, in any order", test_exactly);
    g_test_add_func("/expect/a star leaves room, an exclamation mark forbids", test_at_least_and_not);
    g_test_add_func("/expect/numbers have as many decimals as are written, and ranges", test_numbers);
    g_test_add_func("/expect/true is 1 and false is 0", test_truth);
    g_test_add_func("/expect/words end at blanks, quotes and comments", test_words);
    g_test_add_func("/expect/a pair needs a name and an equals sign", test_no_pair);
    return g_test_run();
}
