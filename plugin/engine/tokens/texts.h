/* SPDX-License-Identifier: GPL-2.0-or-later */
/* texts.h - texts that are neither tokens nor notes: headings, table columns, preferences. */
#ifndef LAB_TEXTS_H
#define LAB_TEXTS_H

#include <stdint.h>

#include "text.h"

typedef enum {
#define LAB_TEXT(id, en, zh) LAB_TEXT_##id,
#include "texts.def"
#undef LAB_TEXT
    LAB_TEXTS
} lab_text_id_t;
/* The text in that language, a constant. */
const char *lab_text(lab_text_id_t id, lab_lang_t lang);
/* Appends a duration of `ns` nanoseconds: "85 µs", "1.58 ms", "10.25 s". Negative if the capture clock
 * stepped back: "an unknown time". */
void lab_text_duration(GString *out, int64_t ns, lab_lang_t lang);
/* Appends the explanation of a word, in the brackets of the language. */
void lab_text_means(GString *out, const char *meaning, lab_lang_t lang);
/* What a kind of object (lab_exchange_object) is called, a constant; NULL if it is none of them. */
const char *lab_text_object(const char *token, lab_lang_t lang);

#endif
