/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect.h - statements of the form name=value: the expectations of tests/cases, the answer sheets and
 * rubrics of labclass.
 *
 *   a+b   exactly these values, in any order     *     any value
 *   *+a   at least a                             -     none
 *   !a    whatever it is, not a                  !a+!b neither
 *   3..7  a number from 3 to 7; 3.. and ..7 have one bound (not in tests/cases)
 */
#ifndef LAB_EXPECT_H
#define LAB_EXPECT_H

#include <glib.h>
#include <stdbool.h>

/* Splits a line at blanks; "a b" is one word and keeps its first quote mark. What stands behind "#" is a comment.
 * Of char *, for g_ptr_array_unref(); NULL = a quote is not closed. */
GPtrArray *lab_expect_words(const char *line);

/* Reads "name=value". False if there is no "=" or no name before it. `values` gets the parts of the value,
 * for g_strfreev(): none for "-" and for an empty one; free `name` with g_free(). */
bool lab_expect_read(const char *word, char **name, char ***values);

/* Whether a value is the expected one: the same text, a number with as many decimals as `expected` has, a
 * number of a range, or true and false, which may be written 1 and 0. */
bool lab_expect_same(const char *expected, const char *got);

/* Whether the values fulfil the expected ones. `got` has `count` elements. */
bool lab_expect_holds(const char *const *expected, const char *const *got, guint count);

#endif
