/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.h - the report on a capture: what the engine found, in every format. Knows nothing of Wireshark's
 * dissection.
 *
 * facts/ asks the engine, document/ says it in sentences and tables, write/ turns it into a format. A further
 * format of the same report is a further writer of the document, as text_writer.c is, and a row in
 * statistics.c.
 */
#ifndef LAB_REPORT_H
#define LAB_REPORT_H

#include "capture.h"
#include "names.h"

/* About the whole capture. Each appends to `out`. */
void lab_report_connections(const lab_report_t *report, GString *out);
void lab_report_exchanges(const lab_report_t *report, GString *out);
void lab_report_anomalies(const lab_report_t *report, GString *out);
void lab_report_text(const lab_report_t *report, GString *out);
void lab_report_json(const lab_report_t *report, GString *out);
/* The exchanges whose request is in the capture, as HAR 1.2. */
void lab_report_har(const lab_report_t *report, GString *out);

/* One exchange (number from 1) with every header field explained, or one connection (tcp.stream, any of its
 * numbers) frame by frame. False if there is none of this number; nothing is appended then. */
bool lab_report_exchange(const lab_report_t *report, uint32_t number, GString *out);
bool lab_report_exchange_json(const lab_report_t *report, uint32_t number, GString *out);
bool lab_report_connection(const lab_report_t *report, uint32_t stream, GString *out);
bool lab_report_connection_json(const lab_report_t *report, uint32_t stream, GString *out);

#endif
