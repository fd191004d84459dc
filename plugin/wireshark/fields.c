/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fields.c - the fields lab.*: registered from the rows of fields.def, and filled from an annotation. */
#include "fields.h"

#include "heads.h"
#include "texts.h"
#include "http_status.h"
#include "why_tree.h"
#include "words.h"

/* One value a row of fields.def, in its order. */
typedef enum {
#define LAB_FIELD(id, ...) F_##id,
#define LAB_FIELD_TOO      LAB_FIELD
#include "fields.def"
#undef LAB_FIELD
    FIELDS
} field_t;

typedef struct {
    const char *filter;
    enum ftenum type;
    int display;
    lab_text_t name, blurb;
} field_row_t;

/* Wireshark's type and display of what fields.def calls TYPE. */
#define LAB_TYPE_TOKEN    FT_STRING, BASE_NONE
#define LAB_TYPE_SENTENCE FT_STRING, BASE_NONE
#define LAB_TYPE_U8       FT_UINT8, BASE_DEC
#define LAB_TYPE_U16      FT_UINT16, BASE_DEC
#define LAB_TYPE_U32      FT_UINT32, BASE_DEC
#define LAB_TYPE_FRAME    FT_FRAMENUM, BASE_NONE
#define LAB_TYPE_TIME     FT_RELATIVE_TIME, BASE_NONE
#define LAB_TYPE_YES_NO   FT_BOOLEAN, BASE_NONE

