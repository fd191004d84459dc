#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark with the plugin and the profiles, on a display of its own: what its windows say is read through the clipboard.

Nothing depends on how fast the machine is: each step waits until what it needs is there, up to WAIT seconds. Screenshots are for people: no test reads
them. They are in BUILD/gui/.
"""
import argparse
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
NEEDED = ("Xvfb", "openbox", "xdotool", "xclip", "import", "wireshark", "setpriv")
WAIT = 120
SIZE = (1366, 768)
DUMPCAP = shutil.which("dumpcap")


def as_nobody():
    """Runs what follows as an ordinary user, of the group that may run dumpcap (Debian: wireshark)."""
    groups = [f"--groups={os.stat(DUMPCAP).st_gid}"] if DUMPCAP and os.stat(DUMPCAP).st_gid else ["--clear-groups"]
    return ["setpriv", "--reuid=65534", "--regid=65534", *groups]


def wait_for(what, condition):
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError(f"{what}: not there after {WAIT} seconds")


class Display:
    """An X server that nobody else uses, with a window manager."""

    def __enter__(self):
        reading, writing = os.pipe()
        self.processes = [subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", "%dx%dx24" % SIZE, "-ac"], pass_fds=[writing],
                                           stderr=subprocess.DEVNULL)]
        os.close(writing)
        with os.fdopen(reading) as pipe:
            self.name = ":" + pipe.readline().strip()
        self.processes.append(subprocess.Popen(["openbox"], env=self.environment(), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL))
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()

    def environment(self, **more):
        return {"PATH": os.environ["PATH"], "DISPLAY": self.name, "LANG": "C.UTF-8", **more}

    def run(self, *command):
        done = subprocess.run(command, env=self.environment(), capture_output=True, timeout=WAIT, check=False)
        return done.stdout.decode(errors="replace")

    def keys(self, *keys):
        for key in keys:
            self.run("xdotool", "key", key)
            time.sleep(0.3)

    def click(self, button):
        """A part of the interface's toolbar. It stands where it does because the window fills the screen."""
        places = {"Scenario": 360, "Language": 620, "Go": 1116, "Open the page": 1215, "Log": 1313}
        for window in self.window("^Capturing from"):
            self.run("xdotool", "windowactivate", window)
        self.run("xdotool", "mousemove", str(places[button]), "129", "click", "1")
        time.sleep(0.5)

    def stop_capture(self):
        """Capture > Stop, in the window that captures."""
        for window in self.window("^Capturing from"):
            # A click into the packet list: until then no part of the window takes keys.
            self.run("xdotool", "windowactivate", window, "mousemove", "--window", window, str(SIZE[0] // 4), str(SIZE[1] // 4), "click", "1")
            time.sleep(0.5)
            self.keys("ctrl+e")
            time.sleep(1)
        return True

    def window(self, title):
        return self.run("xdotool", "search", "--onlyvisible", "--name", title).split()


class Wireshark:
    """One run of Wireshark in a home folder of its own, as an ordinary user: as root it would not load the plugin."""

    def __init__(self, display, build, profile, options, title, capture=None, **environment):
        self.display, self.title = display, title
        self.failed = build / "gui" / f"failed-{profile}-{title}.png".replace("Lab/", "Lab-")
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="lab-gui."))
        self.fill_home(build)
        command = ["wireshark", "-C", profile, *options]
        if capture:
            shutil.copy(capture, self.home / "shown.pcap")
            command += ["-r", str(self.home / "shown.pcap")]
        if os.getuid() == 0:
            command = as_nobody() + command
            subprocess.run(["chown", "-R", "65534:65534", self.home], check=True)
        more = {"HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.home / "run"), "WIRESHARK_PLUGIN_DIR": str(self.home / "plugins"),
                "LAB_SERVER": str(self.home / "bin/labserver"), "TMPDIR": str(self.home), "QT_STYLE_OVERRIDE": "Fusion", **environment}
        if "PATH" in environment:  # a browser that only writes down what it is asked for
            more["PATH"] = environment["PATH"].replace("PROGRAMS", str(self.home / "bin"))
            (self.home / "bin/xdg-open").write_text(f"#!/bin/sh\necho \"$1\" >{self.home}/run/opened\n")
            (self.home / "bin/xdg-open").chmod(0o755)
        if "LAB_SERVER" in environment:  # one that ends at once
            more["LAB_SERVER"] = environment["LAB_SERVER"].replace("PROGRAMS", str(self.home / "bin"))
            (self.home / "bin/dies").write_text(f"#!/bin/sh\ntouch {self.home}/run/started\necho wrong on purpose >&2\nexit 3\n")
            (self.home / "bin/dies").chmod(0o755)
        self.log = open(self.home / "log", "wb")  # pylint: disable=consider-using-with # closed with the process
        self.process = subprocess.Popen(command, env=display.environment(**more), stdout=self.log, stderr=self.log, start_new_session=True)

    def fill_home(self, build):
        version = re.search(r"(\d+\.\d+)", subprocess.run(["tshark", "--version"], capture_output=True, text=True, check=True).stdout).group(1)
        config = self.home / ".config/wireshark"
        for folder in (f"plugins/{version}/epan", ".config/wireshark/extcap", ".local/lib/wireshark/extcap", "run", "bin"):
            (self.home / folder).mkdir(parents=True)
        shutil.copy(build / "plugin/lab.so", self.home / f"plugins/{version}/epan")
        shutil.copytree(ROOT / "profile", config / "profiles")
        for place in (".config/wireshark/extcap", ".local/lib/wireshark/extcap"):
            shutil.copy(build / "extcap/labdump", self.home / place)
        shutil.copy(build / "server/labserver", self.home / "bin")
        shutil.copytree(ROOT / "www", self.home / "www")
        width, height = SIZE
        (config / "recent_common").write_text("privs.warn_if_elevated: FALSE\nsys.warn_if_no_capture: FALSE\ngui.geometry_main_x: 0\ngui.geometry_main_y: 0\n"
                                              f"gui.geometry_main_width: {width}\ngui.geometry_main_height: {height}\n")
        (config / "preferences").write_text("gui.update.enabled: FALSE\ngui.ask_unsaved: FALSE\n")
        (self.home / "run").chmod(0o700)
        self.home.chmod(0o711)

    def __enter__(self):
        try:
            wait_for(f"the window {self.title}", lambda: self.display.window(self.title))
        except BaseException as error:
            self.__exit__(type(error))
            raise
        return self

    def __exit__(self, kind=None, *_):
        if kind:
            self.display.run("import", "-window", "root", str(self.failed))
        self.display.keys("Escape", "ctrl+q")
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def leave(self):
        """A window that is frozen would not end."""
        for window in self.display.window("Wireshark|^\\*?\\("):
            self.display.run("xdotool", "windowactivate", window)
        def left():
            self.display.keys("ctrl+q")
            return self.process.poll() is not None
        wait_for("the end of Wireshark", left)

    def clipboard(self):
        """What is on the clipboard; nothing while it is empty."""
        return self.display.run("timeout", "5", "xclip", "-o", "-selection", "clipboard")

    def copied(self, what, word, *keys):
        """What `keys` copy, once `word` is in it."""
        def once():
            self.display.keys(*keys)
            time.sleep(0.7)
            text = self.clipboard()
            self.display.keys("Escape", "Escape")
            return text if word in text else None
        return wait_for(f"{what} with {word!r}", once)

    def copied_from_menu(self, word, from_below):
        """What the entry of the context menu copies, counted from below, once `word` is in it."""
        def once():
            self.display.run("xdotool", "click", "3")
            time.sleep(0.5)
            self.display.keys(*["Up"] * from_below, "Return")
            time.sleep(0.7)
            text = self.clipboard()
            return text if word in text else None
        return wait_for(f"the context menu with {word!r}", once)

    def tree(self, word):
        """The lines of the packet details that are unfolded."""
        return self.copied("the packet details", word, "ctrl+alt+shift+a")

    def row(self, word):
        """The chosen row of the packet list, by the titles of its columns: Edit > Copy > As Plain Text."""
        titles, values = self.copied("the row", word, "alt+e", "Right", "Return").split("\n")[:2]
        return list(zip(titles.split("\t"), values.split("\t")))

    def table(self, title, word, before=None):
        """The text of a table of Statistics > Lab: its button Copy, at the bottom, third from the right. `before`: once it is another than this.
        Wireshark fills it while it reads the capture: it is there when it has a row and is the same twice."""
        copies = [""]

        def copied():
            for window in self.display.window(title):
                place = dict(re.findall(r"(WIDTH|HEIGHT)=(\d+)", self.display.run("xdotool", "getwindowgeometry", "--shell", window)))
                self.display.run("xdotool", "mousemove", "--window", window, str(int(place["WIDTH"]) - 235), str(int(place["HEIGHT"]) - 25), "click", "1")
                time.sleep(0.7)
            copies.append(self.clipboard())
            text = copies[-1]
            whole = word in text and re.search(r"^ *\d+  ", text, re.M) and text == copies[-2]
            return text if whole and text != before else None
        return wait_for(f"the table {title} with {word!r}", copied)

    def click_title(self, title, x):
        """A click on the title of a table's column, `x` pixels from the left of the window: Wireshark sorts by it, and with the next one backwards."""
        for window in self.display.window(title):
            self.display.run("xdotool", "windowactivate", window, "mousemove", "--window", window, str(x), "22", "click", "1")
            time.sleep(0.5)


