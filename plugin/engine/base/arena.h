/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arena.h - memory that lives as long as its engine: given out piece by piece, taken back all at once.
 *
 * A capture makes hundreds of thousands of small objects that all go together when the file is closed. To
 * free each of them would cost more than the analysis of a short connection, and each would carry an
 * allocator's header of its own.
 */
#ifndef LAB_ARENA_H
#define LAB_ARENA_H

#include <stddef.h>

typedef struct lab_arena lab_arena_t;

lab_arena_t *lab_arena_new(void);
/* Frees all that came from it. */
void lab_arena_free(lab_arena_t *arena);

/* `size` bytes, all zero, aligned for pointers and 64-bit numbers. Never NULL. */
void *lab_arena_zeroed(lab_arena_t *arena, size_t size);
/* The same, not zeroed: for what is filled at once. */
void *lab_arena_raw(lab_arena_t *arena, size_t size);

#endif
