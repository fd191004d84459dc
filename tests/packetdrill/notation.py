# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads scripts in packetdrill's notation. Follows the grammar that packetdrill's syntax.md and parser.y document, as far as README.md says.

parse(text, name) gives a Script. A mistake in a script raises ScriptError, whose text begins with name:line and names the value.
Times are seconds from the beginning of the script. Sequence numbers are as the script writes them.
"""
import re
from collections import namedtuple

STATES = ("CLOSED LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 CLOSE-WAIT CLOSING LAST-ACK TIME-WAIT").split()
# Linux's names of the states, as a code block asserts them: %{ assert tcpi_state == TCP_ESTABLISHED }%
LINUX_STATES = {"TCP_CLOSE": "CLOSED", "TCP_LISTEN": "LISTEN", "TCP_SYN_SENT": "SYN-SENT", "TCP_SYN_RECV": "SYN-RECEIVED",
                "TCP_ESTABLISHED": "ESTABLISHED", "TCP_FIN_WAIT1": "FIN-WAIT-1", "TCP_FIN_WAIT2": "FIN-WAIT-2",
                "TCP_CLOSE_WAIT": "CLOSE-WAIT", "TCP_CLOSING": "CLOSING", "TCP_LAST_ACK": "LAST-ACK", "TCP_TIME_WAIT": "TIME-WAIT"}
CHECKED_FIELDS = "role rst.cause rst.impact close.kind close.first open.kind anomaly".split()
FLAGS = {"F": 0x01, "S": 0x02, "R": 0x04, "P": 0x08, ".": 0x10, "U": 0x20, "E": 0x40, "W": 0x80}
ECN = {"noecn": 0, "ect1": 1, "ect0": 2, "ect01": 2, "ce": 3}
# System calls that are known: the position of the descriptor among the arguments, None without one.
CALLS = {"socket": None, "bind": 0, "listen": 0, "accept": 0, "connect": 0, "read": 0, "write": 0, "send": 0, "sendto": 0, "recv": 0,
         "close": 0, "shutdown": 0, "setsockopt": 0, "getsockopt": 0, "fcntl": 0, "ioctl": 0, "poll": None}
OPENS_DESCRIPTOR = ("socket", "accept")
MAX_OPTIONS = 40  # RFC 9293 3.1: the data offset leaves 40 bytes

# Frames carry what is to be seen of them: wanted_kernel and wanted_remote are sets of states, empty if anything is right ("*") or
# nothing is said; checks: field -> list of values.
Packet = namedtuple("Packet", "line time outbound flags seq length ack window urgent options ecn ttl truth")
Truth = namedtuple("Truth", "kernel remote checks")
Call = namedtuple("Call", "line time name arguments result errno")
Code = namedtuple("Code", "line time text")
Token = namedtuple("Token", "kind text line")
# citation: the first RFC section that a comment names, with its step or figure. events: Packet, Call and Code in their order.
# options: --name=value at the head.
Script = namedtuple("Script", "name citation options events")


class ScriptError(Exception):
    """A mistake in a script: its text names the script, the line and the value."""


TOKENS = re.compile(r"""
    (?P<space>[ \t\r]+) | (?P<newline>\n)
  | (?P<remark>//[^\n]*|\#[^\n]*)
  | (?P<block>/\*.*?\*/)
  | (?P<code>%\{.*?\}%)
  | (?P<string>"(?:\\.|[^"\n])*")
  | (?P<command>`[^`]*`)
  | (?P<ellipsis>\.\.\.)
  | (?P<option>--[A-Za-z0-9_]+)
  | (?P<word>0x[0-9A-Fa-f]+|[A-Za-z_][A-Za-z0-9_]*|[0-9]+[A-Za-z_][A-Za-z0-9_]*)
  | (?P<float>-?[0-9]*\.[0-9]+)
  | (?P<integer>-?[0-9]+)
  | (?P<open>/\*|%\{|"|`)
  | (?P<sign>.)
