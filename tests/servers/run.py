#!/usr/bin/env python3
"""Other servers in front of httpd with mod_expect, nginx with the files of conf/nginx/, and backends. Prints TAP.

What must hold in front of any version: one final answer, the policy's or a 417 by the server itself, and no accepted
upload that is not whole. What a server makes of it beyond that is recorded in RESULTS.md, and compared where the
version is the recorded one.

    run.py [WORD]     only the cases whose name contains WORD
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import nginx_tests
from behind import checks
from probe import CONTENT
from record import CURL, cell, curl_cell, record_servers, whole
from servers import CASES, HERE, SERVERS
from support.tap import report, skip


def recorded():
    """Version and cells by server, from the table in RESULTS.md."""
    rows = {}
    for line in (HERE / "RESULTS.md").read_text().splitlines():
        if line.startswith("| ") and line.endswith(" |"):
            name, *cells = line[2:-2].split(" | ")
            name, _, version = name.removesuffix(")").rpartition(" (")
            rows[name] = (version, cells)
    return rows


def troubles(case, record):
    seen = record.seen
    if seen.status != case.status and not (seen.status == 417 and not record.reached):
        yield f"status {seen.status}, where the policy says {case.status}"
    if seen.again:
        yield "an answer after the final one"
    if case.uploads and seen.status == 200 and not whole(seen):
        yield f"{seen.content.strip()} bytes arrived of {len(CONTENT)}"
    if seen.interim.count(100) > 1:
        yield f"{len(seen.interim)} times 100"
    if record.continues > 1:
        yield f"httpd sent 100 {record.continues} times"


def compare(name, version, number, now, known):
    """Whether the server does what RESULTS.md says."""
    if name not in known:
        return "not in RESULTS.md: `make servers-table` prints it"
    old_version, cells = known[name]
    if old_version == version and cells[number] != now:
        return f"RESULTS.md says of this version: {cells[number]}\nnow: {now}"
    return None


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    titles = [*(case.title for case in CASES), CURL]
    chosen = {
        name: server
        for name, server in SERVERS.items()
        if not server.missing and any(word in f"{name}: {title}" for title in titles)
    }
    records, known = record_servers(chosen), recorded()
    for name, server in SERVERS.items():
        for number, title in enumerate(titles):
            line = f"{name}: {title}"
            if word not in line:
                continue
            if server.missing:
                skip(line, server.missing)
                continue
            if isinstance(records[name], str):
                report(line, records[name])
                continue
            record = records[name][title]
            now = curl_cell(record) if title == CURL else cell(CASES[number], record)
            wrong = [] if title == CURL else list(troubles(CASES[number], record))
            wrong.append(compare(name, server.version_number(), number, now, known))
            report(line, "\n".join(filter(None, wrong)))
    nginx_tests.run(word)
    checks.run(word)


main()
