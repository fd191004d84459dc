/* SPDX-License-Identifier: GPL-2.0-or-later */
/* message_tables.c - one exchange as a laboratory report asks for it: tables 1.1 (request) and 1.2
 * (response), and where its time went. */
#include "http_status.h"
#include "selection.h"
#include "walks.h"
#include "words.h"

/* ---- tables 1.1 and 1.2 ---- */

static void field_row(lab_table_t *t, const char *name, const char *value, const char *meaning)
{
    lab_table_cell(t, name);
    lab_table_cell(t, value);
    lab_table_cell(t, meaning);
}

/* A field after the body is marked as such. */
static const char *name_of(lab_document_t *d, const lab_head_t *head, const char *line, size_t length)
{
    const char *name = g_string_chunk_insert_len(d->strings, line, (gssize)length);
    return head->trailer ? lab_document_words(d, LAB_TEXT_TRAILER_FIELD, LAB_PLACES({"name", name})) : name;
}

/* What a cell or a line means; `blank`: that is left to the reader. */
static const char *unless(bool blank, const char *meaning)
{
    return blank ? "" : meaning;
}

static void field_rows(lab_document_t *d, lab_table_t *t, const lab_head_t *head, bool blank)
{
    for (unsigned i = 0; head && i < head->count; i++) {
        const char *line = lab_head_line(head, i), *value;
        size_t length;
        if (lab_field_split(line, &length, &value))
            field_row(t, name_of(d, head, line, length), value,
                      unless(blank, lab_field_meaning(line, length, head->status != 0, d->lang)));
        else
            field_row(t, line, "", lab_text(LAB_TEXT_NOT_A_FIELD, d->lang));
    }
}

static void add_request_line(lab_document_t *d, const lab_exchange_t *x, const lab_head_t *head, bool blank)
{
    const char *meaning = x->method && !blank ? lab_method_meaning(x->method, d->lang) : NULL;
    lab_document_fact(d, lab_text(LAB_TEXT_COL_METHOD, d->lang), x->method, meaning);
    lab_document_fact(d, lab_text(LAB_TEXT_VERSION, d->lang), head->start->version, NULL);
    lab_document_fact(d, "URL", x->target, NULL);
}

static void add_status_line(lab_document_t *d, const lab_head_t *head, bool blank)
{
    lab_document_fact(d, lab_text(LAB_TEXT_VERSION, d->lang), head->start->version, NULL);
    lab_document_fact(d, lab_text(LAB_TEXT_STATUS_CODE, d->lang), lab_document_number(d, head->status),
                      blank ? NULL : lab_status_meaning(head->status, d->lang));
    lab_document_fact(d, lab_text(LAB_TEXT_PHRASE, d->lang), head->start->phrase, NULL);
}

static void add_message(lab_document_t *d, const lab_exchange_t *x, const lab_head_t *head, bool blank)
{
    const lab_text_id_t titles[] = {LAB_TEXT_COL_FIELD, LAB_TEXT_COL_VALUE,
                                    blank ? LAB_TEXT_HW_COL_YOURS : LAB_TEXT_COL_MEANING};
    const lab_head_t *trailer = lab_head_trailer(head);
    uint32_t left_out = head->left_out + (uint32_t)(trailer ? trailer->left_out : 0);
    if (head->status)
        add_status_line(d, head, blank);
    else
        add_request_line(d, x, head, blank);
    lab_table_t *t = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    field_rows(d, t, head, blank);
    field_rows(d, t, trailer, blank);
    if (left_out)
        lab_document_sentence(d, LAB_TEXT_FIELDS_LEFT_OUT,
                              LAB_PLACES({"count", lab_document_number(d, left_out)}));
}

static const char *message_title(lab_document_t *d, const lab_head_t *head)
{
    return lab_document_words(d, head->status ? LAB_TEXT_TABLE_RESPONSE : LAB_TEXT_TABLE_REQUEST,
                              LAB_PLACES({"frame", lab_document_linked(d, LAB_LINK_FRAME, head->frame)}));
}

void lab_add_messages(lab_document_t *d, const lab_exchange_t *x, bool blank)
{
    for (const lab_head_t *head = x->heads; head; head = head->next)
        if (!head->trailer) {
            lab_document_section_named(d, message_title(d, head));
            add_message(d, x, head, blank);
        }
}

/* ---- where the time went ---- */

