#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""cmake --install puts each part where the programs look for it. --build names the build directory."""
import argparse
import os
import subprocess
import sys
import tempfile
import unittest

BUILD = None


def pkg_config(variable):
    return subprocess.run(["pkg-config", f"--variable={variable}", "wireshark"], capture_output=True, text=True).stdout.strip()


def prefix():
    with open(os.path.join(BUILD, "CMakeCache.txt"), encoding="utf-8") as cache:
        return next(line.split("=", 1)[1].strip() for line in cache if line.startswith("CMAKE_INSTALL_PREFIX:"))


class InstallPlaces(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = cls.folder.name
        done = subprocess.run(["cmake", "--install", BUILD], env=dict(os.environ, DESTDIR=cls.root), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def assert_there(self, path):
        self.assertTrue(os.path.exists(self.root + path), path)

    def test_the_plugin_lies_in_the_folder_that_wireshark_names(self):
        self.assert_there(pkg_config("plugindir") + "/epan/lab.so")

    def test_the_capture_interface_lies_beside_the_plugins_and_can_be_started(self):
        places = (os.path.dirname(os.path.dirname(pkg_config("plugindir"))), pkg_config("prefix") + "/libexec/wireshark")
        self.assertTrue(any(os.access(f"{self.root}{place}/extcap/labdump", os.X_OK) for place in places), places)

    def test_every_profile_is_there(self):
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "profile")
        for name in os.listdir(source):
            self.assert_there(f"{pkg_config('prefix')}/share/wireshark/profiles/{name}/preferences")

    def test_programs_pages_and_manuals_lie_below_the_prefix(self):
        for name in ("bin/lab", "bin/labserver", "bin/labannotate", "bin/labclass", "share/lab/rubrics/hnu.ini", "share/man/man1/labclass.1", "share/lab/www/index.html", "share/lab/scripts/demo.sh",
                     "share/man/man1/lab.1", "share/man/man1/labserver.1", "share/man/man1/labdump.1", "share/man/man1/labannotate.1"):
            self.assert_there(f"{prefix()}/{name}")

    def test_the_installed_command_knows_that_it_is_installed(self):
        lab = f"{self.root}{prefix()}/bin/lab"
        self.assertTrue(os.path.islink(lab))
        refused = subprocess.run([lab, "install"], env=dict(os.environ, LC_ALL="C"), capture_output=True, text=True)
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertIn('"install" is for the source of Lab', refused.stderr)
        listed = subprocess.run([lab], env=dict(os.environ, LC_ALL="C"), capture_output=True, text=True)
        self.assertEqual(listed.returncode, 0)
        self.assertIn("Usage: lab COMMAND", listed.stdout)
        self.assertNotIn("\n  build", listed.stdout)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    arguments, rest = parser.parse_known_args()
    BUILD = arguments.build
    if not pkg_config("plugindir"):
        print("skipped: pkg-config does not know Wireshark's folder of plugins")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
