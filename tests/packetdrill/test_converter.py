#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The converter by itself: what notation.py reads, what capture.py makes of it, and what both say of mistakes."""
import os
import struct
import subprocess
import sys
import tempfile
import unittest

import capture
import notation
import test_packetdrill

OPEN = "0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1\n+0 < . 1:1(0) ack 1 win 1000\n"


def events(text):
    return notation.parse(text, "x.pkt").events


def packet(text):
    return events("0 " + text)[0]


def sent(text, name="x.pkt"):
    return capture.frames_of(notation.parse(text, name))


def header(data):
    """The fields of a frame: an IP header of 20 bytes and a TCP header."""
    source, target, seq, ack, offset, flags, window, checksum, urgent = struct.unpack("!HHIIBBHHH", data[20:40])
    return {"source": source, "target": target, "seq": seq, "ack": ack, "flags": flags, "window": window, "checksum": checksum,
            "urgent": urgent, "options": data[40:20 + (offset >> 4) * 4], "payload": data[20 + (offset >> 4) * 4:]}


def ones_complement_sum(data):
    """RFC 1071, written down once more so that the checksums are not judged by the function that made them."""
    total = 0
    for at in range(0, len(data), 2):
        total += int.from_bytes(data[at:at + 2].ljust(2, b"\0"), "big")
        total = total % 65536 + total // 65536
    return total


class Times(unittest.TestCase):
    def times(self, text):
        return [round(e.time, 6) for e in events(text)]

    def test_a_relative_time_counts_from_the_event_before(self):
        self.assertEqual(self.times("0 < S 0:0(0) win 1\n+.1 < S 0:0(0) win 1\n+0.25 < S 0:0(0) win 1\n+0 < S 0:0(0) win 1"), [0, 0.1, 0.35, 0.35])

    def test_an_absolute_time_counts_from_the_beginning(self):
        self.assertEqual(self.times("1 < S 0:0(0) win 1\n2.5 < S 0:0(0) win 1\n+1 < S 0:0(0) win 1"), [1, 2.5, 3.5])

    def test_a_range_of_times_counts_as_its_beginning(self):
        self.assertEqual(self.times("1~1.5 < S 0:0(0) win 1\n+.1~+.2 > . 1:1(0) ack 1"), [1, 1.1])

    def test_a_star_is_the_time_of_the_event_before(self):
        self.assertEqual(self.times("1 < S 0:0(0) win 1\n* > . 1:1(0) ack 1"), [1, 1])

    def test_a_blocking_call_takes_its_time_without_moving_the_clock(self):
        self.assertEqual(self.times("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0...0.2 connect(3, ..., ...) = 0\n+.1 > S 0:0(0)"), [0, 0, 0.1])

    def test_frames_of_the_same_time_keep_their_order_in_the_capture(self):
        times = [f.time for f in sent(OPEN)]
        self.assertEqual(times, sorted(set(times)))
        self.assertLess(times[-1], 0.001)

    def test_scripts_of_one_capture_follow_one_another(self):
        scripts = [notation.parse(OPEN, name) for name in ("a.pkt", "b.pkt")]
        (_, first), (_, second) = capture.frames_of_all(scripts)
        self.assertAlmostEqual(second[0].time - first[-1].time, capture.BETWEEN_SCRIPTS)