static const field_row_t rows[FIELDS] = {
#define LAB_FIELD(id, filter, type, repeats, known, section, name_en, name_zh, blurb_en, blurb_zh, ...)      \
    [F_##id] = {filter, LAB_TYPE_##type, {{name_en, name_zh}}, {{blurb_en, blurb_zh}}},
#undef LAB_FIELD_TOO
#define LAB_FIELD_TOO(id, filter, type, repeats, known, name_en, name_zh, blurb_en, blurb_zh)                \
    [F_##id] = {filter, LAB_TYPE_##type, {{name_en, name_zh}}, {{blurb_en, blurb_zh}}},
#include "fields.def"
};

/* How loudly Expert Information speaks of an anomaly; what is not listed is a note. */
/* clang-format off */
static const int severities[LAB_ANOMALIES] = {
    [LAB_ANOMALY_RESET] = PI_WARN,
    [LAB_ANOMALY_BAD_SYN_ACK] = PI_WARN,
    [LAB_ANOMALY_SYN_IN_CONNECTION] = PI_WARN,
    [LAB_ANOMALY_SYN_FIN] = PI_WARN,
    [LAB_ANOMALY_SYN_RST] = PI_WARN,
    [LAB_ANOMALY_TRUNCATED_BODY] = PI_WARN,
    [LAB_ANOMALY_FIN_UNANSWERED] = PI_WARN,
    [LAB_ANOMALY_ACKED_UNSEEN] = PI_WARN,
    [LAB_ANOMALY_ZERO_WINDOW] = PI_WARN,
    [LAB_ANOMALY_PORT_REUSE_PREMATURE] = PI_WARN,
};
/* clang-format on */

static int hf[FIELDS];
static hf_register_info registered[FIELDS];
static expert_field experts[LAB_ANOMALIES];
static int ett_lab = -1;
static int ett_zeek = -1;
static int proto_lab = -1;

/* What a YES_NO field says, one a language. */
static const true_false_string yes_no[LAB_LANGS] = {
    [LAB_LANG_EN] = {"yes", "no"}, [LAB_LANG_ZH] = {"是", "否"}};

static const void *strings_of(enum ftenum type, lab_lang_t lang)
{
    return type == FT_BOOLEAN ? TFS(&yes_no[lang]) : NULL;
}

static void register_experts(int proto, lab_lang_t lang)
{
    static ei_register_info infos[LAB_ANOMALIES];
    for (int i = 0; i < LAB_ANOMALIES; i++) {
        experts[i] = (expert_field){EI_INIT_EI, EI_INIT_HF};
        infos[i].ids = &experts[i];
        infos[i].eiinfo =
            (expert_field_info){.name = g_strdup_printf("lab.expert.%s", lab_anomalies[i].token),
                                .group = PI_SEQUENCE,
                                .severity = severities[i] ? severities[i] : PI_NOTE,
                                .summary = lab_anomalies[i].text.in[lang],
                                EXPFILL};
    }
    expert_register_field_array(expert_register_protocol(proto), infos, LAB_ANOMALIES);
}

void lab_fields_register(int proto)
{
    static int *subtrees[] = {&ett_lab, &ett_zeek};
    lab_lang_t lang = lab_language_of_environment();
    for (int i = 0; i < FIELDS; i++) {
        const header_field_info info = {rows[i].name.in[lang],
                                        rows[i].filter,
                                        rows[i].type,
                                        rows[i].display,
                                        strings_of(rows[i].type, lang),
                                        0,
                                        rows[i].blurb.in[lang],
                                        HFILL};
        hf[i] = -1;
        registered[i].p_id = &hf[i];
        registered[i].hfinfo = info;
    }
    proto_lab = proto;
    proto_register_field_array(proto, registered, FIELDS);
    proto_register_subtree_array(subtrees, G_N_ELEMENTS(subtrees));
    lab_heads_register();
    lab_why_register();
    register_experts(proto, lang);
}

/* Wireshark keeps pointers to our own descriptions, so that the names can follow the preference. */
void lab_fields_language(lab_lang_t lang)
{
    for (int i = 0; i < FIELDS; i++) {
        registered[i].hfinfo.name = rows[i].name.in[lang];
        registered[i].hfinfo.blurb = rows[i].blurb.in[lang];
        registered[i].hfinfo.strings = strings_of(rows[i].type, lang);
    }
}

bool lab_fields_note_wanted(proto_tree *tree)
{
    return tree && proto_field_is_referenced(tree, hf[F_NOTE]);
}

/* ---- filling ---- */

typedef struct {
    const lab_engine_t *engine;
    const lab_annotation_t *r;
    const lab_detail_t *d;
    const lab_conn_t *conn;
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
    lab_lang_t lang;
    bool revisit;
} fill_t;

/* What came from the wire is shown with escapes: Wireshark hands C1 and the marks of direction on. */
static proto_item *add_visible(const fill_t *f, field_t id, const char *value)
{
    char *visible = lab_text_visible_copy(value);
    proto_item *item = proto_tree_add_string(f->tree, hf[id], f->tvb, 0, 0, visible);
    proto_item_set_generated(item);
    g_free(visible);
    return item;
}

static void add_string(const fill_t *f, field_t id, const char *value)
{
    if (value)
        add_visible(f, id, value);
}

/* Whether anybody reads the lines; for a column or a filter only the values count. */
static bool lines_are_read(const fill_t *f)
{
    return PTREE_DATA(f->tree)->visible;
}

/* The same but for case, blanks and dashes: "dup-ack" and "Dup ACK". */
static bool same_words(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == '-' || *a == ' ')
            a++;
        while (*b == '-' || *b == ' ')
            b++;
        if (g_ascii_tolower(*a) != g_ascii_tolower(*b))
            return false;
        if (!*a)
            return true;
    }
}

/* What the value means stands beside it, unless it says the same words. */
static void append_meaning(const fill_t *f, proto_item *item, const char *value, const char *meaning)
{
    if (!meaning || !lines_are_read(f) || same_words(value, meaning))
        return;
    GString *text = g_string_new(NULL);
    lab_text_means(text, meaning, f->lang);
    proto_item_append_text(item, "%s", text->str);
    g_string_free(text, TRUE);
}

/* A value, and beside it what it means. */
static proto_item *add_explained(const fill_t *f, field_t id, const char *value, const char *meaning)
{
    if (!value)
        return NULL;
    proto_item *item = add_visible(f, id, value);
    append_meaning(f, item, value, meaning);
    return item;
}

