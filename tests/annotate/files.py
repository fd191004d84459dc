# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures made by hand: pcap and pcapng in both byte orders, block by block."""
import struct

FRAME = bytes.fromhex("ffffffffffff0200000000010800") + bytes(50)


def pcap(order="<", nano=False, frames=3, fraction=1, link=1, tail=b""):
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    out = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    for n in range(frames):
        data = FRAME[:40 + n]
        out += struct.pack(order + "IIII", 1700000000 + n, fraction, len(data), len(data) + n) + data
    return out + tail


def pad(data):
    return data + bytes(-len(data) % 4)


def option(order, code, value):
    return struct.pack(order + "HH", code, len(value)) + pad(value)


def block(order, kind, body):
    length = len(body) + 12
    return struct.pack(order + "II", kind, length) + body + struct.pack(order + "I", length)


def section(order="<", options=b"", length=-1):
    return block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, length) + options)


def interface(order="<", link=1, options=b""):
    return block(order, 1, struct.pack(order + "HHI", link, 0, 0) + options)


def enhanced(order="<", data=FRAME, options=b"", time=1700000000000000, where=0):
    head = struct.pack(order + "IIIII", where, time >> 32, time & 0xFFFFFFFF, len(data), len(data))
    return block(order, 6, head + pad(data) + options)


def simple(order="<", data=FRAME):
    return block(order, 3, struct.pack(order + "I", len(data)) + pad(data))


def old_packet(order="<", data=FRAME, options=b""):
    head = struct.pack(order + "HHIIII", 0, 0, 0x60A00, 5, len(data), len(data))
    return block(order, 2, head + pad(data) + options)


def comments(data):
    """The comments of each block that has some: [(type of the block, [comment, ...])]."""
    found, at, order = [], 0, "<"
    fixed = {0x0A0D0D0A: 24, 2: 28, 6: 28}
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\n\r\r\n":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
        kind, length = struct.unpack_from(order + "II", data, at)
        if kind in fixed:
            captured = struct.unpack_from(order + "I", data, at + 20)[0] if kind != 0x0A0D0D0A else 0
            words = list(walk(data[at + fixed[kind] + (captured + 3) // 4 * 4:at + length - 4], order))
            if words:
                found.append((kind, words))
        at += length
    return found


def walk(options, order):
    while len(options) >= 4:
        code, length = struct.unpack_from(order + "HH", options)
        if code == 0:
            return
        if code == 1:
            yield options[4:4 + length].decode()
        options = options[4 + (length + 3) // 4 * 4:]


def blocks(data):
    """The blocks of a file, as they stand."""
    at, order, out = 0, "<", []
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\n\r\r\n":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
        kind, length = struct.unpack_from(order + "II", data, at)
        out.append((kind, data[at:at + length]))
        at += length
    return out
