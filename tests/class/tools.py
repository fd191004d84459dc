# SPDX-License-Identifier: GPL-2.0-or-later
"""labclass with a tshark that has the plugin of a build directory, as "lab" makes it."""
import os
import pathlib
import shutil
import stat
import subprocess


class Run:
    def __init__(self, build, folder):
        build = os.path.abspath(build)
        self.casecap = os.path.join(build, "tests", "tools", "casecap")
        self.gencap = os.path.join(build, "tests", "tools", "gencap")
        self.program = os.path.join(build, "class", "labclass")
        self.home = pathlib.Path(folder) / "home"
        version = subprocess.run(["tshark", "-v"], capture_output=True, text=True).stdout.split()
        number = next(word for word in version if word[0].isdigit())
        plugins = self.home / "plugins" / ".".join(number.split(".")[:2]) / "epan"
        plugins.mkdir(parents=True)
        (self.home / "none").mkdir()
        shutil.copy(os.path.join(build, "plugin", "lab.so"), plugins)
        self.tshark = self.home / "tshark"
        become = "setpriv --reuid=65534 --regid=65534 --clear-groups " if os.geteuid() == 0 else ""
        self.tshark.write_text(f"""#!/bin/sh
HOME='{self.home}' WIRESHARK_CONFIG_DIR='{self.home}/none' WIRESHARK_EXTCAP_DIR='{self.home}/none' WIRESHARK_PLUGIN_DIR='{self.home}/plugins'
export HOME WIRESHARK_CONFIG_DIR WIRESHARK_EXTCAP_DIR WIRESHARK_PLUGIN_DIR
[ -z "${{LAB_BARE:-}}" ] || WIRESHARK_PLUGIN_DIR='{self.home}/none'
# A capture is read by the tshark that is kept ready, if there is one: tests/tools/with-ready-tshark.
case "${{LAB_BARE:-}} $* " in
" "*" -r "*) [ -z "${{LAB_READY:-}}" ] || exec {become}"$LAB_READY/client" "$LAB_READY/lab/socket" "$@" ;;
esac
exec {become}tshark "$@"
""")
        self.tshark.chmod(self.tshark.stat().st_mode | stat.S_IXUSR)
        os.chmod(folder, 0o755)
        os.environ["TMPDIR"] = str(folder)  # what a labclass that is killed leaves is removed with it

    def labclass(self, *arguments, **options):
        return subprocess.run([self.program, "--tshark", str(self.tshark), *map(str, arguments)], capture_output=True, text=True,
                              env=dict(os.environ, LC_ALL="C.UTF-8"), **options)
