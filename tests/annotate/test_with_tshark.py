#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""With the plugin: every TCP frame of an annotated capture shows its note without the plugin, and the way back gives the same bytes."""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
CASES = ["close/orderly.case", "reset/abort.case", "http/framing.case", "dns/look-ups.case", "tls/names.case", "seed-django.case"]


def check(condition, *words):
    if not condition:
        raise AssertionError(" ".join(str(w) for w in words))


class Run:
    def __init__(self, build):
        self.build = build
        self.program = os.environ.get("LABANNOTATE", os.path.join(build, "annotate", "labannotate"))

    def tshark(self, *arguments, plugin=True):
        env = dict(os.environ, LAB_BUILD=self.build, LC_ALL="C.UTF-8", **({} if plugin else {"LAB_PLUGIN": "none"}))
        done = subprocess.run([str(TESTS / "tools" / "tshark-lab"), "-n", *arguments], capture_output=True, env=env)
        check(done.returncode == 0, done.stderr.decode())
        return done.stdout.decode()

    def captures(self, folder):
        """The captures of these files of cases, one for each case."""
        files = [str(TESTS / "cases" / name) for name in CASES]
        subprocess.run([os.path.join(self.build, "tests", "tools", "casecap"), "-o", folder, *files], check=True, capture_output=True)
        found = sorted(pathlib.Path(folder).glob("**/*.pcap"))
        check(found, "casecap wrote no capture into", folder)
        return [str(name) for name in found[::17]]

    def one(self, capture, folder, language):
        notes, out, back = (os.path.join(folder, name) for name in ("notes", "out.pcapng", "back"))
        with open(notes, "w", encoding="utf-8") as file:
            file.write(self.tshark("-q", "-r", capture, "-o", "lab.language:" + language, "-z", "lab,report,notes"))
        subprocess.run([self.program, "--notes", notes, capture, out], check=True, capture_output=True)
        fields = ["-T", "fields", "-E", "separator=\t", "-E", "occurrence=f", "-e", "frame.number"]
        wanted = dict(line.split("\t", 1) for line in
                      self.tshark("-2", "-r", capture, "-o", "lab.language:" + language, "-Y", "tcp", *fields, "-e", "lab.note").splitlines())
        shown = dict(line.split("\t", 1) for line in
                     self.tshark("-r", out, *fields, "-e", "frame.comment", plugin=False).splitlines())
        check(wanted, "no frame in", capture)
        for frame, note in wanted.items():
            check(shown[frame].startswith("Lab: " + note), capture, "frame", frame, "shows", shown[frame], "wanted", note)
            check("; client " in shown[frame] and ", server " in shown[frame], "states:", shown[frame])
        subprocess.run([self.program, "--remove", out, back], check=True, capture_output=True)
        with open(capture, "rb") as before, open(back, "rb") as after:
            check(before.read() == after.read(), capture, "is not the same after --remove")
        return len(wanted)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    run = Run(os.path.abspath(parser.parse_args().build))
    total = 0
    with tempfile.TemporaryDirectory(prefix="labannotate-test.") as folder:
        for n, capture in enumerate(run.captures(folder)):
            total += run.one(capture, folder, ("en", "zh")[n % 2])
    print("%d TCP frames, each with its note" % total)
    return 0


if __name__ == "__main__":
    sys.exit(main())
