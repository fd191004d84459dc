/* SPDX-License-Identifier: GPL-2.0-or-later */
/* har.c - the HTTP exchanges as HAR 1.2, which browsers' network panels and other viewers open. Times are
 * milliseconds there, and -1 is what does not apply. What the capture does not show is left empty, not
 * guessed.
 */
#include "har.h"
#include "exchange_facts.h"
#include "json_write.h"
#include "selection.h"
#include "words.h"

#include <stdio.h>
#include <string.h>

static void milliseconds(json_dumper *j, const char *key, int64_t ns)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    name(j, key);
    if (ns < 0)
        json_dumper_value_anyf(j, "-1");
    else
        json_dumper_value_anyf(j, "%s", g_ascii_formatd(text, sizeof text, "%.6f", (double)ns / 1e6));
}

/* Below 0 = not known. */
static void minus_or(json_dumper *j, const char *key, int64_t value)
{
    name(j, key);
    json_dumper_value_anyf(j, "%" G_GINT64_FORMAT, MAX(value, -1));
}

static void minus_one(json_dumper *j, const char *key)
{
    minus_or(j, key, -1);
}

/* ISO 8601, as HAR wants it. */
static void date(json_dumper *j, const char *key, int64_t ns)
{
    int64_t rest = ns % 1000000000;
    rest += rest < 0 ? 1000000000 : 0; /* before 1970 */
    GDateTime *seconds_part = g_date_time_new_from_unix_utc((ns - rest) / 1000000000);
    char *text = seconds_part ? g_date_time_format(seconds_part, "%Y-%m-%dT%H:%M:%S") : NULL;
    char *whole = g_strdup_printf("%s.%06dZ", text ? text : "1970-01-01T00:00:00", (int)(rest / 1000));
    string(j, key, whole);
    g_free(whole);
    g_free(text);
    if (seconds_part)
        g_date_time_unref(seconds_part);
}

static void pair(json_dumper *j, const char *key, size_t length, const char *value, size_t value_length)
{
    char *left = g_strndup(key, length), *right = g_strndup(value, value_length);
    begin_object(j, NULL);
    string(j, "name", left);
    string(j, "value", right);
    json_dumper_end_object(j);
    g_free(left);
    g_free(right);
}

/* ---- request and response ---- */

/* RFC 6265 4.1.1, 4.2.1: "name=value" up to the next semicolon, as it was sent. */
static const char *cookie(json_dumper *j, const char *text)
{
    text += strspn(text, " \t;");
    size_t length = strcspn(text, ";"), left = MIN(strcspn(text, "="), length), end = length;
    while (end > left && g_ascii_isspace(text[end - 1]))
        end--;
    if (end)
        pair(j, text, left, text + left + (left < end), end - left - (left < end));
    return text + length;
}

/* Those of Cookie are many in a line, those of Set-Cookie one, with attributes after it. */
static void cookies(json_dumper *j, const lab_head_t *head)
{
    static const char *const names[] = {"Cookie", "Set-Cookie"};
    begin_array(j, "cookies");
    for (unsigned i = 0; head && i < head->count; i++) {
        const char *value = lab_report_line_value(lab_head_line(head, i), names[head->status != 0]);
        if (!value)
            continue;
        do
            value = cookie(j, value);
        while (!head->status && *value);
    }
    json_dumper_end_array(j);
}

static void headers(json_dumper *j, const lab_head_t *head)
{
    begin_array(j, "headers");
    for (unsigned i = 0; head && i < head->count; i++) {
        size_t length;
        const char *value;
        if (lab_field_split(lab_head_line(head, i), &length, &value))
            pair(j, lab_head_line(head, i), length, value, strlen(value));
    }
    json_dumper_end_array(j);
    cookies(j, head);
    minus_one(j, "headersSize");
}

/* RFC 3986 3.4; the pairs as they were sent, not decoded. */
static void query(json_dumper *j, const char *target)
{
    const char *p = target ? strchr(target, '?') : NULL;
    begin_array(j, "queryString");
    while (p && *++p && *p != '#') {
        size_t length = strcspn(p, "&#"), left = strcspn(p, "=&#");
        bool has_value = left < length;
        pair(j, p, left, has_value ? p + left + 1 : "", has_value ? length - left - 1 : 0);
        p += length;
        if (*p != '&')
            break;
    }
    json_dumper_end_array(j);
}

static void request(json_dumper *j, const lab_engine_t *e, const lab_exchange_t *x)
{
    const lab_head_t *head = lab_exchange_head(x, false);
    char *url = lab_exchange_url(e, x);
    begin_object(j, "request");
    string(j, "method", x->method);
    string(j, "url", url);
    string(j, "httpVersion", head ? head->start->version : "");
    headers(j, head);
    query(j, x->target);
    minus_or(j, "bodySize", lab_exchange_request_body(x));
    json_dumper_end_object(j);
    g_free(url);
}

