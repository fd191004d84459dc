/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connection_facts.h - what a connection is at a glance: its kind, its server's name, whether it went wrong.
 */
#ifndef LAB_CONNECTION_FACTS_H
#define LAB_CONNECTION_FACTS_H

#include "capture.h"

/* The first that fits. */
typedef enum {
    LAB_CONN_HTTP,       /* with exchanges that can be read, inside TLS too */
    LAB_CONN_UNANSWERED, /* its SYN was never answered */
    LAB_CONN_REFUSED,
    LAB_CONN_NOT_OPENED, /* for another reason */
    LAB_CONN_TLS,        /* without */
    LAB_CONN_RST_ONLY,   /* nothing of it was captured but RSTs */
    LAB_CONN_NO_DATA,
    LAB_CONN_OTHER,
    LAB_CONN_KINDS
} lab_conn_kind_t;
extern const lab_token_t lab_conn_kinds[LAB_CONN_KINDS];

lab_conn_kind_t lab_report_kind(const lab_conn_t *conn);

/* The name of the server: the one that was looked up, else that of the TLS hello, else the Host of the first
 * request, without a port; NULL = not known. To be freed by the caller. */
char *lab_report_server_name(const lab_conn_t *conn);
/* What it carries: "HTTP", "TLS h2", ...; a constant or the connection's. NULL = nothing, or not known. */
const char *lab_report_inside(const lab_conn_t *conn);

/* What is known of each connection after one walk over frames and anomalies. Clear with
 * lab_overview_clear(). */
typedef struct {
    uint32_t streams;
    uint64_t *anomalies;      /* by stream: set of LAB_ANOMALY_BIT */
    uint32_t *anomaly_counts; /* by stream */
    uint8_t *client_data;     /* by stream, not 0: its client sent application data inside TLS */
} lab_overview_t;
lab_overview_t lab_overview(const lab_report_t *report);
void lab_overview_clear(lab_overview_t *overview);

/* Whether it did not open, lost bytes, or did what TCP does not allow. */
bool lab_report_went_wrong(const lab_overview_t *overview, const lab_conn_t *conn);
/* Whether the client opened it and sent nothing on it, or nothing after the TLS handshake: browsers keep such
 * connections ready. */
bool lab_report_is_spare(const lab_overview_t *overview, const lab_conn_t *conn);

/* How much of the capture is in the report, and what is not. */
typedef struct {
    uint32_t connections, all_connections;
    uint32_t left_out[LAB_CONN_KINDS]; /* connections */
    uint32_t quic, dns; /* frames of other protocols, name look-ups of these connections apart */
} lab_left_out_t;
lab_left_out_t lab_report_left_out(const lab_report_t *report);

/* Frames with this protocol, by its short name. */
uint32_t lab_report_protocol(const lab_report_t *report, const char *name);

#endif
