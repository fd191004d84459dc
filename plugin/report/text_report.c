/* text_report.c - the report as text a person reads: each connection's story, then the anomalies. */
#include <string.h>

#include "page_facts.h"
#include "report.h"
#include "texts.h"

/* The places of one sentence: pairs of name and text, ended by a NULL name. */
typedef struct {
    const char *name, *text;
} place_t;

static bool fill(void *user, const char *name, GString *out)
{
    for (const place_t *p = user; p->name; p++) {
        if (strcmp(p->name, name) == 0) {
            lab_text_append_printable(out, p->text ? p->text : "?");
            return true;
        }
    }
    return false;
}

/* Lives for one report: the strings that sentences are made of. */
typedef struct {
    const lab_report_t *report;
    GString *out;
    GStringChunk *strings;
} writer_t;

static const char *number(writer_t *w, uint64_t n)
{
    char text[24];
    g_snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, n);
    return g_string_chunk_insert(w->strings, text);
}

static const char *duration(writer_t *w, int64_t ns)
{
    GString *s = g_string_new(NULL);
    lab_text_duration(s, ns, w->report->lang);
    const char *kept = g_string_chunk_insert(w->strings, s->str);
    g_string_free(s, TRUE);
    return kept;
}

static const char *expanded(writer_t *w, lab_text_id_t id, const place_t *places)
{
    GString *s = g_string_new(NULL);
    lab_text_expand(s, lab_text(id, w->report->lang), fill, (void *)places);
    const char *kept = g_string_chunk_insert(w->strings, s->str);
    g_string_free(s, TRUE);
    return kept;
}

static void line(writer_t *w, lab_text_id_t id, const place_t *places)
{
    lab_text_expand(w->out, lab_text(id, w->report->lang), fill, (void *)places);
    g_string_append_c(w->out, '\n');
}

static const char *side(writer_t *w, const lab_conn_t *conn, int end)
{
    lab_text_id_t id = end > 1                                  ? LAB_TEXT_BOTH
                       : (unsigned)end == lab_conn_client(conn) ? LAB_TEXT_CLIENT
                                                                : LAB_TEXT_SERVER;
    return lab_text(id, w->report->lang);
}

/* A client that asked by address had nothing to look up: then there is no line. */
static void lookup(writer_t *w, const lab_conn_t *conn)
{
    static const struct {
        bool told;
        lab_text_id_t text;
    } rows[LAB_NAMINGS] = {[LAB_NAMING_LOOKED_UP] = {true, LAB_TEXT_REPORT_LOOKUP},
                           [LAB_NAMING_ANSWER_ONLY] = {true, LAB_TEXT_REPORT_LOOKUP_ANSWER},
                           [LAB_NAMING_KNOWN] = {true, LAB_TEXT_REPORT_LOOKUP_KNOWN},
                           [LAB_NAMING_NOT_CAPTURED] = {true, LAB_TEXT_REPORT_LOOKUP_NOT_CAPTURED}};
    lab_naming_t naming = lab_conn_naming(conn);
    const lab_lookup_t *l = lab_conn_lookup(conn);
    if (!rows[naming].told)
        return;
    const char *host = lab_conn_host(conn);
    line(w, rows[naming].text,
         (place_t[]){
             {"name", l ? l->name : g_string_chunk_insert_len(w->strings, host, (gssize)strcspn(host, ":"))},
             {"query", number(w, l ? l->query_frame : 0)},
             {"answer", number(w, l ? l->answer_frame : 0)},
             {"time", duration(w, l ? l->answer_time - l->query_time : -1)},
             {"how", lab_namings[naming].text.in[w->report->lang]},
             {NULL, NULL}});
}

static void opening(writer_t *w, const lab_conn_t *conn)
{
    const lab_token_t *kind = &lab_opens[lab_conn_open_kind(conn)];
    int64_t time = lab_conn_open_time(conn);
    GString *after = g_string_new(NULL);
    if (time >= 0)
        g_string_append_printf(after, "%s%s", lab_text(LAB_TEXT_COMMA, w->report->lang), duration(w, time));
    line(w, LAB_TEXT_REPORT_OPENED,
         (place_t[]){{"open", kind->text.in[w->report->lang]},
                     {"token", kind->token},
                     {"time", after->str},
                     {NULL, NULL}});
    g_string_free(after, TRUE);
}

