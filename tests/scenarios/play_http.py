# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTP over the real stack: exchanges, persistence, endings."""
from registry import scenario
from stack import ACK, FIN, RST, is_, one_of


def request(target, *headers, method="GET", version="1.1"):
    return "\r\n".join([f"{method} {target} HTTP/{version}", "Host: lab", *headers, "", ""]).encode()


def response(status, body=b"", *headers, length=None, version="1.1"):
    length = len(body) if length is None else length
    lines = [f"HTTP/{version} {status} Reason", *headers] + ([f"Content-Length: {length}"] if length >= 0 else [])
    return "\r\n".join([*lines, "", ""]).encode() + body


def serve(client, server, asked, answer):
    client.send(asked)
    server.expect_read(asked).send(answer)
    client.expect_read(answer)


@scenario("ipv6", "loopback")
def keep_alive_three(lab):
    """Three exchanges on one connection, then the server closes"""
    client, server = lab.pair()
    for target, status in (("/", 200), ("/missing", 404), ("/last", 200)):
        serve(client, server, request(target), response(status, b"body"))
    server.close()
    client.expect_end().close()
    lab.expect(close__kind="four-segment", close__first="server", close__lossless=True, statuses=[200, 404, 200],
               exchanges__0__target="/", exchanges__1__index=2, exchanges__2__body_bytes=4, exchanges__2__method="GET")
    lab.expect_frame(is_(ACK, side="server", data=True), 1, role="response", phase="response", http__status=404, http__index=2)


@scenario("ipv6")
def connection_close(lab):
    """Connection: close is announced and kept"""
    client, server = lab.pair()
    serve(client, server, request("/", "Connection: close"), response(200, b"x" * 3000, "Connection: close"))
    server.close()
    client.expect_end().close()
    lab.expect(close__kind="four-segment", close__first="server", close__reason="connection-close", close__lossless=True,
               statuses=[200], exchanges__0__body_bytes=3000, persistence_tokens=one_of([], ["close-kept"], ["close-kept", "single-use"]))


@scenario()
def http_1_0(lab):
    """HTTP/1.0: the end of the connection is the end of the body"""
    client, server = lab.pair()
    client.send(request("/old", version="1.0"))
    server.read()
    server.send(response(200, b"y" * 500, length=-1, version="1.0"), look=False).close()
    client.read_all(10000)
    client.close()
    lab.expect(close__first="server", close__reason="http-1.0", close__lossless=True, statuses=[200],
               exchanges__0__body_bytes=500, close__kind=one_of("four-segment", "three-segment"),
               persistence_tokens=one_of([], ["close-kept"], ["single-use"], ["close-kept", "single-use"]))


@scenario()
def chunked(lab):
    """A chunked response in three pieces"""
    client, server = lab.pair()
    client.send(request("/stream"))
    server.read()
    server.send(response(200, b"", "Transfer-Encoding: chunked", length=-1))
    for chunk in (b"5\r\nhello\r\n", b"6\r\n world\r\n", b"0\r\n\r\n"):
        server.send(chunk)
    client.read_all(10)
    client.read()
    serve(client, server, request("/next"), response(200, b"n"))
    client.close()
    server.expect_end().close()
    lab.expect(close__kind="four-segment", close__first="client", close__lossless=True, statuses=[200, 200],
               exchanges__0__body_bytes=11)


@scenario()
def pipelined(lab):
    """Two requests in one segment, two responses in order"""
    client, server = lab.pair()
    client.send(request("/first") + request("/second"))
    server.read()
    server.send(response(200, b"1"))
    server.send(response(404, b"2"))
    client.read()
    client.close()
    server.expect_end().close()
    lab.expect(close__kind="four-segment", statuses=[200, 404], exchanges__0__target="/first", exchanges__1__target="/second")


@scenario()
def raced_request(lab):
    """The server closes an idle connection while the next request is on its way: it is reset and not served"""
    client, server = lab.pair()
    serve(client, server, request("/"), response(200, b"body"))
    lab.wire.hold()
    server.close(look=False)
    lab.until(lambda: len(lab.wire.held) == 1)
    client.send(request("/raced"), look=False)
    lab.until(lambda: len(lab.wire.held) == 2)
    lab.wire.release()
    lab.look()
    client.expect_end()  # it reads the FIN, which came before the RST
    lab.expect(close__kind="fin-then-rst", close__first="server", close__lossless=False, statuses=[200, None],
               rst_causes=["request-raced-close"], resets__0__impact="bytes-lost", resets__0__by="server",
               resets__0__bytes_lost=len(request("/raced")), resets__0__confidence="certain",
               persistence_tokens=one_of(["raced"], ["closed-without-notice", "raced"], ["closed-without-notice", "raced", "single-use"]))


