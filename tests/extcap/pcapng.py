# SPDX-License-Identifier: GPL-2.0-or-later
"""Just enough of a pcapng reader to look at a capture without the help of Wireshark."""
import struct


class Packet:
    def __init__(self, time, data, length):
        self.time, self.data, self.length = time, data, length
        self.ethertype = struct.unpack_from("!H", data, 12)[0]
        self.arp = self.ethertype == 0x0806
        self.tcp = False
        if self.ethertype == 0x0800 and data[23] == 6:
            self.parse_tcp(data[14:14 + struct.unpack_from("!H", data, 16)[0]])

    def parse_tcp(self, ip):
        self.tcp = True
        head = (ip[0] & 15) * 4
        self.source, self.destination = (".".join(map(str, ip[at:at + 4])) for at in (12, 16))
        self.sport, self.dport, self.seq, self.ack = struct.unpack_from("!HHII", ip, head)
        offset = (ip[head + 12] >> 4) * 4
        bits = ip[head + 13]
        self.flags = "".join(name for bit, name in enumerate("FSRPA") if bits >> bit & 1)
        self.options = ip[head + 20:head + offset]
        self.payload = ip[head + offset:]
        self.checksum_good = checksum(ip[12:20] + struct.pack("!HH", 6, len(ip) - head) + ip[head:]) == 0

    def mss(self):
        at = self.options.find(b"\x02\x04")
        return struct.unpack_from("!H", self.options, at + 2)[0] if at >= 0 else None


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data + b"\0") // 2), (data + b"\0")[:len(data) + len(data) % 2]))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


class Capture:
    """blocks of the file, strictly: a torn end is an error."""

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        self.options, self.packets, self.link_type, self.statistics = {}, [], None, 0
        at = 0
        while at < len(data):
            kind, length = struct.unpack_from("<II", data, at)
            if length < 12 or at + length > len(data) or struct.unpack_from("<I", data, at + length - 4)[0] != length:
                raise ValueError("torn block at %d of %d" % (at, len(data)))
            self.block(kind, data[at + 8:at + length - 4])
            at += length
        self.tcp = [p for p in self.packets if p.tcp]

    def block(self, kind, body):
        if kind == 0x0A0D0D0A:
            self.read_options("section", body[16:])
        elif kind == 1:
            self.link_type = struct.unpack_from("<H", body)[0]
            self.read_options("interface", body[8:])
        elif kind == 5:
            self.statistics += 1
            self.read_options("statistics", body[12:])
            self.dropped = struct.unpack("<Q", self.options["statistics", 5])[0]
        elif kind == 6:
            high, low, captured, length = struct.unpack_from("<IIII", body, 4)
            if self.link_type == 1:
                self.packets.append(Packet(high << 32 | low, body[20:20 + captured], length))

    def read_options(self, block, data):
        while len(data) >= 4:
            code, length = struct.unpack_from("<HH", data)
            if code == 0:
                return
            self.options[block, code] = data[4:4 + length]
            data = data[4 + (length + 3) // 4 * 4:]

    def comment(self):
        return self.options["section", 1].decode()
