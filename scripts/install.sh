# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. "lab install" and "lab uninstall", for one user or, with --system, for everybody.
#
# The manifest lists each installed file with its checksum, and each folder made for it ("CHECKSUM<tab>FILE", "folder<tab>FOLDER"). Uninstall
# removes these and no others. The checksum tells a profile that the user changed from one of an older version.

# install_places SCOPE: where things go, in $prefix (programs and shared files), $plugin_dir, $extcap_dir and $profile_dir.
install_places() {
    if [ "$1" = system ]; then
        prefix=/usr/local
        plugin_dir=$(wireshark_folder 'Global Plugins')/epan
        extcap_dir=$(global_extcap_folder)
        profile_dir=$(wireshark_folder 'Global configuration')/profiles/Lab
    else
        prefix=$HOME/.local
        plugin_dir=$(wireshark_folder 'Personal Plugins')/epan
        extcap_dir=$(personal_extcap_folder)
        profile_dir=$(wireshark_folder 'Personal configuration')/profiles/Lab
    fi
    manifest=$prefix/share/lab/manifest
}

# scope_of COMMAND [ARGUMENT...]: user or system in $scope, whether Wireshark itself is wanted in $with_wireshark; ends on anything else,
# or without the rights for it.
scope_of() {
    called=$1 scope=user with_wireshark=
    shift
    for argument in "$@"; do
        case $called$argument in
        *--system) scope=system ;;
        install--with-wireshark) with_wireshark=yes ;;
        *) die 2 bad.argument "$called" "$argument" ;;
        esac
    done
    if [ "$scope" = system ]; then
        [ "$(id -u)" -eq 0 ] || die 2 install.norights "$called"
    else
        [ "$(id -u)" -ne 0 ] || die 2 install.rootless "$called" "$called"
    fi
}

install_lab() {
    scope_of install "$@"
    set_up b
    [ -z "$with_wireshark" ] || set_up o
    build_all labserver labdump lab
    ! has_labclass || build_all labclass
    check_versions
    install_places "$scope"
    keep_changed_profile
    new_manifest=$(mktemp) || exit 1
    trap 'rm -f "$new_manifest"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    [ ! -e "$manifest" ] || grep '^folder	' "$manifest" >"$new_manifest"
    install_all
    install_other_profiles
    remove_outdated
    cp "$new_manifest" "$manifest" && chmod 644 "$manifest" || die 1 install.failed "$manifest"
    say install.done "$(built_for)"
    files_of "$manifest" | while read -r file; do say install.file "$file"; done
    install_advice
}

# has_labclass: where a library that it needs is missing, CMake leaves labclass out.
has_labclass() { [ -x "$LAB_LABCLASS" ] || grep -q '^build class/labclass:' "$LAB_BUILD/build.ninja" 2>/dev/null; }

install_advice() {
    warn_of_two
    case :$PATH: in *":$prefix/bin:"*) ;; *) say install.path "$prefix/bin" ;; esac
    offer_wireshark
    [ "$scope" = system ] || capture_advice install
    say install.next
}

# warn_of_two: a second plugin, of the other scope or of a package, is named with the command that removes it.
warn_of_two() {
    for folder in 'Global Plugins' 'Personal Plugins'; do
        other=$(wireshark_folder "$folder")/epan/lab.so
        [ -e "$other" ] && [ "$other" != "$plugin_dir/lab.so" ] || continue
        if owner=$(dpkg-query -S "$other" 2>/dev/null); then
            warn install.two "$other" "sudo apt-get remove ${owner%%:*}"
        elif [ "$folder" = 'Global Plugins' ]; then
            warn install.two "$other" "sudo ./lab uninstall --system"
        else
            warn install.two "$other" "./lab uninstall"
        fi
    done
}

# warn_beside_packages: where Lab comes from packages, the same of what a user or ./lab install --system had put there before.
warn_beside_packages() {
    [ -n "$LAB_INSTALLED" ] || return 0
    plugin_dir=${LAB_PLUGIN%/lab.so}
    warn_of_two
}

# offer_wireshark: without the program Wireshark there is only tshark. Who sits at a terminal is asked.
offer_wireshark() {
    ! command -v wireshark >/dev/null 2>&1 || return 0
    if [ -t 0 ] && [ -t 1 ]; then
        printf '%s' "$(text install.ask)"
        read -r answer || answer=n
        case $answer in [nN]*) ;; *) set_up o && return ;; esac
    fi
    again="./lab install --with-wireshark"
    [ "$scope" = user ] || again="sudo ./lab install --system --with-wireshark"
    say install.nowireshark "$again"
}

