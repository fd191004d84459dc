#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTPS and the keys in the capture: a tshark that has no key file reads what is inside, in one pass; without the keys it does not."""
import os
import shutil
import stat
import subprocess
import sys

from harness import (LABSERVER, check, capture, command_line, equal, folder, log_of, main, need, need_namespaces, own_loopback, run, running)

SECRETS = 10  # type of a Decryption Secrets Block
CURL = "curl -sS -k -o /dev/null -w '%{http_code} %{size_download} %{exitcode}\\n' "
PAGES = CURL + "$LAB_TLS_URL; " + CURL + "--tls-max 1.2 $LAB_TLS_URL; true"


def blocks(path):
    """(type, body) of each block."""
    with open(path, "rb") as file:
        data = file.read()
    at = 0
    while at < len(data):
        kind, length = (int.from_bytes(data[at + n:at + n + 4], "little") for n in (0, 4))
        yield kind, data[at + 8:at + length - 4]
        at += length


def secrets(where):
    return b"".join(body[8:] for kind, body in blocks(os.path.join(where, "out.pcapng")) if kind == SECRETS).decode()


def tshark(where, display_filter, field="frame.number"):
    """The values of a field, read in one pass by a tshark that has no settings and no keys."""
    need(shutil.which("tshark"), "tshark is missing")
    home = os.path.join(where, "reader")
    os.makedirs(home, exist_ok=True)
    done = subprocess.run(["tshark", "-r", os.path.join(where, "out.pcapng"), "-Y", display_filter, "-T", "fields", "-e", field],
                          capture_output=True, text=True, timeout=120, env={"PATH": os.environ["PATH"], "HOME": home})
    equal(done.returncode, 0, done.stderr)
    return done.stdout.split()


def secure(where, *arguments, **more):
    need(LABSERVER, "labserver is not built")
    return capture(where, "--tls", *arguments, LAB_SERVER=LABSERVER, **more)


def decrypted(where):
    equal(log_of(where).split("\n")[:2], ["200 %d 0" % int(log_of(where).split()[1])] * 2, "both pages")
    equal(tshark(where, "tls && http.response", "http.response.code"), ["200", "200"], "responses inside TLS")
    # The client of TLS 1.2 encrypts its Finished before the server has the key.
    check(tshark(where, "tls.handshake.type == 20 && tcp.dstport != 53 && tls.record.version == 0x0303 && tls.handshake.type == 16"),
          "the client's Finished of TLS 1.2 is not decrypted")


def test_pages_over_tls_open_decrypted_without_a_key_file():
    need_namespaces()
    with folder() as where:
        c = secure(where, "--network", "own", "--client", PAGES)
        decrypted(where)
        check("keys" in c.comment(), c.comment())


def test_the_same_on_a_loopback():
    with folder() as where:
        secure(where, "--network", "loopback", "--client", PAGES, wrap=own_loopback)
        decrypted(where)


def test_without_the_keys_it_is_what_an_eavesdropper_sees():
    need_namespaces()
    with folder() as where:
        secure(where, "--network", "own", "--no-keys", "--client", PAGES)
        equal(secrets(where), "")
        equal(tshark(where, "tls && http"), [])
        check(tshark(where, "tls.record.content_type == 23"), "no encrypted data either")


def test_without_tls_there_is_neither_port_nor_key():
    need_namespaces()
    need(LABSERVER, "labserver is not built")
    with folder() as where:
        capture(where, "--network", "own", "--client", "echo url=$LAB_TLS_URL", LAB_SERVER=LABSERVER)
        equal(log_of(where), "url=\n")
        equal(secrets(where), "")
        check(not os.path.exists(os.path.join(where, ".local/state/lab")), "certificates were made")


def test_resumed_sessions_are_decrypted_too():
    need_namespaces()
    need(shutil.which("openssl"), "openssl is missing")
    with folder() as where:
        ask = ("printf 'GET / HTTP/1.1\\r\\nHost: lab.test\\r\\nConnection: close\\r\\n\\r\\n' | timeout 10 openssl s_client -ign_eof -%s "
               "-connect ${LAB_TLS_URL#https://} -sess_%s session.pem")
        connect = ask.replace("${LAB_TLS_URL#https://}", "$(echo $LAB_TLS_URL | sed 's,.*//,,; s,/,,')")
        client = "; ".join(connect % words for words in (("tls1_3", "out"), ("tls1_3", "in"), ("tls1_2", "out"), ("tls1_2", "in")))
        secure(where, "--network", "own", "--client", client + "; true")
        equal(log_of(where).count("Reused, TLSv1."), 2, log_of(where)[-2000:])
        equal(tshark(where, "tls && http.response", "http.response.code"), ["200"] * 4)


