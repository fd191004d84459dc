#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the symbols that each object of a room defines and needs, and prints the arrows between rooms.

Fails on an arrow to a room that is not below, and on a circle between files of different rooms. What is below a room, CMake says:
lab_room() in cmake/Rooms.cmake writes it to rooms/NAME.txt in the build folder.
"""
import argparse
import collections
import os
import pathlib
import subprocess
import sys
import tempfile

Room = collections.namedtuple("Room", "folder below objects")


def read_rooms(build):
    rooms = {}
    for path in sorted((build / "rooms").glob("*.txt")):
        folder, below, *objects = path.read_text().split("\n")
        rooms[path.stem] = Room(folder, below.split(), [o for o in objects if o])
    return rooms


def symbols(path):
    """What an object defines for others, and what it needs."""
    listing = subprocess.run(["nm", "--format=posix", path], capture_output=True, text=True, check=True).stdout
    defined, needed = set(), set()
    for line in listing.splitlines():
        name, kind = line.split()[:2]
        if kind == "U":
            needed.add(name)
        elif kind in "TDBRVWC":
            defined.add(name)
    return defined, needed


def arrows_of(rooms):
    """(file, file) -> the symbols that the first needs of the second; and the room of each file."""
    room_of, defined_by, needs = {}, {}, {}
    for name, room in rooms.items():
        for path in room.objects:
            file = f"{name}/{os.path.basename(path).removesuffix('.o')}"
            room_of[file] = name
            defined, needs[file] = symbols(path)
            defined_by.update(dict.fromkeys(defined, file))
    arrows = collections.defaultdict(set)
    for file, needed in needs.items():
        for symbol in needed & defined_by.keys():
            if defined_by[symbol] != file:
                arrows[file, defined_by[symbol]].add(symbol)
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


def check(rooms):
    """Prints the arrows between rooms; returns what is wrong with them."""
    arrows, room_of = arrows_of(rooms)
    between = collections.Counter((room_of[a], room_of[b]) for a, b in arrows if room_of[a] != room_of[b])
    wrong = []
    for name, room in rooms.items():
        print(f"{name} ({len(room.objects)} files) -> " +
              (", ".join(f"{b} ({count})" for (a, b), count in sorted(between.items()) if a == name) or "nobody"))
    for (a, b), used in sorted(arrows.items()):
        if room_of[a] != room_of[b] and room_of[b] not in rooms[room_of[a]].below:
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
