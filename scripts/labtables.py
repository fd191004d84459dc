# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of the sources, read as they stand: the display fields (plugin/wireshark/fields.def), the tokens and the
causes of a RST (plugin/engine). scripts/update-docs writes pages from them, tests compare with them.

Reading is by the shape of C: strings, words, brackets. What a row looks like beyond its strings does not matter, nor in
which file a table is.
"""
import functools
import pathlib
import re
from collections import namedtuple

ROOT = pathlib.Path(__file__).resolve().parent.parent

# token, the section its rule rests on, two texts; confidence of a RST's cause, else "".
Token = namedtuple("Token", "token rule en zh confidence")
# changes: what a second pass may do to the value of the first ("new", "more", "other", "gone"); known: AT_ONCE, LATER or REFINED.
# values: what the page says, of which frames, (English, Chinese); section "" for a field that stands in the row of the field before it.
Field = namedtuple("Field", "id name type repeats known changes section values")

PIECE = re.compile(r'/\*.*?\*/|//[^\n]*|"((?:[^"\\\n]|\\.)*)"|([A-Za-z_]\w*|\d\w*)|([^\s])', re.S)


class TableError(Exception):
    """A table that is missing or cannot be read; its text says what and where."""


@functools.lru_cache(maxsize=64)
def pieces(text):
    """The text as ("string" | "word" | "mark", value); comments left out, strings beside each other joined."""
    text = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", "", text, flags=re.M)
    result = []
    for match in PIECE.finditer(text):
        string, word, mark = match.groups()
        if string is not None:
            string = re.sub(r"\\(.)", r"\1", string)
            if result and result[-1][0] == "string":
                string = result.pop()[1] + string
            result.append(("string", string))
        elif word:
            result.append(("word", word))
        elif mark:
            result.append(("mark", mark))
    return result


def groups(parts, opening, closing):
    """Splits parts, from an opening mark on, into its comma-separated members; each is a flat list of parts."""
    depth, members, member = 0, [], []
    for kind, value in parts:
        if kind == "mark" and value in "{([":
            depth += 1
            if depth == 1:
                assert value == opening
                continue
        if kind == "mark" and value in "})]":
            depth -= 1
            if depth == 0:
                assert value == closing
                return members + ([member] if member else [])
        if depth == 1 and (kind, value) == ("mark", ","):
            members.append(member)
            member = []
        else:
            member.append((kind, value))
    raise TableError("a bracket is not closed")


def strings(parts):
    return [value for kind, value in parts if kind == "string"]


def words(parts):
    return [value for kind, value in parts if kind == "word"]


class Sources:
    """The tables below one root; files are read once."""

    def __init__(self, root=ROOT):
        self.root = pathlib.Path(root)
        self.texts, self.parts = None, {}

    def rows(self, name):
        """The members of the array `name`, wherever below plugin/ it is defined."""
        if self.texts is None:
            self.texts = {path: path.read_text(encoding="utf-8") for path in sorted(self.root.glob("plugin/**/*.c"))}
        for path, text in self.texts.items():
            if f"{name}[" not in text or not re.search(rf"\b{name}\[[^\]\n]*\]\s*=\s*{{", text):
                continue
            if path not in self.parts:
                self.parts[path] = pieces(text)
            parts = self.parts[path]
            for i, part in enumerate(parts):
                if part == ("word", name) and parts[i + 1] == ("mark", "["):
                    start = i + 1 + parts[i + 1:].index(("mark", "]"))
                    if parts[start + 1:start + 3] == [("mark", "="), ("mark", "{")]:
                        return groups(parts[start + 2:], "{", "}")
        raise TableError(f"no table {name}[] = {{ ... }} in any file of {self.root / 'plugin'}: was it renamed? See scripts/update-docs")

    def tokens(self, name):
        """A table whose rows hold four strings: token, rule, text in English and in Chinese. Rows whose token is NULL are left out."""
        result = []
        for row in self.rows(name):
            found = strings(row)
            if len(found) == 3 and "NULL" in words(row):
                continue
            if len(found) != 4:
                raise TableError(f"{name}: a row has not token, rule and two texts but {found}")
            confidence = [w for w in words(row) if w in ("LAB_CERTAIN", "LAB_LIKELY", "LAB_POSSIBLE", "LAB_UNKNOWN")]
            result.append(Token(*found, confidence[0][4:].lower() if confidence else ""))
        return result

    def spellings(self, name):
        """The first string of each row of a table, each once, in order."""
        return list(dict.fromkeys(found[0] for found in map(strings, self.rows(name)) if found))

    def fields(self):
        """The display fields, in the order of fields.def."""
        path = self.root / "plugin" / "wireshark" / "fields.def"
        if path not in self.parts:
            self.parts[path] = pieces(path.read_text(encoding="utf-8"))
        parts, result = self.parts[path], []
        for i, (kind, value) in enumerate(parts):
            if kind == "word" and value in ("LAB_FIELD", "LAB_FIELD_TOO"):
                result.append(field(groups(parts[i + 1:], "(", ")"), value == "LAB_FIELD_TOO"))
        return result


def field(members, too):
    wanted = 9 if too else 12
    if len(members) != wanted:
        raise TableError(f"fields.def: the row {words(members[0])} has {len(members)} members and needs {wanted}")
    known = words(members[4])
    section = "" if too else words(members[5])[0]
    values = () if too else (strings(members[10])[0], strings(members[11])[0])
    return Field(words(members[0])[0], strings(members[1])[0], words(members[2])[0], words(members[3]) == ["REPEATS"],
                 known[0], tuple(w.lower() for w in known[1:]), section, values)
