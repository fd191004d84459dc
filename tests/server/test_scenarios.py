#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every scenario with a client of its own, in one capture: what labserver did, labdump recorded and the plugin must name.

labdump starts the server, in a network of its own or on a loopback, and this program, with --client, as its client. The client takes the
display filters from the server's own index. Afterwards each filter must find frames on the connections of its scenario and none on those
of an ordinary page load, and the fields below must have the values that follow from what was done.

--times N visits every scenario N times, BATCH times in each capture, and prints how often each was as told; --busy keeps the processors busy
meanwhile. --only takes names, or the word short for those that take less than three seconds.
"""

import argparse
import collections
import html
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback

TOOLS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools")
SKIP = 77
CONTROL = "(page load)"
BATCH = 10  # visits of each scenario in one capture of --times
Scenario = collections.namedtuple("Scenario", "visit fields")


class Visitor:
    """One client; remembers the ports that it used."""

    taken = set()  # ports of all visits to this server: each tells one visit from all others
    lock = threading.Lock()

    def __init__(self):
        self.host = os.environ["LAB_HOST"]
        self.port = int(os.environ["LAB_PORT"])
        self.ports = []
        self.open = []

    def bound_socket(self):
        """A socket with a port of its own. Not the server's number: the port tells the connections of one scenario from all others."""
        while True:
            client = socket.socket()
            client.bind(("", 0))
            port = client.getsockname()[1]
            with self.lock:
                if port != self.port and port not in self.taken:
                    self.taken.add(port)
                    return client
            self.open.append(client)  # kept, so that the next one gets another

    def connect(self, port=None, wait=8):
        client = self.bound_socket()
        client.settimeout(wait)
        self.ports.append(client.getsockname()[1])
        client.connect((self.host, port or self.port))
        self.open.append(client)
        return client

    def send(self, client, path, *headers, method="GET", body=b""):
        lines = ["%s %s HTTP/1.1" % (method, path), "Host: %s:%d" % (self.host, self.port), *headers]
        client.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def read(self, client):
        """One response by its Content-Length or its chunks: (head, body)."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += client.recv(65536) or self.fail("no response")
        head, body = data.split(b"\r\n\r\n", 1)
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        while (len(body) < int(length.group(1))) if length else not body.endswith(b"0\r\n\r\n"):
            more = client.recv(65536)
            if not more:
                break
            body += more
        return head.decode("latin-1"), body

    def fail(self, why):
        raise AssertionError(why)

    def get(self, path, *headers, client=None):
        client = client or self.connect()
        self.send(client, path, *headers)
        return self.read(client)

    def until_end(self, client):
        """What the server's side comes to: fin or reset."""
        try:
            while client.recv(65536):
                pass
            return "fin"
        except (ConnectionResetError, BrokenPipeError):
            return "reset"

    def expect(self, value, wanted):
        if value != wanted:
            self.fail("%r instead of %r" % (value, wanted))

    def finish(self):
        for client in self.open:
            client.close()


# ---- what clients do; each is named after what it waits for ----

def read_to_fin(name):
    def visit(visitor):
        client = visitor.connect()
        visitor.send(client, "/lab/" + name)
        visitor.expect(visitor.until_end(client), "fin")
    return visit


def read_to_reset(name):
    def visit(visitor):
        client = visitor.connect()
        visitor.send(client, "/lab/" + name)
        visitor.expect(visitor.until_end(client), "reset")
    return visit


def read_and_leave(*names, pause=0.1):
    def visit(visitor):
        client = visitor.connect()
        for name in names:
            head, _ = visitor.get("/lab/" + name, client=client)
            visitor.expect(head[:9], "HTTP/1.1 ")
            time.sleep(pause)
    return visit


def close_ignored(visitor):
    client = visitor.connect()
    visitor.get("/lab/close-ignored", client=client)
    time.sleep(0.5)
    head, _ = visitor.get("/lab/close-ignored", client=client)
    visitor.expect("Connection: close" in head, True)
    visitor.expect(visitor.until_end(client), "fin")


