"""A client that does what RFC 9110 wants of one that sends an expectation: it waits before it sends its content, and
sends it on 100 Continue, or after a while without an answer. Standard library only."""

import socket
from dataclasses import dataclass

from support.wire import Closed, Wire

STALL = 5  # seconds without a byte that count as no answer; what is sent at once takes milliseconds
CONTENT = b"0123456789abcdef" * (2 << 16)  # 2 MiB


@dataclass
class Seen:
    """`interim`: the 1xx statuses before the final one, in order. `sent`: bytes of content. `stalled`: nothing came
    until the content was sent. `close`: the final answer announced the end of the connection. `closed`: it ended without
    the client's doing, looked at where content was withheld. `again`: an answer came after the final one."""

    interim: list
    status: int = 0
    content: str = ""
    sent: int = 0
    close: bool = False
    stalled: bool = False
    closed: bool = False
    again: bool = False


def ask(port, expect_lines, uploads, path=None, host="example.com"):
    """One request; `expect_lines` is the text of its Expect field lines."""
    path = path or ("/upload" if uploads else "/resource")
    method = "POST" if uploads else "GET"
    length = f"Content-Length: {len(CONTENT)}\r\n" if uploads else ""
    seen = Seen([])
    with Wire(port) as wire:
        wire.send(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{expect_lines}\r\n{length}\r\n".encode("latin-1"))
        try:
            seen.stalled = uploads and wire.quiet(STALL)
            if seen.stalled:
                seen.sent = wire.send_as_taken(CONTENT)
            response = wire.response()
            while response.status < 200:
                seen.interim.append(response.status)
                if uploads and not seen.sent:
                    seen.sent = wire.send_as_taken(CONTENT)
                response = wire.response()
            seen.status, seen.close, seen.content = response.status, response.close, response.content.decode("latin-1")
            if uploads and not seen.sent:
                while not wire.ended and wire.more(STALL):
                    pass
        except (Closed, socket.timeout):
            pass
        seen.closed = wire.ended and uploads and not seen.sent
        seen.again = b"HTTP/1.1 " in wire.pending
    return seen
