/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "texts.h"

#include <string.h>

static const lab_text_t table[T_COUNT] = {
#define TEXT(id, en, zh) [T_##id] = {{en, zh}},
#include "texts.def"
#undef TEXT
};

const char *lab_words(lab_text_id_t id, lab_lang_t language)
{
    return table[id].in[language];
}

static bool fill(void *places, const char *name, GString *out)
{
    const lab_place_t *p = places;
    while (p->name && strcmp(p->name, name) != 0)
        p++;
    if (p->name)
        lab_text_visible(out, p->text);
    return p->name != NULL;
}

char *lab_words_with(lab_text_id_t id, lab_lang_t language, const lab_place_t *places)
{
    GString *out = g_string_new(NULL);
    lab_text_expand(out, lab_words(id, language), fill, (void *)places);
    return g_string_free(out, FALSE);
}
