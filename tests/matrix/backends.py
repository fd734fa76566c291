"""The servers behind httpd: one of HTTP/1.1 that keeps connections, one of FastCGI. Both write down what they were
given: (cell, path, bytes of content), and each request line, so that content that became a request is seen there as
well. Standard library only."""

import re
import socket
import threading


class Backend:
    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.records, self.lines = [], []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.guard, args=(connection,), daemon=True).start()

    def guard(self, connection):
        """httpd may leave a backend at any point."""
        with connection, connection.makefile("rb") as stream:
            connection.settimeout(60)
            try:
                while self.serve(connection, stream):
                    pass
            except (OSError, ValueError):
                pass

    def leave(self, connection):
        """Closes without a reset for what is on its way."""
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
        return False

    def stop(self):
        self.listener.close()


class HttpBackend(Backend):
    """/reads and /error read the content and then answer; /early answers 403 at once and closes."""

    def serve(self, connection, stream):
        line = stream.readline(65536)
        if not line:
            return False
        self.lines.append(line.decode("latin-1").strip())
        fields = {}
        while (each := stream.readline(65536)) not in (b"\r\n", b"\n", b""):
            name, _, value = each.decode("latin-1").partition(":")
            fields[name.strip().lower()] = value.strip()
        path = line.split(b" ")[1].decode("latin-1").partition("?")[0]
        cell = fields.get("x-cell", "-")
        if path == "/early":
            self.records.append((cell, path, 0))
            self.answer(connection, "403 Forbidden", "early\n", close=True)
            return self.leave(connection)
        if fields.get("expect", "").lower() == "100-continue":
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        count = self.read_content(stream, fields)
        self.records.append((cell, path, count))
        self.answer(connection, "200 OK", f"read {count}\n")
        return True

    def read_content(self, stream, fields):
        if "chunked" not in fields.get("transfer-encoding", ""):
            return len(stream.read(int(fields.get("content-length", 0))))
        count = 0
        while size := int(stream.readline(100).split(b";")[0], 16):
            count += len(stream.read(size))
            stream.readline(10)
        while stream.readline(65536) not in (b"\r\n", b"\n", b""):
            pass
        return count

    def answer(self, connection, status, text, close=False):
        connection.sendall((f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n"
                            f"{'Connection: close' + chr(13) + chr(10) if close else ''}\r\n{text}").encode())


BEGIN, END, PARAMETERS, INPUT, OUTPUT = 1, 3, 4, 5, 6


class FastCgiBackend(Backend):
    """/fcgi/reads reads its input to the end, /fcgi/early does not wait for any."""

    def record(self, stream):
        head = stream.read(8)
        if len(head) < 8:
            raise OSError("closed")
        content = stream.read(int.from_bytes(head[4:6], "big"))
        stream.read(head[6])
        return head[1], content

    def serve(self, connection, stream):
        parameters, count = b"", 0
        while True:
            kind, content = self.record(stream)
            if kind == PARAMETERS:
                parameters += content
                if not content and b"early" in self.value(parameters, "SCRIPT_NAME"):
                    break
            if kind == INPUT:
                count += len(content)
                if not content:
                    break
        cell = self.value(parameters, "HTTP_X_CELL").decode() or "-"
        path = self.value(parameters, "SCRIPT_NAME").decode()
        self.records.append((cell, path, count))
        text = f"Content-Type: text/plain\r\n\r\nread {count}\n".encode()
        connection.sendall(self.packed(OUTPUT, text) + self.packed(OUTPUT, b"") + self.packed(END, bytes(8)))
        return self.leave(connection)  # as httpd asks for, without a connection pool

    @staticmethod
    def packed(kind, content):
        return bytes((1, kind, 0, 1)) + len(content).to_bytes(2, "big") + bytes(2) + content

    @staticmethod
    def value(parameters, name):
        """A parameter, found by its name's place: lengths of up to 127 are one byte."""
        found = re.search(rb"([\x00-\x7f])([\x00-\x7f])" + name.encode(), parameters, re.S)
        if not found or found.group(1)[0] != len(name):
            return b""
        return parameters[found.end() : found.end() + found.group(2)[0]]
