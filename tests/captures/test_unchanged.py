#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin adds fields and changes nothing else: with the protocol lab disabled tshark prints the same bytes as without the plugin;
with it enabled only its own tree, its expert infos and what names the protocol in the frame are more.
"""
import json
import os
import struct

import packets
import runner
from library import all_captures
from packets import ACK, PSH, Talk

MOST = 4000  # frames whose JSON is compared: of all cases in one capture it is 100 MB; --all compares all of it


def tls_talk():
    """The records of a TLS 1.2 session: enough for the dissector to take them for TLS."""
    hello = b"\x03\x03" + b"\7" * 32 + b"\0" + struct.pack("!H", 2) + b"\xc0\x2f" + b"\1\0"
    record = lambda kind, body: struct.pack("!BHH", kind, 0x0303, len(body)) + body
    handshake = lambda kind, body: record(22, struct.pack("!I", kind << 24 | len(body)) + body)
    answer = b"\x03\x03" + b"\6" * 32 + b"\0" + b"\xc0\x2f\0"
    t = Talk().open().send(True, PSH | ACK, handshake(1, hello)).send(False, PSH | ACK, handshake(2, answer) + handshake(14, b""))
    t.send(True, PSH | ACK, record(20, b"\1") + record(22, b"x" * 40)).send(False, PSH | ACK, record(20, b"\1") + record(22, b"y" * 40))
    return t.send(True, PSH | ACK, record(23, b"z" * 300)).send(False, PSH | ACK, record(23, b"w" * 500)[:200]).close()


def captures(build, work):
    """(name, path, further options of tshark)"""
    chosen = runner.merged_cases(build, work)
    for number, capture in enumerate(all_captures()):
        chosen.append((capture.name, os.path.join(work, f"{number}.pcap")))
        packets.write_pcap(chosen[-1][1], capture.frames, capture.dlt)
    made = [(name, path, ()) for name, path in chosen]
    secure = packets.Ends(packets.V4.client, packets.V4.server._replace(port=443))
    path = os.path.join(work, "tls.pcap")
    packets.write_pcap(path, packets.frames(tls_talk().segments, secure))
    odd = packets.Ends(packets.V4.client, packets.V4.server._replace(port=9999))
    other = os.path.join(work, "odd.pcap")
    packets.write_pcap(other, packets.frames(Talk().open().exchange(1000).close().segments, odd))
    return made + [("TLS", path, ()), ("TLS, decoded as HTTP", path, ("-d", "tcp.port==443,http")), ("HTTP on another port", other, ()),
                   ("HTTP on another port, decoded as HTTP", other, ("-d", "tcp.port==9999,http")),
                   ("TCP disabled", other, ("--disable-protocol", "tcp"))]


def without_lab(value):
    """JSON without the plugin's parts: tree of Lab, expert infos of Lab, lab in the list of the frame's protocols."""
    if isinstance(value, dict):
        kept = {}
        for key, inner in value.items():
            if key in ("lab", "lab_raw") or key == "frame.protocols":
                if key == "frame.protocols":
                    kept[key] = inner.removesuffix(":lab")
                continue
            kept[key] = without_lab(inner)
        return kept
    return [without_lab(v) for v in value] if isinstance(value, list) else value


def first_difference(a, b):
    for number, (x, y) in enumerate(zip(a.splitlines(), b.splitlines()), 1):
        if x != y:
            return f"line {number}: {x[:120]!r} and {y[:120]!r}"
    return f"{len(a)} and {len(b)} bytes"


def compare(job):
    path, words, passes, most = job
    command = [*words, "-r", path] + ["-2"] * (passes == 2)
    found = []
    without = runner.tshark("-V", *command, plugin=False).stdout
    disabled = runner.tshark("-V", *command, "--disable-protocol", "lab").stdout
    if not without and os.path.getsize(path) > 24 or disabled != without:
        found.append(f"-V with lab disabled differs: {first_difference(disabled, without)}")
    # -T json may repeat a key, and a dictionary cannot hold it twice: --no-duplicate-keys makes a list
    output = ["-T", "json", "-x", "--no-duplicate-keys", *command, *most]
    plain = json.loads(runner.tshark(*output, plugin=False).stdout or b"[]")
    enabled = json.loads(runner.tshark(*output).stdout or b"[]")
    if without_lab(enabled) != plain:
        found.append("-T json -x differs by more than the tree of lab")
    columns = ["-r", path, *words] + ["-2"] * (passes == 2)
    if runner.tshark(*columns).stdout != runner.tshark(*columns, plugin=False).stdout:
        found.append("the packet list differs")
    return found


def main():
    options = runner.arguments(__doc__, [("--all", {"action": "store_true", "help": "every capture, not a choice of them"})])
    with runner.work_directory() as work:
        chosen = captures(options.build, work)
        if not options.all:
            few = ("cases-1", "cases-2", "plain", "GRE with", "VXLAN", "IP fragments in rev", "Two connections", "ICMP err", "(50)", "TLS", "HTTP on", "TCP dis", "4in6")
            chosen = [c for c in chosen if any(word in c[0] for word in few)]
        most = [] if options.all else ["-c", str(MOST)]
        jobs = [(path, words, passes, most) for _, path, words in chosen for passes in ((1, 2) if options.all else (1,))]
        names = [f"{name}, {passes} pass" for name, _, _ in chosen for passes in ((1, 2) if options.all else (1,))]
        results = [(name, found) for name, (_, found) in zip(names, runner.in_turn(compare, jobs))]
    failures = [name + "".join(f"\n    {line}" for line in found) for name, found in results if found]
    runner.finish("unchanged", len(results) - len(failures), failures)


if __name__ == "__main__":
    main()
