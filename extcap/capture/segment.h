/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The TCP segment in a captured packet. */
#ifndef LABDUMP_SEGMENT_H
#define LABDUMP_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint8_t from[16], to[16]; /* addresses; of IPv4 the first 4 bytes, the others 0 */
    unsigned from_port, to_port;
    bool ends; /* FIN or RST */
    const uint8_t *payload;
    unsigned length; /* of the payload, as far as it was captured */
} lab_segment_view_t;

/* False if the packet is no TCP segment over IPv4 or IPv6 (without extension headers), or a fragment. */
bool segment_find(lab_segment_view_t *segment, int link_type, const uint8_t *data, unsigned captured);

#endif
