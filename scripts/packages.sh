# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. The set-up step: which packages are missing, and installing them.
#
# needed_packages: one row a package:  SETS  CHECK  apt dnf pacman zypper apk brew   ("-": that system has it anyway)
# SETS are the commands that need it: b build, d demo, t test, o open, p package; m makes more tests run, which are skipped without it.
# CHECK says when it is there, however it came: cmd:PROGRAM, pc:PKG-CONFIG MODULE or file:PATH.
needed_packages() {
    cat <<'EOF'
bdtop cmd:tshark          tshark            wireshark-cli         wireshark-cli wireshark           tshark            wireshark
bdtop pc:wireshark        wireshark-dev     wireshark-devel       wireshark-cli wireshark-devel     wireshark-dev     wireshark
bdtop pc:libmicrohttpd    libmicrohttpd-dev libmicrohttpd-devel   libmicrohttpd libmicrohttpd-devel libmicrohttpd-dev libmicrohttpd
bdtop pc:zlib             zlib1g-dev        zlib-devel            zlib          zlib-devel            zlib-dev          zlib
bdtop pc:libqrencode      libqrencode-dev   qrencode-devel        qrencode      qrencode-devel        libqrencode-dev   qrencode
bdtop pc:glib-2.0         libglib2.0-dev    glib2-devel           glib2         glib2-devel         glib-dev          glib
bdtop pc:jansson          libjansson-dev    jansson-devel         jansson       libjansson-devel      jansson-dev       jansson
bdtop pc:gnutls         libgnutls28-dev   gnutls-devel          gnutls        libgnutls-devel     gnutls-dev        gnutls
bdtop pc:libnghttp2      libnghttp2-dev    libnghttp2-devel      libnghttp2    libnghttp2-devel      nghttp2-dev       libnghttp2
bdtop pc:libpcap          libpcap-dev       libpcap-devel         libpcap       libpcap-devel       libpcap-dev       libpcap
bdtop pc:libgcrypt        libgcrypt20-dev   libgcrypt-devel       libgcrypt     libgcrypt-devel     libgcrypt-dev     libgcrypt
bdtop cmd:cmake           cmake             cmake                 cmake         cmake               cmake             cmake
bdtop cmd:ninja           ninja-build       ninja-build           ninja         ninja               ninja-build       ninja
bdtop cmd:gcc             gcc               gcc                   gcc           gcc                 gcc               -
bdtop file:/usr/include/stdio.h libc6-dev   glibc-devel           glibc         glibc-devel         musl-dev          -
bdtop cmd:pkg-config      pkgconf           pkgconf-pkg-config    pkgconf       pkgconf             pkgconf           pkgconf
dt   cmd:curl            curl              curl                  curl          curl                curl              curl
dt   cmd:ip              iproute2          iproute               iproute2      iproute2            iproute2          -
t    cmd:python3         python3           python3               python        python3             python3           python
t    cmd:openssl         openssl           openssl               openssl       openssl             openssl           openssl
t    cmd:jq              jq                jq                    jq            jq                  jq                jq
m    cmd:valgrind        valgrind          valgrind              valgrind      valgrind            valgrind          -
m    cmd:nghttpd          nghttp2-server    nghttp2               nghttp2       nghttp2               nghttp2           nghttp2
m    cmd:nghttp           nghttp2-client    nghttp2               nghttp2       nghttp2               nghttp2           nghttp2
m    cmd:nginx            nginx-light       nginx                 nginx         nginx                 nginx             nginx
pm   cmd:dh              debhelper         -                     -             -                   -                 -
pm   cmd:dpkg-buildpackage dpkg-dev        -                     -             -                   -                 -
m    cmd:chromium        chromium          chromium              chromium      chromium            chromium          -
m    cmd:clang-format    clang-format      clang-tools-extra     clang         clang-tools         clang-extra-tools clang-format
m    cmd:lintian         lintian           -                     -             -                   -                 -
m    cmd:shellcheck      shellcheck        ShellCheck            shellcheck    ShellCheck          shellcheck        shellcheck
o    cmd:wireshark       wireshark         wireshark             wireshark-qt  wireshark           wireshark         -
EOF
}

# is_there CHECK: whether what a row needs is on this machine.
is_there() {
    case $1 in
    cmd:*) command -v "${1#cmd:}" >/dev/null 2>&1 ;;
    pc:*) pkg-config --exists "${1#pc:}" 2>/dev/null ;;
    file:*) [ -e "${1#file:}" ] ;;
    esac
}

# missing_packages SET COLUMN: the packages of SET that are not there, named as the package manager of COLUMN (1 apt ... 6 brew) does.
missing_packages() {
    needed_packages | while read -r sets check names; do
        case $sets in *"$1"*) ;; *) continue ;; esac
        is_there "$check" || echo "$names" | awk -v column="$2" '$column != "-" { print $column }'
    done | sort -u | tr '\n' ' ' | sed 's/ $//'
}

