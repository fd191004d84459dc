/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conn.c - connections: made, freed, and the simple questions about them. */
#include "conn.h"

#include "rest.h"

static void end_init(lab_end_t *end, const lab_endpoint_t *endpoint)
{
    end->endpoint = *endpoint;
    end->ack = -1;
}

lab_conn_t *lab_conn_new(lab_engine_t *e, const lab_segment_t *seg)
{
    lab_conn_t *conn = lab_rest_begin(e);
    conn->engine = e;
    conn->number = seg->stream;
    conn->first_frame = seg->frame;
    conn->first_time = seg->time;
    conn->open_time = -1;
    conn->first_fin = -1;
    conn->quality = LAB_QUALITY_ONE_DIRECTION;
    end_init(&conn->end[0], &seg->src);
    end_init(&conn->end[1], &seg->dst);
    return conn;
}

void lab_conn_clear(lab_conn_t *conn)
{
    g_clear_pointer(&conn->resets, g_ptr_array_unref);
}

const lab_endpoint_t *lab_conn_endpoint(const lab_conn_t *conn, unsigned end)
{
    return &conn->end[end & 1].endpoint;
}

unsigned lab_conn_client(const lab_conn_t *conn)
{
    return conn->client;
}

uint32_t lab_conn_stream(const lab_conn_t *conn)
{
    return conn->number;
}

uint32_t lab_conn_first_frame(const lab_conn_t *conn)
{
    return conn->first_frame;
}

uint32_t lab_conn_last_frame(const lab_conn_t *conn)
{
    return conn->last_frame;
}

int64_t lab_conn_first_time(const lab_conn_t *conn)
{
    return conn->first_time;
}

int64_t lab_conn_last_time(const lab_conn_t *conn)
{
    return conn->last_time;
}

uint64_t lab_conn_bytes(const lab_conn_t *conn, unsigned end)
{
    return conn->end[end & 1].bytes;
}

uint32_t lab_conn_quality(const lab_conn_t *conn)
{
    /* an attempt that nobody answered has one direction on the wire too: no fault of the capture */
    bool answered = conn->end[0].ack >= 0;
    uint32_t quality = conn->quality | (conn->unseen ? LAB_QUALITY_MISSING : 0);
    return quality & ~(answered ? 0 : (uint32_t)LAB_QUALITY_ONE_DIRECTION);
}

bool lab_conn_isn(const lab_conn_t *conn, unsigned end, uint32_t *isn)
{
    *isn = conn->end[end & 1].isn;
    return conn->end[end & 1].isn_known;
}

const GPtrArray *lab_conn_resets(const lab_conn_t *conn)
{
    return conn->resets;
}

const lab_keepalive_list_t *lab_conn_keepalives(const lab_conn_t *conn)
{
    return conn->keepalives.len ? &conn->keepalives : NULL;
}
