/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decrypted.c - the content of TLS records that were decrypted; see decrypted.h. */
#include "decrypted.h"

#include <string.h>

#include "tls.h"

/* A record has at most so many bytes (RFC 5246 6.2.3): it cannot come in more segments, nor be acknowledged
 * more often. */
#define SPANS_MAX   (16384 + 2048 + LAB_TLS_HEADER)
#define WAITING_MAX SPANS_MAX

/* A record that the parser may still ask for. */
typedef struct {
    int64_t from, position; /* offset in the TCP stream; of its first byte in the decrypted data */
    guint first, count;     /* of the spans */
} kept_t;

struct lab_decrypted {
    lab_conn_t *conn;
    uint8_t end;
    bool other; /* the sink can read nothing of this direction */
    const lab_decrypted_sink_t *sink;
    void *user;                            /* of the sink */
    GArray *spans;                         /* of lab_span_t, by offset */
    GArray *kept;                          /* of kept_t */
    GArray *waiting;                       /* of lab_ack_t */
    const lab_decrypted_record_t *records; /* of the segment that is read, not yet matched */
    unsigned record_count;
    uint16_t alert;       /* the newest one decrypted: level << 8 | description */
    int64_t position;     /* in the decrypted data: of what comes next */
    int64_t walked, read; /* TCP offsets after the last complete and the last decrypted record */
    int64_t unread; /* TCP offset of the first record since then that could not be decrypted; -1 = none */
};

lab_decrypted_t *lab_decrypted_new(lab_conn_t *conn, unsigned end, const lab_decrypted_sink_t *sink,
                                   void *user)
{
    lab_decrypted_t *in = g_new0(lab_decrypted_t, 1);
    in->conn = conn;
    in->end = (uint8_t)end;
    in->sink = sink;
    in->user = user;
    in->unread = -1;
    in->spans = g_array_new(FALSE, FALSE, sizeof(lab_span_t));
    in->kept = g_array_new(FALSE, FALSE, sizeof(kept_t));
    in->waiting = g_array_new(FALSE, FALSE, sizeof(lab_ack_t));
    return in;
}

void lab_decrypted_free(lab_decrypted_t *in)
{
    if (!in)
        return;
    g_array_unref(in->spans);
    g_array_unref(in->kept);
    g_array_unref(in->waiting);
    g_free(in);
}

unsigned lab_decrypted_records(lab_decrypted_t *in, const lab_decrypted_record_t *records, unsigned count)
{
    unsigned left = in->record_count;
    in->records = records;
    in->record_count = count;
    return left;
}

int64_t lab_decrypted_read(const lab_decrypted_t *in)
{
    return in->read;
}

/* ---- records, and the frames that carried them ---- */

static void carry(lab_decrypted_t *in, uint32_t frame, int64_t time, int64_t from, uint32_t length)
{
    lab_span_t span = {frame, time, from, from + length};
    g_array_append_val(in->spans, span);
}

static void keep(lab_decrypted_t *in, int64_t from, int64_t to)
{
    kept_t kept = {.from = from, .position = in->position};
    for (guint i = 0; i < in->spans->len; i++) {
        const lab_span_t *c = &g_array_index(in->spans, lab_span_t, i);
        if (c->to <= from || c->from >= to)
            continue;
        kept.first = kept.count++ ? kept.first : i;
    }
    g_array_append_val(in->kept, kept);
}

/* Forgets the records, and the spans of nothing but what lies before `to`. */
static void forget(lab_decrypted_t *in, int64_t to)
{
    guint over = 0;
    while (over < in->spans->len && g_array_index(in->spans, lab_span_t, over).to <= to)
        over++;
    g_array_remove_range(in->spans, 0, over);
    g_array_set_size(in->kept, 0);
}

const lab_span_t *lab_decrypted_spans(const lab_decrypted_t *in, int64_t position, unsigned *count,
                                      int64_t *from)
{
    for (guint i = in->kept->len; i-- > 0;) {
        const kept_t *kept = &g_array_index(in->kept, kept_t, i);
        if (kept->position > position)
            continue;
        *count = kept->count;
        *from = kept->from;
        return kept->count ? &g_array_index(in->spans, lab_span_t, kept->first) : NULL;
    }
    *count = 0;
    return NULL;
}

/* ---- acknowledgments ---- */

bool lab_decrypted_wait(lab_decrypted_t *in, const lab_ack_t *ack)
{
    if (ack->ack <= in->walked || in->other)
        return false;
    if (in->waiting->len < WAITING_MAX)
        g_array_append_val(in->waiting, *ack);
    return true;
}

/* What reaches no further than to the record that is complete now need not wait any longer. */
static void settle(lab_decrypted_t *in)
{
    guint left = 0;
    for (guint i = 0; i < in->waiting->len; i++) {
        const lab_ack_t ack = g_array_index(in->waiting, lab_ack_t, i);
        if (ack.ack > in->walked)
            g_array_index(in->waiting, lab_ack_t, left++) = ack;
        else
            in->sink->settled(in->user, &ack);
    }
    g_array_set_size(in->waiting, left);
}

/* ---- what a record holds ---- */

static bool give(lab_decrypted_t *in, const uint8_t *data, uint32_t length, int64_t start)
{
    guint last = in->spans->len - 1;
    const lab_span_t *span = &g_array_index(in->spans, lab_span_t, last);
    const lab_position_t at = {span->frame, span->time, in->position};
    in->other = !in->sink->bytes(in->user, data, length, at, start);
    in->position += length;
    return !in->other;
}

