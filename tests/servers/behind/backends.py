"""The backends: one that is told what to answer, and real servers, each refusing POST /denied with 403 as soon as it has
the header section. All keep their connections, if they do so by themselves."""

import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from clients.programs import GO
from support.machine import HTTPD, WORK, program
from support.private_httpd import PrivateHttpd
from support.private_server import PrivateServer, nginx

PROGRAMS = Path(__file__).resolve().parent / "programs"


class Scripted:
    """Answers every POST with `answer` as soon as it has the header section, everything else with 200, and leaves
    what comes behind a POST unread by anybody: as content, that is."""

    def __init__(self, answer):
        self.answer, self.sockets = answer, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        for each in (self.listener, *self.sockets):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.sockets.append(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        pending = b""
        try:
            while True:
                while b"\r\n\r\n" not in pending:
                    data = connection.recv(65536)
                    if not data:
                        return
                    pending += data
                head, _, pending = pending.partition(b"\r\n\r\n")
                post = head.startswith(b"POST ")
                connection.sendall(self.answer if post else b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nnext\n")
                while post and connection.recv(65536):
                    pass
        except OSError:
            pass


@dataclass
class Backend:
    """`start` begins it at a place; a context with a `port`. `version` is a command that prints it."""

    program: str
    version: list
    start: object

    @property
    def missing(self):
        return None if program(self.program) else f"{self.program} is not installed"

    def version_number(self):
        said = subprocess.run(
            [program(self.program) or self.program, *self.version], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        ).stdout
        return next(word.strip("vgo,") for word in said.replace("/", " ").split() if any(c.isdigit() for c in word))


def go_server(place):
    built = WORK / "go_server"
    subprocess.run(["go", "build", "-o", built, PROGRAMS / "go_server.go"], check=True, env={**os.environ, **GO})
    return PrivateServer(place, [built, "@PORT@"], {})


NGINX = """
server {
    listen 127.0.0.1:@PORT@;
    client_max_body_size 0;
    location /denied { return 403; }
    location / { return 200 "next\\n"; }
}
"""
REFUSING = """
<Location "/denied">
    Require all denied
</Location>
"""

BACKENDS = {
    "Python http.server": Backend(
        sys.executable, ["--version"],
        lambda place: PrivateServer(place, [sys.executable, PROGRAMS / "python_server.py", "@PORT@"], {}),
    ),
    "httpd": Backend(HTTPD, ["-v"], lambda place: PrivateHttpd(place, config=REFUSING, expect=None)),
    "nginx": Backend("nginx", ["-v"], lambda place: nginx(place, NGINX)),
    "Node http": Backend(
        "node", ["--version"], lambda place: PrivateServer(place, ["node", PROGRAMS / "node_server.js", "@PORT@"], {})
    ),
    "Go net/http": Backend("go", ["version"], go_server),
}
