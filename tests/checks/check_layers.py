#!/usr/bin/env python3
"""The border between the core and the server, and the order within each: a core header that quietly included
httpd.h would compile in every build that we make, and could be used nowhere else.

- Every header of include/expect/ compiles alone, with warnings as errors and without httpd's include path.
- Core headers include the standard library and each other; nothing else.
- Headers of httpd and APR come in at one place, include/mod_expect/base/server.hpp, before anything else of ours.
- No header includes itself by a detour.
- The umbrella expect.hpp includes every core header and defines nothing.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, "tests")
from support.tap import report

INCLUDE = Path("include")
CORE = sorted(INCLUDE.glob("expect/*.hpp"))
GLUE = sorted(INCLUDE.glob("mod_expect/*/*.hpp"))
SERVER_HEADER = "mod_expect/base/server.hpp"
ALONE = "-x c++ -std=c++17 -fno-exceptions -fno-rtti -Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only"
STANDARD = re.compile(r"<[a-z_]+>")  # C++ headers have no ".h"


def includes(file):
    return re.findall(r'^\s*#\s*include\s+(<[^>]+>|"[^"]+")', file.read_text(), re.M)


def own(file):
    return [name.strip('"') for name in includes(file) if name.startswith('"')]


def compiles_alone(header):
    # By a one-line file, not by the header itself: compilers warn about a pragma or a guard in a main file.
    compiler = os.environ.get("CXX") or "g++"
    line = f'#include "{header.relative_to(INCLUDE)}"\n'
    run = subprocess.run(
        [*shlex.split(compiler), *ALONE.split(), "-"], input=line, stderr=subprocess.PIPE, text=True
    )
    return run.stderr[-2000:] or "the compiler failed" if run.returncode else None


def foreign_in_core(header):
    bad = [name for name in includes(header) if not STANDARD.fullmatch(name) and not name.startswith('"expect/')]
    return f"includes {', '.join(bad)}" if bad else None


def server_headers_in(file):
    bad = [name for name in includes(file) if name.startswith("<") and not STANDARD.fullmatch(name)]
    return f"includes {', '.join(bad)}; that is {SERVER_HEADER}'s job" if bad else None


def detour(files):
    """A way from a header back to itself, or None."""
    graph = {str(file.relative_to(INCLUDE)): own(file) for file in files}
    done = set()

    def visit(name, way):
        if name in way:
            return " -> ".join([*way[way.index(name):], name])
        if name in done:
            return None
        found = next(filter(None, (visit(each, [*way, name]) for each in graph.get(name, []))), None)
        done.add(name)
        return found

    return next(filter(None, (visit(name, []) for name in graph)), None)


def umbrella():
    file = INCLUDE / "expect/expect.hpp"
    text = file.read_text()
    missing = {str(h.relative_to(INCLUDE)) for h in CORE} - set(own(file)) - {"expect/expect.hpp"}
    code = [line for line in text.splitlines() if line.strip() and not re.match(r"\s*(//|#)", line)]
    problems = [f"does not include {name}" for name in sorted(missing)] + [f"defines: {line}" for line in code]
    return "\n".join(problems)


def main():
    for header in CORE:
        report(f"layers: {header} compiles alone", compiles_alone(header))
        report(f"layers: {header} includes only the standard library and the core", foreign_in_core(header))
    for file in GLUE + [Path("mod_expect.cpp")]:
        if str(file) != f"include/{SERVER_HEADER}":
            report(f"layers: {file} leaves httpd's headers to {SERVER_HEADER}", server_headers_in(file))
    report("layers: no header includes itself by a detour", detour(CORE + GLUE))
    report("layers: expect.hpp includes the whole core and defines nothing", umbrella())


main()
