# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the plugin's annotations and report with the records of what happened."""
import json
import os
import pathlib
import struct
import subprocess
from collections import Counter, namedtuple

TSHARK_LAB = pathlib.Path(__file__).resolve().parent.parent / "tools" / "tshark-lab"
PCAP_HEADER, RECORD_HEADER = 24, 16
FIELDS = ["tcp.stream", "lab.state.client", "lab.state.server", "lab.sender", "lab.role", "lab.phase", "tcp.srcport", "tcp.dstport"]
TCP_KEEPALIVE = "probe answer unanswered answered-by-reset after-fin early irregular".split()

# The outcome of a scenario: its dictionary (see play_one in run-scenarios) and its position in the merged capture.
Place = namedtuple("Place", "played first_frame first_stream rows report")


def merge(played, path):
    """Merges all captures, one after the other in time: tshark takes longer to start than to read them."""
    shift_to = 1_700_000_000
    with open(path, "wb") as out:
        for number, one in enumerate(played):
            capture = pathlib.Path(one["capture"]).read_bytes()
            if number == 0:
                out.write(capture[:PCAP_HEADER])
            shift_to = append(out, capture, shift_to) + 10


def append(out, capture, start):
    """Appends a capture's records with their times moved to begin at `start`; returns the last second."""
    at, shift, seconds = PCAP_HEADER, None, start
    while at < len(capture):
        seconds, micro, length, wire_length = struct.unpack_from("<IIII", capture, at)
        shift = start - seconds if shift is None else shift
        seconds += shift
        out.write(struct.pack("<IIII", seconds, micro, length, wire_length))
        out.write(capture[at + RECORD_HEADER:at + RECORD_HEADER + length])
        at += RECORD_HEADER + length
    return seconds


def annotate(options, capture, passes, fields):
    """Rows (one dictionary a frame) and the report of a capture."""
    report = f"{capture}.{passes}.json"
    command = [str(TSHARK_LAB), "-n", "-r", capture, "-T", "fields", "-E", "aggregator=;", "-z", f"lab,report,json,{report}"]
    command += ["-2"] if passes == 2 else []
    for field in fields:
        command += ["-e", field]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ, LAB_BUILD=options.build))
    if run.returncode or not os.path.exists(report):
        raise SystemExit(f"run-scenarios: tshark ended with {run.returncode}: {run.stderr.strip()}")
    rows = [dict(zip(fields, line.split("\t"))) for line in run.stdout.splitlines()]
    with open(report, encoding="utf-8") as file:
        return rows, json.load(file)


def places(played, rows, report):
    start = 0
    for one in played:
        mine = rows[start:start + one["frames"]]
        first_stream = min((int(row["tcp.stream"]) for row in mine), default=0)
        yield Place(one, start, first_stream, mine, report)
        start += one["frames"]


def agrees(wanted, got, place):
    if isinstance(wanted, dict) and "about" in wanted:
        return isinstance(got, (int, float)) and abs(got - wanted["about"]) <= wanted["within"]
    if isinstance(wanted, dict) and "any" in wanted:
        return any(agrees(one, got, place) for one in wanted["any"])
    if isinstance(wanted, dict) and "frame" in wanted:
        return got == wanted["frame"] + 1 + place.first_frame
    if isinstance(wanted, list) and isinstance(got, list):
        return len(wanted) == len(got) and all(agrees(w, g, place) for w, g in zip(wanted, got))
    return wanted == got and isinstance(wanted, bool) == isinstance(got, bool)


def look_up(value, path):
    for key in path.split("."):
        if isinstance(value, list):
            value = value[int(key)] if int(key) < len(value) else None
        elif isinstance(value, dict):
            value = value.get(key)
    return value


def show(wanted, place):
    if isinstance(wanted, dict) and "about" in wanted:
        return f"{wanted['about']} +- {wanted['within']}"
    if isinstance(wanted, dict) and "frame" in wanted:
        return str(wanted["frame"] + 1 + place.first_frame)
    return json.dumps(wanted)


def tokens(found):
    return sorted({one["token"] for one in found or []})