def test_keys_and_certificates_are_their_owners_alone():
    need_namespaces()
    with folder() as where:
        secure(where, "--network", "own", "--client", "true")
        kept = os.path.join(where, ".local/state/lab")
        equal(stat.S_IMODE(os.stat(kept).st_mode), 0o700)
        equal({name: stat.S_IMODE(os.stat(os.path.join(kept, name)).st_mode) for name in os.listdir(kept)},
              {"tls.ini": 0o600, "authority.crt": 0o600})
        equal(stat.S_IMODE(os.stat(os.path.join(where, "out.pcapng")).st_mode) & 0o077, 0, "the capture holds keys")


def test_only_sessions_that_the_capture_has_get_into_it():
    """A server that is somebody else's client writes the secrets of that session into the same log."""
    need_namespaces()
    line = "CLIENT_RANDOM %s %s" % ("ab" * 32, "cd" * 48)
    with folder() as where:
        server = "echo '%s' > $SSLKEYLOGFILE && exec python3 -m http.server $LAB_PORT" % line
        capture(where, "--tls", "--network", "own", "--by-hand", "--server-command", server, "--client", "curl -sS -o /dev/null $LAB_URL")
        equal(secrets(where), "")


def test_a_server_of_ones_own_writes_its_keys_too():
    need_namespaces()
    need(shutil.which("openssl"), "openssl is missing")
    with folder() as where:
        certificate = ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=lab.example "
                       "-keyout key.pem -out cert.pem")
        equal(run(["sh", "-c", certificate], where).returncode, 0)
        server = "exec openssl s_server -accept $LAB_PORT -cert cert.pem -key key.pem -www -quiet -alpn http/1.1 -keylogfile $SSLKEYLOGFILE"
        capture(where, "--tls", "--network", "own", "--by-hand", "--server-command", server,
                "--client", "curl -sS -k -o /dev/null https://$LAB_HOST:$LAB_PORT/")
        check(tshark(where, "tls.handshake.type == 20"), "no Finished was decrypted, which TLS 1.3 encrypts")


def test_keys_arrive_live():
    """While the capture runs, whoever reads it has the keys before the packets that need them."""
    need_namespaces()
    need(LABSERVER and shutil.which("tshark"), "labserver or tshark is missing")
    with folder() as where:
        client = CURL + "$LAB_TLS_URL; " + CURL + "--tls-max 1.2 $LAB_TLS_URL; touch asked; sleep 30"
        os.mkfifo(os.path.join(where, "out.pcapng"))
        with running(command_line(where, "--tls", "--network", "own", "--by-hand", "--client", client), where, LAB_SERVER=LABSERVER) as labdump, \
                running(["tshark", "-l", "-i", os.path.join(where, "out.pcapng"), "-Y", "tls && http.response", "-T", "fields", "-e",
                         "http.response.code"], where) as reader:
            equal([reader.stdout.readline(), reader.stdout.readline()], ["200\n", "200\n"])
            check(labdump.poll() is None, "labdump has ended")
            labdump.terminate()
            labdump.wait(20)


def test_a_browser_is_decrypted():
    need_namespaces()
    need(shutil.which("chromium"), "chromium is missing")
    with folder() as where:
        browser = ("timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --ignore-certificate-errors "
                   "--disable-background-networking --user-data-dir=%s/profile --dump-dom $LAB_TLS_URL" % where)
        secure(where, "--network", "own", "--client", browser)
        check("</html>" in log_of(where), log_of(where)[-1000:])
        paths = tshark(where, "tls && http.request", "http.request.uri")
        check("/" in paths and len(paths) > 1, "the page and what belongs to it:", paths)


if __name__ == "__main__":
    sys.exit(main({name: f for name, f in list(globals().items()) if name.startswith("test_")}))
