#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory is given back between files: one sharkd that opens a capture 50 times needs as much as one that opens it 5 times.

Compared with sharkd without the plugin, which grows by itself. A further file may cost TOLERANCE more; what the plugin keeps of the capture is
three times as much.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import runner

PACKETS = 2000
FEW, MANY = 5, 50
TOLERANCE = 300  # kilobytes for each further file


def peak(path, loads, plugin):
    """Kilobytes of memory at most."""
    lines = [json.dumps({"jsonrpc": "2.0", "id": n, "method": "load", "params": {"file": path}}) for n in range(1, loads + 1)]
    environment = dict(os.environ, TSHARK="sharkd") if plugin else dict(os.environ, TSHARK="sharkd", LAB_PLUGIN="none")
    run = subprocess.Popen([str(runner.TSHARK_LAB), "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                           env=environment)
    run.stdin.write(("\n".join(lines) + "\n").encode())
    run.stdin.close()
    answers = [json.loads(line) for line in run.stdout.read().decode(errors="replace").splitlines() if line.startswith("{")]
    _, status, usage = os.wait4(run.pid, 0)
    opened = sum(answer.get("result", {}).get("status") == "OK" for answer in answers)
    if opened != loads or status:
        sys.exit(f"not ok: sharkd opened {opened} of {loads} files and ended with {status}")
    return usage.ru_maxrss


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=os.environ.get("LAB_BUILD"), help="build directory (default: $LAB_BUILD)")
    build = os.path.abspath(parser.parse_args().build or parser.error("say where the build is: --build DIR or LAB_BUILD"))
    os.environ["LAB_BUILD"] = build
    gencap = pathlib.Path(build) / "tests" / "tools" / "gencap"
    with tempfile.TemporaryDirectory(prefix="lab-flat-") as folder:
        os.chmod(folder, 0o755)
        path = os.path.join(folder, "short.pcap")
        subprocess.run([str(gencap), path, "short", str(PACKETS), "1"], check=True, stderr=subprocess.DEVNULL)
        few, many, bare_few, bare_many = (peak(path, loads, plugin) for plugin in (True, False) for loads in (FEW, MANY))
    grown, bare = many - few, bare_many - bare_few
    most = max(bare, 0) + TOLERANCE * (MANY - FEW)
    print(f"{'ok' if grown <= most else 'not ok'}: {few} kB with {FEW} files, {many} kB with {MANY}; "
          f"without the plugin {bare_few} and {bare_many}; {most} kB more are allowed")
    return grown > most


if __name__ == "__main__":
    sys.exit(main())
