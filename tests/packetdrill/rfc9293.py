# SPDX-License-Identifier: GPL-2.0-or-later
"""What RFC 9293 3.10.7 says of a script's kernel, as a program: a second opinion on the states and the answers that people wrote into the scripts.

It knows nothing of the plugin. objections(script) yields a line for every frame whose state or answer it sees otherwise. Where the RFC leaves
two ways open it takes both outcomes into account; the script's next frame from the kernel decides.
"""
from collections import namedtuple

from notation import FLAGS, Packet

FIN, SYN, RST, ACK = (FLAGS[f] for f in "FSR.")
SYNCHRONIZED = ("ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT")
TEXT_IS_TAKEN = ("SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2")  # in SYN-RECEIVED it is queued

# What a segment does: the fields of the TCB that change, and the answer as (flags, seq, ack), None without one.
Outcome = namedtuple("Outcome", "changes answer")


class Kernel:
    """The transmission control block, and one method for each section."""

    def __init__(self, script):
        calls = [e.name for e in script.events if hasattr(e, "arguments")]
        self.listens = "listen" in calls
        self.state = "LISTEN" if self.listens else "CLOSED"
        self.passive = self.listens
        self.snd_una = self.snd_nxt = self.rcv_nxt = self.rcv_wnd = self.max_snd_wnd = 0
        self.fin = None  # the number of the own FIN
        self.held = ()  # (first number, length, has a FIN) of what is beyond a gap
        self.scales = {}
        self.closed_by_user = False

    def ack(self, **changes):
        now = dict(vars(self), **changes)
        return Outcome(changes, (ACK, now["snd_nxt"], now["rcv_nxt"]))

    # 3.10.7.1 to 3.10.7.3

    def arrives(self, p):
        """The possible outcomes of a segment."""
        length = p.length + bool(p.flags & SYN) + bool(p.flags & FIN)
        section = {"CLOSED": self.closed, "LISTEN": self.listen, "SYN-SENT": self.syn_sent}.get(self.state, self.other)
        return section(p, length)

    @staticmethod
    def reset_for(p):
        return Outcome({}, (RST, p.ack, None))

    def closed(self, p, length):
        if p.flags & RST:
            return [Outcome({}, None)]
        if p.flags & ACK:
            return [self.reset_for(p)]
        return [Outcome({}, (RST | ACK, 0, p.seq + length))]

    def listen(self, p, _):
        if p.flags & RST:
            return [Outcome({}, None)]
        if p.flags & ACK:
            return [self.reset_for(p)]
        if not p.flags & SYN:
            return [Outcome({}, None)]
        return [self.new_connection(p)]

    def new_connection(self, p):
        changes = {"state": "SYN-RECEIVED", "rcv_nxt": p.seq + 1, "snd_una": 0, "snd_nxt": 1, "passive": True, "fin": None}
        changes["held"] = ((p.seq + 1, p.length, bool(p.flags & FIN)),) if p.length or p.flags & FIN else ()
        return Outcome(changes, (SYN | ACK, 0, p.seq + 1))

    def syn_sent(self, p, _):
        if p.flags & ACK and not 0 < p.ack <= self.snd_nxt:
            return [Outcome({}, None) if p.flags & RST else self.reset_for(p)]
        if p.flags & RST:
            return [Outcome({"state": "CLOSED"} if p.flags & ACK else {}, None)]
        if not p.flags & SYN:
            return [Outcome({}, None)]
        text = ((p.seq + 1, p.length, bool(p.flags & FIN)),) if p.length or p.flags & FIN else ()
        changes = {"rcv_nxt": p.seq + 1, "held": text}
        if not p.flags & ACK:
            return [Outcome(dict(changes, state="SYN-RECEIVED"), (SYN | ACK, 0, p.seq + 1))]
        return [self.take_text(dict(changes, state="ESTABLISHED", snd_una=p.ack), True)]

    # 3.10.7.4

    def other(self, p, length):
        outcomes = []
        if self.state == "TIME-WAIT" and p.flags & SYN and not p.flags & (ACK | RST):
            outcomes.append(self.new_connection(p))  # 3.6.1, MAY-2
        if self.state == "SYN-RECEIVED" and p.flags & SYN and p.flags & ACK and p.seq == self.rcv_nxt - 1 and p.ack == self.snd_nxt:
            outcomes += [Outcome({"state": "ESTABLISHED", "snd_una": p.ack}, answer) for answer in self.figure_7()]
        if p.flags & RST:
            return outcomes + [self.reset(p)]
        if not self.acceptable(p.seq, length):
            return outcomes + self.not_acceptable(p)
        if p.flags & SYN:
            return outcomes + [Outcome({"state": "LISTEN"}, None) if self.state == "SYN-RECEIVED" and self.passive else self.ack()]
        if not p.flags & ACK:
            return outcomes + [Outcome({}, None)]
        return outcomes + self.check_ack(p, length)

    def figure_7(self):
        """Without an answer; a stack that took the other reading of A.2 sends an ACK."""
        return [None] + ([(ACK, self.snd_nxt, self.rcv_nxt)] if self.passive else [])

    def acceptable(self, seq, length):
        """Table 6."""
        begin, end = self.rcv_nxt, self.rcv_nxt + self.rcv_wnd
        if self.rcv_wnd == 0:
            return length == 0 and seq == begin
        return begin <= seq < end or (length > 0 and begin <= seq + length - 1 < end)

    def not_acceptable(self, p):
        """A.2: some stacks look at the ACK of a FIN that comes again all the same."""
        again = p.flags & FIN and p.flags & ACK and p.seq + p.length == self.rcv_nxt - 1 and self.fin is not None and p.ack == self.fin + 1
        changes = {"CLOSING": {"state": "TIME-WAIT"}}.get(self.state, {}) if again else {}
        return [self.ack()] + ([self.ack(**changes)] if changes else [])

    def reset(self, p):
        exact = p.seq == self.rcv_nxt
        if not exact and not self.rcv_nxt <= p.seq < self.rcv_nxt + self.rcv_wnd:
            return Outcome({}, None)
        if not exact:
            return self.ack()
        return Outcome({"state": "LISTEN" if self.state == "SYN-RECEIVED" and self.passive else "CLOSED"}, None)

    def check_ack(self, p, length):
        good = self.snd_una < p.ack <= self.snd_nxt
        if self.state == "SYN-RECEIVED" and not good:
            return [self.reset_for(p), self.ack()]  # or RFC 5961 5.2
        if p.ack > self.snd_nxt or p.ack < self.snd_una - self.max_snd_wnd:
            return [self.ack()]
        changes = {"snd_una": max(self.snd_una, p.ack)}
        acked = self.fin is not None and p.ack > self.fin
        after = {"SYN-RECEIVED": "ESTABLISHED"}
        if acked:
            after.update({"FIN-WAIT-1": "FIN-WAIT-2", "CLOSING": "TIME-WAIT", "LAST-ACK": "CLOSED"})
        changes["state"] = after.get(self.state, self.state)
        held = self.state == "SYN-RECEIVED" and p.seq > self.rcv_nxt and not self.held
        outcomes = [self.segment_text(p, length, changes)]
        return outcomes + ([self.segment_text(p, length, {})] if held else [])

    def segment_text(self, p, length, changes):
        """Sixth to eighth step. What is behind a gap is held, what is beyond the window is cut off."""
        state = changes.get("state", self.state)
        if not length or state == "CLOSED":
            return self.take_text(changes, False)
        right = self.rcv_nxt + self.rcv_wnd
        fin = bool(p.flags & FIN) and p.seq + p.length < right
        text = min(p.seq + p.length, right) - p.seq if state in TEXT_IS_TAKEN else 0
        if not text and not fin:
            return Outcome(changes, None)
        return self.take_text(dict(changes, held=self.held + ((p.seq, text, fin),)), True)

    def take_text(self, changes, answer):
        """Takes what is held and next in order."""
        now = dict(vars(self), **changes)
        state, nxt, held = now["state"], now["rcv_nxt"], list(now["held"])
        ready = state in SYNCHRONIZED
        while ready and (item := next((h for h in held if h[0] <= nxt <= h[0] + h[1] - (not h[2])), None)):
            held.remove(item)
            nxt = item[0] + item[1] + item[2]
            if item[2]:
                own_acked = now["fin"] is not None and now["snd_una"] > now["fin"]
                after = {"ESTABLISHED": "CLOSE-WAIT", "FIN-WAIT-1": "TIME-WAIT" if own_acked else "CLOSING", "FIN-WAIT-2": "TIME-WAIT"}
                state = after.get(state, state)
            answer = True
        changes = dict(changes, state=state, rcv_nxt=nxt, held=tuple(held))
        return self.ack(**changes) if answer else Outcome(changes, None)

    # what the kernel sends

    def sends(self, p):
        if p.flags & RST:
            self.state = "CLOSED"
            return
        if p.flags & SYN and not p.flags & ACK and self.state == "CLOSED":
            self.state, self.passive = "SYN-SENT", False
        self.snd_nxt = max(self.snd_nxt, p.seq + p.length + bool(p.flags & SYN))
        if p.flags & FIN and self.fin is None:
            self.fin = p.seq + p.length
            self.snd_nxt = self.fin + 1
            self.state = {"CLOSE-WAIT": "LAST-ACK"}.get(self.state, "FIN-WAIT-1")

    def windows(self, p):
        scale = next((o[2] for o in p.options if o[:1] == b"\3"), None)
        if p.flags & SYN:
            self.scales[p.outbound] = scale
        scaled = not p.flags & SYN and None not in (self.scales.get(True), self.scales.get(False))
        if p.window is None or p.flags & RST:
            return
        window = p.window << (self.scales[p.outbound] if scaled else 0)
        if p.outbound:
            self.rcv_wnd = window - (self.rcv_nxt - p.ack if p.flags & ACK else 0)
        else:
            self.max_snd_wnd = max(self.max_snd_wnd, window)


