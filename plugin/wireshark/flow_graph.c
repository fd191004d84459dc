/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flow_graph.c - see flow_graph.h. An arrow for each TCP segment and name look-up: its roles above, the
 * states of both sides and the frame's sentence beside. */
#include "flow_graph.h"

#include "flow_layout.h"
#include "packet-lab.h"
#include "texts.h"

/* "syn-ack", "response fin1"; of a frame without a role its phase. */
static char *label_of(const lab_annotation_t *a)
{
    GString *label = g_string_new(NULL);
    for (unsigned role = 0; role < LAB_ROLES; role++)
        if (a->roles & LAB_ROLE_BIT(role))
            g_string_append_printf(label, "%s%s", label->len ? " " : "", lab_roles[role].token);
    if (!label->len)
        g_string_append(label, lab_phases[a->phase].token);
    return g_string_free(label, FALSE);
}

/* "ESTABLISHED - SYN-RECEIVED: ", the client first; nothing where no state is known. */
static void append_states(GString *comment, const lab_engine_t *engine, const lab_annotation_t *a,
                          lab_lang_t lang)
{
    const lab_conn_t *conn = a->phase == LAB_PHASE_RESOLVE ? NULL : lab_engine_conn_of(engine, a);
    if (!conn)
        return;
    unsigned client = lab_conn_client(conn);
    uint8_t states[2] = {a->state[client], a->state[!client]};
    if (states[0] == LAB_STATE_UNKNOWN && states[1] == LAB_STATE_UNKNOWN)
        return;
    for (unsigned i = 0; i < 2; i++)
        g_string_append_printf(comment, "%s%s", i ? " - " : "",
                               states[i] == LAB_STATE_UNKNOWN ? "?" : lab_states[states[i]].token);
    g_string_append(comment, lab_text(LAB_TEXT_COLON, lang));
}

static char *comment_of(const lab_engine_t *engine, const lab_annotation_t *a, uint32_t frame,
                        lab_lang_t lang)
{
    GString *comment = g_string_new(NULL), *note = g_string_new(NULL);
    append_states(comment, engine, a, lang);
    lab_note(engine, a, frame, lang, note);
    g_string_append(comment, note->str);
    g_string_free(note, TRUE);
    return g_string_free(comment, FALSE);
}

static tap_packet_status add_arrow(void *user, packet_info *pinfo, epan_dissect_t *edt _U_,
                                   const void *data _U_, tap_flags_t flags _U_)
{
    seq_analysis_info_t *graph = user;
    const lab_engine_t *engine = lab_current_engine();
    const lab_annotation_t *a = engine ? lab_engine_annotation(engine, pinfo->num) : NULL;
    seq_analysis_item_t *arrow =
        a && a->phase != LAB_PHASE_NONE ? sequence_analysis_create_sai_with_addresses(pinfo, graph) : NULL;
    if (!arrow)
        return TAP_PACKET_DONT_REDRAW;
    lab_lang_t lang = lab_current_language();
    arrow->frame_number = pinfo->num;
    arrow->port_src = (uint16_t)pinfo->srcport;
    arrow->port_dst = (uint16_t)pinfo->destport;
    arrow->frame_label = label_of(a);
    arrow->comment = comment_of(engine, a, pinfo->num, lang);
    arrow->conv_num = (uint16_t)a->stream;
    arrow->line_style = 1;
    sequence_analysis_use_color_filter(pinfo, arrow);
    arrow->display = true;
    g_queue_push_tail(graph->items, arrow);
    return TAP_PACKET_REDRAW;
}

/* A new graph of Wireshark's has a queue and a hash table, and all else is 0: where both are at their places,
 * the structure is the one of flow_layout.h. */
static bool layout_is_known(void)
{
    seq_analysis_info_t *graph = sequence_analysis_info_new();
    bool known = !graph->name && graph->items && graph->ht;
    sequence_analysis_info_free(graph);
    return known;
}

void lab_flow_graph_register(int proto)
{
    if (layout_is_known())
        register_seq_analysis("lab", "Lab", proto, "lab", TL_REQUIRES_NOTHING, add_arrow);
}
