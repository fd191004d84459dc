/* SPDX-License-Identifier: GPL-2.0-or-later */
/* observe.c - see observe.h. */
#include "observe.h"

#include "hash.h"
#include "quic.h"

#include <epan/dissectors/packet-ip.h>
#include <epan/dissectors/packet-tcp.h>
#include <string.h>

#define IPPROTO_TCP_NUMBER 6
#define IPPROTO_UDP_NUMBER 17
#define DNS_PORT           53

static dissector_table_t pass_through;
static int proto_tcp = -1;

/* What is needed to find a segment's connection once the TCP dissector is through with it. It may leave by an
 * exception (a packet that was cut short), so this is done when the frame is taken, not on the way back. */
typedef struct {
    address src, dst;
    uint32_t streams_before;
} layer_t;

static layer_t layers[LAB_OBSERVED_MAX];
static lab_segment_t segments[LAB_OBSERVED_MAX];
static unsigned segment_count;
static uint32_t segment_frame;

static lab_datagram_t datagram; /* the frame's DNS message; frame 0 = none */

/* From a pair of endpoints to its TCP analysis: Wireshark's own look-up would cost more than all the rest. An
 * entry goes stale only when the TCP dissector begins a new stream, which its stream count shows. */
static GHashTable *flows; /* its entries lie in the file scope */

/* An endpoint in words, which are compared faster than bytes: the address, behind it zeros, and port and
 * length. */
typedef struct {
    uint64_t address[2], rest;
} flow_end_t;

typedef struct {
    flow_end_t low, high;
    uint32_t stream;
} flow_t;

/* The flows of the newest packets once more, each in the place that its hash says: packets come in crowds,
 * and one look here reads less memory than a hash table does. Of a free place all is 0. */
#define RECENT_FLOWS 256u
static flow_t recent[RECENT_FLOWS];

static lab_seed_t seed; /* of flow_hash() */

static flow_end_t flow_end(const lab_endpoint_t *e)
{
    flow_end_t end = {.rest = (uint64_t)e->length << 16 | e->port};
    memcpy(end.address, e->address, sizeof end.address);
    return end;
}

static bool comes_first(const flow_end_t *a, const flow_end_t *b)
{
    if (a->rest != b->rest)
        return a->rest < b->rest;
    return a->address[0] != b->address[0] ? a->address[0] < b->address[0] : a->address[1] < b->address[1];
}

/* The same for both directions. */
static flow_t flow_of(const lab_segment_t *s)
{
    flow_end_t src = flow_end(&s->src), dst = flow_end(&s->dst);
    return comes_first(&src, &dst) ? (flow_t){src, dst, 0} : (flow_t){dst, src, 0};
}

static guint flow_hash(gconstpointer key)
{
    const flow_t *f = key;
    if (!f->low.address[1] && !f->high.address[1] &&
        f->low.rest >> 16 == 4) { /* four bytes of each address */
        uint32_t low, high;
        memcpy(&low, f->low.address, sizeof low);
        memcpy(&high, f->high.address, sizeof high);
        return lab_hash_words(&seed, (uint64_t)low << 32 | high, f->low.rest << 16 | (f->high.rest & 0xffff));
    }
    return lab_hash(&seed, f, offsetof(flow_t, stream));
}

static bool same_end(const flow_end_t *a, const flow_end_t *b)
{
    return a->rest == b->rest && a->address[0] == b->address[0] && a->address[1] == b->address[1];
}

static gboolean flow_equal(gconstpointer x, gconstpointer y)
{
    const flow_t *a = x, *b = y;
    return same_end(&a->low, &b->low) && same_end(&a->high, &b->high);
}

void lab_observe_reset(void)
{
    if (flows)
        g_hash_table_remove_all(flows);
    memset(recent, 0, sizeof recent);
    segment_count = 0;
    segment_frame = 0;
    datagram.frame = 0;
}

/* `e` is zeroed. */
static inline void set_endpoint(lab_endpoint_t *e, const address *a, uint16_t port)
{
    e->port = port;
    if (a->len == 4) { /* a length that the compiler knows costs no call */
        e->length = 4;
        memcpy(e->address, a->data, 4);
    } else if (a->len > 0 && a->len <= (int)sizeof e->address) {
        e->length = (uint8_t)a->len;
        memcpy(e->address, a->data, e->length);
    }
}

