# SPDX-License-Identifier: GPL-2.0-or-later
"""How connections open, and how they fail to."""
import socket
import time

from registry import scenario
from stack import ACK, RST, SYN, about, is_, one_of

NEVER_OPEN = {"close__first": None, "open__kind": "refused", "close__kind": "refused"}


@scenario("ipv6", "loopback")
def three_way(lab):
    """A connection opens with three segments and stays open"""
    client, server = lab.pair()
    client.send(b"hello")
    server.expect_read(b"hello")
    lab.expect(open__kind="three-way", close__kind="open", close__first=None, close__lossless=None, open__frames=[
        lab.number_of(is_(SYN)), lab.number_of(is_(SYN, ACK)), lab.number_of(is_(ACK, side="client"))])
    lab.expect_frame(is_(SYN), role="syn", phase="open", sender="client", open__step=1)
    lab.expect_frame(is_(SYN, ACK), role="syn-ack", phase="open", sender="server", open__step=2)
    lab.expect_frame(is_(ACK, side="client"), role="handshake-ack", phase="open", open__step=3, open__kind="three-way")


@scenario("ipv6", "loopback")
def closed_port(lab):
    """A port without a listener refuses the SYN"""
    assert lab.refused(8081) == "ECONNREFUSED"
    lab.look()
    lab.expect(rst_causes=["port-closed"], resets__0__confidence="certain", resets__0__by="server",
               resets__0__impact="nothing-lost", resets__0__evidence=[lab.number_of(is_(SYN))], **NEVER_OPEN)
    lab.expect_frame(is_(RST), role="rst", phase="open", rst__cause="port-closed", open__kind="refused")


@scenario()
def listener_gone(lab):
    """A server stops listening: the next client is refused"""
    client, server = lab.pair()
    assert lab.refused(8080) == "ECONNREFUSED"
    client.close()
    server.close()
    lab.expect(0, close__kind="four-segment", close__first="client", close__lossless=True)
    lab.expect(1, rst_causes=["port-closed"], **NEVER_OPEN)


@scenario()
def syn_lost(lab):
    """The first SYN is lost and comes again after a second"""
    lab.wire.rule("lose", is_(SYN), 1)
    client, _ = lab.pair()
    lab.expect_retransmissions(client)
    lab.expect(open__kind="three-way", anomaly_tokens=["syn-retransmitted"], open__time=about(1.05, 0.3), close__kind="open")
    lab.expect_frame(is_(SYN), 1, role=["syn", "retransmission"], open__step=1, state__client="SYN-SENT", anomaly="syn-retransmitted")


@scenario("ipv6")
def syn_unseen(lab):
    """The first SYN is lost before the capture: the captured handshake is an ordinary one"""
    lab.wire.rule("unseen", is_(SYN), 1)
    lab.pair()
    lab.expect(open__kind="three-way", open__time=about(0.005, 0.3), close__kind="open")


@scenario("ipv6")
def syn_ack_lost(lab):
    """The SYN-ACK is lost: the client asks again or the server answers again"""
    lab.wire.rule("lose", is_(SYN, ACK), 1)
    lab.pair()
    lab.expect(open__kind="three-way", open__time=about(1.05, 0.3), close__kind="open",
               anomaly_tokens=one_of(["syn-ack-retransmitted"], ["syn-ack-retransmitted", "syn-retransmitted"],
                                     # both timers ran out in one millisecond, and IPv6 has no identification
                                     ["capture-duplicate", "syn-ack-retransmitted", "syn-retransmitted"]))


@scenario()
def final_ack_lost(lab):
    """The last ACK of the handshake is lost: the server sends its SYN-ACK again, the client its ACK"""
    lab.wire.rule("lose", is_(ACK, side="client"), 1)
    listener = lab.listen()
    lab.dial()
    lab.look()
    lab.until(lambda: lab.count(SYN, ACK) == 2)
    lab.accept(listener)
    lab.look()
    lab.expect(open__kind="three-way", anomaly_tokens=["syn-ack-retransmitted"], close__kind="open")
    lab.expect_frame(is_(SYN, ACK), 1, role=["syn-ack", "retransmission"], state__server="SYN-RECEIVED")
    lab.expect_frame(is_(ACK, side="client"), 1, open__step=3)


