# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections: how long they are kept, the scenarios, the log and the stop."""

import os
import re
import select
import signal
import socket
import time
import unittest

from harness import ARGUMENTS, WWW, Client, Server, SharedServer, connect_from, folder, read

SCENARIOS = ["rst-before-response", "server-aborted-response", "rst-after-response", "slow-first-byte", "chunked",
             "truncated-body", "connection-close", "keepalive-early", "half-close", "redirect", "status/"]


class KeepAlive(unittest.TestCase):
    def test_header_counts_down_to_close(self):
        with Server("--keepalive-max", "3", "--keepalive-timeout", "7") as server:
            for paths in (("/", "/logo.png", "/"), ("/nothing", "/lab/", "/lab/redirect"), ("/", "/", "/")):
                with server.connect() as client:
                    seen = []
                    for path in paths:
                        headers = client.ask(path).headers
                        seen.append((headers["connection"].lower(), headers.get("keep-alive")))
                    self.assertEqual(seen, [("keep-alive", "timeout=7, max=2"), ("keep-alive", "timeout=7, max=1"),
                                            ("close", None)])
                    self.assertEqual(client.ends(2), "fin")

    def test_timeout_is_kept(self):
        with Server("--keepalive-timeout", "2") as server, server.connect() as client:
            client.ask("/")
            start = time.monotonic()
            self.assertEqual(client.ends(5), "fin")
            self.assertAlmostEqual(time.monotonic() - start, 2, delta=0.5)

    def test_zero_means_off_and_no_limit(self):
        with Server("--keepalive-timeout", "0") as server, server.connect() as client:
            self.assertEqual(client.ask("/").headers["connection"].lower(), "close")
            self.assertEqual(client.ends(2), "fin")
        with Server("--keepalive-max", "0") as server, server.connect() as client:
            for _ in range(150):
                headers = client.ask("/style.css").headers
            self.assertEqual(headers["keep-alive"], "timeout=5")

    def test_large_count(self):
        with Server("--keepalive-max", "1000") as server, server.connect() as client:
            for left in range(999, 800, -1):
                self.assertEqual(client.ask("/style.css").headers["keep-alive"], "timeout=5, max=%d" % left)

    def test_client_closes(self):
        with Server() as server, server.connect() as client:
            headers = client.ask("/", headers={"Connection": "TE, Close"}).headers
            self.assertEqual(headers["connection"].lower(), "close")
            self.assertNotIn("keep-alive", headers)
            self.assertEqual(client.ends(2), "fin")

    def test_slow_header_has_a_deadline(self):
        with Server("--header-timeout", "6") as server, server.connect() as client:
            start = time.monotonic()
            client.send("GET / HTTP/1.1\r\nHost: a\r\n")
            while time.monotonic() - start < 12:
                try:
                    client.send("X: y\r\n")
                except (BrokenPipeError, ConnectionResetError):
                    break
                if client.ends(1) != "open":
                    break
            self.assertAlmostEqual(time.monotonic() - start, 6.5, delta=1.5)


