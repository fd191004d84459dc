/* SPDX-License-Identifier: GPL-2.0-or-later */
/* note.c - the one sentence about a frame, put together when somebody looks at it.
 *
 * The first row whose role the frame has gives the sentence; the clauses below it are added where they apply.
 */
#include "exchange.h"
#include "texts.h"
#include "verdict.h"

#include <string.h>

typedef struct {
    const lab_engine_t *engine;
    const lab_annotation_t *r;
    const lab_detail_t *d; /* NULL = none */
    const lab_conn_t *conn;
    const lab_exchange_t *x; /* NULL = none */
    uint32_t frame;
    lab_lang_t lang;
} lab_note_view_t;

#define R(role) LAB_ROLE_BIT(LAB_ROLE_##role)

static const char *side(const lab_note_view_t *v, unsigned end, bool capital)
{
    lab_text_id_t client = capital ? LAB_TEXT_CLIENT_START : LAB_TEXT_CLIENT;
    lab_text_id_t server = capital ? LAB_TEXT_SERVER_START : LAB_TEXT_SERVER;
    return lab_text(end == lab_conn_client(v->conn) ? client : server, v->lang);
}

/* ---- places ---- */

static void fill_sender(const lab_note_view_t *v, GString *out)
{
    g_string_append(out, side(v, v->r->sender, false));
}

static void fill_sender_start(const lab_note_view_t *v, GString *out)
{
    g_string_append(out, side(v, v->r->sender, true));
}

static void fill_peer(const lab_note_view_t *v, GString *out)
{
    g_string_append(out, side(v, !v->r->sender, false));
}

static void fill_related(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", v->r->related);
}

static void fill_bytes(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", v->r->length);
}

static void fill_exchange(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", v->x ? v->x->number : 0);
}

static void fill_method(const lab_note_view_t *v, GString *out)
{
    lab_text_visible(out, v->x && v->x->method ? v->x->method : "?");
}

#define TARGET_MAX 60 /* characters of a target that a sentence shows */

static void fill_target(const lab_note_view_t *v, GString *out)
{
    GString *target = g_string_new(NULL);
    lab_text_visible(target, v->x && v->x->target ? v->x->target : "?");
    if (g_utf8_strlen(target->str, -1) > TARGET_MAX) {
        g_string_truncate(target,
                          (gsize)(g_utf8_offset_to_pointer(target->str, TARGET_MAX - 1) - target->str));
        g_string_append(target, "…");
    }
    g_string_append(out, target->str);
    g_string_free(target, TRUE);
}

static void fill_status(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", v->x ? v->x->status : 0);
}

/* RFC 9110 15.2: the head of a 1xx response that ends in this frame, NULL = none. 101 is a final one. */
static const lab_head_t *interim_of(const lab_note_view_t *v)
{
    const lab_head_t *h = v->x ? lab_exchange_head_in(v->engine, v->x, v->frame) : NULL;
    while (h && (h->status / 100 != 1 || h->status == 101))
        h = lab_head_next_in_frame(h);
    return h;
}

static void fill_interim(const lab_note_view_t *v, GString *out)
{
    const lab_head_t *head = interim_of(v);
    g_string_append_printf(out, "%u", head ? head->status : 0);
}

static void fill_last(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", lab_annotation_exchange_last(v->engine, v->r));
}

static void fill_wait(const lab_note_view_t *v, GString *out)
{
    lab_text_duration(out, v->x ? v->x->response_begin - v->x->request_done : 0, v->lang);
}

static void fill_evidence(const lab_note_view_t *v, GString *out)
{
    const lab_reset_t *reset = v->d ? v->d->reset : NULL;
    g_string_append_printf(out, "%u", reset && reset->evidence_count ? reset->evidence[0] : 0);
}

static void fill_lost(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%" G_GUINT64_FORMAT, v->d && v->d->reset ? v->d->reset->bytes_lost : 0);
}

static void fill_number(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", v->d ? v->d->probe_number : 0);
}

static void fill_interval(const lab_note_view_t *v, GString *out)
{
    lab_text_duration(out, v->d ? v->d->probe_interval : 0, v->lang);
}

/* Of the attempt that this frame ended, also if another one followed. */
static int64_t open_time(const lab_note_view_t *v)
{
    return v->d && v->d->attempt ? v->d->attempt->open_time : lab_conn_open_time(v->conn);
}

static void fill_open_time(const lab_note_view_t *v, GString *out)
{
    lab_text_duration(out, open_time(v), v->lang);
}

static void fill_confidence(const lab_note_view_t *v, GString *out)
{
    lab_confidence_t c = v->d && v->d->reset ? (lab_confidence_t)v->d->reset->confidence : LAB_UNKNOWN;
    g_string_append(out, lab_confidences[c].text.in[v->lang]);
}

/* The keep-alive time that the newest response with one had promised when the connection began to close. */
static void fill_promised(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%" G_GINT64_FORMAT " s", v->d ? v->d->promised : 0);
}

static const lab_token_t *alert_of(const lab_note_view_t *v)
{
    return v->d && v->d->tls_alert ? lab_tls_alert_token((uint8_t)v->d->tls_alert) : NULL;
}

