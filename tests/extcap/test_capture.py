#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures made by labdump alone: what is in them, in every network, and what is left afterwards: nothing."""
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

import pcapng
from harness import (LABSERVER, alive, capture, check, command_line, equal, folder, free_port, is_root, log_of, main,
                     need, need_namespaces, own_loopback, processes_of, run, running, stranger, wait_for)

FETCH = "curl -sS $LAB_URL | wc -c"
PAGE = 20033


def www(where):
    """A page for labserver, which may not be able to read that of the build tree."""
    path = os.path.join(where, "www")
    os.mkdir(path)
    with open(os.path.join(path, "index.html"), "w") as file:
        file.write("<!DOCTYPE html><title>Lab</title>")
    return path


def page_is_complete(capture_, where, server):
    """The first packet is the first SYN and the last one ends the connection; nothing is missing between."""
    equal(log_of(where).strip(), str(PAGE))
    tcp = capture_.tcp
    equal(tcp[0].flags, "S", "first packet")
    equal(tcp[0].destination, server)
    check("F" in "".join(p.flags for p in tcp[-3:]) and tcp[-1].flags == "A", [p.flags for p in tcp[-3:]])
    got = b"".join(p.payload for p in tcp if p.source == server and p.sport == tcp[0].dport)
    check(got.endswith(b"x" * 20000), "payload is not complete:", len(got))
    times = [p.time for p in capture_.packets]
    equal(times, sorted(times), "timestamps run backwards")
    equal(capture_.statistics, 1, "statistics blocks")


def looks_like_a_lan(c):
    check("{" not in c.comment(), "a place was not filled in:", c.comment())
    check(c.packets[0].arp and c.packets[1].arp, "ARP comes first")
    equal({p.mss() for p in c.tcp if "S" in p.flags}, {1460})
    check(max(p.length for p in c.packets) <= 1514, "a frame is too long for Ethernet")
    equal([p for p in c.tcp if not p.checksum_good], [], "bad checksums")
    equal({p.ethertype for p in c.packets}, {0x0800, 0x0806})
    check("10.77.0.1" in c.comment(), c.comment())


def test_own_network():
    need_namespaces()
    with folder() as where:
        c = capture(where, "--network", "own", "--client", FETCH)
        page_is_complete(c, where, "10.77.0.1")
        looks_like_a_lan(c)
        equal(processes_of(where), [])


def test_own_network_as_an_ordinary_user():
    need_namespaces()
    with folder() as where:
        c = capture(where, "--network", "auto", "--client", FETCH + "; id -u >&2", wrap=stranger)
        check(log_of(where).split()[1] != "0", "the client runs as root")
        check("10.77.0.1" in c.comment(), "auto did not choose the own network")
        looks_like_a_lan(c)


def test_an_ordinary_user_gets_a_long_queue_too():
    """A sender's window of several megabytes must fit, or frames are lost that no real wire would lose."""
    need_namespaces()
    need(shutil.which("ip"), "ip(8) is missing")
    with folder() as where:
        capture(where, "--network", "own", "--client", "ip -o link show cli0", wrap=stranger)
        check("qlen 10000" in log_of(where), log_of(where))


def test_own_network_without_tap():
    need(is_root(), "hiding /dev/net/tun needs root")
    need(os.path.exists("/dev/net/tun"), "there is no /dev/net/tun to hide, so the other tests ran without it")
    hide = ["unshare", "-m", "sh", "-c", 'mount --bind /dev/null /dev/net/tun && exec "$@"', "sh"]
    with folder() as where:
        c = capture(where, "--network", "own", "--client", FETCH + "; ip -o link show cli0 | grep -q @ || exit 9",
                    wrap=lambda *command: hide + list(command))
        page_is_complete(c, where, "10.77.0.1")
        looks_like_a_lan(c)


def test_loopback():
    with folder() as where:
        c = capture(where, "--network", "loopback", "--client", FETCH, wrap=own_loopback)
        page_is_complete(c, where, "127.0.0.1")
        equal(c.link_type, 1)
        check(b"tcp port" in c.options["interface", 11], c.options)
        equal(processes_of(where), [])


