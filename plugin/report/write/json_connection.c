/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_connection.c - the connections in JSON: those of the whole report, and one frame by frame. */
#include "json.h"
#include "json_parts.h"
#include "names.h"
#include "segments.h"
#include "selection.h"

/* ---- look-up, opening, TLS, closing, resets ---- */

static void lookup(json_dumper *j, const lab_conn_t *conn)
{
    const lab_lookup_t *l = lab_conn_lookup(conn);
    if (!l) {
        null(j, "dns");
        return;
    }
    begin_object(j, "dns");
    string(j, "name", l->name);
    frame(j, "query_frame", l->query_frame);
    frame(j, "answer_frame", l->answer_frame);
    seconds(j, "time", l->query_frame != 0, l->answer_time - l->query_time);
    json_dumper_end_object(j);
}

static void opening(json_dumper *j, const lab_conn_t *conn)
{
    uint32_t steps[3];
    for (unsigned i = 0; i < 3; i++)
        steps[i] = lab_conn_open_frame(conn, i + 1);
    begin_object(j, "open");
    string(j, "kind", lab_opens[lab_conn_open_kind(conn)].token);
    frames(j, "frames", steps, 3);
    seconds(j, "time", lab_conn_open_time(conn) >= 0, lab_conn_open_time(conn));
    json_dumper_end_object(j);
}

static void strings(json_dumper *j, const char *key, const GPtrArray *list)
{
    begin_array(j, key);
    for (guint i = 0; list && i < list->len; i++)
        json_dumper_value_string(j, g_ptr_array_index(list, i));
    json_dumper_end_array(j);
}

/* `alpn`: the protocol that was chosen, else those that were offered; `alpn_is` says which. */
static void tls_names(json_dumper *j, const lab_conn_t *conn)
{
    const lab_tls_names_t *names = lab_conn_tls_names(conn);
    lab_alpn_t is = lab_conn_alpn(conn);
    string(j, "server_name", names->server_name);
    begin_array(j, "alpn");
    if (is == LAB_ALPN_CHOSEN)
        json_dumper_value_string(j, names->chosen);
    for (guint i = 0; is != LAB_ALPN_CHOSEN && names->offered && i < names->offered->len; i++)
        json_dumper_value_string(j, g_ptr_array_index(names->offered, i));
    json_dumper_end_array(j);
    string(j, "alpn_is", lab_alpns[is].token);
    string(j, "certificate_subject", names->subject);
    strings(j, "certificate_names", names->certified);
}

static void tls(json_dumper *j, const lab_conn_t *conn)
{
    lab_tls_kind_t kind = lab_conn_tls_kind(conn);
    if (kind == LAB_TLS_NONE) {
        null(j, "tls");
        return;
    }
    begin_object(j, "tls");
    string(j, "kind", lab_tls_kinds[kind].token);
    seconds(j, "time", lab_conn_tls_time(conn) >= 0, lab_conn_tls_time(conn));
    string(j, "inside", lab_decrypted_kinds[lab_conn_decrypted(conn)].token);
    tls_names(j, conn);
    json_dumper_end_object(j);
}

static void closing(json_dumper *j, const lab_conn_t *conn)
{
    lab_closing_t c = lab_conn_closing(conn);
    begin_object(j, "close");
    string(j, "kind", lab_closes[c.kind].token);
    string(j, "first", lab_report_side(conn, c.first));
    string(j, "reason", lab_reasons[c.reason].token);
    frames(j, "frames", c.frames, c.frame_count);
    boolean(j, "lossless", c.lossless);
    string(j, "time_wait", lab_report_side(conn, c.time_wait));
    json_dumper_end_object(j);
}

static void resets(json_dumper *j, const lab_conn_t *conn)
{
    const GPtrArray *list = lab_conn_resets(conn);
    begin_array(j, "resets");
    for (guint i = 0; list && i < list->len; i++) {
        const lab_reset_t *r = g_ptr_array_index(list, i);
        begin_object(j, NULL);
        number(j, "frame", r->frame);
        string(j, "by", lab_report_side(conn, r->by));
        string(j, "cause", lab_rst_cause_text(r->cause).token);
        string(j, "confidence", lab_confidences[r->confidence].token);
        frames(j, "evidence", r->evidence, r->evidence_count);
        string(j, "impact", lab_impacts[r->impact].token);
        if (r->impact == LAB_IMPACT_UNKNOWN)
            null(j, "bytes_lost");
        else
            number(j, "bytes_lost", r->bytes_lost);
        json_dumper_end_object(j);
    }
    json_dumper_end_array(j);
}

/* ---- keep-alive and anomalies ---- */

static void keepalives(json_dumper *j, const lab_conn_t *conn)
{
    const lab_keepalive_list_t *events = lab_conn_keepalives(conn);
    begin_array(j, "keepalive");
    for (guint i = 0; events && i < events->len; i++) {
        const lab_keepalive_event_t *e = &g_array_index(events, lab_keepalive_event_t, i);
        begin_object(j, NULL);
        number(j, "frame", e->frame);
        string(j, "token", lab_keepalives[e->token].token);
        string(j, "by", lab_report_side(conn, e->by));
        frame(j, "number", e->number);
        seconds(j, "interval", e->interval != 0, e->interval);
        json_dumper_end_object(j);
    }
    json_dumper_end_array(j);
}