class Packets(unittest.TestCase):
    def test_directions(self):
        self.assertFalse(packet("< S 0:0(0) win 1").outbound)
        self.assertTrue(packet("> S 0:0(0)").outbound)

    def test_flags(self):
        for text, value in (("S", 2), ("S.", 0x12), (".", 0x10), ("F.", 0x11), ("FP.", 0x19), ("PU.", 0x38), ("SEW", 0xC2), ("SE.", 0x52)):
            ack = " ack 1" if "." in text else ""
            self.assertEqual(packet(f"> {text} 1:1(0){ack}").flags, value, text)
        self.assertEqual(packet("> - 1:1(0)").flags, 0)
        self.assertEqual(packet("> R. 0:0(0) ack 1").flags, 0x14)

    def test_numbers_lengths_acknowledgment_window_and_urgent_pointer(self):
        p = packet("< PU. 1001:1501(500) ack 77 win 512 urg 9")
        self.assertEqual((p.seq, p.length, p.ack, p.window, p.urgent), (1001, 500, 77, 512, 9))
        self.assertIsNone(packet("> S 0:0(0)").window)

    def test_a_sequence_number_may_wrap(self):
        self.assertEqual(packet("< P. 4294967290:4(10) ack 1 win 1").length, 10)

    def test_what_belongs_to_the_ip_header(self):
        self.assertEqual(packet("< [ect0] . 1:1(0) ack 1 win 1").ecn, 2)
        self.assertEqual(packet("< (ce) . 1:1(0) ack 1 win 1").ecn, 3)
        self.assertEqual(packet("< [ttl 3] . 1:1(0) ack 1 win 1").ttl, 3)

    def test_options(self):
        options = {"mss 1460": "020405b4", "nop": "01", "eol": "00", "wscale 7": "030307", "sackOK": "0402", "TS val 1 ecr 2": "080a0000000100000002",
                   "FO": "2202", "FO aabbccdd": "2206aabbccdd", "FO 00112233": "220600112233", "FOEXP aabb": "fe06f989aabb"}
        for text, value in options.items():
            self.assertEqual(b"".join(packet(f"> S 0:0(0) <{text}>").options).hex(), value, text)
        self.assertEqual(b"".join(packet("> S 0:0(0) win 9 <mss 1000,nop,nop,sackOK,nop,wscale 7>").options).hex(), "020403e801010402" "01030307")
        self.assertEqual(packet("> . 1:1(0) ack 1 <...>").options, ())

    def test_comments_of_every_kind(self):
        text = "// one\n# two\n/* three\nfour */ 0 < S 0:0(0) win 1 /* five */ // ESTABLISHED\n"
        self.assertEqual(len(events(text)), 1)
        self.assertEqual(events(text)[0].line, 4)

    def test_commands_and_options_are_read_over(self):
        script = notation.parse("--tolerance_usecs=10000\n--local_ip=192.168.0.9\n`sysctl -q x=1`\n0 `ls\n-l`\n+0 < S 0:0(0) win 1", "x.pkt")
        self.assertEqual(script.options, {"tolerance_usecs": "10000", "local_ip": "192.168.0.9"})
        self.assertEqual([e.line for e in script.events], [6])


class Calls(unittest.TestCase):
    def test_arguments_result_and_errno(self):
        calls = events("""0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
            +0 setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0
            +0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
            +0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
            +0 close(3) = 0""")
        self.assertEqual([c.name for c in calls], "socket setsockopt connect fcntl close".split())
        self.assertEqual(calls[1].arguments, ["3", "SOL_SOCKET", "SO_LINGER", "{onoff=1,linger=0}", "8"])
        self.assertEqual((calls[2].result, calls[2].errno), ("-1", "EINPROGRESS"))

    def test_a_call_may_take_several_lines(self):
        self.assertEqual(events("0 socket(...,\n SOCK_STREAM,\n IPPROTO_TCP)\n = 3")[0].result, "3")

    def test_an_accepted_descriptor_may_be_used(self):
        text = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 accept(3, ..., ...) = 4\n+0 write(4, ..., 5) = 5\n+0 shutdown(4, SHUT_WR) = 0\n+0 read(4, ..., 9) = 0"
        self.assertEqual(len(events(text)), 5)


