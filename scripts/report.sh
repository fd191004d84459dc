# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. "lab report" and "lab open": a capture on the terminal, and in Wireshark.

report() {
    [ $# -ge 1 ] || die 2 need.file report report
    [ $# -le 2 ] || die 2 bad.argument report "$3"
    case ${2:-text} in text | json | har) ;; *) die 2 bad.format "$2" ;; esac
    [ -f "$1" ] && [ -r "$1" ] || die 2 no.file "$1"
    set_up b
    build_all labserver labdump lab >&2
    check_versions
    make_home
    file=$(readable_copy "$(absolute "$1")") || exit 1
    if read_capture "$file" -q -z "lab,report,${2:-text}" 2>"$lab_home/errors"; then return; fi
    warn report.failed
    cat "$lab_home/errors" >&2
    exit 1
}

open_capture() {
    [ $# -ge 1 ] || die 2 need.file open open
    [ $# -le 1 ] || die 2 bad.argument open "$2"
    [ -f "$1" ] && [ -r "$1" ] || die 2 no.file "$1"
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

# is_installed: whether this Wireshark will find a plugin of ours by itself.
is_installed() {
    [ -e "$(wireshark_folder 'Global Plugins')/epan/lab.so" ] && return
    [ "$(id -u)" -ne 0 ] && [ -e "$(wireshark_folder 'Personal Plugins')/epan/lab.so" ]
}

# open_from_tree: Wireshark with settings of its own under build/, so that nothing is put into the user's.
open_from_tree() {
    place=$LAB_ROOT/build/wireshark
    mkdir -p "$place/plugins/$(built_for)/epan" "$place/config/profiles" 2>/dev/null ||
        die 2 not.writable "$LAB_ROOT" "\"\$USER\" $LAB_ROOT"
    cp "$LAB_BUILD/plugin/lab.so" "$place/plugins/$(built_for)/epan/"
    [ -d "$place/config/profiles/Lab" ] || cp -R "$LAB_ROOT/profile/Lab" "$place/config/profiles/"
    exec env WIRESHARK_PLUGIN_DIR="$place/plugins" WIRESHARK_CONFIG_DIR="$place/config" wireshark -C Lab -r "$capture"
}
