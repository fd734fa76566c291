"""Sends an upload through a front to a backend that answers before it reads, and looks at both sides."""

import socket
from dataclasses import dataclass, field

from support.relay import Relay
from support.wire import Closed, Wire

PATIENCE = 8  # seconds without a byte that count as no answer
SETTLED = 0.4  # seconds in which what is forwarded behind the answer has come
CONTENT = b"0123456789abcdef" * (2 << 16)  # 2 MiB


def answer(status_line, chunked=False):
    if chunked:
        framing, content = "Transfer-Encoding: chunked", "5\r\nearly\r\n0\r\n\r\n"
    else:
        framing, content = "Content-Length: 5", "early"
    return f"HTTP/1.1 {status_line}\r\nX-Backend: yes\r\n{framing}\r\n\r\n{content}".encode()


@dataclass
class Upload:
    """Its length, None where it is chunked, and how many bytes the client sends before it waits."""

    length: int = len(CONTENT)
    sent: int = 0

    @property
    def framing(self):
        return "Transfer-Encoding: chunked" if self.length is None else f"Content-Length: {self.length}"


@dataclass
class Row:
    title: str
    answer: bytes
    status: int
    upload: Upload = field(default_factory=Upload)
    variant: str = "plain"


ERRORS = {401: "401 Unauthorized", 403: "403 Forbidden", 413: "413 Content Too Large", 417: "417 Expectation Failed",
          503: "503 Service Unavailable", 307: "307 Temporary Redirect"}
ROWS = [
    *(Row(str(status), answer(line), status) for status, line in ERRORS.items()),
    Row("503, balancer with `failonstatus=503`", answer(ERRORS[503]), 503, variant="balancer"),
    Row("403, `ping=5`", answer(ERRORS[403]), 403, variant="ping"),
    Row("403, `ProxyErrorOverride On`", answer(ERRORS[403]), 403, variant="override"),
    Row("200 by length", answer("200 OK"), 200),
    Row("200, chunked", answer("200 OK", chunked=True), 200),
    Row("403, client chunked", answer(ERRORS[403]), 403, Upload(None)),
    Row("403, 100 kB of 200 kB sent", answer(ERRORS[403]), 403, Upload(200_000, 100_000)),
    Row("403, all 5 kB sent", answer(ERRORS[403]), 403, Upload(5_000, 5_000)),
]


@dataclass
class Seen:
    """`forwarded`: bytes of content that reached the backend; `reused`: the next request came on the same connection;
    `invited`: the client was sent a 100."""

    status: int = 0
    invited: bool = False
    close: bool = False
    forwarded: int = 0
    reused: bool = False


def converse(wire, upload, path, seen):
    wire.send(f"POST {path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n{upload.framing}\r\n\r\n".encode())
    wire.send(CONTENT[: upload.sent])
    response = wire.response(timeout=PATIENCE)
    while response.status < 200:
        seen.invited = True
        if upload.length is None:
            wire.send_as_taken(b"%x\r\n%s\r\n0\r\n\r\n" % (len(CONTENT), CONTENT))
        else:
            wire.send_as_taken(CONTENT[upload.sent : upload.length])
        response = wire.response(timeout=PATIENCE)
    seen.status, seen.close = response.status, response.close


def record(start_front, backend_port, upload, path="/denied"):
    """start_front(port) is a front before that port."""
    seen = Seen()
    with Relay(backend_port) as relay, start_front(relay.port) as front:
        with Wire(front.port) as wire:
            try:
                converse(wire, upload, path, seen)
                wire.quiet(SETTLED)
            except (Closed, socket.timeout, OSError):
                pass
        seen.forwarded = sum(each.content for each in relay.requests())
        used = len(relay.connections)
        with Wire(front.port) as wire:
            try:
                wire.send(b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
                wire.response(timeout=1)
            except (Closed, socket.timeout, OSError):
                pass
        seen.reused = len(relay.connections) == used
    return seen


def amount(seen, upload):
    """How much of the content was forwarded. Between none and all it differs from run to run."""
    total = len(CONTENT) if upload.length is None else upload.length
    if not seen.forwarded:
        return "0 B"
    if seen.forwarded == 5 and upload.length is None:
        return "a forged last chunk"
    return "all" if seen.forwarded >= total else "a part"


def cell(seen, upload):
    """What happened, in a few words."""
    words = ["100"] * seen.invited + [str(seen.status) if seen.status else "no answer", amount(seen, upload)]
    if seen.reused:
        words.append("reused")
    unread = not seen.invited and (upload.length is None or upload.sent < upload.length)
    if seen.status and unread and not seen.close:
        words.append("no close announced")
    return ", ".join(words)


def trouble(seen, status):
    """What is wrong with an early answer that has to be relayed."""
    if seen.status != status:
        yield f"status {seen.status} in place of {status}"
    if seen.invited:
        yield "the client was asked for its content"
    if seen.forwarded:
        yield f"{seen.forwarded} bytes of content reached the backend"
    if seen.reused:
        yield "the backend's connection was used again"
    if not seen.close:
        yield "the close is not announced"