/* RFC 8446 6: its name as far as it is known, and its level. */
static void append_alert(const lab_note_view_t *v, GString *out)
{
    static const lab_text_id_t levels[] = {[1] = LAB_TEXT_ALERT_WARNING, [2] = LAB_TEXT_ALERT_FATAL};
    unsigned level = v->d->tls_alert >> 8;
    if (alert_of(v))
        g_string_append_printf(out, " %s", alert_of(v)->token);
    else
        g_string_append_printf(out, " %u", v->d->tls_alert & 0xffu);
    if (level == 1 || level == 2)
        g_string_append(out, lab_text(levels[level], v->lang));
}

static void fill_alert(const lab_note_view_t *v, GString *out)
{
    if (alert_of(v))
        g_string_append(out, alert_of(v)->text.in[v->lang]);
}

/* In Chinese what the step means: the name of the message is English. */
static const char *step_words(const lab_note_view_t *v, unsigned step)
{
    return v->lang == LAB_LANG_ZH ? lab_tls_steps[step].text.in[LAB_LANG_ZH] : lab_tls_steps[step].token;
}

static void fill_steps(const lab_note_view_t *v, GString *out)
{
    const char *between = "";
    for (unsigned i = 0; v->d && i < LAB_TLS_STEPS; i++) {
        if (!(v->d->tls_steps & (1u << i)))
            continue;
        g_string_append_printf(out, "%s%s", between, step_words(v, i));
        if (i == LAB_TLS_ALERT && v->d->tls_alert)
            append_alert(v, out);
        between = v->lang == LAB_LANG_ZH ? "、" : ", ";
    }
}

static void fill_tls_kind(const lab_note_view_t *v, GString *out)
{
    g_string_append(out, lab_tls_kinds[lab_conn_tls_kind(v->conn)].text.in[v->lang]);
}

static void fill_tls_time(const lab_note_view_t *v, GString *out)
{
    lab_text_duration(out, lab_conn_tls_time(v->conn), v->lang);
}

static void fill_server_name(const lab_note_view_t *v, GString *out)
{
    lab_text_visible(out, lab_conn_tls_names(v->conn)->server_name);
}

static void fill_offered(const lab_note_view_t *v, GString *out)
{
    const GPtrArray *offered = lab_conn_tls_names(v->conn)->offered;
    for (guint i = 0; i < offered->len; i++) {
        g_string_append(out, i ? ", " : "");
        lab_text_visible(out, g_ptr_array_index(offered, i));
    }
}

static void fill_chosen(const lab_note_view_t *v, GString *out)
{
    lab_text_visible(out, lab_conn_tls_names(v->conn)->chosen);
}

static void fill_subject(const lab_note_view_t *v, GString *out)
{
    lab_text_visible(out, lab_conn_tls_names(v->conn)->subject);
}

static void fill_name(const lab_note_view_t *v, GString *out)
{
    lab_text_visible(out, v->conn->lookup ? v->conn->lookup->name : "?");
}

static void fill_stream(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", v->r->stream);
}

/* ---- HTTP/2 ---- */

static const lab_http2_facts_t *http2_of(const lab_note_view_t *v)
{
    return v->d ? v->d->http2 : NULL;
}

static void fill_h2_frames(const lab_note_view_t *v, GString *out)
{
    const lab_http2_facts_t *facts = http2_of(v);
    const char *between = "";
    for (unsigned i = 0; facts && i < LAB_HTTP2_FRAMES; i++) {
        if (!(facts->frames & (1u << i)))
            continue;
        g_string_append_printf(out, "%s%s", between, lab_http2_frames[i].token);
        between = ", ";
    }
}

static void fill_h2_stream(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", v->x && v->x->http2 ? v->x->http2->stream : 0);
}

static void fill_h2_reset(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", http2_of(v) ? http2_of(v)->reset_stream : 0);
}

static void fill_h2_last(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", http2_of(v) ? http2_of(v)->last_stream : 0);
}

static void fill_h2_error(const lab_note_view_t *v, GString *out)
{
    const lab_token_t *error = &lab_http2_errors[http2_of(v) ? http2_of(v)->error : LAB_HTTP2_NO_ERROR];
    g_string_append_printf(out, "%s%s%s", error->token, lab_text(LAB_TEXT_COLON, v->lang),
                           error->text.in[v->lang]);
}

static void fill_h2_fault(const lab_note_view_t *v, GString *out)
{
    const char *between = "";
    for (unsigned i = 0; http2_of(v) && i < LAB_H2_FAULTS; i++) {
        if (!(http2_of(v)->faults & (1u << i)))
            continue;
        g_string_append_printf(out, "%s%s", between, lab_http2_faults[i].text.in[v->lang]);
        between = lab_text(LAB_TEXT_COMMA, v->lang);
    }
}

static void fill_h2_held(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", http2_of(v) ? http2_of(v)->held : 0);
}

static void fill_h2_empty(const lab_note_view_t *v, GString *out)
{
    lab_text_duration(out, http2_of(v) ? http2_of(v)->window_empty : 0, v->lang);
}

