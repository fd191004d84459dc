# SPDX-License-Identifier: GPL-2.0-or-later
"""Clients that record their requests and responses: curl, and raw sockets for requests that curl does not send.

Each function of CLIENTS takes a base URL's port and returns a list of Seen in the order of the requests.
"""
import http.client
import re
import socket
import subprocess
from collections import namedtuple

# port: the client's own. status None: the client cannot tell.
Seen = namedtuple("Seen", "client port method target status body")

WRITE_OUT = "%{local_port} %{method} %{url} %{response_code} %{size_download}\\n"
LIMIT = 8  # seconds that one client may take
UPLOAD = b"0123456789abcdef" * 256


def curl(port, name, *arguments, targets, data=None):
    command = ["curl", "--silent", "--noproxy", "*", "--max-time", str(LIMIT), "--write-out", WRITE_OUT, *arguments]
    for target in targets:
        command += ["--output", "/dev/null", f"http://127.0.0.1:{port}{target}"]
    run = subprocess.run(command, input=data, capture_output=True, timeout=LIMIT + 2, check=False)
    seen = []
    for line in run.stdout.decode().splitlines():
        own, method, url, status, body = line.split()
        target = re.sub(r"^(https?://)?[^/]*", "", url)
        seen.append(Seen(name, int(own), method, target, int(status) or None, int(body)))
    return seen


def several_on_one_connection(port):
    return curl(port, "several requests", targets=["/index.html", "/logo.png", "/nothing", "/style.css"])


def http_1_0(port):
    return curl(port, "HTTP/1.0", "--http1.0", targets=["/style.css", "/nothing"])


def http_1_0_kept(port):
    return curl(port, "HTTP/1.0 keep-alive", "--http1.0", "--header", "Connection: keep-alive", targets=["/style.css", "/index.html"])


def head(port):
    return curl(port, "HEAD", "--head", targets=["/logo.png", "/index.html"])


def ranges(port):
    return curl(port, "range", "--range", "100-199", targets=["/logo.png", "/tune.mp3"])


def compressed(port):
    return curl(port, "compressed", "--header", "Accept-Encoding: gzip", targets=["/style.css", "/index.html"])


def chunked_upload(port):
    return curl(port, "chunked upload", "--header", "Transfer-Encoding: chunked", "--header", "Expect:", "--request", "POST",
                "--data-binary", "@-", targets=["/index.html"], data=UPLOAD)


def expect_continue(port):
    return curl(port, "100-continue", "--header", "Expect: 100-continue", "--request", "POST", "--data-binary", "@-",
                targets=["/index.html"], data=UPLOAD)


def options_and_get(port):
    return curl(port, "OPTIONS", "--request", "OPTIONS", targets=["/index.html"])


class Shared:
    """Lets several HTTPResponses read from one buffered file."""

    def __init__(self, file):
        self.file = file

    def makefile(self, *_):
        return self

    def close(self):
        pass

    def flush(self):
        pass

    def __getattr__(self, name):
        return getattr(self.file, name)


def answers(sock, requests, name):
    """Reads one response per request, as http.client frames them; stops where the server closes."""
    file, seen = Shared(sock.makefile("rb")), []
    own = sock.getsockname()[1]
    for method, target in requests:
        response = http.client.HTTPResponse(file, method=method)
        try:
            response.begin()
            body = len(response.read())
        except (http.client.HTTPException, OSError):
            seen.append(Seen(name, own, method, target, None, 0))
            continue
        seen.append(Seen(name, own, method, target, response.status, body))
    return seen


def raw(port, name, requests, send):
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as sock:
        text = "".join(f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n" for method, target in requests)
        try:
            send(sock, text.encode())
        except (BrokenPipeError, ConnectionResetError):
            pass  # an HTTP/1.0 server may close before it has all requests: its responses count
        return answers(sock, requests, name)


PIPELINE = [("GET", "/style.css"), ("HEAD", "/logo.png"), ("GET", "/nothing"), ("GET", "/logo.png"), ("GET", "/index.html")]


def pipelined(port):
    return raw(port, "pipelined", PIPELINE, lambda sock, text: sock.sendall(text))


def pipelined_in_pieces(port):
    """Cut where no message ends: every 37 bytes, each in a segment of its own."""
    def pieces(sock, text):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(0, len(text), 37):
            sock.sendall(text[i:i + 37])
    return raw(port, "pipelined in pieces", PIPELINE, pieces)


def many_pipelined(port):
    requests = [("GET", f"/style.css?{i}") if i % 3 else ("HEAD", f"/logo.png?{i}") for i in range(60)]
    return raw(port, "sixty pipelined", requests, lambda sock, text: sock.sendall(text))


# Requests for servers with persistent connections only: others close while requests are still on their way.
PERSISTENT = (pipelined_in_pieces, many_pipelined)
CLIENTS = (several_on_one_connection, http_1_0, http_1_0_kept, head, ranges, compressed, chunked_upload, expect_continue, options_and_get,
           pipelined, pipelined_in_pieces, many_pipelined)
