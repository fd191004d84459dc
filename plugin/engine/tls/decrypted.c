/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decrypted.c - content of decrypted TLS records; see decrypted.h. */
#include "decrypted.h"

#include <string.h>

#include "tls.h"

/* Bytes of the longest record, RFC 5246 6.2.3. It has no more segments and no more acknowledgments than that.
 */
#define SPANS_MAX   (16384 + 2048 + LAB_TLS_HEADER)
#define WAITING_MAX SPANS_MAX

/* A decrypted record, and the spans that carried it. */
typedef struct {
    int64_t from, position; /* TCP offset of the record; position of its first byte in the decrypted data */
    guint first, count;     /* index of its first span; number of its spans */
} record_spans_t;

struct lab_decrypted {
    lab_conn_t *conn;
    uint8_t end;
    bool other; /* another protocol: the sink cannot read it */
    const lab_decrypted_sink_t *sink;
    void *user;                            /* of the sink */
    GArray *spans;                         /* of lab_span_t, by offset */
    GArray *record_spans;                  /* of record_spans_t */
    GArray *waiting;                       /* of lab_ack_t */
    const lab_decrypted_record_t *records; /* of the segment that is read, not found in the stream yet */
    unsigned record_count;
    uint16_t alert;       /* newest decrypted alert: level << 8 | description */
    int64_t position;     /* of the next byte in the decrypted data */
    int64_t walked, read; /* TCP offsets after the last complete and after the last decrypted record */
    int64_t unread;       /* TCP offset of the first record after `read` that was not decrypted; -1 = none */
};

lab_decrypted_t *lab_decrypted_new(lab_conn_t *conn, unsigned end, const lab_decrypted_sink_t *sink,
                                   void *user)
{
    lab_decrypted_t *d = g_new0(lab_decrypted_t, 1);
    d->conn = conn;
    d->end = (uint8_t)end;
    d->sink = sink;
    d->user = user;
    d->unread = -1;
    d->spans = g_array_new(FALSE, FALSE, sizeof(lab_span_t));
    d->record_spans = g_array_new(FALSE, FALSE, sizeof(record_spans_t));
    d->waiting = g_array_new(FALSE, FALSE, sizeof(lab_ack_t));
    return d;
}

void lab_decrypted_moved(lab_decrypted_t *d, lab_conn_t *conn)
{
    d->conn = conn;
}

void lab_decrypted_free(lab_decrypted_t *d)
{
    if (!d)
        return;
    g_array_unref(d->spans);
    g_array_unref(d->record_spans);
    g_array_unref(d->waiting);
    g_free(d);
}

unsigned lab_decrypted_records(lab_decrypted_t *d, const lab_decrypted_record_t *records, unsigned count)
{
    unsigned left = d->record_count;
    d->records = records;
    d->record_count = count;
    return left;
}

int64_t lab_decrypted_read(const lab_decrypted_t *d)
{
    return d->read;
}

/* ---- records, and the frames that carried them ---- */

static void carry(lab_decrypted_t *d, uint32_t frame, int64_t time, int64_t from, uint32_t length)
{
    lab_span_t span = {frame, time, from, from + length};
    g_array_append_val(d->spans, span);
}

/* Remembers the spans of the record from the TCP offset `from` up to `to`. */
static void remember_spans(lab_decrypted_t *d, int64_t from, int64_t to)
{
    record_spans_t spans = {.from = from, .position = d->position};
    for (guint i = 0; i < d->spans->len; i++) {
        const lab_span_t *span = &g_array_index(d->spans, lab_span_t, i);
        if (span->to <= from || span->from >= to)
            continue;
        spans.first = spans.count++ ? spans.first : i;
    }
    g_array_append_val(d->record_spans, spans);
}

/* Forgets all records, and the spans that end at or before the TCP offset `to`. */
static void forget(lab_decrypted_t *d, int64_t to)
{
    guint over = 0;
    while (over < d->spans->len && g_array_index(d->spans, lab_span_t, over).to <= to)
        over++;
    g_array_remove_range(d->spans, 0, over);
    g_array_set_size(d->record_spans, 0);
}

