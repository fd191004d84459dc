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

char *lab_words_with(lab_text_id_t id, lab_lang_t language, const lab_place_t *places)
{
    return lab_text_with(lab_words(id, language), places);
}
