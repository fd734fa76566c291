#!/usr/bin/env python3
"""Runs the parts of the benchmark that are named, or all, and prints the report. What a part measured is kept, so
that a part run alone renews its own tables and leaves the others as they were.
Usage: run.py [PART ...]      `report` writes the report anew from what was kept
"""

import fcntl
import json
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True  # the sources' folders stay as they are
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import behind_tls
import core_table
import curves
import flood
import in_vain
import in_sections
import instructions
import profile_cost
import report
import startup
import throughput
import uploads
from measured_httpd import keep_module
from support.machine import WORK

PARTS = {"instructions": instructions, "tls": behind_tls, "sections": in_sections, "curves": curves,
         "throughput": throughput, "uploads": uploads, "flood": flood, "vain": in_vain,
         "startup": startup, "core": core_table, "profile": profile_cost}


def say(text):
    print(f"  BENCH    {text}", file=sys.stderr, flush=True)


def measure(name, run):
    begin = time.monotonic()
    result = PARTS[name].run(say)
    result["date"] = time.strftime("%Y-%m-%d", time.gmtime())
    result["run"] = run
    result["seconds"] = round(time.monotonic() - begin)
    (WORK / f"{name}.json").write_text(json.dumps(result, indent=1))


def main(names):
    known = [*PARTS, "report"]
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"no such part: {' '.join(unknown)}; there are: {' '.join(known)}")
    WORK.mkdir(parents=True, exist_ok=True)
    # One run at a time: the servers' directories are the same.
    with open(WORK / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"a benchmark is running in {WORK}; WORK_DIR=build/other names another directory")
        work(names)


def work(names):
    keep_module()
    run = time.time()
    for name in names or PARTS:
        if name in PARTS:
            measure(name, run)
    show(names)


def show(names):
    results = {}
    for name in PARTS:
        file = WORK / f"{name}.json"
        if file.exists():
            results[name] = json.loads(file.read_text())
    missing = [name for name in PARTS if name not in results]
    if "report" in names and missing:
        sys.exit(f"not measured yet: {' '.join(missing)}")
    report.write(results, only=[] if "report" in names else [name for name in names if name in PARTS],
                 one_run=len({result.get("run") for result in results.values()}) == 1)


main(sys.argv[1:])
