#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Comments go into a capture and out of it again, and nothing else of it changes."""
import gzip
import os
import stat
import struct
import subprocess
import sys
import tempfile

from files import (FRAME, block, blocks, comments, enhanced, interface, old_packet, option, pcap, section, simple)

PROGRAM = os.environ.get("LABANNOTATE", "labannotate")


def check(condition, *words):
    if not condition:
        raise AssertionError(" ".join(str(w) for w in words))


def equal(got, wanted, what=""):
    check(got == wanted, what, "got", repr(got)[:600], "wanted", repr(wanted)[:600])


def run(*arguments, language="en_US.UTF-8"):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "LC_ALL": language})


class Folder:
    def __enter__(self):
        self.place = tempfile.TemporaryDirectory(prefix="labannotate-test.")
        return self

    def __exit__(self, *what):
        self.place.cleanup()

    def name(self, name):
        return os.path.join(self.place.name, name)

    def write(self, name, data):
        with open(self.name(name), "wb") as file:
            file.write(data)
        return self.name(name)

    def read(self, name):
        with open(self.name(name), "rb") as file:
            return file.read()


def notes(frames, texts, summary="three frames"):
    lines = ["frames\t%d" % frames, "section\t" + summary] + ["%d\t%s" % item for item in sorted(texts.items())]
    return ("\n".join(lines) + "\n").encode()


def annotate(folder, data, texts, frames=None, summary="three frames"):
    """The capture with the notes; both ways are run, and the way back must give what was there."""
    folder.write("in", data)
    folder.write("notes", notes(3 if frames is None else frames, texts, summary))
    done = run("--notes", folder.name("notes"), folder.name("in"), folder.name("out"))
    equal(done.returncode, 0, done.stderr)
    back = run("--remove", folder.name("out"), folder.name("back"))
    equal(back.returncode, 0, back.stderr)
    equal(folder.read("back"), data, "after --remove")
    return folder.read("out"), done.stdout


def test_a_pcap_file_gets_a_comment_for_each_note():
    with Folder() as folder:
        out, said = annotate(folder, pcap(), {1: "first", 3: "third\\nline two \\\\ end"})
        equal(comments(out), [(0x0A0D0D0A, ["Lab: three frames"]), (6, ["Lab: first"]),
                              (6, ["Lab: third\nline two \\ end"])])
        check("2 of 3 frames" in said, said)


def test_pcap_of_every_kind_comes_back_to_the_byte():
    for order in "<>":
        for nano in (False, True):
            for link in (1, 101, 0x44000001):
                with Folder() as folder:
                    annotate(folder, pcap(order, nano, link=link, fraction=999999), {2: "second"})


def test_frames_keep_time_and_lengths():
    with Folder() as folder:
        out, _ = annotate(folder, pcap(">", True, fraction=123456789), {1: "x"})
        packet = [data for kind, data in blocks(out) if kind == 6][1]
        _, high, low, captured, length = struct.unpack_from(">IIIII", packet, 8)
        equal((high << 32 | low, captured, length), (1700000001 * 10**9 + 123456789, 41, 42))


def test_a_time_that_is_no_time_is_kept():
    with Folder() as folder:
        annotate(folder, pcap(fraction=0xFFFFFFFF), {1: "x", 2: "y"})


def test_a_cut_pcap_file_keeps_its_end():
    whole = pcap()
    for cut in (1, 15, 20, 57):
        with Folder() as folder:
            out, said = annotate(folder, whole[:-cut], {1: "x"}, frames=2)
            check("cut" in said, said)
            equal(len([1 for kind, _ in blocks(out) if kind == 6]), 2)


def test_a_record_that_is_too_long_ends_the_frames():
    with Folder() as folder:
        bad = struct.pack("<IIII", 1, 2, 0xFFFFFFF0, 60) + b"what follows" * 200000
        annotate(folder, pcap(tail=bad), {1: "x"})


