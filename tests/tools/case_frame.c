/* A segment's frame on the wire: link layer, IPv4 or IPv6, TCP.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case.h"
#include "checksum.h"

#include <string.h>

enum { LINK_NULL = 0, LINK_ETHERNET = 1, LINK_RAW = 101, LINK_COOKED = 113 };
enum { TCP_PROTOCOL = 6, UDP_PROTOCOL = 17, TCP_SYN = 0x02, TCP_ACK = 0x10 };

static void append_ethernet(GByteArray *frame, const Case *a_case, const CaseSegment *segment,
                            guint ethertype)
{
    /* Locally administered addresses: ...:01 is the client, ...:02 the server. */
    guint8 head[18] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1};
    head[segment->side == CASE_CLIENT ? 5 : 11] = 2;
    guint at = 12;
    if (a_case->vlan) {
        put16(head + 12, 0x8100);
        put16(head + 14, a_case->vlan);
        at = 16;
    }
    put16(head + at, ethertype);
    g_byte_array_append(frame, head, at + 2);
}

static void append_link(GByteArray *frame, const Case *a_case, const CaseSegment *segment, gboolean ipv6)
{
    guint ethertype = ipv6 ? 0x86dd : 0x0800;
    if (a_case->link_type == LINK_ETHERNET) {
        append_ethernet(frame, a_case, segment, ethertype);
    } else if (a_case->link_type == LINK_NULL) {
        /* The address family in the byte order of the capturing host; the file is little-endian. */
        guint8 head[4] = {ipv6 ? 30 : 2, 0, 0, 0};
        g_byte_array_append(frame, head, sizeof head);
    } else if (a_case->link_type == LINK_COOKED) {
        guint8 head[16] = {0, segment->side == CASE_CLIENT ? 4 : 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1};
        put16(head + 14, ethertype);
        g_byte_array_append(frame, head, sizeof head);
    }
}

static void append_ip(GByteArray *frame, const CaseSegment *segment, guint8 protocol, guint length)
{
    const CaseEnd *from = &segment->connection->ends[segment->side],
                  *to = &segment->connection->ends[!segment->side];
    if (from->ipv6) {
        guint8 head[40] = {0x60};
        put16(head + 4, length);
        head[6] = protocol;
        head[7] = (guint8)segment->ttl;
        memcpy(head + 8, from->address, 16);
        memcpy(head + 24, to->address, 16);
        g_byte_array_append(frame, head, sizeof head);
        return;
    }
    guint8 head[20] = {0x45};
    put16(head + 2, 20 + length);
    put16(head + 4, segment->ip_id);
    head[6] = 0x40;
    head[8] = (guint8)segment->ttl;
    head[9] = protocol;
    memcpy(head + 12, from->address, 4);
    memcpy(head + 16, to->address, 4);
    put16(head + 10, checksum_end(checksum_add(0, head, sizeof head)));
    g_byte_array_append(frame, head, sizeof head);
}

/* RFC 9293 3.1, RFC 768: the checksum covers a pseudo-header of both addresses, protocol and length. */
static guint16 checksum_of(const CaseSegment *segment, guint8 protocol, const guint8 *bytes, guint length)
{
    const CaseEnd *from = &segment->connection->ends[segment->side],
                  *to = &segment->connection->ends[!segment->side];
    gsize address = from->ipv6 ? 16 : 4;
    guint64 sum = checksum_add(checksum_add(0, from->address, address), to->address, address);
    return checksum_end(checksum_add(sum + protocol + length, bytes, length));
}

static GByteArray *build_tcp(const CaseSegment *segment)
{
    const CaseConnection *connection = segment->connection;
    guint options = segment->options->len, length = (guint)segment->length;
    GByteArray *tcp = g_byte_array_sized_new(20 + options + length);
    g_byte_array_set_size(tcp, 20 + options + length);
    memset(tcp->data, 0, 20);
    put16(tcp->data, connection->ends[segment->side].port);
    put16(tcp->data + 2, connection->ends[!segment->side].port);
    put32(tcp->data + 4, (guint32)segment->seq + (segment->seq_is_raw ? 0 : connection->isn[segment->side]));
    if (segment->flags & TCP_ACK)
        put32(tcp->data + 8, (guint32)segment->ack + connection->isn[!segment->side]);
    tcp->data[12] = (guint8)((20 + options) / 4 << 4);
    tcp->data[13] = segment->flags;
    put16(tcp->data + 14, segment->window);
    if (options)
        memcpy(tcp->data + 20, segment->options->data, options);
    gint64 first = segment->seq + (segment->flags & TCP_SYN ? 1 : 0); /* the SYN has the number before it */
    case_stream_read(connection, segment->side, first, length, tcp->data + 20 + options);
    put16(tcp->data + 16, checksum_of(segment, TCP_PROTOCOL, tcp->data, tcp->len));
    return tcp;
}

static GByteArray *build_udp(const CaseSegment *segment)
{
    const CaseConnection *connection = segment->connection;
    guint8 head[8] = {0};
    GByteArray *udp = g_byte_array_new();
    put16(head, connection->ends[segment->side].port);
    put16(head + 2, connection->ends[!segment->side].port);
    put16(head + 4, (unsigned)sizeof head + segment->payload->len);
    g_byte_array_append(udp, head, sizeof head);
    g_byte_array_append(udp, segment->payload->data, segment->payload->len);
    put16(udp->data + 6, checksum_of(segment, UDP_PROTOCOL, udp->data, udp->len));
    return udp;
}

void case_build_frame(Case *a_case, CaseSegment *segment)
{
    gboolean ipv6 = segment->connection->ends[0].ipv6;
    GByteArray *inner = segment->dns ? build_udp(segment) : build_tcp(segment);
    segment->frame_bytes = g_byte_array_new();
    append_link(segment->frame_bytes, a_case, segment, ipv6);
    append_ip(segment->frame_bytes, segment, segment->dns ? UDP_PROTOCOL : TCP_PROTOCOL, inner->len);
    g_byte_array_append(segment->frame_bytes, inner->data, inner->len);
    g_byte_array_unref(inner);
    /* "wire 60": a short Ethernet frame received from the network still has its padding (IEEE 802.3 4.2.3.3).
     */
    while (segment->wire == 60 && a_case->link_type == LINK_ETHERNET && segment->frame_bytes->len < 60)
        g_byte_array_append(segment->frame_bytes, (const guint8 *)"", 1);
}