/* Without a response the status is 0, as browsers write it. */
static void response(json_dumper *j, const lab_exchange_t *x)
{
    const lab_head_t *head = lab_exchange_head(x, true);
    begin_object(j, "response");
    number(j, "status", x->status);
    string(j, "statusText", head && head->start->phrase ? head->start->phrase : "");
    string(j, "httpVersion", head ? head->start->version : "");
    headers(j, head);
    begin_object(j, "content");
    number(j, "size", x->received);
    string(j, "mimeType", x->content_type ? x->content_type : "");
    json_dumper_end_object(j);
    string(j, "redirectURL", lab_report_field_value(head, "location"));
    minus_or(j, "bodySize", x->response_complete ? (int64_t)x->received : -1);
    json_dumper_end_object(j);
}

/* ---- times ---- */

/* HAR counts TLS into connect; send, wait and receive may not be missing: they are 0 where they are not
 * known. */
static void timings(json_dumper *j, const lab_timing_t *t)
{
    const int64_t connect[] = {t->connect, t->tls};
    bool connected = t->connect >= 0 || t->tls >= 0;
    begin_object(j, "timings");
    milliseconds(j, "blocked", t->queue);
    milliseconds(j, "dns", t->dns);
    milliseconds(j, "connect", connected ? lab_times_sum(connect, G_N_ELEMENTS(connect)) : -1);
    milliseconds(j, "ssl", t->tls);
    milliseconds(j, "send", MAX(t->send, 0));
    milliseconds(j, "wait", MAX(t->wait, 0));
    milliseconds(j, "receive", MAX(t->receive, 0));
    if (t->total < 0)
        string(j, "comment", "not all of it is in the capture");
    json_dumper_end_object(j);
}

static void entry(json_dumper *j, const lab_engine_t *e, const lab_exchange_t *x)
{
    const lab_conn_t *conn = lab_engine_conn(e, x->stream);
    const lab_timing_t t = lab_exchange_timing(e, x);
    const int64_t parts[] = {t.queue, t.dns, t.connect, t.tls, t.send, t.wait, t.receive};
    char *address = lab_report_address(lab_conn_endpoint(conn, !x->client));
    char id[24];
    begin_object(j, NULL);
    snprintf(id, sizeof id, "page_%u", lab_exchange_page(e, x));
    if (lab_exchange_page(e, x))
        string(j, "pageref", id);
    date(j, "startedDateTime", lab_exchange_started(x, &t));
    milliseconds(j, "time", MAX(lab_times_sum(parts, G_N_ELEMENTS(parts)), 0));
    request(j, e, x);
    response(j, x);
    begin_object(j, "cache");
    json_dumper_end_object(j);
    timings(j, &t);
    if (address)
        string(j, "serverIPAddress", address);
    snprintf(id, sizeof id, "%u", x->stream);
    string(j, "connection", id);
    json_dumper_end_object(j);
    g_free(address);
}

/* It begins with what was done for its first exchange: the look-up, the connection. */
static void page(json_dumper *j, const lab_engine_t *e, const lab_page_t *p)
{
    const lab_exchange_t *first = lab_engine_exchange(e, g_array_index(p->exchanges, uint32_t, 0));
    const lab_timing_t t = lab_exchange_timing(e, first);
    int64_t begin = first->request_first ? lab_exchange_started(first, &t) : p->begin_time;
    char id[24];
    begin_object(j, NULL);
    snprintf(id, sizeof id, "page_%u", p->number);
    date(j, "startedDateTime", begin);
    string(j, "id", id);
    string(j, "title", p->url);
    begin_object(j, "pageTimings");
    minus_one(j, "onContentLoad");
    milliseconds(j, "onLoad", p->last_time - begin);
    json_dumper_end_object(j);
    json_dumper_end_object(j);
}

/* ---- the log ---- */

static void creator(json_dumper *j)
{
    begin_object(j, "creator");
    string(j, "name", "Lab");
    string(j, "version", LAB_VERSION);
    json_dumper_end_object(j);
}

static void pages(json_dumper *j, const lab_report_t *report)
{
    const lab_page_t *p;
    begin_array(j, "pages");
    for (uint32_t n = 0; (p = lab_report_next_page(report, &n));) {
        page(j, report->engine, p);
        hand_on(j, report);
    }
    json_dumper_end_array(j);
}

static void entries(json_dumper *j, const lab_report_t *report)
{
    const lab_exchange_t *x;
    begin_array(j, "entries");
    for (uint32_t n = 0; (x = lab_report_next_exchange(report, &n));) {
        if (!x->method || !x->request_first)
            continue;
        entry(j, report->engine, x);
        hand_on(j, report);
    }
    json_dumper_end_array(j);
}

void lab_write_har(const lab_report_t *report, GString *out)
{
    json_dumper j = begin_text(out);
    begin_object(&j, "log");
    string(&j, "version", "1.2");
    creator(&j);
    pages(&j, report);
    entries(&j, report);
    json_dumper_end_object(&j);
    finish_text(&j, out);
}
