#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""./lab package: builds the packages and the archives of the source in a folder of its own, and looks into them."""
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
TOOLS = ("dpkg-deb", "dpkg-buildpackage", "dh", "lintian", "pkg-config", "tshark")
ENGLISH = dict(os.environ, LC_ALL="C.UTF-8")


def wireshark():
    """MAJOR.MINOR of the Wireshark that is installed."""
    version = subprocess.run(["pkg-config", "--modversion", "wireshark"], capture_output=True, text=True).stdout
    return ".".join(version.strip().split(".")[:2])


def lab_package(place, *arguments):
    return subprocess.run([os.path.join(TOP, "lab"), "package", *arguments], env=dict(ENGLISH, LAB_PACKAGES=place),
                          capture_output=True, text=True)


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.place = os.path.join(cls.folder.name, "packages")
        cls.made = lab_package(cls.place)
        assert cls.made.returncode == 0, cls.made.stdout + cls.made.stderr
        cls.debs = {name.split("_")[0]: os.path.join(cls.place, name) for name in os.listdir(cls.place) if name.endswith(".deb")}
        cls.root = os.path.join(cls.folder.name, "root")
        for deb in cls.debs.values():
            subprocess.run(["dpkg-deb", "-x", deb, cls.root], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def field(self, package, name):
        return subprocess.run(["dpkg-deb", "-f", self.debs[package], name], capture_output=True, text=True, check=True).stdout.strip()

    def listing(self, package):
        return subprocess.run(["dpkg-deb", "-c", self.debs[package]], capture_output=True, text=True, check=True).stdout

    def test_there_are_three_packages_of_one_version(self):
        self.assertEqual(sorted(self.debs), ["lab-server", "lab-tools", "lab-wireshark"])
        versions = {self.field(package, "Version") for package in self.debs}
        self.assertEqual(len(versions), 1, versions)
        self.assertRegex(versions.pop(), rf"^[0-9.]+\+wireshark{re.escape(wireshark())}$")

    def test_lintian_finds_nothing(self):
        self.assertIn("lintian finds nothing", self.made.stdout)

    def test_the_plugin_is_refused_beside_another_wireshark(self):
        depends = self.field("lab-wireshark", "Depends")
        self.assertIn(f"wireshark-common (>= {wireshark()}~)", depends)
        self.assertIn(f"wireshark-common (<< {wireshark()}.99~)", depends)
        self.assertRegex(depends, r"libwireshark[0-9]+")

    def test_each_package_holds_its_own_part(self):
        plugin, server, tools = (self.listing(package) for package in ("lab-wireshark", "lab-server", "lab-tools"))
        for part in ("/epan/lab.so", "/extcap/labdump", "/profiles/Lab/preferences", "/profiles/Lab RST/preferences", "man1/labdump.1.gz"):
            self.assertIn(part, plugin)
        for part in ("./usr/bin/labserver", "/systemd/system/labserver.service", "/sysusers.d/", "/lab/www/index.html"):
            self.assertIn(part, server)
        for part in ("./usr/bin/lab -> ../share/lab/lab", "./usr/bin/labannotate", "/lab/scripts/demo-client", "man1/lab.1.gz"):
            self.assertIn(part, tools)

    def test_nothing_is_owned_by_who_built_it_or_names_their_folder(self):
        for package in self.debs:
            for line in self.listing(package).splitlines():
                self.assertTrue(line.split()[1] == "root/root" and line[8] != "w" or line.startswith("l"), line)
        for folder, _, names in os.walk(self.root):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path) and not os.path.islink(path):
                    with open(path, "rb") as file:
                        self.assertNotIn(self.place.encode(), file.read(), path)

    def test_the_installation_does_not_start_the_server(self):
        control = os.path.join(self.folder.name, "control")
        subprocess.run(["dpkg-deb", "-e", self.debs["lab-server"], control], check=True)
        with open(os.path.join(control, "postinst"), encoding="utf-8") as file:
            postinst = file.read()
        self.assertNotRegex(postinst, r"deb-systemd-invoke (start|\$_dh_action)")
        # debhelper's lines enable again what somebody had enabled before it was removed, and nothing else.
        for before, _ in zip(postinst.split("deb-systemd-helper enable"), postinst.split("deb-systemd-helper enable")[1:]):
            self.assertRegex(before, r"if deb-systemd-helper debian-installed [^;]+; then(?s:.*)was-enabled [^;]+; then[^;]*$")

    def test_the_installed_command_tells_its_version_and_finds_its_parts(self):
        lab = os.path.join(self.root, "usr/bin/lab")
        told = subprocess.run([lab, "--version"], env=ENGLISH, capture_output=True, text=True)
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertEqual(told.stdout.split()[1], self.field("lab-tools", "Version").split("+")[0])
        with open(os.path.join(self.root, "usr/share/lab/installed"), encoding="utf-8") as file:
            places = dict(line.strip().split("=", 1) for line in file if re.match(r"LAB_[A-Z]+=", line))
        for name in ("LAB_PLUGIN", "LAB_LABDUMP", "LAB_LABSERVER", "LAB_LABANNOTATE", "LAB_PROFILES"):
            self.assertTrue(os.path.exists(self.root + places[name].strip("'")), places[name])


class Sources(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.place = os.path.join(cls.folder.name, "sources")
        cls.made = lab_package(cls.place, "source")
        assert cls.made.returncode == 0, cls.made.stdout + cls.made.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def names_in(self, ending):
        name = next(name for name in os.listdir(self.place) if re.fullmatch(rf"lab-[0-9.]+{ending}\.tar\.gz", name))
        with tarfile.open(os.path.join(self.place, name)) as archive:
            return archive.getnames()

    def test_the_source_has_no_build_and_no_history(self):
        names = self.names_in("")
        top = names[0].split("/")[0]
        self.assertIn(f"{top}/CMakeLists.txt", names)
        self.assertIn(f"{top}/packaging/debian/control", names)
        self.assertFalse([name for name in names if re.match(rf"{top}/(build|\.git)(/|$)", name)])

    def test_the_part_for_wireshark_has_every_source_of_the_plugin(self):
        names = self.names_in("-in-wireshark")
        self.assertIn("CMakeListsCustom.txt", names)
        for room in ("common", "plugin"):
            for folder, _, files in os.walk(os.path.join(TOP, room)):
                for file in files:
                    path = os.path.relpath(os.path.join(folder, file), TOP)
                    if file.endswith((".c", ".h", ".def")):
                        self.assertIn(f"plugins/epan/lab/{path}", names)

    def test_the_same_source_makes_the_same_archives(self):
        again = os.path.join(self.folder.name, "again")
        self.assertEqual(lab_package(again, "source").returncode, 0)
        for name in os.listdir(self.place):
            with open(os.path.join(self.place, name), "rb") as first, open(os.path.join(again, name), "rb") as second:
                self.assertEqual(first.read(), second.read(), name)


if __name__ == "__main__":
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing or not wireshark():
        print("skipped: not installed:", ", ".join(missing or ["wireshark-dev"]))
        sys.exit(77)
    unittest.main(verbosity=2)
