#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The keys of the JSON reports: plugin/report/write/json_keys.txt lists exactly those that are written of a capture with a
value for every key, and those that docs/report.md and docs/report.zh-CN.md tell of."""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import quic
import wire

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIST = ROOT / "plugin" / "report" / "write" / "json_keys.txt"
REPORTS = ("report", "exchange", "connection")  # in the order of the list and of the tables in the documents
SERVER = "14.119.104.189"
# RFC 8446 5.1, 4.1.2: a ClientHello with server_name h.example and ALPN h2, http/1.1.
CLIENT_HELLO = bytes.fromhex(
    "1603010053" "0100004f" "0303" + "00" * 32 + "00" "0002" "1301" "0100" "0024"
    "0000000e000c000009" + b"h.example".hex() + "0010000e000c026832" "08" + b"http/1.1".hex())
# RFC 5246 7.4.1.3, 7.4.2: a ServerHello without extensions, and a certificate for h.example whose keys are empty.
SERVER_HELLO = bytes.fromhex("160301002c" "02000028" "0303" + "00" * 32 + "00" "c02f" "00" "0000")
CERTIFICATE = bytes.fromhex(
    "1603030050" "0b00004c" "000049" "000046" "3044" "303d" "020101" "3000" "3000" "3000" "30143112301006035504030c09" +
    b"h.example".hex() + "3000" "a31a30183016" "0603551d11" "040f300d" "820b2a2e" + b"h.example".hex() + "3000" "030100")


def write_capture(path):
    """Something for every key: a look-up, an interim response, trailers on both sides, a promise, a page load with a spare
    connection, a TLS handshake, an anomaly, a RST with evidence and a connection that starts in the middle."""
    c = wire.Capture()
    c.dns("h", SERVER)
    page = wire.Connection(c, 52008, SERVER)
    page.open()
    page.say(0, "PUT /a HTTP/1.1", "Host: h", "Transfer-Encoding: chunked", body=b"1\r\na\r\n0\r\nX-A: b\r\n\r\n")
    wire.Connection(c, 52009, SERVER).open()  # spare: it carries no request
    page.say(1, "HTTP/1.1 100 Continue", "Server: s")
    page.say(1, "HTTP/1.1 200 OK", "Content-Type: text/html", "Keep-Alive: timeout=5", "Transfer-Encoding: chunked",
             body=b"1\r\na\r\n0\r\nX-B: c\r\n\r\n")
    page.close()
    secret = wire.Connection(c, 52010, SERVER, 443)
    secret.open()
    secret.send(0, wire.PSH | wire.ACK, CLIENT_HELLO)
    secret.send(1, wire.PSH | wire.ACK, SERVER_HELLO + CERTIFICATE)
    refused = wire.Connection(c, 52011, SERVER, 81)
    refused.send(0, wire.SYN)
    refused.next[1] = 0
    refused.send(1, wire.RST | wire.ACK)
    wire.Connection(c, 52012, SERVER, 82).send(1, wire.PSH | wire.ACK, b"x")  # starts in the middle: a token of quality
    wire.Connection(c, 52014, SERVER, 84).send(0, wire.SYN)  # left out of the part
    h2 = wire.Connection(c, 52013, SERVER, 83)  # HTTP/2: a request with a priority, which the server resets
    h2.open()
    h2.send(0, wire.PSH | wire.ACK, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + http2(4, 0, 0, b"") +
            http2(1, 0x25, 1, bytes.fromhex("000000000f828684410168")))
    h2.send(1, wire.PSH | wire.ACK, http2(4, 0, 0, b"") + http2(3, 0, 1, bytes([0, 0, 0, 7])))
    c.udp(c.client, SERVER, (52015, 443), quic.initial(b"\1" * 8, b"\2" * 4, quic.client_hello("h.example", ("h3",))))
    c.write(path)


def http2(kind, flags, stream, payload):
    """A frame, RFC 9113 4.1."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def listed():
    """The paths of the list, by report."""
    found, name = {}, None
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            name = line[3:]
            found[name] = []
        elif line and not line.startswith("#"):
            found[name].append(line)
    return found


