/* SPDX-License-Identifier: GPL-2.0-or-later */
/* intern.c - see intern.h.
 *
 * A table with open addressing: a look-up touches one place of it and the text itself. GLib's hash table and
 * string chunk touch five, and memory that is not at hand costs more than all the instructions here.
 */
#include "kept_strings.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

#define FIRST_PLACES 1024u

typedef struct {
    const char *text; /* NULL = free */
    uint32_t hash, length;
} place_t;

struct lab_strings {
    lab_arena_t *arena;
    place_t *places;
    uint32_t count, mask; /* number of places - 1, a power of two less one */
    uint64_t seed;        /* nobody can make a capture whose texts all fall on one place */
};

lab_strings_t *lab_strings_new(lab_arena_t *arena)
{
    lab_strings_t *s = g_new0(lab_strings_t, 1);
    s->arena = arena;
    s->mask = FIRST_PLACES - 1;
    s->places = g_new0(place_t, FIRST_PLACES);
    s->seed = (uint64_t)g_random_int() << 32 | g_random_int();
    return s;
}

void lab_strings_free(lab_strings_t *s)
{
    if (!s)
        return;
    g_free(s->places);
    g_free(s);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

/* Eight bytes at a time. */
static uint32_t hash_of(uint64_t seed, const char *text, size_t length)
{
    uint64_t hash = seed ^ length, word = 0;
    const char *end = text + length;
    for (; end - text >= 8; text += 8) {
        memcpy(&word, text, 8);
        hash = mix(hash, word);
    }
    word = 0;
    memcpy(&word, text, (size_t)(end - text));
    hash = mix(hash, word);
    return (uint32_t)(hash ^ hash >> 32);
}

static void put(place_t *places, uint32_t mask, place_t p)
{
    uint32_t i = p.hash & mask;
    while (places[i].text)
        i = (i + 1) & mask;
    places[i] = p;
}

static void grow(lab_strings_t *s)
{
    uint32_t mask = s->mask * 2 + 1;
    place_t *places = g_new0(place_t, (size_t)mask + 1);
    for (uint32_t i = 0; i <= s->mask; i++)
        if (s->places[i].text)
            put(places, mask, s->places[i]);
    g_free(s->places);
    s->places = places;
    s->mask = mask;
}

static const char *copy(lab_arena_t *arena, const char *text, size_t length)
{
    char *kept = lab_arena_raw(arena, length + 1);
    memcpy(kept, text, length);
    kept[length] = '\0';
    return kept;
}

const char *lab_strings_keep(lab_strings_t *s, const char *text)
{
    size_t length = strlen(text);
    uint32_t hash = hash_of(s->seed, text, length);
    for (uint32_t i = hash & s->mask; s->places[i].text; i = (i + 1) & s->mask) {
        const place_t *p = &s->places[i];
        if (p->hash == hash && p->length == (uint32_t)length && memcmp(p->text, text, length) == 0)
            return p->text;
    }
    if (++s->count > s->mask / 4 * 3)
        grow(s);
    place_t added = {copy(s->arena, text, length), hash, (uint32_t)length};
    put(s->places, s->mask, added);
    return added.text;
}
