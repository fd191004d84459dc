/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http_status.h - the status codes of HTTP: code, phrase and meaning, with the source.
 *
 * The rows are in http_status.def, after IANA's registry. The strings are constants.
 */
#ifndef LAB_HTTP_STATUS_H
#define LAB_HTTP_STATUS_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

typedef struct {
    uint16_t code;
    const char *phrase, *source;
    lab_text_t text;
} lab_status_word_t;

/* The whole table, sorted by code; `count` gets the number of rows. */
const lab_status_word_t *lab_status_words(size_t *count);

/* NULL = no such row. */
const lab_status_word_t *lab_status_word(uint16_t code);

/* The sentence to show, never NULL: of an unknown code its class is told (RFC 9110 15). */
const char *lab_status_meaning(uint16_t code, lab_lang_t lang);

#endif
