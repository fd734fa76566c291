"""Sends a few requests through each server to httpd with mod_expect, and records what the client and httpd see of it."""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from front import HERE, Front, program
from probe import CONTENT, ask

CLIENTS = HERE.parent / "clients"
sys.path.insert(0, str(CLIENTS))
from relay import Relay
from upload_httpd import upload_httpd


@dataclass
class Server:
    program: str
    version: list
    command: list
    files: dict
    advice: str


@dataclass
class Case:
    title: str
    configuration: str
    expect: str
    uploads: bool


@dataclass
class Record:
    """`seen` by the client; `reached`: Expect and bytes of content of each request that reached httpd; `continues`: the
    100s that httpd sent; `logged`: what its access log says."""

    seen: object
    reached: list = field(default_factory=list)
    continues: int = 0
    logged: list = field(default_factory=list)


def text(name):
    return (HERE / name).read_text()


VARNISH = ["varnishd", "-F", "-n", "{root}/varnish", "-a", "127.0.0.1:{port}", "-f", "{root}/varnish.vcl"]
SERVERS = {
    "HAProxy": Server(
        "haproxy", ["-v"], ["haproxy", "-db", "-f", "{root}/haproxy.cfg"], {"haproxy.cfg": text("haproxy.cfg")},
        "",
    ),
    "Varnish": Server(
        "varnishd", ["-V"], [*VARNISH, "-j", "none", "-s", "malloc,10m"], {"varnish.vcl": text("varnish.vcl")},
        "",
    ),
    "Squid": Server(
        "squid", ["-v"], ["squid", "-N", "-f", "{root}/squid.conf"], {"squid.conf": text("squid.conf")},
        "",
    ),
}

LIST = "100-continue, certain-expectation"
CASES = [
    Case("upload with `100-continue`, met", "example.com-rejects.conf", "100-continue", True),
    Case("upload with `100-continue`, rejected with 413", "upload-too-long.conf", "100-continue", True),
    Case("`certain-expectation`, rejected", "example.com-rejects.conf", "certain-expectation", False),
    Case("`certain-expectation`, met", "example.com-meets.conf", "certain-expectation", False),
    Case(f"upload with `{LIST}`, rejected", "example.com-rejects.conf", LIST, True),
    Case(f"upload with `{LIST}`, met", "example.com-meets.conf", LIST, True),
]


def version(server):
    asked = subprocess.run(
        [program(server.program), *server.version], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return re.search(r"\d+\.\d+(\.\d+)?", asked.stdout).group()


def missing(server):
    return None if program(server.program) else f"{server.program} is not installed"


def record(name, command, files, httpd, asked):
    """One request through a server of its own, so that nothing is left over from another; `asked` sends it to a port."""
    log = httpd.root / "access.log"
    before = len(log.read_text().splitlines()) if log.exists() else 0
    with Relay(httpd.port) as relay:
        with Front(name, command, files, relay.port) as front:
            seen = asked(front.port)
        requests, answers = relay.requests(), relay.answers()
    return Record(
        seen, [(each.expect, each.content) for each in requests], sum(a.count(b"HTTP/1.1 100 ") for a in answers),
        log.read_text().splitlines()[before:] if log.exists() else [],
    )


def record_all(server, cases=None):
    """A record for each case, in order."""
    records = {}
    for configuration in dict.fromkeys(case.configuration for case in CASES):
        with upload_httpd(CLIENTS / configuration) as httpd:
            for case in CASES:
                if case.configuration == configuration:
                    records[case.title] = record(
                        server.program, server.command, server.files, httpd,
                        lambda port: ask(port, f"Expect: {case.expect}", case.uploads),
                    )
    return [records[case.title] for case in CASES]


def whole(record):
    return record.seen.content.strip() == str(len(CONTENT))
