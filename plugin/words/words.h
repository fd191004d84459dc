/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words.h - what HTTP's header fields and methods mean, in every language, with the source.
 *
 * The meaning may depend on the direction: Cache-Control says something else in a request than in a response.
 * The strings are constants.
 */
#ifndef LAB_WORDS_H
#define LAB_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* The messages a row speaks of; a set. */
typedef enum { LAB_IN_REQUEST = 1, LAB_IN_RESPONSE = 2, LAB_IN_BOTH = 3 } lab_direction_t;

typedef struct {
    const char *name; /* as the source writes it */
    lab_direction_t direction;
    const char *source; /* the RFC and its section, or who else defines it */
    lab_text_t text;
} lab_field_word_t;

typedef struct {
    const char *name, *source;
    lab_text_t text;
} lab_method_word_t;

/* The whole tables, sorted; `count` gets the number of rows. */
const lab_field_word_t *lab_field_words(size_t *count);
const lab_method_word_t *lab_method_words(size_t *count);

/* Look-ups; NULL = no such row. A field's name is compared without regard to case (RFC 9110 5.1), `length` of
 * its characters; a method's with (RFC 9110 9.1). */
const lab_field_word_t *lab_field_word(const char *name, size_t length, bool response);
const lab_method_word_t *lab_method_word(const char *name);

/* The sentence to show. What is in no table is said to be unknown, never NULL: a field of the other direction
 * too. */
const char *lab_field_meaning(const char *name, size_t length, bool response, lab_lang_t lang);
const char *lab_method_meaning(const char *name, lab_lang_t lang);

/* Divides "Name: value" in two. False for a line without a colon. `value` is what follows the colon and the
 * blanks after it. */
bool lab_field_split(const char *line, size_t *name_length, const char **value);

#endif
