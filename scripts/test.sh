# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. "lab test": the same set-up, then every test. "lab test --quick": those with the label quick, which need less.

run_tests() {
    case "$*" in
    '') passed=test.passed ;;
    --quick) passed=test.passed.quick && set -- -L '^quick$' ;;
    *) die 2 bad.argument test "$*" ;;
    esac
    set_up t
    [ $# -gt 0 ] || set_up_more m
    # What a test needs may have come since the last configuration, which left that test out then: configure again, recompile nothing.
    rm -f "$LAB_BUILD/build.ninja"
    build_all
    wireshark_version >/dev/null || exit $?
    log=$(log_file test.log)
    say test.start "$log"
    # The exit code of ctest, not of tee, decides; both write to the terminal, so that ctest's closing lines are seen.
    { ctest --test-dir "$LAB_BUILD" --output-on-failure "$@"; echo $? >"$log.code"; } 2>&1 | tee "$log"
    code=$(cat "$log.code")
    rm -f "$log.code"
    [ "$code" -eq 0 ] || die 1 test.failed "$log"
    say "$passed"
}
