#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The report as a page, in Chromium with JavaScript switched off: its numbers are those of the JSON report, its links go somewhere, it loads and
runs nothing, and no words of a drawing lie on others. Then the checkers that are here: the Nu HTML checker (java) and axe-core, which is the only
script that ever runs in a page, put there by this test. LAB_CHECKERS names a folder with node_modules: npm install vnu-jar axe-core.
Without Chromium: exit code 77 and the reason."""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import wire

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
sys.path.insert(0, str(TESTS / "browser"))
import chromium  # noqa: E402

SKIP = 77
LANGUAGES = ("en", "zh")
WIDTHS = (1280, 390)
DEADLINE = 3400  # seconds
# Ten captures: three that are written here, the rest from cases: one page, closes, resets, losses, HTTP/2, TLS.
CASES = ("seed-django", "seed-hnu", "seed-pages", "seed-xampp", "data/loss-and-order", "http2/exchanges", "reset/abort")
HOSTILE = "</style><script>alert(1)</script><b id=\"s1\">\u202e'\"&amp;"


def write_page(path):
    """A page of two connections, one 304 whose response ends the page, two RSTs, a lost segment."""
    c = wire.Capture()
    c.dns("lab.test", "203.0.113.7")
    first = wire.Connection(c, 50000, "203.0.113.7")
    first.open()
    first.say(0, "GET / HTTP/1.1", "Host: lab.test", "Accept: text/html")
    first.say(1, "HTTP/1.1 200 OK", "Content-Type: text/html", "Content-Length: 3", body=b"abc")
    second = wire.Connection(c, 50001, "203.0.113.7")
    second.open()
    first.say(0, "GET /late HTTP/1.1", "Host: lab.test", "Referer: http://lab.test/")
    second.say(0, "GET /logo.png HTTP/1.1", "Host: lab.test", "Referer: http://lab.test/", "If-None-Match: \"1\"")
    first.say(1, "HTTP/1.1 200 OK", "Content-Type: image/png", "Content-Length: 2000", body=b"x" * 1000)
    first.send(1, wire.RST | wire.ACK)
    second.say(1, "HTTP/1.1 304 Not Modified", "ETag: \"1\"")
    second.close()
    c.write(path)


def write_hostile(path):
    c = wire.Capture()
    page = wire.Connection(c, 50000, "203.0.113.7")
    page.open()
    page.say(0, f"GET /{HOSTILE} HTTP/1.1", f"Host: {HOSTILE}", f"{HOSTILE}: 1", f"X: {HOSTILE}")
    page.say(1, f"HTTP/1.1 200 {HOSTILE}", f"Content-Type: text/html {HOSTILE}", b"X: \xff\xfe\xc3", "Content-Length: 0")
    page.close()
    c.write(path)


def write_long(path):
    """A run of data that is folded, and 30 connections without a story."""
    c = wire.Capture()
    page = wire.Connection(c, 50000, "203.0.113.7")
    page.open()
    page.say(0, "GET /long HTTP/1.1", "Host: lab.test")
    page.say(1, "HTTP/1.1 200 OK", "Content-Type: text/html", "Content-Length: 60000")
    for _ in range(60):
        page.send(1, wire.ACK, b"x" * 1000)
    page.send(0, wire.ACK)
    for number in range(30):
        wire.Connection(c, 51000 + number, "203.0.113.9", 443).open()
    c.write(path)


WRITTEN = {"page": write_page, "hostile": write_hostile, "long": write_long}


# ---- numbers as texts write them ----

def duration(seconds):
    """lab_text_duration: three units, rounded as printf does."""
    ns = round(seconds * 1e9)
    value = ns / 1e9
    if value < 999.5e-6:
        return f"{value * 1e6:.0f} µs"
    return f"{value * 1e3:.2f} ms" if value < 0.999995 else f"{value:.2f} s"


def size(count):
    value = count / 1000
    for unit in ("kB", "MB", "GB"):
        if value < 999.95:
            return f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def numbers(text):
    return re.findall(r"\d+(?:,\d{3})+|\d+\.\d+|\d+", text)


def leaves(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(key)
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif value is not None and not isinstance(value, bool):
        yield value


def known_numbers(documents):
    """Every number that the JSON has, as a text writes it, and those within its strings."""
    known = set()
    for leaf in leaves(documents):
        if isinstance(leaf, str):
            known.update(numbers(leaf))
            continue
        known.update(numbers(duration(abs(leaf))))
        known.add(f"{leaf:.6f}")
        if isinstance(leaf, int) or leaf.is_integer():
            known.update((str(int(leaf)), f"{int(leaf):,}"))
            known.update(numbers(size(int(leaf))))
    return known


class Capture:
    """A capture, its JSON report with each connection frame by frame, and its page in both languages. `out` is a folder that anybody may write into."""

    def __init__(self, name, path, build, out):
        self.name, self.path, self.build, self.out = name, path, build, out / path.stem
        words = self.write("en", "report,json", "report,html", "homework,html" if name != "page" else "solution,html")
        self.report = json.loads(words[0].read_bytes())
        streams = [c["stream"] for c in self.report["connections"]]
        words += self.write("zh", "report,html", "homework,html", *(f"connection,{s},json" for s in streams))
        self.connections = {s: json.loads(path.read_bytes()) for s, path in zip(streams, words[5:])}
        self.pages = {"en": words[1], "zh": words[3]}
        self.homeworks = [words[2], words[4]]

    def write(self, language, *what):
        """The files that one run of tshark writes."""
        files = [pathlib.Path(f"{self.out}.{language}.{w.replace(',', '-')}.{'html' if 'html' in w else 'json'}") for w in what]
        words = [word for w, path in zip(what, files) for word in ("-z", f"lab,{w},{path}")]
        subprocess.run([str(TESTS / "tools" / "tshark-lab"), "-n", "-2", "-q", "-r", str(self.path), "-o", f"lab.language:{language}", *words],
                       check=True, capture_output=True, env=dict(os.environ, LAB_BUILD=self.build))
        return files

    def exchange(self, number):
        return next(x for x in self.report["exchanges"] if x["number"] == number)


# What is read out of a page. Run by the test through the debugger; the page itself may run nothing.
READ = """(() => {
  const text = (e) => (e?.textContent ?? '').replace(/\\s+/g, ' ').trim();
  const rows = (table) => [...table.rows].slice(1).map((row) => [...row.cells].map(text));
  const ladder = (li) => ({frame: text(li.querySelector('.f')), time: text(li.querySelector('.t')), code: text(li.querySelector('code') ?? li),
                           note: text(li.querySelector('.m'))});
  return {
    width: getComputedStyle(document.querySelector('main')).maxWidth,
    ids: [...document.querySelectorAll('[id]')].map((e) => e.id),
    links: [...document.querySelectorAll('a[href]')].map((e) => e.getAttribute('href')),
    scripts: document.querySelectorAll('script,iframe,object,embed,link,base,img,form').length,
    handlers: [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => /^on|^style$/.test(a.name))).length,
    outside: [...document.querySelectorAll('[src],[srcset],[data],[action],[background],[poster]')].length,
    words: (() => { const list = [], walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
                    while (walk.nextNode()) if (!walk.currentNode.parentElement.closest('footer') && !/^(Why is it so|为什么)/.test(text(walk.currentNode.parentElement.closest('details')?.querySelector('summary')))) list.push(walk.currentNode.data.replace(/\\u00a0/g, ' ')); return list.join('\\u0001'); })(),
    first: text(document.querySelector('main section p')),
    falls: [...document.querySelectorAll('.fall')].map((f) => ({rows: rows(f.querySelector('.numbers table')), bars: [...f.querySelectorAll('rect[width]')]
      .filter((r) => r.querySelector('title')).map((r) => [parseFloat(r.getAttribute('width')), text(r.querySelector('title'))])})),
    servers: [...document.querySelectorAll('section table')].slice(0, 1).map(rows)[0] ?? [],
    pages: [...document.querySelectorAll('[id^="page-"]')].map((e) => [e.id, text(e)]),
    titles: [...document.querySelectorAll('h2[id^="connection-"]')].map((e) => [e.id, text(e)]),
    steps: [...document.querySelectorAll('.ladder')].map((l) => [...l.querySelectorAll('li.r')].map(ladder)),
    folds: [...document.querySelectorAll('.ladder summary')].map((s) => [text(s.querySelector('.f')), text(s.querySelector('strong'))]),
  };
})()"""

# Words of a drawing that lie on others, or beyond the page's edge.
OVERLAPS = """(() => {
  const found = [], edge = document.documentElement.clientWidth;
  for (const svg of document.querySelectorAll('.fall .row > svg')) {
    const boxes = [...svg.querySelectorAll('text')].filter((t) => getComputedStyle(t).display !== 'none').map((t) => [t.getBoundingClientRect(), t.textContent]);
    boxes.forEach(([a, word], i) => {
      if (a.right > edge) found.push(`${word} beyond the edge`);
      for (const [b, other] of boxes.slice(i + 1))
        if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2) found.push(`${word} on ${other}`);
    });
  }
  if (document.scrollingElement.scrollWidth > edge) found.push(`the page is ${document.scrollingElement.scrollWidth} wide, the window ${edge}`);
  return found;
})()"""


class Pages(unittest.TestCase):
    captures, browser, read = [], None, {}

    def show(self, path, width=1280, scheme="light", scripts=False):
        self.browser.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.browser.events.clear()
        self.browser.load("Page.navigate", url=path.as_uri())

    def each(self):
        for capture in self.captures:
            for language, path in capture.pages.items():
                with self.subTest(capture=capture.name, language=language):
                    if path not in self.read:
                        self.show(path)
                        asked = [e["params"]["request"]["url"] for e in self.browser.events if e.get("method") == "Network.requestWillBeSent"]
                        self.read[path] = dict(self.browser.evaluate(READ), asked=asked)
                    yield capture, self.read[path]

    def test_every_link_goes_somewhere_and_a_place_has_one_name(self):
        for _, page in self.each():
            self.assertEqual(len(page["ids"]), len(set(page["ids"])))
            self.assertGreater(len(page["links"]), 0)
            for link in page["links"]:
                self.assertTrue(link.startswith("#"), link)
                self.assertIn(link[1:], page["ids"])

    def test_it_holds_nothing_that_runs_or_is_loaded(self):
        for _, page in self.each():
            self.assertEqual((page["scripts"], page["handlers"], page["outside"]), (0, 0, 0))
            self.assertEqual(len(set(page["asked"])), 1, page["asked"])

    def test_the_style_sheet_is_obeyed(self):
        for _, page in self.each():
            self.assertEqual(page["width"], "1200px")

    def test_the_capture_and_its_servers_are_counted_as_in_the_JSON(self):
        for capture, page in self.each():
            r = capture.report
            self.assertEqual(numbers(page["first"]), [str(n) for n in (r["capture"]["frames"], r["capture"]["tcp_frames"], len(r["connections"]),
                                                                      len(r["exchanges"]))])
            self.assertEqual(len(page["servers"]), len(r["servers"]))
            for row, server in zip(page["servers"], r["servers"]):
                self.assertEqual(row[1:3] + row[4:8], [server["address"], str(server["port"]), str(server["connections"]), str(server["exchanges"]),
                                                       str(server["bytes"]), str(server["anomalies"])])

    def test_every_page_load_is_there_with_its_numbers(self):
        for capture, page in self.each():
            self.assertEqual([name for name, _ in page["pages"]], [f"page-{p['number']}" for p in capture.report["pages"]])
            for (_, text), load in zip(page["pages"], capture.report["pages"]):
                self.assertTrue(re.match(rf"(Page|页面) {load['number']}\D", text), text)
                rest = text[text.index(load["url"]) + len(load["url"]):] if load["url"] in text else text
                self.assertIn(str(len(load["exchanges"])), numbers(rest))
                if load["body_bytes"]:
                    self.assertIn(str(load["body_bytes"]), numbers(rest))
                if load["time"]:
                    self.assertIn(duration(load["time"]), rest)

    def test_the_numbers_of_a_waterfall_are_those_of_the_timing(self):
        names = ("queue", "dns", "connect", "tls", "send", "wait", "receive", "sum")
        seen = 0
        for capture, page in self.each():
            for fall in page["falls"]:
                for row in fall["rows"]:
                    timing = capture.exchange(int(row[0].lstrip("#")))["timing"]
                    told = ["–" if timing[name] is None else duration(timing[name]) for name in names]
                    if timing["queue"] is None and row[1].startswith("≤"):
                        told[0] = "≤ " + duration(timing["queue_at_most"])
                    self.assertEqual(row[1:], told)
                    seen += 1
        self.assertGreater(seen, 10)

    def test_a_bar_is_as_long_as_its_time(self):
        """Of bars of one drawing, the widths are to each other as the times in their titles."""
        unit = {"µs": 1e-6, "ms": 1e-3, "s": 1}
        compared = 0
        for _, page in self.each():
            for fall in page["falls"]:
                times = []
                for width, title in fall["bars"]:
                    value, name = re.search(r"([\d.]+) (µs|ms|s)", title).groups()
                    times.append((width, float(value) * unit[name], (0.005 if name != "µs" else 0.5) * unit[name]))
                longest = max(times, default=None, key=lambda t: t[1])
                for width, length, rounding in times:
                    if length:
                        scale = longest[0] / longest[1]
                        self.assertAlmostEqual(width, length * scale, delta=0.01 + scale * (rounding + longest[2]) * 1.01)
                        compared += 1
        self.assertGreater(compared, 20)

    def test_every_story_names_the_frames_of_its_connection(self):
        for capture, page in self.each():
            by_stream = {c["stream"]: c for c in capture.report["connections"]}
            self.assertGreater(len(page["titles"]), 0)
            for name, title in page["titles"]:
                conn = by_stream[int(name.split("-")[1])]
                self.assertEqual(numbers(title)[-2:], [str(conn["first_frame"]), str(conn["last_frame"])])

    def test_a_ladder_has_the_segments_of_its_connection(self):
        for capture, page in self.each():
            frames = {s["frame"]: s for c in capture.connections.values() for s in c["segments"] if s["type"] != "DNS"}
            lookups = {s["frame"] for c in capture.connections.values() for s in c["segments"] if s["type"] == "DNS"}
            shown = [step for ladder in page["steps"] for step in ladder]
            self.assertGreater(len(shown), 0)
            for step in shown:
                frame = int(step["frame"])
                if frame in lookups:
                    continue
                self.compare(step, frames[frame])
            if not page["folds"]:
                told = {int(step["frame"]) for step in shown}
                for name, _ in page["titles"]:
                    self.assertLessEqual({s["frame"] for s in capture.connections[int(name.split("-")[1])]["segments"]}, told)

    def compare(self, step, segment):
        self.assertEqual(step["time"], "–" if segment["time"] is None else f"{int(round(segment['time'] * 1e9)) // 1000 / 1e6:.6f}")
        told = {word: (relative, raw) for word, relative, raw in re.findall(r"(seq|ack|len) ([\d–]+)(?: \((\d+)\))?", step["code"])}
        self.assertEqual(told["len"][0], str(segment["length"]))
        for word in ("seq", "ack"):
            relative, raw = segment[word], segment[word + "_raw"]
            if relative is None and raw is None:
                self.assertNotIn(word, told)
            else:
                self.assertEqual(told[word], ("–" if relative is None else str(relative), "" if raw is None else str(raw)))
        self.assertEqual(re.match(r"\[([^]]*)\]", step["code"]).group(1), segment["flags"])

    def test_a_fold_counts_the_segments_that_it_hides(self):
        folds = 0
        for capture, page in self.each():
            segments = [s for c in capture.connections.values() for s in c["segments"]]
            for frames, summary in page["folds"]:
                first, last = map(int, re.split("–", frames))
                stream = next(s for s, c in capture.connections.items() if any(g["frame"] == first for g in c["segments"]))
                inside = [s for s in capture.connections[stream]["segments"] if first <= s["frame"] <= last and s["type"] != "DNS"]
                self.assertEqual(numbers(summary)[0], f"{len(inside):,}")
                data = sum(s["length"] for s in inside)
                self.assertIn(size(data) if data >= 1000 else str(data), summary)
                self.assertIn(duration(inside[-1]["time"] - inside[0]["time"]), summary)
                folds += 1
            self.assertTrue(segments)
        self.assertGreater(folds, 0)

    def test_no_number_is_the_page_s_own(self):
        """What has four digits or more, or a fraction, stands in the JSON too: as a number or within a value or note. Axes, sums of folds (tested
        apart) and the distance of a FIN from the last response are reckoned from such numbers."""
        for capture, page in self.each():
            known = known_numbers([capture.report, list(capture.connections.values())])
            reckoned = re.compile(r"RFC \d+( \d[\d.]*)?|[表Table]+ 1\.[123]|[\d.]+ (µs|ms|s) after the last response|在最后一个响应之后 [\d.]+ (µs|ms|s)")
            words = [w for w in page["words"].split("\u0001") if not re.fullmatch(r"\s*[\d.]+ (µs|ms|s)\s*", w) or w.strip() in page["first"]]
            folds = {s for _, s in page["folds"]}
            strange = {n for w in words if w.strip() not in folds for n in numbers(reckoned.sub("", w)) if (len(n) > 3) and n not in known}
            self.assertEqual(strange, set())

    def test_no_words_of_a_drawing_lie_on_others_and_the_page_fits(self):
        for capture in [c for c in self.captures if c.report["pages"]][:4]:
            for language, path in capture.pages.items():
                for width in WIDTHS:
                    with self.subTest(capture=capture.name, language=language, width=width):
                        self.show(path, width)
                        self.assertEqual(self.browser.evaluate(OVERLAPS), [])

    def test_hostile_bytes_are_shown_and_are_no_markup(self):
        hostile = next(c for c in self.captures if c.name == "hostile")
        for language in LANGUAGES:
            text = hostile.pages[language].read_text(encoding="utf-8")
            self.assertNotIn("<script", text)
            self.assertNotIn("\u202e", text)
            self.assertEqual(text.count("</style>"), 1)


class Checkers(Pages):
    """The pages before programs that know the rules."""

    jar = axe = None
    files = []

    def test_the_Nu_HTML_checker_finds_nothing(self):
        if not self.jar:
            self.skipTest("needs java and vnu-jar (npm install vnu-jar; LAB_CHECKERS names the folder)")
        done = subprocess.run(["java", "-jar", self.jar, "--format", "json", "--exit-zero-always", "--stdout", *map(str, self.files)],
                              capture_output=True, check=True)
        # It does not compare the hash of the style sheet with the policy; Chromium does: test_the_style_sheet_is_obeyed.
        found = {f"{m['url'].rsplit('/', 1)[-1]}:{m.get('lastLine')}: {m['message']}" for m in json.loads(done.stdout)["messages"]
                 if "Content Security Policy" not in m["message"]}
        self.assertEqual(found, set())

    def test_axe_finds_nothing(self):
        if not self.axe:
            self.skipTest("needs axe-core (npm install axe-core; LAB_CHECKERS names the folder)")
        self.browser.call("Page.setBypassCSP", enabled=True)
        script = pathlib.Path(self.axe).read_text(encoding="utf-8")
        for path in self.files:
            for scheme in ("light", "dark"):
                with self.subTest(page=path.name, scheme=scheme):
                    self.show(path, scheme=scheme, scripts=True)
                    self.browser.evaluate(script + ";0")
                    found = self.browser.evaluate("axe.run({resultTypes: ['violations']}).then((r) => r.violations.map((v) =>"
                                                  "`${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 160)}`))")
                    self.assertEqual(found, [])
        self.browser.call("Page.setBypassCSP", enabled=False)


for inherited in [name for name in dir(Pages) if name.startswith("test_")]:
    setattr(Checkers, inherited, None)


def find_checker(*inside):
    for place in filter(None, (os.environ.get("LAB_CHECKERS"), os.getcwd(), "/usr/share/nodejs", "/usr/local/lib", "/usr/lib")):
        for folder in ("node_modules", "."):
            path = pathlib.Path(place, folder, *inside)
            if path.exists():
                return str(path)
    return None


def make_captures(build, folder):
    out = folder / "out"
    out.mkdir()
    out.chmod(0o777)
    for name, write in WRITTEN.items():
        path = folder / f"{name}.pcap"
        write(path)
        yield Capture(name, path, build, out)
    for case in CASES:
        inside = folder / case.replace("/", "-")
        inside.mkdir()
        subprocess.run([os.path.join(build, "tests", "tools", "casecap"), "--out", str(inside), str(TESTS / "cases" / f"{case}.case")],
                       check=True, capture_output=True)
        path = folder / f"{case.replace('/', '-')}.pcap"
        subprocess.run(["mergecap", "-F", "pcap", "-w", str(path), *sorted(map(str, inside.glob("*.pcap")))], check=True)
        yield Capture(case, path, build, out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default=os.environ.get("LAB_BUILD"), help="build directory (default: $LAB_BUILD)")
    options, rest = parser.parse_known_args()
    program = chromium.find()
    if not program:
        print("skipped: there is no Chromium (LAB_CHROMIUM names one)")
        sys.exit(SKIP)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        Pages.captures = list(make_captures(options.build, pathlib.Path(folder)))
        Checkers.files = [path for c in Pages.captures for path in (*c.pages.values(), *c.homeworks)]
        Checkers.jar = shutil.which("java") and find_checker("vnu-jar", "build", "dist", "vnu.jar")
        Checkers.axe = find_checker("axe-core", "axe.min.js")
        Pages.browser = chromium.Browser(program, os.path.join(folder, "profile"), time.monotonic() + DEADLINE)
        try:
            result = unittest.main(argv=[sys.argv[0], *rest], exit=False).result
        finally:
            Pages.browser.close()
    sys.exit(not result.wasSuccessful())


if __name__ == "__main__":
    main()
