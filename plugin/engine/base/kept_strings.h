/* SPDX-License-Identifier: GPL-2.0-or-later */
/* intern.h - each different text once: the header lines, targets and names that a capture repeats without
 * end. */
#ifndef LAB_INTERN_H
#define LAB_INTERN_H

#include "arena.h"

typedef struct lab_strings lab_strings_t;

/* The texts are kept in `arena`, which must live longer. */
lab_strings_t *lab_strings_new(lab_arena_t *arena);
void lab_strings_free(lab_strings_t *strings);

/* The one copy of `text`: equal texts give the same pointer. */
const char *lab_strings_keep(lab_strings_t *strings, const char *text);

#endif
