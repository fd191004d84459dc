/* homework.c - the tables that a report on a capture asks for: 1.1 request, 1.2 response, 1.3 steps of a
 * connection; and how many kinds of messages, connections and ports there are. */
#include "kinds.h"
#include "segments.h"
#include "table.h"
#include "texts.h"
#include "http_status.h"
#include "words.h"

#include <string.h>

#define PORTS_MAX 30 /* client ports listed in the text; JSON has all */

/* Numbers and strings that stand for the places of a text; ended by a NULL name. */
typedef struct {
    const char *name, *text;
    uint32_t number; /* where text is NULL */
} place_t;

static bool fill(void *user, const char *name, GString *out)
{
    for (const place_t *p = user; p->name; p++) {
        if (strcmp(p->name, name) != 0)
            continue;
        if (p->text)
            g_string_append(out, p->text);
        else
            g_string_append_printf(out, "%u", p->number);
        return true;
    }
    return false;
}

static void line(const lab_report_t *report, GString *out, lab_text_id_t id, const place_t *places)
{
    lab_text_expand(out, lab_text(id, report->lang), fill, (void *)places);
    g_string_append_c(out, '\n');
}

static lab_table_t *table_of(lab_lang_t lang, const lab_text_id_t *titles, unsigned n)
{
    const char *texts[16];
    for (unsigned i = 0; i < n; i++)
        texts[i] = lab_text(titles[i], lang);
    return lab_table_new(n, texts);
}

/* ---- tables 1.1 and 1.2 ---- */

static void field_row(lab_table_t *t, const char *name, const char *value, const char *meaning)
{
    lab_table_cell(t, name);
    lab_table_cell(t, value);
    lab_table_cell(t, meaning);
}

/* A field after the body is marked as such. */
static char *name_of(const lab_head_t *head, const char *text, size_t length, lab_lang_t lang)
{
    char *name = g_strndup(text, length);
    if (!head->trailer)
        return name;
    GString *marked = g_string_new(NULL);
    place_t places[] = {{"name", name, 0}, {NULL, NULL, 0}};
    lab_text_expand(marked, lab_text(LAB_TEXT_TRAILER_FIELD, lang), fill, places);
    g_free(name);
    return g_string_free(marked, FALSE);
}

static void field_rows(lab_table_t *t, const lab_head_t *head, lab_lang_t lang)
{
    for (unsigned i = 0; i < head->count; i++) {
        const char *text = head->lines[i], *value;
        size_t length;
        if (!lab_field_split(text, &length, &value)) {
            field_row(t, text, "", lab_text(LAB_TEXT_NOT_A_FIELD, lang));
            continue;
        }
        char *name = name_of(head, text, length, lang);
        field_row(t, name, value, lab_field_meaning(text, length, head->status != 0, lang));
        g_free(name);
    }
}

/* "Method: GET (what it means)"; what is not known is "?". As in a table, control characters are dots. */
static void labelled(GString *out, const char *label, const char *value, const char *meaning, lab_lang_t lang)
{
    char *valid = g_utf8_make_valid(value ? value : "?", -1);
    for (char *p = valid; *p; p++)
        if (g_ascii_iscntrl(*p))
            *p = '.';
    g_string_append_printf(out, "%s%s%s", label, lab_text(LAB_TEXT_COLON, lang), valid);
    if (meaning)
        lab_text_means(out, meaning, lang);
    g_string_append_c(out, '\n');
    g_free(valid);
}

static void start_line(GString *out, const lab_exchange_t *x, const lab_head_t *head, lab_lang_t lang)
{
    char code[8];
    g_snprintf(code, sizeof code, "%u", head->status);
    if (head->status) {
        labelled(out, lab_text(LAB_TEXT_VERSION, lang), head->version, NULL, lang);
        labelled(out, lab_text(LAB_TEXT_STATUS_CODE, lang), code, lab_status_meaning(head->status, lang),
                 lang);
        labelled(out, lab_text(LAB_TEXT_PHRASE, lang), head->phrase, NULL, lang);
    } else {
        labelled(out, lab_text(LAB_TEXT_COL_METHOD, lang), x->method,
                 x->method ? lab_method_meaning(x->method, lang) : NULL, lang);
        labelled(out, lab_text(LAB_TEXT_VERSION, lang), head->version, NULL, lang);
        labelled(out, "URL", x->target, NULL, lang);
    }
}

