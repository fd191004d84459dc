#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The statements of four printed reports, checked against their captures made again: each false one is refuted with the right frames, each true one passes."""
import argparse
import pathlib
import re
import sys
import tempfile

import tools
from padded import make

REPORTS = {"hnu": ("hnu", ""), "xampp": ("xampp", ""), "django": ("django", ""), "pages-60": ("pages", "60 to 85"), "pages-109": ("pages", "109 to 121"),
           "pages-132": ("pages", "132 to 147"), "pages-19": ("pages", "19 to 29")}
FOLDER = pathlib.Path(__file__).resolve().parent / "reports"


def expected(sheet):
    """Of (line number, verdict, frames)."""
    for number, line in enumerate(sheet.read_text(encoding="utf-8").splitlines(), 1):
        statement, _, comment = line.partition("#")
        if statement.strip():
            verdict, *frames = comment.split()
            yield number, verdict, frames


def told(output):
    """By line number: the verdicts, and the frames that are named."""
    found, number = {}, 0
    for line in output.splitlines():
        match = re.match(r" *(\d+)  (right|wrong|open|undecided) ", line)
        if match:
            number = int(match[1])
            found.setdefault(number, ([], []))[0].append(match[2])
        match = re.match(r" +Frames? ([\d, ]+)", line)
        if match:
            found[number][1].extend(match[1].replace(",", " ").split())
    return found


def worst(verdicts):
    return next(v for v in ("wrong", "undecided", "open", "right") if v in verdicts)


def faults(name, run, folder):
    capture, sheet = f"{folder}/{name}.pcap", FOLDER / f"{name}.txt"
    make(run.casecap, folder, *REPORTS[name][:1], capture, REPORTS[name][1])
    done = run.labclass("check", capture, str(sheet), "--language", "en")
    found, wanted = told(done.stdout), list(expected(sheet))
    any_wrong = any(verdict == "wrong" for _, verdict, _ in wanted)
    if done.returncode != any_wrong:
        yield f"exit code {done.returncode}: {done.stderr}"
    for number, verdict, frames in wanted:
        verdicts, named = found.get(number, (["nothing"], []))
        if verdict != (worst(verdicts) if verdicts != ["nothing"] else "nothing"):
            yield f"line {number}: {verdicts}, not {verdict}"
        if not set(frames) <= set(named):
            yield f"line {number}: names {named}, not {frames}"
    hinted = run.labclass("check", capture, str(sheet), "--hint", "--language", "en")
    if re.search(r"^ +Frames? ", hinted.stdout, re.M) or ("wrong" in done.stdout) != ("Look again" in hinted.stdout):
        yield "--hint gives the answer, or no hint"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    count = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        run = tools.Run(parser.parse_args().build, folder)
        for name in REPORTS:
            count += len(list(expected(FOLDER / f"{name}.txt")))
            for fault in faults(name, run, folder):
                wrong += 1
                print(f"FAIL {name}: {fault}")
    print(f"{count} lines of statements, {wrong} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
