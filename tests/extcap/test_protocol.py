#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What labdump answers to Wireshark, and how it refuses what cannot be."""
import re
import shutil
import sys
import time

from harness import LABDUMP, ask, check, equal, folder, main, need, run

# The two expressions with which Wireshark itself reads the sentences (extcap_parser.c).
SENTENCE = re.compile(r"^[\t ]*(arg|value|interface|extcap|dlt|control)(?=[\t ]+\{)")
PAIR = re.compile(r"\{([a-zA-Z_-]*?)=(.*?)\}(?=\{|$|\s)")
LANGUAGES = {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}


def sentences(*arguments, lang="en"):
    done = ask(*arguments, LANG=LANGUAGES[lang])
    equal(done.returncode, 0, done.stderr)
    equal(done.stderr, "")
    result = []
    for line in done.stdout.splitlines():
        kind = SENTENCE.match(line)
        check(kind, "no sentence:", line)
        pairs = PAIR.findall(line)
        equal("".join("{%s=%s}" % p for p in pairs), line[kind.end():].strip(), "pairs do not make up the line")
        result.append((kind.group(1), dict(pairs)))
    return result


def test_interfaces():
    for lang, display in (("en", "Lab web server"), ("zh", "Lab 网页服务器")):
        answer = sentences("--extcap-interfaces", "--extcap-version=4.0", lang=lang)
        equal([kind for kind, _ in answer[:2]], ["extcap", "interface"])
        check(re.fullmatch(r"\d+\.\d+\.\d+", answer[0][1]["version"]), answer)
        equal(answer[1][1], {"value": "lab", "display": display})


def test_the_toolbar_is_declared_in_both_languages():
    titles = {}
    for lang in LANGUAGES:
        answer = sentences("--extcap-interfaces", "--extcap-version=4.0", lang=lang)
        controls = {pairs["number"]: pairs for kind, pairs in answer if kind == "control"}
        equal([(pairs["type"], pairs.get("role")) for pairs in controls.values()],
              [("selector", None), ("selector", None), ("button", None), ("button", None), ("button", "logger")])
        values = [pairs for kind, pairs in answer if kind == "value"]
        equal({pairs["control"] for pairs in values}, {"0", "1"})
        for control in ("0", "1"):
            equal(sum("default" in pairs for pairs in values if pairs["control"] == control), 1, "one default of control " + control)
        titles[lang] = {pairs["value"]: pairs["display"] for pairs in values if pairs["control"] == "0"}
        check(all(pairs["display"] and pairs["tooltip"] for pairs in controls.values()), controls)
    equal(titles["en"].keys(), titles["zh"].keys())
    check(len(titles["en"]) > 20 and "closed-port" in titles["en"], titles)
    check(sum(titles["en"][name] != titles["zh"][name] for name in titles["en"]) > 20, "the titles are not translated", titles)


def test_interfaces_are_quick():
    best = 1
    with folder() as where:
        for _ in range(5):
            start = time.monotonic()
            run([LABDUMP, "--extcap-interfaces"], where)
            best = min(best, time.monotonic() - start)
    check(best < 0.1, "took", best, "s")


def test_dlts():
    (kind, pairs), = sentences("--extcap-dlts", "--extcap-interface", "lab")
    equal((kind, pairs["number"], pairs["name"]), ("dlt", "1", "EN10MB"))


def test_config_is_well_formed():
    types = {"unsigned", "string", "fileselect", "selector", "boolflag", "double"}
    for lang in LANGUAGES:
        numbers = {}
        for kind, pairs in sentences("--extcap-config", "--extcap-interface", "lab", lang=lang):
            if kind == "value":
                check(pairs["arg"] in numbers and pairs["display"], pairs)
                continue
            check(pairs["number"] not in numbers, "twice:", pairs)
            numbers[pairs["number"]] = pairs["call"]
            check(pairs["type"] in types and pairs["display"] and pairs["tooltip"] and pairs["group"], pairs)
            check("default" in pairs and "required" not in pairs, "would open the dialog at each start:", pairs)
        equal(set(numbers.values()), {"--port", "--no-compression", "--root", "--config", "--server", "--network", "--dns", "--language",
                                      "--client", "--client-log", "--client-linger", "--server-command", "--server-log",
                                      "--running", "--name", "--scenario", "--open", "--log", "--annotate", "--tls", "--no-keys"})


def test_the_dialog_picks_the_page_by_its_file():
    page, = [pairs for kind, pairs in sentences("--extcap-config", "--extcap-interface", "lab") if pairs.get("call") == "--root"]
    equal((page["type"], page["mustexist"]), ("fileselect", "true"))