static void message_table(const lab_report_t *report, const lab_exchange_t *x, const lab_head_t *head,
                          GString *out)
{
    static const lab_text_id_t titles[] = {LAB_TEXT_COL_FIELD, LAB_TEXT_COL_VALUE, LAB_TEXT_COL_MEANING};
    lab_table_t *t = table_of(report->lang, titles, G_N_ELEMENTS(titles));
    g_string_append_c(out, '\n');
    line(report, out, head->status ? LAB_TEXT_TABLE_RESPONSE : LAB_TEXT_TABLE_REQUEST,
         (place_t[]){{"frame", NULL, head->frame}, {NULL, NULL, 0}});
    start_line(out, x, head, report->lang);
    field_rows(t, head, report->lang);
    const lab_head_t *trailer = lab_head_trailer(head);
    if (trailer)
        field_rows(t, trailer, report->lang);
    lab_table_print(t, out);
    lab_table_free(t);
    uint32_t left_out = head->left_out + (uint32_t)(trailer ? trailer->left_out : 0);
    if (left_out)
        line(report, out, LAB_TEXT_FIELDS_LEFT_OUT, (place_t[]){{"count", NULL, left_out}, {NULL, NULL, 0}});
}

/* The words are those of the JSON report; "-" is what is not known or does not apply. */
static void timing_table(const lab_report_t *report, const lab_exchange_t *x, GString *out)
{
    static const lab_text_id_t titles[] = {LAB_TEXT_COL_PART, LAB_TEXT_COL_TIME, LAB_TEXT_COL_MEANING};
    lab_lang_t lang = report->lang;
    const lab_timing_t t = lab_exchange_timing(report->engine, x);
    lab_naming_t naming = lab_conn_naming(lab_engine_conn(report->engine, x->stream));
    if (naming == LAB_NAMING_NONE || x->index > 1)
        naming = LAB_NAMING_LOOKED_UP; /* says what the part is */
    const struct {
        const char *part;
        int64_t time;
        const char *meaning;
    } rows[] = {{"queue", t.queue, lab_queues[t.queue_is].text.in[lang]},
                {"dns", t.dns, lab_namings[naming].text.in[lang]},
                {"connect", t.connect, lab_text(LAB_TEXT_TIMING_CONNECT, lang)},
                {"tls", t.tls, lab_text(LAB_TEXT_TIMING_TLS, lang)},
                {"send", t.send, lab_text(LAB_TEXT_TIMING_SEND, lang)},
                {"wait", t.wait, lab_text(LAB_TEXT_TIMING_WAIT, lang)},
                {"receive", t.receive, lab_text(LAB_TEXT_TIMING_RECEIVE, lang)},
                {"total", t.total, lab_text(LAB_TEXT_TIMING_TOTAL, lang)}};
    lab_table_t *table = table_of(lang, titles, G_N_ELEMENTS(titles));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        GString *time = g_string_new(NULL);
        lab_text_duration(time, rows[i].time, lang);
        field_row(table, rows[i].part, rows[i].time < 0 ? "-" : time->str, rows[i].meaning);
        g_string_free(time, TRUE);
    }
    g_string_append_printf(out, "\n%s\n", lab_text(LAB_TEXT_TIMING, lang));
    lab_table_print(table, out);
    lab_table_free(table);
}

