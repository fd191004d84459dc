/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.c - table of connections and list of exchanges; see store.h. */
#include "store.h"

#include "events.h"

lab_engine_t *lab_store_new(void)
{
    lab_engine_t *e = g_new0(lab_engine_t, 1);
    e->chunks = g_ptr_array_new_with_free_func(g_free);
    e->more = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    e->details = g_ptr_array_new();
    e->conns = g_array_new(FALSE, TRUE, sizeof(lab_store_row_t));
    e->exchanges = g_ptr_array_new();
    e->findings = g_array_new(FALSE, FALSE, sizeof(lab_finding_t));
    e->http_log = g_array_new(FALSE, FALSE, sizeof(lab_http_event_t));
    e->arena = lab_arena_new();
    e->strings = lab_strings_new(e->arena);
    e->scratch = g_string_sized_new(4096);
    return e;
}

void lab_store_free(lab_engine_t *e)
{
    g_array_unref(e->conns);
    g_ptr_array_unref(e->details);
    g_hash_table_unref(e->more);
    g_ptr_array_unref(e->chunks);
    g_ptr_array_unref(e->exchanges);
    g_array_unref(e->findings);
    g_array_unref(e->http_log);
    g_string_free(e->scratch, TRUE);
    lab_strings_free(e->strings);
    lab_arena_free(e->arena);
    g_free(e);
}

lab_store_row_t *lab_store_row(lab_engine_t *e, uint32_t stream)
{
    if (stream >= e->conns->len)
        g_array_set_size(e->conns, stream + 1);
    return &g_array_index(e->conns, lab_store_row_t, stream);
}

static const lab_store_row_t *row_at(const lab_engine_t *e, uint32_t stream)
{
    return stream < e->conns->len ? &g_array_index(e->conns, lab_store_row_t, stream) : NULL;
}

uint32_t lab_store_resolve(const lab_engine_t *e, uint32_t stream)
{
    for (const lab_store_row_t *row = row_at(e, stream); row && row->redirect; row = row_at(e, stream))
        stream = row->redirect - 1;
    return stream;
}

void lab_store_redirect(lab_engine_t *e, uint32_t stream, uint32_t target)
{
    target = lab_store_resolve(e, target);
    if (target != stream)
        lab_store_row(e, stream)->redirect = target + 1;
}

#define RESTS ((uintptr_t)1)

static void *rest_of(const lab_store_row_t *row)
{
    return row->at & RESTS ? (void *)(row->at - RESTS) : NULL;
}

static lab_conn_t *conn_of(const lab_engine_t *e, const lab_store_row_t *row)
{
    if (row->at &
        RESTS) /* a row is the engine's own: who asks for the connection may get a constant engine */
        ((lab_store_row_t *)row)->at = (uintptr_t)e->wake((lab_engine_t *)e, rest_of(row));
    return (lab_conn_t *)row->at;
}

lab_conn_t *lab_store_own(lab_engine_t *e, uint32_t stream)
{
    const lab_store_row_t *row = row_at(e, stream);
    return row ? conn_of(e, row) : NULL;
}

lab_conn_t *lab_store_conn(lab_engine_t *e, uint32_t stream)
{
    return lab_store_own(e, lab_store_resolve(e, stream));
}

const lab_conn_t *lab_store_peek(lab_engine_t *e, uint32_t stream)
{
    const lab_store_row_t *row = row_at(e, lab_store_resolve(e, stream));
    const void *rest = row ? rest_of(row) : NULL;
    return rest ? e->peek(e, rest) : row ? (const lab_conn_t *)row->at : NULL;
}

void lab_store_rest(lab_engine_t *e, uint32_t stream, void *rest)
{
    lab_store_row(e, stream)->at = (uintptr_t)rest | RESTS;
}

void *lab_store_resting(const lab_engine_t *e, uint32_t stream)
{
    const lab_store_row_t *row = row_at(e, stream);
    return row ? rest_of(row) : NULL;
}

uint32_t lab_engine_streams(const lab_engine_t *e)
{
    return e->conns->len;
}

const lab_conn_t *lab_engine_conn(const lab_engine_t *e, uint32_t stream)
{
    return lab_store_conn((lab_engine_t *)e, stream);
}

const lab_conn_t *lab_engine_conn_at(const lab_engine_t *e, uint32_t stream)
{
    const lab_store_row_t *row = row_at(e, stream);
    return row && !row->redirect ? conn_of(e, row) : NULL;
}

const lab_conn_t *lab_engine_conn_of(const lab_engine_t *e, const lab_annotation_t *annotation)
{
    const lab_detail_t *detail = lab_engine_detail(e, annotation);
    bool elsewhere = detail && detail->connection;
    return lab_engine_conn(e, elsewhere ? detail->connection - 1 : annotation->stream);
}

uint32_t lab_engine_exchanges(const lab_engine_t *e)
{
    return e->exchanges->len;
}

const lab_exchange_t *lab_engine_exchange(const lab_engine_t *e, uint32_t number)
{
    return number >= 1 && number <= e->exchanges->len ? g_ptr_array_index(e->exchanges, number - 1) : NULL;
}

uint32_t lab_engine_tcp_frames(const lab_engine_t *e)
{
    return e->tcp_frames;
}

void lab_engine_frame_cut(lab_engine_t *e)
{
    e->quality |= LAB_QUALITY_CUT;
}
