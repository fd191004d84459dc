/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sent.h - the newest segments of each side: what a RST of the other side may answer.
 *
 * RFC 9293 3.10.7.1: a TCP without the connection answers every segment except a RST. To one with ACK flag it
 * sends <SEQ=SEG.ACK><CTL=RST>, to one without <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>. The answers come in
 * the order of what they answer. So a RST answers the oldest segment with the right number that was neither
 * acknowledged nor answered before; if there is none, its sender's program ended the connection.
 *
 * Each side keeps its newest LAB_SENT_MAX segments; of more, the oldest are forgotten. They are written down
 * with every segment and looked at only when a RST comes.
 */
#ifndef LAB_SENT_H
#define LAB_SENT_H

#include "conn.h"

/* Writes down the segment that is looked at, which is no RST; good until as many have followed. */
lab_sent_t *lab_sent_remember(lab_context_t *c);
/* The newest of a side, NULL = none. */
const lab_sent_t *lab_sent_newest(const lab_end_t *end);

/* What a RST answers. */
typedef struct {
    const lab_sent_t *sent;  /* NULL = nothing is left that it could answer */
    const lab_sent_t *newer; /* the newest SYN that has the same number; NULL = it is the only one */
} lab_answered_t;

/* What the RST that is looked at answers; it counts as answered from now on. */
lab_answered_t lab_sent_answered(lab_context_t *c);
/* The first segment of the receiver with bytes from `offset` on that the RST's sender has not acknowledged;
 * NULL = none. `only_alerts`: every one of them is a TLS alert. */
const lab_sent_t *lab_sent_unacknowledged(const lab_context_t *c, int64_t offset, bool *only_alerts);
/* For how long neither side had sent anything before the data that `sent`, one of the receiver's, brought or
 * brought again; 0 = not known. */
int64_t lab_sent_silence(const lab_context_t *c, const lab_sent_t *sent);
/* Has the sender sent packets with this TTL before? True as well if it has sent none, or too many kinds. */
bool lab_sent_ttl_known(const lab_end_t *end, uint8_t ttl);
/* An answer comes within this time, in nanoseconds. */
int64_t lab_sent_answer_limit(const lab_conn_t *conn);

#endif
