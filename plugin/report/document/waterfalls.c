/* SPDX-License-Identifier: GPL-2.0-or-later */
/* waterfalls.c - the waterfall of a page load: its exchanges in time, by connection, and how the connections
 * ended. */
#include "exchange_facts.h"
#include "walks.h"

#define EXCHANGES_MAX 400 /* drawn of one page */

typedef struct {
    lab_document_t *d;
    const lab_report_t *report;
    const lab_page_t *page;
    lab_waterfall_t *fall;
    int64_t begin, end; /* of the time axis, since the epoch */
} lab_fall_view_t;

static int64_t later(int64_t time, int64_t length)
{
    return time + MAX(length, 0);
}

/* ---- one exchange ---- */

static void add_bar(lab_fall_row_t *row, const lab_fall_view_t *v, lab_bar_kind_t kind, int64_t begin,
                    int64_t length)
{
    if (length < 0)
        return;
    row->bars[row->bar_count++] = (lab_bar_t){kind, begin - v->begin, length, false};
}

/* Before the request: a queue that no packet shows is at most so long. */
static void add_bound(lab_fall_row_t *row, const lab_fall_view_t *v, const lab_exchange_t *x)
{
    if (row->bound < 0 || !x->request_begin)
        return;
    int64_t begin = MAX(x->request_begin - row->bound, v->begin);
    row->bars[row->bar_count++] =
        (lab_bar_t){LAB_BAR_QUEUE, begin - v->begin, x->request_begin - begin, true};
}

/* A queue is before the request where the connection was being prepared, behind it with pipelining. */
static void add_bars(lab_fall_row_t *row, const lab_fall_view_t *v, const lab_exchange_t *x,
                     const lab_timing_t *t)
{
    int64_t at = lab_exchange_started(x, t);
    bool pipelined = t->queue_is == LAB_QUEUE_EARLIER_RESPONSE;
    add_bound(row, v, x);
    add_bar(row, v, LAB_BAR_DNS, at, t->dns);
    at = later(at, t->dns);
    add_bar(row, v, LAB_BAR_CONNECT, at, t->connect);
    at = later(at, t->connect);
    add_bar(row, v, LAB_BAR_TLS, at, t->tls);
    at = later(at, t->tls);
    if (!pipelined)
        add_bar(row, v, LAB_BAR_QUEUE, at, t->queue);
    add_bar(row, v, LAB_BAR_SEND, x->request_begin, t->send);
    at = x->request_done;
    if (pipelined)
        add_bar(row, v, LAB_BAR_QUEUE, at, t->queue);
    at = later(at, pipelined ? t->queue : 0);
    add_bar(row, v, LAB_BAR_WAIT, at, t->wait);
    add_bar(row, v, LAB_BAR_RECEIVE, x->response_begin, t->receive);
}

static const char *label_of(const lab_fall_view_t *v, const lab_exchange_t *x)
{
    GString *text = g_string_new(NULL), *clean = g_string_new(NULL);
    g_string_printf(text, "%s %s", x->method ? x->method : "?", x->target ? x->target : "?");
    lab_text_visible(clean, text->str);
    g_string_free(text, TRUE);
    return lab_document_take(v->d, clean);
}

static const char *answer_of(const lab_fall_view_t *v, const lab_exchange_t *x)
{
    const char *object = lab_exchange_object(x);
    if (!x->response_first)
        return lab_text(LAB_TEXT_NO_RESPONSE, v->d->lang);
    GString *text = g_string_new(NULL);
    g_string_printf(text, "%u%s%s", x->status, object ? ", " : "", object ? object : "");
    if (x->received)
        g_string_append_printf(text, ", %s", lab_document_size(v->d, x->received));
    return lab_document_take(v->d, text);
}

static int64_t end_of(const lab_exchange_t *x)
{
    return MAX(MAX(x->response_done, x->response_begin), MAX(x->request_done, x->request_begin));
}

static lab_fall_row_t row_of(const lab_fall_view_t *v, const lab_exchange_t *x)
{
    const lab_timing_t t = lab_exchange_timing(v->report->engine, x);
    bool hidden = t.queue_is == LAB_QUEUE_NOT_VISIBLE || t.queue_is == LAB_QUEUE_OPENED_AHEAD;
    lab_fall_row_t row = {.number = x->number,
                          .frame = x->request_first,
                          .status = x->status,
                          .label = label_of(v, x),
                          .answer = answer_of(v, x),
                          .done = end_of(x) - v->begin,
                          .times = {t.queue, t.dns, t.connect, t.tls, t.send, t.wait, t.receive},
                          .total = t.total,
                          .bound = hidden ? lab_exchange_queue_bound(v->report->engine, x) : -1};
    if (x->request_begin)
        add_bars(&row, v, x, &t);
    return row;
}

/* ---- lanes ---- */

static lab_lane_t *lane_of(lab_fall_view_t *v, uint32_t stream)
{
    for (guint i = 0; i < v->fall->lanes->len; i++) {
        lab_lane_t *lane = g_ptr_array_index(v->fall->lanes, i);
        if (lane->stream == stream)
            return lane;
    }
    lab_document_t *d = v->d;
    const lab_conn_t *conn = lab_engine_conn(v->report->engine, stream);
    uint16_t port = lab_conn_endpoint(conn, lab_conn_client(conn))->port;
    const char *label = lab_document_words(
        d, LAB_TEXT_FALL_LANE,
        LAB_PLACES({"stream", lab_document_number(d, stream)}, {"port", lab_document_number(d, port)}));
    return lab_waterfall_lane(v->fall, stream, label);
}

