#!/usr/bin/env python3
"""The border between the core and the server, and the order within each: a core header that quietly included
httpd.h would compile in every build that we make, and could be used nowhere else.

- Every header of include/expect/ compiles alone, with warnings as errors and without httpd's include path.
- Core headers include the standard library and each other; nothing else.
- The httpd side has rooms, one above the other; a header includes lower rooms or its own. Each lies in a room.
- base, and hold's scanner with it, compile alone where there is nothing of the rooms above.
- Headers of httpd and APR come in at one place, include/mod_expect/base/server.hpp.
- No header includes itself by a detour.
- The umbrella expect.hpp includes every core header and defines nothing.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, "tests")
from support.tap import report

INCLUDE = Path("include")
CORE = sorted(INCLUDE.glob("expect/*.hpp"))
GLUE = sorted(INCLUDE.glob("mod_expect/**/*.hpp"))
GLUE_FILE = Path("mod_expect.cpp")
ROOMS = ["base", "config", "hold", "judge", "record", "answer", "status"]  # from the ground up
SCANNER = "mod_expect/hold/scanner.hpp"
SERVER_HEADER = "mod_expect/base/server.hpp"
ALONE = "-x c++ -std=c++17 -fno-exceptions -fno-rtti -Wall -Wextra -Wpedantic -Werror -fsyntax-only"
STANDARD = re.compile(r"<[a-z_]+>")  # C++ headers have no ".h"


def includes(file):
    return re.findall(r'^\s*#\s*include\s+(<[^>]+>|"[^"]+")', file.read_text(), re.M)


def own(file):
    return [name.strip('"') for name in includes(file) if name.startswith('"')]


def compiles_alone(name, folder=INCLUDE, flags=()):
    """What a compiler says of the header `name` below `folder`, or None."""
    # By a one-line file, not by the header itself: compilers warn about a pragma or a guard in a main file.
    compiler = os.environ.get("CXX") or "g++"
    run = subprocess.run(
        [*shlex.split(compiler), *ALONE.split(), f"-I{folder}", *flags, "-"], input=f'#include "{name}"\n',
        stderr=subprocess.PIPE, text=True,
    )
    return run.stderr[-2000:] or "the compiler failed" if run.returncode else None


def room_of(name):
    """The room of mod_expect/room/file.hpp, or None."""
    parts = name.split("/")
    return parts[1] if len(parts) == 3 and parts[0] == "mod_expect" and parts[1] in ROOMS else None


def above(file):
    """What a file of the httpd side includes and may not, a line each. mod_expect.cpp is above all rooms."""
    room = ROOMS[-1] if file == GLUE_FILE else room_of(str(file.relative_to(INCLUDE)))
    if room is None:
        return f"lies in no room; there are: {', '.join(ROOMS)}"
    bad = []
    for each in own(file):
        if each.startswith("expect/"):
            continue
        other = room_of(each)
        if other is None:
            bad.append(f"includes {each}, which is in no room")
        elif ROOMS.index(other) > ROOMS.index(room):
            bad.append(f"includes {each}, from above {room}")
    return "\n".join(bad)


def server_flags():
    """Where httpd's and APR's headers are, and what the Makefile says of the version."""
    def ask(*command):
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()

    apxs = os.environ.get("APXS") or "apxs"
    apr, = ask(apxs, "-q", "APR_CONFIG")
    folders = [*ask(apxs, "-q", "includedir"), *ask(apr, "--includedir")]
    includes = [word for folder in folders for word in ("-isystem", folder)]
    return ["-DMOD_EXPECT_VERSION=0", *ask(apr, "--cppflags"), *includes]


def check_ground():
    """base and the scanner, where there is nothing else of the rooms."""
    flags = server_flags()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(INCLUDE / "expect", Path(folder, "expect"))
        shutil.copytree(INCLUDE / "mod_expect/base", Path(folder, "mod_expect/base"))
        names = [str(file.relative_to(INCLUDE)) for file in GLUE if room_of(str(file.relative_to(INCLUDE))) == "base"]
        if (INCLUDE / SCANNER).exists():
            Path(folder, SCANNER).parent.mkdir()
            shutil.copy(INCLUDE / SCANNER, Path(folder, SCANNER))
            names.append(SCANNER)
        for name in names:
            report(f"layers: {name} compiles without the rooms above", compiles_alone(name, folder, flags))


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
        report(f"layers: {header} compiles alone", compiles_alone(header.relative_to(INCLUDE)))
        report(f"layers: {header} includes only the standard library and the core", foreign_in_core(header))
    for file in [*GLUE, GLUE_FILE]:
        report(f"layers: {file} includes its own room and lower ones", above(file))
    check_ground()
    for file in [*GLUE, GLUE_FILE]:
        if str(file) != f"include/{SERVER_HEADER}":
            report(f"layers: {file} leaves httpd's headers to {SERVER_HEADER}", server_headers_in(file))
    report("layers: no header includes itself by a detour", detour(CORE + GLUE))
    report("layers: expect.hpp includes the whole core and defines nothing", umbrella())


main()
