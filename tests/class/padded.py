# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of the cases seed-*.case in which each frame has the number that the student's report prints: the frames between are ARP."""
import json
import pathlib
import re
import struct
import subprocess

CASES = pathlib.Path(__file__).resolve().parents[1] / "cases"
LINE = re.compile(r"^(?:(\w+):)?\s*(\d+\.\d+)\s+\w*[<>] ")
ARP = bytes.fromhex("ffffffffffff02000000000108060001080006040001020000000001c0a80001000000000000c0a80002")
START = 1700000000


def lines_of(path):
    """Of each case its name and the (label, time) of its frames."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("case "):
            found.append((line[5:].strip(), []))
        match = LINE.match(line)
        if match and found:
            found[-1][1].append((match[1], float(match[2])))
    return dict(found)


def packets_of(capture):
    data = pathlib.Path(capture).read_bytes()
    at, found = 24, []
    while at < len(data):
        captured, = struct.unpack_from("<I", data, at + 8)
        found.append(data[at + 16:at + 16 + captured])
        at += 16 + captured
    return found


def placed(labelled):
    """Frame numbers of (label, time, packet): f59 is 59, what has another label comes behind the one before it."""
    taken = {int(label[1:]): (time, packet) for label, time, packet in labelled if re.fullmatch(r"f\d+", label)}
    number = 0
    for i, (label, time, packet) in enumerate(labelled):
        if re.fullmatch(r"f\d+", label):
            number = int(label[1:])
            continue
        if number == 0:  # before the first printed frame of its case: as many places before it
            ahead = next(j for j, row in enumerate(labelled[i:]) if re.fullmatch(r"f\d+", row[0]))
            number = int(labelled[i + ahead][0][1:]) - ahead - 1
        number += 1
        while number in taken:
            number += 1
        taken[number] = (time, packet)
    return taken


def write(path, frames):
    last = max(frames)
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
        time = min(t for t, _ in frames.values())
        for number in range(1, last + 1):
            time, packet = frames.get(number, (time, ARP))
            nanoseconds = round(time * 1e9)
            out.write(struct.pack("<IIII", START + nanoseconds // 10**9, nanoseconds % 10**9, len(packet), len(packet)) + packet)


def make(casecap, folder, seed, path, only=""):
    """Writes the cases of seed-SEED.case whose name has `only` into one capture."""
    source = CASES / f"seed-{seed}.case"
    described = subprocess.run([casecap, "--out", str(folder), str(source)], capture_output=True, text=True, check=True).stdout
    names, frames = lines_of(source), {}
    for case in map(json.loads, described.splitlines()):
        if only not in case["name"]:
            continue
        packets, labels = packets_of(case["capture"]), names[case["name"]]
        if len(packets) != len(labels):
            raise AssertionError(f"{case['name']}: {len(packets)} frames, {len(labels)} lines")
        more = placed([(label, time, packet) for (label, time), packet in zip(labels, packets)])
        for number, frame in more.items():
            while number in frames:
                number += 1
            frames[number] = frame
    write(path, frames)