/* Where the address was known from; of what is no look-up, what the part is. */
static const char *dns_meaning(const lab_engine_t *engine, const lab_exchange_t *x, lab_lang_t lang)
{
    lab_naming_t naming = lab_conn_naming(lab_engine_conn(engine, x->stream));
    if (naming == LAB_NAMING_NONE || x->index > 1)
        naming = LAB_NAMING_LOOKED_UP;
    return lab_namings[naming].text.in[lang];
}

/* The names of the parts are those of the JSON report. */
static void add_timing(lab_document_t *d, const lab_engine_t *engine, const lab_exchange_t *x)
{
    static const lab_text_id_t titles[] = {LAB_TEXT_COL_PART, LAB_TEXT_COL_TIME, LAB_TEXT_COL_MEANING};
    const lab_timing_t t = lab_exchange_timing(engine, x);
    const struct {
        const char *part;
        int64_t time;
        const char *meaning;
    } rows[] = {{"queue", t.queue, lab_queues[t.queue_is].text.in[d->lang]},
                {"dns", t.dns, dns_meaning(engine, x, d->lang)},
                {"connect", t.connect, lab_text(LAB_TEXT_TIMING_CONNECT, d->lang)},
                {"tls", t.tls, lab_text(LAB_TEXT_TIMING_TLS, d->lang)},
                {"send", t.send, lab_text(LAB_TEXT_TIMING_SEND, d->lang)},
                {"wait", t.wait, lab_text(LAB_TEXT_TIMING_WAIT, d->lang)},
                {"receive", t.receive, lab_text(LAB_TEXT_TIMING_RECEIVE, d->lang)},
                {"sum", t.total, lab_text(LAB_TEXT_TIMING_TOTAL, d->lang)}};
    lab_table_t *table = lab_document_table(d, titles, G_N_ELEMENTS(titles));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        lab_table_cell(table, rows[i].part);
        lab_table_duration(table, rows[i].time);
        lab_table_cell(table, rows[i].meaning);
    }
}

lab_document_t *lab_exchange_document(const lab_report_t *report, uint32_t number)
{
    const lab_exchange_t *x = lab_report_find_exchange(report, number);
    if (!x)
        return NULL;
    lab_document_t *d = lab_document_new(report->lang);
    lab_document_part(d, LAB_TEXT_EXCHANGE_TITLE,
                      LAB_PLACES({"number", lab_document_number(d, x->number)},
                                 {"stream", lab_document_number(d, x->stream)}));
    if (!lab_exchange_head(x, false))
        lab_document_sentence(d, LAB_TEXT_NO_REQUEST, LAB_NO_PLACES);
    lab_add_messages(d, x, false);
    if (!lab_exchange_head(x, true))
        lab_document_sentence(d, LAB_TEXT_NO_RESPONSE, LAB_NO_PLACES);
    lab_document_section(d, LAB_TEXT_TIMING, LAB_NO_PLACES);
    add_timing(d, report->engine, x);
    return d;
}

/* ---- folded, within the report ---- */

static void add_folded(lab_document_t *d, const lab_engine_t *engine, const lab_exchange_t *x)
{
    lab_document_detail(d, LAB_TEXT_EXCHANGE_FOLD,
                        LAB_PLACES({"number", lab_document_linked(d, LAB_LINK_EXCHANGE, x->number)}));
    for (const lab_head_t *head = x->heads; head; head = head->next) {
        if (head->trailer)
            continue;
        lab_document_heading(d, message_title(d, head));
        add_message(d, x, head, false);
    }
    lab_document_heading(d, lab_text(LAB_TEXT_TIMING, d->lang));
    add_timing(d, engine, x);
    lab_document_fold_end(d);
}

static unsigned rows_of(const lab_exchange_t *x)
{
    unsigned rows = 10;
    for (const lab_head_t *head = x->heads; head; head = head->next)
        rows += head->count;
    return rows;
}

void lab_add_exchange_tables(lab_document_t *d, const lab_report_t *report, const lab_conn_t *conn)
{
    const lab_exchange_list_t *exchanges = lab_conn_exchanges(conn);
    for (guint i = 0; exchanges && i < exchanges->len; i++) {
        const lab_exchange_t *x = lab_engine_exchange(report->engine, g_array_index(exchanges, uint32_t, i));
        if (lab_report_has_exchange(report, x) && lab_document_room(d, rows_of(x)))
            add_folded(d, report->engine, x);
    }
}
