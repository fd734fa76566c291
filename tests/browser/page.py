"""The private httpd behind the tests and the picture: its status page has seen ordinary traffic."""

import contextlib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from clients.example_httpd import ExampleHttpd
from support.private_httpd import PrivateHttpd
from support.wire import Wire

PATH = "/resource"
WWW, UPLOADS, TRIAL = "www.example.com", "uploads.example.com", "trial.example.com"


def served(place):
    return ExampleHttpd(HERE / "status-page.conf", ["authz_host"], place=place)


STATUS = '<Location "/expect-status">\n    SetHandler expect-status\n</Location>\n'
HOST = """<VirtualHost 127.0.0.1:@PORT@>
    ServerName {name}
    ExpectRule reject 100-continue longer-than={number}M status=413
    ExpectRule meet certain-expectation "expr=%{{REQUEST_METHOD}} == 'POST'"
    ExpectRule ignore 100-continue "expr=%{{HTTP_USER_AGENT}} =~ /OldClient/"
    <Location "/upload">
        ExpectRule continue 100-continue
        ExpectRule reject another-expectation status=400
    </Location>
    ExpectRule reject unwanted status=403
</VirtualHost>
"""


@contextlib.contextmanager
def many_hosts(count, with_traffic=None):
    """A server with so many hosts of six rules each, of which all or so many have had traffic."""
    names = [f"shop{number}.customer{number}.example.com" for number in range(1, count + 1)]
    hosts = "".join(HOST.format(name=name, number=number) for number, name in enumerate(names, 1))
    with PrivateHttpd(f"hosts-{count}-{with_traffic}", ["log_config"], f"ExpectPolicy On\n{STATUS}{hosts}") as server:
        for name in names[:with_traffic]:
            ask(server, name, b"100-continue")
            ask(server, name, b"unwanted", "POST", 1 << 20)
        yield server


def ask(server, host, expectation, method="GET", length=None):
    """The status of the first answer to a request. Content is declared and never sent."""
    lines = [f"{method} {PATH} HTTP/1.1", f"Host: {host}", "Connection: close"]
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
