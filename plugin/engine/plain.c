/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plain.c - see plain.h. */
#include "plain.h"

#include "exchange.h"
#include "link.h"
#include "rst_verdict.h"
#include "tcp.h"
#include "verdict.h"

static bool nothing_pending(const lab_end_t *end)
{
    return !end->probe_pending && !end->probes && !end->probes_unanswered && !end->unanswered &&
           !end->unanswered_before && !end->gaps.count && !end->instead;
}

static bool settled(const lab_conn_t *conn, const lab_end_t *end)
{
    const lab_last_t *last = &end->last;
    return last->frame && !last->bad_ack && !last->dropped && !last->window_probe && end->window &&
           end->isn_known && !end->fin && !end->peer_fin && (end->evidence || !conn->midstream) &&
           nothing_pending(end);
}

bool lab_plain_possible(const lab_conn_t *conn)
{
    return conn->open != LAB_OPEN_NONE && !conn->ended && !conn->previous && !conn->waiting &&
           !conn->resets && conn->first_fin < 0 && !conn->reset_told && !conn->engine->all_steps &&
           settled(conn, &conn->end[0]) && settled(conn, &conn->end[1]);
}

bool lab_plain(const lab_context_t *c)
{
    const unsigned flags = LAB_TH_SYN | LAB_TH_FIN | LAB_TH_RST | LAB_TH_ACK;
    return c->conn->calm && !c->conn->provoked && (c->seg->flags & flags) == LAB_TH_ACK && c->seg->window &&
           c->offset == c->sender->next && c->ack <= c->receiver->next &&
           (c->data ? c->ack >= c->sender->ack : c->ack > c->sender->ack);
}

/* What lab_sequence_advance() does with it. */
static void advance(lab_context_t *c)
{
    lab_end_t *sender = c->sender;
    if (c->data) {
        if (c->receiver->ack >= c->offset) {
            sender->flight_offset = c->offset;
            sender->flight_since = c->conn->data_time;
        }
        c->conn->data_time = c->seg->time;
        sender->bytes += c->seg->length;
        sender->next_ip_id = c->seg->ip_id;
        sender->next = c->end;
    }
    sender->ack = c->ack;
    sender->window = lab_scaled_window(c);
    sender->window_max = MAX(sender->window_max, sender->window);
}

void lab_plain_take(lab_context_t *c)
{
    lab_conn_t *conn = c->conn;
    c->new_bytes = c->data;
    c->advances = c->ack > c->sender->ack;
    lab_exchange_payload(c);
    if (conn->lookup && conn->newest)
        lab_lookup_confirm(conn, lab_conn_host(conn));
    if (c->data)
        c->sender->evidence = true;
    else
        lab_add_role(c, LAB_ROLE_ACK);
    lab_exchange_label(c);
    if (conn->newest && conn->newest->response_first == c->seg->frame)
        lab_persistence(c); /* perhaps a response after one that announced the end */
    lab_phase_decide(c);
    lab_rst_remember(c);
    advance(c);
    c->annotation->state[0] = conn->end[0].state;
    c->annotation->state[1] = conn->end[1].state;
    lab_zeek_segment(c);
}

void lab_plain_switch(lab_engine_t *engine, bool off)
{
    engine->all_steps = off;
}
