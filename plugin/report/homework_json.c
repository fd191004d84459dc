/* homework_json.c - what homework.c tells, as JSON. */
#include "kinds.h"
#include "report_json.h"
#include "segments.h"
#include "http_status.h"
#include "words.h"

#include <string.h>

/* ---- heads ---- */

/* Writes one field line; `lang` below 0 leaves the meaning out. */
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
        field(j, head->lines[i], head->status != 0, lang);
    json_dumper_end_array(j);
}

static void head_members(json_dumper *j, const lab_head_t *head, int lang)
{
    number(j, "frame", head->frame);
    string(j, "version", head->version);
    if (head->status) {
        number(j, "status", head->status);
        string(j, "phrase", head->phrase);
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

void lab_json_heads(json_dumper *j, const lab_exchange_t *x)
{
    heads(j, x, -1);
}

bool lab_report_exchange_json(const lab_report_t *report, uint32_t n, GString *out)
{
    const lab_exchange_t *x = report->engine ? lab_engine_exchange(report->engine, n) : NULL;
    if (!x)
        return false;
    json_dumper j = {.output_string = out, .flags = JSON_DUMPER_FLAGS_PRETTY_PRINT};
    begin_object(&j, NULL);
    number(&j, "number", x->number);
    number(&j, "stream", x->stream);
    string(&j, "method", x->method);
    string(&j, "method_meaning", x->method ? lab_method_meaning(x->method, report->lang) : NULL);
    string(&j, "target", x->target);
    frame(&j, "status", x->status);
    string(&j, "status_meaning", x->status ? lab_status_meaning(x->status, report->lang) : NULL);
    heads(&j, x, (int)report->lang);
    lab_json_timing(&j, report->engine, x);
    json_dumper_end_object(&j);
    json_dumper_finish(&j);
    g_string_append_c(out, '\n');
    return true;
}

/* ---- the steps of a connection ---- */

static void known(json_dumper *j, const char *key, int64_t value)
{
    if (value < 0)
        null(j, key);
    else
        number(j, key, (uint64_t)value);
}

static void segment(json_dumper *j, const lab_report_t *report, const lab_step_t *step)
{
    const lab_annotation_t *r = step->record;
    bool dns = r->phase == LAB_PHASE_RESOLVE;
    GString *text = g_string_new(NULL);
    begin_object(j, NULL);
    number(j, "frame", step->frame);
    string(j, "sender", step->from_client ? "client" : "server");
    number(j, "client_port", step->client_port);
    number(j, "server_port", step->server_port);
    string(j, "type", step->type);
    lab_report_flags(dns ? 0 : r->flags, text);
    string(j, "flags", dns ? NULL : text->str);
    known(j, "seq", step->seq);
    known(j, "seq_raw", dns ? -1 : (int64_t)r->seq);
    known(j, "ack", step->ack);
    known(j, "ack_raw", !dns && (r->flags & LAB_TH_ACK) ? (int64_t)r->ack : -1);
    known(j, "length", dns ? -1 : (int64_t)r->length);
    g_string_truncate(text, 0);
    lab_note(report->engine, r, step->frame, report->lang, text);
    string(j, "note", text->str);
    json_dumper_end_object(j);
    g_string_free(text, TRUE);
}

bool lab_report_connection_json(const lab_report_t *report, uint32_t stream, GString *out)
{
    const lab_conn_t *conn = report->engine ? lab_engine_conn(report->engine, stream) : NULL;
    if (!conn)
        return false;
    unsigned client = lab_conn_client(conn);
    json_dumper j = {.output_string = out, .flags = JSON_DUMPER_FLAGS_PRETTY_PRINT};
    GArray *steps = lab_connection_steps(report->engine, conn);
    begin_object(&j, NULL);
    number(&j, "stream", stream);
    endpoint(&j, "client", lab_conn_endpoint(conn, client));
    endpoint(&j, "server", lab_conn_endpoint(conn, !client));
    begin_array(&j, "segments");
    for (guint i = 0; i < steps->len; i++)
        segment(&j, report, &g_array_index(steps, lab_step_t, i));
    json_dumper_end_array(&j);
    json_dumper_end_object(&j);
    json_dumper_finish(&j);
    g_string_append_c(out, '\n');
    g_array_unref(steps);
    return true;
}

/* ---- kinds, servers ---- */

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

static void server(json_dumper *j, const lab_server_t *s)
{
    char *address = lab_report_address(s->endpoint);
    begin_object(j, NULL);
    string(j, "address", address);
    number(j, "port", s->endpoint->port);
    number(j, "connections", s->connections);
    number(j, "exchanges", s->exchanges);
    begin_array(j, "client_ports");
    for (guint i = 0; i < s->client_ports->len; i++)
        json_dumper_value_anyf(j, "%u", g_array_index(s->client_ports, uint16_t, i));
    json_dumper_end_array(j);
    json_dumper_end_object(j);
    g_free(address);
}

void lab_json_kinds(json_dumper *j, const lab_report_t *report)
{
    GPtrArray *servers = lab_servers(report->engine);
    begin_object(j, "messages");
    protocols(j, report);
    kinds(j, "http_requests", lab_kinds_of_requests(report->engine));
    kinds(j, "http_responses", lab_kinds_of_responses(report->engine));
    json_dumper_end_object(j);
    begin_array(j, "servers");
    for (guint i = 0; i < servers->len; i++)
        server(j, g_ptr_array_index(servers, i));
    json_dumper_end_array(j);
    g_ptr_array_unref(servers);
}

/* ---- meanings ---- */

/* Sets of names, fields in lower case. */
typedef struct {
    GTree *methods, *statuses, *fields[2]; /* of requests, of responses */
} meanings_t;

typedef const char *(*meaning_t)(const char *key, lab_lang_t lang);

static const char *status_meaning(const char *key, lab_lang_t lang)
{
    return lab_status_meaning((uint16_t)g_ascii_strtoull(key, NULL, 10), lang);
}

static const char *request_field_meaning(const char *key, lab_lang_t lang)
{
    return lab_field_meaning(key, strlen(key), false, lang);
}

static const char *response_field_meaning(const char *key, lab_lang_t lang)
{
    return lab_field_meaning(key, strlen(key), true, lang);
}

static void note_head(meanings_t *m, const lab_exchange_t *x, const lab_head_t *head)
{
    bool response = head->status != 0;
    if (response)
        g_tree_insert(m->statuses, g_strdup_printf("%u", head->status), NULL);
    else if (x->method)
        g_tree_insert(m->methods, g_strdup(x->method), NULL);
    for (unsigned i = 0; i < head->count; i++) {
        size_t length;
        const char *value;
        if (lab_field_split(head->lines[i], &length, &value))
            g_tree_insert(m->fields[response], g_ascii_strdown(head->lines[i], (gssize)length), NULL);
    }
}

typedef struct {
    json_dumper *json;
    meaning_t meaning;
} meaning_writer_t;

static gboolean write_meaning(gpointer key, gpointer value, gpointer user)
{
    const meaning_writer_t *w = user;
    (void)value;
    char *valid = g_utf8_make_valid(key, -1);
    begin_object(w->json, valid);
    string(w->json, "en", w->meaning(key, LAB_LANG_EN));
    string(w->json, "zh", w->meaning(key, LAB_LANG_ZH));
    json_dumper_end_object(w->json);
    g_free(valid);
    return FALSE;
}

static void write_meanings(json_dumper *j, const char *key, GTree *tree, meaning_t meaning)
{
    meaning_writer_t w = {j, meaning};
    begin_object(j, key);
    g_tree_foreach(tree, write_meaning, &w);
    json_dumper_end_object(j);
    g_tree_destroy(tree);
}

static GTree *new_meanings(void)
{
    return g_tree_new_full((GCompareDataFunc)(void (*)(void))g_strcmp0, NULL, g_free, NULL);
}

void lab_json_meanings(json_dumper *j, const lab_report_t *report)
{
    meanings_t m = {new_meanings(), new_meanings(), {new_meanings(), new_meanings()}};
    for (uint32_t n = 1; report->engine && n <= lab_engine_exchanges(report->engine); n++) {
        const lab_exchange_t *x = lab_engine_exchange(report->engine, n);
        for (const lab_head_t *head = x->heads; head; head = head->next)
            note_head(&m, x, head);
    }
    begin_object(j, "meanings");
    write_meanings(j, "methods", m.methods, lab_method_meaning);
    write_meanings(j, "statuses", m.statuses, status_meaning);
    write_meanings(j, "request_headers", m.fields[0], request_field_meaning);
    write_meanings(j, "response_headers", m.fields[1], response_field_meaning);
    json_dumper_end_object(j);
}
