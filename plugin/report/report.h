/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.h - the report on a capture: what the engine found, in every format. Knows nothing of Wireshark's
 * dissection.
 *
 * facts/ asks the engine, document/ says it in sentences and tables, write/ turns it into a format. A further
 * format of the same report is a further writer of the document, as text_writer.c is, and a row of
 * lab_report_formats.
 */
#ifndef LAB_REPORT_H
#define LAB_REPORT_H

#include "capture.h"
#include "names.h"
#include "selection.h"

/* What writes a report; it appends to `out`. */
typedef void (*lab_report_write_t)(const lab_report_t *report, GString *out);
/* The same about one exchange (number from 1) with every header field explained, or one connection
 * (tcp.stream, any of its numbers) frame by frame. False if there is none of this number; nothing is appended
 * then. */
typedef bool (*lab_report_write_one_t)(const lab_report_t *report, uint32_t number, GString *out);

/* A format of a report: one of the two writers. */
typedef struct {
    const char *name;
    lab_report_write_t write;
    lab_report_write_one_t write_one;
} lab_report_format_t;

/* The formats of the whole report, of one exchange and of one connection. The first is the default; a row
 * without a name ends the list. A new format is a new row. */
extern const lab_report_format_t lab_report_formats[];
extern const lab_report_format_t lab_homework_formats[]; /* to be filled in by a student */
extern const lab_report_format_t lab_solution_formats[]; /* the same, filled in */
extern const lab_report_format_t lab_exchange_formats[];
extern const lab_report_format_t lab_connection_formats[];

/* Tables: a row a connection, an exchange, an anomaly, a page load, a RST. */
void lab_report_connections(const lab_report_t *report, GString *out);
void lab_report_exchanges(const lab_report_t *report, GString *out);
void lab_report_anomalies(const lab_report_t *report, GString *out);
void lab_report_pages(const lab_report_t *report, GString *out);
void lab_report_resets(const lab_report_t *report, GString *out);

void lab_report_text(const lab_report_t *report, GString *out);
/* The text report as a page for a browser, with waterfalls and ladders: a file that loads nothing and runs
 * nothing. */
void lab_report_html(const lab_report_t *report, GString *out);
void lab_report_json(const lab_report_t *report, GString *out);
/* The exchanges whose request is in the capture, as HAR 1.2. */
void lab_report_har(const lab_report_t *report, GString *out);
/* What is said of each frame, a line a frame, for labannotate. */
void lab_report_notes(const lab_report_t *report, GString *out);

bool lab_report_exchange(const lab_report_t *report, uint32_t number, GString *out);
bool lab_report_exchange_json(const lab_report_t *report, uint32_t number, GString *out);
bool lab_report_connection(const lab_report_t *report, uint32_t stream, GString *out);
bool lab_report_connection_json(const lab_report_t *report, uint32_t stream, GString *out);

#endif
