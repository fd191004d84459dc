/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts that a person reads, in English and Chinese; the table is texts.def. */
#ifndef LABDUMP_TEXTS_H
#define LABDUMP_TEXTS_H

#include <glib.h>
#include <stdbool.h>

#include "text.h"

typedef enum {
#define TEXT(id, en, zh) T_##id,
#include "texts.def"
    T_COUNT
} lab_text_id_t;

/* What one place of a text, "{port}", is filled in with: a text, or a number where that is NULL. */
typedef struct {
    const char *name;
    const char *text;
    int number;
    bool lines; /* the text is shown as it is, its line ends too */
} lab_place_t;

/* The places of one text: LAB_PLACES(LAB_WORDS("file", path), LAB_NUMBER("seconds", 30)). */
#define LAB_PLACES(...) ((const lab_place_t[]){__VA_ARGS__, {NULL, NULL, 0, false}})
#define LAB_WORDS(name, text)                                                                                \
    {                                                                                                        \
        name, text, 0, false                                                                                 \
    }
/* Words that have been through lab_text_visible() line by line, or are our own. Those of LAB_WORDS come from
 * outside: what a terminal obeys in them is shown as an escape. */
#define LAB_LINES(name, text)                                                                                \
    {                                                                                                        \
        name, text, 0, true                                                                                  \
    }
#define LAB_NUMBER(name, value)                                                                              \
    {                                                                                                        \
        name, NULL, (int)(value), false                                                                      \
    }

/* Chooses the language of everything that follows. English until then. */
void texts_use(lab_lang_t language);

lab_lang_t texts_language(void);

/* A text of another table, in the language in use. */
const char *lab_text_in(const lab_text_t *text);

/* The text in the language in use; owned by the table. */
const char *text(lab_text_id_t id);

/* The text in a given language, for whoever checks the table. */
const char *text_in(lab_text_id_t id, lab_lang_t language);

/* The text with its places filled in. Free it with g_free(). */
char *text_with(lab_text_id_t id, const lab_place_t *places);

/* What an errno means, in the language in use; where the table has no row, in the C library's English. */
const char *text_errno(int number);

/* The code of an error is the exit status that it ends the program with. */
enum { LAB_FAILED = 1, LAB_USAGE = 2 };

/* An error whose message is the text with its places (NULL: none) filled in. Free it with g_error_free(). */
GError *lab_error(int code, lab_text_id_t id, const lab_place_t *places);

/* The same, stored in *error if error is not NULL. Always returns false, to be returned in turn. */
bool lab_fail(GError **error, int code, lab_text_id_t id, const lab_place_t *places);

#endif