static void fill_h2_shared(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", http2_of(v) ? http2_of(v)->count : 0);
}

static void fill_h2_missing(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%" G_GUINT64_FORMAT, http2_of(v) ? http2_of(v)->missing : 0);
}

static const struct {
    const char *name;
    void (*fill)(const lab_note_view_t *v, GString *out);
} places[] = {
    {"h2_missing", fill_h2_missing},
    {"h2_frames", fill_h2_frames},
    {"h2_stream", fill_h2_stream},
    {"h2_reset", fill_h2_reset},
    {"h2_last", fill_h2_last},
    {"h2_error", fill_h2_error},
    {"h2_fault", fill_h2_fault},
    {"h2_held", fill_h2_held},
    {"h2_empty", fill_h2_empty},
    {"h2_shared", fill_h2_shared},
    {"sender", fill_sender},
    {"Sender", fill_sender_start},
    {"by", fill_sender},
    {"peer", fill_peer},
    {"related", fill_related},
    {"bytes", fill_bytes},
    {"exchange", fill_exchange},
    {"method", fill_method},
    {"target", fill_target},
    {"status", fill_status},
    {"interim", fill_interim},
    {"last", fill_last},
    {"wait", fill_wait},
    {"evidence", fill_evidence},
    {"lost", fill_lost},
    {"number", fill_number},
    {"interval", fill_interval},
    {"open_time", fill_open_time},
    {"confidence", fill_confidence},
    {"promised", fill_promised},
    {"name", fill_name},
    {"steps", fill_steps},
    {"alert", fill_alert},
    {"tls_kind", fill_tls_kind},
    {"server_name", fill_server_name},
    {"offered", fill_offered},
    {"chosen", fill_chosen},
    {"subject", fill_subject},
    {"tls_time", fill_tls_time},
    {"stream", fill_stream},
};

static bool fill(void *user, const char *name, GString *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        if (strcmp(places[i].name, name) == 0) {
            places[i].fill(user, out);
            return true;
        }
    }
    return false;
}

/* ---- when a row applies, beside the roles ---- */

static bool head_of_request(const lab_note_view_t *v)
{
    return v->x && v->x->method && (v->r->marks & LAB_MARK_HTTP_HEAD) &&
           (!v->x->secure || v->x->request_first == v->frame);
}

static bool head_of_response(const lab_note_view_t *v)
{
    return v->x && v->x->status && (v->r->marks & LAB_MARK_HTTP_HEAD) && v->x->response_first == v->frame;
}

static bool is_interim(const lab_note_view_t *v)
{
    return interim_of(v) != NULL;
}

static bool several(const lab_note_view_t *v)
{
    uint32_t number = lab_annotation_exchange_last(v->conn->engine, v->r);
    const lab_exchange_t *last = v->x ? lab_engine_exchange(v->conn->engine, number) : NULL;
    return last && !v->x->http2 && number > v->r->exchange && last->stream == v->x->stream;
}

/* Segments of HTTP/2. */
static bool shared(const lab_note_view_t *v)
{
    return http2_of(v) && http2_of(v)->count > 1;
}

static bool h2_head(const lab_note_view_t *v)
{
    return v->x && v->x->http2 && (v->r->marks & LAB_MARK_HTTP_HEAD);
}

static bool h2_resets(const lab_note_view_t *v)
{
    return http2_of(v) && http2_of(v)->reset_stream;
}

static bool h2_missing(const lab_note_view_t *v)
{
    return http2_of(v) && http2_of(v)->missing;
}

static bool h2_goes_away(const lab_note_view_t *v)
{
    return http2_of(v) && http2_of(v)->frames & (1u << LAB_HTTP2_GOAWAY) && http2_of(v)->error;
}

static bool h2_fault(const lab_note_view_t *v)
{
    return http2_of(v) && http2_of(v)->faults;
}

static bool h2_held(const lab_note_view_t *v)
{
    return http2_of(v) && http2_of(v)->held;
}

static bool h2_was_empty(const lab_note_view_t *v)
{
    return http2_of(v) && http2_of(v)->window_empty;
}

static bool h2_fields_unknown(const lab_note_view_t *v)
{
    return v->d && (v->d->anomalies & LAB_ANOMALY_BIT(LAB_ANOMALY_HTTP2_FIELDS_UNKNOWN));
}

static bool tunnels(const lab_note_view_t *v)
{
    return v->x && v->x->tunnel && v->x->response_first == v->frame;
}

static bool waited(const lab_note_view_t *v)
{
    return head_of_response(v) && v->x->request_done;
}

static bool has_related(const lab_note_view_t *v)
{
    return v->r->related != 0;
}

static bool has_exchange(const lab_note_view_t *v)
{
    return v->x != NULL;
}

static bool acks_response(const lab_note_view_t *v)
{
    return v->x && v->x->client == v->r->sender;
}

static bool unanswered_probe(const lab_note_view_t *v)
{
    return v->d && (v->d->keepalive & (1u << LAB_KEEPALIVE_UNANSWERED));
}

