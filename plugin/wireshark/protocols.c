/* SPDX-License-Identifier: GPL-2.0-or-later */
/* protocols.c - see protocols.h. */
#include "protocols.h"

#include <string.h>

typedef struct {
    int proto;
    uint32_t frames, last_frame;
} lab_layer_t;

GArray *lab_protocols_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(lab_layer_t));
}

/* Wireshark lists more among a frame's layers than the protocols that were on the wire. */
static bool is_protocol(const char *filter)
{
    static const char *const others[] = {"frame", "ethertype", "data", "lab", "pkt_comment"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(filter, others[i]) == 0)
            return false;
    return !g_str_has_prefix(filter, "_ws.");
}

static lab_layer_t *layer_of(GArray *layers, int proto)
{
    for (guint i = 0; i < layers->len; i++)
        if (g_array_index(layers, lab_layer_t, i).proto == proto)
            return &g_array_index(layers, lab_layer_t, i);
    const lab_layer_t layer = {proto, 0, 0};
    g_array_append_val(layers, layer);
    return &g_array_index(layers, lab_layer_t, layers->len - 1);
}

/* A frame with a protocol in several layers (a tunnel, several messages) counts once. */
void lab_protocols_count(GArray *layers, const packet_info *pinfo)
{
    for (wmem_list_frame_t *f = wmem_list_head(pinfo->layers); f; f = wmem_list_frame_next(f)) {
        lab_layer_t *layer = layer_of(layers, GPOINTER_TO_INT(wmem_list_frame_data(f)));
        layer->frames += layer->last_frame != pinfo->num;
        layer->last_frame = pinfo->num;
    }
}

lab_protocol_t *lab_protocols_list(const GArray *layers, unsigned *count)
{
    lab_protocol_t *list = g_new0(lab_protocol_t, layers->len + 1);
    *count = 0;
    for (guint i = 0; i < layers->len; i++) {
        const lab_layer_t *layer = &g_array_index(layers, lab_layer_t, i);
        const char *filter = proto_get_protocol_filter_name(layer->proto);
        const protocol_t *protocol = find_protocol_by_id(layer->proto);
        if (protocol && filter && is_protocol(filter))
            list[(*count)++] = (lab_protocol_t){proto_get_protocol_short_name(protocol), layer->frames};
    }
    return list;
}
