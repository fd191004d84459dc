/* SPDX-License-Identifier: GPL-2.0-or-later */
/* walks.h - the documents that can be made of a capture. Each is one walk over the engine.
 *
 * The caller frees a document with lab_document_free. NULL = there is no exchange or connection of this
 * number.
 */
#ifndef LAB_WALKS_H
#define LAB_WALKS_H

#include "capture.h"
#include "connection_facts.h"
#include "document.h"

/* The whole report: what was captured, servers, page loads, the stories of connections that carried HTTP or
 * went wrong, the other connections in a line each, anomalies. What a large capture has too much of is
 * counted, so that it can be read. */
lab_document_t *lab_report_document(const lab_report_t *report);

/* One table each, a row a connection, an exchange, an anomaly, a page load, a RST. */
lab_document_t *lab_connections_document(const lab_report_t *report);
lab_document_t *lab_exchanges_document(const lab_report_t *report);
lab_document_t *lab_anomalies_document(const lab_report_t *report);
lab_document_t *lab_pages_document(const lab_report_t *report);
lab_document_t *lab_resets_document(const lab_report_t *report);

/* One exchange (from 1): tables 1.1 and 1.2, and where its time went. */
lab_document_t *lab_exchange_document(const lab_report_t *report, uint32_t number);
/* One connection (any of its stream numbers) frame by frame: table 1.3. */
lab_document_t *lab_connection_document(const lab_report_t *report, uint32_t stream);

/* What a laboratory report on a page load asks for; the explanations are left to the student unless
 * `solution`. */
lab_document_t *lab_homework_document(const lab_report_t *report, bool solution);

/* Tables 1.1 and 1.2, with 1xx responses; `blank`: without meanings. */
void lab_add_messages(lab_document_t *document, const lab_exchange_t *exchange, bool blank);
/* Parts of lab_report_document. */
void lab_add_kinds(lab_document_t *document, const lab_report_t *report);
void lab_add_connection(lab_document_t *document, const lab_report_t *report, const lab_overview_t *overview,
                        const lab_conn_t *conn);
/* A line each of the connections whose place by stream is 0 in `told`; of too many of a kind some are
 * counted.
 */
void lab_add_other_connections(lab_document_t *document, const lab_report_t *report,
                               const lab_overview_t *overview, const uint8_t *told);
/* What TLS of a connection shows: its handshake, the names in it, what it carries. Nothing without TLS. */
void lab_add_tls(lab_document_t *document, const lab_conn_t *conn);
/* The ladder of a connection, folded, where the document has room for it; and the tables of its exchanges,
 * folded. */
void lab_add_ladder(lab_document_t *document, const lab_report_t *report, const lab_conn_t *conn);
void lab_add_exchange_tables(lab_document_t *document, const lab_report_t *report, const lab_conn_t *conn);
/* The waterfall of a page load. */
void lab_add_waterfall(lab_document_t *document, const lab_report_t *report, const lab_page_t *page);
void lab_add_anomalies(lab_document_t *document, const lab_report_t *report);
/* Short explanations of what the frames show, folded. */
void lab_add_why(lab_document_t *document, const lab_report_t *report);

/* quic_section.c: what a capture holds of QUIC, which Lab does not read; nothing of another. */
void lab_add_quic(lab_document_t *document, const lab_report_t *report);
/* " in 2 connections"; empty where no beginning was captured. */
const char *lab_quic_connections_words(lab_document_t *document, const lab_report_t *report);

/* http2_entries.c: what a connection of HTTP/2 did for itself; nothing of another. */
void lab_add_http2(lab_document_t *document, const lab_conn_t *conn);
/* What happened to the exchange's stream; empty if it has none. */
const char *lab_http2_of_exchange(lab_document_t *document, const lab_exchange_t *exchange);

#endif
