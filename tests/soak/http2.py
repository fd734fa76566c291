"""One request over HTTP/2 without TLS (prior knowledge) on a connection of its own. RFC 9113 and RFC 7541, no more of
them than is needed: fields are sent as literals, and of an answer only :status is read."""

from http1 import LIMIT, PATIENCE
from policies import CONTENT
from support.wire import Wire

DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, ACK, END_HEADERS = 1, 1, 4
INDEXED = {8: 200, 9: 204, 10: 206, 11: 304, 12: 400, 13: 404, 14: 500}


class GoneAway(Exception):
    """The server asks, as it may, to repeat the request on another connection."""


def literal(text):
    data = text.encode()
    return bytes([len(data)]) + data  # shorter than 127


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def huffman_digits(coded):
    """Three digits: 0 to 2 have five bits, the others six."""
    bits = "".join(f"{byte:08b}" for byte in coded)
    text = ""
    while len(text) < 3:
        five = int(bits[:5], 2)
        if five <= 2:
            text, bits = text + str(five), bits[5:]
        else:
            text, bits = text + str(int(bits[:6], 2) - 25 + 3), bits[6:]
    return int(text)


def status_of(block):
    at = 0
    while block[at] & 0xE0 == 0x20:
        at += 1  # a change of the table's size
    if block[at] & 0x80:
        return INDEXED[block[at] & 0x7F]
    length = block[at + 1] & 0x7F
    value = block[at + 2 : at + 2 + length]
    return huffman_digits(value) if block[at + 1] & 0x80 else int(value)


class Stream:
    def __init__(self, port):
        self.wire = Wire(port, LIMIT)
        self.send, self.take = self.wire.send, self.wire.take
        # No table for field compression, and no pushed responses.
        self.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, bytes([0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0])))
        self.statuses, self.ended = [], False

    def ask(self, kind):
        fields = [(":method", kind.method), (":scheme", "http"), (":authority", "a.test"), (":path", kind.path)]
        if kind.field is not None:
            fields.append(("expect", kind.field))
        if kind.content:
            fields.append(("content-length", str(len(CONTENT))))
        block = b"".join(b"\0" + literal(name) + literal(value) for name, value in fields)
        self.send(frame(HEADERS, END_HEADERS | (0 if kind.content else END_STREAM), 1, block))

    def content(self):
        self.send(frame(DATA, END_STREAM, 1, CONTENT))

    def read_frame(self):
        top = self.take(9)
        payload = self.take(int.from_bytes(top[:3], "big"))
        kind, flags = top[3], top[4]
        if kind in (SETTINGS, PING) and not flags & ACK:
            self.send(frame(kind, ACK, 0, payload if kind == PING else b""))
        elif kind == HEADERS:
            self.statuses.append(status_of(payload))
        elif kind == GOAWAY and int.from_bytes(payload[:4], "big") < 1 and not self.statuses:
            raise GoneAway
        elif kind == RESET:
            if not self.statuses or self.statuses[-1] < 200:
                raise GoneAway if int.from_bytes(payload, "big") == 7 else ConnectionResetError("stream reset")
            self.ended = True
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            self.ended = True


def outcome(port, kind):
    stream = Stream(port)
    with stream.wire:
        stream.ask(kind)
        if kind.content == "sent":
            stream.content()
        elif kind.content == "withheld":
            while not stream.statuses and not stream.wire.quiet(PATIENCE):
                stream.read_frame()
            if not stream.statuses or stream.statuses[0] == 100:
                stream.content()
        while not stream.ended:
            stream.read_frame()
        return tuple(stream.statuses)


def like(outcome):
    """What may come over HTTP/2 where over HTTP/1.1 it is `outcome`: a 100 is left out where content came before it was
    read, or is not read at all."""
    return {outcome, outcome[-1:]}