class Truths(unittest.TestCase):
    def truth(self, remark):
        return packet(f"< S 0:0(0) win 1 {remark}").truth

    def test_the_state_of_the_kernel(self):
        self.assertEqual(self.truth("// SYN-RECEIVED").kernel, {"SYN-RECEIVED"})
        self.assertEqual(self.truth("# SYN-RECEIVED").kernel, {"SYN-RECEIVED"})

    def test_two_readings_and_none(self):
        self.assertEqual(self.truth("// CLOSED|LISTEN").kernel, {"CLOSED", "LISTEN"})
        self.assertEqual(self.truth("// *").kernel, frozenset())
        self.assertIsNone(self.truth(""))

    def test_the_remote_state_and_other_fields(self):
        truth = self.truth("// CLOSED remote=CLOSED role=fin2+fin1-ack close.kind=three-segment")
        self.assertEqual(truth.remote, {"CLOSED"})
        self.assertEqual(truth.checks, {"role": ["fin2", "fin1-ack"], "close.kind": ["three-segment"]})

    def test_a_comment_on_a_line_of_its_own_says_no_state(self):
        self.assertIsNone(events("0 < S 0:0(0) win 1\n// of the kernel\n")[0].truth)

    def test_code_that_asserts_the_state_agrees(self):
        self.assertEqual(len(events("0 < S 0:0(0) win 1 // SYN-RECEIVED\n+0 %{ assert tcpi_state == TCP_SYN_RECV }%")), 2)

    def test_the_citation_is_the_first_section_of_a_comment(self):
        self.assertEqual(notation.parse("// RFC 9293 3.10.7.4, second: check the RST bit\n// RFC 5961 3.2\n" + OPEN, "x.pkt").citation,
                         "RFC 9293 3.10.7.4, second")


