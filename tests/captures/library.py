# SPDX-License-Identifier: GPL-2.0-or-later
"""The captures that this folder tests. Each is a row with frames and expected values, worked out by hand from the RFCs.

STORY is the plain conversation (handshake, one exchange, close by three segments) that most wrappings carry: whatever is around it,
the same must be said of it.
"""
import struct
from collections import namedtuple

from packets import (ACK, DLT_EN10MB, DLT_LOOP, DLT_NULL, DLT_RAW, DLT_SLL, DLT_SLL2, FIN, GRE, ICMP, ICMP6, IPIP, PSH, RST, SIX_IN_FOUR,
                     SYN, TCP, TYPE_IP4, TYPE_IP6, TYPE_QINQ, TYPE_VLAN, UDP, V4, V6, End, Ends, Frame, Talk, cooked, cooked2, cut,
                     ethernet, frames, ip4, ip6, loop, null, packed, packet, raw, tcp, udp)

DLT_IEEE802_11 = 105
# name; frames; expected: frame -> {field: value(s)}; quality: tokens of the report; more: path -> value in the report
Capture = namedtuple("Capture", "name frames expected quality dlt report options")

FIELDS = ("lab.phase", "lab.role", "lab.state.client", "lab.state.server", "lab.sender")
STORY = [  # RFC 9293 figures 6 and 12; the states of both ends once the segment has arrived
    ("open", "syn", "SYN-SENT", "SYN-RECEIVED", "client"),
    ("open", "syn-ack", "ESTABLISHED", "SYN-RECEIVED", "server"),
    ("open", "handshake-ack", "ESTABLISHED", "ESTABLISHED", "client"),
    ("request", "request", "ESTABLISHED", "ESTABLISHED", "client"),
    ("request", "ack", "ESTABLISHED", "ESTABLISHED", "server"),
    ("response", "response", "ESTABLISHED", "ESTABLISHED", "server"),
    ("response", "ack", "ESTABLISHED", "ESTABLISHED", "client"),
    ("close", "fin1", "FIN-WAIT-1", "CLOSE-WAIT", "client"),
    ("close", "fin1-ack fin2", "TIME-WAIT", "LAST-ACK", "server"),
    ("close", "fin2-ack", "TIME-WAIT", "CLOSED", "client"),
]
STORY_REPORT = {"connections.0.open.kind": "three-way", "connections.0.close.kind": "three-segment", "connections.0.close.lossless": True,
                "connections.0.client.port": 50000, "connections.1": None, "exchanges.0.status": 200, "exchanges.0.body_bytes": 1000,
                "exchanges.1": None}
STATES_ONLY = ("lab.state.client", "lab.state.server", "lab.sender")


def talk(**more):
    return Talk(**more).open().exchange(1000).close()


def story(places=None, fields=FIELDS):
    """Expectations for STORY, its n-th segment in the frame places[n] (default: one frame each)."""
    return {(places[n] if places else n + 1): {f: v.split() for f, v in zip(FIELDS, told) if f in fields}
            for n, told in enumerate(STORY)}


def nothing(*numbers):
    return {n: {"lab.phase": [], "lab.stream": [], "lab.note": []} for n in numbers}


def capture(name, list_of_frames, expected=None, quality=(), dlt=DLT_EN10MB, report=None, options=()):
    return Capture(name, list_of_frames, story() if expected is None else expected, list(quality), dlt,
                   STORY_REPORT if report is None else report, options)


# ---- wrappings ----

def tagged(*tags):
    return lambda data, up: ethernet(data, up, tags)


def outer(protocol, head=b""):
    """An IPv4 tunnel between two routers."""
    def wrap(data, up):
        source, target = ("192.0.2.1", "192.0.2.2")[::1 if up else -1]
        return ip4(source, target, protocol, head + data, number=7)
    return wrap


