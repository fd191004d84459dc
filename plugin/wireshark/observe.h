/* SPDX-License-Identifier: GPL-2.0-or-later */
/* observe.h - sees every TCP header that Wireshark dissects, in every pass, without asking for a tree or a
 * tap.
 *
 * A handle of our own stands in Wireshark's table "ip.proto" at 6. It notes the segment and passes it on to
 * the TCP dissector through a private table, so that layers, Decode As and disabled protocols stay as they
 * were.
 */
#ifndef LAB_OBSERVE_H
#define LAB_OBSERVE_H

#include "compat.h"
#include "lab.h"

#define LAB_OBSERVED_MAX 8

/* In the register and the handoff routine of protocol `proto`. */
void lab_observe_register(int proto);
void lab_observe_handoff(void);
/* When a file is opened or closed: forgets all that pointed into it. */
void lab_observe_reset(void);

/* Nanoseconds. A capture may claim any year; beyond 4,000,000,000 s (126 years) it stays at that, so that
 * differences of two times are numbers too. */
int64_t lab_observe_nanoseconds(const nstime_t *time);
/* The frame's time as the engine wants it: ns since the epoch, from 1843 to 2096. */
int64_t lab_observe_time(const packet_info *pinfo);

/* Of an address that is no IP address the length is 0. */
lab_endpoint_t lab_observe_endpoint(const address *a, uint16_t port);

/* The segments of the frame that was just dissected, outermost first; 0 if it had none or was seen before.
 * Their pointers last until the next frame. */
unsigned lab_observe_take(packet_info *pinfo, lab_segment_t **segments);
/* The DNS message of the frame, NULL if it had none or was seen before. */
const lab_datagram_t *lab_observe_take_dns(packet_info *pinfo);

#endif
