/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ladders.c - the ladder of a connection: its segments in their order, what they are, and the states of both
 * ends. */
#include "names.h"
#include "segments.h"
#include "walks.h"

#include <stdio.h>
#include <string.h>

#define RUN_MIN     4    /* fewer usual segments in a row are not folded */
#define RUN_SHOWN   1500 /* segments of a run that are listed; the first ones */
#define SEARCH_BACK 500  /* segments in which the original of a retransmission is searched */

typedef struct {
    lab_document_t *d;
    const lab_report_t *report;
    const lab_conn_t *conn;
    const GArray *facts; /* of lab_step_t */
    GHashTable *lost;    /* frame -> frame that sends its bytes again */
} lab_ladder_view_t;

#define R(role) LAB_ROLE_BIT(LAB_ROLE_##role)

static const lab_step_t *fact_at(const lab_ladder_view_t *v, guint i)
{
    return &g_array_index(v->facts, lab_step_t, i);
}

static const lab_detail_t *detail_of(const lab_ladder_view_t *v, const lab_step_t *s)
{
    return lab_engine_detail(v->report->engine, s->annotation);
}

/* ---- what was lost ---- */

/* The newest segment before step `i` that had the first byte of its data; 0 = none that is near. */
static uint32_t first_sent(const lab_ladder_view_t *v, guint i)
{
    const lab_step_t *again = fact_at(v, i);
    for (guint back = 1; back <= MIN(i, SEARCH_BACK); back++) {
        const lab_step_t *s = fact_at(v, i - back);
        if (!s->lookup && s->from_client == again->from_client && s->length > 0 &&
            (uint32_t)(again->seq_raw - s->seq_raw) < (uint32_t)s->length)
            return s->frame;
    }
    return 0;
}

/* What a retransmission repeats did not arrive, or its acknowledgment did not, unless it had been answered.
 */
static void find_lost(lab_ladder_view_t *v)
{
    for (guint i = 0; i < v->facts->len; i++) {
        const lab_step_t *s = fact_at(v, i);
        const lab_detail_t *detail = detail_of(v, s);
        if (s->lookup || !(s->annotation->roles & R(RETRANSMISSION)) || (detail && detail->answered))
            continue;
        uint32_t repeats = s->annotation->related;
        if (!repeats && s->length > 0)
            repeats = first_sent(v, i);
        if (repeats)
            g_hash_table_insert(v->lost, GUINT_TO_POINTER(repeats), GUINT_TO_POINTER(s->frame));
    }
}

/* The first row that holds. */
static lab_look_t look_of(const lab_ladder_view_t *v, const lab_step_t *s)
{
    static const struct {
        uint32_t roles;
        lab_look_t look;
    } rows[] = {{R(RST), LAB_LOOK_RESET},
                {R(CAPTURE_DUPLICATE), LAB_LOOK_TWICE},
                {R(RETRANSMISSION), LAB_LOOK_REPEATED},
                {R(LATE), LAB_LOOK_LATE},
                {R(OUT_OF_ORDER), LAB_LOOK_UNORDERED}};
    if (s->lookup)
        return LAB_LOOK_LOOKUP;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (s->annotation->roles & rows[i].roles)
            return rows[i].look;
    return g_hash_table_contains(v->lost, GUINT_TO_POINTER(s->frame)) ? LAB_LOOK_LOST : LAB_LOOK_USUAL;
}

/* ---- words ---- */

static const lab_exchange_t *exchange_of(const lab_ladder_view_t *v, const lab_step_t *s)
{
    return s->lookup ? NULL : lab_engine_exchange(v->report->engine, s->annotation->exchange);
}

/* What the response brought; NULL where nothing says it. */
static const char *known_object(const lab_exchange_t *x)
{
    const char *object = lab_exchange_object(x);
    return object && strcmp(object, "other") != 0 ? object : NULL;
}

