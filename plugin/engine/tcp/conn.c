/* conn.c - the simple questions about a connection. */
#include "conn.h"
#include "tls.h"

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

lab_tls_kind_t lab_conn_tls_kind(const lab_conn_t *conn)
{
    return conn->tls ? lab_tls_kind(conn->tls) : LAB_TLS_NONE;
}

lab_decrypted_kind_t lab_conn_decrypted(const lab_conn_t *conn)
{
    return (lab_decrypted_kind_t)conn->inside;
}

bool lab_conn_unread(const lab_conn_t *conn, unsigned end)
{
    return lab_exchange_unreadable(conn, end);
}

int64_t lab_conn_tls_time(const lab_conn_t *conn)
{
    return conn->tls ? lab_tls_time(conn->tls) : -1;
}

const lab_lookup_t *lab_conn_lookup(const lab_conn_t *conn)
{
    return conn->lookup;
}

const GPtrArray *lab_conn_resets(const lab_conn_t *conn)
{
    return conn->resets;
}

const GArray *lab_conn_keepalives(const lab_conn_t *conn)
{
    return conn->keepalives;
}

const GArray *lab_conn_exchanges(const lab_conn_t *conn)
{
    return conn->exchanges;
}
