# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. "lab test": the same set-up, then the tests. "lab test --quick": those with the label quick, which need less. "lab test --long":
# those with the label long, too: clang-tidy, valgrind, and the packages, which are compiled for it.

# What the tests, the quick ones and all of them take on two cores that do nothing else, in seconds of one core (tests/tools/test-costs).
TEST_WORK=440
TEST_WORK_QUICK=40
TEST_WORK_LONG=900

run_tests() {
    passed=test.passed work=$TEST_WORK
    case "$*" in
    '') set -- -LE '^long$' ;;
    --long) passed=test.passed.long work=$TEST_WORK_LONG && set -- ;;
    --quick) passed=test.passed.quick work=$TEST_WORK_QUICK && set -- -L '^quick$' ;;
    *) die 2 bad.argument test "$*" ;;
    esac
    set_up t
    [ "$passed" = test.passed.quick ] || set_up_more m
    # What a test needs may have come since the last configuration, which left that test out then: configure again, recompile nothing.
    [ -n "${LAB_BUILT:-}" ] || rm -f "$LAB_BUILD/build.ninja"
    build_all
    wireshark_version >/dev/null || exit $?
    log_file test.log
    make_test_folder
    # Many tests wait more than they compute: two more at a time than there are cores.
    cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
    say test.start "$((cores + 2))" "$(text_of test.minutes "$(((work / cores + 59) / 60))")" "$log"
    run_ctest --parallel "$((cores + 2))" "$@"
    failed_only_by_the_clock && run_again
    tell_skipped
    [ "$code" -eq 0 ] || die 1 test.failed "$log"
    say "$passed"
}

# make_test_folder: where the tests put temporary files, so that none of them leaves anything behind; users of their own may use it.
make_test_folder() {
    test_folder=$(mktemp -d) && chmod 1777 "$test_folder" || exit 1
    trap 'rm -rf "$test_folder"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

# run_ctest ARGUMENT...: ctest on the terminal and in the log; its exit code in $code. A user who is not in the group wireshark borrows
# it, as the demo does, so that the tests of the capture run.
run_ctest() {
    lab_home=$HOME
    may_capture || :
    # The exit code of ctest, not of tee, decides; both write to the terminal, so that ctest's closing lines are seen.
    { ${with_group:-} env TMPDIR="$test_folder" PATH="$PATH" ctest --test-dir "$LAB_BUILD" --output-on-failure "$@"; echo $? >"$test_folder/code"; } 2>&1 |
        tee "$log"
    code=$(cat "$test_folder/code")
}

# names_of STATE: the tests that the log's closing lines list as STATE (Failed, Skipped ...), one a line.
names_of() { sed -n "s/^[[:space:]]*[0-9]* - \\(.*[^ ]\\) *(\\($1\\)).*/\\1/p" "$log"; }

# failed_only_by_the_clock: whether every test that failed has the label clock: real programs that a busy machine makes late, so that
# the capture shows retransmissions or a time that has run out.
failed_only_by_the_clock() {
    [ "$code" -ne 0 ] || return 1
    skipped=$(skip_lines) # ctest empties the log that it comes from, also where it only lists
    late=$(ctest --test-dir "$LAB_BUILD" -N -L '^clock$' | sed -n 's/^ *Test *#[0-9]*: //p')
    failed=$(names_of 'Failed\|Timeout\|SEGFAULT\|Not Run')
    [ -n "$failed" ] && [ -z "$(echo "$failed" | grep -vxF -- "$late")" ]
}

# run_again: those that failed, one after the other with nothing beside them.
run_again() {
    say test.again "$(echo "$failed" | tr '\n' ' ')"
    run_ctest --rerun-failed
}

# skip_lines: what was skipped with the last line that the test printed, which is its reason.
skip_lines() {
    names_of Skipped | while read -r name; do
        why=$(awk -v name="$name" '
            /^[0-9]+\/[0-9]+ Test(ing)?: / { inside = substr($0, index($0, ": ") + 2) == name; output = 0; next }
            inside && /^<end of output>/ { output = 0 }
            inside && output && NF && !/^-+$/ { last = $0 }
            inside && /^Output:/ { output = 1 }
            END { print last }' "$LAB_BUILD/Testing/Temporary/LastTest.log")
        say test.skip "$name" "$why"
    done
}

tell_skipped() {
    [ -n "${skipped+given}" ] || skipped=$(skip_lines)
    if [ -n "$skipped" ]; then
        say test.skipped
        echo "$skipped"
    else
        say test.noskip
    fi
}
