/* SPDX-License-Identifier: GPL-2.0-or-later */
/* value.c - see value.h. */
#include "value.h"

#include <string.h>

enum { DEPTH_MOST = 32, BLOCK = 4096 };

struct lab_values {
    char *text; /* strings are decoded in their place */
    GPtrArray *blocks;
    lab_value_t *place; /* the first of `left` free places in the last block */
    guint left;
    lab_value_t root;
};

/* What is being read. Values wait in `open` until their list or object ends. */
typedef struct {
    lab_values_t *values;
    char *at;
    GArray *open;
    guint depth;
} lab_reading_json_t;

static bool read_value(lab_reading_json_t *r, lab_value_t *value);

static lab_value_t *take_places(lab_values_t *v, guint count)
{
    if (count > v->left) {
        v->left = MAX(count, BLOCK);
        v->place = g_new(lab_value_t, v->left);
        g_ptr_array_add(v->blocks, v->place);
    }
    lab_value_t *first = v->place;
    v->place += count;
    v->left -= count;
    return first;
}

/* ---- strings ---- */

/* Four hexadecimal digits; -1 = they are none. */
static int read_hex(const char *p)
{
    int code = 0;
    for (guint i = 0; i < 4; i++) {
        if (!g_ascii_isxdigit(p[i]))
            return -1;
        code = code << 4 | g_ascii_xdigit_value(p[i]);
    }
    return code;
}

/* \uHHHH, of characters above U+FFFF two of them; `*in` is behind the u. */
static bool read_unicode(char **in, char **out)
{
    int code = read_hex(*in);
    if (code < 0)
        return false;
    *in += 4;
    if (code >= 0xd800 && code < 0xdc00 && (*in)[0] == '\\' && (*in)[1] == 'u') {
        int low = read_hex(*in + 2);
        if (low < 0xdc00 || low > 0xdfff)
            return false;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        *in += 6;
    }
    if (code == 0 || (code >= 0xd800 && code < 0xe000))
        return false;
    *out += g_unichar_to_utf8((gunichar)code, *out);
    return true;
}

static bool read_escape(char **in, char **out)
{
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char c = *(*in)++;
    if (c == 'u')
        return read_unicode(in, out);
    const char *found = c ? strchr(names, c) : NULL;
    if (found)
        *(*out)++ = meant[found - names];
    return found != NULL;
}

/* The decoded string, which is never longer than its escapes; NULL: it has no end, or a bad escape. */
static const char *read_string(lab_reading_json_t *r)
{
    char *start = r->at + 1, *in = start, *out;
    if (*r->at != '"')
        return NULL;
    while (*in != '"' && *in != '\\' && *in)
        in++;
    for (out = in; *in != '"';) {
        if (!*in)
            return NULL;
        if (*in != '\\')
            *out++ = *in++;
        else if (in++, !read_escape(&in, &out))
            return NULL;
    }
    *out = '\0';
    r->at = in + 1;
    return start;
}

/* ---- values ---- */

