#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A class of 60, made of conversations with known faults: every grade is the one worked out by hand; the same input gives the same bytes, also
when it is stopped and started again; copies are found, whole, cut and re-timed."""
import argparse
import csv
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import tools

RUBRIC = """[rubric]
title=A page of one's own
student=([0-9]+)
[item handshake]
points=20
need=connection open.kind=three-way server.port=8000
[item page]
points=30
need=exchange status=200 object=page body contains {student}
[item image]
points=10
need=exchange status=200 object=image
[item close]
points=20
need=connection close.kind=four-segment close.first=client
[item answers]
points=20
need=answers
"""

HANDSHAKE = """0.000 > S 0 mss 1460
0.001 < SA 0 1 mss 1460
0.002 > A 1 1
"""
# Frames 4 to 6, and 7 to 9 with the image.
PAGE = """0.010 > PA . . request GET /
0.020 < PA . . hex {page}
0.021 > A . .
"""
IMAGE = """0.030 > PA . . request GET /logo.png
0.040 < PA . . hex {image}
0.041 > A . .
"""
CLOSE = """0.100 > FA . .
0.101 < A . .
0.102 < FA . .
0.103 > A . .
"""
SERVER_CLOSES = """0.100 < FA . .
0.101 > A . .
0.102 > FA . .
0.103 < A . .
"""
RST_AT_THE_END = """0.100 > FA . .
0.101 < A . .
0.102 < FA . .
0.103 > R . 
"""
THREE = """0.100 > FA . .
0.101 < FA . .
0.102 > A . .
"""
CROSSED = """0.100 > FA . .
0.1001 < FA . .-1
0.101 > A . .
0.102 < A . .
"""
WHOLE = HANDSHAKE + PAGE + IMAGE
# Four statements about the whole conversation that are right: 20 points.
SHEET = """connection 0 open.frames=1+2+3
exchange 1 status=200
exchange 2 request_frame=7
connection 0 server.port=8000
"""

# What was handed in; points by item (handshake, page, image, close, answers); points that a person must decide.
KINDS = {
    "right": (WHOLE + CLOSE, SHEET, (20, 30, 10, 20, 20), 0),
    "no image: its lines of the sheet are left out": (HANDSHAKE + PAGE + CLOSE, SHEET.replace("exchange 2 request_frame=7\n", ""), (20, 30, 0, 20, 20), 0),
    "another student's page": (WHOLE.replace("{page}", "{other}") + CLOSE, SHEET, (20, 0, 10, 20, 20), 0),
    "the server closes first": (WHOLE + SERVER_CLOSES, SHEET, (20, 30, 10, 0, 20), 0),
    "the last ACK is a RST": (WHOLE + RST_AT_THE_END, SHEET, (20, 30, 10, 0, 20), 0),
    # Without the handshake nobody knows how it opened: undecided. Frames 4 to 6 are 1 to 3 then; the sheet has two lines that are right.
    "begun after the handshake": (PAGE + IMAGE + CLOSE, "exchange 1 status=200\nconnection 0 server.port=8000\n", (0, 30, 10, 20, 20), 20),
    # A RST answers the SYN: nothing of the rubric is there, and no sheet.
    "refused": ("0.000 > S 0 mss 1460\n0.001 < RA =0 1\n", None, (0, 0, 0, 0, 0), 0),
    "404 in place of the page": (WHOLE.replace("{page}", "{missing}") + CLOSE, SHEET.replace("status=200", "status=404"), (20, 0, 10, 20, 20), 0),
    # Two of four lines are wrong: half of 20.
    "a sheet with two faults": (WHOLE + CLOSE, SHEET.replace("1+2+3", "1+2").replace("=7", "=8"), (20, 30, 10, 20, 10), 0),
    # One of four is open: three quarters of 20.
    "a sheet with a blank": (WHOLE + CLOSE, SHEET.replace("=8000", "="), (20, 30, 10, 20, 15), 0),
    "three segments to close": (WHOLE + THREE, SHEET, (20, 30, 10, 0, 20), 0),
    "both close at once": (WHOLE + CROSSED, SHEET, (20, 30, 10, 0, 20), 0),
}
EACH = 5


def message(status, kind, body):
    return (f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body).hex()


def capture_of(run, folder, conversation, number, path):
    page = f"<!doctype html><title>{number}</title><p>Student {number}</p>".encode()
    other = b"<!doctype html><title>x</title><p>Student 1000000</p>"
    texts = {"page": message("200 OK", "text/html", page), "other": message("200 OK", "text/html", other), "image": message("200 OK", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(200)),
             "missing": message("404 Not Found", "text/html", page)}
    lines = "".join(f"case A student\nrfc RFC 9293 3.5\nclient 10.0.0.1:{40000 + number % 20000}\nserver 10.0.0.2:8000\nisn {number * 7919 % 2**32} {number * 104729 % 2**32}\n")
    case = pathlib.Path(folder) / "one.case"
    case.write_text(lines + re.sub(r"\{(\w+)\}", lambda m: texts[m[1]], conversation))
    told = subprocess.run([run.casecap, "--out", folder, str(case)], capture_output=True, text=True)
    if told.returncode:
        raise AssertionError(told.stderr)
    shutil.move(json.loads(told.stdout)["capture"], path)


def make_class(run, folder, work):
    """Of each student's name the kind."""
    who = {}
    for i, kind in enumerate(KINDS):
        for n in range(EACH):
            number = 2100001 + 1000 * i + n
            home = folder / f"{number}"
            home.mkdir(parents=True)
            capture_of(run, work, KINDS[kind][0], number, home / "capture.pcap")
            if KINDS[kind][1]:
                (home / "answers.txt").write_text(KINDS[kind][1])
            who[str(number)] = kind
    return who