/* A token, and beside it what it means. */
static proto_item *add_token(const fill_t *f, field_t id, const lab_token_t *row)
{
    return add_explained(f, id, row->token, row->text.in[f->lang]);
}

static void add_number(const fill_t *f, field_t id, uint32_t value)
{
    if (value)
        proto_item_set_generated(proto_tree_add_uint(f->tree, hf[id], f->tvb, 0, 0, value));
}

/* Less than none is what timestamps that go backwards make of a duration: better none at all. */
static void add_time(const fill_t *f, field_t id, int64_t ns)
{
    if (ns < 0)
        return;
    nstime_t t = {(time_t)(ns / 1000000000), (int)(ns % 1000000000)};
    GString *text = g_string_new(NULL);
    if (lines_are_read(f))
        lab_text_duration(text, ns, f->lang);
    proto_item_set_generated(
        proto_tree_add_time_format_value(f->tree, hf[id], f->tvb, 0, 0, &t, "%s", text->str));
    g_string_free(text, TRUE);
}

/* Which side, as a token and in the chosen language; 2 is both. */
static void add_side(const fill_t *f, field_t id, unsigned end)
{
    static const char *const tokens[] = {"client", "server", "both"};
    static const lab_text_id_t texts[] = {LAB_TEXT_CLIENT, LAB_TEXT_SERVER, LAB_TEXT_BOTH};
    unsigned which = end == 2 ? 2 : end != lab_conn_client(f->conn);
    add_explained(f, id, tokens[which], lab_text(texts[which], f->lang));
}

static void fill_states(const fill_t *f)
{
    add_token(f, F_STATE_CLIENT, &lab_states[f->r->state[lab_conn_client(f->conn)]]);
    add_token(f, F_STATE_SERVER, &lab_states[f->r->state[!lab_conn_client(f->conn)]]);
}

static void fill_segment(const fill_t *f)
{
    add_token(f, F_PHASE, &lab_phases[f->r->phase]);
    for (unsigned role = 0; role < LAB_ROLES; role++)
        if (f->r->roles & LAB_ROLE_BIT(role))
            add_token(f, F_ROLE, &lab_roles[role]);
    proto_item_set_generated(proto_tree_add_uint(f->tree, hf[F_STREAM], f->tvb, 0, 0, f->r->stream));
    add_side(f, F_SENDER, f->r->sender);
}

/* An attempt that nothing ended is told on its last frame, once all frames are known. */
static bool shows_opening(const fill_t *f, lab_open_t kind)
{
    bool never_ended =
        (kind == LAB_OPEN_UNANSWERED || kind == LAB_OPEN_INCOMPLETE) && lab_conn_open_time(f->conn) < 0;
    return (f->r->marks & LAB_MARK_OPEN_END) ||
           (never_ended && f->revisit && lab_conn_last_frame(f->conn) == f->pinfo->num);
}

static void fill_opening(const fill_t *f)
{
    add_number(f, F_OPEN_STEP, f->r->open_step);
    const lab_attempt_t *attempt = f->d ? f->d->attempt : NULL;
    lab_open_t kind = attempt ? attempt->open : lab_conn_open_kind(f->conn);
    if (!shows_opening(f, kind))
        return;
    add_token(f, F_OPEN_KIND, &lab_opens[kind]);
    add_time(f, F_OPEN_TIME, attempt ? attempt->open_time : lab_conn_open_time(f->conn));
}

static void fill_lookup(const fill_t *f)
{
    const lab_lookup_t *lookup = lab_conn_lookup(f->conn);
    if (!lookup || f->r->open_step != 1)
        return;
    add_string(f, F_DNS_NAME, lookup->name);
    add_number(f, F_DNS_QUERY_IN, lookup->query_frame);
    add_number(f, F_DNS_ANSWER_IN, lookup->answer_frame);
}

