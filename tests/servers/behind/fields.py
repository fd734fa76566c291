"""What backends see of the field over each protocol of mod_proxy, and who sends the client its 100."""

import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from support.private_httpd import PrivateHttpd
from support.wire import Closed, Wire

PATIENCE = 1.5  # seconds in which a 100 comes, if one is sent

ROWS = [
    # What the client sends, the rules, the field, and whether there is content.
    ("`100-continue` with content, `meet`", "", "100-continue", True),
    ("`good, 100-continue, other` with content, `meet good`, `ignore other`", "ExpectRule meet good\nExpectRule ignore other\n",
     "good, 100-continue, other", True),
    ("`100-continue` with content, `continue`", "ExpectRule continue 100-continue\n", "100-continue", True),
    ("`100-continue` with content, `ignore`", "ExpectRule ignore 100-continue\n", "100-continue", True),
    ("`100-continue` without content", "", "100-continue", False),
    ("`good` alone, `meet good`", "ExpectRule meet good\n", "good", True),
    ("no field, with content", "", None, True),
    ("rejected", "ExpectRule reject 100-continue\n", "100-continue", True),
]


@dataclass
class Protocol:
    """`options` are those of ProxyPass."""

    scheme: str
    module: str
    options: str = ""
    config: str = ""


PROTOCOLS = {
    "HTTP/1.1": Protocol("http", "proxy_http"),
    "HTTP/1.1, `Proxy100Continue Off`": Protocol("http", "proxy_http", config="Proxy100Continue Off\n"),
    "HTTP/1.1, `ping=5`": Protocol("http", "proxy_http", "ping=5"),
    "HTTP/1.1, both": Protocol("http", "proxy_http", "ping=5", "Proxy100Continue Off\n"),
    "HTTP/2": Protocol("h2c", "proxy_http2"),
    "FastCGI": Protocol("fcgi", "proxy_fcgi"),
    "SCGI": Protocol("scgi", "proxy_scgi"),
    "uwsgi": Protocol("uwsgi", "proxy_uwsgi"),
    "AJP": Protocol("ajp", "proxy_ajp"),
}


def accept_all(listener, serve):
    """Serves each connection in a thread of its own, until the listener is closed."""

    def one(connection):
        with connection:
            try:
                serve(connection)
            except OSError:
                pass

    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=one, args=(connection,), daemon=True).start()


def close_listener(listener):
    try:
        listener.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    listener.close()


class Doorstep:
    """In front of a backend: nothing passes before `open` is set, so that what the client hears until then is
    httpd's own word."""

    def __init__(self, port):
        self.behind, self.open = port, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=accept_all, args=(self.listener, self.serve), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.open.set()
        close_listener(self.listener)

    def serve(self, connection):
        self.open.wait()
        with socket.create_connection(("127.0.0.1", self.behind)) as backend:
            back = threading.Thread(target=self.pump, args=(backend, connection), daemon=True)
            back.start()
            self.pump(connection, backend)
            back.join()

    @staticmethod
    def pump(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class Listening:
    """A backend that keeps what comes; over HTTP/1.1 it sends the 100 that it is asked for, and an answer."""

    def __init__(self, http):
        self.http, self.bytes = http, b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=accept_all, args=(self.listener, self.serve), daemon=True).start()
        return self

    def __exit__(self, *_):
        close_listener(self.listener)

    def serve(self, connection):
        sent_100 = False
        while data := connection.recv(65536):
            self.bytes += data
            head, _, content = self.bytes.partition(b"\r\n\r\n")
            if self.http and not sent_100 and b"\r\nexpect:" in head.lower() and b"100-continue" in head.lower():
                sent_100 = True
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            elif self.http and (content == b"hello" or b"Content-Length" not in head):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            elif not self.http and b"hello" in self.bytes:
                return

    def field(self):
        """The field as it came, in lower case; None where there was none."""
        for pattern in (rb"\r\nExpect: ([^\r\n]*)", rb"(?:HTTP_EXPECT|Expect)[\x00-\x1f]{0,3}([0-9a-z][a-z0-9=;, -]*)"):
            found = re.search(pattern, self.bytes, re.I)
            if found:
                return found.group(1).decode().lower()
        return None


class SecondHttpd:
    """A backend over HTTP/2: httpd that meets what comes, and tells the field in its log."""

    CONFIG = """
Protocols h2c http/1.1
ExpectPolicy On
ExpectRule meet *
CustomLog "@ROOT@/field.log" "%{expect-field}n"
ScriptAlias "/x" "@ROOT@/count.sh"
<Directory "@ROOT@">
    Require all granted
</Directory>
"""

    def __init__(self, place):
        script = "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nexec wc -c\n"
        self.server = PrivateHttpd(
            place, modules=["http2", "cgi", "alias", "log_config"], config=self.CONFIG, mpm="event", files={"count.sh": script}
        )

    def __enter__(self):
        self.server.begin()
        return self

    def __exit__(self, *_):
        self.server.stop()

    @property
    def port(self):
        return self.server.port

    def field(self):
        self.server.stop()  # the log is whole then
        lines = (self.server.root / "field.log").read_text().split("\n")
        return next((line for line in lines if line not in ("", "-")), None)


def behind(protocol, place):
    return SecondHttpd(f"{place}-backend") if protocol.scheme == "h2c" else Listening(protocol.scheme == "http")


def converse(wire, row, doorstep):
    """Sends the request and its content; who sent the 100, or None."""
    _, _, field, has_content = row
    fields = f"Expect: {field}\r\n" if field else ""
    fields += "Content-Length: 5\r\n" if has_content else ""
    wire.timeout = 10  # shorter than every wait of httpd
    wire.send(f"{'POST' if has_content else 'GET'} /x HTTP/1.1\r\nHost: a\r\n{fields}\r\n".encode())
    who, waits = None, bool(has_content and field and "100-continue" in field)
    if waits and not wire.quiet(PATIENCE):
        who = "httpd" if wire.response().status == 100 else None
    doorstep.open.set()
    if waits and not who and not wire.quiet(PATIENCE):
        who = "the backend" if wire.response().status == 100 else None
    if has_content:
        wire.send(b"hello")
    wire.final()
    return who


def cell(protocol, row, place):
    """The field at the backend, and whose 100 the client got. mod_proxy_http2 now and then misses a backend's 100, with
    the module and without, hence more than one attempt over HTTP/2."""
    for _ in range(6):
        found, who = cell_once(protocol, row, place)
        if who or protocol.scheme != "h2c" or "100-continue" not in found:
            break
    return found


def cell_once(protocol, row, place):
    who = None
    with behind(protocol, place) as backend, Doorstep(backend.port) as doorstep:
        config = (
            f'ExpectPolicy On\n{row[1]}{protocol.config}ProxyTimeout 20\n'
            f'ProxyPass "/" "{protocol.scheme}://127.0.0.1:{doorstep.port}/" {protocol.options}\n'
        )
        with PrivateHttpd(place, modules=["proxy", protocol.module], config=config) as front, Wire(front.port) as wire:
            try:
                who = converse(wire, row, doorstep)
            except (Closed, OSError):
                pass
        seen = backend.field()
    return (f"`{seen}`" if seen else "no field") + (f", 100 by {who}" if who else ""), who


def cells():
    """All of them by row and protocol, three at once."""
    jobs = [(row, name) for row in ROWS for name in PROTOCOLS]
    with ThreadPoolExecutor(3) as pool:
        found = pool.map(lambda job: cell(PROTOCOLS[job[1][1]], job[1][0], f"fields-{job[0]}"), enumerate(jobs))
        return dict(zip(((row[0], name) for row, name in jobs), found))
