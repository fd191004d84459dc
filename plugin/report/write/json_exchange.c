/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_exchange.c - the exchanges in JSON: those of the whole report, and one with the meanings of its words.
 */
#include "http_status.h"
#include "json.h"
#include "json_parts.h"
#include "selection.h"
#include "words.h"

/* ---- heads ---- */

#define NO_MEANINGS (-1) /* in place of a language: the whole report has them apart */

static void field(json_dumper *j, const char *text, bool response, int lang)
{
    size_t length;
    const char *value;
    begin_object(j, NULL);
    if (lab_field_split(text, &length, &value)) {
        char *key = g_strndup(text, length);
        string(j, "name", key);
        string(j, "value", value);
        if (lang >= 0)
            string(j, "meaning", lab_field_meaning(text, length, response, (lab_lang_t)lang));
        g_free(key);
    } else {
        null(j, "name");
        string(j, "value", text);
    }
    json_dumper_end_object(j);
}

static void fields(json_dumper *j, const char *key, const lab_head_t *head, int lang)
{
    begin_array(j, key);
    for (unsigned i = 0; head && i < head->count; i++)
        field(j, lab_head_line(head, i), head->status != 0, lang);
    json_dumper_end_array(j);
}

static void head_members(json_dumper *j, const lab_head_t *head, int lang)
{
    number(j, "frame", head->frame);
    string(j, "version", head->start->version);
    if (head->status) {
        number(j, "status", head->status);
        string(j, "phrase", head->start->phrase);
    }
    fields(j, "headers", head, lang);
    number(j, "headers_left_out", head->left_out);
    fields(j, "trailers", lab_head_trailer(head), lang);
}

static void head_object(json_dumper *j, const char *key, const lab_head_t *head, int lang)
{
    if (!head) {
        null(j, key);
        return;
    }
    begin_object(j, key);
    head_members(j, head, lang);
    json_dumper_end_object(j);
}

static void heads(json_dumper *j, const lab_exchange_t *x, int lang)
{
    const lab_head_t *request = lab_exchange_head(x, false), *response = lab_exchange_head(x, true);
    head_object(j, "request", request, lang);
    begin_array(j, "interim");
    for (const lab_head_t *head = x->heads; head; head = head->next)
        if (!head->trailer && head != request && head != response)
            head_object(j, NULL, head, lang);
    json_dumper_end_array(j);
    head_object(j, "response", response, lang);
}

/* ---- where the time went ---- */

static void timing(json_dumper *j, const lab_engine_t *engine, const lab_exchange_t *x)
{
    const lab_timing_t t = lab_exchange_timing(engine, x);
    begin_object(j, "timing");
    seconds(j, "queue", true, t.queue);
    string(j, "queue_is", lab_queues[t.queue_is].token);
    bool hidden = t.queue_is == LAB_QUEUE_NOT_VISIBLE || t.queue_is == LAB_QUEUE_OPENED_AHEAD;
    seconds(j, "queue_at_most", hidden, hidden ? lab_exchange_queue_bound(engine, x) : -1);
    seconds(j, "dns", true, t.dns);
    seconds(j, "connect", true, t.connect);
    seconds(j, "tls", true, t.tls);
    seconds(j, "send", true, t.send);
    seconds(j, "wait", true, t.wait);
    seconds(j, "receive", true, t.receive);
    seconds(j, "sum", true, t.total);
    json_dumper_end_object(j);
}

/* ---- the exchange ---- */

static void exchange(json_dumper *j, const lab_engine_t *engine, const lab_exchange_t *x)
{
    begin_object(j, NULL);
    number(j, "number", x->number);
    number(j, "stream", x->stream);
    number(j, "index", x->index);
    frame(j, "request_frame", x->request_first);
    frame(j, "response_first_frame", x->response_first);
    frame(j, "response_last_frame", x->response_first ? x->response_last : 0);
    string(j, "method", x->method);
    string(j, "target", x->target);
    boolean(j, "secure", x->secure);
    frame(j, "status", x->status);
    boolean(j, "complete", x->response_first ? x->response_complete : -1);
    string(j, "object", lab_exchange_object(x));
    frame(j, "page", lab_exchange_page(engine, x));
    seconds(j, "started", x->request_first != 0, x->request_begin - lab_engine_first_time(engine));
    if (x->response_first)
        number(j, "body_bytes", x->received);
    else
        null(j, "body_bytes");
    lab_json_http2_exchange(j, lab_engine_conn(engine, x->stream), x);
    heads(j, x, NO_MEANINGS);
    timing(j, engine, x);
    json_dumper_end_object(j);
}

void lab_json_exchanges(json_dumper *j, const lab_report_t *report)
{
    begin_array(j, "exchanges");
    const lab_exchange_t *x;
    for (uint32_t n = 0; (x = lab_report_next_exchange(report, &n));) {
        exchange(j, report->engine, x);
        hand_on(j, report);
    }
    json_dumper_end_array(j);
}

bool lab_write_exchange_json(const lab_report_t *report, uint32_t n, GString *out)
{
    const lab_exchange_t *x = lab_report_find_exchange(report, n);
    if (!x)
        return false;
    json_dumper j = begin_text(out);
    number(&j, "number", x->number);
    number(&j, "stream", x->stream);
    string(&j, "method", x->method);
    string(&j, "method_meaning", x->method ? lab_method_meaning(x->method, report->lang) : NULL);
    string(&j, "target", x->target);
    frame(&j, "status", x->status);
    string(&j, "status_meaning", x->status ? lab_status_meaning(x->status, report->lang) : NULL);
    heads(&j, x, (int)report->lang);
    timing(&j, report->engine, x);
    finish_text(&j, out);
    return true;
}
