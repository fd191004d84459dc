#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""labdump --annotate: comments while capturing, by a tshark with the plugin."""
import os
import re
import shutil
import signal
import subprocess
import sys

from harness import (check, command_line, equal, folder, main, need, need_namespaces, processes_of, run,
                     running, stranger, tshark_home, wait_for)
from test_tshark import need_dumpcap, tshark

FETCH = "curl -sS -o /dev/null $LAB_URL; curl -sS http://$LAB_HOST:$LAB_CLOSED_PORT/; true"


def put_plugin(where):
    """Where a tshark of the user whose home this is finds it."""
    plugin = os.path.join(os.environ.get("LAB_BUILD", ""), "plugin/lab.so")
    need(os.path.exists(plugin) and shutil.which("tshark"), "the plugin was not built, or tshark is missing")
    version = re.search(r"(\d+\.\d+)", run(["tshark", "--version"], where).stdout).group(1)
    for path in (".local/lib/wireshark/plugins/%s/epan" % version,):
        os.makedirs(os.path.join(where, path))
        shutil.copy(plugin, os.path.join(where, path))
    for base, _, names in os.walk(where + "/.local"):
        os.chmod(base, 0o755)
        for name in names:
            os.chmod(os.path.join(base, name), 0o755)


def comments(where, file):
    """Of a tshark without Lab: (protocol of the frame is TCP, comment) of each frame."""
    done = run(["tshark", "-n", "-r", where + "/" + file, "-T", "fields", "-e", "tcp.flags", "-e", "frame.comment"], where,
               HOME=where + "/nowhere")
    equal(done.returncode, 0, done.stderr)
    return [tuple(line.split("\t")) for line in done.stdout.splitlines()]


def annotated(where, *arguments, **more):
    return run(stranger(*command_line(where, "--network", "own", "--annotate", "--client-linger", "0.1", *arguments)), where, **more)


def test_every_tcp_frame_has_its_note_in_both_languages():
    need_namespaces()
    for language, words in (("en", "Lab: Handshake step 1"), ("zh", "Lab: ")):
        with folder() as where:
            put_plugin(where)
            done = annotated(where, "--client", FETCH, "--language", language)
            equal(done.returncode, 0, done.stderr)
            frames = comments(where, "out.pcapng")
            tcp = [comment for flags, comment in frames if flags]
            check(len(tcp) > 8 and all(comment.startswith("Lab: ") for comment in tcp), frames)
            check(tcp[0].startswith(words) and tcp[0].endswith("[syn; client SYN-SENT, server SYN-RECEIVED]"), tcp[0])  # states after the frame
            equal(bool(re.search("[\u4e00-\u9fff]", tcp[0])), language == "zh")
            # The last frame but late ACKs is the closed port's RST (RFC 9293 3.10.7.1).
            check(any("rst" in comment for comment in tcp[-3:]), tcp[-3:])
            equal(processes_of(where), [])


def test_the_comments_arrive_while_the_capture_goes_on():
    need_namespaces()
    with folder() as where:
        put_plugin(where)
        command = stranger(*command_line(where, "--network", "own", "--annotate", "--client", "curl -sS -o /dev/null $LAB_URL; sleep 300"))
        with running(command, where) as process:
            def there():
                check(process.poll() is None, "it ended")
                with open(where + "/out.pcapng", "rb") as file:
                    return b"Lab: Handshake step 1" in file.read()
            wait_for(lambda: os.path.exists(where + "/out.pcapng") and there(), "the first comment", 30)
            process.terminate()
            equal(process.wait(20), 0)


def test_a_capture_by_tshark_keeps_the_comments():
    need_namespaces()
    need_dumpcap()
    with folder() as where:
        tshark_home(where)
        put_plugin(where)
        user = stranger()
        group = str(os.stat(shutil.which("dumpcap")).st_gid)
        if user:
            user[user.index("--clear-groups"):] = ["--groups", group]
        done = run(user + tshark(where, "-o", "extcap.lab.port:0", "-o", "extcap.lab.annotate:true", "-o", "extcap.lab.client:" + FETCH,
                                 "-o", "extcap.lab.clientlinger:0.2"), where)
        equal(done.returncode, 0, done.stderr)
        tcp = [comment for flags, comment in comments(where, "t.pcapng") if flags]
        check(tcp and all(comment.startswith("Lab: ") for comment in tcp), tcp)


def test_without_comments_the_bytes_are_the_same():
    """The packets of an annotated capture, by their bytes, are those that the wire carried: times and data."""
    need_namespaces()
    with folder() as where:
        put_plugin(where)
        done = annotated(where, "--client", FETCH)
        equal(done.returncode, 0, done.stderr)
        labannotate = os.path.join(os.environ["LAB_BUILD"], "annotate/labannotate")
        need(os.access(labannotate, os.X_OK), "labannotate was not built")
        done = run([labannotate, "--remove", where + "/out.pcapng", where + "/plain.pcapng"], where)
        equal(done.returncode, 0, done.stderr)
        check(all(not comment for _, comment in comments(where, "plain.pcapng")), "a comment is left")
        texts = [run(["tshark", "-n", "-r", where + "/" + name, "-x", "-t", "e"], where, HOME=where + "/nowhere").stdout
                 for name in ("out.pcapng", "plain.pcapng")]
        equal(texts[0], texts[1])


def test_without_the_plugin_it_is_refused_in_words():
    need_namespaces()
    need(shutil.which("tshark"), "tshark is missing")
    for lang, words in (("C.UTF-8", "needs a tshark with the plugin Lab"), ("zh_CN.UTF-8", "需要装有 Lab 插件的 tshark")):
        with folder() as where:
            done = annotated(where, "--client", "sleep 30", LANG=lang)
            equal(done.returncode, 1)
            check(words in done.stderr and "tshark: " in done.stderr, done.stderr)
            equal(processes_of(where), [])


def test_without_tshark_it_is_refused_in_words():
    need_namespaces()
    with folder() as where:
        done = run(stranger("env", "PATH=/nowhere", *command_line(where, "--network", "own", "--annotate", "--client", "sleep 30")), where)
        equal(done.returncode, 1)
        check("tshark" in done.stderr and "lab annotate" in done.stderr, done.stderr)


def test_a_tshark_that_is_killed_ends_the_capture_and_keeps_the_packets():
    need_namespaces()
    with folder() as where:
        put_plugin(where)
        with running(stranger(*command_line(where, "--network", "own", "--annotate", "--client", "curl -sS -o /dev/null $LAB_URL; touch fetched; sleep 300")), where) as process:
            wait_for(lambda: os.path.exists(where + "/fetched"), "the page", 30)
            children = subprocess.run(["pgrep", "-x", "tshark", "-u", str(os.stat(where + "/fetched").st_uid)], capture_output=True, text=True).stdout.split()
            for pid in children:
                with open("/proc/%s/environ" % pid, "rb") as file:
                    if ("HOME=" + where).encode() in file.read():
                        os.kill(int(pid), signal.SIGKILL)
            _, words = process.communicate(timeout=20)
        equal(process.returncode, 1)
        check("tshark" in words, words)
        check(len(comments(where, "out.pcapng")) > 8, "packets are missing")


if __name__ == "__main__":
    sys.exit(main({name: f for name, f in list(globals().items()) if name.startswith("test_")}))