def outer6(data, up):
    source, target = ("2001:db8:f::1", "2001:db8:f::2")[::1 if up else -1]
    return ip6(source, target, IPIP, data)


def vxlan(data, up):
    head = struct.pack("!II", 0x08000000, 42 << 8)
    return outer(UDP)(udp(49152, 4789, head + ethernet(data, up)), up)


HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION = 0, 43, 44, 60
PADDING = b"\0\1\4\0\0\0\0"  # an IPv6 option header of eight bytes with padding only, RFC 8200 4.2

WRAPPINGS = [  # name, ends, more for frames(), link type
    ("plain Ethernet", V4, {}, DLT_EN10MB),
    ("IPv6", V6, {}, DLT_EN10MB),
    ("VLAN", V4, {"link": tagged((TYPE_VLAN, 42))}, DLT_EN10MB),
    ("QinQ", V4, {"link": tagged((TYPE_QINQ, 100), (TYPE_VLAN, 42))}, DLT_EN10MB),
    ("three VLAN tags with IPv6", V6, {"link": tagged((TYPE_QINQ, 1), (TYPE_VLAN, 2), (TYPE_VLAN, 3))}, DLT_EN10MB),
    ("IPv6 hop-by-hop and destination options", V6, {"extensions": ((HOP_BY_HOP, PADDING), (DESTINATION, PADDING))}, DLT_EN10MB),
    ("IPv6 routing header with no segments left", V6, {"extensions": ((ROUTING, b"\2\4\0\0\0\0\0" + packed("2001:db8::7")),)}, DLT_EN10MB),
    ("IPv6 fragment header of a packet in one piece", V6, {"extensions": ((FRAGMENT, b"\0\0\0\0\0\0\1"),)}, DLT_EN10MB),
    ("GRE", V4, {"tunnel": outer(GRE, struct.pack("!HH", 0, TYPE_IP4))}, DLT_EN10MB),
    ("GRE with a key, IPv6 within", V6, {"tunnel": outer(GRE, struct.pack("!HHI", 0x2000, TYPE_IP6, 9))}, DLT_EN10MB),
    ("IP in IP", V4, {"tunnel": outer(IPIP)}, DLT_EN10MB),
    ("6in4", V6, {"tunnel": outer(SIX_IN_FOUR)}, DLT_EN10MB),
    ("4in6", V4, {"tunnel": outer6}, DLT_EN10MB),
    ("VXLAN", V4, {"tunnel": vxlan}, DLT_EN10MB),
    ("BSD loopback", V4, {"link": null}, DLT_NULL),
    ("BSD loopback, IPv6", V6, {"link": null}, DLT_NULL),
    ("OpenBSD loopback", V4, {"link": loop}, DLT_LOOP),
    ("OpenBSD loopback, IPv6", V6, {"link": loop}, DLT_LOOP),
    ("raw IPv4", V4, {"link": raw}, DLT_RAW),
    ("raw IPv6", V6, {"link": raw}, DLT_RAW),
    ("Linux cooked", V4, {"link": cooked}, DLT_SLL),
    ("Linux cooked, IPv6", V6, {"link": cooked}, DLT_SLL),
    ("Linux cooked 2", V4, {"link": cooked2}, DLT_SLL2),
    ("Linux cooked 2, IPv6", V6, {"link": cooked2}, DLT_SLL2),
]


def wrappings():
    for name, ends, more, dlt in WRAPPINGS:
        yield capture(name, frames(talk().segments, ends, **more), dlt=dlt)


# ---- fragments ----

def fragments(data, size):
    """An IPv4 packet as fragments of at most `size` bytes of its payload."""
    head, payload = data[:20], data[20:]
    number, ttl, protocol = struct.unpack("!H", head[4:6])[0], head[8], head[9]
    source, target = (".".join(map(str, head[at:at + 4])) for at in (12, 16))
    return [ip4(source, target, protocol, payload[at:at + size], number, ttl, at, at + size < len(payload))
            for at in range(0, len(payload), size)]


