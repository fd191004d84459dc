#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A report over a part of a capture, and the noise in its place. The captures are written here packet by packet; what is
expected was worked out from them by hand."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import wire

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
USED_WRONGLY = 2
PAGE, SHOP, SECRET = "14.119.104.189", "203.0.113.7", "203.0.113.9"


def client_hello(name):
    """RFC 8446 4.1.2 with a server_name (RFC 6066 3)."""
    entry = b"\0" + len(name).to_bytes(2, "big") + name.encode()
    names = len(entry).to_bytes(2, "big") + entry
    extensions = b"\0\0" + len(names).to_bytes(2, "big") + names
    body = b"\x03\x03" + b"\0" * 32 + b"\0" + b"\0\x02\x13\x01" + b"\x01\0" + len(extensions).to_bytes(2, "big") + extensions
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + len(message).to_bytes(2, "big") + message


def request(path, host, accept="*/*"):
    return (f"GET {path} HTTP/1.1", f"Host: {host}", f"Accept: {accept}")


def response(kind):
    return ("HTTP/1.1 200 OK", f"Content-Type: {kind}", "Content-Length: 0")


def write_capture(path):
    c = wire.Capture()
    c.dns("lab.test", PAGE)                                                          # 1, 2: for connection 0
    page = wire.Connection(c, 50000, PAGE)                                           # connection 0
    page.open()                                                                      # 3 to 5
    page.say(0, *request("/", "lab.test", "text/html"))                              # 6: exchange 1, page load 1
    wire.Connection(c, 50001, PAGE).open()                                           # 7 to 9: connection 1, a spare one
    page.say(1, *response("text/html"))                                              # 10
    page.say(0, *request("/x", "other.test"))                                        # 11: exchange 2, of another host
    page.say(1, *response("application/json"))                                       # 12
    shop = wire.Connection(c, 50002, SHOP, 8080)                                     # connection 2
    shop.open()                                                                      # 13 to 15
    shop.say(0, *request("/api", "shop.test:8080"))                                  # 16: exchange 3
    shop.say(1, *response("application/json"))                                       # 17
    secret = wire.Connection(c, 50003, SECRET, 443)                                  # connection 3
    secret.open()                                                                    # 18 to 20
    secret.send(0, wire.PSH | wire.ACK, client_hello("secret.test"))                 # 21
    wire.Connection(c, 50004, SECRET, 81).send(0, wire.SYN)                          # 22: connection 4, never answered
    refused = wire.Connection(c, 50005, SECRET, 82)                                  # connection 5
    refused.send(0, wire.SYN)                                                        # 23
    refused.next[1] = 0
    refused.send(1, wire.RST | wire.ACK)                                             # 24
    c.dns("unused.test", SHOP, port=58509)                                           # 25, 26: for no connection
    c.write(path)


def capture_of_a_page():
    c = wire.Capture()
    page = wire.Connection(c, 50000, PAGE)
    page.open()
    page.say(0, *request("/", "lab.test", "text/html"))
    page.say(1, *response("text/html"))
    return c


def write_noise(path, noise):
    """A page, then connections that say nothing of HTTP."""
    c = capture_of_a_page()
    for number in range(noise):
        wire.Connection(c, 51000 + number, SECRET, 443).open()
    c.write(path)


def write_lone_resets(path, count):
    """A page whose second response has no body, then RSTs of connections that the capture does not hold."""
    c = capture_of_a_page()
    for number in range(count):
        wire.Connection(c, 51000 + number, SECRET, 443).send(number % 2, wire.RST)
    c.write(path)


class Asked(unittest.TestCase):
    def tshark(self, *words, capture=None, status=0, language="en"):
        command = [HERE.parent / "tools" / "tshark-lab", "-2", "-r", capture or self.capture, "-o", f"lab.language:{language}", *words]
        run = subprocess.run([str(word) for word in command], capture_output=True, env=dict(os.environ, LAB_BUILD=self.build), check=False)
        self.assertEqual(run.returncode, status, run.stderr.decode())
        return run.stderr.decode() if status else run.stdout.decode()

    def statistic(self, name, **more):
        return self.tshark("-q", "-z", f"lab,{name}", **more)


