#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The flow type "Lab" of Statistics > Flow Graph, as tshark's -z flow,lab writes it: a line with the label and the comment of each frame,
and a line with its arrow."""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import wire

TSHARK_LAB = pathlib.Path(__file__).resolve().parent.parent / "tools" / "tshark-lab"
SERVER = "192.0.2.80"


def write_capture(path):
    c = wire.Capture()
    c.dns("lab.example", SERVER)                                       # 1, 2
    page = wire.Connection(c, 50000, SERVER)
    page.open()                                                        # 3 to 5
    page.say(0, "GET / HTTP/1.1", "Host: lab.example")                 # 6
    page.say(1, "HTTP/1.1 204 No Content")                             # 7
    page.send(0, wire.ACK)                                             # 8
    page.close()                                                       # 9 to 12
    refused = wire.Connection(c, 50001, SERVER, isn=(7000, 0))         # a port without a listener: RST,ACK with SEQ 0
    refused.send(0, wire.SYN)                                          # 13
    refused.send(1, wire.RST | wire.ACK)                               # 14
    c.write(path)


# Label and states, RFC 9293 figures 5, 6 and 12, after the segment was sent and received: the client's, the server's, which closes first here.
# A look-up has no role and no states. In one pass it has no arrow: only the SYN shows which connection it was for.
EXPECTED = [("resolve", ""), ("resolve", ""),
            ("syn", "SYN-SENT - SYN-RECEIVED: "), ("syn-ack", "ESTABLISHED - SYN-RECEIVED: "),
            ("handshake-ack", "ESTABLISHED - ESTABLISHED: "), ("request", "ESTABLISHED - ESTABLISHED: Request 1: GET /"),
            ("response", "ESTABLISHED - ESTABLISHED: Response to request 1: 204"), ("ack", "ESTABLISHED - ESTABLISHED: "),
            ("fin1", "CLOSE-WAIT - FIN-WAIT-1: "), ("fin1-ack", "CLOSE-WAIT - FIN-WAIT-2: "), ("fin2", "LAST-ACK - TIME-WAIT: "),
            ("fin2-ack", "CLOSED - TIME-WAIT: "), ("syn", "SYN-SENT - "), ("rst", "CLOSED - ")]
LOOK_UPS = 2


class Flow(unittest.TestCase):
    def arrows(self, statistic, *more):
        """(label, comment) of each frame."""
        command = [TSHARK_LAB, "-r", self.path, "-q", "-o", "lab.language:en", "-z", statistic, *more]
        run = subprocess.run([str(word) for word in command], capture_output=True, env=dict(os.environ, LAB_BUILD=self.build))
        self.assertEqual(run.returncode, 0, run.stderr.decode())
        self.assertNotIn("CRITICAL", run.stderr.decode())
        lines = [line for line in run.stdout.decode().splitlines() if "|" in line and not set(line) <= set("-")][2:]
        cells = [line.split("|") for line in lines[0::2]]
        return [("".join(cell[2:-1]).strip(), cell[-1]) for cell in cells]

    def test_every_segment_and_look_up_has_its_roles_states_and_sentence(self):
        arrows = self.arrows("flow,lab,standard", "-2")
        self.assertEqual(len(arrows), len(EXPECTED), arrows)
        for number, ((label, comment), (role, begin)) in enumerate(zip(arrows, EXPECTED), 1):
            with self.subTest(frame=number):
                self.assertEqual(label, role)
                self.assertTrue(comment.startswith(begin), comment)
                self.assertTrue(comment.split(": ", 1)[-1], comment)

    def test_one_pass_and_network_addresses_show_the_same_but_the_look_ups(self):
        self.assertEqual([label for label, _ in self.arrows("flow,lab,network")], [label for label, _ in EXPECTED[LOOK_UPS:]])

    def test_a_filter_shows_a_part(self):
        self.assertEqual([label for label, _ in self.arrows("flow,lab,standard,tcp.stream==1")], ["syn", "rst"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, help="build directory")
    given, rest = parser.parse_known_args()
    Flow.build = given.build
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        Flow.path = f"{folder}/flow.pcap"
        write_capture(Flow.path)
        unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