def test_auto_is_loopback_where_allowed():
    with folder() as where:
        c = capture(where, "--client", FETCH, wrap=own_loopback)
        page_is_complete(c, where, "127.0.0.1")


def test_all_devices():
    with folder() as where:
        c = capture(where, "--network", "any", "--client", FETCH, wrap=own_loopback)
        equal(c.link_type, 113, "Linux cooked")


def test_closed_port():
    """LAB_CLOSED_PORT is refused, and its packets are in the capture, in both kinds of network."""
    for network, wrap in (("loopback", own_loopback), ("own", lambda *c: list(c))):
        with folder() as where:
            need_namespaces()
            c = capture(where, "--network", network, "--client", "curl -sS http://$LAB_HOST:$LAB_CLOSED_PORT/; true",
                        wrap=wrap)
            equal([p.flags for p in c.tcp], ["S", "RA"], network)


def test_scenarios_with_ports_of_their_own():
    """Where /lab/closed-port and /lab/slow-accept send the client is in the capture too, on loopback as in an own network."""
    need(LABSERVER, "labserver was not built")
    # Which ports these are is the server's choice: where the client was sent is written down.
    visit = ("curl -sS -L -o /dev/null -w 'closed=%{url_effective} ' ${LAB_URL}lab/closed-port; "
             "curl -sS -L -o /dev/null -w 'slow=%{url_effective} %{http_code}' ${LAB_URL}lab/slow-accept")
    for network, wrap in (("loopback", own_loopback), ("own", lambda *c: list(c))):
        with folder() as where:
            need_namespaces()
            server = shutil.copy(LABSERVER, where)
            c = capture(where, "--network", network, "--client", visit, "--root", www(where), wrap=wrap, LAB_SERVER=server)
            check(log_of(where).endswith("200"), network, log_of(where))
            closed, slow = (int(re.search(name + r"=http://[^/ ]*:(\d+)", log_of(where)).group(1)) for name in ("closed", "slow"))
            refused = [p.flags for p in c.tcp if closed in (p.sport, p.dport)]
            equal(refused, ["S", "RA"], network)
            # The client knocks, is not heard, knocks again; on loopback there is the server's own connection besides.
            knocks = [p.sport for p in c.tcp if p.dport == slow and p.flags == "S"]
            client = [p for p in c.tcp if knocks[-1] in (p.sport, p.dport)]
            equal([p.flags for p in client[:4]], ["S", "S", "SA", "A"], network)
            check(any(b"/lab/accepted" in p.payload for p in client), network)
            equal(len(set(knocks)), 2 if network == "loopback" else 1, network)


def test_a_page_below_the_home_folder_is_served_compressed_or_not():
    """~ is the home folder, and index.html means its folder: Wireshark hands on what was typed or picked."""
    need(LABSERVER, "labserver was not built")
    need_namespaces()
    ask = "curl -sS -D - -H 'Accept-Encoding: gzip' ${LAB_URL} | LC_ALL=C tr -cd '\\12\\40-\\176'"
    for name in ("~/page", "~/page/index.html"):
        for options, coded in (((), True), (("--no-compression",), False), (("--no-compression=false",), True)):
            with folder() as where:
                server = shutil.copy(LABSERVER, where)
                os.mkdir(os.path.join(where, "page"))
                with open(os.path.join(where, "page", "index.html"), "w", encoding="ascii") as file:
                    file.write("<!DOCTYPE html><title>Mine</title>" + "<p>hello</p>" * 200)
                os.chmod(os.path.join(where, "page"), 0o755)
                capture(where, "--network", "own", "--client", ask, "--root", name, *options, HOME=where, LAB_SERVER=server)
                answer = log_of(where)
                check("200 OK" in answer, name, answer[:300])
                equal("Content-Encoding: gzip" in answer, coded, (name, options))
                equal("<p>hello</p>" in answer, not coded, (name, options))


def test_capture_filter():
    need_namespaces()
    for network, wrap in (("loopback", own_loopback), ("own", lambda *c: list(c))):
        with folder() as where:
            c = capture(where, "--network", network, "--client", FETCH, "--extcap-capture-filter",
                        "tcp[tcpflags] & tcp-syn != 0", wrap=wrap)
            equal([p.flags for p in c.packets], ["S", "SA"], network)


