/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_http2.c - HTTP/2 in JSON: an exchange's stream, and what a connection did for itself. */
#include "json_parts.h"
#include "names.h"

static void priority(json_dumper *j, const lab_http2_exchange_t *h)
{
    if (!h->weight) {
        null(j, "priority");
        return;
    }
    begin_object(j, "priority");
    number(j, "weight", h->weight);
    number(j, "depends_on", h->depends_on);
    boolean(j, "exclusive", h->exclusive);
    json_dumper_end_object(j);
}

static void reset(json_dumper *j, const lab_conn_t *conn, const lab_http2_exchange_t *h)
{
    if (!h->reset_frame) {
        null(j, "reset");
        return;
    }
    begin_object(j, "reset");
    number(j, "frame", h->reset_frame);
    string(j, "by", lab_report_side(conn, h->reset_by));
    string(j, "error", lab_http2_errors[h->reset_code].token);
    json_dumper_end_object(j);
}

/* null: the whole head; else how many fields. */
static void unknown(json_dumper *j, const char *key, const lab_http2_exchange_t *h, bool response)
{
    if (h->unknown_head[response])
        null(j, key);
    else
        number(j, key, h->unknown_fields[response]);
}

void lab_json_http2_exchange(json_dumper *j, const lab_conn_t *conn, const lab_exchange_t *x)
{
    const lab_http2_exchange_t *h = x->http2;
    if (!h) {
        null(j, "http2");
        return;
    }
    begin_object(j, "http2");
    number(j, "stream", h->stream);
    frame(j, "pushed_on", h->pushed_on);
    boolean(j, "upgraded", h->upgraded);
    string(j, "protocol", h->protocol);
    priority(j, h);
    unknown(j, "request_fields_unknown", h, false);
    unknown(j, "response_fields_unknown", h, true);
    reset(j, conn, h);
    frame(j, "unprocessed_frame", h->unprocessed);
    seconds(j, "window_wait", h->window_waits != 0, h->window_wait);
    number(j, "window_waits", h->window_waits);
    frame(j, "window_frame", h->window_frame);
    seconds(j, "held", h->held_by != 0, h->held);
    frame(j, "held_by", h->held_by);
    frame(j, "held_streams", h->held_streams);
    json_dumper_end_object(j);
}

/* ---- the connection ---- */

static void settings(json_dumper *j, const lab_http2_end_t *e)
{
    /* by number, RFC 9113 6.5.2 */
    static const char *const names[] = {NULL,
                                        "header_table_size",
                                        "enable_push",
                                        "max_concurrent_streams",
                                        "initial_window_size",
                                        "max_frame_size",
                                        "max_header_list_size"};
    begin_object(j, "settings");
    for (unsigned i = 1; i < G_N_ELEMENTS(names); i++)
        known(j, names[i], e->set & (1u << i) ? (int64_t)e->settings[i] : -1);
    json_dumper_end_object(j);
}

static void one_end(json_dumper *j, const char *key, const lab_http2_end_t *e)
{
    begin_object(j, key);
    frame(j, "settings_frame", e->settings_frame);
    frame(j, "acknowledged", e->acknowledged);
    settings(j, e);
    number(j, "window_updates", e->window_updates);
    number(j, "granted", e->granted);
    number(j, "pings", e->pings);
    frame(j, "goaway_frame", e->goaway_frame);
    known(j, "goaway_last_stream", e->goaway_frame ? (int64_t)e->goaway_last : -1);
    string(j, "goaway_error", e->goaway_frame ? lab_http2_errors[e->goaway_error].token : NULL);
    boolean(j, "fields_lost", e->fields_lost);
    json_dumper_end_object(j);
}

static void event(json_dumper *j, const lab_conn_t *conn, const lab_http2_event_t *e)
{
    bool fault = e->kind == LAB_HTTP2_OTHER;
    begin_object(j, NULL);
    number(j, "frame", e->frame);
    string(j, "by", lab_report_side(conn, e->by));
    string(j, "kind", fault ? NULL : lab_http2_frames[e->kind].token);
    number(j, "stream", e->stream);
    string(j, "error", lab_http2_errors[e->error].token);
    string(j, "fault", fault ? lab_http2_faults[e->fault].token : NULL);
    seconds(j, "interval", e->interval >= 0, e->interval);
    json_dumper_end_object(j);
}

void lab_json_http2_connection(json_dumper *j, const lab_conn_t *conn)
{
    const lab_http2_story_t *h = lab_conn_http2(conn);
    unsigned client = lab_conn_client(conn);
    if (!h) {
        null(j, "http2");
        return;
    }
    begin_object(j, "http2");
    boolean(j, "upgraded", h->upgraded);
    boolean(j, "starts_in_middle", h->midstream);
    number(j, "streams", h->streams);
    number(j, "pushed", h->pushed);
    number(j, "reset", h->reset);
    one_end(j, "client", &h->end[client]);
    one_end(j, "server", &h->end[!client]);
    begin_array(j, "events");
    for (guint i = 0; i < h->events->len; i++)
        event(j, conn, &g_array_index(h->events, lab_http2_event_t, i));
    json_dumper_end_array(j);
    number(j, "events_left_out", h->events_left_out);
    json_dumper_end_object(j);
}
