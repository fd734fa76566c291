"""The servers in front: how each is started, in which situations, and what is to be known about it."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import nginx
from support.machine import program
from support.private_server import PrivateServer

HERE = Path(__file__).resolve().parent
CLIENTS = HERE.parent / "clients"


@dataclass
class Server:
    """`front` starts it for a situation, at a place, in front of a port; `httpd` names httpd's configuration."""

    program: str
    version: list
    front: object
    httpd: object
    advice: str

    @property
    def missing(self):
        return None if program(self.program) else f"{self.program} is not installed"

    def version_number(self):
        asked = subprocess.run(
            [program(self.program), self.version], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        return re.search(r"\d+\.\d+(\.\d+)?", asked.stdout).group()


@dataclass
class Case:
    """`situation` is the key of SITUATIONS."""

    title: str
    situation: str
    expect: str
    status: int
    uploads: bool = True


SITUATIONS = {
    "accepted": "example.com-rejects.conf",
    "too long": "upload-too-long.conf",
    "rejected": "example.com-rejects.conf",
    "met": "example.com-meets.conf",
    "refused": "upload-refused.conf",
}

LIST = "100-continue, certain-expectation"
CASES = [
    Case("upload, `100-continue` met", "accepted", "100-continue", 200),
    Case("upload, `100-continue` rejected, `status=413`", "too long", "100-continue", 413),
    Case("`certain-expectation` rejected", "rejected", "certain-expectation", 417, uploads=False),
    Case("`certain-expectation` met", "met", "certain-expectation", 200, uploads=False),
    Case("upload, `100-continue, certain-expectation` rejected", "rejected", LIST, 417),
    Case("upload, `100-continue, certain-expectation` met", "met", LIST, 200),
]


def example(situation, _place):
    return CLIENTS / SITUATIONS[situation]


def simple(command, file):
    """A server with one configuration file, the same in every situation."""

    def start(_situation, place, httpd_port):
        return PrivateServer(place, command, {file: (HERE / file).read_text()}, HTTPD_PORT=httpd_port)

    return start


def haproxy(file):
    return simple(["haproxy", "-db", "-f", "@ROOT@/" + file], file)


def squid(file):
    return simple(["squid", "-N", "-f", "@ROOT@/" + file], file)


# Without its jail Varnish needs no user of its own; all that it writes is below its directory.
VARNISH = ["varnishd", "-F", "-j", "none", "-n", "@ROOT@/work", "-a", "127.0.0.1:@PORT@", "-f", "@ROOT@/varnish.vcl"]

SERVERS = {
    "HAProxy": Server(
        "haproxy", "-v", haproxy("haproxy.cfg"), example,
        "Passes the whole field, the 100 and the rejection, but not httpd's `Connection: close`. Add the line of the "
        "next row.",
    ),
    "HAProxy, told to close": Server(
        "haproxy", "-v", haproxy("haproxy-close.cfg"), example,
        "`http-response set-header Connection close if { status 413 417 }`: a client gets what httpd alone would give.",
    ),
    "Varnish": Server(
        "varnishd", "-V", simple([*VARNISH, "-s", "malloc,10m"], "varnish.vcl"), example,
        "Answers every expectation itself: `100-continue` by 100, all else by 417. httpd never sees the field, so rules "
        "cannot be met or tried behind it; limit uploads by `LimitRequestBody`.",
    ),
    "Squid": Server(
        "squid", "-v", squid("squid.conf"), example,
        "Passes `100-continue` and the rejection, answers all else by 417 itself. Not httpd's `Connection: close`: add "
        "the lines of the next row, or reject uploads with `status=413`.",
    ),
    "Squid, told to close": Server(
        "squid", "-v", squid("squid-close.conf"), example,
        "`acl rejected http_status 413 417` and `reply_header_add Connection close rejected`.",
    ),
    "nginx, pass-through.conf": Server(
        "nginx", "-v", nginx.pass_through, nginx.behind_nginx,
        "httpd judges every field, but nginx has sent its 100 before it asks httpd: only `client_max_body_size` refuses "
        "an upload before it starts.",
    ),
    "nginx, alone.conf": Server(
        "nginx", "-v", nginx.alone, lambda _situation, _place: CLIENTS / "example.com-rejects.conf",
        "nginx judges, and refuses uploads before they start; what it cannot express is told in conf/PROXIES.md.",
    ),
}


def place_of(name):
    return re.sub(r"[^a-z]+", "-", name.lower())


