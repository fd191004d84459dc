# SPDX-License-Identifier: GPL-2.0-or-later
"""The loopback device of one namespace, with both sides on it: large segments, checksums left undone, one MAC address."""
import os
import select
import socket
import struct
import threading
import time

import wire

ETH_P_ALL, SOL_PACKET, PACKET_OUTGOING = 3, 263, 4


class Loop(threading.Thread):
    """Captures on lo as tcpdump does. Packets cannot be lost or held back there."""

    def __init__(self, server_ports):
        super().__init__(daemon=True)
        wire.set_up("lo")
        self.tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.tap.bind(("lo", 0))
        self.server_ports = server_ports
        self.packets, self.lost, self.unsure = [], [], set()
        self.lock = threading.RLock()
        self.last, self.rounds = time.monotonic(), 0
        self.running = True

    def run(self):
        while self.running:
            if not select.select([self.tap], [], [], 0.01)[0]:
                self.rounds += 1
                continue
            frame, (_, _, direction, _, _) = self.tap.recvfrom(70000)
            when = time.time()
            if direction != PACKET_OUTGOING:
                continue  # each packet passes twice
            side = "server" if struct.unpack_from("!H", frame, 34)[0] in self.server_ports else "client"
            packet = wire.parse(side, frame, when)
            with self.lock:
                self.last = time.monotonic()
                self.packets.append(packet)

    delayed = ()
    settle = wire.Wire.settle
    write = wire.Wire.write

    def stop(self):
        self.running = False
        self.join(1)
        dropped = struct.unpack("II", self.tap.getsockopt(SOL_PACKET, 6, 8))[1]
        self.tap.close()
        if dropped:
            raise wire.Impossible(f"{dropped} packets were lost to the capture on {os.uname().nodename}'s lo")

