/* The engine's memory: pieces of an arena do not overlap, and each different text is kept once.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "arena.h"
#include "kept_strings.h"
#include "units.h"

/* Each piece is zero, aligned, and keeps its bytes while other pieces are written. */
static void pieces_of_an_arena_do_not_touch(void)
{
    static const size_t sizes[] = {1, 7, 8, 9, 840, 40000, 300000, 3};
    enum { ROUNDS = 20, KINDS = G_N_ELEMENTS(sizes) };
    static unsigned char *pieces[ROUNDS][KINDS];
    lab_arena_t *arena = lab_arena_new();
    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned i = 0; i < KINDS; i++) {
            unsigned char *piece = lab_arena_zeroed(arena, sizes[i]);
            g_assert_cmpuint((guintptr)piece % sizeof(gint64), ==, 0);
            for (size_t b = 0; b < sizes[i]; b++)
                g_assert_cmpuint(piece[b], ==, 0);
            memset(piece, (int)(round + i) % 255 + 1, sizes[i]);
            pieces[round][i] = piece;
        }
    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned i = 0; i < KINDS; i++)
            for (size_t b = 0; b < sizes[i]; b++)
                g_assert_cmpuint(pieces[round][i][b], ==, (round + i) % 255 + 1);
    lab_arena_free(arena);
    lab_arena_free(NULL);
}

/* More texts than the table has slots at first; lengths around the hash's word of eight bytes. */
static void each_text_is_kept_once(void)
{
    enum { TEXTS = 5000 };
    static const char *kept[TEXTS];
    lab_arena_t *arena = lab_arena_new();
    lab_strings_t *strings = lab_strings_new(arena);
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < TEXTS; i++) {
            char *text = g_strdup_printf("%.*s%u", (int)(i % 20), "abcdefghijklmnopqrst", i);
            const char *once = lab_strings_keep(strings, text);
            g_assert_cmpstr(once, ==, text);
            g_assert_true(once != text);
            if (round)
                g_assert_true(once == kept[i]);
            kept[i] = once;
            g_free(text);
        }
    g_assert_true(lab_strings_keep(strings, "") == lab_strings_keep(strings, ""));
    g_assert_true(lab_strings_keep(strings, "a") != lab_strings_keep(strings, "A"));
    lab_strings_free(strings);
    lab_strings_free(NULL);
    lab_arena_free(arena);
}

/* What was given back is taken again by who asks for as much; a list that grows keeps its members. */
static void given_memory_is_taken_again(void)
{
    lab_arena_t *arena = lab_arena_new();
    static const size_t sizes[] = {1, 16, 17, 4096, 4097, 100000};
    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        void *first = lab_arena_take(arena, sizes[i]), *second = lab_arena_take(arena, sizes[i]);
        g_assert_true(first != second);
        lab_arena_give(arena, first, sizes[i]);
        lab_arena_give(arena, second, sizes[i]);
        g_assert_true(lab_arena_take(arena, sizes[i]) == second);
        g_assert_true(lab_arena_take(arena, sizes[i]) == first);
    }
    uint32_t room = 0, *list = NULL;
    for (uint32_t i = 0; i < 10000; i++) {
        if (i == room)
            list = lab_arena_grow(arena, list, &room, sizeof *list);
        list[i] = i;
    }
    for (uint32_t i = 0; i < 10000; i++)
        g_assert_cmpuint(list[i], ==, i);
    lab_arena_free(arena);
}

void add_memory_tests(void)
{
    g_test_add_func("/memory/given memory is taken again", given_memory_is_taken_again);
    g_test_add_func("/memory/pieces of an arena do not touch", pieces_of_an_arena_do_not_touch);
    g_test_add_func("/memory/each text is kept once", each_text_is_kept_once);
}
