"""Reads a client's half of a connection as it passes: which requests, and how many bytes of content of each.

HTTP/1 by its framing; HTTP/2 by its frames, whose compressed field sections are not opened. Standard library only.
"""

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS = 0, 1


class Request:
    """`content` counts what travelled behind the header section, chunk framing included."""

    def __init__(self, line="", fields=()):
        self.line, self.fields, self.content = line, list(fields), 0

    def values(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    @property
    def expect(self):
        """The Expect field as it was sent, several lines joined; None where there was none."""
        return ", ".join(self.values("Expect")) if self.values("Expect") else None


def parse_head(head):
    line, *rest = head.decode("latin-1").split("\r\n")
    fields = [tuple(part.strip() for part in each.partition(":")[::2]) for each in rest if ":" in each]
    return Request(line, fields)


class Reader:
    """feed() takes the bytes in any cut; `requests` is the list so far."""

    def __init__(self):
        self.requests, self.pending, self.read = [], b"", self.read_start
        self.left = 0
        self.streams = {}

    def feed(self, data):
        self.pending += data
        while self.read():
            pass

    def take(self, count):
        taken, self.pending = self.pending[:count], self.pending[count:]
        return taken

    def read_start(self):
        if PREFACE.startswith(self.pending[: len(PREFACE)]) and len(self.pending) < len(PREFACE):
            return False
        if self.pending.startswith(PREFACE):
            self.take(len(PREFACE))
            self.read = self.read_frame
        else:
            self.read = self.read_head
        return True

    def read_head(self):
        end = self.pending.find(b"\r\n\r\n")
        if end < 0:
            return False
        request = parse_head(self.take(end + 4)[:-4])
        self.requests.append(request)
        if "chunked" in ",".join(request.values("Transfer-Encoding")).lower():
            self.read = self.read_chunk
        else:
            self.left = int((request.values("Content-Length") or ["0"])[0] or 0)
            self.read, self.after = (self.read_content, self.read_head) if self.left else (self.read_head, None)
        return bool(self.pending)

    def read_content(self):
        taken = len(self.take(self.left))
        self.requests[-1].content += taken
        self.left -= taken
        if self.left == 0:
            self.read = self.after
        return taken > 0

    def read_chunk(self):
        end = self.pending.find(b"\r\n")
        if end < 0:
            return False
        size = int(self.pending[:end].split(b";")[0], 16)
        # The CRLF behind the chunk, or the one behind an empty trailer section, belongs to it.
        self.left, self.after = end + 2 + size + 2, self.read_chunk if size else self.read_head
        self.read = self.read_content
        return True

    def read_frame(self):
        if len(self.pending) < 9:
            return False
        size = int.from_bytes(self.pending[:3], "big")
        if len(self.pending) < 9 + size:
            return False
        kind, stream = self.pending[3], int.from_bytes(self.pending[5:9], "big")
        self.take(9 + size)
        if kind == HEADERS and stream not in self.streams:
            self.streams[stream] = Request(f"HTTP/2 stream {stream}")
            self.requests.append(self.streams[stream])
        if kind == DATA:
            self.streams[stream].content += size
        return True
