# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of scenarios. @scenario adds a function; its docstring is the scenario's sentence."""
import socket
from collections import namedtuple

Scenario = namedtuple("Scenario", "name sentence play family loopback")
SCENARIOS = []


def scenario(*variants):
    """Variants: `ipv6` and `loopback` play the scenario once more, over IPv6 or on the loopback device."""
    def add(play):
        sentence = play.__doc__.split("\n")[0].rstrip(".")
        SCENARIOS.append(Scenario(play.__name__, sentence, play, socket.AF_INET, False))
        if "ipv6" in variants:
            SCENARIOS.append(Scenario(play.__name__ + "-ipv6", sentence + " (IPv6)", play, socket.AF_INET6, False))
        if "loopback" in variants:
            SCENARIOS.append(Scenario(play.__name__ + "-loopback", sentence + " (loopback)", play, socket.AF_INET, True))
        return play
    return add