static bool reset_probe(const lab_note_view_t *v)
{
    return v->d && (v->d->keepalive & (1u << LAB_KEEPALIVE_ANSWERED_BY_RESET));
}

/* The first probe of a capture: since when it was silent is not known. */
static bool silence_unknown(const lab_note_view_t *v)
{
    return v->d && v->d->probe_interval <= 0;
}

static bool silence_unknown_unanswered(const lab_note_view_t *v)
{
    return silence_unknown(v) && unanswered_probe(v);
}

/* What is repeated had an answer in the capture. */
static bool answered_before(const lab_note_view_t *v)
{
    return v->d && v->d->answered;
}

static bool repeats_fin(const lab_note_view_t *v)
{
    return v->d && (v->d->anomalies & LAB_ANOMALY_BIT(LAB_ANOMALY_FIN_RETRANSMITTED));
}

static bool repeats_acked_fin(const lab_note_view_t *v)
{
    return repeats_fin(v) && answered_before(v);
}

/* Where one direction was captured, nobody knows what the other side sent. */
static bool repeats_fin_one_direction(const lab_note_view_t *v)
{
    return repeats_fin(v) && v->d->one_direction;
}

static bool repeats_acked_data(const lab_note_view_t *v)
{
    return v->r->length && answered_before(v) && !repeats_fin(v) && !(v->r->flags & LAB_TH_SYN);
}

static bool crossed(const lab_note_view_t *v)
{
    return v->conn->fins_crossed;
}

static bool ends_opening(const lab_note_view_t *v)
{
    return (v->r->marks & LAB_MARK_OPEN_END) && !(v->r->roles & R(RST)) && open_time(v) >= 0;
}

static bool ends_connection(const lab_note_view_t *v)
{
    return (v->r->marks & LAB_MARK_CLOSE_END) && !(v->r->roles & R(RST));
}

/* RFC 9293 3.10.7.4: a segment without ACK is dropped. */
static bool is_empty(const lab_note_view_t *v)
{
    return v->r->length == 0 && !(v->r->flags & LAB_TH_ACK);
}

static bool bytes_lost(const lab_note_view_t *v)
{
    return v->d && v->d->reset && v->d->reset->impact == LAB_BYTES_LOST && v->d->reset->bytes_lost;
}

static bool nothing_lost(const lab_note_view_t *v)
{
    return v->d && v->d->reset && v->d->reset->impact == LAB_NOTHING_LOST && !v->d->reset->ignored &&
           !v->d->reset->repeat_of;
}

static bool unsure(const lab_note_view_t *v)
{
    return v->d && v->d->reset &&
           (v->d->reset->confidence == LAB_LIKELY || v->d->reset->confidence == LAB_POSSIBLE);
}

static bool one_sided(const lab_note_view_t *v)
{
    return v->d && (v->d->anomalies & LAB_ANOMALY_BIT(LAB_ANOMALY_OPTION_ONE_SIDED));
}

static bool tls_steps(const lab_note_view_t *v)
{
    return v->d && v->d->tls_steps;
}

static bool tls_data(const lab_note_view_t *v)
{
    return (v->r->marks & LAB_MARK_TLS_DATA) != 0;
}

static bool alerts(const lab_note_view_t *v)
{
    return alert_of(v) && (v->d->tls_steps & (1u << LAB_TLS_ALERT));
}

static bool chooses_tls(const lab_note_view_t *v)
{
    return v->d && (v->d->tls_steps & (1u << LAB_TLS_SERVER_HELLO)) &&
           lab_conn_tls_kind(v->conn) != LAB_TLS_UNKNOWN;
}

static bool has_tls_step(const lab_note_view_t *v, lab_tls_step_t step)
{
    return v->d && (v->d->tls_steps & (1u << step)) && lab_conn_tls_names(v->conn);
}

static bool names_server(const lab_note_view_t *v)
{
    return has_tls_step(v, LAB_TLS_CLIENT_HELLO) && lab_conn_tls_names(v->conn)->server_name;
}

static bool offers_protocols(const lab_note_view_t *v)
{
    return has_tls_step(v, LAB_TLS_CLIENT_HELLO) && lab_conn_tls_names(v->conn)->offered;
}

static bool chooses_protocol(const lab_note_view_t *v)
{
    return has_tls_step(v, LAB_TLS_SERVER_HELLO) && lab_conn_tls_names(v->conn)->chosen;
}

static bool shows_certificate(const lab_note_view_t *v)
{
    return has_tls_step(v, LAB_TLS_CERTIFICATE) && lab_conn_tls_names(v->conn)->subject;
}

static bool asks_name(const lab_note_view_t *v)
{
    return v->r->phase == LAB_PHASE_RESOLVE && v->conn->lookup && v->conn->lookup->query_frame == v->frame;
}

static bool answers_name(const lab_note_view_t *v)
{
    return v->r->phase == LAB_PHASE_RESOLVE;
}

static bool says(const lab_note_view_t *v, lab_keepalive_t token)
{
    return v->d && (v->d->keepalive & (1u << token));
}

#define SAYS(name, token)                                                                                    \
    static bool name(const lab_note_view_t *v)                                                               \
    {                                                                                                        \
        return says(v, token);                                                                               \
    }
