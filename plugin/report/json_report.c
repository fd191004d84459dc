/* json_report.c - the report as JSON, written by Wireshark's own json_dumper. A value that is not known is
 * null. */
#include "json_write.h"
#include "page_facts.h"
#include "report.h"
#include "report_json.h"

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

static void keepalives(json_dumper *j, const lab_conn_t *conn)
{
    const GArray *events = lab_conn_keepalives(conn);
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

static void anomaly(json_dumper *j, const lab_finding_t *f, bool with_stream)
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
} findings_t;

static void anomalies_of(json_dumper *j, findings_t *findings, uint32_t stream)
{
    begin_array(j, "anomalies");
    while (findings->next < findings->count && findings->list[findings->next].stream <= stream)
        anomaly(j, &findings->list[findings->next++], false);
    json_dumper_end_array(j);
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
    json_dumper_end_object(j);
}

static void connection(json_dumper *j, const lab_conn_t *conn, findings_t *findings)
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
    string(j, "conn_state", lab_conn_state_zeek(conn));
    string(j, "history", lab_conn_history(conn));
    resets(j, conn);
    keepalives(j, conn);
    anomalies_of(j, findings, lab_conn_stream(conn));
    json_dumper_end_object(j);
}

void lab_json_timing(json_dumper *j, const lab_engine_t *engine, const lab_exchange_t *x)
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
    seconds(j, "total", true, t.total);
    json_dumper_end_object(j);
}

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
    lab_json_heads(j, x);
    lab_json_timing(j, engine, x);
    json_dumper_end_object(j);
}

static void capture(json_dumper *j, const lab_report_t *report)
{
    uint32_t quality = lab_report_quality(report);
    begin_object(j, "capture");
    if (report->file)
        string(j, "file", report->file);
    number(j, "frames", report->frames);
    number(j, "tcp_frames", report->engine ? lab_engine_tcp_frames(report->engine) : 0);
    begin_array(j, "quality");
    for (unsigned bit = 0; bit < LAB_QUALITY_BITS; bit++)
        if (quality & (1u << bit))
            json_dumper_value_string(j, lab_quality_token(bit));
    json_dumper_end_array(j);
    json_dumper_end_object(j);
}

static void connections(json_dumper *j, const lab_engine_t *e)
{
    const GArray *all = e ? lab_engine_findings(e) : NULL;
    findings_t findings = {.count = all ? all->len : 0};
    if (findings.count) {
        findings.list = g_memdup2(all->data, sizeof *findings.list * findings.count);
        qsort(findings.list, findings.count, sizeof *findings.list, by_stream);
    }
    begin_array(j, "connections");
    for (uint32_t i = 0; e && i < lab_engine_streams(e); i++)
        if (lab_engine_conn_at(e, i))
            connection(j, lab_engine_conn_at(e, i), &findings);
    json_dumper_end_array(j);
    g_free(findings.list);
}

static void exchanges(json_dumper *j, const lab_engine_t *e)
{
    begin_array(j, "exchanges");
    for (uint32_t n = 1; e && n <= lab_engine_exchanges(e); n++)
        exchange(j, e, lab_engine_exchange(e, n));
    json_dumper_end_array(j);
}

static void numbers(json_dumper *j, const char *key, const GArray *list)
{
    begin_array(j, key);
    for (guint i = 0; i < list->len; i++)
        json_dumper_value_anyf(j, "%u", g_array_index(list, uint32_t, i));
    json_dumper_end_array(j);
}

static void page(json_dumper *j, const lab_engine_t *e, const lab_page_t *p)
{
    lab_page_facts_t facts = lab_page_facts(e, p);
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

static void pages(json_dumper *j, const lab_engine_t *e)
{
    begin_array(j, "pages");
    for (uint32_t n = 1; e && n <= lab_engine_pages(e); n++)
        if (lab_engine_page(e, n)->exchanges->len)
            page(j, e, lab_engine_page(e, n));
    json_dumper_end_array(j);
}

static void anomalies(json_dumper *j, const lab_engine_t *e)
{
    const GArray *all = e ? lab_engine_findings(e) : NULL;
    begin_array(j, "anomalies");
    for (guint i = 0; all && i < all->len; i++)
        anomaly(j, &g_array_index(all, lab_finding_t, i), true);
    json_dumper_end_array(j);
}

void lab_report_json(const lab_report_t *report, GString *out)
{
    json_dumper j = {.output_string = out, .flags = JSON_DUMPER_FLAGS_PRETTY_PRINT};
    begin_object(&j, NULL);
    capture(&j, report);
    lab_json_kinds(&j, report);
    connections(&j, report->engine);
    exchanges(&j, report->engine);
    pages(&j, report->engine);
    anomalies(&j, report->engine);
    lab_json_meanings(&j, report);
    json_dumper_end_object(&j);
    json_dumper_finish(&j);
    g_string_append_c(out, '\n');
}
