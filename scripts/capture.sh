# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. What is wrong with a capture that somebody named, in a line of our own with the name that they gave. What the user can
# mend ends lab with 2. A capture that is cut or damaged is read as far as it goes, and that is said.

# check_file NAME: ends lab unless NAME is a file that can be read and has bytes.
check_file() {
    [ ! -d "$1" ] || die 2 capture.folder "$1"
    [ -e "$1" ] && [ -r "$1" ] || die 2 no.file "$1"
    # A pipe has no size.
    [ ! -f "$1" ] || [ -s "$1" ] || die 2 capture.zero "$1"
}

# check_packets FILE NAME: ends lab unless FILE, which the user calls NAME, is a capture with at least one packet. Needs make_home.
check_packets() {
    first=$(as_reader tshark -n -r "$1" -c 1 -T fields -E separator=' ' -e frame.number -e frame.protocols 2>"$lab_home/errors")
    case $first in
    # Wireshark opens other files as one frame: text without a protocol, pictures and the like as MIME. A capture's head alone is one of them.
    '1 ' | '1 mime_dlt'*) die 2 capture.none "$2" ;;
    ?*) return ;;
    esac
    grep -qi 'cut short' "$lab_home/errors" && die 2 capture.nopackets "$2"
    ! grep -q '^tshark: ' "$lab_home/errors" || die 2 capture.none "$2"
    die 2 capture.nopackets "$2"
}

# reading_failed NAME: what tshark said of the capture, from $lab_home/errors, in words of our own. Only what is not known to be the
# capture's fault ends lab.
reading_failed() {
    if grep -qi 'cut short' "$lab_home/errors"; then
        warn capture.cut "$1"
    elif grep -qi 'damaged\|corrupt' "$lab_home/errors"; then
        last=$(as_reader tshark -n -r "$file" -T fields -e frame.number 2>/dev/null | tail -n 1)
        warn capture.damaged "$1" "${last:-0}"
    else
        warn report.failed
        cat "$lab_home/errors" >&2
        exit 1
    fi
}
