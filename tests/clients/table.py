#!/usr/bin/env python3
"""Prints the scenario table in Markdown: what each client makes of each answer. `make clients-table`."""

import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from clients.programs import CLIENTS, UPLOAD
from clients.scenarios import SCENARIOS, run_scenario


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
    print("| client | waits for the 100 | " + " | ".join(each.title for each in SCENARIOS.values()) + " |")
    print("|---" * (2 + len(SCENARIOS)) + "|")
    for name, client in chosen.items():
        waits = "yes" if outcomes["refused"][name].sent == 0 else "no"
        cells = [cell(scenario, outcomes[key][name]) for key, scenario in SCENARIOS.items()]
        print("| " + " | ".join([f"{name} {client.version_number()}", waits, *cells]) + " |")


main()
