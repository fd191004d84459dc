# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. "lab demo": a page load through our own server, captured on our own interface and explained by our own plugin.

# Ports that the profile Lab reads as HTTP, best first.
DEMO_PORTS='8080 8085 8888 8000 8081 8082 8083 8084 8086 8087 8088 8089 8090 8880'

# What the capture must show, as display filters; each is shown to the user with the frames it finds.
demo_filters() {
    cat <<'EOF'
lab.open.step == 3
lab.http.method == "GET"
lab.http.status == 206
lab.http.status == 304
lab.close.step == 4
lab.rst.cause == "port-closed"
lab.rst.cause == "server-aborted-response"
EOF
}

demo() {
    set_up d
    build_all labserver labdump lab
    check_versions
    demo_dir=$LAB_ROOT/build/demo
    capture=$demo_dir/demo.pcapng
    { mkdir -p "$demo_dir" && rm -f "$capture"; } 2>/dev/null || die 2 not.writable "$demo_dir" "\"\$USER\" $LAB_ROOT"
    make_home
    demo_capture
    demo_visitor_report
    demo_show
}

# free_port: the first of DEMO_PORTS that nobody listens on here (state 0A in the kernel's tables; without them, the first).
free_port() {
    for port in $DEMO_PORTS; do
        hexadecimal=$(printf '%04X' "$port")
        cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
            awk -v port=":$hexadecimal" '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }' ||
            { echo "$port" && return; }
    done
    die 1 demo.noport "$DEMO_PORTS"
}

# demo_capture: the capture in $capture, the visitor's words in $lab_home/visitor, tshark's in $lab_home/tshark.
demo_capture() {
    port=$(free_port) || exit 1
    say demo.capture "$port"
    cp "$LAB_ROOT/scripts/demo-client" "$lab_home/demo-client"
    : >"$lab_home/visitor"
    if may_capture; then
        in_home ${with_group:-} timeout -k 5 90 tshark -q -i lab -w "$lab_home/demo.pcapng" -a duration:60 \
            -o "extcap.lab.port:$port" -o "extcap.lab.client:sh $lab_home/demo-client" \
            -o "extcap.lab.clientlog:$lab_home/visitor" >"$lab_home/tshark" 2>&1
    else
        say demo.direct
        say demo.direct.hint "$(id -un)"
        in_home timeout -k 5 90 "$LAB_BUILD/extcap/labdump" --capture --extcap-interface lab --fifo "$lab_home/demo.pcapng" \
            --network own --port "$port" --client "sh $lab_home/demo-client" --client-log "$lab_home/visitor" >"$lab_home/tshark" 2>&1
    fi
    if [ -s "$lab_home/demo.pcapng" ] && cp "$lab_home/demo.pcapng" "$capture"; then
        # Of what root captured, an ordinary user makes use; there is nothing in it but the visitor's page loads.
        [ "$(id -u)" -ne 0 ] || chmod 644 "$capture"
        return
    fi
    warn demo.nocapture
    cat "$lab_home/tshark" "$lab_home/visitor" >&2
    exit 1
}

# may_capture: whether tshark can run dumpcap. Debian gives it to the group wireshark alone; a user outside the group
# who may use sudo without a password borrows the group for this one run ($with_group).
may_capture() {
    with_group=
    # "command -v" does not see a program that we may not run.
    [ -x "$(wireshark_folder Program)/dumpcap" ] && return
    command -v sudo >/dev/null 2>&1 && sudo -n -u "$(id -un)" -g wireshark true 2>/dev/null || return 1
    with_group="sudo -n -u $(id -un) -g wireshark env HOME=$lab_home"
}

# demo_visitor_report: prints the steps of scripts/demo-client in words; ends lab if a step did not have its expected result.
demo_visitor_report() {
    say demo.visitor
    steps=0
    grep "^[a-z]* [0-9]" "$lab_home/visitor" >"$lab_home/steps"
    while read -r step status bytes code connections; do
        case $step:$status:$code:$connections in
        page:200:0:1 | logo:200:0:0 | audio:206:0:0 | revisit:304:0:1 | relogo:304:0:0 | last:200:0:1) result=$(say result.status "$status" "$bytes") ;;
        closed:*:7:*) result=$(say result.refused) ;;
        aborted:*:56:* | aborted:*:18:*) result=$(say result.reset "$bytes") ;;
        *) break ;;
        esac
        say demo.step "$(text "step.$step")" "$result"
        steps=$((steps + 1))
    done <"$lab_home/steps"
    [ "$steps" -eq 8 ] && return
    warn demo.noclient
    cat "$lab_home/visitor" "$lab_home/tshark" >&2
    exit 1
}

demo_show() {
    shown=$(readable_copy "$capture") || exit 1
    packet_table || exit 1
    printf '\n'
    say demo.report
    printf '\n'
    read_capture "$shown" -q -z lab,report || exit 1
    printf '\n'
    say demo.filters
    demo_filters | try_filters || exit 1
    printf '\n'
    demo_farewell
}

# packet_table: one line a frame that fits 120 columns, the note under it where there is something to tell.
packet_table() {
    read_capture "$shown" -T fields -E separator=/t -E occurrence=a -E aggregator=+ \
        -e frame.number -e frame.time_relative -e lab.sender -e lab.stream -e tcp.len -e lab.phase -e lab.role \
        -e lab.state.client -e lab.state.server -e lab.http.exchange -e lab.note -e frame.protocols >"$lab_home/frames" || return 1
    printf '\n'
    say demo.packets "$(wc -l <"$lab_home/frames")"
    printf '\n'
    LC_ALL=C awk -F '\t' -v head="$(text demo.columns)" -v left="$(text demo.left)" -f "$LAB_ROOT/scripts/packets.awk" "$lab_home/frames"
}

# try_filters: each filter of standard input with the frames that it finds; fails if one finds none.
try_filters() {
    missing=
    while read -r filter; do
        frames=$(read_capture "$shown" -Y "$filter" -T fields -e frame.number </dev/null | tr '\n' ' ')
        printf '  %-44s %s\n' "$filter" "${frames:-$(text demo.none)}"
        [ -n "$frames" ] || missing=$filter
    done
    [ -z "$missing" ] || { warn demo.missing "$missing" && return 1; }
}

demo_farewell() {
    say demo.file "$capture"
    if [ "$(id -u)" -eq 0 ]; then opening=demo.openroot; else opening=demo.open; fi
    say "$opening" "./lab open build/demo/demo.pcapng"
    say demo.again
}
