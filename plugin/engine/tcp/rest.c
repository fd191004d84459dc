/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rest.c - see rest.h.
 *
 * Most of a connection is zero, small, or the same as in other connections. So what is packed is the
 * difference (exclusive or) to a model: the first connection of its kind. Before that, times and frames are
 * counted from the first segment of the connection. Of each word that is not zero then, only the bytes that
 * it needs are written.
 */
#include "rest.h"

#include <string.h>

#define AWAKE_MAX 256u  /* so many connections may be awake whatever their age */
#define AGE_LEAST 2048u /* segments since the newest one of a connection that begins to rest: at first */
#define AGE_MOST  (1u << 30)
#define TRIES     4u /* connections that are looked at before each segment */
#define MODELS    64u

#define BLOCK  4u /* pairs of words */
#define BLOCKS ((sizeof(lab_conn_t) + 31) / 32)
/* Which blocks differ; of each of them the lengths of its words, and the words. */
#define PACKED_MAX ((BLOCKS + 7) / 8 + BLOCKS * (2 + 8 * BLOCK) + 4)

typedef union {
    lab_conn_t conn;
    uint64_t pairs[BLOCKS * BLOCK];
} image_t;

typedef struct {
    int64_t time;   /* of the first segment */
    uint32_t frame; /* of the first segment */
    uint16_t size;  /* of `packed` */
    uint8_t model;
    bool owns;
    uint8_t packed[];
} rest_t;

struct lab_rests {
    GPtrArray *awake; /* of lab_conn_t */
    guint hand;       /* place of the one that is looked at next */
    uint32_t awake_max, age_least,
        age; /* age: segments since the newest one of a connection that begins to rest */
    uint32_t rested, woken;
    image_t *models[MODELS];
    image_t work, peeked;
    uint8_t packed[PACKED_MAX];
};

lab_rests_t *lab_rests_new(void)
{
    lab_rests_t *r = g_new0(lab_rests_t, 1);
    r->awake = g_ptr_array_new();
    lab_rests_limit(r, AWAKE_MAX, AGE_LEAST);
    return r;
}

void lab_rests_limit(lab_rests_t *r, uint32_t awake, uint32_t age)
{
    r->awake_max = awake;
    r->age_least = r->age = age;
}

void lab_rests_free(lab_rests_t *r)
{
    if (!r)
        return;
    for (unsigned i = 0; i < MODELS; i++)
        g_free(r->models[i]);
    g_ptr_array_unref(r->awake);
    g_free(r);
}

/* ---- counted from others ---- */

#define C(member) offsetof(lab_conn_t, member)
#define E(member) offsetof(lab_end_t, member)

/* What is not listed here is packed as it is. */
static const uint16_t conn_frames[] = {C(first_frame),       C(close_end_frame),   C(open_end_frame),
                                       C(open_frames[1]),    C(open_frames[2]),    C(open_frames[3]),
                                       C(closing_frames[0]), C(closing_frames[1]), C(closing_frames[2]),
                                       C(closing_frames[3])};
static const uint16_t end_times[] = {E(syn_time), E(fin_time), E(flight_since)};
static const uint16_t end_frames[] = {E(syn_frame),       E(syn_last_frame), E(fin_frame),
                                      E(fin_last_frame),  E(fin_ack_frame),  E(reset_frame),
                                      E(last_reset_frame)};

/* 0 means "none" and stays 0: the number that would become 0 takes the place of what 0 would become. That one
 * is rare, for `base` is one less than what the number is often equal to. */
static inline uint64_t shifted(uint64_t value, uint64_t base, bool back)
{
    uint64_t by = back ? 0 - base : base;
    return !value ? 0 : value == by ? 0 - by : value - by;
}

static inline uint32_t shifted_32(uint32_t value, uint32_t base, bool back)
{
    uint32_t by = back ? 0 - base : base;
    return !value ? 0 : value == by ? 0 - by : value - by;
}

static inline void shift_time(int64_t *time, int64_t base, bool back)
{
    *time = (int64_t)shifted((uint64_t)*time, (uint64_t)base - 1, back);
}

static inline void shift_frame(uint32_t *frame, uint32_t base, bool back)
{
    *frame = shifted_32(*frame, base - 1, back);
}

/* The newest segments, each counted from the one before it. */
static inline void shift_ring(lab_end_t *end, const rest_t *base, bool back)
{
    uint32_t count = MIN(end->sent_count, LAB_SENT_MAX), first = end->sent_count - count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t n = first + (back ? i : count - 1 - i);
        lab_sent_t *sent = &end->sent[n % LAB_SENT_MAX];
        const lab_sent_t *before = n > first ? &end->sent[(n - 1) % LAB_SENT_MAX] : NULL;
        shift_time(&sent->time, before ? before->time : base->time, back);
        shift_frame(&sent->frame, before ? before->frame : base->frame, back);
    }
}

