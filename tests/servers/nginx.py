"""nginx with the files of conf/nginx/, edited as an administrator edits them for each situation."""

import re

from pathlib import Path

from support import private_server
from support.machine import WORK

CONF = Path(__file__).resolve().parents[2] / "conf" / "nginx"

NO_LIMIT = ("client_max_body_size 1m;", "client_max_body_size 0;")
MEET = "    ExpectRule meet certain-expectation\n"
IGNORE = "    ExpectRule ignore 100-continue\n"

# What is changed in pass-through.conf and in httpd's behind-nginx.conf.
PASS_THROUGH = {
    "rejected": ([NO_LIMIT], [(MEET, "")]),
    "met": ([NO_LIMIT], []),
    "accepted": ([NO_LIMIT], []),
    "refused": ([NO_LIMIT], [(IGNORE, "    ExpectRule reject 100-continue\n")]),
    "too long": ([], []),
    "too long, by httpd": (
        [NO_LIMIT], [(IGNORE, "    ExpectRule reject 100-continue longer-than=1M status=413\n" + IGNORE)]
    ),
    "ignored": ([NO_LIMIT], []),
    "not ignored": ([NO_LIMIT], [(IGNORE, "")]),
}

# What is changed in alone.conf. It has no word for `ignore`.
ALONE = {
    "rejected": [NO_LIMIT, (re.compile(r'    "~\*\^certain.*\n'), "")],
    "met": [NO_LIMIT],
    "accepted": [NO_LIMIT],
    "refused": [NO_LIMIT, (re.compile(r'("~\*\^100-continue\$" +)met; +'), r"\1rejected; ")],
    "too long": [],
}


def edited(source, changes):
    """The text of a file of conf/nginx/ after `changes`; one that changes nothing has lost its place."""
    result = (CONF / source).read_text()
    for old, new in changes:
        before = result
        result = old.sub(new, result) if isinstance(old, re.Pattern) else result.replace(old, new)
        if result == before:
            raise RuntimeError(f"{source} has no {old}")
    return result


def front(place, source, changes, httpd_port):
    """nginx with a file of conf/nginx/ on a port of its own."""
    ports = [("listen 80;", "listen 127.0.0.1:@PORT@;"), ("127.0.0.1:8080", "127.0.0.1:@HTTPD_PORT@")]
    site = edited(source, [*changes, *ports])
    return private_server.nginx(place, site, HTTPD_PORT=httpd_port)


def pass_through(situation, place, httpd_port):
    return front(place, "pass-through.conf", PASS_THROUGH[situation][0], httpd_port)


def alone(situation, place, httpd_port):
    return front(place, "alone.conf", ALONE[situation], httpd_port)


def behind_nginx(situation, place):
    """behind-nginx.conf as a file that a private httpd can be started with."""
    file = WORK / place / "behind-nginx.conf"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(edited("behind-nginx.conf", [*PASS_THROUGH[situation][1], ("127.0.0.1:8080", "*:80")]))
    return file
