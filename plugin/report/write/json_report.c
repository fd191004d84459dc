/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_report.c - the whole report as JSON: the capture, its messages and servers, and in their order the
 * connections, exchanges, page loads and anomalies. */
#include "connection_facts.h"
#include "json.h"
#include "json_parts.h"
#include "kinds.h"
#include "names.h"
#include "page_facts.h"
#include "selection.h"

/* What is in of what the capture has; null if that is all. */
static void part(json_dumper *j, const lab_report_t *report)
{
    const lab_left_out_t out = lab_report_left_out(report);
    if (!report->selection) {
        null(j, "part");
        return;
    }
    begin_object(j, "part");
    number(j, "connections", out.connections);
    number(j, "of", out.all_connections);
    begin_array(j, "left_out");
    for (unsigned i = 0; i < LAB_CONN_KINDS; i++) {
        if (!out.left_out[i])
            continue;
        begin_object(j, NULL);
        string(j, "kind", lab_conn_kinds[i].token);
        number(j, "connections", out.left_out[i]);
        json_dumper_end_object(j);
    }
    json_dumper_end_array(j);
    json_dumper_end_object(j);
}

static void capture(json_dumper *j, const lab_report_t *report)
{
    uint32_t quality = lab_report_quality(report);
    begin_object(j, "capture");
    number(j, "frames", report->frames);
    number(j, "tcp_frames", report->engine ? lab_engine_tcp_frames(report->engine) : 0);
    begin_array(j, "quality");
    for (unsigned bit = 0; bit < LAB_QUALITY_BITS; bit++)
        if (quality & (1u << bit))
            json_dumper_value_string(j, lab_quality_token(bit));
    json_dumper_end_array(j);
    lab_json_quic(j, report);
    part(j, report);
    json_dumper_end_object(j);
}

static void kinds(json_dumper *j, const char *key, GArray *list)
{
    begin_array(j, key);
    for (guint i = 0; i < list->len; i++) {
        const lab_kind_t *k = &g_array_index(list, lab_kind_t, i);
        begin_object(j, NULL);
        if (k->status)
            number(j, "status", k->status);
        else
            string(j, "method", k->method);
        number(j, "count", k->count);
        json_dumper_end_object(j);
    }
    json_dumper_end_array(j);
    g_array_unref(list);
}

static void protocols(json_dumper *j, const lab_report_t *report)
{
    if (!report->protocols) {
        null(j, "protocols");
        return;
    }
    begin_array(j, "protocols");
    for (unsigned i = 0; i < report->protocol_count; i++) {
        begin_object(j, NULL);
        string(j, "name", report->protocols[i].name);
        number(j, "frames", report->protocols[i].frames);
        json_dumper_end_object(j);
    }
    json_dumper_end_array(j);
}

static void strings(json_dumper *j, const char *key, const GPtrArray *list)
{
    begin_array(j, key);
    for (guint i = 0; i < list->len; i++) {
        char *valid = g_utf8_make_valid(g_ptr_array_index(list, i), -1);
        json_dumper_value_string(j, valid);
        g_free(valid);
    }
    json_dumper_end_array(j);
}

static void server(json_dumper *j, const lab_server_t *s)
{
    char *address = lab_report_address(s->endpoint);
    begin_object(j, NULL);
    string(j, "address", address);
    number(j, "port", s->endpoint->port);
    number(j, "connections", s->connections);
    number(j, "exchanges", s->exchanges);
    number(j, "bytes", s->bytes);
    number(j, "anomalies", s->anomalies);
    strings(j, "names", s->names);
    strings(j, "protocols", s->protocols);
    begin_array(j, "client_ports");
    for (guint i = 0; i < s->client_ports->len; i++)
        json_dumper_value_anyf(j, "%u", g_array_index(s->client_ports, uint16_t, i));
    json_dumper_end_array(j);
    json_dumper_end_object(j);
    g_free(address);
}

static void messages_and_servers(json_dumper *j, const lab_report_t *report)
{
    GPtrArray *servers = lab_servers(report);
    begin_object(j, "messages");
    protocols(j, report);
    kinds(j, "http_requests", lab_kinds_of_requests(report));
    kinds(j, "http_responses", lab_kinds_of_responses(report));
    json_dumper_end_object(j);
    begin_array(j, "servers");
    for (guint i = 0; i < servers->len; i++) {
        server(j, g_ptr_array_index(servers, i));
        hand_on(j, report);
    }
    json_dumper_end_array(j);
    g_ptr_array_unref(servers);
}

static void numbers(json_dumper *j, const char *key, const GArray *list)
{
    begin_array(j, key);
    for (guint i = 0; i < list->len; i++)
        json_dumper_value_anyf(j, "%u", g_array_index(list, uint32_t, i));
    json_dumper_end_array(j);
}

static void page(json_dumper *j, const lab_engine_t *e, const lab_spares_t *spares, const lab_page_t *p)
{
    lab_page_facts_t facts = lab_page_facts(spares, p);
    begin_object(j, NULL);
    number(j, "number", p->number);
    string(j, "url", p->url);
    frame(j, "first_frame", facts.first_frame);
    frame(j, "last_frame", facts.last_frame);
    seconds(j, "started", true, p->begin_time - lab_engine_first_time(e));
    seconds(j, "time", true, p->last_time - p->begin_time);
    number(j, "body_bytes", p->bytes);
    number(j, "parallel", facts.parallel);
    numbers(j, "exchanges", p->exchanges);
    numbers(j, "connections", facts.streams);
    numbers(j, "spare_connections", facts.spare);
    json_dumper_end_object(j);
    lab_page_facts_clear(&facts);
}

static void pages(json_dumper *j, const lab_report_t *report)
{
    lab_spares_t *spares = report->engine ? lab_spares_new(report->engine) : NULL;
    const lab_page_t *p;
    begin_array(j, "pages");
    for (uint32_t n = 0; (p = lab_report_next_page(report, &n));) {
        page(j, report->engine, spares, p);
        hand_on(j, report);
    }
    json_dumper_end_array(j);
    if (spares)
        lab_spares_free(spares);
}

static void anomalies(json_dumper *j, const lab_report_t *report)
{
    const lab_finding_t *finding;
    begin_array(j, "anomalies");
    for (uint32_t i = 0; (finding = lab_report_next_finding(report, &i));) {
        lab_json_anomaly(j, finding, true);
        hand_on(j, report);
    }
    json_dumper_end_array(j);
}

void lab_write_json(const lab_report_t *report, GString *out)
{
    json_dumper j = begin_text(out);
    capture(&j, report);
    messages_and_servers(&j, report);
    lab_json_connections(&j, report);
    lab_json_exchanges(&j, report);
    pages(&j, report);
    anomalies(&j, report);
    lab_json_meanings(&j, report);
    finish_text(&j, out);
}
