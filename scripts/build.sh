# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. Configures and builds; names the build directory.

# The preset of CMakePresets.json that is built; its directory is build/PRESET.
LAB_PRESET=${LAB_PRESET:-release}
LAB_BUILD=$LAB_ROOT/build/$LAB_PRESET

# log_file NAME: a fresh file for the output of a program under build/; ends if that cannot be written.
log_file() {
    { mkdir -p "$LAB_ROOT/build" && : >"$LAB_ROOT/build/$1"; } 2>/dev/null ||
        die 2 not.writable "$LAB_ROOT" "\"\$USER\" $LAB_ROOT"
    echo "$LAB_ROOT/build/$1"
}

# build_key: what a build belongs to. It changes when the folder was moved or Wireshark was replaced, which ninja cannot see:
# a package's files keep the packager's dates.
build_key() { echo "$LAB_ROOT $(pkg-config --modversion wireshark)"; }

# build_all [TARGET...]: makes the build directory and brings it up to date. Prints nothing if it is up to date.
build_all() {
    key_file=$LAB_BUILD/lab-build-key
    if [ -e "$LAB_BUILD/CMakeCache.txt" ] && [ "$(cat "$key_file" 2>/dev/null)" != "$(build_key)" ]; then
        # Without a key the first configuration failed: nothing was built, so there is no message.
        [ ! -e "$key_file" ] || say build.changed
        rm -rf "$LAB_BUILD"
    fi
    [ -e "$LAB_BUILD/build.ninja" ] && up_to_date "$@" && return
    log=$(log_file "build-$LAB_PRESET.log")
    say build.start "build/$LAB_PRESET"
    { [ -e "$LAB_BUILD/build.ninja" ] || configure; } && compile "$@" && return
    warn build.failed "$log"
    tail -n 30 "$log" >&2
    exit 1
}

up_to_date() { ninja -C "$LAB_BUILD" -n "$@" 2>/dev/null | grep -q 'no work to do'; }

configure() {
    (cd "$LAB_ROOT" && cmake --preset "$LAB_PRESET") >>"$log" 2>&1 && build_key >"$key_file"
}

compile() { ninja -C "$LAB_BUILD" "$@" >>"$log" 2>&1; }

# built_for: MAJOR.MINOR of the Wireshark that the plugin was compiled for.
built_for() { sed 's/.* //' "$LAB_BUILD/lab-build-key" | cut -d. -f1,2; }
