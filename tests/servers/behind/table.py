#!/usr/bin/env python3
"""Prints in Markdown what becomes of the early answers of backends and what backends see of the field, and writes both
into RESULTS.md. `make backends-table`.

    table.py [--print]    without writing
"""

import platform
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent)]
from behind import early, fields
from behind.backends import BACKENDS, Scripted
from behind.fronts import FRONTS, MISSING
from support.machine import WORK, httpd_patch

RESULTS = HERE.parent / "RESULTS.md"
BEGIN, END = "<!-- behind: written by `make backends-table` -->", "<!-- end of behind -->"
EARLY = """
"0 B", "a part", "all": what of the content reached the backend. "100": the client was asked for it. "reused": the next
request came over the same connection, to a backend that has not read the content of the one before. "no close announced":
the client has content left to send, and was not told that the connection ends. "-": has no such thing.
"""


def fronts():
    return {name: start for name, start in FRONTS.items() if not MISSING.get(name)}


def line(*cells):
    return "| " + " | ".join(cells) + " |"


def head(*titles):
    return [line(*titles), "|---" * len(titles) + "|"]


def scripted_cell(name, start, row):
    place = "early-" + name.replace(" ", "-")
    if row.variant != "plain" and not name.startswith("httpd"):
        return "-"
    with Scripted(row.answer) as backend:
        seen = early.record(lambda port: start(place, port, row.variant), backend.port, row.upload)
    return early.cell(seen, row.upload)


def early_table():
    yield from head("early answer, the backend keeps its connection", *fronts())
    for row in early.ROWS:
        yield line(row.title, *(scripted_cell(name, start, row) for name, start in fronts().items()))


def backends_table():
    yield from head("real backend, refuses with 403", *fronts())
    for name, backend in BACKENDS.items():
        if backend.missing:
            continue
        upload = early.Upload()
        with backend.start("real-" + name.replace(" ", "-").replace("/", "-")) as started:
            found = [
                early.record(lambda port, start=start: start("early-real", port, "plain"), started.port, upload)
                for start in fronts().values()
            ]
        yield line(f"{name} {backend.version_number()}", *(early.cell(seen, upload) for seen in found))


def fields_table():
    found = fields.cells()
    yield from head("protocol", *(row[0] for row in fields.ROWS))
    for protocol in fields.PROTOCOLS:
        yield line(protocol, *(found[row[0], protocol] for row in fields.ROWS))


def report():
    yield "## Early answers of backends, and what backends see of the field"
    yield ""
    yield f"httpd 2.4.{httpd_patch()}, {platform.machine()}; written by `make backends-table` on {time.strftime('%Y-%m-%d')}."
    yield EARLY
    yield from early_table()
    yield ""
    yield from backends_table()
    yield ""
    yield 'What a backend sees of the field, and who sent the client its 100. "HTTP/1.1, both": `ping=5` and `Proxy100Continue Off`.'
    yield ""
    yield from fields_table()


def write(text):
    """Puts it into RESULTS.md, in place of what it wrote before."""
    before = RESULTS.read_text()
    if BEGIN not in before:
        before = f"{before.rstrip()}\n\n{BEGIN}\n{END}\n"
    start, rest = before.split(BEGIN)
    RESULTS.write_text(f"{start}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}")


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    lines = []
    for each in report():
        print(each, flush=True)
        lines.append(each)
    for why in filter(None, (*MISSING.values(), *(backend.missing for backend in BACKENDS.values()))):
        print(why, file=sys.stderr)
    if "--print" not in sys.argv[1:]:
        write("\n".join(lines))


if __name__ == "__main__":
    main()
