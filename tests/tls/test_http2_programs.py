#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTP/2 of real programs: nghttp and h2load ask nghttpd, curl asks Apache with Upgrade: h2c, Chromium loads a page of nginx over TLS.

What the plugin's report says is compared with what the clients report: streams, statuses, sizes, times, what was pushed, refused and reset. On a
wire between two hosts of our own one segment is lost, and several streams wait for it. A program that is not installed is left
out with a message; exit code 77: nothing could be tried.
"""
import datetime
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[1:1] = [str(HERE.parent / folder) for folder in ("tools", "servers", "captures", "browser", "scenarios")]
# pylint: disable=wrong-import-position
import chromium
from live import TSHARK_LAB, arguments, own_network, skip, start_capture, stop
from secure import certificate
from test_servers import free_port, when_it_listens

LIMIT = 60  # seconds for one client
PATHS = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin")
PAGE = "<!DOCTYPE html><html lang=en><title>x</title><link rel=stylesheet href=/style.css><img alt=x src=/logo.png></html>"


def picture(size):
    """A PNG picture of grey noise; `size` pixels a side."""
    def chunk(kind, data):
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))
    noise = random.Random(1).randbytes(size * size)
    rows = b"".join(b"\0" + noise[i * size:(i + 1) * size] for i in range(size))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack("!IIBBBBB", size, size, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


FILES = {"index.html": PAGE.encode(), "style.css": b"body{margin:1px}" * 200, "logo.png": picture(550), "big.bin": b"y" * 8000000}
TARGETS = {"/" + name: len(data) for name, data in FILES.items()}
SLOW = 0.1  # seconds by which the slow path delays what the server sends

NGINX = """daemon off; pid {work}/nginx.pid; error_log {work}/nginx.log; worker_processes 1; {user}
events {{ }}
http {{ access_log off; client_body_temp_path {work}/a; proxy_temp_path {work}/b; fastcgi_temp_path {work}/c; uwsgi_temp_path {work}/d;
        scgi_temp_path {work}/e; types {{ text/html html; text/css css; image/png png; application/octet-stream bin; }}
        ssl_certificate {work}/cert.pem; ssl_certificate_key {work}/key.pem; ssl_protocols TLSv1.3;
        server {{ listen 127.0.0.1:{port} ssl http2; root {work}/www; location /big.bin {{ limit_rate 200k; }} }} }}
"""

APACHE = """ServerRoot {work}
PidFile {work}/apache.pid
ErrorLog {work}/apache.log
ServerName localhost
Listen 127.0.0.1:{port}
{modules}
{user}
Protocols h2c http/1.1
DocumentRoot {work}/www
<Directory {work}/www>
  Require all granted
</Directory>
"""
APACHE_MODULES = ("mpm_event", "authz_core", "http2")


def has(*programs):
    """True if all of them are installed; says what is missing."""
    missing = [p for p in programs if not shutil.which(p, path=PATHS["PATH"])]
    for program in missing:
        print(f"left out: there is no {program}")
    return not missing


def background(*command, **options):
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=PATHS, **options)


def nghttpd(work, *words):
    port = free_port()
    return when_it_listens(background("nghttpd", "-d", f"{work}/www", "--no-tls", *words, str(port)), port)


class SlowPath:
    """A path to a server on which what the server sends arrives later."""

    def __init__(self, server):
        self.server = server
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.server))
            for ends in ((client, server, 0), (server, client, SLOW)):
                threading.Thread(target=self.pump, args=ends, daemon=True).start()

    @staticmethod
    def pump(source, sink, delay):
        try:
            while data := source.recv(1 << 16):
                time.sleep(delay)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


# ---- plays: each leaves NAME.pcap and returns what the client reported ----

def nghttp(*words):
    """The rows of nghttp's statistics: [pushed, status, size, target, seconds]. It tells sizes in units of 1024 with K."""
    out = subprocess.run(["nghttp", "-s", "-n", *words], capture_output=True, text=True, timeout=LIMIT, check=False).stdout
    rows = re.findall(r"^ *(\d+) +\+([\d.]+)(us|ms|s)( \*)? +\+[\d.]+(?:us|ms|s) +([\d.]+)(us|ms|s) +(\d+) +(\S+) (\S+)$", out, re.MULTILINE)
    unit = {"us": 1e-6, "ms": 1e-3, "s": 1}
    return [{"stream": int(r[0]), "pushed": bool(r[3]), "seconds": float(r[4]) * unit[r[5]], "status": int(r[6]), "size": r[7], "target": r[8]} for r in rows]


