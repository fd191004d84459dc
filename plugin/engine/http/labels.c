/* SPDX-License-Identifier: GPL-2.0-or-later */
/* labels.c - which exchange a segment belongs to; see labels.h. */
#include "labels.h"

#include "exchange.h"
#include "messages_sent.h"

void lab_label_message(lab_engine_t *e, lab_annotation_t *annotation, const lab_exchange_t *x,
                       lab_role_t role)
{
    if (!annotation)
        return;
    lab_annotation_join(e, annotation, x->number); /* a start line in pieces is labelled late */
    annotation->roles = (annotation->roles & ~LAB_ROLE_BIT(LAB_ROLE_DATA)) | LAB_ROLE_BIT(role);
    const uint32_t stays = LAB_ROLE_BIT(LAB_ROLE_FIN1) | LAB_ROLE_BIT(LAB_ROLE_FIN2);
    if ((annotation->phase == LAB_PHASE_DATA || annotation->phase == LAB_PHASE_TLS) &&
        !(annotation->roles & stays))
        annotation->phase = role == LAB_ROLE_REQUEST ? LAB_PHASE_REQUEST : LAB_PHASE_RESPONSE;
}

/* ---- acknowledgments ---- */

/* Frames that are searched for acknowledgments of a start line in pieces. */
#define PIECES_SPAN 1000

static bool acknowledges(const lab_annotation_t *annotation, const lab_direction_t *d, int64_t start)
{
    const lab_end_t *sender = &d->conn->end[d->end];
    bool pure = annotation->sender != d->end && !annotation->length && !annotation->exchange &&
                (annotation->phase == LAB_PHASE_DATA || annotation->phase == LAB_PHASE_IDLE) &&
                (annotation->flags & LAB_TH_ACK);
    return pure && sender->isn_known && (int32_t)(annotation->ack - sender->isn) > start;
}

static void acknowledges_message(lab_engine_t *e, lab_annotation_t *annotation, const lab_exchange_t *x,
                                 bool response)
{
    lab_annotation_exchanges(e, annotation, x->number, x->number);
    if (annotation->phase == LAB_PHASE_DATA || annotation->phase == LAB_PHASE_TLS)
        annotation->phase = response ? LAB_PHASE_RESPONSE : LAB_PHASE_REQUEST;
}

void lab_label_acks_between(const lab_direction_t *d, lab_position_t first, lab_position_t last)
{
    uint32_t from = MAX(first.frame + 1, last.frame > PIECES_SPAN ? last.frame - PIECES_SPAN : 0);
    for (uint32_t frame = from; frame < last.frame; frame++) {
        lab_annotation_t *annotation = lab_annotation_of(d->conn->engine, frame, d->conn->number);
        if (!annotation || !acknowledges(annotation, d, first.offset) ||
            lab_store_resolve(d->conn->engine, annotation->stream) != d->conn->number)
            continue; /* a frame of another connection among them */
        acknowledges_message(d->conn->engine, annotation, d->exchange, d->response);
    }
}

/* True if the acknowledgment is of bytes after the message, which ended at `end`: another protocol after an
 * upgrade or in a tunnel, TLS alerts, tickets, and records that were not decrypted. */
static bool acknowledges_later(const lab_conn_t *conn, const lab_ack_t *ack, int64_t end)
{
    const lab_direction_t *d = conn->end[!ack->by].direction;
    if (end < 0 && d && d->decrypted)
        end = lab_decrypted_read(d->decrypted);
    return end >= 0 && ack->ack > end && ack->before >= end;
}

void lab_label_ack(lab_conn_t *conn, const lab_ack_t *ack)
{
    guint count = lab_exchange_count(conn), oldest = count > LAB_PIPELINE_MAX ? count - LAB_PIPELINE_MAX : 0;
    const lab_exchange_t *x = lab_messages_before(conn, !ack->by, ack->ack);
    if (!x || x->index <= oldest)
        return;
    bool response = x->client == ack->by;
    lab_annotation_t *annotation = lab_annotation_of(conn->engine, ack->frame, conn->number);
    int64_t end = x->http2 ? -1 : response ? x->response_end : x->request_end; /* others' bytes lie between */
    if (annotation && !acknowledges_later(conn, ack, end))
        acknowledges_message(conn->engine, annotation, x, response);
}

static void label_by_ack(lab_context_t *c)
{
    const lab_direction_t *d = c->receiver->direction;
    const lab_ack_t ack = {c->seg->frame, (uint8_t)c->from, c->ack, c->sender->ack};
    if (c->conn->decrypts && d && d->decrypted && lab_decrypted_wait(d->decrypted, &ack))
        return;
    lab_label_ack(c->conn, &ack);
}

static bool acknowledges_data(const lab_context_t *c)
{
    const uint32_t acks =
        LAB_ROLE_BIT(LAB_ROLE_ACK) | LAB_ROLE_BIT(LAB_ROLE_DUP_ACK) | LAB_ROLE_BIT(LAB_ROLE_ZERO_WINDOW);
    const uint32_t fin_acks = LAB_ROLE_BIT(LAB_ROLE_FIN1_ACK) | LAB_ROLE_BIT(LAB_ROLE_FIN2_ACK);
    if (c->fin || c->syn || !c->has_ack)
        return false;
    if (c->annotation->roles & fin_acks)
        return c->ack - 1 > c->sender->ack;
    return (c->annotation->roles & acks) != 0;
}

/* A window update or window probe inside a message belongs to the exchange of that message. */
static void label_window(lab_context_t *c, const lab_end_t *sender)
{
    const lab_direction_t *d = sender->direction;
    if (d && d->exchange && !c->annotation->exchange)
        lab_annotation_exchanges(c->engine, c->annotation, d->exchange->number, d->exchange->number);
}

/* ---- repeated bytes ---- */

/* The message of bytes that were not read in order: repeated, or waiting for a gap to fill. */
static void label_by_offset(lab_context_t *c)
{
    int64_t offset = c->offset + (c->syn ? 1 : 0);
    const lab_direction_t *d = c->sender->direction;
    bool unread = d && d->decrypted && offset >= lab_decrypted_read(d->decrypted);
    const lab_exchange_t *x = unread ? NULL : lab_messages_holding(c->conn, c->from, offset);
    if (x)
        lab_label_message(c->engine, c->annotation, x,
                          x->client == c->from ? LAB_ROLE_REQUEST : LAB_ROLE_RESPONSE);
    else
        lab_add_role(c, LAB_ROLE_DATA);
}

void lab_exchange_label(lab_context_t *c)
{
    bool update = c->annotation->roles & LAB_ROLE_BIT(LAB_ROLE_WINDOW_UPDATE);
    bool window = c->annotation->roles & LAB_ROLE_BIT(LAB_ROLE_WINDOW_PROBE);
    bool keepalive = c->annotation->roles & LAB_ROLE_BIT(LAB_ROLE_KEEPALIVE_PROBE);
    if (update || window)
        label_window(c, update ? c->receiver : c->sender);
    bool control = c->annotation->roles & LAB_ROLE_BIT(LAB_ROLE_HTTP2_CONTROL);
    if (c->data && !keepalive && !window && !control && !c->annotation->exchange)
        label_by_offset(c);
    else if (!c->data && acknowledges_data(c))
        label_by_ack(c);
    lab_direction_closed(c);
}
