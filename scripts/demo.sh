# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. "lab demo": a page load through our own server, captured on our own interface and explained by our own plugin.

# Ports that the profile Lab reads as HTTP, best first.
DEMO_PORTS='8080 8085 8888 8000 8081 8082 8083 8084 8086 8087 8088 8089 8090 8880'

# What the capture must show, as display filters. The rows with a star are shown to the user with the frames that they find, and all of them
# with --all.
demo_filters() {
    cat <<'EOF'
  lab.open.step == 3
* lab.http.exchange == 1
  lab.http.status == 206
* lab.http.status == 304
* lab.close.step == 4
  lab.rst.cause == "port-closed"
* lab.rst.cause
  lab.rst.cause == "server-aborted-response"
  lab.close.first == "server" && lab.close.reason == "connection-close"
EOF
}

demo() {
    demo_all='' demo_https='' demo_visitor=demo-client
    for argument in "$@"; do
        case $argument in
        --all) demo_all=yes ;;
        --tls) demo_https=yes ;;
        *) die 2 bad.argument demo "$argument" ;;
        esac
    done
    set_up d
    build_all labserver labdump lab
    check_versions
    demo_dir=$LAB_WORK/demo
    capture=$demo_dir/demo${demo_https:+-tls}.pcapng
    { mkdir -p "$demo_dir" && [ -w "$demo_dir" ]; } 2>/dev/null || die_unwritable
    make_home
    if [ -n "$demo_https" ]; then
        demo_tls
        return
    fi
    demo_capture
    demo_visitor_report
    demo_show
}

# port_is_free PORT: whether nobody listens there (state 0A in the kernel's tables; without them, it is taken for free).
port_is_free() {
    hexadecimal=$(printf '%04X' "$1")
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        awk -v port=":$hexadecimal" '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit found }'
}

# demo_capture: the capture in $lab_home/demo.pcapng and, for later, in $capture; the visitor's words in $lab_home/visitor, those of the
# programs in $lab_home/tshark. If the port is taken between the look and the start (by another demo, say), the next one is tried.
demo_capture() {
    cp "$LAB_ROOT/scripts/$demo_visitor" "$lab_home/demo-client"
    may_capture || say demo.direct
    for port in $DEMO_PORTS; do
        port_is_free "$port" || { say demo.nextport "$port" && continue; }
        say demo.capture "$port"
        run_capture
        [ ! -s "$lab_home/visitor" ] && grep -q "$port" "$lab_home/tshark" || break
        say demo.nextport "$port"
        port=
    done
    [ -n "$port" ] || die 1 demo.noport "$DEMO_PORTS"
    if [ -s "$lab_home/demo.pcapng" ] && keep_capture; then return; fi
    warn demo.nocapture
    cat "$lab_home/tshark" "$lab_home/visitor" >&2
    exit 1
}

run_capture() {
    true >"$lab_home/visitor"
    rm -f "$lab_home/demo.pcapng"
    if [ -n "$tshark_captures" ]; then
        in_home ${with_group:-} timeout -k 5 90 tshark -q -i lab -w "$lab_home/demo.pcapng" -a duration:60 \
            -o "extcap.lab.port:$port" ${demo_https:+-o extcap.lab.tls:true} -o "extcap.lab.client:sh '$lab_home/demo-client'" \
            -o "extcap.lab.clientlog:$lab_home/visitor" >"$lab_home/tshark" 2>&1
    else
        in_home timeout -k 5 90 "$LAB_LABDUMP" --capture --extcap-interface lab --fifo "$lab_home/demo.pcapng" \
            --network own --port "$port" ${demo_https:+--tls} --client "sh '$lab_home/demo-client'" --client-log "$lab_home/visitor" >"$lab_home/tshark" 2>&1
    fi
}

# keep_capture: the capture gets its name when it is whole, so that a second demo at the same time does no harm.
keep_capture() {
    cp "$lab_home/demo.pcapng" "$capture.$$" || return 1
    # Of what root captured, an ordinary user makes use; there is nothing in it but the visitor's page loads.
    [ "$(id -u)" -ne 0 ] || chmod 644 "$capture.$$"
    mv -f "$capture.$$" "$capture"
}