static inline void shift_last(lab_end_t *end, bool back)
{
    const lab_sent_t *newest = &end->sent[(end->sent_count - 1) % LAB_SENT_MAX];
    shift_time(&end->last.time, newest->time, back);
    shift_frame(&end->last.frame, newest->frame, back);
}

static void shift_end(lab_end_t *end, const rest_t *base, bool back)
{
    if (back)
        shift_ring(end, base, back);
    if (end->sent_count)
        shift_last(end, back);
    if (!back)
        shift_ring(end, base, back);
    for (unsigned i = 0; i < G_N_ELEMENTS(end_times); i++)
        shift_time((int64_t *)((char *)end + end_times[i]), base->time, back);
    for (unsigned i = 0; i < G_N_ELEMENTS(end_frames); i++)
        shift_frame((uint32_t *)((char *)end + end_frames[i]), base->frame, back);
    for (unsigned i = 0; i < G_N_ELEMENTS(end->zeek.number); i++)
        shift_frame(&end->zeek.number[i], end->isn, back);
}

static void shift_newest(lab_conn_t *conn, bool back)
{
    const lab_last_t *a = &conn->end[0].last, *b = &conn->end[1].last, *newest = a->frame > b->frame ? a : b;
    shift_time(&conn->last_time, newest->time, back);
    shift_time(&conn->data_time, newest->time, back);
    shift_frame(&conn->last_frame, newest->frame, back);
}

/* Counts times and frames from others, so that they become small; or back. */
static void shift(lab_conn_t *conn, const rest_t *base, bool back)
{
    if (!back)
        shift_newest(conn, back);
    shift_end(&conn->end[0], base, back);
    shift_end(&conn->end[1], base, back);
    if (back)
        shift_newest(conn, back);
    shift_time(&conn->first_time, base->time, back);
    for (unsigned i = 0; i < G_N_ELEMENTS(conn_frames); i++)
        shift_frame((uint32_t *)((char *)conn + conn_frames[i]), base->frame, back);
}

/* ---- words ---- */

/* A word is written in 0, 1, 2 or 4 bytes; two bits say which. All four bytes are written, and the next word
 * goes over those that are too many. */
static inline uint8_t *pack_word(uint8_t *out, uint32_t word, unsigned *lengths)
{
    unsigned length = (word != 0u) + (word > UINT8_MAX) + (word > UINT16_MAX);
    uint32_t low_first = GUINT32_TO_LE(word);
    memcpy(out, &low_first, sizeof low_first);
    *lengths = *lengths << 2 | length;
    return out + (0x4210u >> 4 * length & 7);
}

static uint8_t *pack_block(uint8_t *out, const uint64_t *pairs)
{
    unsigned lengths = 0;
    uint8_t *head = out;
    out += 2;
    for (unsigned i = 0; i < BLOCK; i++) {
        if (!pairs[i]) {
            lengths <<= 4;
            continue;
        }
        out = pack_word(out, (uint32_t)pairs[i], &lengths);
        out = pack_word(out, (uint32_t)(pairs[i] >> 32), &lengths);
    }
    head[0] = (uint8_t)lengths;
    head[1] = (uint8_t)(lengths >> 8);
    return out;
}

static inline const uint8_t *unpack_word(const uint8_t *in, unsigned length, uint32_t *word)
{
    unsigned bytes = 0x4210u >> 4 * length & 7;
    *word = 0;
    for (unsigned i = 0; i < bytes; i++)
        *word |= (uint32_t)in[i] << 8 * i;
    return in + bytes;
}

static const uint8_t *unpack_block(const uint8_t *in, uint64_t *pairs)
{
    unsigned lengths = in[0] | (unsigned)in[1] << 8;
    in += 2;
    for (unsigned i = 0; i < BLOCK; i++) {
        uint32_t low, high;
        in = unpack_word(in, lengths >> 14 & 3, &low);
        in = unpack_word(in, lengths >> 12 & 3, &high);
        lengths <<= 4;
        pairs[i] ^= (uint64_t)high << 32 | low;
    }
    return in;
}

/* Packs the difference between two images; returns how many bytes. */
static size_t pack(uint8_t *packed, const uint64_t *image, const uint64_t *model)
{
    uint8_t *out = packed + (BLOCKS + 7) / 8;
    memset(packed, 0, (BLOCKS + 7) / 8);
    for (unsigned block = 0; block < BLOCKS; block++, image += BLOCK, model += BLOCK) {
        const uint64_t pairs[BLOCK] = {image[0] ^ model[0], image[1] ^ model[1], image[2] ^ model[2],
                                       image[3] ^ model[3]};
        if (!(pairs[0] | pairs[1] | pairs[2] | pairs[3]))
            continue;
        packed[block / 8] |= (uint8_t)(1u << block % 8);
        out = pack_block(out, pairs);
    }
    return (size_t)(out - packed);
}

