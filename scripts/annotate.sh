# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. "lab annotate": what Lab says of each frame, as comments in a capture.

# annotate IN OUT [--language en|zh], annotate --remove IN OUT
annotate() {
    annotate_in='' annotate_out='' annotate_language='' annotate_remove=''
    while [ $# -gt 0 ]; do
        case $1 in
        --remove) annotate_remove=yes ;;
        --language)
            [ $# -ge 2 ] || die 2 need.value "$1"
            case $2 in en | zh) annotate_language=$2 ;; *) die 2 bad.language annotate "$2" ;; esac
            shift
            ;;
        -?*) die 2 bad.argument annotate "$1" ;;
        *) annotate_word "$1" ;;
        esac
        shift
    done
    [ -n "$annotate_out" ] || die 2 annotate.files
    check_file "$annotate_in"
    write_annotated
}

# annotate_word WORD: the capture comes first, then the file to write.
annotate_word() {
    if [ -z "$annotate_in" ]; then
        annotate_in=$1
    else
        [ -z "$annotate_out" ] || die 2 bad.argument annotate "$1"
        annotate_out=$1
    fi
}

write_annotated() {
    set_up b
    build_all labserver labdump lab labannotate >&2
    if [ -n "$annotate_remove" ]; then
        exec "$LAB_LABANNOTATE" --language "${annotate_language:-$LAB_LANG}" --remove "$annotate_in" "$annotate_out"
    fi
    check_versions
    make_home
    file=$(readable_copy "$(absolute "$annotate_in")") || exit 1
    check_packets "$file" "$annotate_in"
    # One pass is enough: the notes are written when the whole capture was read.
    as_reader tshark -C Lab -r "$file" -q ${annotate_language:+-o "lab.language:$annotate_language"} -z lab,report,notes \
        >"$lab_home/notes" 2>"$lab_home/errors" || reading_failed "$annotate_in"
    "$LAB_LABANNOTATE" --language "${annotate_language:-$LAB_LANG}" --notes "$lab_home/notes" "$annotate_in" "$annotate_out"
}
