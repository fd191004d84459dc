#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Counted work on captures of n and 4n grows with their size, not with its square.

usage: test_scale.py PROGRAM [CASE...]: PROGRAM is tests/scale/scale of the build directory
"""
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import generate  # noqa: E402

SIZE = 1100  # above the engine's bounds of single searches (1024), so that what is bounded counts as bounded
MOST = 4.6  # times the work at four times the size: a factor for logarithms and tables that grow
SMALL = 2000  # steps that are no matter of size


def steps(program, name, size, folder):
    path = f"{folder}/{name}.pcap"
    writer = generate.Writer(path)
    generate.CASES[name](writer, size)
    writer.file.close()
    line = subprocess.run([program, path], capture_output=True, text=True, check=True).stdout
    return int(line.split()[1])


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    names = sys.argv[2:] or list(generate.CASES)
    bad = 0
    with tempfile.TemporaryDirectory(prefix="lab-scale-") as folder:
        for name in names:
            counts = [steps(sys.argv[1], name, SIZE * times, folder) for times in (1, 4)]
            linear = counts[1] <= MOST * counts[0] + SMALL
            bad += not linear
            print(f"{'ok' if linear else 'not ok'} {name}: {' '.join(map(str, counts))} steps at {SIZE}, {4 * SIZE}", flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
