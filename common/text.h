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

/* Appends text that came from outside (the network, a file's name, another program) so that no terminal and
 * no browser obeys it and nothing in it is hidden. The rest stays as it is, Chinese and emoji too. Written as
 * an escape are: \xHH     a byte below 0x20, DEL, and each byte that is no part of valid UTF-8 (RFC 3629:
 * overlong forms, surrogates, and what is above U+10FFFF are not) \uHHHH   U+0080 to U+009F (control
 * characters of ISO/IEC 6429), the line separators U+2028 and U+2029, and characters that reverse the
 * direction of text or have no width (U+061C, U+200B to U+200F, U+202A to U+202E, U+2060 to U+206F, U+FEFF,
 * ...) \UHHHHHHHH  the same above U+FFFF: tags (U+E0000 to U+E0FFF) A backslash stays as it is, so the
 * function changes nothing in its own output. What is appended is valid UTF-8 in one line. It is not escaped
 * for HTML, Markdown or CSV: writers do that afterwards. Use it on what is foreign, or on a whole line; never
 * on text with line ends or tabs of one's own. */
void lab_text_visible(GString *out, const char *text);
/* The same for `length` bytes, which may hold zero bytes: they are \x00. */
void lab_text_visible_bytes(GString *out, const char *bytes, size_t length);
/* The same as a new string, to be freed with g_free(); NULL stays NULL. */
char *lab_text_visible_copy(const char *text);

/* The escapes of JSON (RFC 8259 section 7) in place of the same characters from byte `from` of `json` on,
 * which is a text of JSON: \u001b, \u202e, above U+FFFF two of them. Line ends between values stay. Its
 * strings keep their values. It must be valid UTF-8. */
void lab_text_visible_json(GString *json, size_t from);

/* The language of the environment: LC_ALL, LC_MESSAGES, LANG, in this order (POSIX 8.2). */
lab_lang_t lab_language_of_environment(void);

/* The language of "en" or "zh", `automatic` of "auto"; false, and nothing is set: it is none of them. */
bool lab_language_of_name(const char *name, lab_lang_t automatic, lab_lang_t *language);

#endif