@scenario()
def final_ack_lost_data_comes(lab):
    """The last ACK of the handshake is lost, and the first data stands in for it"""
    lab.wire.rule("lose", is_(ACK, side="client", data=False), 1)
    listener = lab.listen()
    client = lab.dial()
    client.send(b"data that acknowledges, too")
    server = lab.accept(listener)
    server.expect_read(b"data that acknowledges, too")
    lab.expect(open__kind="three-way", close__kind="open")


@scenario()
def unanswered(lab):
    """Nobody answers the SYNs"""
    lab.wire.rule("lose", lambda packet: packet.side == "client")
    assert lab.refused(8080, options=[(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 1)]) == "ETIMEDOUT"
    lab.presumed.add("client")  # it gave up without sending a packet
    lab.expect(open__kind="unanswered", anomaly_tokens=["syn-retransmitted"], close__first=None, open__time=None,
               close__kind=None)


@scenario("ipv6")
def connect_given_up(lab):
    """The client closes its socket before the SYN-ACK comes, and answers it with a RST"""
    lab.listen()
    hold = lab.wire.rule("hold", is_(SYN, ACK), 1)
    client = lab.dial(blocking=False)
    lab.until(lambda: hold.times == 0)
    client.close(look=False)
    lab.wire.release()
    lab.look()
    lab.expect(open__kind="abandoned", close__kind="abandoned", close__first=None, rst_causes=["connect-abandoned"],
               resets__0__by="client", resets__0__impact="nothing-lost", resets__0__confidence="likely")


@scenario()
def given_up_then_silence(lab):
    """The client closes its socket while its SYN is lost: only the SYN is seen"""
    lab.listen()
    lab.wire.rule("lose", is_(SYN), 1)
    client = lab.dial(blocking=False)
    lab.until(lambda: lab.count(SYN) == 1)
    lab.presumed.add("client")  # it gives up without sending a packet
    client.close()
    lab.expect(open__kind="unanswered", close__first=None, close__kind=None)


@scenario()
def accept_queue_full(lab):
    """The accept queue is full: Linux drops the SYN until there is room"""
    listener = lab.listen(backlog=0)
    lab.dial()  # takes the only place
    lab.look()
    client = lab.dial(blocking=False)
    lab.until(lambda: lab.count(SYN) - lab.count(SYN, ACK) >= 2 or lab.count(SYN, ACK) > 1)
    lab.accept(listener)
    lab.until(lambda: lab.count(SYN, ACK) >= 2)
    client.sock.settimeout(5)
    second = lab.accept(listener)
    lab.look()
    client.send(b"at last")
    second.expect_read(b"at last")
    lab.expect(0, open__kind="three-way", close__kind="open")
    lab.expect(1, open__kind="three-way", anomaly_tokens=["syn-retransmitted"], open__time=about(1.05, 0.4), close__kind="open")


@scenario()
def overflow_resets(lab):
    """With tcp_abort_on_overflow a full accept queue resets the client's last ACK"""
    lab.sysctl("server", "ipv4.tcp_abort_on_overflow", 1)
    lab.listen(backlog=2)
    for _ in range(2):
        lab.dial()
    lab.look()
    held = lab.wire.rule("hold", is_(ACK, side="client"))
    for _ in range(2):
        lab.dial(blocking=False)  # both SYNs find room for one more, only one of the ACKs does
    lab.until(lambda: len(lab.wire.held) >= 2)
    held.times = 0
    lab.wire.release()
    lab.look()
    for number in range(3):
        lab.expect(number, open__kind="three-way", close__kind="open")
    lab.expect(3, open__kind="three-way", close__kind="rst", close__first="server", rst_causes=["queue-overflow"],
               resets__0__confidence="possible", resets__0__by="server", resets__0__impact="nothing-lost", close__lossless=True)


