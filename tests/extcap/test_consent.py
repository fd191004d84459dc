#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands, programs and files that preferences name: refused unless somebody on this machine gave or allowed them."""
import contextlib
import os
import subprocess
import sys

from harness import (check, command_line, environment, equal, folder, is_root, main, need, need_namespaces,
                     own_loopback, processes_of, run, running, tshark_home, wait_for)
from test_tshark import need_dumpcap, tshark


def preferences(where, **values):
    """A profile "Sent" as somebody else may have sent it."""
    profile = where + "/.config/wireshark/profiles/Sent"
    os.makedirs(profile)
    with open(profile + "/preferences", "w") as file:
        file.writelines("extcap.lab.%s: %s\n" % pair for pair in {"port": "0", "clientlinger": "0", **values}.items())


@contextlib.contextmanager
def sent(**values):
    need_namespaces()
    need_dumpcap()
    with folder() as where:
        tshark_home(where)
        preferences(where, **{name: value.replace("HERE", where) for name, value in values.items()})
        yield where


def start(where, *more, network="own", **env):
    return run(tshark(where, "-C", "Sent", "-a", "duration:8", *more, network=network), where, **env)


def allow(where, line, **more):
    return run([where + "/labdump", "--allow", line], where, **more)


def refused(done, where, *names):
    check(done.returncode != 0, "tshark takes it for a success")
    for name in names:
        check(name in done.stderr, name, "is missing:", done.stderr)
    check("{" not in done.stderr, "a place was not filled in:", done.stderr)
    equal(processes_of(where), [])


def test_a_command_of_a_profile_is_refused():
    with sent(client="touch HERE/ran") as where:
        refused(start(where), where, "client", "touch " + where + "/ran", "--allow 'client=touch ")
        refused(start(where, LANG="zh_CN.UTF-8"), where, "已拒绝", "--allow 'client=touch ")
        check(not os.path.exists(where + "/ran"), "the command was run")


def test_a_command_that_was_allowed_once_is_run():
    with sent(client="touch HERE/ran") as where:
        equal(allow(where, "client=touch " + where + "/ran").returncode, 0)
        equal(start(where).returncode, 0)
        check(os.path.exists(where + "/ran"), "the command was not run")


def test_a_command_of_tsharks_command_line_is_run():
    with sent() as where:
        for form in (["-o", "extcap.lab.client:touch HERE/ran"], ["-oextcap.lab.client:touch HERE/ran"]):
            done = start(where, *[word.replace("HERE", where) for word in form])
            equal(done.returncode, 0, done.stderr)
            os.remove(where + "/ran")


def test_another_command_line_does_not_help_a_profile():
    """The command line names one command and the profile another one: Wireshark runs that of the command line."""
    with sent(client="touch HERE/ran", clientlog="HERE/mine") as where:
        with open(where + "/mine", "w") as file:
            file.write("precious")
        refused(start(where, "-o", "extcap.lab.client:true"), where, "client-log", where + "/mine", "overwritten")
        with open(where + "/mine") as file:
            equal(file.read(), "precious")


def test_a_server_of_a_profile_is_refused():
    with sent(server="HERE/standin.py") as where:
        refused(start(where, LAB_SERVER=None), where, "server", where + "/standin.py")
        equal(allow(where, "server=" + where + "/./standin.py").returncode, 0)
        with running(tshark(where, "-q", "-C", "Sent"), where, LAB_SERVER=None) as process:
            wait_for(lambda: any("--closed-port" in line for _, line in processes_of(where)), "the server")
            process.terminate()
            process.wait(15)


def test_a_server_where_labdump_looks_itself_needs_no_leave():
    with sent(server="HERE/.local/bin/labserver", client="true") as where:
        os.makedirs(where + "/.local/bin")
        os.rename(where + "/standin.py", where + "/.local/bin/labserver")
        equal(allow(where, "client=true").returncode, 0)
        done = start(where, LAB_SERVER=None)
        equal(done.returncode, 0, done.stderr)


def capture_to_fifo(where, *arguments, wrap=lambda *c: list(c), **more):
    """As Wireshark starts labdump: with a fifo. Ends by itself only if it refuses or the client ends."""
    if not os.path.exists(where + "/fifo"):
        os.mkfifo(where + "/fifo")
    reader = subprocess.Popen(["cat", where + "/fifo"], stdout=subprocess.DEVNULL)
    try:
        return run(wrap(*command_line(where, "--client-linger", "0", *arguments, fifo="fifo")), where, **more)
    finally:
        reader.kill()
        reader.wait()


def test_a_folder_of_a_profile_is_not_served_on_this_machine():
    """127.0.0.1 is open to every user of the machine, and leads into a network of its own too."""
    with sent(root="HERE/private", client="true") as where:
        os.makedirs(where + "/private", 0o700)
        equal(allow(where, "client=true").returncode, 0)
        for network in ("own", "loopback"):
            refused(start(where, network=network), where, "root", where + "/private", "All users of this machine",
                    "--allow 'root=" + where + "/private'")
        refused(start(where, LANG="zh_CN.UTF-8"), where, "已拒绝", "本机的所有用户", where + "/private")
        equal(allow(where, "root=" + where + "/private/.").returncode, 0)
        done = start(where)
        equal(done.returncode, 0, done.stderr)


def test_a_folder_of_tsharks_command_line_is_served():
    with sent(client="true") as where:
        os.makedirs(where + "/mine")
        equal(allow(where, "client=true").returncode, 0)
        done = start(where, "-o", "extcap.lab.root:" + where + "/mine")
        equal(done.returncode, 0, done.stderr)


