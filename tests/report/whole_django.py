# SPDX-License-Identifier: GPL-2.0-or-later
"""The Django student's capture with all of its 2,125 frames: tests/cases/seed-django.case prints 41 of them. The others are made up
so that the printed ones fit: data of 1,448 bytes, acknowledgments spread among them, and two further requests of 406 bytes."""
import pathlib

CASE = pathlib.Path(__file__).resolve().parents[1] / "cases" / "seed-django.case"
FIRST, LAST = 22, 2105  # frames that are not printed
BEGIN, END = 23.191396, 23.403509
SEGMENT = 1448
REQUEST = 406
# Where the responses end in the server's stream: the second one, the third; the fourth ends where the server's data ends.
ENDS = [3132 + 90284, 1343700, 2601806]


def data_frames():
    """(sequence number, client's bytes acknowledged, words) of what the server sends between the printed frames."""
    at, acked, frames = 14460, 757, []
    for end in ENDS:
        while at < min(end, 2591655):
            length = min(SEGMENT, end - at, 2591655 - at)
            frames.append(f"< A {at} {acked} win 511 len {length}")
            at += length
        if end == ENDS[-1]:
            return frames
        size = ENDS[ENDS.index(end) + 1] - end
        frames.append(f"> PA {acked} {at} win 501 request GET /static/img/{len(frames)}.jpg size {REQUEST}")
        acked += REQUEST
        frames.append(f"< PA {at} {acked} win 511 response 200 body {size - 284} size {size} len 17")
        at += 17


def between():
    """All frames that are not printed, acknowledgments spread evenly."""
    data = data_frames()
    wanted = LAST - FIRST + 1 - len(data)
    frames, acks, sent, asked = [], 0, 14460, 757
    for i, frame in enumerate(data):
        frames.append(frame)
        words = frame.split()
        if words[0] == "<":
            sent = int(words[2]) + int(words[words.index("len") + 1])
        else:
            asked += REQUEST
        while acks * len(data) < (i + 1) * wanted and acks < wanted:
            frames.append(f"> A {asked} {sent} win 501")
            acks += 1
    return frames


def case():
    """The text of the case, without what is expected of its frames."""
    lines = []
    for line in CASE.read_text().splitlines():
        line = line.split(" | ")[0]
        if line.lstrip().startswith("|") or line.startswith("report"):
            continue
        if line.startswith("f13:"):
            line = line.replace("body 90000 len", "body 90000 size 90284 len")
        if line.startswith("f2106:"):
            frames = between()
            step = (END - BEGIN) / (len(frames) + 1)
            lines += [f"f{FIRST + i}: {BEGIN + step * (i + 1):.6f} {frame}" for i, frame in enumerate(frames)]
        lines.append(line)
    return "\n".join(lines) + "\n"
