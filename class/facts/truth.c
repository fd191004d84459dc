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

static void show_all(lab_truth_t *t, const json_t *frames)
{
    for (guint i = 0; i < json_array_size(frames); i++)
        show(t, lab_value_whole(json_array_get(frames, i)));
}

/* ---- values of JSON ---- */

static void add_value(lab_truth_t *t, const json_t *value)
{
    char *text = lab_value_text(value);
    if (text)
        g_ptr_array_add(t->values, text);
    for (guint i = 0; i < json_array_size(value); i++)
        add_value(t, json_array_get(value, i));
}

/* "close.kind", "resets.0.cause". */
static const json_t *at_path(const json_t *value, const char *path)
{
    char part[64];
    for (const char *at = path; value && *at;) {
        size_t length = strcspn(at, ".");
        g_strlcpy(part, at, MIN(length + 1, sizeof part));
        value = json_is_array(value) ? json_array_get(value, (guint)g_ascii_strtoull(part, NULL, 10))
                                     : json_object_get(value, part);
        at += length + (at[length] != '\0');
    }
    return value;
}

/* ---- connections ---- */

/* One connection whose truth is asked for. */
typedef struct {
    const lab_facts_t *facts;
    const json_t *object;
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

static const json_t *open_frames(const lab_asked_t *a)
{
    return lab_value_list(lab_value_object(a->object, "open"), "frames");
}

/* The frame of a step of the handshake, which has one place for each that was seen; 0 = none. */
static guint open_frame(const lab_asked_t *a, const char *step)
{
    const json_t *frames = open_frames(a);
    for (guint i = 0; i < json_array_size(frames); i++) {
        guint frame = (guint)lab_value_whole(json_array_get(frames, i));
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

/* The value in a line "Name: value" of this name; NULL = it has another. */
static const char *header_value(const json_t *line, const char *name)
{
    size_t length = strlen(name);
    const char *text = json_string_value(line);
    if (!text || g_ascii_strncasecmp(text, name, length) != 0 || text[length] != ':')
        return NULL;
    const char *value = text + length + 1;
    return value + strspn(value, " \t");
}

static guint header_frame(const json_t *exchange, const char *side, const char *name, const char *value)
{
    const json_t *message = lab_value_object(exchange, side), *list = lab_value_list(message, "headers");
    for (guint i = 0; i < json_array_size(list); i++) {
        const char *v = header_value(json_array_get(list, i), name);
        if (v && g_ascii_strcasecmp(v, value) == 0)
            return (guint)MAX(lab_value_number(message, "frame"), 0);
    }
    return 0;
}

/* What kept the connection open: RFC 9112 9.3, its predecessor's Connection: keep-alive, TCP's probes. */
static void kept_open(const lab_asked_t *a)
{
    guint count = 0, field = 0;
    bool http11 = false, http2 = false;
    const json_t *list = lab_value_list(a->facts->root, "exchanges");
    for (guint i = 0; i < json_array_size(list); i++) {
        const json_t *x = json_array_get(list, i);
        if (lab_value_number(x, "stream") != a->stream)
            continue;
        const char *version = lab_value_string(lab_value_object(x, "response"), "version");
        count++;
        http2 |= json_object_get(x, "http2") != NULL;
        http11 |= version && strcmp(version, "HTTP/1.1") == 0;
        field = field ? field : header_frame(x, "response", "Connection", "keep-alive");
        show(a->truth, lab_value_number(x, "request_frame"));
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
    const json_t *list = lab_value_list(a->facts->root, "exchanges");
    for (guint i = 0; i < json_array_size(list); i++) {
        const json_t *x = json_array_get(list, i);
        if (lab_value_number(x, "stream") != a->stream)
            continue;
        count++;
        if (numbers)
            add_number(a->truth, lab_value_number(x, "number"));
        show(a->truth, lab_value_number(x, "request_frame"));
    }
    if (!numbers)
        add_number(a->truth, count);
}

static void all_resets(const lab_asked_t *a, bool values)
{
    const json_t *list = lab_value_list(a->object, "resets");
    for (guint i = 0; i < json_array_size(list); i++) {
        gint64 frame = lab_value_number(json_array_get(list, i), "frame");
        if (values)
            add_number(a->truth, frame);
        show(a->truth, frame);
    }
}

static void show_reset(lab_truth_t *t, const json_t *reset)
{
    const char *confidence = lab_value_string(reset, "confidence");
    show(t, lab_value_number(reset, "frame"));
    show_all(t, lab_value_list(reset, "evidence"));
    if (confidence && strcmp(confidence, "certain") != 0)
        t->doubt = confidence;
}

static void show_lookup(lab_truth_t *t, const json_t *dns)
{
    show(t, lab_value_number(dns, "query_frame"));
    show(t, lab_value_number(dns, "answer_frame"));
}

/* The frames that show what a key of a connection says. */
static void show_key(const lab_asked_t *a, const char *name)
{
    lab_truth_t *t = a->truth;
    if (g_str_has_prefix(name, "open.")) {
        show_all(t, open_frames(a));
    } else if (g_str_has_prefix(name, "close.")) {
        show_all(t, lab_value_list(lab_value_object(a->object, "close"), "frames"));
        all_resets(a, false);
    } else if (g_str_has_prefix(name, "resets.")) {
        const json_t *list = lab_value_list(a->object, "resets");
        guint64 place = g_ascii_strtoull(name + strlen("resets."), NULL, 10);
        if (list && place < json_array_size(list)) {
            const char *doubt = t->doubt;
            show_reset(t, json_array_get(list, (guint)place));
            if (!strstr(name, "cause") && !strstr(name, "impact") && !strstr(name, "bytes_lost"))
                t->doubt = doubt;
        }
    } else if (g_str_has_prefix(name, "tls.")) {
        for (const char *const *s =
                 (const char *const[]){"client-hello", "server-hello", "certificate", NULL};
             *s; s++)
            frames_with(a, COL_TLS_STEP, *s, false);
    } else if (g_str_has_prefix(name, "dns.")) {
        show_lookup(t, lab_value_object(a->object, "dns"));
    }
    if (!t->frames->len) {
        show(t, lab_value_number(a->object, "first_frame"));
        show(t, lab_value_number(a->object, "last_frame"));
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

static void connection(const lab_facts_t *facts, const json_t *object, const char *name, lab_truth_t *t)
{
    const lab_asked_t asked = {facts, object, lab_value_number(object, "stream"), t};
    if (!worked_out(&asked, name))
        add_value(t, at_path(object, name));
    if (!t->frames->len || !g_str_has_prefix(name, "kept_open"))
        show_key(&asked, name);
}

/* ---- exchanges ---- */

static void headers(const json_t *message, const char *name, lab_truth_t *t)
{
    const json_t *list = lab_value_list(message, "headers");
    for (guint i = 0; i < json_array_size(list); i++) {
        const char *value = header_value(json_array_get(list, i), name);
        if (value)
            add(t, value);
    }
    show(t, lab_value_number(message, "frame"));
}

static void body(const lab_facts_t *facts, const json_t *object, lab_truth_t *t)
{
    gint64 last = lab_value_number(object, "response_last_frame");
    const char *text = facts->bodies ? g_hash_table_lookup(facts->bodies, GINT_TO_POINTER((gint)last)) : NULL;
    show(t, last);
    if (text)
        add(t, text);
    else
        t->doubt = "body-not-readable";
}

static void exchange(const lab_facts_t *facts, const json_t *object, const char *name, lab_truth_t *t)
{
    if (g_str_has_prefix(name, "header.")) {
        headers(lab_value_object(object, "response"), name + strlen("header."), t);
    } else if (g_str_has_prefix(name, "request_header.")) {
        headers(lab_value_object(object, "request"), name + strlen("request_header."), t);
    } else if (strcmp(name, "body") == 0) {
        body(facts, object, t);
    } else {
        const char *path = strcmp(name, "response_frame") == 0 ? "response_first_frame"
                           : strcmp(name, "version") == 0      ? "response.version"
                                                               : name;
        bool request = g_str_has_prefix(name, "method") || g_str_has_prefix(name, "target");
        add_value(t, at_path(object, path));
        show(t, lab_value_number(object, "request_frame"));
        if (!request)
            show(t, lab_value_number(object, "response_first_frame"));
        if (strcmp(name, "complete") == 0 || strcmp(name, "body_bytes") == 0)
            show(t, lab_value_number(object, "response_last_frame"));
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

static void frame_reset(const json_t *conn, guint frame, const char *key, lab_truth_t *t)
{
    const json_t *list = lab_value_list(conn, "resets");
    for (guint i = 0; i < json_array_size(list); i++) {
        const json_t *reset = json_array_get(list, i);
        if (lab_value_number(reset, "frame") != frame)
            continue;
        add_value(t, json_object_get(reset, key));
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
    const json_t *list = lab_value_list(facts->root, "connections");
    for (guint i = 0; i < json_array_size(list); i++) {
        const json_t *c = json_array_get(list, i);
        char *port = g_strdup_printf("%" G_GINT64_FORMAT, lab_value_number(lab_value_object(c, end), "port"));
        if (g_ptr_array_find_with_equal_func(t->values, port, g_str_equal, NULL)) {
            g_free(port);
            continue;
        }
        g_ptr_array_add(t->values, port);
        show(t, lab_value_number(c, "first_frame"));
    }
}

static void capture(const lab_facts_t *facts, const char *name, lab_truth_t *t)
{
    const json_t *list = strcmp(name, "quality") != 0 ? lab_value_list(facts->root, name) : NULL;
    const json_t *about = lab_value_object(facts->root, "capture");
    if (strcmp(name, "server_ports") == 0)
        ports(facts, "server", t);
    else if (strcmp(name, "client_ports") == 0)
        ports(facts, "client", t);
    else if (list)
        add_number(t, json_array_size(list));
    else if (about)
        add_value(t, json_object_get(about, name));
    for (guint i = 0; i < json_array_size(list); i++)
        show(t, lab_value_number(json_array_get(list, i),
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
    const json_t *around = row && row->subject != entry->subject ? lab_facts_connection(facts, entry) : NULL;
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
        add_value(&t, at_path(entry->object, name));
        show(&t, lab_value_number(entry->object, "first_frame"));
        show(&t, lab_value_number(entry->object, "last_frame"));
    }
    if (row)
        doubt(&t, row);
    return t;
}
