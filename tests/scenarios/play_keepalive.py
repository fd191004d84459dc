# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP keep-alive: probes, answers, silence."""
from registry import scenario
from stack import ACK, FIN, RST, about, is_, one_of

ANSWERED = ["answer", "early", "probe"]


def probes(lab, side="client"):
    """Keep-alive probes on the wire: empty segments with the sequence number before the next one."""
    with lab.wire.lock:
        packets = [p for p in lab.wire.packets if p.side == side]
    following = None
    count = 0
    for packet in packets:
        if not packet.data and following is not None and packet.seq == (following - 1) & 0xFFFFFFFF:
            count += 1
            continue
        following = (packet.seq + len(packet.data) + (1 if packet.flags & 3 else 0)) & 0xFFFFFFFF
    return count


@scenario("ipv6")
def probes_answered(lab):
    """An idle client sends two probes, and the server answers"""
    client, server = lab.pair()
    client.keepalive(1, 1, 3)
    client.send(b"hello")
    server.expect_read(b"hello")
    lab.until(lambda: probes(lab) == 2)
    lab.look()
    client.close()
    server.expect_end().close()
    lab.expect(close__kind="four-segment", close__first="client", close__lossless=True, keepalive_tokens=ANSWERED, probes=2,
               keepalive__0__interval=about(1.0, 0.3))


@scenario()
def server_probes(lab):
    """The server probes before any data was sent"""
    client, server = lab.pair()
    server.keepalive(1, 1, 3)
    lab.until(lambda: probes(lab, "server") == 1)
    lab.look()
    client.close()
    server.expect_end().close()
    lab.expect(close__kind="four-segment", close__first="client", close__lossless=True, keepalive_tokens=ANSWERED, probes=1)


@scenario()
def both_probe(lab):
    """Both sides have keep-alive on; an answer is also a sign of life"""
    client, server = lab.pair()
    client.keepalive(1, 1, 3)
    server.keepalive(2, 2, 3)
    lab.until(lambda: probes(lab) == 2)
    lab.wait(0.2)
    lab.expect(close__kind="open", keepalive_tokens=ANSWERED, probes=probes(lab) + probes(lab, "server"))


@scenario("ipv6")
def probes_unanswered(lab):
    """The server's host is gone: two probes without an answer, then the client gives up with a RST"""
    client, server = lab.pair()
    client.keepalive(1, 1, 2)
    client.send(b"hello")
    server.expect_read(b"hello")
    lab.wire.rule("lose", is_(ACK, side="client"))
    lab.until(lambda: probes(lab) == 2)
    lab.until(lambda: lab.count(RST) == 1)
    lab.presumed.add("server")
    lab.look()
    client.expect_error("ETIMEDOUT")
    lab.expect(close__kind="rst", close__first="client", keepalive_tokens=["early", "probe", "unanswered"], probes=2,
               anomaly_tokens=["keepalive-unanswered"], rst_causes=["keepalive-timeout"], resets__0__by="client",
               resets__0__confidence="certain", resets__0__evidence=[
                   lab.number_of(is_(ACK, side="client", data=False), -2), lab.number_of(is_(ACK, side="client", data=False), -1)])


@scenario()
def one_probe_lost(lab):
    """One probe is lost, the next is answered"""
    client, _ = lab.pair()
    client.keepalive(1, 1, 4)
    lab.wire.rule("lose", is_(ACK, side="client"), 1)
    lab.until(lambda: probes(lab) == 2)
    lab.look()
    lab.expect(close__kind="open", keepalive_tokens=["answer", "early", "probe", "unanswered"], probes=2,
               anomaly_tokens=["keepalive-unanswered"])


@scenario()
def answered_by_reset(lab):
    """The server has forgotten the connection (its RST is lost before the capture) and resets the probe"""
    client, server = lab.pair()
    client.keepalive(1, 1, 3)
    client.send(b"hello")
    server.expect_read(b"hello")
    lab.wire.rule("unseen", is_(RST), 1)
    lab.wire.rule("unseen", is_(RST, ACK), 1)
    server.abort()
    lab.presumed.add("server")
    lab.until(lambda: lab.count(RST) == 1)
    lab.presumed.clear()
    lab.look()
    client.expect_error("ECONNRESET")
    lab.expect(close__kind="rst", close__first="server", keepalive_tokens=["answered-by-reset", "early", "probe"], probes=1,
               rst_causes=["connection-forgotten"], resets__0__confidence="likely", resets__0__by="server",
               resets__0__impact="nothing-lost")


@scenario()
def after_fin(lab):
    """Keep-alive goes on in a half-closed connection"""
    client, server = lab.pair()
    server.keepalive(1, 1, 3)
    server.send(b"bye").shutdown()
    client.expect_read(b"bye").expect_end()
    lab.wait(1.3)
    found = probes(lab, "server")
    client.close()
    lab.expect(close__kind="four-segment", close__first="server", close__lossless=True, probes=found,
               keepalive_tokens=one_of([], ["after-fin", "answer", "early", "probe"]))
    assert lab.count(FIN) == 2


@scenario()
def probe_in_close_wait(lab):
    """The client probes after the server has closed"""
    client, server = lab.pair()
    client.keepalive(1, 1, 3)
    server.shutdown()
    client.expect_end()
    lab.until(lambda: probes(lab) == 1)
    lab.look()
    client.close()
    lab.expect(close__kind="four-segment", close__first="server", close__lossless=True, probes=1, keepalive_tokens=one_of(
        ANSWERED, ["after-fin", *ANSWERED]))


@scenario()
def data_ends_idle(lab):
    """Data between two probes sets their count back to one"""
    client, server = lab.pair()
    client.keepalive(1, 1, 3)
    lab.until(lambda: probes(lab) == 1)
    lab.look()
    client.send(b"not idle")
    server.expect_read(b"not idle")
    lab.until(lambda: probes(lab) == 2)
    lab.look()
    numbers = [lab.number_of(is_(ACK, side="client", data=False), -1)]
    assert numbers
    lab.expect(close__kind="open", keepalive_tokens=ANSWERED, probes=2)
    lab.expect_frame(is_(ACK, side="client", data=False), -1, keepalive__number=1, role="keepalive-probe", phase="idle")
