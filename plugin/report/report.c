/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.c - the face of the report: which document or facts go to which writer. */
#include "report.h"
#include "har.h"
#include "json.h"
#include "notes.h"
#include "text_writer.h"
#include "walks.h"

/* Takes the document; NULL = there is none. */
static bool write_text(lab_document_t *document, GString *out)
{
    if (!document)
        return false;
    lab_write_text(document, out);
    lab_document_free(document);
    return true;
}

void lab_report_connections(const lab_report_t *report, GString *out)
{
    write_text(lab_connections_document(report), out);
}

void lab_report_exchanges(const lab_report_t *report, GString *out)
{
    write_text(lab_exchanges_document(report), out);
}

void lab_report_anomalies(const lab_report_t *report, GString *out)
{
    write_text(lab_anomalies_document(report), out);
}

void lab_report_text(const lab_report_t *report, GString *out)
{
    write_text(lab_report_document(report), out);
}

bool lab_report_exchange(const lab_report_t *report, uint32_t number, GString *out)
{
    return write_text(lab_exchange_document(report, number), out);
}

bool lab_report_connection(const lab_report_t *report, uint32_t stream, GString *out)
{
    return write_text(lab_connection_document(report, stream), out);
}

void lab_report_json(const lab_report_t *report, GString *out)
{
    lab_write_json(report, out);
}

bool lab_report_exchange_json(const lab_report_t *report, uint32_t number, GString *out)
{
    return lab_write_exchange_json(report, number, out);
}

bool lab_report_connection_json(const lab_report_t *report, uint32_t stream, GString *out)
{
    return lab_write_connection_json(report, stream, out);
}

void lab_report_har(const lab_report_t *report, GString *out)
{
    lab_write_har(report, out);
}

/* The summary is the report as a text: labannotate takes of it what a comment can hold. */
void lab_report_notes(const lab_report_t *report, GString *out)
{
    GString *summary = g_string_new(NULL);
    lab_report_text(report, summary);
    lab_write_notes(report, summary->str, out);
    g_string_free(summary, TRUE);
}

const lab_report_format_t lab_report_formats[] = {
    {"text", lab_report_text, NULL},
    {"json", lab_report_json, NULL},
    {"har", lab_report_har, NULL},
    {"notes", lab_report_notes, NULL},
    {NULL, NULL, NULL},
};

const lab_report_format_t lab_exchange_formats[] = {
    {"text", NULL, lab_report_exchange}, {"json", NULL, lab_report_exchange_json}, {NULL, NULL, NULL}};

const lab_report_format_t lab_connection_formats[] = {
    {"text", NULL, lab_report_connection}, {"json", NULL, lab_report_connection_json}, {NULL, NULL, NULL}};