static void skip_blanks(lab_reading_json_t *r)
{
    while (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r')
        r->at++;
}

/* A number or a word, which ends where its characters end. */
static bool read_plain(lab_reading_json_t *r, lab_value_t *value)
{
    value->is.text = r->at;
    if (*r->at == '-' || g_ascii_isdigit(*r->at)) {
        value->kind = LAB_VALUE_NUMBER;
        value->count = (guint)strspn(r->at, "-+.0123456789Ee");
    } else {
        static const char *const words[] = {"null", "true", "false"};
        guint i = 0;
        while (i < G_N_ELEMENTS(words) && strncmp(r->at, words[i], strlen(words[i])) != 0)
            i++;
        if (i == G_N_ELEMENTS(words))
            return false;
        value->kind = i ? LAB_VALUE_WORD : LAB_VALUE_NULL;
        value->count = (guint)strlen(words[i]);
    }
    r->at += value->count;
    return true;
}

/* True: there is one more, or this was the end, which *more says. */
static bool read_comma(lab_reading_json_t *r, char closing, bool *more)
{
    skip_blanks(r);
    char c = *r->at;
    *more = c == ',';
    if (c != ',' && c != closing)
        return false;
    r->at++;
    skip_blanks(r);
    return true;
}

static bool read_key(lab_reading_json_t *r, lab_value_t *member)
{
    member->key = read_string(r);
    skip_blanks(r);
    if (!member->key || *r->at != ':')
        return false;
    r->at++;
    skip_blanks(r);
    return true;
}

/* A list or an object, without its opening bracket. */
static bool read_many(lab_reading_json_t *r, lab_value_t *value, char closing)
{
    guint before = r->open->len;
    bool more = true;
    skip_blanks(r);
    if (*r->at == closing) {
        r->at++;
        more = false;
    }
    while (more) {
        lab_value_t one = {0};
        if (closing == '}' && !read_key(r, &one))
            return false;
        if (!read_value(r, &one) || !read_comma(r, closing, &more))
            return false;
        g_array_append_val(r->open, one);
    }
    value->kind = closing == '}' ? LAB_VALUE_OBJECT : LAB_VALUE_LIST;
    value->count = r->open->len - before;
    lab_value_t *places = take_places(r->values, value->count);
    if (value->count)
        memcpy(places, &g_array_index(r->open, lab_value_t, before), value->count * sizeof *places);
    value->is.first = places;
    g_array_set_size(r->open, before);
    return true;
}

static bool read_value(lab_reading_json_t *r, lab_value_t *value)
{
    char c = *r->at;
    if (c == '"') {
        value->kind = LAB_VALUE_STRING;
        value->is.text = read_string(r);
        return value->is.text != NULL;
    }
    if (c != '{' && c != '[')
        return read_plain(r, value);
    if (++r->depth > DEPTH_MOST)
        return false;
    r->at++;
    bool good = read_many(r, value, c == '{' ? '}' : ']');
    r->depth--;
    return good;
}

lab_values_t *lab_values_read(char *text)
{
    lab_values_t *v = g_new0(lab_values_t, 1);
    v->text = text;
    v->blocks = g_ptr_array_new_with_free_func(g_free);
    lab_reading_json_t reading = {v, text, g_array_new(FALSE, FALSE, sizeof(lab_value_t)), 0};
    skip_blanks(&reading);
    bool good = read_value(&reading, &v->root);
    skip_blanks(&reading);
    g_array_unref(reading.open);
    if (good && *reading.at == '\0')
        return v;
    lab_values_free(v);
    return NULL;
}

void lab_values_free(lab_values_t *values)
{
    if (!values)
        return;
    g_ptr_array_unref(values->blocks);
    g_free(values->text);
    g_free(values);
}

/* ---- asking ---- */

const lab_value_t *lab_values_root(const lab_values_t *values)
{
    return &values->root;
}

const lab_value_t *lab_value_member(const lab_value_t *object, const char *name)
{
    if (!object || object->kind != LAB_VALUE_OBJECT)
        return NULL;
    for (guint i = 0; i < object->count; i++)
        if (strcmp(object->is.first[i].key, name) == 0)
            return &object->is.first[i];
    return NULL;
}

guint lab_value_length(const lab_value_t *list)
{
    return list && list->kind == LAB_VALUE_LIST ? list->count : 0;
}

const lab_value_t *lab_value_at(const lab_value_t *list, guint place)
{
    return place < lab_value_length(list) ? &list->is.first[place] : NULL;
}

static const lab_value_t *of_kind(const lab_value_t *object, const char *name, lab_value_kind_t kind)
{
    const lab_value_t *value = lab_value_member(object, name);
    return value && value->kind == kind ? value : NULL;
}

const lab_value_t *lab_value_object(const lab_value_t *object, const char *name)
{
    return of_kind(object, name, LAB_VALUE_OBJECT);
}

const lab_value_t *lab_value_list(const lab_value_t *object, const char *name)
{
    return of_kind(object, name, LAB_VALUE_LIST);
}

const char *lab_value_string(const lab_value_t *object, const char *name)
{
    const lab_value_t *value = of_kind(object, name, LAB_VALUE_STRING);
    return value ? value->is.text : NULL;
}

gint64 lab_value_number(const lab_value_t *object, const char *name)
{
    return lab_value_whole(lab_value_member(object, name));
}

gint64 lab_value_whole(const lab_value_t *value)
{
    gint64 whole = 0;
    if (!value || value->kind != LAB_VALUE_NUMBER || value->count > 18)
        return -1;
    for (guint i = 0; i < value->count; i++) {
        if (!g_ascii_isdigit(value->is.text[i]))
            return -1;
        whole = 10 * whole + (value->is.text[i] - '0');
    }
    return whole;
}
