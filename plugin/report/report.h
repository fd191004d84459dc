/* report.h - what the engine found, as tables, text and JSON. Knows the engine, not Wireshark's dissection.
 */
#ifndef LAB_REPORT_H
#define LAB_REPORT_H

#include "lab.h"

/* A protocol and how many frames hold it. */
typedef struct {
    const char *name;
    uint32_t frames;
} lab_protocol_t;

typedef struct {
    const lab_engine_t *engine; /* NULL = a capture without a frame */
    uint32_t frames;            /* in the capture, of any protocol */
    const char *file;           /* NULL = not known */
    lab_lang_t lang;
    const lab_protocol_t *protocols; /* in the order they were met, NULL = not known */
    unsigned protocol_count;
} lab_report_t;

/* Each appends to `out`. */
void lab_report_connections(const lab_report_t *report, GString *out);
void lab_report_exchanges(const lab_report_t *report, GString *out);
void lab_report_anomalies(const lab_report_t *report, GString *out);
void lab_report_text(const lab_report_t *report, GString *out);
void lab_report_json(const lab_report_t *report, GString *out);
/* The exchanges whose request is in the capture, as HAR 1.2. */
void lab_report_har(const lab_report_t *report, GString *out);
/* Kinds of messages, connections and ports: a part of lab_report_text. */
void lab_report_kinds(const lab_report_t *report, GString *out);

/* One exchange (number from 1) with every header field explained, or one connection (tcp.stream) frame by
 * frame, as text and JSON. False if there is none of this number; nothing is appended then. */
bool lab_report_exchange(const lab_report_t *report, uint32_t number, GString *out);
bool lab_report_exchange_json(const lab_report_t *report, uint32_t number, GString *out);
bool lab_report_connection(const lab_report_t *report, uint32_t stream, GString *out);
bool lab_report_connection_json(const lab_report_t *report, uint32_t stream, GString *out);

/* Appends TCP flags as Wireshark writes them: "SYN, ACK". */
void lab_report_flags(uint8_t flags, GString *out);

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