def test_nothing_is_lost_in_20_megabytes():
    need_namespaces()
    for network, wrap in (("loopback", own_loopback), ("own", lambda *c: list(c))):
        with folder() as where:
            c = capture(where, "--network", network, "--client", "curl -sS ${LAB_URL}big | wc -c", wrap=wrap)
            equal(log_of(where).strip(), str(20 << 20))
            start = c.tcp[1].seq + 1
            # By number, not by time: on loopback two processors may well hand segments over out of order.
            parts = sorted(((p.seq - start) & 0xFFFFFFFF, len(p.payload)) for p in c.tcp
                           if p.sport == c.tcp[0].dport and p.payload)
            reached = 0
            for at, length in parts:
                check(at <= reached, network, "gap at", reached, "dropped", c.dropped)
                reached = max(reached, at + length)
            check(reached > 20 << 20, network, "only", reached, "dropped", c.dropped)


def test_real_server():
    need(os.access(LABSERVER, os.X_OK), "labserver is not built")
    need_namespaces()
    with folder() as where:
        c = capture(where, "--network", "own", "--client", "curl -sS -o /dev/null -w '%{http_code}' $LAB_URL",
                    LAB_SERVER=LABSERVER)
        equal(log_of(where), "200")
        equal(c.tcp[0].flags, "S")
        looks_like_a_lan(c)


def test_client_that_fails():
    need_namespaces()
    with folder() as where:
        c = capture(where, "--network", "own", "--client", FETCH + "; exit 7", status=1)
        page_is_complete(c, where, "10.77.0.1")
        done = run(command_line(where, "--network", "own", "--client", "exit 7", "--client-linger", "0"), where)
        check("exit status 7" in done.stderr, done.stderr)


def test_privileged_port_inside():
    """Inside, port 80 is free to use. On the host it is not, so the way in is another port, which the capture tells."""
    need_namespaces()
    with folder() as where:
        with open("/proc/sys/net/ipv4/ip_unprivileged_port_start") as file:
            need(int(file.read()) > 80, "this system lets everybody use port 80")
        done = run(stranger(*command_line(where, "--network", "own", "--port", "80", "--client", "curl -sS -o /dev/null -w '%{http_code} %{url}' $LAB_URL",
                                          "--client-log", where + "/log", "--client-linger", "0")), where)
        equal(done.returncode, 0, done.stderr)
        equal(log_of(where), "200 http://lab.test:80/")
        with open(where + "/out.pcapng", "rb") as file:
            entry = re.search(rb"Lab web server at http://127.0.0.1:(\d+)/", file.read())
        check(entry and int(entry.group(1)) >= 1024, "the comment tells of no way in")
        done = run(stranger(*command_line(where, "--network", "loopback", "--port", "80")), where)
        equal(done.returncode, 1)


def own_session(where, port):
    return running(command_line(where, "--network", "own", "--port", str(port)), where)


def connect(port):
    """Through the relay, once the server is there."""
    def attempt():
        try:
            s = socket.create_connection(("127.0.0.1", port), timeout=5)
            s.sendall(b"GET / HTTP/1.1\r\nHost: lab\r\n\r\n")
            return s if s.recv(65536) else None
        except OSError:
            return None
    return wait_for(attempt, "the relay")


def stop(process, where):
    process.send_signal(signal.SIGTERM)
    equal(process.wait(10), 0, "exit status")
    return pcapng.Capture(os.path.join(where, "out.pcapng"))


def receive_all(s):
    data = b""
    while True:
        part = s.recv(65536)
        if not part:
            return data
        data += part


def test_browser_outside():
    need_namespaces()
    with folder() as where:
        port = free_port()
        with own_session(where, port) as process:
            connect(port).close()
            s = socket.create_connection(("127.0.0.1", port))
            s.sendall(b"GET /big HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n")
            s.shutdown(socket.SHUT_WR)
            check(len(receive_all(s)) > 20 << 20, "the answer after a half-close is not complete")
            c = stop(process, where)
        half_closed = [p for p in c.tcp if p.sport == c.tcp[-1].dport or p.dport == c.tcp[-1].dport]
        check(any(p.flags.startswith("F") and p.source == "10.77.0.2" for p in half_closed), "no FIN of the client")
        looks_like_a_lan(c)


