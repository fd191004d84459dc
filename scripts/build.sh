# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. Configures and builds; names the build directory.

# The preset of CMakePresets.json that is built; its directory is build/PRESET.
LAB_PRESET=${LAB_PRESET:-release}
# LAB_BUILT names a build directory that is taken as it is, for the tests of these scripts: nothing is built.
LAB_BUILD=${LAB_BUILT:-$LAB_ROOT/build/$LAB_PRESET}

# The parts, and where logs and the demo's capture are put. Where Lab is installed they are in other places: packaging/installed.in.
LAB_PLUGIN=$LAB_BUILD/plugin/lab.so
LAB_LABDUMP=$LAB_BUILD/extcap/labdump
LAB_LABSERVER=$LAB_BUILD/server/labserver
LAB_LABANNOTATE=$LAB_BUILD/annotate/labannotate
LAB_LABCLASS=$LAB_BUILD/class/labclass
LAB_PROFILES=$LAB_ROOT/profile
LAB_WORK=$LAB_ROOT/build
LAB_INSTALLED=
# shellcheck source=/dev/null
[ ! -e "$LAB_ROOT/installed" ] || . "$LAB_ROOT/installed"

# log_file NAME: a fresh file for the output of a program under build/, its name in $log; ends lab if that cannot be written.
# (No ":" before the redirection: a shell ends at once when the redirection of such a command fails.)
log_file() {
    log=$LAB_WORK/$1
    { mkdir -p "$LAB_WORK" && true >"$log"; } 2>/dev/null || die_unwritable
}

die_unwritable() {
    # Of a tree, the whole is given to the user; build/ may not be there yet.
    place=$LAB_ROOT
    [ -z "$LAB_INSTALLED" ] || place=$LAB_WORK
    die 2 not.writable "$place" "\"\$USER\" $(quoted "$place")"
}

# build_key: what a build belongs to. It changes when the folder was moved or Wireshark was replaced, which ninja cannot see:
# a package's files keep the packager's dates.
build_key() { echo "$LAB_ROOT $(pkg-config --modversion wireshark)"; }

# build_all [TARGET...]: makes the build directory and brings it up to date. Prints nothing if it is up to date.
build_all() {
    [ -z "${LAB_BUILT:-}$LAB_INSTALLED" ] || return 0
    # Somebody else's build can be used as it is.
    ! { [ -e "$LAB_PLUGIN" ] && [ ! -w "$LAB_BUILD" ] && ! build_is_foreign; } || return 0
    log_file "build-$LAB_PRESET.log"
    # Two that build in one directory would damage it: the second waits, and finds its work done. Without flock(1) it does not wait.
    {
        ! command -v flock >/dev/null 2>&1 || flock 9
        build_now "$@" 9>&-
    } 9>"$LAB_WORK/lock"
}

# build_is_foreign: whether the build directory belongs to another folder or Wireshark. Without a key the first configuration failed.
build_is_foreign() {
    key_file=$LAB_BUILD/lab-build-key
    [ -e "$LAB_BUILD/CMakeCache.txt" ] && [ "$(cat "$key_file" 2>/dev/null)" != "$(build_key)" ]
}

build_now() {
    if build_is_foreign; then
        # Where nothing was built there is nothing to tell.
        [ ! -e "$key_file" ] || say build.changed
        rm -rf "$LAB_BUILD"
    fi
    started=
    if [ ! -e "$LAB_BUILD/build.ninja" ]; then
        say build.start "build/$LAB_PRESET"
        started=yes
        configure || build_failed
    fi
    compile "$@" || build_failed
}

build_failed() {
    warn build.failed "$log"
    tail -n 30 "$log" >&2
    exit 1
}

configure() {
    (cd "$LAB_ROOT" && cmake --preset "$LAB_PRESET") >>"$log" 2>&1 && build_key >"$LAB_BUILD/lab-build-key"
}

# compile [TARGET...]: says that it builds once there is something to compile. (ninja -n cannot tell: it does not look for new files.)
compile() {
    { ninja -C "$LAB_BUILD" "$@" 2>&1 || echo "lab: failed"; } |
        awk -v log_file="$log" -v said="$started" -v message="$(text build.start)" -v folder="build/$LAB_PRESET" '
            !said && /^\[[0-9]+\/[0-9]+\] (Building|Linking|Generating)/ { said = 1; printf message "\n", folder; fflush() }
            { print >>log_file; last = $0 }
            END { exit last == "lab: failed" }'
}

# built_for: MAJOR.MINOR of the Wireshark that the plugin was compiled for.
built_for() {
    if [ -n "${LAB_BUILT_FOR:-}" ]; then echo "$LAB_BUILT_FOR" && return; fi
    if [ -n "${LAB_BUILT:-}" ]; then build_key; else cat "$LAB_BUILD/lab-build-key"; fi | sed 's/.* //' | cut -d. -f1,2
}
