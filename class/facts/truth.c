/* SPDX-License-Identifier: GPL-2.0-or-later */
/* truth.c - what a name of a statement stands for in a capture, and the frames that show it. */
#include "facts.h"

#include <string.h>

static lab_truth_t new_truth(void)
{
    return (lab_truth_t){g_ptr_array_new_with_free_func(g_free), g_array_new(FALSE, FALSE, sizeof(guint)),
                         NULL};
}

void lab_truth_clear(lab_truth_t *truth)
{
    g_ptr_array_unref(truth->values);
    g_array_unref(truth->frames);
}

static void add(lab_truth_t *t, const char *value)
{
    g_ptr_array_add(t->values, g_strdup(value));
}

static void add_number(lab_truth_t *t, gint64 number)
{
    if (number >= 0)
        g_ptr_array_add(t->values, g_strdup_printf("%" G_GINT64_FORMAT, number));
}

static void show(lab_truth_t *t, gint64 frame)
{
    guint number = (guint)frame;
    if (frame <= 0 || frame > G_MAXUINT)
        return;
    for (guint i = 0; i < t->frames->len; i++)
        if (g_array_index(t->frames, guint, i) == number)
            return;
    g_array_append_val(t->frames, number);
}

static void show_all(lab_truth_t *t, JsonArray *frames)
{
    for (guint i = 0; frames && i < json_array_get_length(frames); i++)
        show(t, json_array_get_int_element(frames, i));
}

/* ---- values of JSON ---- */

static void add_value(lab_truth_t *t, JsonNode *node)
{
    char decimal[G_ASCII_DTOSTR_BUF_SIZE];
    switch (json_node_get_value_type(node)) {
    case G_TYPE_INT64:
        add_number(t, json_node_get_int(node));
        break;
    case G_TYPE_DOUBLE:
        add(t, g_ascii_formatd(decimal, sizeof decimal, "%.9f", json_node_get_double(node)));
        break;
    case G_TYPE_BOOLEAN:
        add(t, json_node_get_boolean(node) ? "true" : "false");
        break;
    default:
        add(t, json_node_get_string(node));
    }
}

static void add_node(lab_truth_t *t, JsonNode *node)
{
    if (node && JSON_NODE_HOLDS_VALUE(node))
        add_value(t, node);
    JsonArray *list = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    for (guint i = 0; list && i < json_array_get_length(list); i++)
        add_node(t, json_array_get_element(list, i));
}

/* "close.kind", "resets.0.cause". */
static JsonNode *at_path(JsonObject *object, const char *path)
{
    char **parts = g_strsplit(path, ".", -1);
    JsonNode *node = json_object_get_member(object, parts[0]);
    for (guint i = 1; node && parts[i]; i++) {
        if (JSON_NODE_HOLDS_OBJECT(node)) {
            node = json_object_get_member(json_node_get_object(node), parts[i]);
        } else if (JSON_NODE_HOLDS_ARRAY(node)) {
            guint64 place = g_ascii_strtoull(parts[i], NULL, 10);
            JsonArray *list = json_node_get_array(node);
            node = place < json_array_get_length(list) ? json_array_get_element(list, (guint)place) : NULL;
        } else {
            node = NULL;
        }
    }
    g_strfreev(parts);
    return node;
}

/* ---- connections ---- */

/* One connection whose truth is asked for. */
typedef struct {
    const lab_facts_t *facts;
    JsonObject *object;
    gint64 stream;
    lab_truth_t *truth;
} lab_asked_t;

static bool has_token(const char *cell, const char *token)
{
    size_t length = strlen(token);
    for (const char *p = cell; (p = strstr(p, token)); p += length)
        if ((p == cell || p[-1] == '+') && (p[length] == '\0' || p[length] == '+'))
            return true;
    return false;
}