def fragmented(backwards):
    """Only the response is fragmented. Its TCP segment is in the frame of the last fragment."""
    out, places = [], []
    for number, s in enumerate(talk().segments, 1):
        pieces = fragments(packet(s, V4, number), 400)
        for piece in pieces[::-1] if backwards else pieces:
            data = ethernet(piece, s.up)
            out.append(Frame(s.time, data, len(data)))
        places.append(len(out))
    return out, places


def of_fragments():
    for name, backwards in (("IP fragments", False), ("IP fragments in reverse order", True)):
        list_of_frames, places = fragmented(backwards)
        expected = story(places)
        expected.update(nothing(places[5] - 1, places[5] - 2))
        yield capture(name, list_of_frames, expected)
    list_of_frames, places = fragmented(False)
    lost = list_of_frames[:places[5] - 2] + list_of_frames[places[5] - 1:]
    yield capture("An IP fragment is missing", lost, {places[5] - 1: {"lab.phase": []}, len(lost): {"lab.close.kind": ["three-segment"]}},
                  ["missing"], report={"connections.0.close.kind": "three-segment", "connections.1": None})


# ---- several segments in one frame, quoted headers ----

def wlan_aggregate(packets, up):
    """An 802.11 A-MSDU: several IP packets in one frame of a wireless capture."""
    source, target = (V4.client.mac, V4.server.mac)[::1 if up else -1]
    head = struct.pack("<HH", 0x0188, 0) + target + source + target + struct.pack("<HH", 0, 0x0080)
    body = b""
    for data in packets:
        snap = b"\xaa\xaa\x03\0\0\0" + struct.pack("!H", TYPE_IP4) + data
        body += b"\0" * (-len(body) % 4) + target + source + struct.pack("!H", len(snap)) + snap
    return head + body


def of_several_layers():
    second = Ends(End("10.1.0.3", 50001, V4.client.mac), V4.server)
    one, two = talk().segments, talk(isn=(70000, 90000)).segments
    data = [wlan_aggregate([packet(a, V4, 1), packet(b, second, 2)], a.up) for a, b in zip(one, two)]
    list_of_frames = [Frame(a.time, d, len(d)) for a, d in zip(one, data)]
    expected = {n: {"lab.stream": ["0", "1"], "tcp.stream": ["0", "1"], **{f: twice(v) for f, v in e.items()}} for n, e in story().items()}
    yield capture("Two connections in each frame", list_of_frames, expected, dlt=DLT_IEEE802_11,
                  report={"connections.0.close.kind": "three-segment", "connections.1.close.kind": "three-segment",
                          "connections.1.client.port": 50001, "exchanges.1.stream": 1, "exchanges.2": None})
    same = talk().segments
    together = [same[5], same[8]._replace(ack=same[5].ack)]  # the response and the server's FIN
    data = [wlan_aggregate([packet(s, V4, 10 + n)], s.up) for n, s in enumerate(same[:5])]
    data.append(wlan_aggregate([packet(s, V4, n) for n, s in enumerate(together, 1)], False))
    list_of_frames = [Frame(n * 0.01, d, len(d)) for n, d in enumerate(data)]
    yield capture("Two segments of a connection in one frame", list_of_frames,
                  {6: {"lab.stream": ["0", "0"], "lab.phase": ["response", "close"], "lab.role": ["response", "fin1"]}},
                  dlt=DLT_IEEE802_11, report={"connections.0.close.first": "server", "connections.1": None, "exchanges.0.status": 200})


def twice(values):
    return sorted(values * 2)


def icmp_error(quoted, ends, up, length=28):
    """An ICMP port unreachable to the sender of a packet, with the first bytes of that packet, RFC 792."""
    six = quoted[0] >> 4 == 6
    router = "2001:db8::1" if six else "10.1.0.1"
    target = (ends.client if up else ends.server).address
    body = struct.pack("!BBHI", 1 if six else 3, 4 if six else 3, 0, 0) + quoted[:60 if six else length]
    return ethernet(ip6(router, target, ICMP6, body) if six else ip4(router, target, ICMP, body), not up)


