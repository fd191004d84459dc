# SPDX-License-Identifier: GPL-2.0-or-later
# The packet list of "lab demo". Input, tab-separated: frame, time, sender, stream, length, phase, role, client state,
# server state, exchange, note, protocols, anomaly. Variables: head (column titles, separated by ";"), left (format of the line for frames
# left out), all (not empty: every frame; else those that are looked at first, under the titles in groups, separated by ";").
# Works on bytes (LC_ALL=C): a Chinese character is three bytes and two columns wide.

# pad(S, WIDTH): S filled with spaces to WIDTH columns.
function pad(s, width,    rest, bytes, following) {
    bytes = length(s)
    rest = s
    following = gsub(/[\200-\277]/, "", rest)
    # A three-byte character has two following bytes: bytes - following/2 columns are left of it.
    return s sprintf("%" (width > bytes - following / 2 ? width - (bytes - following / 2) : 0) "s", "")
}

function line(number, time, sender, length_, stream, phase, role, client, server, exchange) {
    exchange = pad(number, 4) " " pad(time, 9) " " pad(sender, 6) " " pad(length_, 5) " " pad(stream, 4) " " pad(phase, 8) " " \
        pad(role, 24) " " pad(client, 13) " " pad(server, 13) " " exchange
    sub(/ +$/, "", exchange)
    print exchange
}

# flush_run: the line for the frames of a run that were not shown.
function flush_run() {
    if (hidden > 0) printf "     " left "\n", hidden, first_hidden, last_hidden
    hidden = 0
}

# show(): the frame of this line and its note.
function show() {
    # A frame without TCP (ARP, DNS) shows its protocol as its role.
    if ($6 == "") $7 = substr($12, match($12, /[^:]*$/))
    line($1, sprintf("%.6f", $2), $3, $5, $4, $6, $7, $8, $9, $10)
    if ($11 != "") print "     " $11
}

# group(): which of the groups a frame belongs to, 0 for none: handshake and close of the first connection, the first exchange, anomalies.
function group(    name) {
    if ($13 != "" || $7 ~ /(^|[+])rst/) return 4
    if ($4 == first_stream && $6 == "open") return 1
    if ($4 == first_stream && $6 == "close") return 3
    name = $7
    sub(/[+].*/, "", name)
    if ($10 == 1 && (name == "request" || name == "response") && !seen[name]++) return 2
    return 0
}

BEGIN {
    split(groups, group_title, ";")
    count = split(head, title, ";")
    line(title[1], title[2], title[3], title[4], title[5], title[6], title[7], title[8], title[9], title[10])
}

$4 != "" && first_stream == "" { first_stream = $4 }

!all {
    now = group()
    if (now > 0) {
        if (now != last_group) print "  " group_title[now]
        last_group = now
        show()
    }
    next
}

{
    # A run is what a long transfer looks like: the same exchange, phase and states, data and acknowledgments only.
    kind = ($7 == "response" || $7 == "ack" || $7 == "request" || $7 == "data") ? $4 "/" $6 "/" $8 "/" $9 "/" $10 : ""
    run = (kind != "" && kind == before) ? run + 1 : 0
    before = kind
    if (run >= 4) {
        if (hidden++ == 0) first_hidden = $1
        last_hidden = $1
        next
    }
    flush_run()
    show()
}

END { flush_run() }
