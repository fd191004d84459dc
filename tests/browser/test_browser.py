#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A real browser loads the page from labserver while tcpdump captures. What the plugin's report says of the capture is compared with what
the server logged and what the browser saw.

It runs in a network of its own where that is possible, so that nothing else is in the capture. Exit code 77: no Chromium, or
no right to capture.
"""
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
# pylint: disable=wrong-import-position
import chromium
from live import arguments, own_network, report_of, skip, start_capture, start_labserver, stop

LIMIT = 60      # seconds for everything
KEEPALIVE = 2   # seconds that labserver promises
OBJECTS = {"/": "page", "/style.css": "style", "/logo.png": "image", "/tune.mp3": "audio", "/favicon.ico": "icon"}

# The outcome: the capture, the server's log lines and the browser's requests (dictionaries).
Seen = collections.namedtuple("Seen", "capture log requests")


def visit(browser, port):
    """Two visits, the audio played in between, then nothing until the server closes."""
    browser.load("Page.navigate", url=f"http://127.0.0.1:{port}/")
    browser.evaluate("new Promise((done, failed) => { const a = document.querySelector('audio'); a.onerror = failed;"
                     "a.ontimeupdate = () => { a.pause(); done(a.currentTime); }; a.play().catch(failed); })")
    time.sleep(0.5)
    browser.load("Page.reload")
    time.sleep(KEEPALIVE + 1.5)


def requests_of(events):
    """The browser's own record of its requests: URL, status and connection. Responses from its cache are left out."""
    urls, found = {}, []
    for event in events:
        method, p = event.get("method"), event.get("params", {})
        if method == "Network.requestWillBeSent":
            urls[p["requestId"]] = p["request"]["url"]
        elif method == "Network.responseReceived" and not p["response"].get("fromDiskCache") and p["response"].get("connectionId"):
            found.append({"id": p["requestId"], "url": p["response"]["url"], "status": p["response"]["status"],
                          "connection": p["response"]["connectionId"]})
    for event in events:  # the status on the wire: the other event has 200 for a 304
        if event.get("method") == "Network.responseReceivedExtraInfo":
            for request in found:
                if request["id"] == event["params"]["requestId"]:
                    request["status"] = event["params"]["statusCode"]
    return found


def play(options, work):
    """In the network of its own: leaves the capture, the log and the browser's requests in `work`."""
    log, path = os.path.join(work, "access.log"), os.path.join(work, "browser.pcap")
    server, port = start_labserver(options.build, "--keepalive-timeout", str(KEEPALIVE), "--access-log", log)
    try:
        capture = start_capture(f"tcp port {port}", path)
        browser = chromium.Browser(chromium.find(), os.path.join(work, "profile"), time.monotonic() + LIMIT)
        try:
            visit(browser, port)
        finally:
            browser.close()
        time.sleep(0.5)
        stop(capture, signal.SIGINT)
    finally:
        stop(server)
    with open(os.path.join(work, "requests.json"), "w", encoding="utf-8") as file:
        json.dump(requests_of(browser.events), file)


def look(options, work):
    """Plays in a process of its own, and returns the outcome."""
    run = subprocess.run([*own_network(), sys.executable, __file__, "--build", options.build, "--play", work], check=False, timeout=LIMIT)
    if run.returncode:
        sys.exit(run.returncode)
    with open(os.path.join(work, "requests.json"), encoding="utf-8") as requests, \
         open(os.path.join(work, "access.log"), encoding="utf-8") as log:
        return Seen(os.path.join(work, "browser.pcap"), log.read().splitlines(), json.load(requests))


# ---- checks: each returns the differences ----

def logged(seen):
    """(method, target, status) of every line of the combined log."""
    return [tuple(re.search(r'"(\S+) (\S+) [^"]*" (\d+)', line).groups()) for line in seen.log]


def every_logged_request_is_an_exchange(seen, report):
    wanted = collections.Counter(logged(seen))
    got = collections.Counter((x["method"], x["target"], str(x["status"])) for x in report["exchanges"])
    yield from (f"the server logged {key} {count} times more than the report has it" for key, count in (wanted - got).items())
    yield from (f"the report has {key} {count} times more than the server logged it" for key, count in (got - wanted).items())


def the_browser_saw_the_same_statuses(seen, report):
    wanted = collections.Counter((re.sub(r"^http://[^/]*", "", r["url"]), r["status"]) for r in seen.requests)
    got = collections.Counter((x["target"], x["status"]) for x in report["exchanges"])
    if not wanted:
        yield "the browser told of no request"
    yield from (f"the browser saw {key}, the report does not" for key in wanted - got)


def requests_share_connections_as_in_the_browser(seen, report):
    """Requests on one connection of the browser are on one connection in the report."""
    ours = collections.defaultdict(list)
    for x in report["exchanges"]:
        ours[x["target"], x["status"]].append(x["stream"])
    pairs = {}
    for r in seen.requests:
        streams = ours[re.sub(r"^http://[^/]*", "", r["url"]), r["status"]]
        if len(set(streams)) == 1 and pairs.setdefault(r["connection"], streams[0]) != streams[0]:
            yield f"the browser's connection {r['connection']} is both {pairs[r['connection']]} and {streams[0]} in the report"


