/* SPDX-License-Identifier: GPL-2.0-or-later */
/* duplicate.c - see duplicate.h.
 *
 * A copy has all that a retransmission would change unchanged: above all IP's identification, which a sender
 * counts on with every packet (RFC 6864 4.2). TTL, MAC addresses and tags may differ; behind a router the TTL
 * is lower (RFC 1812 5.3.1).
 */
#include "duplicate.h"

#include "store.h"

/* A hash value has a set of places; a newer segment takes the oldest one. Many packets may lie between one
 * and its copy behind a router. */
#define SETS 1024u
#define WAYS 8u
/* A mirror port or a router adds less than this. */
#define NEAR INT64_C(50000000)
/* IPv6 has no identification, IPv4 may leave it 0, and some senders never change it (RFC 6864 4.1): then only
 * a copy comes this fast. */
#define NEAR_WITHOUT_ID INT64_C(100000)
/* The same, where the hop limit is lower: a sender's own does not change so soon. */
#define NEAR_BEHIND_ROUTER INT64_C(1000000000)

typedef struct {
    int64_t time;
    uint32_t frame, stream, seq, ack, length;
    uint16_t flags, window, checksum, ip_id;
    uint8_t by, ttl;
} seen_t;

/* A byte of each hash value stands by itself, those of a set side by side: nearly always they differ, and no
 * place need be read. */
struct lab_copies {
    uint64_t tags[SETS];
    seen_t places[SETS][WAYS];
    uint8_t oldest[SETS];
    uint32_t replayed; /* the frame that the next segment may be a copy of; 0 = the capture does not repeat */
    unsigned unlike;   /* segments since, in a row, that were no copy */
};

/* So many segments unlike those at the capture's beginning: it does not repeat after all. */
#define UNLIKE_MAX 16u

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

/* A copy from behind the router first has the higher TTL, and comes soon. */
static bool near_enough(const seen_t *seen, const lab_segment_t *seg, lab_ip_ids_t ids)
{
    int64_t apart = ABS(seg->time - seen->time);
    bool lower = seg->ttl < seen->ttl, counts = ids == LAB_IP_IDS_DIFFER && seg->ttl == seen->ttl;
    if (!seg->ip_id || ids == LAB_IP_IDS_SAME)
        return apart < (lower ? NEAR_BEHIND_ROUTER : NEAR_WITHOUT_ID);
    return lower || counts || apart < NEAR;
}

static uint8_t tag_of(uint32_t hash)
{
    return (uint8_t)(hash >> 24);
}

/* The high bit of each byte of `tags` that may be `tag`: no such byte is left out. */
static uint64_t bytes_like(uint64_t tags, uint8_t tag)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t differing = tags ^ ones * tag;
    return (differing - ones) & ~differing & ones << 7;
}

/* Where this segment is remembered; WAYS = nowhere. */
static unsigned way_of(const lab_copies_t *copies, uint32_t hash, const lab_segment_t *seg, unsigned by)
{
    uint64_t like = bytes_like(copies->tags[hash % SETS], tag_of(hash));
    for (unsigned way = 0; like; way++, like >>= 8)
        if (like & 0x80 && same_segment(&copies->places[hash % SETS][way], seg, by))
            return way;
    return WAYS;
}

static void remember(lab_copies_t *copies, uint32_t hash, unsigned way, const lab_segment_t *seg, unsigned by)
{
    uint64_t *tags = &copies->tags[hash % SETS];
    *tags = (*tags & ~(UINT64_C(0xff) << 8 * way)) | (uint64_t)tag_of(hash) << 8 * way;
    copies->places[hash % SETS][way] =
        (seen_t){seg->time,  seg->frame,  seg->stream,   seg->seq,   seg->ack,    seg->length,
                 seg->flags, seg->window, seg->checksum, seg->ip_id, (uint8_t)by, seg->ttl};
}

uint32_t lab_copies_original(lab_copies_t *copies, const lab_segment_t *seg, unsigned by, lab_ip_ids_t ids)
{
    uint32_t hash = hash_of(seg);
    unsigned way = way_of(copies, hash, seg, by);
    if (way == WAYS) {
        way = copies->oldest[hash % SETS]++ % WAYS;
    } else {
        const seen_t *seen = &copies->places[hash % SETS][way];
        /* the further TCP layer of one frame is no second packet */
        if (seen->frame && seen->frame != seg->frame && near_enough(seen, seg, ids))
            return seen->frame;
    }
    remember(copies, hash, way, seg, by);
    return 0;
}

void lab_copies_clock_back(lab_engine_t *e, const lab_segment_t *seg)
{
    const lab_conn_t *first = lab_engine_conn(e, 0);
    if (!first || seg->time != lab_conn_first_time(first))
        return;
    e->copies->replayed = lab_conn_first_frame(first);
    e->copies->unlike = 0;
}

static bool is_segment_of(const lab_annotation_t *a, const lab_segment_t *seg, unsigned by)
{
    return a->stream == seg->stream && a->sender == by && a->seq == seg->seq && a->ack == seg->ack &&
           a->length == MIN(seg->length, LAB_LENGTH_MAX) && a->flags == (uint8_t)seg->flags;
}

/* The next frame that holds a segment, NULL = none before `end`. Together all calls go through the capture
 * once. */
static const lab_annotation_t *next_replayed(lab_engine_t *e, uint32_t end, uint32_t *frame)
{
    for (*frame = e->copies->replayed; *frame < end; (*frame)++) {
        const lab_annotation_t *a = lab_annotation_slot(e, *frame, false);
        if (a && a->phase != LAB_PHASE_NONE)
            return a;
    }
    return NULL;
}

uint32_t lab_copies_replayed(lab_engine_t *e, const lab_segment_t *seg, unsigned by)
{
    lab_copies_t *copies = e->copies;
    if (!copies->replayed)
        return 0;
    uint32_t frame;
    const lab_annotation_t *a = next_replayed(e, seg->frame, &frame);
    bool same = a && is_segment_of(a, seg, by);
    copies->unlike = same ? 0 : copies->unlike + 1;
    copies->replayed = a && copies->unlike < UNLIKE_MAX ? frame + 1 : 0;
    return same ? frame : 0;
}
