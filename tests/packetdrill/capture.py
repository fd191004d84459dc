# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes frames and a pcap file of scripts that notation.py has read.

The kernel of a script has the address 192.168.0.1 and port 8080, or an ephemeral port if it opens the connection; the remote side has an
address of its own for every script, so that the scripts of a folder fit into one capture. Frames are IP packets without a link header, as
on packetdrill's tun device.
"""
import pathlib
import struct
import sys
import zlib
from collections import namedtuple

from notation import FLAGS, Sack

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent / "captures"))
from packets import DLT_RAW, Frame, checksum, packed, write_pcap  # noqa: E402

KERNEL_ADDRESS, SERVICE_PORT, EPHEMERAL_PORT = "192.168.0.1", 8080, 50000
NEXT_INCARNATION = 0x01000000  # between the kernel's first numbers of two connections of one script
MIN_GAP = 0.000010  # seconds between two frames that the script sends at the same time
BETWEEN_SCRIPTS = 1.0  # seconds
DEFAULT_WINDOW = 65535

# A frame of a script: seconds, what the script says of it, the IP packet.
Sent = namedtuple("Sent", "time packet data")


def kernel_is_client(script):
    """The client is who sent the first SYN, or who called connect(); without either it is the remote side."""
    for event in script.events:
        if getattr(event, "name", None) == "connect":
            return True
        if hasattr(event, "flags") and event.flags & FLAGS["S"]:
            return event.outbound
    return False


def first_numbers(name):
    """The kernel's and the remote side's first numbers: always the same for a script. For one script in four they wrap soon."""
    mixed = zlib.crc32(name.encode())
    if mixed % 4 == 0:
        return 2**32 - 6, 2**32 - 4
    return mixed, zlib.crc32(b"remote " + name.encode())


class Numbers:
    """From the numbers of a script to those on the wire."""

    def __init__(self, name):
        self.kernel, self.remote = first_numbers(name)
        self.connects = 0
        self.last_syn = self.opened_by = None

    def called(self, call):
        self.connects += call.name == "connect"

    def seen(self, packet):
        """A SYN,ACK to another SYN, or the SYN of another connect(), begins a new connection: the kernel has a new first number."""
        if packet.flags & FLAGS["R"] or not packet.flags & FLAGS["S"]:
            return
        if not packet.outbound:
            if not packet.flags & FLAGS["."]:
                self.last_syn = packet.seq
            return
        opened_by = ("connect", self.connects) if self.connects else ("syn", self.last_syn)
        if self.opened_by not in (None, opened_by):
            self.kernel = (self.kernel + NEXT_INCARNATION) % 2**32
        self.opened_by = opened_by

    def seq(self, packet):
        refusal = packet.flags & FLAGS["R"] and packet.flags & FLAGS["."] and packet.seq == 0
        if refusal:  # RFC 9293 3.10.7.1: SEQ=0, a number that is relative to nothing
            return 0
        return (packet.seq + (self.kernel if packet.outbound else self.remote)) % 2**32

    def ack(self, packet):
        return (packet.ack + self.others(packet)) % 2**32 if packet.flags & FLAGS["."] else 0

    def others(self, packet):
        return self.remote if packet.outbound else self.kernel


def option_bytes(packet, numbers):
    options = b"".join(o.encoded(numbers.others(packet)) if isinstance(o, Sack) else o for o in packet.options)
    return options + bytes(-len(options) % 4)


def tcp_segment(packet, numbers, ports, addresses, window):
    options = option_bytes(packet, numbers)
    head = struct.pack("!HHIIBBHHH", *ports, numbers.seq(packet), numbers.ack(packet), (20 + len(options)) // 4 << 4, packet.flags, window, 0,
                       packet.urgent)
    segment = head + options + b"x" * packet.length
    pseudo = packed(addresses[0]) + packed(addresses[1]) + struct.pack("!BBH", 0, 6, len(segment))
    return segment[:16] + struct.pack("!H", checksum(pseudo + segment)) + segment[18:]


def ip_packet(packet, addresses, number, segment):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, packet.ecn, 20 + len(segment), number, 0x4000, packet.ttl, 6, 0,
                       packed(addresses[0]), packed(addresses[1]))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + segment


def remote_address(index):
    return f"10.{1 + index // 62500}.{index // 250 % 250}.{1 + index % 250}"


def frames_of(script, index=0, begin=0.0):
    """The frames of a script. index tells the scripts of one capture apart; begin: seconds that are added to every time."""
    numbers = Numbers(script.name)
    client = kernel_is_client(script)
    kernel = (KERNEL_ADDRESS, EPHEMERAL_PORT if client else SERVICE_PORT)
    remote = (remote_address(index), SERVICE_PORT if client else EPHEMERAL_PORT)
    window, out, counts = DEFAULT_WINDOW, [], [0, 0]
    for event in script.events:
        if not hasattr(event, "flags"):
            if hasattr(event, "name"):
                numbers.called(event)
            continue
        numbers.seen(event)
        if event.outbound and event.window is not None and not event.flags & FLAGS["R"]:
            window = event.window
        sent_window = event.window if event.window is not None else 0 if event.flags & FLAGS["R"] else window
        source, target = (kernel, remote) if event.outbound else (remote, kernel)
        counts[event.outbound] += 1
        addresses = (source[0], target[0])
        segment = tcp_segment(event, numbers, (source[1], target[1]), addresses, sent_window)
        time = max(begin + event.time, out[-1].time + MIN_GAP if out else 0.0)
        out.append(Sent(time, event, ip_packet(event, addresses, counts[event.outbound], segment)))
    return out


def frames_of_all(scripts):
    """(script, its frames) one after the other in time, for one capture."""
    begin, out = 0.0, []
    for index, script in enumerate(scripts):
        frames = frames_of(script, index, begin)
        begin = (frames[-1].time if frames else begin) + BETWEEN_SCRIPTS
        out.append((script, frames))
    return out


def write_capture(path, played):
    write_pcap(path, [Frame(f.time, f.data, len(f.data)) for _, frames in played for f in frames], dlt=DLT_RAW)
