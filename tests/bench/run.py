#!/usr/bin/env python3
"""Runs the parts of the benchmark that are named, or all, and prints the report. What a part measured is kept, so
that a part run alone renews its own tables and leaves the others as they were.
Usage: run.py [PART ...]
"""

import json
import sys
import time

import core_table
import curves
import instructions
import profile_cost
import report
import startup
import throughput
import uploads
from private_httpd import WORK

PARTS = {"instructions": instructions, "curves": curves, "throughput": throughput, "uploads": uploads,
         "startup": startup, "core": core_table}
# Printed only: for who works on the module.
TOOLS = {"profile": profile_cost}


def say(text):
    print(f"  BENCH    {text}", file=sys.stderr, flush=True)


def measure(name):
    begin = time.monotonic()
    result = PARTS[name].run(say)
    result["date"] = time.strftime("%Y-%m-%d", time.gmtime())
    result["seconds"] = round(time.monotonic() - begin)
    (WORK / f"{name}.json").write_text(json.dumps(result, indent=1))


def main(names):
    unknown = [name for name in names if name not in PARTS and name not in TOOLS]
    if unknown:
        sys.exit(f"no such part: {' '.join(unknown)}; there are: {' '.join([*PARTS, *TOOLS])}")
    WORK.mkdir(parents=True, exist_ok=True)
    for name in names or PARTS:
        if name in TOOLS:
            TOOLS[name].run(say)
        else:
            measure(name)
    if set(names) <= set(TOOLS) and names:
        return
    results = {}
    for name in PARTS:
        file = WORK / f"{name}.json"
        if file.exists():
            results[name] = json.loads(file.read_text())
    report.write(results, only=[name for name in names if name in PARTS])


main(sys.argv[1:])
