"""nginx with the files of conf/nginx/, edited as an administrator edits them for each scenario of the clients' table."""

import re

from front import HERE, WORK, Front
from record import CLIENTS, text

CONF = HERE.parent.parent / "conf" / "nginx"
COMMAND = ["nginx", "-p", "{root}", "-c", "{root}/nginx.conf"]

LIMIT = "client_max_body_size 1m;"
NO_LIMIT = "client_max_body_size 0;"
MEET = "    ExpectRule meet certain-expectation\n"
IGNORE = "    ExpectRule ignore 100-continue\n"

# What is changed in pass-through.conf and in httpd's behind-nginx.conf.
PASS_THROUGH = {
    "rejected": ([], [(MEET, "")]),
    "met": ([], []),
    "accepted": ([(LIMIT, NO_LIMIT)], []),
    "refused": ([(LIMIT, NO_LIMIT)], [(IGNORE, "    ExpectRule reject 100-continue\n" + IGNORE)]),
    "too long": ([], []),
    "too long for httpd": (
        [(LIMIT, NO_LIMIT)], [(IGNORE, "    ExpectRule reject 100-continue longer-than=1M status=413\n" + IGNORE)]
    ),
    "ignored": ([(LIMIT, NO_LIMIT)], []),
}

# What is changed in alone.conf. It has no word for `ignore`.
ALONE = {
    "rejected": [(re.compile(r'    "~\*\^certain.*\n'), "")],
    "met": [],
    "accepted": [(LIMIT, NO_LIMIT)],
    "refused": [(LIMIT, NO_LIMIT), (re.compile(r'("~\*\^100-continue\$" +)met; +'), r"\1rejected; ")],
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


def front(name, source, changes, httpd_port):
    """nginx with a file of conf/nginx/ on a port of its own."""
    ports = [("listen 80;", "listen 127.0.0.1:@PORT@;"), ("127.0.0.1:8080", "127.0.0.1:@HTTPD_PORT@")]
    site = edited(source, [*changes, *ports])
    return Front(name, COMMAND, {"nginx.conf": text("nginx.conf"), "site.conf": site}, httpd_port)


def httpd_configuration(name, changes):
    """behind-nginx.conf as a file that a private httpd can be started with."""
    file = WORK / name / "behind-nginx.conf"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(edited("behind-nginx.conf", [*changes, ("127.0.0.1:8080", "*:80")]))
    return file
