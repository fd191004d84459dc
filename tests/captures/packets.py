# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames of TCP conversations with the link layers, tunnels and extension headers of real captures; written as classic pcap files.

A conversation is a list of segments as both ends send them; a wrapping makes a frame of each. Nothing here knows what the plugin says.
"""
import ipaddress
import struct
from collections import namedtuple

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
DLT_NULL, DLT_EN10MB, DLT_RAW, DLT_LOOP, DLT_SLL, DLT_SLL2 = 0, 1, 101, 108, 113, 276
TCP, IPIP, UDP, SIX_IN_FOUR, GRE, ICMP, ICMP6 = 6, 4, 17, 41, 47, 1, 58
TYPE_IP4, TYPE_IP6, TYPE_VLAN, TYPE_QINQ = 0x0800, 0x86DD, 0x8100, 0x88A8

# One segment: seconds, True if the client sends it, flags, raw sequence and acknowledgment numbers, options and payload.
Segment = namedtuple("Segment", "time up flags seq ack payload options window")
# One captured frame: seconds, captured bytes, length on the wire.
Frame = namedtuple("Frame", "time data length")
Ends = namedtuple("Ends", "client server")
End = namedtuple("End", "address port mac")

V4 = Ends(End("10.1.0.2", 50000, b"\x02\0\0\0\0\x01"), End("10.1.0.80", 80, b"\x02\0\0\0\0\x02"))
V6 = Ends(End("2001:db8::2", 50000, V4.client.mac), End("2001:db8::80", 80, V4.server.mac))


class Talk:
    """Both ends of a connection. Each method appends the segments of its name."""

    def __init__(self, isn=(1000, 5000), start=0.0, step=0.010):
        self.next, self.segments, self.time, self.step = list(isn), [], start, step

    def send(self, up, flags, payload=b"", options=b"", window=64240, seq=None, ack=None):
        me, other = (0, 1) if up else (1, 0)
        self.time += self.step
        number = self.next[me] if seq is None else seq
        answer = (self.next[other] if ack is None else ack) if flags & ACK else 0
        self.segments.append(Segment(self.time, up, flags, number % 2**32, answer % 2**32, payload, options, window))
        if seq is None:
            self.next[me] += len(payload) + (1 if flags & SYN else 0) + (1 if flags & FIN else 0)
        return self

    def open(self, options=b""):
        return self.send(True, SYN, options=options).send(False, SYN | ACK, options=options).send(True, ACK)

    def exchange(self, body=1000, largest=1400):
        self.send(True, PSH | ACK, b"GET /x HTTP/1.1\r\nHost: lab.example\r\n\r\n").send(False, ACK)
        reply = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % body + b"x" * body
        for at in range(0, len(reply), largest):
            self.send(False, PSH | ACK, reply[at:at + largest])
        return self.send(True, ACK)

    def close(self):
        return self.send(True, FIN | ACK).send(False, FIN | ACK).send(True, ACK)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packed(address):
    return ipaddress.ip_address(address).packed


def directed(ends, up):
    return (ends.client, ends.server) if up else (ends.server, ends.client)


def tcp(segment, ends):
    source, target = directed(ends, segment.up)
    options = segment.options + b"\1" * (-len(segment.options) % 4)
    head = struct.pack("!HHIIBBHHH", source.port, target.port, segment.seq, segment.ack, (20 + len(options)) // 4 << 4,
                       segment.flags, segment.window, 0, 0)
    body = head + options + segment.payload
    pseudo = packed(source.address) + packed(target.address) + struct.pack("!IHH", len(body), 0, TCP)
    return body[:16] + struct.pack("!H", checksum(pseudo + body)) + body[18:]


def udp(source_port, target_port, payload):
    return struct.pack("!HHHH", source_port, target_port, 8 + len(payload), 0) + payload


def ip4(source, target, protocol, payload, number=0, ttl=64, fragment=0, more=False):
    """fragment: offset in bytes."""
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), number, fragment // 8 | (0x2000 if more else 0), ttl,
                       protocol, 0, packed(source), packed(target))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ip6(source, target, protocol, payload, extensions=()):
    """extensions: (type, bytes from the second on) of each extension header, outermost first."""
    kinds = [kind for kind, _ in extensions] + [protocol]
    chain = b"".join(bytes([following]) + rest for following, (_, rest) in zip(kinds[1:], extensions))
    return struct.pack("!IHBB16s16s", 6 << 28, len(chain + payload), kinds[0], 64, packed(source), packed(target)) + chain + payload


def packet(segment, ends, number=0, **more):
    """The IP packet of a segment."""
    source, target = directed(ends, segment.up)
    wrap = ip6 if ":" in source.address else ip4
    if wrap is ip4:
        more["number"] = number
    return wrap(source.address, target.address, TCP, tcp(segment, ends), **more)


def ip_type(data):
    return TYPE_IP6 if data[0] >> 4 == 6 else TYPE_IP4


def ethernet(data, up=True, tags=(), macs=(V4.client.mac, V4.server.mac)):
    """tags: (type, VLAN number), outermost first."""
    source, target = macs if up else macs[::-1]
    kind = ip_type(data)
    for outer, number in tags[::-1]:
        kind, data = outer, struct.pack("!HH", number, kind) + data
    return target + source + struct.pack("!H", kind) + data


def null(data, up=True):
    return struct.pack("<I", 30 if ip_type(data) == TYPE_IP6 else 2) + data


def loop(data, up=True):
    return struct.pack(">I", 24 if ip_type(data) == TYPE_IP6 else 2) + data


def raw(data, up=True):
    return data


def cooked(data, up=True):
    return struct.pack("!HHH8sH", 4 if up else 0, 1, 6, V4.client.mac + b"\0\0", ip_type(data)) + data


def cooked2(data, up=True):
    return struct.pack("!HHIHBB8s", ip_type(data), 0, 2, 1, 4 if up else 0, 6, V4.client.mac + b"\0\0") + data


def frames(segments, ends=V4, link=ethernet, tunnel=lambda data, up: data, **more):
    """One frame per segment. tunnel: a function that puts the IP packet into another one of the same direction."""
    out = []
    for number, segment in enumerate(segments, 1):
        data = link(tunnel(packet(segment, ends, number, **more), segment.up), segment.up)
        out.append(Frame(segment.time, data, len(data)))
    return out


def cut(list_of_frames, snaplen):
    return [f._replace(data=f.data[:snaplen]) for f in list_of_frames]


def write_pcap(path, list_of_frames, dlt=DLT_EN10MB, epoch=1700000000):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, dlt))
        for f in list_of_frames:
            microseconds = round((epoch + f.time) * 1000000)
            out.write(struct.pack("<IIII", microseconds // 1000000, microseconds % 1000000, len(f.data), f.length) + f.data)