class Part(Asked):
    # what is asked for: connections, exchanges, page loads that are in
    ROWS = (
        ("tcp.port == 8080", [2], [3], []),
        ("frame.number == 17", [2], [3], []),                        # one frame is enough
        ("frame.number == 6", [0], [1], [1]),
        ("frame.number == 11", [0], [2], []),                        # the connection, and this exchange alone
        ("dns", [0], [], []),                                        # a look-up belongs to its connection
        ("frame.number in {17,21}", [2, 3], [3], []),                # with a comma
        ("lab.rst.cause == \"port-closed\"", [5], [], []),
        ("udp.port == 1", [], [], []),
        ("tcp", [0, 1, 2, 3, 4, 5], [1, 2, 3], [1]),
        (f"server={PAGE};", [0, 1], [1, 2], [1]),
        (f"server={PAGE}:80;", [0, 1], [1, 2], [1]),
        (f"server={SECRET}:82;", [5], [], []),
        ("server=lab.test;", [0, 1], [1, 2], [1]),                   # the name that was looked up: all of the connections
        ("server=OTHER.test;", [0], [2], []),                        # Host of one exchange
        ("server=shop.test:8080;", [2], [3], []),
        ("server=secret.test;", [3], [], []),                        # the name in the TLS hello
        ("page=1;", [0, 1], [1], [1]),                               # with the connection that lay ready
        ("connection=2;", [2], [3], []),
        ("connection=0; frame.number == 6", [0], [1], [1]),          # both
        ("connection=2; frame.number == 6", [], [], []),
    )

    def test_what_is_in(self):
        for asked, connections, exchanges, pages in self.ROWS:
            with self.subTest(asked):
                found = json.loads(self.statistic(f"report,json,,{asked}"))
                self.assertEqual([c["stream"] for c in found["connections"]], connections)
                self.assertEqual([x["number"] for x in found["exchanges"]], exchanges)
                self.assertEqual([p["number"] for p in found["pages"]], pages)
                self.assertEqual({a["stream"] for a in found["anomalies"]} - set(connections), set())
                self.assertEqual((found["capture"]["part"]["connections"], found["capture"]["part"]["of"]), (len(connections), 6))

    def test_the_whole_capture_is_no_part(self):
        found = json.loads(self.statistic("report,json"))
        self.assertEqual((found["capture"]["part"], len(found["connections"])), (None, 6))

    def test_tables_take_a_filter(self):
        rows = {name: len(self.statistic(f"{name},tcp.port in {{8080,82}}").splitlines()) - 2 for name in ("connections", "exchanges", "resets", "pages", "anomalies")}
        self.assertEqual(rows, {"connections": 2, "exchanges": 1, "resets": 1, "pages": 0, "anomalies": 1})
        self.assertEqual(len(self.statistic("pages").splitlines()), 3)

    def test_what_is_left_out_is_counted_in_one_line(self):
        # left out: 1 to 5. Of the DNS messages 1 and 2 are the look-up of connection 0.
        self.assertIn("This report is about 1 of 6 connections; the others: 1 HTTP, 1 never answered, 1 refused, 1 TLS, 1 without data; 2 DNS\n",
                      self.statistic("report,text,,connection=0;"))
        self.assertIn("本报告涉及 6 个连接中的 1 个；其余：", self.statistic("report,text,,connection=0;", language="zh"))
        whole = self.statistic("report,text,,tcp")
        self.assertIn("This report is about 6 of 6 connections; 2 DNS\n", whole)

    def test_exchanges_that_are_left_out_of_a_connection_are_counted(self):
        text = self.statistic("report,text,,frame.number == 11")
        self.assertIn("1 HTTP exchange of this connection is not in this part", text)
        self.assertNotIn("HTTP 1 ", text)

    def test_there_is_no_such(self):
        for asked, words in (("server=nosuch.test;", ('"nosuch.test"', f"lab.test ({PAGE}:80)", f"shop.test ({SHOP}:8080)")),
                             (f"server={PAGE}:81;", (f'"{PAGE}:81"',)), ("page=2;", ("no page load 2", "1 to 1")), ("page=0;", ('"0"',)), ("page=x;", ('"x"',)),
                             ("connection=6;", ("no connection 6", "0 to 5")), ("connection=-1;", ('"-1"',)), ("tcp.prt == 80", ("tcp.prt",)),
                             ("tcp.port ==", ("tcp.port ==",))):
            for word in words:
                self.assertIn(word, self.statistic(f"report,text,,{asked}", status=USED_WRONGLY))
        self.assertIn("“nosuch.test”", self.statistic("report,text,,server=nosuch.test;", status=USED_WRONGLY, language="zh"))

    def test_a_read_filter_is_refused_in_one_sentence(self):
        for passing, frames in (("tcp.stream == 2", 5), ("frame.number < 26", 25), ("frame.number > 99", 0)):
            for name in ("report", "connections"):
                said = self.tshark("-R", passing, "-q", "-z", f"lab,{name}", status=USED_WRONGLY)
                self.assertIn(f"of 26 frames {frames} pass the read filter", said)
                self.assertEqual(said.count("\n"), 1)
        self.assertIn("26 frames", self.tshark("-R", "frame.number > 0", "-q", "-z", "lab,report"))  # it leaves nothing out