static void tls(writer_t *w, const lab_conn_t *conn)
{
    const lab_token_t *kind = &lab_tls_kinds[lab_conn_tls_kind(conn)];
    if (!kind->token)
        return;
    GString *after = g_string_new(NULL);
    if (lab_conn_tls_time(conn) >= 0)
        g_string_append_printf(after, "%s%s", lab_text(LAB_TEXT_COMMA, w->report->lang),
                               duration(w, lab_conn_tls_time(conn)));
    line(w, LAB_TEXT_REPORT_TLS,
         (place_t[]){{"tls", kind->text.in[w->report->lang]},
                     {"token", kind->token},
                     {"time", after->str},
                     {NULL, NULL}});
    g_string_free(after, TRUE);
    const lab_token_t *inside = &lab_decrypted_kinds[lab_conn_decrypted(conn)];
    if (inside->token)
        line(w, LAB_TEXT_REPORT_INSIDE,
             (place_t[]){
                 {"inside", inside->text.in[w->report->lang]}, {"token", inside->token}, {NULL, NULL}});
}

/* A queue that is not known is left out, for then it is so by nature; a part that has not come to its end,
 * too. */
static const char *timing(writer_t *w, const lab_exchange_t *x)
{
    const lab_timing_t t = lab_exchange_timing(w->report->engine, x);
    place_t places[] = {{"queue", duration(w, t.queue)},
                        {"wait", duration(w, t.wait)},
                        {"receive", duration(w, t.receive)},
                        {NULL, NULL}};
    const struct {
        bool told;
        lab_text_id_t text;
    } parts[] = {{x->request_done && t.queue >= 0, LAB_TEXT_REPORT_QUEUE},
                 {x->request_done, LAB_TEXT_REPORT_WAIT},
                 {x->response_complete, LAB_TEXT_REPORT_RECEIVE},
                 {x->truncated, LAB_TEXT_REPORT_TRUNCATED}};
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (parts[i].told)
            g_string_append(out, expanded(w, parts[i].text, places));
    const char *kept = g_string_chunk_insert(w->strings, out->str);
    g_string_free(out, TRUE);
    return kept;
}

static void exchange(writer_t *w, const lab_exchange_t *x)
{
    place_t places[] = {{"number", number(w, x->number)},
                        {"method", x->method},
                        {"target", x->target},
                        {"request", x->request_first ? number(w, x->request_first) : NULL},
                        {"status", number(w, x->status)},
                        {"response", number(w, x->response_first)},
                        {"body", number(w, x->received)},
                        {"timing", x->response_first ? timing(w, x) : ""},
                        {NULL, NULL}};
    const lab_conn_t *conn = lab_engine_conn(w->report->engine, x->stream);
    bool unread = x->secure && lab_conn_unread(conn, !x->client);
    line(w,
         x->response_first ? LAB_TEXT_REPORT_EXCHANGE
         : unread          ? LAB_TEXT_REPORT_UNREAD
                           : LAB_TEXT_REPORT_UNANSWERED,
         places);
}

static void keepalives(writer_t *w, const lab_conn_t *conn)
{
    const GArray *events = lab_conn_keepalives(conn);
    for (guint i = 0; events && i < events->len; i++) {
        const lab_keepalive_event_t *e = &g_array_index(events, lab_keepalive_event_t, i);
        if (e->token == LAB_KEEPALIVE_PROBE)
            line(w, LAB_TEXT_REPORT_KEEPALIVE,
                 (place_t[]){{"frame", number(w, e->frame)},
                             {"by", side(w, conn, e->by)},
                             {"number", number(w, e->number)},
                             {"interval", duration(w, e->interval)},
                             {NULL, NULL}});
    }
}

