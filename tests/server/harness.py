# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of labserver share: a server of their own and a client that reads by the rules."""

import argparse
import fcntl
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time
import unittest

ARGUMENTS = argparse.Namespace(server="labserver", valgrind=None)
REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WWW = os.path.join(REPOSITORY, "www")
LEAK = 99


def command(*options):
    """The command line, under valgrind if that is asked for: any error or definite leak is then exit code 99."""
    line = [ARGUMENTS.server, *options]
    if ARGUMENTS.valgrind:
        line = [ARGUMENTS.valgrind, "--quiet", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect",
                "--show-leak-kinds=definite,indirect", "--error-exitcode=%d" % LEAK] + line
    return line


def environment(**changes):
    result = {key: value for key, value in os.environ.items() if key not in ("LC_ALL", "LC_MESSAGES", "LANG")}
    result.update(changes)
    return result


def run(*options, **changes):
    """Runs to the end; for command lines that do not serve."""
    return subprocess.run(command(*options), capture_output=True, text=True, env=environment(**changes), timeout=30)


class Server:
    """One labserver; stops it and checks its exit code at the end of a with block."""

    def __init__(self, *options, descriptors=None, **changes):
        self.options = options
        self.changes = changes
        self.limit = ["prlimit", "--nofile=%d" % descriptors] if descriptors else []

    def __enter__(self):
        self.process = subprocess.Popen(self.limit + command("--port", "0", *self.options), stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=environment(**self.changes))
        read = b""
        while not read.endswith(b"\n"):  # byte by byte, so that communicate() has the rest
            byte = os.read(self.process.stdout.fileno(), 1)
            if not byte:
                break
            read += byte
        line = read.decode()
        found = re.fullmatch(r"labserver(?:: listening on port|：正在监听端口) (\d+)\n", line)
        if not found:
            raise AssertionError("no port in %r; %s" % (line, self.process.stderr.read()))
        self.port = int(found.group(1))
        return self

    def __exit__(self, kind, *rest):
        self.stop(check=kind is None)

    def stop(self, number=signal.SIGTERM, check=True):
        if self.process.returncode is None:
            self.process.send_signal(number)
            self.output, self.errors = self.process.communicate(timeout=20)
            if check and self.process.returncode != 0:
                raise AssertionError("exit code %d\n%s" % (self.process.returncode, self.errors))
        return self.process.returncode

    def connect(self, address="127.0.0.1"):
        return Client(address, self.port)

    def said(self):
        """How many bytes wait in its standard error; stop() reads them."""
        waiting = bytearray(4)
        fcntl.ioctl(self.process.stderr.fileno(), termios.FIONREAD, waiting)
        return int.from_bytes(waiting, sys.byteorder)

    def ask_until(self, condition, path="/"):
        """Asks again and again, at most for a minute, until the condition holds for the answer. Returns the last answer."""
        for _ in range(200):
            answer = self.ask(path)
            if condition(answer):
                break
            time.sleep(0.3)
        return answer

    def ask(self, path="/", method="GET", headers=(), version="1.1"):
        """One request on a connection of its own."""
        with self.connect() as client:
            return client.ask(path, method, headers, version)

    def raw(self, data):
        """Sends DATA; the responses that come until the server closes, or nothing more comes for a second."""
        with self.connect() as client:
            client.send(data)
            return client.drain()


class SharedServer(unittest.TestCase):
    """Tests that ask one server, as it starts without options."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()


class Response:
    def __init__(self, status, headers, body, whole, duplicates):
        self.status = status
        self.headers = headers
        self.body = body
        self.whole = whole
        self.duplicates = duplicates


class Client:
    """A connection that sends what it is told to and reads by the rules."""

    def __init__(self, address, port, source=None):
        self.socket = socket.create_connection((address, port), timeout=10, source_address=source and (source, 0))
        self.buffer = b""
        self.ended = False

    def __enter__(self):
        return self

    def __exit__(self, *rest):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def more(self):
        data = self.socket.recv(65536)
        self.buffer += data
        return bool(data)

    def drain(self, wait=1.0):
        """What comes until the end; b"" ends it, as does a reset or silence."""
        while select.select([self.socket], [], [], wait)[0]:
            try:
                self.ended = not self.more()
            except ConnectionResetError:
                self.ended = True
            if self.ended:
                break
        return self.buffer

    def ends(self, wait):
        """fin, reset or open: what the server does within WAIT seconds. Nothing else may come."""
        if not select.select([self.socket], [], [], wait)[0]:
            return "open"
        try:
            data = self.socket.recv(1)
        except ConnectionResetError:
            return "reset"
        if data:
            raise AssertionError("unexpected data")
        return "fin"

    def until(self, mark):
        while mark not in self.buffer:
            if not self.more():
                raise AssertionError("closed before %r; got %r" % (mark, self.buffer[:200]))
        part, self.buffer = self.buffer.split(mark, 1)
        return part

    def exactly(self, size):
        while len(self.buffer) < size and self.more():
            pass
        part, self.buffer = self.buffer[:size], self.buffer[size:]
        return part

    def chunks(self):
        sizes, body = [], b""
        while True:
            size = int(self.until(b"\r\n"), 16)
            sizes.append(size)
            body += self.exactly(size)
            self.until(b"\r\n")
            if not size:
                return body, sizes

    def request(self, path="/", method="GET", headers=(), version="1.1"):
        lines = ["%s %s HTTP/%s" % (method, path, version), "Host: localhost"]
        lines += ["%s: %s" % pair for pair in dict(headers).items()]
        self.send("\r\n".join(lines) + "\r\n\r\n")

    def response(self, method="GET"):
        head = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(head[0].split()[1])
        pairs = [line.split(": ", 1) for line in head[1:]]
        headers = {name.lower(): value for name, value in pairs}
        body, whole = b"", True
        if method == "HEAD" or status in (204, 304):
            pass
        elif headers.get("transfer-encoding") == "chunked":
            body, self.sizes = self.chunks()
        elif "content-length" in headers:
            length = int(headers["content-length"])
            body = self.exactly(length)
            whole = len(body) == length
        else:
            while self.more():
                pass
            body, self.buffer = self.buffer, b""
        return Response(status, headers, body, whole, len(pairs) - len(headers))

    def ask(self, path="/", method="GET", headers=(), version="1.1"):
        self.request(path, method, headers, version)
        return self.response(method)


def connect_from(source, server, port=None):
    """A client with the loopback address SOURCE, for what depends on who asks."""
    return Client("127.0.0.1", port or server.port, source)


def folder(test, **files):
    """A folder with FILES (__ is a slash, _ a dot), removed after TEST."""
    path = tempfile.mkdtemp(prefix="labserver-test-")
    test.addCleanup(shutil.rmtree, path)
    os.chmod(path, 0o755)
    for name, content in files.items():
        target = os.path.join(path, name.replace("__", "/").replace("_", "."))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
    return path


def read(*parts):
    with open(os.path.join(*parts), "rb") as file:
        return file.read()
