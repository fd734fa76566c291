"""A client on a raw socket that does what RFC 9110 wants of one that sends an expectation: it waits before it sends its
content, and sends it on 100 Continue, or after a while without an answer. Standard library only."""

import re
import socket
from dataclasses import dataclass

STALL = 5  # seconds without a byte that count as no answer; what is sent at once takes milliseconds
CONTENT = b"0123456789abcdef" * (2 << 16)  # 2 MiB


@dataclass
class Seen:
    """`interim`: the 1xx statuses before the final one, in order. `sent`: bytes of content. `stalled`: nothing came
    until the content was sent. `close`: the final answer announced the end of the connection. `closed`: it ended without
    the client's doing, looked at where content was withheld. `again`: an answer came after the final one."""

    interim: list
    status: int = 0
    reason: str = ""
    fields: str = ""
    content: str = ""
    sent: int = 0
    stalled: bool = False
    closed: bool = False
    again: bool = False

    @property
    def close(self):
        return re.search(r"^connection:.*close", self.fields, re.I | re.M) is not None


class Wire:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.pending, self.ended = b"", False

    def more(self, timeout):
        """Whether bytes came."""
        self.socket.settimeout(timeout)
        try:
            data = self.socket.recv(65536)
        except socket.timeout:
            return False
        except OSError:
            data = b""
        self.pending += data
        self.ended = not data
        return not self.ended

    def head(self, timeout):
        """Status, reason and fields of the next answer, or None."""
        while b"\r\n\r\n" not in self.pending:
            if self.ended or not self.more(timeout):
                return None
        text, _, self.pending = self.pending.partition(b"\r\n\r\n")
        line, _, fields = text.decode("latin-1").partition("\r\n")
        _, status, *reason = line.split(" ", 2)
        return int(status), " ".join(reason), fields

    def content(self, fields, timeout):
        """The content of the answer, without its framing where there is one that ends it."""
        length = re.search(r"^content-length:\s*(\d+)", fields, re.I | re.M)
        chunked = re.search(r"^transfer-encoding:.*chunked", fields, re.I | re.M)

        def whole():
            if length:
                return len(self.pending) >= int(length.group(1))
            return chunked and b"0\r\n\r\n" in self.pending

        while not whole() and not self.ended and self.more(timeout):
            pass
        if length:
            end = int(length.group(1))
        else:
            end = self.pending.find(b"0\r\n\r\n") + 5 if chunked and whole() else len(self.pending)
        content, self.pending = self.pending[:end], self.pending[end:]
        if chunked:
            content = b"".join(re.findall(rb"[0-9a-f]+\r\n(.*?)\r\n", content, re.S))
        return content.decode("latin-1")

    def send(self, data):
        """How much was taken before the other side would have no more."""
        view, sent = memoryview(data), 0
        self.socket.settimeout(10)
        try:
            while sent < len(view):
                sent += self.socket.send(view[sent : sent + 65536])
        except OSError:
            pass
        return sent


def ask(port, expect_lines, uploads, path=None, host="example.com"):
    """One request; `expect_lines` is the text of its Expect field lines."""
    path = path or ("/upload" if uploads else "/resource")
    method = "POST" if uploads else "GET"
    length = f"Content-Length: {len(CONTENT)}\r\n" if uploads else ""
    wire, seen = Wire(port), Seen([])
    try:
        wire.send(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{expect_lines}\r\n{length}\r\n".encode("latin-1"))
        head = wire.head(STALL if uploads else 10)
        if head is None and uploads and not wire.ended:
            seen.stalled = True
            seen.sent = wire.send(CONTENT)
            head = wire.head(10)
        while head and 100 <= head[0] < 200:
            seen.interim.append(head[0])
            if uploads and not seen.sent:
                seen.sent = wire.send(CONTENT)
            head = wire.head(10)
        if head:
            seen.status, seen.reason, seen.fields = head
            seen.content = wire.content(seen.fields, 10)
            if uploads and not seen.sent:
                while not wire.ended and wire.more(STALL):
                    pass
                seen.closed = wire.ended
            seen.again = b"HTTP/1.1 " in wire.pending
    finally:
        wire.socket.close()
    return seen
