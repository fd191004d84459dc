/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_window.c - see report_window.h.
 *
 * Wireshark lends its text window and its menus to plugins (epan/funnel.h), as it does to Lua.
 */
#include "report_window.h"

#include "compat.h"
#include "packet-lab.h"
#include "passing.h"
#include "protocols.h"
#include "quic.h"
#include "report.h"
#include "texts.h"

#include <epan/funnel.h>

/* What the walk over the packets gathers. */
typedef struct {
    GArray *protocols, *passing;
} lab_walk_t;

static tap_packet_status see_packet(void *user, packet_info *pinfo, epan_dissect_t *edt _U_,
                                    const void *data _U_, tap_flags_t flags _U_)
{
    lab_protocols_count(user, pinfo);
    return TAP_PACKET_DONT_REDRAW;
}

/* The report on the frames that passed; `passing` NULL = on all. */
static GString *report_text(const lab_walk_t *walk)
{
    GString *text = g_string_new(NULL);
    lab_report_t report = {
        .engine = lab_current_engine(), .frames = lab_current_frames(), .lang = lab_current_language()};
    lab_protocol_t *protocols = lab_protocols_list(walk->protocols, &report.protocol_count);
    const lab_wanted_t wanted = {.connection = -1, .frames = walk->passing};
    lab_selection_t *selection = walk->passing ? lab_selection_new(report.engine, &wanted) : NULL;
    report.protocols = protocols;
    report.quic = lab_quic_connections();
    report.selection = selection;
    lab_report_text(&report, text);
    lab_selection_free(selection);
    g_free(protocols);
    return text;
}

static GString *make_text(const funnel_ops_t *ops)
{
    const char *shown = ops->get_filter ? ops->get_filter(ops->ops_id) : NULL;
    char *filter =
        g_strdup(shown && *shown ? shown : NULL); /* the window may change while packets are read */
    lab_walk_t walk = {lab_protocols_new(), filter ? lab_passing_new() : NULL};
    GString *text =
        register_tap_listener("lab", walk.protocols, NULL, TL_REQUIRES_NOTHING, NULL, see_packet, NULL, NULL);
    if (!text && filter) {
        text = register_tap_listener("lab", walk.passing, filter, TL_REQUIRES_NOTHING, lab_passing_reset,
                                     lab_passing_see, NULL, NULL);
        if (text)
            remove_tap_listener(walk.protocols);
    }
    if (!text) { /* an error, else */
        ops->retap_packets(ops->ops_id);
        text = report_text(&walk);
        remove_tap_listener(walk.protocols);
        if (filter)
            remove_tap_listener(walk.passing);
    }
    if (filter)
        g_array_unref(walk.passing);
    g_array_unref(walk.protocols);
    g_free(filter);
    return text;
}

static void show_report(void *user _U_)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    if (!ops || !ops->new_text_window || !ops->retap_packets)
        return;
    GString *text = make_text(ops);
    char *title = g_strconcat("Lab", lab_text(LAB_TEXT_COLON, lab_current_language()),
                              lab_text(LAB_TEXT_REPORT_MENU, lab_current_language()), NULL);
    funnel_text_window_t *window = ops->new_text_window(ops->ops_id, title);
    ops->set_text(window, text->str);
    g_string_free(text, TRUE);
    g_free(title);
}

void lab_report_window_register(void)
{
    char *path = g_strconcat(LAB_MENU, lab_text(LAB_TEXT_REPORT_MENU, lab_language_of_environment()), NULL);
    funnel_register_menu(path, REGISTER_PACKET_STAT_GROUP_UNSORTED, show_report, NULL, NULL, FALSE);
    g_free(path);
}