def play_push(work):
    server, port = nghttpd(work, "-p/index.html=/style.css,/logo.png")
    try:
        with Capture(work, "push", port):
            return nghttp(f"http://127.0.0.1:{port}/index.html")
    finally:
        stop(server)


def play_assets(work):
    server, port = nghttpd(work)
    try:
        with Capture(work, "assets", port):
            return nghttp("-a", "--no-push", f"http://127.0.0.1:{port}/index.html")
    finally:
        stop(server)


def play_refused(work):
    """Five requests at once, before the client can know that the server allows one."""
    server, port = nghttpd(work, "-m", "1")
    try:
        path = SlowPath(port)
        with Capture(work, "refused", path.port):
            out = subprocess.run(["h2load", "-n", "5", "-c", "1", "-m", "5", "-t", "1", f"http://127.0.0.1:{path.port}/style.css"],
                                 capture_output=True, text=True, timeout=LIMIT, check=False).stdout
        return {"succeeded": int(re.search(r"(\d+) succeeded", out)[1]), "failed": int(re.search(r"(\d+) failed", out)[1])}
    finally:
        stop(server)


def play_upgrade(work):
    port, config = free_port(), f"{work}/apache.conf"
    modules = "\n".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so" for m in APACHE_MODULES)
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    pathlib.Path(config).write_text(APACHE.format(work=work, port=port, modules=modules, user=user), encoding="utf-8")
    server, port = when_it_listens(background("apache2", "-X", "-f", config), port)
    try:
        with Capture(work, "upgrade", port):
            rows = []
            for name in ("style.css", "index.html", "none"):  # each by a curl of its own: its second request on such a connection fails
                rows.append(subprocess.run(["curl", "-s", "--noproxy", "*", "--http2", "-w", "%{http_version} %{http_code} %{size_download} %{time_total}",
                                            "-o", "/dev/null", f"http://127.0.0.1:{port}/{name}"],
                                           capture_output=True, text=True, timeout=LIMIT, check=True).stdout.split())
        return rows
    finally:
        stop(server, signal.SIGINT)


MEASURES = """new Promise(done => { const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  done(all.map(e => ({url: new URL(e.name).pathname, protocol: e.nextHopProtocol, size: e.encodedBodySize, status: e.responseStatus,
    asked: (performance.timeOrigin + e.requestStart) / 1000, answered: (performance.timeOrigin + e.responseStart) / 1000,
    done: (performance.timeOrigin + e.responseEnd) / 1000}))); })"""
ABORT = """new Promise(done => { const c = new AbortController(); fetch('/big.bin', {signal: c.signal}).then(r => r.body.getReader().read())
  .then(() => { c.abort(); setTimeout(done, 300); }); })"""


def play_browser(work):
    """A page load, then a download that the page breaks off."""
    port, config = free_port(), f"{work}/nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    pathlib.Path(config).write_text(NGINX.format(work=work, port=port, user=user), encoding="utf-8")
    server, port = when_it_listens(background("nginx", "-c", config, "-p", work), port)
    os.environ["SSLKEYLOGFILE"] = f"{work}/browser.keys"
    try:
        with Capture(work, "browser", port):
            browser = chromium.Browser(chromium.find(), f"{work}/profile", time.monotonic() + LIMIT, "--ignore-certificate-errors")
            try:
                browser.load("Page.navigate", url=f"https://127.0.0.1:{port}/index.html")
                measured = browser.evaluate(MEASURES)
                browser.evaluate(ABORT)
            finally:
                browser.close()
        return measured
    finally:
        stop(server)


