/* SPDX-License-Identifier: GPL-2.0-or-later */
/* annotations.c - annotation and details of each frame; see store.h. */
#include "store.h"

/* Annotations are stored in arrays of CHUNK_SIZE, indexed by frame number. Frame numbers have few gaps, so an
 * array is cheaper than a map. */
#define CHUNK_BITS 12
#define CHUNK_SIZE (1u << CHUNK_BITS)

lab_annotation_t *lab_annotation_slot(lab_engine_t *e, uint32_t frame, bool create)
{
    guint chunk = frame >> CHUNK_BITS;
    if (chunk >= e->chunks->len) {
        if (!create)
            return NULL;
        g_ptr_array_set_size(e->chunks, (gint)chunk + 1);
    }
    if (!g_ptr_array_index(e->chunks, chunk)) {
        if (!create)
            return NULL;
        g_ptr_array_index(e->chunks, chunk) = g_new0(lab_annotation_t, CHUNK_SIZE);
    }
    return (lab_annotation_t *)g_ptr_array_index(e->chunks, chunk) + (frame & (CHUNK_SIZE - 1));
}

lab_annotation_t *lab_annotation_new(lab_engine_t *e, uint32_t frame)
{
    lab_annotation_t *annotation = lab_annotation_slot(e, frame, true);
    if (annotation->phase == LAB_PHASE_NONE) {
        *annotation = (lab_annotation_t){0}; /* removes marks that were set after the frame was forgotten */
        return annotation;
    }
    annotation->marks |= LAB_MARK_MORE;
    GPtrArray *list = g_hash_table_lookup(e->more, GUINT_TO_POINTER(frame));
    if (!list) {
        list = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(e->more, GUINT_TO_POINTER(frame), list);
    }
    annotation = g_new0(lab_annotation_t, 1);
    g_ptr_array_add(list, annotation);
    return annotation;
}

lab_annotation_t *lab_annotation_of(lab_engine_t *e, uint32_t frame, uint32_t stream)
{
    if (frame == e->now.frame && stream == e->now.stream && frame)
        return e->now.annotation;
    lab_annotation_t *annotation = frame ? lab_annotation_slot(e, frame, false) : NULL;
    if (!annotation || !(annotation->marks & LAB_MARK_MORE))
        return annotation;
    GPtrArray *list = g_hash_table_lookup(e->more, GUINT_TO_POINTER(frame));
    for (guint i = list->len; i-- > 0;) { /* newest first: a frame may hold two segments of one connection */
        lab_annotation_t *more = g_ptr_array_index(list, i);
        if (lab_store_resolve(e, more->stream) == lab_store_resolve(e, stream))
            return more;
    }
    return annotation;
}

lab_detail_t *lab_detail_new(lab_engine_t *e, lab_annotation_t *annotation)
{
    if (!annotation->detail) {
        g_ptr_array_add(e->details, lab_arena_zeroed(e->arena, sizeof(lab_detail_t)));
        annotation->detail = e->details->len;
    }
    return g_ptr_array_index(e->details, annotation->detail - 1);
}

lab_detail_t *lab_detail_of(lab_engine_t *e, uint32_t frame, uint32_t stream)
{
    lab_annotation_t *annotation = lab_annotation_of(e, frame, stream);
    return annotation ? lab_detail_new(e, annotation) : &e->nowhere;
}

const lab_detail_t *lab_detail_seen(lab_engine_t *e, uint32_t frame, uint32_t stream)
{
    static const lab_detail_t none;
    const lab_annotation_t *annotation = lab_annotation_of(e, frame, stream);
    const lab_detail_t *detail = annotation ? lab_engine_detail(e, annotation) : NULL;
    return detail ? detail : &none;
}

void lab_annotation_turn(lab_annotation_t *annotation)
{
    uint8_t state = annotation->state[0];
    annotation->sender ^= 1;
    annotation->state[0] = annotation->state[1];
    annotation->state[1] = state;
}

void lab_engine_forget(lab_engine_t *e, uint32_t frame)
{
    lab_annotation_t *annotation = lab_annotation_slot(e, frame, false);
    if (!annotation || annotation->phase == LAB_PHASE_NONE)
        return;
    *annotation = (lab_annotation_t){0};
    e->now.frame = 0;
    g_hash_table_remove(e->more, GUINT_TO_POINTER(frame));
}

const lab_annotation_t *lab_engine_annotation(const lab_engine_t *e, uint32_t frame)
{
    const lab_annotation_t *annotation = lab_annotation_slot((lab_engine_t *)e, frame, false);
    return annotation && annotation->phase != LAB_PHASE_NONE ? annotation : NULL;
}

const lab_annotation_t *lab_engine_more(const lab_engine_t *e, uint32_t frame, unsigned n)
{
    const GPtrArray *list = g_hash_table_lookup(e->more, GUINT_TO_POINTER(frame));
    return list && n < list->len ? g_ptr_array_index(list, n) : NULL;
}

const lab_detail_t *lab_engine_detail(const lab_engine_t *e, const lab_annotation_t *annotation)
{
    return annotation->detail ? g_ptr_array_index(e->details, annotation->detail - 1) : NULL;
}

uint32_t lab_annotation_exchange_last(const lab_engine_t *e, const lab_annotation_t *annotation)
{
    return annotation->several ? lab_engine_detail(e, annotation)->exchange_last : annotation->exchange;
}

void lab_annotation_exchanges(lab_engine_t *e, lab_annotation_t *annotation, uint32_t first, uint32_t last)
{
    annotation->exchange = first;
    annotation->several = first != last;
    if (first != last)
        lab_detail_new(e, annotation)->exchange_last = last;
}

void lab_annotation_join(lab_engine_t *e, lab_annotation_t *annotation, uint32_t number)
{
    uint32_t first = annotation->exchange, last = lab_annotation_exchange_last(e, annotation);
    lab_annotation_exchanges(e, annotation, first ? MIN(first, number) : number, MAX(last, number));
}