class Noise(Asked):
    def test_ten_connections_have_a_story_each_and_of_more_those_that_say_something(self):
        with tempfile.TemporaryDirectory() as folder:
            for noise, stories, lines in ((9, 10, 0), (10, 1, 10), (200, 1, 200), (201, 1, 10)):
                capture = os.path.join(folder, f"{noise}.pcap")
                write_noise(capture, noise)
                os.chmod(folder, 0o755)
                text = self.statistic("report", capture=capture)
                self.assertEqual(text.count("\nConnection "), stories, noise)
                self.assertEqual(sum(line.endswith("still open when the capture ended") for line in text.splitlines() if "-" in line), lines, noise)
                self.assertEqual("191 more connections: 191 without data; -z lab,connections lists all" in text, noise == 201)
                self.assertEqual(len(json.loads(self.statistic("report,json", capture=capture))["connections"]), noise + 1)

    def test_a_reset_without_its_connection_is_a_line_and_no_body_is_called_so(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            capture = os.path.join(folder, "resets.pcap")
            write_lone_resets(capture, 12)
            text = self.statistic("report", capture=capture)
            self.assertEqual(text.count("\nConnection "), 1)
            self.assertIn("Other connections (12)\n", text)
            self.assertEqual(sum("only a RST captured" in line for line in text.splitlines()), 12)
            self.assertIn("200 (frame 5), no body", text)
            self.assertNotIn("0 bytes", text)
            kept = json.loads(self.statistic("report,json,,connection=0;", capture=capture))["capture"]["part"]["left_out"]
            self.assertEqual(kept, [{"kind": "rst-only", "connections": 12}])

    def test_a_spare_connection_is_named(self):
        text = self.statistic("report")
        self.assertIn("1 more connection was opened and not used for a request: connection 1\n", text)
        self.assertIn("  spare   opened and never used for a request", text)

    def test_what_was_never_answered_is_not_open(self):
        story = self.statistic("report,text,,connection=4;")
        self.assertIn("the SYN was never answered", story)
        self.assertNotIn("still open", story)
        self.assertIsNone(json.loads(self.statistic("report,json"))["connections"][4]["close"]["kind"])

    def test_eleven_thousand_connections_are_read_in_five_minutes(self):
        # Some 230 words a minute, as people read aloud: a table is skimmed faster.
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)
            capture, target = os.path.join(folder, "many.pcap"), pathlib.Path(folder, "many.json")
            subprocess.run([os.path.join(self.build, "tests/tools/gencap"), capture, "short", "100000", "1"], check=True, capture_output=True)
            text = self.tshark("-q", "-z", f"lab,report,json,{target}", "-z", "lab,report", capture=capture)  # both in one reading
            self.assertIn("11429 connections, 11066 HTTP exchanges", text)
            self.assertLess(len(text.splitlines()), 250)
            prose = [line for line in text.splitlines() if not line.split("  ")[0].isdigit() and not line.startswith("www")]
            self.assertLess(sum(len(line.split()) for line in prose), 5 * 230 * 2)
            self.assertEqual(len(json.loads(target.read_bytes())["connections"]), 11429)