def max_requests(visitor):
    client = visitor.connect()
    head, _ = visitor.get("/lab/max-requests", client=client)
    visitor.expect("max=1\r\n" in head + "\r\n", True)
    head, _ = visitor.get("/lab/max-requests", client=client)
    visitor.expect("connection: close" in head.lower(), True)
    visitor.expect(visitor.until_end(client), "fin")


def half_close(visitor):
    client = visitor.connect()
    visitor.get("/lab/half-close", client=client)
    visitor.expect(client.recv(1), b"")
    time.sleep(0.2)
    client.sendall(b"x")
    time.sleep(0.2)


def late_data(visitor):
    client = visitor.connect()
    visitor.get("/lab/data-after-close", client=client)
    time.sleep(0.6)
    client.sendall(b"late")
    time.sleep(0.2)


def upload(name, end):
    def visit(visitor):
        client = visitor.connect()
        body = b"x" * 600000
        try:
            visitor.send(client, "/lab/" + name, "Content-Length: %d" % len(body), method="POST", body=body)
        except (ConnectionResetError, BrokenPipeError):
            visitor.expect("reset", end)
            return
        visitor.expect(visitor.until_end(client), end)
    return visit


def follow(name):
    """The redirect, then the place it leads to: another port."""
    def visit(visitor):
        head, _ = visitor.get("/lab/" + name)
        where = re.search(r"(?i)\r\nlocation: http://([^:/]+):(\d+)(/\S*)", head)
        visitor.expect(where.group(1), visitor.host)
        try:
            client = visitor.connect(int(where.group(2)))
            visitor.expect(name, "slow-accept")
            visitor.expect(visitor.get(where.group(3), client=client)[0][:12], "HTTP/1.1 200")
        except ConnectionRefusedError:
            visitor.expect(name, "closed-port")
    return visit


def parts(visitor):
    client = visitor.connect()
    visitor.get("/lab/parts", client=client)
    whole = visitor.get("/lab/sample.txt", client=client)[1]
    got = b"".join(visitor.get("/lab/sample.txt", "Range: bytes=%s" % r, client=client)[1]
                   for r in ("0-29999", "30000-59999", "-30000"))
    visitor.expect(got, whole)
    head, body = visitor.get("/lab/sample.txt", "Range: bytes=0-9,-10", client=client)
    visitor.expect("multipart/byteranges" in head, True)
    visitor.expect((whole[:10] in body, whole[-10:] in body, b"Content-Range: bytes 89990-89999/90000" in body), (True, True, True))


def objects(visitor):
    page = visitor.get("/lab/many-objects?n=12")[1].decode()
    paths = re.findall(r'<img src="(object[^"]+)"', page)
    visitor.expect(len(paths), 12)
    clients = [visitor.connect() for _ in range(4)]
    for i, path in enumerate(paths):
        visitor.get("/lab/" + path, client=clients[i % 4])


def not_modified(visitor):
    client = visitor.connect()
    etag = re.search(r"(?i)\r\n(etag: .*)\r\n", visitor.get("/lab/not-modified", client=client)[0]).group(1)
    visitor.send(client, "/lab/not-modified", etag.replace(etag[:4], "If-None-Match"))
    visitor.expect(client.recv(12), b"HTTP/1.1 304")


def cookies(visitor):
    client = visitor.connect()
    head, _ = visitor.get("/lab/cookies", client=client)
    cookie = re.search(r"\r\nSet-Cookie: ([^;]+);", head).group(1)
    head, _ = visitor.get("/lab/cookies", "Cookie: " + cookie, client=client)
    visitor.expect("lab-visits=2;" in head, True)


def compressed(visitor):
    visitor.expect("Content-Encoding: gzip" in visitor.get("/lab/gzip", "Accept-Encoding: br, gzip")[0], True)


