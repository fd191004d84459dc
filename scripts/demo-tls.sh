# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. "lab demo --tls": a page load over HTTPS, decrypted with the keys that the capture holds, beside what is seen without them.

demo_tls() {
    demo_visitor=demo-client-tls demo_https=yes
    demo_capture
    demo_tls_visitor
    bare=$demo_dir/demo-tls-without-keys.pcapng
    editcap --discard-all-secrets "$capture" "$bare" >/dev/null 2>"$lab_home/editcap" || {
        cat "$lab_home/editcap" >&2
        exit 1
    }
    [ "$(id -u)" -ne 0 ] || chmod 644 "$bare"
    demo_tls_table || exit 1
    say demo.tlsfiles "$capture" "$bare"
    say demo.tlsopen "./lab open $(shown_demo demo-tls.pcapng)"
    capture_advice
}

# demo_tls_visitor: the steps of scripts/demo-client-tls in words; ends lab if one did not have its expected result.
demo_tls_visitor() {
    say demo.visitor
    steps=0
    grep "^[a-z]* [0-9]" "$lab_home/visitor" >"$lab_home/steps"
    while read -r step status bytes code _; do
        [ "$status:$code" = 200:0 ] || break
        say demo.step "$(text "step.tls$step")" "$(say result.status "$status" "$bytes")"
        steps=$((steps + 1))
    done <"$lab_home/steps"
    demo_steps_are 2
}

# demo_tls_notes CAPTURE: number, sender, bytes and note of each frame that carries TLS.
demo_tls_notes() {
    seen=$(readable_copy "$1") || return 1
    read_capture "$seen" -Y 'tcp.len > 0 && tcp.port != 53' -T fields -E separator=/t -E occurrence=a -E aggregator=+ \
        -e frame.number -e lab.sender -e tcp.len -e lab.note
}

# demo_tls_table: under each frame what it says with the keys and without them, where that differs.
demo_tls_table() {
    demo_tls_notes "$capture" >"$lab_home/with" && demo_tls_notes "$bare" >"$lab_home/without" || return 1
    grep -q 'HTTP' "$lab_home/with" || grep -q '200' "$lab_home/with" || { warn demo.missing http && return 1; }
    printf '\n'
    say demo.tlstable
    LC_ALL=C awk -F '\t' -v all="$demo_all" -v with="$(text demo.tlswith)" -v without="$(text demo.tlswithout)" -v left="$(text demo.tlsleft)" '
        FNR == NR { bare[$1] = $4; next }
        !all && ++shown > 14 { more++; next }
        $4 == bare[$1] { printf "%5d  %-6s %6d  %s\n", $1, $2, $3, $4; next }
        { printf "%5d  %-6s %6d  %s %s\n%23s%s %s\n", $1, $2, $3, with, $4, "", without, bare[$1] }
        END { if (more) printf left "\n", more }' "$lab_home/without" "$lab_home/with"
    printf '\n'
}
