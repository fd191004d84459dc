/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tcpgen.h - makes TCP conversations: two ends that follow RFC 9293's state machine, applications on them, a
 * network between them that may lose, repeat and overtake, and a capture somewhere on the way that may miss
 * things itself.
 *
 * Everything follows from the seed. What the ends did is kept beside each frame, so that annotations can be
 * compared with the truth.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LAB_TCPGEN_H
#define LAB_TCPGEN_H

#include "lab.h"

/* A segment that somebody sent, and what is true of its sender at that moment. */
typedef struct {
    lab_segment_t seg;             /* payload is owned by the conversation */
    unsigned side;                 /* 0 client, 1 server */
    uint32_t order;                /* in which its side sent its segments, from 0 */
    int64_t seq, ack;              /* relative; ack -1 without ACK flag */
    int64_t sent, passed, arrived; /* times: at the capture and at the receiver; arrived -1 = never */
    lab_state_t state;             /* the sender's, after it */
    bool unheard;                  /* something that was captured before had not reached the sender yet */
    bool unseen;                   /* the sender sent something before it that the capture has not seen */
    bool knew_peer_fin;
    uint32_t sent_step,
        arrived_step; /* in the order of what happened; of two things at the same time one is first */
} gen_frame_t;

typedef enum {
    GEN_CONNECT,
    GEN_REFUSED,
    GEN_UNANSWERED,
    GEN_ABANDONED,
    GEN_SIMULTANEOUS,
    GEN_OPENINGS
} gen_opening_t;
typedef enum { GEN_OPAQUE, GEN_HTTP, GEN_HTTP_CHUNKED, GEN_HTTP_UNTIL_CLOSE, GEN_TALKS } gen_talk_t;
typedef enum { GEN_NOBODY, GEN_CLIENT, GEN_SERVER, GEN_BOTH, GEN_CLOSERS } gen_closer_t;
typedef enum {
    GEN_ANSWERS_AT_ONCE,
    GEN_ANSWERS_LATER,
    GEN_SENDS_MORE,
    GEN_NEVER_CLOSES,
    GEN_RESETS,
    GEN_ANSWERS
} gen_answer_t;

/* What happens, drawn from the seed. */
typedef struct {
    gen_opening_t opening;
    gen_talk_t talk;
    gen_closer_t closer;
    gen_answer_t answer;              /* of the other side to a FIN */
    unsigned rounds;                  /* requests, each with a response */
    uint32_t request[4], response[4]; /* bytes; of HTTP the bytes of the body */
    bool pipelined;
    bool close_by_reset, gone; /* gone: after its FIN the closer reads no more and answers data with a RST */
    bool fin_on_data;
    int64_t abort_time; /* somebody aborts then; 0 = nobody */
    unsigned abort_side;
    int64_t delay[2]; /* of each side to the capture */
    int64_t close_after;
    unsigned lost, repeated, overtaken; /* of a thousand segments */
    uint16_t mss;
    uint32_t isn[2];
} gen_plan_t;

typedef struct {
    gen_plan_t plan;
    GArray *frames; /* of gen_frame_t, in capture order; all that passed the capture */
    GPtrArray *payloads;
    bool response_whole[4]; /* the client got all of the n-th response */
    bool trouble;           /* the network lost, repeated or overtook something */
} gen_talked_t;

/* A conversation of its own for each seed. Free with gen_free. */
gen_talked_t *gen_conversation(uint64_t seed);
void gen_free(gen_talked_t *talked);

/* Random numbers that are the same everywhere: 0 to n-1. */
uint32_t gen_random(uint64_t *state, uint32_t n);

#endif
