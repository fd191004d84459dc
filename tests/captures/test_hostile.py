#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged captures: random bytes, cut packets, bytes removed from their middle, files that end early. tshark must not crash, complain of
nothing and write each format of the report as it has to be. Best with a build of -DLAB_SANITIZE=ON; --runs 500 for an hour's worth
(--each --together 20 is much faster), `--file` for captures of one's own.
"""
import os
import pathlib
import random
import re
import subprocess

import formats
import packets
import runner
from library import all_captures

# Wireshark's dissectors have faults of their own, and say whose it is: "Dissector bug, protocol HTTP2".
WIRESHARKS_OWN = re.compile(r"Dissector bug, protocol (?!Lab\b)", re.IGNORECASE)
WORRIES = ("AddressSanitizer", "runtime error", "CRITICAL", "WARNING **", "Dissector bug", "assertion", "Segmentation", "core dumped")


def editcap(*words):
    def damage(source, target, seed):
        values = random.Random(seed)
        chosen = [str(word(values)) if callable(word) else word for word in words]
        more = ["--seed", str(seed)] if "-E" in chosen else []
        subprocess.run(["editcap", *more, *chosen, source, target], check=True, capture_output=True)
        return " ".join(chosen)
    return damage


def truncated(source, target, seed):
    data = pathlib.Path(source).read_bytes()
    keep = random.Random(seed).randrange(24, max(25, len(data)))
    pathlib.Path(target).write_bytes(data[:keep])
    return f"the first {keep} bytes of the file"


def far_apart(source, target, seed):
    """Frames 584 years apart: times before 1970 are read as far ones."""
    early = f"{target}.early"
    subprocess.run(["editcap", "-F", "pcapng", "-t", "-1800000000", source, early], check=True, capture_output=True)
    subprocess.run(["mergecap", "-a", "-w", target, source, early], check=True, capture_output=True)
    os.unlink(early)
    return "once more 584 years later"


DAMAGES = [  # ctest runs the first ones only
    far_apart,
    editcap("-E", lambda r: r.choice((0.001, 0.01, 0.05))),
    editcap("-t", lambda r: r.choice(("-1800000000", "2000000000", "2500000000"))),
    editcap("-C", lambda r: f"{r.randrange(14, 60)}:{r.randrange(1, 12)}"),
    editcap("-E", lambda r: r.choice((0.005, 0.02)), "-o", "34"),  # the headers below TCP stay
    editcap("-s", lambda r: r.randrange(1, 120)),
    truncated,
    editcap("-E", "0.2"),
    editcap("-E", lambda r: r.choice((0.005, 0.05)), "-o", "54"),  # only payload and options
    editcap("-C", lambda r: f"{r.randrange(14, 60)}:{r.randrange(1, 12)}", "-L"),
    editcap("-C", lambda r: -r.randrange(1, 40)),
    editcap("-S", lambda r: r.choice(("-0.5", "0.000001", "-0"))),
]


ENDINGS = (0, 2, 14)  # 0 success; "the file is cut short" is 2, in Wireshark 4.6 14 (WS_EXIT_READ_ERROR)


def together(parts, target):
    """One capture of several, one behind the other."""
    if len(parts) == 1:
        os.rename(parts[0], target)
        return
    subprocess.run(["mergecap", "-a", "-w", target, *parts], capture_output=True, check=False)  # 2: one of them ends early
    for part in parts:
        os.unlink(part)


def try_one(job):
    numbers, chosen, work = job
    number, target = numbers[0], os.path.join(work, f"{numbers[0]}.pcap")
    parts = [f"{target}.part{n}" for n in numbers]
    what = ", ".join(DAMAGES[n % len(DAMAGES)](source, part, n) for n, source, part in zip(numbers, chosen, parts))
    together(parts, target)
    source = chosen[0]
    os.chmod(target, 0o644)
    found = []
    for words in ([], ["-2"]):
        asked, reports = formats.arguments(target + "".join(words))
        run = runner.tshark(*words, "-r", target, "-O", "lab", *asked)  # as -V, but prints the lines of Lab alone
        bugs = run.stdout.decode(errors="replace").splitlines() if b"Dissector bug" in run.stdout else ()
        said = run.stderr.decode(errors="replace") + "".join(line for line in bugs if "Dissector bug" in line and "lab" in line)
        worries = [line for line in said.splitlines() if any(w in line for w in WORRIES) and not WIRESHARKS_OWN.search(line)]
        if run.returncode not in ENDINGS or worries:
            found.append(f"{os.path.basename(source)}, seed {number}, {what}, {words}: ended with {run.returncode} {worries[:3]} {said[-300:]}")
        for name, path in reports.items():
            try:
                wrong = formats.problems(name, pathlib.Path(path).read_bytes())
            except OSError as problem:
                wrong = [str(problem)]
            found += [f"{os.path.basename(source)}, seed {number}, {what}, {words}: {problem}" for problem in wrong[:3]]
    if not found:
        for path in pathlib.Path(work).glob(f"{number}.pcap*"):
            path.unlink()
    return found


def sources(options, work):
    if options.each:
        chosen = [path for _, path, _, _ in runner.case_captures(options.build, work, True)]
    else:
        chosen = [path for _, path in runner.merged_cases(options.build, work)]
    for number, capture in enumerate(all_captures()):
        if capture.frames and number % 4 == 0:
            chosen.append(os.path.join(work, f"library-{number}.pcap"))
            packets.write_pcap(chosen[-1], capture.frames, capture.dlt)
    return [os.path.abspath(p) for p in options.file] + chosen


def main():
    options = runner.arguments(__doc__, [("--runs", {"type": int, "default": 7, "help": "damaged captures to try (default 7)"}),
                                         ("--seed", {"type": int, "default": 0, "help": "number of the first"}),
                                         ("--together", {"type": int, "default": 1, "help": "how many of them one tshark reads, as one capture (default 1)"}),
                                         ("--each", {"action": "store_true", "help": "each case by itself: many small captures"}),
                                         ("--file", {"action": "append", "default": [], "help": "a capture to damage too"})])
    os.environ.setdefault("UBSAN_OPTIONS", "halt_on_error=1:print_stacktrace=1")
    with runner.work_directory() as work:
        files = sources(options, work)
        numbers = range(options.seed, options.seed + options.runs)
        lots = [numbers[at:at + options.together] for at in range(0, len(numbers), options.together)]
        jobs = [(lot, [files[n // len(DAMAGES) % len(files)] for n in lot], work) for lot in lots]
        results = [found for _, found in runner.in_turn(try_one, jobs)]
    runner.finish(f"damaged captures, {options.together} at a time:", sum(not found for found in results), ["\n    ".join(found) for found in results if found])


if __name__ == "__main__":
    main()