lab_endpoint_t lab_observe_endpoint(const address *a, uint16_t port)
{
    lab_endpoint_t e = {0};
    set_endpoint(&e, a, port);
    return e;
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Up to here a cut header is enough to place the segment, and Wireshark too gives it a stream. */
#define HEADER_NEEDED 16

/* Reads the fixed header and the options; false if too little of it was captured or it makes no sense. */
static bool read_header(tvbuff_t *tvb, lab_segment_t *s, uint16_t *ports)
{
    int captured = (int)tvb_captured_length(tvb);
    if (captured < HEADER_NEEDED)
        return false;
    const uint8_t *p = tvb_get_ptr(tvb, 0, captured);
    unsigned header = (p[12] >> 4) * 4u, reported = tvb_reported_length(tvb);
    if (header < 20)
        return false;
    ports[0] = (uint16_t)(p[0] << 8 | p[1]);
    ports[1] = (uint16_t)(p[2] << 8 | p[3]);
    s->seq = be32(p + 4);
    s->ack = be32(p + 8);
    s->flags = (uint16_t)((p[12] & 0x0f) << 8 | p[13]);
    s->window = (uint16_t)(p[14] << 8 | p[15]);
    s->checksum = captured < 18 ? 0 : (uint16_t)(p[16] << 8 | p[17]);
    s->length = reported > header ? reported - header : 0;
    s->options = captured > 20 ? p + 20 : NULL;
    s->options_length = captured > 20 ? (uint8_t)(MIN(header, (unsigned)captured) - 20) : 0;
    s->captured = (unsigned)captured > header ? MIN((unsigned)captured - header, s->length) : 0;
    s->payload = s->captured ? p + header : NULL;
    return true;
}

int64_t lab_observe_nanoseconds(const nstime_t *time)
{
    const int64_t most = INT64_C(4000000000), second = INT64_C(1000000000);
    return CLAMP((int64_t)time->secs, -most, most) * second +
           CLAMP(time->nsecs, 1 - (int)second, (int)second - 1);
}

int64_t lab_observe_time(const packet_info *pinfo)
{
    return lab_observe_nanoseconds(&pinfo->abs_ts);
}

static void note_segment(tvbuff_t *tvb, packet_info *pinfo, void *data)
{
    if (PINFO_FD_VISITED(pinfo) || pinfo->flags.in_error_pkt || pinfo->fragmented ||
        segment_count >= LAB_OBSERVED_MAX)
        return;
    lab_segment_t *s = &segments[segment_count];
    uint16_t ports[2];
    *s = (lab_segment_t){.frame = pinfo->num, .time = lab_observe_time(pinfo)};
    if (!read_header(tvb, s, ports))
        return;
    const ws_ip4 *ip = WS_IP4_PTR(data);
    set_endpoint(&s->src, &pinfo->src, ports[0]);
    set_endpoint(&s->dst, &pinfo->dst, ports[1]);
    s->ip_id = ip ? ip->ip_id : 0;
    s->ttl = ip ? ip->ip_ttl : 0;
    copy_address_shallow(&layers[segment_count].src, &pinfo->src);
    copy_address_shallow(&layers[segment_count].dst, &pinfo->dst);
    layers[segment_count].streams_before = get_tcp_stream_count();
    segment_count++;
    segment_frame = pinfo->num;
}

/* Wireshark's number for the connection. Never get_tcp_conversation_data(NULL, ...): it may create one. */
static bool find_stream(packet_info *pinfo, const lab_segment_t *s, const address *src, const address *dst,
                        uint32_t *stream)
{
    conversation_t *conversation =
        find_conversation(pinfo->num, src, dst, CONVERSATION_TCP, s->src.port, s->dst.port, 0);
    const struct tcp_analysis *analysis =
        conversation ? (const struct tcp_analysis *)conversation_get_proto_data(conversation, proto_tcp)
                     : NULL;
    if (!analysis)
        return false;
    *stream = analysis->stream;
    return true;
}

/* With deinterlacing (4.4 and later) one pair of endpoints may be several conversations at once. */
static bool cache_usable(void)
{
#if LAB_WIRESHARK_AT_LEAST(4, 4)
    return prefs.conversation_deinterlacing_key == 0;
#else
    return true;
#endif
}

/* `known` is where the flow was found, NULL = nowhere yet. */
static void remember_flow(flow_t *known, const flow_t *flow)
{
    if (known) {
        known->stream = flow->stream;
        return;
    }
    flow_t *added = wmem_new(wmem_file_scope(), flow_t);
    *added = *flow;
    g_hash_table_add(flows, added);
}

static bool stream_of(packet_info *pinfo, lab_segment_t *s, const address *src, const address *dst,
                      bool new_stream)
{
    if (!s->src.length || !cache_usable())
        return find_stream(pinfo, s, src, dst, &s->stream);
    flow_t key = flow_of(s);
    flow_t *place = &recent[flow_hash(&key) % RECENT_FLOWS];
    if (!new_stream && flow_equal(place, &key)) {
        s->stream = place->stream;
        return true;
    }
    flow_t *known = g_hash_table_lookup(flows, &key);
    if (known && !new_stream)
        key.stream = known->stream;
    else if (!find_stream(pinfo, s, src, dst, &key.stream))
        return false;
    remember_flow(known, &key);
    *place = key;
    s->stream = key.stream;
    return true;
}

static int observe_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (segment_frame != pinfo->num || pinfo->curr_proto_layer_num <= 1)
        segment_count = 0;
    note_segment(tvb, pinfo, data);
    return lab_dissector_try(pass_through, IPPROTO_TCP_NUMBER, tvb, pinfo, tree, FALSE, data);
}