@scenario("ipv6")
def simultaneous_open(lab):
    """Both sides connect to each other at once"""
    lab.wire.hold()
    client = lab.dial(8081, local=8080, blocking=False)
    lab.until(lambda: len(lab.wire.held) == 1)
    server = lab.socket("server", (socket.SOL_SOCKET, socket.SO_REUSEADDR, 1))
    server.sock.bind(("", 8081))
    server.sock.setblocking(False)
    address = lab.address.replace("::1", "::2") if ":" in lab.address else lab.address[:-1] + "2"
    server.call("connect, non-blocking", server.sock.connect_ex, (address, 8080))
    lab.until(lambda: len(lab.wire.held) == 2)
    lab.wire.release()
    lab.look()
    for end in (client, server):
        end.sock.settimeout(5)
    client.send(b"from one")
    server.expect_read(b"from one").send(b"from the other")
    client.expect_read(b"from the other").close()
    server.expect_end().close()
    lab.expect(open__kind="simultaneous", close__kind="four-segment", close__first="client", close__lossless=True)


def fast_open_twice(lab):
    """The first connection fetches the cookie, the second sends its data with the SYN."""
    for side in ("client", "server"):
        lab.sysctl(side, "ipv4.tcp_fastopen", 3)
    listener = lab.listen(options=[(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 8)])
    ends = []
    for _ in range(2):
        ends.append((lab.fast_dial(b"GET / HTTP/1.1\r\nHost: lab\r\n\r\n"), lab.accept(listener)))
        lab.look()
    return ends


@scenario()
def fast_open(lab):
    """TCP fast open: the second connection sends its request with the SYN"""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    for client, server in fast_open_twice(lab):
        server.read()
        server.send(answer)
        client.expect_read(answer).close()
        server.close()
    done = {"close__kind": "four-segment", "close__first": "client", "close__lossless": True, "statuses": [200]}
    lab.expect(0, open__kind="three-way", **done)
    lab.expect(1, open__kind="fast-open", **done)


@scenario()
def fast_open_refused(lab):
    """The server has forgotten its cookie key: it leaves the data of the SYN, and the client sends it again"""
    (first, first_server), *_ = fast_open_twice(lab)
    first_server.read()
    first.close()
    first_server.close()
    lab.sysctl("server", "ipv4.tcp_fastopen", 0)
    listener = lab.listen(8081)
    lab.fast_dial(b"hello", 8081)
    server = lab.accept(listener)
    server.expect_read(b"hello")
    lab.look()
    lab.expect(0, statuses=[None], close__kind="four-segment", close__first="client", close__lossless=True)
    lab.expect(1, statuses=[None], open__kind="fast-open", close__kind="open")
    lab.expect(2, open__kind="three-way", close__kind="open", anomaly_tokens=["fast-open-refused", "retransmission"])


@scenario("ipv6")
def port_again_after_time_wait(lab):
    """The client uses a port again while the server is in TIME-WAIT: Linux accepts it"""
    for round_ in range(2):
        client, server = lab.pair(local=40000)
        server.close()
        client.expect_end().close()
        if round_ == 0:
            time.sleep(1.1)  # so that the timestamps, in seconds for TIME-WAIT, have moved on
    lab.expect(0, open__kind="three-way", close__kind="four-segment", close__first="server", close__lossless=True)
    lab.expect(1, open__kind="three-way", close__kind="four-segment", close__first="server", close__lossless=True,
               anomaly_tokens=["port-reuse"])


@scenario()
def half_open_discovered(lab):
    """A client restarts and uses the same port while the server still has the old connection: RFC 9293 figure 9"""
    listener = lab.listen()
    client = lab.dial(local=40001)
    lab.accept(listener)
    lab.look()
    lab.wire.rule("unseen", is_(RST, side="client"), 1)
    client.abort(look=False)
    again = lab.dial(local=40001)
    server = lab.accept(listener)
    lab.look()
    again.send(b"new")
    server.expect_read(b"new")
    lab.expect(0, open__kind="three-way", close__kind="rst", close__first="client", rst_causes=["port-reuse"], resets__0__by="client",
               anomaly_tokens=["challenge-ack", "syn-in-connection"])
    lab.expect(1, open__kind="three-way", close__kind="open", anomaly_tokens=["port-reuse"])
    lab.expect_frame(is_(RST), state__client="SYN-SENT")


@scenario()
def connect_succeeds_after_refusal(lab):
    """Refused once, the client tries again when the server has been started"""
    assert lab.refused(8080) == "ECONNREFUSED"
    lab.look()
    client, server = lab.pair()
    client.close()
    server.close()
    lab.expect(0, rst_causes=["port-closed"], **NEVER_OPEN)
    lab.expect(1, open__kind="three-way", close__kind="four-segment", close__first="client", close__lossless=True)


