/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kept_strings.c - a hash table with open addressing; see kept_strings.h.
 *
 * A look-up reads one slot of the table and the text itself. GLib's hash table and string chunk read five
 * pieces of memory. A cache miss costs more than all instructions of a look-up.
 */
#include "kept_strings.h"

#include "hash.h"
#include "work.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

#define FIRST_SLOTS 1024u

typedef struct {
    const char *text; /* NULL = free */
    uint32_t hash, length;
} slot_t;

struct lab_strings {
    lab_arena_t *arena;
    slot_t *slots;
    uint32_t count, mask; /* mask: number of slots - 1; the number of slots is a power of two */
    lab_seed_t seed;
};

lab_strings_t *lab_strings_new(lab_arena_t *arena)
{
    lab_strings_t *s = g_new0(lab_strings_t, 1);
    s->arena = arena;
    s->mask = FIRST_SLOTS - 1;
    s->slots = g_new0(slot_t, FIRST_SLOTS);
    s->seed = lab_seed_new();
    return s;
}

void lab_strings_free(lab_strings_t *s)
{
    if (!s)
        return;
    g_free(s->slots);
    g_free(s);
}

static void put(slot_t *slots, uint32_t mask, slot_t p)
{
    uint32_t i = p.hash & mask;
    while (slots[i].text)
        i = (i + 1) & mask;
    slots[i] = p;
}

static void grow(lab_strings_t *s)
{
    uint32_t mask = s->mask * 2 + 1;
    slot_t *slots = g_new0(slot_t, (size_t)mask + 1);
    for (uint32_t i = 0; i <= s->mask; i++)
        if (s->slots[i].text)
            put(slots, mask, s->slots[i]);
    g_free(s->slots);
    s->slots = slots;
    s->mask = mask;
}

static const char *copy(lab_arena_t *arena, const char *text, size_t length)
{
    char *kept = lab_arena_text(arena, length + 1);
    memcpy(kept, text, length);
    kept[length] = '\0';
    return kept;
}

const char *lab_strings_keep(lab_strings_t *s, const char *text)
{
    size_t length = strlen(text);
    uint32_t hash = lab_hash(&s->seed, text, length);
    for (uint32_t i = hash & s->mask; s->slots[i].text; i = (i + 1) & s->mask) {
        const slot_t *p = &s->slots[i];
        lab_work();
        if (p->hash == hash && p->length == (uint32_t)length && memcmp(p->text, text, length) == 0)
            return p->text;
    }
    if (++s->count > s->mask / 2)
        grow(s);
    slot_t added = {copy(s->arena, text, length), hash, (uint32_t)length};
    put(s->slots, s->mask, added);
    return added.text;
}
