"""A raw client: bytes out, answers in, in cleartext or behind TLS. Standard library only."""

import re
import socket
import ssl
import time
from dataclasses import dataclass

TLS = ssl.create_default_context()
TLS.check_hostname = False
TLS.verify_mode = ssl.CERT_NONE


@dataclass
class Answer:
    status: int
    fields: dict
    content: bytes = b""
    whole: bool = True

    @property
    def closes(self):
        """Whether it announces the end of the connection."""
        connection = self.fields.get("connection", "").lower()
        return "close" in connection or (self.version == "1.0" and "keep-alive" not in connection)

    @property
    def answers(self):
        """The request line that it answers, as httpd says it."""
        return self.fields.get("x-answers", "")

    version: str = "1.1"


class Junk(Exception):
    """Bytes that are no answer."""


class Wire:
    """`ended`: the other side closed, or reset the connection."""

    def __init__(self, port, tls):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.local_port = self.socket.getsockname()[1]
        self.pending, self.ended, self.reset = b"", False, False
        self.sent = b""
        if tls:
            self.socket = TLS.wrap_socket(self.socket, server_hostname="localhost")

    def send(self, data):
        self.sent += data
        self.socket.settimeout(30)
        try:
            self.socket.sendall(data)
        except OSError:  # a server that has answered may be gone
            pass

    def more(self, deadline):
        """Whether bytes came before `deadline`."""
        left = deadline - time.monotonic()
        if left <= 0 or self.ended:
            return False
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(65536)
        except (TimeoutError, ssl.SSLWantReadError):
            return False
        except OSError as error:
            self.reset = isinstance(error, ConnectionResetError)
            data = b""
        self.pending += data
        self.ended = not data
        return not self.ended

    def take(self, end):
        taken, self.pending = self.pending[:end], self.pending[end:]
        return taken

    def read(self, seconds):
        """The next answer, interim ones included; None where none came in time or the connection ended."""
        deadline = time.monotonic() + seconds
        while b"\r\n\r\n" not in self.pending:
            if not self.more(deadline):
                return None
        head = self.take(self.pending.index(b"\r\n\r\n") + 4).decode("latin-1")
        found = re.match(r"HTTP/1\.([01]) (\d{3})( [^\r\n]*)?\r\n", head)
        if not found:
            raise Junk(head)
        fields = {}
        for line in head[found.end() :].split("\r\n"):
            name, colon, value = line.partition(":")
            if colon:
                fields[name.lower()] = value.strip()
        answer = Answer(int(found.group(2)), fields, version=f"1.{found.group(1)}")
        if answer.status >= 200 and answer.status not in (204, 304):
            self.read_content(answer, deadline)
        return answer

    def read_content(self, answer, deadline):
        if "chunked" in answer.fields.get("transfer-encoding", "").lower():
            while True:
                size = int(self.line(answer, deadline).split(b";")[0] or b"0", 16)
                answer.content += self.some(size, answer, deadline)
                self.line(answer, deadline)
                if size == 0:
                    return
        elif "content-length" in answer.fields:
            answer.content = self.some(int(answer.fields["content-length"]), answer, deadline)
        else:
            while self.more(deadline):
                pass
            answer.whole = self.ended
            answer.content = self.take(len(self.pending))

    def line(self, answer, deadline):
        while b"\n" not in self.pending:
            if not self.more(deadline):
                answer.whole = False
                return b""
        return self.take(self.pending.index(b"\n") + 1).strip()

    def some(self, count, answer, deadline):
        while len(self.pending) < count:
            if not self.more(deadline):
                answer.whole = False
                break
        return self.take(count)

    def close(self):
        self.socket.close()