install_all() {
    put "$LAB_PLUGIN" "$plugin_dir/lab.so" 644
    put "$LAB_LABDUMP" "$extcap_dir/labdump" 755
    put "$LAB_LABSERVER" "$prefix/bin/labserver" 755
    put "$LAB_ROOT/server/labserver.1" "$prefix/share/man/man1/labserver.1" 644
    put "$LAB_ROOT/extcap/labdump.1" "$prefix/share/man/man1/labdump.1" 644
    if has_labclass; then
        put "$LAB_LABCLASS" "$prefix/bin/labclass" 755
        put "$LAB_ROOT/class/labclass.1" "$prefix/share/man/man1/labclass.1" 644
        put_tree "$LAB_ROOT/share/rubrics" "$prefix/share/lab/rubrics"
    fi
    put_tree "$LAB_ROOT/www" "$prefix/share/lab/www"
    put_tree "$LAB_PROFILES/Lab" "$profile_dir"
}

# install_other_profiles: Lab RST, and both in Chinese, beside Lab. One that the user changed is left as it is.
install_other_profiles() {
    for other in "$LAB_PROFILES/Lab "*; do
        target=${profile_dir%/*}/${other##*/}
        for file in "$other"/*; do
            if changed_by_user "$target/${file##*/}" && [ -n "$(was_installed_as "$target/${file##*/}")" ]; then
                printf '%s\t%s\n' "$(was_installed_as "$target/${file##*/}")" "$target/${file##*/}" >>"$new_manifest"
            else
                put "$file" "$target/${file##*/}" 644
            fi
        done
    done
}

# put SOURCE TARGET MODE: installs one file and adds it to the manifest. It is written under another name first and then renamed, so that a
# running program keeps its old file.
put() {
    { make_folder "$(dirname "$2")" && cp "$1" "$2.new" && chmod "$3" "$2.new" && mv -f "$2.new" "$2"; } ||
        die 1 install.failed "$2"
    printf '%s\t%s\n' "$(checksum "$2")" "$2" >>"$new_manifest"
}

# make_folder FOLDER: FOLDER with all above it; those that were missing go into the manifest.
make_folder() {
    [ -d "$1" ] && return
    make_folder "$(dirname "$1")" && mkdir "$1" && printf 'folder\t%s\n' "$1" >>"$new_manifest"
}

put_tree() {
    (cd "$1" && find . -type f | sed 's,^\./,,' | sort) | {
        while read -r name; do put "$1/$name" "$2/$name" 644 || exit 1; done
    } || exit 1
}

files_of() { grep -v '^folder	' "$1" | cut -f2; }

checksum() { cksum <"$1" | tr -d ' '; }

# was_installed_as FILE: the checksum that the manifest gives FILE, or nothing.
was_installed_as() { [ ! -e "$manifest" ] || awk -F '\t' -v file="$1" '$2 == file { print $1 }' "$manifest"; }

# changed_by_user FILE: whether FILE is there and is not what we put there. "recent" does not count: Wireshark rewrites it by itself.
changed_by_user() {
    case $1 in */recent) return 1 ;; esac
    [ -e "$1" ] && [ "$(checksum "$1")" != "$(was_installed_as "$1")" ]
}

# keep_changed_profile: a profile that differs from what was installed is copied to a profile of its own before it is replaced.
keep_changed_profile() {
    [ -d "$profile_dir" ] || return 0
    changed=
    for file in "$profile_dir"/*; do
        [ -f "$file" ] && changed_by_user "$file" && ! cmp -s "$file" "$LAB_PROFILES/Lab/${file##*/}" && changed=yes
    done
    [ -n "$changed" ] || return 0
    kept="Lab-$(date +%Y%m%d-%H%M%S)"
    cp -R "$profile_dir" "${profile_dir%/*}/$kept" || die 1 install.failed "${profile_dir%/*}/$kept"
    say install.kept "$kept"
}

# remove_outdated: files of an earlier installation that this one does not have (another version's plugin folder).
remove_outdated() {
    [ -e "$manifest" ] || return 0
    files_of "$manifest" | while read -r file; do
        awk -F '\t' -v file="$file" '$2 == file { found = 1 } END { exit !found }' "$new_manifest" || rm -f "$file"
    done
}

uninstall_lab() {
    scope_of uninstall "$@"
    if [ "$scope" = system ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
    manifest=$prefix/share/lab/manifest
    [ -e "$manifest" ] || die 1 uninstall.none "$manifest"
    say uninstall.done
    files_of "$manifest" | while read -r file; do remove_file "$file"; done
    folders=$(sed -n 's/^folder	//p' "$manifest" | sort -r)
    rm -f "$manifest"
    # Deepest first. A folder that holds other files stays.
    echo "$folders" | while read -r folder; do rmdir "$folder" 2>/dev/null || :; done
}

# remove_file FILE: FILE, unless it is a profile's file that the user changed.
remove_file() {
    case $1 in
    */profiles/Lab/* | */profiles/Lab\ */*) if changed_by_user "$1"; then say uninstall.changed "$1" && return; fi ;;
    esac
    [ -e "$1" ] || return 0
    # A package may have taken the file over.
    ! dpkg-query -S "$1" >/dev/null 2>&1 || return 0
    rm -f "$1" || exit 1
    say install.file "$1"
}
