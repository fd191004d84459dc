/* SPDX-License-Identifier: GPL-2.0-or-later */
/* segments.h - the frames of one connection in their order, name look-up included. */
#ifndef LAB_SEGMENTS_H
#define LAB_SEGMENTS_H

#include "lab.h"

/* A frame of a connection. Relative numbers are those that Wireshark shows. Of a number, -1 = not known, or
 * the frame has none: a name look-up has no TCP header, a segment without ACK no acknowledgment number. */
typedef struct {
    uint32_t frame;
    const lab_annotation_t *annotation;
    const char *type; /* DNS, HTTP, TLS or TCP */
    bool lookup;      /* DNS: of the name look-up that led to the connection */
    bool from_client;
    uint16_t client_port, server_port; /* of a look-up its own */
    uint8_t flags;                     /* LAB_TH_*, of a look-up 0 */
    int64_t seq, seq_raw, ack, ack_raw;
    int64_t length; /* payload bytes */
} lab_step_t;

/* Of lab_step_t. Free with g_array_unref. Frames of every stream number that the connection goes by.
 * It walks over all frames from the connection's first to its last: call it for a bounded number of
 * connections. */
GArray *lab_connection_steps(const lab_engine_t *engine, const lab_conn_t *conn);

#endif
