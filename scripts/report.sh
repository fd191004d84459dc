# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. "lab report" and "lab open": a capture on the terminal, and in Wireshark.

report_formats='text md html json har csv csv-exchanges csv-pages csv-anomalies'

# report FILE [FORMAT] [--server HOST[:PORT]] [--page N] [--connection N] [--filter F] [--language en|zh] [--output FILE] [--open]
report() {
    report_file='' report_format='' report_part='' report_filter='' report_language='' report_output='' report_open=''
    while [ $# -gt 0 ]; do
        case $1 in
        --server | --page | --connection | --filter | --language | --output)
            [ $# -ge 2 ] || die 2 need.value "$1"
            report_option "$1" "$2"
            shift
            ;;
        --open) report_open=yes ;;
        -*) die 2 bad.argument report "$1" ;;
        *) report_word "$1" ;;
        esac
        shift
    done
    [ -n "$report_file" ] || die 2 need.file report report "$(shown_demo demo.pcapng)"
    check_file "$report_file"
    [ -z "$report_open" ] || prepare_open
    write_report
}

# report_word WORD: the file comes first, then the format.
report_word() {
    if [ -z "$report_file" ]; then
        report_file=$1
        return
    fi
    [ -z "$report_format" ] || die 2 bad.argument report "$1"
    case " $report_formats " in *" $1 "*) report_format=$1 ;; *) die 2 bad.format "$1" ;; esac
}

# report_option NAME VALUE: the part is written as the plugin reads it before a display filter.
report_option() {
    case $1 in
    --page) case $2 in '' | 0 | *[!0-9]*) die 2 bad.page "$2" ;; esac ;;
    --connection) case $2 in '' | *[!0-9]*) die 2 bad.connection "$2" ;; esac ;;
    --server) case $2 in '' | *\;* | *' '*) die 2 bad.server "$2" ;; esac ;;
    --language) case $2 in en | zh) ;; *) die 2 bad.language report "$2" ;; esac ;;
    *) [ -n "$2" ] || die 2 need.value "$1" ;;
    esac
    case $1 in
    --server | --page | --connection) report_part="$report_part${1#--}=$2;" ;;
    --filter) report_filter=$2 ;;
    --language) report_language=$2 ;;
    --output) report_output=$2 ;;
    esac
}

# prepare_open: what is opened is a file, HTML unless another format was named.
prepare_open() {
    report_opener=''
    for program in xdg-open wslview open; do
        [ -n "$report_opener" ] || ! command -v "$program" >/dev/null || report_opener=$program
    done
    [ -n "$report_opener" ] || die 2 open.nobrowser
    report_format=${report_format:-html}
    mkdir -p "$LAB_WORK/reports" 2>/dev/null || die_unwritable
    report_name=$(basename -- "$report_file")
    report_output=${report_output:-$LAB_WORK/reports/${report_name%.*}.${report_format%%-*}}
}

write_report() {
    set_up b
    build_all labserver labdump lab >&2
    check_versions
    make_home
    file=$(readable_copy "$(absolute "$report_file")") || exit 1
    check_packets "$file" "$report_file"
    report_status=0
    read_capture "$file" -q ${report_language:+-o "lab.language:$report_language"} \
        -z "lab,report,${report_format:-text},,$report_part$report_filter" >"$lab_home/report" 2>"$lab_home/errors" || report_status=$?
    [ "$report_status" -eq 0 ] || report_refused
    if [ -z "$report_output" ]; then
        cat "$lab_home/report"
        return
    fi
    cat "$lab_home/report" 2>/dev/null >"$report_output" || die 1 report.unwritten "$report_output"
    [ -z "$report_open" ] || "$report_opener" "$report_output"
}

# report_refused: what the plugin says of a wrong argument is enough; of anything else all that tshark said is shown.
report_refused() {
    if [ "$report_status" -eq 2 ] && grep -q '^tshark: ' "$lab_home/errors"; then
        sed -n 's/^tshark: /lab report: /p' "$lab_home/errors" >&2
        exit 2
    fi
    reading_failed "$report_file"
}