def of_quotes():
    for name, ends in (("ICMP", V4), ("ICMPv6", V6)):
        segments = talk().segments
        list_of_frames = frames(segments, ends)
        for at, length in ((4, 48), (1, 28)):  # quoting the whole header, and the first eight bytes only
            data = icmp_error(packet(segments[0], ends), ends, True, length)
            list_of_frames.insert(at, Frame(segments[at].time - 0.001, data, len(data)))
        expected = story([1, 3, 4, 5, 7, 8, 9, 10, 11, 12])
        expected.update(nothing(2, 6))
        for n in expected:
            expected[n].setdefault("lab.stream", ["0"])
        yield capture(f"{name} errors quote the SYN", list_of_frames, expected)


# ---- cuts ----

TIMESTAMPS = b"\1\1\x08\x0a" + struct.pack("!II", 1, 2)


def of_cuts():
    options = talk_with_options()
    whole = frames(options)
    nowhere = {n: {"lab.phase": [], "lab.role": []} for n in range(1, 11)}
    no_tcp = {"connections.0": None, "capture.tcp_frames": 0, "capture.frames": 10}
    closed = {"connections.0.close.kind": "three-segment", "connections.0.close.lossless": True, "connections.0.open.kind": "three-way"}
    for snaplen, where, expected, report in (
            (0, "before the first byte", nowhere, no_tcp), (10, "in the Ethernet header", nowhere, no_tcp), (24, "in the IP header", nowhere, no_tcp),
            (36, "before the TCP ports", nowhere, no_tcp), (46, "before the TCP flags", nowhere, no_tcp),
            (50, "after the TCP window", story(fields=STATES_ONLY), closed), (54, "after the TCP header", story(fields=STATES_ONLY), closed),
            (58, "in the TCP options", story(fields=STATES_ONLY), closed), (66, "after the TCP options", story(fields=STATES_ONLY), closed),
            (80, "in the payload", story(fields=STATES_ONLY), closed)):
        quality = ["cut", "no-tcp"] if report is no_tcp else ["cut"]
        yield capture(f"Cut {where} ({snaplen})", cut(whole, snaplen), expected, quality, report=report)
    yield capture("No frame at all", [], {}, ["no-tcp"], report={"capture.frames": 0, "connections": []})
    other = ethernet(ip4("10.1.0.2", "10.1.0.80", UDP, udp(5, 9, b"discarded")))
    yield capture("Nothing but UDP", [Frame(0, other, len(other))], nothing(1), ["no-tcp"], report={"capture.frames": 1, "connections": []})


def talk_with_options():
    return [s._replace(options=TIMESTAMPS) for s in talk().segments]


# ---- captured twice, in another order, in part ----

def routed(frame):
    """The frame behind the next router: other MAC addresses, one hop less."""
    data = bytearray(frame.data)
    data[0:12] = b"\x02\0\0\0\0\x09\x02\0\0\0\0\x08"
    data[22] -= 1
    total = struct.unpack("!H", data[24:26])[0] + 0x0100
    data[24:26] = struct.pack("!H", (total & 0xFFFF) + (total >> 16))
    return Frame(frame.time + 0.00002, bytes(data), frame.length)


def mirrored(copy, distance):
    """Every frame and its copy `distance` frames later."""
    plain = frames(talk().segments)
    keys = [(n, 0, f) for n, f in enumerate(plain)] + [(n + distance - 0.5, 1, copy(f)) for n, f in enumerate(plain)]
    ordered = sorted(enumerate(keys), key=lambda item: item[1][:2])
    numbers = {place: at for at, (place, _) in enumerate(ordered, 1)}
    timed = [f._replace(time=at * 0.002) if distance > 1 else f for at, (_, (_, _, f)) in enumerate(ordered)]
    originals, copies = [numbers[n] for n in range(10)], [numbers[n + 10] for n in range(10)]
    expected = story(originals)
    for n in copies:
        expected[n] = {"lab.role": "capture-duplicate", "lab.anomaly": "capture-duplicate"}
    return timed, expected