bool lab_report_exchange(const lab_report_t *report, uint32_t number, GString *out)
{
    const lab_exchange_t *x = report->engine ? lab_engine_exchange(report->engine, number) : NULL;
    if (!x)
        return false;
    g_string_append(out, "Lab: ");
    line(report, out, LAB_TEXT_EXCHANGE_TITLE,
         (place_t[]){{"number", NULL, x->number}, {"stream", NULL, x->stream}, {NULL, NULL, 0}});
    if (!lab_exchange_head(x, false))
        line(report, out, LAB_TEXT_NO_REQUEST, (place_t[]){{NULL, NULL, 0}});
    for (const lab_head_t *head = x->heads; head; head = head->next)
        if (!head->trailer)
            message_table(report, x, head, out);
    if (!lab_exchange_head(x, true))
        line(report, out, LAB_TEXT_NO_RESPONSE, (place_t[]){{NULL, NULL, 0}});
    timing_table(report, x, out);
    return true;
}

/* ---- table 1.3 ---- */

static void cell_known(lab_table_t *t, int64_t value)
{
    if (value < 0)
        lab_table_cell(t, NULL);
    else
        lab_table_cellf(t, "%" G_GINT64_FORMAT, value);
}

/* As Wireshark writes them in Info. */
void lab_report_flags(uint8_t flags, GString *out)
{
    static const char *const names[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
    bool first = true;
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!(flags & (1u << i)))
            continue;
        g_string_append_printf(out, "%s%s", first ? "" : ", ", names[i]);
        first = false;
    }
}

static void step_row(const lab_report_t *report, lab_table_t *t, const lab_step_t *step)
{
    const lab_annotation_t *r = step->record;
    bool dns = r->phase == LAB_PHASE_RESOLVE;
    GString *text = g_string_new(NULL);
    lab_table_cellf(t, "%u", step->client_port);
    lab_table_cellf(t, "%u", step->server_port);
    lab_table_cell(t, step->from_client ? "→" : "←");
    lab_table_cellf(t, "%u", step->frame);
    lab_table_cell(t, step->type);
    lab_report_flags(dns ? 0 : r->flags, text);
    lab_table_cell(t, text->len ? text->str : NULL);
    cell_known(t, step->seq);
    cell_known(t, dns ? -1 : (int64_t)r->seq);
    cell_known(t, step->ack);
    cell_known(t, !dns && (r->flags & LAB_TH_ACK) ? (int64_t)r->ack : -1);
    cell_known(t, dns ? -1 : (int64_t)r->length);
    g_string_truncate(text, 0);
    lab_note(report->engine, r, step->frame, report->lang, text);
    lab_table_cell(t, text->str);
    g_string_free(text, TRUE);
}

bool lab_report_connection(const lab_report_t *report, uint32_t stream, GString *out)
{
    static const lab_text_id_t titles[] = {
        LAB_TEXT_COL_CLIENT_PORT, LAB_TEXT_COL_SERVER_PORT, LAB_TEXT_COL_DIRECTION, LAB_TEXT_COL_FRAME,
        LAB_TEXT_COL_TYPE,        LAB_TEXT_COL_FLAGS,       LAB_TEXT_COL_SEQ,       LAB_TEXT_COL_SEQ_RAW,
        LAB_TEXT_COL_ACK,         LAB_TEXT_COL_ACK_RAW,     LAB_TEXT_COL_LENGTH,    LAB_TEXT_COL_STEP};
    const lab_conn_t *conn = report->engine ? lab_engine_conn(report->engine, stream) : NULL;
    if (!conn)
        return false;
    unsigned client = lab_conn_client(conn);
    char *from = lab_report_endpoint(lab_conn_endpoint(conn, client));
    char *to = lab_report_endpoint(lab_conn_endpoint(conn, !client));
    g_string_append(out, "Lab: ");
    line(report, out, LAB_TEXT_TABLE_STEPS,
         (place_t[]){{"stream", NULL, stream}, {"client", from, 0}, {"server", to, 0}, {NULL, NULL, 0}});
    lab_table_t *t = table_of(report->lang, titles, G_N_ELEMENTS(titles));
    GArray *steps = lab_connection_steps(report->engine, conn);
    for (guint i = 0; i < steps->len; i++)
        step_row(report, t, &g_array_index(steps, lab_step_t, i));
    lab_table_print(t, out);
    lab_table_free(t);
    g_array_unref(steps);
    g_free(from);
    g_free(to);
    return true;
}