class Frames(unittest.TestCase):
    def test_addresses_and_ports_of_a_passive_open(self):
        syn, syn_ack, _ = sent(OPEN)
        self.assertEqual((syn.data[12:16], syn.data[16:20]), (bytes([10, 1, 0, 1]), bytes([192, 168, 0, 1])))
        self.assertEqual((header(syn.data)["source"], header(syn.data)["target"]), (50000, 8080))
        self.assertEqual((header(syn_ack.data)["source"], header(syn_ack.data)["target"]), (8080, 50000))

    def test_ports_of_an_active_open(self):
        syn = header(sent("0 > S 0:0(0)\n+0 < S. 0:0(0) ack 1 win 9")[0].data)
        self.assertEqual((syn["source"], syn["target"]), (50000, 8080))

    def test_every_script_of_a_capture_has_its_own_remote_address(self):
        self.assertEqual(len({capture.remote_address(i) for i in range(100000)}), 100000)

    def test_numbers_are_relative_to_the_first_one_of_their_side(self):
        syn, syn_ack, ack, data = (header(f.data) for f in sent(OPEN + "+0 < P. 1:11(10) ack 1 win 9"))
        self.assertEqual(syn["ack"], 0)
        self.assertEqual(syn_ack["ack"], (syn["seq"] + 1) % 2**32)
        self.assertEqual((ack["seq"], ack["ack"]), (syn_ack["ack"], (syn_ack["seq"] + 1) % 2**32))
        self.assertEqual((data["seq"], data["payload"]), (ack["seq"], b"x" * 10))
        self.assertNotEqual(syn["seq"], syn_ack["seq"])

    def test_a_refusal_has_the_number_0_on_the_wire(self):
        syn, rst = (header(f.data) for f in sent("0 < S 0:0(0) win 9\n+0 > R. 0:0(0) ack 1"))
        self.assertEqual((rst["seq"], rst["ack"]), (0, (syn["seq"] + 1) % 2**32))

    def test_a_rst_that_answers_an_ack_has_its_number_on_the_wire(self):
        ack, rst = (header(f.data) for f in sent("0 < . 5:5(0) ack 700 win 9\n+0 > R 700:700(0)"))
        self.assertEqual((rst["seq"], rst["ack"]), (ack["ack"], 0))

    def test_a_new_connection_has_a_new_first_number_of_the_kernel(self):
        again = OPEN + "+9 < S 9000:9000(0) win 9\n+0 > S. 0:0(0) ack 9001\n+0 < . 9001:9001(0) ack 1 win 9"
        frames = [header(f.data) for f in sent(again)]
        self.assertNotEqual(frames[1]["seq"], frames[4]["seq"])
        self.assertEqual(frames[5]["ack"], (frames[4]["seq"] + 1) % 2**32)

    def test_a_syn_ack_that_is_sent_again_keeps_its_number(self):
        frames = [header(f.data) for f in sent("0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1\n+1 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1")]
        self.assertEqual(frames[1]["seq"], frames[3]["seq"])

    def test_the_syn_ack_of_a_simultaneous_open_keeps_the_number_of_the_syn(self):
        text = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 connect(3, ..., ...) = 0\n+0 > S 0:0(0)\n+0 < S 0:0(0) win 9\n+0 > S. 0:0(0) ack 1"
        frames = [header(f.data) for f in sent(text)]
        self.assertEqual(frames[0]["seq"], frames[2]["seq"])

    def test_numbers_wrap_for_one_script_in_four(self):
        names = [f"{n}.pkt" for n in range(200)]
        wrapping = [n for n in names if capture.first_numbers(n)[0] == 2**32 - 6]
        self.assertTrue(20 < len(wrapping) < 80)
        data = header(sent(OPEN + "+0 < P. 1:11(10) ack 1 win 9\n+0 < . 11:11(0) ack 1 win 9", wrapping[0])[-1].data)
        self.assertEqual(data["seq"], 7)

    def test_sack_edges_count_from_the_other_sides_first_number(self):
        frames = [header(f.data) for f in sent(OPEN + "+0 > . 1:1(0) ack 1 <nop,nop,sack 11:21 31:41>")]
        edges = struct.unpack("!4I", frames[-1]["options"][4:])
        self.assertEqual(edges, tuple((frames[0]["seq"] + n) % 2**32 for n in (11, 21, 31, 41)))

    def test_options_are_padded_to_four_bytes(self):
        self.assertEqual(header(sent("0 < S 0:0(0) win 1 <wscale 7>")[0].data)["options"].hex(), "03030700")

    def test_a_window_that_is_not_written_is_the_one_before(self):
        frames = [header(f.data)["window"] for f in sent("0 > . 1:1(0) ack 1\n+0 > . 1:1(0) ack 1 win 7\n+0 > . 1:1(0) ack 1\n+0 > R 1:1(0)")]
        self.assertEqual(frames, [65535, 7, 7, 0])

    def test_urgent_pointer_ttl_and_ecn_are_on_the_wire(self):
        frame = sent("0 < [ttl 9] PU. 1:11(10) ack 1 win 1 urg 10")[0].data
        self.assertEqual((header(frame)["urgent"], frame[8]), (10, 9))
        self.assertEqual(sent("0 < [ce] . 1:1(0) ack 1 win 1")[0].data[1] & 3, 3)

    def test_checksums_and_lengths_are_right(self):
        text = OPEN + "+0 < P. 1:12(11) ack 1 win 9 <nop,nop,TS val 1 ecr 2>\n+0 > F. 1:1(0) ack 12\n+0 < R 12:12(0) win 0\n"
        for frame in sent(text):
            data = frame.data
            self.assertEqual(ones_complement_sum(data[:20]), 0xFFFF)
            self.assertEqual(ones_complement_sum(data[12:20] + struct.pack("!HH", 6, len(data) - 20) + data[20:]), 0xFFFF)
            self.assertEqual(int.from_bytes(data[2:4], "big"), len(data))

    def test_the_capture_file_has_every_frame(self):
        with tempfile.TemporaryDirectory() as work:
            script, out = os.path.join(work, "a.pkt"), os.path.join(work, "a.pcap")
            with open(script, "w", encoding="utf-8") as file:
                file.write(OPEN)
            run = subprocess.run([sys.executable, os.path.join(os.path.dirname(__file__), "pkt2pcap"), script, out], capture_output=True, text=True)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            with open(out, "rb") as file:
                data = file.read()
        self.assertEqual(struct.unpack("<IHHiIII", data[:24])[0], 0xA1B2C3D4)
        self.assertEqual(struct.unpack("<IHHiIII", data[:24])[6], 101)
        lengths, at = [], 24
        while at < len(data):
            lengths.append(struct.unpack("<IIII", data[at:at + 16])[2])
            at += 16 + lengths[-1]
        self.assertEqual(lengths, [40, 40, 40])


