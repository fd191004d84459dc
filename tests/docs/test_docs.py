#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/check-docs finds what it is there to find: each fault is put into a copy of the tree, and must be named."""
import importlib.machinery
import importlib.util
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
loader = importlib.machinery.SourceFileLoader("update_docs", str(ROOT / "scripts" / "update-docs"))
update_docs = importlib.util.module_from_spec(importlib.util.spec_from_loader("update_docs", loader))
loader.exec_module(update_docs)

EN, ZH = "docs/fields.md", "docs/fields.zh-CN.md"
CAUSES, FIELDS = "plugin/engine/verdict/rst_causes.c", "plugin/wireshark/fields.def"
ROW_OF_A_CAUSE = r"\| `port-reuse` \| [^|]*clears it[^\n]*\n"
ROW_OF_A_FIELD = r"\| `lab\.http\.status` \|[^\n]*\n"

# What is done (a sentence), in which file, which text (a regular expression), what comes in its place, what must be said.
FAULTS = [
    ("a cause has no row", EN, ROW_OF_A_CAUSE, "", [EN, "port-reuse", "run scripts/update-docs"]),
    ("a cause is only named elsewhere on the page", EN, ROW_OF_A_CAUSE + r"((?:.*\n)*?)(?=<!-- end)", r"\1Also: `port-reuse`.\n\n",
     [EN, "port-reuse"]),
    ("a cause's text was changed on the page", ZH, r"此 RST 清除了它", "此 RST 没有清除它", [ZH, "run scripts/update-docs"]),
    ("a cause has another name in the sources", CAUSES, r'"mptcp"', '"multipath"', [EN, ZH, "multipath"]),
    ("a cause has no rule, and no row", CAUSES, r'(\{ )"mptcp", mptcp,', r'\1"multipath", NULL,', [EN, ZH, "multipath"]),
    ("a cause's text has an unknown variable", CAUSES, r"this RST clears it", "this RST clears it for {whom}", ["port-reuse", "{whom}"]),
    ("a field has no row", ZH, ROW_OF_A_FIELD, "", [ZH, "lab.http.status"]),
    ("a field has another type in the sources", FIELDS, r'"lab\.http\.status", U16', '"lab.http.status", TOKEN', [EN, ZH, "lab.http.status"]),
    ("a row of fields.def lacks a text", FIELDS, r'\n +"响应状态码",', "", ["HTTP_STATUS", "11 members", "needs 12"]),
    ("a field shares a row that is not its own", FIELDS, r'"lab\.history", TOKEN', '"lab.history", U32', ["lab.history", "lab.conn_state"]),
    ("a table is missing", EN, r"<!-- table: tokens lab_roles -->", "", [EN, "tokens lab_roles", "0 times"]),
    ("a table is on the page that nobody knows", EN, r"tokens lab_roles -->", "tokens lab_parts -->", [EN, "tokens lab_parts"]),
    ("a token has no row in a table written by hand", EN, r"\| `clock` \|[^\n]*\n", "", [EN, "lab_queues", "`clock`"]),
    ("a table written by hand has a token too many", ZH, r"`no-tcp`", "`no-tcp`、`no-udp`", [ZH, "qualities", "`no-udp`"]),
    ("what may change later is not told", EN, r"\| `lab\.tls\.kind` \| `unknown` until[^\n]*\n", "", [EN, "lab.tls.kind", "later"]),
    ("a page names a field that does not exist", "README.md", r"`lab\.rst\.cause`|lab\.phase", "lab.rst.couse", ["README.md", "lab.rst.couse"]),
    ("a kind of object is told of in one language", FIELDS, r"`icon` 图标，", "", ["lab.http.object", "in Chinese"]),
    ("a kind of object is not told of", "plugin/engine/http/content_kind.c", r'"style"', '"sheet"', ["lab.http.object does not tell of `sheet`", "tells of `style`"]),
    ("a link leads nowhere", "docs/cross-check.md", r"\A", "[x](no-such-page.md)\n", ["docs/cross-check.md", "no-such-page.md"]),
    ("a link leads to a heading that is gone", EN, r"### Roles", "### Parts", [EN, "#roles"]),
    ("a new table of tokens is on no page", "plugin/engine/tokens/tokens.c", r"\Z", 'const lab_token_t lab_colours[1] = { { "red", "", { { "", "" } } } };\n',
     ["tokens.c", "lab_colours"]),
    ("a table of tokens is gone", "plugin/engine/tokens/tokens.c", r"lab_impacts\[", "lab_costs[", ["lab_impacts"]),
]


def copy_of_the_tree(place):
    """What the check reads is copied, all else (where links may lead) is linked."""
    for entry in ROOT.iterdir():
        if entry.name in ("docs", "plugin"):
            shutil.copytree(entry, place / entry.name)
        elif entry.suffix == ".md":
            shutil.copy(entry, place)
        elif entry.name not in (".git", "build"):
            (place / entry.name).symlink_to(entry)


def run(place, *options):
    return subprocess.run([sys.executable, str(ROOT / "scripts/update-docs"), "--root", str(place), *options],
                          capture_output=True, text=True, check=False)


def put_in(place, name, pattern, replacement):
    path = place / name
    text = path.read_text(encoding="utf-8")
    changed, count = re.subn(pattern, replacement, text, count=1)
    if not count:
        sys.exit(f"test_docs.py: {name} has nothing like {pattern}: mend the row of FAULTS")
    path.write_text(changed, encoding="utf-8")
    return text


def what_goes_wrong(place):
    for sentence, name, pattern, replacement, words in FAULTS:
        before = put_in(place, name, pattern, replacement)
        said = "\n".join(update_docs.problems(place))
        for word in words:
            if word not in said:
                yield f"{sentence}: the check does not say {word!r} but: {said or 'nothing'}"
        (place / name).write_text(before, encoding="utf-8")


def a_fault_ends_the_check_and_is_mended(place):
    before = put_in(place, EN, ROW_OF_A_CAUSE, "")
    check = run(place, "--check")
    if check.returncode != 1 or "port-reuse" not in check.stderr:
        yield f"a cause has no row, and the check ends with {check.returncode}: {check.stderr.strip()}"
    update = run(place)
    if update.returncode or (place / EN).read_text(encoding="utf-8") != before:
        yield f"update-docs does not mend a page: {update.returncode} {update.stderr.strip()}"


def the_tree_as_it_stands_passes(place):
    check = run(place, "--check")
    if check.returncode or check.stderr:
        yield f"the tree as it stands: {check.stderr.strip()}"


def main():
    with tempfile.TemporaryDirectory(prefix="lab-docs-") as work:
        place = pathlib.Path(work)
        copy_of_the_tree(place)
        failed = [*the_tree_as_it_stands_passes(place), *what_goes_wrong(place), *a_fault_ends_the_check_and_is_mended(place)]
    for line in failed:
        print("FAIL", line)
    print(f"{len(FAULTS) + 2} sentences, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
