/* SPDX-License-Identifier: GPL-2.0-or-later */
/* acceptable.h - does the receiver take the segment? RFC 9293 3.10.7.4, first check, and the checks of the
 * other states that are like it. RST, SYN, ACK and FIN all ask here. */
#ifndef LAB_ACCEPTABLE_H
#define LAB_ACCEPTABLE_H

#include "conn.h"

typedef enum {
    LAB_NOT_ACCEPTABLE,    /* the receiver drops it */
    LAB_ACCEPTABLE,        /* it is in the window, if everything before it has arrived */
    LAB_ACCEPTABLE_UNKNOWN /* the capture does not tell: its beginning, a part or a direction is missing */
} lab_acceptable_t;

/* The first check: is the segment in the receiver's window, as far as that is known? */
lab_acceptable_t lab_acceptable(const lab_context_t *c);
/* The same of a segment without length at `offset`, from end `from` of `conn`: a SYN that came in another
 * stream. */
lab_acceptable_t lab_acceptable_at(const lab_conn_t *conn, unsigned from, int64_t offset, int64_t end);
/* The fifth check: the segment acknowledges what its receiver never sent, as far as the capture lacks
 * nothing.
 */
bool lab_ack_too_new(const lab_context_t *c);
/* The segment acknowledges more than its sender has offered to take: no gap of the capture explains that. */
bool lab_ack_impossible(const lab_context_t *c);
/* The FIN's own number is in the window, and its ACK field is no reason to drop it. */
bool lab_fin_counts(const lab_context_t *c);
/* An ACK for the receiver: acceptable, and not of something that was never sent. With a closed window valid
 * ACKs count, too (RFC 9293 3.10.7.4). */
bool lab_ack_counts(const lab_context_t *c);
/* The number up to which everything that `from` sent has arrived, presumed: up to the first gap. */
int64_t lab_arrived(const lab_conn_t *conn, unsigned from);

/* What a RST does to its receiver: RFC 9293 3.10.7.3, second check; 3.10.7.4, second check. */
typedef enum {
    LAB_RST_DROPPED,    /* outside the window, or in SYN-SENT without an ACK of the SYN */
    LAB_RST_CHALLENGED, /* in the window and not at its edge */
    LAB_RST_OBEYED,     /* the next number expected */
    LAB_RST_UNCERTAIN   /* the capture does not tell */
} lab_rst_effect_t;
lab_rst_effect_t lab_rst_effect(const lab_context_t *c);

/* What a SYN meets at the side that it goes to: RFC 9293 3.10.7.4, fourth check; 3.6.1. */
typedef enum {
    LAB_SYN_MEETS_NOTHING,    /* no connection, or one that is over */
    LAB_SYN_MEETS_LISTENER,   /* SYN-RECEIVED after a passive OPEN: in the window it ends that attempt */
    LAB_SYN_MEETS_OLD,        /* closed in order: a new connection, or the ACK of TIME-WAIT or LAST-ACK */
    LAB_SYN_MEETS_CONNECTION, /* a challenge ACK, whatever the number */
} lab_syn_meets_t;
/* The SYN with the raw number `seq` comes from end `from` of `conn`. */
lab_syn_meets_t lab_syn_meets(const lab_conn_t *conn, unsigned from, uint32_t seq);

#endif