def test_reset_by_the_server_reaches_the_browser():
    need_namespaces()
    with folder() as where:
        port = free_port()
        with own_session(where, port) as process:
            connect(port).close()
            s = socket.create_connection(("127.0.0.1", port))
            s.sendall(b"GET /abort HTTP/1.1\r\nHost: lab\r\n\r\n")
            try:
                receive_all(s)
                check(False, "ended without a reset")
            except ConnectionResetError:
                pass
            c = stop(process, where)
        check(any("R" in p.flags and p.source == "10.77.0.1" for p in c.tcp), "no RST of the server in the capture")


def test_reset_by_the_browser_reaches_the_wire():
    need_namespaces()
    with folder() as where:
        port = free_port()
        with own_session(where, port) as process:
            s = connect(port)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.close()
            time.sleep(0.2)
            c = stop(process, where)
        check(any("R" in p.flags and p.source == "10.77.0.2" for p in c.tcp), "no RST of the client in the capture")


def test_ports_of_scenarios_reach_the_wire():
    """The two ports after the server's: nobody listens there inside, so that a browser outside causes a SYN and a RST on the wire."""
    need_namespaces()
    with folder() as where:
        port = free_port()
        with own_session(where, port) as process:
            connect(port).close()
            for beside in (port + 1, port + 2):
                try: # the RST may come before connect() has returned
                    with socket.create_connection(("127.0.0.1", beside), timeout=5) as s:
                        check(s.recv(1) is None, "port %d was not refused" % beside)
                except ConnectionResetError:
                    pass
            c = stop(process, where)
        for beside in (port + 1, port + 2):
            segments = [(p.source, p.flags) for p in c.tcp if beside in (p.sport, p.dport)]
            equal([(source, "R" in flags) for source, flags in segments], [("10.77.0.2", False), ("10.77.0.1", True)], "port %d" % beside)


def ended_by(signal_, network, wrap):
    leaver = "setsid sleep 345 & cd %s; curl -sS $LAB_URL >/dev/null; touch fetched; sleep 346"
    with folder() as where:
        port = free_port()
        command = wrap(*command_line(where, "--network", network, "--port", str(port), "--client", leaver % where))
        with running(command, where) as process:
            wait_for(lambda: os.path.exists(where + "/fetched"), "the client", 20)
            pids = [pid for pid, _ in processes_of(where)] + sleepers()
            check(len(pids) >= 4, pids)
            process.send_signal(signal_)
            process.wait(10)
        wait_for(lambda: not [p for p in pids if alive(p)], "the end of all processes", 5)
        with socket.socket() as s:
            s.bind(("127.0.0.1", port))
        if signal_ != signal.SIGKILL:
            equal(process.returncode, 0)
            equal(pcapng.Capture(where + "/out.pcapng").statistics, 1)


def sleepers():
    found = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True).stdout.splitlines()
    return [int(line.split()[0]) for line in found if line.split()[1:] in (["sleep", "345"], ["sleep", "346"])]


def test_killed_or_ended_nothing_stays():
    need_namespaces()
    for signal_ in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
        ended_by(signal_, "own", lambda *c: list(c))
        if is_root():
            ended_by(signal_, "loopback", lambda *c: list(c))


def test_nothing_inherited_stays_open():
    """Neither the client nor its parent, the keeper, holds a descriptor that labdump inherited."""
    need_namespaces()
    hold = ["sh", "-c", 'exec 9>inherited-file && exec "$@"', "sh"]
    with folder() as where:
        capture(where, "--network", "own", "--client", "ls -l /proc/self/fd /proc/$PPID/fd; cat /proc/$PPID/comm",
                wrap=lambda *command: hold + list(command))
        check("labdump-keeper" in log_of(where) and "socket:" in log_of(where), log_of(where))
        check("inherited-file" not in log_of(where), log_of(where))


def test_reader_that_goes_away():
    need_namespaces()
    with folder() as where:
        os.mkfifo(where + "/fifo")
        with running(command_line(where, "--network", "own", fifo="fifo"), where) as process:
            with open(where + "/fifo", "rb") as reader:
                check(reader.read(4) == b"\n\r\r\n", "no pcapng")
            equal(process.wait(10), 0)
        equal(processes_of(where), [])


