# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions of tests with real programs: a network of their own, a capture of it, and the plugin's report of that capture."""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

TSHARK_LAB = pathlib.Path(__file__).resolve().parent / "tshark-lab"
SKIP = 77  # ctest's SKIP_RETURN_CODE


def arguments(description, kept):
    """The command line of such a test; `kept` says what --keep leaves."""
    parser = argparse.ArgumentParser(description=description.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=os.environ.get("LAB_BUILD"), help="build directory (default: $LAB_BUILD)")
    parser.add_argument("--keep", metavar="DIR", help=kept)
    parser.add_argument("--play", metavar="DIR", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.build:
        parser.error("say where the build is: --build DIR or LAB_BUILD")
    options.build = os.path.abspath(options.build)
    return options


def skip(why):
    print(f"skipped: {why}", flush=True)
    sys.exit(SKIP)


def own_network():
    """The command prefix that gives a program a network of its own; empty if the machine does not allow one."""
    unshare = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    up = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    possible = shutil.which("unshare") and not subprocess.run([*unshare, *up, "true"], stderr=subprocess.DEVNULL, check=False).returncode
    return [*unshare, *up] if possible else []


def start_capture(capture_filter, path):
    """The program that captures on lo, once it does. tcpdump refuses to be root of a user namespace; dumpcap does not."""
    said = ["there is neither tcpdump nor dumpcap"]
    tcpdump = ["tcpdump", "-Z", "root", "-i", "lo", "-n", "-U", "--immediate-mode", "-B", "16384", "-w", path, capture_filter]
    dumpcap = ["dumpcap", "-i", "lo", "-B", "16", "-P", "-w", path, "-f", capture_filter]
    for command, ready in ((tcpdump, "listening on"), (dumpcap, "File:")):
        if not shutil.which(command[0]):
            continue
        capture = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in capture.stderr:
            if ready in line:
                return capture
            said.append(line.strip())
        capture.wait()
    return skip(f"no capture is possible here: {said[-1]}")


def stop(process, number=signal.SIGTERM):
    """Ends a child of ours and waits for it."""
    process.send_signal(number)
    try:
        process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def start_labserver(build, *options):
    """(process, port) of a labserver on the loopback interface, once it listens."""
    server = subprocess.Popen([os.path.join(build, "server", "labserver"), "--port", "0", "--bind", "127.0.0.1", "--language", "en", *options],
                              stdout=subprocess.PIPE, text=True)
    found = re.match(r"labserver: listening on port (\d+)", server.stdout.readline())
    if not found:
        sys.exit("labserver did not say its port")
    return server, int(found.group(1))


def report_of(build, capture, work):
    """The plugin's JSON report, made in two passes."""
    os.chmod(work, 0o755)
    folder = os.path.join(work, "report")
    os.makedirs(folder, exist_ok=True)
    os.chmod(folder, 0o777)
    path = os.path.join(folder, "report.json")
    subprocess.run([str(TSHARK_LAB), "-n", "-q", "-2", "-r", capture, "-z", f"lab,report,json,{path}"], check=True,
                   env=dict(os.environ, LAB_BUILD=build))
    with open(path, encoding="utf-8") as file:
        return json.load(file)
