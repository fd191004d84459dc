#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be done while capturing: by the pipes of Wireshark's toolbar, and by the command line."""
import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time

from harness import (HERE, check, command_line, equal, folder, main, need, need_namespaces, processes_of, run, running,
                     tshark_home, wait_for)
from test_tshark import need_dumpcap, tshark

SERVER = os.environ.get("LABSERVER", "")
SCENARIO, LANGUAGE, GO, OPEN, LOG = range(5)
INITIALIZED, SET, ADD = 0, 1, 2
QUICK = ("connection-close", "rst-before-response", "fin-and-rst", "half-close", "closed-port", "unread-data", "redirect", "many-objects",
         "pipelining", "data-after-close", "parts", "not-modified")


def need_labserver():
    need_namespaces()
    need(SERVER and os.access(SERVER, os.X_OK), "labserver was not built")


class Wireshark:
    """Its side of the two pipes."""

    def __init__(self, where):
        self.to, self.of = where + "/in", where + "/out"
        for path in (self.to, self.of):
            os.mkfifo(path)
        self.arguments = ["--extcap-control-in", self.to, "--extcap-control-out", self.of]
        self.words = b""

    def open(self):
        """As InterfaceToolbar::startCapture does it: waits for the other end."""
        self.reading = os.open(self.of, os.O_RDONLY | os.O_NONBLOCK)
        self.writing = os.open(self.to, os.O_WRONLY)
        self.send(0, INITIALIZED)

    def send(self, number, command, payload=b""):
        os.write(self.writing, b"T" + (len(payload) + 2).to_bytes(3, "big") + bytes([number, command]) + payload)

    def messages(self):
        with contextlib.suppress(BlockingIOError):
            while part := os.read(self.reading, 65536):
                self.words += part
        found, at = [], 0
        while at + 6 <= len(self.words):
            length = int.from_bytes(self.words[at + 1:at + 4], "big")
            equal(self.words[at:at + 1], b"T")
            found.append((self.words[at + 4], self.words[at + 5], self.words[at + 6:at + 4 + length]))
            at += 4 + length
        return found

    def log(self):
        return b"".join(payload for number, command, payload in self.messages() if (number, command) == (LOG, ADD)).decode()

    def close(self):
        os.close(self.reading)
        os.close(self.writing)


@contextlib.contextmanager
def capturing(*arguments, **more):
    need_labserver()
    with folder() as where:
        wireshark = Wireshark(where)
        more = {"LAB_SERVER": SERVER, **more}
        with running(command_line(where, "--network", "own", *arguments) + wireshark.arguments, where, **more) as process:
            wireshark.open()
            wait_for(lambda: "http://127.0.0.1:" in wireshark.log(), "the log's first line")
            yield where, wireshark, process
        wireshark.close()


def test_go_plays_the_chosen_scenario_and_the_log_names_frames_and_filter():
    with capturing() as (where, wireshark, process):
        wireshark.send(SCENARIO, SET, b"rst-before-response")
        wireshark.send(GO, SET)
        wait_for(lambda: "Display filter" in wireshark.log(), "the end of the scenario")
        log = wireshark.log()
        check(re.search(r"\d\d:\d\d:\d\d  Frames 1 to \d+\.", log), log)
        check(re.search(r'tcp\.port == \d+ && \(lab\.rst\.by == "server" && lab\.rst\.cause == "abort"\)', log), log)
        process.terminate()
        equal(process.wait(15), 0)
        equal(processes_of(where), [])


def test_the_first_scenario_of_the_list_is_chosen_until_another_one_is():
    with capturing() as (_, wireshark, process):
        wireshark.send(GO, SET)
        wait_for(lambda: "connection-close begins" in wireshark.log(), "the scenario")
        process.terminate()
        equal(process.wait(15), 0)


def test_the_language_changes_log_and_titles():
    with capturing() as (_, wireshark, _):
        wireshark.send(LANGUAGE, SET, b"zh")
        wireshark.send(SCENARIO, SET, b"half-close")
        wireshark.send(GO, SET)
        wait_for(lambda: "显示过滤器" in wireshark.log(), "the end of the scenario")
        titles = dict(payload.decode().split("\0") for number, command, payload in wireshark.messages() if (number, command) == (SCENARIO, ADD))
        check(re.search("[\u4e00-\u9fff]", titles["half-close"]), titles)
        wireshark.send(LANGUAGE, SET, b"en")
        wait_for(lambda: "The language is English." in wireshark.log(), "the change back")


