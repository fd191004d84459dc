# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. "lab package": .deb files for the Wireshark that is installed, or the source as archives.

# package [source]
package() {
    case "$*" in
    '') package_debs ;;
    source) package_sources ;;
    *) die 2 bad.argument package "$1" ;;
    esac
}

# package_place: a fresh folder for what is built, in $place. LAB_PACKAGES names another one, for the tests.
package_place() {
    place=${LAB_PACKAGES:-$LAB_WORK/package}
    { rm -rf "$place" && mkdir -p "$place"; } 2>/dev/null || die_unwritable
    number=$(lab_number)
}

# copy_source FOLDER [PATH...]: the source, or parts of it, without what was built.
copy_source() {
    folder=$1
    shift
    [ $# -gt 0 ] || set -- .
    mkdir -p "$folder"
    (cd "$LAB_ROOT" && tar -cf - --exclude=./build --exclude=./.git --exclude=__pycache__ "$@") | tar -xf - -C "$folder" || exit 1
}

package_debs() {
    command -v dpkg >/dev/null 2>&1 || die 2 package.nodebian
    set_up p
    package_place
    log=$place/package.log
    tree=$place/lab-$number
    copy_source "$tree"
    mv "$tree/packaging/debian" "$tree/debian"
    deb_version=$number+wireshark$(wireshark_version) || exit $?
    package_changelog >"$tree/debian/changelog"
    say package.start "$deb_version" "$log"
    # -d: set_up has installed what is needed; Debian asks for a compiler for C++ besides, which is not.
    (cd "$tree" && DEB_BUILD_OPTIONS=noautodbgsym dpkg-buildpackage -d -b -us -uc) >>"$log" 2>&1 || build_failed
    rm -rf "$tree"
    check_debs
    say package.done
    for file in "$place"/*.deb; do say install.file "$(shown_below "$file")"; done
    say package.install "$(shown_below "$place")"
}

# package_changelog: Debian's changelog, of one entry. Its date is that of the last commit, so that the same source makes the same packages.
package_changelog() {
    when=$(git -C "$LAB_ROOT" log -1 --format=%cD 2>/dev/null) || when=$(LC_ALL=C date -R -r "$LAB_ROOT/CHANGELOG.md")
    printf 'lab (%s) unstable; urgency=medium\n\n' "$deb_version"
    printf '  * Version %s, built for Wireshark %s.\n\n' "$number" "${deb_version#*wireshark}"
    printf ' -- Lab developers <lab@lab.example.org>  %s\n' "$when"
}

# check_debs: what lintian finds is a fault of ours.
check_debs() {
    command -v lintian >/dev/null 2>&1 || return 0
    lintian --allow-root "$place"/*.changes >"$place/lintian" 2>&1
    [ -s "$place/lintian" ] || { rm -f "$place/lintian" && say package.lintian && return; }
    cat "$place/lintian" >&2
    die 1 package.faults
}

# shown_below PATH: PATH as the user can name it from where they are.
shown_below() { if [ "$(pwd -P)" = "$LAB_ROOT" ]; then echo "./${1#"$LAB_ROOT/"}"; else quoted "$1"; fi; }

# package_sources: the source, and the part of it that is built inside the source of Wireshark.
package_sources() {
    package_place
    copy_source "$place/lab-$number"
    pack "lab-$number" "lab-$number"
    copy_source "$place/plugins/epan/lab" ./common ./plugin ./cmake ./profile ./LICENSE ./CHANGELOG.md
    cp "$LAB_ROOT/packaging/wireshark/CMakeLists.txt" "$LAB_ROOT/packaging/wireshark/README.md" "$place/plugins/epan/lab/" &&
        cp "$LAB_ROOT/packaging/wireshark/CMakeListsCustom.txt" "$place/" &&
        sed -i "s/@PROJECT_VERSION@/$number/" "$place/plugins/epan/lab/CMakeLists.txt" || exit 1
    pack "lab-$number-in-wireshark" plugins CMakeListsCustom.txt
    say package.sources
    for file in "$place"/*.tar.gz; do say install.file "$(shown_below "$file")"; done
    say package.insource "$(shown_below "$place/lab-$number-in-wireshark.tar.gz")"
}

# pack NAME PATH...: NAME.tar.gz of what was put together in $place; the same source makes the same archive.
pack() {
    archive=$1
    shift
    moment=$(git -C "$LAB_ROOT" log -1 --format=%ct 2>/dev/null) || moment=$(date -r "$LAB_ROOT/CHANGELOG.md" +%s)
    (cd "$place" && tar --sort=name --mtime="@$moment" --owner=0 --group=0 --numeric-owner -cf - "$@" | gzip -n >"$archive.tar.gz" && rm -rf "$@") ||
        exit 1
}
