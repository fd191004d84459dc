#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Real clients ask real servers while the loopback interface is captured: labserver, Python's http.server (HTTP/1.0 and 1.1) and nginx.
For every connection the plugin's exchanges must be the requests that the client sent on it, with the statuses and bodies that it got.

Exit code 77: no capture is possible here. A server that is not installed is left out with a message.
"""
import collections
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(HERE.parent / "tools"))
# pylint: disable=wrong-import-position
from clients import CLIENTS, PERSISTENT, Seen
from live import arguments, own_network, report_of, skip, start_capture, start_labserver, stop

WWW = HERE.parent.parent / "www"
LIMIT = 60  # seconds for all servers together
SHOWN = 8   # differences of one server that are printed

PYTHON = """import http.server, sys
http.server.SimpleHTTPRequestHandler.protocol_version = sys.argv[1]
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[2])),
    lambda *a: http.server.SimpleHTTPRequestHandler(*a, directory=sys.argv[3])).serve_forever()"""

NGINX = """daemon off; pid {work}/nginx.pid; error_log {work}/nginx.log; worker_processes 1; {user}
events {{ }}
http {{ access_log off; client_body_temp_path {work}/a; proxy_temp_path {work}/b; fastcgi_temp_path {work}/c; uwsgi_temp_path {work}/d;
        scgi_temp_path {work}/e; keepalive_timeout 5; gzip on; gzip_types text/css; gzip_min_length 1;
        server {{ listen 127.0.0.1:{port}; root {root}; }} }}
"""


# ---- the servers: each starts one and returns (process, port), or None where it is not installed ----

def free_port():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


def when_it_listens(process, port):
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process, port
        except OSError:
            time.sleep(0.1)
    stop(process)
    sys.exit(f"test_servers: {process.args[0]} does not listen on port {port}")


def labserver(options, _work):
    return start_labserver(options.build)  # its own page is WWW, also where the user nobody may not look


def python(version):
    port = free_port()
    return when_it_listens(subprocess.Popen([sys.executable, "-c", PYTHON, version, str(port), str(WWW)], stderr=subprocess.DEVNULL), port)


def python_1_0(_options, _work):
    return python("HTTP/1.0")


def python_1_1(_options, _work):
    return python("HTTP/1.1")


def nginx(_options, work):
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not program:
        return None
    port, config = free_port(), os.path.join(work, "nginx.conf")
    user = "user root;" if os.geteuid() == 0 else ""
    pathlib.Path(config).write_text(NGINX.format(work=work, port=port, root=WWW, user=user), encoding="utf-8")
    return when_it_listens(subprocess.Popen([program, "-c", config, "-p", work], stderr=subprocess.DEVNULL), port)


SERVERS = (labserver, python_1_0, python_1_1, nginx)


# ---- the play, in a network of its own ----

def play_server(options, server, work):
    """Captures every client at one server; leaves NAME.pcap, and NAME.json with the requests and responses of the clients."""
    started = server(options, work)
    if started is None:
        return
    process, port = started
    try:
        capture = start_capture(f"tcp port {port}", os.path.join(work, server.__name__ + ".pcap"))
        clients = [c for c in CLIENTS if server is not python_1_0 or c not in PERSISTENT]
        seen = [s for client in clients for s in client(port)]
        time.sleep(0.5)
        stop(capture, signal.SIGINT)
    finally:
        stop(process)
    with open(os.path.join(work, server.__name__ + ".json"), "w", encoding="utf-8") as file:
        json.dump(seen, file)


# ---- the comparison ----

def differences(seen, report):
    """By the client's port: the exchanges of its connection, in their order, are the client's requests."""
    streams = {c["client"]["port"]: c["stream"] for c in report["connections"]}
    exchanges = collections.defaultdict(list)
    for x in sorted(report["exchanges"], key=lambda x: x["index"]):
        exchanges[x["stream"]].append(x)
    asked = collections.defaultdict(list)
    for s in seen:
        asked[s.port].append(s)
    for port, requests in asked.items():
        got = exchanges.pop(streams.get(port), [])
        who = requests[0].client
        extra = [x for x in got[len(requests):] if not sent_again(x, who, seen)]
        # a request after the server's close may never have been sent
        sent = max((i + 1 for i, s in enumerate(requests) if s.status is not None), default=0)
        if len(got) < sent or extra:
            yield f"{who}: {len(requests)} requests, {len(got)} exchanges in the report"
        for s, x in zip(requests, got):
            yield from differences_of(who, s, x)
    for stream, rest in exchanges.items():
        yield f"stream {stream} has exchanges that no client tells of: {[(x['method'], x['target'], x['status']) for x in rest]}"


def sent_again(x, client, seen):
    """curl repeats a request if the server closed instead of a response (RFC 9112 9.3.1), and prints the repetition only."""
    return x["status"] is None and any((s.client, s.method, s.target) == (client, x["method"], x["target"]) for s in seen)


def differences_of(who, s, x):
    if s.status is None and x["method"] is None:
        return  # the server closed when only a part of the request had been sent
    pairs = [("method", s.method, x["method"]), ("target", s.target, x["target"])]
    if s.status is not None:
        pairs += [("status", s.status, x["status"]), ("bytes of the body", s.body, x["body_bytes"])]
        incomplete = [key for key in ("send", "wait", "receive") if x["timing"][key] is None]
        if incomplete:
            yield f"{who} {s.method} {s.target}: timing without {incomplete}"
    for what, wanted, got in pairs:
        if wanted != got:
            yield f"{who} {s.method} {s.target}: {what} {wanted} for the client, {got} in the report"


def judge(options, work):
    failed = judged = 0
    for server in SERVERS:
        path = os.path.join(work, server.__name__)
        if not os.path.exists(path + ".json"):
            print(f"{server.__name__}: not installed, left out")
            continue
        with open(path + ".json", encoding="utf-8") as file:
            seen = [Seen(*s) for s in json.load(file)]
        report = report_of(options.build, path + ".pcap", work)
        problems = list(differences(seen, report))
        judged += 1
        failed += bool(problems)
        for problem in problems[:SHOWN]:
            print(f"FAIL {server.__name__}: {problem}")
        if len(problems) > SHOWN:
            print(f"FAIL {server.__name__}: and {len(problems) - SHOWN} more")
        unanswered = sum(s.status is None for s in seen)
        print(f"{server.__name__}: {len(seen)} requests of {len({s.client for s in seen})} clients on {len({s.port for s in seen})} connections, "
              f"{unanswered} that the client got no answer to", flush=True)
    print(f"{judged - failed} servers passed, {failed} failed")
    return 1 if failed or not judged else 0


def main():
    options = arguments(__doc__, "leave captures and reports there")
    if options.play:
        for server in SERVERS:
            play_server(options, server, options.play)
        return 0
    if not shutil.which("curl"):
        skip("no curl: install it")
    with tempfile.TemporaryDirectory(prefix="lab-servers-", ignore_cleanup_errors=True) as work:
        run = subprocess.run([*own_network(), sys.executable, __file__, "--build", options.build, "--play", work], check=False, timeout=LIMIT)
        if run.returncode:
            return run.returncode
        result = judge(options, work)
        if options.keep:
            shutil.copytree(work, options.keep, dirs_exist_ok=True)
    return result


if __name__ == "__main__":
    sys.exit(main())
