/* SPDX-License-Identifier: GPL-2.0-or-later */
/* newest.c - a hash table with open addressing; see newest.h. It keeps numbers of streams: connections may
 * rest. */
#include "newest.h"

#include "hash.h"
#include "work.h"

#include <string.h>

#define FIRST_SLOTS 1024u

typedef struct {
    uint32_t hash, stream; /* stream: number + 1; 0 = free */
} slot_t;

struct lab_newest {
    lab_seed_t seed;
    slot_t *slots;
    uint32_t count, mask; /* mask: number of slots - 1; the number of slots is a power of two */
};

lab_newest_t *lab_newest_new(void)
{
    lab_newest_t *n = g_new0(lab_newest_t, 1);
    n->seed = lab_seed_new();
    n->mask = FIRST_SLOTS - 1;
    n->slots = g_new0(slot_t, FIRST_SLOTS);
    return n;
}

void lab_newest_free(lab_newest_t *n)
{
    if (!n)
        return;
    g_free(n->slots);
    g_free(n);
}

static uint32_t endpoint_hash(const lab_seed_t *seed, const lab_endpoint_t *endpoint)
{
    uint64_t words[3] = {endpoint->port};
    memcpy(words + 1, endpoint->address, endpoint->length);
    if (endpoint->length <= 8)
        return lab_hash_words(seed, words[0], words[1]);
    return lab_hash(seed, words, sizeof words);
}

/* A sum does not depend on the direction. */
static uint32_t hash_of(const lab_newest_t *n, const lab_conn_t *conn)
{
    return endpoint_hash(&n->seed, &conn->end[0].endpoint) + endpoint_hash(&n->seed, &conn->end[1].endpoint);
}

static bool same_endpoints(const lab_conn_t *a, const lab_conn_t *b)
{
    lab_work();
    return (lab_endpoint_equal(&a->end[0].endpoint, &b->end[0].endpoint) &&
            lab_endpoint_equal(&a->end[1].endpoint, &b->end[1].endpoint)) ||
           (lab_endpoint_equal(&a->end[0].endpoint, &b->end[1].endpoint) &&
            lab_endpoint_equal(&a->end[1].endpoint, &b->end[0].endpoint));
}

/* The slot of the endpoints, or the free one where they belong. */
static slot_t *slot_of(lab_engine_t *e, const lab_conn_t *conn, uint32_t hash)
{
    const lab_newest_t *n = e->newest;
    uint32_t i = hash & n->mask;
    while (n->slots[i].stream &&
           (n->slots[i].hash != hash || !same_endpoints(conn, lab_store_peek(e, n->slots[i].stream - 1))))
        i = (i + 1) & n->mask;
    return &n->slots[i];
}

static void grow(lab_newest_t *n)
{
    uint32_t mask = n->mask * 2 + 1;
    slot_t *slots = g_new0(slot_t, (size_t)mask + 1);
    for (uint32_t old = 0; old <= n->mask; old++) {
        uint32_t i = n->slots[old].hash & mask;
        while (n->slots[old].stream && slots[i].stream)
            i = (i + 1) & mask;
        if (n->slots[old].stream)
            slots[i] = n->slots[old];
    }
    g_free(n->slots);
    n->slots = slots;
    n->mask = mask;
}

lab_conn_t *lab_newest_on(lab_engine_t *e, const lab_conn_t *conn)
{
    const slot_t *slot = slot_of(e, conn, hash_of(e->newest, conn));
    return slot->stream ? lab_store_conn(e, slot->stream - 1) : NULL;
}

void lab_newest_put(lab_engine_t *e, const lab_conn_t *conn)
{
    lab_newest_t *n = e->newest;
    uint32_t hash = hash_of(n, conn);
    if (n->count > n->mask / 4 * 3)
        grow(n);
    slot_t *slot = slot_of(e, conn, hash);
    n->count += !slot->stream;
    *slot = (slot_t){hash, conn->number + 1};
}
