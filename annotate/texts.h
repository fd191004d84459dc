/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts that a person reads, in English and Chinese; the table is texts.def. */
#ifndef LABANNOTATE_TEXTS_H
#define LABANNOTATE_TEXTS_H

#include "places.h"

typedef enum {
#define TEXT(id, en, zh) T_##id,
#include "texts.def"
#undef TEXT
    T_COUNT
} lab_text_id_t;

const char *lab_words(lab_text_id_t id, lab_lang_t language);
/* The text with its places filled in. Free it with g_free(). */
char *lab_words_with(lab_text_id_t id, lab_lang_t language, const lab_place_t *places);

#endif
