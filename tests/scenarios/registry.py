# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of scenarios: a function with a sentence as its documentation joins it with @scenario."""
import socket
from collections import namedtuple

Scenario = namedtuple("Scenario", "name sentence play family loopback")
SCENARIOS = []


def scenario(*variants):
    """Variants: `ipv6` and `loopback` play the same once more in that way."""
    def add(play):
        sentence = play.__doc__.split("\n")[0].rstrip(".")
        SCENARIOS.append(Scenario(play.__name__, sentence, play, socket.AF_INET, False))
        if "ipv6" in variants:
            SCENARIOS.append(Scenario(play.__name__ + "-ipv6", sentence + " (IPv6)", play, socket.AF_INET6, False))
        if "loopback" in variants:
            SCENARIOS.append(Scenario(play.__name__ + "-loopback", sentence + " (loopback)", play, socket.AF_INET, True))
        return play
    return add