def written(value, path=""):
    """The path of every value that is no object and no list of objects; of an empty list and null their own."""
    if isinstance(value, dict) and value:
        names_from_capture = path.startswith("meanings.") and path.count(".") == 1
        for key, inner in value.items():
            yield from written(inner, f"{path}.{'*' if names_from_capture else key}".lstrip("."))
    elif isinstance(value, list) and value:
        for inner in value:
            yield from written(inner, path + "[]")
    else:
        yield path, value


def told(page):
    """The paths that the tables of a document tell of, by report: each of the first cell with each of the second."""
    text = page.read_text(encoding="utf-8")
    parts = re.split(r"^### .*$", text[text.index("\n## JSON\n"):], flags=re.M)[1:]
    found = {}
    for name, part in zip(REPORTS, parts, strict=True):
        rows = [line.strip("|").split(" | ") for line in part.splitlines() if line.startswith("| ")][1:]
        found[name] = [".".join(filter(None, (owner, key))) for of, keys in rows
                       for owner in re.findall("`([^`]+)`", of) or [""] for key in re.findall("`([^`]+)`", keys)]
    return found


class Keys(unittest.TestCase):
    def reports(self):
        files = {name: os.path.join(self.out, name + ".json") for name in REPORTS}
        words = {"report": "report", "exchange": "exchange,1", "connection": "connection,0"}
        command = [HERE.parent / "tools" / "tshark-lab", "-n", "-q", "-r", self.capture]
        for name in REPORTS:
            part = ",!(tcp.port == 84)" if name == "report" else ""  # something is left out, so that the keys of that are written
            command += ["-z", f"lab,{words[name]},json,{files[name]}{part}"]
        subprocess.run([str(word) for word in command], check=True, env=dict(os.environ, LAB_BUILD=self.build))
        return {name: json.loads(pathlib.Path(file).read_text(encoding="utf-8")) for name, file in files.items()}

    def test_the_list_names_a_key_once(self):
        for name, paths in listed().items():
            self.assertEqual(sorted(paths), sorted(set(paths)), name)

    def test_every_key_that_is_written_is_listed_and_every_listed_one_is_written(self):
        expected = listed()
        for name, report in self.reports().items():
            found = {path for path, _ in written(report)}
            # null and [] in the place of what has members
            empty = {path for path, value in written(report) if value in (None, [])}
            begun = {path for path in empty if any(key.startswith((path + ".", path + "[]")) for key in expected[name])}
            self.assertEqual(sorted(found - begun - set(expected[name])), [], f"{name}: written, not in {LIST.name}")
            self.assertEqual(sorted(set(expected[name]) - found), [], f"{name}: in {LIST.name}, not written")

    def test_the_documents_tell_of_every_listed_key_and_of_no_other(self):
        for page in ("report.md", "report.zh-CN.md"):
            for name, paths in told(ROOT / "docs" / page).items():
                self.assertEqual(sorted(set(listed()[name]) - set(paths)), [], f"{page}, {name}: not told of")
                self.assertEqual(sorted(set(paths) - set(listed()[name])), [], f"{page}, {name}: told of, not in {LIST.name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default=os.environ.get("LAB_BUILD"), help="build directory (default: $LAB_BUILD)")
    options, rest = parser.parse_known_args()
    if not options.build:
        parser.error("say where the build is: --build DIR or LAB_BUILD")
    Keys.build = os.path.abspath(options.build)
    with tempfile.TemporaryDirectory(prefix="lab-keys.") as work:
        os.chmod(work, 0o755)
        Keys.capture, Keys.out = os.path.join(work, "keys.pcap"), os.path.join(work, "out")
        os.mkdir(Keys.out)
        os.chmod(Keys.out, 0o777)
        write_capture(Keys.capture)
        unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