static bool shows_closing(const fill_t *f, const lab_closing_t *closing)
{
    if (f->d && f->d->attempt)
        return true;
    if (closing->kind == LAB_CLOSE_OPEN)
        return false;
    bool decided = closing->frame_count && lab_conn_closing_decided(f->conn);
    if (!decided && !f->revisit)
        return false;
    return f->r->close_steps || (f->r->marks & LAB_MARK_CLOSE_END);
}

/* What a message had announced is known at once, however the close goes on. */
static void fill_reason_at_once(const fill_t *f, const lab_closing_t *closing)
{
    bool first_fin = f->r->close_steps & (1u << 1);
    if (first_fin && closing->announced)
        add_token(f, F_CLOSE_REASON, &lab_reasons[closing->reason]);
}

/* Of a RST the impact says more. */
static void add_lossless(const fill_t *f, bool lossless)
{
    proto_item *item = proto_tree_add_boolean(f->tree, hf[F_CLOSE_LOSSLESS], f->tvb, 0, 0, lossless);
    proto_item_set_generated(item);
    if (f->d && f->d->reset)
        proto_item_set_hidden(item);
}

static void fill_closing(const fill_t *f)
{
    for (unsigned step = 1; step <= 4; step++)
        if (f->r->close_steps & (1u << step))
            add_number(f, F_CLOSE_STEP, step);
    if (!f->r->close_steps && !(f->r->marks & LAB_MARK_CLOSE_END))
        return;
    const lab_attempt_t *attempt = f->d ? f->d->attempt : NULL;
    lab_closing_t closing = attempt ? attempt->closing : lab_conn_closing(f->conn);
    if (!shows_closing(f, &closing)) {
        fill_reason_at_once(f, &closing);
        return;
    }
    proto_item *kind = add_token(f, F_CLOSE_KIND, &lab_closes[closing.kind]);
    if (closing.kind == LAB_CLOSE_REFUSED || closing.kind == LAB_CLOSE_ABANDONED)
        proto_item_set_hidden(kind); /* the opening says it */
    if (closing.first >= 0)
        add_side(f, F_CLOSE_FIRST, (unsigned)closing.first);
    add_token(f, F_CLOSE_REASON, &lab_reasons[closing.reason]);
    if (closing.lossless >= 0)
        add_lossless(f, closing.lossless != 0);
}

/* Zeek's notation has a folded part of its own. */
static void fill_zeek(const fill_t *f)
{
    if (!(f->r->marks & LAB_MARK_CLOSE_END))
        return;
    const lab_attempt_t *attempt = f->d ? f->d->attempt : NULL;
    lab_closing_t closing = attempt ? attempt->closing : lab_conn_closing(f->conn);
    if (!shows_closing(f, &closing))
        return;
    fill_t part = *f;
    proto_item *item;
    part.tree =
        proto_tree_add_subtree(f->tree, f->tvb, 0, 0, ett_zeek, &item, lab_text(LAB_TEXT_ZEEK, f->lang));
    proto_item_set_generated(item);
    add_string(&part, F_CONN_STATE, attempt ? attempt->conn_state : lab_conn_state_zeek(f->conn));
    add_string(&part, F_HISTORY, attempt ? attempt->history : lab_conn_history(f->conn));
}

static void fill_reset(const fill_t *f)
{
    const lab_reset_t *reset = f->d ? f->d->reset : NULL;
    if (!reset)
        return;
    add_string(f, F_RST_CAUSE, lab_rst_cause_text(reset->cause).token);
    add_token(f, F_RST_CONFIDENCE, &lab_confidences[reset->confidence]);
    add_side(f, F_RST_BY, reset->by);
    add_token(f, F_RST_IMPACT, &lab_impacts[reset->impact]);
    for (unsigned i = 0; i < reset->evidence_count; i++)
        add_number(f, F_RST_EVIDENCE, reset->evidence[i]);
}

