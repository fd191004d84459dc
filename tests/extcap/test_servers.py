#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Somebody's own web server in the place of labserver: a command, or a server that runs already."""
import contextlib
import grp
import os
import re
import shutil
import socket
import subprocess
import sys

import pcapng
from harness import (capture, check, command_line, environment, equal, folder, free_port, is_root, main, need,
                     need_namespaces, own_loopback, processes_of, run, running, stranger, tshark_home, wait_for)
from test_tshark import fields, need_dumpcap, tshark

CLIENT = "curl -sS -o /dev/null -w '%{http_code} %{url_effective}' $LAB_URL"
PAGE = "<!doctype html><title>Mine</title>"

DJANGO = """import sys
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path
settings.configure(DEBUG=True, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="only for this test")
urlpatterns = [path("", lambda request: HttpResponse("%s"))]
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
""" % PAGE

NGINX = """error_log error.log; pid nginx.pid; events {}
http { access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
server { listen %d; root .; } }
"""

APACHE = """ServerRoot %s
ServerName lab.test
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
Listen %d
PidFile httpd.pid
ErrorLog error.log
DocumentRoot %s
DirectoryIndex index.html
"""


def write(where, name, words):
    with open(os.path.join(where, name), "w") as file:
        file.write(words)
    os.chmod(os.path.join(where, name), 0o644)


def ordinary_user():
    """As an ordinary user who may run dumpcap, which is all that a user of Debian's group wireshark may."""
    if not is_root():
        return []
    user = stranger()
    with contextlib.suppress(KeyError):
        user[user.index("--clear-groups"):] = ["--groups", str(grp.getgrnam("wireshark").gr_gid)]
    return user


def told(where, server_name, port):
    """What must be in the capture: the look-up, then the first SYN, then the page of that server."""
    rows = fields(where, "-e", "dns.qry.name", "-e", "dns.a", "-e", "tcp.flags.str", "-e", "tcp.dstport", "-e", "http.response.code",
                  "-e", "http.server", "-e", "ip.src", "-d", "tcp.port==%d,http" % port, "-Y", "dns or tcp")
    check(["lab.test", "10.77.0.1"] in [row[:2] for row in rows], "no answer to the look-up of lab.test", rows)
    first = next(row for row in rows if row[2])
    equal((first[2].strip("·"), first[3]), ("S", str(port)), "the first TCP segment")
    answers = [row for row in rows if row[4]]
    check(answers and answers[0][4] == "200" and answers[0][6] == "10.77.0.1", "no page:", rows)
    check(re.search(server_name, answers[0][5]), "not this server:", answers)


def through_tshark(command, server_name, port, files=(), log="own.log"):
    need_namespaces()
    need_dumpcap()
    with folder() as where:
        tshark_home(where)
        for name, words in {"index.html": PAGE, **dict(files)}.items():
            write(where, name, words.replace("HERE", where))
        done = run(ordinary_user() + tshark(
            where, "-o", "extcap.lab.port:%d" % port, "-o", "extcap.lab.servercommand:" + command.replace("HERE", where),
            "-o", "extcap.lab.client:" + CLIENT, "-o", "extcap.lab.clientlog:" + where + "/log",
            "-o", "extcap.lab.clientlinger:0.2", "-o", "extcap.lab.serverlog:" + (where + "/" + log if log else "")), where)
        equal(done.returncode, 0, done.stderr)
        with open(where + "/log") as file:
            equal(file.read(), "200 http://lab.test:%d/" % port)
        told(where, server_name, port)
        path = where + "/" + (log or ".local/state/lab/server-%d.log" % port)
        equal(os.stat(path).st_mode & 0o777, 0o600)
        words = run(["capinfos", where + "/t.pcapng"], where).stdout
        check("its output is in " + path in words, "the comment does not tell of the log:", words)
        wait_for(lambda: not processes_of(where), "the end of all processes", 5)
        with open(path) as file:
            return file.read()


def test_pythons_http_server_as_an_ordinary_user():
    port = free_port()
    log = through_tshark("cd HERE; python3 -u -m http.server $LAB_PORT", "SimpleHTTP", port, log="")
    check('"GET / HTTP/1.1" 200' in log, log)