def of_duplicates():
    report = {**STORY_REPORT, "connections.0.resets": [], "connections.0.conn_state": "SF"}
    for name, copy, distance in (("A mirror port delivers every frame twice", lambda f: f._replace(time=f.time + 0.00002), 1),
                                 ("Every frame is captured before and after a router", routed, 1),
                                 ("The second copies come two frames later", routed, 3)):
        timed, expected = mirrored(copy, distance)
        yield capture(name, timed, expected, ["duplicates"], report=report)
    reset = Talk().open().send(True, RST | ACK).segments
    plain = frames(reset)
    both = [f for pair in zip(plain, [routed(f) for f in plain]) for f in pair]
    yield capture("A reset captured twice is one reset", both,
                  {7: {"lab.role": ["rst"], "lab.rst.cause": ["abort"]}, 8: {"lab.role": "capture-duplicate", "lab.rst.cause": []}},
                  ["duplicates"], report={"connections.0.resets.0.frame": 7, "connections.0.resets.1": None})


def reordered(name, order, expected, report=None):
    plain = frames(talk().segments)
    shuffled = [plain[n - 1]._replace(time=0.01 + at * 0.0001) for at, n in enumerate(order)]
    return capture(name, shuffled, expected, report=report)


def of_reordering():
    last = {10: {"lab.state.client": ["TIME-WAIT"], "lab.state.server": ["CLOSED"], "lab.close.kind": ["three-segment"], "lab.close.lossless": ["1"]}}
    yield reordered("The ACK of the request comes after the response", [1, 2, 3, 4, 6, 5, 7, 8, 9, 10],
                    {5: {"lab.role": ["response"]}, 6: {"lab.role": ["ack"], "lab.sender": ["server"]}, **last})
    yield reordered("The capture shows the SYN-ACK before the SYN", [2, 1, 3, 4, 5, 6, 7, 8, 9, 10],
                    {1: {"lab.role": ["syn-ack"], "lab.sender": ["server"]}, 2: {"lab.role": ["syn"], "lab.sender": ["client"]}, **last})
    yield reordered("The capture shows an ACK before what it acknowledges", [1, 2, 3, 5, 4, 6, 7, 8, 9, 10],
                    {4: {"lab.role": ["ack"], "lab.anomaly": ["acked-unseen"]}, 5: {"lab.role": ["out-of-order", "request"], "lab.http.method": ["GET"]}, **last})
    big = Talk().open().exchange(4000).close()
    plain = frames(big.segments)  # 6, 7, 8 are the response
    order = [1, 2, 3, 4, 5, 6, 8, 7, 9, 10, 11, 12]
    shuffled = [plain[n - 1]._replace(time=0.01 + at * 0.0001) for at, n in enumerate(order)]
    yield capture("A part of the response overtakes another", shuffled,
                  {8: {"lab.role": ["out-of-order", "response"], "lab.anomaly": ["out-of-order"]}, 12: {"lab.close.lossless": ["1"]}},
                  report={**STORY_REPORT, "exchanges.0.body_bytes": 4000})


