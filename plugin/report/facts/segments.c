/* SPDX-License-Identifier: GPL-2.0-or-later */
/* segments.c - see segments.h. */
#include "segments.h"

#include "work.h"

static bool is_lookup(const lab_annotation_t *a)
{
    return a->phase == LAB_PHASE_RESOLVE;
}

static const char *type_of(const lab_annotation_t *a)
{
    const uint32_t http = LAB_ROLE_BIT(LAB_ROLE_REQUEST) | LAB_ROLE_BIT(LAB_ROLE_RESPONSE);
    if (is_lookup(a))
        return "DNS";
    if (a->roles & http)
        return "HTTP";
    return (a->marks & LAB_MARK_TLS) && a->length ? "TLS" : "TCP";
}

static int64_t relative(const lab_conn_t *conn, unsigned end, uint32_t raw)
{
    uint32_t isn;
    return lab_conn_isn(conn, end, &isn) ? (int64_t)(uint32_t)(raw - isn) : -1;
}

static lab_step_t step_of(uint32_t frame, const lab_annotation_t *a)
{
    return (lab_step_t){.frame = frame,
                        .annotation = a,
                        .type = type_of(a),
                        .seq = -1,
                        .seq_raw = -1,
                        .ack = -1,
                        .ack_raw = -1,
                        .length = -1};
}

static void add_segment(GArray *steps, const lab_conn_t *conn, uint32_t frame, const lab_annotation_t *a)
{
    unsigned client = lab_conn_client(conn);
    lab_step_t step = step_of(frame, a);
    step.from_client = a->sender == client;
    step.client_port = lab_conn_endpoint(conn, client)->port;
    step.server_port = lab_conn_endpoint(conn, !client)->port;
    step.flags = a->flags;
    step.length = a->length;
    step.seq = relative(conn, a->sender, a->seq);
    step.seq_raw = a->seq;
    if (a->flags & LAB_TH_ACK) {
        step.ack = relative(conn, !a->sender, a->ack);
        step.ack_raw = a->ack;
    }
    g_array_append_val(steps, step);
}

/* A frame may hold several TCP segments (a tunnel): those of this connection. */
static void add_frame(GArray *steps, const lab_engine_t *engine, const lab_conn_t *conn, uint32_t frame)
{
    const lab_annotation_t *a = lab_engine_annotation(engine, frame);
    for (unsigned n = 0; a; a = lab_engine_more(engine, frame, n++)) {
        if (a->phase != LAB_PHASE_NONE && !is_lookup(a) && lab_engine_conn_of(engine, a) == conn)
            add_segment(steps, conn, frame, a);
    }
}

static void add_lookup(GArray *steps, const lab_engine_t *engine, const lab_lookup_t *lookup, uint32_t frame)
{
    const lab_annotation_t *a = frame ? lab_engine_annotation(engine, frame) : NULL;
    if (!a || !is_lookup(a))
        return;
    lab_step_t step = step_of(frame, a);
    step.lookup = true;
    step.from_client = lookup->query_frame == frame;
    step.client_port = lookup->client.port;
    step.server_port = lookup->resolver_port;
    g_array_append_val(steps, step);
}

GArray *lab_connection_steps(const lab_engine_t *engine, const lab_conn_t *conn)
{
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(lab_step_t));
    const lab_lookup_t *lookup = lab_conn_lookup(conn);
    if (lookup) {
        add_lookup(steps, engine, lookup, lookup->query_frame);
        add_lookup(steps, engine, lookup, lookup->answer_frame);
    }
    for (uint32_t frame = lab_conn_first_frame(conn); frame <= lab_conn_last_frame(conn); frame++) {
        lab_work();
        add_frame(steps, engine, conn, frame);
    }
    return steps;
}
