# SPDX-License-Identifier: GPL-2.0-or-later
"""Data: losses, order, windows, urgent bytes."""
import socket
import time

from registry import scenario
from stack import ACK, FIN, about, is_, one_of

CLOSED = {"open__kind": "three-way", "close__kind": "four-segment", "close__first": "client", "close__lossless": True}
SMALL_BUFFER = (socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)


def end(client, server):
    client.close()
    server.expect_end().close()


@scenario("ipv6")
def segment_lost(lab):
    """A segment in the middle is lost and comes again"""
    client, server = lab.pair()
    lab.wire.rule("lose", lambda p: p.side == "client" and p.data[:1] == b"2", 1)
    client.tcp(nodelay=1)
    for part in (b"1" * 500, b"2" * 500, b"3" * 500):
        client.send(part, look=False)
    server.expect_read(b"1" * 500 + b"2" * 500 + b"3" * 500)
    lab.look()
    lab.expect_retransmissions(client)
    end(client, server)
    lab.expect(anomaly_tokens=["retransmission"], **CLOSED)


@scenario()
def segment_unseen(lab):
    """A segment is lost before the capture: the segment that fills the gap is a retransmission"""
    client, server = lab.pair()
    lab.wire.rule("unseen", lambda p: p.side == "client" and p.data[:1] == b"2", 1)
    client.tcp(nodelay=1)
    for part in (b"1" * 500, b"2" * 500, b"3" * 500):
        client.send(part, look=False)
    server.expect_read(b"1" * 500 + b"2" * 500 + b"3" * 500)
    lab.look()
    lab.expect_retransmissions(client)
    end(client, server)
    lab.expect(anomaly_tokens=["retransmission"], **CLOSED)


@scenario()
def last_segment_lost(lab):
    """The only segment is lost: its timer sends it again"""
    client, server = lab.pair()
    lab.wire.rule("lose", is_(ACK, side="client", data=True), 1)
    client.send(b"alone", look=False)
    server.expect_read(b"alone")
    lab.look()
    lab.expect_retransmissions(client)
    end(client, server)
    lab.expect(anomaly_tokens=["retransmission"], **CLOSED)


@scenario()
def many_losses(lab):
    """Every seventh segment of a longer transfer is lost; the stack's own count of retransmissions is the truth"""
    client, server = lab.pair()
    seen = []

    def seventh(packet):
        if packet.side == "server" and packet.data:
            seen.append(packet)
        return packet.side == "server" and bool(packet.data) and len(seen) % 7 == 0
    lab.wire.rule("lose", seventh)
    data = bytes(range(256)) * 400
    server.send(data, look=False)
    client.expect_read(data)
    lab.wire.clear()
    lab.look()
    lab.expect_retransmissions(server)
    end(client, server)
    lab.expect(anomaly_tokens=["retransmission"], **CLOSED)


@scenario()
def overtaken(lab):
    """A segment is overtaken by the next: out of order; sent again, too, if the stack was too quick to think it lost"""
    client, server = lab.pair()
    client.tcp(nodelay=1)
    lab.wire.rule("overtake", lambda p: p.side == "client" and p.data[:1] == b"1", 1)
    client.send(b"1" * 300, look=False).send(b"2" * 300, look=False)
    server.expect_read(b"1" * 300 + b"2" * 300)
    lab.look()
    lab.expect_retransmissions(client)
    end(client, server)
    lab.expect(anomaly_tokens=one_of(["out-of-order"], ["out-of-order", "retransmission"]), **CLOSED)


@scenario("ipv6")
def zero_window(lab):
    """The receiver does not read: its window closes, is probed, and opens again"""
    client, server = lab.pair(listen_options=[SMALL_BUFFER])
    client.sock.setblocking(False)
    sent = 0
    try:
        while True:
            sent += client.call("send", client.sock.send, b"w" * 2000)
            time.sleep(0.005)
            if any(p.window == 0 and p.side == "server" for p in list(lab.wire.packets)):
                break
    except BlockingIOError:
        pass
    time.sleep(0.7)  # a window probe or two
    lab.look()
    server.read_all(sent)
    lab.look()
    client.sock.setblocking(True)
    end(client, server)
    lab.expect(anomaly_tokens=["zero-window"], **CLOSED)
    closed = lambda p: p.side == "server" and p.window == 0 and not p.flags & 4
    lab.expect_frame(closed, 0, anomaly="zero-window")


@scenario()
def delayed_wire(lab):
    """50 ms each way: the opening takes a round trip, and there is no anomaly"""
    lab.wire.rule(0.05, lambda p: True)
    listener = lab.listen()
    client = lab.dial()
    server = lab.accept(listener)
    lab.look()
    client.send(b"there")
    server.expect_read(b"there").send(b"and back")
    client.expect_read(b"and back")
    end(client, server)
    lab.expect(open__time=about(0.1, 0.1), **CLOSED)


@scenario()
def urgent(lab):
    """An urgent byte changes nothing about the states"""
    client, server = lab.pair()
    client.call("send MSG_OOB", client.sock.send, b"!", socket.MSG_OOB)
    lab.look()
    server.sock.settimeout(None)  # a timeout would wait for ordinary data
    server.call("recv MSG_OOB", server.sock.recv, 1, socket.MSG_OOB)
    client.send(b"ordinary")
    server.expect_read(b"ordinary")
    end(client, server)
    lab.expect(**CLOSED)


@scenario("loopback")
def much_data(lab):
    """300 KB: every byte is acknowledged, nothing is retransmitted"""
    client, server = lab.pair()
    data = b"m" * 300_000
    server.sock.settimeout(5)
    client.set(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    server.set(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    server.send(data, look=False)
    client.expect_read(data)
    lab.look()
    lab.expect_retransmissions(server)
    end(client, server)
    lab.expect(**CLOSED)


@scenario()
def ack_lost(lab):
    """An ACK is lost; the next covers it"""
    client, server = lab.pair()
    lab.wire.rule("lose", is_(ACK, side="server", data=False), 1)
    client.tcp(nodelay=1)
    client.send(b"one", look=False)
    time.sleep(0.01)
    client.send(b"two", look=False)
    server.expect_read(b"onetwo")
    lab.look()
    end(client, server)
    lab.expect(anomaly_tokens=one_of([], ["retransmission"]), **CLOSED)
    assert lab.count(FIN) == 2


@scenario()
def duplicated(lab):
    """The network delivers a segment twice: the second arrives, too, and is answered with a duplicate ACK"""
    client, server = lab.pair()
    client.send(b"twice")
    server.expect_read(b"twice")
    packet = next(p for p in lab.wire.packets if is_(ACK, side="client", data=True)(p))
    time.sleep(0.05)
    with lab.wire.lock:
        lab.wire.carry("client", packet.frame)
    lab.look()
    end(client, server)
    lab.expect(anomaly_tokens=one_of(["retransmission"], ["capture-duplicate"]), **CLOSED)
