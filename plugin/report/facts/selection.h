/* SPDX-License-Identifier: GPL-2.0-or-later */
/* selection.h - a report over a part of a capture: which connections, exchanges, page loads and anomalies are
 * in.
 *
 *   for (uint32_t i = 0; (conn = lab_report_next_connection(report, &i));)
 *       ... each connection that is in, in the order of the streams
 *
 * What is in is told whole: of a connection or exchange one frame is enough.
 */
#ifndef LAB_SELECTION_H
#define LAB_SELECTION_H

#include "capture.h"

/* What is asked for. A connection is in if it is right in every respect. */
typedef struct {
    const char *server; /* "HOST" or "HOST:PORT": address, Host name or name in the TLS hello; NULL = any */
    uint32_t page;      /* from 1; 0 = any */
    int64_t connection; /* tcp.stream; -1 = any */
    const GArray
        *frames; /* of uint8_t, the value at a frame's number is not 0 if it passes; NULL = all pass */
} lab_wanted_t;

/* Goes once through the frames, exchanges and connections. `engine` may be NULL: nothing is in. Free with
 * lab_selection_free(). */
lab_selection_t *lab_selection_new(const lab_engine_t *engine, const lab_wanted_t *wanted);
/* NULL is allowed. */
void lab_selection_free(lab_selection_t *selection);

/* Whether it is in; everything is, in a report without a selection. */
bool lab_report_has_connection(const lab_report_t *report, const lab_conn_t *conn);
bool lab_report_has_exchange(const lab_report_t *report, const lab_exchange_t *exchange);
/* One of its exchanges is in. */
bool lab_report_has_page(const lab_report_t *report, const lab_page_t *page);
/* Its connection is in. */
bool lab_report_has_finding(const lab_report_t *report, const lab_finding_t *finding);

/* The next that is in, from place *next (0 at first), which moves on; NULL = there is no more. */
const lab_conn_t *lab_report_next_connection(const lab_report_t *report, uint32_t *next);
const lab_exchange_t *lab_report_next_exchange(const lab_report_t *report, uint32_t *next);
/* Page loads that have an exchange. */
const lab_page_t *lab_report_next_page(const lab_report_t *report, uint32_t *next);
const lab_finding_t *lab_report_next_finding(const lab_report_t *report, uint32_t *next);

#endif
