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

#define BLOCK  8u /* words */
#define WORDS  ((sizeof(lab_conn_t) + 31) / 32 * BLOCK)
#define BLOCKS (WORDS / BLOCK)
/* Of each block: which words are not zero, their lengths, the words; the last one is written whole. */
#define PACKED_MAX ((BLOCKS + 7) / 8 + BLOCKS * (1 + 2 + 4 * BLOCK) + 4)

typedef union {
    lab_conn_t conn;
    uint32_t words[WORDS];
} image_t;

typedef struct {
    int64_t time;   /* of the first segment, less one */
    uint32_t frame; /* of the first segment, less one */
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

/* ---- counted from the first segment ---- */

#define C(member) offsetof(lab_conn_t, member)
#define E(member) offsetof(lab_end_t, member)

/* What is not listed here is packed as it is. */
static const uint16_t conn_times[] = {C(first_time), C(last_time), C(data_time)};
static const uint16_t conn_frames[] = {C(first_frame),       C(last_frame),        C(close_end_frame),
                                       C(open_end_frame),    C(open_frames[1]),    C(open_frames[2]),
                                       C(open_frames[3]),    C(closing_frames[0]), C(closing_frames[1]),
                                       C(closing_frames[2]), C(closing_frames[3]), C(closing_frames[4])};
static const uint16_t end_times[] = {E(last.time), E(syn_time), E(fin_time), E(flight_since)};
static const uint16_t end_frames[] = {E(last.frame),  E(syn_frame),       E(syn_last_frame),
                                      E(fin_frame),   E(fin_last_frame),  E(fin_ack_frame),
                                      E(reset_frame), E(last_reset_frame)};

/* 0 means "none" and stays 0: the number that would become 0 takes the place of what 0 would become. */
static inline void shift_time(void *at, int64_t base, bool back)
{
    uint64_t value, by = (uint64_t)base;
    memcpy(&value, at, sizeof value);
    uint64_t zero = back ? 0 - by : by, moved = back ? value + by : value - by;
    value = !value ? 0 : value == zero ? (back ? by : 0 - by) : moved;
    memcpy(at, &value, sizeof value);
}

static inline void shift_frame(void *at, uint32_t base, bool back)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    uint32_t zero = back ? 0 - base : base, moved = back ? value + base : value - base;
    value = !value ? 0 : value == zero ? (back ? base : 0 - base) : moved;
    memcpy(at, &value, sizeof value);
}

static void shift_end(lab_end_t *end, const rest_t *base, bool back)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(end_times); i++)
        shift_time((char *)end + end_times[i], base->time, back);
    for (unsigned i = 0; i < G_N_ELEMENTS(end_frames); i++)
        shift_frame((char *)end + end_frames[i], base->frame, back);
    for (unsigned i = 0; i < MIN(end->sent_count, LAB_SENT_MAX); i++) {
        shift_time(&end->sent[i].time, base->time, back);
        shift_frame(&end->sent[i].frame, base->frame, back);
    }
}

static void shift(lab_conn_t *conn, const rest_t *base, bool back)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(conn_times); i++)
        shift_time((char *)conn + conn_times[i], base->time, back);
    for (unsigned i = 0; i < G_N_ELEMENTS(conn_frames); i++)
        shift_frame((char *)conn + conn_frames[i], base->frame, back);
    shift_end(&conn->end[0], base, back);
    shift_end(&conn->end[1], base, back);
}

/* ---- words ---- */

static uint8_t *pack_block(uint8_t *out, const uint32_t *words)
{
    unsigned mask = 0, lengths = 0, count = 0;
    for (unsigned i = 0; i < BLOCK; i++) {
        mask |= (words[i] != 0u) << i;
        count += words[i] != 0;
    }
    uint8_t *head = out;
    out += count > 4 ? 3 : 2;
    unsigned shift_by = 0;
    for (unsigned i = 0; i < BLOCK; i++) {
        if (!words[i])
            continue;
        unsigned more = (g_bit_storage(words[i]) - 1) / 8;
        uint32_t low_first = GUINT32_TO_LE(words[i]);
        memcpy(out, &low_first, sizeof low_first);
        out += more + 1;
        lengths |= more << shift_by;
        shift_by += 2;
    }
    head[0] = (uint8_t)mask;
    head[1] = (uint8_t)lengths;
    if (count > 4)
        head[2] = (uint8_t)(lengths >> 8);
    return out;
}

static const uint8_t *unpack_block(const uint8_t *in, uint32_t *words)
{
    unsigned mask = *in++, lengths = *in++, count = 0;
    for (unsigned i = 0; i < BLOCK; i++)
        count += mask >> i & 1;
    if (count > 4)
        lengths |= (unsigned)*in++ << 8;
    for (unsigned i = 0; i < BLOCK; i++) {
        if (!(mask >> i & 1))
            continue;
        uint32_t word = 0;
        for (unsigned byte = 0; byte <= (lengths & 3); byte++)
            word |= (uint32_t)*in++ << 8 * byte;
        words[i] ^= word;
        lengths >>= 2;
    }
    return in;
}

/* Packs the difference between two images; returns how many bytes. `work` is changed. */
static size_t pack(uint8_t *packed, uint32_t *work, const uint32_t *model)
{
    uint8_t *out = packed + (BLOCKS + 7) / 8;
    memset(packed, 0, (BLOCKS + 7) / 8);
    for (unsigned block = 0; block < BLOCKS; block++) {
        uint32_t any = 0, *words = work + block * BLOCK;
        for (unsigned i = 0; i < BLOCK; i++)
            any |= words[i] ^= model[block * BLOCK + i];
        if (!any)
            continue;
        packed[block / 8] |= (uint8_t)(1u << block % 8);
        out = pack_block(out, words);
    }
    return (size_t)(out - packed);
}

static void unpack(uint32_t *words, const uint8_t *packed)
{
    const uint8_t *in = packed + (BLOCKS + 7) / 8;
    for (unsigned block = 0; block < BLOCKS; block++)
        if (packed[block / 8] >> block % 8 & 1)
            in = unpack_block(in, words + block * BLOCK);
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
    return conn->resets || conn->keepalives || conn->tls || conn->http2 || conn->end[0].direction ||
           conn->end[1].direction;
}

static rest_t *to_rest(lab_engine_t *e, const lab_conn_t *conn)
{
    lab_rests_t *r = e->rests;
    rest_t head = {.time = conn->first_time - 1, .frame = conn->first_frame - 1, .model = kind_of(conn)};
    r->work.conn = *conn;
    r->work.conn.engine = NULL;
    r->work.conn.touched = 0;
    shift(&r->work.conn, &head, false);
    if (!r->models[head.model])
        r->models[head.model] = g_memdup2(&r->work, sizeof r->work);
    size_t size = pack(r->packed, r->work.words, r->models[head.model]->words);
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
    unpack(image->words, rest->packed);
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
