"""A relay between a client and a server on 127.0.0.1 that changes nothing and reads along: only at the socket
can be seen how much of its content a client sent before it took no for an answer. Standard library only."""

import socket
import threading

from support.request_reader import HEADERS, Reader


class Relay:
    """Runs while its `with` block does. `requests()` is what the clients sent so far, `answers()` the raw bytes that
    the server sent, connection by connection. Ask once the client has ended."""

    def __init__(self, server_port):
        self.server_port = server_port
        self.connections = []
        self.threads = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        self.start(self.accept)
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            for each in connection.sockets:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        for thread in self.threads:
            thread.join(10)

    def requests(self):
        return [request for connection in self.connections for request in connection.reader.requests]

    def content_came_first(self):
        """Whether content was sent on some connection before any answer had come."""
        return any(connection.content_came_first for connection in self.connections)

    def answers(self):
        return [bytes(connection.answer) for connection in self.connections]

    def start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.server_port), timeout=10)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            connection = Connection(client, server)
            self.connections.append(connection)
            self.start(connection.pump, client, server, connection.look_at_request)
            self.start(connection.pump, server, client, connection.answer.extend)


def has_answer(data):
    """Whether a server's half of a connection has an answer in it, interim or final; over HTTP/2 that is HEADERS."""
    at = 0
    while not data.startswith(b"HTTP/") and at + 9 <= len(data):
        if data[at + 3] == HEADERS:
            return True
        at += 9 + int.from_bytes(data[at : at + 3], "big")
    return data.startswith(b"HTTP/")


class Connection:
    def __init__(self, client, server):
        self.sockets = (client, server)
        self.reader, self.answer = Reader(), bytearray()
        self.content_came_first = None
        self.open_ways = 2
        self.lock = threading.Lock()

    def look_at_request(self, data):
        self.reader.feed(data)
        if self.content_came_first is None and any(request.content for request in self.reader.requests):
            self.content_came_first = not has_answer(self.answer)

    def pump(self, source, target, look):
        """One direction; the end of it is passed on as such, so that a half-closed connection stays one."""
        try:
            while data := source.recv(65536):
                look(data)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            # A reset must reach the other side as an end, or it would wait for ever.
            for each in self.sockets:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        with self.lock:
            self.open_ways -= 1
            if self.open_ways:
                return
        for each in self.sockets:
            each.close()
