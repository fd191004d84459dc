# SPDX-License-Identifier: GPL-2.0-or-later
"""The pages below /lab/: their groups, their commands, the way back, the QR code."""

import base64
import hashlib
import html
import re
import subprocess
import unittest

from harness import Server, SharedServer

BYTES = {"server-aborted-response": 20000, "truncated-body": 20000, "chunked": 10000, "slow-trickle": 6000}


def cards(page):
    """The names of the cards below the heading of each group, in order."""
    found = re.findall(r'<h2 id="group-(\w+)">|<section class="card" id="([^"]+)">', page)
    groups = {}
    for group, card in found:
        if group:
            groups[group] = []
        else:
            groups[list(groups)[-1]].append(card)
    return groups


def copied(page):
    return [html.unescape(text) for text in re.findall(r'<code class="copy">(.*?)</code>', page, re.S)]


def ask_as(server, path, host, language="en"):
    """The page as a client gets it that calls the server HOST."""
    with server.connect() as client:
        client.send("GET %s HTTP/1.1\r\nHost: %s\r\nAccept-Language: %s\r\n\r\n" % (path, host, language))
        return client.response().body.decode()


class ScenarioPages(SharedServer):
    def page(self, path, language="en"):
        return ask_as(self.server, path, "127.0.0.1:%d" % self.server.port, language)

    def test_the_index_groups_the_scenarios_and_begins_with_those_of_the_first_hour(self):
        groups = cards(self.page("/lab/"))
        self.assertEqual(list(groups)[:5], ["first", "close", "reset", "slow", "http"])
        self.assertIn("connection-close", groups["first"])
        self.assertIn("closed-port", groups["first"])
        self.assertIn("half-close", groups["close"])
        self.assertIn("fin-and-rst", groups["reset"])
        self.assertIn("zero-window", groups["slow"])
        self.assertIn("chunked", groups["http"])
        self.assertEqual(groups, cards(self.page("/lab/", "zh")))

    def test_each_group_can_be_reached_from_the_top_of_the_index(self):
        page = self.page("/lab/")
        self.assertEqual(re.findall(r'<a href="#group-(\w+)">', page), list(cards(page)))

    def test_no_command_needs_a_program_that_may_be_missing(self):
        for line in copied(self.page("/lab/")):
            self.assertNotRegex(line, r"\bnc\b|telnet")

    def test_every_command_of_the_index_runs(self):
        page = self.page("/lab/")
        lines = [line for line in copied(page) if re.match(r"(bash|curl|head) ", line) and "https:" not in line]
        self.assertGreater(len(lines), 10)
        running = [(line, subprocess.Popen(["sh", "-c", line], stdout=subprocess.PIPE, stderr=subprocess.PIPE)) for line in lines]
        for line, process in running:
            output, errors = process.communicate(timeout=60)
            if "closed-port" in line:
                self.assertEqual(process.returncode, 7, line)  # curl's number for a connection that is refused
            elif line.startswith("bash"):
                self.assertIn(b"HTTP/1.1 200 OK", output, line)
            elif "unread-data" in line:
                self.assertIn(process.returncode, (0, 55, 56), line)  # curl's numbers for a reset
            else:
                self.assertEqual(process.returncode, 0, (line, errors))

    def test_commands_name_an_ipv6_address_as_bash_wants_it(self):
        bash = [line for line in copied(ask_as(self.server, "/lab/", "[::1]:8080")) if line.startswith("bash")]
        self.assertIn("/dev/tcp/::1/8080;", bash[0])
        self.assertIn("Host: [::1]:8080\\r", bash[0])

    def test_a_body_that_comes_in_pieces_is_a_page_with_the_way_back(self):
        for name, size in BYTES.items():
            for language, back in (("en", "All scenarios"), ("zh", "全部场景")):
                with self.server.connect() as client:
                    client.send("GET /lab/%s HTTP/1.0\r\nAccept-Language: %s\r\n\r\n" % (name, language))
                    head, body = self.until_end(client).split(b"\r\n\r\n", 1)
                self.assertIn(b"text/html", head)
                self.assertEqual(len(body), size, name)
                self.assertIn('<a href="/lab/#%s">%s</a>' % (name, back), body.decode())

    def until_end(self, client):
        data = b""
        try:
            while True:
                more = client.socket.recv(65536)
                if not more:
                    return data
                data += more
        except ConnectionResetError:
            return data

    def test_a_download_is_a_file_to_save_and_no_page_to_draw(self):
        response = self.server.ask("/lab/download?mb=1")
        self.assertEqual(response.headers["content-disposition"], 'attachment; filename="lab-download.txt"')
        self.assertEqual(len(response.body), 1 << 20)

    def test_the_only_script_is_the_one_that_the_policy_names_by_its_hash(self):
        for path in ("/lab/", "/lab/chunked", "/lab/not-modified", "/lab/http10", "/lab/parts"):
            response = self.server.ask(path)
            policy = response.headers["content-security-policy"]
            self.assertNotIn("unsafe", policy)
            for script in re.findall(r"<script[^>]*>(.*?)</script>", response.body.decode(), re.S):
                digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
                self.assertIn("'sha256-%s'" % digest, policy, path)
            self.assertNotRegex(response.body.decode(), r'\son\w+="')

    def test_what_is_to_be_copied_stands_in_the_page_without_the_script(self):
        page = self.page("/lab/half-close")
        self.assertIn('lab.state.server == "FIN-WAIT-2"', copied(page))
        self.assertNotIn("<button", page)


class ProjectorPage(unittest.TestCase):
    def test_the_name_that_the_client_used_is_the_address_for_others(self):
        with Server() as server:
            page = ask_as(server, "/lab/qr", "lab.example:8080")
        self.assertEqual(copied(page)[0], "http://lab.example:8080/")

    def test_a_server_that_listens_here_only_says_so(self):
        with Server("--bind", "127.0.0.1") as server:
            page = ask_as(server, "/lab/qr", "127.0.0.1")
            chinese = ask_as(server, "/lab/qr", "127.0.0.1", "zh")
        self.assertEqual(copied(page), [])
        self.assertIn("Only this computer", page)
        self.assertIn("只有本机", chinese)

    def test_this_computers_own_names_are_not_given_to_others(self):
        with Server("--bind", "127.0.0.1") as server:
            for host in ("localhost", "localhost:80", "127.1.2.3", "[::1]:8080", "LOCALHOST"):
                self.assertEqual(copied(ask_as(server, "/lab/qr", host)), [], host)

    def test_the_code_can_be_read_back(self):
        """Its modules are a square with the three finder patterns of ISO 18004, seven modules wide."""
        with Server() as server:
            page = ask_as(server, "/lab/qr", "lab.example:8080")
        if "<svg" not in page:
            self.skipTest("built without libqrencode")
        dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1", page)}
        side = max(x for x, _ in dark) + 1
        self.assertEqual(side % 4, 1)
        for left, top in ((0, 0), (side - 7, 0), (0, side - 7)):
            row = [(left + i, top) in dark for i in range(7)]
            self.assertEqual(row, [True] * 7)
            ring = [(left + i, top + 1) in dark for i in range(7)]
            self.assertEqual(ring, [True] + [False] * 5 + [True])
