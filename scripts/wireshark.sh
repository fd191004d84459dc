# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. The installed Wireshark: its version, its folders, and tshark run apart from the user's own settings.

# wireshark_version: MAJOR.MINOR of the installed tshark; ends if there is none or it is too old.
wireshark_version() {
    version=$(tshark --version 2>/dev/null | sed -n '1s/^[^0-9]*\([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p')
    case $version in
    '') die 2 wireshark.none ;;
    [0-3].*) die 2 wireshark.old "$version" ;;
    esac
    echo "$version"
}

# check_versions: ends unless the plugin that was built will load in the installed Wireshark.
check_versions() {
    installed=$(wireshark_version) || exit $?
    [ "$(built_for)" = "$installed" ] || die 1 install.version "$(built_for)" "$installed" "$installed"
}

# wireshark_folder TITLE: a folder as "tshark -G folders" names it, or nothing.
wireshark_folder() { tshark -G folders 2>/dev/null | sed -n "s/^$1:[[:space:]]*//p" | head -n 1; }

# The extcap folder of one user. Wireshark 4.0 uses its configuration folder, which is not in the output of -G folders.
personal_extcap_folder() {
    folder=$(wireshark_folder 'Personal Extcap path')
    echo "${folder:-$(wireshark_folder 'Personal configuration')/extcap}"
}

global_extcap_folder() {
    folder=$(wireshark_folder 'Global Extcap path')
    echo "${folder:-$(wireshark_folder 'Extcap path')}"
}

# make_home: a temporary home folder in $lab_home with plugin, interface and profile of this tree, and nothing of the user's.
# It is what makes a run here the same everywhere; removed when lab ends. Only when we are root, others can look into the folders that are
# made here (see as_reader); what is put there later is for its owner alone.
make_home() {
    lab_home=$(mktemp -d) || exit 1
    trap 'rm -rf "$lab_home"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # Who reads the output ends before us: lab demo | head.
    trap 'exit 141' PIPE
    # Both places that Wireshark's versions look for a personal extcap in; each finds one of them.
    mkdir -p "$lab_home/.config/wireshark/profiles" "$lab_home/.config/wireshark/extcap" \
        "$lab_home/.local/lib/wireshark/extcap" "$lab_home/plugins/$(built_for)/epan"
    cp -R "$LAB_PROFILES/Lab" "$lab_home/.config/wireshark/profiles/"
    cp "$LAB_PLUGIN" "$lab_home/plugins/$(built_for)/epan/"
    [ -n "$LAB_INSTALLED" ] || ln -s "$LAB_LABDUMP" "$lab_home/.config/wireshark/extcap/labdump"
    [ -n "$LAB_INSTALLED" ] || ln -s "$LAB_LABDUMP" "$lab_home/.local/lib/wireshark/extcap/labdump"
    if [ "$(id -u)" -eq 0 ]; then chmod -R a+rX "$lab_home" && chmod 711 "$lab_home"; fi
    umask 077
}

# in_home COMMAND...: COMMAND with the temporary home, the user's own Wireshark settings out of the way.
in_home() {
    env -u XDG_CONFIG_HOME -u WIRESHARK_CONFIG_DIR -u WIRESHARK_EXTCAP_DIR \
        HOME="$lab_home" WIRESHARK_PLUGIN_DIR="$lab_home/plugins" "$@"
}

# as_reader COMMAND...: in_home, and as nobody when we are root: Wireshark ignores WIRESHARK_PLUGIN_DIR then, and need not be root to read.
# From the root folder: some of Wireshark's dissectors look for files where they are started, and complain if they may not.
as_reader() (
    cd /
    if [ "$(id -u)" -eq 0 ]; then
        in_home setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    else
        in_home "$@"
    fi
)

# readable_copy FILE: FILE itself where the reader may read it, else a copy in the temporary home that the reader alone can read.
# A capture may hold passwords: nobody else can read the copy, not for a moment. The folder is closed before anything is in it,
# and the reader itself writes the file.
readable_copy() {
    if as_reader test -r "$1" 2>/dev/null; then
        echo "$1"
        return
    fi
    private=$(mktemp -d "$lab_home/capture.XXXXXX") && chown 65534:65534 "$private" || return 1
    as_reader sh -c 'umask 077 && cat >"$1"' sh "$private/capture" <"$1" && echo "$private/capture"
}

# read_capture FILE [ARGUMENT...]: tshark on FILE, in two passes, so that annotations include facts of later frames.
read_capture() {
    file=$1
    shift
    as_reader tshark -2 -C Lab -r "$file" "$@"
}

# absolute FILE: its name from the root, for messages and for programs that run elsewhere.
absolute() { echo "$(CDPATH='' cd -- "$(dirname -- "$1")" && pwd)/$(basename -- "$1")"; }

# dumpcap_runs: whether we may start Wireshark's capture program at all. ("command -v" does not see a program that we may not run.)
dumpcap_runs() { [ -x "$(wireshark_folder Program)/dumpcap" ]; }

# is_installed: whether this Wireshark will find a plugin of ours by itself.
is_installed() {
    [ -e "$(wireshark_folder 'Global Plugins')/epan/lab.so" ] && return
    [ "$(id -u)" -ne 0 ] && [ -e "$(wireshark_folder 'Personal Plugins')/epan/lab.so" ]
}

# capture_advice: what this user must do before Wireshark may capture; nothing for who may.
capture_advice() {
    [ "$(id -u)" -ne 0 ] || return 0
    user=$(id -un)
    if dumpcap_runs; then
        # It runs for everybody and has no right of its own: then only a network of our own can be captured.
        case $(stat -c %G "$(wireshark_folder Program)/dumpcap" 2>/dev/null) in
        root) if [ "${1:-}" = install ]; then say capture.lab "$user"; fi ;;
        esac
    elif getent group wireshark 2>/dev/null | grep -Eq "[:,]$user(,|\$)"; then
        say capture.login
    elif sudo -n true 2>/dev/null || id -nG | grep -Eqw 'sudo|wheel|admin'; then
        say capture.group "$user"
    else
        say capture.ask "$user"
    fi
}
