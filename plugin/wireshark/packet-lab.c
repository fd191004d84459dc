/* packet-lab.c - the post-dissector "lab": feeds the engine with what observe.c saw, and shows what it says.
 *
 * Copyright 2026, the lab authors. SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"
#include "decrypted.h"
#include "fields.h"
#include "flow_graph.h"
#include "lab.h"
#include "observe.h"
#include "packet-lab.h"
#include "quic.h"
#include "texts.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = LAB_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

#define NO_PROTOCOL (-1)

enum { LANGUAGE_AUTO, LANGUAGE_EN, LANGUAGE_ZH };

static int proto_lab = -1;
static protocol_t *protocol_lab;
static int tap_lab = -1;
static lab_engine_t *engine;
static int preferred_language = LANGUAGE_AUTO;
static lab_pref_bool_t info_column;
static int environment_language = -1; /* -1 = to be worked out */
static uint32_t highest_frame, fed_frames;
static int enabled = -1; /* the protocol, in the file that is open; -1 = to be asked */

lab_engine_t *lab_current_engine(void)
{
    return engine;
}

uint32_t lab_current_frames(void)
{
    return highest_frame;
}

uint32_t lab_current_fed(void)
{
    return fed_frames;
}

lab_lang_t lab_current_language(void)
{
    if (preferred_language != LANGUAGE_AUTO)
        return preferred_language == LANGUAGE_ZH ? LAB_LANG_ZH : LAB_LANG_EN;
    if (environment_language < 0)
        environment_language = (int)lab_language_of_environment();
    return (lab_lang_t)environment_language;
}

/* Everything is forgotten when a file is closed or dissected anew; the next frame starts from nothing. */
static void lab_cleanup(void)
{
    lab_engine_free(engine);
    engine = NULL;
    highest_frame = fed_frames = 0;
    enabled = -1;
    lab_observe_reset();
    lab_quic_reset();
}

static void lab_preferences_applied(void)
{
    lab_fields_language(lab_current_language());
}

static void feed(packet_info *pinfo)
{
    lab_segment_t *segments;
    unsigned count = lab_observe_take(pinfo, &segments);
    if (pinfo->num <= highest_frame)
        lab_engine_forget(engine, pinfo->num);
    if (pinfo->fd->cap_len < pinfo->fd->pkt_len)
        lab_engine_frame_cut(engine);
    const lab_datagram_t *dns = lab_observe_take_dns(pinfo);
    if (dns)
        lab_engine_dns(engine, dns);
    lab_quic_take(pinfo);
    lab_decrypted_begin();
    for (unsigned i = 0; i < count; i++) {
        if (lab_decrypted_possible(engine, &segments[i]))
            lab_decrypted_add(pinfo, &segments[i]);
        lab_engine_segment(engine, &segments[i]);
    }
}

static void append_info(const lab_annotation_t *record, packet_info *pinfo)
{
    GString *note = g_string_new(NULL);
    lab_note(engine, record, pinfo->num, lab_current_language(), note);
    col_append_sep_str(pinfo->cinfo, COL_INFO, " | ", note->str);
    g_string_free(note, TRUE);
}

static void show(const lab_annotation_t *record, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                 bool revisit)
{
    bool fill = tree && proto_field_is_referenced(tree, proto_lab);
    if (!fill && !info_column && !record->detail)
        return; /* nothing to say, as of most frames */
    lab_lang_t lang = lab_current_language();
    if (fill)
        lab_fields_fill(engine, record, tvb, pinfo, tree, lang, revisit);
    else
        lab_fields_expert(engine, record, pinfo, NULL, lang);
    if (info_column)
        append_info(record, pinfo);
}

static int dissect_lab(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    bool revisit = PINFO_FD_VISITED(pinfo);
    if (enabled < 0)
        enabled = proto_is_protocol_enabled(protocol_lab);
    if (!enabled)
        return 0;
    if (!engine)
        engine = lab_engine_new();
    if (!revisit) {
        feed(pinfo);
        highest_frame = MAX(highest_frame, pinfo->num);
        fed_frames++;
    }
    if (have_tap_listener(tap_lab))
        tap_queue_packet(tap_lab, pinfo, NULL);
    const lab_annotation_t *record = lab_engine_annotation(engine, pinfo->num);
    if (!record)
        return (int)tvb_captured_length(tvb);
    show(record, tvb, pinfo, tree, revisit);
    const lab_annotation_t *more;
    for (unsigned n = 0; (record->marks & LAB_MARK_MORE) && (more = lab_engine_more(engine, pinfo->num, n));
         n++)
        show(more, tvb, pinfo, tree, revisit);
    return (int)tvb_captured_length(tvb);
}

static void register_preferences(void)
{
    static const enum_val_t languages[] = {{"auto", "auto", LANGUAGE_AUTO},
                                           {"en", "English", LANGUAGE_EN},
                                           {"zh", "中文", LANGUAGE_ZH},
                                           {NULL, NULL, 0}};
    lab_lang_t lang = lab_language_of_environment();
    module_t *module = prefs_register_protocol(proto_lab, lab_preferences_applied);
    prefs_register_enum_preference(module, "language", lab_text(LAB_TEXT_PREF_LANGUAGE, lang),
                                   lab_text(LAB_TEXT_PREF_LANGUAGE_HELP, lang), &preferred_language,
                                   languages, FALSE);
    prefs_register_bool_preference(module, "info_column", lab_text(LAB_TEXT_PREF_INFO, lang),
                                   lab_text(LAB_TEXT_PREF_INFO_HELP, lang), &info_column);
}

static void proto_register_lab(void)
{
    proto_lab = proto_register_protocol("Lab", "Lab", "lab");
    protocol_lab = find_protocol_by_id(proto_lab);
    lab_fields_register(proto_lab);
    lab_observe_register(proto_lab);
    register_preferences();
    tap_lab = register_tap("lab");
    lab_flow_graph_register(proto_lab);
    register_cleanup_routine(lab_cleanup);
    /* Of no protocol, as far as Wireshark is concerned: it would put each frame's list of protocols in and
     * out again, which costs a tenth of all that we do. */
    register_postdissector(create_dissector_handle(dissect_lab, NO_PROTOCOL));
}

static void proto_reg_handoff_lab(void)
{
    lab_observe_handoff();
    lab_decrypted_handoff();
    lab_quic_handoff();
}

#if LAB_WIRESHARK_AT_LEAST(4, 2)
WS_DLL_PUBLIC uint32_t plugin_describe(void);
uint32_t plugin_describe(void)
{
    return WS_PLUGIN_DESC_DISSECTOR | WS_PLUGIN_DESC_TAP_LISTENER;
}
#endif

WS_DLL_PUBLIC void plugin_register(void);
void plugin_register(void)
{
    static proto_plugin protocol;
    static tap_plugin tap;
    protocol.register_protoinfo = proto_register_lab;
    protocol.register_handoff = proto_reg_handoff_lab;
    proto_register_plugin(&protocol);
    tap.register_tap_listener = lab_statistics_register;
    tap_register_plugin(&tap);
}
