/* lookup.c - the name look-up that led to a connection; its frames are labelled as that connection's. */
#include "engine.h"

/* The frames of a look-up belong to the first connection that used it. */
static void label_lookup(lab_engine_t *e, uint32_t frame, const lab_conn_t *conn)
{
    lab_record_t *record = frame ? lab_record_slot(e, frame, true) : NULL;
    if (!record || record->phase != LAB_PHASE_NONE)
        return;
    record->phase = LAB_PHASE_RESOLVE;
    record->stream = conn->number;
    record->related = conn->first_frame;
}

void lab_lookup_link(lab_engine_t *e, lab_conn_t *conn)
{
    conn->lookup = lab_dns_of_address(e->dns, &conn->end[!conn->client].endpoint);
    if (!conn->lookup)
        return;
    label_lookup(e, conn->lookup->query_frame, conn);
    label_lookup(e, conn->lookup->answer_frame, conn);
}

static void unlabel_lookup(lab_engine_t *e, uint32_t frame, const lab_conn_t *conn)
{
    lab_record_t *record = frame ? lab_record_slot(e, frame, true) : NULL;
    if (record && record->phase == LAB_PHASE_RESOLVE && record->stream == conn->number)
        *record = (lab_record_t){0};
}

void lab_engine_host(lab_conn_t *conn, const char *host)
{
    lab_engine_t *e = conn->engine;
    const lab_lookup_t *better = lab_dns_of_host(e->dns, &conn->end[!conn->client].endpoint, host);
    if (!conn->lookup || !better || better == conn->lookup || better->answer_frame > conn->first_frame)
        return;
    unlabel_lookup(e, conn->lookup->query_frame, conn);
    unlabel_lookup(e, conn->lookup->answer_frame, conn);
    conn->lookup = better;
    label_lookup(e, better->query_frame, conn);
    label_lookup(e, better->answer_frame, conn);
}

bool lab_conn_lookup_awaited(const lab_conn_t *conn)
{
    const lab_record_t *record =
        conn->lookup ? lab_engine_record(conn->engine, conn->lookup->answer_frame) : NULL;
    return record && record->stream == conn->number && record->phase == LAB_PHASE_RESOLVE;
}

void lab_engine_dns(lab_engine_t *e, const lab_datagram_t *datagram)
{
    lab_dns_message(e->dns, datagram);
}
