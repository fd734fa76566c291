"""Client programs in three of the situations: what nobody reads, what is refused, what is read; which of them wait, how
many bytes each sends, and whether each comes back."""

import subprocess

from clients.programs import CLIENTS
from support.relay import Relay

ASKED = {
    "a file": "/a.txt",
    "403": "/denied/a.txt",
    "a CGI script": "/cgi/count",
}
CHOSEN = ("curl", "Node http, with a timer", "Go net/http, timeout 1 s", "Java HttpClient")
# They wait a second for the 100, which a busy machine may need.
ATTEMPTS = 3


def ask(client, site, path, file):
    """{status, sent, trouble} of one upload."""
    with Relay(site.port) as relay:
        command = [*map(str, client.command), f"http://127.0.0.1:{relay.port}{path}", "100-continue", str(file)]
        try:
            ran = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 text=True, errors="replace", timeout=60, env=client.surroundings())
            status, trouble = ran.stdout.partition("\n")[0], ran.stderr.strip().splitlines()
        except subprocess.TimeoutExpired:
            status, trouble = "", ["no end within 60 s"]
        sent = sum(request.content for request in relay.requests())
    return {"status": status or "none", "sent": sent, "trouble": trouble[0] if trouble else ""}


def run(sites, file):
    """{client: {situation: {set-up: outcome}}} and versions."""
    table, versions = {}, {}
    for name in CHOSEN:
        client = CLIENTS[name]
        if client.missing or client.compile():
            continue
        versions[name] = client.version_number()
        table[name] = {
            title: {setup: min((ask(client, site, path, file) for _ in range(ATTEMPTS)), key=lambda seen: seen["sent"])
                    for setup, site in sites.items()}
            for title, path in ASKED.items()}
    return {"table": table, "versions": versions}