def waited_for(packets, seq):
    """Seconds from the first captured segment behind the lost one to the one that brought it."""
    behind = [p.time for p in packets if p.side == "server" and p.data and 0 < (p.seq - seq) % (1 << 32) < 1 << 31]
    return next(p.time for p in packets if p.side == "server" and p.data and p.seq == seq) - behind[0]


def play_lost(work):
    """Twelve requests on one connection; one segment of the server is lost, and two of its retransmissions."""
    import stack  # needs a network of its own  pylint: disable=import-outside-toplevel
    lab = stack.Lab(91)
    lab.hosts["server"].enter()
    server = background("nghttpd", "-d", f"{work}/www", "--no-tls", "8080")
    lost = {}

    def fits(packet):
        if packet.side != "server" or len(packet.data) < 1000:
            return False
        lost["seen"] = lost.get("seen", 0) + 1
        if "seq" not in lost and lost["seen"] == 4:
            lost["seq"] = packet.seq
        return packet.seq == lost.get("seq")

    try:
        time.sleep(1)
        lab.wire.rule("unseen", fits, 3)  # before it comes to where the capture is made
        lab.hosts["client"].enter()
        rows = nghttp(*(f"http://{lab.address}:8080/style.css?{i}" for i in range(12)))
        lab.wire.settle()
        lab.wire.write(f"{work}/lost.pcap")
        return {"rows": rows, "waited": waited_for(lab.wire.packets, lost["seq"])}
    finally:
        stop(server)
        lab.wire.stop()


class Capture:
    """The capture of what goes to or from a port."""

    def __init__(self, work, name, port):
        self.capture = start_capture(f"tcp port {port}", f"{work}/{name}.pcap")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        time.sleep(0.7)
        stop(self.capture, signal.SIGINT)


# ---- checks: each yields what is wrong ----

def told_size(size):
    """As nghttp tells a size."""
    return str(size) if size < 1024 else f"{size // 1024}K"


def one_row_each(rows, told):
    """Every row of nghttp is an exchange on that stream."""
    by_stream = {x["http2"]["stream"]: x for x in told["exchanges"]}
    if len(by_stream) != len(rows):
        yield f"nghttp had {len(rows)} exchanges, the report {len(by_stream)}"
    for row in rows:
        x = by_stream.get(row["stream"])
        if not x:
            yield f"stream {row['stream']} is not in the report"
            continue
        if (x["target"], x["status"], told_size(x["body_bytes"]), x["complete"]) != (row["target"], row["status"], row["size"], True):
            yield f"nghttp: {row}; report: {x['target']} {x['status']} {x['body_bytes']} bytes, complete {x['complete']}"
        if bool(x["http2"]["pushed_on"]) != row["pushed"]:
            yield f"pushed: nghttp {row['pushed']}, report {x['http2']['pushed_on']}"
        if not row["pushed"] and (x["timing"]["wait"] or 0) + (x["timing"]["receive"] or 0) > row["seconds"] + 0.002:
            yield f"{row['target']}: nghttp measured {row['seconds']} s, the report {x['timing']}"


def check_push(rows, told):
    yield from one_row_each(rows, told)
    if sum(row["pushed"] for row in rows) != 2:
        yield f"nghttp saw {rows}"
    if [len(page["exchanges"]) for page in told["pages"]] != [3]:
        yield f"what was pushed is not in the page load: {told['pages']}"
    if told["connections"][-1]["http2"]["pushed"] != 2:
        yield f"pushed streams: {told['connections'][-1]['http2']['pushed']}"


