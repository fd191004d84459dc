#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the symbols that each object of a room defines and needs, and prints the arrows between rooms.

Fails on an arrow to a room that is not below, on a circle between files of different rooms, and on an include that names a folder.
What is below a room, CMake says: lab_room() in cmake/Rooms.cmake writes it to rooms/NAME.txt in the build folder. A room outside the
engine that has `engine-face` below it may use what lab.h, tokens.h and texts.h declare, wherever in the engine that is defined.
"""
import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FACE = ("plugin/engine/lab.h", "plugin/engine/tokens/tokens.h", "plugin/engine/tokens/texts.h")

Room = collections.namedtuple("Room", "folder below objects")


def read_rooms(build):
    rooms = {}
    for path in sorted((build / "rooms").glob("*.txt")):
        folder, below, *objects = path.read_text().split("\n")
        rooms[path.stem] = Room(folder, below.split(), [o for o in objects if o])
    return rooms


# Functions of the system that a room defines itself, for a library to find: who calls one does not call that room.
SYSTEM = {"recv"}


def symbols(paths):
    """Of each object what it defines for others, and what it needs; one nm for all of them."""
    listing = subprocess.run(["nm", "-A", "--format=posix", *paths], capture_output=True, text=True, check=True).stdout
    found = {path: (set(), set()) for path in paths}
    for line in listing.splitlines():
        path, rest = line.split(": ", 1)
        name, kind = rest.split()[:2]
        if kind == "U":
            found[path][1].add(name)
        elif kind in "TDBRVWC" and name not in SYSTEM:
            found[path][0].add(name)
    return found


def arrows_of(rooms):
    """(file, file) -> the symbols that the first needs of the second; and the room of each file."""
    room_of, defined_by, needs = {}, collections.defaultdict(list), {}
    symbols_of = symbols([path for room in rooms.values() for path in room.objects])
    for name, room in rooms.items():
        for path in room.objects:
            file = f"{name}/{os.path.basename(path).removesuffix('.o')}"
            room_of[file] = name
            defined, needs[file] = symbols_of[path]
            for symbol in defined:
                defined_by[symbol].append(file)
    arrows = collections.defaultdict(set)
    for file, needed in needs.items():
        near = (room_of[file], *rooms[room_of[file]].below)
        for symbol in needed & defined_by.keys():
            # programs of their own may define the same name: the one that is meant lies nearest
            home = min(defined_by[symbol], key=lambda other: near.index(room_of[other]) if room_of[other] in near else len(near))
            if home != file:
                arrows[file, home].add(symbol)
    return arrows, room_of


def circles(arrows):
    """Sets of files that all reach each other (Tarjan), of more than one file."""
    graph = collections.defaultdict(list)
    for a, b in arrows:
        graph[a].append(b)
    index, low, stack, found = {}, {}, [], []

    def visit(file):
        index[file] = low[file] = len(index)
        stack.append(file)
        for other in graph[file]:
            if other not in index:
                visit(other)
            if other in stack:
                low[file] = min(low[file], low[other])
        if low[file] == index[file]:
            at = stack.index(file)
            found.append(set(stack[at:]))
            del stack[at:]

    for file in list(graph):
        if file not in index:
            visit(file)
    return [circle for circle in found if len(circle) > 1]


def face():
    """What the public face of the engine declares."""
    return {word for path in FACE for word in re.findall(r"\blab_\w+(?=\()|\blab_\w+(?=\[\])", (ROOT / path).read_text())}


def through_the_face(room, symbols_used):
    return "engine-face" in room.below and symbols_used <= face()


def paths_in_includes(rooms):
    for room in rooms.values():
        for path in sorted(pathlib.Path(room.folder).glob("*.[ch]")):
            for line in path.read_text(encoding="utf-8").splitlines():
                if re.match(r'#include ".*/', line):
                    yield f"{path.name}: {line}: name the file alone, so that the include folders decide"


def check(rooms):
    """Prints the arrows between rooms; returns what is wrong with them."""
    arrows, room_of = arrows_of(rooms)
    between = collections.Counter((room_of[a], room_of[b]) for a, b in arrows if room_of[a] != room_of[b])
    wrong = list(paths_in_includes(rooms))
    for name, room in rooms.items():
        print(f"{name} ({len(room.objects)} files) -> " +
              (", ".join(f"{b} ({count})" for (a, b), count in sorted(between.items()) if a == name) or "nobody"))
    for (a, b), used in sorted(arrows.items()):
        above, below = room_of[a], room_of[b]
        outside = below.startswith("engine-") and not above.startswith("engine-") and through_the_face(rooms[above], used)
        if above != below and below not in rooms[above].below and not outside:
            wrong.append(f"{a} needs {', '.join(sorted(used))} of {b}, and {room_of[b]} is not below {room_of[a]}")
    for circle in circles(arrows):
        if len({room_of[file] for file in circle}) > 1:
            wrong.append(f"circle between rooms: {', '.join(sorted(circle))}")
    return wrong


def self_test():
    """The check finds what it is there for: an arrow that runs up, and a circle."""
    with tempfile.TemporaryDirectory() as work:
        rooms = {}
        for name, text, below in (("low", "void high(void); void low(void); void low(void) { high(); }", []),
                                  ("high", "void high(void); void low(void); void high(void) { low(); }", ["low"])):
            source = pathlib.Path(work, f"{name}.c")
            source.write_text(text)
            subprocess.run([os.environ.get("CC", "cc"), "-c", source, "-o", f"{source}.o"], check=True)
            rooms[name] = Room(work, below, [f"{source}.o"])
        wrong = check(rooms)
        assert any("is not below low" in line for line in wrong), wrong
        assert any(line.startswith("circle between rooms") for line in wrong), wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", required=True, type=pathlib.Path, help="build folder")
    rooms = read_rooms(parser.parse_args().build)
    if not rooms:
        sys.exit("rooms: the build folder has no rooms/*.txt: configure it with CMake")
    self_test()
    print()
    wrong = check(rooms)
    print("\n".join(f"rooms: {line}" for line in wrong), file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