/* The frames of the connection with a token in this column. */
static void frames_with(const lab_asked_t *a, lab_column_t column, const char *token, bool values)
{
    for (guint i = 0; i < a->facts->segments->len; i++) {
        const lab_segment_row_t *row = &g_array_index(a->facts->segments, lab_segment_row_t, i);
        if (row->stream != a->stream || !has_token(row->cells[column], token))
            continue;
        if (values)
            add_number(a->truth, row->number);
        show(a->truth, row->number);
    }
}

static JsonArray *open_frames(const lab_asked_t *a)
{
    return lab_json_array(lab_json_object(a->object, "open"), "frames");
}

/* The frame of a step of the handshake, which has one place for each that was seen; 0 = none. */
static guint open_frame(const lab_asked_t *a, const char *step)
{
    JsonArray *frames = open_frames(a);
    for (guint i = 0; frames && i < json_array_get_length(frames); i++) {
        guint frame = (guint)json_array_get_int_element(frames, i);
        const lab_segment_row_t *row = lab_facts_segment(a->facts, frame);
        if (row && strcmp(row->cells[COL_OPEN_STEP], step) == 0)
            return frame;
    }
    return 0;
}

static void open_step(const lab_asked_t *a, const char *step)
{
    guint frame = open_frame(a, step);
    if (frame) {
        add_number(a->truth, frame);
        show(a->truth, frame);
    }
}

static void isn(const lab_asked_t *a, const char *step)
{
    guint frame = open_frame(a, step);
    const lab_segment_row_t *row = frame ? lab_facts_segment(a->facts, frame) : NULL;
    if (row) {
        add(a->truth, row->cells[COL_SEQ_RAW]);
        show(a->truth, frame);
    }
}

static guint header_frame(JsonObject *exchange, const char *side, const char *name, const char *value)
{
    JsonObject *message = lab_json_object(exchange, side);
    JsonArray *headers = lab_json_array(message, "headers");
    for (guint i = 0; headers && i < json_array_get_length(headers); i++) {
        JsonObject *h = json_array_get_object_element(headers, i);
        const char *n = lab_json_string(h, "name"), *v = lab_json_string(h, "value");
        if (n && v && g_ascii_strcasecmp(n, name) == 0 && g_ascii_strcasecmp(v, value) == 0)
            return (guint)MAX(lab_json_number(message, "frame"), 0);
    }
    return 0;
}

/* What kept the connection open: RFC 9112 9.3, its predecessor's Connection: keep-alive, TCP's probes. */
static void kept_open(const lab_asked_t *a)
{
    guint count = 0, field = 0;
    bool http11 = false, http2 = false;
    JsonArray *list = lab_json_array(a->facts->root, "exchanges");
    for (guint i = 0; list && i < json_array_get_length(list); i++) {
        JsonObject *x = json_array_get_object_element(list, i);
        if (lab_json_number(x, "stream") != a->stream)
            continue;
        const char *version = lab_json_string(lab_json_object(x, "response"), "version");
        count++;
        http2 |= lab_json_object(x, "http2") != NULL;
        http11 |= version && strcmp(version, "HTTP/1.1") == 0;
        field = field ? field : header_frame(x, "response", "Connection", "keep-alive");
        show(a->truth, lab_json_number(x, "request_frame"));
    }
    if (count > 1 && http2)
        add(a->truth, "http2");
    else if (count > 1 && http11)
        add(a->truth, "persistent");
    if (count > 1 && field) {
        add(a->truth, "keep-alive-field");
        show(a->truth, field);
    }
    guint before = a->truth->frames->len;
    frames_with(a, COL_ROLE, "keepalive-probe", false);
    if (a->truth->frames->len > before)
        add(a->truth, "tcp-probes");
}

