# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. "lab report" and "lab open": a capture on the terminal, and in Wireshark.

report() {
    [ $# -ge 1 ] || die 2 need.file report report
    [ $# -le 2 ] || die 2 bad.argument report "$3"
    case ${2:-text} in text | md | json | har | csv | csv-exchanges | csv-pages | csv-anomalies) ;; *) die 2 bad.format "$2" ;; esac
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

# homework FILE [--solution] [--language en|zh] [--output FILE]: a laboratory report to be filled in, in Markdown.
homework() {
    homework_file='' homework_kind=homework homework_language='' homework_output=''
    while [ $# -gt 0 ]; do
        case $1 in
        --solution) homework_kind=solution ;;
        --language | --output)
            [ $# -ge 2 ] || die 2 need.value "$1"
            case $1 in --language) homework_language=$2 ;; *) homework_output=$2 ;; esac
            shift
            ;;
        -*) die 2 bad.argument homework "$1" ;;
        *)
            [ -z "$homework_file" ] || die 2 bad.argument homework "$1"
            homework_file=$1
            ;;
        esac
        shift
    done
    [ -n "$homework_file" ] || die 2 need.file homework homework
    case $homework_language in '' | en | zh) ;; *) die 2 bad.language "$homework_language" ;; esac
    [ -f "$homework_file" ] && [ -r "$homework_file" ] || die 2 no.file "$homework_file"
    write_homework
}

write_homework() {
    set_up b
    build_all labserver labdump lab >&2
    check_versions
    make_home
    file=$(readable_copy "$(absolute "$homework_file")") || exit 1
    if read_capture "$file" -q ${homework_language:+-o "lab.language:$homework_language"} -z "lab,$homework_kind,md" \
        >"$lab_home/homework" 2>"$lab_home/errors"; then
        if [ -n "$homework_output" ]; then
            cat "$lab_home/homework" >"$homework_output" || exit 1
        else
            cat "$lab_home/homework"
        fi
        return
    fi
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