class Tests:
    def __init__(self, display, build, pictures):
        self.display, self.build, self.pictures = display, build, pictures
        self.captures = pictures / "captures"
        self.captures.mkdir(parents=True, exist_ok=True)

    def picture(self, name):
        self.display.run("import", "-window", "root", str(self.pictures / f"{name}.png"))

    def capture(self, name, mode, packets):
        path = self.captures / f"{name}.pcap"
        subprocess.run([self.build / "tests/tools/gencap", path, mode, str(packets), "7"], check=True, capture_output=True)
        return path

    def wireshark(self, profile, *options, title="shown.pcap", capture=None, **environment):
        return Wireshark(self.display, self.build, profile, options, title, capture, **environment)

    def test_frame_100000_is_shown_with_its_note(self):
        with self.wireshark("Lab", "-g", "100000", capture=self.capture("http", "http", 100100)) as w:
            row = w.row("100000\t")
            text = w.tree("Frame 100000")
            self.picture("lab-frame-100000")
        assert [title for title, _ in row][:5] == ["No.", "Time", "Lab note", "Source", "Port"], row
        assert [title for title, _ in row][-2:] == ["Client state", "Server state"], row
        assert row[0][1] == "100000" and re.search(r"request \d+", row[2][1]), row
        assert f"[Lab, {row[2][1]}]" in text, text

    def test_the_tree_begins_with_the_note_and_says_nothing_twice(self):
        with self.wireshark("Lab", "-J", "lab.rst.cause", capture=self.capture("short", "short", 3000)) as w:
            w.tree("[Lab, RST: ")
            self.display.keys("ctrl+Right")  # View > Expand All
            text = w.tree("Zeek")
            self.picture("lab-tree-of-a-reset")
        lines = [line.strip() for line in text[text.index("[Lab, RST: "):].splitlines()]
        assert lines[1].startswith("[Cause of the RST: "), lines
        assert not [line for line in lines if re.search(r"\((\w+)\)\]$", line) and line.lower().count(line[line.rindex("(") + 1:-2].lower()) > 1], lines
        names = [line.split(":")[0] for line in lines]
        assert names.index("[Impact") < names.index("[Client state") < names.index("[Phase") < names.index("[Zeek's notation]"), lines
        assert "[Anomaly" not in names and "[Note" not in names, lines
        # Wireshark's own form: severity, group, the words of the plugin.
        assert [line for line in lines if re.match(r"\[Expert Info \((Error|Warning|Note|Chat)/\w+\): .+\]$", line)], lines

    def test_the_expert_information_names_lab(self):
        with self.wireshark("Lab", "-J", "lab.rst.cause", capture=self.capture("short", "short", 3000)) as w:
            w.tree("[Lab, RST: ")
            self.display.keys("alt+a", "Up", "Return")  # Analyze, whose last entry is Expert Information
            wait_for("the expert information", lambda: self.display.window("Expert Information"))
            for window in self.display.window("Expert Information"):
                self.display.run("xdotool", "windowactivate", window)
            # The rows of the list, from the top: TCP's word for a RST, then Lab's.
            self.display.run("xdotool", "mousemove", "600", "58", "click", "1")
            summary = w.copied_from_menu("a RST:", 3)  # Copy, Collapse All, Expand All
            self.display.keys("Home", "Down", "Right", "Down")  # its first frame: Wireshark goes there
            self.picture("lab-expert")
            self.display.keys("Escape")
            text = w.tree("[Expert Info (Warning/Sequence): ")
        assert re.match(r"\d+ Lab: a RST: its sender ends the connection", summary), summary  # frame, protocol, summary
        assert "[Severity level: Warning]" in text and "[Group: Sequence]" in text, text

    def test_a_table_is_sorted_as_numbers(self):
        with self.wireshark("Lab", "-z", "lab_connections,table", title="Lab/Connections", capture=self.capture("many", "short", 3000)) as w:
            text = w.table("Lab/Connections", "Stream")
            self.picture("lab-connections")
            w.click_title("Lab/Connections", 38)  # Stream, by which it is sorted: backwards now
            backwards = w.table("Lab/Connections", "Stream", text)
            w.click_title("Lab/Connections", 311)  # First frame
            frames = w.table("Lab/Connections", "Stream", backwards)
            w.click_title("Lab/Connections", 471)  # Bytes up
            by_bytes = w.table("Lab/Connections", "Stream", frames)
            self.picture("lab-connections-by-bytes")
        streams = column(text, 0)
        assert len(streams) > 100 and streams == sorted(streams), streams[:30]
        assert column(backwards, 0) == sorted(streams, reverse=True), column(backwards, 0)[:30]
        for what, got in (("first frame", column(frames, 3)), ("bytes up", column(by_bytes, 5))):
            assert len(got) == len(streams) and len({len(str(n)) for n in got}) > 1, (what, got[:30])  # of one and of more digits
            assert got in (sorted(got), sorted(got, reverse=True)), (what, got[:30])

    def test_the_profile_for_resets_counts_them(self):
        with self.wireshark("Lab RST", "-z", "lab_resets,table", title="Lab/Resets", capture=self.capture("short", "short", 3000)) as w:
            text = w.table("Lab/Resets", "RST cause")
            self.picture("lab-rst-resets")
        assert re.search(r"^ *\d+  port-closed +server +nothing-lost", text, re.M), text

    def test_the_chinese_profile_speaks_chinese(self):
        with self.wireshark("Lab 中文", "-J", "lab.rst.cause", capture=self.capture("short", "short", 3000)) as w:
            text = w.tree("[Lab，RST：")  # first: then the frame of -J is the chosen one
            row = w.row("Lab 说明")
            self.picture("lab-zh")
        assert all(re.search(r"[\u4e00-\u9fff]", title) for title, _ in row), row
        assert f"[Lab，{row[2][1]}]" in text, text

    def test_the_interface_is_started_and_stopped(self):
        if os.getuid() and not (DUMPCAP and os.access(DUMPCAP, os.X_OK)):
            print("skipped: this user may not run dumpcap: sudo usermod -aG wireshark $USER")
            return
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with self.wireshark("Lab", "-k", "-i", "lab", "-o", f"extcap.lab.port:{port}", "-o", "extcap.lab.network:own", title="Lab web server") as w:
            wait_for("the page of the server", lambda: page(port))
            self.picture("lab-interface")
            wait_for("the end of the server", lambda: self.display.stop_capture() and not page(port))
            wait_for("the end of the capture", lambda: not self.display.window("^Capturing from"))
            self.display.keys("ctrl+End")
            row = w.row("Lab note")
            self.picture("lab-interface-stopped")
        assert int(row[0][1]) > 10, row

    def capturing(self, *options, title="Capturing from", **environment):
        """Wireshark, capturing from its start. The toolbar is on: the profile's recent file names it."""
        return self.wireshark("Lab", "-k", "-i", "lab", "-o", "extcap.lab.port:0", "-o", "extcap.lab.network:own", *options, title=title, **environment)

    def may_capture(self):
        if os.getuid() and not (DUMPCAP and os.access(DUMPCAP, os.X_OK)):
            print("skipped: this user may not run dumpcap: sudo usermod -aG wireshark $USER")
            return False
        return True

    def choose(self, where, nth):
        """The nth entry of a list of the toolbar, from 0."""
        self.display.click(where)
        self.display.keys("Home", *["Down"] * nth, "Return")

    def log(self, word):
        """The text of the toolbar's log, once `word` is in it."""
        def copied():
            self.display.click("Log")
            for window in self.display.window("lab Log$"):
                place = dict(re.findall(r"(WIDTH|HEIGHT)=(\d+)", self.display.run("xdotool", "getwindowgeometry", "--shell", window)))
                self.display.run("xdotool", "windowactivate", window, "mousemove", "--window", window, str(int(place["WIDTH"]) // 2), str(int(place["HEIGHT"]) // 2), "click", "1")
                time.sleep(0.3)
                self.display.keys("ctrl+a", "ctrl+c")
            text = self.display.run("timeout", "5", "xclip", "-o", "-selection", "clipboard")
            return text if word in text else None
        return wait_for(f"the log with {word!r}", copied)

    def close_log(self):
        def closed():
            for window in self.display.window("lab Log$"):
                self.display.run("xdotool", "windowactivate", window)
                self.display.keys("Escape")
            return not self.display.window("lab Log$")
        wait_for("the end of the log's window", closed)

    def test_the_toolbar_plays_a_scenario_opens_the_page_and_changes_the_language(self):
        if not self.may_capture():
            return
        with self.capturing(PATH="PROGRAMS:" + os.environ["PATH"]) as w:
            opened = w.home / "run/opened"
            self.log("http://127.0.0.1:")
            self.picture("lab-toolbar-log")
            self.close_log()
            self.choose("Scenario", 1)
            self.display.click("Go")
            text = self.log("tcp.port")
            self.picture("lab-toolbar-played")
            self.close_log()
            assert "client-close begins" in text and re.search(r"Frames \d+ to \d+\.", text) and "Display filter: tcp.port == " in text, text
            self.display.click("Open the page")
            wait_for("the browser", lambda: opened.exists() and opened.read_text().startswith("http://127.0.0.1:"))
            self.choose("Language", 2)
            self.log("语言为中文")
            self.picture("lab-toolbar-chinese")
            self.close_log()

    def test_wireshark_goes_on_when_the_interface_is_killed(self):
        if not self.may_capture():
            return
        with self.capturing() as w:
            self.log("http://127.0.0.1:")
            self.close_log()
            for pid in pids_of(w.process.pid, "labdump"):
                os.kill(pid, signal.SIGKILL)
            wait_for("the end of the capture", lambda: not self.display.window("^Capturing from"))
            self.picture("lab-toolbar-killed")
            self.display.keys("Escape", "Escape")
            w.leave()

    def test_wireshark_does_not_freeze_when_the_start_fails(self):
        if not self.may_capture():
            return
        with self.capturing(title="Wireshark|Capturing", LAB_SERVER="PROGRAMS/dies") as w:
            wait_for("the start", lambda: (w.home / "run/started").exists())
            wait_for("the end of labdump", lambda: not pids_of(w.process.pid, "labdump"))
            time.sleep(3)
            self.picture("lab-toolbar-failed-start")
            self.display.keys("Return", "Escape")
            w.leave()


def column(text, number):
    """The numbers of a column of a copied table."""
    return [int(line.split()[number]) for line in text.splitlines() if re.match(r" *\d+  ", line)]


def pids_of(session, name):
    """The living processes of this name in a session of Wireshark's."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = stat.read_text().split(" (", 1)
        except OSError:
            continue
        comm, state, _, _, of = rest.rsplit(")", 1)[0], *rest.rsplit(")", 1)[1].split()[:4]
        if comm == name and state != "Z" and int(of) == session:
            found.append(int(pid))
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def page(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def run(tests, only):
    failed = 0
    for name in (name for name in dir(Tests) if name.startswith("test_") and only in name):
        try:
            getattr(tests, name)()
            print("ok", name, flush=True)
        except (AssertionError, OSError, subprocess.SubprocessError, ValueError) as error:
            failed += 1
            print("FAIL", name, str(error)[:1500], flush=True)
    return failed


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build", type=pathlib.Path, required=True, help="build folder with plugin and tools")
    arguments.add_argument("--only", default="", help="only tests with this in their name")
    chosen = arguments.parse_args()
    missing = [program for program in NEEDED if not shutil.which(program)]
    if missing:
        print(f"skipped: {', '.join(missing)} missing; install xvfb openbox xdotool xclip imagemagick wireshark")
        return 77
    with Display() as display:
        pictures = chosen.build.resolve() / "gui"
        tests = Tests(display, chosen.build.resolve(), pictures)
        failed = run(tests, chosen.only)
    print(f"screenshots: {pictures}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