SAYS(timeout_kept, LAB_PERSIST_TIMEOUT_KEPT)
SAYS(timeout_early, LAB_PERSIST_TIMEOUT_EARLY)
SAYS(timeout_late, LAB_PERSIST_TIMEOUT_LATE)
SAYS(max_reached, LAB_PERSIST_MAX_REACHED)
SAYS(close_kept, LAB_PERSIST_CLOSE_KEPT)
SAYS(close_ignored, LAB_PERSIST_CLOSE_IGNORED)
SAYS(without_notice, LAB_PERSIST_WITHOUT_NOTICE)
SAYS(raced, LAB_PERSIST_RACED)
SAYS(unused, LAB_PERSIST_UNUSED)
SAYS(lingering, LAB_PERSIST_LINGERING)
SAYS(truncated, LAB_PERSIST_TRUNCATED)
#undef SAYS

/* clang-format off */
/* A row says what the annotation of the frame says, or what only later frames tell (docs/fields.md). */
#define FRAME LAB_NOTE_FRAME
#define COMES LAB_NOTE_COMES
#define LATER LAB_NOTE_LATER

typedef struct {
    uint32_t roles;                         /* all of these */
    bool (*when)(const lab_note_view_t *v); /* NULL = always */
    lab_note_known_t known;                 /* FRAME, COMES or LATER */
    lab_text_t text;
} lab_note_row_t;

