# SPDX-License-Identifier: GPL-2.0-or-later
"""Two network namespaces and the wire between them.

Each namespace has one TAP device; the wire carries frames from one to the other, so that nothing passes unseen, and can lose,
hold back, delay or forge any of them. It looks like a LAN: two MAC addresses, frames of at most 1514 bytes, checksums that are right.
"""
import ctypes
import fcntl
import os
import select
import socket
import struct
import threading
import time
from collections import namedtuple

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
SIOCSIFADDR, SIOCSIFNETMASK, SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCGIFINDEX = 0x8916, 0x891C, 0x8913, 0x8914, 0x8933
IFF_UP, IFF_RUNNING = 0x1, 0x40
FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
DEVICE = "lan0"
SIDES = ("client", "server")
# RFC 793 order of the kernel's tcp states, include/net/tcp_states.h; an absent connection is CLOSED.
KERNEL_STATES = ("", "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSED",
                 "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING", "SYN-RECEIVED")

libc = ctypes.CDLL(None, use_errno=True)


class Impossible(Exception):
    """The machine does not allow the scenarios: they are skipped."""


def system_call(what, result):
    if result != 0:
        number = ctypes.get_errno()
        raise Impossible(f"{what}: {os.strerror(number)}")


def own_user_namespace():
    """An ordinary user becomes root of a user namespace. Root does not need one."""
    user, group = os.getuid(), os.getgid()
    if user == 0:
        return
    system_call("unshare(CLONE_NEWUSER)", libc.unshare(CLONE_NEWUSER))
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


class Namespace:
    """A network of its own; `enter` makes the calling thread's next sockets belong to it."""

    def __init__(self, side):
        self.side = side
        system_call("unshare(CLONE_NEWNET)", libc.unshare(CLONE_NEWNET))
        self.handle = os.open("/proc/thread-self/ns/net", os.O_RDONLY)

    def enter(self):
        system_call("setns", libc.setns(self.handle, CLONE_NEWNET))

    def sysctl(self, name, value):
        self.enter()
        with open(f"/proc/sys/net/{name.replace('.', '/')}", "w", encoding="ascii") as file:
            file.write(str(value))

    def add_tap(self, address4, address6):
        self.enter()
        try:
            tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), IFF_TAP | IFF_NO_PI))
        except OSError as problem:
            raise Impossible(f"/dev/net/tun: {problem.strerror}") from problem
        self.sysctl(f"ipv6.conf.{DEVICE}.accept_dad", 0)
        for device in ("lo", DEVICE):
            set_up(device)
        set_address4(address4)
        set_address6(address6)
        return tap


def set_up(device):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH22x", device.encode(), 0)
        flags = struct.unpack_from("H", fcntl.ioctl(control, SIOCGIFFLAGS, request), 16)[0]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH22x", device.encode(), flags | IFF_UP | IFF_RUNNING))


