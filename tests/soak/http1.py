"""One request over HTTP/1.1 on a connection of its own: outcome() returns what came. A lost request raises OSError."""

import select
import socket
import struct

from policies import CONTENT

PATIENCE = 0.15  # seconds without a 100, after which a client sends all the same
LIMIT = 20  # seconds; nothing here takes so long


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.bytes = b""

    def read_more(self):
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionResetError("closed before the answer was whole")
        self.bytes += got

    def response(self):
        """Status of the next response; its content is taken off the connection."""
        while b"\r\n\r\n" not in self.bytes:
            self.read_more()
        head, self.bytes = self.bytes.split(b"\r\n\r\n", 1)
        lines = head.split(b"\r\n")
        status = int(lines[0].split()[1])
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
        if status >= 200:
            if b"chunked" in fields.get(b"transfer-encoding", b""):
                while not self.bytes.endswith(b"0\r\n\r\n"):
                    self.read_more()
                self.bytes = b""
            else:
                length = int(fields.get(b"content-length", b"0"))
                while len(self.bytes) < length:
                    self.read_more()
                self.bytes = self.bytes[length:]
        return status

    def quiet(self, seconds):
        return not self.bytes and not select.select([self.socket], [], [], seconds)[0]

    def vanish(self):
        """The connection is reset, as by a client that lost its network."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def head(kind):
    lines = [f"GET {kind.path} HTTP/1.1", "Host: a.test"]
    if kind.field is not None:
        lines.append(f"Expect: {kind.field}")
    if kind.content:
        lines.append(f"Content-Length: {len(CONTENT)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def outcome(port, kind):
    connection = Connection(port)
    with connection.socket:
        connection.socket.sendall(head(kind) + (CONTENT if kind.content == "sent" else b""))
        statuses = []
        if kind.content == "withheld":
            if not connection.quiet(PATIENCE):
                statuses.append(connection.response())
            if not statuses or statuses[0] == 100:
                connection.socket.sendall(CONTENT)
        while not statuses or statuses[-1] < 200:
            statuses.append(connection.response())
        return tuple(statuses)


class ClosedBehind(Exception):
    """The first of two pipelined requests has its whole answer, and the connection was closed behind it. A server may
    do that (RFC 9112, 9.3.2), and does when it restarts: the second request is the client's to repeat."""


def pipelined(port, kind):
    """A request without content and a plain one behind it, in one piece: both outcomes."""
    connection = Connection(port)
    with connection.socket:
        connection.socket.sendall(head(kind) + b"GET /plain.txt HTTP/1.1\r\nHost: a.test\r\n\r\n")
        first = connection.response()
        try:
            return (first, connection.response())
        except OSError as error:
            if connection.bytes or isinstance(error, TimeoutError):
                raise
            raise ClosedBehind from error


def vanish(port, kind, after):
    """The client goes after so many bytes of its request, or while the answer is on its way."""
    connection = Connection(port)
    connection.socket.sendall(head(kind)[:after])
    connection.vanish()
