/* records.c - what is known of each frame: its annotation, its details, what was found on it. */
#include "store.h"

/* Records lie in flat chunks indexed by frame number: cheaper than any map for numbers without gaps. */
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
        *annotation = (lab_annotation_t){0}; /* what was learnt of a frame after it was forgotten */
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
    lab_annotation_t *annotation = frame ? lab_annotation_slot(e, frame, false) : NULL;
    if (!annotation || !(annotation->marks & LAB_MARK_MORE))
        return annotation;
    GPtrArray *list = g_hash_table_lookup(e->more, GUINT_TO_POINTER(frame));
    for (guint i = list->len; i-- > 0;) { /* the newest: a frame may hold two segments of one connection */
        lab_annotation_t *more = g_ptr_array_index(list, i);
        if (lab_engine_conn(e, more->stream) == lab_engine_conn(e, stream)) /* it may go by two numbers */
            return more;
    }
    return annotation;
}

lab_detail_t *lab_detail_of(lab_engine_t *e, uint32_t frame, uint32_t stream)
{
    lab_annotation_t *annotation = lab_annotation_of(e, frame, stream);
    if (!annotation)
        return &e->nowhere;
    if (!annotation->detail) {
        g_ptr_array_add(e->details, lab_arena_zeroed(e->arena, sizeof(lab_detail_t)));
        annotation->detail = e->details->len;
    }
    return g_ptr_array_index(e->details, annotation->detail - 1);
}

void lab_anomaly_add(lab_engine_t *e, uint32_t frame, uint32_t stream, lab_anomaly_t anomaly)
{
    lab_detail_t *detail = lab_detail_of(e, frame, stream);
    if (detail->anomalies & LAB_ANOMALY_BIT(anomaly))
        return;
    detail->anomalies |= LAB_ANOMALY_BIT(anomaly);
    lab_finding_t finding = {frame, stream, (uint8_t)anomaly};
    g_array_append_val(e->findings, finding);
}

void lab_anomaly_remove(lab_engine_t *e, uint32_t frame, uint32_t stream, lab_anomaly_t anomaly)
{
    lab_detail_t *detail = lab_detail_of(e, frame, stream);
    if (!(detail->anomalies & LAB_ANOMALY_BIT(anomaly)))
        return;
    detail->anomalies &= ~LAB_ANOMALY_BIT(anomaly);
    for (guint i = e->findings->len; i-- > 0;) {
        const lab_finding_t *finding = &g_array_index(e->findings, lab_finding_t, i);
        if (finding->frame == frame && finding->stream == stream && finding->anomaly == anomaly) {
            g_array_remove_index(e->findings, i);
            return;
        }
    }
}

void lab_findings_move(lab_engine_t *e, const lab_conn_t *from, uint32_t to)
{
    for (guint i = e->findings->len; i-- > 0;) {
        lab_finding_t *finding = &g_array_index(e->findings, lab_finding_t, i);
        if (finding->frame < from->first_frame)
            return;
        if (finding->stream == from->number)
            finding->stream = to;
    }
}

void lab_engine_forget(lab_engine_t *e, uint32_t frame)
{
    lab_annotation_t *annotation = lab_annotation_slot(e, frame, false);
    if (!annotation || annotation->phase == LAB_PHASE_NONE)
        return;
    *annotation = (lab_annotation_t){0};
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
