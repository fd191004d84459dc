#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rooms of server/: which object needs which symbol of which other object.

test_rooms.py BUILD [--list]. An object may need symbols of its own room and of the rooms below it. Files of one room may need each other, but
not in a circle. --list prints every arrow between two files with its symbols.
"""
import collections
import glob
import os
import re
import subprocess
import sys

ROOMS = ["words", "http", "site", "scenarios", "top", "main"]  # from the lowest to the highest
SOURCE = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "server")


def symbols(path):
    """(defined, needed) of an object."""
    output = subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout
    defined = set(re.findall(r"(?m)^\w+ [TDBRV] (\w+)$", output))
    return defined, set(re.findall(r"(?m)^ +U (\w+)$", output))


def read_objects(build):
    """"room/file" -> (defined, needed)"""
    objects = {}
    for room in ROOMS:
        for path in glob.glob(os.path.join(build, "server", "CMakeFiles", "server-%s.dir" % room, room, "*.o")):
            objects["%s/%s" % (room, os.path.basename(path)[:-4])] = symbols(path)
    return objects


def read_arrows(objects):
    """(from, to) -> symbols"""
    home = {symbol: name for name, (defined, _) in objects.items() for symbol in defined}
    arrows = collections.defaultdict(set)
    for name, (_, needed) in objects.items():
        for symbol in needed:
            if home.get(symbol, name) != name:
                arrows[name, home[symbol]].add(symbol)
    return arrows


def height(name):
    return ROOMS.index(name.split("/")[0])


def upward(arrows):
    return ["%s needs %s of %s, which is above it" % (a, ", ".join(sorted(s)), b) for (a, b), s in arrows.items() if height(b) > height(a)]


def circles(arrows):
    """Files that need each other, directly or by way of others."""
    reached = collections.defaultdict(set)
    for a, b in arrows:
        reached[a].add(b)
    changed = True
    while changed:
        changed = False
        for goals in reached.values():
            more = set().union(*(reached.get(b, set()) for b in goals)) - goals
            goals |= more
            changed = changed or bool(more)
    return ["%s is in a circle" % name for name, goals in sorted(reached.items()) if name in goals]


def odd_includes():
    """An #include with a folder in it goes round the include paths of the rooms."""
    for path in sorted(glob.glob(os.path.join(SOURCE, "*", "*.[ch]"))):
        with open(path, encoding="utf-8") as file:
            for line in re.findall(r'(?m)^#include ".*/.*"$', file.read()):
                yield "%s: %s names a folder" % (os.path.relpath(path, SOURCE), line)


def main():
    build = os.path.abspath(sys.argv[1])
    objects = read_objects(build)
    sources = len([path for path in glob.glob(os.path.join(SOURCE, "*", "*.c")) if not path.endswith("/main/main.c")])
    if len(objects) != sources:
        raise SystemExit("%d objects in %s, but %d sources in %s; build first" % (len(objects), build, sources, SOURCE))
    arrows = read_arrows(objects)
    if "--list" in sys.argv:
        for (a, b), needed in sorted(arrows.items(), key=lambda arrow: (height(arrow[0][0]), arrow[0])):
            print("%-24s -> %-20s %s" % (a, b, " ".join(sorted(needed))))
    rooms = collections.Counter((ROOMS[height(a)], ROOMS[height(b)]) for a, b in arrows if height(a) != height(b))
    for (a, b), count in sorted(rooms.items(), key=lambda arrow: (ROOMS.index(arrow[0][0]), ROOMS.index(arrow[0][1]))):
        print("%-9s -> %-9s %3d arrows between files" % (a, b, count))
    problems = upward(arrows) + circles(arrows) + list(odd_includes())
    print("\n".join(problems) or "no arrow runs up and there is no circle")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