def connection_values(connection, exchanges):
    """A connection of the report, with short names for its tokens, and with its exchanges."""
    mine = [e for e in exchanges if e["stream"] == connection["stream"]]
    keepalive = [k for k in connection["keepalive"] or [] if k["token"] in TCP_KEEPALIVE]
    short = {"anomaly_tokens": [t for t in tokens(connection["anomalies"]) if t != "reset"],
             "keepalive_tokens": tokens(keepalive),
             "persistence_tokens": [t for t in tokens(connection["keepalive"]) if t not in TCP_KEEPALIVE],
             "probes": sum(k["token"] == "probe" for k in keepalive),
             "rst_causes": [r["cause"] for r in connection["resets"] or []],
             "statuses": [e["status"] for e in mine], "exchanges": mine}
    return {**connection, **short}


DEFAULTS = {"anomaly_tokens": [], "keepalive_tokens": [], "rst_causes": [], "statuses": []}


def reset_differences(place, connection):
    """Each captured RST is in the report, with its sender and with evidence of its own connection."""
    wanted = {p["frame"]: p["side"] for p in place.played["rst"]}
    for reset in connection["resets"] or []:
        frame = reset["frame"] - place.first_frame - 1
        if wanted.get(frame) != reset["by"]:
            yield f"reset in frame {reset['frame']} by {reset['by']}", wanted.get(frame), reset["by"]
        for evidence in reset["evidence"]:
            inside = 0 < evidence - place.first_frame <= len(place.rows)
            row = place.rows[evidence - place.first_frame - 1] if inside else {}
            ports = {str(connection[end]["port"]) for end in ("client", "server")}  # the connection may go by two stream numbers
            if {row.get("tcp.srcport"), row.get("tcp.dstport")} != ports:
                yield f"evidence of the reset in frame {reset['frame']}", f"a frame of stream {connection['stream']}", evidence


def connection_differences(place):
    mine = place.played["connections"]
    by_stream = {c["stream"]: c for c in place.report["connections"]}
    # Wireshark may count one connection as several streams; the report has it once
    count = len({row["tcp.stream"] for row in place.rows if int(row["tcp.stream"]) in by_stream})
    if count != len(mine) + place.played["extra_connections"]:
        yield "number of connections", len(mine) + place.played["extra_connections"], count
    seen = 0
    for number, one in enumerate(mine):
        stream = int(place.rows[one["start"]]["tcp.stream"]) if one["start"] < len(place.rows) else None
        connection = by_stream.get(stream)
        if connection is None:
            yield f"connection {number}", "in the report", None
            continue
        values = connection_values(connection, place.report["exchanges"])
        seen += len(connection["resets"] or [])
        wanted = {**DEFAULTS, "client.port": one["client_port"], "server.port": one["server_port"], **one["expectations"]}
        if one["took"] is not None and "open.time" not in wanted:
            wanted["open.time"] = {"about": one["took"], "within": 0.3}
        for path, value in wanted.items():
            got = look_up(values, path)
            if not agrees(value, got, place):
                yield f"connection {number}: {path}", show(value, place), json.dumps(got)
        yield from reset_differences(place, connection)
    if not place.played["extra_connections"] and seen != len(place.played["rst"]):
        yield "RSTs in the report", len(place.played["rst"]), seen


def state_differences(place):
    """Compares the kernel's states at each snapshot with those of the last frame before it."""
    for frame, states in place.played["looks"]:
        for side, state in states.items():
            got = place.rows[frame][f"lab.state.{side}"]
            if got != state:
                yield f"frame {frame + 1 + place.first_frame}: lab.state.{side}", f"{state} (the kernel's)", got


def frame_differences(place):
    for frame, fields in place.played["wanted_frames"]:
        for field, value in fields.items():
            got = place.rows[frame].get("lab." + field, "")
            choices = value["any"] if isinstance(value, dict) else [value]
            wanted = [sorted(map(str, one if isinstance(one, list) else [one])) for one in choices]
            if sorted(got.split(";") if got else []) not in wanted:
                yield f"frame {frame + 1 + place.first_frame}: lab.{field}", value, got


def count_differences(place):
    roles = Counter(row["lab.sender"] for row in place.rows if "retransmission" in row["lab.role"].split(";"))
    for side, count in place.played["counts"]:
        if roles[side] != count:
            yield f"retransmissions by the {side}", f"{count} (the kernel's)", roles[side]


def differences(place, passes):
    """Differences from the record. Fields of frames are compared in two passes only: one pass does not know later frames."""
    found = list(state_differences(place)) + list(connection_differences(place))
    if passes == 2:
        found += list(frame_differences(place)) + list(count_differences(place))
    mode = "one pass" if passes == 1 else "two passes"
    return [f"    {mode}: {what}: expected {wanted}, got {got}" for what, wanted, got in found]