def grades_of(output):
    with open(output / "grades.csv", encoding="utf-8", newline="") as table:
        return {row["student"]: row for row in csv.DictReader(table)}


def grade_faults(grades, who):
    for student, kind in who.items():
        row, (_, _, points, to_see) = grades[student], KINDS[kind]
        got = tuple(float(row[item]) for item in ("handshake", "page", "image", "close", "answers"))
        if got != points or float(row["points"]) != sum(points) or float(row["to_see"]) != to_see:
            yield f"{student} ({kind}): {got} to see {row['to_see']}, not {points} to see {to_see}"


def frame_faults(output):
    """No item without its frames."""
    for student in json.loads((output / "results.json").read_text())["students"]:
        for item in student["items"]:
            if not item["frames"] and item["id"] != "answers":
                yield f"{student['student']}: {item['id']} names no frame"


def bytes_of(output):
    return {str(path.relative_to(output)): path.read_bytes() for path in sorted(output.rglob("*")) if path.is_file()}


def compare(first, second, what):
    for name in sorted(first.keys() | second.keys()):
        if first.get(name) != second.get(name):
            yield f"{what}: {name} differs"


def stopped_and_started(run, rubric, folder, output):
    command = [run.program, "--tshark", str(run.tshark), "--language", "en", "grade", str(rubric), str(folder), "--output", str(output)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.poll() is None and len(list(output.glob(".kept/*.json"))) < 5:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = subprocess.run(command, capture_output=True, text=True)
    kept = re.search(r"(\d+) as before", done.stdout)
    if done.returncode or not kept or int(kept[1]) < 4:
        yield f"it did not go on where it was: {done.stdout}{done.stderr}"


def copies(run, work):
    """A whole copy, a part that is re-timed, a part from the middle, and one of somebody else."""
    folder, output = work / "copies", work / "copied"
    folder.mkdir()
    subprocess.run([run.gencap, str(folder / "ann.pcap"), "http", "400", "7"], check=True, capture_output=True)
    shutil.copy(folder / "ann.pcap", folder / "bob.pcap")
    subprocess.run(["editcap", "-t", "86400", "-r", str(folder / "ann.pcap"), str(folder / "cid.pcapng"), "120-260"], check=True)
    capture_of(run, str(work), WHOLE + CLOSE, 77, folder / "eve.pcap")
    rubric = work / "copies.ini"
    rubric.write_text("[item any]\npoints=1\nneed=connection open.kind=*\n")
    done = run.labclass("grade", rubric, folder, "--output", output, "--language", "en")
    shared = json.loads((output / "results.json").read_text())["shared"]
    pairs = {tuple(pair["students"]): (pair["segments"], pair["later_by"]) for pair in shared}
    if done.returncode or set(pairs) != {("ann", "bob"), ("ann", "cid")}:
        yield f"copies: found {pairs} {done.stderr}"
        return
    if pairs["ann", "bob"][1] != 0 or pairs["ann", "cid"][1] != 86400 or not 3 <= pairs["ann", "cid"][0] < pairs["ann", "bob"][0]:
        yield f"copies: times and numbers {pairs}"
    if grades_of(output)["eve"]["shared_with"] or grades_of(output)["ann"]["shared_with"] != "bob; cid":
        yield "copies: grades.csv names others"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", required=True)
    build = parser.parse_args().build
    with tempfile.TemporaryDirectory() as place:
        work = pathlib.Path(place)
        run, rubric, folder = tools.Run(build, place), work / "rubric.ini", work / "class"
        rubric.write_text(RUBRIC)
        who = make_class(run, folder, place)
        done = run.labclass("grade", rubric, folder, "--output", work / "first", "--language", "en")
        if done.returncode:
            sys.exit(done.stderr)
        grades = grades_of(work / "first")
        faults = [*grade_faults(grades, who), *frame_faults(work / "first")]
        faults += [f"{student} shares with {row['shared_with']}" for student, row in grades.items() if row["shared_with"]]
        faults += stopped_and_started(run, rubric, folder, work / "second")
        faults += compare(bytes_of(work / "first"), bytes_of(work / "second"), "stopped and started again")
        faults += copies(run, work)
    print(*faults, f"{len(who)} students, {len(faults)} faults", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
