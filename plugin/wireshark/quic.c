/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quic.c - see quic.h. */
#include "quic.h"

#include "hash.h"
#include "observe.h"
#include "text.h"

#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <string.h>

#define UDP_HEADER    8
#define LONG_HEADER   7   /* flags, version, lengths of two connection ids */
#define HTTPS_PORT    443 /* RFC 9114 3.2 */
#define PROTOCOLS_MAX 16

enum { NUMBER, VERSION, SERVER_NAME, PROTOCOL, FIELDS };
static const char *const names[FIELDS] = {"quic.connection.number", "quic.version",
                                          "tls.handshake.extensions_server_name",
                                          "tls.handshake.extensions_alpn_str"};
static int fields[FIELDS];

static GPtrArray *connections; /* of lab_quic_t * */
static lab_map_t *by_number, *by_path;
/* Made for the newest datagram with a long header where Wireshark wants no tree. What refers to its items is
 * used until the frame is through, so it is freed when the next one is made. */
static epan_dissect_t *own;

/* The newest datagram. */
static struct {
    uint32_t frame; /* 0 = none */
    lab_endpoint_t src, dst;
    uint32_t length;
    proto_tree *tree; /* NULL = without a long header */
} seen;

static void free_connection(void *data)
{
    lab_quic_t *quic = data;
    g_free(quic->server_name);
    g_free(quic->protocol);
    if (quic->protocols)
        g_ptr_array_unref(quic->protocols);
    g_free(quic);
}

static void free_own(void)
{
    if (own)
        epan_dissect_free(own);
    own = NULL;
}

void lab_quic_handoff(void)
{
    for (int i = 0; i < FIELDS; i++)
        fields[i] = proto_registrar_get_id_byname(names[i]);
    connections = g_ptr_array_new_with_free_func(free_connection);
}

void lab_quic_reset(void)
{
    free_own();
    lab_map_free(by_number);
    lab_map_free(by_path);
    by_number = by_path = NULL;
    g_ptr_array_set_size(connections, 0);
    seen.frame = 0;
}

const GPtrArray *lab_quic_connections(void)
{
    return connections;
}

/* RFC 9000 17.2: both high bits are set; of a version negotiation (version 0) only the first. */
static bool has_long_header(const uint8_t *p, unsigned length)
{
    if (length < LONG_HEADER || !(p[0] & 0x80))
        return false;
    return (p[0] & 0x40) || !(p[1] | p[2] | p[3] | p[4]);
}

/* The tree in which Wireshark is to keep our fields. */
static proto_tree *wanting(packet_info *pinfo, proto_tree *tree)
{
    free_own();
    own = epan_dissect_new(pinfo->epan, TRUE, FALSE);
    for (int i = 0; i < FIELDS; i++)
        if (fields[i] >= 0)
            epan_dissect_prime_with_hfid(own, fields[i]);
    return tree ? tree : own->tree;
}

proto_tree *lab_quic_look(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    unsigned captured = tvb_captured_length(tvb);
    seen.frame = 0;
    if (PINFO_FD_VISITED(pinfo) || pinfo->flags.in_error_pkt || pinfo->fragmented || captured <= UDP_HEADER)
        return tree;
    const uint8_t *p = tvb_get_ptr(tvb, 0, (int)MIN(captured, UDP_HEADER + LONG_HEADER));
    bool long_header = has_long_header(p + UDP_HEADER, captured - UDP_HEADER);
    if (!long_header && !connections->len)
        return tree;
    seen.frame = pinfo->num;
    seen.src = lab_observe_endpoint(&pinfo->src, (uint16_t)(p[0] << 8 | p[1]));
    seen.dst = lab_observe_endpoint(&pinfo->dst, (uint16_t)(p[2] << 8 | p[3]));
    seen.length = tvb_reported_length(tvb) - UDP_HEADER;
    seen.tree = long_header ? wanting(pinfo, tree) : NULL;
    return long_header ? seen.tree : tree;
}

/* ---- what the fields say ---- */

static const GPtrArray *found(int field)
{
    const GPtrArray *list = fields[field] < 0 ? NULL : proto_get_finfo_ptr_array(seen.tree, fields[field]);
    return list && list->len ? list : NULL;
}