def pipelined(visitor):
    client = visitor.connect()
    one = "GET /lab/pipelining HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    client.sendall(one * 3)
    data = b""
    while data.count(b"</html>") < 3:
        data += client.recv(65536) or visitor.fail("closed")
    visitor.expect([m in data for m in (b"number 1 ", b"number 2 ", b"number 3 ")], [True] * 3)


def redirects(visitor):
    client = visitor.connect()
    path = "/lab/redirect?hops=3"
    for _ in range(3):
        path = re.search(r"(?i)\r\nlocation: (\S+)", visitor.get(path, client=client)[0]).group(1)
    visitor.expect(path, "/lab/")


# OpenSSL's SSL_OP_IGNORE_UNEXPECTED_EOF, which Python sets before 3.12: an end without close_notify would look like one with it.
IGNORE_UNEXPECTED_EOF = 1 << 7


def secure_context(version, ciphers):
    """A client that trusts the server's own authority, as its file in the state folder says."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.options &= ~IGNORE_UNEXPECTED_EOF
    context.load_verify_locations(os.path.join(os.environ["XDG_STATE_HOME"], "lab", "authority.crt"))
    if version:
        context.minimum_version = context.maximum_version = version
    if ciphers:
        context.set_ciphers(ciphers)
    return context


def secure_end(context, visitor, client, path, session):
    """(how the connection over TLS ended, its session): notify, or what Python says of the error."""
    try:
        client = context.wrap_socket(client, server_hostname=visitor.host, session=session, suppress_ragged_eofs=False)
        visitor.open.append(client)
        visitor.send(client, path)
        while client.recv(65536):
            pass
        return "notify", client.session
    except ssl.SSLError as error:
        return error.reason or type(error).__name__, None


CHOICE = threading.Lock()  # the server remembers of each client the scenario about TLS that it asked for last


def secure(name, end="notify", times=1, version=None, ciphers=None):
    """The redirect to the port of TLS scenarios, and the page there; END is how that ends."""
    def visit(visitor):
        context, session = secure_context(version, ciphers), None
        for _ in range(times):
            with CHOICE:
                head, _ = visitor.get("/lab/" + name)
                port = re.search(r"(?i)\r\nlocation: https://[^:/]+:(\d+)/lab/" + name, head).group(1)
                how, session = secure_end(context, visitor, visitor.connect(int(port)), "/lab/" + name, session)
            visitor.expect(how, end)
    return visit


def page_load(visitor):
    client = visitor.connect()
    for path in ("/", "/style.css", "/logo.png"):
        visitor.get(path, client=client)
    visitor.expect(visitor.until_end(client), "fin")


def case(visit, **fields):
    """FIELDS: lab_rst_cause="abort" wants the field lab.rst.cause to have that value and no other on these connections;
    a name that ends with _has wants it among others, one that ends with _lacks does not want it."""
    return Scenario(visit, fields)


SCENARIOS = {
    "connection-close": case(read_to_fin("connection-close"), lab_close_first="server", lab_close_reason="connection-close",
                             lab_keepalive="close-kept"),
    "client-close": case(read_and_leave("client-close"), lab_close_first="client", lab_close_reason="connection-close"),
    "close-ignored": case(close_ignored, lab_keepalive_has="close-ignored", lab_http_index_has="2"),
    "keepalive-kept": case(read_to_fin("keepalive-kept"), lab_close_reason="idle-timeout", lab_keepalive_has="timeout-kept"),
    "keepalive-early": case(read_to_fin("keepalive-early"), lab_close_reason="idle-timeout", lab_keepalive_has="timeout-early"),
    "keepalive-late": case(read_to_fin("keepalive-late"), lab_close_reason="idle-timeout", lab_keepalive_has="timeout-late"),
    "keepalive-never": case(read_and_leave("keepalive-never", pause=3), lab_close_first="client", lab_close_reason="client-leaves"),
    "max-requests": case(max_requests, lab_close_reason="max-requests", lab_keepalive_has="max-reached"),
    "half-close": case(half_close, lab_close_kind="half-close", lab_close_first="server"),
    "http10": case(read_to_fin("http10"), lab_close_reason="http-1.0", lab_close_first="server"),
    "rst-before-response": case(read_to_reset("rst-before-response"), lab_rst_cause="abort", lab_rst_by="server", lab_close_kind="rst"),
    "server-aborted-response": case(read_to_reset("server-aborted-response"), lab_rst_cause="server-aborted-response",
                                    lab_rst_impact="bytes-lost", lab_rst_confidence="certain"),
    "rst-after-response": case(read_to_reset("rst-after-response"), lab_rst_cause="abort", lab_rst_impact="nothing-lost"),
    "fin-and-rst": case(read_and_leave("fin-and-rst"), lab_close_kind="fin-then-rst", lab_rst_by="server", lab_close_first="server"),
    "unread-data": case(upload("unread-data", "reset"), lab_rst_cause_has="abort", lab_rst_by="server"),
    "data-after-close": case(late_data, lab_rst_cause="data-after-close", lab_rst_by="server", lab_close_kind="fin-then-rst"),
    "closed-port": case(follow("closed-port"), lab_rst_cause="port-closed", lab_rst_confidence="certain", lab_open_kind_has="refused"),
    "slow-first-byte": case(read_and_leave("slow-first-byte?ms=1200"), lab_http_status="200"),
    "slow-trickle": case(read_and_leave("slow-trickle"), lab_http_status="200"),
    "slow-accept": case(follow("slow-accept"), lab_anomaly_has="syn-retransmitted", lab_open_kind="three-way"),
    "zero-window": case(upload("zero-window", "fin"), lab_anomaly_has="zero-window", lab_role_has="zero-window",
                        lab_close_reason="connection-close"),
    "keepalive-probes": case(read_to_fin("keepalive-probes"), lab_keepalive_has="probe", lab_role_has="keepalive-answer"),
    "chunked": case(read_and_leave("chunked"), lab_http_status="200"),
    "truncated-body": case(read_to_fin("truncated-body"), lab_anomaly_has="truncated-body", lab_close_first="server"),
    "parts": case(parts, lab_http_status_has="206"),
    "many-objects": case(objects, lab_http_object_has="image"),
    "download": case(read_and_leave("download?mb=1"), lab_http_status="200"),
    "redirect": case(redirects, lab_http_status="302", lab_http_object="redirect"),
    "not-modified": case(not_modified, lab_http_object_has="not-modified", lab_http_status_has="304"),
    "gzip": case(compressed, lab_http_status="200"),
    "cookies": case(cookies, lab_http_status="200"),
    "pipelining": case(pipelined, lab_http_index_has="3"),
    "status/": case(read_and_leave("status/418", "status/503"), lab_http_status_has="503", lab_http_object="error"),
    "tls-full": case(secure("tls-full"), lab_tls_kind="tls13-full", lab_tls_step_has="close-notify", lab_http_status_has="200"),
    "tls-resumed": case(secure("tls-resumed", times=2), lab_tls_kind_has="tls13-resumed", lab_tls_step_has="session-ticket"),
    "tls-retry": case(secure("tls-retry"), lab_tls_kind="tls13-retry", lab_tls_step_has="hello-retry-request"),
    "tls12-full": case(secure("tls12-full"), lab_tls_kind="tls12-full", lab_tls_certificate_subject="CN=labserver",
                       lab_tls_step_has="key-exchange", lab_http_status_has="200"),
    "tls12-resumed": case(secure("tls12-resumed", times=2, version=ssl.TLSVersion.TLSv1_2), lab_tls_kind_has="tls12-resumed",
                          lab_tls_step_has="session-ticket", lab_http_status_has="200"),
    "tls12-rsa": case(secure("tls12-rsa", ciphers="AES256-GCM-SHA384:AES128-GCM-SHA256"), lab_tls_kind="tls12-full",
                      lab_tls_certificate_subject="CN=labserver", lab_http_status_has="200"),
    "tls-expired": case(secure("tls-expired", "CERTIFICATE_VERIFY_FAILED"), lab_tls_kind="failed", lab_tls_alert="certificate-expired",
                        lab_tls_certificate_subject="CN=expired"),
    "tls-other-name": case(secure("tls-other-name", "CERTIFICATE_VERIFY_FAILED"), lab_tls_kind="failed", lab_tls_alert="bad-certificate",
                           lab_tls_certificate_subject="CN=other.example"),
    "tls-unknown-ca": case(secure("tls-unknown-ca", "CERTIFICATE_VERIFY_FAILED"), lab_tls_kind="failed", lab_tls_alert="unknown-ca",
                           lab_tls_certificate_subject="CN=unknown-ca"),
    "tls-no-version": case(secure("tls-no-version", "TLSV1_ALERT_PROTOCOL_VERSION"), lab_tls_kind="failed", lab_tls_alert="protocol-version"),
    "tls-no-notify": case(secure("tls-no-notify", "UNEXPECTED_EOF_WHILE_READING"), lab_tls_kind="tls13-full", lab_tls_step_lacks="close-notify",
                          lab_close_first="server", lab_http_status_has="200"),
    "tls-alert": case(secure("tls-alert", "TLSV1_ALERT_INTERNAL_ERROR"), lab_tls_kind="tls12-full", lab_tls_alert="internal-error",
                      lab_tls_step_lacks="close-notify", lab_anomaly_has="truncated-body"),
    CONTROL: case(page_load, lab_keepalive="timeout-kept"),
}
FIELDS = ["tcp.srcport", "tcp.dstport", "lab.rst.cause", "lab.rst.by", "lab.rst.impact", "lab.rst.confidence", "lab.close.kind",
          "lab.close.first", "lab.close.reason", "lab.open.kind", "lab.keepalive", "lab.anomaly", "lab.role", "lab.http.index",
          "lab.http.status", "lab.http.object", "lab.tls.kind", "lab.tls.step", "lab.tls.alert", "lab.tls.certificate.subject"]


LONG = {"keepalive-late", "keepalive-never", "keepalive-probes", "zero-window", "close-ignored"}


def chosen(only):
    """The names of the scenarios that --only means, and the page load, which all captures have."""
    names = [name for name in SCENARIOS if name not in LONG] if only == "short" else only.split(",") if only else list(SCENARIOS)
    for name in names:
        if name not in SCENARIOS:
            raise SystemExit("--only '%s': there is no such scenario; the names are %s" % (name, ", ".join(SCENARIOS)))
    return names if CONTROL in names else names + [CONTROL]


def visit_one(name, results):
    visitor = Visitor()
    visit = {"ports": visitor.ports}
    try:
        SCENARIOS[name].visit(visitor)
    except Exception:  # whatever it was, it is the result
        visit["problem"] = traceback.format_exc()
    visitor.finish()
    results[name]["visits"].append(visit)


def read_index():
    """The filters as the server shows them, by the names of the cards."""
    page = Visitor().get("/lab/")[1].decode()
    cards = re.findall(r'<section class="card" id="([^"]+)">(.*?)</section>', page, re.S)
    return {name: html.unescape(re.search(r'<dt>Display filter</dt><dd><code class="copy">(.*?)</code>', card, re.S).group(1))
            for name, card in cards}


def visit_all(names, results):
    threads = [threading.Thread(target=visit_one, args=(name, results)) for name in names]
    for thread in threads:
        thread.start()
        time.sleep(0.02)
    for thread in threads:
        thread.join()


def be_client(path, names, times):
    filters = read_index()
    results = {name: {"filter": filters.get(name), "visits": []} for name in names}
    visit_all(names, results)
    for _ in range(times - 1):
        visit_all([name for name in names if name != CONTROL], results)
    results["listed"] = sorted(filters)
    results["server"] = int(os.environ["LAB_PORT"])
    with open(path, "w", encoding="utf-8") as file:
        json.dump(results, file)


def tshark(build, capture, port, *options):
    return subprocess.run([os.path.join(TOOLS, "tshark-lab"), "-r", capture, "-2", "-n", "-d", "tcp.port==%d,http" % port, *options],
                          env={**os.environ, "LAB_BUILD": build}, capture_output=True, text=True, check=True, timeout=600).stdout


def seen_fields(build, capture, port):
    """For each client port: field -> set of the values on its frames."""
    seen = collections.defaultdict(lambda: collections.defaultdict(set))
    output = tshark(build, capture, port, "-Y", "tcp", "-T", "fields", "-E", "occurrence=a", *[x for f in FIELDS for x in ("-e", f)])
    for line in output.splitlines():
        values = line.split("\t")
        for number in values[:2]:
            for field, value in zip(FIELDS[2:], values[2:]):
                seen[int(number)][field].update(v for v in value.split(",") if v)
    return seen


def bare(text):
    return re.sub(r"[^a-z0-9=<>.-]", "", text)


def count_frames(build, capture, port, filters):
    """How many frames each of FILTERS finds, in one run: io,stat prints a table for each, in any order, the filter broken into lines, from 4.6 on further in."""
    output = tshark(build, capture, port, "-q", *[x for f in filters for x in ("-z", "io,stat,0," + f)])
    tables = output.strip().split("\n\n")
    counts = {bare("".join(re.findall(r"(?m)^\| (?:Col +1:|      ) +(.*?)\s*\|$", table))): table for table in tables}
    result = []
    for wanted in filters:
        table = next((table for key, table in counts.items() if bare(wanted) in key), None)
        found = table and re.search(r"\|\s*[\d.]+ <> \s*[\d.]+\s*\|\s*(\d+)\s*\|", table)
        if not found:
            raise SystemExit("io,stat has no count for %s; the first table:\n%s" % (wanted, tables[0]))
        result.append(int(found.group(1)))
    return result


def on_ports(filter_text, ports):
    return "(%s) && (%s)" % (filter_text, " || ".join("tcp.port == %d" % port for port in ports))


def check_fields(name, ports, seen):
    for key, wanted in SCENARIOS[name].fields.items():
        field = key.removesuffix("_has").removesuffix("_lacks").replace("_", ".")
        values = set().union(*(seen[port][field] for port in ports))
        if not (wanted in values if key.endswith("_has") else wanted not in values if key.endswith("_lacks") else values == {wanted}):
            yield "%s: %s is %s" % (key, field, sorted(values) or "nowhere")


def ports_of(result):
    return [port for visit in result["visits"] for port in visit["ports"]]


def judge_visit(name, visit, seen):
    return list(check_fields(name, visit["ports"], seen)) + [visit[key] for key in ("problem",) if key in visit]


def judge(build, capture, results):
    """Name -> the problems of each visit, and those of the filter; no problem if all is well."""
    port = results["server"]
    seen = seen_fields(build, capture, port)
    names = [name for name in SCENARIOS if name in results and name != CONTROL]
    control = ports_of(results[CONTROL])
    filters = [on_ports(results[name]["filter"], ports_of(results[name])) for name in names]
    filters += [on_ports(results[name]["filter"], control) for name in names]
    counts = count_frames(build, capture, port, filters)
    verdicts = {name: [judge_visit(name, visit, seen) for visit in results[name]["visits"]] for name in [*names, CONTROL]}
    for i, name in enumerate(names):
        if not counts[i]:
            verdicts[name].append(["its filter finds nothing: " + results[name]["filter"]])
        # keepalive-kept is what every connection of a well-behaved server does
        if counts[len(names) + i] and name != "keepalive-kept":
            verdicts[name].append(["its filter finds an ordinary page load too: " + results[name]["filter"]])
    for name in set(results["listed"]) ^ (set(SCENARIOS) - {CONTROL}):
        verdicts[name] = [["is %s" % ("not tested" if name in results["listed"] else "not in the index")]]
    return verdicts


# A loopback of one's own, on which everybody may capture.
LOOPBACK = ["unshare", "-Urn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]


def record(build, folder, options, times):
    """Runs the capture; the results of the client, or None with the reason printed."""
    capture, answers, log = (os.path.join(folder, name) for name in ("scenarios.pcapng", "answers.json", "client.log"))
    client = "%s %s --client %s --times %d --only '%s'" % (sys.executable, os.path.abspath(__file__), answers, times, options.only)
    place = LOOPBACK if options.network == "loopback" else []
    run = subprocess.run([*place, os.path.join(build, "extcap", "labdump"), "--capture", "--extcap-interface", "lab", "--fifo", capture,
                          "--server", os.path.join(build, "server", "labserver"), "--network", options.network, "--port", "0", "--tls", "--language", "en",
                          "--client", client, "--client-log", log], capture_output=True, text=True, check=False, timeout=60 + 20 * times,
                         env={**os.environ, "XDG_STATE_HOME": os.path.join(folder, "state")})
    if os.path.exists(answers):
        with open(answers, encoding="utf-8") as file:
            return capture, json.load(file)
    print(run.stderr)
    if os.path.exists(log):
        with open(log, encoding="utf-8") as file:
            raise SystemExit("the client failed:\n" + file.read())
    return None


def run_batch(options, times):
    """Name -> problems of each visit; None if no capture is possible here."""
    with tempfile.TemporaryDirectory(prefix="labserver-scenarios-") as folder:
        os.chmod(folder, 0o755)
        recorded = record(os.path.abspath(options.build), options.keep or folder, options, times)
        return judge(os.path.abspath(options.build), *recorded) if recorded else None


def run_all(options):
    total = collections.defaultdict(list)
    for done in range(0, options.times, BATCH):
        verdicts = run_batch(options, min(BATCH, options.times - done))
        if verdicts is None:
            return None
        for name, visits in verdicts.items():
            total[name] += visits
    return total


def keep_busy():
    """Two processes for each processor that do nothing but work, until this one ends."""
    return [subprocess.Popen([sys.executable, "-c", "import os\nparent = os.getppid()\nwhile os.getppid() == parent: sum(range(100000))"])
            for _ in range(2 * len(os.sched_getaffinity(0)))]


def show(verdicts):
    for name, visits in verdicts.items():
        failed = [problems for problems in visits if problems]
        print("%s  %-24s %d of %d" % ("FAIL" if failed else "ok  ", name, len(visits) - len(failed), len(visits)))
        for problem in [problem for problems in failed for problem in problems][:20]:
            print("      " + problem)
    failed = sum(1 for visits in verdicts.values() if any(visits))
    print("%d passed, %d failed" % (len(verdicts) - failed, failed))
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--build", help="the build directory")
    parser.add_argument("--network", default="own", choices=("own", "loopback"))
    parser.add_argument("--keep", metavar="DIR", help="leave the capture there")
    parser.add_argument("--times", type=int, default=1, metavar="N", help="how often each scenario is visited (1)")
    parser.add_argument("--only", default="", metavar="NAMES", help="these scenarios, with commas between; or short")
    parser.add_argument("--busy", action="store_true", help="keep the processors busy meanwhile")
    parser.add_argument("--client", metavar="FILE", help="be the client and write the results to FILE")
    options = parser.parse_args()
    if options.client:
        be_client(options.client, chosen(options.only), options.times)
        return 0
    workers = keep_busy() if options.busy else []
    verdicts = run_all(options)
    for worker in workers:
        worker.kill()
        worker.wait()
    if verdicts is None:
        print("skipped: no capture is possible here (see above)")
        return SKIP
    return show(verdicts)


if __name__ == "__main__":
    sys.exit(main())
