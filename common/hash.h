/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hash.h - hash values of what comes from a capture: addresses, names, URLs.
 *
 *   lab_seed_t seed = lab_seed_new();
 *   uint32_t hash = lab_hash(&seed, name, strlen(name));
 *
 * Whoever makes a capture chooses what is in it. With a hash function that is known, such as g_str_hash, all
 * keys can be chosen to have one hash value, and each look-up goes through all of them. These values depend
 * on a seed that is random for each table, so no capture can be made for them in advance.
 */
#ifndef LAB_HASH_H
#define LAB_HASH_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t key[3];
} lab_seed_t;

/* A seed from g_random_int(). A test that needs the same seed each time calls g_random_set_seed() before. */
lab_seed_t lab_seed_new(void);

/* The product of two words, its halves added without carry ("folded multiply", as in wyhash and foldhash).
 * The callers add secret words before: a difference in one word then changes the product by a multiple of the
 * other word, which is secret. */
static inline uint64_t lab_hash_fold(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 lab_product_t;
    lab_product_t product = (lab_product_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t low = (a & UINT32_MAX) * (b & UINT32_MAX), high = (a >> 32) * (b >> 32);
    uint64_t left = (a >> 32) * (b & UINT32_MAX), right = (a & UINT32_MAX) * (b >> 32);
    uint64_t middle = (low >> 32) + (left & UINT32_MAX) + (right & UINT32_MAX);
    low = (low & UINT32_MAX) | middle << 32;
    high += (left >> 32) + (right >> 32) + (middle >> 32);
    return low ^ high;
#endif
}

/* The hash value of `length` bytes. */
uint32_t lab_hash(const lab_seed_t *seed, const void *bytes, size_t length);

/* The hash value of 16 bytes in two words. */
static inline uint32_t lab_hash_words(const lab_seed_t *seed, uint64_t first, uint64_t second)
{
    uint64_t hash = lab_hash_fold(first ^ seed->key[1], second ^ seed->key[0]);
    return (uint32_t)lab_hash_fold(hash, seed->key[2]);
}

/* A table from bytes to pointers. Its keys are copied. */
typedef struct lab_map lab_map_t;

/* An empty table with a seed of its own. `free_value` (NULL = nothing) is called on each value that leaves
 * it. Free with lab_map_free(); NULL is allowed there. */
lab_map_t *lab_map_new(GDestroyNotify free_value);
void lab_map_free(lab_map_t *table);
/* The value of a key; NULL = the table does not have it. */
void *lab_map_get(const lab_map_t *table, const void *key, size_t length);
/* Sets the value of a key. It must not be NULL. */
void lab_map_set(lab_map_t *table, const void *key, size_t length, void *value);
void lab_map_remove(lab_map_t *table, const void *key, size_t length);
guint lab_map_size(const lab_map_t *table);

#endif