def test_options_and_other_blocks_of_a_pcapng_file_stay():
    for order in "<>":
        own = option(order, 1, "mine".encode()) + option(order, 2, b"\1\0\0\0") + option(order, 0, b"")
        names = block(order, 4, struct.pack(order + "HH4s", 1, 12, b"\x7f\0\0\1") + b"host\0\0\0\0" + bytes(4))
        secrets = block(order, 10, struct.pack(order + "II", 0x544C534B, 8) + b"CLIENT_R")
        data = (section(order, option(order, 4, b"a program") + option(order, 0, b"")) + interface(order) +
                interface(order, 101) + names + secrets + enhanced(order, options=own) + enhanced(order, where=1) +
                old_packet(order) + block(order, 5, bytes(12)))
        with Folder() as folder:
            out, _ = annotate(folder, data, {1: "one", 2: "two", 3: "three"})
            equal(comments(out), [(0x0A0D0D0A, ["Lab: three frames"]), (6, ["Lab: one", "mine"]),
                                  (6, ["Lab: two"]), (2, ["Lab: three"])])
            kept = [data for kind, data in blocks(out) if kind in (1, 4, 5, 10)]
            equal(kept, [data for kind, data in blocks(data) if kind in (1, 4, 5, 10)])


def test_ends_of_options_come_back_as_many_as_they_were():
    end = option("<", 0, b"")
    data = section() + interface() + enhanced() + enhanced(options=end) + enhanced(options=end * 3)
    with Folder() as folder:
        annotate(folder, data, {1: "a", 2: "b", 3: "c"})


def test_the_length_of_a_section_follows():
    body = interface() + enhanced() + enhanced()
    data = section(length=len(body)) + body + section(">", length=-1) + interface(">") + enhanced(">")
    with Folder() as folder:
        out, _ = annotate(folder, data, {1: "one", 3: "three"})
        length, = struct.unpack_from("<q", out, 16)
        first = struct.unpack_from("<I", out, 4)[0]
        equal(out[first + length:first + length + 4], b"\n\r\r\n", "the next section begins there:")


def test_comments_that_look_like_those_of_lab_stay():
    mine = option("<", 1, b"Lab: said by somebody else") + option("<", 0, b"")
    data = section(options=mine) + interface() + enhanced(options=mine) + enhanced() + enhanced(options=mine)
    with Folder() as folder:
        annotate(folder, data, {1: "one"})


def test_annotating_again_replaces():
    for data in (pcap(), section() + interface() + enhanced() * 3):
        with Folder() as folder:
            first, _ = annotate(folder, data, {1: "one", 2: "two"})
            folder.write("in2", first)
            folder.write("notes", notes(3, {1: "eins"}, "new"))
            done = run("--notes", folder.name("notes"), folder.name("in2"), folder.name("out2"))
            equal(done.returncode, 0, done.stderr)
            equal(comments(folder.read("out2")), [(0x0A0D0D0A, ["Lab: new"]), (6, ["Lab: eins"])])
            equal(run("--remove", folder.name("out2"), folder.name("back2")).returncode, 0)
            equal(folder.read("back2"), data)


def test_simple_packet_blocks_are_counted_and_said():
    with Folder() as folder:
        _, said = annotate(folder, section() + interface() + simple() + enhanced() + simple(), {1: "x", 2: "y"})
        check("1 of 3" in said and "Simple Packet Block" in said, said)


def test_custom_blocks_count_as_frames_where_wireshark_counts_them():
    custom = block("<", 0xBAD, struct.pack("<I", 99) + b"data")
    data = section() + interface() + custom + enhanced() + enhanced()
    with Folder() as folder:
        out, _ = annotate(folder, data, {2: "the first packet"}, frames=3)
        equal(comments(out)[1], (6, ["Lab: the first packet"]))
    with Folder() as folder:
        out, _ = annotate(folder, data, {2: "the second packet"}, frames=2)
        equal(comments(out)[1], (6, ["Lab: the second packet"]))
        equal([kind for kind, _ in blocks(out)][-1], 6)


def test_a_cut_pcapng_file_keeps_its_end():
    data = section() + interface() + enhanced() * 3
    for cut in (1, 5, 60):
        with Folder() as folder:
            _, said = annotate(folder, data[:-cut], {1: "x"}, frames=2)
            check("cut" in said, said)


def test_a_long_note_is_cut_between_characters():
    with Folder() as folder:
        out, _ = annotate(folder, pcap(), {1: "报" * 30000})
        words = comments(out)[1][1][0]
        check(words.endswith("报...") and len(words.encode()) < 65536, words[-10:])


