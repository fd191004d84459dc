/* SPDX-License-Identifier: GPL-2.0-or-later */
/* why.h - short explanations of what a student looks up; the table is why.def. */
#ifndef LAB_WHY_H
#define LAB_WHY_H

#include <stddef.h>

#include "text.h"

typedef struct {
    const char *word, *rfc;
    const char *where; /* on which frames: see why.def */
    lab_text_t title, text;
} lab_why_t;

/* The whole table; `count` gets the number of rows, at most 64. */
const lab_why_t *lab_why_cards(size_t *count);
/* NULL = there is no such word. */
const lab_why_t *lab_why_find(const char *word);

#endif