class Command(Asked):
    """./lab report, without the building and installing before it."""

    def report(self, *words, status=0):
        script = f'''
            LAB_ROOT={self.folder} LAB_WORK={self.folder}/build LAB_LANG=en
            . {ROOT}/scripts/texts.sh; . {ROOT}/scripts/help.sh; . {ROOT}/scripts/capture.sh; . {ROOT}/scripts/demo.sh; . {ROOT}/scripts/report.sh
            set_up() {{ :; }}; build_all() {{ :; }}; check_versions() {{ :; }}; readable_copy() {{ echo "$1"; }}; absolute() {{ echo "$1"; }}
            make_home() {{ lab_home=$(mktemp -d); trap 'rm -rf "$lab_home"' EXIT; }}
            as_reader() {{ "$@"; }}
            read_capture() {{ file=$1; shift; {HERE.parent}/tools/tshark-lab -2 -r "$file" "$@"; }}
            report "$@"'''
        path = f"{self.folder}/bin:{os.environ['PATH']}"
        run = subprocess.run(["sh", "-uc", script, "sh", *words], capture_output=True, env=dict(os.environ, LAB_BUILD=self.build, PATH=path), check=False)
        self.assertEqual(run.returncode, status, run.stderr.decode())
        return run.stderr.decode() if status else run.stdout.decode()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        opener = pathlib.Path(self.folder, "bin", "xdg-open")
        opener.parent.mkdir()
        opener.write_text("#!/bin/sh\necho \"opened $1\"\n", encoding="utf-8")
        opener.chmod(0o755)

    def test_the_options_reach_the_report(self):
        for words, connections in (((), 6), (("--server", "shop.test"), 1), (("--server", f"{PAGE}:80"), 2), (("--page", "1"), 2), (("--connection", "3"), 1),
                                   (("--filter", "tcp.port in {8080,82}"), 2), (("--server", SECRET, "--filter", "tcp.flags.reset == 1"), 1)):
            found = json.loads(self.report(self.capture, "json", *words))
            self.assertEqual(len(found["connections"]), connections, words)
        self.assertTrue(self.report(self.capture, "--language", "zh").startswith("Lab: 网络上"))
        self.assertTrue(self.report("--language", "en", self.capture).startswith("Lab: What happened"))

    def test_the_report_goes_to_a_file(self):
        out = os.path.join(self.folder, "out.json")
        self.assertEqual(self.report(self.capture, "json", "--output", out), "")
        self.assertEqual(len(json.loads(pathlib.Path(out).read_text(encoding="utf-8"))["connections"]), 6)
        self.assertEqual(self.report(self.capture, "json", "--output", out, "--open"), f"opened {out}\n")
        named = os.path.join(self.folder, "build/reports/part.md")
        self.assertEqual(self.report(self.capture, "md", "--open"), f"opened {named}\n")
        self.assertIn("What happened", pathlib.Path(named).read_text(encoding="utf-8"))

    def test_errors_name_the_value_and_the_remedy(self):
        for words, said in (((), ("name a capture file",)), (("/nosuch",), ('"/nosuch"',)), ((self.capture, "yaml"), ('"yaml"', "text, md, html, json")),
                            ((self.capture, "--page", "0"), ('"0"', "from 1")), ((self.capture, "--page", "two"), ('"two"',)), ((self.capture, "--page"), ("--page needs",)),
                            ((self.capture, "--page", "7"), ("no page load 7", "1 to 1")), ((self.capture, "--connection", "-1"), ('"-1"', "from 0")),
                            ((self.capture, "--connection", "99"), ("no connection 99", "0 to 5")), ((self.capture, "--server", "a;b"), ('"a;b"', "--server www")),
                            ((self.capture, "--server", "nosuch.test"), ('"nosuch.test"', "shop.test")), ((self.capture, "--language", "fr"), ('"fr"', "en or zh")),
                            ((self.capture, "--filter", "tcp.prt"), ("tcp.prt",)), ((self.capture, "--filter", ""), ("--filter needs",)),
                            ((self.capture, "--what"), ('"--what"',)), ((self.capture, "text", "more"), ('"more"',))):
            errors = self.report(*words, status=USED_WRONGLY)
            for word in said:
                self.assertIn(word, errors)
        self.assertIn("cannot write", self.report(self.capture, "--output", "/nosuch/x", status=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default=os.environ.get("LAB_BUILD"), help="build directory (default: $LAB_BUILD)")
    options, rest = parser.parse_known_args()
    if not options.build:
        parser.error("say where the build is: --build DIR or LAB_BUILD")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        Asked.build, Asked.capture = os.path.abspath(options.build), os.path.join(folder, "part.pcap")
        write_capture(Asked.capture)
        return 0 if unittest.main(argv=[sys.argv[0], *rest], exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