def set_address4(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for request, value in ((SIOCSIFADDR, address), (SIOCSIFNETMASK, "255.255.255.0")):
            fcntl.ioctl(control, request, struct.pack("16sHH4s16x", DEVICE.encode(), socket.AF_INET, 0, socket.inet_aton(value)))


def set_address6(address):
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as control:
        number = struct.unpack_from("i", fcntl.ioctl(control, SIOCGIFINDEX, struct.pack("16s24x", DEVICE.encode())), 16)[0]
        fcntl.ioctl(control, SIOCSIFADDR, struct.pack("16sIi", socket.inet_pton(socket.AF_INET6, address), 64, number))


def kernel_states(family):
    """Connections of the namespace the calling thread is in, as the kernel lists them: (local port, peer port) -> state."""
    name = "tcp6" if family == socket.AF_INET6 else "tcp"
    states = {}
    with open(f"/proc/thread-self/net/{name}", encoding="ascii") as file:
        for line in list(file)[1:]:
            local, peer, state = line.split()[1:4]
            states[int(local[-4:], 16), int(peer[-4:], 16)] = KERNEL_STATES[int(state, 16)]
    return states


Packet = namedtuple("Packet", "side time frame ip_at tcp_at src dst sport dport seq ack flags window data")
Packet.has = lambda self, *flags: all(self.flags & flag for flag in flags)


def parse(side, frame, when):
    """The TCP segment in an Ethernet frame, or None where there is none."""
    kind = struct.unpack_from("!H", frame, 12)[0]
    if kind == 0x0800 and frame[23] == socket.IPPROTO_TCP:
        tcp_at, total = 14 + (frame[14] & 15) * 4, 14 + struct.unpack_from("!H", frame, 16)[0]
        addresses = frame[26:30], frame[30:34]
    elif kind == 0x86DD and frame[20] == socket.IPPROTO_TCP:
        tcp_at, total = 54, 54 + struct.unpack_from("!H", frame, 18)[0]
        addresses = frame[22:38], frame[38:54]
    else:
        return None
    sport, dport, seq, ack, offset, flags, window = struct.unpack_from("!HHIIBBH", frame, tcp_at)
    data = frame[tcp_at + (offset >> 4) * 4:total]
    return Packet(side, when, frame, 14, tcp_at, *addresses, sport, dport, seq, ack, flags, window, data)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def forge(like, flags, seq, ack, ttl=None):
    """A segment without options or data, with the addresses and ports of the IPv4 packet `like`."""
    ip = bytearray(like.frame[14:34])
    struct.pack_into("!H", ip, 2, 40)
    ip[0], ip[8] = 0x45, ttl or ip[8]
    struct.pack_into("!H", ip, 10, 0)
    struct.pack_into("!H", ip, 10, checksum(bytes(ip)))
    tcp = bytearray(struct.pack("!HHIIBBHHH", like.sport, like.dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 512, 0, 0))
    pseudo = bytes(ip[12:20]) + struct.pack("!BBH", 0, socket.IPPROTO_TCP, len(tcp))
    struct.pack_into("!H", tcp, 16, checksum(pseudo + bytes(tcp)))
    return like.frame[:14] + bytes(ip) + bytes(tcp)


class Rule:
    """What to do with the next `times` packets that fit: lose (captured, then lost), unseen (lost before the capture),
    hold (until release), overtake (by the side's next packet, before the capture) or seconds of delay."""

    def __init__(self, fits, action, times):
        self.fits, self.action, self.times = fits, action, times

    def takes(self, packet):
        if self.times == 0 or not self.fits(packet):
            return False
        self.times -= 1
        return True


class Wire(threading.Thread):
    """Carries frames between the two TAP devices; `packets` is its capture of the TCP among them."""

    def __init__(self, taps):
        super().__init__(daemon=True)
        self.taps = dict(zip(SIDES, taps))
        self.packets, self.rules, self.held, self.delayed, self.overtaken = [], [], [], [], []
        self.lost = []            # indexes of captured packets that did not arrive
        self.unsure = set()       # sides whose state the capture cannot tell: a packet to or from them was lost
        self.lock = threading.RLock()
        self.last = time.monotonic()
        self.rounds = 0           # number of polls without a packet
        self.running = True

    def run(self):
        side_of = {tap: side for side, tap in self.taps.items()}
        poll = select.poll()
        for tap in side_of:
            poll.register(tap, select.POLLIN)
        while self.running:
            ready = poll.poll(5 if self.delayed else 10)
            for tap, _ in ready:
                self.read_all(tap, side_of[tap])
            self.send_delayed()
            self.rounds += not ready

    def read_all(self, tap, side):
        while True:
            try:
                frame = os.read(tap, 65536)
            except OSError:
                return
            with self.lock:
                self.carry(side, frame)

    def carry(self, side, frame):
        packet = parse(side, frame, time.time())
        if packet is None:
            self.deliver(side, frame)
            return
        self.last = time.monotonic()
        action = next((rule.action for rule in self.rules if rule.takes(packet)), "pass")
        if action == "unseen":
            self.unsure.add(side)
        elif action == "overtake":
            self.overtaken.append((side, frame))
        else:
            self.packets.append(packet)
            self.forward(action, side, frame)
            self.carry_overtaken(side)

    def carry_overtaken(self, side):
        late = [frame for other_side, frame in self.overtaken if other_side == side]
        self.overtaken = [item for item in self.overtaken if item[0] != side]
        for frame in late:
            self.carry(side, frame)

    def forward(self, action, side, frame):
        if action == "lose":
            self.lost.append(len(self.packets) - 1)
            self.unsure.add(other(side))
        elif action == "hold":
            self.held.append((side, frame))
        elif action == "pass":
            self.arrive(side, frame)
        else:
            self.delayed.append((time.monotonic() + action, side, frame))

    def arrive(self, side, frame):
        self.unsure -= {side, other(side)}
        self.deliver(side, frame)

    def deliver(self, side, frame):
        try:
            os.write(self.taps[other(side)], frame)
        except OSError:
            pass  # the other device is down: dropped, as on a real wire; TCP retransmits

    def send_delayed(self):
        with self.lock:
            due = [d for d in self.delayed if d[0] <= time.monotonic()]
            self.delayed = [d for d in self.delayed if d not in due]
            for _, side, frame in due:
                self.last = time.monotonic()
                self.arrive(side, frame)

    def rule(self, action, fits, times=-1):
        with self.lock:
            rule = Rule(fits, action, times)
            self.rules.append(rule)
        return rule

    def clear(self):
        with self.lock:
            self.rules.clear()

    def hold(self):
        """Holds all packets back, in both directions, after they were captured."""
        self.rule("hold", lambda packet: True)

    def release(self):
        with self.lock:
            self.clear()
            held, self.held = self.held, []
            for side, frame in held:
                self.arrive(side, frame)
            self.last = time.monotonic()

    def inject(self, packet_like, flags, seq, ack, ttl=None):
        """Sends a forged segment with that side's address, as a host between the two may."""
        frame = forge(packet_like, flags, seq, ack, ttl)
        with self.lock:
            self.carry(packet_like.side, frame)

    def settle(self, quiet=0.06, limit=3.0):
        """Waits until no packet was carried for `quiet` seconds, longer than the stack delays an ACK."""
        end = time.monotonic() + limit
        seen = self.rounds + 2  # a packet that was sent just before may not be carried yet
        while time.monotonic() < end:
            with self.lock:
                if not self.delayed and self.rounds >= seen and time.monotonic() - self.last >= quiet:
                    return
            time.sleep(0.005)

    def stop(self):
        self.running = False
        self.join(1)

    def write(self, path):
        with open(path, "wb") as out:
            out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
            for packet in self.packets:
                seconds = int(packet.time)
                micro = int((packet.time - seconds) * 1e6)
                out.write(struct.pack("<IIII", seconds, micro, len(packet.frame), len(packet.frame)) + packet.frame)


def other(side):
    return "server" if side == "client" else "client"
