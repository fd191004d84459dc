# SPDX-License-Identifier: GPL-2.0-or-later
"""How connections close with FINs."""
import socket

from registry import scenario
from stack import ACK, FIN, RST, SYN, is_, one_of

ORDERLY = {"open__kind": "three-way", "close__lossless": True}


@scenario("ipv6", "loopback")
def client_closes_first(lab):
    """Four segments, the client begins"""
    client, server = lab.pair()
    client.send(b"question")
    server.expect_read(b"question").send(b"answer")
    client.expect_read(b"answer").close()
    server.expect_end().close()
    lab.expect(close__kind="four-segment", close__first="client", **ORDERLY)
    lab.expect_frame(is_(FIN), 0, role=["fin1"], phase="close", close__step=1, close__kind="four-segment", close__first="client")
    lab.expect_frame(is_(FIN), 1, role=["fin2"], phase="close", close__step=3)


@scenario("loopback")
def server_closes_first(lab):
    """Four segments, the server begins and keeps TIME-WAIT"""
    client, server = lab.pair()
    server.close()
    client.expect_end().close()
    lab.expect(close__kind="four-segment", close__first="server", **ORDERLY)


@scenario("ipv6")
def three_segments(lab):
    """The other side closes at once, so that one segment has its FIN and the ACK"""
    client, server = lab.pair()
    lab.wire.rule("hold", is_(ACK, side="server"))  # its ACK, which would make it four
    hold = lab.wire.rule("hold", is_(FIN, side="client"), 1)
    client.close(look=False)
    lab.until(lambda: hold.times == 0)
    server.set(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
    lab.wire.clear()
    lab.wire.release()
    server.expect_end().close()
    four = lab.count(FIN) == 2 and lab.count(ACK, side="server", data=False) > 2
    lab.expect(close__kind="four-segment" if four else "three-segment", close__first="client", **ORDERLY)


@scenario("ipv6")
def simultaneous_close(lab):
    """Both close before either FIN arrives: CLOSING on both sides, then TIME-WAIT"""
    client, server = lab.pair()
    lab.wire.hold()
    client.close(look=False)
    server.close(look=False)
    lab.until(lambda: len(lab.wire.held) == 2)
    lab.wire.clear()
    lab.wire.release()
    lab.look()
    lab.expect(close__kind="simultaneous", close__first="both", anomaly_tokens=["simultaneous-close"], **ORDERLY)
    lab.expect_frame(is_(FIN), 0, role="fin1", close__step=1)
    lab.expect_frame(is_(FIN), 1, role="fin2", close__step=2, state__client="CLOSING", state__server="FIN-WAIT-1")


@scenario("loopback")
def half_close(lab):
    """The client shuts its sending down and still reads the response"""
    client, server = lab.pair()
    client.send(b"all I have to say").shutdown()
    server.read_all(100)
    server.send(b"x" * 5000).close()
    client.read_all(5001)
    client.close()
    lab.expect(close__kind="half-close", close__first="client", **ORDERLY)


@scenario()
def half_close_by_server(lab):
    """The server shuts its sending down and still reads"""
    client, server = lab.pair()
    server.send(b"ready").shutdown()
    client.expect_read(b"ready").expect_end().send(b"y" * 3000).close()
    server.read_all(3001)
    lab.expect(close__kind="half-close", close__first="server", **ORDERLY)


@scenario()
def only_one_closes(lab):
    """One side closes, the other never does"""
    client, server = lab.pair()
    client.shutdown()
    server.expect_end()
    lab.expect(close__kind="half-closed", close__first="client", **ORDERLY)


@scenario()
def fin_with_last_data(lab):
    """The FIN travels with the last data"""
    client, server = lab.pair()
    server.tcp(cork=1).send(b"the end", look=False).shutdown(look=False)
    lab.look()
    client.expect_read(b"the end").expect_end().close()
    lab.expect(close__kind="four-segment", close__first="server", **ORDERLY)
    lab.expect_frame(is_(FIN, side="server"), role=["data", "fin1"], close__step=1)


@scenario("ipv6")
def fin_lost(lab):
    """The first FIN is lost and sent again"""
    client, server = lab.pair()
    lab.wire.rule("lose", is_(FIN), 1)
    client.close()
    lab.until(lambda: lab.count(FIN, side="client") == 2)
    lab.look()
    server.expect_end().close()
    lab.expect(close__kind="four-segment", close__first="client", anomaly_tokens=["fin-retransmitted"], **ORDERLY)
    lab.expect_frame(is_(FIN, side="client"), 1, role=["fin1", "retransmission"], close__step=1)


@scenario()
def fin_ack_lost(lab):
    """The ACK of the first FIN is lost: the FIN comes again and is acknowledged again"""
    client, server = lab.pair()
    lab.wire.rule("lose", is_(ACK, side="server"), 1)
    client.close()
    lab.until(lambda: lab.count(FIN, side="client") == 2)
    lab.look()
    server.expect_end().close()
    lab.expect(close__kind="four-segment", close__first="client", anomaly_tokens=["fin-retransmitted"], **ORDERLY)
    lab.expect_frame(is_(FIN, side="client"), 1, role=["fin1", "retransmission"], state__client="FIN-WAIT-1")


@scenario("ipv6")
def last_ack_lost(lab):
    """The last ACK is lost: the end in TIME-WAIT answers the FIN once more"""
    client, server = lab.pair()
    client.close()
    lab.wire.rule("lose", is_(ACK, side="client"), 1)
    server.expect_end().close()
    lab.until(lambda: lab.count(FIN, side="server") == 2)
    lab.look()
    lab.expect(close__kind="four-segment", close__first="client", **ORDERLY,
               anomaly_tokens=one_of(["fin-retransmitted"], ["fin-retransmitted", "late-segment"]))
    lab.expect_frame(is_(FIN, side="server"), 1, state__server="LAST-ACK", state__client="TIME-WAIT")


@scenario()
def fin_unanswered(lab):
    """Nobody answers the FIN: it is repeated, and in the end the client's stack forgets the connection silently"""
    client, _ = lab.pair()
    lab.sysctl("client", "ipv4.tcp_orphan_retries", 3)
    lab.wire.rule("lose", lambda packet: packet.side == "client")
    client.close()
    lab.until(lambda: lab.count(FIN) >= 3)
    lab.presumed.update(("client", "server"))
    lab.expect(close__kind="fin-unanswered", close__first="client", open__kind="three-way",
               anomaly_tokens=one_of(["fin-retransmitted"], ["fin-retransmitted", "fin-unanswered"]))


@scenario()
def close_waits_for_data(lab):
    """close() with data still on its way: the data is delivered first, then the FIN"""
    client, server = lab.pair()
    lab.wire.rule("lose", is_(ACK, side="client", data=True), 1)
    client.send(b"z" * 400, look=False).close()
    lab.until(lambda: lab.count(FIN, side="client") >= 1)
    server.expect_read(b"z" * 400).expect_end().close()
    lab.expect(open__kind="three-way", close__first="client", close__lossless=True, anomaly_tokens=["retransmission"])


@scenario()
def killed_without_unread_data(lab):
    """A killed process with nothing unread closes like any other: with a FIN"""
    client, server = lab.pair()
    server.kill()
    client.expect_end().close()
    lab.expect(close__kind="four-segment", close__first="server", **ORDERLY)


@scenario()
def closed_before_any_data(lab):
    """The client connects and closes at once, as a browser's spare connection does"""
    client, server = lab.pair()
    client.close()
    server.expect_end().close()
    lab.expect(close__kind="four-segment", close__first="client", **ORDERLY)


@scenario()
def fins_of_many(lab):
    """Three connections to one server close in another order than they opened"""
    listener = lab.listen()
    pairs = [(lab.dial(), lab.accept(listener)) for _ in range(3)]
    for number in (1, 0, 2):
        client, server = pairs[number]
        first, second = (client, server) if number != 2 else (server, client)
        first.close()
        second.expect_end().close()
        lab.expect(number, close__kind="four-segment", close__first=first.side, **ORDERLY)


@scenario()
def shutdown_both_ways(lab):
    """shutdown(SHUT_RDWR) sends a FIN; later data from the other side is acknowledged and never read"""
    client, server = lab.pair()
    client.shutdown(socket.SHUT_RDWR)
    server.expect_end().close()
    lab.expect(close__kind="four-segment", close__first="client", **ORDERLY)
    assert lab.count(RST) == 0 and lab.count(SYN) == 2