static void exchanges(const lab_asked_t *a, bool numbers)
{
    guint count = 0;
    JsonArray *list = lab_json_array(a->facts->root, "exchanges");
    for (guint i = 0; list && i < json_array_get_length(list); i++) {
        JsonObject *x = json_array_get_object_element(list, i);
        if (lab_json_number(x, "stream") != a->stream)
            continue;
        count++;
        if (numbers)
            add_number(a->truth, lab_json_number(x, "number"));
        show(a->truth, lab_json_number(x, "request_frame"));
    }
    if (!numbers)
        add_number(a->truth, count);
}

static void all_resets(const lab_asked_t *a, bool values)
{
    JsonArray *list = lab_json_array(a->object, "resets");
    for (guint i = 0; list && i < json_array_get_length(list); i++) {
        gint64 frame = lab_json_number(json_array_get_object_element(list, i), "frame");
        if (values)
            add_number(a->truth, frame);
        show(a->truth, frame);
    }
}

static void show_reset(lab_truth_t *t, JsonObject *reset)
{
    const char *confidence = lab_json_string(reset, "confidence");
    show(t, lab_json_number(reset, "frame"));
    show_all(t, lab_json_array(reset, "evidence"));
    if (confidence && strcmp(confidence, "certain") != 0)
        t->doubt = confidence;
}

static void show_lookup(lab_truth_t *t, JsonObject *dns)
{
    show(t, lab_json_number(dns, "query_frame"));
    show(t, lab_json_number(dns, "answer_frame"));
}

/* The frames that show what a key of a connection says. */
static void show_key(const lab_asked_t *a, const char *name)
{
    lab_truth_t *t = a->truth;
    if (g_str_has_prefix(name, "open.")) {
        show_all(t, open_frames(a));
    } else if (g_str_has_prefix(name, "close.")) {
        show_all(t, lab_json_array(lab_json_object(a->object, "close"), "frames"));
        all_resets(a, false);
    } else if (g_str_has_prefix(name, "resets.")) {
        JsonArray *list = lab_json_array(a->object, "resets");
        guint64 place = g_ascii_strtoull(name + strlen("resets."), NULL, 10);
        if (list && place < json_array_get_length(list)) {
            const char *doubt = t->doubt;
            show_reset(t, json_array_get_object_element(list, (guint)place));
            if (!strstr(name, "cause") && !strstr(name, "impact") && !strstr(name, "bytes_lost"))
                t->doubt = doubt;
        }
    } else if (g_str_has_prefix(name, "tls.")) {
        for (const char *const *s =
                 (const char *const[]){"client-hello", "server-hello", "certificate", NULL};
             *s; s++)
            frames_with(a, COL_TLS_STEP, *s, false);
    } else if (g_str_has_prefix(name, "dns.")) {
        show_lookup(t, lab_json_object(a->object, "dns"));
    }
    if (!t->frames->len) {
        show(t, lab_json_number(a->object, "first_frame"));
        show(t, lab_json_number(a->object, "last_frame"));
    }
}

/* Names that are no key of the report. False: it is none of them. */
static bool worked_out(const lab_asked_t *a, const char *name)
{
    static const struct {
        const char *prefix;
        lab_column_t column;
    } lists[] = {{"role.", COL_ROLE}, {"keepalive.", COL_KEEPALIVE}, {"tls.step.", COL_TLS_STEP}};
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
        if (g_str_has_prefix(name, lists[i].prefix)) {
            frames_with(a, lists[i].column, name + strlen(lists[i].prefix), true);
            return true;
        }
    if (strcmp(name, "open.syn") == 0)
        open_step(a, "1");
    else if (strcmp(name, "open.syn_ack") == 0)
        open_step(a, "2");
    else if (strcmp(name, "open.ack") == 0)
        open_step(a, "3");
    else if (strcmp(name, "client.isn") == 0)
        isn(a, "1");
    else if (strcmp(name, "server.isn") == 0)
        isn(a, "2");
    else if (strcmp(name, "kept_open") == 0)
        kept_open(a);
    else if (strcmp(name, "exchanges") == 0 || strcmp(name, "requests") == 0)
        exchanges(a, *name == 'e');
    else if (strcmp(name, "resets") == 0)
        all_resets(a, true);
    else
        return false;
    return true;
}

