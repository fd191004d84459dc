#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""labserver for days, in short: every page, file and scenario over and over, while files of the root change and the log is reopened.

Its memory, descriptors and threads at the end are compared with those after the first third. --seconds 300 and more is a real soak;
the default is short enough for every run of the tests.
"""

import argparse
import os
import re
import shutil
import signal
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import harness
from test_hardness import memory_tells, resident

PAUSE = 0.005  # seconds between two visits of a client: what a class does, not a benchmark
GROWTH = 2000  # KB between the first third and the end; the allocator's arenas breathe by hundreds
MORE = ["/", "/style.css", "/logo.png", "/tune.mp3", "/favicon.ico", "/nothing", "/lab/", "/lab/accepted", "/form", "/changing.html", "/lab/status/404"]
HEADERS = [{}, {"Accept-Encoding": "gzip"}, {"Accept-Language": "zh"}, {"Range": "bytes=0-99"}, {"Range": "bytes=0-9,20-29"}, {"If-None-Match": "*"}]
POST = "POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\na=b&c"


class Load:
    """Eight clients, and somebody who changes files and rotates the log, until it is stopped."""

    def __init__(self, server, root, log):
        self.server, self.root, self.log = server, root, log
        self.visits = self.changes = 0
        self.problems = []
        self.stop = threading.Event()
        self.paths = MORE + re.findall(r'class="run" href="(/lab/[^"]+)"', server.ask("/lab/").body.decode())
        self.threads = [threading.Thread(target=self.visit, args=(i * 5,)) for i in range(8)] + [threading.Thread(target=self.change)]
        for thread in self.threads:
            thread.start()

    def one(self, number):
        path = self.paths[number % len(self.paths)]
        with self.server.connect() as client:
            client.socket.settimeout(0.5)  # the slow ones are left behind, as people do
            try:
                if number % 7 == 0:
                    client.send(POST % path)
                else:
                    client.request(path, headers=HEADERS[number // len(self.paths) % len(HEADERS)])
                client.socket.recv(65536)
                if number % 3 == 0:
                    client.request("/style.css")
                    client.socket.recv(65536)
            except OSError:  # resets and silence are what some of them are for
                pass

    def visit(self, number):
        while not self.stop.wait(PAUSE):
            try:
                self.one(number)
            except OSError as problem:
                self.problems.append("no connection: %s" % problem)
                return
            self.visits += 1
            number += 1

    def change(self):
        """The page must be the new one within two seconds; a rotated log must be written to again."""
        while not self.stop.wait(1):
            self.changes += 1
            with open(os.path.join(self.root, "changing.html"), "w", encoding="utf-8") as file:
                file.write("<!DOCTYPE html><title>x</title>{{name}} %d %s" % (self.changes, "x" * (self.changes % 5) * 1000))
            os.replace(self.log, self.log + ".1")
            self.server.process.send_signal(signal.SIGHUP)
            if self.stop.wait(2):
                break
            if ("Li Hua %d " % self.changes).encode() not in self.server.ask("/changing.html").body:
                self.problems.append("change %d is not served" % self.changes)
            if not os.path.exists(self.log):
                self.problems.append("no new log after SIGHUP %d" % self.changes)

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def files_of(server, kind):
    return len(os.listdir("/proc/%d/%s" % (server.process.pid, kind)))


def watch(server, load, seconds):
    """KB at the end of each third, the lowest of the last tenth of it: what is held for a moment does not count."""
    marks = []
    for _ in range(3):
        time.sleep(seconds / 3 * 0.9)
        samples = []
        for _ in range(10):
            time.sleep(seconds / 300)
            samples.append(resident(server))
        marks.append(min(samples))
        print("    %d visits, %d changes: %d KB, %d files, %d threads" % (load.visits, load.changes, marks[-1], files_of(server, "fd"), files_of(server, "task")),
              flush=True)
    return marks


def soak(seconds, where):
    root = os.path.join(where, "root")
    shutil.copytree(harness.WWW, root)
    log = os.path.join(where, "access.log")
    with open(os.path.join(root, "changing.html"), "w", encoding="utf-8") as file:
        file.write("{{name}} 0")
    for path, _, _ in os.walk(where):
        os.chmod(path, 0o755)
    with harness.Server("--root", root, "--access-log", log, "--user", "root") as server:
        threads = files_of(server, "task")
        load = Load(server, root, log)
        marks = watch(server, load, seconds)
        load.end()
        time.sleep(12)  # the longest that a scenario holds on to a connection
        rest = files_of(server, "fd")
        problems = load.problems
        if memory_tells() and marks[2] > marks[0] + GROWTH:
            problems.append("it grew by %d KB" % (marks[2] - marks[0]))
        if files_of(server, "task") != threads:
            problems.append("%d threads instead of %d" % (files_of(server, "task"), threads))
        if rest > 60:
            problems.append("%d descriptors are open with nobody there" % rest)
    print("    %d KB after a third, %d KB at the end; %d files afterwards" % (marks[0], marks[2], rest))
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--server", required=True, help="the labserver to test")
    parser.add_argument("--seconds", type=float, default=10, help="how long (10)")
    options = parser.parse_args()
    harness.ARGUMENTS.server = os.path.abspath(options.server)
    with tempfile.TemporaryDirectory(prefix="labserver-soak-") as where:
        problems = soak(options.seconds, where)
    for problem in problems:
        print("FAIL  " + problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