static void fill_keepalive(const fill_t *f)
{
    if (!f->d || !f->d->keepalive)
        return;
    for (unsigned i = 0; i < LAB_KEEPALIVES; i++)
        if (f->d->keepalive & (1u << i)) {
            proto_item *item = add_token(f, F_KEEPALIVE, &lab_keepalives[i]);
            if (i == LAB_PERSIST_TRUNCATED) /* the anomaly of the same name says it */
                proto_item_set_hidden(item);
        }
    add_number(f, F_KEEPALIVE_NUMBER, f->d->probe_number);
    if (f->d->probe_interval)
        add_time(f, F_KEEPALIVE_INTERVAL, f->d->probe_interval);
}

static void fill_timing(const fill_t *f, const lab_exchange_t *x)
{
    const lab_timing_t timing = lab_exchange_timing(f->engine, x);
    add_time(f, F_HTTP_QUEUE, timing.queue);
    add_time(f, F_HTTP_WAIT, timing.wait);
    add_time(f, F_HTTP_RECEIVE, timing.receive);
    if (x->request_begin)
        add_time(f, F_HTTP_TOTAL, x->response_done - x->request_begin);
}

static void fill_heads(const fill_t *f, const lab_exchange_t *x)
{
    const lab_head_fields_t fields = {hf[F_HTTP_VERSION], hf[F_HTTP_PHRASE], hf[F_HTTP_HEADER],
                                      hf[F_HTTP_TRAILER], hf[F_HTTP_HEADER_MEANING]};
    bool wanted = proto_field_is_referenced(f->tree, fields.version) ||
                  proto_field_is_referenced(f->tree, fields.phrase) ||
                  proto_field_is_referenced(f->tree, fields.header) ||
                  proto_field_is_referenced(f->tree, fields.trailer) ||
                  proto_field_is_referenced(f->tree, fields.meaning);
    if (wanted && ((f->r->marks & LAB_MARK_HTTP_HEAD) || x->trailers))
        lab_heads_fill(&fields, f->engine, x, f->tvb, f->pinfo, f->tree, f->lang);
}

static void add_status(const fill_t *f, uint16_t status)
{
    if (!status)
        return;
    proto_item *item = proto_tree_add_uint(f->tree, hf[F_HTTP_STATUS], f->tvb, 0, 0, status);
    proto_item_set_generated(item);
    append_meaning(f, item, "", lab_status_meaning(status, f->lang));
}

/* A 1xx response has a status of its own (RFC 9110 15.2). True if the frame has nothing of the final
 * response.
 */
static bool fill_interim(const fill_t *f, const lab_exchange_t *x)
{
    bool any = false;
    for (const lab_head_t *h = lab_exchange_head_in(f->engine, x, f->pinfo->num); h;
         h = lab_head_next_in_frame(h)) {
        if (h->status / 100 != 1 || h->status == x->status)
            continue;
        add_status(f, h->status);
        any = true;
    }
    return any && (!x->response_first || f->pinfo->num < x->response_first);
}

static void fill_message(const fill_t *f, const lab_exchange_t *x)
{
    bool request = f->r->roles & LAB_ROLE_BIT(LAB_ROLE_REQUEST),
         response = f->r->roles & LAB_ROLE_BIT(LAB_ROLE_RESPONSE);
    if (!request && !response)
        return;
    add_explained(f, F_HTTP_METHOD, x->method, x->method ? lab_method_meaning(x->method, f->lang) : NULL);
    add_string(f, F_HTTP_TARGET, x->target);
    if (request)
        add_number(f, F_HTTP_RESPONSE_IN, x->response_first);
    if (!response)
        return;
    add_number(f, F_HTTP_REQUEST_IN, x->request_first);
    if (fill_interim(f, x))
        return;
    add_status(f, x->status);
    const char *object = lab_exchange_object(x);
    add_explained(f, F_HTTP_OBJECT, object, object ? lab_text_object(object, f->lang) : NULL);
    if ((f->r->marks & LAB_MARK_HTTP_LAST) && x->response_complete && x->response_last == f->pinfo->num)
        fill_timing(f, x);
}

