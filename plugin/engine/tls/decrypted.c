/* inside.c - see inside.h. */
#include "decrypted.h"

#include <string.h>

#include "tls.h"

/* A record has at most so many bytes (RFC 5246 6.2.3): it cannot come in more segments, nor be acknowledged
 * more often. */
#define SPANS_MAX   (16384 + 2048 + LAB_TLS_HEADER)
#define WAITING_MAX SPANS_MAX

/* A record that the parser may still ask for. */
typedef struct {
    int64_t from, place; /* offset in the TCP stream; place of its first byte in the decrypted data */
    guint first, count;  /* of the spans */
} kept_t;

struct lab_decrypted {
    GArray *spans;                       /* of lab_span_t, by offset */
    GArray *kept;                        /* of kept_t */
    GArray *waiting;                     /* of lab_ack_t */
    const lab_decrypted_record_t *plain; /* not yet matched with a record, of the segment that is read */
    unsigned decrypted_count;
    uint16_t alert;       /* the newest one decrypted: level << 8 | description */
    int64_t place;        /* in the decrypted data: what comes next */
    int64_t walked, read; /* TCP offsets after the last complete and the last decrypted record */
    int64_t unread; /* TCP offset of the first record since then that could not be decrypted; -1 = none */
    bool other;     /* no HTTP/1.x in this direction */
};

