/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.c - the face of the report: which document or facts go to which writer. */
#include "report.h"
#include "csv.h"
#include "frames.h"
#include "har.h"
#include "html.h"
#include "json.h"
#include "markdown.h"
#include "notes.h"
#include "text_writer.h"
#include "walks.h"

/* Takes the document; NULL = there is none. */
static bool write_document(lab_document_t *document, void (*write)(const lab_document_t *, GString *),
                           GString *out)
{
    if (!document)
        return false;
    write(document, out);
    lab_document_free(document);
    return true;
}

static bool write_text(lab_document_t *document, GString *out)
{
    return write_document(document, lab_write_text, out);
}

static bool write_markdown(lab_document_t *document, GString *out)
{
    return write_document(document, lab_write_markdown, out);
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

void lab_report_pages(const lab_report_t *report, GString *out)
{
    write_text(lab_pages_document(report), out);
}

void lab_report_resets(const lab_report_t *report, GString *out)
{
    write_text(lab_resets_document(report), out);
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

static void write_html(lab_document_t *document, GString *out)
{
    write_document(document, lab_write_html, out);
}

void lab_report_html(const lab_report_t *report, GString *out)
{
    write_html(lab_report_document(report), out);
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

static void report_markdown(const lab_report_t *report, GString *out)
{
    write_markdown(lab_report_document(report), out);
}

static bool exchange_markdown(const lab_report_t *report, uint32_t number, GString *out)
{
    return write_markdown(lab_exchange_document(report, number), out);
}

static bool connection_markdown(const lab_report_t *report, uint32_t stream, GString *out)
{
    return write_markdown(lab_connection_document(report, stream), out);
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
    {"md", report_markdown, NULL},
    {"html", lab_report_html, NULL},
    {"json", lab_report_json, NULL},
    {"har", lab_report_har, NULL},
    {"csv", lab_write_csv_connections, NULL},
    {"csv-exchanges", lab_write_csv_exchanges, NULL},
    {"csv-pages", lab_write_csv_pages, NULL},
    {"csv-anomalies", lab_write_csv_anomalies, NULL},
    {"notes", lab_report_notes, NULL},
    {"frames", lab_write_frames, NULL},
    {NULL, NULL, NULL},
};

/* ---- the homework ---- */

static void homework_markdown(const lab_report_t *report, GString *out)
{
    write_markdown(lab_homework_document(report, false), out);
}

static void homework_text(const lab_report_t *report, GString *out)
{
    write_text(lab_homework_document(report, false), out);
}

static void homework_html(const lab_report_t *report, GString *out)
{
    write_html(lab_homework_document(report, false), out);
}

static void solution_markdown(const lab_report_t *report, GString *out)
{
    write_markdown(lab_homework_document(report, true), out);
}

static void solution_text(const lab_report_t *report, GString *out)
{
    write_text(lab_homework_document(report, true), out);
}

static void solution_html(const lab_report_t *report, GString *out)
{
    write_html(lab_homework_document(report, true), out);
}

const lab_report_format_t lab_homework_formats[] = {{"md", homework_markdown, NULL},
                                                    {"html", homework_html, NULL},
                                                    {"text", homework_text, NULL},
                                                    {NULL, NULL, NULL}};

const lab_report_format_t lab_solution_formats[] = {{"md", solution_markdown, NULL},
                                                    {"html", solution_html, NULL},
                                                    {"text", solution_text, NULL},
                                                    {NULL, NULL, NULL}};

const lab_report_format_t lab_exchange_formats[] = {{"text", NULL, lab_report_exchange},
                                                    {"md", NULL, exchange_markdown},
                                                    {"json", NULL, lab_report_exchange_json},
                                                    {NULL, NULL, NULL}};

const lab_report_format_t lab_connection_formats[] = {{"text", NULL, lab_report_connection},
                                                      {"md", NULL, connection_markdown},
                                                      {"json", NULL, lab_report_connection_json},
                                                      {NULL, NULL, NULL}};
