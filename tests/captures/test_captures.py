#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures with other link types, tunnels, fragments, cut frames, copies, frames out of order: expected values in one pass and in two.

A string as expectation: this value is among those of the field. A list: exactly these, in any order.
"""
import os

import library
import packets
import runner
from later import contradictions

ALWAYS = ["frame.number", "tcp.stream", "lab.stream", "lab.phase"]


def look_up(value, path):
    for key in path.split("."):
        if isinstance(value, list):
            value = value[int(key)] if int(key) < len(value) else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


def same(expected, got):
    return expected in got if isinstance(expected, str) else sorted(expected) == sorted(got)


def durations(value, path="report"):
    """Every duration of the report, in seconds, and its path. None may be negative."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("time", "dns", "connect", "tls", "send", "wait", "receive", "interval") and inner is not None:
                yield f"{path}.{key}", inner
            else:
                yield from durations(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from durations(inner, f"{path}.{number}")


def differences(capture, rows, report):
    if len(rows) != len(capture.frames):
        yield f"{len(rows)} frames of {len(capture.frames)}"
        return
    for number, expected in capture.expected.items():
        for field, value in expected.items():
            got = rows[number - 1][field]
            if not same(value, got):
                yield f"frame {number}: {field} expected {value}, got {got}"
    for row in rows:
        if row["lab.stream"] and row["lab.stream"] != row["tcp.stream"]:
            yield f"frame {row['frame.number'][0]}: lab.stream {row['lab.stream']}, tcp.stream {row['tcp.stream']}"
    for path, value in {**capture.report, "capture.quality": capture.quality}.items():
        if look_up(report, path) != value:
            yield f"report: {path} expected {value}, got {look_up(report, path)}"
    for path, seconds in durations(report):
        if seconds < 0:
            yield f"{path} is {seconds}"


def said(report):
    """The report without its list of protocols: that is Wireshark's, and reassembly changes it between passes."""
    return dict(report, messages=dict(report.get("messages") or {}, protocols=None))


def examine(job):
    work, number, capture, names = job
    path = os.path.join(work, f"{number}.pcap")
    packets.write_pcap(path, capture.frames, capture.dlt)
    fields = ALWAYS + [n for n in names if n not in ALWAYS]
    (one, first), (two, second) = (runner.rows_and_report(path, fields, passes) for passes in (1, 2))
    found = [f"one pass: {d}" for d in differences(capture, one, first)] + [f"two passes: {d}" for d in differences(capture, two, second)]
    return found + list(contradictions(names, one, two)) + (["the passes report differently"] if said(first) != said(second) else [])


def main():
    options = runner.arguments(__doc__, [("--only", {"default": "", "help": "only captures whose name contains this"}),
                                         ("--keep", {"metavar": "DIR", "help": "write the captures there and stop"})])
    chosen = [c for c in library.all_captures() if options.only in c.name]
    if options.keep:
        for number, capture in enumerate(chosen):
            packets.write_pcap(os.path.join(options.keep, f"{number}.pcap"), capture.frames, capture.dlt)
            print(f"{number}.pcap {capture.name}")
        return
    with runner.work_directory() as work:
        names = runner.lab_fields()
        jobs = [(work, n, c, names) for n, c in enumerate(chosen)]
        results = list(runner.in_turn(examine, jobs))
    failures = [job[2].name + "".join(f"\n    {line}" for line in found[:12]) for job, found in results if found]
    runner.finish("captures", len(results) - len(failures), failures)


if __name__ == "__main__":
    main()
