/* SPDX-License-Identifier: GPL-2.0-or-later */
/* note_places.c - the places in the texts of note_rows.c: {sender}, {exchange}, {wait} ... A new place is a
 * function and a row of `places`. */
#include "exchange.h"
#include "note_rows.h"

#include <string.h>

static const char *side(const lab_note_view_t *v, unsigned end, bool capital)
{
    lab_text_id_t client = capital ? LAB_TEXT_CLIENT_START : LAB_TEXT_CLIENT;
    lab_text_id_t server = capital ? LAB_TEXT_SERVER_START : LAB_TEXT_SERVER;
    return lab_text(end == lab_conn_client(v->conn) ? client : server, v->lang);
}

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

const lab_head_t *lab_note_interim(const lab_note_view_t *v)
{
    const lab_head_t *h = v->x ? lab_exchange_head_in(v->engine, v->x, v->frame) : NULL;
    while (h && (h->status / 100 != 1 || h->status == 101))
        h = lab_head_next_in_frame(h);
    return h;
}

static void fill_interim(const lab_note_view_t *v, GString *out)
{
    const lab_head_t *head = lab_note_interim(v);
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

int64_t lab_note_open_time(const lab_note_view_t *v)
{
    return v->d && v->d->attempt ? v->d->attempt->open_time : lab_conn_open_time(v->conn);
}

static void fill_open_time(const lab_note_view_t *v, GString *out)
{
    lab_text_duration(out, lab_note_open_time(v), v->lang);
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

const lab_token_t *lab_note_alert(const lab_note_view_t *v)
{
    return v->d && v->d->tls_alert ? lab_tls_alert_token((uint8_t)v->d->tls_alert) : NULL;
}

/* RFC 8446 6: its name as far as it is known, and its level. */
static void append_alert(const lab_note_view_t *v, GString *out)
{
    static const lab_text_id_t levels[] = {[1] = LAB_TEXT_ALERT_WARNING, [2] = LAB_TEXT_ALERT_FATAL};
    unsigned level = v->d->tls_alert >> 8;
    if (lab_note_alert(v))
        g_string_append_printf(out, " %s", lab_note_alert(v)->token);
    else
        g_string_append_printf(out, " %u", v->d->tls_alert & 0xffu);
    if (level == 1 || level == 2)
        g_string_append(out, lab_text(levels[level], v->lang));
}

static void fill_alert(const lab_note_view_t *v, GString *out)
{
    if (lab_note_alert(v))
        g_string_append(out, lab_note_alert(v)->text.in[v->lang]);
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

const lab_http2_facts_t *lab_note_http2(const lab_note_view_t *v)
{
    return v->d ? v->d->http2 : NULL;
}

static void fill_h2_frames(const lab_note_view_t *v, GString *out)
{
    const lab_http2_facts_t *facts = lab_note_http2(v);
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
    g_string_append_printf(out, "%u", lab_note_http2(v) ? lab_note_http2(v)->reset_stream : 0);
}

static void fill_h2_last(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", lab_note_http2(v) ? lab_note_http2(v)->last_stream : 0);
}

static void fill_h2_error(const lab_note_view_t *v, GString *out)
{
    const lab_token_t *error =
        &lab_http2_errors[lab_note_http2(v) ? lab_note_http2(v)->error : LAB_HTTP2_NO_ERROR];
    g_string_append_printf(out, "%s%s%s", error->token, lab_text(LAB_TEXT_COLON, v->lang),
                           error->text.in[v->lang]);
}

static void fill_h2_fault(const lab_note_view_t *v, GString *out)
{
    const char *between = "";
    for (unsigned i = 0; lab_note_http2(v) && i < LAB_H2_FAULTS; i++) {
        if (!(lab_note_http2(v)->faults & (1u << i)))
            continue;
        g_string_append_printf(out, "%s%s", between, lab_http2_faults[i].text.in[v->lang]);
        between = lab_text(LAB_TEXT_COMMA, v->lang);
    }
}

static void fill_h2_held(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", lab_note_http2(v) ? lab_note_http2(v)->held : 0);
}

static void fill_h2_empty(const lab_note_view_t *v, GString *out)
{
    lab_text_duration(out, lab_note_http2(v) ? lab_note_http2(v)->window_empty : 0, v->lang);
}

static void fill_h2_shared(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%u", lab_note_http2(v) ? lab_note_http2(v)->count : 0);
}

static void fill_h2_missing(const lab_note_view_t *v, GString *out)
{
    g_string_append_printf(out, "%" G_GUINT64_FORMAT, lab_note_http2(v) ? lab_note_http2(v)->missing : 0);
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

bool lab_note_place(void *view, const char *name, GString *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        if (strcmp(places[i].name, name) == 0) {
            places[i].fill(view, out);
            return true;
        }
    }
    return false;
}
