# SPDX-License-Identifier: GPL-2.0-or-later
"""The two ends: real sockets of the real stack, and the record of their calls and results."""
import errno
import os
import signal
import socket
import struct
import time
from collections import namedtuple

import loop
import wire
from wire import ACK, FIN, RST, SYN, other

CALL_LIMIT = 6.0  # seconds that any blocking call may take
PR_SET_PDEATHSIG = 1
TCP_INFO_RETRANSMISSIONS = 100  # offset of tcpi_total_retrans in struct tcp_info
SO_REUSE = (socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

# A connection: its ports, the first packet that may belong to it, and the duration of connect() (None: not measured).
Connection = namedtuple("Connection", "client_port server_port start took expectations")


class Unforced(Exception):
    """The stack did not do what the scenario needs."""


class End:
    """One socket. The record has every call with its result."""

    def __init__(self, lab, side, sock):
        self.lab, self.side, self.sock = lab, side, sock
        lab.ends.append(self)  # keeps the socket open until the scenario ends

    def call(self, name, action, *arguments):
        try:
            result = action(*arguments)
        except OSError as problem:
            self.lab.note(self.side, name, errno.errorcode.get(problem.errno, str(problem)))
            raise
        shown = f"{len(result)} bytes" if isinstance(result, bytes) else result
        self.lab.note(self.side, name, "" if isinstance(result, tuple) else shown)
        return result

    def fails(self, name, action, *arguments):
        """The error of a call. A call without an error fails the scenario."""
        try:
            self.call(name, action, *arguments)
        except OSError as problem:
            return errno.errorcode.get(problem.errno, str(problem))
        raise Unforced(f"{self.side}: {name} should have failed")

    def set(self, level, option, value):
        self.call(f"setsockopt {level} {option} {value!r}", self.sock.setsockopt, level, option, value)
        return self

    def tcp(self, **options):
        for name, value in options.items():
            self.set(socket.IPPROTO_TCP, getattr(socket, "TCP_" + name.upper()), value)
        return self

    def keepalive(self, idle, interval, count):
        self.set(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return self.tcp(keepidle=idle, keepintvl=interval, keepcnt=count)

    def send(self, data, look=True):
        self.call(f"send {len(data)} bytes", self.sock.sendall, data)
        return self.then(look)

    def read(self, size=65536):
        return self.call("recv", self.sock.recv, size)

    def read_all(self, size):
        """Reads until `size` bytes have come or the other side has ended."""
        got = b""
        while len(got) < size:
            part = self.read(size - len(got))
            if not part:
                break
            got += part
        return got

    def expect_read(self, data):
        got = self.read_all(len(data))
        if got != data:
            raise Unforced(f"{self.side} read {got[:40]!r} instead of {data[:40]!r}")
        return self

    def expect_end(self):
        if self.read() != b"":
            raise Unforced(f"{self.side} read data instead of the end")
        return self

    def expect_error(self, name):
        """The next recv must fail with this error."""
        got = self.fails("recv", self.sock.recv, 65536)
        if got != name:
            raise Unforced(f"{self.side}: recv failed with {got} instead of {name}")
        return self

    def shutdown(self, how=socket.SHUT_WR, look=True):
        self.call(f"shutdown {how}", self.sock.shutdown, how)
        return self.then(look)

    def close(self, look=True):
        self.call("close", self.sock.close)
        return self.then(look)

    def abort(self, look=True):
        self.set(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return self.close(look)

    def disconnect(self):
        """connect() to AF_UNSPEC, which Python's own connect does not support."""
        self.call("connect AF_UNSPEC", lambda: wire.libc.connect(self.sock.fileno(), bytes(16), 16))
        return self.then(True)

    def kill(self, look=True):
        """Kills the process that owns the socket."""
        ready, tell = os.pipe()
        child = os.fork()
        if child == 0:
            hold_only(self.sock.fileno(), tell)
        os.close(tell)
        os.read(ready, 1)
        os.close(ready)
        self.sock.close()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        self.lab.note(self.side, "SIGKILL to the owner", None)
        return self.then(look)

    def retransmissions(self):
        """The stack's own count of retransmissions."""
        info = self.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
        return struct.unpack_from("I", info, TCP_INFO_RETRANSMISSIONS)[0]

    def then(self, look):
        if look:
            self.lab.look()
        return self


def wait_for_address(host, address):
    """Waits until the device has its IPv6 address: the stack assigns it after a delay."""
    host.enter()
    for _ in range(200):
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as sock:
            try:
                sock.bind((address, 0))
                return
            except OSError:
                time.sleep(0.005)
    raise wire.Impossible(f"no IPv6 address {address}")


def hold_only(descriptor, tell):
    """The process that owns a socket: closes all other files and waits."""
    wire.libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    kept = sorted({descriptor, tell})
    for low, high in zip([3, *(k + 1 for k in kept)], [*kept, 4096]):
        os.closerange(low, high)
    os.write(tell, b".")
    while True:
        signal.pause()


class Lab:
    """One scenario: two hosts, the record of their calls, and the expected values of the capture."""

    def __init__(self, number, family=socket.AF_INET, loopback=False):
        self.family, self.loopback = family, loopback
        self.started = time.monotonic()
        self.record, self.looks, self.connections, self.wanted_frames, self.counts = [], [], [], [], []
        self.ends, self.extra_connections = [], 0
        self.presumed = set()  # sides whose state no captured packet tells at the moment
        if loopback:
            self.hosts = {side: host for host in [wire.Namespace("both")] for side in wire.SIDES}
            self.address = "127.0.0.1" if family == socket.AF_INET else "::1"
            self.wire = loop.Loop({8080, 8081})
        else:
            self.build_lan(number)
        self.wire.start()

    def build_lan(self, number):
        self.hosts = {side: wire.Namespace(side) for side in wire.SIDES}
        last = {"client": 2, "server": 1}
        addresses = {side: (f"10.0.{number}.{last[side]}", f"fd00:{number:x}::{last[side]}") for side in wire.SIDES}
        self.address = addresses["server"][self.family == socket.AF_INET6]
        self.wire = wire.Wire([self.hosts[side].add_tap(*addresses[side]) for side in wire.SIDES])
        for side, host in self.hosts.items():
            host.sysctl("ipv4.tcp_tw_reuse", 1)
            host.sysctl("ipv4.tcp_early_retrans", 0)  # no tail loss probes: they repeat bytes that were not lost
            wait_for_address(host, addresses[side][1])

    def note(self, side, call, result):
        self.record.append((round(time.monotonic() - self.started, 4), side, call, result))

    def sysctl(self, side, name, value):
        self.hosts[side].sysctl(name, value)
        self.note(side, f"sysctl {name}", value)

    def socket(self, side, *options):
        self.hosts[side].enter()
        sock = socket.socket(self.family, socket.SOCK_STREAM)
        sock.settimeout(CALL_LIMIT)
        for option in options:
            sock.setsockopt(*option)
        return End(self, side, sock)

    def listen(self, port=8080, backlog=8, options=()):
        end = self.socket("server", SO_REUSE, *options)
        end.call(f"bind {port}", end.sock.bind, (self.address, port))
        end.call(f"listen {backlog}", end.sock.listen, backlog)
        return end

    def dial(self, port=8080, local=0, options=(), blocking=True):
        """A client socket after connect(). The caller handles an error."""
        end = self.socket("client", *([SO_REUSE] if local else []), *options)
        end.sock.bind(("", local))
        connection = self.new_connection(end, port)
        if not blocking:
            end.sock.setblocking(False)
            end.call("connect, non-blocking", end.sock.connect_ex, (self.address, port))
            return end
        before = time.monotonic()
        end.call(f"connect {port}", end.sock.connect, (self.address, port))
        connection.took[0] = time.monotonic() - before
        return end

    def new_connection(self, client, port):
        """Records the connection that the bound socket will open."""
        connection = Connection(client.sock.getsockname()[1], port, len(self.wire.packets), [None], {})
        self.connections.append(connection)
        return connection

    def fast_dial(self, data, port=8080):
        """A connect() that carries data, RFC 7413."""
        end = self.socket("client")
        end.sock.bind(("", 0))
        self.new_connection(end, port)
        end.sock.settimeout(None)  # with a timeout the call would be non-blocking
        end.call("sendto MSG_FASTOPEN", end.sock.sendto, data, socket.MSG_FASTOPEN, (self.address, port))
        end.sock.settimeout(CALL_LIMIT)
        return end

    def refused(self, port, **options):
        """The error of a connect() that must fail."""
        try:
            self.dial(port, **options)
        except OSError as problem:
            return errno.errorcode.get(problem.errno, str(problem))
        raise Unforced(f"connect to {port} worked")

    def accept(self, listener):
        sock, _ = listener.call("accept", listener.sock.accept)
        sock.settimeout(CALL_LIMIT)
        return End(self, "server", sock)

    def pair(self, port=8080, listen_options=(), **options):
        """An open connection: the client's end and the server's."""
        listener = self.listen(port, options=listen_options)
        client = self.dial(port, **options)
        server = self.accept(listener)
        self.look()
        listener.sock.close()
        return client, server

    def wait(self, seconds):
        time.sleep(seconds)
        return self.look()

    def until(self, condition, limit=8.0):
        """Waits for a packet on the wire."""
        end = time.monotonic() + limit
        while not condition():
            if time.monotonic() > end:
                raise Unforced("what the scenario waits for did not happen on the wire")
            time.sleep(0.005)

    def count(self, *flags, side=None, data=None):
        """Number of captured packets that fit."""
        with self.wire.lock:
            return sum(p.has(*flags) and side in (None, p.side) and data in (None, bool(p.data)) for p in self.wire.packets)

    def look(self):
        """Records the kernel's states once no packet is on its way."""
        for _ in range(5):
            self.wire.settle()
            with self.wire.lock:
                frames, unsure = len(self.wire.packets), self.wire.unsure | self.presumed
            tables = {}
            for side in wire.SIDES:
                self.hosts[side].enter()
                tables[side] = wire.kernel_states(self.family)
            if frames == len(self.wire.packets):
                self.add_looks(frames, unsure, tables)
                return

    def add_looks(self, frames, unsure, tables):
        newest = {(c.client_port, c.server_port): number for number, c in enumerate(self.connections)}
        for (client, server), number in newest.items():
            mine = [n for n, p in enumerate(self.wire.packets[:frames]) if {p.sport, p.dport} == {client, server}]
            if not mine or mine[-1] < self.connections[number].start:
                continue
            states = {"client": tables["client"].get((client, server), "CLOSED"),
                      "server": tables["server"].get((server, client), "CLOSED")}
            self.looks.append((mine[-1], {side: state for side, state in states.items() if side not in unsure}))
            self.note("both", "states", states)

    def expect(self, connection=0, **values):
        """Expected values of a connection in the report. A double underscore stands for the dot in a path."""
        self.connections[connection].expectations.update({k.replace("__", "."): v for k, v in values.items()})

    def expect_frame(self, fits, nth=0, **fields):
        """Expected fields of the nth captured packet that fits, without their prefix `lab.`."""
        found = [n for n, p in enumerate(self.wire.packets) if fits(p)]
        if not -len(found) <= nth < len(found):
            raise Unforced(f"only {len(found)} packets fit, number {nth} was asked for")
        self.wanted_frames.append((found[nth], {k.replace("__", "."): v for k, v in fields.items()}))

    def expect_retransmissions(self, end):
        """Compares the stack's own count with the number of frames that have this value."""
        self.counts.append((end.side, end.retransmissions()))

    def number_of(self, fits, nth=0):
        """A frame number in the report, counted from the scenario's first frame."""
        return {"frame": [n for n, p in enumerate(self.wire.packets) if fits(p)][nth]}


def about(value, within):
    return {"about": value, "within": within}


def one_of(*values):
    return {"any": values}


def is_(*flags, side=None, data=None):
    """Fits packets with these flags and no other of SYN, FIN and RST; a SYN without ACK if that is not asked for."""
    wanted = sum(flags)
    exact = SYN | FIN | RST | (ACK if wanted & SYN else 0)

    def fits(packet):
        return (packet.has(*flags) and packet.flags & exact == wanted & exact and side in (None, packet.side) and
                data in (None, bool(packet.data)))
    return fits


__all__ = ["ACK", "FIN", "RST", "SYN", "Lab", "Unforced", "about", "is_", "one_of", "other"]
