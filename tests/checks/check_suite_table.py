#!/usr/bin/env python3
"""tests/README.md names every suite once and every folder of tests/, and says of each suite what its file says in the
first sentence of its opening comment. A unit suite without one holds what the header of its name promises.

    check_suite_table.py --write      writes the table (`make suite-table`)
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, "tests")
from support.tap import report

README = Path("tests/README.md")
TABLE = re.compile(r"(<!-- suites: written by `make suite-table` -->\n).*?(<!-- end of the suites -->)", re.S)


def sentence(file):
    """The first sentence of a file's opening comment, or None."""
    lines = []
    for line in file.read_text().splitlines():
        if not line.startswith("//"):
            break
        lines.append(line.lstrip("/ "))
    return re.split(r"\.\s", " ".join(lines) + " ")[0].strip() or None


def header(name):
    """The header that a unit suite is named after, or None."""
    found = sorted(Path("include").rglob(f"{name}.hpp"))
    return f"`{found[0].relative_to('include')}`" if found else None


def suites():
    """What each suite holds, by its path without .cpp."""
    files = sorted(Path("tests/unit").rglob("*_tests.cpp")) + sorted(Path("tests/e2e").rglob("*_tests.cpp"))
    return {
        str(file.relative_to("tests").with_suffix("")):
            sentence(file) or ("unit" in file.parts and header(file.stem[: -len("_tests")])) or None
        for file in files
    }


def table(found):
    rows = [f"| `{path}` | {(holds or '').replace('|', chr(92) + '|')} |" for path, holds in found.items()]
    return "\n".join(["| Suite | Holds |", "|---|---|", *rows, ""])


def main():
    found, text = suites(), README.read_text()
    written = TABLE.sub(lambda match: match.group(1) + table(found) + match.group(2), text)
    if sys.argv[1:] == ["--write"]:
        README.write_text(written)
        return
    silent = [path for path, holds in found.items() if not holds]
    report("suite table: each suite says what it holds, in a comment at its top or by the header of its name",
           "\n".join(f"tests/{path}.cpp says nothing" for path in silent))
    named = set(re.findall(r"^\| `((?:unit|e2e)/\w[\w/]*_tests)` \|", text, re.M))
    trouble = [f"{path} is not in the table" for path in sorted(set(found) - named)]
    trouble += [f"{path} is in the table and nowhere else" for path in sorted(named - set(found))]
    if not TABLE.search(text):
        trouble.append("the lines that begin and end the table are gone")
    elif not trouble and written != text:
        trouble.append("a suite's file has another first sentence")
    trouble += ["`make suite-table` writes it"] if trouble else []
    report("suite table: tests/README.md has every suite", "\n".join(trouble))
    folders = sorted(each.name for each in Path("tests").iterdir() if each.is_dir() and each.name[0] not in "_.")
    report("suite table: tests/README.md has every folder",
           "\n".join(f"{name}/ is not in it" for name in folders if f"`{name}/`" not in text))


main()