def test_config_speaks_both_languages():
    texts = {lang: {pairs["call"]: (pairs["display"], pairs["tooltip"]) for kind, pairs in
                    sentences("--extcap-config", "--extcap-interface", "lab", lang=lang) if kind == "arg"}
             for lang in LANGUAGES}
    for call, words in texts["zh"].items():
        check(all(re.search("[\u4e00-\u9fff]", w) for w in words), call, words)
        check(not any(re.search("[\u4e00-\u9fff]", w) for w in texts["en"][call]), texts["en"][call])


def test_reload_gives_the_values_again():
    everything = sentences("--extcap-config", "--extcap-interface", "lab")
    number = next(p["number"] for _, p in everything if p.get("call") == "--network")
    again = sentences("--extcap-config", "--extcap-interface", "lab", "--extcap-reload-option", "network")
    equal(again, [(k, p) for k, p in everything if k == "value" and p["arg"] == number])
    equal([p["value"] for _, p in again[:3]], ["auto", "own", "loopback"])


def test_filter_check():
    good = ask("--extcap-capture-filter", "tcp port 80", "--extcap-interface", "lab")
    equal((good.returncode, good.stdout, good.stderr), (0, "", ""))
    bad = ask("--extcap-capture-filter", "tcp prot 80", "--extcap-interface", "lab")
    equal(bad.returncode, 0)
    check("syntax error" in bad.stdout, bad.stdout)


def test_later_versions_may_pass_more():
    equal(ask("--extcap-interfaces", "--extcap-tomorrow", "x", "--also=y").returncode, 0)
    equal(ask("--extcap-cleanup-postkill").returncode, 0)


def test_help_and_version():
    check("labdump" in ask("--version").stdout)
    for lang in LANGUAGES.values():
        words = ask("--help", LANG=lang).stdout
        check("--client-linger" in words and "--extcap-interfaces" in words, words)


def test_language_follows_the_environment():
    for more, zh in (({"LANG": "zh_CN.UTF-8"}, True), ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, False),
                     ({"LC_MESSAGES": "zh_TW.UTF-8"}, True), ({"LC_ALL": "", "LANG": "en_US.UTF-8"}, False)):
        words = ask("--extcap-interfaces", **more).stdout
        equal("Lab 网页服务器" in words, zh, more)


def refused(*arguments, names, status=2, **more):
    """Must end with the status, on standard error alone, naming the value, in either language."""
    for lang in LANGUAGES.values():
        done = ask(*arguments, **dict({"LANG": lang}, **more))
        equal(done.returncode, status, done.stderr)
        equal(done.stdout, "")
        check(all(name in done.stderr for name in names), done.stderr)
        check("{" not in done.stderr, "a place was not filled in:", done.stderr)
        equal("：" in done.stderr, lang.startswith("zh"), done.stderr)


CAPTURE = ("--capture", "--extcap-interface", "lab", "--fifo", "/dev/null")


def test_wrong_values_are_named():
    refused(names=["--help"])
    refused("--extcap-config", "--extcap-interface", "eth9", names=["eth9", "lab"])
    refused("--extcap-config", names=["--extcap-interface"])
    refused("--capture", "--extcap-interface", "lab", names=["--fifo"])
    refused(*CAPTURE, "--port", "70000", names=["70000", "65535"])
    refused(*CAPTURE, "--port", "http", names=["http"])
    refused(*CAPTURE, "--port", names=["--port"])
    refused(*CAPTURE, "--client-linger", "soon", names=["soon", "3600"])
    refused(*CAPTURE, "--root", "/nowhere/at all", names=["/nowhere/at all"], status=1)
    refused(*CAPTURE, "--root", "/etc/passwd", names=["/etc/passwd"], status=1)
    refused(*CAPTURE, "--config", "/nowhere.conf", names=["/nowhere.conf"], status=1)
    refused(*CAPTURE, "--network", "nosuch0", names=["nosuch0", "loopback"], status=1)
    refused(*CAPTURE, "--server", "/etc/passwd", names=["/etc/passwd", "--server"], status=1)


def test_unknown_language_is_named():
    done = ask(*CAPTURE, "--language", "fr")
    equal(done.returncode, 2)
    check("fr" in done.stderr and "zh" in done.stderr, done.stderr)


def test_missing_server_says_where_it_looked():
    path = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    need(not shutil.which("labserver", path=path), "a labserver is installed here and would be found")
    with folder() as where:
        done = run([where + "/labdump", *CAPTURE, "--network", "own"], where, LAB_SERVER=None)
    equal(done.returncode, 1)
    check("/usr/local/bin/labserver" in done.stderr and "--server" in done.stderr, done.stderr)


if __name__ == "__main__":
    sys.exit(main({name: f for name, f in list(globals().items()) if name.startswith("test_")}))
