# SPDX-License-Identifier: GPL-2.0-or-later
"""tshark and sharkd with the plugin of a build directory, for the tests of this folder."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TSHARK_LAB = HERE.parent / "tools" / "tshark-lab"
MULTI = ";"  # between the values of a field that repeats


def arguments(about, extra=()):
    """The command line: the build directory and further arguments; `extra`: (flag, keywords) of add_argument."""
    parser = argparse.ArgumentParser(description=about.split("\n")[0])
    parser.add_argument("--build", default=os.environ.get("LAB_BUILD"), help="build directory (default: $LAB_BUILD)")
    for flag, keywords in extra:
        parser.add_argument(flag, **keywords)
    options = parser.parse_args()
    if not options.build:
        parser.error("say where the build is: --build DIR or LAB_BUILD")
    os.environ["LAB_BUILD"] = options.build = os.path.abspath(options.build)
    return options


def work_directory():
    """A directory that the user nobody may use: tshark-lab becomes nobody when root runs it."""
    directory = tempfile.TemporaryDirectory(prefix="lab-captures-")
    os.chmod(directory.name, 0o1777)
    return directory


def program(*words, plugin=True, name="tshark", **more):
    """Runs tshark (or `name`); more: arguments of subprocess.run."""
    environment = dict(os.environ, TSHARK=name)
    if not plugin:
        environment["LAB_PLUGIN"] = "none"
    return subprocess.run([str(TSHARK_LAB), *map(str, words)], capture_output=True, env=environment, **more)


def tshark(*words, **more):
    return program("-n", *words, **more)


def complaints(run):
    """The warnings and errors of tshark on stderr, without the message that the capture file is cut short."""
    known = ("cut short in the middle of a packet", "captured packet", "appears to have been", "Running as user")
    return [line for line in run.stderr.decode(errors="replace").splitlines()
            if line.strip() and not any(k in line for k in known)]


def rows(path, fields, *words, passes=1):
    """One dictionary per frame, field -> list of values."""
    command = ["-r", path, "-T", "fields", "-E", f"aggregator={MULTI}", "-E", "occurrence=a"] + ["-2"] * (passes == 2)
    for field in fields:
        command += ["-e", field]
    run = tshark(*command, *words)
    if run.returncode:
        raise RuntimeError(f"tshark ended with {run.returncode}: {run.stderr.decode(errors='replace').strip()}")
    lines = run.stdout.decode(errors="replace").splitlines()
    truth = {"True": "1", "False": "0"}  # as 4.4 and later write them
    return [{f: [truth.get(v, v) for v in cell.split(MULTI) if v] for f, cell in zip(fields, line.split("\t"))}
            for line in lines if line.count("\t") == len(fields) - 1]


def report(path, *words):
    """The JSON report of a capture."""
    run = tshark("-r", path, "-q", "-z", "lab,report,json", *words)
    if run.returncode:
        raise RuntimeError(f"tshark ended with {run.returncode}: {run.stderr.decode(errors='replace').strip()}")
    return json.loads(run.stdout)


def rows_and_report(path, fields, passes):
    target = f"{path}.{passes}.json"
    got = rows(path, fields, "-z", f"lab,report,json,{target}", passes=passes)
    return got, json.loads(pathlib.Path(target).read_bytes())


def lab_fields():
    """Every field of the plugin, from tshark's own list."""
    listed = program("-G", "fields").stdout.decode(errors="replace").splitlines()
    names = [line.split("\t")[2] for line in listed if line.startswith("F\t")]
    return [n for n in names if n.startswith("lab.") and not n.startswith("lab.expert")]


def case_captures(build, work, with_pending):
    """The captures of tests/cases, one per case: (sentence, path). Cases marked pending are known to be told wrong."""
    casecap = os.path.join(build, "tests", "tools", "casecap")
    files = sorted((HERE.parent / "cases").rglob("*.case"))
    run = subprocess.run([casecap, "--out", work, *map(str, files)], capture_output=True, text=True, check=True)
    cases = [json.loads(line) for line in run.stdout.splitlines()]
    return [(c["name"], c["capture"], c["link"], set(c["tuples"])) for c in cases if with_pending or "pending" not in c]


def merged_cases(build, work, with_pending=True):
    """The cases in few captures: those of one link type that share no addresses and ports follow each other."""
    batches = []
    for name, path, link, tuples in case_captures(build, work, with_pending):
        home = next((b for b in batches if b[0] == link and not b[1] & tuples), None)
        if home is None:
            home = (link, set(), os.path.join(work, f"cases-{len(batches) + 1}.pcap"))
            batches.append(home)
        with open(home[2], "ab") as out:
            out.write(pathlib.Path(path).read_bytes()[24 if home[1] else 0:])
        home[1].update(tuples)
    return [(os.path.basename(path), path) for _, _, path in batches]


def in_turn(work, jobs):
    """work(job) for every job, two at a time, results in order."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        yield from zip(jobs, pool.map(work, jobs))


def finish(what, passed, failures):
    for failure in failures:
        print("FAIL", failure)
    print(f"{what}: {passed} passed, {len(failures)} failed")
    sys.exit(1 if failures or not passed else 0)
