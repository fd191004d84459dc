/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_parts.h - the parts of the JSON report that have a file of their own. */
#ifndef LAB_JSON_PARTS_H
#define LAB_JSON_PARTS_H

#include "capture.h"
#include "json_write.h"

/* The member connections. */
void lab_json_connections(json_dumper *j, const lab_report_t *report);
/* The member exchanges. */
void lab_json_exchanges(json_dumper *j, const lab_report_t *report);
/* An element of the lists of anomalies. Of a connection's list the stream is known already. */
void lab_json_anomaly(json_dumper *j, const lab_finding_t *finding, bool with_stream);
/* The member meanings: of every method, status code and header field that the capture holds, each once and in
 * every language, so that the report does not depend on it. */
void lab_json_meanings(json_dumper *j, const lab_report_t *report);

/* The member quic of the capture; null where it is not known. */
void lab_json_quic(json_dumper *j, const lab_report_t *report);

/* The member http2 of an exchange and of a connection; null without HTTP/2. */
void lab_json_http2_exchange(json_dumper *j, const lab_conn_t *conn, const lab_exchange_t *exchange);
void lab_json_http2_connection(json_dumper *j, const lab_conn_t *conn);

#endif