def of_parts():
    plain = list(zip(talk().segments, frames(talk().segments)))
    up = [f for s, f in plain if s.up]
    down = [f for s, f in plain if not s.up]
    yield capture("Only the client's direction", up,
                  {1: {"lab.role": ["syn"], "lab.state.client": ["SYN-SENT"]}, 3: {"lab.http.method": ["GET"], "lab.sender": ["client"]},
                   5: {"lab.role": ["fin1"]}}, ["one-direction"], report={"connections.0.client.port": 50000, "exchanges.0.status": None})
    yield capture("Only the server's direction", down,
                  {1: {"lab.role": ["syn-ack"], "lab.sender": ["server"]}, 3: {"lab.http.status": ["200"], "lab.sender": ["server"]}},
                  ["one-direction"], report={"connections.0.client.port": 50000, "exchanges.0.status": 200, "exchanges.0.method": None})
    yield capture("The capture begins with the request", [f for _, f in plain[3:]],
                  {1: {"lab.role": ["request"], "lab.sender": ["client"]}, 7: {"lab.close.kind": ["three-segment"]}}, ["starts-in-middle"],
                  report={**STORY_REPORT, "connections.0.open.kind": "not-captured", "connections.0.open.time": None})
    syn = frames(Talk().send(True, SYN).segments)
    yield capture("A SYN without an answer is no capture of one direction", syn, {1: {"lab.role": ["syn"]}}, [],
                  report={"connections.0.open.kind": "unanswered"})


# ---- sizes, numbers, times ----

def of_extremes():
    big = Talk().open().exchange(130000, 65495).close()
    yield capture("Segments of 64 KB", frames(big.segments), {6: {"lab.role": ["response"]}, 7: {"lab.role": ["response"]}, 8: {"lab.role": ["ack"]}}, ["large-segments"],
                  report={**STORY_REPORT, "exchanges.0.body_bytes": 130000})
    offloaded = [f._replace(data=f.data[:16] + b"\0\0" + f.data[18:]) if f.length > 1514 else f
                 for f in frames(Talk().open().exchange(9000, 9100).close().segments)]
    yield capture("An offloaded segment whose IP length is 0", offloaded, {6: {"lab.role": ["response"]}}, ["large-segments"],
                  report={**STORY_REPORT, "exchanges.0.body_bytes": 9000})
    yield capture("Both sides' numbers wrap", frames(talk(isn=(2**32 - 1, 2**32 - 300)).segments))
    back = [f._replace(time=f.time - (0.5 if n == 5 else 0)) for n, f in enumerate(frames(talk().segments))]
    yield capture("A timestamp goes backwards", back, quality=["time-backwards"])
    falling = [f._replace(time=5 - f.time) for f in frames(talk().segments)]
    yield capture("All timestamps go backwards", falling, quality=["time-backwards"])


def of_reuse():
    first = talk()
    for name, wait, isn, anomaly in (("after TIME-WAIT", 61.0, (900000, 700000), "port-reuse"),
                                     ("after a second, from TIME-WAIT", 1.0, (900000, 700000), "port-reuse")):
        again = talk(isn=isn, start=first.time + wait)
        yield capture(f"The ports are used again {name}", frames(first.segments + again.segments),
                      {**story(), **{n + 10: e for n, e in story().items()}, 11: {"lab.anomaly": [anomaly], "lab.stream": ["1"], "tcp.stream": ["1"]}},
                      report={"connections.0.close.kind": "three-segment", "connections.1.close.kind": "three-segment", "connections.2": None,
                              "exchanges.1.stream": 1, "exchanges.2": None})
    unfinished = Talk().open().exchange(1000)
    again = talk(isn=(2000000000, 700000), start=unfinished.time + 1)
    yield capture("The ports are used again although the connection was open", frames(unfinished.segments + again.segments),
                  {8: {"lab.anomaly": "syn-in-connection", "lab.stream": ["1"], "tcp.stream": ["1"]}, **{n + 7: e for n, e in story().items() if n > 1}},
                  report={"connections.0.close.kind": "replaced", "connections.1.close.kind": "three-segment", "connections.2": None})


def all_captures():
    for part in (wrappings, of_fragments, of_several_layers, of_quotes, of_cuts, of_duplicates, of_reordering, of_parts, of_extremes, of_reuse):
        yield from part()
