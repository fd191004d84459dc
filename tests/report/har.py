# SPDX-License-Identifier: GPL-2.0-or-later
"""What the HAR 1.2 specification (http://www.softwareishard.com/blog/har-12-spec/) demands of a log; check() lists what is wrong."""
import datetime

NUMBER, WHOLE, TEXT, LIST, OBJECT = (int, float), int, str, list, dict
# Objects by where they are: every required field with its type, then the optional ones.
REQUIRED = {
    "log": {"version": TEXT, "creator": OBJECT, "entries": LIST},
    "creator": {"name": TEXT, "version": TEXT},
    "page": {"startedDateTime": TEXT, "id": TEXT, "title": TEXT, "pageTimings": OBJECT},
    "pageTimings": {},
    "entry": {"startedDateTime": TEXT, "time": NUMBER, "request": OBJECT, "response": OBJECT, "cache": OBJECT, "timings": OBJECT},
    "request": {"method": TEXT, "url": TEXT, "httpVersion": TEXT, "cookies": LIST, "headers": LIST, "queryString": LIST, "headersSize": WHOLE,
                "bodySize": WHOLE},
    "response": {"status": WHOLE, "statusText": TEXT, "httpVersion": TEXT, "cookies": LIST, "headers": LIST, "content": OBJECT,
                 "redirectURL": TEXT, "headersSize": WHOLE, "bodySize": WHOLE},
    "pair": {"name": TEXT, "value": TEXT},
    "content": {"size": WHOLE, "mimeType": TEXT},
    "timings": {"send": NUMBER, "wait": NUMBER, "receive": NUMBER},
    "cache": {},
}
OPTIONAL = {
    "log": {"browser": OBJECT, "pages": LIST},
    "pageTimings": {"onContentLoad": NUMBER, "onLoad": NUMBER},
    "entry": {"pageref": TEXT, "serverIPAddress": TEXT, "connection": TEXT},
    "request": {"postData": OBJECT},
    "pair": {"path": TEXT, "domain": TEXT, "expires": TEXT, "httpOnly": bool, "secure": bool},
    "content": {"compression": WHOLE, "text": TEXT, "encoding": TEXT},
    "timings": {"blocked": NUMBER, "dns": NUMBER, "connect": NUMBER, "ssl": NUMBER},
    "cache": {"beforeRequest": OBJECT, "afterRequest": OBJECT},
}


def check_object(kind, found, where, wrong):
    allowed = {**REQUIRED[kind], **OPTIONAL.get(kind, {}), "comment": TEXT}
    wrong += [f"{where}: {name} is missing" for name in REQUIRED[kind] if name not in found]
    wrong += [f"{where}: {name} is no field of HAR" for name in found if name not in allowed]
    wrong += [f"{where}: {name} is {found[name]!r}" for name in found
              if name in allowed and (not isinstance(found[name], allowed[name]) or (isinstance(found[name], bool) and allowed[name] is not bool))]


def check_date(text, where, wrong):
    try:
        datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        wrong.append(f"{where}: {text!r} is no date of ISO 8601")


def check_times(entry, where, wrong):
    timings = entry["timings"]
    parts = [timings.get(part, -1) for part in ("blocked", "dns", "connect", "send", "wait", "receive")]
    wrong += [f"{where}: {part} is {time}" for part, time in timings.items() if part != "comment" and time < 0 and time != -1]
    wrong += [f"{where}: {part} may not be missing" for part in ("send", "wait", "receive") if timings[part] < 0]
    if abs(sum(max(part, 0) for part in parts) - entry["time"]) > 1e-5:
        wrong.append(f"{where}: the parts make {sum(max(part, 0) for part in parts)}, time is {entry['time']}")
    if timings.get("ssl", -1) > max(timings.get("connect", -1), 0):
        wrong.append(f"{where}: ssl is part of connect and longer")


def check_entry(entry, pages, where, wrong):
    check_object("entry", entry, where, wrong)
    for part in ("request", "response", "timings", "cache"):
        check_object(part, entry[part], f"{where}.{part}", wrong)
    check_object("content", entry["response"]["content"], f"{where}.response.content", wrong)
    for part, lists in (("request", ("cookies", "headers", "queryString")), ("response", ("cookies", "headers"))):
        for name in lists:
            for pair in entry[part][name]:
                check_object("pair", pair, f"{where}.{part}.{name}", wrong)
    check_date(entry["startedDateTime"], where, wrong)
    check_times(entry, where, wrong)
    if entry.get("pageref") and entry["pageref"] not in pages:
        wrong.append(f"{where}: there is no page {entry['pageref']}")


def check(har):
    wrong = []
    log = har["log"]
    check_object("log", log, "log", wrong)
    check_object("creator", log["creator"], "creator", wrong)
    if log["version"] != "1.2" or list(har) != ["log"]:
        wrong.append("no HAR 1.2")
    for page in log.get("pages", []):
        check_object("page", page, page["id"], wrong)
        check_object("pageTimings", page["pageTimings"], page["id"], wrong)
        check_date(page["startedDateTime"], page["id"], wrong)
    pages = [page["id"] for page in log.get("pages", [])]
    if len(set(pages)) != len(pages):
        wrong.append("two pages have one id")
    for number, entry in enumerate(log["entries"], 1):
        check_entry(entry, pages, f"entry {number}", wrong)
    return wrong
