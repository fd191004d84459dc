/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link.c - the name look-up of a connection's server; see link.h. Its frames get annotations of phase
 * "resolve". */
#include "link.h"

#include "messages.h"

/* The frames of a look-up belong to the first connection that used its answer. */
static void label_lookup(lab_engine_t *e, uint32_t frame, const lab_conn_t *conn)
{
    lab_annotation_t *annotation = frame ? lab_annotation_slot(e, frame, true) : NULL;
    if (!annotation || annotation->phase != LAB_PHASE_NONE)
        return;
    annotation->phase = LAB_PHASE_RESOLVE;
    annotation->stream = conn->number;
    annotation->related = conn->first_frame;
}

static const lab_lookup_t *find(const lab_conn_t *conn, const char *host)
{
    return lab_dns_find(conn->engine->dns, &conn->end[conn->client].endpoint,
                        &conn->end[!conn->client].endpoint, host);
}

static void use_lookup(lab_conn_t *conn, const lab_lookup_t *lookup)
{
    conn->lookup = lookup;
    if (!lookup)
        return;
    label_lookup(conn->engine, lookup->query_frame, conn);
    label_lookup(conn->engine, lookup->answer_frame, conn);
}

void lab_lookup_link(lab_conn_t *conn)
{
    use_lookup(conn, find(conn, NULL));
}

static void unlabel_lookup(lab_engine_t *e, uint32_t frame, const lab_conn_t *conn)
{
    lab_annotation_t *annotation = frame ? lab_annotation_slot(e, frame, true) : NULL;
    if (annotation && annotation->phase == LAB_PHASE_RESOLVE && annotation->stream == conn->number)
        *annotation = (lab_annotation_t){0};
}

/* Several names may have the server's address. A look-up of another name does not tell where the client had
 * the address from. */
void lab_lookup_confirm(lab_conn_t *conn, const char *host)
{
    const lab_lookup_t *meant = find(conn, host);
    if (meant && meant->answer_frame > conn->first_frame)
        meant = NULL;
    if (!conn->lookup || meant == conn->lookup)
        return;
    unlabel_lookup(conn->engine, conn->lookup->query_frame, conn);
    unlabel_lookup(conn->engine, conn->lookup->answer_frame, conn);
    use_lookup(conn, meant);
}

const lab_lookup_t *lab_conn_lookup(const lab_conn_t *conn)
{
    return conn->lookup;
}

bool lab_conn_lookup_awaited(const lab_conn_t *conn)
{
    const lab_annotation_t *annotation =
        conn->lookup ? lab_engine_annotation(conn->engine, conn->lookup->answer_frame) : NULL;
    return annotation && annotation->stream == conn->number && annotation->phase == LAB_PHASE_RESOLVE;
}

void lab_engine_dns(lab_engine_t *e, const lab_datagram_t *datagram)
{
    lab_dns_message(e->dns, datagram);
}
