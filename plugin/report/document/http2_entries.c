/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http2_entries.c - HTTP/2 in the story of a connection: its own frames, and what happened to its streams. */
#include "names.h"
#include "walks.h"

/* So many events are told; the JSON report has more of them. */
#define TOLD_MAX 20

static const char *side(const lab_document_t *d, const lab_conn_t *conn, unsigned end)
{
    return lab_text(end == lab_conn_client(conn) ? LAB_TEXT_CLIENT : LAB_TEXT_SERVER, d->lang);
}

static void add_event(lab_document_t *d, const lab_conn_t *conn, const lab_http2_event_t *e)
{
    bool fault = e->kind == LAB_HTTP2_OTHER;
    const lab_token_t *error = fault ? &lab_http2_faults[e->fault] : &lab_http2_errors[e->error];
    lab_entry_t entry = fault                           ? LAB_ENTRY_HTTP2_FAULT
                        : e->kind == LAB_HTTP2_GOAWAY   ? LAB_ENTRY_HTTP2_GOAWAY
                        : e->kind == LAB_HTTP2_PING_ACK ? LAB_ENTRY_HTTP2_PING
                                                        : LAB_ENTRY_HTTP2_RESET;
    lab_document_entry(d, entry,
                       LAB_PLACES({"frame", lab_document_number(d, e->frame)}, {"by", side(d, conn, e->by)},
                                  {"stream", lab_document_number(d, e->stream)},
                                  {"token", error->token ? error->token : ""},
                                  {"meaning", error->token ? error->text.in[d->lang] : ""},
                                  {"time", lab_document_duration(d, e->interval)}));
}

static bool is_told(const lab_http2_event_t *e)
{
    return e->kind == LAB_HTTP2_OTHER || e->kind == LAB_HTTP2_GOAWAY || e->kind == LAB_HTTP2_RST_STREAM ||
           (e->kind == LAB_HTTP2_PING_ACK && e->interval >= 0);
}

void lab_add_http2(lab_document_t *d, const lab_conn_t *conn)
{
    const lab_http2_story_t *h = lab_conn_http2(conn);
    unsigned told = 0, further = 0;
    if (!h)
        return;
    lab_document_entry(d, LAB_ENTRY_HTTP2,
                       LAB_PLACES({"streams", lab_document_number(d, h->streams)},
                                  {"pushed", lab_document_number(d, h->pushed)},
                                  {"reset", lab_document_number(d, h->reset)}));
    for (guint i = 0; i < h->events->len; i++) {
        const lab_http2_event_t *e = &g_array_index(h->events, lab_http2_event_t, i);
        if (is_told(e) && told++ < TOLD_MAX)
            add_event(d, conn, e);
    }
    further = (told > TOLD_MAX ? told - TOLD_MAX : 0) + h->events_left_out;
    if (further)
        lab_document_entry(d, LAB_ENTRY_HTTP2_MORE, LAB_PLACES({"count", lab_document_number(d, further)}));
}

static const char *piece(lab_document_t *d, lab_text_id_t id, uint32_t number, uint32_t frame, int64_t time)
{
    return lab_document_words(d, id,
                              LAB_PLACES({"number", lab_document_number(d, number)},
                                         {"frame", lab_document_number(d, frame)},
                                         {"time", lab_document_duration(d, time)}));
}

static const char *stream_reset(lab_document_t *d, const lab_exchange_t *x)
{
    const lab_http2_exchange_t *h = x->http2;
    const char *token = lab_http2_errors[h->reset_code].token;
    return lab_document_words(
        d, LAB_TEXT_REPORT_STREAM_RESET,
        LAB_PLACES({"by", lab_text(h->reset_by == x->client ? LAB_TEXT_CLIENT : LAB_TEXT_SERVER, d->lang)},
                   {"frame", lab_document_number(d, h->reset_frame)}, {"token", token ? token : ""}));
}

const char *lab_http2_of_exchange(lab_document_t *d, const lab_exchange_t *x)
{
    const lab_http2_exchange_t *h = x->http2;
    GString *out = g_string_new(NULL);
    if (h) {
        g_string_append(out, piece(d, LAB_TEXT_REPORT_STREAM, h->stream, 0, 0));
        if (h->pushed_on)
            g_string_append(out, piece(d, LAB_TEXT_REPORT_PUSHED, h->pushed_on, 0, 0));
        if (h->reset_frame)
            g_string_append(out, stream_reset(d, x));
        if (h->unprocessed)
            g_string_append(out, piece(d, LAB_TEXT_REPORT_UNPROCESSED, 0, h->unprocessed, 0));
        if (h->window_waits)
            g_string_append(out, piece(d, LAB_TEXT_REPORT_WINDOW, 0, h->window_frame, h->window_wait));
        if (h->held_by)
            g_string_append(out, piece(d, LAB_TEXT_REPORT_HELD, h->held_streams, h->held_by, h->held));
        if (h->unknown_head[0] || h->unknown_head[1] || h->unknown_fields[0] || h->unknown_fields[1])
            g_string_append(out, lab_text(LAB_TEXT_REPORT_FIELDS_UNKNOWN, d->lang));
    }
    return lab_document_take(d, out);
}