@scenario()
def truncated_by_close(lab):
    """The server closes in the middle of the body: fewer bytes than promised"""
    client, server = lab.pair()
    client.send(request("/big"))
    server.read()
    server.send(response(200, b"z" * 1000, length=5000)).close()
    client.read_all(10000)
    client.close()
    lab.expect(close__kind="four-segment", close__first="server", statuses=[200], exchanges__0__body_bytes=1000,
               anomaly_tokens=one_of([], ["truncated-body"]), persistence_tokens=["truncated-body"])


@scenario()
def truncated_by_abort(lab):
    """The server aborts in the middle of the body"""
    client, server = lab.pair()
    client.send(request("/big"))
    server.read()
    server.send(response(200, b"z" * 1000, length=5000)).abort()
    client.read()
    lab.expect(close__kind="rst", close__first="server", statuses=[200], rst_causes=["server-aborted-response"],
               resets__0__impact="bytes-lost", resets__0__bytes_lost=4000, resets__0__by="server",
               anomaly_tokens=one_of([], ["truncated-body"]), persistence_tokens=one_of([], ["truncated-body"]))


@scenario()
def client_stops_reading(lab):
    """The client closes with most of the response unread: client-cancelled-response"""
    client, server = lab.pair()
    client.send(request("/film"))
    server.read()
    server.send(response(200, b"f" * 4000, length=100_000))
    client.read_all(100)
    client.close()
    server.expect_error("ECONNRESET")
    lab.expect(close__kind="rst", close__first="client", rst_causes=["client-cancelled-response"], resets__0__by="client",
               resets__0__impact="bytes-lost", statuses=[200], anomaly_tokens=one_of([], ["truncated-body"]),
               persistence_tokens=one_of([], ["truncated-body"]))


@scenario()
def closed_with_request_unread(lab):
    """The server answers and closes while part of a request is unread: the response may be lost to the client"""
    client, server = lab.pair()
    client.send(request("/upload", "Content-Length: 4000", method="POST") + b"u" * 4000)
    server.read_all(100)
    server.send(response(413, b"too large", "Connection: close"))
    server.close()
    lab.expect(close__kind="rst", close__first="server", statuses=[413], resets__0__by="server", rst_causes=["abort"])


@scenario()
def unused_connection(lab):
    """A browser's spare connection: opened, never used, closed by the server"""
    client, server = lab.pair()
    server.close()
    client.expect_end().close()
    lab.expect(close__kind="four-segment", close__first="server", close__lossless=True, statuses=[],
               persistence_tokens=one_of([], ["unused"]))


@scenario()
def slow_answer(lab):
    """The time to the first byte is the server's delay"""
    client, server = lab.pair()
    client.send(request("/slow"))
    server.read()
    lab.wait(0.5)
    server.send(response(200, b"done"))
    client.read()
    packets = lab.wire.packets
    asked = next(p.time for p in packets if p.data and p.side == "client")
    answered = next(p.time for p in packets if p.data and p.side == "server")
    lab.expect(close__kind="open", statuses=[200], exchanges__0__timing__wait={"about": answered - asked, "within": 0.001})
    assert lab.count(FIN) + lab.count(RST) == 0


@scenario()
def four_in_parallel(lab):
    """Four connections at once, answered in another order"""
    listener = lab.listen()
    pairs = [(lab.dial(), lab.accept(listener)) for _ in range(4)]
    for number, (client, _) in enumerate(pairs):
        client.send(request(f"/{number}"))
    for number in (2, 0, 3, 1):
        client, server = pairs[number]
        server.read()
        server.send(response(200 + number, b"p" * number)).close()
        client.read_all(1000)
        client.close()
        lab.expect(number, statuses=[200 + number], close__kind="four-segment", close__first="server", close__lossless=True,
                   exchanges__0__target=f"/{number}", persistence_tokens=["closed-without-notice", "single-use"])