/* "GET /logo.png" of the request's first frame, "200, image" of the response's; else NULL. */
static const char *message_of(const lab_ladder_view_t *v, const lab_step_t *s)
{
    const lab_exchange_t *x = exchange_of(v, s);
    GString *words = g_string_new(NULL);
    if (x && s->frame == x->request_first && x->method)
        g_string_printf(words, "%s %s", x->method, x->target ? x->target : "?");
    else if (x && s->frame == x->response_first && x->status)
        g_string_printf(words, "%u%s%s", x->status, known_object(x) ? ", " : "",
                        known_object(x) ? known_object(x) : "");
    if (!words->len) {
        g_string_free(words, TRUE);
        return NULL;
    }
    GString *clean = g_string_new(NULL);
    lab_text_visible(clean, words->str);
    g_string_free(words, TRUE);
    return lab_document_take(v->d, clean);
}

/* The first role that says what the segment is; how it came (repeated, late ...) is told by its look. */
static const char *role_words(const lab_ladder_view_t *v, const lab_step_t *s)
{
    const uint32_t how = R(RETRANSMISSION) | R(OUT_OF_ORDER) | R(CAPTURE_DUPLICATE) | R(LATE);
    if (s->lookup)
        return lab_phases[LAB_PHASE_RESOLVE].text.in[v->d->lang];
    if (s->annotation->marks & LAB_MARK_TLS)
        return lab_phases[LAB_PHASE_TLS].text.in[v->d->lang];
    for (unsigned role = 0; role < LAB_ROLES; role++)
        if (s->annotation->roles & ~how & LAB_ROLE_BIT(role))
            return lab_roles[role].text.in[v->d->lang];
    return s->length > 0 ? lab_roles[LAB_ROLE_DATA].text.in[v->d->lang] : "";
}

/* One segment may be two steps of the close: the ACK of the first FIN with the second FIN. */
static const char *close_words(const lab_ladder_view_t *v, const lab_step_t *s)
{
    const uint32_t both = R(FIN1_ACK) | R(FIN2);
    if (s->lookup || (s->annotation->roles & both) != both)
        return role_words(v, s);
    GString *words = g_string_new(lab_roles[LAB_ROLE_FIN1_ACK].text.in[v->d->lang]);
    g_string_append_printf(words, "%s%s", lab_text(LAB_TEXT_COMMA, v->d->lang),
                           lab_roles[LAB_ROLE_FIN2].text.in[v->d->lang]);
    return lab_document_take(v->d, words);
}

static const char *role_of(const lab_ladder_view_t *v, const lab_step_t *s)
{
    const char *role = close_words(v, s), *message = message_of(v, s);
    if (!message)
        return role;
    GString *words = g_string_new(role);
    g_string_append_printf(words, "%s%s", lab_text(LAB_TEXT_COLON, v->d->lang), message);
    return lab_document_take(v->d, words);
}

static const char *flags_of(const lab_ladder_view_t *v, const lab_step_t *s)
{
    GString *text = g_string_new(NULL);
    lab_report_flags(s->flags, text);
    return lab_document_take(v->d, text);
}

/* ", frame 12, frame 14", each a link. */
static const char *evidence_of(const lab_ladder_view_t *v, const lab_reset_t *r)
{
    GString *list = g_string_new(NULL);
    for (unsigned i = 0; i < r->evidence_count; i++) {
        char number[16];
        snprintf(number, sizeof number, "%u", r->evidence[i]);
        g_string_append(list, i ? ", " : "");
        lab_append_link(list, (lab_link_t){LAB_LINK_FRAME, r->evidence[i]}, number);
    }
    const char *kept = lab_document_take(v->d, list);
    g_hash_table_add(v->d->linked, (gpointer)kept);
    return kept;
}