unsigned lab_observe_take(packet_info *pinfo, lab_segment_t **out)
{
    unsigned count = segment_frame == pinfo->num ? segment_count : 0, taken = 0;
    uint32_t streams = get_tcp_stream_count();
    for (unsigned i = 0; i < count; i++) {
        if (!stream_of(pinfo, &segments[i], &layers[i].src, &layers[i].dst,
                       streams != layers[i].streams_before))
            continue; /* TCP did not take it (disabled, malformed) */
        if (taken != i)
            segments[taken] = segments[i];
        taken++;
    }
    *out = segments;
    segment_count = 0;
    return taken;
}

static void note_datagram(tvbuff_t *tvb, packet_info *pinfo)
{
    const unsigned header = 8;
    unsigned captured = tvb_captured_length(tvb);
    datagram.frame = 0;
    if (PINFO_FD_VISITED(pinfo) || pinfo->flags.in_error_pkt || pinfo->fragmented || captured <= header)
        return;
    const uint8_t *p = tvb_get_ptr(tvb, 0, (int)captured);
    uint16_t from = (uint16_t)(p[0] << 8 | p[1]), to = (uint16_t)(p[2] << 8 | p[3]);
    if (from != DNS_PORT && to != DNS_PORT)
        return;
    datagram = (lab_datagram_t){.frame = pinfo->num,
                                .time = lab_observe_time(pinfo),
                                .src = lab_observe_endpoint(&pinfo->src, from),
                                .dst = lab_observe_endpoint(&pinfo->dst, to),
                                .payload = p + header,
                                .captured = captured - header};
}

static int observe_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    note_datagram(tvb, pinfo);
    return lab_dissector_try(pass_through, IPPROTO_UDP_NUMBER, tvb, pinfo, lab_quic_look(tvb, pinfo, tree),
                             FALSE, data);
}

const lab_datagram_t *lab_observe_take_dns(packet_info *pinfo)
{
    return datagram.frame == pinfo->num ? &datagram : NULL;
}

void lab_observe_register(int proto)
{
    flows = g_hash_table_new(flow_hash, flow_equal);
    seed = lab_seed_new();
    pass_through =
        register_dissector_table("lab.tcp", "Lab pass-through to TCP and UDP", proto, FT_UINT8, BASE_DEC);
}

void lab_observe_handoff(void)
{
    proto_tcp = proto_get_id_by_filter_name("tcp");
    dissector_add_uint("lab.tcp", IPPROTO_TCP_NUMBER, find_dissector("tcp"));
    dissector_add_uint("lab.tcp", IPPROTO_UDP_NUMBER, find_dissector("udp"));
    dissector_add_uint("ip.proto", IPPROTO_UDP_NUMBER,
                       register_dissector_with_description("lab_udp", "UDP (observed by lab)", observe_udp,
                                                           proto_get_id_by_filter_name("udp")));
    dissector_add_uint(
        "ip.proto", IPPROTO_TCP_NUMBER,
        register_dissector_with_description("lab_tcp", "TCP (observed by lab)", observe_tcp, proto_tcp));
}
