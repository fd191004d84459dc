#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who knows whom in plugin/report: the symbols that each room's objects need and define (nm), compared with the rooms that it may
use. Of the engine the report may use the face alone: lab.h, tokens.h and texts.h."""
import argparse
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# A room and the rooms below it.
MAY_USE = {"facts": [], "document": ["facts"], "write": ["document", "facts"], "report": ["write", "document", "facts"]}
TARGETS = {"facts": "lab-report-facts", "document": "lab-report-document", "write": "lab-report-write", "report": "lab-report-face"}
FACE = ["lab.h", "tokens.h", "texts.h"]


def symbols(file):
    """(defined, needed) of an object."""
    defined, needed = set(), set()
    for line in subprocess.run(["nm", "-P", file], check=True, capture_output=True, text=True).stdout.splitlines():
        name, kind = line.split()[:2]
        if name.startswith("lab_"):
            (needed if kind == "U" else defined if kind.isupper() else set()).add(name)
    return defined, needed


def words_of(files):
    return {word for file in files for word in re.findall(r"\blab_\w+", file.read_text(encoding="utf-8"))}


class Rooms(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.objects = {room: {file: symbols(file) for file in sorted((cls.build / "plugin" / "report" / "CMakeFiles" / f"{target}.dir").rglob("*.o"))}
                       for room, target in TARGETS.items()}
        cls.home = {name: room for room, files in cls.objects.items() for defined, _ in files.values() for name in defined}

    def test_every_room_has_objects(self):
        for room, files in self.objects.items():
            self.assertTrue(files, room)

    def test_no_arrow_runs_up(self):
        up = [f"{room}/{file.name} uses {name} of {self.home[name]}" for room, files in self.objects.items() for file, (_, needed) in files.items()
              for name in sorted(needed) if name in self.home and self.home[name] not in (*MAY_USE[room], room)]
        self.assertEqual(up, [])

    def test_no_two_files_of_a_room_use_each_other(self):
        for room, files in self.objects.items():
            pairs = {(a.name, b.name) for a, (_, needed) in files.items() for b, (defined, _) in files.items() if a != b and needed & defined}
            self.assertEqual(sorted(pair for pair in pairs if pair[::-1] in pairs), [], room)

    def test_no_include_goes_round_the_include_folders(self):
        files = [file for folder in ("report", "words") for file in (ROOT / "plugin" / folder).rglob("*.[ch]")]
        paths = [f"{file.relative_to(ROOT)}: {line}" for file in files for line in file.read_text(encoding="utf-8").splitlines()
                 if re.match(r'#include ".*/', line)]
        self.assertEqual(paths, [])

    def test_of_the_engine_only_the_face_is_used(self):
        engine = ROOT / "plugin" / "engine"
        face = words_of(file for name in FACE for file in engine.rglob(name))
        other = words_of([*(ROOT / "common").glob("*.h"), *(ROOT / "plugin" / "words").glob("*.h")])
        needed = {name for files in self.objects.values() for _, names in files.values() for name in names}
        self.assertTrue(face & needed)
        self.assertEqual(sorted(needed - set(self.home) - face - other), [])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", required=True, type=pathlib.Path, help="build directory")
    options, rest = parser.parse_known_args()
    Rooms.build = options.build.resolve()
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