def fits(outcome, answer):
    """Is this the answer? Data and FIN are no answers, but may carry the acknowledgment, also when they are sent again."""
    sends = answer is not None and (answer.length or answer.flags & FIN)
    if outcome.answer is None or answer is None:
        return outcome.answer is None and (answer is None or bool(sends))
    flags, seq, ack = outcome.answer
    if flags == ACK:
        return answer.flags & ACK and not answer.flags & (SYN | RST) and answer.ack == ack and (sends or answer.seq == seq)
    return (answer.flags & (SYN | RST | ACK), answer.seq) == (flags, seq) and (ack is None or answer.ack == ack)


def answer_to(events, at):
    """The kernel's frame right behind a segment, if it is there before anything else and before the kernel's user does something."""
    following = events[at + 1] if at + 1 < len(events) else None
    prompt = isinstance(following, Packet) and following.outbound and following.time - events[at].time < 0.001
    return following if prompt else None


def reset_by_user(kernel, answer):
    """3.6.1: nobody can read the data that arrives after CLOSE."""
    return kernel.closed_by_user and answer is not None and answer.flags & RST


def goes_with_later_segment(outcome, events):
    """The kernel's user does something at once, and what the kernel then sends acknowledges the segment too."""
    later = next((e for e in events if isinstance(e, Packet)), None)
    return events and not isinstance(events[0], Packet) and later is not None and later.outbound and bool(fits(outcome, later))


