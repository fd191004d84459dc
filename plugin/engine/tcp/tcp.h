/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tcp.h - what TCP finds out about a segment; engine.c calls these in order. */
#ifndef LAB_TCP_H
#define LAB_TCP_H

#include "conn.h"

/* sequence.c: what is new, what is repeated, what is acknowledged. */
void lab_sequence_before(lab_context_t *c);
void lab_sequence_label(lab_context_t *c);
void lab_sequence_advance(lab_context_t *c);
/* The newest acknowledgment of end `by` did not count: nothing is missing in the capture. False if there was
 * no such. */
bool lab_sequence_untake(lab_conn_t *conn, unsigned by);
/* True while every byte that `end` sent was acknowledged by the other side, its FIN aside. */
bool lab_all_acknowledged(const lab_conn_t *conn, unsigned end);

/* opening.c: the handshake. */
void lab_opening(lab_context_t *c);
/* True if the segment is the SYN of an attempt that was ended, once more: a new attempt of the same
 * connection.
 */
bool lab_opening_again(const lab_context_t *c);
/* In an attempt, before the segment's offsets are known: numbering follows the SYN-ACK that its receiver
 * takes.
 */
void lab_opening_renumber(lab_context_t *c);

/* challenge.c: what RFC 5961 answers with an ACK, and a SYN on the ports of an earlier connection. */
/* The segment that is looked at has to be answered with a challenge ACK. */
void lab_challenge_expect(lab_context_t *c);
/* Names the challenge ACK, if the segment is the answer to what provoked one. */
void lab_challenge_answer(lab_context_t *c);
/* True if the segment is the ACK of the connection that the SYN's receiver still has in TIME-WAIT or
 * LAST-ACK.
 */
bool lab_challenge_by_old(lab_context_t *c);
/* A new connection's SYN comes from `conn`'s end 0 while `earlier` is the newest on its endpoints. */
void lab_challenge_meet(lab_conn_t *conn, lab_conn_t *earlier, const lab_segment_t *seg);
/* True if the segment belongs to conn->previous: the SYN was a stray one. */
bool lab_challenge_goes_on(const lab_conn_t *conn, const lab_segment_t *seg);
/* The earlier connection, if the segment is a RST with a number that this one has behind it: its receiver
 * drops it (RFC 9293 3.10.7.4), and it says nothing of the SYN. NULL = it is not. */
lab_conn_t *lab_challenge_late_reset(const lab_conn_t *conn, const lab_segment_t *seg);
/* The stream of `conn` goes on with conn->previous from here. */
void lab_challenge_go_on(lab_conn_t *conn);
/* The SYN began a new connection: the one before it is gone. */
void lab_challenge_replace(lab_conn_t *conn);
/* The connection before this one is gone, or was not there. True if it was live. */
bool lab_challenge_let_go(lab_conn_t *conn);
/* The SYN belongs to the earlier connection, until a SYN-ACK shows that it began a new one. */
void lab_challenge_lend(lab_context_t *c);

/* keepalive.c: true if the segment is a probe or an answer to one. */
bool lab_keepalive(lab_context_t *c);
void lab_keepalive_reset(lab_context_t *c);
/* Notes a keep-alive event on a frame; number and interval 0 = none. */
void lab_keepalive_add(lab_context_t *c, uint32_t frame, unsigned by, lab_keepalive_t token, uint32_t number,
                       int64_t interval);
/* Takes back what was noted of a frame. */
void lab_keepalive_remove(lab_context_t *c, uint32_t frame, lab_keepalive_t token);

/* closing.c: the FINs and what acknowledges them. */
/* Data at the number of a FIN that nobody acknowledged: it was none. */
void lab_closing_reconsider(lab_context_t *c);
void lab_closing(lab_context_t *c);
/* A RST that was obeyed ends the connection. */
void lab_closing_reset(lab_context_t *c);
/* The RST turned out not to be obeyed: the connection goes on. */
void lab_closing_reopen(lab_context_t *c);

/* state.c: both ends' states from what is known of the handshake and the FINs. */
void lab_states_update(lab_context_t *c);
/* Sets the state of an end in the annotation of a segment that turned out to change nothing for it. */
void lab_state_restore(const lab_conn_t *conn, lab_annotation_t *annotation, unsigned end);

#endif
