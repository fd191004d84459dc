/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words.c - look-ups in the tables of the .def files; see words.h. */
#include "words.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

static const lab_field_word_t fields[] = {
#define FIELD(name, direction, source, en, zh) {name, LAB_IN_##direction, source, {{en, zh}}},
#include "fields_a_to_o.def"
#include "fields_p_to_z.def"
#undef FIELD
};

static const lab_method_word_t methods[] = {
#define METHOD(name, source, en, zh) {name, source, {{en, zh}}},
#include "methods.def"
#undef METHOD
};

/* What is said where a table has nothing; of a status code by its first digit. */
static const lab_text_t unknown_field = {
    {"Unknown: not in Lab's list of header fields", "未知：不在 Lab 的首部字段表中"}};
static const lab_text_t other_direction[] = {
    {{"Has no meaning in a request: a field of responses", "在请求中没有含义：这是响应的字段"}},
    {{"Has no meaning in a response: a field of requests", "在响应中没有含义：这是请求的字段"}}};
static const lab_text_t unknown_method = {
    {"Unknown: not in Lab's list of methods", "未知：不在 Lab 的方法表中"}};
const lab_field_word_t *lab_field_words(size_t *count)
{
    *count = G_N_ELEMENTS(fields);
    return fields;
}

const lab_method_word_t *lab_method_words(size_t *count)
{
    *count = G_N_ELEMENTS(methods);
    return methods;
}

typedef struct {
    const char *name;
    size_t length;
} wanted_name_t;

static int compare_field(const void *key, const void *row)
{
    const wanted_name_t *k = key;
    const lab_field_word_t *f = row;
    int order = g_ascii_strncasecmp(k->name, f->name, k->length);
    return order ? order : -(f->name[k->length] != '\0');
}

static const lab_field_word_t *any_row(const char *name, size_t length)
{
    const wanted_name_t key = {name, length};
    return length ? bsearch(&key, fields, G_N_ELEMENTS(fields), sizeof *fields, compare_field) : NULL;
}

const lab_field_word_t *lab_field_word(const char *name, size_t length, bool response)
{
    const lab_direction_t wanted = response ? LAB_IN_RESPONSE : LAB_IN_REQUEST;
    const lab_field_word_t *row = any_row(name, length), *limit = fields + G_N_ELEMENTS(fields);
    if (!row)
        return NULL;
    if (row > fields && strcmp(row[-1].name, row->name) == 0)
        row--;
    for (const char *same = row->name; row < limit && strcmp(row->name, same) == 0; row++)
        if (row->direction & wanted)
            return row;
    return NULL;
}

static int compare_method(const void *key, const void *row)
{
    return strcmp(key, ((const lab_method_word_t *)row)->name);
}

const lab_method_word_t *lab_method_word(const char *name)
{
    return bsearch(name, methods, G_N_ELEMENTS(methods), sizeof *methods, compare_method);
}

const char *lab_field_meaning(const char *name, size_t length, bool response, lab_lang_t lang)
{
    const lab_field_word_t *row = lab_field_word(name, length, response);
    if (row)
        return row->text.in[lang];
    return any_row(name, length) ? other_direction[response].in[lang] : unknown_field.in[lang];
}

const char *lab_method_meaning(const char *name, lab_lang_t lang)
{
    const lab_method_word_t *row = lab_method_word(name);
    return row ? row->text.in[lang] : unknown_method.in[lang];
}

bool lab_field_split(const char *line, size_t *name_length, const char **value)
{
    const char *colon = strchr(line, ':');
    if (!colon)
        return false;
    *name_length = (size_t)(colon - line);
    *value = colon + 1 + strspn(colon + 1, " \t");
    return true;
}