def fake_browser(where):
    """One that stays, as a browser does, and writes down what it was asked for."""
    os.makedirs(where + "/bin", exist_ok=True)
    with open(where + "/bin/xdg-open", "w") as file:
        file.write("#!/bin/sh\necho \"$1\" >%s/opened\nexec sleep 30\n" % where)
    os.chmod(where + "/bin/xdg-open", 0o755)
    return where + "/bin:/usr/local/bin:/usr/bin:/bin"


def stop_browser(where):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open("/proc/%s/environ" % pid, "rb") as file:
            if ("HOME=" + where).encode() in file.read().split(b"\0"):
                os.kill(int(pid), signal.SIGTERM)


def test_open_the_page_starts_the_browser_which_outlives_the_capture():
    need_labserver()
    with folder() as where:
        path = fake_browser(where)
        wireshark = Wireshark(where)
        with running(command_line(where, "--network", "own") + wireshark.arguments, where, LAB_SERVER=SERVER, PATH=path) as process:
            wireshark.open()
            wait_for(lambda: "http://127.0.0.1:" in wireshark.log(), "the log's first line")
            url = re.search(r"http://127\.0\.0\.1:\d+/", wireshark.log()).group()
            wireshark.send(OPEN, SET)
            wait_for(lambda: os.path.exists(where + "/opened") and os.path.getsize(where + "/opened"), "the browser")
            process.terminate()
            equal(process.wait(15), 0)
        with open(where + "/opened") as file:
            equal(file.read().strip(), url)
        time.sleep(0.2)
        names = [comm(pid) for pid, _ in processes_of(where)]
        equal(names, ["lab-opener"], "it waits for the browser and nothing else is left")
        stop_browser(where)
        wait_for(lambda: not processes_of(where), "the end of the opener", 5)
        wireshark.close()


def comm(pid):
    with open("/proc/%d/comm" % pid) as file:
        return file.read().strip()


def test_without_a_browser_the_log_tells_the_url():
    with capturing(PATH="/nowhere") as (_, wireshark, _):
        wireshark.send(OPEN, SET)
        wait_for(lambda: "Open it by hand: http://127.0.0.1:" in wireshark.log(), "the log")


def fails(*arguments, **more):
    """Wireshark opens its end of the pipe for writing while labdump fails: it must not wait for ever."""
    need_namespaces()
    with folder() as where:
        wireshark = Wireshark(where)
        os.mkfifo(where + "/fifo")
        opened = threading.Event()

        def open_late():
            time.sleep(0.5)
            wireshark.open()
            opened.set()
        thread = threading.Thread(target=open_late, daemon=True)
        reader = subprocess.Popen(["cat", where + "/fifo"], stdout=subprocess.DEVNULL)
        with running(command_line(where, "--network", "own", *arguments, fifo="fifo") + wireshark.arguments, where, **more) as process:
            thread.start()
            check(opened.wait(10), "Wireshark's window would be frozen")
            _, words = process.communicate(timeout=15)
        equal(reader.wait(15), 0, "the reader of the capture")
        wireshark.close()
        check(process.returncode in (1, 2), process.returncode)
        return words


def test_wireshark_does_not_freeze_when_the_start_fails():
    check("/nowhere" in fails(LAB_SERVER="/nowhere"), "the message")
    check("refused" in fails("--client", "touch ran"), "the message of a command that is not allowed")
    check("wrong on purpose" in fails(STANDIN="die"), "the message of a server that dies")


def test_wireshark_does_not_freeze_when_an_option_is_wrong():
    check('"99999"' in fails("--port", "99999"), "the message")


def test_labdump_ends_if_wireshark_never_opens_its_pipes():
    with folder() as where:
        wireshark = Wireshark(where)
        start = time.monotonic()
        done = run(command_line(where, "--root", "/nowhere") + wireshark.arguments, where)
        equal(done.returncode, 1)
        check(time.monotonic() - start < 20, "it waited too long")


