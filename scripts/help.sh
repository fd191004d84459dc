# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. What each command is, and the version: "lab", "lab COMMAND --help", "lab COMMAND --version".

# installed_only COMMAND: ends lab if COMMAND is for the source tree, and this is Lab from packages.
installed_only() {
    [ -n "$LAB_INSTALLED" ] || return 0
    case $1 in install | build | test | package) die 2 installed.only "$1" ;; esac
}

# The commands in the order in which they are listed. Each has the texts usage.COMMAND and help.COMMAND.
LAB_COMMANDS='demo open report homework answers check grade quiz explain annotate serve install uninstall build test package'

usage() {
    say usage.head
    say usage.line
    for command in $LAB_COMMANDS; do
        [ -z "$LAB_INSTALLED" ] || case $command in install | build | test | package) continue ;; esac
        printf '  %s\n' "$(text "usage.$command")" | shown_as_called
    done
    say usage.foot
}

# lab_number: the version of Lab alone.
lab_number() {
    if [ -n "$LAB_INSTALLED" ]; then echo "$LAB_INSTALLED" && return; fi
    sed -n 's/^project(lab VERSION \([0-9.]*\).*/\1/p' "$LAB_ROOT/CMakeLists.txt"
}

# version: of Lab, and of the Wireshark that is installed, if one is.
version() {
    found=$(tshark --version 2>/dev/null | sed -n '1s/^[^0-9]*\([0-9][0-9.]*[0-9]\).*/ (Wireshark \1)/p')
    echo "lab $(lab_number)$found"
}

# help_or_version COMMAND [ARGUMENT...]: prints what was asked for; fails if the first argument is neither --help nor --version.
# A capture may be called --help, too: it is then named ./--help.
help_or_version() {
    case " $LAB_COMMANDS " in *" ${1:-none} "*) ;; *) return 1 ;; esac
    case ${2:-} in
    --version | -V) version ;;
    --help | -h)
        # The options of the server are the server's to tell; without a build there is only the line of the list.
        if [ "$1" = serve ] && [ -x "$LAB_LABSERVER" ]; then
            LAB_PROGRAM="$LAB_CALLED serve" "$LAB_LABSERVER" --help
            return
        fi
        printf '%s ./lab %s\n' "$(text help.usage)" "$(text "usage.$1")" | shown_as_called
        say "help.$1" "$(shown_demo demo.pcapng)"
        ;;
    *) return 1 ;;
    esac
    return 0 # also where nobody reads to the end
}

# called_as PROGRAM: how this script is called from where the user is, to be shown in commands: ./lab, or a path, quoted if it must be.
called_as() {
    [ -z "$LAB_INSTALLED" ] || { echo lab && return; }
    case $1 in
    /*) quoted "$1" ;;
    */*) if [ "$(pwd -P)" = "$LAB_ROOT" ]; then echo ./lab; else quoted "$1"; fi ;;
    *) quoted "$1" ;;
    esac
}

# quoted WORD: as a shell reads it.
quoted() {
    case $1 in
    *[!A-Za-z0-9_./:=@%+,-]* | '') printf "'%s'\n" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s\n' "$1" ;;
    esac
}

# shown_as_called: standard input with ./lab as the user called it.
shown_as_called() {
    if [ "${LAB_CALLED:-./lab}" = ./lab ]; then
        cat
    else
        LAB_CALLED="$LAB_CALLED" awk '{
            rest = $0; out = ""
            while (place = index(rest, "./lab")) {
                out = out substr(rest, 1, place - 1) ENVIRON["LAB_CALLED"]
                rest = substr(rest, place + 5)
            }
            print out rest
        }'
    fi
}
