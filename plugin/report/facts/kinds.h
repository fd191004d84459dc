/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kinds.h - which kinds of messages a capture holds, and which servers were talked to from which ports. */
#ifndef LAB_KINDS_H
#define LAB_KINDS_H

#include "capture.h"

/* A kind of HTTP message and how many of it there are. */
typedef struct {
    const char *method; /* of requests, else NULL */
    uint16_t status;    /* of responses, else 0 */
    uint32_t count;
} lab_kind_t;

/* Of lab_kind_t, the most frequent first; 1xx responses count too. Free with g_array_unref. */
GArray *lab_kinds_of_requests(const lab_report_t *report);
GArray *lab_kinds_of_responses(const lab_report_t *report);

/* A server: an address and port, and what went to it. */
typedef struct {
    const lab_endpoint_t *endpoint; /* owned by the engine */
    uint32_t connections, exchanges, anomalies;
    uint64_t bytes;       /* payload, both directions */
    GPtrArray *names;     /* of char *, each once, in the order of the connections */
    GPtrArray *protocols; /* of const char *: what its connections carry, each once */
    GArray *client_ports; /* of uint16_t, each once, in the order of the connections */
} lab_server_t;

/* Of lab_server_t *, in the order of their first connections. Free with g_ptr_array_unref. */
GPtrArray *lab_servers(const lab_report_t *report);

#endif