static void reset(writer_t *w, const lab_conn_t *conn, const lab_reset_t *r)
{
    lab_lang_t lang = w->report->lang;
    const lab_rst_cause_text_t cause = lab_rst_cause_text(r->cause);
    GString *why = g_string_new(NULL);
    place_t who[] = {{"by", side(w, conn, r->by)},
                     {"peer", side(w, conn, !r->by)},
                     {"evidence", number(w, r->evidence_count ? r->evidence[0] : 0)},
                     {NULL, NULL}};
    lab_text_expand(why, cause.text.in[lang], fill, who);
    const char *impact = r->impact == LAB_BYTES_LOST && r->bytes_lost
                             ? expanded(w, LAB_TEXT_REPORT_LOST,
                                        (place_t[]){{"bytes", number(w, r->bytes_lost)}, {NULL, NULL}})
                             : lab_impacts[r->impact].text.in[lang];
    line(w, LAB_TEXT_REPORT_RST,
         (place_t[]){{"frame", number(w, r->frame)},
                     {"by", who[0].text},
                     {"cause", why->str},
                     {"token", cause.token},
                     {"confidence", lab_confidences[r->confidence].text.in[lang]},
                     {"impact", impact},
                     {NULL, NULL}});
    g_string_free(why, TRUE);
}

static void closing(writer_t *w, const lab_conn_t *conn)
{
    lab_lang_t lang = w->report->lang;
    lab_closing_t c = lab_conn_closing(conn);
    const char *first = "", *reason = "";
    if (c.first >= 0)
        first =
            expanded(w, LAB_TEXT_REPORT_FIRST, (place_t[]){{"side", side(w, conn, c.first)}, {NULL, NULL}});
    bool told = c.reason == LAB_REASON_NONE || (c.reason == LAB_REASON_UNKNOWN && lab_conn_resets(conn));
    if (!told)
        reason = expanded(w, LAB_TEXT_REPORT_REASON,
                          (place_t[]){{"reason", lab_reasons[c.reason].text.in[lang]}, {NULL, NULL}});
    GString *tail = g_string_new(reason);
    if (c.time_wait >= 0)
        g_string_append(tail, expanded(w, LAB_TEXT_REPORT_TIME_WAIT,
                                       (place_t[]){{"side", side(w, conn, c.time_wait)}, {NULL, NULL}}));
    line(w, LAB_TEXT_REPORT_CLOSED,
         (place_t[]){{"close", lab_closes[c.kind].text.in[lang]},
                     {"token", lab_closes[c.kind].token},
                     {"first", first},
                     {"reason", tail->str},
                     {NULL, NULL}});
    g_string_free(tail, TRUE);
}

static void connection(writer_t *w, const lab_conn_t *conn)
{
    unsigned end = lab_conn_client(conn);
    char *client = lab_report_endpoint(lab_conn_endpoint(conn, end));
    char *server = lab_report_endpoint(lab_conn_endpoint(conn, !end));
    g_string_append_c(w->out, '\n');
    line(w, LAB_TEXT_REPORT_CONNECTION,
         (place_t[]){{"stream", number(w, lab_conn_stream(conn))},
                     {"client", client},
                     {"server", server},
                     {"first", number(w, lab_conn_first_frame(conn))},
                     {"last", number(w, lab_conn_last_frame(conn))},
                     {NULL, NULL}});
    g_free(client);
    g_free(server);
    lookup(w, conn);
    opening(w, conn);
    tls(w, conn);
    const GArray *exchanges = lab_conn_exchanges(conn);
    for (guint i = 0; exchanges && i < exchanges->len; i++)
        exchange(w, lab_engine_exchange(w->report->engine, g_array_index(exchanges, uint32_t, i)));
    keepalives(w, conn);
    const GPtrArray *resets = lab_conn_resets(conn);
    for (guint i = 0; resets && i < resets->len; i++)
        reset(w, conn, g_ptr_array_index(resets, i));
    closing(w, conn);
}

