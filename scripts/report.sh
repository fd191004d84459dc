# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. "lab report" and "lab open": a capture on the terminal, and in Wireshark.

report() {
    [ $# -ge 1 ] || die 2 need.file report report "$(shown_file)"
    [ $# -le 2 ] || die 2 bad.argument report "$3"
    case ${2:-text} in text | json | har) ;; *) die 2 bad.format "$2" ;; esac
    check_file "$1"
    set_up b
    build_all labserver labdump lab >&2
    check_versions
    make_home
    named=$1
    file=$(readable_copy "$(absolute "$1")") || exit 1
    check_packets "$file" "$named"
    read_capture "$file" -q -z "lab,report,${2:-text}" 2>"$lab_home/errors" || reading_failed "$named"
}

open_capture() {
    [ $# -ge 1 ] || die 2 need.file open open "$(shown_file)"
    [ $# -le 1 ] || die 2 bad.argument open "$2"
    check_file "$1"
    [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || die 2 open.nodisplay
    set_up o
    capture=$(absolute "$1")
    if is_installed; then exec wireshark -C Lab -r "$capture"; fi
    [ "$(id -u)" -ne 0 ] || die 2 open.root
    build_all labserver labdump lab
    check_versions
    say open.uninstalled
    open_from_tree
}

# open_from_tree: Wireshark with settings of its own under build/, so that nothing is put into the user's.
open_from_tree() {
    place=$LAB_WORK/wireshark
    mkdir -p "$place/plugins/$(built_for)/epan" "$place/config/profiles" 2>/dev/null || die_unwritable
    cp "$LAB_PLUGIN" "$place/plugins/$(built_for)/epan/"
    [ -d "$place/config/profiles/Lab" ] || cp -R "$LAB_PROFILES/Lab" "$place/config/profiles/"
    exec env WIRESHARK_PLUGIN_DIR="$place/plugins" WIRESHARK_CONFIG_DIR="$place/config" wireshark -C Lab -r "$capture"
}
