"""The private httpd behind the tests and the picture: its status page has seen ordinary traffic."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from clients.example_httpd import ExampleHttpd
from support.wire import Wire

WWW, UPLOADS, TRIAL = "www.example.com", "uploads.example.com", "trial.example.com"


def served(place):
    return ExampleHttpd(HERE / "status-page.conf", ["authz_host"], place=place)


def ask(server, host, expectation, method="GET", length=None):
    """The status of the first answer to a request. Content is declared and never sent."""
    lines = [f"{method} /resource HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"Content-Length: {length}"] if length else []
    head = "\r\n".join(lines).encode() + b"\r\nExpect: " + expectation + b"\r\n\r\n"
    with Wire(server.port) as wire:
        wire.send(head)
        return wire.response().status


def everyday(server):
    for number in range(23):
        ask(server, WWW, b"100-continue")
        ask(server, WWW, b"certain-expectation" if number % 3 else b"100-continue, certain-expectation")
    for length in (3 << 30, 5 << 30):
        ask(server, UPLOADS, b"100-continue", "POST", length)
    for host, expectation in ((UPLOADS, b"102-processing"), (WWW, b"y 100-continue"), (TRIAL, b"200-ok"),
                              (WWW, b'sandbox="on"; level=3')):
        ask(server, host, expectation)
