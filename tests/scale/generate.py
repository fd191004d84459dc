#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that were made to need much work, at any size. usage: generate.py CASE N OUT; `generate.py list` names the cases.

Each case is a function of a writer and a size; its comment says what there are N of.
"""
import itertools
import socket
import struct
import sys

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
A, B = socket.inet_aton("10.0.0.1"), socket.inet_aton("10.0.0.2")
REQUEST = b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n"
PAGE = b"GET /%d HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n"
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


class Writer:
    """A pcap file of raw IP packets, one each microsecond."""

    def __init__(self, path):
        self.file = open(path, "wb", buffering=1 << 20)
        self.file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 101))
        self.time = 1700000000 * 10**9
        self.identification = 1

    def packet(self, content):
        self.time += 1000
        self.file.write(struct.pack("<IIII", self.time // 10**9, self.time % 10**9, len(content), len(content)) + content)

    def ip(self, src, dst, protocol, content):
        if len(src) == 16:
            head = struct.pack("!IHBB16s16s", 6 << 28, len(content), protocol, 64, src, dst)
        else:
            self.identification = self.identification + 1 & 0xFFFF
            head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(content), self.identification, 0, 64, protocol, 0, src, dst)
        self.packet(head + content)

    def tcp(self, src, dst, ports, seq, ack, flags, data=b""):
        numbers = seq & 0xFFFFFFFF, ack & 0xFFFFFFFF
        self.ip(src, dst, 6, struct.pack("!HHIIBBHHH", *ports, *numbers, 0x50, flags, 65535, 0, 0) + data)

    def udp(self, src, dst, ports, data):
        self.ip(src, dst, 17, struct.pack("!HHHH", *ports, 8 + len(data), 0) + data)


class Connection:
    """A connection from A to B. `adv`: the data count as sent; `off`: sequence number from the next one on."""

    def __init__(self, w, number=0, isn=1000, opened=True):
        self.w, self.ports = w, (1024 + number % 60000, 80 + number // 60000)
        self.client, self.server = isn, isn + 5000
        if opened:
            self.c(SYN)
            self.client += 1
            self.s(SYN | ACK)
            self.server += 1
            self.c(ACK)

    def c(self, flags, data=b"", adv=True, off=0):
        self.w.tcp(A, B, self.ports, self.client + off, self.server if flags & ACK else 0, flags, data)
        self.client += len(data) if adv else 0

    def s(self, flags, data=b"", adv=True, off=0):
        self.w.tcp(B, A, self.ports[::-1], self.server + off, self.client if flags & ACK else 0, flags, data)
        self.server += len(data) if adv else 0

    def close(self):
        self.c(FIN | ACK)
        self.client += 1
        self.s(FIN | ACK)
        self.server += 1
        self.c(ACK)

    def pipeline(self, n):
        for first in range(0, n, 40):
            self.c(ACK, b"".join(REQUEST % i for i in range(first, first + 40)))


def colliding(total, factor):
    """Addresses of 16 bytes; factor * b[i] + b[i + 1] is the same in all pairs."""
    pairs = [(v, total - factor * v) for v in range(8)]
    return (bytes(x for pair in pairs8 for x in pair) for pairs8 in itertools.product(pairs, repeat=8))


@case
def plain(w, n):  # ordinary connections
    for i in range(n):
        k = Connection(w, i)
        k.c(ACK | PSH, REQUEST % i)
        k.s(ACK | PSH, RESPONSE)
        k.close()


@case
def same4(w, n):  # connections between the same endpoints, one after the other
    for i in range(n):
        k = Connection(w, isn=1000 + i * 70000)
        k.c(ACK | PSH, REQUEST % i)
        k.s(ACK | PSH, RESPONSE)
        k.close()


@case
def holes(w, n):  # segments with a gap before each
    k = Connection(w)
    k.c(ACK, b"GET / HTTP/1.1\r\n")
    for i in range(n):
        k.c(ACK, b"x" * 10, adv=False, off=20 + 20 * i)


@case
def pipe(w, n):  # pipelined requests, then as many responses
    k = Connection(w)
    k.pipeline(n)
    for _ in range(0, n, 30):
        k.s(ACK, RESPONSE * 30)


@case
def unread(w, n):  # requests, then as many segments behind a gap
    k = Connection(w)
    k.pipeline(n)
    for i in range(n):
        k.s(ACK, b"x", adv=False, off=10 + 2 * i)


@case
def interim(w, n):  # interim responses to one request
    k = Connection(w)
    k.c(ACK, REQUEST % 1)
    for _ in range(0, n, 70):
        k.s(ACK, b"HTTP/1.1 103 E\r\n\r\n" * 70)


@case
def early(w, n):  # interim responses to one request, each in a segment of its own
    k = Connection(w)
    k.c(ACK, REQUEST % 1)
    for _ in range(n):
        k.s(ACK, b"HTTP/1.1 103 E\r\n\r\n")


@case
def refin(w, n):  # pipelined requests, then as often the FIN that closes the connection
    k = Connection(w)
    k.pipeline(n)
    for _ in range(n):
        k.s(FIN | ACK)


@case
def crossing(w, n):  # pipelined requests, then as often a FIN that crosses them and data which show that it was none
    k = Connection(w)
    behind = k.client
    k.pipeline(n)
    ahead = k.client
    for _ in range(n):
        k.client = behind
        k.s(FIN | ACK)
        k.s(ACK, b"x")
    k.client = ahead


@case
def tries(w, n):  # attempts of one connection, each refused
    k = Connection(w, opened=False)
    for _ in range(n):
        k.c(SYN)
        w.tcp(B, A, k.ports[::-1], 0, k.client + 1, RST | ACK)


@case
def tuplehash(w, n):  # connections from addresses that have one value of h * 31 + byte
    for address in itertools.islice(colliding(217, 31), n):
        w.tcp(address, b"\xfd" + b"\0" * 15, (40000, 80), 1000, 0, SYN)


@case
def dnshash(w, n):  # answers with addresses that have one value of h * 33 + byte
    for i, address in enumerate(itertools.islice(colliding(231, 33), n)):
        record = b"\xc0\x0c\0\x1c\0\1\0\0\0\1\0\x10" + address
        head = struct.pack("!HHHHHH", i & 0xFFFF, 0x8180, 1, 1, 0, 0)
        w.udp(B, A, (53, 5353), head + b"\x01a\0\0\x1c\0\1" + record)


@case
def dnsone(w, n):  # answers with one address
    for i in range(n):
        head = struct.pack("!HHHHHH", i & 0xFFFF, 0x8180, 1, 1, 0, 0)
        w.udp(B, A, (53, 5353), head + b"\x08%08x\0\0\1\0\1" % i + b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x0a\0\0\2")


@case
def questions(w, n):  # queries without an answer, whose names have one value of g_str_hash
    for i, name in enumerate(itertools.islice(itertools.product((b"Ez", b"FY"), repeat=16), n)):
        head = struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, 0)
        w.udp(A, B, (5353, 53), head + b"\x20" + b"".join(name) + b"\0\0\1\0\1")


@case
def urlhash(w, n):  # requests for URLs that have one value of g_str_hash
    k = Connection(w)
    for name in itertools.islice(itertools.product((b"Ez", b"FY"), repeat=20), n):
        k.c(ACK, b"GET /%s HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\n\r\n" % b"".join(name))
        k.s(ACK, RESPONSE)


@case
def linehash(w, n):  # header lines whose differences cancel in a product of words: bits 63, then 63 and 34
    words = (b"\0" * 16, b"\0" * 7 + b"\x80" + b"\0\0\0\0\x04\0\0\x80")
    k = Connection(w)
    for parts in itertools.islice(itertools.product(words, repeat=14), n):
        flipped = bytes(a ^ b for a, b in zip(b"X: abcde" + b"abcdefgh" * 28, b"\0" * 8 + b"".join(parts)))
        k.c(ACK, b"GET / HTTP/1.1\r\nHost: h\r\n" + flipped + b"\r\n\r\n")
        k.s(ACK, RESPONSE)


@case
def lose(w, n):  # findings that are all taken back, the oldest first
    all_ = [Connection(w, i) for i in range(n)]
    for k in all_:
        k.c(FIN | ACK)
        k.c(FIN | ACK)
    for k in all_:
        k.client += 1
        k.s(ACK)


@case
def move(w, n):  # live connections, as many stray SYNs, as many challenge ACKs
    all_ = [Connection(w, i) for i in range(n)]
    for k in all_:
        k.c(SYN, off=100)
    for k in all_:
        k.s(ACK)


@case
def raced(w, n):  # requests after the server's FIN
    k = Connection(w)
    k.c(ACK, REQUEST % 0)
    k.s(ACK, RESPONSE)
    k.s(FIN | ACK)
    for i in range(n):
        k.c(ACK, REQUEST % i)


@case
def answered(w, n):  # unanswered requests, then as often a RST and a further request
    k = Connection(w)
    k.pipeline(n)
    for i in range(n):
        k.c(RST | ACK)
        k.c(ACK, REQUEST % i)


@case
def onepage(w, n):  # objects of one page
    k = Connection(w)
    k.c(ACK, PAGE % 0)
    k.s(ACK, HTML)
    for i in range(n):
        k.c(ACK, b"GET /%d.png HTTP/1.1\r\nHost: h\r\nReferer: http://h/0\r\n\r\n" % i)
        k.s(ACK, RESPONSE)


@case
def leave(w, n):  # pipelined pages that first seem to belong to the page before
    k = Connection(w)
    k.c(ACK, PAGE % 0)
    k.s(ACK, HTML)
    k.pipeline(n)
    for _ in range(0, n, 15):
        k.s(ACK, HTML * 15)


@case
def spare(w, n):  # pages at once, each on a connection of its own
    all_ = [Connection(w, i) for i in range(n)]
    for i, k in enumerate(all_):
        k.c(ACK, PAGE % i)
    for k in all_:
        k.s(ACK, RESPONSE)


@case
def idle(w, n):  # pages on connections of their own, after as many connections without a request
    for i in range(n):
        Connection(w, i)
    for i in range(n):
        k = Connection(w, n + i)
        k.c(ACK, PAGE % i)
        k.s(ACK, HTML)
        k.close()


@case
def meanwhile(w, n):  # pages at once, and as many connections that are opened meanwhile and not used
    all_ = [Connection(w, i) for i in range(n)]
    for i, k in enumerate(all_):
        k.c(ACK, PAGE % i)
    for i in range(n):
        Connection(w, n + i)
    for k in all_:
        k.s(ACK, HTML)


@case
def methods(w, n):  # different methods
    k = Connection(w)
    for i in range(n):
        name = bytes(65 + i // 26**place % 26 for place in range(6))
        k.c(ACK, b"%s /%d HTTP/1.1\r\nHost: h\r\n\r\n" % (name, i))
        k.s(ACK, RESPONSE)


@case
def rsts(w, n):  # RSTs of one connection
    k = Connection(w)
    for _ in range(n):
        k.s(RST | ACK)


@case
def forged(w, n):  # RSTs, each followed by data of its own sender
    k = Connection(w)
    for _ in range(n):
        k.c(RST | ACK)
        k.c(ACK, b"x")


@case
def probes(w, n):  # keep-alive probes and answers
    k = Connection(w)
    k.c(ACK, REQUEST % 0)
    k.s(ACK, RESPONSE)
    for _ in range(n):
        k.s(ACK, off=-1)
        k.c(ACK)


@case
def records(w, n):  # TLS records without content
    k = Connection(w)
    k.c(ACK, b"\x16\x03\x01\x00\x00")
    for _ in range(0, n, 250):
        k.c(ACK, b"\x17\x03\x03\x00\x00" * 250)


@case
def chunks(w, n):  # chunks of one byte in one body
    k = Connection(w)
    k.c(ACK, REQUEST % 1)
    k.s(ACK, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(0, n, 200):
        k.s(ACK, b"1\r\nx\r\n" * 200)


@case
def fields(w, n):  # header fields, 500 in each head
    k = Connection(w)
    for first in range(0, n, 500):
        k.c(ACK, b"GET / HTTP/1.1\r\nHost: h\r\n")
        for i in range(first, first + 500, 100):
            k.c(ACK, b"".join(b"F%d: %d\r\n" % (field, field) for field in range(i, i + 100)))
        k.c(ACK, b"\r\n")
        k.s(ACK, RESPONSE)


@case
def bytehead(w, n):  # segments of one byte of a head
    k = Connection(w)
    k.c(ACK, b"GET /")
    for _ in range(n):
        k.c(ACK, b"a")


@case
def syns(w, n):  # SYNs of one connection
    k = Connection(w, opened=False)
    for _ in range(n):
        k.c(SYN)


@case
def acks(w, n):  # requests with responses, then as many retransmissions of the first
    k = Connection(w)
    first = k.client
    for _ in range(n):
        k.c(ACK, REQUEST % 7)
        k.s(ACK, RESPONSE)
    for _ in range(n):
        k.c(ACK, b"zz", adv=False, off=first + 3 - k.client)


def frame(kind, flags, stream, content=b""):  # RFC 9113 4.1
    return struct.pack("!I", len(content))[1:] + struct.pack("!BBI", kind, flags, stream) + content


DATA, HEADERS, PRIORITY, RESET, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
ENDS, WHOLE = 1, 4  # END_STREAM, END_HEADERS
GET, OK = b"\x82\x86\x84", b"\x88"  # RFC 7541 appendix A: GET, http, /; 200


def literal(name, value):  # RFC 7541 6.2.1: with a place in the table
    def text(string):
        head = bytes([len(string)]) if len(string) < 127 else bytes([127, (len(string) - 127) % 128 | 128, (len(string) - 127) // 128])
        return head + string
    return b"\x40" + text(name) + text(value)


def speaks_http2(w):
    k = Connection(w)
    k.c(ACK, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0))
    k.s(ACK, frame(SETTINGS, 0, 0) + frame(SETTINGS, 1, 0))
    k.c(ACK, frame(SETTINGS, 1, 0))
    return k


def in_segments(say, frames, each=20):
    """Says the frames, `each` of them in a segment."""
    frames = iter(frames)
    while True:
        some = b"".join(itertools.islice(frames, each))
        if not some:
            return
        say(ACK, some)


def requests(n, content=GET, flags=ENDS | WHOLE):
    return (frame(HEADERS, flags, 2 * i + 1, content) for i in range(n))


@case
def h2streams(w, n):  # exchanges of HTTP/2, one after the other
    k = speaks_http2(w)
    for i in range(n):
        k.c(ACK, frame(HEADERS, ENDS | WHOLE, 2 * i + 1, GET))
        k.s(ACK, frame(HEADERS, ENDS | WHOLE, 2 * i + 1, OK))


@case
def h2open(w, n):  # requests of HTTP/2 at once, then the responses, the newest first
    k = speaks_http2(w)
    in_segments(k.c, requests(n))
    in_segments(k.s, (frame(HEADERS, ENDS | WHOLE, 2 * i + 1, OK) for i in range(n - 1, -1, -1)))


@case
def h2table(w, n):  # heads with 60 references to one long field of HPACK's table
    k = speaks_http2(w)
    k.c(ACK, frame(HEADERS, ENDS | WHOLE, 1, GET + literal(b"x", b"y" * 1200)))
    for i in range(1, n // 8):
        k.c(ACK, frame(HEADERS, ENDS | WHOLE, 2 * i + 1, GET + b"\xbe" * 60))


@case
def h2fields(w, n):  # heads with a new field each, which drives others out of HPACK's table
    k = speaks_http2(w)
    for i in range(n):
        k.c(ACK, frame(HEADERS, ENDS | WHOLE, 2 * i + 1, GET + literal(b"f%d" % i, b"%d" % i)))


@case
def h2resets(w, n):  # streams that are reset at once (CVE-2023-44487)
    k = speaks_http2(w)
    in_segments(k.c, (frame(HEADERS, ENDS | WHOLE, 2 * i + 1, GET) + frame(RESET, 0, 2 * i + 1, struct.pack("!I", 8)) for i in range(n)))


@case
def h2never(w, n):  # requests whose head never ends, each with CONTINUATION frames (CVE-2024-27316)
    k = speaks_http2(w)
    k.c(ACK, frame(HEADERS, 0, 1, GET))
    in_segments(k.c, (frame(CONTINUATION, 0, 1, literal(b"f", b"%d" % i)) for i in range(n)))


@case
def h2data(w, n):  # DATA frames of one byte in 100 streams by turns
    k = speaks_http2(w)
    in_segments(k.c, requests(100, flags=WHOLE))
    in_segments(k.c, (frame(DATA, 0, 2 * (i % 100) + 1, b"x") for i in range(n)))


@case
def h2window(w, n):  # WINDOW_UPDATE of 2,000 open streams and of the connection by turns
    k = speaks_http2(w)
    in_segments(k.c, requests(2000, flags=WHOLE))
    in_segments(k.s, (frame(WINDOW, 0, (2 * (i // 2 % 2000) + 1) * (i % 2), struct.pack("!I", 1)) for i in range(n)))


@case
def h2settings(w, n):  # SETTINGS that change the window of 2,000 open streams
    k = speaks_http2(w)
    in_segments(k.c, requests(2000, flags=WHOLE))
    in_segments(k.s, (frame(SETTINGS, 0, 0, struct.pack("!HI", 4, 1000 + i % 2)) for i in range(n)))


@case
def h2push(w, n):  # promised streams that nobody answers
    k = speaks_http2(w)
    k.c(ACK, frame(HEADERS, ENDS | WHOLE, 1, GET))
    in_segments(k.s, (frame(PUSH, WHOLE, 1, struct.pack("!I", 2 * i + 2) + GET) for i in range(n)))


@case
def h2small(w, n):  # frames that carry nothing: PING, PRIORITY, unknown ones
    k = speaks_http2(w)
    k.c(ACK, frame(HEADERS, WHOLE, 1, GET))
    small = frame(PING, 0, 0, b"\0" * 8) + frame(PRIORITY, 0, 1, b"\0" * 5) + frame(0xEE, 0, 0)
    in_segments(k.c, (small for _ in range(n)))


@case
def h2away(w, n):  # GOAWAY frames with 2,000 open streams
    k = speaks_http2(w)
    in_segments(k.c, requests(2000, flags=WHOLE))
    in_segments(k.s, (frame(GOAWAY, 0, 0, struct.pack("!II", 2 * i % 4000 + 1, 0)) for i in range(n)))


def main():
    if sys.argv[1:] == ["list"]:
        print("\n".join(CASES))
        return
    if len(sys.argv) != 4 or sys.argv[1] not in CASES or not sys.argv[2].isdigit():
        sys.exit("generate: say CASE N OUT, or list to see the cases")
    w = Writer(sys.argv[3])
    CASES[sys.argv[1]](w, int(sys.argv[2]))
    w.file.close()


if __name__ == "__main__":
    main()
