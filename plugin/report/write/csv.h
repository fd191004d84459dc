/* SPDX-License-Identifier: GPL-2.0-or-later */
/* csv.h - tables for a spreadsheet: a row a connection, an exchange, a page load, an anomaly. */
#ifndef LAB_CSV_H
#define LAB_CSV_H

#include "capture.h"

void lab_write_csv_connections(const lab_report_t *report, GString *out);
void lab_write_csv_exchanges(const lab_report_t *report, GString *out);
void lab_write_csv_pages(const lab_report_t *report, GString *out);
void lab_write_csv_anomalies(const lab_report_t *report, GString *out);

#endif
