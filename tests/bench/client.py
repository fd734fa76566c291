"""A client that sends exactly the bytes it is told to, each request in one write, and reads whole responses, so
that two runs put the same work before the server."""

import socket
import ssl
import time
from typing import NamedTuple


AGENT = "User-Agent: bench/1"


class Request(NamedTuple):
    key: str
    title: str
    head: bytes
    body: bytes = b""
    # Without it each request has a connection of its own.
    keeps: bool = True
    status: int = 200


def fill(lines):
    """Header lines such as browsers send, and ten of somebody's own."""
    names = [AGENT, "Accept-Language: en", "Accept-Encoding: gzip", "Origin: null", "Cookie: a=b",
             "Referer: /other", "X-Trace: 0123456789abcdef", "Upgrade-Insecure-Requests: 1",
             "Cache-Control: max-age=0", "Pragma: no-cache"]
    return [names[number % len(names)] if number < len(names) else f"X-Field-{number}: value of {number}"
            for number in range(lines)]


def request(key, title, method="GET", lines=4, expect=None, body=b"", keeps=True, status=200, field=None):
    """`lines` counts all header lines, those named here included. `field` is one more that stands in the middle."""
    fields = ["Host: localhost"]
    if not keeps:
        fields.append("Connection: close")
    if body:
        fields.append(f"Content-Length: {len(body)}")
    if expect:
        fields.append(f"Expect: {expect}")
    fields += fill(lines - len(fields) - (1 if field else 0))
    if field:
        fields.insert(len(fields) // 2, field)
    head = "\r\n".join([f"{method} /resource HTTP/1.1", *fields, "", ""]).encode()
    return Request(key, title, head, body, keeps, status)


def lengthen(request, count):
    """The request with a longer User-Agent, which every one has: what the server stores behind it moves."""
    return request._replace(head=request.head.replace(AGENT.encode(), AGENT.encode() + b"0" * count))


# The ports on which a server speaks TLS, and a client that believes it.
tls_ports = set()
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TLS.check_hostname = False
TLS.verify_mode = ssl.CERT_NONE


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if port in tls_ports:
            self.socket = TLS.wrap_socket(self.socket)
        self.buffer = b""

    def close(self):
        self.socket.close()

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"closed after {self.buffer!r}")
        self.buffer += data

    def head(self):
        while b"\r\n\r\n" not in self.buffer:
            self.more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        return int(head.split(b" ", 2)[1]), head

    def response(self):
        """The status of the next response, whose content is read too."""
        status, head = self.head()
        if status < 200:
            return status
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n")
                       if line.lower().startswith(b"content-length:")), None)
        if length is None:
            raise RuntimeError(f"a response without a length: {head!r}")
        while len(self.buffer) < length:
            self.more()
        self.buffer = self.buffer[length:]
        return status

    def exchange(self, request, pause=0):
        """The final status."""
        self.socket.sendall(request.head)
        status = self.response()
        if request.body:
            if status != 100:
                raise RuntimeError(f"{request.title}: {status} in place of 100")
            time.sleep(pause)
            self.socket.sendall(request.body)
            status = self.response()
        return status

    def drain(self):
        """Reads to the server's end of the connection."""
        while self.socket.recv(65536):
            pass


def send(port, request, count, pause=0, reconnects=False):
    """Sends `count` requests and checks each status. `reconnects`: the server ends each connection behind its answer,
    unasked; the next request then has a new one. With a pause the server always waits for the client, never the
    other way round: whether its first read finds bytes or has to wait makes some hundred instructions."""
    connection = None
    for _ in range(count):
        connection = connection or Connection(port)
        time.sleep(pause)
        status = connection.exchange(request, pause)
        if status != request.status:
            raise RuntimeError(f"{request.title}: {status} in place of {request.status}")
        if reconnects or not request.keeps:
            connection.drain()
            connection.close()
            connection = None
    if connection:
        connection.close()
