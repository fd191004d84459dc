/* records.c - what is known of each frame: its record, its details, what was found on it. */
#include "engine.h"

/* Records lie in flat chunks indexed by frame number: cheaper than any map for numbers without gaps. */
#define CHUNK_BITS 12
#define CHUNK_SIZE (1u << CHUNK_BITS)

lab_record_t *lab_record_slot(lab_engine_t *e, uint32_t frame, bool create)
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
        g_ptr_array_index(e->chunks, chunk) = g_new0(lab_record_t, CHUNK_SIZE);
    }
    return (lab_record_t *)g_ptr_array_index(e->chunks, chunk) + (frame & (CHUNK_SIZE - 1));
}

lab_record_t *lab_record_new(lab_engine_t *e, uint32_t frame)
{
    lab_record_t *record = lab_record_slot(e, frame, true);
    if (record->phase == LAB_PHASE_NONE) {
        *record = (lab_record_t){0}; /* what was learnt of a frame after it was forgotten */
        return record;
    }
    record->marks |= LAB_MARK_MORE;
    GPtrArray *list = g_hash_table_lookup(e->more, GUINT_TO_POINTER(frame));
    if (!list) {
        list = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(e->more, GUINT_TO_POINTER(frame), list);
    }
    record = g_new0(lab_record_t, 1);
    g_ptr_array_add(list, record);
    return record;
}

lab_record_t *lab_record_of(lab_engine_t *e, uint32_t frame, uint32_t stream)
{
    lab_record_t *record = frame ? lab_record_slot(e, frame, false) : NULL;
    if (!record || !(record->marks & LAB_MARK_MORE))
        return record;
    GPtrArray *list = g_hash_table_lookup(e->more, GUINT_TO_POINTER(frame));
    for (guint i = list->len; i-- > 0;) { /* the newest: a frame may hold two segments of one connection */
        lab_record_t *more = g_ptr_array_index(list, i);
        if (lab_engine_conn(e, more->stream) == lab_engine_conn(e, stream)) /* it may go by two numbers */
            return more;
    }
    return record;
}

lab_detail_t *lab_detail_of(lab_engine_t *e, uint32_t frame, uint32_t stream)
{
    lab_record_t *record = lab_record_of(e, frame, stream);
    if (!record)
        return &e->nowhere;
    if (!record->detail) {
        g_ptr_array_add(e->details, lab_arena_zeroed(e->arena, sizeof(lab_detail_t)));
        record->detail = e->details->len;
    }
    return g_ptr_array_index(e->details, record->detail - 1);
}

void lab_find_anomaly(lab_engine_t *e, uint32_t frame, uint32_t stream, lab_anomaly_t anomaly)
{
    lab_detail_t *detail = lab_detail_of(e, frame, stream);
    if (detail->anomalies & LAB_ANOMALY_BIT(anomaly))
        return;
    detail->anomalies |= LAB_ANOMALY_BIT(anomaly);
    lab_finding_t finding = {frame, stream, (uint8_t)anomaly};
    g_array_append_val(e->findings, finding);
}

void lab_lose_anomaly(lab_engine_t *e, uint32_t frame, uint32_t stream, lab_anomaly_t anomaly)
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
    lab_record_t *record = lab_record_slot(e, frame, false);
    if (!record || record->phase == LAB_PHASE_NONE)
        return;
    *record = (lab_record_t){0};
    g_hash_table_remove(e->more, GUINT_TO_POINTER(frame));
}

const lab_record_t *lab_engine_record(const lab_engine_t *e, uint32_t frame)
{
    const lab_record_t *record = lab_record_slot((lab_engine_t *)e, frame, false);
    return record && record->phase != LAB_PHASE_NONE ? record : NULL;
}

const lab_record_t *lab_engine_more(const lab_engine_t *e, uint32_t frame, unsigned n)
{
    const GPtrArray *list = g_hash_table_lookup(e->more, GUINT_TO_POINTER(frame));
    return list && n < list->len ? g_ptr_array_index(list, n) : NULL;
}

const lab_detail_t *lab_engine_detail(const lab_engine_t *e, const lab_record_t *record)
{
    return record->detail ? g_ptr_array_index(e->details, record->detail - 1) : NULL;
}
