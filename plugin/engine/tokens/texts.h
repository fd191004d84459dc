/* SPDX-License-Identifier: GPL-2.0-or-later */
/* texts.h - the texts that are neither tokens nor notes: headings, table columns, preferences. */
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
const char *lab_text(lab_text_id_t id, lab_lang_t lang);
/* A duration as a person writes it: "85 µs", "1.58 ms", "10.25 s"; nanoseconds in. Less than none is what
 * timestamps that go backwards make of it: "an unknown time". */
void lab_text_duration(GString *out, int64_t ns, lab_lang_t lang);
/* Appends what a word means, in the brackets that the language uses. */
void lab_text_means(GString *out, const char *meaning, lab_lang_t lang);

#endif
