#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Counted work on captures of n and 3n grows with their size, not with its square; memory with what is in them.

usage: test_scale.py PROGRAM [CASE...]: PROGRAM is tests/scale/scale of the build directory
"""
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import generate  # noqa: E402

SIZE = 1100  # above the engine's bounds of single searches (1024), so that what is bounded counts as bounded
MOST = 3.45  # times the work at three times the size, where a square would be 9: a factor for logarithms and tables that grow
SMALL = 2000  # steps that are no matter of size
# Memory that the engine keeps, in bytes: for each segment, for each connection, for each byte of payload (a segment may hold many
# messages). README.md of tests/bench tells it to users; change both.
SEGMENT, CONNECTION, PAYLOAD = 1024, 1024, 48


def measure(program, name, size, folder):
    """Segments, steps, milliseconds, kilobytes at most, bytes kept, bytes of payload, connections."""
    path = f"{folder}/{name}.pcap"
    writer = generate.Writer(path)
    generate.CASES[name](writer, size)
    writer.file.close()
    line = subprocess.run([program, path], capture_output=True, text=True, check=True).stdout
    return [int(word) for word in line.split()]


def bound(segments, connections, payload):
    return SEGMENT * segments + CONNECTION * connections + PAYLOAD * payload


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    names = sys.argv[2:] or list(generate.CASES)
    bad = 0
    with tempfile.TemporaryDirectory(prefix="lab-scale-") as folder:
        for name in names:
            small, large = (measure(sys.argv[1], name, SIZE * times, folder) for times in (1, 3))
            segments, kept, payload, connections = (large[i] - small[i] for i in (0, 4, 5, 6))
            most = bound(segments, connections, payload)
            good = large[1] <= MOST * small[1] + SMALL and kept <= most
            bad += not good
            print(f"{'ok' if good else 'not ok'} {name}: {small[1]} {large[1]} steps at {SIZE}, {3 * SIZE}; "
                  f"{kept} bytes more at {3 * SIZE} than at {SIZE}, {most} are allowed", flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
