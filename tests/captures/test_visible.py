#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing that a terminal or a browser obeys leaves the plugin: control characters, marks that turn the direction of text, separators of
lines, characters without width and bytes that are no UTF-8, in every place of a message where a capture's author may put them.
"""
import os
import pathlib

import formats
import packets
import runner
from packets import ACK, PSH, Talk

# Each with the escapes in which it is shown: RFC 3629 says what is no UTF-8, ISO/IEC 6429 what C0 and C1 are, UAX 9 what turns text.
HOSTILE = (
    (b"\x1b[31m", "\\x1b[31m"),
    (b"\x07\x7f", "\\x07\\x7f"),
    (b"\x9b2J", "\\x9b2J"),
    ("\u009b2J".encode(), "\\u009b2J"),
    ("\u202egpj".encode(), "\\u202egpj"),
    ("\u2066x\u2069".encode(), "\\u2066x\\u2069"),
    ("\u200e\u200f\u061c".encode(), "\\u200e\\u200f\\u061c"),
    ("\u2028\u2029".encode(), "\\u2028\\u2029"),
    ("\ufeff\u200b".encode(), "\\ufeff\\u200b"),
    ("\U000e0041".encode(), "\\U000e0041"),
    (b"\xc0\xaf", "\\xc0\\xaf"),
    (b"\xed\xa0\x80", "\\xed\\xa0\\x80"),
    (b"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"),
    (b"\xff", "\\xff"),
    (b"</script><img src=x onerror=alert(1)>", "</script><img src=x onerror=alert(1)>"),
)
WORDS = ("report", *formats.TABLES, "exchange,{n}", "exchange,{n},md", "exchange,{n},json",
         "connection,{s}", "connection,{s},md", "connection,{s},json")


def message(up, *lines, body=b""):
    return up, b"\r\n".join((*lines, b"", body))


def conversation(bytes_of_hostile, port):
    """One exchange with the bytes in every place."""
    h = bytes_of_hostile
    talk = Talk(start=port / 100).open()
    for up, data in (message(True, b"GET /a" + h + b"?q=" + h + b" HTTP/1.1", b"Host: h" + h, b"Cookie: c" + h + b"=" + h, b"X-" + h + b": " + h),
                     message(False, b"HTTP/1.1 200 OK" + h, b"Content-Type: text/html" + h, b"Server: s" + h, b"Location: /" + h,
                             b"Connection: close", b"Transfer-Encoding: chunked",
                             body=b"1;e=" + h + b"\r\na\r\n0\r\nX-T" + h + b": " + h + b"\r\n\r\n"),
                     message(True, b"POST * HTTP/1.1", b"Host: h"), message(False, b"HTTP/1.1 302 " + h, b"Location: " + h)):
        talk.send(up, PSH | ACK, data)
    ends = packets.Ends(packets.V4.client._replace(port=port), packets.V4.server)
    return packets.frames(talk.close().segments, ends)


def outputs(path, hosts):
    """What the plugin writes of the capture: name -> bytes."""
    fields = [word for name in runner.lab_fields() for word in ("-e", name)]
    runs = {"fields": ("-T", "fields", "-E", "occurrence=a", *fields), "tree": ("-V", "-O", "lab"), "ek": ("-T", "ek", "-J", "lab"),
            "json": ("-T", "json", "-J", "lab"), "xml": ("-T", "pdml", "-J", "lab")}
    for word in WORDS:
        asked = {f"lab,{word.format(n=2 * n + 1, s=n)}": None for n in range(hosts)}
        runs[word] = ("-q", *(part for statistic in asked for part in ("-z", statistic)))
    for name, run in runner.in_turn(lambda name: runner.tshark("-r", path, *runs[name]), list(runs)):
        if run.returncode:
            raise RuntimeError(f"{name}: tshark ended with {run.returncode}: {run.stderr.decode(errors='replace')}")
        yield name, run.stdout
    asked, files = formats.arguments(path)
    runner.tshark("-r", path, "-q", *asked, check=True)
    for name, file in files.items():
        yield name, pathlib.Path(file).read_bytes()


def lab_tree(data):
    """The lines below Lab's item of each frame: the dissectors of Wireshark write what they like."""
    kept, inside = [], False
    for line in data.split(b"\n"):
        inside = line.startswith(b"[Lab") or (inside and line.startswith(b" "))
        kept += [line] if inside else []
    return b"\n".join(kept)


def problems(path):
    for name, data in outputs(path, len(HOSTILE)):
        data = lab_tree(data) if name == "tree" else data
        for problem in formats.problems(name, data):
            yield problem
        if name in ("report", "fields"):
            for _, shown in HOSTILE:
                if ("/a" + shown).encode() not in data:
                    yield f"{name}: {shown} is not shown"


def main():
    options = runner.arguments(__doc__)
    with runner.work_directory() as work:
        path = os.path.join(work, "hostile.pcap")
        packets.write_pcap(path, [f for n, (raw, _) in enumerate(HOSTILE) for f in conversation(raw, 50000 + n)])
        failures = list(problems(path))
    runner.finish("outputs of hostile bytes", 1 if not failures else 0, failures)


if __name__ == "__main__":
    main()