void lab_json_anomaly(json_dumper *j, const lab_finding_t *f, bool with_stream)
{
    begin_object(j, NULL);
    string(j, "token", lab_anomalies[f->anomaly].token);
    number(j, "frame", f->frame);
    if (with_stream)
        number(j, "stream", f->stream);
    json_dumper_end_object(j);
}

/* Findings by stream; within one in capture order, which is that of the frames. */
static int by_stream(const void *x, const void *y)
{
    const lab_finding_t *a = x, *b = y;
    if (a->stream != b->stream)
        return a->stream < b->stream ? -1 : 1;
    return a->frame < b->frame ? -1 : a->frame > b->frame;
}

/* The anomalies of the connections, which are asked for in the order of their streams. */
typedef struct {
    lab_finding_t *list;
    guint count, next;
} lab_findings_t;

static void anomalies_of(json_dumper *j, lab_findings_t *findings, uint32_t stream)
{
    begin_array(j, "anomalies");
    while (findings->next < findings->count && findings->list[findings->next].stream < stream)
        findings->next++; /* of a connection that is not in */
    while (findings->next < findings->count && findings->list[findings->next].stream <= stream)
        lab_json_anomaly(j, &findings->list[findings->next++], false);
    json_dumper_end_array(j);
}

/* ---- the connection ---- */

static void connection(json_dumper *j, const lab_conn_t *conn, lab_findings_t *findings)
{
    unsigned client = lab_conn_client(conn);
    begin_object(j, NULL);
    number(j, "stream", lab_conn_stream(conn));
    endpoint(j, "client", lab_conn_endpoint(conn, client));
    endpoint(j, "server", lab_conn_endpoint(conn, !client));
    number(j, "first_frame", lab_conn_first_frame(conn));
    number(j, "last_frame", lab_conn_last_frame(conn));
    lookup(j, conn);
    string(j, "dns_is", lab_namings[lab_conn_naming(conn)].token);
    opening(j, conn);
    closing(j, conn);
    tls(j, conn);
    lab_json_http2_connection(j, conn);
    string(j, "conn_state", lab_conn_state_zeek(conn));
    string(j, "history", lab_conn_history(conn));
    resets(j, conn);
    keepalives(j, conn);
    anomalies_of(j, findings, lab_conn_stream(conn));
    json_dumper_end_object(j);
}

void lab_json_connections(json_dumper *j, const lab_report_t *report)
{
    const lab_engine_t *e = report->engine;
    const GArray *all = e ? lab_engine_findings(e) : NULL;
    lab_findings_t findings = {.count = all ? all->len : 0};
    if (findings.count) {
        findings.list = g_memdup2(all->data, sizeof *findings.list * findings.count);
        qsort(findings.list, findings.count, sizeof *findings.list, by_stream);
    }
    begin_array(j, "connections");
    const lab_conn_t *conn;
    for (uint32_t i = 0; (conn = lab_report_next_connection(report, &i));) {
        connection(j, conn, &findings);
        hand_on(j, report);
    }
    json_dumper_end_array(j);
    g_free(findings.list);
}

/* ---- one connection frame by frame ---- */

static void flags(json_dumper *j, const lab_step_t *step)
{
    GString *text = g_string_new(NULL);
    lab_report_flags(step->flags, text);
    string(j, "flags", step->lookup ? NULL : text->str);
    g_string_free(text, TRUE);
}

static void note(json_dumper *j, const lab_report_t *report, const lab_step_t *step)
{
    GString *text = g_string_new(NULL);
    lab_note(report->engine, step->annotation, step->frame, report->lang, text);
    string(j, "note", text->str);
    g_string_free(text, TRUE);
}

static void segment(json_dumper *j, const lab_report_t *report, const lab_step_t *step)
{
    begin_object(j, NULL);
    int64_t time = lab_report_time(report, step->frame);
    number(j, "frame", step->frame);
    seconds(j, "time", time >= 0, time);
    string(j, "sender", step->from_client ? "client" : "server");
    number(j, "client_port", step->client_port);
    number(j, "server_port", step->server_port);
    string(j, "type", step->type);
    flags(j, step);
    known(j, "seq", step->seq);
    known(j, "seq_raw", step->seq_raw);
    known(j, "ack", step->ack);
    known(j, "ack_raw", step->ack_raw);
    known(j, "length", step->length);
    note(j, report, step);
    json_dumper_end_object(j);
}

bool lab_write_connection_json(const lab_report_t *report, uint32_t stream, GString *out)
{
    const lab_conn_t *conn = lab_report_find_connection(report, stream);
    if (!conn)
        return false;
    unsigned client = lab_conn_client(conn);
    GArray *steps = lab_connection_steps(report->engine, conn);
    json_dumper j = begin_text(out);
    number(&j, "stream", lab_conn_stream(conn));
    endpoint(&j, "client", lab_conn_endpoint(conn, client));
    endpoint(&j, "server", lab_conn_endpoint(conn, !client));
    begin_array(&j, "segments");
    for (guint i = 0; i < steps->len; i++) {
        segment(&j, report, &g_array_index(steps, lab_step_t, i));
        hand_on(&j, report);
    }
    json_dumper_end_array(&j);
    finish_text(&j, out);
    g_array_unref(steps);
    return true;
}
