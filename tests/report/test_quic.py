#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""QUIC in the report: its connections are counted, with the name and the protocols of their ClientHello, and what is not QUIC is not.
The packets are made as RFC 9001 says (quic.py); what is expected was worked out from them by hand."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import quic
import wire

TSHARK_LAB = pathlib.Path(__file__).resolve().parent.parent / "tools" / "tshark-lab"
VERSION_2 = 0x6B3343CF
# RFC 9001 A.2: the CRYPTO frame's content, the beginning of the protected packet and its authentication tag.
SAMPLE = bytes.fromhex(
    "010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578616d706c652e"
    "636f6dff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753d"
    "e171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c00024001003900320408ffffffffff"
    "ffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff")
SAMPLE_ID = bytes.fromhex("8394c8f03e515708")
SAMPLE_BEGINS = bytes.fromhex("c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11")
SAMPLE_TAG = bytes.fromhex("e221af44860018ab0856972e194cd934")


def write_capture(path):
    c = wire.Capture()
    up, down = lambda port, last, data: c.udp(c.client, f"192.0.2.{last}", (port, 443), data), \
        lambda port, last, data: c.udp(f"192.0.2.{last}", c.client, (443, port), data)
    up(50000, 80, quic.initial(SAMPLE_ID, b"", SAMPLE))                                                      # 1
    up(50001, 81, quic.initial(b"\x11" * 8, b"\x22" * 4, quic.client_hello("h.example", ("h3", "h3-29"))))   # 2
    down(50001, 81, quic.handshake(b"\x22" * 4, b"\x33" * 8))                                                # 3
    up(50001, 81, quic.short(b"\x33" * 8))                                                                   # 4: 49 bytes
    down(50001, 81, quic.short(b"\x22" * 4))                                                                 # 5: 45 bytes
    page = wire.Connection(c, 50002, "192.0.2.82")
    page.open()                                                                                              # 6 to 8
    down(50003, 83, quic.handshake(b"\x44" * 4, b"\x55" * 8))                                                # 9: begins in the middle
    up(50004, 84, quic.initial(b"\x66" * 8, b"\x77" * 4, quic.client_hello(), VERSION_2))                    # 10: without a name
    c.udp(c.client, "192.0.2.85", (50005, 5000), b"\xc0\x12\x34\x56\x78\xff" + b"\xff" * 60)                 # 11: no lengths of connection ids
    c.udp(c.client, "192.0.2.85", (50005, 5000), b"\x40" + b"\x01" * 30)                                     # 12
    c.write(path)


def connection(number, last, port, frames, datagrams, size, version="1", name=None, alpn=(), http3=None):
    return {"number": number, "client": {"address": "10.68.223.252", "port": port}, "server": {"address": f"192.0.2.{last}", "port": 443},
            "version": version, "server_name": name, "alpn": list(alpn), "alpn_is": "offered" if alpn else None, "http3": http3,
            "first_frame": frames[0], "last_frame": frames[1], "datagrams": datagrams, "bytes": size}


# A Handshake packet: flags, version, two connection ids with their lengths, the length, 60 bytes.
HANDSHAKE = 1 + 4 + 1 + 4 + 1 + 8 + 2 + 60
EXPECTED = [connection(0, 80, 50000, (1, 1), 1, 1200, name="example.com", alpn=["alpn"], http3=False),
            connection(1, 81, 50001, (2, 5), 4, 1200 + HANDSHAKE + 49 + 45, name="h.example", alpn=["h3", "h3-29"], http3=True),
            connection(2, 84, 50004, (10, 10), 1, 1200, version="2")]


class Quic(unittest.TestCase):
    def tshark(self, *words, plugin=None):
        command = [TSHARK_LAB, "-r", self.path, "-o", "lab.language:en", *words]
        if plugin:
            command[3:5] = []
        environment = dict(os.environ, LAB_BUILD=self.build, **({"LAB_PLUGIN": plugin} if plugin else {}))
        run = subprocess.run([str(word) for word in command], capture_output=True, env=environment)
        self.assertEqual(run.returncode, 0, run.stderr.decode())
        return run.stdout.decode()

    def report(self, *words):
        """capture.quic of the connections whose Initial was captured; of one that begins in the middle Wireshark may know nothing."""
        whole = json.loads(self.tshark("-q", "-z", "lab,report,json", *words))
        return [{**c, "number": n} for n, c in enumerate(c for c in whole["capture"]["quic"] if c["server"]["address"] != "192.0.2.83")]

    def test_the_packets_are_those_of_the_rfc(self):
        packet = quic.initial(SAMPLE_ID, b"", SAMPLE)
        self.assertEqual((packet[:32], packet[-16:], len(packet)), (SAMPLE_BEGINS, SAMPLE_TAG, 1200))

    def test_connections_are_counted_with_the_names_of_their_hellos(self):
        self.assertEqual(self.report(), EXPECTED)

    def test_two_passes_know_the_same(self):
        self.assertEqual(self.report("-2"), EXPECTED)

    def test_a_filter_that_needs_a_tree_changes_nothing(self):
        self.assertEqual(self.report("-Y", "tls.handshake.extensions_server_name"), EXPECTED)

    def test_a_client_is_known_by_the_servers_port(self):
        found = [c for c in json.loads(self.tshark("-q", "-z", "lab,report,json"))["capture"]["quic"] if c["first_frame"] == 9]
        for c in found:
            self.assertEqual((c["client"]["port"], c["server"]["port"], c["server_name"]), (50003, 443, None))

    def test_wiresharks_own_fields_stay_as_they_are(self):
        words = ("-T", "fields", "-e", "frame.number", "-e", "tls.handshake.extensions_server_name", "-e", "quic.connection.number", "-e", "_ws.col.Info")
        self.assertEqual(self.tshark(*words), self.tshark(*words, plugin="none"))
        summary = ("-Y", "tls.handshake.extensions_server_name")
        self.assertEqual(self.tshark(*summary).count("\n"), 2)
        self.assertEqual(self.tshark("-q", "-z", "expert", plugin="none").split("\n"),
                         [line for line in self.tshark("-q", "-z", "expert", "-o", "lab.language:en").split("\n") if "Lab" not in line])

    def test_the_report_names_them_and_says_what_shows_tcp(self):
        for form in ("text", "md", "html"):
            told = self.tshark("-q", "-z", f"lab,report,{form}")
            for words in ("example.com", "h.example", "h3, h3-29 (offered)", "network.http.http3.enable"):
                self.assertIn(words, told, form)
            self.assertIn("disable-quic", told, form)

    def test_what_a_part_leaves_out_is_counted(self):
        first = self.tshark("-q", "-z", "lab,report,text,,tcp")
        self.assertRegex(first, r"1 of 1 connection; [67] QUIC datagrams in [34] connections")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, help="build directory")
    given, rest = parser.parse_known_args()
    Quic.build = given.build
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        Quic.path = f"{folder}/quic.pcap"
        write_capture(Quic.path)
        unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