/* The first row that applies. */
static const lab_note_row_t sentences[] = {
    { 0, asks_name, LATER, { { "Name lookup: which address has {name}? For the connection that opens in frame {related} (stream {stream})", "域名解析：{name} 的地址是什么？供第 {related} 帧开始的连接（连接 {stream}）使用" } } },
    { 0, answers_name, LATER, { { "Name lookup answered: the address of {name}, used by the connection that opens in frame {related} (stream {stream})", "域名解析应答：{name} 的地址，由第 {related} 帧开始的连接（连接 {stream}）使用" } } },
    { R(CAPTURE_DUPLICATE), has_related, FRAME, { { "Captured twice: the same packet as frame {related}", "重复抓取：与第 {related} 帧是同一个包" } } },
    { R(KEEPALIVE_PROBE), silence_unknown_unanswered, FRAME, { { "Keep-alive probe {number} of the {sender}: no answer", "{sender}的第 {number} 个保活探测：没有应答" } } },
    { R(KEEPALIVE_PROBE), silence_unknown, FRAME, { { "Keep-alive probe {number} of the {sender}: is the {peer} still there?", "{sender}的第 {number} 个保活探测：{peer}还在吗？" } } },
    { R(KEEPALIVE_PROBE), reset_probe, FRAME, { { "Keep-alive probe {number} of the {sender} after {interval}: answered with a RST", "{sender}的第 {number} 个保活探测（间隔 {interval}）：对方以 RST 回应" } } },
    { R(KEEPALIVE_PROBE), unanswered_probe, FRAME, { { "Keep-alive probe {number} of the {sender} after {interval}: no answer", "{sender}的第 {number} 个保活探测（间隔 {interval}）：没有应答" } } },
    { R(KEEPALIVE_PROBE), NULL, FRAME, { { "Keep-alive probe {number} of the {sender} after {interval}: is the {peer} still there?", "{sender}的第 {number} 个保活探测（间隔 {interval}）：{peer}还在吗？" } } },
    { R(KEEPALIVE_ANSWER), has_related, FRAME, { { "{Sender} answers the keep-alive probe of frame {related}: alive", "{sender}应答第 {related} 帧的保活探测：仍然在线" } } },
    { R(SYN_ACK) | R(RETRANSMISSION), has_related, FRAME, { { "Handshake step 2 again: the {sender} repeats its SYN-ACK of frame {related}", "握手第 2 步重复：{sender}重传第 {related} 帧的 SYN-ACK" } } },
    { R(SYN) | R(RETRANSMISSION), answered_before, FRAME, { { "Handshake step 1 again: the {sender} repeats its SYN of frame {related}, which had been answered", "握手第 1 步重复：{sender}重传第 {related} 帧的 SYN，尽管此前已有应答" } } },
    { R(SYN) | R(RETRANSMISSION), has_related, FRAME, { { "Handshake step 1 again: the {sender} repeats its SYN of frame {related}, no answer so far", "握手第 1 步重复：{sender}重传第 {related} 帧的 SYN，至今无应答" } } },
    { R(SYN) | R(REQUEST), head_of_request, COMES, { { "Handshake step 1, and request {exchange} with it (fast open): {method} {target}", "握手第 1 步，同时发出第 {exchange} 个请求（TCP 快速打开）：{method} {target}" } } },
    { R(SYN), NULL, FRAME, { { "Handshake step 1: the {sender} asks to open the connection", "握手第 1 步：{sender}请求建立连接" } } },
    { R(SYN_ACK), NULL, FRAME, { { "Handshake step 2: the {sender} agrees and acknowledges the SYN", "握手第 2 步：{sender}同意并确认对方的 SYN" } } },
    { R(RETRANSMISSION), repeats_acked_fin, FRAME, { { "{Sender} repeats its FIN of frame {related}, which had been acknowledged", "{sender}重传第 {related} 帧的 FIN，尽管该 FIN 此前已被确认" } } },
    { R(RETRANSMISSION), repeats_fin_one_direction, FRAME, { { "{Sender} repeats its FIN of frame {related}", "{sender}重传第 {related} 帧的 FIN" } } },
    { R(RETRANSMISSION), repeats_fin, FRAME, { { "{Sender} repeats its FIN of frame {related}: no ACK came", "{sender}重传第 {related} 帧的 FIN：没有收到确认" } } },
    { R(FIN2) | R(FIN1_ACK), NULL, FRAME, { { "Close: the {sender} acknowledges the FIN and sends its own in one segment", "关闭：{sender}在同一报文段中确认对方的 FIN 并发出自己的 FIN" } } },
    { R(FIN2), crossed, LATER, { { "Simultaneous close: the {sender} sends its FIN before it has seen the {peer}'s", "同时关闭：{sender}在看到{peer}的 FIN 之前发出了自己的 FIN" } } },
    { R(FIN2), NULL, FRAME, { { "Close: the {sender} has finished too and sends its FIN", "关闭：{sender}也已发完，发出自己的 FIN" } } },
    { R(FIN1) | R(RESPONSE), NULL, FRAME, { { "Last bytes of response {exchange}, and the {sender}'s FIN", "第 {exchange} 个响应的最后部分，并带有{sender}的 FIN" } } },
    { R(FIN1), crossed, LATER, { { "Simultaneous close: the {sender} sends its FIN; the {peer}'s is already on its way", "同时关闭：{sender}发出 FIN；{peer}的 FIN 也已在途中" } } },
    { R(FIN1), NULL, FRAME, { { "Close: the {sender} has finished sending and sends the first FIN", "关闭：{sender}已发完数据，发出第一个 FIN" } } },
    { R(FIN1_ACK), has_related, FRAME, { { "Close: the {sender} acknowledges the FIN of frame {related}", "关闭：{sender}确认第 {related} 帧的 FIN" } } },
    { R(FIN2_ACK), has_related, FRAME, { { "Close: the {sender} acknowledges the FIN of frame {related}", "关闭：{sender}确认第 {related} 帧的 FIN" } } },
    { R(HANDSHAKE_ACK) | R(REQUEST), head_of_request, COMES, { { "Handshake step 3, and request {exchange}: {method} {target}", "握手第 3 步，同时发出第 {exchange} 个请求：{method} {target}" } } },
    { R(HANDSHAKE_ACK), NULL, FRAME, { { "Handshake step 3: the {sender} acknowledges the SYN-ACK", "握手第 3 步：{sender}确认 SYN-ACK" } } },
    { R(REQUEST) | R(RETRANSMISSION), NULL, FRAME, { { "Sent again: {bytes} {bytes|byte|bytes} of request {exchange}", "重传：第 {exchange} 个请求的 {bytes} 字节" } } },
    { R(RESPONSE) | R(RETRANSMISSION), NULL, FRAME, { { "Sent again: {bytes} {bytes|byte|bytes} of response {exchange}", "重传：第 {exchange} 个响应的 {bytes} 字节" } } },
    { R(REQUEST), head_of_request, COMES, { { "Request {exchange}: {method} {target}", "第 {exchange} 个请求：{method} {target}" } } },
    { R(RESPONSE), waited, COMES, { { "Response to request {exchange}: {status}, {wait} after the request", "对第 {exchange} 个请求的响应：{status}，请求发出后 {wait}" } } },
    { R(RESPONSE), head_of_response, COMES, { { "Response {exchange}: {status}", "第 {exchange} 个响应：{status}" } } },
    { R(RESPONSE), is_interim, LATER, { { "Interim response {interim} to request {exchange}; the final one is still to come", "对第 {exchange} 个请求的临时响应 {interim}；最终响应尚未到来" } } },
    { R(REQUEST), has_exchange, FRAME, { { "{bytes} more {bytes|byte|bytes} of request {exchange}", "第 {exchange} 个请求的后续 {bytes} 字节" } } },
    { R(RESPONSE), has_exchange, FRAME, { { "{bytes} more {bytes|byte|bytes} of response {exchange}", "第 {exchange} 个响应的后续 {bytes} 字节" } } },
    { R(HTTP2_CONTROL), NULL, COMES, { { "HTTP/2 from the {sender}: {h2_frames}", "{sender}的 HTTP/2 帧：{h2_frames}" } } },
    { R(WINDOW_PROBE), NULL, FRAME, { { "{Sender} asks whether the {peer}'s window has opened", "{sender}询问{peer}的接收窗口是否已打开" } } },
    { R(DATA) | R(RETRANSMISSION), NULL, FRAME, { { "Sent again: {bytes} {bytes|byte|bytes}", "重传：{bytes} 字节" } } },
    { R(DATA), tls_steps, FRAME, { { "TLS from the {sender}: {steps}", "{sender}的 TLS 消息：{steps}" } } },
    { R(DATA), tls_data, FRAME, { { "{Sender} sends {bytes} {bytes|byte|bytes} of encrypted data (TLS)", "{sender}发送 {bytes} 字节加密数据（TLS）" } } },
    { R(DATA), is_empty, FRAME, { { "{Sender} sends a segment without ACK flag and without data, which is dropped", "{sender}发送不带 ACK 标志、也没有数据的报文段，会被丢弃" } } },
    { R(DATA), NULL, FRAME, { { "{Sender} sends {bytes} {bytes|byte|bytes}", "{sender}发送 {bytes} 字节" } } },
    { R(CHALLENGE_ACK), has_related, FRAME, { { "{Sender} doubts frame {related} and says what it expects (challenge ACK)", "{sender}怀疑第 {related} 帧，并说明期望的序号（质询 ACK）" } } },
    { R(DUP_ACK), NULL, FRAME, { { "{Sender} repeats its last acknowledgment: something is missing, overtaken, or came twice", "{sender}重复上次的确认：有数据缺失、乱序或重复到达" } } },
    { R(WINDOW_UPDATE), NULL, FRAME, { { "{Sender} tells that it has room for more", "{sender}通知接收窗口增大" } } },
    { R(ACK) | R(ZERO_WINDOW), has_related, FRAME, { { "{Sender} answers the window probe of frame {related}", "{sender}应答第 {related} 帧的窗口探测" } } },
    { R(ACK), acks_response, FRAME, { { "{Sender} acknowledges bytes of response {exchange}", "{sender}确认第 {exchange} 个响应的数据" } } },
    { R(ACK), has_exchange, FRAME, { { "{Sender} acknowledges bytes of request {exchange}", "{sender}确认第 {exchange} 个请求的数据" } } },
    { R(ACK), NULL, FRAME, { { "{Sender} acknowledges", "{sender}确认" } } },
};

