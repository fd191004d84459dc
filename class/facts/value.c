/* SPDX-License-Identifier: GPL-2.0-or-later */
/* value.c - see value.h. */
#include "value.h"

#include <stdlib.h>

const json_t *lab_value_object(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_object(value) ? value : NULL;
}

const json_t *lab_value_list(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_array(value) ? value : NULL;
}

const char *lab_value_string(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

gint64 lab_value_number(const json_t *object, const char *name)
{
    return lab_value_whole(json_object_get(object, name));
}

gint64 lab_value_whole(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0 ? json_integer_value(value) : -1;
}

double lab_value_double(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

char *lab_value_text(const json_t *value)
{
    char room[G_ASCII_DTOSTR_BUF_SIZE];
    if (json_is_string(value))
        return g_strdup(json_string_value(value));
    if (json_is_integer(value))
        return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    if (json_is_real(value))
        return g_strdup(g_ascii_formatd(room, sizeof room, "%.9f", json_real_value(value)));
    return json_is_boolean(value) ? g_strdup(json_is_true(value) ? "true" : "false") : NULL;
}

json_t *lab_value_new(const char *text)
{
    json_t *value = text ? json_string(text) : json_null();
    if (value)
        return value;
    char *valid = g_utf8_make_valid(text, -1);
    value = json_string(valid);
    g_free(valid);
    return value;
}

char *lab_value_write(const json_t *value)
{
    char *text = json_dumps(value, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    char *lines = g_strconcat(text, "\n", NULL);
    free(text);
    return lines;
}