def test_a_compressed_capture_is_read():
    with Folder() as folder:
        folder.write("in", gzip.compress(pcap()))
        folder.write("notes", notes(3, {1: "x"}))
        equal(run("--notes", folder.name("notes"), folder.name("in"), folder.name("out")).returncode, 0)
        equal(run("--remove", folder.name("out"), folder.name("back")).returncode, 0)
        equal(folder.read("back"), pcap())


def test_a_file_saved_by_another_program_loses_the_comments_all_the_same():
    with Folder() as folder:
        out, _ = annotate(folder, section() + interface() + enhanced() * 3, {1: "one"})
        folder.write("saved", b"".join(data for kind, data in blocks(out) if kind != 0x8C414231))
        done = run("--remove", folder.name("saved"), folder.name("back"))
        equal(done.returncode, 0, done.stderr)
        check("Another program" in done.stdout, done.stdout)
        equal(comments(folder.read("back")), [])


def refused(folder, status, *arguments, names):
    for language in ("en_US.UTF-8", "zh_CN.UTF-8"):
        done = run(*arguments, language=language)
        equal(done.returncode, status, done.stderr)
        for name in names:
            check(name in done.stderr, name, "in", done.stderr)
    check(not os.path.exists(folder.name("out")), "a file was left")


def test_what_cannot_be_done_is_said_with_its_remedy():
    with Folder() as folder:
        good = folder.write("good", pcap())
        texts = folder.write("notes", notes(3, {1: "x"}))
        out = folder.name("out")
        refused(folder, 2, "--notes", texts, folder.write("empty", b""), out, names=[folder.name("empty")])
        refused(folder, 2, "--notes", texts, folder.write("text", b"hello, this is no capture"), out,
                names=["editcap", folder.name("text")])
        refused(folder, 2, "--notes", texts, folder.name("none"), out, names=[folder.name("none")])
        refused(folder, 2, "--notes", good, good, out, names=["notes,", good])
        refused(folder, 1, "--notes", folder.write("other", notes(9, {1: "x"})), good, out, names=["9", "3"])
        refused(folder, 2, "--remove", folder.write("plain", section() + interface() + enhanced()), out,
                names=[folder.name("plain")])
        refused(folder, 2, "--notes", texts, good, good, names=[good])
        refused(folder, 2, "--notes", texts, good, folder.name("no/such/folder"), names=["no/such/folder"])
        refused(folder, 2, good, out, names=["--remove"])
        refused(folder, 2, "--remove", good, names=["--help"])
        refused(folder, 2, "--language", "fr", "--remove", good, out, names=["fr"])
        equal(folder.read("good"), pcap(), "the capture")


def test_damaged_files_never_upset_it():
    import random
    chance = random.Random(7)
    seed = (section(options=option("<", 1, b"Lab: x")) + block("<", 0x8C414231, struct.pack("<II", 1, 8) + bytes(8)) +
            interface() + enhanced(options=option("<", 1, b"Lab: y")) + old_packet() + simple())
    with Folder() as folder:
        folder.write("notes", notes(3, {1: "x", 2: "y"}))
        for _ in range(300):
            data = bytearray(chance.choice([seed, pcap()]))
            for _ in range(chance.randrange(1, 6)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            folder.write("in", bytes(data[:chance.randrange(len(data) + 1)]))
            for how in (["--notes", folder.name("notes")], ["--remove"]):
                done = run(*how, folder.name("in"), folder.name("out"))
                check(done.returncode in (0, 1, 2), done.returncode, done.stderr)


def test_the_new_file_is_as_private_as_the_capture():
    with Folder() as folder:
        os.chmod(folder.write("in", pcap()), 0o600)
        folder.write("notes", notes(3, {1: "x"}))
        equal(run("--notes", folder.name("notes"), folder.name("in"), folder.name("out")).returncode, 0)
        equal(stat.S_IMODE(os.stat(folder.name("out")).st_mode), 0o600)


def main():
    tests = {name: f for name, f in globals().items() if name.startswith("test_")}
    failed = 0
    for name, test in tests.items():
        try:
            test()
            print("ok  ", name)
        except AssertionError as wrong:
            failed += 1
            print("FAIL", name, "--", wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
