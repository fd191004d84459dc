/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "segment.h"

#include <string.h>

enum { TYPE_IPV4 = 0x0800, TYPE_VLAN = 0x8100, TYPE_IPV6 = 0x86DD, PROTOCOL_TCP = 6 };
enum { LINK_NULL = 0, LINK_ETHERNET = 1, LINK_RAW = 101, LINK_COOKED = 113, LINK_COOKED_2 = 276 };
enum { TCP_FIN = 1, TCP_RST = 4 };

static unsigned get16(const uint8_t *data)
{
    return (unsigned)(data[0] << 8 | data[1]);
}

/* Bytes before the IP header; more than `captured` if there is none. */
static unsigned link_length(int link_type, const uint8_t *data, unsigned captured)
{
    unsigned length = 14;

    switch (link_type) {
    case LINK_ETHERNET:
        while (captured >= length + 4 && get16(data + length - 2) == TYPE_VLAN)
            length += 4;
        return length;
    case LINK_NULL:
        return 4;
    case LINK_RAW:
        return 0;
    case LINK_COOKED:
        return 16;
    case LINK_COOKED_2:
        return 20;
    default:
        return captured + 1;
    }
}

/* Reads the IP header; *length becomes that of what follows it. NULL: no TCP. */
static const uint8_t *pass_ip(lab_segment_view_t *segment, const uint8_t *ip, unsigned *length)
{
    unsigned header = (unsigned)(ip[0] & 15) * 4, total;

    if (ip[0] >> 4 == 4 && *length >= 20) {
        total = get16(ip + 2);
        if (header < 20 || total < header || ip[9] != PROTOCOL_TCP || (get16(ip + 6) & 0x3fff))
            return NULL;
        memcpy(segment->from, ip + 12, 4);
        memcpy(segment->to, ip + 16, 4);
    } else if (ip[0] >> 4 == 6 && *length >= 40) {
        header = 40;
        total = 40 + get16(ip + 4);
        if (ip[6] != PROTOCOL_TCP)
            return NULL;
        memcpy(segment->from, ip + 8, 16);
        memcpy(segment->to, ip + 24, 16);
    } else {
        return NULL;
    }
    *length = *length < total ? *length : total; /* Ethernet pads short frames */
    if (*length < header)
        return NULL;
    *length -= header;
    return ip + header;
}

bool segment_find(lab_segment_view_t *segment, int link_type, const uint8_t *data, unsigned captured)
{
    unsigned link = link_length(link_type, data, captured);

    *segment = (lab_segment_view_t){.length = 0};
    if (captured < link + 20)
        return false;
    unsigned length = captured - link;
    const uint8_t *tcp = pass_ip(segment, data + link, &length);
    if (!tcp || length < 20)
        return false;
    unsigned header = (unsigned)(tcp[12] >> 4) * 4;
    segment->from_port = get16(tcp);
    segment->to_port = get16(tcp + 2);
    segment->ends = tcp[13] & (TCP_FIN | TCP_RST);
    if (header < 20 || header > length)
        return false;
    segment->payload = tcp + header;
    segment->length = length - header;
    return true;
}
