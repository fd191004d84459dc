#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""curl asks nghttpd over HTTP/2, in the clear and inside TLS with keys, while loopback is captured: the plugin's exchanges have the statuses
and sizes that curl reports, and no more time than curl needed. One pass and two agree. Exit code 77: something that it needs is missing."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[1:1] = [str(HERE.parent / folder) for folder in ("tools",)]
# pylint: disable=wrong-import-position
from live import TSHARK_LAB, arguments, own_network, skip, start_capture
from secure import certificate

FILES = {"a.txt": 3000, "b.txt": 300000}
CLEAR, SECURE = 9001, 9002
WRITE_OUT = "%{http_code} %{size_download} %{time_total}\\n"


def ask(port, scheme, options, environment):
    """What curl says of each file: status, bytes, seconds."""
    rows = []
    for name in [*FILES, "none"]:
        run = subprocess.run(["curl", "-sk", *options, "-o", "/dev/null", "-w", WRITE_OUT, f"{scheme}://127.0.0.1:{port}/{name}"],
                             capture_output=True, text=True, env=environment, check=False)
        status, size, seconds = run.stdout.split()
        rows.append((int(status), int(size), float(seconds)))
    return rows


def play(work):
    """In a network of its own: servers, capture, clients; writes what the clients saw."""
    for name, size in FILES.items():
        pathlib.Path(work, name).write_bytes(b"x" * size)
    key, cert = certificate(work)
    servers = [subprocess.Popen(["nghttpd", "-d", work, "--no-tls", str(CLEAR)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
               subprocess.Popen(["nghttpd", "-d", work, str(SECURE), key, cert], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)]
    capture = start_capture("tcp", f"{work}/live.pcap")
    time.sleep(1)
    environment = dict(os.environ, SSLKEYLOGFILE=f"{work}/keys.log")
    seen = ask(CLEAR, "http", ["--http2-prior-knowledge"], environment) + ask(SECURE, "https", ["--http2"], environment)
    time.sleep(1)
    for process in [*servers, capture]:
        process.terminate()
        process.wait()
    pathlib.Path(work, "seen.json").write_text(json.dumps(seen), encoding="utf-8")


def report(options, work, passes):
    out = f"{work}/report-{passes}.json"
    subprocess.run([str(TSHARK_LAB), "-n", *(["-2"] if passes == 2 else []), "-r", f"{work}/live.pcap", "-o", f"tls.keylog_file:{work}/keys.log", "-q",
                    "-z", f"lab,report,json,{out}"], check=True, env=dict(os.environ, LAB_BUILD=options.build), stdout=subprocess.DEVNULL)
    return json.loads(pathlib.Path(out).read_text(encoding="utf-8"))["exchanges"]


def check(options, work):
    seen = json.loads(pathlib.Path(work, "seen.json").read_text(encoding="utf-8"))
    for path in [work, *pathlib.Path(work).glob("*")]:
        os.chmod(path, 0o777)
    one, two = report(options, work, 1), report(options, work, 2)
    assert one == two, "one pass and two passes differ"
    assert len(one) == len(seen), f"{len(one)} exchanges, and curl asked {len(seen)} times"
    for exchange, (status, size, seconds) in zip(one, seen):
        assert exchange["http2"]["stream"] == 1 and exchange["response"]["version"] == "HTTP/2", exchange
        assert exchange["status"] == status and exchange["body_bytes"] == size and exchange["complete"], (exchange, status, size)
        assert 0 < exchange["timing"]["sum"] <= seconds + 0.05, (exchange["timing"], seconds)
    print(f"{len(one)} exchanges are as curl saw them")


def main():
    options = arguments(__doc__, "the folder of the capture")
    if options.play:
        play(options.play)
        return
    for program in ("nghttpd", "curl", "openssl"):
        if not shutil.which(program):
            skip(f"there is no {program}")
    network = own_network()
    if not network:
        skip("this machine allows no network of its own")
    with tempfile.TemporaryDirectory(prefix="lab-http2-") as work:
        os.chmod(work, 0o777)
        run = subprocess.run([*network, sys.executable, __file__, "--build", options.build, "--play", work], check=False)
        if run.returncode:
            sys.exit(run.returncode)
        check(options, work)


if __name__ == "__main__":
    main()
