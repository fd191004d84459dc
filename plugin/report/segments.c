/* segments.c - see segments.h. */
#include "segments.h"

static bool is_lookup(const lab_annotation_t *r)
{
    return r->phase == LAB_PHASE_RESOLVE;
}

static const char *type_of(const lab_annotation_t *r)
{
    const uint32_t http = LAB_ROLE_BIT(LAB_ROLE_REQUEST) | LAB_ROLE_BIT(LAB_ROLE_RESPONSE);
    if (is_lookup(r))
        return "DNS";
    if (r->roles & http)
        return "HTTP";
    return (r->marks & LAB_MARK_TLS) && r->length ? "TLS" : "TCP";
}

static int64_t relative(const lab_conn_t *conn, unsigned end, uint32_t raw)
{
    uint32_t isn;
    return lab_conn_isn(conn, end, &isn) ? (int64_t)(uint32_t)(raw - isn) : -1;
}

static void add(GArray *steps, const lab_conn_t *conn, uint32_t frame, const lab_annotation_t *r)
{
    const lab_lookup_t *lookup = lab_conn_lookup(conn);
    lab_step_t step = {.frame = frame, .record = r, .type = type_of(r), .seq = -1, .ack = -1};
    if (is_lookup(r)) {
        step.from_client = lookup->query_frame == frame;
        step.client_port = lookup->client.port;
        step.server_port = lookup->resolver_port;
    } else {
        step.client_port = lab_conn_endpoint(conn, lab_conn_client(conn))->port;
        step.server_port = lab_conn_endpoint(conn, !lab_conn_client(conn))->port;
        step.from_client = r->sender == lab_conn_client(conn);
        step.seq = relative(conn, r->sender, r->seq);
        if (r->flags & LAB_TH_ACK)
            step.ack = relative(conn, !r->sender, r->ack);
    }
    g_array_append_val(steps, step);
}

static void add_layers(GArray *steps, const lab_engine_t *engine, const lab_conn_t *conn, uint32_t frame)
{
    const lab_annotation_t *r = lab_engine_annotation(engine, frame);
    for (unsigned n = 0; r; r = lab_engine_more(engine, frame, n++)) {
        if (r->stream == lab_conn_stream(conn) && !is_lookup(r))
            add(steps, conn, frame, r);
    }
}

static void add_lookup(GArray *steps, const lab_engine_t *engine, const lab_conn_t *conn, uint32_t frame)
{
    const lab_annotation_t *r = frame ? lab_engine_annotation(engine, frame) : NULL;
    if (r && is_lookup(r))
        add(steps, conn, frame, r);
}

GArray *lab_connection_steps(const lab_engine_t *engine, const lab_conn_t *conn)
{
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(lab_step_t));
    const lab_lookup_t *lookup = lab_conn_lookup(conn);
    if (lookup) {
        add_lookup(steps, engine, conn, lookup->query_frame);
        add_lookup(steps, engine, conn, lookup->answer_frame);
    }
    for (uint32_t frame = lab_conn_first_frame(conn); frame <= lab_conn_last_frame(conn); frame++)
        add_layers(steps, engine, conn, frame);
    return steps;
}