const lab_span_t *lab_decrypted_spans(const lab_decrypted_t *d, int64_t position, unsigned *count,
                                      int64_t *from)
{
    for (guint i = d->record_spans->len; i-- > 0;) {
        const record_spans_t *spans = &g_array_index(d->record_spans, record_spans_t, i);
        if (spans->position > position)
            continue;
        *count = spans->count;
        *from = spans->from;
        return spans->count ? &g_array_index(d->spans, lab_span_t, spans->first) : NULL;
    }
    *count = 0;
    return NULL;
}

/* ---- acknowledgments ---- */

bool lab_decrypted_wait(lab_decrypted_t *d, const lab_ack_t *ack)
{
    if (ack->ack <= d->walked || d->other)
        return false;
    if (d->waiting->len < WAITING_MAX)
        g_array_append_val(d->waiting, *ack);
    return true;
}

/* Acknowledgments up to the end of the newest complete record wait no longer. */
static void settle(lab_decrypted_t *d)
{
    guint left = 0;
    for (guint i = 0; i < d->waiting->len; i++) {
        const lab_ack_t ack = g_array_index(d->waiting, lab_ack_t, i);
        if (ack.ack > d->walked)
            g_array_index(d->waiting, lab_ack_t, left++) = ack;
        else
            d->sink->settled(d->user, &ack);
    }
    g_array_set_size(d->waiting, left);
}

/* ---- content of a record ---- */

/* Gives the next bytes to the sink, NULL = missing. */
static bool give(lab_decrypted_t *d, const uint8_t *data, uint32_t length, int64_t start)
{
    guint last = d->spans->len - 1;
    const lab_span_t *span = &g_array_index(d->spans, lab_span_t, last);
    const lab_position_t at = {span->frame, span->time, d->position};
    d->other = !d->sink->bytes(d->user, data, length, at, start);
    d->position += length;
    return !d->other;
}

/* Application data. Its offset tells how many bytes before it were not decrypted. */
static void take_data(lab_decrypted_t *d, const lab_decrypted_record_t *content, int64_t from, int64_t to)
{
    uint32_t missing = content->offset - (uint32_t)d->position;
    d->conn->end[d->end].unread = false;
    if (d->other || (missing && !give(d, NULL, missing, d->unread < 0 ? from : d->unread)))
        return;
    d->unread = -1;
    remember_spans(d, from, to);
    d->read = to;
    give(d, content->data, content->length, from);
}

static bool is_close_notify(const lab_decrypted_record_t *content)
{
    return content->type == LAB_TLS_ALERT_RECORD && content->length >= 2 && content->data[1] == 0;
}

/* The step of a record by its decrypted content, RFC 8446 5.1. */
static uint32_t step_of(const lab_decrypted_record_t *content)
{
    enum { NEW_SESSION_TICKET = 4 }; /* RFC 8446 4.6.1 */
    if (!content)
        return 0;
    if (is_close_notify(content))
        return 1u << LAB_TLS_CLOSE_NOTIFY;
    if (content->type == LAB_TLS_ALERT_RECORD)
        return 1u << LAB_TLS_ALERT;
    if (content->type == LAB_TLS_HANDSHAKE_RECORD)
        return content->length && content->data[0] == NEW_SESSION_TICKET ? 1u << LAB_TLS_SESSION_TICKET : 0;
    return content->type == LAB_TLS_DATA_RECORD ? 1u << LAB_TLS_APPLICATION_DATA : 0;
}

/* The decrypted content of this record; NULL = not decrypted, or empty. Records and decrypted contents come
 * in the same order; empty records and records that were not decrypted have no content in the list. */
static const lab_decrypted_record_t *take_content(lab_decrypted_t *d, const lab_tls_record_t *record)
{
    const lab_decrypted_record_t *content = d->records;
    bool type =
        content && d->record_count && (content->type == record->type || record->type == LAB_TLS_DATA_RECORD);
    bool clear = record->type == LAB_TLS_HANDSHAKE_RECORD && lab_tls_is_13(d->conn->tls);
    if (!type || clear || content->length > record->length)
        return NULL;
    d->records++;
    d->record_count--;
    return content;
}

/* True for application data, and for an encrypted alert, which is longer than two bytes. */
static bool hides_content(const lab_tls_record_t *record)
{
    return record->type == LAB_TLS_DATA_RECORD ||
           (record->type == LAB_TLS_ALERT_RECORD && record->length > 2);
}

/* A record that was not decrypted: its content type is not known. */
static void pass_over(lab_decrypted_t *d, int64_t from)
{
    d->conn->end[d->end].unread = true;
    if (d->unread < 0)
        d->unread = from;
}

