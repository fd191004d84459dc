/* segments.h - the frames of one connection in their order, name look-up included. */
#ifndef LAB_SEGMENTS_H
#define LAB_SEGMENTS_H

#include "report.h"

/* Relative numbers are those that Wireshark shows; -1 = not known, or no acknowledgment number. */
typedef struct {
    uint32_t frame;
    const lab_annotation_t *record;
    const char *type; /* DNS, HTTP, TLS or TCP */
    bool from_client;
    uint16_t client_port, server_port;
    int64_t seq, ack;
} lab_step_t;

/* Of lab_step_t. Free with g_array_unref. */
GArray *lab_connection_steps(const lab_engine_t *engine, const lab_conn_t *conn);

#endif
