/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arena.c - memory that is freed all at once; see arena.h. */
#include "arena.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)256 * 1024)
#define ALIGNMENT  sizeof(int64_t)

struct lab_arena {
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

void *lab_arena_raw(lab_arena_t *arena, size_t size)
{
    size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    if (size > (size_t)(arena->end - arena->at)) {
        if (size > BLOCK_SIZE / 8)
            return own_block(arena, size);
        arena->at = own_block(arena, BLOCK_SIZE);
        arena->end = arena->at + BLOCK_SIZE;
    }
    void *memory = arena->at;
    arena->at += size;
    return memory;
}

void *lab_arena_zeroed(lab_arena_t *arena, size_t size)
{
    return memset(lab_arena_raw(arena, size), 0, size);
}
