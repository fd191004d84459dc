# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the checks beside it: they run at the root of the tree, over the files that git tracks.

cd "$(dirname -- "$0")/../.." || exit 1

# skip REASON...: the check cannot be made here.
skip() {
    echo "skipped: $*"
    exit 77
}

# needs PROGRAM MAJOR: PROGRAM in this major version; another one has another opinion. MAJOR may be empty.
needs() {
    command -v "$1" >/dev/null || skip "there is no $1: install it"
    [ -n "$2" ] || return 0
    has=$("$1" --version | sed -n 's/.*version \([0-9]*\)\..*/\1/p' | head -n 1)
    [ "$has" = "$2" ] || skip "$1 is version ${has:-unknown}, and the sources are checked with version $2"
}

# tracked PATTERN...: names of files that git tracks and that are there.
tracked() {
    git ls-files -z --deduplicate -- "$@" >/dev/null 2>&1 || skip "git cannot list the files: this is no clone, or it belongs to somebody else"
    git ls-files --deduplicate -- "$@" | while IFS= read -r file; do
        [ ! -f "$file" ] || printf '%s\n' "$file"
    done
}
