#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A tshark that is kept ready does what one does that starts by itself: output, messages, exit code, files, folder, environment."""
import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TOOLS = pathlib.Path(__file__).resolve().parent
TSHARK_LAB = TOOLS / "tshark-lab"
CASE = TOOLS.parent / "cases" / "close" / "orderly.case"


class Ready(unittest.TestCase):
    def run_both(self, *words, **more):
        """What both of them gave: (exit code, output, messages)."""
        both = []
        for ready in (self.ready, None):
            environment = {**os.environ, "LAB_BUILD": self.build, **more.get("environment", {})}
            environment.pop("LAB_READY", None)
            if ready:
                environment["LAB_READY"] = ready
            run = subprocess.run([TSHARK_LAB, *words], capture_output=True, env=environment, cwd=self.work, check=False,
                                 input=more.get("input"), umask=more.get("umask", -1))
            both.append((run.returncode, run.stdout, run.stderr))
        return both

    def assert_same(self, *words, fails=False, says=b"", **more):
        """Which status a fault has differs between versions of tshark."""
        ready, alone = self.run_both(*words, **more)
        self.assertEqual(ready, alone)
        self.assertEqual(ready[0] != 0, fails)
        self.assertIn(says, ready[1] + ready[2])

    def test_it_is_asked(self):
        """Without its socket the client fails: then the other tests do compare two different ways."""
        environment = dict(os.environ, LAB_BUILD=self.build, LAB_READY=self.lame)
        run = subprocess.run([TSHARK_LAB, "-r", self.capture], capture_output=True, env=environment, check=False)
        self.assertEqual(run.returncode, 98, run.stderr)

    def test_packet_list_tree_and_bytes(self):
        self.assert_same("-r", "case.pcap", says=b"TCP")
        self.assert_same("-r", "case.pcap", "-V", "-x", says=b"Transmission Control Protocol")
        self.assert_same("-n", "-2", "-r", "case.pcap", "-O", "lab", says=b"Lab")

    def test_fields_filters_and_settings(self):
        self.assert_same("-r", "case.pcap", "-T", "fields", "-e", "lab.note", "-o", "lab.language:zh", says="连接".encode())
        self.assert_same("-r", "case.pcap", "-Y", "tcp.flags.fin == 1", "-t", "ad", environment={"TZ": "Asia/Shanghai"}, says=b"FIN")
        self.assert_same("-r", "case.pcap", "-q", "-z", "lab,report", environment={"LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"})
        self.assert_same("-r", "case.pcap", "--disable-protocol", "lab", "-T", "fields", "-e", "lab.note")

    def test_without_the_plugin(self):
        self.assert_same("-r", "case.pcap", "-V", environment={"LAB_PLUGIN": "none"}, says=b"Transmission Control Protocol")

    def test_faults(self):
        self.assert_same("-r", "case.pcap", "-Y", "no such", fails=True, says=b"no such")
        self.assert_same("-r", "absent.pcap", fails=True, says=b"absent.pcap")
        self.assert_same("-r", "case.pcap", "-z", "lab,nothing", fails=True, says=b"nothing")

    def test_standard_input(self):
        self.assert_same("-r", "-", "-T", "fields", "-e", "frame.number", input=pathlib.Path(self.capture).read_bytes(), says=b"1\n2\n3\n")

    def test_a_file_has_the_mask_of_who_asks(self):
        for mask in (0o077, 0o022):
            for ready in (self.ready, ""):
                target = pathlib.Path(self.work, f"report-{mask}-{bool(ready)}.json")
                subprocess.run([TSHARK_LAB, "-r", self.capture, "-q", "-z", f"lab,report,json,{target}"], check=True, umask=mask,
                               capture_output=True, env=dict(os.environ, LAB_BUILD=self.build, LAB_READY=ready))
                self.assertEqual(target.stat().st_mode & 0o777, 0o666 & ~mask, (mask, ready))

    def test_it_ends_with_who_asked(self):
        """A tshark that waits for its input is gone soon after its client is."""
        process = subprocess.Popen([TSHARK_LAB, "-r", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=dict(os.environ, LAB_BUILD=self.build, LAB_READY=self.ready))
        time.sleep(0.2)
        process.send_signal(signal.SIGKILL)
        # Its output ends when the last that holds it has ended: the client is dead, so that is tshark.
        self.assertEqual(process.communicate()[0], b"")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    options, rest = parser.parse_known_args()
    Ready.build, Ready.ready = os.path.abspath(options.build), os.environ.get("LAB_READY")
    if not Ready.ready:
        print("skipped: no tshark is kept ready here: Wireshark is newer than 4.4, or LAB_READY=off")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o1777)
        Ready.work, Ready.capture = work, f"{work}/case.pcap"
        made = subprocess.run([f"{Ready.build}/tests/tools/casecap", "--out", work, str(CASE)], capture_output=True, text=True, check=True)
        os.rename(json.loads(made.stdout.splitlines()[0])["capture"], Ready.capture)
        Ready.lame = f"{work}/lame"
        os.mkdir(Ready.lame)
        os.mkdir(f"{Ready.lame}/lab")
        for name in ("client", "plugin"):
            os.symlink(f"{Ready.ready}/{name}", f"{Ready.lame}/{name}")
        unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
