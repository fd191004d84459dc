#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hostile HTTP: exchanges with malformed heads, chunks and lengths, pipelining and interim responses, made at random. tshark must not crash and
complain of nothing, and no figure may be false: a status is one that was sent, a body has no more bytes than were sent. Best with a build of
-DLAB_SANITIZE=ON; --exchanges 10000 for an hour's worth.
"""
import json
import os
import pathlib
import random
import re

import formats
import packets
import runner
from packets import ACK, FIN, PSH, RST, Talk
from test_hostile import WORRIES

PER_CONNECTION, CONNECTIONS = 5, 40  # exchanges of a connection, connections of a capture
NUMBERS = (b"0", b"5", b"-5", b"+5", b"0x5", b"5, 5", b"5, 6", b"", b" ", b"5abc", b"4294967301", b"9223372036854775807", b"9223372036854775808",
           b"18446744073709551615", b"99999999999999999999", b"00000000000000000000005", b"5.0", b"\xd9\xa5", b"5\x00", b"1e3")
STATUSES = (b"200", b"204", b"304", b"404", b"500", b"100", b"103", b"999", b"1000", b"99", b"099", b"-200", b"200abc", b"", b"2 00", b"600", b"65736")
LINES = (b"Host: h", b"Host:", b"Host : h", b": x", b"no colon", b" folded", b"\tfolded", b"X: \x1b[2J\xff", b"X: a\x00b", b"Connection: close",
         b"Connection: keep-alive, ,", b"Keep-Alive: timeout=%s, max=%s", b"Content-Length: %s", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip",
         b"Transfer-Encoding: chunked, identity", b"transfer-encoding:\tchunked", b"Content-Type: text/html", b"Expect: 100-continue", b"Upgrade: h2c",
         b"Range: bytes=%s-%s", b"Content-Range: bytes %s-%s/*", b"Cookie: a=b; =; ;;", b"Set-Cookie: " + b"x" * 300, b"Referer: http://h/\xe2\x80\xae",
         b"Host: =1+1;@SUM(A1)", b"Server: -2+cmd|' /C calc'!A0", b"Content-Type: \xef\xbc\x9d1|`<b>", b"Server: [x](javascript:alert(1))\\|",
         b"Location: javascript:alert('<script>')\"onload=x", b"Host: <svg onload=alert(1)>]]>-->&#x1b;")


def head(r, start):
    lines = [start]
    for _ in range(r.choice((1, 2, 3, 5, 8)) if r.random() > 0.01 else 200):
        line = r.choice(LINES)
        lines.append(re.sub(b"%s", lambda _: r.choice(NUMBERS), line))
    return r.choice((b"\r\n", b"\r\n", b"\r\n", b"\n")).join([*lines, b"", b""])


def chunks(r):
    out = b""
    for _ in range(r.randrange(4)):
        data = bytes(r.randrange(256) for _ in range(r.randrange(40)))
        size = r.choice((b"%x" % len(data), b"%X;e=\"v\"" % len(data), b"0x%x" % len(data), b"+%x" % len(data), b"", b"%x " % len(data), b"g", b"f" * 16, b"8" + b"0" * 15,
                         b"0" * 40 + b"%x" % len(data)))
        out += size + b"\r\n" + data + r.choice((b"\r\n", b"\r\n", b"\n", b"", b"xx"))
    return out + r.choice((b"0\r\n\r\n", b"0\r\nX-T: y\r\n\r\n", b"0\r\n", b""))


def body(r):
    return r.choice((lambda: b"", lambda: b"hello", lambda: chunks(r), lambda: bytes(r.randrange(256) for _ in range(r.randrange(200)))))()


def request(r):
    method = r.choice((b"GET", b"POST", b"HEAD", b"CONNECT", b"OPTIONS", b"get", b"G\x00T", b"PRI", b"M-SEARCH", b"A" * 40))
    target = r.choice((b"/", b"/a b", b"*", b"h:443", b"http://h/x", b"/" + b"x" * 3000, b"/\x1b\xc2\x9b\xe2\x80\xae", b"", b"=1+1", b"/|`$(id)`|<!--\"\\"))
    return head(r, method + b" " + target + b" " + r.choice((b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/1.9", b"HTTP/2.0", b"HTTP/1"))) + body(r)


def response(r, sent):
    out = b""
    for _ in range(r.choice((1, 1, 1, 2, 4))):
        status = r.choice(STATUSES)
        sent.add(status)
        out += head(r, b"HTTP/1.1 " + status + r.choice((b" OK", b"", b" ", b" \x1b[31m"))) + (b"" if status[:1] == b"1" else body(r))
    return out


def conversation(r, port, statuses):
    """Frames of a connection, and how many bytes its server sent."""
    talk = Talk(start=port / 10).open()
    for _ in range(PER_CONNECTION):
        asked, answered = b"".join(request(r) for _ in range(r.choice((1, 1, 3)))), response(r, statuses)
        for up, data in ((True, asked), (False, answered)):
            size = r.choice((1400, 1400, 7, 100))
            for at in range(0, min(len(data), size * 30), size):
                talk.send(up, PSH | ACK, data[at:at + size])
    ending = r.choice((FIN | ACK, RST | ACK, None))
    if ending:
        talk.send(r.random() < 0.5, ending)
    ends = packets.Ends(packets.V4.client._replace(port=port), packets.V4.server)
    return packets.frames(talk.segments, ends), sum(len(s.payload) for s in talk.segments if not s.up)


def false_figures(report, statuses, sent):
    readable = {int(s) for s in statuses if re.fullmatch(rb"[1-9][0-9]{2}", s)}
    for x in report["exchanges"]:
        if x["status"] is not None and x["status"] not in readable:
            yield f"exchange {x['number']}: status {x['status']} was not sent"
        if (x["body_bytes"] or 0) > sent[x["stream"]]:
            yield f"exchange {x['number']}: {x['body_bytes']} bytes of body, {sent[x['stream']]} were sent"


def try_one(job):
    seed, work = job
    r, frames, statuses, sent = random.Random(seed), [], set(), []
    for n in range(CONNECTIONS):
        more, count = conversation(r, 50000 + n, statuses)
        frames, sent = frames + more, [*sent, count]
    path = os.path.join(work, f"{seed}.pcap")
    packets.write_pcap(path, frames)
    os.chmod(path, 0o644)
    asked, outputs = formats.arguments(path)
    run = runner.tshark("-2", "-r", path, "-T", "fields", "-e", "lab.note", "-e", "lab.http.target", "-e", "lab.http.header", *asked)
    said = run.stderr.decode(errors="replace")
    found = [line for line in said.splitlines() if any(w in line for w in WORRIES)]
    if run.returncode:
        return [f"seed {seed}: ended with {run.returncode}: {found[:3]} {said[-300:]}"]
    texts = {name: pathlib.Path(to).read_bytes() for name, to in outputs.items()}
    found += [problem for name, data in texts.items() for problem in formats.problems(name, data)]
    found += formats.obeyed(run.stdout)
    found += false_figures(json.loads(texts["report-json"]), statuses, sent)
    for path in outputs.values():
        os.unlink(path)
    return [f"seed {seed}: {problem}" for problem in found]


def main():
    options = runner.arguments(__doc__, [("--exchanges", {"type": int, "default": 400, "help": "how many at least (default 400)"}),
                                         ("--seed", {"type": int, "default": 0, "help": "number of the first capture"})])
    os.environ.setdefault("UBSAN_OPTIONS", "halt_on_error=1:print_stacktrace=1")
    captures = -(-options.exchanges // (PER_CONNECTION * CONNECTIONS))
    with runner.work_directory() as work:
        jobs = [(seed, work) for seed in range(options.seed, options.seed + captures)]
        results = [found for _, found in runner.in_turn(try_one, jobs)]
    runner.finish(f"captures of {PER_CONNECTION * CONNECTIONS} hostile exchanges", sum(not found for found in results),
                  ["\n    ".join(found[:10]) for found in results if found])


if __name__ == "__main__":
    main()