/* ---- kinds of messages, connections and ports ---- */

static void http_kinds(const lab_report_t *report, lab_text_id_t id, GArray *kinds, GString *out)
{
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < kinds->len; i++) {
        const lab_kind_t *k = &g_array_index(kinds, lab_kind_t, i);
        const lab_status_word_t *word = lab_status_word(k->status);
        g_string_append(list, i ? ", " : "");
        if (k->status)
            g_string_append_printf(list, "%u %s (%u)", k->status, word ? word->phrase : "?", k->count);
        else
            g_string_append_printf(list, "%s (%u)", k->method ? k->method : "?", k->count);
    }
    if (!kinds->len)
        g_string_append(list, lab_text(LAB_TEXT_NONE, report->lang));
    line(report, out, id, (place_t[]){{"list", list->str, 0}, {NULL, NULL, 0}});
    g_string_free(list, TRUE);
    g_array_unref(kinds);
}

static void protocols(const lab_report_t *report, GString *out)
{
    if (!report->protocols)
        return;
    GString *list = g_string_new(NULL);
    for (unsigned i = 0; i < report->protocol_count; i++)
        g_string_append_printf(list, "%s%s (%u)", i ? ", " : "", report->protocols[i].name,
                               report->protocols[i].frames);
    line(report, out, LAB_TEXT_KINDS_PROTOCOLS, (place_t[]){{"list", list->str, 0}, {NULL, NULL, 0}});
    g_string_free(list, TRUE);
}

static void server_row(const lab_report_t *report, lab_table_t *t, const lab_server_t *server)
{
    GString *ports = g_string_new(NULL);
    guint shown = MIN(server->client_ports->len, PORTS_MAX);
    for (guint i = 0; i < shown; i++)
        g_string_append_printf(ports, "%s%u", i ? ", " : "",
                               g_array_index(server->client_ports, uint16_t, i));
    if (server->client_ports->len > shown) {
        const place_t places[] = {{"count", NULL, server->client_ports->len - shown}, {NULL, NULL, 0}};
        lab_text_expand(ports, lab_text(LAB_TEXT_PORTS_MORE, report->lang), fill, (void *)places);
    }
    char *endpoint = lab_report_endpoint(server->endpoint);
    lab_table_cell(t, endpoint);
    lab_table_cellf(t, "%u", server->connections);
    lab_table_cellf(t, "%u", server->exchanges);
    lab_table_cell(t, ports->str);
    g_free(endpoint);
    g_string_free(ports, TRUE);
}

void lab_report_kinds(const lab_report_t *report, GString *out)
{
    static const lab_text_id_t titles[] = {LAB_TEXT_COL_SERVER, LAB_TEXT_CONNECTIONS, LAB_TEXT_EXCHANGES,
                                           LAB_TEXT_COL_CLIENT_PORTS};
    g_string_append_printf(out, "\n%s\n", lab_text(LAB_TEXT_KINDS, report->lang));
    protocols(report, out);
    http_kinds(report, LAB_TEXT_KINDS_REQUESTS, lab_kinds_of_requests(report->engine), out);
    http_kinds(report, LAB_TEXT_KINDS_RESPONSES, lab_kinds_of_responses(report->engine), out);
    g_string_append_printf(out, "\n%s\n", lab_text(LAB_TEXT_PORTS, report->lang));
    lab_table_t *t = table_of(report->lang, titles, G_N_ELEMENTS(titles));
    GPtrArray *servers = lab_servers(report->engine);
    for (guint i = 0; i < servers->len; i++)
        server_row(report, t, g_ptr_array_index(servers, i));
    lab_table_print(t, out);
    lab_table_free(t);
    g_ptr_array_unref(servers);
}