def check_assets(rows, told):
    yield from one_row_each(rows, told)
    if [len(page["exchanges"]) for page in told["pages"]] != [len(rows)] or len(rows) != 3:
        yield f"page loads: {told['pages']}; nghttp: {rows}"
    if told["connections"][-1]["close"]["reason"] != "goaway":
        yield f"the connection closed for {told['connections'][-1]['close']['reason']}"


def check_refused(seen, told):
    refused = [x for x in told["exchanges"] if x["http2"]["reset"] and x["http2"]["reset"]["error"] == "refused-stream"]
    answered = [x for x in told["exchanges"] if x["status"] == 200 and x["complete"]]
    if (len(answered), len(refused)) != (seen["succeeded"], seen["failed"]) or not refused:
        yield f"h2load: {seen}; report: {len(answered)} answered, {len(refused)} refused"
    if any(x["http2"]["reset"]["by"] != "server" or x["status"] for x in refused):
        yield f"refused by another, or with a status: {refused}"


def check_upgrade(rows, told):
    wanted = [(version, int(status), int(size)) for version, status, size, _ in rows]
    got = [("2" if x["http2"] else "1.1", x["status"], x["body_bytes"]) for x in told["exchanges"]]
    if wanted != got:
        yield f"curl: {wanted}; report: {got}"
    if any(x["http2"]["upgraded"] != (x["index"] == 1) or x["http2"]["stream"] != 2 * x["index"] - 1 for x in told["exchanges"]):
        yield f"upgraded: {[x['http2'] for x in told['exchanges']]}"
    for x, row in zip(told["exchanges"], rows):
        if x["timing"]["sum"] is None or x["timing"]["sum"] > float(row[3]) + 0.002:
            yield f"curl measured {row[3]} s, the report {x['timing']}"


def check_browser(measured, told):
    told_of = {x["target"]: x for x in told["exchanges"]}
    for entry in (e for e in measured if e["url"] in TARGETS):  # not the icon, which is not there
        x = told_of.get(entry["url"])
        if not x:
            yield f"{entry['url']} is not in the report"
            continue
        if entry["protocol"] != "h2" or not x["http2"] or not x["secure"]:
            yield f"{entry['url']}: Chromium says {entry['protocol']}, the report {x['http2']}"
        if (x["status"], x["body_bytes"]) != (200, TARGETS[entry["url"]]) or entry["size"] != x["body_bytes"]:
            yield f"{entry['url']}: {entry}; report: {x['status']}, {x['body_bytes']} bytes"
        asked, answered, done = (told["times"][x[name]] for name in ("request_frame", "response_first_frame", "response_last_frame"))
        if not entry["asked"] - 0.02 <= asked <= answered <= entry["answered"] + 0.02 or done > entry["done"] + 0.02:
            yield f"{entry['url']}: Chromium says {entry['asked']}, {entry['answered']}, {entry['done']}; the report's frames: {asked}, {answered}, {done}"
        if abs(x["timing"]["wait"] + x["timing"]["receive"] - (done - asked)) > 0.001:
            yield f"{entry['url']}: {x['timing']}, and the frames came at {asked}, {answered}, {done}"
    if not {"/index.html", "/style.css", "/logo.png"} <= {entry["url"] for entry in measured}:
        yield f"Chromium measured {measured}"
    if len(told["pages"]) != 1 or len(told["pages"][0]["exchanges"]) < 3:
        yield f"page loads: {told['pages']}"
    big = told_of.get("/big.bin")
    if not big or not big["http2"]["reset"] or (big["http2"]["reset"]["by"], big["http2"]["reset"]["error"]) != ("client", "cancel") or big["complete"]:
        yield f"the download that was broken off: {big}"


def check_lost(seen, told):
    yield from one_row_each(seen["rows"], told)
    held = [x["http2"] for x in told["exchanges"] if x["http2"]["held"]]
    if len(held) < 2 or not 0 < max(h["held"] for h in held) <= seen["waited"] + 0.0001:
        yield f"streams waited {seen['waited']} s for a lost segment; the report: {held}"
    if len({h["held_by"] for h in held}) != 1 or {h["held_streams"] for h in held} != {len(held)}:
        yield f"{len(held)} streams were held up; the report: {held}"