static void fill_http(const fill_t *f)
{
    uint32_t n;
    for (unsigned i = 0; (n = lab_annotation_exchange(f->engine, f->r, i)); i++) {
        const lab_exchange_t *x = lab_engine_exchange(f->engine, n);
        if (!x || lab_engine_conn(f->engine, x->stream) != f->conn)
            continue;
        add_number(f, F_HTTP_EXCHANGE, n);
        add_number(f, F_HTTP_INDEX, x->index);
        if (x->http2)
            add_number(f, F_HTTP2_STREAM, x->http2->stream);
        if (proto_field_is_referenced(f->tree, hf[F_HTTP_PAGE]))
            add_number(f, F_HTTP_PAGE, lab_exchange_page(f->engine, x));
        fill_message(f, x);
        fill_heads(f, x);
    }
}

static void fill_http2(const fill_t *f)
{
    const lab_http2_facts_t *facts = f->d ? f->d->http2 : NULL;
    if (f->r->marks & LAB_MARK_HTTP2_DATA)
        add_token(f, F_HTTP2_FRAME, &lab_http2_frames[LAB_HTTP2_DATA]);
    for (unsigned i = 0; facts && i < LAB_HTTP2_FRAMES; i++)
        if (facts->frames & (1u << i))
            add_token(f, F_HTTP2_FRAME, &lab_http2_frames[i]);
    if (facts)
        add_token(f, F_HTTP2_ERROR, &lab_http2_errors[facts->error]);
}

static void fill_tls(const fill_t *f)
{
    uint32_t steps = f->d ? f->d->tls_steps : 0;
    if (f->r->marks & LAB_MARK_TLS_DATA)
        steps |= 1u << LAB_TLS_APPLICATION_DATA;
    for (unsigned i = 0; i < LAB_TLS_STEPS; i++)
        if (steps & (1u << i))
            add_token(f, F_TLS_STEP, &lab_tls_steps[i]);
    const lab_token_t *alert = f->d && f->d->tls_alert ? lab_tls_alert_token((uint8_t)f->d->tls_alert) : NULL;
    if (alert)
        add_token(f, F_TLS_ALERT, alert);
    if (!steps)
        return;
    add_token(f, F_TLS_KIND, &lab_tls_kinds[lab_conn_tls_kind(f->conn)]);
    add_token(f, F_TLS_INSIDE, &lab_decrypted_kinds[lab_conn_decrypted(f->conn)]);
}

static bool has_step(const fill_t *f, lab_tls_step_t step)
{
    return f->d && (f->d->tls_steps & (1u << step));
}

/* A ClientHello offers, whatever was chosen later; a ServerHello chooses, or what it chose is not known. */
static void fill_alpn(const fill_t *f, const lab_tls_names_t *names, bool syn)
{
    bool offers = has_step(f, LAB_TLS_CLIENT_HELLO), chooses = has_step(f, LAB_TLS_SERVER_HELLO);
    lab_alpn_t is = lab_conn_alpn(f->conn);
    if (!is || (!offers && !syn && !(chooses && is == LAB_ALPN_CHOSEN)))
        return;
    if (offers && !names->offered)
        return;
    if (is == LAB_ALPN_CHOSEN && !offers)
        add_string(f, F_TLS_ALPN, names->chosen);
    for (guint i = 0; (offers || is != LAB_ALPN_CHOSEN) && i < names->offered->len; i++)
        add_string(f, F_TLS_ALPN, g_ptr_array_index(names->offered, i));
    add_token(f, F_TLS_ALPN_IS, &lab_alpns[offers ? LAB_ALPN_OFFERED : is]);
}

static void fill_tls_names(const fill_t *f)
{
    const lab_tls_names_t *names = lab_conn_tls_names(f->conn);
    bool syn = f->r->open_step == 1;
    if (!names)
        return;
    if (syn || has_step(f, LAB_TLS_CLIENT_HELLO) || has_step(f, LAB_TLS_SERVER_HELLO))
        add_string(f, F_TLS_SERVER_NAME, names->server_name);
    fill_alpn(f, names, syn);
    if (syn || has_step(f, LAB_TLS_CERTIFICATE))
        add_string(f, F_TLS_SUBJECT, names->subject);
}