static void capture(writer_t *w)
{
    const lab_report_t *r = w->report;
    uint32_t connections = 0;
    for (uint32_t i = 0; r->engine && i < lab_engine_streams(r->engine); i++)
        connections += lab_engine_conn_at(r->engine, i) != NULL;
    g_string_append_printf(w->out, "Lab: %s\n", lab_text(LAB_TEXT_REPORT_TITLE, r->lang));
    line(w, LAB_TEXT_REPORT_CAPTURE,
         (place_t[]){{"frames", number(w, r->frames)},
                     {"tcp_frames", number(w, r->engine ? lab_engine_tcp_frames(r->engine) : 0)},
                     {"connections", number(w, connections)},
                     {"exchanges", number(w, r->engine ? lab_engine_exchanges(r->engine) : 0)},
                     {NULL, NULL}});
    uint32_t quality = lab_report_quality(r);
    g_string_append_printf(w->out, "%s%s\n", lab_text(LAB_TEXT_REPORT_QUALITY, r->lang),
                           quality ? "" : lab_text(LAB_TEXT_QUALITY_GOOD, r->lang));
    for (unsigned bit = 0; bit < LAB_QUALITY_BITS; bit++)
        if (quality & (1u << bit))
            g_string_append_printf(w->out, "  - %s\n", lab_quality_text(bit, r->lang));
}

/* "#1 page, #2 image": its exchanges and what kinds of objects they brought. */
static const char *kinds(writer_t *w, const lab_page_t *p)
{
    GString *s = g_string_new(NULL);
    for (guint i = 0; i < p->exchanges->len; i++) {
        const lab_exchange_t *x =
            lab_engine_exchange(w->report->engine, g_array_index(p->exchanges, uint32_t, i));
        const char *kind = lab_exchange_object(x);
        g_string_append_printf(s, "%s#%u %s", i ? ", " : "", x->number, kind ? kind : "-");
    }
    const char *kept = g_string_chunk_insert(w->strings, s->str);
    g_string_free(s, TRUE);
    return kept;
}

static void page(writer_t *w, const lab_page_t *p)
{
    lab_page_facts_t facts = lab_page_facts(w->report->engine, p);
    place_t places[] = {{"number", number(w, p->number)},
                        {"url", p->url},
                        {"exchanges", number(w, p->exchanges->len)},
                        {"kinds", kinds(w, p)},
                        {"bytes", number(w, p->bytes)},
                        {"time", duration(w, p->last_time - p->begin_time)},
                        {"connections", number(w, facts.streams->len)},
                        {"parallel", number(w, facts.parallel)},
                        {"spare", number(w, facts.spare->len)},
                        {NULL, NULL}};
    line(w, LAB_TEXT_REPORT_PAGE, places);
    if (facts.spare->len)
        line(w, LAB_TEXT_REPORT_SPARE, places);
    lab_page_facts_clear(&facts);
}

static void pages(writer_t *w)
{
    const lab_engine_t *e = w->report->engine;
    if (!e || !lab_engine_pages(e))
        return;
    g_string_append_c(w->out, '\n');
    for (uint32_t n = 1; n <= lab_engine_pages(e); n++)
        if (lab_engine_page(e, n)->exchanges->len)
            page(w, lab_engine_page(e, n));
}

void lab_report_text(const lab_report_t *report, GString *out)
{
    writer_t w = {report, out, g_string_chunk_new(1024)};
    capture(&w);
    lab_report_kinds(report, out);
    pages(&w);
    for (uint32_t i = 0; report->engine && i < lab_engine_streams(report->engine); i++) {
        const lab_conn_t *conn = lab_engine_conn_at(report->engine, i);
        if (conn)
            connection(&w, conn);
    }
    g_string_append_c(out, '\n');
    if (report->engine && lab_engine_findings(report->engine)->len)
        lab_report_anomalies(report, out);
    else
        g_string_append_printf(out, "%s%s%s\n", lab_text(LAB_TEXT_ANOMALIES, report->lang),
                               lab_text(LAB_TEXT_COLON, report->lang),
                               lab_text(LAB_TEXT_REPORT_NO_ANOMALY, report->lang));
    g_string_chunk_free(w.strings);
}
