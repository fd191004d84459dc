# SPDX-License-Identifier: GPL-2.0-or-later
"""Why connections are reset."""
import time

from registry import scenario
from stack import ACK, FIN, RST, SYN, is_, one_of

ABORT = {"open__kind": "three-way", "close__kind": "rst", "rst_causes": ["abort"], "resets__0__confidence": "certain"}


@scenario("ipv6", "loopback")
def linger_zero(lab):
    """SO_LINGER 0: close() aborts"""
    client, server = lab.pair()
    client.abort()
    server.expect_error("ECONNRESET")
    lab.expect(close__first="client", resets__0__by="client", resets__0__impact="nothing-lost", close__lossless=True, **ABORT)
    lab.expect_frame(is_(RST), role="rst", phase="abort", sender="client")


@scenario()
def linger_zero_after_data(lab):
    """SO_LINGER 0 after an exchange that was acknowledged: whether the program read it, no packet tells"""
    client, server = lab.pair()
    client.send(b"data")
    server.expect_read(b"data").abort()
    client.expect_error("ECONNRESET")
    lab.expect(close__first="server", resets__0__by="server", resets__0__impact="unknown", close__lossless=True, **ABORT)


@scenario("loopback")
def unread_data(lab):
    """close() with data in the receive buffer aborts"""
    client, server = lab.pair()
    client.send(b"never read")
    server.close()
    client.expect_error("ECONNRESET")
    lab.expect(close__first="server", resets__0__by="server", resets__0__impact="unknown", close__lossless=True, **ABORT)


@scenario("ipv6")
def killed_with_unread_data(lab):
    """A killed process with data in its receive buffer aborts: the same packet as SO_LINGER 0"""
    client, server = lab.pair()
    client.send(b"never read")
    server.kill()
    client.expect_error("ECONNRESET")
    lab.expect(close__first="server", resets__0__by="server", resets__0__impact="unknown", close__lossless=True, **ABORT)


@scenario()
def disconnect(lab):
    """connect() to AF_UNSPEC aborts as well"""
    client, server = lab.pair()
    client.disconnect()
    server.expect_error("ECONNRESET")
    lab.expect(close__first="client", resets__0__by="client", close__lossless=True, **ABORT)


@scenario("ipv6", "loopback")
def data_after_close(lab):
    """One side has closed, the other goes on sending: the second answer is a RST"""
    client, server = lab.pair()
    client.close()
    server.send(b"for nobody")
    lab.expect(open__kind="three-way", close__kind="fin-then-rst", close__first="client", close__lossless=False,
               rst_causes=["data-after-close"], resets__0__by="client", resets__0__impact="bytes-lost", resets__0__bytes_lost=10,
               resets__0__confidence="certain", resets__0__evidence=[
                   lab.number_of(is_(FIN)), lab.number_of(is_(ACK, side="server", data=True))])


@scenario()
def more_data_after_close(lab):
    """Several segments are on their way when the other side has closed: a RST for each"""
    client, server = lab.pair()
    client.close()
    lab.wire.rule("hold", is_(ACK, side="server", data=True))
    server.tcp(nodelay=1)
    for _ in range(3):
        server.send(b"0123456789", look=False)
    lab.until(lambda: len(lab.wire.held) >= 3)
    lab.wire.release()
    lab.look()
    lab.expect(open__kind="three-way", close__kind="fin-then-rst", close__first="client", close__lossless=False,
               rst_causes=["data-after-close", "repeat", "repeat"], resets__0__impact="bytes-lost", anomaly_tokens=one_of(
                   [], ["late-segment"]))


@scenario()
def tls_alert_after_close(lab):
    """Only a TLS close_notify comes after the close: harmless"""
    client, server = lab.pair(8081)
    client.close()
    server.send(b"\x15\x03\x03\x00\x02\x01\x00")
    lab.expect(close__kind="fin-then-rst", close__first="client", rst_causes=["tls-alert-after-close"],
               resets__0__impact="nothing-lost", resets__0__by="client")


@scenario()
def close_with_unread_after_peer_fin(lab):
    """The client has closed; the server closes with the client's data unread"""
    client, server = lab.pair()
    client.send(b"unread").close()
    server.close()
    lab.expect(open__kind="three-way", close__kind="fin-then-rst", close__first="client", close__lossless=True,
               rst_causes=["reset-after-peer-fin"], resets__0__by="server", resets__0__confidence="likely",
               resets__0__evidence=[lab.number_of(is_(FIN))])


