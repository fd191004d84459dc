#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hostile rubrics, sheets, names and captures: a clear message with what is wrong, nothing executed, nothing obeyed by a browser or a spreadsheet."""
import argparse
import csv
import os
import pathlib
import sys
import tempfile

import tools
from test_class import CLOSE, WHOLE, capture_of

# Each rubric, and what the message must name.
RUBRICS = {
    "": "no item", "[rubric]\ntitle=x\n": "no item", "need=x\n": "INI", "[items x]\n": "[items x]", "[item a]\nneed=answers\n": "points",
    "[item a]\npoints=ten\nneed=answers\n": "ten", "[item a]\npoints=-1\nneed=answers\n": "-1", "[item a]\npoints=nan\nneed=answers\n": "nan", "[item a]\npoints=1e9\nneed=answers\n": "1e9",
    "[item a]\npoints=1\n": "need", "[item a]\npoints=1\nneed=server status=200\n": "server", "[item a]\npoints=1\nneed=exchange stats=200\n": "stats",
    "[item a]\npoints=1\nneed=exchange status\n": "status", "[item a]\npoints=1\nneed=exchange status=\n": "status=", "[item a]\npoints=1\nneed=exchange body contains\n": "contains",
    "[item a]\npoints=1\nneed=exchange status=200 \"x\n": "x", "[item a]\npoints=1\nneed=answers\ncount=many\n": "many", "[item a]\npoints=1\nneed=answers\ncolour=red\n": "colour",
    "[rubric]\nstudent=((\n[item a]\npoints=1\nneed=answers\n": "((", "[item a]\npoints=1\nneed=$(touch PLACE/owned)\n": "touch",
}
SHEETS = {
    "connection 0 close.kind\n": "line 1", "\n# x\nconnexion 0 a=1\n": "line 3", "frame 1 colour=red\n": "colour", "frame x role=syn\n": "x", "frame 1\n": "frame",
    "connection 0 resets.99999999999999999999.cause=x\n": "resets", "frame 99999999999999999999 role=syn\n": "99999999999999999999", "frame 1 role=a++b\n": "a++b", "frame 1 \"x\n": "x",
}
NAMES = ["<script>alert(1)<", "=cmd|' -C calc'!A0", "$(touch owned)", "`touch owned`", "-rf", "--output", "a b\tc", "{student}", "%s%n", "学号1911406", "x" * 200, "a'b\"c;d&e", "..name", "\u202eevil", "line\nbreak"]


def rubric_faults(run, work, folder):
    for i, (text, named) in enumerate(RUBRICS.items()):
        rubric = work / f"r{i}.ini"
        rubric.write_text(text.replace("PLACE", str(work)))
        done = run.labclass("grade", rubric, folder, "--output", work / "never", "--language", "en")
        if done.returncode != 2 or named not in done.stderr or str(rubric) not in done.stderr or "Traceback" in done.stderr:
            yield f"rubric {text!r}: {done.returncode} {done.stderr!r}"
    (work / "binary.ini").write_bytes(b"[item \xff]\npoints=1\n")
    if run.labclass("grade", work / "binary.ini", folder, "--language", "en").returncode != 2:
        yield "a rubric that is no UTF-8 is taken"


def sheet_faults(run, work, capture):
    for text, named in SHEETS.items():
        sheet = work / "sheet.txt"
        sheet.write_text(text)
        done = run.labclass("check", capture, sheet, "--language", "en")
        if done.returncode != 2 or named not in done.stderr:
            yield f"sheet {text!r}: {done.returncode} {done.stderr!r}"
    sheet.write_bytes(b"frame 1 role=\xff\n")
    if run.labclass("check", capture, sheet, "--language", "en").returncode != 2:
        yield "a sheet that is no UTF-8 is taken"
    sheet.write_bytes(b"\xef\xbb\xbfconnection 0 server.port=8000\r\nframe 999 role=syn\r\n")
    done = run.labclass("check", capture, sheet, "--language", "en")
    if done.returncode != 0 or "1 right" not in done.stdout or "1 undecided" not in done.stdout:
        yield f"a sheet with a byte order mark and CRLF: {done.stdout}{done.stderr}"


def make_names(run, work, folder):
    for i, name in enumerate(NAMES):
        (folder / name).mkdir()
        capture_of(run, str(work), WHOLE + CLOSE, 3100000 + i, folder / name / "c.pcap")
    os.mkfifo(folder / "pipe.pcap")
    os.symlink("/etc/passwd", folder / "link.pcap")
    os.symlink("/etc", folder / "linked")
    (folder / "empty.pcap").touch()
    (folder / "text.pcap").write_text("no capture\n")
    (folder / "bytes.pcapng").write_bytes(os.urandom(5000))
    whole = (folder / NAMES[4] / "c.pcap").read_bytes()
    (folder / "cut.pcap").write_bytes(whole[:len(whole) // 2])
    (folder / "nothing").mkdir()


def name_faults(run, work, folder):
    make_names(run, work, folder)
    rubric, output = work / "good.ini", work / "out"
    rubric.write_text("[rubric]\ntitle=<i>&\n[item <b>]\ntitle=<img src=x>\npoints=1\nneed=exchange status=200 object=page body contains {student}\n[item o]\npoints=2\nneed=connection open.kind=three-way\n")
    done = run.labclass("grade", rubric, folder, "--output", output, "--language", "en", "--gradescope", cwd=work)
    if done.returncode:
        yield f"names: {done.returncode} {done.stderr}"
        return
    for path in output.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if any(bad in text for bad in ("<script>", "<img src=x>", "<i>&", "\u202e", "<b>]")):
            yield f"{path.name} has what a browser obeys"
    with open(output / "grades.csv", encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    if any(cell and cell[0] in "=+-@" for row in rows for cell in row.values() if cell):
        yield "grades.csv has a cell that a spreadsheet takes for a formula"
    wanted = len(NAMES) + 5  # empty, text, bytes, cut, nothing; links and pipe are left out
    if len(rows) != wanted:
        yield f"{len(rows)} rows, not {wanted}"
    reasons = {row["file"]: row["problem"] for row in rows}
    for name in ("empty.pcap", "text.pcap", "bytes.pcapng", "cut.pcap", ""):
        if not reasons.get(name):
            yield f"{name or 'a folder without a capture'} has no reason"
    if sum(row["o"] == "2" for row in rows) < len(NAMES):
        yield "a student with a strange name is not graded"
    if list(work.rglob("owned")):
        yield "something was executed"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    build = parser.parse_args().build
    with tempfile.TemporaryDirectory() as place:
        work = pathlib.Path(place)
        run, folder, few = tools.Run(build, place), work / "class", work / "few"
        folder.mkdir()
        few.mkdir()
        capture_of(run, place, WHOLE + CLOSE, 5, few / "one.pcap")
        faults = [*rubric_faults(run, work, few), *sheet_faults(run, work, few / "one.pcap"), *name_faults(run, work, folder)]
    print(*faults, f"{len(RUBRICS)} rubrics, {len(SHEETS)} sheets, {len(NAMES)} names, {len(faults)} faults", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