# may_capture: whether tshark can run dumpcap ($tshark_captures). Debian gives it to the group wireshark alone; a user outside the group
# who may use sudo without a password borrows the group for this one run ($with_group).
may_capture() {
    with_group='' tshark_captures=
    if ! dumpcap_runs; then
        command -v sudo >/dev/null 2>&1 && sudo -n -u "$(id -un)" -g wireshark true 2>/dev/null || return 1
        with_group="sudo -n -u $(id -un) -g wireshark env HOME=$lab_home"
    fi
    tshark_captures=yes
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
    demo_steps_are 8
}

# demo_steps_are COUNT: ends lab unless so many steps had their expected result.
demo_steps_are() {
    [ "$steps" -eq "$1" ] && return
    warn demo.noclient
    cat "$lab_home/visitor" "$lab_home/tshark" >&2
    exit 1
}

demo_show() {
    shown=$(readable_copy "$lab_home/demo.pcapng") || exit 1
    packet_table || exit 1
    if [ -n "$demo_all" ]; then
        printf '\n'
        say demo.report
        printf '\n'
        read_capture "$shown" -q -z lab,report || exit 1
        printf '\n'
    else
        demo_summary || exit 1
    fi
    say demo.filters
    demo_filters | try_filters || exit 1
    demo_farewell
}

# packet_table: one line a frame that fits 120 columns, the note under it where there is something to tell.
packet_table() {
    read_capture "$shown" -T fields -E separator=/t -E occurrence=a -E aggregator=+ \
        -e frame.number -e frame.time_relative -e lab.sender -e lab.stream -e tcp.len -e lab.phase -e lab.role \
        -e lab.state.client -e lab.state.server -e lab.http.exchange -e lab.note -e frame.protocols -e lab.anomaly >"$lab_home/frames" ||
        return 1
    title=demo.some
    [ -z "$demo_all" ] || title=demo.packets
    printf '\n'
    say "$title" "$(wc -l <"$lab_home/frames")"
    LC_ALL=C awk -F '\t' -v head="$(text demo.columns)" -v left="$(text demo.left)" -v all="$demo_all" -v groups="$(text demo.groups)" \
        -f "$LAB_ROOT/scripts/packets.awk" "$lab_home/frames"
}

# demo_summary: of the report, the counts, and how each connection ended.
demo_summary() {
    read_capture "$shown" -q -z lab,report >"$lab_home/report" || return 1
    printf '\n'
    say demo.summary "$(shown_demo demo.pcapng)"
    awk 'NR == 2 { print "  " $0 }
        /^Connection [0-9]+:|^连接 [0-9]+：/ { sub(/[^0-9]*/, ""); sub(/[^0-9].*/, ""); number = $0 }
        /^  (closed|关闭) / { sub(/^  [^ ]+ +/, ""); print "  " number ": " $0 }' "$lab_home/report"
}

# try_filters: each filter of standard input with the frames that it finds; fails if one finds none.
try_filters() {
    missing=
    while read -r row; do
        filter=${row#\* }
        frames=$(read_capture "$shown" -Y "$filter" -T fields -e frame.number </dev/null | tr '\n' ' ')
        [ "$row$demo_all" = "$filter" ] || printf '  %-44s %s\n' "$filter" "${frames:-$(text demo.none)}"
        [ -n "$frames" ] || missing=$filter
    done
    [ -z "$missing" ] || { warn demo.missing "$missing" && return 1; }
}

# shown_demo NAME: a file of build/demo as the user can name it from where they are.
shown_demo() {
    if [ "$(pwd -P)" = "$LAB_ROOT" ]; then echo "build/demo/$1"; else quoted "$LAB_WORK/demo/$1"; fi
}

demo_farewell() {
    say demo.file "$capture"
    opening=demo.open
    [ -n "$LAB_INSTALLED" ] || command -v wireshark >/dev/null 2>&1 || opening=demo.openinstall
    if [ "$(id -u)" -eq 0 ] && ! is_installed; then opening=demo.openroot; fi
    say "$opening" "./lab open $(shown_demo demo.pcapng)"
    warn_beside_packages
    if is_installed; then say demo.installed; elif [ "$(id -u)" -ne 0 ]; then say demo.again; fi
    capture_advice
}
