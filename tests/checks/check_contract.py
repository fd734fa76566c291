#!/usr/bin/env python3
"""tests/CONTRACT.md names a test for each promise; a test that was renamed or deleted would leave a promise unproven, and nobody
would notice. Each name in it is a suite, a suite and a case, or a file."""

import re
import sys
from pathlib import Path

sys.path.insert(0, "tests")
from support.tap import report

CONTRACT = Path("tests/CONTRACT.md")


def cases_by_suite():
    """The names of the cases of each Boost.Test suite; a suite has the name of its file."""
    found = {}
    for file in [*Path("tests/unit").rglob("*_tests.cpp"), *Path("tests/e2e").rglob("*_tests.cpp")]:
        found[file.stem] = set(re.findall(r"BOOST_\w*TEST_CASE\w*\(\s*(\w+)", file.read_text()))
    return found


def missing(name, suites):
    if name.startswith("tests/"):
        return not Path(name).is_file()
    suite, _, case = name.partition("/")
    return suite not in suites or (case != "" and case not in suites[suite])


def main():
    suites = cases_by_suite()
    rows = [line.split("|") for line in CONTRACT.read_text().splitlines() if line.startswith("|")]
    promises = [(row[1].strip(), re.findall(r"`([^`]+)`", row[2])) for row in rows if row[2].strip() not in ("Test", "---")]
    trouble = [f"{promise}: no test is named" for promise, names in promises if not names]
    trouble += [f"{promise}: there is no {name}" for promise, names in promises for name in names if missing(name, suites)]
    report("contract: each promise names tests that are there", "\n".join(trouble))


main()
