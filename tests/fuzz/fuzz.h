/* fuzz.h - the input of a fuzz target, read byte by byte.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LAB_FUZZ_H
#define LAB_FUZZ_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* libFuzzer's entry: one input. Aborts on a finding. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const uint8_t *at, *end;
} fuzz_bytes_t;

/* The next byte, 0 past the end. */
static inline uint8_t fuzz_byte(fuzz_bytes_t *b)
{
    return b->at < b->end ? *b->at++ : 0;
}

static inline uint32_t fuzz_word(fuzz_bytes_t *b)
{
    uint32_t word = 0;
    for (int i = 0; i < 4; i++)
        word = word << 8 | fuzz_byte(b);
    return word;
}

/* Aborts if the expression is false. g_assert() can be compiled out, and libFuzzer does not keep the input of
 * its way to end. */
#define FUZZ_CHECK(expression)                                                                               \
    do {                                                                                                     \
        if (!(expression)) {                                                                                 \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #expression);                   \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

#endif