static void connection(const lab_facts_t *facts, JsonObject *object, const char *name, lab_truth_t *t)
{
    const lab_asked_t asked = {facts, object, lab_json_number(object, "stream"), t};
    if (!worked_out(&asked, name))
        add_node(t, at_path(object, name));
    if (!t->frames->len || !g_str_has_prefix(name, "kept_open"))
        show_key(&asked, name);
}

/* ---- exchanges ---- */

static void headers(JsonObject *message, const char *name, lab_truth_t *t)
{
    JsonArray *list = lab_json_array(message, "headers");
    for (guint i = 0; list && i < json_array_get_length(list); i++) {
        JsonObject *h = json_array_get_object_element(list, i);
        const char *n = lab_json_string(h, "name");
        if (n && g_ascii_strcasecmp(n, name) == 0)
            add(t, lab_json_string(h, "value"));
    }
    show(t, lab_json_number(message, "frame"));
}

static void body(const lab_facts_t *facts, JsonObject *object, lab_truth_t *t)
{
    gint64 last = lab_json_number(object, "response_last_frame");
    const char *text = facts->bodies ? g_hash_table_lookup(facts->bodies, GINT_TO_POINTER((gint)last)) : NULL;
    show(t, last);
    if (text)
        add(t, text);
    else
        t->doubt = "body-not-readable";
}

static void exchange(const lab_facts_t *facts, JsonObject *object, const char *name, lab_truth_t *t)
{
    if (g_str_has_prefix(name, "header.")) {
        headers(lab_json_object(object, "response"), name + strlen("header."), t);
    } else if (g_str_has_prefix(name, "request_header.")) {
        headers(lab_json_object(object, "request"), name + strlen("request_header."), t);
    } else if (strcmp(name, "body") == 0) {
        body(facts, object, t);
    } else {
        const char *path = strcmp(name, "response_frame") == 0 ? "response_first_frame"
                           : strcmp(name, "version") == 0      ? "response.version"
                                                               : name;
        bool request = g_str_has_prefix(name, "method") || g_str_has_prefix(name, "target");
        add_node(t, at_path(object, path));
        show(t, lab_json_number(object, "request_frame"));
        if (!request)
            show(t, lab_json_number(object, "response_first_frame"));
        if (strcmp(name, "complete") == 0 || strcmp(name, "body_bytes") == 0)
            show(t, lab_json_number(object, "response_last_frame"));
    }
}

/* ---- frames ---- */

static lab_column_t column_of(const char *name)
{
    static const char *const columns[COLS] = {
        "frame",     "time",       "stream",    "sender",   "client.port", "server.port", "flags",  "seq",
        "seq_raw",   "ack",        "ack_raw",   "length",   "phase",       "role",        "client", "server",
        "open.step", "close.step", "keepalive", "tls.step", "related",     "note"};
    guint i = 0;
    while (i < COLS && strcmp(columns[i], name) != 0)
        i++;
    return (lab_column_t)i;
}

static void frame_reset(JsonObject *conn, guint frame, const char *key, lab_truth_t *t)
{
    JsonArray *list = lab_json_array(conn, "resets");
    for (guint i = 0; list && i < json_array_get_length(list); i++) {
        JsonObject *reset = json_array_get_object_element(list, i);
        if (lab_json_number(reset, "frame") != frame)
            continue;
        add_node(t, json_object_get_member(reset, key));
        show_reset(t, reset);
        if (strcmp(key, "by") == 0)
            t->doubt = NULL;
    }
}