class Mistakes(unittest.TestCase):
    """Every mistake is told with the script, the line and the value."""
    CASES = (
        ("0 < S 0:5(0) win 1", 1, "0:5(0) contradicts itself"),
        ("0 < S 0:0(0)", 1, "needs a window"),
        ("0 < S 0:0(0) win 65536", 1, "the window 65536 does not fit into 16 bits"),
        ("0 < S 4294967296:4294967296(0) win 1", 1, "the sequence number 4294967296 does not fit into 32 bits"),
        ("0 < . 1:1(0) win 1", 1, "needs an acknowledgment number"),
        ("0 < S 0:0(0) ack 1 win 1", 1, "ack 1 needs the flag '.'"),
        ("0 < P. 1:2(1) ack 1 win 1 urg 1", 1, "urg 1 needs the flag U"),
        ("0 < X 0:0(0) win 1", 1, "the flag 'X' is unknown"),
        ("0 < 0:0(0) win 1", 1, "flags are expected after the direction, not '0'"),
        ("0 < S 0(0) win 1", 1, "':' is expected after the first sequence number, not '('"),
        ("0 < S 0:0(0) win 1 <mss>", 1, "the MSS is expected, not '>'"),
        ("0 < S 0:0(0) win 1 <wscale 256>", 1, "the window scale 256 does not fit into 8 bits"),
        ("0 < S 0:0(0) win 1 <mss 1000,window 7>", 1, "the TCP option 'window' is unknown"),
        ("0 < S 0:0(0) win 1 <TS val 1>", 1, "'ecr' is expected after the timestamp, not '>'"),
        ("0 < S 0:0(0) win 1 <FO abc>", 1, "the cookie 'abc' is no hexadecimal number of whole bytes"),
        ("0 < . 1:1(0) ack 1 win 1 <sack>", 1, "sack needs at least one block"),
        ("0 < S 0:0(0) win 1 <" + ",".join(["TS val 1 ecr 1"] * 5) + ">", 1, "longer than 40 bytes"),
        ("0 < S 0:0(0) win 1 bogus", 1, "'bogus' is unknown behind a packet"),
        ("0 < [ect9] S 0:0(0) win 1", 1, "'ect9' is unknown between the brackets"),
        ("+1 < S 0:0(0) win 1\n\n0.5 < S 0:0(0) win 1", 3, "the time 0.5 is before 1"),
        ("2~1 < S 0:0(0) win 1", 1, "the range of times ends at 1, before it begins at 2"),
        ("-1 < S 0:0(0) win 1", 1, "the time -1 is negative"),
        ("< S 0:0(0) win 1", 1, "a time is expected, not '<'"),
        ("0 = 1", 1, "a packet, a system call, a command or code is expected after the time, not '='"),
        ("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 lissten(3, 1) = 0", 2, "the system call 'lissten' is unknown"),
        ("0 listen(3, 1) = 0", 1, "no call before has returned the descriptor 3"),
        ("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 close(3) = 0\n+0 close(3) = 0", 3, "no call before has returned the descriptor 3"),
        ("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 close(3) = 0 EBADF (Bad descriptor)", 2, "EBADF needs the result -1"),
        ("0 socket(..., SOCK_STREAM", 1, "')' is missing"),
        ("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = three", 1, "the result of socket() is expected after '=', not 'three'"),
        ("\n/* 0 < S 0:0(0) win 1", 2, "unfinished comment"),
        ("0 %{ print(1)", 1, "unfinished code"),
        ("0 < S 0:0(0) win 1 // ESTABLISH", 1, "'ESTABLISH' is no state of RFC 9293"),
        ("0 < S 0:0(0) win 1 // CLOSED|OPEN", 1, "'OPEN' is no state of RFC 9293"),
        ("0 < S 0:0(0) win 1 // CLOSED rolle=rst", 1, "'rolle=rst' is unknown behind the state"),
        ("0 < S 0:0(0) win 1 // CLOSED remote=LISTENING", 1, "'LISTENING' is no state of RFC 9293"),
        ("0 < S 0:0(0) win 1 //", 1, "it is empty"),
        ("0 < S 0:0(0) win 1 // LISTEN\n+0 %{ assert tcpi_state == TCP_CLOSE }%", 2, "the code asserts TCP_CLOSE, but the frame before says LISTEN"),
        ("0 < S 0:0(0) win 1 // LISTEN\n+0 %{ assert tcpi_state == TCP_OPEN }%", 2, "'TCP_OPEN' is no state of Linux"),
    )

    def test_each_mistake_is_told_with_its_line(self):
        for text, line, message in self.CASES:
            with self.subTest(text=text), self.assertRaises(notation.ScriptError) as raised:
                events(text)
            self.assertTrue(str(raised.exception).startswith(f"x.pkt:{line}: "), str(raised.exception))
            self.assertIn(message, str(raised.exception))

    def test_the_command_tells_a_mistake_and_fails(self):
        with tempfile.TemporaryDirectory() as work:
            script = os.path.join(work, "a.pkt")
            with open(script, "w", encoding="utf-8") as file:
                file.write("\n0 < S 0:1(0) win 1\n")
            command = [sys.executable, os.path.join(os.path.dirname(__file__), "pkt2pcap"), script]
            run = subprocess.run(command + [os.path.join(work, "a.pcap")], capture_output=True, text=True)
            self.assertEqual(run.returncode, 1)
            self.assertIn(f"{script}:2: 0:1(0) contradicts itself", run.stderr)
            self.assertEqual(subprocess.run(command, capture_output=True).returncode, 2)


