/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decrypted.c - see decrypted.h.
 *
 * Wireshark's TLS dissector keeps every record that it could decrypt as data of the frame in which the record
 * became complete (epan/dissectors/packet-tls-utils.h), so that it need not do it again. They are read from
 * there: no tap is needed, which would not run in the first pass of `tshark -2`, and no tree.
 *
 * That header wants libgcrypt's, which building a plugin does not need otherwise. So the two structures are
 * written down here once more, and compared with Wireshark's where its header can be read.
 */
#include "decrypted.h"

#include <epan/proto_data.h>

#if __has_include(<gcrypt.h>)
#include <epan/dissectors/packet-tls-utils.h>
#define LAB_COMPARE 1
#endif

typedef struct kept_record {
    const uint8_t *plain_data;
    unsigned data_len;
    int id;
    int type; /* of the content: what TLS 1.3 hides in application data is told as what it is */
    const void *flow;
#if LAB_WIRESHARK_AT_LEAST(4, 6)
    uint64_t record_seq;
#endif
    uint32_t seq; /* of application data: how much its side had sent before */
#if LAB_WIRESHARK_AT_LEAST(4, 4) && !LAB_WIRESHARK_AT_LEAST(4, 6)
    uint16_t dtls13_seq_suffix;
#endif
    const struct kept_record *next;
} kept_record_t;

typedef struct {
    const kept_record_t *records;
    const void *fragments;
    uint32_t source_port, destination_port;
} kept_t;

#ifdef LAB_COMPARE
#define SAME(ours, our_field, theirs, their_field)                                                           \
    _Static_assert(offsetof(ours, our_field) == offsetof(theirs, their_field),                               \
                   "Wireshark keeps decrypted records in another form")
SAME(kept_record_t, data_len, SslRecordInfo, data_len);
SAME(kept_record_t, type, SslRecordInfo, type);
SAME(kept_record_t, flow, SslRecordInfo, flow);
SAME(kept_record_t, seq, SslRecordInfo, seq);
SAME(kept_record_t, next, SslRecordInfo, next);
SAME(kept_t, records, SslPacketInfo, records);
SAME(kept_t, source_port, SslPacketInfo, srcport);
SAME(kept_t, destination_port, SslPacketInfo, destport);
#endif

/* RFC 8446 5.1 and RFC 6520: types of records */
#define CHANGE_CIPHER_SPEC 20
#define APPLICATION_DATA   23
#define HEARTBEAT          24

static int proto_tls = -1;
static GArray *plains; /* of lab_decrypted_record_t, of this frame */
static bool given;     /* to a segment of this frame */

void lab_decrypted_handoff(void)
{
    proto_tls = proto_get_id_by_filter_name("tls");
    plains = g_array_new(FALSE, FALSE, sizeof(lab_decrypted_record_t));
}

void lab_decrypted_begin(void)
{
    given = false;
}

bool lab_decrypted_possible(const lab_engine_t *engine, const lab_segment_t *segment)
{
    if (!segment->captured)
        return false;
    if (segment->payload[0] >= CHANGE_CIPHER_SPEC && segment->payload[0] <= HEARTBEAT)
        return true;
    const lab_conn_t *conn = lab_engine_conn(engine, segment->stream);
    return conn && lab_conn_tls_names(conn);
}

/* How often TLS was met in the frame: a record that began in an earlier one is dissected by itself. */
static unsigned tls_layers(packet_info *pinfo)
{
    unsigned count = 0;
    wmem_list_frame_t *layer = pinfo->layers ? wmem_list_head(pinfo->layers) : NULL;
    for (; layer; layer = wmem_list_frame_next(layer))
        count += GPOINTER_TO_INT(wmem_list_frame_data(layer)) == proto_tls;
    return count;
}

static void take_records(packet_info *pinfo, const lab_segment_t *segment, uint32_t key)
{
    const kept_t *kept = p_get_proto_data(wmem_file_scope(), pinfo, proto_tls, key);
    if (!kept || kept->source_port != segment->src.port || kept->destination_port != segment->dst.port)
        return; /* of another TCP layer of the frame */
    for (const kept_record_t *r = kept->records; r; r = r->next) {
        lab_decrypted_record_t plain = {(uint8_t)r->type, r->data_len, r->plain_data,
                                        r->type == APPLICATION_DATA ? r->seq : 0};
        g_array_append_val(plains, plain);
    }
}

void lab_decrypted_add(packet_info *pinfo, lab_segment_t *segment)
{
    unsigned layers = segment->length && !given ? tls_layers(pinfo) : 0;
    if (!layers)
        return;
    g_array_set_size(plains, 0);
    /* the key is 0 in 4.0, and later the number of the layer, from 1 */
    for (uint32_t key = 0; key <= layers; key++)
        take_records(pinfo, segment, key);
    given = plains->len > 0;
    segment->decrypted = given ? (const lab_decrypted_record_t *)(void *)plains->data : NULL;
    segment->decrypted_count = plains->len;
}
