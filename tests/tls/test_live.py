#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Real clients ask real servers over TLS while the loopback interface is captured: Python's http.server with its ssl module, and nginx.
With the keys, the plugin's exchanges must be what the client asked for and got; without them there must be none.

Then the same capture with the keys inside it (pcapng): one pass, two passes and sharkd, which reads as the GUI does, must agree.
Exit code 77: no capture is possible here. A server that is not installed is left out with a message.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[1:1] = [str(HERE.parent / folder) for folder in ("tools", "servers", "captures")]
# pylint: disable=wrong-import-position
import runner
import test_passes
from clients import LIMIT, UPLOAD, WRITE_OUT, Seen
from live import TSHARK_LAB, arguments, own_network, skip, start_capture, stop
from secure import certificate
from test_servers import WWW, differences, free_port, when_it_listens

PYTHON = """import http.server, ssl, sys
http.server.SimpleHTTPRequestHandler.protocol_version = 'HTTP/1.1'
server = http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[2])), lambda *a: http.server.SimpleHTTPRequestHandler(*a, directory=sys.argv[3]))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[4] + '/cert.pem', sys.argv[4] + '/key.pem')
context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, sys.argv[1])
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()"""

NGINX = """daemon off; pid {work}/nginx.pid; error_log {work}/nginx.log; worker_processes 1; {user}
events {{ }}
http {{ access_log off; client_body_temp_path {work}/a; proxy_temp_path {work}/b; fastcgi_temp_path {work}/c; uwsgi_temp_path {work}/d;
        scgi_temp_path {work}/e; keepalive_timeout 5; gzip on; gzip_types text/css; gzip_min_length 1;
        ssl_certificate {work}/cert.pem; ssl_certificate_key {work}/key.pem; ssl_protocols {protocol}; ssl_early_data on; ssl_buffer_size 4k;
        server {{ listen 127.0.0.1:{port} ssl http2; root {root}; }} }}
"""


def python(version):
    def start(work):
        port = free_port()
        return when_it_listens(subprocess.Popen([sys.executable, "-c", PYTHON, version, str(port), str(WWW), work], stderr=subprocess.DEVNULL), port)
    return start


def nginx(protocol):
    def start(work):
        program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not program:
            return None
        port, config = free_port(), os.path.join(work, "nginx.conf")
        user = "user root;" if os.geteuid() == 0 else ""
        pathlib.Path(config).write_text(NGINX.format(work=work, port=port, root=WWW, user=user, protocol=protocol), encoding="utf-8")
        return when_it_listens(subprocess.Popen([program, "-c", config, "-p", work], stderr=subprocess.DEVNULL), port)
    return start


SERVERS = {"python-1.2": python("TLSv1_2"), "python-1.3": python("TLSv1_3"), "nginx-1.2": nginx("TLSv1.2"), "nginx-1.3": nginx("TLSv1.3")}


# ---- clients: each returns its requests and responses ----

def curl(port, keys, name, *words, targets, data=None):
    command = ["curl", "--silent", "--insecure", "--noproxy", "*", "--http1.1", "--max-time", str(LIMIT), "--write-out", WRITE_OUT, *words]
    for target in targets:
        command += ["--output", "/dev/null", f"https://127.0.0.1:{port}{target}"]
    run = subprocess.run(command, input=data, capture_output=True, timeout=LIMIT + 2, check=False, env=dict(os.environ, SSLKEYLOGFILE=keys))
    for line in run.stdout.decode().splitlines():
        own, method, url, status, body = line.split()
        yield Seen(name, int(own), method, url[len(f"https://127.0.0.1:{port}"):], int(status) or None, int(body))


