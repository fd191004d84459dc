#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""labdump where others do not play along: readers that stop, descriptors that run out, processes that are killed."""
import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import time

from harness import (alive, check, command_line, equal, folder, free_port, is_root, main, need_namespaces,
                     processes_of, run, running, wait_for)

LIMIT_SECONDS = 8  # from the signal to the end: 1.5 for the children, 0.5 to settle, 2 for the reader, and a busy machine
FLOOD = "while true; do curl -sS -o /dev/null ${LAB_URL}big; echo >>rounds; done"


def resident(pid):
    with open("/proc/%d/status" % pid) as file:
        return int(file.read().split("VmRSS:")[1].split()[0]) // 1024


def processor_seconds(pid):
    with open("/proc/%d/stat" % pid) as file:
        words = file.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def rounds(where):
    """How often 20 MB were transferred; the queue of the capture holds 64 MB, and so may the kernel's buffer."""
    try:
        return os.path.getsize(where + "/rounds")
    except OSError:
        return 0


@contextlib.contextmanager
def stalled(where, network="own", client=FLOOD):
    """A capture whose reader has the pipe open and takes nothing, once more than its queue holds was transferred."""
    os.mkfifo(where + "/fifo")
    command = command_line(where, "--network", network, "--by-hand", "--client", client, fifo="fifo")
    with running(command, where) as process:
        reader = os.open(where + "/fifo", os.O_RDONLY)
        try:
            wait_for(lambda: resident(process.pid) > 64 and rounds(where) >= 2, "a full queue", 30)
            yield process, reader
        finally:
            os.close(reader)


def ends_in_time(network):
    with folder() as where, stalled(where, network) as (process, _):
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        equal(process.wait(40), 1, "what was lost is an error")
        check(time.monotonic() - start < LIMIT_SECONDS, "ended after", time.monotonic() - start, "s")
        check("/fifo" in process.stderr.read(), "no word about what is missing")
        equal(processes_of(where), [])


def test_a_signal_ends_it_though_the_reader_takes_nothing():
    need_namespaces()
    ends_in_time("own")
    if is_root():
        ends_in_time("loopback")


def test_a_second_signal_does_not_wait_for_the_reader():
    need_namespaces()
    with folder() as where, stalled(where) as (process, _):
        process.send_signal(signal.SIGTERM)
        wait_for(lambda: len(processes_of(where)) == 1, "the end of the children")
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        check(time.monotonic() - start < 1.5, "took", time.monotonic() - start)


def test_memory_is_bounded_while_the_reader_takes_nothing():
    need_namespaces()
    with folder() as where, stalled(where) as (process, _):
        time.sleep(2)
        check(resident(process.pid) < 200, resident(process.pid), "MB")
        before = processor_seconds(process.pid)
        time.sleep(2)
        check(processor_seconds(process.pid) - before < 0.5, "it is busy with nothing")


def test_a_reader_that_goes_on_gets_everything():
    """More than the queue holds, read late: the client's download is complete, and so is the capture."""
    need_namespaces()
    client = "for i in 1 2 3 4 5; do curl -sS ${LAB_URL}big && echo >>rounds; done | wc -c >count; mv count done"
    with folder() as where, stalled(where, client=client) as (process, reader):
        check(not os.path.exists(where + "/done"), "the wire went on without its reader")
        got = 0
        while part := os.read(reader, 1 << 20):
            got += len(part)
        equal(process.wait(20), 0, "exit status")
        with open(where + "/done") as file:
            equal(int(file.read()), 5 * (20 << 20), "octets")
        check(got > 5 * (20 << 20), "the capture has only", got, "octets")


def test_a_log_that_nobody_reads_is_refused():
    need_namespaces()
    with folder() as where:
        os.mkfifo(where + "/log")
        done = run(command_line(where, "--network", "own", "--client", "true", "--client-log", where + "/log"), where)
        equal(done.returncode, 1)
        check("/log" in done.stderr, done.stderr)


@contextlib.contextmanager
def relayed(where, descriptors=1024):
    """A session in a network of its own with few descriptors, and its port, once the relay answers."""
    port = free_port()
    limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
    with running(command_line(where, "--network", "own", "--port", str(port)), where, preexec_fn=limit) as process:
        wait_for(lambda: answer(port), "the relay")
        yield process, port


def answer(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as s:
            s.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return s.recv(12)
    except OSError:
        return b""


def test_more_connections_than_descriptors_cost_no_processor_time():
    need_namespaces()
    with folder() as where, relayed(where, 64) as (process, port):
        many = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(60)]
        time.sleep(0.5)
        before = processor_seconds(process.pid)
        time.sleep(2)
        used = processor_seconds(process.pid) - before
        check(used < 0.2, "it used", used, "s of 2 s though nothing happened")
        for s in many:
            s.close()
        check(answer(port).endswith(b" 200"), "no answer afterwards")