/* Reads the record that ends at the TCP offset `to`. `whole`: its last bytes are in the capture. Returns the
 * steps of its content. */
static uint32_t take_record(lab_decrypted_t *d, const lab_tls_record_t *record, int64_t to, bool whole)
{
    int64_t from = to - (int64_t)record->length - LAB_TLS_HEADER;
    const lab_decrypted_record_t *content = whole ? take_content(d, record) : NULL;
    d->walked = to;
    if (content && content->type == LAB_TLS_ALERT_RECORD && content->length >= 2)
        d->alert = (uint16_t)(content->data[0] << 8 | content->data[1]);
    if (content && content->type == LAB_TLS_DATA_RECORD)
        take_data(d, content, from, to);
    else if (content && is_close_notify(content))
        d->sink->close_notify(d->user);
    else if (!content && hides_content(record))
        pass_over(d, from);
    if (record->type == LAB_TLS_DATA_RECORD && (!content || content->type == LAB_TLS_HANDSHAKE_RECORD))
        lab_tls_take_decrypted(d->conn->tls, d->end, content ? content->data : NULL,
                               content ? content->length : 0);
    settle(d);
    if (!d->sink->pending(d->user))
        forget(d, to);
    return step_of(content);
}

/* ---- from the TCP stream to records ---- */

/* Stores the steps in the frame's annotation. */
static void note_steps(const lab_decrypted_t *d, uint32_t frame, uint32_t steps)
{
    lab_conn_t *conn = d->conn;
    lab_annotation_t *annotation = lab_annotation_of(conn->engine, frame, conn->number);
    const uint32_t data_only = 1u << LAB_TLS_APPLICATION_DATA;
    const uint32_t later = data_only | 1u << LAB_TLS_ALERT | 1u << LAB_TLS_CLOSE_NOTIFY;
    if (!annotation || !steps)
        return;
    if (steps == data_only) {
        annotation->marks |= LAB_MARK_TLS_DATA;
        return;
    }
    lab_detail_t *detail = lab_detail_of(conn->engine, frame, conn->number);
    detail->tls_steps |= steps;
    if (steps & (1u << LAB_TLS_ALERT | 1u << LAB_TLS_CLOSE_NOTIFY))
        detail->tls_alert = d->alert ? d->alert : lab_tls_alert(conn->tls, d->end);
    if (steps & ~later)
        annotation->marks |= LAB_MARK_TLS;
}

/* The frame goes on with a record of the handshake: no step of its own, but the handshake all the same. */
static void mark_handshake(const lab_conn_t *conn, uint32_t frame)
{
    lab_annotation_t *annotation = lab_annotation_of(conn->engine, frame, conn->number);
    if (annotation)
        annotation->marks |= LAB_MARK_TLS;
}

/* The steps of a frame: those of decrypted contents (`shown`) replace those of the record headers, which show
 * application data and alerts only. `whole`: the frame ends with a complete record. */
static uint32_t true_steps(uint32_t steps, uint32_t shown, bool whole)
{
    const uint32_t outside = 1u << LAB_TLS_APPLICATION_DATA | 1u << LAB_TLS_ALERT;
    return (shown && whole ? steps & ~outside : steps) | shown;
}

void lab_decrypted_take(void *user, const uint8_t *data, uint32_t length, int64_t offset, uint32_t frame,
                        int64_t time)
{
    lab_decrypted_t *d = user;
    lab_conn_t *conn = d->conn;
    uint32_t steps = lab_tls_feed(conn->tls, d->end, conn->client, data, length, time);
    if (data)
        carry(d, frame, time, offset, length);
    unsigned count;
    const lab_tls_record_t *records = lab_tls_completed(conn->tls, &count);
    uint32_t shown = 0;
    for (unsigned i = 0; i < count; i++)
        shown |= take_record(d, &records[i], offset + records[i].end, data != NULL);
    if (data && lab_tls_fed_handshake(conn->tls))
        mark_handshake(conn, frame);
    if (data)
        note_steps(d, frame, true_steps(steps, shown, count && records[count - 1].end == length));
    if ((count == 0 && !conn->decrypts) || d->spans->len > SPANS_MAX)
        forget(d, offset + length); /* nothing was ever decrypted, or a record has no end */
}