# name: (play, programs it needs, check)
SCENES = {"push": (play_push, ("nghttp", "nghttpd"), check_push),
          "assets": (play_assets, ("nghttp", "nghttpd"), check_assets),
          "refused": (play_refused, ("h2load", "nghttpd"), check_refused),
          "upgrade": (play_upgrade, ("curl", "apache2"), check_upgrade),
          "browser": (play_browser, ("nginx",), check_browser),
          "lost": (play_lost, ("nghttp", "nghttpd"), check_lost)}


def possible(name):
    if name == "browser" and not chromium.find():
        print("left out: there is no Chromium")
        return False
    if name == "upgrade" and not pathlib.Path("/usr/lib/apache2/modules/mod_http2.so").exists():
        print("left out: there is no mod_http2 of Apache")
        return False
    return has(*SCENES[name][1])


def play(work):
    os.makedirs(f"{work}/www")
    for name, data in FILES.items():
        pathlib.Path(work, "www", name).write_bytes(data)
    certificate(work)
    for path in (work, f"{work}/www"):
        os.chmod(path, 0o755)
    for name, (scene, _, _) in SCENES.items():
        if possible(name):
            pathlib.Path(work, name + ".json").write_text(json.dumps(scene(work)), encoding="utf-8")


def report(options, work, name, passes):
    keys = pathlib.Path(work, name + ".keys")
    words = ["-o", f"tls.keylog_file:{keys}"] if keys.exists() else []
    run = subprocess.run([str(TSHARK_LAB), "-n", *(["-2"] if passes == 2 else []), "-r", f"{work}/{name}.pcap", *words, "-q", "-z", "lab,report,json"],
                         check=True, capture_output=True, env=dict(os.environ, LAB_BUILD=options.build))
    told = json.loads(run.stdout)
    times = subprocess.run([str(TSHARK_LAB), "-n", "-r", f"{work}/{name}.pcap", "-T", "fields", "-e", "frame.time_epoch"], check=True, capture_output=True,
                           text=True, env=dict(os.environ, LAB_BUILD=options.build)).stdout
    told["times"] = [None, *map(epoch, times.split())]
    return told


def epoch(text):
    """Seconds: 4.6 writes a date instead."""
    try:
        return float(text)
    except ValueError:
        return datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d*Z?$", r"\1+00:00", text)).timestamp()


def judge(options, work, name):
    seen = json.loads(pathlib.Path(work, name + ".json").read_text(encoding="utf-8"))
    one, two = report(options, work, name, 1), report(options, work, name, 2)
    problems = list(SCENES[name][2](seen, two))
    if one["exchanges"] != two["exchanges"]:
        problems.append("one pass and two passes differ")
    print(f"{'FAIL' if problems else 'ok  '} {name}: {len(two['exchanges'])} exchanges")
    for problem in problems:
        print(f"     {problem}")
    return not problems


def main():
    options = arguments(__doc__, "leaves captures and what the clients saw")
    if options.play:
        play(options.play)
        return 0
    network = own_network()
    if not network:
        skip("this machine allows no network of its own")
    with tempfile.TemporaryDirectory(prefix="lab-http2-", ignore_cleanup_errors=True) as work:
        run = subprocess.run([*network, sys.executable, __file__, "--build", options.build, "--play", work], check=False)
        if run.returncode:
            return run.returncode
        for path in pathlib.Path(work).glob("*.*"):
            os.chmod(path, 0o644)
        if options.keep:
            shutil.copytree(work, options.keep, dirs_exist_ok=True, ignore=shutil.ignore_patterns("profile", "www"))
        names = [name for name in SCENES if pathlib.Path(work, name + ".json").exists()]
        if not names:
            skip("none of the programs is installed")
        return 0 if all([judge(options, work, name) for name in names]) else 1


if __name__ == "__main__":
    sys.exit(main())
