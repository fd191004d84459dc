/* SPDX-License-Identifier: GPL-2.0-or-later */
/* value.h - members of JSON, read and written with jansson. Of another kind than asked for is as if not
 * there; all of them take NULL, as what is not there.
 *
 * jansson, because a capture of 2,000 frames may have tens of thousands of values: json-glib takes two to
 * three times as long for them.
 */
#ifndef LABCLASS_VALUE_H
#define LABCLASS_VALUE_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/* Borrowed from `object`. NULL = there is none. */
const json_t *lab_value_object(const json_t *object, const char *name);
const json_t *lab_value_list(const json_t *object, const char *name);
const char *lab_value_string(const json_t *object, const char *name);
/* A whole number from 0 on, of a member and of the value itself; -1 = it is none. */
gint64 lab_value_number(const json_t *object, const char *name);
gint64 lab_value_whole(const json_t *value);
/* 0 = there is none. */
double lab_value_double(const json_t *object, const char *name);
/* A string, a number or a word as text; seconds have nine decimals. NULL: it is null, a list or an object.
 * Free it with g_free(). */
char *lab_value_text(const json_t *value);

/* A string; what is no UTF-8 in `text` is replaced. NULL: null. */
json_t *lab_value_new(const char *text);
/* In lines, and with a new line at the end. Free it with g_free(). */
char *lab_value_write(const json_t *value);

#endif
