#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Annotations must not depend on how frames are read: in one pass, in two, or as the GUI does: in any order, repeatedly, file after file.

The GUI dissects every frame once while it loads, and later single ones as they are clicked; sharkd does the same and can be asked by a
script. What may differ is in later.py.
"""
import json
import os
import random
import re

import packets
import runner
from later import contradictions
from library import talk

def compare_passes(job):
    name, path, fields = job
    one, two = (runner.rows(path, fields, passes=passes) for passes in (1, 2))
    if len(one) != len(two):
        return [f"{len(one)} and {len(two)} frames"]
    return list(contradictions(fields, one, two))


# ---- sharkd ----

def sharkd(*requests):
    """The answers to (method, parameters), in one session."""
    lines = [json.dumps({"jsonrpc": "2.0", "id": n, "method": method, **({"params": params} if params else {})})
             for n, (method, params) in enumerate(requests, 1)]
    run = runner.program("-", name="sharkd", input=("\n".join(lines) + "\n").encode(), timeout=120)
    answers = {}
    for line in run.stdout.decode(errors="replace").splitlines():
        if line.startswith("{"):
            answer = json.loads(line)
            answers[answer.get("id")] = answer
    return [answers.get(n, {}) for n in range(1, len(lines) + 1)]


CUT = re.compile(r"^\[(?:…|\.\.\.|truncated)\] ?")


def lab_lines(nodes, inside=False):
    """The lines below Lab in the tree of a frame, as tshark -V writes them."""
    for node in nodes:
        here = inside or node.get("t") == "proto" and node.get("fn", "").startswith("lab") or node.get("f", "").startswith("lab")
        if here:
            yield node["l"]
        yield from lab_lines(node.get("n", []), here)


def trees_of_two_passes(path):
    """Per frame the lines of -V below Lab, as the second pass prints them; -O prints nothing of the others but their first lines."""
    text = runner.tshark("-2", "-O", "lab", "-r", path).stdout.decode(errors="replace")
    for frame in text.split("\n\nFrame ") if text else []:
        lines, inside = [], False
        for line in frame.splitlines():
            if line and not line.startswith(" "):
                inside = plain(line).startswith("Lab")
            if inside and line.strip():
                lines.append(plain(line))
        yield lines


def plain(line):
    """Generated items stand in brackets in -V, without them in sharkd. Of a line that was cut, Wireshark says so before it."""
    line = CUT.sub("", line.strip())
    return CUT.sub("", line[1:-1] if line.startswith("[") and line.endswith("]") else line)


def clicks(name, path, frames, seed):
    """Frames in any order, three times each, compared with two passes of tshark."""
    wanted = list(trees_of_two_passes(path))
    if len(wanted) != frames:
        return [f"tshark -2 -V prints {len(wanted)} frames of {frames}"]
    order = random.Random(seed).sample(range(1, frames + 1), min(frames, 700)) if frames else []
    order += random.Random(seed + 1).choices(range(1, frames + 1), k=min(frames, 300)) if frames else []
    asked = [("load", {"file": path})] + [("frame", {"frame": n, "proto": True}) for n in order]
    found = []
    if frames and not any(wanted):
        found.append("tshark -2 -V shows nothing of Lab")
    for number, answer in zip(order, sharkd(*asked)[1:]):
        got = [plain(line) for line in lab_lines(answer.get("result", {}).get("tree", []))]
        if got != wanted[number - 1]:
            found.append(f"frame {number}: sharkd {got}, tshark -2 {wanted[number - 1]}")
    return found


def after_preferences(path, frames):
    """A change of language changes the texts only. Another file and the first one again give the first values."""
    numbers = list(range(1, frames + 1))
    show = [("frame", {"frame": n, "proto": True}) for n in numbers]
    load = ("load", {"file": path})
    other = ("load", {"file": path + ".other.pcap"})
    answers = sharkd(load, *show, ("setconf", {"name": "lab.language", "value": "zh"}), *show,
                     ("setconf", {"name": "lab.language", "value": "en"}), ("setconf", {"name": "tcp.desegment_tcp_streams", "value": "FALSE"}), load, *show,
                     other, ("frame", {"frame": 1, "proto": True}), load, *show)
    first, chinese = answers[1:frames + 1], answers[frames + 2:2 * frames + 2]
    again = answers[2 * frames + 5:3 * frames + 5]
    elsewhere, last = answers[3 * frames + 6], answers[3 * frames + 8:]
    tokens = [tokens_of(a) for a in first]
    if not all(tokens) or not all(lines_of(a) for a in first):
        yield f"sharkd shows nothing of Lab: {[str(a)[:80] for a in answers[:2]]}"
    if tokens != [tokens_of(a) for a in chinese]:
        yield "tokens change with the language"
    if any(lines_of(a) == lines_of(b) for a, b in zip(first, chinese) if lines_of(a)):
        yield "the language does not change what is read"
    if [lines_of(a) for a in first] != [lines_of(a) for a in again]:
        yield "another answer without reassembly"
    if "lab.stream == 0" not in filters_of(elsewhere) or "lab.http.exchange == 1" not in filters_of(elsewhere):
        yield f"a second file does not begin from nothing: {filters_of(elsewhere)}"
    if [lines_of(a) for a in first] != [lines_of(a) for a in last]:
        yield "another answer after another file"


def lines_of(answer):
    return list(lab_lines(answer.get("result", {}).get("tree", [])))


def filters_of(answer, nodes=None):
    nodes = answer.get("result", {}).get("tree", []) if nodes is None else nodes
    out = []
    for node in nodes:
        if str(node.get("f", "")).startswith("lab."):
            out.append(node["f"])
        out += filters_of(answer, node.get("n", []))
    return out


def tokens_of(answer):
    return [f for f in filters_of(answer) if not f.startswith(("lab.note", "lab.http.header.meaning", "lab.expert"))]


# ---- other ways to read twice ----

def summary(report):
    """Parts that a redissection must neither repeat nor lose."""
    connections = report["connections"]
    return (len(connections), len(report["exchanges"]), len(report["anomalies"]), sum(len(c["resets"]) for c in connections),
            sum(len(c["keepalive"]) for c in connections), report["capture"]["tcp_frames"])


def without_layers(report):
    """Without the list of protocols: it is Wireshark's own, and differs with two passes or without reassembly."""
    del report["messages"]["protocols"]
    return report


