/* SPDX-License-Identifier: GPL-2.0-or-later */
/* walks.h - the documents that can be made of a capture. Each is one walk over the engine.
 *
 * The caller frees a document with lab_document_free. NULL = there is no exchange or connection of this
 * number.
 */
#ifndef LAB_WALKS_H
#define LAB_WALKS_H

#include "capture.h"
#include "document.h"

/* The whole report: kinds of messages, servers, page loads, every connection's story, anomalies. */
lab_document_t *lab_report_document(const lab_report_t *report);

/* One table each, a row a connection, an exchange, an anomaly. */
lab_document_t *lab_connections_document(const lab_report_t *report);
lab_document_t *lab_exchanges_document(const lab_report_t *report);
lab_document_t *lab_anomalies_document(const lab_report_t *report);

/* One exchange (from 1): tables 1.1 and 1.2, and where its time went. */
lab_document_t *lab_exchange_document(const lab_report_t *report, uint32_t number);
/* One connection (any of its stream numbers) frame by frame: table 1.3. */
lab_document_t *lab_connection_document(const lab_report_t *report, uint32_t stream);

/* Parts of lab_report_document. */
void lab_add_kinds(lab_document_t *document, const lab_report_t *report);
void lab_add_connection(lab_document_t *document, const lab_engine_t *engine, const lab_conn_t *conn);
/* What TLS of a connection shows: its handshake, the names in it, what it carries. Nothing without TLS. */
void lab_add_tls(lab_document_t *document, const lab_conn_t *conn);
void lab_add_anomalies(lab_document_t *document, const lab_report_t *report);

/* http2_entries.c: what a connection of HTTP/2 did for itself; nothing of another. */
void lab_add_http2(lab_document_t *document, const lab_conn_t *conn);
/* What happened to the exchange's stream; empty if it has none. */
const char *lab_http2_of_exchange(lab_document_t *document, const lab_exchange_t *exchange);

#endif
