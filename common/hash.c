/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hash.c - a hash function with a secret seed, and a table that uses it; see hash.h.
 */
#include "hash.h"

#include "work.h"

#include <string.h>

typedef struct {
    const void *bytes; /* of a key in the table: behind this structure */
    size_t length;
    uint32_t hash;
} lab_key_t;

struct lab_map {
    GHashTable *values; /* lab_key_t -> value */
    lab_seed_t seed;
};

static uint64_t random_word(void)
{
    return (uint64_t)g_random_int() << 32 | g_random_int();
}

lab_seed_t lab_seed_new(void)
{
    return (lab_seed_t){{random_word(), random_word(), random_word()}};
}

static uint64_t word_at(const uint8_t *bytes, size_t length)
{
    uint64_t word = 0;
    memcpy(&word, bytes, length);
    return word;
}

uint32_t lab_hash(const lab_seed_t *seed, const void *bytes, size_t length)
{
    const uint8_t *at = bytes, *end = at + length;
    uint64_t hash = seed->key[0] ^ length;
    for (; end - at > 16; at += 16)
        hash = lab_hash_fold(word_at(at, 8) ^ seed->key[1], word_at(at + 8, 8) ^ hash);
    size_t left = (size_t)(end - at);
    uint64_t first = 0, second = 0;
    if (left >= 8) { /* the words may overlap: `length` tells */
        first = word_at(at, 8);
        second = word_at(end - 8, 8);
    } else if (left >= 4) {
        first = word_at(at, 4);
        second = word_at(end - 4, 4);
    } else if (left) {
        first = (uint64_t)at[0] << 16 | (uint64_t)at[left / 2] << 8 | end[-1];
    }
    return (uint32_t)lab_hash_fold(lab_hash_fold(first ^ seed->key[1], second ^ hash), seed->key[2]);
}

/* ---- tables ---- */

static guint key_hash(gconstpointer key)
{
    return ((const lab_key_t *)key)->hash;
}

static gboolean key_equal(gconstpointer x, gconstpointer y)
{
    const lab_key_t *a = x, *b = y;
    lab_work();
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

lab_map_t *lab_map_new(GDestroyNotify free_value)
{
    lab_map_t *t = g_new(lab_map_t, 1);
    t->values = g_hash_table_new_full(key_hash, key_equal, g_free, free_value);
    t->seed = lab_seed_new();
    return t;
}

void lab_map_free(lab_map_t *t)
{
    if (!t)
        return;
    g_hash_table_unref(t->values);
    g_free(t);
}

static lab_key_t key_of(const lab_map_t *t, const void *bytes, size_t length)
{
    return (lab_key_t){bytes, length, lab_hash(&t->seed, bytes, length)};
}

void *lab_map_get(const lab_map_t *t, const void *bytes, size_t length)
{
    if (!g_hash_table_size(t->values))
        return NULL;
    const lab_key_t key = key_of(t, bytes, length);
    return g_hash_table_lookup(t->values, &key);
}

void lab_map_set(lab_map_t *t, const void *bytes, size_t length, void *value)
{
    lab_key_t *key = g_malloc(sizeof *key + length);
    *key = key_of(t, bytes, length);
    key->bytes = memcpy(key + 1, bytes, length);
    g_hash_table_insert(t->values, key, value);
}

void lab_map_remove(lab_map_t *t, const void *bytes, size_t length)
{
    const lab_key_t key = key_of(t, bytes, length);
    g_hash_table_remove(t->values, &key);
}

guint lab_map_size(const lab_map_t *t)
{
    return g_hash_table_size(t->values);
}
