/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plain.h - the shortcut for nearly all segments: data in sequence, or an ACK of something new, while nothing
 * is under way.
 *
 * Such a segment leaves most of what the rooms keep as it is. So what follows from that is worked out once
 * (lab_plain_possible), after each segment that took all steps, and kept in conn->calm. The shortcut gives
 * what all steps would give; test_plain.c compares both.
 */
#ifndef LAB_PLAIN_H
#define LAB_PLAIN_H

#include "conn.h"

/* True while neither side has anything under way that a plain segment would change or be judged by: the
 * connection is open, and has had no FIN, no RST, no SYN that is still to be answered; no gap in the capture;
 * no probe, no retransmission and no closed window without an answer. */
bool lab_plain_possible(const lab_conn_t *conn);
/* True if the segment may take the shortcut. Its offsets are known, and it is no copy. */
bool lab_plain(const lab_context_t *c);
/* All that the rooms find in such a segment, but for the newest segment of its sender. */
void lab_plain_take(lab_context_t *c);

/* For tests: with `off` each segment takes all steps. */
void lab_plain_switch(lab_engine_t *engine, bool off);

#endif
