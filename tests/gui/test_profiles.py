#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The profiles: their columns are wide enough, and a Chinese profile differs from the English one in words only."""
import pathlib
import re
import sys

PROFILES = pathlib.Path(__file__).resolve().parents[2] / "profile"
PAIRS = [("Lab", "Lab 中文"), ("Lab RST", "Lab RST 中文"), ("Lab quiz", "Lab quiz 中文")]
# Wireshark's own font on a screen of 96 dpi: 7.83 pixels a character, and the margin of a cell. No. has the lines of related packets before it.
CHARACTER, MARGIN, RELATED = 7.83, 6, 18
SCREEN = 1366 - 53  # without the map of colours and the scroll bar


def columns(profile):
    """Of (title, format)."""
    text = (PROFILES / profile / "preferences").read_text(encoding="utf-8")
    return re.findall(r'^\t"([^"]+)", "(%[^"]+)"', text, re.M)


def widths(profile):
    text = (PROFILES / profile / "recent").read_text(encoding="utf-8")
    numbers = re.search(r"^column\.width: (.*)$", text, re.M).group(1).split(", ")
    return list(zip(numbers[::2], (int(width) for width in numbers[1::2])))


def filters(profile, name, pattern):
    text = (PROFILES / profile / name).read_text(encoding="utf-8")
    return [re.search(pattern, line).group(1) for line in text.splitlines() if line and not line.startswith("#")]


def faults_of_columns(profile):
    shown = dict(widths(profile))
    if [name for name, _ in widths(profile)] != [form.replace(":0:R", "") for _, form in columns(profile)]:
        yield "recent gives widths to other columns than preferences has"
    if shown["%m"] < 7 * CHARACTER + MARGIN + RELATED:
        yield f"No. of {shown['%m']} pixels does not hold 1000000"
    if "%Cus:lab.note" in shown and shown["%Cus:lab.note"] < 90 * CHARACTER + MARGIN:
        yield "the note is narrower than 90 characters"


def faults_of_lab():
    order = [form for _, form in columns("Lab")]
    shown = dict(widths("Lab"))
    if order[:3] != ["%m", "%t", "%Cus:lab.note:0:R"]:
        yield "the note does not stand directly after the time"
    if not all(form.startswith("%Cus:lab.state.") for form in order[-2:]):
        yield "the states do not stand last"
    if sum(shown[form.replace(":0:R", "")] for form in order[:3]) > SCREEN:
        yield "the note is not whole on a screen of 1366 pixels"


def faults_of_pair(english, chinese):
    if [form for _, form in columns(english)] != [form for _, form in columns(chinese)]:
        yield "other columns"
    if widths(english) != widths(chinese):
        yield "other widths"
    for name, pattern in (("colorfilters", r"^@[^@]*(@.*)$"), ("dfilters", r'^"[^"]*" (.*)$'), ("dfilter_buttons", r'^"[A-Z]*","[^"]*","([^"]*)"')):
        if filters(english, name, pattern) != filters(chinese, name, pattern):
            yield f"other filters in {name}"
    for title, form in columns(chinese):
        if not re.search(r"[\u4e00-\u9fff]", title):
            yield f"the title of {form} is not Chinese: {title}"


def faults_of_quiz():
    """The profile for a quiz shows nothing that answers: no column of Lab, no colour, no filter, and no tree of Lab."""
    for profile in ("Lab quiz", "Lab quiz 中文"):
        if any("lab." in form for _, form in columns(profile)):
            yield f"{profile} has a column of Lab"
        if any(filters(profile, name, "(.*)") for name in ("colorfilters", "dfilters", "dfilter_buttons")):
            yield f"{profile} has colours or filters"
        if (PROFILES / profile / "disabled_protos").read_text().split() != ["lab"]:
            yield f"{profile} shows the tree of Lab"


def main():
    found = [f"Lab: {fault}" for fault in faults_of_lab()] + list(faults_of_quiz())
    for english, chinese in PAIRS:
        for profile in (english, chinese):
            found += [f"{profile}: {fault}" for fault in faults_of_columns(profile)]
        found += [f"{chinese}, beside {english}: {fault}" for fault in faults_of_pair(english, chinese)]
    for line in found:
        print("FAIL", line)
    print(f"{len(PAIRS) * 2} profiles, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
