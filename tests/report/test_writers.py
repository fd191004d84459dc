#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Markdown, CSV and the homework, through tshark: hostile values stay values. The capture is written here; what is expected was
worked out from it by hand."""
import argparse
import csv
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import wire

HERE = pathlib.Path(__file__).resolve().parent
PAGE = "14.119.104.189"
HOSTILE = 'a|b <b>x</b> `c` *d* _e_ [f](http://g) "h" --- $i$'
FORMULA = "=HYPERLINK(1)"


def write_capture(path):
    c = wire.Capture()
    page = wire.Connection(c, 52008, PAGE)
    page.open()                                                                       # 1 to 3
    page.say(0, "GET /实验|1 HTTP/1.1".encode().decode("latin-1"), "Host: csee.hnu.edu.cn")  # 4
    page.say(1, "HTTP/1.1 200 OK", "Content-Type: text/html", "X-Bad: " + HOSTILE, "Content-Length: 0")
    page.say(0, f"GET {FORMULA} HTTP/1.1", "Host: +1")                                # 6
    page.say(1, "HTTP/1.1 404 Not Found", "Content-Length: 0")
    page.close()
    c.write(path)


class Writers(unittest.TestCase):
    def written(self, what, language="en"):
        done = subprocess.run([str(HERE.parent / "tools" / "tshark-lab"), "-n", "-q", "-r", self.capture, "-o", f"lab.language:{language}",
                               "-z", f"lab,{what}"], check=True, capture_output=True, env=dict(os.environ, LAB_BUILD=self.build))
        return done.stdout.decode("utf-8")

    def rendered(self, text, flavour):
        return subprocess.run(["pandoc", "-f", flavour, "-t", "html"], input=text.encode(), check=True, capture_output=True).stdout.decode()

    def test_a_table_of_markdown_has_as_many_cells_in_every_row(self):
        for what in ("report,md", "homework", "solution"):
            for block in re.findall(r"(?:^\|.*\n)+", self.written(what), re.M):
                cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
                self.assertEqual(len(cells), 1, f"{what}: {block}")

    @unittest.skipUnless(shutil.which("pandoc"), "needs pandoc")
    def test_a_hostile_value_is_shown_as_it_is(self):
        for flavour in ("gfm", "markdown"):
            html = self.rendered(self.written("homework"), flavour)
            text = re.sub(r"<[^>]*>", "", html).replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
            self.assertIn(HOSTILE, re.sub(r"\s+", " ", text), flavour)
            self.assertNotIn("<b>", html)
            self.assertNotIn("<a href=\"http://g", html)

    def test_csv_is_read_back_and_holds_no_formula(self):
        text = self.written("report,csv-exchanges")
        self.assertTrue(text.startswith("\ufeff"))
        rows = list(csv.DictReader(io.StringIO(text[1:], newline="")))
        self.assertEqual([row["status"] for row in rows], ["200", "404"])
        self.assertEqual(rows[1]["target"], "'" + FORMULA)
        self.assertEqual(rows[1]["host"], "'+1")

    def test_every_row_of_csv_has_a_cell_for_every_title(self):
        for what in ("csv", "csv-exchanges", "csv-pages", "csv-anomalies"):
            rows = list(csv.reader(io.StringIO(self.written(f"report,{what}")[1:], newline="")))
            self.assertEqual({len(row) for row in rows}, {len(rows[0])}, what)

    def test_the_homework_leaves_the_words_and_a_solution_does_not(self):
        blank, filled = self.written("homework"), self.written("solution")
        self.assertIn("Your words: …", blank)
        self.assertNotIn("Handshake step 1", blank)
        self.assertNotIn("Your words", filled)
        self.assertIn("Handshake step 1: the client asks to open the connection", filled)
        self.assertIn("你的说明：…", self.written("homework", "zh"))

    def test_the_homework_as_a_page_has_room_for_words_and_says_the_same(self):
        blank, filled = self.written("homework,html"), self.written("solution,html")
        self.assertEqual(blank.count('class="blank"'), self.written("homework").count("Your words: …"))
        self.assertIn('<th scope="col" class="y">Your words</th>', blank)
        self.assertIn("Handshake step 1: the client asks to open the connection", filled)
        self.assertNotIn("Handshake step 1", blank)
        self.assertNotIn("<b>x</b>", blank + filled)
        self.assertIn("&lt;b&gt;x&lt;/b&gt;", blank)

    def test_the_handshake_is_there_with_raw_and_relative_numbers(self):
        part = self.written("homework").split("handshake of connection 0")[1]
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("| ")][1:4]
        self.assertEqual([row[0:3] for row in rows], [["1", "→", "SYN"], ["2", "←", "SYN, ACK"], ["3", "→", "ACK"]])
        self.assertEqual([row[3] for row in rows], ["0", "0", "1"])
        self.assertEqual(int(rows[1][6]), int(rows[0][4]) + 1)
        self.assertEqual(int(rows[2][6]), int(rows[1][4]) + 1)

    def memory(self, capture, what, out):
        """Of tshark at its peak, in bytes."""
        process = subprocess.Popen([str(HERE.parent / "tools" / "tshark-lab"), "-n", "-q", "-r", capture, "-z", f"lab,{what},{out}"],
                                   env=dict(os.environ, LAB_BUILD=self.build))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return usage.ru_maxrss * 1024

    def test_a_long_report_is_not_in_memory_as_a_whole(self):
        """Text and JSON read the same capture; of 20,000 frames the JSON has 15 MB, which are no reason for as much memory."""
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)
            capture = os.path.join(folder, "long.pcap")
            subprocess.run([os.path.join(self.build, "tests", "tools", "gencap"), capture, "http", "20000", "1"], check=True, capture_output=True)
            least = self.memory(capture, "report,text", os.path.join(folder, "text"))
            for form in ("json", "har"):
                out = os.path.join(folder, form)
                more = self.memory(capture, f"report,{form}", out) - least
                self.assertGreater(os.path.getsize(out), 12_000_000)
                self.assertLess(more, os.path.getsize(out) / 3, form)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default=os.environ.get("LAB_BUILD"), help="build directory (default: $LAB_BUILD)")
    options, rest = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        Writers.build, Writers.capture = options.build, os.path.join(folder, "c.pcap")
        write_capture(Writers.capture)
        unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
