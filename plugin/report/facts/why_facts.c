/* SPDX-License-Identifier: GPL-2.0-or-later */
/* why_facts.c - reads the column `where` of why.def once, and compares frames with it; see why_facts.h. */
#include "why_facts.h"

#include <string.h>

/* One frame that is asked about. */
typedef struct {
    const lab_engine_t *engine;
    const lab_annotation_t *a;
    const lab_detail_t *detail; /* NULL = none */
    const lab_conn_t *conn;
    uint32_t frame;
} lab_asked_t;

/* One word "KIND:TOKEN": whether a frame has the value. `name` is the token where a number does not do. */
typedef bool (*lab_fits_t)(const lab_asked_t *asked, unsigned value, const char *name);

typedef struct {
    lab_fits_t fits;
    unsigned card, value;
    const char *name;
} lab_condition_t;

static bool has_role(const lab_asked_t *q, unsigned value, const char *name)
{
    (void)name;
    return q->a->roles & LAB_ROLE_BIT(value);
}

static bool has_push(const lab_asked_t *q, unsigned value, const char *name)
{
    (void)value;
    (void)name;
    return (q->a->flags & LAB_TH_PSH) && q->a->length;
}

static bool opened(const lab_asked_t *q, unsigned value, const char *name)
{
    (void)name;
    return q->a->open_step && lab_conn_open_kind(q->conn) == (lab_open_t)value;
}

static bool closed(const lab_asked_t *q, unsigned value, const char *name)
{
    (void)name;
    return q->a->close_steps && lab_conn_closing(q->conn).kind == (lab_close_t)value;
}

static bool reset_by(const lab_asked_t *q, unsigned value, const char *name)
{
    (void)value;
    const char *token =
        q->detail && q->detail->reset ? lab_rst_cause_text(q->detail->reset->cause).token : NULL;
    return token && strcmp(token, name) == 0;
}

static bool has_keepalive(const lab_asked_t *q, unsigned value, const char *name)
{
    (void)name;
    return q->detail && (q->detail->keepalive & (1u << value));
}

static bool has_step(const lab_asked_t *q, unsigned value, const char *name)
{
    (void)name;
    uint32_t steps = q->detail ? q->detail->tls_steps : 0;
    if (q->a->marks & LAB_MARK_TLS_DATA)
        steps |= 1u << LAB_TLS_APPLICATION_DATA;
    return steps & (1u << value);
}

static bool has_tls(const lab_asked_t *q, unsigned value, const char *name)
{
    return has_step(q, LAB_TLS_SERVER_HELLO, name) && lab_conn_tls_kind(q->conn) == (lab_tls_kind_t)value;
}

static bool has_anomaly(const lab_asked_t *q, unsigned value, const char *name)
{
    (void)name;
    return q->detail && (q->detail->anomalies & LAB_ANOMALY_BIT(value));
}

static bool has_state(const lab_asked_t *q, unsigned value, const char *name)
{
    (void)name;
    return q->a->close_steps && (q->a->state[0] == value || q->a->state[1] == value);
}

static const lab_head_t *head_in(const lab_asked_t *q)
{
    const lab_exchange_t *x = lab_engine_exchange(q->engine, lab_annotation_exchange(q->engine, q->a, 0));
    return x && q->a->marks & LAB_MARK_HTTP_HEAD ? lab_exchange_head_in(q->engine, x, q->frame) : NULL;
}

static bool has_status(const lab_asked_t *q, unsigned value, const char *name)
{
    (void)name;
    const lab_head_t *head = head_in(q);
    return head && head->status == value;
}

static bool has_header(const lab_asked_t *q, unsigned value, const char *name)
{
    (void)value;
    const lab_head_t *head = head_in(q);
    size_t length = strlen(name);
    for (unsigned i = 0; head && i < head->count; i++)
        if (g_ascii_strncasecmp(lab_head_line(head, i), name, length) == 0 &&
            lab_head_line(head, i)[length] == ':')
            return true;
    return false;
}

/* ---- reading the table ---- */

/* A kind of word: the tokens that it may have, NULL = any text. */
static const struct {
    const char *kind;
    lab_fits_t fits;
    const lab_token_t *tokens;
    unsigned count;
} kinds[] = {
    {"role", has_role, lab_roles, LAB_ROLES},
    {"flag", has_push, NULL, 0},
    {"open", opened, lab_opens, LAB_OPENS},
    {"close", closed, lab_closes, LAB_CLOSES},
    {"rst", reset_by, NULL, 0},
    {"keepalive", has_keepalive, lab_keepalives, LAB_KEEPALIVES},
    {"step", has_step, lab_tls_steps, LAB_TLS_STEPS},
    {"tls", has_tls, lab_tls_kinds, LAB_TLS_KINDS},
    {"anomaly", has_anomaly, lab_anomalies, LAB_ANOMALIES},
    {"state", has_state, lab_states, LAB_STATES},
    {"status", has_status, NULL, 0},
    {"header", has_header, NULL, 0},
};

static unsigned place_of(const lab_token_t *tokens, unsigned count, const char *token)
{
    for (unsigned i = 0; i < count; i++)
        if (tokens[i].token && strcmp(tokens[i].token, token) == 0)
            return i;
    return 0;
}

static void add_condition(GArray *list, unsigned card, const char *word)
{
    const char *colon = strchr(word, ':');
    for (size_t i = 0; colon && i < G_N_ELEMENTS(kinds); i++) {
        if (strlen(kinds[i].kind) != (size_t)(colon - word) ||
            strncmp(word, kinds[i].kind, (size_t)(colon - word)) != 0)
            continue;
        lab_condition_t c = {kinds[i].fits, card, 0, g_intern_string(colon + 1)};
        c.value = kinds[i].tokens ? place_of(kinds[i].tokens, kinds[i].count, c.name)
                                  : (unsigned)g_ascii_strtoull(c.name, NULL, 10);
        g_array_append_val(list, c);
    }
}

static GArray *conditions(void)
{
    static gsize ready;
    static GArray *list;
    if (!g_once_init_enter(&ready))
        return list;
    size_t count;
    const lab_why_t *cards = lab_why_cards(&count);
    list = g_array_new(FALSE, FALSE, sizeof(lab_condition_t));
    for (unsigned i = 0; i < count; i++) {
        char **words = g_strsplit(cards[i].where, " ", -1);
        for (char **word = words; *word; word++)
            add_condition(list, i, *word);
        g_strfreev(words);
    }
    g_once_init_leave(&ready, 1);
    return list;
}

uint64_t lab_why_of(const lab_engine_t *engine, const lab_annotation_t *a, uint32_t frame)
{
    const lab_asked_t asked = {engine, a, lab_engine_detail(engine, a), lab_engine_conn_of(engine, a), frame};
    const GArray *list = conditions();
    uint64_t set = 0;
    if (!asked.conn || a->phase == LAB_PHASE_RESOLVE || a->phase == LAB_PHASE_NONE)
        return 0;
    for (guint i = 0; i < list->len; i++) {
        const lab_condition_t *c = &g_array_index(list, lab_condition_t, i);
        if (c->fits(&asked, c->value, c->name))
            set |= UINT64_C(1) << c->card;
    }
    return set;
}
