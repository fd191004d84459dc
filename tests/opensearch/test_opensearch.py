#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/opensearch.md: the template has every field of Lab with a type that fits, and the page's own commands bring documents that a server
takes. The server is a stand-in: it checks what a real one refuses (the form of a bulk request, values that do not fit their type).

Exit code 77: curl, jq or split's --filter are missing.
"""
import argparse
import http.server
import ipaddress
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "scripts"))
import labtables  # noqa: E402

TOOLS = HERE.parent / "tools"
DOCS = HERE.parent.parent / "docs"
SKIP = 77
CASES = ["http", "dns", "reset", "pages"]  # folders of tests/cases whose captures are imported

# A field's type in fields.def and in the template. Texts that people read are searched by word, tokens as a whole.
TYPES = {"TOKEN": "keyword", "SENTENCE": "text", "U8": "short", "U16": "integer", "U32": "long", "FRAME": "long",
         "TIME": "double", "YES_NO": "boolean"}


def whole(bits):
    def fits(value):
        return isinstance(value, (int, str)) and not isinstance(value, bool) and re.fullmatch(r"-?\d+", str(value)) \
            and abs(int(value)) < 2 ** (bits - 1)
    return fits


def number(value):
    try:
        return not isinstance(value, bool) and float(value) == float(value)
    except (TypeError, ValueError):
        return False


def address(value):
    try:
        return bool(ipaddress.ip_address(value))
    except ValueError:
        return False


# What a server takes for a type: numbers in texts are coerced, booleans are true and false.
FITS = {"short": whole(16), "integer": whole(32), "long": whole(64), "double": number, "date": whole(64), "ip": address,
        "boolean": lambda v: isinstance(v, bool) or v in ("true", "false"),
        "keyword": lambda v: isinstance(v, (str, int, float)), "text": lambda v: isinstance(v, (str, int, float))}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=os.environ.get("LAB_BUILD"), help="build directory (default: $LAB_BUILD)")
    options = parser.parse_args()
    if not options.build:
        parser.error("say where the build is: --build DIR or LAB_BUILD")
    options.build = os.path.abspath(options.build)
    return options


class Server:
    """The stand-in. It keeps the template, the documents by index, and what it refused."""

    def __init__(self):
        self.template, self.documents, self.refused, self.requests = None, {}, [], 0
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self):
                server.template = json.loads(self.body())
                self.answer({"acknowledged": True})

            def do_POST(self):
                server.requests += 1
                if self.path != "/_bulk" or self.headers["Content-Type"] != "application/x-ndjson":
                    server.refused.append(f"POST {self.path} with {self.headers['Content-Type']}")
                server.bulk(self.body().decode())
                self.answer({"errors": bool(server.refused)})

            def body(self):
                return self.rfile.read(int(self.headers["Content-Length"]))

            def answer(self, value):
                text = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def bulk(self, text):
        lines = text.splitlines()
        if not text.endswith("\n") or len(lines) % 2:
            self.refused.append("a bulk request is pairs of lines, and the last one ends too")
        for action, document in zip(lines[::2], lines[1::2]):
            index = json.loads(action).get("index", {})
            if set(index) != {"_index"}:
                self.refused.append(f"action {action[:80]}")
            document = json.loads(document)
            self.documents.setdefault(index.get("_index"), []).append(document)
            if index.get("_index", "").startswith("lab-"):
                mapping = (self.template or {}).get("template", {}).get("mappings", {"properties": {}})
                self.refused += [f"{path} = {value!r:.60}" for path, value in misfits(document, mapping["properties"])]


def misfits(document, properties, path=""):
    """Values that a mapping refuses. What it does not name is not looked at (dynamic: false)."""
    for name, mapping in properties.items():
        value = document.get(name)
        if value is None:
            continue
        if "properties" in mapping:
            inner = [value] if isinstance(value, dict) else value if isinstance(value, list) else None
            if inner is None:
                yield path + name, value
            for one in inner or []:
                yield from misfits(one, mapping["properties"], path + name + ".")
            continue
        for one in value if isinstance(value, list) else [value]:
            if not FITS[mapping["type"]](one):
                yield path + name, one


def tshark_lab(options, *words):
    return subprocess.run([str(TOOLS / "tshark-lab"), *words], capture_output=True, text=True, check=True,
                          env=dict(os.environ, LAB_BUILD=options.build)).stdout


def jq(fields):
    return subprocess.run(["jq", "-n", "-R", "-f", str(DOCS / "opensearch-template.jq")], input=fields, capture_output=True, text=True, check=False)


def template(options):
    run = jq(tshark_lab(options, "-G", "fields"))
    if run.returncode:
        sys.exit(f"docs/opensearch-template.jq: {run.stderr.strip()}")
    return json.loads(run.stdout)


# ---- what must hold; each yields what is wrong ----

def every_field_is_in_the_template(options):
    mapped = template(options)["template"]["mappings"]["properties"]["layers"]["properties"]["lab"]["properties"]
    fields = {"lab_" + field.name.replace(".", "_"): field.type for field in labtables.Sources().fields()}
    for name in sorted(fields.keys() | mapped.keys()):
        wanted, got = TYPES.get(fields.get(name), "no field"), mapped.get(name, {}).get("type", "not in the template")
        if got != wanted:
            yield f"{name}: {fields.get(name, 'not there')} in fields.def, so {wanted} in the template; but that has {got} (docs/opensearch-template.jq)"


def a_tshark_without_lab_is_named(_options):
    run = jq("F\tSource Port\ttcp.srcport\tFT_UINT16\ttcp\tBASE_PT_TCP\t0x0\t\n")
    if run.returncode == 0 or "no field of Lab" not in run.stderr:
        yield f"without the plugin jq ended with {run.returncode}: {run.stderr[:200]}"


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.S)


def both_pages_say_the_same(options):
    for language in ("sh", "json"):
        if blocks("opensearch.md", language) != blocks("opensearch.zh-CN.md", language):
            yield f"the {language} blocks of the two pages differ"
    mappings = template(options)["template"]["mappings"]
    for text in blocks("opensearch.md", "json"):
        fields = re.findall(r"layers\.([a-z0-9_.]+)", json.dumps(json.loads(text)))
        for field in fields:
            place = mappings
            for part in ["layers", *field.split(".")]:
                place = place.get("properties", {}).get(part, {})
            if "type" not in place:
                yield f"the query asks for layers.{field}, which the template does not have"


def captures(options, work):
    """One capture of each folder, cases one after the other; returns how many frames have a TCP segment."""
    made = os.path.join(work, "cases")
    os.mkdir(made)
    for name in CASES:
        files = subprocess.run([os.path.join(options.build, "tests", "tools", "casecap"), "--out", made,
                                *map(str, sorted((HERE.parent / "cases" / name).glob("*.case")))], capture_output=True, text=True, check=True).stdout
        paths = [json.loads(line)["capture"] for line in files.splitlines()]
        with open(os.path.join(work, f"student-{name}.pcapng"), "wb") as out:  # Wireshark goes by the content
            for i, path in enumerate(paths):
                out.write(pathlib.Path(path).read_bytes()[24 if i else 0:])


def run_page(options, work, server):
    """The page's commands as they stand, with this build's tshark and the stand-in's address."""
    programs = os.path.join(work, "bin")
    os.mkdir(programs)
    tshark = pathlib.Path(programs, "tshark")
    tshark.write_text(f'#!/bin/sh\nTSHARK={shutil.which("tshark")} LAB_BUILD={options.build} exec {TOOLS}/tshark-lab "$@"\n', encoding="utf-8")
    tshark.chmod(0o755)
    script = "".join(blocks("opensearch.md", "sh")).replace("http://localhost:9200", server.url)
    run = subprocess.run(["sh", "-e", "-c", script], cwd=work, capture_output=True, text=True, check=False, timeout=80,
                         env=dict(os.environ, PATH=programs + ":" + os.environ["PATH"], no_proxy="*"))
    if run.returncode or run.stderr:
        yield f"the commands ended with {run.returncode}: {run.stderr[:400]}"


