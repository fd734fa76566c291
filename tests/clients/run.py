#!/usr/bin/env python3
"""Runs the example clients against the example configurations and compares what they print. Prints TAP.

A new client is a file here and a row in CLIENTS; a new situation is a .conf file and a row in SCENARIOS. What
a client prints in a situation is EXPECTED; every pair must have its row, so that none is forgotten. After them
come more clients and uploads: programs.py, scenarios.py, scenario_tests.py.

    run.py [WORD]     only the cases whose name contains WORD
"""

import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # the sources' folders stay as they are
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from clients import scenario_tests
from clients.example_httpd import ExampleHttpd
from clients.programs import python_with_requests
from support.private_httpd import RESOURCE
from support.tap import report


# Name, command; the address of the resource is added.
CLIENTS = {
    "curl": ["sh", HERE / "curl.sh"],
    "PHP ext-curl": ["php", HERE / "php_curl.php"],
    "Python requests": [python_with_requests(), HERE / "python_requests.py"],
}

# Name, the configuration of the server.
SCENARIOS = {
    "rejected": "example.com-rejects.conf",
    "met": "example.com-meets.conf",
}

# What is printed: `first` is the first line, `last` the last one, `all` everything.
EXPECTED = {
    ("rejected", "curl"): {"first": "HTTP/1.1 417 Expectation Failed"},
    ("rejected", "PHP ext-curl"): {"all": "Expectation Failed.\n"},
    ("rejected", "Python requests"): {"all": "Expectation Failed\n"},
    ("met", "curl"): {"first": "HTTP/1.1 200 OK", "last": RESOURCE.rstrip()},
    ("met", "PHP ext-curl"): {"all": "Response: " + RESOURCE},
    ("met", "Python requests"): {"all": "Response: " + RESOURCE},
}


def difference(expected, result):
    """What is wrong with a client's output, or None."""
    lines = result.stdout.splitlines() or [""]
    seen = {"first": lines[0].rstrip(), "last": lines[-1].rstrip(), "all": result.stdout}
    wrong = [f"{part}: expected {text!r}, got {seen[part]!r}" for part, text in expected.items() if seen[part] != text]
    if result.returncode != 0:
        wrong.append(f"exit status {result.returncode}")
    return "; ".join(wrong + ([result.stderr.strip()] if wrong else [])) or None


def run_client(command, url):
    try:
        return subprocess.run(
            [*map(str, command), url], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, errors="replace", timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    for scenario, configuration in SCENARIOS.items():
        names = {client: f"{scenario}: {client}" for client in CLIENTS}
        chosen = [client for client in CLIENTS if word in names[client]]
        if not chosen:
            continue
        try:
            with ExampleHttpd(HERE / configuration) as server:
                for client in chosen:
                    result = run_client(CLIENTS[client], server.url)
                    report(names[client], difference(EXPECTED[scenario, client], result))
        except (RuntimeError, OSError) as error:
            for client in chosen:
                report(names[client], str(error))
    scenario_tests.run(word)


main()
