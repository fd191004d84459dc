/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arena.h - memory that is allocated piece by piece and freed all at once.
 *
 * A capture makes hundreds of thousands of small objects. All of them are freed when the file is closed.
 * Freeing each one by itself would cost more than the analysis of a short connection, and each would have an
 * allocator's header of its own.
 */
#ifndef LAB_ARENA_H
#define LAB_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct lab_arena lab_arena_t;

/* An empty arena. Free with lab_arena_free(). */
lab_arena_t *lab_arena_new(void);
/* Frees the arena and all memory that came from it. NULL is allowed. */
void lab_arena_free(lab_arena_t *arena);

/* `size` bytes, all zero, aligned for pointers and 64-bit numbers. Owned by the arena. Never NULL: the
 * program ends if there is no memory. */
void *lab_arena_zeroed(lab_arena_t *arena, size_t size);
/* The same without zeroing, for memory that the caller fills at once. */
void *lab_arena_raw(lab_arena_t *arena, size_t size);

/* `size` bytes for a text: not aligned. */
char *lab_arena_text(lab_arena_t *arena, size_t size);

/* Memory that is given back before the arena is freed, and then taken again: not zeroed, for sizes from 1
 * byte on. `size` must be the same both times. */
void *lab_arena_take(lab_arena_t *arena, size_t size);
void lab_arena_give(lab_arena_t *arena, void *memory, size_t size);
/* A list with more room than `room`, which is set: 1, then half as much again. The members of `list` (NULL =
 * none) are copied, and its memory is given back. `size`: bytes of a member. */
void *lab_arena_grow(lab_arena_t *arena, void *list, uint32_t *room, size_t size);

#endif
