#!/usr/bin/env python3
"""What it costs to ask an application before an upload travels, into tests/bench/ASK.md: the time until a waiting client
has its 100 or its refusal, and httpd's instructions for a POST of 1 KiB, asked and not asked, beside nginx with
auth_request. The application is the same for both: another nginx that answers at once and does nothing else."""

import statistics
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import client
import machine_description
import markdown
from instructions import CountedHttpd
from measured_httpd import DOCUMENTS, MeasuredHttpd, keep_module
from setups import Setup
from support.machine import make_directory
from support.private_server import nginx
from support.wire import Wire

RUNS, CONTENT = 400, b"x" * 1024
PAGE = Path(__file__).resolve().parent / "ASK.md"
APPLICATION = """
access_log off;
keepalive_requests 1000000;
server {
    listen 127.0.0.1:@PORT@;
    location /yes { return 204; }
    location /no { return 403; }
    location / { proxy_pass http://127.0.0.1:@PORT@/yes; }
}
"""
AUTH_REQUEST = """
access_log off;
upstream application {
    server 127.0.0.1:@APPLICATION@;
}
server {
    listen 127.0.0.1:@PORT@;
    location / { proxy_pass http://application; }
    location /yes-first { auth_request /asked-yes; proxy_pass http://application; }
    location /no-first { auth_request /asked-no; proxy_pass http://application; }
    location ~ ^/asked-(yes|no)$ {
        internal;
        proxy_pass http://application/$1;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
        proxy_set_header X-Original-URI $request_uri;
    }
}
"""
PROXY = ("proxy", "proxy_http")
# What reads its content, and costs little itself.
READER = "<Location /upload>\nSetHandler reflector\n</Location>\n"


def asking(what, more=""):
    return f"{more}\nExpectPolicy On\nExpectRule ask 100-continue url=/{what}\n"


def setups(application):
    proxied = f"ProxyPass /yes http://127.0.0.1:{application}/yes\nProxyPass /no http://127.0.0.1:{application}/no\n"
    rows = [
        Setup("alone", "httpd alone"),
        Setup("met", "mod_expect, not asked", ("expect",), "ExpectPolicy On\n"),
        Setup("file", "mod_expect, a file is asked", ("expect",), asking("resource")),
        Setup("service", "mod_expect, a proxied service is asked", ("expect", *PROXY), asking("yes", proxied)),
    ]
    return [each._replace(modules=(*each.modules, "reflector"), configuration=READER + each.configuration)
            for each in rows]


def post(path, status=200):
    head = (f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{client.AGENT}\r\nExpect: 100-continue\r\n"
            f"Content-Length: {len(CONTENT)}\r\n\r\n").encode()
    return client.Request("post", "POST 1 KiB", head, CONTENT, status=status)


def times(port, request, status):
    """Microseconds until the first answer, which must have that status; a new connection each, already there."""
    taken = []
    for _ in range(RUNS):
        with Wire(port) as wire:
            begin = time.perf_counter()
            wire.send(request.head)
            got = wire.response().status
            taken.append((time.perf_counter() - begin) * 1e6)
            if got != status:
                raise RuntimeError(f"{got} in place of {status}")
    return taken


def figures(taken):
    ordered = sorted(taken)
    return [f"{statistics.median(ordered):,.0f}", f"{ordered[int(len(ordered) * 0.95)]:,.0f}"]


def count(setup):
    with CountedHttpd(setup) as server:
        return server.measure(post("/upload"), False)


def run():
    keep_module()
    make_directory(DOCUMENTS)
    (DOCUMENTS / "resource").write_text("The resource.\n")
    rows = []
    with nginx("servers/application", APPLICATION) as application:
        alone = None
        for setup in setups(application.port):
            print(setup.title, file=sys.stderr)
            instructions = count(setup)
            alone = alone or instructions
            with MeasuredHttpd(f"ask-{setup.key}", setup.modules, setup.configuration) as server:
                rows.append([setup.title, *figures(times(server.port, post("/upload"), 100)),
                             markdown.relative(instructions, None if instructions == alone else alone)])
        refusing = setups(application.port)[-1].configuration.replace("url=/yes", "url=/no")
        with MeasuredHttpd("ask-refused", ("expect", "reflector", *PROXY), refusing) as server:
            rows.append(["mod_expect, a proxied service refuses",
                         *figures(times(server.port, post("/upload"), 403)), ""])
        with nginx("servers/asking", AUTH_REQUEST, APPLICATION=application.port) as server:
            for title, path, status in (("nginx, not asked", "/", 100), ("nginx, auth_request", "/yes-first", 100),
                                        ("nginx, auth_request refuses", "/no-first", 403)):
                rows.append([title, *figures(times(server.port, post(path), status)), ""])
    return rows


def main():
    rows = run()
    machine = "\n".join(f"- {what}: {which}" for what, which in machine_description.describe())
    head = ["Set-up", "first answer, median (µs)", "95 % within (µs)", "instructions of httpd"]
    PAGE.write_text(f"""# What asking costs

`make bench-ask` writes this page. A client on the same machine declares 1 KiB, waits, and gets its first answer: 100, or
the refusal; {RUNS} connections each, event MPM. The instructions are those of one POST that is read, on a kept
connection, by callgrind (prefork). Where a service is asked, both servers open a connection to it for each question.

{machine}
- nginx: {machine_description.version_of("nginx", "-v").replace("nginx version: ", "")}

{markdown.table(head, rows)}
""")
    print(PAGE.read_text())


if __name__ == "__main__":
    main()