static void add_mark(lab_fall_view_t *v, lab_lane_t *lane, lab_lane_mark_kind_t kind, uint32_t frame,
                     int64_t time, const char *words)
{
    const lab_lane_mark_t mark = {kind, time - v->begin, frame, words};
    g_array_append_val(lane->marks, mark);
}

static const char *side_of(const lab_fall_view_t *v, const lab_conn_t *conn, unsigned end)
{
    return lab_text(end == lab_conn_client(conn) ? LAB_TEXT_CLIENT : LAB_TEXT_SERVER, v->d->lang);
}

static const char *mark_words(const lab_fall_view_t *v, lab_text_id_t id, const lab_conn_t *conn,
                              unsigned end, uint32_t frame, int64_t time)
{
    lab_document_t *d = v->d;
    const char *what =
        lab_document_words(d, id,
                           LAB_PLACES({"side", side_of(v, conn, end)},
                                      {"frame", lab_document_linked(d, LAB_LINK_FRAME, frame)}));
    if (time <= v->end)
        return what;
    return lab_document_words(d, LAB_TEXT_FALL_LATER,
                              LAB_PLACES({"what", what}, {"time", lab_document_duration(d, time - v->end)}));
}

/* The time of a frame of the capture, since the epoch; -1 = not known. */
static int64_t time_of(const lab_fall_view_t *v, const lab_conn_t *conn, uint32_t frame)
{
    int64_t time = lab_report_time(v->report, frame);
    int64_t first = lab_report_time(v->report, lab_conn_first_frame(conn));
    return time < 0 || first < 0 ? -1 : lab_conn_first_time(conn) + time - first;
}

static void add_ends(lab_fall_view_t *v, lab_lane_t *lane)
{
    const lab_conn_t *conn = lab_engine_conn(v->report->engine, lane->stream);
    const GPtrArray *resets = lab_conn_resets(conn);
    const lab_closing_t closing = lab_conn_closing(conn);
    for (unsigned i = 0; i < closing.frame_count; i++) {
        const lab_annotation_t *a = lab_engine_annotation(v->report->engine, closing.frames[i]);
        int64_t time = time_of(v, conn, closing.frames[i]);
        if (a && (a->flags & LAB_TH_FIN) && time >= 0)
            add_mark(v, lane, LAB_LANE_FIN, closing.frames[i], time,
                     mark_words(v, LAB_TEXT_FALL_FIN, conn, a->sender, closing.frames[i], time));
    }
    for (guint i = 0; resets && i < resets->len; i++) {
        const lab_reset_t *r = g_ptr_array_index(resets, i);
        add_mark(v, lane, LAB_LANE_RST, r->frame, r->time,
                 mark_words(v, LAB_TEXT_FALL_RST, conn, r->by, r->frame, r->time));
    }
}

/* ---- the page ---- */

/* The time axis: from the first packet for the page to the last byte of its exchanges. */
static void find_axis(lab_fall_view_t *v)
{
    v->begin = v->page->begin_time;
    v->end = v->begin + 1;
    for (guint i = 0; i < MIN(v->page->exchanges->len, EXCHANGES_MAX); i++) {
        const lab_exchange_t *x =
            lab_engine_exchange(v->report->engine, g_array_index(v->page->exchanges, uint32_t, i));
        const lab_timing_t t = lab_exchange_timing(v->report->engine, x);
        if (x->request_begin)
            v->begin = MIN(v->begin, lab_exchange_started(x, &t));
        v->end = MAX(v->end, end_of(x));
    }
}

static void add_rows(lab_fall_view_t *v)
{
    for (guint i = 0; i < MIN(v->page->exchanges->len, EXCHANGES_MAX); i++) {
        const lab_exchange_t *x =
            lab_engine_exchange(v->report->engine, g_array_index(v->page->exchanges, uint32_t, i));
        lab_lane_t *lane = lane_of(v, x->stream);
        const lab_fall_row_t row = row_of(v, x);
        g_array_append_val(lane->rows, row);
    }
    for (guint i = 0; i < v->fall->lanes->len; i++)
        add_ends(v, g_ptr_array_index(v->fall->lanes, i));
}

void lab_add_waterfall(lab_document_t *d, const lab_report_t *report, const lab_page_t *page)
{
    guint drawn = MIN(page->exchanges->len, EXCHANGES_MAX);
    if (!drawn || !lab_document_room(d, drawn))
        return;
    lab_fall_view_t v = {.d = d, .report = report, .page = page, .fall = lab_document_waterfall(d)};
    find_axis(&v);
    v.fall->page = page->number;
    v.fall->left_out = page->exchanges->len - drawn;
    v.fall->length = v.end - v.begin;
    v.fall->title = lab_document_words(d, LAB_TEXT_FALL_TITLE,
                                       LAB_PLACES({"number", lab_document_number(d, page->number)}));
    add_rows(&v);
}