""", re.X | re.S)
UNFINISHED = {"/*": "comment: end it with */", "%{": "code: end it with }%", '"': "string: end it with \" on the same line",
              "`": "command: end it with `"}


def tokens_of(text, name):
    line, out = 1, []
    for match in TOKENS.finditer(text):
        kind, value = match.lastgroup, match.group()
        if kind == "open":
            raise ScriptError(f"{name}:{line}: {value} begins an unfinished {UNFINISHED[value]}")
        if kind not in ("space", "newline", "block"):
            out.append(Token(kind, value, line))
        line += value.count("\n")
    return out


class Parser:
    """Descends through the grammar; every method eats the tokens of its rule."""

    def __init__(self, text, name):
        self.name = name
        tokens = tokens_of(text, name)
        self.remarks = {t.line: t for t in tokens if t.kind == "remark"}
        self.tokens = [t for t in tokens if t.kind != "remark"]
        self.at, self.clock, self.descriptors, self.last_truth = 0, 0.0, set(), None

    # tokens

    def fail(self, message, line=None):
        raise ScriptError(f"{self.name}:{line or self.line()}: {message}")

    def line(self):
        return self.tokens[min(self.at, len(self.tokens) - 1)].line if self.tokens else 1

    def peek(self, ahead=0):
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else Token("end", "the end of the script", self.line())

    def take(self, *texts):
        """The next token if it is one of these, else None."""
        if self.peek().text in texts and self.peek().kind != "string":
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def need(self, text, where):
        if not self.take(text):
            self.fail(f"'{text}' is expected {where}, not '{self.peek().text}'")

    def kind(self, kind, what):
        token = self.peek()
        if token.kind != kind:
            self.fail(f"{what} is expected, not '{token.text}'")
        self.at += 1
        return token.text

    def number(self, what, bits):
        value = int(self.kind("integer", what))
        if not 0 <= value < 2**bits:
            self.fail(f"{what} {value} does not fit into {bits} bits", self.tokens[self.at - 1].line)
        return value

    # script, events and their times

    def script(self):
        options, events = self.options(), []
        if self.peek().kind == "command":
            self.at += 1
        while self.peek().kind != "end":
            event = self.event()
            if event:
                events.append(event)
        return Script(self.name, self.citation(), options, events)

    def citation(self):
        for _, remark in sorted(self.remarks.items()):
            found = re.search(r"RFC \d+ \d+(?:\.\d+)*(?:, (?:figure )?\w+)?", remark.text)
            if found:
                return found.group()
        return None

    def options(self):
        options = {}
        while self.peek().kind == "option":
            name = self.peek().text[2:]
            self.at += 1
            self.need("=", f"after the option --{name}")
            value = ""
            line = self.line()
            while self.peek().line == line and self.peek().kind not in ("end", "option"):
                value += self.peek().text
                self.at += 1
            options[name] = value.strip('"')
        return options

    def event(self):
        line = self.line()
        self.clock = time = self.time()
        token = self.peek()
        if token.text in ("<", ">"):
            return self.packet(line, time)
        if token.kind == "command":
            self.at += 1
            return None
        if token.kind == "code":
            self.at += 1
            return self.code(Code(token.line, time, token.text[2:-2].strip()))
        if token.kind in ("word", "ellipsis"):
            return self.call(line, time)
        return self.fail(f"a packet, a system call, a command or code is expected after the time, not '{token.text}'")

    def seconds(self):
        token = self.peek()
        if token.kind not in ("float", "integer"):
            self.fail(f"a time is expected, not '{token.text}'")
        self.at += 1
        if token.text.startswith("-"):
            self.fail(f"the time {token.text} is negative", token.line)
        return float(token.text)

    def time(self):
        """A range of times counts as its beginning; '*' as the time of the event before."""
        if self.take("*"):
            return self.clock
        line, relative = self.line(), self.take("+")
        begin = self.seconds() + (self.clock if relative else 0.0)
        if self.take("~"):
            if relative:
                self.need("+", "before the end of a relative range of times")
            end = self.seconds() + (self.clock if relative else 0.0)
            if end < begin:
                self.fail(f"the range of times ends at {end:g}, before it begins at {begin:g}", line)
        if begin < self.clock - 1e-9:
            self.fail(f"the time {begin:g} is before {self.clock:g}, the time of the event before", line)
        return begin

    # packets

    def packet(self, line, time):
        outbound = self.peek().text == ">"
        self.at += 1
        ecn, ttl = self.ip_info()
        flags = self.flags()
        seq, length = self.sequence()
        ack = window = None
        urgent = 0
        if self.take("ack"):
            ack = self.number("the acknowledgment number", 32)
        if self.take("win"):
            window = self.number("the window", 16)
        if self.take("urg"):
            urgent = self.number("the urgent pointer", 16)
        options = self.tcp_options(line)
        self.check_packet(line, outbound, flags, ack, window, urgent)
        truth = self.truth(self.tokens[self.at - 1].line)
        return Packet(line, time, outbound, flags, seq, length, ack, window, urgent, options, ecn, ttl, truth)

    def check_packet(self, line, outbound, flags, ack, window, urgent):
        if self.peek().line == line and self.peek().kind != "end":
            self.fail(f"'{self.peek().text}' is unknown behind a packet")
        if flags & FLAGS["."] and ack is None:
            self.fail("a packet with the flag '.' needs an acknowledgment number: write ack N", line)
        if ack is not None and not flags & FLAGS["."]:
            self.fail(f"ack {ack} needs the flag '.'", line)
        if urgent and not flags & FLAGS["U"]:
            self.fail(f"urg {urgent} needs the flag U", line)
        if not outbound and window is None:
            self.fail("a packet to the kernel needs a window: write win N", line)

    def ip_info(self):
        ecn, ttl = 0, 64
        closing = {"[": "]", "(": ")"}.get(self.peek().text)
        if not closing:
            return ecn, ttl
        self.at += 1
        token = self.peek()
        self.at += 1
        if token.text == "ttl":
            ttl = self.number("the TTL", 8)
        elif token.text in ECN:
            ecn = ECN[token.text]
        else:
            self.fail(f"'{token.text}' is unknown between the brackets: noecn, ect0, ect1, ect01, ce or ttl N", token.line)
        self.need(closing, "after what belongs to the IP header")
        return ecn, ttl

    def flags(self):
        if self.take("-"):
            return 0
        token, bits = self.peek(), 0
        if token.kind == "word":
            self.at += 1
            for letter in token.text:
                if letter not in FLAGS:
                    self.fail(f"the flag '{letter}' is unknown: one of F S R P U E W, or '.' for ACK, or '-' for none", token.line)
                bits |= FLAGS[letter]
        if self.take("."):
            bits |= FLAGS["."]
        if not bits:
            self.fail(f"flags are expected after the direction, not '{token.text}'", token.line)
        return bits

    def sequence(self):
        line = self.line()
        start = self.number("the sequence number", 32)
        self.need(":", "after the first sequence number")
        end = self.number("the sequence number after the payload", 32)
        self.need("(", "before the length of the payload")
        length = self.number("the length of the payload", 16)
        self.need(")", "after the length of the payload")
        if (start + length) % 2**32 != end:
            self.fail(f"{start}:{end}({length}) contradicts itself: {start} and {length} bytes make {(start + length) % 2**32}", line)
        return start, length

    def tcp_options(self, line):
        if self.peek().text != "<" or self.peek().line != line:
            return ()
        self.at += 1
        if self.take("..."):
            self.need(">", "after '...'")
            return ()
        options = [self.tcp_option()]
        while self.take(","):
            options.append(self.tcp_option())
        self.need(">", "after the TCP options")
        if sum(map(len, options)) > MAX_OPTIONS:
            self.fail(f"the TCP options are longer than {MAX_OPTIONS} bytes", line)
        return tuple(options)

    def tcp_option(self):
        """The bytes of one option."""
        token = self.peek()
        self.at += 1
        if token.text == "nop":
            return b"\1"
        if token.text == "eol":
            return b"\0"
        if token.text == "mss":
            return b"\2\4" + self.number("the MSS", 16).to_bytes(2, "big")
        if token.text == "wscale":
            return b"\3\3" + self.number("the window scale", 8).to_bytes(1, "big")
        if token.text == "sackOK":
            return b"\4\2"
        if token.text == "sack":
            return self.sack_blocks()
        if token.text == "TS":
            self.need("val", "after TS")
            value = self.number("the timestamp", 32)
            self.need("ecr", "after the timestamp")
            return b"\x08\x0a" + value.to_bytes(4, "big") + self.number("the echoed timestamp", 32).to_bytes(4, "big")
        if token.text in ("FO", "FOEXP"):
            return self.fast_open(token)
        return self.fail(f"the TCP option '{token.text}' is unknown: nop, eol, mss, wscale, sackOK, sack, TS, FO or FOEXP", token.line)

    def sack_blocks(self):
        """The numbers stay the kernel's own ones; capture.py adds its first number."""
        edges = []
        while self.peek().kind == "integer":
            edges.append(self.number("the left edge of a SACK block", 32))
            self.need(":", "between the edges of a SACK block")
            edges.append(self.number("the right edge of a SACK block", 32))
        if not edges:
            self.fail("sack needs at least one block LEFT:RIGHT")
        return Sack(edges)

    def fast_open(self, token):
        cookie = b""
        if self.peek().kind in ("word", "integer"):
            text = self.peek().text
            self.at += 1
            if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", text):
                self.fail(f"the cookie '{text}' is no hexadecimal number of whole bytes", token.line)
            cookie = bytes.fromhex(text)
        if token.text == "FO":
            return b"\x22" + bytes([2 + len(cookie)]) + cookie
        return b"\xfe" + bytes([4 + len(cookie)]) + b"\xf9\x89" + cookie

    # what is right of a frame: the remark behind it

    def truth(self, line):
        remark = self.remarks.get(line)
        if not remark:
            self.last_truth = None
            return None
        words = remark.text.lstrip("/#").split()
        if not words:
            self.fail("the comment behind a packet says the kernel's state: it is empty", line)
        kernel, remote, checks = self.states(words[0], line), frozenset(), {}
        for word in words[1:]:
            name, equal, value = word.partition("=")
            if name == "remote" and value:
                remote = self.states(value, line)
            elif name in CHECKED_FIELDS and value:
                checks[name] = value.split("+")
            else:
                self.fail(f"'{word}' is unknown behind the state: remote= or one of {', '.join(f + '=' for f in CHECKED_FIELDS)}", line)
        self.last_truth = kernel
        return Truth(kernel, remote, checks)

    def states(self, text, line):
        """The states that are right; none for '*'."""
        if text == "*":
            return frozenset()
        for state in text.split("|"):
            if state not in STATES:
                self.fail(f"'{state}' is no state of RFC 9293: one of {', '.join(STATES)}, several with '|', or '*'", line)
        return frozenset(text.split("|"))

    def code(self, code):
        """Code is not run. What it asserts of tcpi_state has to agree with the state behind the frame before."""
        for asserted in re.findall(r"tcpi_state\s*==\s*(\w+)", code.text):
            if asserted not in LINUX_STATES:
                self.fail(f"'{asserted}' is no state of Linux: one of {', '.join(LINUX_STATES)}", code.line)
            if self.last_truth and LINUX_STATES[asserted] not in self.last_truth:
                self.fail(f"the code asserts {asserted}, but the frame before says {'|'.join(sorted(self.last_truth))}", code.line)
        return code

    # system calls

    def call(self, line, time):
        if self.take("..."):
            end = self.seconds()
            if end < 0:
                self.fail(f"the call ends at {end:g}, a negative time", line)
        name = self.kind("word", "the name of a system call")
        if name not in CALLS:
            self.fail(f"the system call '{name}' is unknown: one of {', '.join(CALLS)}", line)
        arguments = self.arguments(name)
        self.need("=", f"after the arguments of {name}()")
        result = self.peek().text
        if self.peek().kind not in ("integer", "ellipsis") and not re.fullmatch(r"0x[0-9A-Fa-f]+", result):
            self.fail(f"the result of {name}() is expected after '=', not '{result}'")
        self.at += 1
        errno = self.errno(name, result)
        self.track_descriptors(line, name, arguments, result)
        return Call(line, time, name, arguments, result, errno)

    def arguments(self, name):
        """The arguments as they are written; brackets of every kind may be nested."""
        self.need("(", f"after {name}")
        arguments, current, depth, line = [], "", 0, self.line()
        while depth or self.peek().text != ")":
            token = self.peek()
            if token.kind == "end":
                self.fail(f"the arguments of {name}() do not end: ')' is missing", line)
            self.at += 1
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.text, 0) if token.kind == "sign" else 0
            if token.text == "," and not depth:
                arguments.append(current)
                current = ""
            else:
                current += token.text
        self.at += 1
        return arguments + [current] if current else arguments

    def errno(self, name, result):
        errno = None
        if self.peek().kind == "word" and re.fullmatch(r"E[A-Z0-9]+", self.peek().text):
            errno = self.peek().text
            if result != "-1":
                self.fail(f"{errno} needs the result -1, but {name}() returns {result}")
            self.at += 1
        if self.take("("):  # a note
            while not self.take(")"):
                if self.peek().kind == "end":
                    self.fail("the note behind a system call does not end: ')' is missing")
                self.at += 1
        return errno

    def track_descriptors(self, line, name, arguments, result):
        place = CALLS[name]
        if place is not None:
            if len(arguments) <= place or not re.fullmatch(r"-?\d+", arguments[place]):
                self.fail(f"{name}() needs a file descriptor as its first argument", line)
            if arguments[place] not in self.descriptors:
                self.fail(f"{name}({arguments[place]}, ...): no call before has returned the descriptor {arguments[place]}", line)
        if name in OPENS_DESCRIPTOR and not result.startswith("-"):
            self.descriptors.add(result)
        if name == "close" and not result.startswith("-"):
            self.descriptors.discard(arguments[0])


class Sack:
    """A SACK option whose edges count from the other side's first number."""

    def __init__(self, edges):
        self.edges = edges

    def __len__(self):
        return 2 + 4 * len(self.edges)

    def encoded(self, base):
        return b"\5" + bytes([len(self)]) + b"".join(((e + base) % 2**32).to_bytes(4, "big") for e in self.edges)


def parse(text, name):
    return Parser(text, name).script()
