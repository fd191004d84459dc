#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture that its owner alone may read stays so wherever ./lab, its parts and tshark-lab copy it.

A stranger looks into every folder that was made: while the copy is half written, and while tshark has it open.
"""
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TSHARK_LAB = ROOT / "tests" / "tools" / "tshark-lab"
STRANGER = ["setpriv", "--reuid", "64321", "--regid", "64321", "--clear-groups"]
SECRET = b"a password in a capture\n" * 4096

# In the place of tshark: says that it was started, and reads what -r names when it is told to.
STANDIN = """#!/bin/sh
[ "$1" = -v ] && echo "TShark 4.0.17" && exit
while [ $# -gt 1 ] && [ "$1" != -r ]; do shift; done
echo started
read -r line
cat "$2"
"""

# A part of ./lab with as much of the rest as it needs; in the end it waits like the stand-in.
PART = """set -u
built_for() { echo 4.0; }
LAB_ROOT=%(root)s LAB_BUILD=%(work)s
LAB_PROFILES=$LAB_ROOT/profile LAB_PLUGIN=$LAB_BUILD/plugin/lab.so LAB_LABDUMP=$LAB_BUILD/extcap/labdump LAB_INSTALLED=
. "$LAB_ROOT/scripts/wireshark.sh"
make_home
file=$(readable_copy %(capture)s) || exit 1
echo >"$lab_home/errors"
echo started
read -r line
as_reader cat "$file"
"""


def wait_for(condition, what):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("waited in vain for " + what)


def folder(test):
    path = tempfile.mkdtemp(prefix="lab-private-")
    test.addCleanup(shutil.rmtree, path)
    os.chmod(path, 0o755)
    return pathlib.Path(path)


def writer_of(pipe):
    """The pipe's end to write to, once somebody reads from it."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            file = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            os.set_blocking(file, True)
            return os.fdopen(file, "wb", buffering=0)
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"nobody reads {pipe}")


def copies(place):
    """The files below a folder that hold what is secret."""
    found = [path for path in place.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in found if SECRET[:24] in path.read_bytes()]


def readable_by(user, paths):
    return [str(path) for path in paths if subprocess.run([*user, "cat", path], capture_output=True, check=False).returncode == 0]


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "only root makes copies, and looks as a stranger")
class CopiesAreTheReadersAlone(unittest.TestCase):
    def setUp(self):
        self.work = folder(self)
        # Folders with a group of their own for what is made in them, as in a shared place.
        self.temporary = self.work / "tmp"
        self.temporary.mkdir()
        os.chown(self.temporary, 0, 64321)
        self.temporary.chmod(0o3777)
        self.source = self.work / "source"
        self.tshark = self.work / "tshark"
        self.tshark.write_text(STANDIN, encoding="utf-8")
        self.tshark.chmod(0o755)
        self.environment = dict(os.environ, TMPDIR=str(self.temporary), TSHARK=str(self.tshark), LAB_PLUGIN="none")

    def start(self, *command, umask=0o022):
        process = subprocess.Popen(command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, umask=umask)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def looks(self):
        found = copies(self.temporary)
        self.assertTrue(found, "there is no copy to look at")
        self.assertEqual(readable_by(STRANGER, found), [])

    def read(self, process):
        self.assertEqual(process.stdout.readline(), b"started\n")
        self.looks()
        self.assertEqual(process.communicate(b"\n", timeout=20)[0], SECRET)
        self.assertEqual(list(self.temporary.iterdir()), [], "something was left behind")

    def test_tshark_lab_while_it_copies_and_while_tshark_reads(self):
        os.mkfifo(self.source, 0o600)
        process = self.start(TSHARK_LAB, "-r", self.source)
        with writer_of(self.source) as file:
            file.write(SECRET[:4096])
            wait_for(lambda: copies(self.temporary), "the first half of the copy")
            self.looks()
            file.write(SECRET[4096:])
        self.read(process)

    def test_lab_report_while_it_copies_and_while_tshark_reads(self):
        os.mkfifo(self.source, 0o600)
        process = self.lab()
        with writer_of(self.source) as file:
            file.write(SECRET[:4096])
            wait_for(lambda: copies(self.temporary), "the first half of the copy")
            self.looks()
            file.write(SECRET[4096:])
        self.read(process)

    def test_access_lists_of_the_temporary_folder_open_nothing(self):
        # As setfacl -d -m u:64321:rwx,g:64321:rwx writes it: version 2, then tag, permissions and ID of each entry.
        nobody = 0xFFFFFFFF
        entries = [(0x01, 7, nobody), (0x02, 7, 64321), (0x04, 7, nobody), (0x08, 7, 64321), (0x10, 7, nobody), (0x20, 7, nobody)]
        try:
            os.setxattr(self.temporary, "system.posix_acl_default", struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in entries))
        except OSError as error:
            self.skipTest(f"there are no access control lists here: {error}")
        self.source.write_bytes(SECRET)
        self.source.chmod(0o600)
        self.read(self.start(TSHARK_LAB, "-r", self.source, umask=0))
        self.read(self.lab(umask=0))

    def test_what_lab_writes_beside_the_copy_is_not_for_others(self):
        self.source.write_bytes(SECRET)
        self.source.chmod(0o600)
        process = self.lab()
        self.assertEqual(process.stdout.readline(), b"started\n")
        errors = list(self.temporary.glob("*/errors"))
        self.assertEqual(len(errors), 1)
        self.assertEqual(readable_by(STRANGER, errors), [])

    def test_an_ordinary_users_folders_are_closed_to_others(self):
        self.source.write_bytes(SECRET)
        os.chown(self.source, 64322, 64322)
        self.source.chmod(0o600)
        owner = [word.replace("64321", "64322") for word in STRANGER]
        if subprocess.run([*owner, "test", "-r", TSHARK_LAB], check=False).returncode:
            self.skipTest("an ordinary user cannot read this folder")
        for process in (self.start(*owner, TSHARK_LAB, "-r", self.source), self.lab(owner)):
            self.assertEqual(process.stdout.readline(), b"started\n")
            self.assertEqual([path for path in self.temporary.iterdir() if path.stat().st_mode & 0o077], [])
            process.communicate(b"\n", timeout=20)

    def lab(self, user=(), **more):
        for path in ("plugin/lab.so", "extcap/labdump"):
            (self.work / path).parent.mkdir(exist_ok=True)
            (self.work / path).touch()
        return self.start(*user, "sh", "-c", PART % {"root": ROOT, "work": self.work, "capture": self.source}, **more)


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=2)
    sys.exit(77 if program.result.testsRun == len(program.result.skipped) else not program.result.wasSuccessful())