static void frame(const lab_facts_t *facts, const lab_entry_t *entry, const char *name, lab_truth_t *t)
{
    lab_column_t column = column_of(name);
    show(t, entry->number);
    if (g_str_has_prefix(name, "rst.")) {
        frame_reset(lab_facts_connection(facts, entry), (guint)entry->number, name + strlen("rst."), t);
        return;
    }
    const char *cell = column < COLS ? entry->row->cells[column] : "-";
    char **parts = g_strsplit(strcmp(cell, "-") == 0 ? "" : cell, "+", -1);
    for (char **part = parts; *part; part++)
        add(t, *part);
    g_strfreev(parts);
    if (strcmp(entry->row->cells[COL_RELATED], "-") != 0 && strcmp(name, "role") == 0)
        show(t, g_ascii_strtoll(entry->row->cells[COL_RELATED], NULL, 10));
}

/* ---- the capture ---- */

/* The ports of the ends of all connections, each once. */
static void ports(const lab_facts_t *facts, const char *end, lab_truth_t *t)
{
    JsonArray *list = lab_json_array(facts->root, "connections");
    for (guint i = 0; list && i < json_array_get_length(list); i++) {
        JsonObject *c = json_array_get_object_element(list, i);
        char *port = g_strdup_printf("%" G_GINT64_FORMAT, lab_json_number(lab_json_object(c, end), "port"));
        if (g_ptr_array_find_with_equal_func(t->values, port, g_str_equal, NULL)) {
            g_free(port);
            continue;
        }
        g_ptr_array_add(t->values, port);
        show(t, lab_json_number(c, "first_frame"));
    }
}

static void capture(const lab_facts_t *facts, const char *name, lab_truth_t *t)
{
    JsonArray *list = strcmp(name, "quality") != 0 ? lab_json_array(facts->root, name) : NULL;
    JsonObject *about = lab_json_object(facts->root, "capture");
    if (strcmp(name, "server_ports") == 0)
        ports(facts, "server", t);
    else if (strcmp(name, "client_ports") == 0)
        ports(facts, "client", t);
    else if (list)
        add_number(t, json_array_get_length(list));
    else if (about)
        add_node(t, json_object_get_member(about, name));
    for (guint i = 0; list && i < json_array_get_length(list); i++)
        show(t, lab_json_number(json_array_get_object_element(list, i),
                                strcmp(name, "exchanges") == 0 ? "request_frame" : "first_frame"));
    if (!t->frames->len)
        show(t, 1);
}

/* ---- all ---- */

static void doubt(lab_truth_t *t, const lab_name_t *row)
{
    static const char *const doubtful[] = {"UNKNOWN", "unknown", "not-captured", NULL};
    for (guint i = 0; i < t->values->len && !t->doubt; i++)
        for (guint d = 0; doubtful[d]; d++)
            if (strcmp(g_ptr_array_index(t->values, i), doubtful[d]) == 0)
                t->doubt = doubtful[d];
    if (!t->doubt && !t->values->len && row->null == LAB_NULL_DOUBT)
        t->doubt = "not-in-the-capture";
}

lab_truth_t lab_facts_truth(const lab_facts_t *facts, const lab_entry_t *entry, const char *name)
{
    lab_truth_t t = new_truth();
    const lab_name_t *row = lab_name_find(entry->subject, name);
    JsonObject *around = row && row->subject != entry->subject ? lab_facts_connection(facts, entry) : NULL;
    if (around)
        connection(facts, around, name, &t);
    else if (entry->subject == LAB_CONNECTION)
        connection(facts, entry->object, name, &t);
    else if (entry->subject == LAB_EXCHANGE)
        exchange(facts, entry->object, name, &t);
    else if (entry->subject == LAB_FRAME)
        frame(facts, entry, name, &t);
    else if (entry->subject == LAB_CAPTURE)
        capture(facts, name, &t);
    else {
        add_node(&t, at_path(entry->object, name));
        show(&t, lab_json_number(entry->object, "first_frame"));
        show(&t, lab_json_number(entry->object, "last_frame"));
    }
    if (row)
        doubt(&t, row);
    return t;
}
