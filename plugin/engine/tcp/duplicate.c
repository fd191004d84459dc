/* SPDX-License-Identifier: GPL-2.0-or-later */
/* duplicate.c - see duplicate.h.
 *
 * A copy has all that a retransmission would change unchanged: above all IP's identification, which a sender
 * counts on with every packet (RFC 6864 4.2). TTL, MAC addresses and tags may differ.
 */
#include "duplicate.h"

/* One place per hash value; a newer segment takes the place of an older one. */
#define PLACES 1024u
/* Identifications come round again, so a copy must be near: a mirror port or a router adds less than this. */
#define NEAR INT64_C(50000000)
/* IPv6 has no identification, and IPv4 may leave it 0 (RFC 6864 4.1): then only a copy comes this fast. */
#define NEAR_WITHOUT_ID INT64_C(100000)

typedef struct {
    int64_t time;
    uint32_t frame, stream, seq, ack, length;
    uint16_t flags, window, checksum, ip_id;
    uint8_t by;
} seen_t;

/* The hash values stand by themselves: nearly always they differ, and a place need not be read. */
struct lab_copies {
    uint32_t hashes[PLACES];
    seen_t places[PLACES];
};

lab_copies_t *lab_copies_new(void)
{
    return g_new0(lab_copies_t, 1);
}

void lab_copies_free(lab_copies_t *copies)
{
    g_free(copies);
}

static uint32_t hash_of(const lab_segment_t *seg)
{
    uint32_t hash = seg->stream * 2654435761u ^ seg->seq * 2246822519u ^ seg->ack * 3266489917u;
    hash ^= (uint32_t)seg->checksum << 16 ^ (uint32_t)seg->ip_id * 668265263u;
    return hash ^ hash >> 15;
}

static bool same_segment(const seen_t *seen, const lab_segment_t *seg, unsigned by)
{
    return seen->stream == seg->stream && seen->by == by && seen->seq == seg->seq && seen->ack == seg->ack &&
           seen->length == seg->length && seen->flags == seg->flags && seen->window == seg->window &&
           seen->checksum == seg->checksum && seen->ip_id == seg->ip_id;
}

uint32_t lab_copies_original(lab_copies_t *copies, const lab_segment_t *seg, unsigned by)
{
    uint32_t hash = hash_of(seg), known = copies->hashes[hash % PLACES];
    seen_t *seen = &copies->places[hash % PLACES];
    int64_t limit = seg->ip_id ? NEAR : NEAR_WITHOUT_ID;
    /* the further TCP layer of one frame is no second packet */
    if (known == hash && seen->frame && seen->frame != seg->frame && same_segment(seen, seg, by) &&
        ABS(seg->time - seen->time) < limit)
        return seen->frame;
    copies->hashes[hash % PLACES] = hash;
    *seen = (seen_t){seg->time,  seg->frame,  seg->stream,   seg->seq,   seg->ack,   seg->length,
                     seg->flags, seg->window, seg->checksum, seg->ip_id, (uint8_t)by};
    return 0;
}