static bool number_of(int field, uint32_t *number)
{
    const GPtrArray *list = found(field);
    if (list)
        *number = fvalue_get_uinteger(lab_fvalue((field_info *)g_ptr_array_index(list, 0)));
    return list != NULL;
}

static char *text_of(int field, guint i)
{
    const GPtrArray *list = found(field);
    return list && i < list->len ? lab_text_visible_copy(fvalue_get_string(
                                       lab_fvalue((field_info *)g_ptr_array_index(list, i))))
                                 : NULL;
}

/* ---- connections ---- */

/* Both ends of the datagram, the same for both directions. */
typedef struct {
    uint8_t ends[2][sizeof(lab_endpoint_t)];
} path_t;

static void put_end(uint8_t *bytes, const lab_endpoint_t *end)
{
    memcpy(bytes, end->address, sizeof end->address);
    memcpy(bytes + sizeof end->address, &end->port, sizeof end->port);
}

static path_t path_of_datagram(void)
{
    path_t path;
    uint8_t first[sizeof(lab_endpoint_t)] = {0}, second[sizeof(lab_endpoint_t)] = {0};
    put_end(first, &seen.src);
    put_end(second, &seen.dst);
    bool ordered = memcmp(first, second, sizeof first) <= 0;
    memcpy(path.ends[0], ordered ? first : second, sizeof first);
    memcpy(path.ends[1], ordered ? second : first, sizeof first);
    return path;
}

/* Whoever sent the first datagram is the client, unless it has the port of HTTPS. */
static lab_quic_t *new_connection(uint32_t number)
{
    lab_quic_t *quic = g_new0(lab_quic_t, 1);
    bool by_server = seen.src.port == HTTPS_PORT && seen.dst.port != HTTPS_PORT;
    quic->number = number;
    quic->client = by_server ? seen.dst : seen.src;
    quic->server = by_server ? seen.src : seen.dst;
    quic->first_frame = seen.frame;
    g_ptr_array_add(connections, quic);
    return quic;
}

static lab_quic_t *connection_of_number(uint32_t number)
{
    if (!by_number)
        by_number = lab_map_new(NULL);
    lab_quic_t *quic = lab_map_get(by_number, &number, sizeof number);
    if (!quic) {
        quic = new_connection(number);
        lab_map_set(by_number, &number, sizeof number, quic);
    }
    return quic;
}

/* Of a datagram without a long header the ends tell. */
static lab_quic_t *connection_of_datagram(void)
{
    const path_t path = path_of_datagram();
    uint32_t number;
    if (!seen.tree)
        return by_path ? lab_map_get(by_path, &path, sizeof path) : NULL;
    if (!number_of(NUMBER, &number))
        return NULL; /* not QUIC, or one that Wireshark cannot place */
    lab_quic_t *quic = connection_of_number(number);
    if (!by_path)
        by_path = lab_map_new(NULL);
    lab_map_set(by_path, &path, sizeof path, quic);
    return quic;
}

static bool is_client(const lab_quic_t *quic)
{
    return seen.src.port == quic->client.port &&
           memcmp(seen.src.address, quic->client.address, sizeof seen.src.address) == 0;
}

/* The first offer that is seen stays. */
static void take_offer(lab_quic_t *quic)
{
    char *protocol;
    if (quic->protocols || !found(PROTOCOL))
        return;
    quic->protocols = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < PROTOCOLS_MAX && (protocol = text_of(PROTOCOL, i)); i++)
        g_ptr_array_add(quic->protocols, protocol);
}

static void take_names(lab_quic_t *quic)
{
    uint32_t version;
    if (number_of(VERSION, &version) && version)
        quic->version = version; /* the newest: a negotiation may change it, RFC 9368 */
    if (!is_client(quic)) {
        if (!quic->protocol)
            quic->protocol = text_of(PROTOCOL, 0);
        return;
    }
    if (!quic->server_name)
        quic->server_name = text_of(SERVER_NAME, 0);
    take_offer(quic);
}

void lab_quic_take(const packet_info *pinfo)
{
    if (seen.frame != pinfo->num)
        return;
    lab_quic_t *quic = connection_of_datagram();
    if (quic) {
        quic->last_frame = seen.frame;
        quic->datagrams++;
        quic->bytes += seen.length;
        if (seen.tree)
            take_names(quic);
    }
    seen.frame = 0;
}
