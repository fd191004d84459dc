/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "texts.h"

#include <errno.h>
#include <string.h>

static const lab_text_t table[T_COUNT] = {
#define TEXT(id, en, zh) [T_##id] = {{en, zh}},
#include "texts.def"
};

static const struct {
    int number;
    lab_text_t text;
} errnos[] = {
#define ERRNO(number, en, zh) {number, {{en, zh}}},
#include "texts.def"
};

static lab_lang_t in_use = LAB_LANG_EN;

void texts_use(lab_lang_t language)
{
    in_use = language;
}

lab_lang_t texts_language(void)
{
    return in_use;
}

const char *lab_text_in(const lab_text_t *words)
{
    return words->in[in_use];
}

const char *text_in(lab_text_id_t id, lab_lang_t language)
{
    return table[id].in[language];
}

const char *text(lab_text_id_t id)
{
    return text_in(id, in_use);
}

static bool fill_place(void *places, const char *name, GString *out)
{
    const lab_place_t *p = places;
    while (p && p->name && strcmp(p->name, name) != 0)
        p++;
    if (!p || !p->name)
        return false;
    if (!p->text)
        g_string_append_printf(out, "%d", p->number);
    else if (p->lines)
        g_string_append(out, p->text);
    else
        lab_text_visible(out, p->text);
    return true;
}

char *text_with(lab_text_id_t id, const lab_place_t *places)
{
    GString *out = g_string_new(NULL);
    lab_text_expand(out, text(id), fill_place, (void *)places);
    return g_string_free(out, FALSE);
}

const char *text_errno(int number)
{
    for (size_t i = 0; i < G_N_ELEMENTS(errnos); i++)
        if (errnos[i].number == number)
            return errnos[i].text.in[in_use];
    return g_strerror(number);
}

GError *lab_error(int code, lab_text_id_t id, const lab_place_t *places)
{
    char *words = text_with(id, places);
    GError *error = g_error_new_literal(g_quark_from_static_string("labdump"), code, words);
    g_free(words);
    return error;
}

bool lab_fail(GError **error, int code, lab_text_id_t id, const lab_place_t *places)
{
    g_propagate_error(error, lab_error(code, id, places));
    return false;
}
