#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The scripts by themselves: they are complete, cover what RFC 9293 3.10.7 distinguishes, and rfc9293.py agrees with every state and answer."""
import re
import unittest

import notation
import rfc9293
import test_packetdrill

SCRIPTS = test_packetdrill.scripts()
STATE_OF_FOLDER = {state.lower(): state for state in notation.STATES}
# The segments that every state distinguishes by their place in the window, as the scripts are named.
BY_PLACE = {
    "syn": "below at-the-left-edge inside-the-window outside-the-window far-outside-the-window",
    "syn-ack": "below at-the-left-edge inside-the-window outside-the-window",
    "rst": "below at-the-left-edge inside-the-window at-the-right-edge outside-the-window far-outside-the-window",
    "rst-ack": "below at-the-left-edge inside-the-window outside-the-window",
    "ack": "below outside-the-window too-new",
    "data": "below inside-the-window outside-the-window without-ack with-ack-too-new",
    "fin": "below outside-the-window without-ack with-ack-too-new",
    "no-flags": "at-the-left-edge"}
SYNCHRONIZED = {"data": "at-the-left-edge at-the-right-edge", "fin": "at-the-left-edge inside-the-window", "ack": "duplicate old", "urg": "at-the-left-edge"}
WITHOUT_WINDOW = {
    "closed": "syn rst rst-ack ack syn-ack data-with-ack data-without-ack fin-with-ack fin-without-ack urg-with-ack no-flags",
    "listen": "syn rst rst-ack ack syn-ack data-with-ack data-without-ack fin-with-ack fin-without-ack urg-with-ack no-flags",
    "syn-sent": "syn rst-without-ack rst-ack-acceptable rst-ack-with-ack-old rst-ack-with-ack-too-new ack-acceptable ack-old ack-too-new "
                "syn-ack-acceptable syn-ack-with-ack-old syn-ack-with-ack-too-new data-with-acceptable-ack data-with-ack-too-new "
                "data-without-ack fin-with-acceptable-ack fin-with-ack-too-new fin-without-ack urg-with-acceptable-ack no-flags"}


def expected_scripts():
    for folder, names in WITHOUT_WINDOW.items():
        yield from (f"{folder}/{name}.pkt" for name in names.split())
    everywhere = [f"{kind}-{place}" for kind, places in BY_PLACE.items() for place in places.split()]
    for prefix in ("passive", "active"):
        yield from (f"syn-received/{prefix}-{name}.pkt" for name in everywhere + ["ack-acceptable", "ack-old"])
    for state in rfc9293.SYNCHRONIZED:
        names = everywhere + [f"{kind}-{place}" for kind, places in SYNCHRONIZED.items() for place in places.split()]
        yield from (f"{state.lower()}/{name}.pkt" for name in names)


def frames(script):
    return [e for e in script.events if isinstance(e, notation.Packet)]


def with_event(script, at, event):
    return script._replace(events=script.events[:at] + ([event] if event else []) + script.events[at + 1:])


class Scripts(unittest.TestCase):
    def test_every_combination_has_its_script(self):
        self.assertEqual(sorted(set(expected_scripts()) - {s.name for s in SCRIPTS}), [])

    def test_every_script_names_a_section_and_every_frame_a_state(self):
        self.assertEqual([line for s in SCRIPTS for line in test_packetdrill.incomplete(s)], [])

    def test_every_script_is_in_the_folder_of_a_state_that_its_kernel_is_in(self):
        for script in SCRIPTS:
            state = STATE_OF_FOLDER[script.name.partition("/")[0]]
            called = state == "LISTEN" and any(getattr(e, "name", "") == "listen" for e in script.events)
            self.assertTrue(called or any(state in f.truth.kernel for f in frames(script)), script.name)

    def test_undecided_frames_are_rare_and_the_script_says_why(self):
        undecided = [s for s in SCRIPTS if any(len(f.truth.kernel) != 1 for f in frames(s))]
        for script in undecided:
            text = (test_packetdrill.HERE / script.name).read_text(encoding="utf-8")
            self.assertTrue(re.search("Two readings|nobody can tell", text), script.name)
        self.assertLess(sum(len(f.truth.kernel) != 1 for s in SCRIPTS for f in frames(s)), sum(len(frames(s)) for s in SCRIPTS) / 50)

    def test_the_rfc_agrees_with_every_state_and_answer(self):
        self.assertEqual([line for s in SCRIPTS for line in rfc9293.objections(s)], [])

    def test_every_state_that_is_wrong_would_be_noticed(self):
        for script in SCRIPTS:
            for at, event in enumerate(script.events):
                if isinstance(event, notation.Packet) and event.truth.kernel:
                    other = next(s for s in notation.STATES if s not in event.truth.kernel)
                    wrong = event._replace(truth=event.truth._replace(kernel=frozenset([other])))
                    self.assertTrue(list(rfc9293.objections(with_event(script, at, wrong))), f"{script.name}:{event.line}")

    def test_an_answer_with_another_number_would_be_noticed(self):
        changed = 0
        for script in SCRIPTS:
            for at, event in enumerate(script.events[1:], 1):
                segment = script.events[at - 1]
                answers = isinstance(segment, notation.Packet) and not segment.outbound and rfc9293.answer_to(script.events, at - 1) is event
                if answers and event.flags == notation.FLAGS["."] and not event.length:
                    wrong = event._replace(ack=event.ack + 1)
                    self.assertTrue(list(rfc9293.objections(with_event(script, at, wrong))), f"{script.name}:{event.line}")
                    changed += 1
        self.assertGreater(changed, 200)


if __name__ == "__main__":
    unittest.main()