/* For filters and columns only: the line of Expert Information says the same. */
static void fill_anomalies(const fill_t *f)
{
    if (!f->d)
        return;
    for (unsigned i = 0; i < LAB_ANOMALIES; i++)
        if (f->d->anomalies & LAB_ANOMALY_BIT(i))
            proto_item_set_hidden(add_token(f, F_ANOMALY, &lab_anomalies[i]));
}

/* The line that opens the tree ends with the note. The field itself is for filters and columns. */
static void fill_note(const fill_t *f, proto_item *root)
{
    if (!lab_fields_note_wanted(f->tree))
        return;
    GString *note = g_string_new(NULL);
    lab_note(f->engine, f->r, f->pinfo->num, f->lang, note);
    proto_item_append_text(root, "%s%s", lab_text(LAB_TEXT_COMMA, f->lang), note->str);
    proto_item_set_hidden(add_explained(f, F_NOTE, note->str, NULL));
    g_string_free(note, TRUE);
}

/* What happened: the cause, the exchange, and what else is special about the frame. */
static void fill_event(const fill_t *f)
{
    fill_reset(f);
    fill_http(f);
    fill_http2(f);
    fill_tls(f);
    fill_tls_names(f);
    fill_lookup(f);
    fill_opening(f);
    fill_closing(f);
    fill_keepalive(f);
    fill_anomalies(f);
}

void lab_fields_fill(const lab_engine_t *engine, const lab_annotation_t *record, tvbuff_t *tvb,
                     packet_info *pinfo, proto_tree *tree, lab_lang_t lang, bool revisit)
{
    fill_t f = {.engine = engine, .r = record, .tvb = tvb, .pinfo = pinfo, .lang = lang, .revisit = revisit};
    proto_item *root = proto_tree_add_item(tree, proto_lab, tvb, 0, 0, ENC_NA);
    proto_item_set_generated(root);
    f.tree = proto_item_add_subtree(root, ett_lab);
    f.d = lab_engine_detail(engine, record);
    f.conn = lab_engine_conn_of(engine, record);
    fill_note(&f, root);
    if (record->phase == LAB_PHASE_RESOLVE) { /* no segment: only what it was for */
        add_token(&f, F_PHASE, &lab_phases[LAB_PHASE_RESOLVE]);
        return;
    }
    fill_event(&f);
    lab_fields_expert(engine, record, pinfo, root, lang);
    fill_states(&f);
    fill_segment(&f);
    fill_zeek(&f);
    lab_why_fill(engine, record, tvb, pinfo, f.tree, lang);
}

/* A reset is told by its cause, any other anomaly in a sentence. */
static const char *said_of(const lab_detail_t *d, unsigned anomaly, lab_lang_t lang)
{
    if (anomaly == LAB_ANOMALY_RESET && d->reset)
        return lab_rst_cause_text(d->reset->cause).token;
    return lab_anomalies[anomaly].text.in[lang];
}

void lab_fields_expert(const lab_engine_t *engine, const lab_annotation_t *record, packet_info *pinfo,
                       proto_item *item, lab_lang_t lang)
{
    const lab_detail_t *d = lab_engine_detail(engine, record);
    if (!d)
        return;
    const char *protocol = pinfo->current_proto; /* Expert Information names it beside the item */
    pinfo->current_proto = "Lab";
    for (unsigned i = 0; i < LAB_ANOMALIES; i++)
        if (d->anomalies & LAB_ANOMALY_BIT(i))
            expert_add_info_format(pinfo, item, &experts[i], "%s%s%s", lab_anomalies[i].token,
                                   lab_text(LAB_TEXT_COLON, lang), said_of(d, i, lang));
    pinfo->current_proto = protocol;
}