/* Application data: the next in its side's order, or some that could not be read came before. */
static void take_data(lab_decrypted_t *in, const lab_decrypted_record_t *content, int64_t from, int64_t to)
{
    uint32_t missing = content->offset - (uint32_t)in->position;
    in->conn->end[in->end].unread = false;
    if (in->other || (missing && !give(in, NULL, missing, in->unread < 0 ? from : in->unread)))
        return;
    in->unread = -1;
    keep(in, from, to);
    in->read = to;
    give(in, content->data, content->length, from);
}

static bool is_close_notify(const lab_decrypted_record_t *content)
{
    return content->type == LAB_TLS_ALERT_RECORD && content->length >= 2 && content->data[1] == 0;
}

/* What a record is for TLS, whatever it looks like from outside. */
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

/* The content of this record, if it was decrypted: both come in the same order. A record without content is
 * not among what was decrypted; so is one that could not be. */
static const lab_decrypted_record_t *take_content(lab_decrypted_t *in, const lab_tls_record_t *record)
{
    const lab_decrypted_record_t *content = in->records;
    bool type =
        content && in->record_count && (content->type == record->type || record->type == LAB_TLS_DATA_RECORD);
    if (!type || content->length > record->length)
        return NULL;
    in->records++;
    in->record_count--;
    return content;
}

/* Data, or an alert that is encrypted: it is longer than its two bytes. */
static bool hides_content(const lab_tls_record_t *record)
{
    return record->type == LAB_TLS_DATA_RECORD ||
           (record->type == LAB_TLS_ALERT_RECORD && record->length > 2);
}

/* A record that could not be decrypted; what it was of is not known. */
static void pass_over(lab_decrypted_t *in, int64_t from)
{
    in->conn->end[in->end].unread = true;
    if (in->unread < 0)
        in->unread = from;
}

/* `whole`: none of its bytes is missing at its end. Returns the step that its content shows. */
static uint32_t take_record(lab_decrypted_t *in, const lab_tls_record_t *record, int64_t to, bool whole)
{
    int64_t from = to - (int64_t)record->length - LAB_TLS_HEADER;
    const lab_decrypted_record_t *content = whole ? take_content(in, record) : NULL;
    in->walked = to;
    if (content && content->type == LAB_TLS_ALERT_RECORD && content->length >= 2)
        in->alert = (uint16_t)(content->data[0] << 8 | content->data[1]);
    if (content && content->type == LAB_TLS_DATA_RECORD)
        take_data(in, content, from, to);
    else if (content && is_close_notify(content))
        in->sink->close_notify(in->user);
    else if (!content && hides_content(record))
        pass_over(in, from);
    settle(in);
    if (!in->sink->pending(in->user))
        forget(in, to);
    return step_of(content);
}

/* ---- from the TCP stream to records ---- */

/* What a frame did for TLS is kept beside it. */
static void note_steps(const lab_decrypted_t *in, uint32_t frame, uint32_t steps)
{
    lab_conn_t *conn = in->conn;
    lab_annotation_t *r = lab_annotation_of(conn->engine, frame, conn->number);
    const uint32_t data_only = 1u << LAB_TLS_APPLICATION_DATA;
    const uint32_t later = data_only | 1u << LAB_TLS_ALERT | 1u << LAB_TLS_CLOSE_NOTIFY;
    if (!r || !steps)
        return;
    if (steps == data_only) {
        r->marks |= LAB_MARK_TLS_DATA;
        return;
    }
    lab_detail_t *detail = lab_detail_of(conn->engine, frame, conn->number);
    detail->tls_steps |= steps;
    if (steps & (1u << LAB_TLS_ALERT | 1u << LAB_TLS_CLOSE_NOTIFY))
        detail->tls_alert = in->alert ? in->alert : lab_tls_alert(conn->tls, in->end);
    if (steps & ~later)
        r->marks |= LAB_MARK_TLS;
}

/* Where the content of the records in a frame is known, what they look like from outside is not told. */
static uint32_t true_steps(uint32_t steps, uint32_t shown, bool whole)
{
    const uint32_t outside = 1u << LAB_TLS_APPLICATION_DATA | 1u << LAB_TLS_ALERT;
    return (shown && whole ? steps & ~outside : steps) | shown;
}

void lab_decrypted_take(void *user, const uint8_t *data, uint32_t length, int64_t offset, uint32_t frame,
                        int64_t time)
{
    lab_decrypted_t *in = user;
    lab_conn_t *conn = in->conn;
    uint32_t steps = lab_tls_feed(conn->tls, in->end, conn->client, data, length, time);
    if (data)
        carry(in, frame, time, offset, length);
    unsigned count;
    const lab_tls_record_t *records = lab_tls_completed(conn->tls, &count);
    uint32_t shown = 0;
    for (unsigned i = 0; i < count; i++)
        shown |= take_record(in, &records[i], offset + records[i].end, data != NULL);
    if (data)
        note_steps(in, frame, true_steps(steps, shown, count && records[count - 1].end == length));
    if ((count == 0 && !conn->decrypts) || in->spans->len > SPANS_MAX)
        forget(in, offset + length); /* nothing was ever decrypted, or the records cannot be found */
}
