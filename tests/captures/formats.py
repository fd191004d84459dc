# SPDX-License-Identifier: GPL-2.0-or-later
"""Every format in which the plugin writes what it found, and what each must hold whatever the capture holds."""
import csv
import html.parser
import io
import json
import re
import unicodedata

REPORTS = ("text", "md", "html", "json", "har", "csv", "csv-exchanges", "csv-pages", "csv-anomalies", "notes")
# Those that can be written into a file: name -> what stands behind -z.
INTO_FILES = {**{f"report-{name}": f"lab,report,{name}" for name in REPORTS},
              **{f"{what}-{name}": f"lab,{what},{name}" for what in ("homework", "solution") for name in ("md", "text")}}
TABLES = ("connections", "exchanges", "anomalies", "pages", "resets")
VOID = {"meta", "input", "br", "wbr", "hr", "path", "rect", "line"}  # have no end tag, or none in SVG as it is written here
LOADS = {"script", "img", "image", "iframe", "object", "embed", "link", "base", "form", "video", "audio", "use", "foreignobject", "animate", "set"}
FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r]")


def arguments(target, formats=None):
    """Arguments of tshark that write `formats` (all) into files, and where: name -> path."""
    paths = {name: f"{target}.{name}" for name in formats or INTO_FILES}
    return [word for name, path in paths.items() for word in ("-z", f"{INTO_FILES[name]},{path}")], paths


def obeyed(data):
    """What a terminal or browser obeys in these bytes, and bytes that are no UTF-8."""
    try:
        text = data.decode()
    except UnicodeDecodeError as problem:
        return [f"no UTF-8: {problem}"]
    found = []
    for line in text.split("\n"):
        if line.replace("\t", "").isprintable():  # none of these categories; much faster than to look at each character
            continue
        hidden = [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") and c != "\t"]
        if hidden:
            found.append(f"{hidden[:4]!r} in {line[:200]!r}")
    return found


class Page(html.parser.HTMLParser):
    """A page that loads nothing, runs nothing, leads nowhere but into itself, and whose elements are closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.problems = [], []
        self.feed(text)
        self.close()
        if self.open:
            self.problems.append(f"not closed: {self.open[-4:]}")

    def handle_starttag(self, tag, attrs):
        if tag in LOADS:
            self.problems.append(f"<{tag}> is in it")
        for name, value in attrs:
            inside = name in ("href", "xlink:href") and (value or "").startswith("#")
            if name.startswith("on") or (name in ("href", "xlink:href", "src", "srcset", "action", "data") and not inside):
                self.problems.append(f"<{tag} {name}={value!r}>")
            if name == "style" and "url(" in (value or ""):
                self.problems.append(f"<{tag}> has the style {value!r}")
        if tag == "li" and self.open[-1:] == ["li"]:
            self.open.pop()
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        while self.open[-1:] == ["li"] and tag != "li":  # its end tag may be left out: HTML 13.1.2.4
            self.open.pop()
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes what was not open")


def wrong_csv(text):
    """Cells that a spreadsheet takes for formulas, and rows of another length than the first."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    if not rows:
        return ["no row"]
    found = [f"{len(row)} cells, not {len(rows[0])}: {row}" for row in rows if len(row) != len(rows[0])]
    return found + [f"formula {cell!r}" for row in rows for cell in row for part in cell.split(";") if FORMULA.match(part)]


def wrong_markdown(text):
    """Tables whose rows differ in their number of cells."""
    for block in re.findall(r"(?:^\|.*\n)+", text, re.M):
        if len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) != 1:
            yield f"a table with rows of different lengths: {block[:300]!r}"


def wrong_notes(text):
    for line in text.splitlines():
        if not re.match(r"(frames\t[0-9]+|section\t.*|[1-9][0-9]*\t.+)$", line):
            yield f"line {line[:200]!r}"


def problems(name, data):
    """What is wrong with these bytes of the format of this name."""
    found = obeyed(data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n") if "csv" in name else data)
    text = data.decode(errors="replace")
    try:
        if name in ("report-json", "report-har"):
            json.loads(text)
        elif name == "report-html":
            found += Page(text).problems
        elif "csv" in name:
            found += wrong_csv(text)
        elif name.endswith("-md"):
            found += wrong_markdown(text)
        elif name == "report-notes":
            found += wrong_notes(text)
    except (ValueError, csv.Error) as problem:
        found.append(str(problem))
    return [f"{name}: {problem}" for problem in found] or ([f"{name}: nothing was written"] if not data.strip() else [])