def test_django_as_an_ordinary_user():
    need(subprocess.run(["/usr/bin/python3", "-c", "import django"], capture_output=True).returncode == 0, "python3-django is missing")
    port = free_port()
    log = through_tshark("/usr/bin/python3 HERE/manage.py runserver 0.0.0.0:%d" % port, "WSGIServer", port, {"manage.py": DJANGO})
    check('"GET / HTTP/1.1" 200' in log, log)


def test_nginx_that_goes_into_the_background_as_an_ordinary_user():
    need(shutil.which("nginx", path="/usr/sbin"), "nginx is missing")
    port = free_port()
    through_tshark("nginx -p HERE -c HERE/n.conf -e HERE/error.log", "nginx", port, {"n.conf": NGINX % port})


def test_apache_in_the_foreground_on_port_80_as_an_ordinary_user():
    need(shutil.which("apache2", path="/usr/sbin"), "apache2 is missing")
    through_tshark("apache2 -f HERE/a.conf -D FOREGROUND", "Apache", 80, {"a.conf": APACHE % ("HERE", 80, "HERE")})


def fetch(port, host="127.0.0.1"):
    with socket.create_connection((host, port), timeout=10) as s:
        s.sendall(b"GET / HTTP/1.0\r\nHost: mine\r\n\r\n")
        words = b""
        while part := s.recv(65536):
            words += part
        return words


def test_a_browser_gets_to_a_server_command():
    need_namespaces()
    with folder() as where:
        write(where, "index.html", PAGE)
        port = free_port()
        command = command_line(where, "--network", "own", "--server-command", "python3 -m http.server $LAB_PORT")
        command[command.index("--port") + 1] = str(port)
        with running(command, where) as process:
            def page():
                check(process.poll() is None, "it ended:", process.poll())
                with contextlib.suppress(OSError):
                    return PAGE.encode() in fetch(port)
            wait_for(page, "the page")
            process.terminate()
            process.wait(15)
        equal(process.returncode, 0)
        equal(processes_of(where), [])
        check(pcapng.Capture(os.path.join(where, "out.pcapng")).packets, "nothing was captured")


def failing(*arguments, lang="C.UTF-8"):
    need_namespaces()
    with folder() as where:
        done = run(command_line(where, "--network", "own", *arguments), where, LANG=lang)
        equal(processes_of(where), [])
        check("{" not in done.stderr, "a place was not filled in:", done.stderr)
        return done


def test_a_server_that_only_loopback_reaches_is_told_what_to_do():
    done = failing("--server-command", "python3 -m http.server --bind 127.0.0.1 $LAB_PORT")
    equal(done.returncode, 1)
    check("0.0.0.0" in done.stderr, done.stderr)


def test_a_server_command_that_ends_is_told_with_its_output():
    for lang, words in (("C.UTF-8", "ended by itself"), ("zh_CN.UTF-8", "意外结束")):
        done = failing("--server-command", "echo no such module >&2; exit 3", lang=lang)
        equal(done.returncode, 1)
        for word in (words, "no such module", "server-"):
            check(word in done.stderr, word, "is missing:", done.stderr)
    done = failing("--server-command", "true")
    check("ended by itself" in done.stderr, done.stderr)


def test_a_server_command_that_dies_later_ends_the_capture():
    done = failing("--server-command", "python3 -m http.server $LAB_PORT & sleep 2; kill $!; wait; exit 4", "--client", "sleep 300")
    equal(done.returncode, 1)
    check("ended by itself" in done.stderr and "4" in done.stderr, done.stderr)


def test_a_server_in_the_background_that_dies_ends_the_capture():
    done = failing("--server-command", "setsid python3 -m http.server $LAB_PORT & exit 0", "--client",
                   "sleep 0.5; kill $(pgrep -f \"http.server $LAB_PORT\"); sleep 300")
    equal(done.returncode, 1)
    check("ended by itself" in done.stderr, done.stderr)


