#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The Chinese texts use one word for one thing, and Chinese punctuation. What is read: every source of texts, and every Chinese page."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ZH = r"[\u4e00-\u9fff]"

# What must not stand there, and what stands there instead. The regular expression is searched in one Chinese text.
RULES = [
    (r"重置", "复位 (a reset)"),
    (r"恰好", "只"),
    (r"距(请求|第一个|上次|上一)", "请求发出后 and the like"),
    (r"用时 ?\{?[a-z_0-9.]+\}?( ?[µmu]?s)? ?建立", "建立用时"),
    (r"Lab web server|实验网页服务器", "Lab 网页服务器, the interface's name"),
    (ZH + r"[,;!?]|[,;!?]" + ZH, "full-width punctuation beside Chinese: ，；！？"),
    (ZH + r":(?!\])|(?<![\w\"`*/}\]\[]):" + ZH, "full-width punctuation beside Chinese: ："),
    (ZH + r"\((?!#)", "full-width brackets beside Chinese: （）"),
    (r"“[^”]*$(?![\s\S])", "a quotation mark that is closed: “ ”"),
]
# A TCP segment is 报文段. 报文 alone is a message of HTTP, where the text says so in these words.
SEGMENT = re.compile(r"报文(?!段)")
MESSAGES = re.compile(r"(HTTP |请求|应答|响应|几种)报文(?!段)|报文(种类|格式|数)|首部不在抓包中的报文")

STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
SOURCES = ("*.def", "*.c", "*.h")
FOLDERS = ("common", "plugin", "server", "extcap")


def is_chinese(text):
    return re.search(ZH, text)


def texts_of_sources(root):
    """Every string of the sources with Chinese in it, as (file, line number, text)."""
    for folder in FOLDERS:
        for pattern in SOURCES:
            for path in sorted((root / folder).rglob(pattern)):
                for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
                    for text in STRING.findall(line):
                        if is_chinese(text):
                            yield path, number, re.sub(r"\\[nt]|\\x[0-9a-f]{2}", " ", text)


def texts_of_scripts(root):
    """The last column of scripts/texts.sh, and what the profiles show: titles, buttons, filters."""
    for path in [root / "scripts/texts.sh", *sorted((root / "profile").glob("*/*"))]:
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if line.startswith("#") or not is_chinese(line):
                continue
            # The titles of a table's columns are one text, separated by ";".
            for text in [line.split("|")[-1].replace(";", " ")] if path.suffix == ".sh" else STRING.findall(line):
                if is_chinese(text):
                    yield path, number, text


def texts_of_pages(root):
    """The lines of the Chinese pages, without code and without the targets of links."""
    for path in [*sorted(root.glob("*.zh-CN.md")), *sorted((root / "docs").glob("*.zh-CN.md"))]:
        block = False
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if line.startswith("```"):
                block = not block
            elif not block and is_chinese(line):
                yield path, number, re.sub(r"\]\([^)]*\)", "]", re.sub(r"`[^`]*`", "`", line))


def texts(root):
    yield from texts_of_sources(root)
    yield from texts_of_scripts(root)
    yield from texts_of_pages(root)


def faults_of(text):
    for pattern, instead in RULES:
        found = re.search(pattern, text)
        if found:
            yield found.group(0), instead
    if SEGMENT.search(MESSAGES.sub("", text)):
        yield "报文", "报文段 (a TCP segment), or HTTP 报文"


def problems(root):
    count = 0
    for path, number, text in texts(root):
        count += 1
        for word, instead in faults_of(text):
            yield f"{path.relative_to(root)}:{number}: {word!r}: write {instead}. The text: {text.strip()[:100]}"
    if count < 1000:
        yield f"only {count} Chinese texts were found: where are the others?"


# Each must be found, so that the rules are known to see.
WRONG = ["连接被重置", "恰好删除这些文件", "200，距请求 229 µs", "用时 41 µs 建立", "双击 Lab web server", "位于连接的 SYN 上,当", "原因:未知", "说明(之后)",
         "迟到的报文", "接口“lab"]
RIGHT = ["连接被复位", "HTTP 请求报文格式", "报文种类（及数量）", "第 3 帧的报文段", "见[阶段](#阶段)", "首部字段，“名称：值”", "写明主机名[:端口]"]


def rules_that_do_not_see():
    for text in WRONG:
        if not list(faults_of(text)):
            yield f"{text!r} is not found"
    for text in RIGHT:
        for word, instead in faults_of(text):
            yield f"{text!r} is found ({word!r}: {instead})"


def main():
    found = [*rules_that_do_not_see(), *problems(ROOT)]
    for line in found:
        print("FAIL", line)
    print(f"{len(found)} faults in the Chinese texts")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
