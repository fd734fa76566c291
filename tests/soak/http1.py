"""One request over HTTP/1.1 on a connection of its own: outcome() returns what came. A lost request raises OSError."""

from policies import CONTENT
from support.wire import Closed, Wire

PATIENCE = 0.15  # seconds without a 100, after which a client sends all the same
LIMIT = 20  # seconds; nothing here takes so long


def head(kind):
    lines = [f"{kind.method} {kind.path} HTTP/1.1", "Host: a.test"]
    if kind.field is not None:
        lines.append(f"Expect: {kind.field}")
    if kind.content:
        lines.append(f"Content-Length: {len(CONTENT)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def outcome(port, kind):
    with Wire(port, LIMIT) as wire:
        wire.send(head(kind) + (CONTENT if kind.content == "sent" else b""))
        statuses = []
        if kind.content == "withheld":
            if not wire.quiet(PATIENCE):
                statuses.append(wire.response().status)
            if not statuses or statuses[0] == 100:
                wire.send(CONTENT)
        while not statuses or statuses[-1] < 200:
            statuses.append(wire.response().status)
        return tuple(statuses)


class ClosedBehind(Exception):
    """The first of two pipelined requests has its whole answer, and the connection was closed behind it. A server may
    do that (RFC 9112, 9.3.2), and does when it restarts: the second request is the client's to repeat."""


def pipelined(port, kind):
    """A request without content and a plain one behind it, in one piece: both outcomes."""
    with Wire(port, LIMIT) as wire:
        wire.send(head(kind) + b"GET /plain.txt HTTP/1.1\r\nHost: a.test\r\n\r\n")
        first = wire.response().status
        try:
            return (first, wire.response().status)
        except Closed as error:
            if error.pending:
                raise
            raise ClosedBehind from error


def vanish(port, kind, after):
    """The client goes after so many bytes of its request, or while the answer is on its way."""
    wire = Wire(port, LIMIT)
    wire.send(head(kind)[:after])
    wire.vanish()
