#!/usr/bin/env python3
"""Runs one suite of tests and counts its cases; adds the counts of several suites up.

    suite.py run NAME boost|tap COMMAND...   run, count, write RESULTS/NAME.json (always exits 0)
    suite.py sum NAME...                     end with "N passed, N failed"; exit 1 unless all passed

What failed is told once more by `sum`, with the first lines of why: whoever has only the end of the output needs it.

RESULTS is $SUITE_RESULTS (build/results). A suite is a Boost.Test program, or any command that prints TAP
lines: "ok - name", "not ok - name", "ok - name # SKIP why", and "# text" for what a reader should see.
A crash, a wrong exit status, a suite that ran nothing and one that left no result count as a failure. A suite may
skip all it has, for want of a browser, say; but a run in which nothing passed is never a success.
"""

import json
import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

RESULTS = Path(os.environ.get("SUITE_RESULTS", "build/results"))
LINES_OF_WHY, WIDTH_OF_WHY = 4, 400
TIME_LIMIT = int(os.environ.get("SUITE_TIME_LIMIT", "1800"))  # seconds; a hanging suite is a failed one
SKIPPED = re.compile(r"#\s*skip\b", re.I)


class Result:
    def __init__(self, name):
        # The text of a failure is the name of the case; what it says of the reason follows in lines below.
        self.name, self.passed, self.failures, self.skipped = name, 0, [], []

    def add_why(self, lines):
        """Adds lines to the last failure, the first few of them."""
        room = LINES_OF_WHY - self.failures[-1].count("\n")
        self.failures[-1] = "\n".join([self.failures[-1], *(line.strip()[:WIDTH_OF_WHY] for line in lines[: max(0, room)])])

    def write(self):
        RESULTS.mkdir(parents=True, exist_ok=True)
        (RESULTS / f"{self.name}.json").write_text(json.dumps(vars(self), indent=1))


def run_limited(command, on_line=None):
    """Runs a command in a process group of its own, so that a time limit ends what it started as well.
    Returns what went wrong with the program itself, or None."""
    pipe = subprocess.PIPE if on_line else None
    try:
        child = subprocess.Popen(command, stdout=pipe, start_new_session=True, text=True, errors="replace")
    except OSError as error:
        return f"cannot be started: {error}", None

    def give_up(*_):
        raise TimeoutError

    def pass_on(number, _):
        os.killpg(child.pid, number)
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, give_up)
    signal.signal(signal.SIGTERM, pass_on)
    signal.alarm(TIME_LIMIT)
    try:
        if on_line:
            for line in child.stdout:
                on_line(line.rstrip("\n"))
        status = child.wait()
    except TimeoutError:
        # A test that is told to end stops its servers, which are in sessions of their own.
        os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        return f"still running after {TIME_LIMIT} s, killed", None
    except KeyboardInterrupt:
        os.killpg(child.pid, signal.SIGTERM)
        child.wait()
        sys.exit(130)
    finally:
        signal.alarm(0)
    if status < 0:
        return f"killed by {signal.Signals(-status).name}", status
    return None, status


def run_tap(result, command):
    why_follows = False

    def on_line(line):
        nonlocal why_follows
        if why_follows and line.startswith("#"):
            result.add_why([line.lstrip("# ")])
        else:
            why_follows = line.startswith("not ok")
        if line.startswith("not ok"):
            result.failures.append(re.sub(r"^not ok[\s\d-]*", "", line))
        elif re.match(r"ok\b", line) and SKIPPED.search(line):
            result.skipped.append(re.sub(r"^ok[\s\d-]*", "", line))
        elif re.match(r"ok\b", line):
            result.passed += 1
            return  # what is well needs no line
        print(f"  {line}", flush=True)

    trouble, status = run_limited(command, on_line)
    if trouble or (status and not result.failures):
        result.failures.append(trouble or f"exit status {status} without a failed case")


def cases_of(element, path=""):
    """Every case of a report with its path, which is what --run_test takes to run it alone."""
    for child in element:
        # The outermost suite is the program.
        inner = f"{path}/{child.get('name')}" if path or element.tag == "TestSuite" else "."
        if child.tag == "TestCase":
            yield inner.removeprefix("./"), child
        else:
            yield from cases_of(child, inner)


def whys_of(log):
    """What the cases of a log said of their failures: {path: [line, ...]}. Nothing of a log that ends early."""
    try:
        root = xml.parse(log).getroot()
    except (OSError, xml.ParseError):
        return {}
    faults = ("Error", "FatalError", "Exception")
    return {
        path: [line for fault in case if fault.tag in faults for line in (fault.text or "").splitlines() if line.strip()]
        for path, case in cases_of(root)
    }


def run_boost(result, command):
    """Counts from Boost.Test's report, which is written when all has run; after a crash from its log,
    which is written case by case."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    report, log = RESULTS / f"{result.name}.report.xml", RESULTS / f"{result.name}.log.xml"
    for file in (report, log):
        file.unlink(missing_ok=True)
    trouble, status = run_limited(
        command
        + [f"--logger=HRF,error,stdout:XML,test_suite,{log}", "--report_format=XML", "--report_level=detailed"]
        + [f"--report_sink={report}", "--color_output=no", "--catch_system_errors=yes"]
    )
    try:
        cases = list(cases_of(xml.parse(report).getroot()))
    except (OSError, xml.ParseError):
        entered = re.findall(r'<TestCase name="([^"]*)"', log.read_text(errors="replace")) if log.exists() else []
        if report.exists() and "no test cases matching filter" in report.read_text(errors="replace"):
            result.failures.append(f"there is no such test: {' '.join(command[1:])}")
            return
        last = entered[-1] if entered else "an unknown case"
        result.passed = max(0, len(entered) - 1)
        result.failures.append(f"{trouble or f'ended with status {status}'} in {last}; the rest did not run")
        return
    whys = whys_of(log)
    for path, case in cases:
        if case.get("result") == "passed":
            result.passed += 1
        elif case.get("result") == "skipped" and case.get("assertions_failed") == "0":
            result.skipped.append(path)
        else:
            result.failures.append(path)
            result.add_why(whys.get(path, []))
    if trouble or (status and not result.failures):
        result.failures.append(trouble or f"exit status {status} although every case passed")


def run(name, kind, command):
    result = Result(name)
    (RESULTS / f"{name}.json").unlink(missing_ok=True)
    print(f"== {name}", flush=True)
    {"tap": run_tap, "boost": run_boost}[kind](result, command)
    if not (result.passed or result.failures or result.skipped):
        result.failures.append("nothing ran")
    result.write()


def add_up(names):
    passed = failed = 0
    print()
    for name in names:
        try:
            result = json.loads((RESULTS / f"{name}.json").read_text())
        except (OSError, ValueError):
            result = {"passed": 0, "failures": ["did not run (see above)"], "skipped": []}
        passed += result["passed"]
        failed += len(result["failures"])
        print(f"{name:12} {result['passed']:6} passed {len(result['failures']):4} failed")
        for text in result["failures"]:
            print("    failed: " + text.replace("\n", "\n        "))
        for text in result["skipped"]:
            print(f"    skipped: {text}")
    print(f"\n{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


def main():
    if len(sys.argv) > 4 and sys.argv[1] == "run" and sys.argv[3] in ("tap", "boost"):
        run(sys.argv[2], sys.argv[3], sys.argv[4:])
        return 0
    if len(sys.argv) > 2 and sys.argv[1] == "sum":
        return add_up(sys.argv[2:])
    print(__doc__, file=sys.stderr)
    return 2


sys.exit(main())