@scenario("ipv6")
def abort_after_peer_fin(lab):
    """The client has closed; the server aborts"""
    client, server = lab.pair()
    client.close()
    server.expect_end().abort()
    lab.expect(open__kind="three-way", close__kind="fin-then-rst", close__first="client", close__lossless=True,
               rst_causes=["reset-after-peer-fin"], resets__0__impact="nothing-lost", resets__0__by="server")


@scenario()
def fin_answered_by_reset(lab):
    """The client's socket is gone after its FIN was acknowledged: the server's FIN is answered by a RST"""
    client, server = lab.pair()
    client.shutdown()
    lab.wire.rule("unseen", is_(RST), 1)
    client.abort()  # in FIN-WAIT-2 Linux sends a RST, which is lost here
    lab.presumed.add("client")
    server.expect_end().close()
    lab.presumed.clear()
    lab.look()
    lab.expect(open__kind="three-way", close__kind="fin-then-rst", close__first="client", close__lossless=True,
               rst_causes=["fin-answered-by-reset"], resets__0__by="client", resets__0__impact="nothing-lost")


@scenario()
def abort_in_fin_wait(lab):
    """The client has shut its side down and then aborts"""
    client, server = lab.pair()
    client.shutdown()
    server.expect_end()
    client.abort()
    lab.expect(open__kind="three-way", close__kind="fin-then-rst", close__first="client", close__lossless=True,
               rst_causes=one_of([], ["abort"], ["unknown"]))


@scenario("ipv6")
def forgotten_connection(lab):
    """The client's RST is lost before the capture; the server sends into a connection that its peer does not know"""
    client, server = lab.pair()
    lab.wire.rule("unseen", is_(RST), 1)
    client.abort()
    lab.presumed.add("client")
    time.sleep(5.2)  # longer than the idle time after which the connection counts as silent
    server.send(b"are you there")
    lab.presumed.clear()
    lab.look()
    server.expect_error("ECONNRESET")
    lab.expect(open__kind="three-way", close__kind="rst", close__first="client", rst_causes=["connection-forgotten"],
               resets__0__by="client", resets__0__confidence="likely", resets__0__impact="bytes-lost", resets__0__bytes_lost=13)


@scenario()
def user_timeout(lab):
    """TCP_USER_TIMEOUT: data is not acknowledged for too long, and the stack gives up without sending a packet"""
    client, server = lab.pair()
    client.tcp(user_timeout=700)
    lab.wire.rule("lose", lambda packet: packet.side == "client")
    client.send(b"lost", look=False)
    time.sleep(2.2)
    client.expect_error("ETIMEDOUT")
    lab.wire.clear()
    lab.presumed.update(("client", "server"))
    lab.look()
    server.send(b"still here")
    lab.presumed.clear()
    lab.look()
    lab.expect(open__kind="three-way", close__kind="rst", close__first="client", close__lossless=False,
               anomaly_tokens=["retransmission"], rst_causes=["retransmission-timeout"], resets__0__confidence="likely",
               resets__0__by="client", resets__0__impact="bytes-lost", resets__0__bytes_lost=14)


@scenario()
def timeout_then_reset(lab):
    """Data is repeated because all ACKs are lost; then its sender aborts"""
    client, _ = lab.pair()
    lab.wire.rule("lose", lambda packet: packet.side == "server")
    client.send(b"into the dark", look=False)
    lab.until(lambda: lab.count(ACK, side="client", data=True) >= 4)
    lab.expect_retransmissions(client)
    client.abort()
    lab.expect(open__kind="three-way", close__kind="rst", close__first="client", close__lossless=True,
               rst_causes=["abort"], anomaly_tokens=["retransmission"])


@scenario()
def forged_reset_rejected(lab):
    """A RST inside the window but not at its edge: Linux answers with a challenge ACK and goes on, RFC 5961 3.2"""
    client, server = lab.pair()
    server.send(b"first")
    client.expect_read(b"first")
    like = next(p for p in lab.wire.packets if is_(ACK, side="server", data=True)(p))
    lab.wire.inject(like, RST, like.seq + len(like.data) + 1000, 0, ttl=40)
    lab.look()
    server.send(b"second")
    client.expect_read(b"second")
    lab.expect(open__kind="three-way", close__kind="open", rst_causes=["not-accepted"], resets__0__by="server",
               resets__0__impact="nothing-lost", anomaly_tokens=["challenge-ack"])
    lab.expect_frame(is_(ACK, side="client"), -2, role="challenge-ack")


