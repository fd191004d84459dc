/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kept_strings.h - keeps one copy of each different text. A capture repeats its header lines, targets and
 * names many times. */
#ifndef LAB_KEPT_STRINGS_H
#define LAB_KEPT_STRINGS_H

#include "arena.h"

typedef struct lab_strings lab_strings_t;

/* An empty set of texts. Their copies are allocated in `arena`, which must be freed later than the set. Free
 * with lab_strings_free(); NULL is allowed there. */
lab_strings_t *lab_strings_new(lab_arena_t *arena);
void lab_strings_free(lab_strings_t *strings);

/* The one copy of `text`: equal texts give the same pointer. Owned by the arena. Never NULL. */
const char *lab_strings_keep(lab_strings_t *strings, const char *text);

#endif
