#!/usr/bin/env python3
"""Prints the scenario table in Markdown, what each client makes of each answer, and writes it into RESULTS.md in place
of the one before. `make clients-table`.

    table.py [--print]    without writing
"""

import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from clients.programs import CLIENTS, UPLOAD
from clients.scenarios import SCENARIOS, run_scenario
from support.machine import httpd_patch

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
BEGIN, END = "<!-- clients: written by `make clients-table` -->", "<!-- end of clients -->"


def bytes_sent(count):
    if count == 0:
        return "0 B"
    # http.client sends in chunks, whose framing comes on top.
    return f"all {UPLOAD >> 20} MiB" if count >= UPLOAD else f"{count / 2**20:.1f} of {UPLOAD >> 20} MiB"


def cell(scenario, outcome):
    error = outcome.error.splitlines()[0] if outcome.error else ""
    if not scenario.uploads or outcome.status == "no answer":
        return "; ".join(filter(None, (outcome.status, error)))
    if scenario.status == "200":
        whole = "whole" if outcome.arrived == str(outcome.size) else f"{outcome.arrived} bytes arrived"
        return f"{outcome.status}, {whole}"
    return "; ".join(filter(None, (f"{outcome.status}, {bytes_sent(outcome.sent)}", error)))


def main():
    chosen = {}
    for name, client in CLIENTS.items():
        trouble = f"{client.missing} is not installed" if client.missing else client.compile()
        if trouble:
            print(f"{name} left out: {trouble}", file=sys.stderr)
        else:
            chosen[name] = client
    outcomes = {key: run_scenario(scenario, chosen) for key, scenario in SCENARIOS.items()}
    lines = ["| client | waits for the 100 | " + " | ".join(each.title for each in SCENARIOS.values()) + " |"]
    lines.append("|---" * (2 + len(SCENARIOS)) + "|")
    for name, client in chosen.items():
        waits = "yes" if outcomes["refused"][name].sent == 0 or not client.hears else "no"
        cells = [cell(scenario, outcomes[key][name]) for key, scenario in SCENARIOS.items()]
        lines.append("| " + " | ".join([f"{name} {client.version_number()}", waits, *cells]) + " |")
    print("\n".join(lines))
    if "--print" not in sys.argv[1:]:
        write("\n".join(lines))


def write(table):
    start, _, rest = RESULTS.read_text().partition(BEGIN)
    when = f"httpd 2.4.{httpd_patch()}; written by `make clients-table` on {time.strftime('%Y-%m-%d')}."
    RESULTS.write_text(f"{start}{BEGIN}\n{when}\n\n{table}\n{END}{rest.partition(END)[2]}")


main()
