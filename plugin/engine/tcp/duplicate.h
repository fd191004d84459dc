/* SPDX-License-Identifier: GPL-2.0-or-later */
/* duplicate.h - recognises packets that were captured twice: by a mirror port, or before and behind a router.
 */
#ifndef LAB_DUPLICATE_H
#define LAB_DUPLICATE_H

#include "lab.h"

/* What a side does with IP's identification, RFC 6864 4.1. */
typedef enum {
    LAB_IP_IDS_UNKNOWN, /* it has sent one packet, or none has an identification */
    LAB_IP_IDS_DIFFER,
    LAB_IP_IDS_SAME /* two packets in a row had the same: it says nothing */
} lab_ip_ids_t;

/* What was captured last, of all connections, in a table of fixed size: between a packet and its copy lie few
 * others. */
typedef struct lab_copies lab_copies_t;

lab_copies_t *lab_copies_new(void);
void lab_copies_free(lab_copies_t *copies);

/* The frame that this segment, sent by end `by`, is a copy of; 0 if it is none, and then it is remembered.
 * With an identification of a sender that changes it, or with a lower TTL, it is one whatever the delay. */
uint32_t lab_copies_original(lab_copies_t *copies, const lab_segment_t *seg, unsigned by, lab_ip_ids_t ids);

/* The capture's clock went back to its first segment's time: perhaps the file was appended to itself, and all
 * that comes now is there already. */
void lab_copies_clock_back(lab_engine_t *engine, const lab_segment_t *seg);
/* The frame of the capture's beginning that this segment is, if the capture repeats; else 0. */
uint32_t lab_copies_replayed(lab_engine_t *engine, const lab_segment_t *seg, unsigned by);

#endif
