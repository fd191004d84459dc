/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text.h - texts in every language, with places to fill in: "{port}" and the like.
 *
 * Each program keeps a table of its own texts; this file expands them and chooses the language.
 */
#ifndef LAB_TEXT_H
#define LAB_TEXT_H

#include <glib.h>
#include <stdbool.h>

typedef enum { LAB_LANG_EN, LAB_LANG_ZH, LAB_LANGS } lab_lang_t;

/* One text in every language, UTF-8. */
typedef struct {
    const char *in[LAB_LANGS];
} lab_text_t;

/* Appends what stands for the place called `name` to `out`; false if there is no such place. */
typedef bool (*lab_fill_t)(void *user, const char *name, GString *out);

/* Appends `text`, its places filled in; "{n|one|many}" is "one" where the place n is 1, else "many". An
 * unknown place is left as it stands, so that a typing error shows. */
void lab_text_expand(GString *out, const char *text, lab_fill_t fill, void *user);

/* Appends text that came from the network: what is no UTF-8 or controls a terminal is replaced. */
void lab_text_append_printable(GString *out, const char *text);

/* The language of the environment: LC_ALL, LC_MESSAGES, LANG, in this order (POSIX 8.2). */
lab_lang_t lab_language_of_environment(void);

#endif
