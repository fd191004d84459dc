/* text.h - texts with places to fill in: "{by}" and the like, in every language. */
#ifndef LAB_TEXT_H
#define LAB_TEXT_H

#include <glib.h>
#include <stdbool.h>

#include "tokens.h"

/* Appends what stands for the place called `name` to `out`; false if there is no such place. */
typedef bool (*lab_fill_t)(void *user, const char *name, GString *out);

/* Appends `text`, its places filled in; "{n|one|many}" is "one" where the place n is 1, else "many". An
 * unknown place is left as it stands, so that a typing error shows. */
void lab_text_expand(GString *out, const char *text, lab_fill_t fill, void *user);

/* Appends text that came from the network: what is no UTF-8 or controls a terminal is replaced. */
void lab_text_append_printable(GString *out, const char *text);

/* The texts that are neither tokens nor notes: headings, table columns, preferences. See text.c. */
typedef enum {
#define LAB_TEXT(id, en, zh) LAB_TEXT_##id,
#include "text.def"
#undef LAB_TEXT
    LAB_TEXTS
} lab_text_id_t;
const char *lab_text(lab_text_id_t id, lab_lang_t lang);
/* A duration as a person writes it: "85 µs", "1.58 ms", "10.25 s"; nanoseconds in. Less than none is what
 * timestamps that go backwards make of it: "an unknown time". */
void lab_text_duration(GString *out, int64_t ns, lab_lang_t lang);
/* Appends what a word means, in the brackets that the language uses. */
void lab_text_means(GString *out, const char *meaning, lab_lang_t lang);
/* The language of the environment: LC_ALL, LC_MESSAGES, LANG, in this order (POSIX 8.2). */
lab_lang_t lab_language_of_environment(void);

#endif
