#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""labserver from outside: the real program, asked by curl and by raw sockets on the loopback interface."""

import argparse
import os
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from harness import ARGUMENTS
from suite_command import CommandLine
from suite_connection import KeepAlive, LogAndStop, Scenarios
from suite_fair import AsTold, Fair
from suite_http import Http, Page
from suite_pages import ProjectorPage, ScenarioPages


SUITES = [CommandLine, Page, Http, KeepAlive, Scenarios, LogAndStop, Fair, AsTold, ScenarioPages, ProjectorPage]


def run_beside_each_other(names):
    """Every suite in a process of its own, as they mostly wait; what each has to say, one after the other. The exit code."""
    suites = [subprocess.Popen([sys.executable, *sys.argv[:1], *sys.argv[1:][:options_end()], name], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True) for name in names]
    code = 0
    for name, suite in zip(names, suites):
        output = suite.communicate()[0]
        print("%s: %s" % (name, output if suite.returncode else " ".join(output.strip().splitlines()[-3::2])))
        code = code or suite.returncode
    return code


def options_end():
    """Where the names of suites begin on the command line."""
    rest = unparsed()
    return len(sys.argv) - 1 - len(rest)


def unparsed():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True, help="the labserver to test")
    parser.add_argument("--valgrind", help="the valgrind to run it under")
    return parser.parse_known_args(namespace=ARGUMENTS)[1]


def main():
    names = unparsed() or [suite.__name__ for suite in SUITES]
    ARGUMENTS.server = os.path.abspath(ARGUMENTS.server)
    if len(names) > 1 and not any(name.startswith("-") for name in names):
        sys.exit(run_beside_each_other(names))
    unittest.main(argv=[sys.argv[0]] + names)


if __name__ == "__main__":
    main()
