#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures as Windows (Npcap's loopback) and the BSDs with macOS write them: read, reported, annotated, and given back.

The link types are NULL (the address family in the byte order of the machine that captured) and LOOP (always big-endian). The numbers of
IPv6 are those of the systems: 24 Windows (Npcap) and OpenBSD, 28 FreeBSD, 30 macOS. IPv4 is 2 everywhere. The captures are made here: nothing
of it was captured on these systems.
"""
import pathlib
import struct
import subprocess
import sys
import unittest

from packets import DLT_LOOP, DLT_NULL, Talk, V4, V6, frames, write_pcap
from runner import arguments, tshark, work_directory

SYSTEMS = {
    "Windows, Npcap's loopback": (DLT_NULL, "<I", V4, 2),
    "Windows, Npcap's loopback, IPv6": (DLT_NULL, "<I", V6, 24),
    "macOS, lo0": (DLT_NULL, "<I", V4, 2),
    "macOS, lo0, IPv6": (DLT_NULL, "<I", V6, 30),
    "FreeBSD, IPv6": (DLT_NULL, "<I", V6, 28),
    "an old Mac with PowerPC": (DLT_NULL, ">I", V4, 2),
    "an old Mac with PowerPC, IPv6": (DLT_NULL, ">I", V6, 30),
    "OpenBSD": (DLT_LOOP, ">I", V4, 2),
    "OpenBSD, IPv6": (DLT_LOOP, ">I", V6, 24),
}
SOME = ("Windows, Npcap's loopback", "macOS, lo0, IPv6", "OpenBSD")
BUILD = work = None


def make(name):
    """A page load, and its frames' number: opening 3, request and its ACK 2, a response of one segment, ACK, close 3."""
    dlt, order, ends, family = SYSTEMS[name]
    path = pathlib.Path(work) / ("".join(c if c.isalnum() else "-" for c in name) + ".pcap")
    segments = Talk().open().exchange(body=500).close().segments
    write_pcap(path, frames(segments, ends, lambda data, up: struct.pack(order, family) + data), dlt)
    path.chmod(0o644)
    return path, len(segments)


class OtherSystems(unittest.TestCase):
    def test_each_frame_is_told(self):
        for name in SYSTEMS:
            with self.subTest(name):
                path, count = make(name)
                done = tshark("-2", "-r", path, "-T", "fields", "-e", "lab.role", "-e", "lab.state.client", "-e", "lab.state.server")
                rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
                self.assertEqual(len(rows), count)
                # RFC 9293 figure 6, and figure 12 with both FINs acknowledged.
                self.assertEqual(rows[0][1:], ["SYN-SENT", "SYN-RECEIVED"])
                self.assertEqual(rows[2][1:], ["ESTABLISHED", "ESTABLISHED"])
                self.assertEqual(rows[-1][1:], ["TIME-WAIT", "CLOSED"])
                self.assertTrue(all(row[0] for row in rows), rows)

    def test_it_is_annotated_and_given_back_to_the_byte(self):
        for name in SOME:
            with self.subTest(name):
                path, count = make(name)
                notes, out, back = path.with_suffix(".notes"), path.with_suffix(".pcapng"), path.with_suffix(".back")
                notes.write_bytes(tshark("-q", "-r", path, "-z", "lab,report,notes").stdout)
                labannotate = BUILD + "/annotate/labannotate"
                subprocess.run([labannotate, "--notes", notes, path, out], check=True, capture_output=True)
                done = tshark("-r", out, "-T", "fields", "-e", "frame.comment", plugin=False)
                told = done.stdout.decode().splitlines()
                self.assertEqual([line[:5] for line in told], ["Lab: "] * count)
                subprocess.run([labannotate, "--remove", out, back], check=True, capture_output=True)
                self.assertEqual(back.read_bytes(), path.read_bytes())

    def test_the_report_tells_the_page_load(self):
        for name in SOME:
            with self.subTest(name):
                path, _ = make(name)
                page = tshark("-q", "-2", "-r", path, "-z", "lab,report,html").stdout.decode()
                self.assertIn("<html", page)
                self.assertIn("lab.example", page)


if __name__ == "__main__":
    BUILD = arguments(__doc__).build
    with work_directory() as work:
        unittest.main(argv=sys.argv[:1])
