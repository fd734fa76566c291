#!/usr/bin/env python3
"""Prints in Markdown what each server in front makes of an expectation. `make servers-table`; kept in RESULTS.md, to
which the test compares what a server of the same version does."""

import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from record import CURL, cell, curl_cell, record_servers
from servers import CASES, SERVERS


def main():
    chosen = {name: server for name, server in SERVERS.items() if not server.missing}
    records = record_servers(chosen)
    print("| server in front | " + " | ".join(case.title for case in CASES) + f" | {CURL} |")
    print("|---" * (2 + len(CASES)) + "|")
    for name, server in chosen.items():
        if isinstance(records[name], str):
            sys.exit(records[name])
        cells = [cell(case, records[name][case.title]) for case in CASES] + [curl_cell(records[name][CURL])]
        print(f"| {name} ({server.version_number()}) | " + " | ".join(cells) + " |")
    print()
    for name, server in chosen.items():
        print(f"- **{name}**: {server.advice}")
    for server in SERVERS.values():
        if server.missing:
            print(server.missing, file=sys.stderr)


main()