@scenario()
def forged_reset_obeyed(lab):
    """A host between the two sends a RST in the window; the server knows nothing of it and goes on"""
    client, server = lab.pair()
    server.send(b"first")
    client.expect_read(b"first")
    like = next(p for p in lab.wire.packets if is_(ACK, side="server", data=True)(p))
    lab.wire.inject(like, RST | ACK, like.seq + len(like.data), like.ack, ttl=40)
    lab.presumed.add("server")  # the RST has its address, and it did not send it
    lab.look()
    client.expect_error("ECONNRESET")
    lab.presumed.clear()
    server.send(b"second")
    lab.expect(rst_causes=["forged", "ack-without-connection"], resets__1__by="client", resets__1__evidence=[
        lab.number_of(is_(ACK, side="server", data=True), 1), lab.number_of(is_(RST, ACK))])
    lab.expect_frame(is_(RST), 0, rst__by="server", rst__cause="forged", rst__confidence="likely")


@scenario()
def stray_syn(lab):
    """A SYN inside the window of a live connection gets a challenge ACK, RFC 5961 4"""
    client, server = lab.pair()
    client.send(b"first")
    server.expect_read(b"first")
    like = next(p for p in lab.wire.packets if is_(ACK, side="client", data=True)(p))
    lab.wire.inject(like, SYN, like.seq + 2000, 0)
    lab.look()
    client.send(b"second")  # Wireshark counts a new stream from the SYN on; the connection is the same
    server.expect_read(b"second")
    client.close()
    server.expect_end()
    server.close()
    lab.expect(open__kind="three-way", close__kind=one_of("four-segment", "three-segment"), close__first="client",
               close__lossless=True, anomaly_tokens=["challenge-ack", "syn-in-connection"])
    lab.expect_frame(is_(SYN), 1, role="syn", state__client="ESTABLISHED", state__server="ESTABLISHED",
                     anomaly="syn-in-connection")
    lab.expect_frame(is_(ACK, side="server"), 1, role="challenge-ack", phase="idle", anomaly="challenge-ack")


@scenario()
def reset_of_half_open(lab):
    """The server forgets (its RST is lost before the capture), the client's request finds no socket"""
    client, server = lab.pair()
    lab.wire.rule("unseen", is_(RST), 1)
    server.abort()
    lab.presumed.add("server")
    client.send(b"GET / HTTP/1.1\r\nHost: lab\r\n\r\n", look=False)
    lab.wire.settle()
    lab.presumed.clear()
    lab.look()
    client.expect_error("ECONNRESET")
    lab.expect(open__kind="three-way", close__kind="rst", close__first="server", close__lossless=False, statuses=[None],
               rst_causes=["queue-overflow"], resets__0__confidence="possible", resets__0__by="server",
               resets__0__impact="bytes-lost", resets__0__bytes_lost=29)


@scenario()
def both_abort(lab):
    """Both abort at once: two RSTs cross"""
    client, server = lab.pair()
    client.send(b"x")
    server.read()
    lab.wire.hold()
    client.abort(look=False)
    server.abort(look=False)
    lab.until(lambda: len(lab.wire.held) == 2)
    lab.wire.release()
    lab.look()
    lab.expect(open__kind="three-way", close__kind="rst", close__first="client", close__lossless=True,
               rst_causes=["abort", "abort"])


@scenario()
def abort_with_unsent_data(lab):
    """SO_LINGER 0 with data that was never acknowledged"""
    client, server = lab.pair()
    lab.wire.rule("lose", is_(ACK, side="client", data=True))
    client.send(b"q" * 1000, look=False)
    client.abort()
    server.expect_error("ECONNRESET")
    lab.expect(open__kind="three-way", close__kind="rst", close__first="client", close__lossless=False,
               rst_causes=["abort", "repeat"], resets__0__impact="bytes-lost", resets__0__bytes_lost=1000,
               anomaly_tokens=["challenge-ack"])

