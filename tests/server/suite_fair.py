# SPDX-License-Identifier: GPL-2.0-or-later
"""Fairness: what one client takes leaves enough for the others. Scenarios: each visit is as its page says."""

import base64
import hashlib
import os
import re
import resource
import socket
import threading
import time
import unittest

from harness import Server, SharedServer, connect_from, folder

TCP_INFO_CLOSE_WAIT = 8  # tcpi_state in linux/tcp.h
OTHER = "127.0.0.3"


def answered(clients):
    """Those that got a first byte within a second."""
    time.sleep(1)
    count = 0
    for client in clients:
        client.socket.settimeout(0.01)
        try:
            count += client.socket.recv(5) == b"HTTP/"
        except OSError:
            pass
    return count


class Fair(unittest.TestCase):
    def close_later(self, clients):
        for client in clients:
            self.addCleanup(client.socket.close)
        return clients

    def test_one_address_leaves_places_for_others(self):
        """1024 descriptors: 640 places, of which one address has a quarter."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        with Server(descriptors=1024) as server:
            clients = self.close_later([connect_from("127.0.0.2", server) for _ in range(900)])
            for client in clients:
                try:
                    client.request("/lab/slow-first-byte?ms=4000")
                except OSError:
                    pass  # it was closed at once
            with connect_from(OTHER, server) as other:
                self.assertEqual(other.ask("/style.css").status, 200)
            time.sleep(5)  # an answered connection would have made room for another before
            self.assertEqual(answered(clients), 160)

    def test_idle_connections_of_the_one_with_most_make_room(self):
        with Server("--max-connections", "32", "--max-per-address", "0", "--keepalive-timeout", "60") as server:
            kept = connect_from(OTHER, server)
            self.close_later([kept])
            self.assertEqual(kept.ask("/style.css").status, 200)
            many = []
            for _ in range(60):
                many.append(connect_from("127.0.0.2", server))
                self.close_later(many[-1:])
                self.assertEqual(many[-1].ask("/style.css").status, 200)
            self.assertEqual(kept.ask("/style.css").status, 200)
            self.assertEqual(many[0].ends(5), "fin")

    def test_slow_headers_make_room(self):
        with Server("--max-connections", "32", "--max-per-address", "0", "--keepalive-timeout", "60") as server:
            slow = self.close_later([connect_from("127.0.0.2", server) for _ in range(60)])
            for client in slow:
                try:
                    client.send("GET / HTTP/1.1\r\nHost: a\r\nX")
                except OSError:
                    pass  # it has made room already
            with connect_from(OTHER, server) as other:
                self.assertEqual(other.ask("/style.css").status, 200)

    def test_paused_responses_make_room(self):
        with Server("--max-connections", "32", "--max-per-address", "0") as server:
            slow = self.close_later([connect_from("127.0.0.2", server) for _ in range(60)])
            for client in slow:
                try:
                    client.request("/lab/slow-first-byte?ms=30000")
                except OSError:
                    pass
            with connect_from(OTHER, server) as other:
                self.assertEqual(other.ask("/style.css").status, 200)

    def test_plays_of_one_address_leave_some_for_others(self):
        with Server() as server:
            clients = self.close_later([connect_from("127.0.0.2", server) for _ in range(40)])
            for client in clients:
                client.request("/lab/keepalive-probes")
            statuses = [client.response().status for client in clients]
            self.assertEqual((statuses.count(200), statuses.count(503)), (32, 8))
            with connect_from(OTHER, server) as other:
                self.assertEqual(other.ask("/lab/keepalive-probes").status, 200)

    def test_trickled_bytes_do_not_prolong_a_step(self):
        """zero-window: 2.5 s without reading, then at most 10 s of reading. close-ignored: three seconds of answers."""
        with Server() as server:
            with server.connect() as client:
                client.send("POST /lab/zero-window HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n")
                begun = time.monotonic()
                client.socket.settimeout(0.2)
                answer = b""
                while not answer and time.monotonic() - begun < 30:
                    client.send("x")
                    try:
                        answer = client.socket.recv(12)
                    except TimeoutError:
                        pass
                self.assertEqual(answer, b"HTTP/1.1 200")
            with server.connect() as client:
                client.request("/lab/close-ignored")
                count = 0
                try:
                    while count < 20 and client.response().status == 200:
                        count += 1
                        time.sleep(0.5)
                        client.request("/lab/close-ignored")
                except (OSError, AssertionError):
                    pass  # it has ended
                self.assertIn(count, range(1, 8))

    def test_files_are_read_again_beside_the_requests(self):
        """A config that blocks whoever reads it: nobody has to wait."""
        root = folder(self, index_html="x")
        config = os.path.join(root, "student.ini")
        with Server("--root", root) as server:
            os.mkfifo(config, 0o644)
            time.sleep(2.5)
            for _ in range(3):
                self.assertEqual(server.ask("/").status, 200)
            writer = os.open(config, os.O_RDWR | os.O_NONBLOCK)
            os.write(writer, b"[student]\nname=a\n")
            os.remove(config)
            os.close(writer)

    def test_what_has_not_changed_is_served_on(self):
        root = folder(self, a_txt="one", b_txt="two", index_html="{{name}}", student_ini="[student]\nname=Ada\n")
        with Server("--root", root) as server:
            with open(os.path.join(root, "b.txt"), "w", encoding="ascii") as file:
                file.write("three")
            for _ in range(100):
                if server.ask("/b.txt").body == b"three":
                    break
                time.sleep(0.1)
            self.assertEqual([server.ask("/" + name).body for name in ("a.txt", "b.txt", "")], [b"one", b"three", b"Ada"])
            with open(os.path.join(root, "student.ini"), "w", encoding="ascii") as file:
                file.write("[student]\nname=Grace\n")
            for _ in range(100):
                if server.ask("/").body == b"Grace":
                    break
                time.sleep(0.1)
            self.assertEqual([server.ask("/" + name).body for name in ("a.txt", "b.txt", "")], [b"one", b"three", b"Grace"])


class AsTold(SharedServer):
    """Scenarios whose promise a race could break."""

    def slow_port(self, source):
        with connect_from(source, self.server) as client:
            location = client.ask("/lab/slow-accept").headers["location"]
        return int(re.search(r":(\d+)/", location).group(1))

    def time_of(self, source, times):
        """A SYN is sent again after a second (RFC 6298, 2.1): who gets in sooner found the queue open."""
        port = self.slow_port(source)
        start = time.monotonic()
        with connect_from(source, self.server, port) as client:
            times.append(time.monotonic() - start)
            self.assertEqual(client.ask("/lab/accepted").status, 200)

    def test_slow_accept_is_slow_every_time(self):
        times = []
        for _ in range(4):
            self.time_of("127.0.0.1", times)
        visitors = [threading.Thread(target=self.time_of, args=("127.0.0.%d" % (10 + i), times)) for i in range(8)]
        for visitor in visitors:
            visitor.start()
        for visitor in visitors:
            visitor.join()
        self.assertEqual(len(times), 12)
        self.assertGreater(min(times), 0.9)

    def test_nobody_keeps_the_slow_port_full(self):
        port = self.slow_port("127.0.0.2")
        stop = threading.Event()

        def hold():
            while not stop.wait(0.3):
                self.slow_port("127.0.0.2")
        holder = threading.Thread(target=hold)
        holder.start()
        time.sleep(1)
        with connect_from(OTHER, self.server, port) as client:
            self.assertEqual(client.ask("/lab/accepted").status, 200)
        stop.set()
        holder.join()

    def fin_is_there(self, path, segment=None, first=None):
        """Whether the server's FIN has come when the last byte of the response has. Its bytes, head included."""
        with socket.socket() as raw:
            if segment:
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment)
            raw.connect(("127.0.0.1", self.server.port))
            request = b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % path.encode()
            if first:
                raw.sendall(b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % first.encode())
                self.assertIn(b"200", self.whole(raw)[:15])
            raw.sendall(request)
            size = len(self.whole(raw))
            state = raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
        return state == TCP_INFO_CLOSE_WAIT, size

    @staticmethod
    def whole(raw):
        """One response, read to the last byte that Content-Length announces, and not further."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += raw.recv(1)
        left = int(re.search(rb"(?i)content-length: (\d+)", data).group(1))
        return data + raw.recv(left, socket.MSG_WAITALL)

    def test_the_fin_is_on_the_last_segment(self):
        for path, first in (("/lab/connection-close", None), ("/lab/max-requests", "/lab/max-requests")):
            for _ in range(50):
                fin, size = self.fin_is_there(path, first=first)
                self.assertTrue(fin, path)
        _, size = self.fin_is_there("/lab/connection-close")
        self.assertGreater(size, 1000)

    def test_the_fin_is_on_the_last_segment_if_that_would_be_full(self):
        """Timestamps take 12 bytes of each segment."""
        _, size = self.fin_is_there("/lab/connection-close")
        full = [segment for segment in range(500, 1400) if size % segment == 0] or [size]
        fin, longer = self.fin_is_there("/lab/connection-close", full[-1] + 12)
        self.assertTrue(fin)
        self.assertEqual(longer, size + 1)

    def test_policies(self):
        """Browsers run no script but those of our own pages, and show no page in a frame of somebody else."""
        for path in ("/lab/", "/nothing", "/form", "/lab/connection-close", "/lab/not-modified"):
            headers = self.server.ask(path).headers
            self.assertEqual(headers["x-content-type-options"], "nosniff", path)
            self.assertIn("default-src 'none'", headers["content-security-policy"], path)
            script = "script-src 'none';" if path in ("/nothing", "/form") else "script-src 'sha256-"
            self.assertIn(script, headers["content-security-policy"], path)
            self.assertIn("frame-ancestors 'self'", headers["content-security-policy"], path)
        for path in ("/", "/logo.png"):
            headers = self.server.ask(path).headers
            self.assertEqual((headers["x-content-type-options"], headers["content-security-policy"]), ("nosniff", "frame-ancestors 'self'"))
        page = self.server.ask("/lab/parts")
        for tag, text in (("style", None), ("script", None)):
            text = re.search(r"<%s>(.*?)</%s>" % (tag, tag), page.body.decode(), re.S).group(1)
            source = "'sha256-%s'" % base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            self.assertIn("%s-src %s" % (tag, source), page.headers["content-security-policy"])

    def test_blanks_behind_a_value_are_no_part_of_it(self):
        """RFC 9112, 5.1."""
        get = "GET /style.css HTTP/1.1\r\nHost: a \t\r\n\r\n"
        self.assertEqual(self.first_status(get), 200)
        post = "POST /form HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n%s"
        for line, body in (("Content-Length: 5 ", "hello"), ("Content-Length:\t5\t ", "hello"), ("Transfer-Encoding: chunked ", "5\r\nhello\r\n0\r\n\r\n"),
                           ("Expect: 100-continue \r\nContent-Length: 5", "hello")):
            self.assertEqual(self.first_status(post % (line, body)), 200, line)

    def test_a_zero_byte_in_a_value_is_refused(self):
        """RFC 9110, 5.5."""
        for line in ("X: a\0b", "X: \0", "Cookie: a=b\0; c=d"):
            self.assertEqual(self.first_status("GET /style.css HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n" % line), 400)

    def first_status(self, data):
        with self.server.connect() as client:
            client.send(data)
            head = client.until(b"\r\n\r\n").decode()
            if head.split()[1] == "100":
                head = client.until(b"\r\n\r\n").decode()
            return int(head.split()[1])