def two_page_loads_with_their_objects(_seen, report):
    pages = report["pages"]
    if len(pages) != 2:
        yield f"{len(pages)} page loads instead of 2: {[p['url'] for p in pages]}"
        return
    exchanges = {x["number"]: x for x in report["exchanges"]}
    targets = [[exchanges[n]["target"] for n in p["exchanges"]] for p in pages]
    for target in ("/", "/style.css", "/logo.png", "/tune.mp3"):
        if target not in targets[0]:
            yield f"{target} is not in the first page load, which has {targets[0]}"
    if "/" not in targets[1]:
        yield f"the second page load does not begin with the page: {targets[1]}"
    alone = [x["target"] for x in report["exchanges"] if not x["page"]]
    if alone:
        yield f"in no page load: {alone}"


def objects_are_named_by_their_kind(_seen, report):
    for x in report["exchanges"]:
        wanted = "not-modified" if x["status"] == 304 else OBJECTS.get(x["target"])
        if wanted and x["object"] != wanted:
            yield f"{x['target']} with {x['status']} is {x['object']}, not {wanted}"


def the_icon_was_fetched_for_the_page(seen, report):
    asked = [key for key in logged(seen) if key[1] == "/favicon.ico"]
    icons = [x for x in report["exchanges"] if x["target"] == "/favicon.ico"]
    if asked and not any(x["page"] == 1 for x in icons):
        yield f"the icon was fetched and is not in the first page load: {icons}"


def audio_came_in_ranges(_seen, report):
    if not any(x["object"] == "audio" and x["status"] == 206 for x in report["exchanges"]):
        yield "no audio with 206"


def the_second_visit_found_nothing_changed(_seen, report):
    later = report["pages"][-1]["exchanges"]
    unchanged = {x["target"]: x["number"] in later for x in report["exchanges"] if x["status"] == 304}
    unchanged.pop("/favicon.ico", None)  # Chromium asks for it more than once
    if "/" not in unchanged or not all(unchanged.values()):
        yield f"not changed, and whether that was in the second visit: {unchanged}"


def bodies_have_the_length_of_the_files(seen, report):
    for x in report["exchanges"]:
        size = next((int(m.group(1)) for line in seen.log
                     if (m := re.search(rf'"{x["method"]} {re.escape(x["target"])} [^"]*" {x["status"]} (\d+)', line))), None)
        same = [line for line in seen.log if f' {x["target"]} ' in line]
        if size is not None and len(same) == 1 and size != x["body_bytes"]:
            yield f"{x['target']}: the server sent {size} bytes, the report says {x['body_bytes']}"


def idle_connections_were_closed_by_the_server(_seen, report):
    for c in report["connections"]:
        tokens = [k["token"] for k in c["keepalive"]]
        used = [x for x in report["exchanges"] if x["stream"] == c["stream"]]
        if used and c["close"]["first"] == "server" and (c["close"]["reason"] != "idle-timeout" or "timeout-kept" not in tokens):
            yield f"connection {c['stream']} closed by the server for {c['close']['reason']}, {tokens}"
        if not used and c["close"]["kind"] not in ("open", "rst") and "unused" not in tokens:
            yield f"connection {c['stream']} carried nothing and is not called unused: {tokens}"
    if not any(c["close"]["reason"] == "idle-timeout" for c in report["connections"]):
        yield "no connection was closed because it was idle"


def nothing_was_lost_or_broken(_seen, report):
    for x in report["exchanges"]:
        if x["status"] is None or x["timing"]["receive"] is None and x["target"] != "/tune.mp3":
            yield f"exchange {x['number']} {x['target']} is not complete"
    if report["capture"]["quality"] and set(report["capture"]["quality"]) - {"large-segments", "no-tcp", "time-backwards"}:
        yield f"quality of the capture: {report['capture']['quality']}"


CHECKS = (every_logged_request_is_an_exchange, the_browser_saw_the_same_statuses, requests_share_connections_as_in_the_browser,
          two_page_loads_with_their_objects, objects_are_named_by_their_kind, the_icon_was_fetched_for_the_page, audio_came_in_ranges,
          the_second_visit_found_nothing_changed, bodies_have_the_length_of_the_files, idle_connections_were_closed_by_the_server,
          nothing_was_lost_or_broken)


def judge(seen, report):
    failed = 0
    for check in CHECKS:
        problems = list(check(seen, report))
        failed += bool(problems)
        for problem in problems:
            print(f"FAIL {check.__name__}: {problem}")
    print(f"{len(report['exchanges'])} exchanges on {len(report['connections'])} connections in {len(report['pages'])} page loads")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


def main():
    options = arguments(__doc__, "leave capture, log and report there")
    if options.play:
        play(options, options.play)
        return 0
    if not chromium.find():
        skip("no Chromium: install chromium, or name it with LAB_CHROMIUM")
    with tempfile.TemporaryDirectory(prefix="lab-browser-", ignore_cleanup_errors=True) as work:
        seen = look(options, work)
        report = report_of(options.build, seen.capture, work)
        result = judge(seen, report)
        if options.keep:
            os.makedirs(options.keep, exist_ok=True)
            for path in (seen.capture, os.path.join(work, "access.log"), os.path.join(work, "report", "report.json")):
                shutil.copy(path, options.keep)
    return result


if __name__ == "__main__":
    sys.exit(main())
