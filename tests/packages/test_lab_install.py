#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""./lab install puts each part below the home folder of a user, and ./lab uninstall removes all of them. --build names the build directory."""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

BUILD = None
LAB = pathlib.Path(__file__).resolve().parents[2] / "lab"
PROGRAMS = ["labserver", "labclass"]


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*") if not path.is_dir())


class LabInstall(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.home = pathlib.Path(cls.folder.name) / "home"
        cls.home.mkdir()
        cls.become = []
        if os.geteuid() == 0:  # "lab install" is for a user; root has --system
            os.chmod(cls.folder.name, 0o755)
            os.chown(cls.home, 65534, 65534)
            cls.become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        if cls.run_as_user("test", "-r", LAB, "-a", "-r", BUILD).returncode:
            print(f"skipped: another user than root cannot read {LAB.parent}")
            sys.exit(77)
        cls.installed = cls.lab("install")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_as_user(cls, *command):
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "WIRESHARK_"))}
        environment.update(HOME=str(cls.home), LAB_BUILT=BUILD, LC_ALL="C")
        return subprocess.run([*cls.become, *map(str, command)], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    @classmethod
    def lab(cls, *arguments):
        return cls.run_as_user(LAB, *arguments)

    def test_1_programs_manuals_and_rubrics_are_there(self):
        self.assertEqual(self.installed.returncode, 0, self.installed.stderr)
        local = self.home / ".local"
        for program in PROGRAMS:
            self.assertTrue(os.access(local / "bin" / program, os.X_OK), program)
            self.assertTrue((local / "share/man/man1" / f"{program}.1").is_file(), program)
        for rubric in ("django", "hnu", "pages", "xampp"):
            self.assertTrue((local / "share/lab/rubrics" / f"{rubric}.ini").is_file(), rubric)
        self.assertTrue((local / "share/lab/www/index.html").is_file())

    def test_2_the_installed_labclass_runs(self):
        told = self.run_as_user(self.home / ".local/bin/labclass", "explain", "time-wait")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("RFC 9293", told.stdout)

    def test_3_a_second_installation_changes_nothing(self):
        before = files_below(self.home)
        again = self.lab("install")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(files_below(self.home), before)

    def test_4_uninstall_leaves_nothing(self):
        removed = self.lab("uninstall")
        self.assertEqual(removed.returncode, 0, removed.stderr)
        self.assertEqual(files_below(self.home / ".local"), [])
        self.assertNotIn("lab.so", " ".join(files_below(self.home)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    options, rest = parser.parse_known_args()
    BUILD = os.path.abspath(options.build)
    if not os.access(os.path.join(BUILD, "class", "labclass"), os.X_OK):
        PROGRAMS.remove("labclass")
    unittest.main(argv=[sys.argv[0], *rest])
