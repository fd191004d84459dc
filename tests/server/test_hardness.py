#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""labserver under pressure, bounded: slow clients by the hundred, ten thousand connections, a stop under load, and its memory.

--large does it with the full numbers and, if it is installed, slowhttptest; without it the numbers are small enough for every run of the tests.
"""

import argparse
import os
import re
import resource
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import harness
from harness import Server

LARGE = False
FEW, MANY = 200, 1000
THREADS = min(len(os.sched_getaffinity(0)), 4)
PER_CONNECTION = 16  # KB: the pool for its headers, and what the library and labserver know of it
RACE = 0.25  # seconds that a request may take beside slow clients on a busy machine; --large wants 0.05 in the median


def resident(server):
    """KB of memory that the process really has."""
    with open("/proc/%d/status" % server.process.pid, encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


def memory_tells():
    """Not with the address sanitizer, which keeps what was freed for a while."""
    with open(harness.ARGUMENTS.server, "rb") as file:
        return b"__asan_init" not in file.read()


def latencies(server, count=40):
    result = []
    for _ in range(count):
        start = time.monotonic()
        if server.ask("/").status != 200:
            raise AssertionError("no page")
        result.append(time.monotonic() - start)
        time.sleep(0.02)
    return sorted(result)


class Slow(unittest.TestCase):
    """Clients that hold on to what they have while others want to be served."""

    def hold(self, first, piece, seconds=2):
        count = MANY if LARGE else FEW
        with Server("--header-timeout", "30") as server:
            clients = [server.connect() for _ in range(count)]
            for client in clients:
                client.send(first)
            stop = threading.Event()

            def trickle():
                while not stop.wait(0.5):
                    for client in clients:
                        try:
                            client.socket.send(piece, socket.MSG_DONTWAIT)
                        except OSError:
                            pass
            thread = threading.Thread(target=trickle)
            thread.start()
            times = latencies(server, 20 * seconds)
            stop.set()
            thread.join()
            for client in clients:
                client.socket.close()
        print("    %d clients: median %.1f ms, slowest %.1f ms" % (count, times[len(times) // 2] * 1000, times[-1] * 1000))
        self.assertLess(times[len(times) // 2], 0.05 if LARGE else RACE)

    def test_headers(self):
        self.hold("GET / HTTP/1.1\r\nHost: a\r\n", b"X: y\r\n")

    def test_bodies(self):
        self.hold("POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", b"x")

    def test_readers(self):
        """Asked for much, and nothing of it read."""
        self.hold("GET /lab/download?mb=64 HTTP/1.1\r\nHost: a\r\n\r\n", b"")

    def test_ranges(self):
        value = ",".join("5-%d" % i for i in range(400))
        self.hold("GET /tune.mp3 HTTP/1.1\r\nHost: a\r\nRange: bytes=0-,%s\r\n\r\n" % value, b"")


class Many(unittest.TestCase):
    def test_open_and_close(self):
        """All open at once, then all closed; the server goes on and gives the memory back for the next."""
        count = 10000 if LARGE else 1500
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count * 2 + 100, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) +
                           resource.getrlimit(resource.RLIMIT_NOFILE)[1:])
        with Server("--max-per-address", "0", "--keepalive-timeout", "60") as server:
            before, sizes = resident(server), []
            for _ in range(6):
                clients = [socket.create_connection(("127.0.0.%d" % (1 + i % 4), server.port), timeout=20) for i in range(count)]
                for client in clients:
                    client.sendall(b"GET /style.css HTTP/1.1\r\nHost: a\r\n\r\n")
                for client in clients:
                    self.assertEqual(client.recv(12, socket.MSG_WAITALL), b"HTTP/1.1 200")
                for client in clients:
                    client.close()
                self.assertEqual(server.ask("/").status, 200)
                time.sleep(0.3)
                sizes.append(resident(server))
        print("    %d connections six times: %s KB" % (count, sizes))
        if memory_tells():
            # Each thread keeps the memory of the most connections that it ever had, and they share them anew each time.
            self.assertLess(sizes[-1], before + THREADS * count * PER_CONNECTION)

    def test_no_growth(self):
        """Every kind of request, over and over."""
        paths = ["/", "/logo.png", "/nothing", "/lab/", "/lab/gzip", "/lab/status/503", "/lab/cookies", "/lab/not-modified", "/form", "/lab/client-close",
                 "/lab/rst-before-response", "/lab/fin-and-rst", "/lab/closed-port", "/lab/http10", "/lab/max-requests"]

        def work(server, rounds):
            for _ in range(rounds):
                for path in paths:
                    with server.connect() as client:
                        client.request(path, headers={"Accept-Encoding": "gzip"})
                        client.socket.settimeout(5)
                        try:
                            client.socket.recv(65536)
                        except OSError:
                            pass
                with server.connect() as client:
                    client.send("POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\na=b&c")
                    client.response()
        with Server() as server:
            work(server, 60)
            before = resident(server)
            work(server, 600 if LARGE else 150)
            after = resident(server)
            threads = len(os.listdir("/proc/%d/task" % server.process.pid))
            time.sleep(1.5)
            files = len(os.listdir("/proc/%d/fd" % server.process.pid))
        print("    %d KB, then %d KB; %d threads, %d files" % (before, after, threads, files))
        if memory_tells():
            self.assertLess(after, before + 1500)
        self.assertLess(files, 60)


class Stop(unittest.TestCase):
    def test_no_started_response_is_lost(self):
        """SIGTERM while many are being answered: each response that has begun comes whole."""
        with Server() as server:
            selector = selectors.DefaultSelector()
            got = {}
            for _ in range(MANY if LARGE else FEW):
                client = server.connect().socket
                client.sendall(b"GET /tune.mp3 HTTP/1.1\r\nHost: a\r\n\r\n")
                client.setblocking(False)
                got[client] = b""
                selector.register(client, selectors.EVENT_READ)
            os.kill(server.process.pid, signal.SIGTERM)
            whole = os.path.getsize(os.path.join(harness.WWW, "tune.mp3"))
            while selector.get_map():
                ready = selector.select(5)
                self.assertTrue(ready, "a connection hangs")
                for key, _ in ready:
                    try:
                        data = key.fileobj.recv(1 << 20)
                    except ConnectionResetError:
                        data = b""
                    got[key.fileobj] += data
                    if not data:
                        selector.unregister(key.fileobj)
                        key.fileobj.close()
            begun = [data for data in got.values() if data]
            torn = [data for data in begun if len(data.split(b"\r\n\r\n", 1)[1]) != whole]
            server.output, server.errors = server.process.communicate(timeout=10)
        print("    %d had begun, %d were torn" % (len(begun), len(torn)))
        self.assertTrue(begun)
        self.assertEqual((len(torn), server.process.returncode), (0, 0))


@unittest.skipUnless(shutil.which("slowhttptest"), "slowhttptest is not installed")
class SlowHttpTest(unittest.TestCase):
    def attack(self, *mode):
        if not LARGE:
            self.skipTest("only with --large")
        with Server("--header-timeout", "10") as server:
            line = ["slowhttptest", "-c", "1000", "-r", "500", "-l", "12", "-i", "2", "-p", "3", "-u", "http://127.0.0.1:%d/form" % server.port, *mode]
            attack = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(3)
            times = latencies(server, 150)
            attack.terminate()
            attack.wait(10)
        print("    %s: median %.1f ms, slowest %.1f ms" % (" ".join(mode[:1]), times[len(times) // 2] * 1000, times[-1] * 1000))
        self.assertLess(times[int(len(times) * 0.95)], 0.05)

    def test_headers(self):
        self.attack("-H")

    def test_bodies(self):
        self.attack("-B", "-s", "8192")

    def test_ranges(self):
        self.attack("-R", "-a", "5", "-b", "3000")

    def test_reading(self):
        self.attack("-X", "-k", "3", "-w", "10", "-y", "20", "-n", "5", "-z", "32")


def main():
    global LARGE
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--server", required=True, help="the labserver to test")
    parser.add_argument("--large", action="store_true", help="with the full numbers")
    options, rest = parser.parse_known_args()
    LARGE = options.large
    harness.ARGUMENTS.server = os.path.abspath(options.server)
    unittest.main(argv=[sys.argv[0]] + rest)


if __name__ == "__main__":
    main()
