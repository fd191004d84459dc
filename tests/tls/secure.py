# SPDX-License-Identifier: GPL-2.0-or-later
"""Both ends of a TLS connection in memory, with a real TLS stack, and the TCP segments that carry it, cut as a test needs them.

A record is what one call of write() makes of at most 16384 bytes; how records are cut into segments is up to the test. Every segment comes
10 ms after the one before.
"""
import pathlib
import ssl
import subprocess
import sys

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent / "captures"))
# pylint: disable=wrong-import-position
from packets import ACK, FIN, PSH, RST, Talk

LARGEST = 1400  # bytes of a segment
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def certificate(work):
    """The names of a key and of a certificate for it."""
    key, cert = f"{work}/key.pem", f"{work}/cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=lab.example", "-keyout", key, "-out", cert], check=True, capture_output=True)
    return key, cert


class Secure(Talk):
    """A TLS connection; its key log is written to `work`. offered, served: protocols of ALPN."""

    def __init__(self, work, version="1.3", ciphers=None, offered=(), served=()):
        super().__init__()
        self.keylog = f"{work}/keys.log"
        pathlib.Path(self.keylog).unlink(missing_ok=True)
        contexts = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        server, client = contexts
        server.load_cert_chain(f"{work}/cert.pem", f"{work}/key.pem")
        client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
        for context in contexts:
            context.minimum_version = context.maximum_version = VERSIONS[version]
            if ciphers:
                context.set_ciphers(ciphers)
        for context, protocols in ((client, offered), (server, served)):
            if protocols:
                context.set_alpn_protocols(list(protocols))
        client.keylog_filename = self.keylog
        self.wire = [ssl.MemoryBIO() for _ in range(4)]  # [up]: bytes that arrive at that end; [2 + up]: bytes that it sends
        self.end = [server.wrap_bio(self.wire[0], self.wire[2], server_side=True), client.wrap_bio(self.wire[1], self.wire[3])]

    @property
    def frame(self):
        """Number of the last one."""
        return len(self.segments)

    def cut(self, up, data, largest=LARGEST):
        """Segments for these bytes; the numbers of their frames."""
        first = self.frame + 1
        for at in range(0, len(data), largest):
            self.send(up, PSH | ACK, data[at:at + largest])
        return list(range(first, self.frame + 1))

    def arrive(self, up, data):
        """Delivers the bytes that one end has sent to the other."""
        self.wire[not up].write(data)

    def shake(self):
        """The TCP and the TLS handshake, each flight in a segment; the server acknowledges what comes last."""
        self.open()
        over = [False, False]
        up = True
        while not all(over) or self.wire[2 + up].pending:
            try:
                if not over[up]:
                    self.end[up].do_handshake()
                    over[up] = True
            except ssl.SSLWantReadError:
                pass
            data = self.wire[2 + up].read()
            if data:
                self.cut(up, data, 65000)
                self.arrive(up, data)
            up = not up
        self.read(True)
        return self.ack(up)

    def read(self, up):
        """One end reads what has arrived."""
        try:
            return self.end[up].read(1 << 20)
        except ssl.SSLWantReadError:
            return b""
        except ssl.SSLZeroReturnError:
            return None

    def records(self, up, *contents):
        """The bytes of records with these contents, one each, and the other end reads them."""
        for content in contents:
            self.end[up].write(content)
        data = self.wire[2 + up].read()
        self.arrive(up, data)
        while self.read(not up):
            pass
        return data

    def say(self, up, *contents, largest=LARGEST):
        """Records with these contents; the numbers of the frames that carry them."""
        return self.cut(up, self.records(up, *contents), largest)

    def ack(self, up):
        """A segment without payload; the number of its frame."""
        self.send(up, ACK)
        return self.frame

    def goodbye(self, up):
        """close_notify; the number of its frame."""
        try:
            self.end[up].unwrap()
        except ssl.SSLError:
            pass
        data = self.wire[2 + up].read()
        self.arrive(up, data)
        return self.cut(up, data)[0]

    def finish(self, up):
        """A FIN, the other side's, and the ACK; the number of the first frame."""
        self.send(up, FIN | ACK).send(not up, FIN | ACK).send(up, ACK)
        return self.frame - 2

    def reset(self, up):
        self.send(up, RST | ACK)
        return self.frame