def test_what_is_no_message_does_no_harm():
    with capturing() as (_, wireshark, process):
        os.write(wireshark.writing, b"nonsense")
        wireshark.send(SCENARIO, SET, b"no-such-scenario")
        wireshark.send(77, SET, b"\0\xff")
        wireshark.send(GO, SET)
        wait_for(lambda: "Display filter" in wireshark.log(), "the scenario")
        equal(process.poll(), None)


def lines_of(path):
    with open(path) as file:
        return file.read()


def test_scenarios_of_tsharks_command_line_are_played_and_end_the_capture():
    need_labserver()
    need_dumpcap()
    with folder() as where:
        tshark_home(where)
        done = run(tshark(where, "-o", "extcap.lab.port:0", "-o", "extcap.lab.scenario:closed-port,half-close",
                          "-o", "extcap.lab.log:" + where + "/log", "-o", "extcap.lab.clientlinger:0.2"), where, LAB_SERVER=SERVER)
        equal(done.returncode, 0, done.stderr)
        log = lines_of(where + "/log")
        equal(re.findall(r"([a-z-]+) begins", log), ["closed-port", "half-close"])
        equal(os.stat(where + "/log").st_mode & 0o777, 0o600)


def test_the_filters_of_the_log_find_frames_among_those_that_it_names():
    tool = os.path.join(os.path.dirname(HERE), "tools", "tshark-lab")
    need(os.path.exists(os.environ.get("LAB_BUILD", "") + "/plugin/lab.so"), "the plugin was not built")
    need_labserver()
    with folder() as where:
        done = run(command_line(where, "--network", "own", "--scenario", ",".join(QUICK), "--log", where + "/log"), where, LAB_SERVER=SERVER)
        equal(done.returncode, 0, done.stderr)
        port = re.search(r"http://127\.0\.0\.1:(\d+)/", lines_of(where + "/log")).group(1)
        told = re.findall(r"  (\S+) begins.*\n.*Frames (\d+) to (\d+).*\n.*\n  Display filter: (.*)", lines_of(where + "/log"))
        equal([name for name, *_ in told], list(QUICK))
        for name, first, last, wanted in told:
            found = subprocess.run([tool, "-2", "-r", where + "/out.pcapng", "-d", "tcp.port==%s,http" % port, "-Y", wanted, "-T", "fields", "-e", "frame.number"],
                                   capture_output=True, text=True)
            equal(found.returncode, 0, found.stderr)
            numbers = list(map(int, found.stdout.split()))
            check(numbers and int(first) <= numbers[0] and numbers[-1] <= int(last), name, wanted, first, last, numbers)


def test_a_scenario_that_is_not_there_is_told_with_those_that_are():
    for lang, words in (("C.UTF-8", "there is no scenario"), ("zh_CN.UTF-8", "没有场景")):
        with folder() as where:
            done = run(command_line(where, "--network", "own", "--scenario", "half-close,nonsense"), where, LANG=lang)
            equal(done.returncode, 2)
            check(words in done.stderr and "nonsense" in done.stderr and "rst-after-response" in done.stderr, done.stderr)
            check(len(done.stderr.encode()) <= 1024, "too long for Wireshark's dialog")


def test_scenarios_are_labservers():
    with folder() as where:
        done = run(command_line(where, "--network", "own", "--scenario", "half-close", "--server-command", "true"), where)
        equal(done.returncode, 2)
    need_namespaces()
    with folder() as where:
        wireshark = Wireshark(where)
        with running(command_line(where, "--network", "own", "--server-command", "python3 -m http.server $LAB_PORT") + wireshark.arguments, where):
            wireshark.open()
            wait_for(lambda: "server-" in wireshark.log(), "the log of the command's output")
            wireshark.send(GO, SET)
            wait_for(lambda: "those of labserver" in wireshark.log(), "the answer to Go")
        wireshark.close()


if __name__ == "__main__":
    sys.exit(main({name: f for name, f in list(globals().items()) if name.startswith("test_")}))