# homework FILE [md|html|text] [--solution] [--language en|zh] [--output FILE]: a laboratory report to be filled in.
homework() {
    homework_file='' homework_format='' homework_kind=homework homework_language='' homework_output=''
    while [ $# -gt 0 ]; do
        case $1 in
        --solution) homework_kind=solution ;;
        --language | --output)
            [ $# -ge 2 ] || die 2 need.value "$1"
            case $1 in --language) homework_language=$2 ;; *) homework_output=$2 ;; esac
            shift
            ;;
        -*) die 2 bad.argument homework "$1" ;;
        *) homework_word "$1" ;;
        esac
        shift
    done
    [ -n "$homework_file" ] || die 2 need.file homework homework "$(shown_demo demo.pcapng)"
    case $homework_language in '' | en | zh) ;; *) die 2 bad.language homework "$homework_language" ;; esac
    check_file "$homework_file"
    write_homework
}

# homework_word WORD: the file comes first, then the format.
homework_word() {
    if [ -z "$homework_file" ]; then
        homework_file=$1
        return
    fi
    [ -z "$homework_format" ] || die 2 bad.argument homework "$1"
    case $1 in md | html | text) homework_format=$1 ;; *) die 2 bad.homeworkformat "$1" ;; esac
}

write_homework() {
    set_up b
    build_all labserver labdump lab >&2
    check_versions
    make_home
    file=$(readable_copy "$(absolute "$homework_file")") || exit 1
    check_packets "$file" "$homework_file"
    read_capture "$file" -q ${homework_language:+-o "lab.language:$homework_language"} -z "lab,$homework_kind,${homework_format:-md}" \
        >"$lab_home/homework" 2>"$lab_home/errors" || reading_failed "$homework_file"
    if [ -z "$homework_output" ]; then
        cat "$lab_home/homework"
        return
    fi
    cat "$lab_home/homework" 2>/dev/null >"$homework_output" || die 1 report.unwritten "$homework_output"
}

open_capture() {
    [ $# -ge 1 ] || die 2 need.file open open "$(shown_demo demo.pcapng)"
    [ $# -le 1 ] || die 2 bad.argument open "$2"
    check_file "$1"
    [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || die 2 open.nodisplay
    set_up o
    capture=$(absolute "$1")
    warn_beside_packages
    if is_installed; then exec wireshark -C "$(installed_profile)" -r "$capture"; fi
    [ "$(id -u)" -ne 0 ] || die 2 open.root
    build_all labserver labdump lab
    check_versions
    say open.uninstalled
    open_from_tree
}

# profile_of_language: the profile Lab in the user's language.
profile_of_language() { if [ "$LAB_LANG" = zh ]; then echo 'Lab 中文'; else echo Lab; fi; }

# installed_profile: the same if it is installed; an older installation has Lab alone. Wireshark ends if it does not have the profile.
installed_profile() {
    profile=$(profile_of_language)
    for settings in 'Personal configuration' 'Global configuration'; do
        [ ! -d "$(wireshark_folder "$settings")/profiles/$profile" ] || { echo "$profile" && return; }
    done
    echo Lab
}

# open_from_tree: Wireshark with settings of its own under build/, so that nothing is put into the user's.
open_from_tree() {
    place=$LAB_WORK/wireshark
    mkdir -p "$place/plugins/$(built_for)/epan" "$place/config/profiles" 2>/dev/null || die_unwritable
    cp "$LAB_PLUGIN" "$place/plugins/$(built_for)/epan/"
    for profile in "$LAB_PROFILES"/*; do
        [ -d "$place/config/profiles/${profile##*/}" ] || cp -R "$profile" "$place/config/profiles/"
    done
    exec env WIRESHARK_PLUGIN_DIR="$place/plugins" WIRESHARK_CONFIG_DIR="$place/config" \
        wireshark -C "$(profile_of_language)" -r "$capture"
}
