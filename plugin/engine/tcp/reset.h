/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reset.h - what is seen of a RST: its form, whether it is acceptable, whether it was obeyed. Why it came is
 * judged in verdict/. */
#ifndef LAB_RESET_H
#define LAB_RESET_H

#include "sent.h"

/* How the RST was made, RFC 9293 3.5.2, 3.5.3, 3.10.5 and 3.10.7.1: the first cut, always decidable. */
typedef enum {
    LAB_RST_ACTIVE,  /* seq = snd.nxt, and it answers nothing: the owner of the socket decided */
    LAB_RST_REFUSAL, /* RST,ACK with ack after a segment without ACK flag: no socket there */
    LAB_RST_REPLY,   /* RST without ACK, seq = the ack of what it answers: no such socket any more */
    LAB_RST_OTHER,
} lab_rst_form_t;

/* Notes the RST and its facts: who, when, its form, what it answers. Owned by the connection. */
lab_reset_t *lab_reset_seen(lab_context_t *c, lab_answered_t *answered);
/* Ends the attempt or the connection, if the receiver obeys. Call after the cause was judged, which looks at
 * what was before. */
void lab_reset_obey(lab_context_t *c, lab_reset_t *reset);

/* What the segments after a RST show of it. */
typedef enum {
    LAB_RESET_STANDS,        /* nothing speaks against it */
    LAB_RESET_NOT_ACCEPTED,  /* its receiver did not obey */
    LAB_RESET_SENDER_GOES_ON /* whoever seemed to send it goes on as if nothing had been */
} lab_reset_proof_t;

/* What this segment shows of the newest RST of its connection. A challenge ACK (RFC 5961 3.2) is named. */
lab_reset_proof_t lab_reset_proof(lab_context_t *c, lab_reset_t *reset);
/* The RST changed nothing: if it ended the connection or the attempt, that is open again, and the states in
 * its annotation are what they were before it: of a sender that goes on, and of its receiver if
 * `receiver_too`. */
void lab_reset_undo(lab_context_t *c, lab_reset_t *reset, bool receiver_too);
/* A RST that was undone: the side that goes on in this segment had the state from before the RST. */
void lab_reset_restore_state(lab_context_t *c, const lab_reset_t *reset);

#endif