@contextlib.contextmanager
def already_running(where):
    port = free_port()
    write(where, "index.html", PAGE)
    command = ["python3", "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    with running(command, where):
        def up():
            with contextlib.suppress(OSError):
                return fetch(port)
        wait_for(up, "the server")
        yield port


def test_a_server_that_runs_already_is_captured_without_rights():
    need_namespaces()
    need_dumpcap()
    with folder() as where, already_running(where) as port:
        tshark_home(where)
        done = run(ordinary_user() + tshark(
            where, "-o", "extcap.lab.port:%d" % port, "-o", "extcap.lab.running:true", "-o", "extcap.lab.client:" + CLIENT,
            "-o", "extcap.lab.clientlog:" + where + "/log", "-o", "extcap.lab.clientlinger:0.2", network="auto" if is_root() else "own"), where)
        equal(done.returncode, 0, done.stderr)
        told(where, "SimpleHTTP", port)
        check(PAGE.encode() in fetch(port), "the server that ran before was ended")


def test_a_browser_gets_to_a_server_that_runs_already_by_the_port_after_it():
    need_namespaces()
    with folder() as where, already_running(where) as port:
        command = command_line(where, "--network", "own", "--running")
        command[command.index("--port") + 1] = str(port)
        with running(command, where) as process:
            def page():
                with contextlib.suppress(OSError):
                    return PAGE.encode() in fetch(port + 1)
            wait_for(page, "the page on the port after the server's")
            process.terminate()
            process.wait(15)
        comment = run(["capinfos", where + "/out.pcapng"], where).stdout
        check("http://127.0.0.1:%d/" % (port + 1) in comment and "ran already on port %d" % port in comment, comment)


def test_a_server_that_runs_already_is_captured_on_loopback():
    script = ("python3 -m http.server --bind 127.0.0.1 18080 >/dev/null 2>&1 & server=$!\n"
              "until curl -s -o /dev/null http://127.0.0.1:18080/; do sleep 0.1; done\n"
              "\"$@\"; status=$?; kill $server; exit $status")
    with folder() as where:
        write(where, "index.html", PAGE)

        def wrap(*command):
            command = list(command)
            command[command.index("--port") + 1] = "18080"
            return own_loopback("sh", "-c", script, "sh", *command)
        c = capture(where, "--network", "loopback", "--running", "--client", CLIENT, wrap=wrap)
        check(len(c.packets) >= 8, "handshake, request, response, close:", len(c.packets))
        with open(where + "/log") as file:
            equal(file.read(), "200 http://127.0.0.1:18080/")


def test_nobody_on_the_port_is_told():
    port = free_port()
    for lang, words in (("C.UTF-8", "nobody listens on port %d" % port), ("zh_CN.UTF-8", "端口 %d 上没有程序在监听" % port)):
        with folder() as where:
            command = command_line(where, "--network", "own", "--running")
            command[command.index("--port") + 1] = str(port)
            done = run(command, where, LANG=lang)
            equal(done.returncode, 1)
            check(words in done.stderr, done.stderr)


def test_what_cannot_be_together_is_refused():
    for arguments in (("--running",), ("--running", "--server-command", "true"), ("--name", "a..b"), ("--name", "lab_test"), ("--name", "-" * 64)):
        done = failing(*arguments)
        equal(done.returncode, 2, arguments)


def test_names_below_the_servers_are_known_and_others_are_not():
    need_namespaces()
    with folder() as where:
        # getent asks as any program does: 2 means that there is no such name.
        ask = "for n in mine.test www.MINE.test notmine.test example.org; do getent ahostsv4 $n | head -1 | cut -d' ' -f1; echo $n; done"
        capture(where, "--network", "own", "--name", "mine.test", "--client", ask)
        with open(where + "/log") as file:
            equal(file.read().split(), ["10.77.0.1", "mine.test", "10.77.0.1", "www.MINE.test", "notmine.test", "example.org"])


def test_the_systems_own_resolver_stays_as_it_was():
    need_namespaces()
    with open("/etc/resolv.conf") as file:
        before = file.read()
    with folder() as where:
        capture(where, "--network", "own", "--client", "cat /etc/resolv.conf")
        with open(where + "/log") as file:
            equal(file.read(), "nameserver 10.77.0.1\n")
    with open("/etc/resolv.conf") as file:
        equal(file.read(), before)


if __name__ == "__main__":
    sys.exit(main({name: f for name, f in list(globals().items()) if name.startswith("test_")}))
