#!/usr/bin/env python3
"""labserver from outside: the real program, asked by curl and by raw sockets on the loopback interface."""

import argparse
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position,unused-import
from harness import ARGUMENTS
from suite_command import CommandLine
from suite_connection import KeepAlive, LogAndStop, Scenarios
from suite_http import Http, Page


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True, help="the labserver to test")
    parser.add_argument("--valgrind", help="the valgrind to run it under")
    parser.parse_known_args(namespace=ARGUMENTS)
    rest = parser.parse_known_args()[1]
    ARGUMENTS.server = os.path.abspath(ARGUMENTS.server)
    unittest.main(argv=[sys.argv[0]] + rest)


if __name__ == "__main__":
    main()