lab_decrypted_t *lab_decrypted_new(void)
{
    lab_decrypted_t *in = g_new0(lab_decrypted_t, 1);
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

unsigned lab_decrypted_records(lab_decrypted_t *in, const lab_decrypted_record_t *plain, unsigned count)
{
    unsigned left = in->decrypted_count;
    in->plain = plain;
    in->decrypted_count = count;
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
    kept_t kept = {.from = from, .place = in->place};
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

const lab_span_t *lab_decrypted_spans(const lab_decrypted_t *in, int64_t place, unsigned *count,
                                      int64_t *from)
{
    for (guint i = in->kept->len; i-- > 0;) {
        const kept_t *kept = &g_array_index(in->kept, kept_t, i);
        if (kept->place > place)
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
static void settle(lab_decrypted_t *in, lab_conn_t *conn)
{
    guint left = 0;
    for (guint i = 0; i < in->waiting->len; i++) {
        const lab_ack_t ack = g_array_index(in->waiting, lab_ack_t, i);
        if (ack.ack > in->walked)
            g_array_index(in->waiting, lab_ack_t, left++) = ack;
        else
            lab_exchange_label_ack(conn, &ack);
    }
    g_array_set_size(in->waiting, left);
}

/* ---- what a record holds ---- */

/* RFC 9113 3.4: what a client begins HTTP/2 with. No request of HTTP/1.x does. */
static bool is_preface(const lab_decrypted_record_t *plain)
{
    static const char preface[] = "PRI * HTTP/2.0\r\n";
    return plain->length >= sizeof preface - 1 && memcmp(plain->data, preface, sizeof preface - 1) == 0;
}

static void no_http(lab_direction_t *d, lab_decrypted_kind_t kind)
{
    d->inside->other = true;
    if (d->conn->inside != LAB_DECRYPTED_HTTP_1 && d->conn->inside != LAB_DECRYPTED_HTTP_2)
        d->conn->inside = (uint8_t)kind;
}

static void feed(lab_direction_t *d, const uint8_t *data, uint32_t length, int64_t start)
{
    lab_decrypted_t *in = d->inside;
    guint last = in->spans->len - 1;
    const lab_span_t *c = &g_array_index(in->spans, lab_span_t, last);
    if (!lab_exchange_feed(d, data, length, (lab_http_position_t){c->frame, c->time, in->place}, start))
        no_http(d, LAB_DECRYPTED_OTHER);
    in->place += length;
}

/* Application data: the next in its side's order, or some that could not be read came before. */
static void take_data(lab_direction_t *d, const lab_decrypted_record_t *plain, int64_t from, int64_t to)
{
    lab_decrypted_t *in = d->inside;
    lab_end_t *end = &d->conn->end[d->end];
    uint32_t missing = plain->offset - (uint32_t)in->place;
    end->unread = false;
    if (in->place == 0 && is_preface(plain))
        d->conn->inside = LAB_DECRYPTED_HTTP_2;
    if (d->conn->inside == LAB_DECRYPTED_HTTP_2)
        no_http(d, LAB_DECRYPTED_HTTP_2);
    if (in->other)
        return;
    if (!end->http)
        end->http = lab_http_new(&lab_exchange_events, d, false, lab_engine_scratch(d->conn->engine));
    if (missing)
        feed(d, NULL, missing, in->unread < 0 ? from : in->unread);
    in->unread = -1;
    keep(in, from, to);
    in->read = to;
    feed(d, plain->data, plain->length, from);
}

static bool is_close_notify(const lab_decrypted_record_t *plain)
{
    return plain->type == LAB_TLS_ALERT_RECORD && plain->length >= 2 && plain->data[1] == 0;
}

/* RFC 9112 9.8: a body that lasts until the connection closes is complete with the alert that announces the
 * close. */
static void take_close_notify(lab_direction_t *d)
{
    const lab_end_t *end = &d->conn->end[d->end];
    if (d->exchange && d->response && end->http && lab_http_until_close(end->http))
        lab_exchange_end(d, (lab_http_position_t){0});
}

/* What a record is for TLS, whatever it looks like from outside. */
static uint32_t step_of(const lab_decrypted_record_t *plain)
{
    enum { NEW_SESSION_TICKET = 4 }; /* RFC 8446 4.6.1 */
    if (!plain)
        return 0;
    if (is_close_notify(plain))
        return 1u << LAB_TLS_CLOSE_NOTIFY;
    if (plain->type == LAB_TLS_ALERT_RECORD)
        return 1u << LAB_TLS_ALERT;
    if (plain->type == LAB_TLS_HANDSHAKE_RECORD)
        return plain->length && plain->data[0] == NEW_SESSION_TICKET ? 1u << LAB_TLS_SESSION_TICKET : 0;
    return plain->type == LAB_TLS_DATA_RECORD ? 1u << LAB_TLS_APPLICATION_DATA : 0;
}

/* The content of this record, if it was decrypted: both come in the same order. A record without content is
 * not among what was decrypted; so is one that could not be. */
static const lab_decrypted_record_t *take_plain(lab_decrypted_t *in, const lab_tls_record_t *record)
{
    const lab_decrypted_record_t *plain = in->plain;
    bool type =
        plain && in->decrypted_count && (plain->type == record->type || record->type == LAB_TLS_DATA_RECORD);
    if (!type || plain->length > record->length)
        return NULL;
    in->plain++;
    in->decrypted_count--;
    return plain;
}

/* Data, or an alert that is encrypted: it is longer than its two bytes. */
static bool hides_content(const lab_tls_record_t *record)
{
    return record->type == LAB_TLS_DATA_RECORD ||
           (record->type == LAB_TLS_ALERT_RECORD && record->length > 2);
}

/* A record that could not be decrypted; what it was of is not known. */
static void pass_over(lab_direction_t *d, int64_t from)
{
    d->conn->end[d->end].unread = true;
    if (d->inside->unread < 0)
        d->inside->unread = from;
}

/* `whole`: none of its bytes is missing at its end. Returns the step that its content shows. */
static uint32_t take_record(lab_direction_t *d, const lab_tls_record_t *record, int64_t to, bool whole)
{
    lab_decrypted_t *in = d->inside;
    int64_t from = to - (int64_t)record->length - LAB_TLS_HEADER;
    const lab_decrypted_record_t *plain = whole ? take_plain(in, record) : NULL;
    in->walked = to;
    if (plain && plain->type == LAB_TLS_ALERT_RECORD && plain->length >= 2)
        in->alert = (uint16_t)(plain->data[0] << 8 | plain->data[1]);
    if (plain && plain->type == LAB_TLS_DATA_RECORD)
        take_data(d, plain, from, to);
    else if (plain && is_close_notify(plain))
        take_close_notify(d);
    else if (!plain && hides_content(record))
        pass_over(d, from);
    settle(in, d->conn);
    const lab_http_t *http = d->conn->end[d->end].http;
    if (!http || !lab_http_pending(http))
        forget(in, to);
    return step_of(plain);
}

/* ---- from the TCP stream to records ---- */

/* What a frame did for TLS is kept beside it. */
static void note_steps(const lab_direction_t *d, uint32_t frame, uint32_t steps)
{
    lab_conn_t *conn = d->conn;
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
        detail->tls_alert = d->inside->alert ? d->inside->alert : lab_tls_alert(conn->tls, d->end);
    if (steps & ~later)
        r->marks |= LAB_MARK_TLS;
}

/* Where the content of the records in a frame is known, what they look like from outside is not told. */
static uint32_t true_steps(uint32_t steps, uint32_t shown, bool whole)
{
    const uint32_t outside = 1u << LAB_TLS_APPLICATION_DATA | 1u << LAB_TLS_ALERT;
    return (shown && whole ? steps & ~outside : steps) | shown;
}

void lab_decrypted_sink(void *user, const uint8_t *data, uint32_t length, int64_t offset, uint32_t frame,
                        int64_t time)
{
    lab_direction_t *d = user;
    lab_conn_t *conn = d->conn;
    uint32_t steps = lab_tls_feed(conn->tls, d->end, conn->client, data, length, time);
    if (data)
        carry(d->inside, frame, time, offset, length);
    unsigned count;
    const lab_tls_record_t *records = lab_tls_completed(conn->tls, &count);
    uint32_t shown = 0;
    for (unsigned i = 0; i < count; i++)
        shown |= take_record(d, &records[i], offset + records[i].end, data != NULL);
    if (data)
        note_steps(d, frame, true_steps(steps, shown, count && records[count - 1].end == length));
    if ((count == 0 && !conn->decrypts) || d->inside->spans->len > SPANS_MAX)
        forget(d->inside, offset + length); /* nothing was ever decrypted, or the records cannot be found */
}