static const char *note_of(const lab_ladder_view_t *v, const lab_step_t *s)
{
    lab_document_t *d = v->d;
    const lab_detail_t *detail = detail_of(v, s);
    gpointer again = g_hash_table_lookup(v->lost, GUINT_TO_POINTER(s->frame));
    GString *note = g_string_new(NULL), *clean = g_string_new(NULL);
    lab_note(v->report->engine, s->annotation, s->frame, d->lang, clean);
    lab_text_visible(note, clean->str);
    g_string_free(clean, TRUE);
    if (again)
        g_string_append(
            note, lab_document_words(d, LAB_TEXT_LADDER_LOST,
                                     LAB_PLACES({"frame", lab_document_linked(d, LAB_LINK_FRAME,
                                                                              GPOINTER_TO_UINT(again))})));
    if (detail && detail->reset && detail->reset->evidence_count)
        g_string_append(note, lab_document_words(d, LAB_TEXT_LADDER_EVIDENCE,
                                                 LAB_PLACES({"frames", evidence_of(v, detail->reset)})));
    return lab_document_take(d, note);
}

static const char *state_name(uint8_t state)
{
    return state == LAB_STATE_UNKNOWN || state >= LAB_STATES ? NULL : lab_states[state].token;
}

/* ---- steps ---- */

static void set_states(const lab_ladder_view_t *v, const lab_step_t *s, lab_ladder_step_t *step,
                       const lab_ladder_step_t *before)
{
    unsigned client = lab_conn_client(v->conn);
    for (unsigned i = 0; i < 2; i++) {
        if (s->lookup)
            step->states[i] = before ? before->states[i] : NULL;
        else
            step->states[i] = state_name(s->annotation->state[i ? !client : client]);
        step->changed[i] = before ? step->states[i] != before->states[i] : step->states[i] != NULL;
    }
}

static lab_ladder_step_t step_of(const lab_ladder_view_t *v, guint i, const lab_ladder_step_t *before)
{
    const lab_step_t *s = fact_at(v, i);
    lab_ladder_step_t step = {.frame = s->frame,
                              .time = lab_report_time(v->report, s->frame),
                              .from_client = s->from_client,
                              .look = look_of(v, s),
                              .flags = flags_of(v, s),
                              .role = role_of(v, s),
                              .note = note_of(v, s),
                              .seq = s->seq,
                              .seq_raw = s->seq_raw,
                              .ack = s->ack,
                              .ack_raw = s->ack_raw,
                              .length = s->length,
                              .exchange = s->annotation->exchange ? (int64_t)s->annotation->exchange : -1};
    set_states(v, s, &step, before);
    return step;
}

/* ---- runs ---- */

static bool begins_or_ends(const lab_exchange_t *x, uint32_t frame)
{
    return x && (frame == x->request_first || frame == x->response_first || frame == x->response_last);
}

/* True of data and acknowledgments that change nothing: they may be folded. */
static bool is_usual(const lab_ladder_view_t *v, guint i)
{
    const uint32_t roles = R(REQUEST) | R(RESPONSE) | R(DATA) | R(ACK) | R(DUP_ACK) | R(WINDOW_UPDATE);
    const lab_step_t *s = fact_at(v, i), *before = i ? fact_at(v, i - 1) : NULL;
    const lab_annotation_t *a = s->annotation;
    const lab_detail_t *detail = detail_of(v, s);
    if (s->lookup || !before || before->lookup || (a->roles & ~roles) || a->open_step || a->close_steps)
        return false;
    if (memcmp(a->state, before->annotation->state, sizeof a->state) != 0 ||
        (a->marks & (LAB_MARK_TLS | LAB_MARK_HTTP_HEAD)) || (s->flags & (LAB_TH_URG | LAB_TH_FIN)))
        return false;
    if (detail && (detail->anomalies || detail->keepalive || detail->reset || detail->tls_alert))
        return false;
    return look_of(v, s) == LAB_LOOK_USUAL && !begins_or_ends(exchange_of(v, s), s->frame) &&
           !begins_or_ends(
               lab_engine_exchange(v->report->engine, lab_annotation_exchange_last(v->report->engine, a)),
               s->frame);
}

static guint run_length(const lab_ladder_view_t *v, guint from)
{
    guint i = from;
    while (i < v->facts->len && is_usual(v, i))
        i++;
    return i - from;
}