static void unpack(uint64_t *image, const uint8_t *packed)
{
    const uint8_t *in = packed + (BLOCKS + 7) / 8;
    for (unsigned block = 0; block < BLOCKS; block++)
        if (packed[block / 8] >> block % 8 & 1)
            in = unpack_block(in, image + block * BLOCK);
}

/* Connections of one kind have a model: those with as many segments that came as far. */
static uint8_t kind_of(const lab_conn_t *conn)
{
    unsigned kind = MIN(conn->end[0].sent_count, 7u) | MIN(conn->end[1].sent_count, 7u) << 3;
    return (uint8_t)((kind * 37u + conn->ended * 11u + (conn->newest != NULL) * 5u) % MODELS);
}

/* ---- to rest and back ---- */

static bool owns_memory(const lab_conn_t *conn)
{
    return conn->resets || conn->tls || conn->http2 || conn->end[0].direction || conn->end[1].direction;
}

static rest_t *to_rest(lab_engine_t *e, const lab_conn_t *conn)
{
    lab_rests_t *r = e->rests;
    rest_t head = {.time = conn->first_time, .frame = conn->first_frame, .model = kind_of(conn)};
    r->work.conn = *conn;
    r->work.conn.engine = NULL;
    r->work.conn.touched = 0;
    shift(&r->work.conn, &head, false);
    if (!r->models[head.model])
        r->models[head.model] = g_memdup2(&r->work, sizeof r->work);
    size_t size = pack(r->packed, r->work.pairs, r->models[head.model]->pairs);
    head.size = (uint16_t)size;
    head.owns = owns_memory(conn);
    rest_t *rest = lab_arena_take(e->arena, sizeof *rest + size);
    *rest = head;
    memcpy(rest->packed, r->packed, size);
    return rest;
}

static void from_rest(lab_engine_t *e, const rest_t *rest, image_t *image)
{
    *image = *e->rests->models[rest->model];
    unpack(image->pairs, rest->packed);
    shift(&image->conn, rest, true);
    image->conn.engine = e;
    image->conn.touched = e->tcp_frames;
}

bool lab_rest_owns(const void *rest)
{
    return ((const rest_t *)rest)->owns;
}

lab_conn_t *lab_rest_begin(lab_engine_t *e)
{
    image_t *image = lab_arena_take(e->arena, sizeof *image);
    memset(image, 0, sizeof *image);
    image->conn.touched = e->tcp_frames;
    g_ptr_array_add(e->rests->awake, &image->conn);
    return &image->conn;
}

lab_conn_t *lab_rest_wake(lab_engine_t *e, void *at)
{
    rest_t *rest = at;
    image_t *image = lab_arena_take(e->arena, sizeof *image);
    from_rest(e, rest, image);
    lab_arena_give(e->arena, rest, sizeof *rest + rest->size);
    g_ptr_array_add(e->rests->awake, &image->conn);
    e->rests->woken++;
    return &image->conn;
}

const lab_conn_t *lab_rest_peek(lab_engine_t *e, const void *rest)
{
    from_rest(e, rest, &e->rests->peeked);
    return &e->rests->peeked.conn;
}

/* Connections that are awake again soon had better not rested. */
static void learn_age(lab_rests_t *r)
{
    if (r->rested < 1024)
        return;
    if (r->woken * 8 > r->rested)
        r->age = MIN(r->age * 2 + 1, AGE_MOST);
    else
        r->age = MAX(r->age / 2, r->age_least);
    r->rested = r->woken = 0;
}

static void rest(lab_engine_t *e, guint place)
{
    lab_conn_t *conn = g_ptr_array_index(e->rests->awake, place);
    lab_store_rest(e, conn->number, to_rest(e, conn));
    g_ptr_array_remove_index_fast(e->rests->awake, place);
    lab_arena_give(e->arena, conn, sizeof(image_t));
    e->rests->rested++;
    learn_age(e->rests);
}

void lab_rest_some(lab_engine_t *e)
{
    lab_rests_t *r = e->rests;
    for (unsigned i = 0; i < TRIES && r->awake->len > r->awake_max; i++) {
        r->hand = r->hand < r->awake->len ? r->hand : 0;
        const lab_conn_t *conn = g_ptr_array_index(r->awake, r->hand);
        if (conn->pins || e->tcp_frames - conn->touched < r->age)
            r->hand++;
        else
            rest(e, r->hand);
    }
}

void lab_rest_drop(lab_engine_t *e, lab_conn_t *conn)
{
    g_ptr_array_remove_fast(e->rests->awake, conn);
    if (!conn->pins)
        lab_arena_give(e->arena, conn, sizeof(image_t));
}