def test_connections_that_waited_for_a_descriptor_are_served():
    need_namespaces()
    with folder() as where, relayed(where, 64) as (_, port):
        many = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(60)]
        for s in many:
            s.sendall(b"GET / HTTP/1.0\r\n\r\n")
            check(s.recv(12).startswith(b"HTTP/1."), "no answer")
            s.close()


def test_a_closed_server_and_a_slow_browser_cost_no_processor_time():
    """The browser half-closes and does not read; the server has sent all and closed. There is nothing to do.

    The buffers of the way hold 2 to 4 MB. Of these lengths, one leaves the end of the server's data just before the
    relay, unread.
    """
    need_namespaces()
    lengths = [n << 17 for n in range(12, 36)]
    with folder() as where, relayed(where) as (process, port), contextlib.ExitStack() as stack:
        browsers = []
        for length in lengths:
            s = stack.enter_context(socket.socket())
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.connect(("127.0.0.1", port))
            s.sendall(b"GET /octets/%d HTTP/1.0\r\n\r\n" % length)
            s.shutdown(socket.SHUT_WR)
            browsers.append(s)
        time.sleep(3)
        before = processor_seconds(process.pid)
        time.sleep(2)
        used = processor_seconds(process.pid) - before
        check(used < 0.2, "it used", used, "s of 2 s though nothing happened")
        got = 0
        while part := browsers[0].recv(1 << 20):
            got += len(part)
        check(got > lengths[0], "the answer is not complete:", got)


def named(where, name):
    """The process of a capture that has this name."""
    for pid, _ in processes_of(where):
        with open("/proc/%d/comm" % pid) as file:
            if file.read().strip() == name:
                return pid
    raise AssertionError("there is no " + name)


def all_end_when_killed(*names):
    """The client's own children too, one of them in a session of its own, though their parents cannot tidy up."""
    need_namespaces()
    mine = os.getpid()  # so that the processes of another run of this test are not taken for ours
    client = ("setsid sleep 347.{0} & sleep 348.{0} & echo $! >pids; "
              "(setsid sh -c 'echo $$ >>pids; sleep 349.{0}; true') & sleep 350.{0}").format(mine)
    with folder() as where, running(command_line(where, "--network", "own", "--client", client), where) as process:
        lines = lambda: open(where + "/pids").read().split() if os.path.exists(where + "/pids") else []
        pids = [int(pid) for pid in wait_for(lambda: lines() if len(lines()) == 2 else None, "the client")]
        victims = [named(where, name) for name in names]
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        equal(process.wait(10), -signal.SIGKILL if "labdump" in names else 1)
        sleepers = lambda: subprocess.run(["pgrep", "-f", "^sleep 3[0-9]*[.]%d$" % mine], capture_output=True, text=True).stdout
        wait_for(lambda: not sleepers() and not processes_of(where) and not any(map(alive, pids)), "the end of all processes", 5)


def test_everything_ends_when_the_keeper_is_killed():
    all_end_when_killed("labdump-keeper")


def test_everything_ends_when_labdump_and_its_keeper_are_killed():
    all_end_when_killed("labdump", "labdump-keeper")


def test_everything_ends_when_keeper_and_guard_are_killed():
    all_end_when_killed("labdump-keeper", "lab-guard")


def test_everything_ends_when_labdump_and_guard_are_killed():
    all_end_when_killed("labdump", "lab-guard")


def test_children_of_whoever_became_labdump_are_left_alone():
    need_namespaces()
    before = ["sh", "-c", 'sleep 351 >/dev/null 2>&1 & echo $! >older; exec "$@"', "sh"]
    with folder() as where:
        run(before + command_line(where, "--network", "own", "--client", "true", "--client-linger", "0"), where)
        with open(where + "/older") as file:
            older = int(file.read())
        check(alive(older), "a process that labdump did not start was killed")
        os.kill(older, signal.SIGKILL)


def test_a_port_that_is_kept_closed_is_told_of():
    """The ports after the server's belong to the capture: the next capture says so."""
    need_namespaces()
    with folder() as where, relayed(where) as (_, port), folder() as other:
        done = run(command_line(other, "--network", "own", "--port", str(port + 1), "--client", "true"), other)
        equal(done.returncode, 1)
        for words in (str(port + 1), "a capture of Lab on a port just before it"):
            check(words in done.stderr, words, "is missing:", done.stderr)
        done = run(command_line(other, "--network", "own", "--port", str(port + 1)), other, LANG="zh_CN.UTF-8")
        check(str(port + 1) in done.stderr and "Lab 抓包" in done.stderr, done.stderr)


if __name__ == "__main__":
    sys.exit(main({name: f for name, f in list(globals().items()) if name.startswith("test_")}))