# package_manager: "COLUMN NAME COMMAND..." of the first one found, for missing_packages and for the words to the user.
package_manager() {
    while read -r column name install; do
        command -v "$name" >/dev/null 2>&1 && echo "$column $name $install" && return
    done <<'EOF'
1 apt-get apt-get install --no-install-recommends
2 dnf sudo dnf install
3 pacman sudo pacman -S --needed
4 zypper sudo zypper install
5 apk doas apk add
6 brew brew install
EOF
    echo "1 unknown"
}

# set_up SET: does nothing if no package is missing. Else prints the missing packages and installs them (apt), or prints them and ends with 2.
set_up() {
    if [ -n "$LAB_INSTALLED" ]; then set_up_installed "$1" && return; fi
    [ -n "$(missing_packages "$1" 1)" ] || return 0
    # shellcheck disable=SC2046 # three or more words on purpose
    set -- "$1" $(package_manager)
    missing=$(missing_packages "$1" "$2")
    wanted=$1 manager=$3
    shift 3
    case $manager in
    apt-get) missing=$(not_installed "$missing") && [ -n "$missing" ] && install_with_apt "$missing" ;;
    unknown) warn packages.unknown && echo "    $missing" >&2 && exit 2 ;;
    *) warn packages.manual "$manager" && echo "    $* $missing" >&2 && exit 2 ;;
    esac
    missing=$(missing_packages "$wanted" 1)
    [ -z "$missing" ] || die 1 packages.still "$missing"
}

# set_up_installed SET: where packages of Lab are installed, all but Wireshark came with them.
set_up_installed() {
    [ "$1" != o ] || command -v wireshark >/dev/null 2>&1 || die 2 packages.wireshark
}

# set_up_more SET: the same for what may be missing. Where apt does not have it (on Ubuntu, for one), or cannot install it, all goes on without.
set_up_more() {
    missing=$(missing_packages "$1" 1)
    # shellcheck disable=SC2046 # three or more words on purpose
    set -- $(package_manager)
    { [ -n "$missing" ] && [ "$2" = apt-get ] && root_prefix && knows_packages "$missing"; } || return 0
    log_file packages.log
    say packages.will "$missing"
    say packages.wait "$log"
    apt_install "$missing" || warn packages.without "$missing" "$log"
}

# root_prefix: the words that make a command run as root, in $as_root; sudo asks for the password once. Fails if there is no way.
root_prefix() {
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root='sudo -n'
    elif [ -z "${sudo_refused:-}" ] && command -v sudo >/dev/null 2>&1 && [ -t 0 ] && [ -t 2 ] && sudo -v; then
        as_root=sudo
    else
        # Who was refused once is not asked again.
        sudo_refused=yes
        return 1
    fi
}

# not_installed PACKAGES: those that dpkg does not have (without pkg-config every pc: check fails, with all of them installed).
not_installed() {
    for package in $1; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in installed) ;; *) printf '%s ' "$package" ;; esac
    done | sed 's/ $//'
}

# install_with_apt PACKAGES: installs without questions, as root or through sudo.
install_with_apt() {
    if ! root_prefix; then
        warn packages.norights
        echo "    sudo apt-get update && sudo apt-get install --no-install-recommends $1" >&2
        exit 2
    fi
    log_file packages.log
    say packages.will "$1"
    say packages.wait "$log"
    [ -z "$(not_installed wireshark-common)" ] || preseed_wireshark
    # Lists that are missing or too old show as unknown packages or as files that are no longer there: then, and only then, fetch new ones.
    if knows_packages "$1" && apt_install "$1" || { apt_update && apt_install "$1"; }; then
        say packages.done
    else
        apt_failed "$1"
    fi
}

# apt_failed PACKAGES: ends with one line that says why.
apt_failed() {
    if grep -Eqi 'temporary failure resolving|could not resolve|could not connect|cannot initiate the connection|network is unreachable|no route to host' "$log"; then
        die 2 packages.nonetwork "$1" "$log"
    fi
    reason=$(grep '^E: ' "$log" | tail -n 1)
    die 1 packages.failed "${reason:-$(tail -n 1 "$log")}" "$log"
}

# Debian asks whether members of the group wireshark may capture; answered beforehand, because nothing here asks questions.
preseed_wireshark() {
    say packages.preseed
    echo 'wireshark-common wireshark-common/install-setuid boolean true' |
        $as_root debconf-set-selections >>"$log" 2>&1 || :
}

knows_packages() {
    # shellcheck disable=SC2086 # the packages are words
    apt-cache show $1 >/dev/null 2>&1
}

apt_update() { $as_root env LC_ALL=C apt-get -o DPkg::Lock::Timeout=120 update >>"$log" 2>&1; }

apt_install() {
    # shellcheck disable=SC2086 # the packages are words
    $as_root env LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=120 \
        install --no-install-recommends $1 >>"$log" 2>&1 </dev/null
}
