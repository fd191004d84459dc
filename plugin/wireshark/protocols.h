/* SPDX-License-Identifier: GPL-2.0-or-later */
/* protocols.h - how many frames hold each protocol, as Wireshark dissects them. */
#ifndef LAB_PROTOCOLS_H
#define LAB_PROTOCOLS_H

#include "compat.h"

#include "capture.h"

/* Protocols met so far. Free with g_array_unref(). */
GArray *lab_protocols_new(void);
/* Counts the protocols of a frame, each once. */
void lab_protocols_count(GArray *protocols, const packet_info *pinfo);
/* In the order they were met; the list is freed by the caller, its names are Wireshark's. */
lab_protocol_t *lab_protocols_list(const GArray *protocols, unsigned *count);

#endif
