/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tcpgen.h - simulated TCP conversations: two ends that follow RFC 9293's state machine, applications, a
 * network that may lose, repeat and reorder segments, and a capture on the way that may miss segments.
 *
 * The seed decides everything. Each frame comes with its sender's true state, to compare annotations with.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LAB_TCPGEN_H
#define LAB_TCPGEN_H

#include "lab.h"

/* A captured segment, and the true state of its sender. */
typedef struct {
    lab_segment_t seg;             /* payload is owned by the conversation */
    unsigned side;                 /* 0 client, 1 server */
    uint32_t order;                /* number among the segments of its side, from 0 */
    int64_t seq, ack;              /* relative; ack -1 without ACK flag */
    int64_t sent, passed, arrived; /* times: at the capture and at the receiver; arrived -1 = never */
    lab_state_t state;             /* the sender's, after it */
    bool unheard;                  /* the sender had not received yet a segment that was captured before */
    bool unseen;                   /* the capture has not seen a segment that the sender sent before */
    bool knew_peer_fin;
    bool twice;       /* it arrives once more, behind the capture */
    uint32_t answers; /* of a RST: `order` + 1 of the other side's segment that it answers, 0 = none */
    uint32_t sent_step, arrived_step; /* numbers of the events: the order of events at the same time */
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

/* The plan of a conversation, drawn from the seed. */
typedef struct {
    gen_opening_t opening;
    gen_talk_t talk;
    gen_closer_t closer;
    gen_answer_t answer;              /* of the other side to a FIN */
    unsigned rounds;                  /* requests, each with a response */
    uint32_t request[4], response[4]; /* bytes of each message; of HTTP bytes of the body */
    bool pipelined;
    bool close_by_reset, gone; /* gone: after its FIN the closer does not read, and answers data with a RST */
    bool fin_on_data;
    bool crossing;      /* the other side sends something more about when the first one closes */
    int64_t abort_time; /* time of an abort; 0 = none */
    unsigned abort_side;
    int64_t delay[2]; /* from each side to the capture, nanoseconds */
    int64_t close_after;
    unsigned lost, repeated, overtaken; /* of a thousand segments */
    uint16_t mss;
    uint32_t isn[2];
} gen_plan_t;

typedef struct {
    gen_plan_t plan;
    GArray *frames; /* of gen_frame_t, in capture order */
    GPtrArray *payloads;
    bool response_whole[4]; /* the client received all bytes of the n-th response */
    bool trouble;           /* the network lost, repeated or reordered a segment */
} gen_talked_t;

/* The conversation of a seed. Free with gen_free(). */
gen_talked_t *gen_conversation(uint64_t seed);
void gen_free(gen_talked_t *talked);

/* The next random number, 0 to n-1. The same on every machine. */
uint32_t gen_random(uint64_t *state, uint32_t n);

#endif
