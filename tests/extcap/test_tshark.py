#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""labdump under the real tshark: found, started, stopped, killed."""
import grp
import os
import shutil
import signal
import socket
import sys

from harness import (check, equal, folder, free_port, is_root, main, need, need_namespaces, processes_of, run, running,
                     stranger, tshark_home, wait_for)

CLIENT = "curl -sS $LAB_URL | wc -c; curl -sS http://$LAB_HOST:$LAB_CLOSED_PORT/; true"


def need_dumpcap():
    dumpcap = shutil.which("dumpcap")
    need(dumpcap and os.access(dumpcap, os.X_OK), "no right to run dumpcap (group wireshark)")


def tshark(where, *arguments, network="own"):
    return ["tshark", "-i", "lab", "-o", "extcap.lab.network:" + network, "-w", where + "/t.pcapng", *arguments]


def fields(where, *arguments, **more):
    """Reads the capture back; a stranger may, so that it works for root as well as for others."""
    done = run(["tshark", "-n", "-r", where + "/t.pcapng", "-T", "fields", *arguments], where, **more)
    equal(done.returncode, 0, done.stderr)
    return [line.split("\t") for line in done.stdout.splitlines()]


def fetched(where, network, server):
    rows = fields(where, "-e", "ip.src", "-e", "tcp.flags.str", "-e", "http.response.code", "-Y", "tcp")
    check(rows[0][1].strip("·") == "S", rows[0])
    # On a busy machine an acknowledgment of the connection before may come even later.
    telling = [row for row in rows if row[1].strip("·") != "A"]
    check("R" in telling[-1][1], "the last packet but pure ACKs is the closed port's RST", telling[-1])
    check(any(row[2] == "200" and row[0] == server for row in rows), network, "no 200 in", rows)


def test_interface_is_listed():
    with folder() as where:
        tshark_home(where)
        words = run(["tshark", "-D"], where).stdout
        check("lab (Lab web server)" in words, words)
        words = run(["tshark", "-D"], where, LANG="zh_CN.UTF-8", LC_ALL="C.UTF-8").stdout
        check("lab (Lab web server)" in words, words)


def page_load(network, server):
    with folder() as where:
        tshark_home(where)
        done = run(tshark(where, "-o", "extcap.lab.port:0", "-o", "extcap.lab.client:" + CLIENT,
                          "-o", "extcap.lab.clientlog:" + where + "/log", "-o", "extcap.lab.clientlinger:0.2",
                          network=network), where)
        equal(done.returncode, 0, done.stderr)
        with open(where + "/log") as log:
            equal(log.read().split()[0], "20033")
        fetched(where, network, server)
        equal(processes_of(where), [])


def test_page_load_in_an_own_network():
    need_namespaces()
    need_dumpcap()
    page_load("own", "10.77.0.1")


def test_page_load_on_loopback():
    need_dumpcap()
    need(is_root(), "capturing on the host's loopback needs root")
    page_load("loopback", "127.0.0.1")


def test_page_load_as_an_ordinary_user():
    """In the group wireshark, as Debian advises: dumpcap may be run, but labdump itself has no rights."""
    need_namespaces()
    need_dumpcap()
    need(is_root(), "becoming another user needs root")
    try:
        group = str(grp.getgrnam("wireshark").gr_gid)
    except KeyError:
        group = "0"
    with folder() as where:
        tshark_home(where)
        user = stranger()
        user[user.index("--clear-groups"):] = ["--groups", group]
        done = run(user + tshark(where, "-o", "extcap.lab.port:0", "-o", "extcap.lab.client:" + CLIENT,
                                 "-o", "extcap.lab.clientlinger:0.2", network="auto"), where)
        equal(done.returncode, 0, done.stderr)
        fetched(where, "auto", "10.77.0.1")


def started(where, process, port):
    """Waits until the relay answers."""
    def answers():
        check(process.poll() is None, "tshark ended early")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as s:
                s.sendall(b"GET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n")
                return s.recv(100).startswith(b"HTTP/1.1 200")
        except OSError:
            return False
    wait_for(answers, "the server", 20)


def stopped_by(signal_):
    with folder() as where:
        tshark_home(where)
        port = free_port()
        with running(tshark(where, "-q", "-o", "extcap.lab.port:%d" % port), where) as process:
            started(where, process, port)
            process.send_signal(signal_)
            process.wait(15)
        wait_for(lambda: not processes_of(where), "the end of all processes", 5)
        with socket.socket() as s:
            s.bind(("127.0.0.1", port))


def test_kill_9_leaves_nothing_and_frees_the_port():
    need_namespaces()
    need_dumpcap()
    stopped_by(signal.SIGKILL)


def test_ctrl_c():
    need_namespaces()
    need_dumpcap()
    stopped_by(signal.SIGINT)


def test_duration_ends_it():
    need_namespaces()
    need_dumpcap()
    with folder() as where:
        tshark_home(where)
        done = run(tshark(where, "-q", "-a", "duration:2", "-o", "extcap.lab.port:0"), where)
        equal(done.returncode, 0, done.stderr)
        wait_for(lambda: not processes_of(where), "the end of all processes", 5)


def test_failed_start_is_shown_and_does_not_hang():
    need_dumpcap()
    with folder() as where:
        tshark_home(where)
        for words, more in (("wrong on purpose", {"STANDIN": "die"}), ("/nowhere", {"LAB_SERVER": "/nowhere"})):
            done = run(tshark(where, "-o", "extcap.lab.port:0"), where, **more)
            check(done.returncode != 0, "tshark takes it for a success")
            check(words in done.stderr, done.stderr)
            equal(processes_of(where), [])


def test_capture_filter_of_tshark():
    need_namespaces()
    need_dumpcap()
    with folder() as where:
        tshark_home(where)
        done = run(tshark(where, "-f", "arp", "-o", "extcap.lab.port:0", "-o", "extcap.lab.client:" + CLIENT,
                          "-o", "extcap.lab.clientlinger:0.2"), where)
        equal(done.returncode, 0, done.stderr)
        rows = fields(where, "-e", "frame.protocols")
        check(rows and all("arp" in row[0] for row in rows), rows)


def test_comment_arrives():
    need_namespaces()
    need_dumpcap()
    need(shutil.which("capinfos"), "capinfos is missing")
    with folder() as where:
        tshark_home(where)
        done = run(tshark(where, "-o", "extcap.lab.port:0", "-o", "extcap.lab.client:true",
                          "-o", "extcap.lab.clientlinger:0"), where)
        equal(done.returncode, 0, done.stderr)
        words = run(["capinfos", where + "/t.pcapng"], where).stdout
        check("captured by labdump" in words and "http://127.0.0.1:" in words, words)


if __name__ == "__main__":
    sys.exit(main({name: f for name, f in list(globals().items()) if name.startswith("test_")}))
