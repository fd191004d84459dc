#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A web server that stands in for labserver: the same options and first line, and a few things done wrong on purpose.

The environment variable STANDIN chooses what goes wrong: die, silent, otherport. Paths: / a page, /octets/N, /big 20 MB,
/abort half an answer and then a RST, anything else 404.
"""
import argparse
import http.server
import os
import signal
import socket
import struct
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=8080)
for option in ("--closed-port", "--slow-port"):
    parser.add_argument(option, type=int, default=0)
parser.add_argument("--bind", default="")
for option in ("--root", "--config", "--language"):
    parser.add_argument(option)
args = parser.parse_args()

mode = os.environ.get("STANDIN", "")
if mode == "die":
    sys.exit("standin: wrong on purpose")
if mode == "silent":
    print("standin: I do not say that I listen", file=sys.stderr, flush=True)
    signal.pause()

BODIES = {"/": b"<!doctype html><title>Lab</title>" + b"x" * 20000, "/big": b"0123456789abcdef" * (20 << 16)}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def do_GET(self):
        if self.path == "/abort":
            self.abort()
            return
        body = BODIES.get(self.path)
        if self.path.startswith("/octets/"):
            body = b"x" * int(self.path.rsplit("/", 1)[1])
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def abort(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
        self.close_connection = True

    def finish(self):
        try:
            super().finish()
        except (OSError, ValueError):
            pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def shutdown_request(self, request):
        if request.fileno() >= 0:
            super().shutdown_request(request)

    def handle_error(self, *_):
        pass


server = Server((args.bind, args.port), Handler)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
port = server.server_address[1] + (1 if mode == "otherport" else 0)
print("labserver: listening on port %d" % port, flush=True)
server.serve_forever()
