#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests that are malformed, doubtful or dangerous, byte by byte: the answer and what becomes of the connection, by hand
from RFC 9110 and 9112, and from the known ways to smuggle one request in another.

Every case is followed on the same connection by a second request for /second, which must be answered only where the case says so.
What a case expects is a row of words:
  400            this status and no other; several with | between them; "none" is no answer at all
  open | close   whether the connection lives on: then the second request is answered, and it is answered once

Several words stand where the RFC leaves a choice, or where libmicrohttpd decides before labserver sees the request and its versions
differ. Two things cannot be seen from behind libmicrohttpd 0.9.75, which ignores what is behind a zero byte in a line and a line
without a name: there the table takes what it does, as long as nothing behind it is taken for a request. And libmicrohttpd 1.0.1
refuses chunk extensions, which RFC 9112, 7.1.1 wants ignored.
"""

import argparse
import concurrent.futures
import os
import re
import select
import socket
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import harness

SECOND = b"GET /second HTTP/1.1\r\nHost: second\r\n\r\n"
H = "Host: a\r\n"
GET = "GET / HTTP/1.1\r\n" + H
POST = "POST /form HTTP/1.1\r\n" + H
CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n"

# name, bytes, expected; {S} stands for a request for /smuggled, which must never be answered
CASES = [
    # ---- the request line: RFC 9112, 3 ----
    ("sound request", GET + "\r\n", "200 open"),
    ("empty line before the request (2.2: should be ignored)", "\r\n" + GET + "\r\n", "200 open"),
    ("several empty lines before the request", "\r\n\r\n\r\n" + GET + "\r\n", "200|400 open|close"),
    ("no version (HTTP/0.9)", "GET /\r\n\r\n", "400|505|none|200 close"),
    ("no target", "GET HTTP/1.1\r\n" + H + "\r\n", "400|none|404 close|open"),
    ("nothing but a method", "GET\r\n\r\n", "400|none close"),
    ("space before the method", " GET / HTTP/1.1\r\n" + H + "\r\n", "400|501|none close|open"),
    ("two spaces after the method (3: 400, or 301 to what is meant)", "GET  / HTTP/1.1\r\n" + H + "\r\n", "400|301|200 close|open"),
    ("two spaces before the version", "GET /  HTTP/1.1\r\n" + H + "\r\n", "400|301|200 close|open"),
    ("tab for space", "GET\t/\tHTTP/1.1\r\n" + H + "\r\n", "400|501|505|none|200 close|open"),
    ("space in the target", "GET /a b HTTP/1.1\r\n" + H + "\r\n", "400|301|none close"),
    ("lower-case method", "get / HTTP/1.1\r\n" + H + "\r\n", "501 open"),
    ("unknown method", "BREW / HTTP/1.1\r\n" + H + "\r\n", "501 open"),
    ("method that is no token", "G(T / HTTP/1.1\r\n" + H + "\r\n", "400|501 close|open"),
    ("method with a control character", "G\x01T / HTTP/1.1\r\n" + H + "\r\n", "400|501 close|open"),
    ("method of 7000 letters", "A" * 7000 + " / HTTP/1.1\r\n" + H + "\r\n", "400|501 close|open"),
    ("lower-case http in the version (2.3)", "GET / http/1.1\r\n" + H + "\r\n", "400|505|none close"),
    ("version HTTP/2.0", "GET / HTTP/2.0\r\n" + H + "\r\n", "505|400 close"),
    ("version HTTP/3.1", "GET / HTTP/3.1\r\n" + H + "\r\n", "505|400 close"),
    ("version HTTP/0.9 in words", "GET / HTTP/0.9\r\n" + H + "\r\n", "505|400|none close"),
    ("version HTTP/1.9 (2.5: answered as 1.1)", "GET / HTTP/1.9\r\n" + H + "\r\n", "200|505|400 open|close"),
    ("version HTTP/11.1", "GET / HTTP/11.1\r\n" + H + "\r\n", "400|505|none close"),
    ("version HTTP/1.10", "GET / HTTP/1.10\r\n" + H + "\r\n", "400|505|none close"),
    ("version HTTP/01.1", "GET / HTTP/01.1\r\n" + H + "\r\n", "400|505|none close"),
    ("version HTTP/1", "GET / HTTP/1\r\n" + H + "\r\n", "400|505|none close"),
    ("version HTTP/1.", "GET / HTTP/1.\r\n" + H + "\r\n", "400|505|none close"),
    ("version HTTP/1.x", "GET / HTTP/1.x\r\n" + H + "\r\n", "400|505|none close"),
    ("version of another protocol", "GET / ICAP/1.0\r\n" + H + "\r\n", "400|505|none close"),
    ("something behind the version", "GET / HTTP/1.1 x\r\n" + H + "\r\n", "400|505|none close"),
    ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400|505|none close"),
    ("TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "400|none close|open"),
    ("nothing but zero bytes", "\0" * 64 + "\r\n\r\n", "400|501|505|none close|open"),
    ("zero byte in the target", "GET /a\0b HTTP/1.1\r\n" + H + "\r\n", "400|none|404 close|open"),
    ("control character in the target", "GET /a\x01b HTTP/1.1\r\n" + H + "\r\n", "400 close"),
    ("delete character in the target", "GET /a\x7fb HTTP/1.1\r\n" + H + "\r\n", "400 close"),
    ("raw UTF-8 in the target (browsers encode it, curl does not)", "GET /\xe4\xbd\xa0 HTTP/1.1\r\n" + H + "\r\n", "404 open"),
    ("%00 in the path", "GET /a%00b HTTP/1.1\r\n" + H + "\r\n", "400 close"),
    ("% without digits", "GET /a%zz HTTP/1.1\r\n" + H + "\r\n", "400 close"),
    ("% at the end", "GET /a% HTTP/1.1\r\n" + H + "\r\n", "400 close"),
    ("% with one digit", "GET /a%4 HTTP/1.1\r\n" + H + "\r\n", "400 close"),
    ("encoded slash and dots", "GET /..%2f..%2fetc%2fpasswd HTTP/1.1\r\n" + H + "\r\n", "404 open"),
    ("dots out of the root", "GET /../../etc/passwd HTTP/1.1\r\n" + H + "\r\n", "404 open"),
    ("double-encoded dots", "GET /%252e%252e/etc/passwd HTTP/1.1\r\n" + H + "\r\n", "404 open"),
    ("overlong UTF-8 slash", "GET /..%c0%af../etc/passwd HTTP/1.1\r\n" + H + "\r\n", "404 open"),
    ("backslashes", "GET /..\\..\\etc\\passwd HTTP/1.1\r\n" + H + "\r\n", "404 open"),
    ("encoded CR LF in the path", "GET /a%0d%0aX:%20y HTTP/1.1\r\n" + H + "\r\n", "404 open"),
    ("target without a slash", "GET index.html HTTP/1.1\r\n" + H + "\r\n", "400 close"),
    ("asterisk with GET (3.2.4: OPTIONS only)", "GET * HTTP/1.1\r\n" + H + "\r\n", "400 close"),
    ("asterisk with OPTIONS", "OPTIONS * HTTP/1.1\r\n" + H + "\r\n", "204 open"),
    ("authority with CONNECT", "CONNECT a:443 HTTP/1.1\r\n" + H + "\r\n", "405|501 open"),
    ("authority with GET", "GET a:80 HTTP/1.1\r\n" + H + "\r\n", "400 close"),
    ("absolute form", "GET http://other/ HTTP/1.1\r\n" + H + "\r\n", "200 open"),
    ("absolute form, scheme in capitals", "GET HTTP://other/ HTTP/1.1\r\n" + H + "\r\n", "200 open"),
    ("absolute form of another scheme", "GET ftp://other/ HTTP/1.1\r\n" + H + "\r\n", "400 close"),
    ("absolute form without Host (3.2: still an error)", "GET http://other/ HTTP/1.1\r\n\r\n", "400 close"),
    ("target of 8100 bytes", "GET /" + "a" * 8100 + " HTTP/1.1\r\n" + H + "\r\n", "414 close"),
    ("target of 40000 bytes", "GET /" + "a" * 40000 + " HTTP/1.1\r\n" + H + "\r\n", "414 close"),
    ("fragment in the target", "GET /#x HTTP/1.1\r\n" + H + "\r\n", "400|404 close|open"),
    ("TRACE with a secret", "TRACE / HTTP/1.1\r\n" + H + "Cookie: secret\r\n\r\n", "405 open"),

    # ---- Host: RFC 9112, 3.2 ----
    ("no Host", "GET / HTTP/1.1\r\n\r\n", "400 close"),
    ("two different Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400 close"),
    ("the same Host twice", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400 close"),
    ("Host in other letters, twice", "GET / HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n", "400 close"),
    ("two names in one Host", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", "400 close"),
    ("space in Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400 close"),
    ("path in Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400 close"),
    ("user in Host", "GET / HTTP/1.1\r\nHost: me@a\r\n\r\n", "400 close"),
    ("letters for the port of Host", "GET / HTTP/1.1\r\nHost: a:http\r\n\r\n", "400 close"),
    ("open bracket in Host", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "400 close"),
    ("IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "200 open"),
    ("empty Host (3.2: allowed)", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "200 open"),
    ("Host with a control character", "GET / HTTP/1.1\r\nHost: a\x01\r\n\r\n", "400 close"),
    ("Host with a quote", "GET / HTTP/1.1\r\nHost: a\"b\r\n\r\n", "400 close"),
    ("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", "200 close"),
    ("HTTP/1.0 with two Hosts", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "400 close"),

    # ---- header lines: RFC 9112, 5 and RFC 9110, 5 ----
    ("space before the colon (5.1: MUST be refused)", GET + "X-A : b\r\n\r\n", "400 close"),
    ("tab before the colon", GET + "X-A\t: b\r\n\r\n", "400 close"),
    ("line without a colon", GET + "nonsense\r\n\r\n", "400 close"),
    ("empty name", GET + ": b\r\n\r\n", "400|200 close|open"),
    ("space in the name", GET + "X A: b\r\n\r\n", "400 close"),
    ("name that is no token", GET + "X(A): b\r\n\r\n", "400 close"),
    ("name with a control character", GET + "X\x01A: b\r\n\r\n", "400 close"),
    ("name with UTF-8", GET + "X\xe4\xbd\xa0: b\r\n\r\n", "400 close"),
    ("zero byte in a value", GET + "X-A: b\0c\r\n\r\n", "400|none|200 close|open"),
    ("control character in a value", GET + "X-A: b\x01c\r\n\r\n", "400 close"),
    ("CR in a value (2.2)", GET + "X-A: b\rX-B: c\r\n\r\n", "400|200 close|open"),
    ("tab in a value (allowed)", GET + "X-A: b\tc\r\n\r\n", "200 open"),
    ("UTF-8 in a value (opaque, allowed)", GET + "X-A: \xe4\xbd\xa0\r\n\r\n", "200 open"),
    ("empty value", GET + "X-A:\r\n\r\n", "200 open"),
    ("space before the first header line (2.2)", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "400 close"),
    ("folded line (5.2: refuse, or replace by a space)", GET + "X-A: b\r\n c\r\n\r\n", "400|200 close|open"),
    ("folded Host", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "400 close"),
    ("bare LF at the ends of lines (2.2: may be accepted)", "GET / HTTP/1.1\nHost: a\n\n", "200|400 open|close"),
    ("150 header lines", GET + "".join("X-%d: y\r\n" % i for i in range(150)) + "\r\n", "431 close"),
    ("header of 40000 bytes", GET + "X-A: " + "b" * 40000 + "\r\n\r\n", "431|413 close"),
    ("name of 40000 bytes", GET + "X" * 40000 + ": b\r\n\r\n", "431|413|400 close"),
    ("Expect something else (RFC 9110, 10.1.1)", GET + "Expect: a-miracle\r\n\r\n", "417 close"),
    ("Connection: close", GET + "Connection: close\r\n\r\n", "200 close"),
    ("Connection: a list with close", GET + "Connection: x, Close\r\n\r\n", "200 close"),
    ("Connection: keep-alive with HTTP/1.0", "GET / HTTP/1.0\r\n" + H + "Connection: keep-alive\r\n\r\n", "200 open"),

    # ---- the body's length: RFC 9112, 6 ----
    ("sound Content-Length", POST + "Content-Length: 3\r\n\r\nabc", "200 open"),
    ("leading zeros", POST + "Content-Length: 0003\r\n\r\nabc", "200 open"),
    ("Content-Length twice, equal", POST + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "400 close"),
    ("Content-Length twice, different", POST + "Content-Length: 0\r\nContent-Length: {L}\r\n\r\n{S}", "400 close"),
    ("Content-Length as a list", POST + "Content-Length: 3, 3\r\n\r\nabc", "400 close"),
    ("Content-Length as a list of two", POST + "Content-Length: 0, {L}\r\n\r\n{S}", "400 close"),
    ("Content-Length with a plus", POST + "Content-Length: +3\r\n\r\nabc", "400 close"),
    ("Content-Length with a minus", POST + "Content-Length: -3\r\n\r\nabc", "400 close"),
    ("Content-Length in hexadecimal", POST + "Content-Length: 0x3\r\n\r\nabc", "400 close"),
    ("Content-Length with letters behind", POST + "Content-Length: 3abc\r\n\r\nabc", "400 close"),
    ("Content-Length with a point", POST + "Content-Length: 3.0\r\n\r\nabc", "400 close"),
    ("Content-Length with a space inside", POST + "Content-Length: 1 2\r\n\r\nabc", "400 close"),
    ("Content-Length empty", POST + "Content-Length:\r\n\r\n", "400 close"),
    ("Content-Length of words", POST + "Content-Length: many\r\n\r\n", "400 close"),
    ("Content-Length of 2^64", POST + "Content-Length: 18446744073709551616\r\n\r\n", "400|413 close"),
    ("Content-Length of 2^63", POST + "Content-Length: 9223372036854775808\r\n\r\n", "400|413 close"),
    ("Content-Length over the limit", POST + "Content-Length: 99999999\r\n\r\n", "413 close"),
    ("space before the colon of Content-Length", POST + "Content-Length : {L}\r\n\r\n{S}", "400 close"),
    ("underscore for the dash (another header)", GET + "Content_Length: 3\r\n\r\n", "200 open"),
    ("Content-Length with GET", GET + "Content-Length: {L}\r\n\r\n{S}", "200 open"),
    ("Content-Length with HEAD", "HEAD / HTTP/1.1\r\n" + H + "Content-Length: 3\r\n\r\nabc", "200 open"),
    ("Content-Length with OPTIONS", "OPTIONS / HTTP/1.1\r\n" + H + "Content-Length: 3\r\n\r\nabc", "204 open"),
    ("body for a method that is not allowed", "PUT / HTTP/1.1\r\n" + H + "Content-Length: {L}\r\n\r\n{S}", "405 open"),
    ("body for an unknown method", "BREW / HTTP/1.1\r\n" + H + "Content-Length: {L}\r\n\r\n{S}", "501 open"),

    # ---- both lengths, and codings: the ways to smuggle ----
    ("CL.TE: both headers", POST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{S}", "400 close"),
    ("TE.CL: both, the other way round", POST + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{S}", "400 close"),
    ("both, Content-Length 0", POST + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n{S}", "400 close"),
    ("TE.TE: chunked twice", POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{S}", "400|501 close"),
    ("TE.TE: chunked and nonsense", POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n\r\n0\r\n\r\n{S}", "400|501 close"),
    ("TE.TE: identity and chunked", POST + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{S}", "400|501 close"),
    ("chunked, identity", POST + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{S}", "400|501 close"),
    ("chunked, chunked", POST + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n{S}", "400|501 close"),
    ("gzip, chunked", POST + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n{S}", "400|501 close"),
    ("gzip alone", POST + "Transfer-Encoding: gzip\r\n\r\n{S}", "400|501 close"),
    ("identity", POST + "Transfer-Encoding: identity\r\n\r\n{S}", "400|501 close"),
    ("xchunked", POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{S}", "400|501 close"),
    ("chunked in quotes", POST + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n{S}", "400|501 close"),
    ("chunked with a parameter", POST + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n{S}", "400|501 close"),
    ("chunked with a control character", POST + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n{S}", "400|501 close"),
    ("space before the colon of Transfer-Encoding", POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{S}", "400 close"),
    ("folded Transfer-Encoding", POST + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", "400|501|200 close|open"),
    ("empty Transfer-Encoding", POST + "Transfer-Encoding:\r\n\r\n{S}", "400|501 close"),
    ("Transfer-Encoding with HTTP/1.0", "POST /form HTTP/1.0\r\n" + H + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{S}", "400 close"),
    ("Transfer-Encoding with GET", GET + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "200 open"),
    ("Transfer-Encoding in capitals (names ignore case)", POST + "TRANSFER-ENCODING: CHUNKED\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "200 open"),

    # ---- chunks: RFC 9112, 7.1 ----
    ("sound chunks", CHUNKED + "3\r\nabc\r\n0\r\n\r\n", "200 open"),
    ("chunk extension", CHUNKED + "3;a=b\r\nabc\r\n0\r\n\r\n", "200|400 open|close"),
    ("trailer", CHUNKED + "3\r\nabc\r\n0\r\nX-A: b\r\n\r\n", "200 open"),
    ("upper-case hexadecimal", CHUNKED + "A\r\n0123456789\r\n0\r\n\r\n", "200 open"),
    ("leading zeros in a size", CHUNKED + "003\r\nabc\r\n000\r\n\r\n", "200 open"),
    ("size that is no number", CHUNKED + "xyz\r\nabc\r\n0\r\n\r\n", "400|none close"),
    ("negative size", CHUNKED + "-3\r\nabc\r\n0\r\n\r\n", "400|none close"),
    ("size with 0x", CHUNKED + "0x3\r\nabc\r\n0\r\n\r\n", "400|none close"),
    ("size with a plus", CHUNKED + "+3\r\nabc\r\n0\r\n\r\n", "400|none close"),
    ("empty size", CHUNKED + "\r\nabc\r\n0\r\n\r\n", "400|none close"),
    ("size of 2^64", CHUNKED + "10000000000000000\r\nabc\r\n0\r\n\r\n", "400|413|none close"),
    ("size of 17 digits", CHUNKED + "fffffffffffffffff\r\nabc\r\n0\r\n\r\n", "400|413|none close"),
    ("longer data than the size", CHUNKED + "3\r\nabcd\r\n0\r\n\r\n", "400|none close"),
    ("no line end behind the data", CHUNKED + "3\r\nabc0\r\n\r\n", "400|none close"),
    ("space before the size", CHUNKED + " 3\r\nabc\r\n0\r\n\r\n", "400|none|200 close|open"),
    ("trailer with a length", CHUNKED + "0\r\nContent-Length: {L}\r\n\r\n", "200|400 open|close"),
]
FINAL = re.compile(rb"HTTP/1\.[01] (\d\d\d) [^\r\n]*\r\n(.*?)\r\n\r\n", re.S)


def bytes_of(text):
    smuggled = "GET /smuggled HTTP/1.1\r\n" + H + "\r\n"
    return text.replace("{L}", str(len(smuggled))).replace("{S}", smuggled).encode("latin-1")


def converse(port, data):
    """Everything that comes back, and whether the server closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        try:
            client.sendall(data + SECOND)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = b""
        while select.select([client], [], [], 0.5)[0]:
            try:
                more = client.recv(65536)
            except ConnectionResetError:
                return answer, True
            if not more:
                return answer, True
            answer += more
        return answer, False


