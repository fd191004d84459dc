/* SPDX-License-Identifier: GPL-2.0-or-later */
/* texts.h - the texts of labserver in English and Chinese, from the one table texts.def. */
#ifndef LABSERVER_TEXTS_H
#define LABSERVER_TEXTS_H

#include <stdbool.h>

#include "text.h"

typedef enum {
#define TEXT(id, en, zh) T_##id,
#include "texts.def"
#undef TEXT
    T_COUNT
} text_id_t;

/* The language of the messages on the terminal. */
void text_set_language(lab_lang_t lang);
lab_lang_t text_language(void);

/* How whoever reads the messages started the program: the environment variable LAB_PROGRAM, or labserver. */
const char *text_program(void);

/* "en" or "zh", as in options, config files and Accept-Language. */
const char *text_language_token(lab_lang_t lang);

/* The text as it stands in the table, which owns it. */
const char *text(lab_lang_t lang, text_id_t id);

/* The text with its places filled in. Pairs of strings follow, up to NULL: the name of a place and what
 * stands there. The caller frees the result. */
char *text_fill(lab_lang_t lang, text_id_t id, ...) G_GNUC_NULL_TERMINATED;

/* The same for a text from another table. */
char *text_fill_format(const char *format, ...) G_GNUC_NULL_TERMINATED;

/* Writes "labserver: " and the filled text to standard error, in the language of the terminal. */
void complain(text_id_t id, ...) G_GNUC_NULL_TERMINATED;

#endif
