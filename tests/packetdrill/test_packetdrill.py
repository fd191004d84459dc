#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tshark with the plugin over every script and compares the kernel's state after each frame with what the script says, in one pass and in two.

known-failures.txt lists the scripts that fail today. A script that fails and is not listed is a failure, and so is a listed one that passes.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

import capture
import notation

HERE = pathlib.Path(__file__).resolve().parent
TSHARK_LAB = HERE.parent / "tools" / "tshark-lab"
KNOWN = HERE / "known-failures.txt"
MULTI = ";"  # between the values of a field that repeats
FIELDS = ["frame.number", "tcp.checksum", "lab.sender", "lab.state.client", "lab.state.server"]
FIELDS += ["lab." + name for name in notation.CHECKED_FIELDS]

# What a frame should have had: the packet, field, wanted and got values, 1 or 2 for the pass.
Mismatch = collections.namedtuple("Mismatch", "packet field wanted got passes")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default=os.environ.get("LAB_BUILD"), help="build directory (default: $LAB_BUILD)")
    parser.add_argument("--only", default="", metavar="TEXT", help="only scripts whose path contains TEXT")
    parser.add_argument("--all", action="store_true", help="also print what is wrong in scripts that are listed as failing")
    parser.add_argument("--frames", action="store_true", help="also print every frame with what it got in two passes")
    options = parser.parse_args()
    if not options.build:
        parser.error("say where the build is: --build DIR or LAB_BUILD")
    os.environ["LAB_BUILD"] = os.path.abspath(options.build)
    return options


def scripts(only=""):
    """The scripts, each under its path in this folder."""
    paths = [path for path in sorted(HERE.glob("*/*.pkt")) if only in str(path.relative_to(HERE))]
    return [notation.parse(path.read_text(encoding="utf-8"), str(path.relative_to(HERE))) for path in paths]


def incomplete(script):
    """What a script lacks that notation.py does not ask for."""
    if not script.citation:
        yield f"{script.name}:1: a comment has to name a section, such as RFC 9293 3.10.7.4"
    for event in script.events:
        if isinstance(event, notation.Packet) and event.truth is None:
            yield f"{script.name}:{event.line}: the state of the kernel is missing behind the packet: // STATE, or // * if nobody can tell"


def read_known(path):
    """Script -> reason; the reason may not be empty."""
    known = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        name, _, reason = line.partition(" ")
        if not name or name.startswith("#"):
            continue
        if not reason.strip():
            raise ValueError(f"{path.name}:{number}: the reason is missing behind {name}")
        known[name] = reason.strip()
    return known


def run_tshark(path, passes):
    """One dictionary per frame: field -> list of values."""
    command = [str(TSHARK_LAB), "-n", "-r", path, "-T", "fields", "-E", f"aggregator={MULTI}", "-E", "occurrence=a"] + ["-2"] * (passes == 2)
    for field in FIELDS:
        command += ["-e", field]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"tshark ended with {run.returncode}: {run.stderr.strip()}")
    return [{f: [v for v in cell.split(MULTI) if v] for f, cell in zip(FIELDS, line.split("\t"))} for line in run.stdout.splitlines()]


def compare(packet, row, client, passes):
    """client: the kernel is the client of the connection."""
    truth = packet.truth
    mine, other = ("client", "server") if client else ("server", "client")
    wanted = [("lab.sender", {mine if packet.outbound else other}), (f"lab.state.{mine}", truth.kernel), (f"lab.state.{other}", truth.remote)]
    for field, states in wanted:
        if states and not set(row[field]) & states:
            yield Mismatch(packet, field, "|".join(sorted(states)), "+".join(row[field]) or "-", passes)
    for name, values in truth.checks.items():
        if not set(values) <= set(row["lab." + name]):
            yield Mismatch(packet, "lab." + name, "+".join(values), "+".join(row["lab." + name]) or "-", passes)


def judge(played, rows, passes):
    """Script name -> its mismatches."""
    at, out = 0, {}
    for script, frames in played:
        client = capture.kernel_is_client(script)
        out[script.name] = [m for n, f in enumerate(frames) for m in compare(f.packet, rows[at + n], client, passes)]
        at += len(frames)
    return out


def play(chosen):
    """The scripts with their frames, and tshark's rows for each number of passes."""
    played = capture.frames_of_all(chosen)
    with tempfile.TemporaryDirectory(prefix="lab-packetdrill-") as work:
        os.chmod(work, 0o755)
        path = os.path.join(work, "scripts.pcap")
        capture.write_capture(path, played)
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            rows = dict(zip((1, 2), pool.map(run_tshark, (path, path), (1, 2))))
    frames = sum(len(f) for _, f in played)
    for passes, got in rows.items():
        if len(got) != frames:
            sys.exit(f"tshark shows {len(got)} frames of {frames} in pass {passes}")
    return played, rows


def print_frames(played, rows):
    at = 0
    for script, frames in played:
        print(script.name)
        for frame in frames:
            shown = " ".join(f"{k.removeprefix('lab.')}={'+'.join(v)}" for k, v in rows[at].items() if k.startswith("lab.") and v)
            print(f"  line {frame.packet.line}: {shown}")
            at += 1


def print_mismatches(script, mismatches):
    told = collections.defaultdict(list)
    for m in mismatches:
        told[(m.packet.line, m.field, m.wanted, m.got)].append(m.passes)
    for (line, field, wanted, got), passes in told.items():
        mode = {1: "one pass", 2: "two passes"}.get(sum(passes), "both passes")
        print(f"  {script.name}:{line} ({script.citation}): {field} wanted {wanted}, got {got} ({mode})")


def right_frames(played, found):
    """How many frames say what they should, in one pass and in two."""
    return [sum(len(frames) - len({m.packet.line for m in found[p][script.name]}) for script, frames in played) for p in (1, 2)]


def verdict(played, found, known, options):
    """Prints what is wrong; how many scripts pass, fail unlisted, and are listed though they pass."""
    passed = unlisted = outdated = 0
    for script, _ in played:
        mismatches = found[1][script.name] + found[2][script.name]
        passed += not mismatches
        if mismatches and (script.name not in known or options.all):
            print_mismatches(script, mismatches)
        unlisted += bool(mismatches) and script.name not in known
        if not mismatches and script.name in known:
            outdated += 1
            print(f"  {script.name} passes now: take its line out of {KNOWN.name}")
    return passed, unlisted, outdated


def main():
    options = arguments()
    try:
        chosen, known = scripts(options.only), read_known(KNOWN)
    except (notation.ScriptError, ValueError) as problem:
        sys.exit(str(problem))
    lacking = [line for script in chosen for line in incomplete(script)]
    gone = [] if options.only else sorted(set(known) - {s.name for s in chosen})
    lacking += [f"{KNOWN.name}: there is no script {name}" for name in gone]
    if lacking or not chosen:
        sys.exit("\n".join(lacking) or f"no script's path contains '{options.only}'")
    played, rows = play(chosen)
    if options.frames:
        print_frames(played, rows[2])
    found = {passes: judge(played, rows[passes], passes) for passes in (1, 2)}
    passed, unlisted, outdated = verdict(played, found, known, options)
    frames = len(rows[1])
    one, two = right_frames(played, found)
    print(f"{two} of {frames} frames right in two passes, {one} of {frames} in one pass")
    print(f"{passed} of {len(chosen)} scripts pass, {len(chosen) - passed - unlisted} fail as {KNOWN.name} says, {unlisted} fail beside it")
    return 1 if unlisted or outdated else 0


if __name__ == "__main__":
    sys.exit(main())