class Comparison(unittest.TestCase):
    """test_packetdrill.py's own judgement, without tshark."""

    def row(self, **fields):
        row = {name: [] for name in test_packetdrill.FIELDS}
        row.update({"lab." + name.replace("_", "."): value for name, value in fields.items()})
        return row

    def compared(self, text, client=False, **fields):
        return [(m.field, m.wanted, m.got) for m in test_packetdrill.compare(packet(text), self.row(**fields), client, 1)]

    def test_the_right_state_is_no_mismatch(self):
        self.assertEqual(self.compared("< S 0:0(0) win 1 // SYN-RECEIVED", sender=["client"], state_server=["SYN-RECEIVED"]), [])
        self.assertEqual(self.compared("> S 0:0(0) // SYN-SENT", client=True, sender=["client"], state_client=["SYN-SENT"]), [])

    def test_another_state_is_one(self):
        self.assertEqual(self.compared("< S 0:0(0) win 1 // CLOSED", sender=["client"], state_server=["LISTEN"]), [("lab.state.server", "CLOSED", "LISTEN")])

    def test_no_state_at_all_is_one(self):
        self.assertEqual(self.compared("< S 0:0(0) win 1 // CLOSED", sender=["client"]), [("lab.state.server", "CLOSED", "-")])

    def test_one_of_two_readings_is_right_and_a_star_takes_any(self):
        self.assertEqual(self.compared("< S 0:0(0) win 1 // CLOSED|LISTEN", sender=["client"], state_server=["LISTEN"]), [])
        self.assertEqual(self.compared("< S 0:0(0) win 1 // *", sender=["client"], state_server=["UNKNOWN"]), [])

    def test_the_sender_is_compared_too(self):
        self.assertEqual(self.compared("< S 0:0(0) win 1 // CLOSED", sender=["server"], state_server=["CLOSED"]), [("lab.sender", "client", "server")])

    def test_fields_that_are_named_are_compared(self):
        got = self.compared("> R 1:1(0) // CLOSED role=rst rst.cause=abort", sender=["server"], state_server=["CLOSED"], role=["rst", "late"], rst_cause=["unknown"])
        self.assertEqual(got, [("lab.rst.cause", "abort", "unknown")])

    def test_the_list_of_known_failures_needs_reasons(self):
        with tempfile.TemporaryDirectory() as work:
            path = test_packetdrill.pathlib.Path(work, "known.txt")
            path.write_text("# comment\n\na/b.pkt closing.c: why\n", encoding="utf-8")
            self.assertEqual(test_packetdrill.read_known(path), {"a/b.pkt": "closing.c: why"})
            path.write_text("\na/b.pkt\n", encoding="utf-8")
            with self.assertRaisesRegex(ValueError, "known.txt:2: the reason is missing behind a/b.pkt"):
                test_packetdrill.read_known(path)


if __name__ == "__main__":
    unittest.main()