def ask(port, keys):
    seen = [*curl(port, keys, "several requests", targets=["/index.html", "/logo.png", "/nothing", "/style.css"])]
    seen += curl(port, keys, "HEAD", "--head", targets=["/logo.png", "/index.html"])
    seen += curl(port, keys, "304", "--header", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT", targets=["/logo.png"])
    seen += curl(port, keys, "range", "--range", "100-199", targets=["/logo.png"])
    seen += curl(port, keys, "compressed", "--header", "Accept-Encoding: gzip", targets=["/style.css", "/index.html"])
    seen += curl(port, keys, "upload", "--header", "Expect:", "--request", "POST", "--data-binary", "@-", targets=["/index.html"], data=UPLOAD * 10)
    seen += curl(port, keys, "chunked upload", "--header", "Transfer-Encoding: chunked", "--header", "Expect:", "--request", "POST",
                 "--data-binary", "@-", targets=["/index.html"], data=UPLOAD * 10)
    return seen


def http_2(port, keys):
    subprocess.run(["curl", "--silent", "--insecure", "--noproxy", "*", "--http2", "--max-time", str(LIMIT), "--output", "/dev/null",
                    f"https://127.0.0.1:{port}/style.css"], check=True, timeout=LIMIT + 2, env=dict(os.environ, SSLKEYLOGFILE=keys))


def early_data(port, keys, work):
    """A second visit whose request comes before the handshake is over (RFC 8446 2.3)."""
    request, session = os.path.join(work, "early.txt"), os.path.join(work, "session.pem")
    text = "GET /style.css?early HTTP/1.1\r\nHost: lab.example\r\nConnection: close\r\n\r\n"
    pathlib.Path(request).write_text(text, encoding="utf-8")
    common = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-quiet", "-keylogfile", keys]
    for words, data in ((["-sess_out", session], text), (["-sess_in", session, "-early_data", request], "")):
        subprocess.run([*common, *words], input=data.encode(), capture_output=True, timeout=LIMIT, check=False)


def play(name, work):
    """Leaves NAME.pcap, NAME.keys and NAME.json."""
    started = SERVERS[name](work)
    if started is None:
        return
    process, port = started
    keys = os.path.join(work, name + ".keys")
    try:
        capture = start_capture(f"tcp port {port}", os.path.join(work, name + ".pcap"))
        seen = ask(port, keys)
        if name.startswith("nginx"):
            http_2(port, keys)
        if name == "nginx-1.3":
            early_data(port, keys, work)
        time.sleep(0.5)
        stop(capture, signal.SIGINT)
    finally:
        stop(process)
    pathlib.Path(work, name + ".json").write_text(json.dumps(seen), encoding="utf-8")


# ---- the comparison ----

def report(path, *words):
    run = subprocess.run([str(TSHARK_LAB), "-n", "-q", "-2", "-r", path, *words, "-z", "lab,report,json"], check=True, capture_output=True)
    return json.loads(run.stdout)


def take_early(told, problems):
    """Removes the two exchanges of early_data(), which no curl tells of, after a look at them."""
    early = [x for x in told["exchanges"] if x["target"] == "/style.css?early"]
    kinds = {c["stream"]: c["tls"]["kind"] for c in told["connections"]}
    if [(kinds[x["stream"]], x["status"]) for x in early] != [("tls13-full", 200), ("early-data", 200)]:
        problems.append(f"early data: {[(kinds[x['stream']], x['status']) for x in early]}")
    told["exchanges"] = [x for x in told["exchanges"] if x not in early]


def take_http_2(told, problems):
    """Removes the exchange of http_2(): stream 1, the first that a client may open (RFC 9113 5.1.1)."""
    found = [x for x in told["exchanges"] if x["http2"]]
    if [(x["http2"]["stream"], x["method"], x["target"], x["status"]) for x in found] != [(1, "GET", "/style.css", 200)]:
        problems.append(f"HTTP/2: {found}")
    told["exchanges"] = [x for x in told["exchanges"] if x not in found]


def look_inside(told, problems, name):
    inside = {c["tls"]["inside"] for c in told["connections"] if c["tls"]}
    wanted = {"http/1", "http/2"} if name.startswith("nginx") else {"http/1"}
    if inside - {None} != wanted:  # None: a connection without data, which only checked that the server listens
        problems.append(f"inside TLS: {inside}, should be {wanted}")
    if not all(x["secure"] for x in told["exchanges"]):
        problems.append("not every exchange is said to have come inside TLS")


def agree(path, work, name):
    """One pass, two passes and clicks in a capture that has its keys inside."""
    with_keys = os.path.join(work, name + ".pcapng")
    subprocess.run(["editcap", "--inject-secrets", f"tls,{work}/{name}.keys", path, with_keys], check=True, capture_output=True)
    frames = len(runner.rows(with_keys, ["frame.number"]))
    yield from test_passes.compare_passes((name, with_keys, runner.lab_fields()))
    yield from test_passes.clicks(name, with_keys, frames, 1)
    exchanges = report(with_keys)["exchanges"]
    if not exchanges:
        yield "nothing is decrypted with the keys inside the capture"


def judge(name, work):
    path = os.path.join(work, name)
    seen = [Seen(*s) for s in json.loads(pathlib.Path(path + ".json").read_text(encoding="utf-8"))]
    for suffix in (".pcap", ".keys"):
        os.chmod(path + suffix, 0o644)
    told = report(path + ".pcap", "-o", f"tls.keylog_file:{path}.keys")
    problems = []
    look_inside(told, problems, name)
    if name.startswith("nginx"):
        take_http_2(told, problems)
    if name == "nginx-1.3":
        take_early(told, problems)
    problems += differences(seen, told)
    if report(path + ".pcap")["exchanges"]:
        problems.append("there are exchanges without keys")
    problems += agree(path + ".pcap", work, name)
    print(f"{name}: {len(seen)} requests on {len({s.port for s in seen})} connections, {len(problems)} problems")
    for problem in problems[:8]:
        print(f"FAIL {name}: {problem[:400]}")
    return not problems


def main():
    options = arguments(__doc__, "leave captures, keys and what the clients saw there")
    os.environ["LAB_BUILD"] = options.build
    if options.play:
        for name in SERVERS:
            play(name, options.play)
        return 0
    missing = [p for p in ("curl", "openssl", "editcap") if not shutil.which(p)]
    if missing:
        skip(f"no {missing[0]}: install it")
    with tempfile.TemporaryDirectory(prefix="lab-tls-", ignore_cleanup_errors=True) as work:
        os.chmod(work, 0o755)
        certificate(work)
        run = subprocess.run([*own_network(), sys.executable, __file__, "--build", options.build, "--play", work], check=False, timeout=90)
        if run.returncode:
            return run.returncode
        played = [name for name in SERVERS if os.path.exists(os.path.join(work, name + ".json"))]
        for name in SERVERS.keys() - set(played):
            print(f"{name}: not installed, left out")
        results = [judge(name, work) for name in played]
        if options.keep:
            shutil.copytree(work, options.keep, dirs_exist_ok=True)
    print(f"{sum(results)} servers passed, {len(results) - sum(results)} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