class Scenarios(SharedServer):
    def test_index_lists_all(self):
        for language, word in (("en", "Display filter"), ("zh", "显示过滤器")):
            text = self.server.ask("/lab/", headers={"Accept-Language": language}).body.decode()
            self.assertIn(word, text)
            for name in SCENARIOS:
                self.assertIn('href="/lab/%s' % name, text)
        self.assertEqual(self.server.ask("/lab").headers["location"], "/lab/")
        self.assertEqual(self.server.ask("/lab/nothing").status, 404)

    def test_switched_off(self):
        with Server("--no-scenarios") as server:
            self.assertEqual(server.ask("/lab/").status, 404)
            self.assertEqual(server.ask("/lab/rst-before-response").status, 404)

    def test_reset_before_response(self):
        with self.server.connect() as client:
            client.request("/lab/rst-before-response")
            self.assertEqual(client.ends(3), "reset")

    def test_server_aborted_response(self):
        with self.server.connect() as client:
            client.request("/lab/server-aborted-response")
            self.assertIn(b"\r\nContent-Length: 100000", client.until(b"\r\n\r\n"))
            self.assertEqual(len(client.exactly(20000)), 20000)
            self.assertEqual(client.ends(3), "reset")

    def test_reset_after_response(self):
        with self.server.connect() as client:
            response = client.ask("/lab/rst-after-response")
            self.assertTrue(response.whole)
            self.assertEqual(response.headers["connection"].lower(), "keep-alive")
            start = time.monotonic()
            self.assertEqual(client.ends(3), "reset")
            self.assertGreater(time.monotonic() - start, 0.1)

    def test_slow_first_byte(self):
        start = time.monotonic()
        response = self.server.ask("/lab/slow-first-byte?ms=700")
        self.assertAlmostEqual(time.monotonic() - start, 0.75, delta=0.25 if not ARGUMENTS.valgrind else 1)
        self.assertIn("700 ms", response.body.decode())
        with self.server.connect() as client:  # a pause that ends before the handler has returned
            self.assertEqual([client.ask("/lab/slow-first-byte?ms=0").status for _ in range(50)], [200] * 50)
        for value in ("x", "-1", "30001", ""):
            self.assertEqual(self.server.ask("/lab/slow-first-byte?ms=" + value).status, 400, value)

    def test_chunked(self):
        with self.server.connect() as client:
            start = time.monotonic()
            response = client.ask("/lab/chunked")
            self.assertGreater(time.monotonic() - start, 0.9)
            self.assertEqual(client.sizes, [1000] * 10 + [0])
            self.assertNotIn("content-length", response.headers)
            self.assertEqual(client.ask("/style.css").status, 200)

    def test_truncated_body(self):
        with self.server.connect() as client:
            response = client.ask("/lab/truncated-body")
            self.assertEqual((response.status, len(response.body), response.whole), (200, 20000, False))

    def test_connection_close(self):
        with self.server.connect() as client:
            self.assertEqual(client.ask("/lab/connection-close").headers["connection"], "close")
            self.assertEqual(client.ends(2), "fin")

    def test_keepalive_early(self):
        with self.server.connect() as client:
            self.assertEqual(client.ask("/lab/keepalive-early").headers["keep-alive"], "timeout=60")
            start = time.monotonic()
            self.assertEqual(client.ends(4), "fin")
            self.assertAlmostEqual(time.monotonic() - start, 1, delta=0.6)
        with self.server.connect() as client:  # the next request brings the usual timeout back
            client.ask("/lab/keepalive-early")
            self.assertEqual(client.ask("/style.css").headers["keep-alive"], "timeout=5, max=98")
            self.assertEqual(client.ends(2), "open")

    def test_half_close(self):
        with self.server.connect() as client:
            self.assertTrue(client.ask("/lab/half-close").whole)
            self.assertEqual(client.ends(2), "fin")
            client.send("x")  # it still reads: no reset
            time.sleep(0.3)
            client.send("y")
            self.assertEqual(client.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), 0)

    def test_redirect(self):
        path, hops = "/lab/redirect?hops=3", 0
        with self.server.connect() as client:
            response = client.ask(path)
            while response.status == 302:
                hops += 1
                response = client.ask(response.headers["location"])
        self.assertEqual((hops, response.status), (3, 200))
        self.assertEqual(self.server.ask("/lab/redirect?hops=0").status, 400)

    def test_status(self):
        with self.server.connect() as client:
            for code, header in ((200, None), (204, None), (302, "location"), (304, None), (401, "www-authenticate"),
                                 (404, None), (418, None), (503, "retry-after")):
                response = client.ask("/lab/status/%d" % code)
                self.assertEqual(response.status, code)
                if header:
                    self.assertIn(header, response.headers)
        for wrong in ("100", "199", "299", "600", "abc", "404/x"):
            self.assertEqual(self.server.ask("/lab/status/" + wrong).status, 400, wrong)

    def test_status_index(self):
        text = self.server.ask("/lab/status/").body.decode()
        for code in (200, 404, 503):
            self.assertIn('href="/lab/status/%d"' % code, text)

    def test_post_scenarios(self):
        page = self.server.ask("/lab/zero-window").body.decode()
        self.assertIn('<form method="post"', page)
        self.assertEqual(self.server.ask("/lab/cookies", "POST").status, 405)

    def test_plays_are_limited_and_end_with_the_server(self):
        with Server() as server:
            clients = [connect_from("127.0.0.%d" % (2 + i // 32), server) for i in range(135)]  # a quarter of them is for one address
            for client in clients:
                self.addCleanup(client.socket.close)
                client.request("/lab/keepalive-probes")
            statuses = [client.response().status for client in clients]
            self.assertEqual((statuses.count(200), statuses.count(503)), (128, 7))
            self.assertEqual(server.ask("/style.css").status, 200)
            start = time.monotonic()
            server.stop()
            self.assertLess(time.monotonic() - start, 2 if not ARGUMENTS.valgrind else 10)
            self.assertEqual(clients[0].ends(1), "fin")
            for client in clients:
                client.socket.close()

    def test_slow_door_serves_everybody(self):
        path = "/lab/slow-accept"
        for _ in range(2):
            where = self.server.ask(path).headers["location"]
            port = int(re.match(r"http://localhost:(\d+)/lab/accepted$", where).group(1))
            clients = []
            for _ in range(3):
                client = Client.__new__(Client)
                client.socket, client.buffer, client.ended = socket.socket(), b"", False
                client.socket.settimeout(10)
                client.socket.setblocking(False)
                client.socket.connect_ex(("127.0.0.1", port))
                clients.append(client)
            time.sleep(0.2)
            for client in clients:
                client.socket.settimeout(10)
                select.select([], [client.socket], [], 8)
                self.assertEqual(client.ask("/lab/accepted").status, 200)
                client.socket.close()

    def test_others_are_not_disturbed(self):
        with self.server.connect() as other:
            other.ask("/style.css")
            for name in ("rst-before-response", "server-aborted-response", "truncated-body"):
                with self.server.connect() as client:
                    client.request("/lab/" + name)
                    client.drain(0.5)
                self.assertEqual(other.ask("/style.css").status, 200)


class LogAndStop(unittest.TestCase):
    LINE = re.compile(r'^(\S+) - - \[[^]]+ [+-]\d{4}\] "([^"]*)" (\d+|-) (\d+|-) "([^"]*)" "([^"]*)"$')

    def lines(self, path):
        with open(path, encoding="ascii") as file:
            return [self.LINE.match(line.rstrip("\n")) for line in file]

    def test_combined_format(self):
        path = os.path.join(folder(self), "access.log")
        with Server("--access-log", path) as server:
            server.ask("/logo.png", headers={"User-Agent": 'A"b', "Referer": "http://r/"})
            server.ask("/nothing?x=1", "HEAD")
            server.ask("/tune.mp3", headers={"Range": "bytes=0-99"})
            server.raw("GET / HTTP/1.1\r\n\r\n")
            with server.connect() as client:
                client.request("/lab/server-aborted-response")
                client.drain()
            time.sleep(0.8)
            lines = self.lines(path)
        self.assertNotIn(None, lines)
        # by the request line: connections are logged as they end, which need not be in order
        found = {line.group(2): line.groups() for line in lines}
        self.assertEqual(len(found), 5)
        self.assertEqual(found["GET /logo.png HTTP/1.1"],
                         ("127.0.0.1", "GET /logo.png HTTP/1.1", "200", str(len(read(WWW, "logo.png"))), "http://r/",
                          "A\\x22b"))
        self.assertEqual(found["HEAD /nothing?x=1 HTTP/1.1"][2:4], ("404", "-"))
        self.assertEqual(found["GET /tune.mp3 HTTP/1.1"][2:4], ("206", "100"))
        # "- / -" where the library refused it before we saw the method
        self.assertEqual([groups[2] for line, groups in found.items() if " / " in line], ["400"])
        self.assertEqual(found["GET /lab/server-aborted-response HTTP/1.1"][2:4], ("200", "-"))

    def test_standard_output_and_reopening(self):
        with Server("--access-log", "-") as server:
            server.ask("/style.css")
            server.stop()
        self.assertIn("GET /style.css HTTP/1.1", server.output)
        place = folder(self)
        os.chmod(place, 0o777)  # started as root it is nobody by then
        path = os.path.join(place, "access.log")
        with Server("--access-log", path) as server:
            server.ask("/style.css")
            time.sleep(0.7)
            os.rename(path, path + ".1")
            server.process.send_signal(signal.SIGHUP)
            time.sleep(0.3)
            server.ask("/logo.png")
            server.stop()
        self.assertEqual([line.group(2) for line in self.lines(path + ".1")], ["GET /style.css HTTP/1.1"])
        self.assertEqual([line.group(2) for line in self.lines(path)], ["GET /logo.png HTTP/1.1"])

    def test_both_signals_end_it_cleanly(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with Server() as server, server.connect() as idle, server.connect() as fresh:
                idle.ask("/")
                start = time.monotonic()
                self.assertEqual(server.stop(number), 0)
                if not ARGUMENTS.valgrind:
                    self.assertLess(time.monotonic() - start, 1)
                self.assertIn(idle.ends(1), ("fin", "reset"))
                self.assertEqual(fresh.ends(1), "fin")

    def test_stop_lets_responses_end(self):
        with Server() as server:
            clients = []
            for path in ("/lab/slow-first-byte?ms=20000", "/lab/chunked", "/lab/server-aborted-response"):
                client = server.connect()
                client.request(path)
                clients.append(client)
            time.sleep(0.15 if not ARGUMENTS.valgrind else 1)
            start = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - start, 6)
            self.assertEqual(clients[0].response().status, 200)
            self.assertEqual(len(clients[1].response().body), 10000)
            for client in clients:
                client.socket.close()

    def test_refused_requests_do_not_delay_the_stop(self):
        for data in ("GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
                     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                     "GET / HTTP/1.1\r\nHost: a\r\nCookie: %s\r\n\r\n" % ("x" * 40000)):
            with Server() as server:
                server.raw(data)
                start = time.monotonic()
                server.stop()
                self.assertLess(time.monotonic() - start, 1.5 if not ARGUMENTS.valgrind else 5, data)

    def test_reader_of_standard_output_may_leave(self):
        with Server("--access-log", "-") as server:
            server.process.stdout.close()
            server.process.stdout = open(os.devnull, encoding="ascii")
            server.ask("/style.css")
            time.sleep(0.7)
            self.assertEqual(server.ask("/style.css").status, 200)
