#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_rooms.py OBJECT...: which file of extcap/ uses a symbol of which other one, after nm(1).

A file may use its own room and the rooms named in BELOW. No files may use each other in a circle.
"""
import shutil
import subprocess
import sys

BELOW = {"texts": "", "capture": "texts", "net": "texts", "keeper": "net", "session": "texts capture net keeper",
         "main": "texts capture session"}


def symbols(path):
    """The symbols that an object needs, and those that it offers to others."""
    needs, offers = set(), set()
    for line in subprocess.run(["nm", "-g", path], capture_output=True, text=True, check=True).stdout.splitlines():
        kind, name = line.split()[-2:]
        if kind == "U":
            needs.add(name)
        elif kind.isupper():
            offers.add(name)
    return needs, offers


def arrows_of(paths):
    """(room, file) -> the (room, file)s that it uses."""
    file_of = {path: tuple(path.removesuffix(".o").split("/")[-2:]) for path in paths}
    read = {path: symbols(path) for path in paths}
    home = {name: file_of[path] for path in paths for name in read[path][1]}
    return {file_of[path]: {home[name] for name in read[path][0] & home.keys()} - {file_of[path]} for path in paths}


def circle(arrows, start):
    """A way from a file back to itself, or None."""
    ways, seen = [[start]], set()
    while ways:
        way = ways.pop()
        for file in arrows[way[-1]]:
            if file == start:
                return way + [start]
            if file not in seen:
                seen.add(file)
                ways.append(way + [file])
    return None


def main(paths):
    if not shutil.which("nm"):
        print("skipped: nm(1) is missing")
        return 77
    arrows = arrows_of(paths)
    wrong = ["%s uses %s" % ("/".join(a), "/".join(b)) for a in arrows for b in arrows[a]
             if b[0] != a[0] and b[0] not in BELOW[a[0]].split()]
    circles = filter(None, (circle(arrows, file) for file in sorted(arrows)))
    wrong += ["circle: " + " -> ".join(map("/".join, way)) for way in circles]
    if not any(arrows.values()):
        wrong = ["no file uses another one: nm shows no symbols"]
    print("\n".join(wrong or ["ok"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
