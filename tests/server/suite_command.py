# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line: options, what is said about wrong ones, and who the server is while it serves."""

import os
import re
import shutil
import subprocess
import unittest

from harness import ARGUMENTS, WWW, Server, environment, folder, run


class CommandLine(unittest.TestCase):
    def refused(self, code, *options, **changes):
        result = run(*options, **changes)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertTrue(result.stderr.startswith("labserver: "), result.stderr)
        return result.stderr

    def test_messages_call_the_program_as_it_was_started(self):
        for line, wanted in (("--help", "Usage: ./lab serve [OPTION]"), ("--nonsense", "./lab serve --help lists them")):
            done = run(line, LAB_PROGRAM="./lab serve", LANG="C.UTF-8")
            self.assertIn(wanted, done.stdout + done.stderr)
        self.assertIn("Usage: labserver [OPTION]", run("--help", LANG="C.UTF-8").stdout)
        place = os.path.join(folder(self), "mine")
        done = run("--init", place, LAB_PROGRAM="./lab serve", LANG="C.UTF-8")
        self.assertIn("then start: ./lab serve --root " + place, done.stdout)

    def test_help_and_version(self):
        for language, word in (("en", "Usage:"), ("zh", "用法：")):
            result = run("--help", "--language", language)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertTrue(result.stdout.startswith(word))
            for option in ("port", "bind", "root", "config", "keepalive-timeout", "keepalive-max", "access-log", "closed-port", "slow-port",
                           "no-scenarios", "no-compression", "max-connections",
                           "max-per-address", "max-body", "header-timeout", "user", "qr-code", "init", "language", "help", "version",
                           "tls", "tls-name", "tls-scenario-port", "certificate", "key"):
                self.assertIn("--" + option, result.stdout)
        self.assertRegex(run("--version").stdout, r"^labserver \d+\.\d+\.\d+\n$")

    def test_wrong_use_names_value_and_remedy(self):
        for options, words in (
                (("--port", "70000"), ("--port '70000'", "0 to 65535")),
                (("--port", "-1"), ("--port '-1'",)),
                (("--port", "80x"), ("--port '80x'",)),
                (("--closed-port", "65536"), ("--closed-port '65536'",)),
                (("--port", "8085", "--closed-port", "8085"), ("--closed-port 8085", "the port of --port")),
                (("--slow-port", "8086", "--closed-port", "8086"), ("--slow-port 8086", "the port of --closed-port")),
                (("--port=",), ("--port ''",)),
                (("--port",), ("--port needs a value", "8080")),
                (("--keepalive-timeout", "86401"), ("--keepalive-timeout '86401'", "86400")),
                (("--keepalive-max", "1.5"), ("--keepalive-max '1.5'",)),
                (("--language", "fr"), ("--language 'fr'", "auto, en or zh")),
                (("--bind", "localhost"), ("--bind 'localhost'", "127.0.0.1")),
                (("--max-connections", "0"), ("--max-connections '0'", "1 to 16384")),
                (("--max-body", "1k"), ("--max-body '1k'",)),
                (("--bind", "::1") * 9, ("--bind '::1'", "at most 8")),
                (("--nothing",), ("no option --nothing", "--help")),
                (("-x",), ("no option -x",)),
                (("--help=1",), ("--help takes no value",)),
                (("www",), ("'www' is no option", "--root www")),
                (("--tls=99999",), ("--tls '99999'", "0 to 65535")),
                (("--port", "8443", "--tls"), ("--tls 8443", "the port of --port")),
                (("--key", "a.key"), ("--key", "without --tls")),
                (("--tls", "--certificate", "a.crt"), ("--certificate needs --key",)),
                (("--tls", "--tls-name", "-a-"), ("--tls-name '-a-'", "lab.example"))):
            message = self.refused(2, *options)
            for word in words:
                self.assertIn(word, message)

    def test_messages_follow_the_language(self):
        self.assertIn("不是", self.refused(2, "--port", "x", LANG="zh_CN.UTF-8"))
        self.assertIn("不是", self.refused(2, "--port", "x", "--language", "zh"))
        self.assertIn("is not", self.refused(2, "--language=en", "--port", "x", LC_ALL="zh_CN.UTF-8"))
        self.assertIn("is not", self.refused(2, "--port", "x", LC_ALL="C", LANG="zh_CN.UTF-8"))

    def test_port_in_use(self):
        with Server("--bind", "127.0.0.1") as server:
            for bind in ("127.0.0.1", "::", "0.0.0.0"):
                message = self.refused(1, "--port", str(server.port), "--bind", bind)
                self.assertIn("port %d is in use" % server.port, message)
                self.assertIn("--port N", message)

    def test_starter_folder(self):
        path = os.path.join(folder(self), "my page")
        for language, word in (("en", "Fill in"), ("zh", "请填写")):
            place = path + language
            result = run("--init", place, "--language", language)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertIn(word, result.stdout)
            self.assertIn(place, result.stdout)
            self.assertEqual(sorted(os.listdir(place)), sorted(os.listdir(WWW)))
        with open(os.path.join(path + "en", "student.ini"), "a", encoding="utf-8") as file:
            file.write("school=My School\n")
        with Server("--root", path + "en") as server:
            self.assertIn("My School", server.ask("/").body.decode())
        self.assertIn("is not empty", self.refused(1, "--init", path + "en"))
        self.assertIn("/proc/x", self.refused(1, "--init", "/proc/x"))

    @unittest.skipUnless(os.getuid() == 0, "needs root")
    def test_root_becomes_nobody(self):
        def users(server):
            with open("/proc/%d/status" % server.process.pid, encoding="ascii") as file:
                return re.search(r"Uid:\t(.*)\n", file.read()).group(1).split()
        with Server() as server:
            self.assertEqual(server.ask("/").status, 200)
            if not ARGUMENTS.valgrind:
                self.assertEqual(users(server), ["65534"] * 4)
        root = folder(self, index_html="x", secret_txt="y")
        os.chmod(os.path.join(root, "secret.txt"), 0o600)
        with Server("--root", root) as server:
            self.assertEqual((server.ask("/").status, server.ask("/secret.txt").status), (200, 404))
            server.stop()
        self.assertIn("secret.txt", server.errors)
        os.chmod(root, 0o700)
        message = self.refused(1, "--port", "0", "--root", root)
        self.assertIn("Permission denied", message)
        self.assertIn("as the user nobody", message)
        with Server("--user", "root") as server:
            self.assertEqual(users(server), ["0"] * 4)
        self.assertIn("no such user", self.refused(2, "--port", "0", "--user", "no-such-user"))

    def test_several_addresses(self):
        with Server("--bind", "127.0.0.1", "--bind", "127.0.0.2", "--bind", "::1") as server:
            for address in ("127.0.0.1", "127.0.0.2", "::1"):
                with server.connect(address) as client:
                    self.assertEqual(client.ask("/style.css").status, 200)
            self.assertRaises(ConnectionRefusedError, server.connect, "127.0.0.3")
            server.stop()
        self.assertEqual(len(re.findall(r"http://\S+:%d/" % server.port, server.output)), 3)

    def test_qr_code(self):
        result = run("--qr-code", "--port", "x")  # the first mistake is told of
        if "libqrencode" in result.stderr:
            self.skipTest("built without libqrencode")
        with Server("--qr-code") as server:
            server.stop()
        outside = [line for line in server.output.splitlines() if "from other computers" in line]
        self.assertEqual("█▀" in server.output, bool(outside))

    def test_foreign_address(self):
        self.assertIn("192.0.2.77", self.refused(1, "--port", "0", "--bind", "192.0.2.77"))

    def test_bad_root(self):
        path = folder(self, a_txt="x")
        self.assertIn("/does/not/exist", self.refused(1, "--port", "0", "--root", "/does/not/exist"))
        self.assertIn("wants the folder", self.refused(1, "--port", "0", "--root", os.path.join(path, "a.txt")))

    def test_messages_show_what_a_terminal_obeys(self):
        self.assertIn("/no\\x1b[31m\\u202e\\x0a\\xff", self.refused(1, "--port", "0", "--root", b"/no\x1b[31m\xe2\x80\xae\n\xff"))
        self.assertIn("--port '\\x1b[8m'", self.refused(2, "--port", "\x1b[8m"))

    def as_nobody(self, root, port, *wrapper):
        """A copy of the program, as an ordinary user may not reach the build directory."""
        program = os.path.join(folder(self), "labserver")
        shutil.copy(ARGUMENTS.server, program)
        line = [*wrapper, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "--port", port]
        result = subprocess.run(line + ["--root", root], capture_output=True, text=True, env=environment(), timeout=20)
        self.assertEqual((result.returncode, result.stdout), (1, ""), result.stderr)
        return result.stderr

    @unittest.skipUnless(os.getuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
    def test_unreadable_root(self):
        root = folder(self, index_html="x")
        os.chmod(root, 0o700)
        message = self.as_nobody(root, "0")
        self.assertIn("Permission denied", message)
        self.assertIn(root, message)

    @unittest.skipUnless(os.getuid() == 0 and shutil.which("setpriv") and
                         not subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True).returncode,
                         "needs root, setpriv and a network of its own")
    def test_reserved_port(self):
        # a fresh network: the host's may let anybody have low ports
        self.assertIn("port 81 is reserved for root", self.as_nobody(folder(self, index_html="x"), "81", "unshare", "-n"))

    def test_a_log_that_nobody_reads_holds_nobody_up(self):
        path = os.path.join(folder(self), "pipe")
        os.mkfifo(path)
        self.assertIn(path, self.refused(1, "--port", "0", "--access-log", path))
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        with Server("--access-log", path) as server:
            for _ in range(150):  # 300 KB: more than a pipe holds
                self.assertEqual(server.ask("/" + "x" * 2000).status, 404)

    def test_a_config_file_is_an_ordinary_file(self):
        root = folder(self, index_html="x")
        os.mkfifo(os.path.join(root, "pipe"))
        with open(os.path.join(root, "big"), "wb") as file:
            file.truncate(2 << 20)
        for name in (os.path.join(root, "pipe"), os.path.join(root, "big"), root, "/dev/zero"):
            self.assertIn(name, self.refused(1, "--port", "0", "--config", name))
        os.mkfifo(os.path.join(root, "student.ini"))
        self.assertIn("student.ini", self.refused(1, "--port", "0", "--root", root))

    def test_bad_log(self):
        self.assertIn("/does/not/exist", self.refused(1, "--port", "0", "--access-log", "/does/not/exist"))

    def test_bad_config(self):
        for content, words in ((b"[student]\nname\n", ("line 2", "'name'")),
                               (b"name=x\n", ("[student]",)),
                               (b"[student]\nname=\xc0\xee\n", ("line 2", "UTF-8")),
                               (b"[student]\nname=\\q\n", ("name",)),
                               (b"[student]\nlanguage=fr\n", ("language=fr", "auto, en or zh"))):
            path = os.path.join(folder(self, bad_ini=content), "bad.ini")
            message = self.refused(1, "--port", "0", "--config", path)
            for word in (path,) + words:
                self.assertIn(word, message)
        self.assertIn("/does/not/exist", self.refused(1, "--port", "0", "--config", "/does/not/exist"))

    def test_notes_do_not_stop_it(self):
        root = folder(self, a_txt="x")
        config = os.path.join(folder(self, my_ini="[student]\nname=A\nstudent_number=1\n"), "my.ini")
        os.symlink("/etc/passwd", os.path.join(root, "link.txt"))
        with Server("--root", root, "--config", config) as server:
            self.assertEqual(server.ask("/link.txt").status, 404)
            server.stop()
        for word in ("link.txt", "symbolic link", "no page shows the key student_number"):
            self.assertIn(word, server.errors)

    def test_urls_are_printed(self):
        with Server() as server:
            server.stop()
        self.assertIn("http://127.0.0.1:%d/" % server.port, server.output)
        with Server("--bind", "::1", LANG="zh_CN.UTF-8") as server:
            server.stop()
        self.assertEqual(server.output, "http://[::1]:%d/  在本机访问\n" % server.port)