def test_nobody_reads_and_the_starter_ends():
    """Waiting for a reader must not outlast whoever started it."""
    need_namespaces()
    with folder() as where:
        os.mkfifo(where + "/fifo")
        with running(command_line(where, "--network", "own", fifo="fifo"), where) as process:
            wait_for(lambda: len(processes_of(where)) >= 2, "the keeper")
            process.terminate()
            process.wait(5)
        equal(processes_of(where), [])


def fails(*arguments, names, wrap=lambda *c: list(c), **more):
    with folder() as where:
        start = time.monotonic()
        done = run(wrap(*command_line(where, *arguments)), where, **more)
        equal(done.returncode, 1, done.stderr)
        check(time.monotonic() - start < 15, "took too long")
        check(all(name in done.stderr for name in names), done.stderr)
        check("{" not in done.stderr, "a place was not filled in:", done.stderr)
        check(len(done.stderr.encode()) <= 1024, "longer than Wireshark shows:", len(done.stderr))
        equal(processes_of(where), [])


def test_port_in_use():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        port = str(s.getsockname()[1])
        fails("--network", "own", "--port", port, names=[port, "in use"])
        fails("--network", "own", "--port", port, names=[port, "占用"], LANG="zh_CN.UTF-8")


def test_server_that_dies():
    need_namespaces()
    fails("--network", "own", names=["wrong on purpose", "exit status 1", "standin.py"], STANDIN="die")


def test_server_that_stays_silent():
    need_namespaces()
    fails("--network", "own", names=["10 seconds", "I do not say"], STANDIN="silent")


def test_server_on_another_port():
    need_namespaces()
    fails("--network", "own", names=["listens on port"], STANDIN="otherport")


def test_server_that_cannot_be_run():
    need_namespaces()
    with folder() as where:
        with open(where + "/broken", "w") as file:
            file.write("#!/nowhere/interpreter\n")
        os.chmod(where + "/broken", 0o755)
        done = run(command_line(where, "--network", "own"), where, LAB_SERVER=where + "/broken")
        equal(done.returncode, 1)
        check("broken" in done.stderr and "could not be started" in done.stderr, done.stderr)


def test_no_right_to_capture():
    fails("--network", "loopback", names=["lo", "setcap", "own"], wrap=stranger)


def without_namespaces(*command):
    """As a user of a nested user namespace that may make no further ones, and without any capability."""
    need_namespaces()
    need(os.path.exists("/usr/bin/setpriv"), "setpriv(1) is missing")
    return ["unshare", "-Ur", "sh", "-c", 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"', "sh",
            "setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]


def test_no_namespaces_either():
    need(works_without(), "max_user_namespaces cannot be lowered here")
    fails("--network", "auto", names=["setcap", "sysctl", "labdump"], wrap=without_namespaces)
    fails("--network", "own", names=["sysctl", "labdump"], wrap=without_namespaces)
    fails("--network", "auto", names=["setcap", "权限"], wrap=without_namespaces, LANG="zh_CN.UTF-8")


def test_failing_changes_nothing_outside():
    """Settings made for the own network must stay inside it, also where it could not be built."""
    need(works_without(), "max_user_namespaces cannot be lowered here")
    path = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
    with open(path) as file:
        before = file.read()
    need(before.strip() != "0", "everybody may use every port here already")
    fails("--network", "own", names=["sysctl"], wrap=without_namespaces)
    with folder() as where:
        capture(where, "--network", "own", "--client", "cat %s" % path)
        equal(log_of(where).strip(), before.strip(), "the client's half")
    with open(path) as file:
        equal(file.read(), before)


def works_without():
    return subprocess.run(without_namespaces("true"), capture_output=True).returncode == 0


def test_client_log_that_cannot_be_written():
    fails("--network", "own", "--client", "true", "--client-log", "/nowhere/log", names=["/nowhere/log"])


if __name__ == "__main__":
    sys.exit(main({name: f for name, f in list(globals().items()) if name.startswith("test_")}))
