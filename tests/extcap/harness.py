# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of labdump share: running it, as whom, where; waiting; skipping."""
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time

import pcapng

HERE = os.path.dirname(os.path.abspath(__file__))
LABDUMP = os.environ.get("LABDUMP", "labdump")
LABSERVER = os.environ.get("LABSERVER", "")
STRANGER = 64321  # a user that exists nowhere
LIMIT = 40  # seconds after which a program counts as hanging


class Skip(Exception):
    pass


def need(condition, why):
    if not condition:
        raise Skip(why)


def check(condition, *words):
    if not condition:
        raise AssertionError(" ".join(str(w) for w in words))


def equal(got, wanted, what=""):
    check(got == wanted, what, "got", repr(got), "wanted", repr(wanted))


def is_root():
    return os.geteuid() == 0


def works(*command):
    try:
        return subprocess.run(command, capture_output=True, timeout=LIMIT).returncode == 0
    except OSError:
        return False


def need_namespaces():
    need(works("unshare", "-Urn", "true"), "user namespaces are not allowed here (or unshare(1) is missing)")


def own_loopback(*command):
    """A command in a network namespace with a loopback of its own, where capturing is allowed."""
    need_namespaces()
    need(shutil.which("ip"), "ip(8) is missing")
    return ["unshare", "-Urn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]


def stranger(*command):
    """A command as an ordinary user without any rights."""
    if not is_root():
        return list(command)
    need(shutil.which("setpriv"), "setpriv(1) is missing")
    return ["setpriv", "--reuid", str(STRANGER), "--regid", str(STRANGER), "--clear-groups", *command]


@contextlib.contextmanager
def folder():
    """A folder for everybody, with labdump and the server in it: the build tree may be closed to others."""
    path = tempfile.mkdtemp(prefix="labdump-test.")
    os.chmod(path, 0o777)
    try:
        for program in (LABDUMP, os.path.join(HERE, "standin.py")):
            shutil.copy(program, path)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def environment(where, **more):
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": where, "LANG": "C.UTF-8",
           "LAB_SERVER": os.path.join(where, "standin.py")}
    for name in ("LSAN_OPTIONS", "ASAN_OPTIONS", "UBSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    env.update(more)
    return {name: value for name, value in env.items() if value is not None}


def run(command, where, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, cwd=where,
                          env=environment(where, **more), stdin=subprocess.DEVNULL)


def ask(*arguments, **more):
    """Runs labdump for an answer."""
    with folder() as where:
        return run([os.path.join(where, "labdump"), *arguments], where, **more)


def command_line(where, *arguments, fifo="out.pcapng"):
    return [os.path.join(where, "labdump"), "--capture", "--extcap-interface", "lab",
            "--fifo", os.path.join(where, fifo), "--port", "0", *arguments]


def capture(where, *arguments, wrap=lambda *c: list(c), status=0, **more):
    """Runs a capture with a client command to its end; the capture file, read."""
    done = run(wrap(*command_line(where, "--client-linger", "0.1", "--client-log", os.path.join(where, "log"),
                                  *arguments)), where, **more)
    equal(done.returncode, status, done.stderr)
    return pcapng.Capture(os.path.join(where, "out.pcapng"))


def log_of(where):
    with open(os.path.join(where, "log")) as file:
        return file.read()


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@contextlib.contextmanager
def running(command, where, preexec_fn=None, **more):
    process = subprocess.Popen(command, cwd=where, env=environment(where, **more), stdin=subprocess.DEVNULL,
                               preexec_fn=preexec_fn, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_for(condition, what, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError("waited in vain for " + what)


def processes_of(where):
    """The living processes that were started from the folder, by their command lines."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as file:
                line = file.read().replace(b"\0", b" ").decode(errors="replace")
            with open("/proc/%s/stat" % pid) as file:
                state = file.read().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if where in line and state != "Z" and int(pid) != os.getpid():
            found.append((int(pid), line))
    return found


def free_port():
    """A port that is free with the two after it, which the scenarios use. Below those that the kernel gives to clients, so that
    a test that runs beside this one does not get it."""
    import random
    import socket
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(20000, 32000, 4)
        with contextlib.ExitStack() as stack:
            try:
                for beside in range(3):
                    s = stack.enter_context(socket.socket())
                    s.bind(("127.0.0.1", port + beside))
                return port
            except OSError:
                pass


def tshark_home(where, command="tshark"):
    """Puts labdump where the installed Wireshark looks for a user's own extcaps (up to 4.2 and from 4.4 on)."""
    need(shutil.which(command), command + " is missing")
    for path in (".config/wireshark/extcap", ".local/lib/wireshark/extcap"):
        os.makedirs(os.path.join(where, path))
        shutil.copy(os.path.join(where, "labdump"), os.path.join(where, path))
    for base, names, _ in os.walk(where):
        os.chmod(base, 0o777)


def main(tests):
    """--list names the tests, NAME runs one; the exit status 77 means skipped."""
    if sys.argv[1:] == ["--list"]:
        print("\n".join(tests))
        return 0
    for name in sys.argv[1:] or tests:
        try:
            tests[name]()
            print("ok", name)
        except Skip as why:
            print("skipped:", name, "-", why)
            if len(sys.argv) == 2:
                return 77
    return 0