def reports(path):
    plain_report = without_layers(runner.report(path))
    for words in (["-2"], ["-o", "tcp.desegment_tcp_streams:FALSE"], ["-2", "-o", "tcp.desegment_tcp_streams:FALSE"],
                  ["-o", "lab.language:zh"], ["-M", "1000000"]):
        other = without_layers(runner.report(path, *words))
        if other != plain_report:
            yield f"{' '.join(words)}: another report: {summary(other)}, was {summary(plain_report)}"


def read_filter(path):
    """-2 -R gives the kept frames new numbers. Their annotations must be the same as without -R."""
    fields = ["frame.number", "tcp.stream", "lab.stream", "lab.phase", "lab.role", "lab.state.client", "lab.state.server", "lab.sender"]
    for stream in (0, 1, 5):
        kept = runner.rows(path, fields, "-R", f"tcp.stream == {stream}", passes=2)
        whole = [r for r in runner.rows(path, fields, passes=2) if r["tcp.stream"] == [str(stream)]]
        if [r["frame.number"] for r in kept] != [[str(n)] for n in range(1, len(kept) + 1)]:
            yield f"-2 -R 'tcp.stream == {stream}': frames {[r['frame.number'] for r in kept]}"
        said = [{f: v for f, v in r.items() if f != "frame.number"} for r in kept]
        if said != [{f: v for f, v in r.items() if f != "frame.number"} for r in whole] or not whole:
            yield f"-2 -R 'tcp.stream == {stream}': other than without -R"


def starts_anew(path):
    """tshark -M forgets its state after each N frames: no annotation may refer to a frame before that. Often in the first frames, and less often in
    all of them: each time tshark reads its list of manufacturers again, which takes 50 ms."""
    fields = ["frame.number", "tcp.stream", "lab.stream", "lab.phase"]
    for frames, words in (("7", ["-c", "700"]), ("97", [])):
        run = runner.tshark("-M", frames, *words, "-r", path, "-T", "fields", *[w for f in fields for w in ("-e", f)])
        lines = [line.split("\t") for line in run.stdout.decode().splitlines()]
        wrong = [line for line in lines if line[1] != line[2]]
        if run.returncode or wrong or len(lines) < 700:
            yield f"-M {frames}: ended with {run.returncode}, {len(lines)} lines, {len(wrong)} with another stream: {wrong[:3]}"


def main():
    options = runner.arguments(__doc__)
    failures, passed = [], 0
    with runner.work_directory() as work:
        fields = runner.lab_fields()
        captures = runner.merged_cases(options.build, work, with_pending=False)
        cases = captures[0][1]
        captures.append(("story", os.path.join(work, "story.pcap")))
        story = captures[-1][1]
        packets.write_pcap(story, packets.frames(talk().segments))
        packets.write_pcap(story + ".other.pcap", packets.frames(packets.Talk().exchange(10).segments))
        frames = len(runner.rows(cases, ["frame.number"]))
        jobs = [(name, path, fields) for name, path in captures]
        checks = [(f"passes: {job[0]}", found) for job, found in runner.in_turn(compare_passes, jobs)]
        checks += [(f"report: {name}", list(reports(path))) for name, path in (captures[0], captures[-1])]
        checks += [("read filter", list(read_filter(cases))), ("-M", list(starts_anew(cases)))]
        checks += [("clicks: cases", clicks("cases", cases, frames, 1)), ("clicks: story", clicks("story", story, 10, 2)),
                   ("preferences and files", list(after_preferences(story, 10)))]
    for name, found in checks:
        passed += not found
        if found:
            failures.append(name + "".join(f"\n    {line[:400]}" for line in found[:40]) + (f"\n    ... {len(found)} in all" if len(found) > 40 else ""))
    runner.finish("passes", passed, failures)


if __name__ == "__main__":
    main()