/* What is added to the sentence: each row that applies. */
static const lab_note_row_t clauses[] = {
    { 0, ends_opening, FRAME, { { "; open after {open_time}", "；建立用时 {open_time}" } } },
    { R(SYN_ACK), one_sided, FRAME, { { "; not all options of the SYN are taken up", "；未采纳对方 SYN 中的全部选项" } } },
    { 0, ends_connection, FRAME, { { "; the connection is closed", "；连接已关闭" } } },
    { R(DATA), alerts, FRAME, { { "; {alert}", "；{alert}" } } },
    { R(REQUEST), several, FRAME, { { "; others up to request {last} are in the same segment", "；同一报文段中还有直到第 {last} 个的其他请求" } } },
    { R(RESPONSE), several, FRAME, { { "; others up to response {last} are in the same segment", "；同一报文段中还有直到第 {last} 个的其他响应" } } },
    { 0, h2_head, COMES, { { "; HTTP/2 stream {h2_stream}", "；HTTP/2 流 {h2_stream}" } } },
    { 0, shared, COMES, { { "; {h2_shared} exchanges have bytes in this segment", "；该报文段中有 {h2_shared} 次交换的数据" } } },
    { 0, h2_resets, COMES, { { "; stream {h2_reset} ends at once: {h2_error}", "；流 {h2_reset} 立即结束：{h2_error}" } } },
    { 0, h2_missing, COMES, { { "; {h2_missing} bytes of the response do not come", "；响应还有 {h2_missing} 字节不会到来" } } },
    { 0, h2_goes_away, COMES, { { "; the connection will close, streams above {h2_last} are not processed: {h2_error}", "；连接将关闭，编号大于 {h2_last} 的流不会被处理：{h2_error}" } } },
    { 0, h2_was_empty, COMES, { { "; the {peer}'s window had been used up for {h2_empty}", "；{peer}的发送窗口此前已用尽 {h2_empty}" } } },
    { 0, h2_held, COMES, { { "; it had been lost: {h2_held} streams waited for it", "；它曾丢失：{h2_held} 个流为它等待" } } },
    { 0, h2_fields_unknown, COMES, { { "; header fields cannot be known: the capture lacks what they refer to", "；首部字段无法得知：抓包中没有它们所引用的内容" } } },
    { 0, h2_fault, COMES, { { "; breaks a rule of HTTP/2: {h2_fault}", "；违反 HTTP/2 的规则：{h2_fault}" } } },
    { R(RESPONSE), tunnels, COMES, { { "; what comes after it is no HTTP of this connection any more", "；此后的数据不再是该连接上的 HTTP" } } },
    { R(REQUEST), tls_steps, FRAME, { { "; also TLS: {steps}", "；另有 TLS 消息：{steps}" } } },
    { R(RESPONSE), tls_steps, FRAME, { { "; also TLS: {steps}", "；另有 TLS 消息：{steps}" } } },
    { R(DATA), names_server, LATER, { { "; it asks for {server_name}", "；请求的服务器名是 {server_name}" } } },
    { R(DATA), offers_protocols, LATER, { { "; it offers {offered}", "；提出的应用协议有 {offered}" } } },
    { R(DATA), chooses_tls, LATER, { { "; {tls_kind}", "；{tls_kind}" } } },
    { R(DATA), chooses_protocol, LATER, { { "; it chooses {chosen}", "；选定应用协议 {chosen}" } } },
    { R(DATA), shows_certificate, LATER, { { "; its certificate is for {subject}", "；证书主体为 {subject}" } } },
    { 0, timeout_kept, FRAME, { { "; {interval} idle, as promised (timeout={promised})", "；空闲 {interval}，与承诺相符（timeout={promised}）" } } },
    { 0, timeout_early, FRAME, { { "; already after {interval} idle, {promised} were promised", "；仅空闲 {interval} 就关闭，承诺为 {promised}" } } },
    { 0, timeout_late, FRAME, { { "; only after {interval} idle, {promised} were promised", "；空闲 {interval} 之后才关闭，承诺为 {promised}" } } },
    { 0, max_reached, FRAME, { { "; the promised number of requests is used up", "；承诺的请求次数已用完" } } },
    { 0, close_kept, FRAME, { { "; as announced by Connection: close", "；如 Connection: close 所预告" } } },
    { 0, close_ignored, FRAME, { { "; although Connection: close had been announced", "；尽管此前已预告 Connection: close" } } },
    { 0, without_notice, FRAME, { { "; nothing had announced it", "；此前没有任何预告" } } },
    { R(REQUEST), raced, FRAME, { { "; too late: the {peer} had already sent its FIN", "；太迟：{peer}已经发出 FIN" } } },
    { 0, unused, FRAME, { { "; it was never used", "；该连接从未使用" } } },
    { 0, lingering, FRAME, { { "; {interval} after the {peer}'s FIN", "；距{peer}的 FIN 已 {interval}" } } },
    { 0, truncated, FRAME, { { "; the body is not complete", "；正文不完整" } } },
    { R(RST), unsure, FRAME, { { " ({confidence})", "（{confidence}）" } } },
    { R(RST), bytes_lost, FRAME, { { "; {lost} {lost|byte|bytes} lost", "；丢失 {lost} 字节" } } },
    { R(RST), nothing_lost, FRAME, { { "; nothing was lost", "；没有丢失数据" } } },
    { R(RETRANSMISSION), repeats_acked_data, FRAME, { { "; the {peer} had already acknowledged these bytes", "；{peer}此前已确认这些字节" } } },
    { R(OUT_OF_ORDER), NULL, FRAME, { { "; it was overtaken on the way", "；途中被超过（乱序）" } } },
    { R(ZERO_WINDOW), NULL, FRAME, { { "; its receive buffer is full (window 0)", "；其接收缓冲区已满（窗口为 0）" } } },
    { R(LATE), NULL, FRAME, { { "; the connection had already ended", "；此时连接已经结束" } } },
};
/* clang-format on */