def judge(answer, closed, expected):
    """What is wrong, or None."""
    statuses, states = (words.split("|") for words in expected.split())
    found = [int(m.group(1)) for m in FINAL.finditer(answer) if m.group(1) != b"100"]
    second = b"/second" in answer
    first = "none" if not found or (second and len(found) == 1) else str(found[0])
    state = "close" if closed or not second else "open"
    if first not in statuses:
        return "%s instead of %s" % (first, statuses)
    if state not in states:
        return "%s instead of %s" % (state, states)
    if b"/smuggled" in answer:
        return "the smuggled request was answered"
    if second and closed and b"onnection: close" not in answer.lower():
        return "closed without a word"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--server", required=True, help="the labserver to test")
    parser.add_argument("--show", action="store_true", help="print what happened to every case")
    options = parser.parse_args()
    harness.ARGUMENTS.server = os.path.abspath(options.server)
    failed = 0
    with harness.Server() as server:
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            results = list(pool.map(lambda case: converse(server.port, bytes_of(case[1])), CASES))
        for (name, _, expected), (answer, closed) in zip(CASES, results):
            problem = judge(answer, closed, expected)
            failed += bool(problem)
            if problem or options.show:
                statuses = [int(m.group(1)) for m in FINAL.finditer(answer)]
                print("%s  %s: %s  %s" % ("FAIL" if problem else "ok  ", name, problem or "", [statuses, closed, b"labserver" in answer]))
        if server.ask("/").status != 200:
            failed += 1
            print("FAIL  the server does not serve any more")
    print("%d passed, %d failed" % (len(CASES) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
