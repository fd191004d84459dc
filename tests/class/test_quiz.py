#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A quiz of a capture whose answers were worked out by hand: each right answer is right, each other choice is wrong, nothing doubtful is asked, the
same seed gives the same quiz, and the three formats say the same."""
import argparse
import html
import pathlib
import re
import sys
import tempfile

import tools
from padded import make
from test_class import CLOSE, HANDSHAKE, IMAGE, PAGE, WHOLE, capture_of

# The capture: frames 1 to 3 open, 4 asks for the page, 5 brings it, 6 acknowledges it, 7 to 9 the same with the image, 10 to 13 close: FIN of
# the client, its ACK, FIN of the server, its ACK.
NUMBER = 2100001
CLIENT_PORT = 40000 + NUMBER % 20000
CLIENT_ISN = NUMBER * 7919 % 2**32
ROLES = {1: "syn", 2: "syn-ack", 3: "handshake-ack", 10: "fin1", 11: "fin1-ack", 12: "fin2", 13: "fin2-ack"}
# RFC 9293 figures 5, 6 and 12: client and server after the frame.
STATES = {1: ("SYN-SENT", "SYN-RECEIVED"), 2: ("ESTABLISHED", "SYN-RECEIVED"), 3: ("ESTABLISHED", "ESTABLISHED"), 10: ("FIN-WAIT-1", "CLOSE-WAIT"),
          11: ("FIN-WAIT-2", "CLOSE-WAIT"), 12: ("TIME-WAIT", "LAST-ACK"), 13: ("TIME-WAIT", "CLOSED")}
CONNECTION = {"Port of the client": CLIENT_PORT, "Port of the server": 8000, "Frame of the SYN-ACK": 2, "Frame of the handshake's last ACK": 3,
              "Initial sequence number of the client, raw": CLIENT_ISN, "How the connection opened": "three-way",
              "What kept the connection open between requests": "persistent", "Number of HTTP requests on it": 2, "How it closed": "four-segment",
              "Who closed first": "client", "Who remains in TIME-WAIT": "client", "Whether every byte that was sent was acknowledged": "true"}
EXCHANGES = {1: {"First frame of the request": 4, "First frame of the response": 5, "Status code": 200, "What kind of object came": "page"},
             2: {"First frame of the request": 7, "First frame of the response": 8, "Status code": 200, "What kind of object came": "image"}}


def answers():
    """Of each question the right answer."""
    known = {f"Connection 0 (tcp.stream == 0): {what}": str(value) for what, value in CONNECTION.items()}
    for number, rows in EXCHANGES.items():
        known.update({f"HTTP exchange {number} of the capture: {what}": str(value) for what, value in rows.items()})
    for frame, (client, server) in STATES.items():
        known[f"Frame {frame}: State of the client after this frame"] = client
        known[f"Frame {frame}: State of the server after this frame"] = server
        known[f"Frame {frame}: What this frame is"] = ROLES[frame]
    return known


def also_right(question, choice):
    """A segment with the flag ACK is an acknowledgment: every one but the first."""
    return choice == "ack" and question.endswith("What this frame is") and not question.startswith("Frame 1:")


def read_text(text):
    """Of (question, choices, place of the right one)."""
    head, _, tail = re.split(r"\n(Answers|答案)\n", text)
    asked = [(m[1], re.findall(r"^   [a-h]\) (.*)$", m[2], re.M)) for m in re.finditer(r"^\d+\. (.*)\n((?:   [a-h]\) .*\n?)+)", head, re.M)]
    right = [ord(letter) - ord("a") for letter in re.findall(r"^\d+\. ([a-h])\) ", tail, re.M)]
    if len(asked) != len(right):
        raise AssertionError(f"{len(asked)} questions, {len(right)} answers")
    return [(question, choices, place) for (question, choices), place in zip(asked, right)]


def token(choice):
    return choice.split(" (")[0]


def answer_faults(quiz):
    known = answers()
    for question, choices, right in quiz:
        tokens = [token(choice) for choice in choices]
        if question not in known:
            yield f"{question}: it was not worked out by hand"
        elif tokens[right] != known[question]:
            yield f"{question}: {tokens[right]}, not {known[question]}"
        if not 2 <= len(set(tokens)) == len(tokens):
            yield f"{question}: choices {tokens}"
        for place, choice in enumerate(tokens):
            if place != right and (choice == known.get(question) or also_right(question, choice)):
                yield f"{question}: {choice} is offered as wrong and is right"
    if missing := set(known) - {question for question, _, _ in quiz}:
        yield f"not asked: {sorted(missing)}"


def unescaped(text):
    return re.sub(r"\\([~=#{}:\\])", r"\1", text)


def gift_faults(gift, quiz):
    """Each question as Moodle reads it, beside the one of the text."""
    blocks = re.findall(r"^::\d+:: \[plain\](.*) \{\n((?:  .*\n)+)\}$", gift, re.M)
    if len(blocks) != len(quiz):
        yield f"GIFT has {len(blocks)} questions, not {len(quiz)}"
    for (question, lines), (wanted, choices, right) in zip(blocks, quiz):
        *rows, feedback = lines.splitlines()
        for part in (question, *(row[3:] for row in rows), feedback[6:]):
            if re.search(r"(?<!\\)(\\\\)*[~=#{}:]", part):
                yield f"GIFT: not escaped in {part!r}"
        if unescaped(question) != wanted or [unescaped(row[3:]) for row in rows] != choices:
            yield f"GIFT: {question} with {rows} is not {wanted} with {choices}"
        if [place for place, row in enumerate(rows) if row.startswith("  =")] != [right] or not feedback.startswith("  ####"):
            yield f"GIFT: {question} has not its one right answer, or no feedback"


def page_faults(page, quiz):
    if re.search(r"<script|javascript:|\son\w+=|<img|<link|src=|https?://", page, re.I):
        yield "the page runs or loads something"
    if "default-src 'none'" not in html.unescape(page):
        yield "the page has no policy"
    asked = [html.unescape(text) for text in re.findall(r"<legend>\d+\. (.*?)</legend>", page)]
    if asked != [question for question, _, _ in quiz]:
        yield f"the page asks {asked}"
    shown = [html.unescape(text) for text in re.findall(r"<details><summary>[^<]*</summary><p><b>(.*?)</b>", page)]
    if shown != [choices[right] for _, choices, right in quiz]:
        yield f"the page's answers are {shown}"


def quiz_of(run, capture, *options, language="en"):
    done = run.labclass("quiz", capture, "--language", language, "--questions", "1000", *options)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


def whole_faults(run, work):
    capture = work / "whole.pcap"
    capture_of(run, str(work), WHOLE + CLOSE, NUMBER, capture)
    text = quiz_of(run, capture)
    quiz = read_text(text)
    for seed in range(1, 9):
        yield from (f"seed {seed}: {fault}" for fault in answer_faults(read_text(quiz_of(run, capture, "--seed", seed))))
    if text != quiz_of(run, capture, "--seed", "1"):
        yield "the same seed gives another quiz"
    if text.split("\n", 1)[1] == quiz_of(run, capture, "--seed", "2").split("\n", 1)[1]:
        yield "another seed gives the same quiz"
    chinese = read_text(quiz_of(run, capture, language="zh"))
    if [(len(choices), right) for _, choices, right in chinese] != [(len(choices), right) for _, choices, right in quiz]:
        yield "the quiz in Chinese is another one"
    few = read_text(run.labclass("quiz", capture, "--questions", "5").stdout)
    if len(few) != 5 or any(row[0] not in answers() for row in few):
        yield f"five questions: {few}"


# What the page's request may hold: signs that GIFT and HTML obey.
HOSTILE = "/a=b~{c-}:%23\\d<script>"


def format_faults(run, work):
    capture = work / "{a}=b~c.pcap"
    capture_of(run, str(work), HANDSHAKE + PAGE.replace("GET /", f"GET {HOSTILE}") + IMAGE + CLOSE, NUMBER, capture)
    quiz = read_text(quiz_of(run, capture))
    yield from answer_faults(quiz)
    yield from gift_faults(quiz_of(run, capture, "--format", "gift"), quiz)
    for language in ("en", "zh"):
        yield from page_faults(quiz_of(run, capture, "--format", "html", language=language), read_text(quiz_of(run, capture, language=language)))


def certain_faults(run, work):
    """A capture that began after the handshake, and one with RSTs whose causes are likely (24 and 25) or certain."""
    capture = work / "middle.pcap"
    capture_of(run, str(work), PAGE + IMAGE + CLOSE, NUMBER, capture)
    for question, choices, right in read_text(quiz_of(run, capture)):
        if "opened" in question or "SYN" in question or "Initial" in question or "UNKNOWN" in choices[right]:
            yield f"asked without a handshake: {question}"
    capture = work / "likely.pcap"
    make(run.casecap, str(work), "pages", str(capture), "19 to 29")
    asked = [question for question, _, _ in read_text(quiz_of(run, capture))]
    for frame in (24, 25):
        if f"Frame {frame}: Why this RST came" in asked:
            yield f"asked, and its cause is only likely: frame {frame}"
    if not any(question.endswith("Why this RST came") for question in asked):
        yield f"no RST with a certain cause is asked for: {asked}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    build = parser.parse_args().build
    with tempfile.TemporaryDirectory() as place:
        run, work = tools.Run(build, place), pathlib.Path(place)
        faults = [*whole_faults(run, work), *format_faults(run, work), *certain_faults(run, work)]
    print(*faults, f"{len(answers())} questions worked out by hand, {len(faults)} faults", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
