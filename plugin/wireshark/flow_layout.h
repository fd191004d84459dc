/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flow_layout.h - what a flow type of Statistics > Flow Graph needs of Wireshark's epan/sequence_analysis.h.
 *
 * The library exports these functions in all versions, but most packages do not install the header. Without
 * it the beginning of the two structures is written down here, as 4.0, 4.4 and 4.6 have it; items are only
 * made by Wireshark itself.
 */
#ifndef LAB_FLOW_LAYOUT_H
#define LAB_FLOW_LAYOUT_H

#include "compat.h"

#if __has_include(<epan/sequence_analysis.h>)
#include <epan/sequence_analysis.h>
#else

typedef struct {
    uint32_t frame_number;
    address src_addr;
    uint16_t port_src;
    address dst_addr;
    uint16_t port_dst;
    char *frame_label; /* over the arrow; these three are freed by Wireshark, with g_free() */
    char *time_str;
    char *comment;     /* beside the arrow */
    uint16_t conv_num; /* number of the conversation */
    unsigned fg_color, bg_color;
    lab_pref_bool_t has_color_filter;
    lab_pref_bool_t display;
    unsigned src_node, dst_node;
    uint16_t line_style; /* width of the arrow */
} seq_analysis_item_t;

typedef struct {
    const char *name;
    lab_pref_bool_t any_addr;
    int nconv;
    GQueue *items; /* of seq_analysis_item_t * */
    GHashTable *ht;
} seq_analysis_info_t;

WS_DLL_PUBLIC void register_seq_analysis(const char *name, const char *ui_name, int proto_id,
                                         const char *tap_listener, unsigned tap_flags,
                                         tap_packet_cb tap_func);
WS_DLL_PUBLIC seq_analysis_item_t *sequence_analysis_create_sai_with_addresses(packet_info *pinfo,
                                                                               seq_analysis_info_t *sainfo);
WS_DLL_PUBLIC void sequence_analysis_use_color_filter(packet_info *pinfo, seq_analysis_item_t *sai);
WS_DLL_PUBLIC seq_analysis_info_t *sequence_analysis_info_new(void);
WS_DLL_PUBLIC void sequence_analysis_info_free(seq_analysis_info_t *sainfo);

#endif
#endif
