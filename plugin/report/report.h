/* report.h - what the engine found, as tables, text and JSON. Knows the engine, not Wireshark's dissection.
 */
#ifndef LAB_REPORT_H
#define LAB_REPORT_H

#include "lab.h"

typedef struct {
    const lab_engine_t *engine; /* NULL = a capture without a frame */
    uint32_t frames;            /* in the capture, of any protocol */
    const char *file;           /* NULL = not known */
    lab_lang_t lang;
} lab_report_t;

/* Each appends to `out`. */
void lab_report_connections(const lab_report_t *report, GString *out);
void lab_report_exchanges(const lab_report_t *report, GString *out);
void lab_report_anomalies(const lab_report_t *report, GString *out);
void lab_report_text(const lab_report_t *report, GString *out);
void lab_report_json(const lab_report_t *report, GString *out);

/* "192.0.2.1:80", "[2001:db8::1]:80"; to be freed by the caller. */
char *lab_report_endpoint(const lab_endpoint_t *endpoint);
/* The address alone; NULL where it is of a kind without a written form. To be freed by the caller. */
char *lab_report_address(const lab_endpoint_t *endpoint);
/* "client", "server", "both"; NULL for -1. Ends as in lab_closing_t. */
const char *lab_report_side(const lab_conn_t *conn, int end);
/* Set of LAB_QUALITY_*. */
uint32_t lab_report_quality(const lab_report_t *report);
/* Names and texts of the bits of LAB_QUALITY_*. */
const char *lab_quality_token(unsigned bit);
const char *lab_quality_text(unsigned bit, lab_lang_t lang);

#endif