def test_a_configuration_file_of_a_profile_is_refused():
    with sent(config="HERE/labserver.conf", client="true") as where:
        with open(where + "/labserver.conf", "w") as file:
            file.write("")
        equal(allow(where, "client=true").returncode, 0)
        refused(start(where), where, "config", where + "/labserver.conf", "All users of this machine")


def test_a_page_of_a_profile_is_not_shown_to_the_network():
    need(is_root(), "capturing on any device needs root")
    with folder() as where:
        done = capture_to_fifo(where, "--network", "any", "--root", where, wrap=own_loopback)
        equal(done.returncode, 1)
        check("root" in done.stderr and "Everybody in the network" in done.stderr, done.stderr)
        done = capture_to_fifo(where, "--network", "own", "--root", where, "--client", "true")
        check("client" in done.stderr, done.stderr)


def test_by_hand_everything_was_typed():
    need_namespaces()
    with folder() as where:
        arguments = ("--network", "own", "--client", "touch ran")
        equal(capture_to_fifo(where, *arguments).returncode, 1)
        check(not os.path.exists(where + "/ran"), "the command was run")
        equal(capture_to_fifo(where, *arguments, "--by-hand").returncode, 0)
        os.remove(where + "/ran")
        for output in ("out.pcapng", "-"):
            command = command_line(where, *arguments, "--client-linger", "0")
            command[command.index("--fifo") + 1] = where + "/" + output if output != "-" else output
            done = subprocess.run(command, cwd=where, env=environment(where), capture_output=True, timeout=40)
            equal(done.returncode, 0, done.stderr)
            os.remove(where + "/ran")


def test_a_list_that_others_can_write_is_not_used():
    need_namespaces()
    with folder() as where:
        arguments = ("--network", "own", "--client", "touch ran")
        equal(allow(where, "client=touch ran").returncode, 0)
        path = where + "/.config/lab/allowed"
        equal(os.stat(path).st_mode & 0o777, 0o600)
        for mode in (0o620, 0o602):
            os.chmod(path, mode)
            equal(capture_to_fifo(where, *arguments).returncode, 1, oct(mode))
            done = allow(where, "client=true")
            equal(done.returncode, 1)
            check(path in done.stderr, done.stderr)
        os.chmod(path, 0o600)
        equal(capture_to_fifo(where, *arguments).returncode, 0)
        if is_root():
            os.chown(path, 65534, 65534)
            equal(capture_to_fifo(where, *arguments).returncode, 1, "another user's list")


def test_only_the_very_command_is_allowed():
    need_namespaces()
    with folder() as where:
        equal(allow(where, "client=touch ran").returncode, 0)
        for other in ("touch ran; true", "touch ra", " touch ran", "touch ran\nclient=touch ran"):
            equal(capture_to_fifo(where, "--network", "own", "--client", other).returncode, 1, other)
        check(not os.path.exists(where + "/ran"), "a command was run")


def test_what_a_terminal_obeys_is_shown_and_cannot_be_allowed():
    need_namespaces()
    with folder() as where:
        hidden = "true \x1b[8m\u202e; touch ran"
        done = capture_to_fifo(where, "--network", "own", "--client", hidden)
        equal(done.returncode, 1)
        check("\x1b" not in done.stderr and "\u202e" not in done.stderr, repr(done.stderr))
        check("\\x1b[8m\\u202e; touch ran" in done.stderr, done.stderr)
        equal(allow(where, "client=" + hidden).returncode, 2)
        check(not os.path.exists(where + "/.config/lab/allowed"), "it was listed")


def test_allow_says_what_it_wants():
    with folder() as where:
        for line in ("", "client", "client=", "port=80", "fifo=/etc/passwd", "client=a\nb"):
            for lang in ("en_US.UTF-8", "zh_CN.UTF-8"):
                done = allow(where, line, LANG=lang)
                equal(done.returncode, 2, line)
                check("client-log" in done.stderr and "{" not in done.stderr, done.stderr)
        done = allow(where, "client=true")
        equal((done.returncode, done.stderr), (0, ""))
        check("client=true" in done.stdout and where + "/.config/lab/allowed" in done.stdout, done.stdout)
        equal(allow(where, "client=true").returncode, 0)
        with open(where + "/.config/lab/allowed") as file:
            equal(file.read(), "client=true\n", "a line is there once")


def test_preferences_cannot_say_that_it_was_by_hand():
    with folder() as where:
        done = run([where + "/labdump", "--extcap-config", "--extcap-interface", "lab"], where)
        check("--client" in done.stdout, done.stdout)
        check("call=--by-hand" not in done.stdout and "call=--allow" not in done.stdout, done.stdout)


def test_an_option_is_no_value():
    """With "--root --config --by-hand" the root would be "--config", and the configuration file an option of its own."""
    with folder() as where:
        done = capture_to_fifo(where, "--network", "own", "--client", "touch ran", "--root", "--config", "--by-hand")
        equal(done.returncode, 2)
        check("--root needs a value" in done.stderr, done.stderr)
        check(not os.path.exists(where + "/ran"), "the command was run")


def test_the_message_fits_into_wiresharks_dialog():
    need_namespaces()
    with folder() as where:
        for lang in ("en_US.UTF-8", "zh_CN.UTF-8"):
            done = capture_to_fifo(where, "--network", "own", "--client", "curl -sS $LAB_URL; " * 12, LANG=lang)
            check(len(done.stderr.encode()) <= 1024, len(done.stderr.encode()))


if __name__ == "__main__":
    sys.exit(main({name: f for name, f in list(globals().items()) if name.startswith("test_")}))