def choose(kernel, events, at):
    """The outcome that the script tells, None if the RFC knows no such. Where several fit, the state that the script gives decides."""
    outcomes, answer = kernel.arrives(events[at]), answer_to(events, at)
    found = [o for o in outcomes if fits(o, answer)]
    if not found and reset_by_user(kernel, answer):
        found = outcomes
    if not found and answer is None:
        found = [o for o in outcomes if goes_with_later_segment(o, events[at + 1:])]
    wanted = events[at].truth.kernel
    return next((o for o in found if o.changes.get("state", kernel.state) in wanted), found[0] if found else None), outcomes


def of_connection(state, began):
    """The scripts tell the state of the connection. One that has begun and is gone is CLOSED; the listener is another TCB."""
    return "CLOSED" if state == "LISTEN" and began else state


def objections(script):
    kernel, answers, began = Kernel(script), set(), False
    for at, event in enumerate(script.events):
        if not isinstance(event, Packet):
            kernel.closed_by_user |= getattr(event, "name", None) == "close"
            continue
        where = f"{script.name}:{event.line}"
        if not event.outbound:
            outcome, outcomes = choose(kernel, script.events, at)
            if outcome is None:
                yield f"{where}: the RFC answers otherwise: {[o.answer for o in outcomes]}"
                return
            vars(kernel).update(outcome.changes)
            if fits(outcome, answer_to(script.events, at)):
                answers.add(at + 1)
        elif at not in answers or not event.flags & RST:
            kernel.sends(event)
        kernel.windows(event)
        began = began or kernel.state != "LISTEN"
        state = of_connection(kernel.state, began)
        if event.truth.kernel and state not in event.truth.kernel:
            yield f"{where}: the RFC's state is {state}, the script says {'|'.join(sorted(event.truth.kernel))}"
