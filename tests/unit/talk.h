/* SPDX-License-Identifier: GPL-2.0-or-later */
/* talk.h - random conversations of HTTP and TLS, with everything that may happen to a connection: attempts
 * that are refused and made again, promises, interim responses, trailers, closes that cross, RSTs that are
 * obeyed or not, probes, look-ups, bytes that were decrypted or not, segments that the capture lacks or has
 * in another order.
 *
 * They need not be what two TCPs would say to each other: what is checked on them holds for any capture. */
#ifndef LAB_TALK_H
#define LAB_TALK_H

#include "lab.h"

/* A frame: a segment, or a DNS message if `dns`. What it points to belongs to the conversation. */
typedef struct {
    lab_segment_t seg;
    bool dns;
} talk_frame_t;

typedef struct {
    GArray *frames;  /* of talk_frame_t; frame n is the n-th */
    GPtrArray *kept; /* bytes that the frames point to */
} talk_t;

/* The conversation of a seed, which decides everything. Free with talk_free(). */
talk_t *talk_new(uint64_t seed);
void talk_free(talk_t *talk);

#endif