static bool applies(const lab_note_view_t *v, const lab_note_row_t *row)
{
    return (v->r->roles & row->roles) == row->roles && (!row->when || row->when(v));
}

static void append_reset(lab_note_view_t *v, GString *out)
{
    const lab_text_t cause = lab_rst_cause_text(v->d->reset->cause).text;
    g_string_append_printf(out, "RST%s", lab_text(LAB_TEXT_COLON, v->lang));
    lab_text_expand(out, cause.in[v->lang], fill, v);
}

/* The row of `sentences` that applies, NULL = none. */
static const lab_note_row_t *sentence_of(const lab_note_view_t *v)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sentences); i++)
        if (applies(v, &sentences[i]))
            return &sentences[i];
    return NULL;
}

void lab_note_parts(const lab_engine_t *engine, const lab_annotation_t *annotation, uint32_t frame,
                    lab_lang_t lang, lab_note_part_t part, void *user)
{
    lab_note_view_t v = {.engine = engine, .r = annotation, .frame = frame, .lang = lang};
    v.d = lab_engine_detail(engine, annotation);
    v.conn = lab_engine_conn_of(engine, annotation);
    v.x = lab_engine_exchange(engine, annotation->exchange);
    GString *text = g_string_new(NULL);
    const lab_note_row_t *row = v.d && v.d->reset ? NULL : sentence_of(&v);
    if (v.d && v.d->reset)
        append_reset(&v, text);
    else if (row)
        lab_text_expand(text, row->text.in[lang], fill, &v);
    part(user, row ? row->known : LAB_NOTE_FRAME, text->str);
    for (size_t i = 0; i < G_N_ELEMENTS(clauses); i++) {
        if (!applies(&v, &clauses[i]))
            continue;
        g_string_truncate(text, 0);
        lab_text_expand(text, clauses[i].text.in[lang], fill, &v);
        part(user, clauses[i].known, text->str);
    }
    g_string_free(text, TRUE);
}

static void append_part(void *out, G_GNUC_UNUSED lab_note_known_t known, const char *text)
{
    g_string_append(out, text);
}

void lab_note(const lab_engine_t *engine, const lab_annotation_t *annotation, uint32_t frame, lab_lang_t lang,
              GString *out)
{
    lab_note_parts(engine, annotation, frame, lang, append_part, out);
}