/* "1,090 segments, 2.6 MB in 221 ms" */
static const char *summary_of(const lab_ladder_view_t *v, guint from, guint count, bool *from_client)
{
    uint64_t bytes[2] = {0, 0};
    for (guint i = from; i < from + count; i++)
        bytes[fact_at(v, i)->from_client] += (uint64_t)MAX(fact_at(v, i)->length, 0);
    int64_t begin = lab_report_time(v->report, fact_at(v, from)->frame);
    int64_t end = lab_report_time(v->report, fact_at(v, from + count - 1)->frame);
    *from_client = bytes[1] > bytes[0] || (bytes[1] == bytes[0] && fact_at(v, from)->from_client);
    return lab_document_words(
        v->d, LAB_TEXT_LADDER_RUN,
        LAB_PLACES({"segments", lab_document_count(v->d, count)},
                   {"bytes", lab_document_size(v->d, bytes[0] + bytes[1])},
                   {"time", lab_document_duration(v->d, begin >= 0 && end >= begin ? end - begin : -1)}));
}

static void add_steps(const lab_ladder_view_t *v, lab_ladder_t *ladder, guint from, guint count)
{
    for (guint i = from; i < from + count; i++) {
        const lab_ladder_step_t *last =
            ladder->steps->len ? &g_array_index(ladder->steps, lab_ladder_step_t, ladder->steps->len - 1)
                               : NULL;
        const lab_ladder_step_t step = step_of(v, i, last);
        g_array_append_val(ladder->steps, step);
    }
}

static void add_rows(const lab_ladder_view_t *v, lab_ladder_t *ladder)
{
    for (guint i = 0; i < v->facts->len;) {
        guint run = run_length(v, i);
        lab_ladder_row_t row = {.first = ladder->steps->len, .count = 1};
        if (run >= RUN_MIN) {
            row.count = MIN(run, RUN_SHOWN);
            row.left_out = run - row.count;
            row.summary = summary_of(v, i, run, &row.from_client);
        }
        add_steps(v, ladder, i, row.count);
        g_array_append_val(ladder->rows, row);
        i += row.count + row.left_out;
    }
}

static guint rows_needed(const lab_ladder_view_t *v)
{
    guint rows = 0;
    for (guint i = 0; i < v->facts->len;) {
        guint run = run_length(v, i);
        rows += run >= RUN_MIN ? MIN(run, RUN_SHOWN) : 1;
        i += run >= RUN_MIN ? run : 1;
    }
    return rows;
}

/* ---- the ladder ---- */

static void add_ladder(const lab_ladder_view_t *v)
{
    lab_document_t *d = v->d;
    unsigned client = lab_conn_client(v->conn);
    char *from = lab_report_endpoint(lab_conn_endpoint(v->conn, client));
    char *to = lab_report_endpoint(lab_conn_endpoint(v->conn, !client));
    const char *stream = lab_document_number(d, lab_conn_stream(v->conn));
    lab_ladder_t *ladder = lab_document_ladder(d);
    ladder->stream = lab_conn_stream(v->conn);
    ladder->client = lab_document_keep(d, from);
    ladder->server = lab_document_keep(d, to);
    ladder->title = lab_document_words(d, LAB_TEXT_LADDER_TITLE, LAB_PLACES({"stream", stream}));
    add_rows(v, ladder);
    g_free(from);
    g_free(to);
}

void lab_add_ladder(lab_document_t *d, const lab_report_t *report, const lab_conn_t *conn)
{
    GArray *facts = lab_connection_steps(report->engine, conn);
    lab_ladder_view_t v = {d, report, conn, facts, g_hash_table_new(NULL, NULL)};
    find_lost(&v);
    const char *stream = lab_document_number(d, lab_conn_stream(conn));
    if (lab_document_room(d, rows_needed(&v))) {
        lab_document_detail(d, LAB_TEXT_LADDER_FOLD,
                            LAB_PLACES({"stream", stream}, {"segments", lab_document_count(d, facts->len)}));
        add_ladder(&v);
        lab_document_fold_end(d);
    } else {
        lab_document_detail(d, LAB_TEXT_LADDER_NO_ROOM, LAB_PLACES({"stream", stream}));
        lab_document_fold_end(d);
    }
    g_hash_table_unref(v.lost);
    g_array_unref(facts);
}
