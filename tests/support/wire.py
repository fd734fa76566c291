"""A client on a raw socket: exactly the bytes it is told to send, and responses one by one as they come, interim ones
too. Standard library only.

    with Wire(server.port) as wire:
        wire.send(b"POST /a HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 5\\r\\nExpect: 100-continue\\r\\n\\r\\n")
        wire.quiet(0.2)        # nothing has come
        wire.response()        # Response(status=100, ...), then the final one
        wire.closes()          # the server ended the connection
"""

import re
import select
import socket
import ssl
import struct


class Closed(ConnectionError):
    """The connection ended before the response was whole; `pending` is what had come of it."""

    def __init__(self, pending):
        super().__init__(f"closed behind {pending[-200:]!r}" if pending else "closed without an answer")
        self.pending = pending


class Response:
    """`head` is its text without the empty line; `content` is without chunk framing."""

    def __init__(self, head):
        self.head, self.content = head, b""
        line, _, self.fields = head.partition("\r\n")
        _, status, *reason = line.split(" ", 2)
        self.status, self.reason = int(status), " ".join(reason)

    def values(self, name):
        return [value.strip() for value in re.findall(rf"^{re.escape(name)}:([^\r\n]*)", self.fields, re.I | re.M)]

    @property
    def close(self):
        """Whether the end of the connection is announced."""
        return any("close" in value.lower() for value in self.values("Connection"))


def trusting_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Wire:
    """timeout: seconds without a byte after which reading raises socket.timeout, which is an OSError as everything
    that goes wrong with a connection is. tls: over TLS, by a client that believes everybody."""

    def __init__(self, port, timeout=60, tls=False, address="127.0.0.1"):
        self.timeout, self.pending, self.ended = timeout, b"", False
        self.socket = socket.create_connection((address, port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = trusting_context().wrap_socket(self.socket, server_hostname="localhost")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def vanish(self):
        """Resets the connection, as a client does that lost its network."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, data):
        self.socket.settimeout(self.timeout)
        self.socket.sendall(data)

    def send_as_taken(self, data):
        """Sends until all is gone or the other side takes no more; how much it took."""
        view, sent = memoryview(data), 0
        self.socket.settimeout(self.timeout)
        try:
            while sent < len(view):
                sent += self.socket.send(view[sent : sent + 65536])
        except OSError:
            pass
        return sent

    def more(self, timeout=None):
        """Waits for bytes, at most `timeout` seconds; False at the end of the connection, orderly or by a reset."""
        self.socket.settimeout(self.timeout if timeout is None else timeout)
        try:
            data = self.socket.recv(65536)
        except socket.timeout:
            raise
        except OSError:
            data = b""
        self.pending += data
        self.ended = self.ended or not data
        return not self.ended

    def until(self, condition, timeout=None):
        while not condition():
            if self.ended or not self.more(timeout):
                raise Closed(self.pending)

    def take(self, count):
        self.until(lambda: len(self.pending) >= count)
        taken, self.pending = self.pending[:count], self.pending[count:]
        return taken

    def line(self, end=b"\r\n", timeout=None):
        """The bytes before the next `end`, which is taken off as well."""
        self.until(lambda: end in self.pending, timeout)
        line, _, self.pending = self.pending.partition(end)
        return line

    def response(self, method="GET", timeout=None):
        """The next response, interim or final, with its content. `timeout` is that of its header section."""
        response = Response(self.line(b"\r\n\r\n", timeout).decode("latin-1"))
        if response.status < 200 or response.status in (204, 304) or method == "HEAD":
            return response
        length = response.values("Content-Length")
        if "chunked" in ",".join(response.values("Transfer-Encoding")).lower():
            response.content = self.chunks()
        elif length:
            response.content = self.take(int(length[0]))
        else:
            response.content = self.rest()
        return response

    def chunks(self):
        content = b""
        while True:
            size = int(self.line().split(b";")[0], 16)
            if size == 0:
                break
            content += self.take(size + 2)[:-2]
        while self.line():
            pass  # the trailer section
        return content

    def final(self, method="GET"):
        """The statuses of the interim responses, and the final response."""
        interim = []
        while True:
            response = self.response(method)
            if response.status >= 200:
                return interim, response
            interim.append(response.status)

    def rest(self, timeout=None):
        """All bytes up to the end of the connection."""
        while self.more(timeout):
            pass
        rest, self.pending = self.pending, b""
        return rest

    def quiet(self, seconds):
        """Whether nothing comes for so long, not even the end of the connection."""
        if self.pending or isinstance(self.socket, ssl.SSLSocket) and self.socket.pending():
            return False
        return not select.select([self.socket], [], [], seconds)[0]

    def closes(self, timeout=None):
        """Whether the connection ends and nothing comes before."""
        try:
            return not self.pending and (self.ended or not self.more(timeout))
        except socket.timeout:
            return False