def the_server_takes_everything(options):
    with tempfile.TemporaryDirectory(prefix="lab-opensearch-") as work:
        os.chmod(work, 0o777)
        captures(options, work)
        shutil.copy(DOCS / "opensearch-template.jq", work)
        server = Server()
        yield from run_page(options, work, server)
        yield from (f"refused: {what}" for what in server.refused[:8])
        yield from documents_are_complete(options, work, server)


def documents_are_complete(options, work, server):
    frames, exchanges = server.documents.get("lab-class1", []), server.documents.get("exchanges-class1", [])
    for name in CASES:
        path = os.path.join(work, f"student-{name}.pcapng")
        wanted = tshark_lab(options, "-n", "-2", "-r", path, "-Y", "lab", "-T", "fields", "-e", "frame.number").split()
        got = [d["layers"]["frame"]["frame_frame_number"] for d in frames if d["capture"] == f"student-{name}"]
        if got != wanted:
            yield f"{name}: {len(got)} documents of {len(wanted)} frames"
        if not any(x["capture"] == f"student-{name}" for x in exchanges):
            yield f"{name}: no exchange"
    for key, kind in (("number", int), ("stream", int), ("status", int), ("target", str)):
        wrong = [x[key] for x in exchanges if x[key] is not None and not isinstance(x[key], kind)]
        yield from (f"exchange with {key} {value!r}" for value in wrong[:3])
    yield from (f"payload in a document of {d['capture']}" for d in frames[:2000] if "tcp_tcp_payload" in d["layers"].get("tcp", {}))


CHECKS = (every_field_is_in_the_template, a_tshark_without_lab_is_named, both_pages_say_the_same, the_server_takes_everything)


def main():
    options = arguments()
    for program in ("curl", "jq", "split"):
        if not shutil.which(program):
            print(f"skipped: no {program}: install it")
            return SKIP
    if subprocess.run(["split", "--filter=cat"], input=b"", capture_output=True, check=False).returncode:
        print("skipped: this split has no --filter: install GNU coreutils")
        return SKIP
    failed = 0
    for check in CHECKS:
        problems = list(check(options))
        failed += bool(problems)
        for problem in problems:
            print(f"FAIL {check.__name__}: {problem}")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
