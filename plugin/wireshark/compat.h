/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compat.h - what differs between Wireshark 4.0, 4.4 and 4.6, in one place. */
#ifndef LAB_COMPAT_H
#define LAB_COMPAT_H

#include <wireshark.h>

#include <ws_version.h>

#define LAB_WIRESHARK_AT_LEAST(major, minor)                                                                 \
    (WIRESHARK_VERSION_MAJOR > (major) ||                                                                    \
     (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

#include <epan/conversation.h>
#include <epan/expert.h>
#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/proto.h>
#include <epan/stat_tap_ui.h>
#include <epan/stats_tree.h>
#include <epan/tap.h>
#include <epan/tfs.h>

/* Wireshark's own source must open files by ws_fopen, for Windows; its header is not installed. */
#if __has_include(<wsutil/file_util.h>)
#include <wsutil/file_util.h>
#else
#define ws_fopen fopen
#endif

#if LAB_WIRESHARK_AT_LEAST(4, 2)
#include <wsutil/plugins.h> /* WS_PLUGIN_DESC_* */
#define lab_fvalue(info) ((info)->value)
#else
#define lab_fvalue(info) (&(info)->value)
#endif

#if LAB_WIRESHARK_AT_LEAST(4, 6)
#define lab_dissector_try dissector_try_uint_with_data
typedef bool lab_stat_init_t;
#define LAB_STAT_INIT_DONE return true
#else
#define lab_dissector_try  dissector_try_uint_new
typedef void lab_stat_init_t;
#define LAB_STAT_INIT_DONE return
#endif

/* 4.4 made the truth values of preferences and tree calls bool */
#if LAB_WIRESHARK_AT_LEAST(4, 4)
typedef bool lab_pref_bool_t;
typedef uint64_t lab_tree_boolean_t;
#define LAB_MENU "Lab" STATS_TREE_MENU_SEPARATOR
#else
typedef gboolean lab_pref_bool_t;
typedef uint32_t lab_tree_boolean_t;
#define LAB_MENU "Lab/"
#endif

#endif
