# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes small captures for the tests of the report: Ethernet, IPv4, TCP and DNS over UDP, with right checksums."""
import socket
import struct

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Capture:
    """Frames of one client and its servers, a millisecond apart."""

    def __init__(self, client="10.68.223.252"):
        self.client, self.packets, self.times, self.clock = client, [], [], 1700000000

    def ip(self, source, target, protocol, payload):
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), len(self.packets), 0x4000, 64, protocol, 0,
                           socket.inet_aton(source), socket.inet_aton(target))
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        self.times.append(self.clock)
        self.packets.append(b"\x02" + b"\0" * 4 + b"\x02\x02" + b"\0" * 4 + b"\x01\x08\0" + head + payload)

    def later(self, seconds):
        """The clock is set, back where it is below nothing."""
        self.clock += seconds

    def udp(self, source, target, ports, payload):
        self.ip(source, target, 17, struct.pack("!HHHH", *ports, 8 + len(payload), 0) + payload)

    def dns(self, name, address, server="10.68.0.53", port=58508):
        """A query and its answer."""
        question = b"".join(bytes([len(part)]) + part for part in name.encode().split(b".")) + b"\0" + struct.pack("!HH", 1, 1)
        answer = struct.pack("!HHHIH4s", 0xC00C, 1, 1, 60, 4, socket.inet_aton(address))
        self.udp(self.client, server, (port, 53), struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + question)
        self.udp(server, self.client, (53, port), struct.pack("!6H", 7, 0x8180, 1, 1, 0, 0) + question + answer)

    def write(self, path):
        with open(path, "wb") as out:
            out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
            for number, (packet, time) in enumerate(zip(self.packets, self.times)):
                out.write(struct.pack("<IIII", time, number * 1000, len(packet), len(packet)) + packet)


class Connection:
    """One TCP connection; numbers start at the given raw ones."""

    def __init__(self, capture, port, server, server_port=80, isn=(1054854793, 374943798)):
        self.capture, self.ends = capture, ((capture.client, port), (server, server_port))
        self.next = list(isn)

    def send(self, end, flags, payload=b""):
        (source, source_port), (target, target_port) = self.ends[end], self.ends[1 - end]
        ack = self.next[1 - end] if flags & ACK else 0
        segment = struct.pack("!HHIIBBHHH", source_port, target_port, self.next[end], ack, 0x50, flags, 64240, 0, 0) + payload
        pseudo = socket.inet_aton(source) + socket.inet_aton(target) + struct.pack("!BBH", 0, 6, len(segment))
        segment = segment[:16] + struct.pack("!H", checksum(pseudo + segment)) + segment[18:]
        self.capture.ip(source, target, 6, segment)
        self.next[end] = (self.next[end] + len(payload) + bool(flags & (SYN | FIN))) & 0xFFFFFFFF

    def open(self):
        self.send(0, SYN)
        self.send(1, SYN | ACK)
        self.send(0, ACK)

    def say(self, end, *lines, body=b""):
        lines = [line if isinstance(line, bytes) else line.encode() for line in lines]
        self.send(end, PSH | ACK, b"\r\n".join(lines) + b"\r\n\r\n" + body)

    def close(self):
        self.send(1, FIN | ACK)
        self.send(0, ACK)
        self.send(0, FIN | ACK)
        self.send(1, ACK)
