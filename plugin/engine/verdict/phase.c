/* SPDX-License-Identifier: GPL-2.0-or-later */
/* phase.c - the one phase of a frame, from its roles: the first row that fits decides. */
#include "verdict.h"

#define R(role) LAB_ROLE_BIT(LAB_ROLE_##role)

/* One of these roles, and no payload (PURE) or whatever it carries: the phase. */
#define ROWS(ROW)                                                                                            \
    ROW(R(SYN) | R(SYN_ACK), ANY, LAB_PHASE_OPEN)                                                            \
    ROW(R(HANDSHAKE_ACK), PURE, LAB_PHASE_OPEN)                                                              \
    ROW(R(FIN1) | R(FIN2), ANY, LAB_PHASE_CLOSE)                                                             \
    ROW(R(FIN1_ACK) | R(FIN2_ACK), PURE, LAB_PHASE_CLOSE)                                                    \
    ROW(R(KEEPALIVE_PROBE) | R(KEEPALIVE_ANSWER), ANY, LAB_PHASE_IDLE)                                       \
    ROW(R(WINDOW_UPDATE) | R(WINDOW_PROBE) | R(CHALLENGE_ACK), PURE, LAB_PHASE_IDLE)                         \
    ROW(R(REQUEST), ANY, LAB_PHASE_REQUEST)                                                                  \
    ROW(R(RESPONSE), ANY, LAB_PHASE_RESPONSE)

enum { ANY, PURE };

/* LAB_PHASE_NONE = no row fits. Each row is a test of its own: this is asked of every segment. */
static lab_phase_t phase_of_roles(uint32_t roles, bool data)
{
#define ROW(any, carries, phase)                                                                             \
    if ((roles & (any)) && !((carries) == PURE && data))                                                     \
        return phase;
    ROWS(ROW)
#undef ROW
    return LAB_PHASE_NONE;
}

/* A pure ACK has the phase of the data that it acknowledges: its exchange says which side's that was. */
static lab_phase_t phase_of_ack(const lab_context_t *c)
{
    if (c->receiver->last.window_probe && c->annotation->related == c->receiver->last.frame)
        return LAB_PHASE_IDLE; /* its answer: the window stays closed */
    if (!c->annotation->exchange)
        return c->receiver->sends_tls_handshake ? LAB_PHASE_TLS : LAB_PHASE_DATA;
    const lab_exchange_t *x = lab_engine_exchange(c->engine, c->annotation->exchange);
    return x->client == c->from ? LAB_PHASE_RESPONSE : LAB_PHASE_REQUEST;
}

/* Frames of HTTP/2 without a message. Those on a stream are about the other side's message, as an ACK is;
 * PING is HTTP/2's keep-alive. */
static lab_phase_t phase_of_control(const lab_context_t *c)
{
    const uint32_t pings = 1u << LAB_HTTP2_PING | 1u << LAB_HTTP2_PING_ACK;
    const lab_detail_t *d = lab_engine_detail(c->engine, c->annotation);
    if (c->annotation->exchange)
        return phase_of_ack(c);
    return d && d->http2 && d->http2->frames && !(d->http2->frames & ~pings) ? LAB_PHASE_IDLE
                                                                             : LAB_PHASE_DATA;
}

static void decide(lab_context_t *c)
{
    lab_phase_t phase = phase_of_roles(c->annotation->roles, c->data);
    if (phase != LAB_PHASE_NONE) {
        c->annotation->phase = (uint8_t)phase;
        return;
    }
    if (c->annotation->roles & R(HTTP2_CONTROL)) {
        c->annotation->phase = (uint8_t)phase_of_control(c);
        return;
    }
    if (c->conn->open == LAB_OPEN_NONE && !c->data)
        c->annotation->phase = LAB_PHASE_OPEN;
    else if (c->annotation->marks & LAB_MARK_TLS)
        c->annotation->phase = LAB_PHASE_TLS;
    else
        c->annotation->phase = (uint8_t)(c->data ? LAB_PHASE_DATA : phase_of_ack(c));
}

void lab_phase_decide(lab_context_t *c)
{
    decide(c);
    if (c->data)
        c->sender->sends_tls_handshake = (c->annotation->marks & LAB_MARK_TLS) != 0;
}
