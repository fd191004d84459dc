#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTP inside TLS that Wireshark decrypts: expected values of frames and exchanges, worked out by hand from the segments of each record.

Every case runs in one pass and in two. A value that depends on a record which is complete in a later frame must be absent in one pass.
Without decrypted records there must be no values.
"""
import collections
import json
import os
import pathlib
import shutil
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[1:1] = [str(HERE.parent / "captures")]
# pylint: disable=wrong-import-position
import packets
import runner
from packets import ACK, FIN, PSH, RST
from secure import Secure, certificate

FIELDS = ["exchange", "index", "method", "status", "request_in", "response_in", "wait", "receive", "page"]
FIELDS = ["lab.http." + f for f in FIELDS] + ["lab.role", "lab.phase", "lab.tls.inside", "lab.tls.step", "lab.anomaly", "lab.note", "lab.http.header",
                                              "lab.keepalive", "lab.close.kind", "lab.rst.cause", "lab.close.lossless",
                                              "lab.tls.alpn", "lab.tls.alpn_is", "lab.tls.certificate.subject"]

# frames: {frame: {field: value}} of both passes; first and second: of that pass only. exchanges, connection, pages: of the report.
Expected = collections.namedtuple("Expected", "frames first second exchanges connection pages ends words count",
                                  defaults=({}, {}, {}, (), {}, None, packets.V4, (), None))


def request(target, method="GET", more="", body=b""):
    return f"{method} {target} HTTP/1.1\r\nHost: lab.example\r\n{more}\r\n".encode() + body


def response(body, status="200 OK", more="", kind="text/plain"):
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


def numbers(frames, exchange):
    return {f: {"exchange": exchange} for f in frames}


NONE = {"exchange": "", "method": "", "status": "", "header": "", "request_in": "", "response_in": "", "page": ""}


def two_on_one_connection(s):
    """Each message is one record in one segment."""
    quiet = s.shake()
    r1, a1 = s.say(True, request("/a")), s.ack(False)
    p1, a2 = s.say(False, response(b"x" * 100)), s.ack(True)
    r2 = s.say(True, request("/b"))
    p2, a3 = s.say(False, response(b"y" * 200, "404 Not Found")), s.ack(True)
    bye, late = s.goodbye(True), s.ack(False)
    s.finish(True)
    return Expected(
        frames={quiet: NONE, r1[0]: {"exchange": 1, "index": 1, "method": "GET", "role": "request", "phase": "request", "inside": "http/1"},
                a1: {"exchange": 1, "phase": "request", "role": "ack"},
                p1[0]: {"exchange": 1, "status": 200, "request_in": r1[0], "role": "response", "phase": "response", "wait": "0.020000000"},
                a2: {"exchange": 1, "phase": "response"}, r2[0]: {"exchange": 2, "index": 2},
                p2[0]: {"exchange": 2, "status": 404, "request_in": r2[0], "wait": "0.010000000", "receive": "0.000000000"},
                a3: {"exchange": 2}, bye: {**NONE, "step": "close-notify"}, late: NONE},
        second={r1[0]: {"response_in": p1[0]}, r2[0]: {"response_in": p2[0]}},
        exchanges=[{"method": "GET", "target": "/a", "status": 200, "body_bytes": 100, "secure": True, "request_frame": r1[0]},
                   {"method": "GET", "target": "/b", "status": 404, "body_bytes": 200, "index": 2, "response_last_frame": p2[0]}],
        connection={"tls.inside": "http/1", "close.kind": "three-segment"})


def over_ipv6(s):
    return two_on_one_connection(s)._replace(ends=packets.V6)


def large_response(s):
    """40000 bytes in records of 16384, 16384 and the rest, each over many segments, with ACKs between."""
    s.shake()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 40000\r\n\r\n"
    whole = head + b"z" * 40000
    r = s.say(True, request("/large"))
    data = s.records(False, whole[:16384], whole[16384:32768], whole[32768:])
    overhead = len(data) - len(whole)
    first_record = 16384 + overhead // 3
    carried, acks = [], []
    for at in range(0, len(data), 1400):
        s.send(False, PSH | ACK, data[at:at + 1400])
        carried.append(s.frame)
        acks.append(s.ack(True))
    complete = carried[(first_record - 1) // 1400]  # the segment with the last byte of the first record
    wait, receive = carried[0] - r[0], carried[-1] - carried[0]
    early = [f for f in carried + acks if f < complete]
    return Expected(
        frames={complete: {"exchange": 1, "role": "response"}, carried[-1]: {"exchange": 1, "wait": f"{wait / 100:.9f}", "receive": f"{receive / 100:.9f}"}},
        first={f: {"exchange": ""} for f in early},
        second={**{f: {"exchange": 1, "role": "response", "phase": "response"} for f in carried}, **{f: {"exchange": 1, "phase": "response"} for f in acks},
                carried[1]: {"exchange": 1, "note": "1400 more bytes of response 1", "request_in": r[0]},
                carried[0]: {"note": "Response to request 1: 200, 10.00 ms after the request"}},
        exchanges=[{"status": 200, "body_bytes": 40000, "response_first_frame": carried[0], "response_last_frame": carried[-1]}])


def upload(s):
    """A POST of 20000 bytes: its request ends with the last segment of its last record."""
    s.shake()
    whole = request("/form", "POST", "Content-Length: 20000\r\n", b"u" * 20000)
    r = s.say(True, whole[:16384], whole[16384:])
    a = s.ack(False)
    p = s.say(False, response(b"", "201 Created"))
    return Expected(
        frames={r[-1]: {"exchange": 1, "role": "request"}, a: {"exchange": 1, "phase": "request"},
                p[0]: {"status": 201, "request_in": r[0], "wait": "0.020000000"}},
        first={f: {"exchange": ""} for f in r[:4]}, second={**numbers(r, 1), r[0]: {"note": "Request 1: POST /form"}, r[1]: {"note": "1400 more bytes of request 1"}},
        exchanges=[{"method": "POST", "status": 201, "request_frame": r[0], "timing.send": (r[-1] - r[0]) / 100, "timing.wait": 0.02}])


def chunked(s):
    """A chunked body, each chunk in a record of its own, three records in one segment."""
    s.shake()
    r = s.say(True, request("/c"))
    p = s.say(False, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"5\r\nhello\r\n", b"6\r\n world\r\n0\r\n\r\n")
    a = s.ack(True)
    return Expected(frames={**numbers(r + p + [a], 1), p[0]: {"status": 200, "receive": "0.000000000"}}, count={"one": len(p) == 1},
                    exchanges=[{"body_bytes": 11, "timing.receive": 0}])


def cut_anywhere(s):
    """Records that end elsewhere than messages: a head in three records, and the end of one response with the next in a record."""
    s.shake()
    q = request("/one") + request("/two")
    r = [s.say(True, part)[0] for part in (q[:5], q[5:30], q[30:])]
    whole = response(b"1" * 50) + response(b"2" * 60, "203 Non-Authoritative Information")
    middle = len(response(b"1" * 50)) - 10
    p = [s.say(False, part)[0] for part in (whole[:7], whole[7:middle], whole[middle:])]
    a = s.ack(True)
    return Expected(
        frames={r[1]: {"exchange": 1}, r[2]: {"exchange": (1, 2)}, p[1]: {"exchange": 1}, p[2]: {"exchange": (1, 2), "status": (200, 203)}, a: {"exchange": 2}},
        second={r[0]: {"exchange": 1}, p[0]: {"exchange": 1, "note": "Response to request 1: 200, 10.00 ms after the request"}},
        exchanges=[{"target": "/one", "status": 200, "request_frame": r[0], "response_first_frame": p[0], "response_last_frame": p[2], "body_bytes": 50},
                   {"target": "/two", "status": 203, "request_frame": r[2], "response_first_frame": p[2], "body_bytes": 60}])


def many_in_a_segment(s):
    """Two requests, a record each, in one segment; HEAD and 304 have no body."""
    s.shake()
    r = s.say(True, request("/h", "HEAD"), request("/n", more='If-None-Match: "1"\r\n'))
    p = s.say(False, b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
    return Expected(frames={r[0]: {"exchange": (1, 2), "method": ("HEAD", "GET")}, p[0]: {"exchange": (1, 2), "status": (200, 304)}},
                    exchanges=[{"method": "HEAD", "status": 200, "body_bytes": 0}, {"status": 304, "body_bytes": 0, "object": "not-modified"}])


BODY_AS_IT_COMES = ("-o", "http.desegment_body:FALSE")


def until_close(s):
    """RFC 9112 9.8: such a body is complete when close_notify comes."""
    s.shake()
    r = s.say(True, request("/u"))
    p = s.say(False, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"b" * 300)
    bye = s.goodbye(False)
    fin = s.finish(False)
    return Expected(frames={**numbers(r + p, 1), bye: NONE, fin: {"anomaly": ""}},
                    exchanges=[{"body_bytes": 300, "timing.wait": 0.01, "timing.receive": 0}], connection={"anomalies": []},
                    words=BODY_AS_IT_COMES)


def until_close_unread(s):
    """Wireshark 4.4 and 4.6 do not decrypt the rest of such a body, unless reassembly is off. The response is then neither complete nor
    truncated. 4.0 decrypts it."""
    s.shake()
    r = s.say(True, request("/u"))
    p = s.say(False, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"b" * 300)
    s.say(False, b"c" * 300)
    bye = s.goodbye(False)
    fin = s.finish(False)
    return Expected(frames={**numbers(r + p, 1), bye: NONE, fin: {"anomaly": ""}}, exchanges=[{"status": 200}], connection={"anomalies": []})


def until_close_without_alert(s):
    """RFC 9112 9.8: without close_notify the body is incomplete."""
    s.shake()
    s.say(True, request("/u"))
    s.say(False, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"b" * 300)
    fin = s.finish(False)
    return Expected(frames={fin: {"anomaly": "truncated-body"}}, exchanges=[{"body_bytes": 300, "timing.receive": None}])


def cut_by_reset(s):
    """Half of the response, and a RST."""
    s.shake()
    s.say(True, request("/r"))
    p = s.say(False, b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"b" * 1000)
    s.ack(True)
    rst = s.reset(False)
    return Expected(frames={p[0]: {"status": 200}, rst: {"cause": "server-aborted-response", "anomaly": ("reset", "truncated-body")}},
                    exchanges=[{"body_bytes": 1000, "timing.receive": None}])


def retransmitted(s):
    """The second segment of a record comes twice: its bytes count once, and both frames belong to the exchange."""
    s.shake()
    s.say(True, request("/t"))
    data = s.records(False, response(b"t" * 3000))
    start = s.next[1]
    p = s.cut(False, data)
    s.send(False, PSH | ACK, data[1400:2800], seq=start + 1400)
    again = s.frame
    return Expected(frames={p[2]: {"exchange": 1}, again: {"exchange": 1, "role": ("response", "retransmission")}}, second=numbers(p, 1),
                    exchanges=[{"body_bytes": 3000, "response_last_frame": p[2]}])


def overtaken(s):
    """The segments of one record come in another order; the last to come completes it."""
    s.shake()
    r = s.say(True, request("/o"))
    data = s.records(False, response(b"o" * 3000))
    start = s.next[1]
    for at in (0, 2800, 1400):
        s.send(False, PSH | ACK, data[at:at + 1400], seq=start + at)
    s.next[1] += len(data)
    p = [s.frame - 2, s.frame - 1, s.frame]
    a = s.ack(True)
    return Expected(frames={**numbers(r + [p[2], a], 1), p[2]: {"status": 200, "exchange": 1, "wait": "0.010000000", "receive": "0.020000000"}},
                    second=numbers(p, 1), exchanges=[{"body_bytes": 3000, "response_first_frame": p[0], "response_last_frame": p[2]}],
                    words=("-o", "tcp.reassemble_out_of_order:TRUE"))


def lost_in_capture(s):
    """A record is not in the capture: later records cannot be decrypted, and have no values."""
    s.shake()
    r1, p1 = s.say(True, request("/1")), s.say(False, response(b"1" * 100))
    s.ack(True)
    r2 = s.say(True, request("/2"))
    gone = s.say(False, response(b"2" * 100))
    del s.segments[gone[0] - 1]
    a = s.ack(True)
    p3 = s.say(False, response(b"3" * 100))
    rst = s.reset(True)
    return Expected(frames={**numbers(r1 + p1, 1), r2[0]: {"exchange": 2}, a: NONE, p3[0]: {**NONE, "phase": "data"}, rst: {"cause": "abort"}},
                    exchanges=[{"status": 200}, {"target": "/2", "status": None, "response_first_frame": None}], connection={"tls.inside": "http/1"})


def without_keys(s):
    """Without keys there are no exchanges."""
    expected = two_on_one_connection(s)
    pathlib.Path(s.keylog).write_text("", encoding="utf-8")
    return Expected(frames={f: {**NONE, "inside": ""} for f in expected.frames}, count={"exchanges": 0}, connection={"tls.inside": None})


def keys_of_the_client_only(s):
    """Only the requests are decrypted: they are exchanges, and their responses do not count as missing."""
    s.shake()
    r, p = s.say(True, request("/k")), s.say(False, response(b"k" * 100))
    a = s.ack(True)
    rst = s.reset(True)
    kept = [line for line in pathlib.Path(s.keylog).read_text(encoding="utf-8").splitlines() if "SERVER_TRAFFIC" not in line]
    pathlib.Path(s.keylog).write_text("\n".join(kept) + "\n", encoding="utf-8")
    return Expected(frames={r[0]: {"exchange": 1, "method": "GET"}, p[0]: {**NONE, "phase": "data"}, a: NONE, rst: {"cause": "abort"}},
                    exchanges=[{"target": "/k", "status": None, "body_bytes": None}])


def http_2(s):
    """RFC 9113 3.4: a connection preface and SETTINGS are HTTP/2, and the report says so."""
    s.shake()
    r = s.say(True, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")
    p = s.say(False, b"\0\0\0\4\0\0\0\0\0")
    return Expected(frames={r[0]: {**NONE, "inside": "http/2"}, p[0]: {**NONE, "inside": "http/2"}}, count={"exchanges": 0}, connection={"tls.inside": "http/2"},
                    second={p[0]: {"note~": "HTTP/2 from the server: settings"}, r[0]: {"note~": "HTTP/2 from the client: preface, settings"}})


def server_speaks_http_2_first(s):
    """A server of TLS 1.3 may send its SETTINGS before it has the client's preface."""
    s.shake()
    s.say(False, b"\0\0\0\4\0\0\0\0\0")
    s.say(True, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")
    return Expected(count={"exchanges": 0}, connection={"tls.inside": "http/2"})


def no_http(s):
    s.shake()
    p = s.say(False, b"220 mail.example ESMTP\r\n")
    s.say(True, b"EHLO lab.example\r\n")
    return Expected(frames={p[0]: {**NONE, "inside": "other"}}, count={"exchanges": 0}, connection={"tls.inside": "other"})


def page_and_picture(s):
    """A page load inside TLS has an https URL."""
    s.shake()
    r1 = s.say(True, request("/", more="Sec-Fetch-Dest: document\r\n"))
    s.say(False, response(b"<html>", kind="text/html"))
    r2 = s.say(True, request("/logo.png", more="Referer: https://lab.example/\r\n"))
    s.say(False, response(b"png", kind="image/png"))
    return Expected(frames={r1[0]: {"page": 1}, r2[0]: {"page": 1}}, pages=[{"url": "https://lab.example/", "exchanges": [1, 2]}])


def heads(s):
    """Every field of a head is shown on the frame that made it readable."""
    s.shake()
    whole = request("/w", more="X-Long: " + "l" * 2000 + "\r\nAccept: */*\r\n")
    r = s.say(True, whole)
    p = s.say(False, response(b"abc", more="Keep-Alive: timeout=5\r\n"))
    return Expected(frames={r[1]: {"header#": 3}, p[0]: {"header#": 3, "header~": "Keep-Alive: timeout=5"}})


def finished_and_request(s):
    """The client's Finished and its first request in one segment (TLS 1.3)."""
    s.open()
    client, server = s.end[1], s.end[0]
    try:
        client.do_handshake()
    except OSError:
        pass
    data = s.wire[3].read()
    s.cut(True, data)
    s.arrive(True, data)
    try:
        server.do_handshake()
    except OSError:
        pass
    data = s.wire[2].read()
    s.cut(False, data, 65000)
    s.arrive(False, data)
    client.do_handshake()
    client.write(request("/f"))
    data = s.wire[3].read()
    r = s.cut(True, data)
    s.arrive(True, data)
    server.do_handshake()
    s.read(False)
    a = s.ack(False)
    data = s.wire[2].read()
    s.arrive(False, data)
    tickets = s.cut(False, data)
    p = s.say(False, response(b"f"))
    return Expected(frames={r[0]: {"exchange": 1, "phase": "request", "step~": "finished", "note~": "Request 1: GET /f; also TLS: "}, a: {"exchange": 1},
                            tickets[0]: {"exchange": "", "role": "data", "step": "session-ticket"}, p[0]: {"exchange": 1, "status": 200}})


def alert_after_the_fin(s):
    """The server sends close_notify and closes. The client's close_notify comes after that and is answered with a RST: nothing is lost."""
    s.shake()
    s.say(True, request("/z"))
    s.say(False, response(b"z"))
    bye = s.goodbye(False)
    s.send(False, FIN | ACK)
    s.ack(True)
    late = s.goodbye(True)
    s.send(False, RST, ack=0)
    return Expected(frames={bye: {**NONE, "step": "close-notify"}, late: {**NONE, "step": "close-notify"}, s.frame: {"cause": "tls-alert-after-close"}})


def protocol_and_certificate(s):
    """RFC 7301 3.2, RFC 8446 4.3.1, 4.4.2: the server's choice and its certificate, which TLS 1.3 encrypts."""
    s.shake()
    s.say(True, request("/p"))
    s.say(False, response(b"p"))
    syn, hello, answer = 1, 4, 5
    return Expected(frames={hello: {"alpn": ("http/1.1", "h2"), "alpn_is": "offered"}, answer: {"alpn": "http/1.1", "alpn_is": "chosen"}},
                    first={syn: {"alpn": "", "subject": ""}}, second={syn: {"alpn": "http/1.1", "alpn_is": "chosen", "subject": "CN=lab.example"}},
                    connection={"tls.alpn": ["http/1.1"], "tls.alpn_is": "chosen", "tls.certificate_subject": "CN=lab.example"})


def protocol_without_keys(s):
    protocol_and_certificate(s)
    pathlib.Path(s.keylog).write_text("", encoding="utf-8")
    offered = {"alpn": ("http/1.1", "h2"), "alpn_is": "offered"}
    return Expected(frames={4: offered, 5: {"alpn": "", "alpn_is": ""}}, second={1: {**offered, "subject": ""}}, count={"exchanges": 0},
                    connection={"tls.alpn": ["http/1.1", "h2"], "tls.alpn_is": "offered", "tls.certificate_subject": None})


def no_protocol_chosen(s):
    """RFC 8446 4.3.1: EncryptedExtensions without ALPN; the client's offer was ignored."""
    protocol_and_certificate(s)
    return Expected(frames={5: {"alpn": "", "alpn_is": ""}}, second={1: {"alpn": ("http/1.1", "h2"), "alpn_is": "ignored"}},
                    connection={"tls.alpn": ["http/1.1", "h2"], "tls.alpn_is": "ignored", "tls.certificate_subject": "CN=lab.example"})


CASES = [two_on_one_connection, over_ipv6, large_response, upload, chunked, cut_anywhere, many_in_a_segment, until_close, until_close_unread, until_close_without_alert,
         cut_by_reset, retransmitted, overtaken, lost_in_capture, without_keys, keys_of_the_client_only, http_2, server_speaks_http_2_first, no_http,
         page_and_picture, heads, alert_after_the_fin, finished_and_request, protocol_and_certificate,
         protocol_without_keys, no_protocol_chosen]
ONLY = {protocol_without_keys: ("1.3",), keys_of_the_client_only: ("1.3",), finished_and_request: ("1.3",), over_ipv6: ("1.3",), server_speaks_http_2_first: ("1.3",)}
# What client and server say of ALPN, RFC 7301.
BOTH = ("http/1.1", "h2")
ALPN = {protocol_and_certificate: (BOTH, BOTH), protocol_without_keys: (BOTH, BOTH), no_protocol_chosen: (BOTH, ())}
WAYS = [("1.2", None), ("1.3", None), ("1.2", "ECDHE-ECDSA-AES128-SHA"), ("1.3", "port")]


# ---- the comparison ----

def field(name):
    return next(f for f in FIELDS if f.endswith("." + name))


def differences(what, rows, frames):
    for number, fields in frames.items():
        for name, wanted in fields.items():
            got = rows[number - 1][field(name.rstrip("~#"))]
            values = [str(v) for v in wanted] if isinstance(wanted, tuple) else [str(wanted)] if wanted != "" else []
            good = got == values
            if name.endswith("~"):
                good = wanted in runner.MULTI.join(got)  # a note may have that in it
            if name.endswith("#"):
                good = len(got) == wanted
            if not good:
                yield f"{what}, frame {number}: {name} is {got}, should be {wanted!r}"


def inner(of, path):
    for key in path.split("."):
        of = of[key]
    return of


def report_differences(report, expected):
    pairs = [(f"exchange {n}", x, e) for n, (x, e) in enumerate(zip(report["exchanges"], expected.exchanges), 1)]
    pairs += [(f"page {n}", x, e) for n, (x, e) in enumerate(zip(report["pages"], expected.pages or ()), 1)]
    pairs.append(("connection", report["connections"][0], expected.connection))
    count = (expected.count or {}).get("exchanges", len(expected.exchanges) or None)
    if count is not None and len(report["exchanges"]) != count:
        yield f"{len(report['exchanges'])} exchanges, should be {count}"
    if expected.pages is not None and len(report["pages"]) != len(expected.pages):
        yield f"{len(report['pages'])} pages, should be {len(expected.pages)}"
    for what, got, wanted in pairs:
        for path, value in wanted.items():
            found = inner(got, path)
            if not (abs(found - value) < 1e-6 if isinstance(value, float) and found is not None else found == value):
                yield f"{what}: {path} is {found!r}, should be {value!r}"


def play(case, version, way, work):
    """Writes the capture, compares, and returns the differences."""
    secure = Secure(work, version, way if way not in (None, "port") else None, *ALPN.get(case, ()))
    expected = case(secure)
    ends = expected.ends
    if way == "port":
        ends = ends._replace(server=ends.server._replace(port=9443))
    else:
        ends = ends._replace(server=ends.server._replace(port=443))
    path = f"{work}/{case.__name__}.pcap"
    packets.write_pcap(path, packets.frames(secure.segments, ends))
    os.chmod(secure.keylog, 0o644)
    words = ["-o", f"tls.keylog_file:{secure.keylog}", *expected.words]
    for passes in (1, 2):
        target = f"{path}.{passes}.json"
        rows = runner.rows(path, FIELDS, "-z", f"lab,report,json,{target}", *words, passes=passes)
        report = json.loads(pathlib.Path(target).read_bytes())
        frames = {n: {**expected.frames.get(n, {}), **(expected.first if passes == 1 else expected.second).get(n, {})}
                  for n in {*expected.frames, *expected.first, *expected.second}}
        yield from differences(f"pass {passes}", rows, frames)
        yield from (f"report of {passes}: {d}" for d in report_differences(report, expected))
    if (expected.count or {}).get("one") is False:
        yield "the conversation is not what the case wants"


def main():
    options = runner.arguments(__doc__, [("--only", {"metavar": "TEXT", "help": "only the cases whose name has TEXT"}),
                                         ("--keep", {"metavar": "DIR", "help": "leave captures and key logs there"})])
    failures, passed = [], 0
    if not shutil.which("openssl"):
        print("skipped: no openssl: install it")
        sys.exit(77)
    with runner.work_directory() as work:
        certificate(work)
        for case in CASES:
            for version, way in WAYS:
                if version not in ONLY.get(case, (version,)) or (way == "port" and case is not two_on_one_connection):
                    continue
                name = f"{case.__name__.replace('_', ' ')}, TLS {version}{', ' + way if way else ''}"
                if options.only and options.only not in name:
                    continue
                found = list(play(case, version, way, work))
                passed += not found
                if found:
                    failures.append(name + "".join(f"\n    {line[:300]}" for line in found[:10]))
                if options.keep:
                    shutil.copytree(work, os.path.join(options.keep, name.replace(" ", "-")), dirs_exist_ok=True)
    runner.finish("decrypted", passed, failures)


if __name__ == "__main__":
    main()
