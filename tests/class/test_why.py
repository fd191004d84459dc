#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The short explanations: each has a section of an RFC and both languages, labclass explain finds it, and it stands at exactly the frames that it is
for, worked out by hand: in the packet details, and in the HTML report."""
import argparse
import html
import pathlib
import re
import subprocess
import sys
import tempfile

import tools
from test_class import CLOSE, IMAGE, PAGE, HANDSHAKE, WHOLE, capture_of

TABLE = pathlib.Path(__file__).resolve().parents[2] / "plugin" / "words" / "why.def"
CARD = re.compile(r'^WHY\("([^"]+)", "([^"]+)", "([^"]+)", "([^"]+)", "([^"]+)",\s*"([^"]+)",\s*"([^"]+)"\)', re.M)
LANGUAGES = {"en": 0, "zh": 1}
OPEN, SYNS, LAST = "three-segments", ["isn", "window-scale"], ["time-wait"]
# What is to be explained of each frame.
WHOLE_CARDS = {1: [OPEN, "mss", *SYNS], 2: [OPEN, "plus-one", *SYNS], 3: [OPEN], 4: ["psh"], 5: ["psh"], 6: ["cumulative-ack"], 7: ["psh"], 8: ["psh"],
               9: ["cumulative-ack"], 10: ["four-segments", "fin-has-ack"], 11: ["four-segments", "plus-one"],
               12: ["four-segments", "fin-has-ack", *LAST], 13: ["four-segments", "plus-one", *LAST]}
RESET = ["rst-not-fin", "rst-win-0"]
# Frame 2 answers the SYN to a closed port.
REFUSED, REFUSED_CARDS = "0.000 > S 0 mss 1460\n0.001 < RA =0 1\n", {1: ["mss", *SYNS], 2: ["port-closed", *RESET]}
# Both FINs cross: frames 10 to 13 are FIN, FIN, ACK, ACK; each side is in TIME-WAIT once its FIN is acknowledged.
CROSSED = "0.100 > FA . .\n0.1001 < FA . .-1\n0.101 > A . .\n0.102 < A . .\n"
CROSSED_CARDS = {10: ["simultaneous-close", "fin-has-ack"], 11: ["simultaneous-close", "fin-has-ack"]}


def cards():
    found = CARD.findall(TABLE.read_text(encoding="utf-8"))
    return {word: {"rfc": rfc, "title": (en, zh), "text": (text_en, text_zh)} for word, rfc, _, en, zh, text_en, text_zh in found}


def table_faults(table):
    if len(table) < 30 or len(table) != TABLE.read_text(encoding="utf-8").count("\nWHY("):
        yield f"{len(table)} explanations were read"
    for word, card in table.items():
        if not re.fullmatch(r"RFC \d+ [0-9A-Z][\w., ]*(, RFC \d+ [0-9A-Z][\w., ]*)*", card["rfc"]):
            yield f"{word}: {card['rfc']!r} names no section"
        for part in ("title", "text"):
            if re.search("[\u4e00-\u9fff]", card[part][0]) or not re.search("[\u4e00-\u9fff]", card[part][1]):
                yield f"{word}: its {part} is not in both languages"


def explain_faults(run, table):
    for language, place in LANGUAGES.items():
        listed = run.labclass("explain", "--language", language).stdout.splitlines()
        if listed != [f"{word:<20} {card['title'][place]}" for word, card in table.items()]:
            yield f"{language}: the list is {listed}"
        for word, card in table.items():
            told = run.labclass("explain", word, "--language", language)
            if told.returncode or told.stdout != f"{card['title'][place]} ({card['rfc']})\n{card['text'][place]}\n":
                yield f"{language}: explain {word}: {told.returncode} {told.stdout}{told.stderr}"
    asked = run.labclass("explain", "2MSL", "--language", "zh")
    if table["time-wait"]["title"][1] not in asked.stdout:
        yield f"explain 2MSL: {asked.stdout}{asked.stderr}"
    unknown = run.labclass("explain", "no-such-word", "--language", "en")
    if unknown.returncode != 2 or "no-such-word" not in unknown.stderr:
        yield f"explain no-such-word: {unknown.returncode} {unknown.stderr}"


def tshark(run, capture, *options):
    return subprocess.run([str(run.tshark), "-r", capture.name, *options], capture_output=True, text=True, check=True, cwd=capture.parent).stdout


def in_tree(run, capture, table, language):
    """Of each frame the words that its details have."""
    titles = {f"[{card['title'][LANGUAGES[language]]} ({card['rfc']})]": word for word, card in table.items()}
    found, frame = {}, 0
    for line in tshark(run, capture, "-2", "-V", "-o", f"lab.language:{language}").splitlines():
        if match := re.match(r"Frame (\d+): ", line):
            frame = int(match[1])
        if line.strip() in titles:
            found.setdefault(frame, []).append(titles[line.strip()])
    return found


def in_page(run, capture, table, language):
    """The same of the HTML report, in which an explanation names its frames."""
    titles = {card["title"][LANGUAGES[language]]: (word, card["rfc"]) for word, card in table.items()}
    tshark(run, capture, "-q", "-o", f"lab.language:{language}", "-z", "lab,report,html,why.html,")
    page, found = (capture.parent / "why.html").read_text(encoding="utf-8"), {}
    (capture.parent / "why.html").unlink()
    for title, tail in re.findall(r"<h3>(.*?)</h3>\n<p>.*</p>\n<p>(RFC .*)</p>", page):
        word, rfc = titles[html.unescape(title)]
        if not tail.startswith(rfc):
            raise AssertionError(f"{word}: {tail}")
        for frame in re.findall(r'<a href="#frame-(\d+)">\1</a>', tail):
            found.setdefault(int(frame), []).append(word)
    return found


def place_faults(run, work, table, name, conversation, wanted):
    home = work / name
    home.mkdir(mode=0o777)
    home.chmod(0o777)
    capture_of(run, str(work), conversation, 2100001, home / "c.pcap")
    for language in LANGUAGES:
        for where, found in (("details", in_tree(run, home / "c.pcap", table, language)), ("report", in_page(run, home / "c.pcap", table, language))):
            for frame, words in wanted.items():
                if sorted(found.get(frame, [])) != sorted(words):
                    yield f"{name}, {language}, {where}, frame {frame}: {found.get(frame)}, not {words}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    build = parser.parse_args().build
    with tempfile.TemporaryDirectory() as place:
        run, work, table = tools.Run(build, place), pathlib.Path(place), cards()
        faults = [*table_faults(table), *explain_faults(run, table)]
        for name, conversation, wanted in (("whole", WHOLE + CLOSE, WHOLE_CARDS), ("refused", REFUSED, REFUSED_CARDS),
                                           ("crossed", HANDSHAKE + PAGE + IMAGE + CROSSED, CROSSED_CARDS)):
            faults += place_faults(run, work, table, name, conversation, wanted)
    print(*faults, f"{len(table)} explanations, {len(faults)} faults", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
