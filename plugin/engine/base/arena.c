/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arena.c - memory that is freed all at once; see arena.h. */
#include "arena.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)256 * 1024)
#define ALIGNMENT  sizeof(int64_t)

/* Pieces that were given back are listed by size: in steps of STEP up to SMALL_MAX, above it by powers of
 * two. */
#define STEP      16u
#define SMALL_MAX 4096u
#define SMALL     (SMALL_MAX / STEP + 1)
#define LISTS     (SMALL + 64)

typedef struct free_piece {
    struct free_piece *next;
} free_piece_t;

struct lab_arena {
    free_piece_t *given[LISTS];
    GPtrArray *blocks;
    char *at, *end; /* unused rest of the newest block */
};

lab_arena_t *lab_arena_new(void)
{
    lab_arena_t *arena = g_new0(lab_arena_t, 1);
    arena->blocks = g_ptr_array_new_with_free_func(g_free);
    return arena;
}

void lab_arena_free(lab_arena_t *arena)
{
    if (!arena)
        return;
    g_ptr_array_unref(arena->blocks);
    g_free(arena);
}

/* A large piece gets a block of its own, so that the rest of the newest block stays usable. */
static void *own_block(lab_arena_t *arena, size_t size)
{
    void *block = g_malloc(size);
    g_ptr_array_add(arena->blocks, block);
    return block;
}

/* A new block; what is left of the one before is given up. */
static void next_block(lab_arena_t *arena)
{
    arena->at = own_block(arena, BLOCK_SIZE);
    arena->end = arena->at + BLOCK_SIZE;
}

void *lab_arena_raw(lab_arena_t *arena, size_t size)
{
    size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    if (size > BLOCK_SIZE / 8 && size > (size_t)(arena->end - arena->at))
        return own_block(arena, size);
    if (size > (size_t)(arena->end - arena->at))
        next_block(arena);
    void *memory = arena->at;
    arena->at += size;
    return memory;
}

/* Texts lie at the end of a block, so that they need not be aligned. */
char *lab_arena_text(lab_arena_t *arena, size_t size)
{
    if (size > BLOCK_SIZE / 8)
        return own_block(arena, size);
    if (size > (size_t)(arena->end - arena->at))
        next_block(arena);
    arena->end -= size;
    return arena->end;
}

void *lab_arena_zeroed(lab_arena_t *arena, size_t size)
{
    return memset(lab_arena_raw(arena, size), 0, size);
}

/* The list for pieces of this size, and the size that all of them have. */
static unsigned list_of(size_t *size)
{
    unsigned list = SMALL;
    if (*size <= SMALL_MAX) {
        *size = (*size + STEP - 1) / STEP * STEP;
        return (unsigned)(*size / STEP);
    }
    size_t least = SMALL_MAX;
    for (; least < *size; least *= 2)
        list++;
    *size = least;
    return list;
}

void *lab_arena_take(lab_arena_t *arena, size_t size)
{
    free_piece_t **list = &arena->given[list_of(&size)], *piece = *list;
    if (!piece)
        return lab_arena_raw(arena, size);
    *list = piece->next;
    return piece;
}

void lab_arena_give(lab_arena_t *arena, void *memory, size_t size)
{
    free_piece_t **list = &arena->given[list_of(&size)], *piece = memory;
    piece->next = *list;
    *list = piece;
}

void *lab_arena_grow(lab_arena_t *arena, void *list, uint32_t *room, size_t size)
{
    uint32_t old = list ? *room : 0;
    *room = old ? old + MAX(old / 2, 4) : 1; /* most lists have one member */
    void *longer = lab_arena_take(arena, *room * size);
    if (!list)
        return longer;
    memcpy(longer, list, old * size);
    lab_arena_give(arena, list, old * size);
    return longer;
}
