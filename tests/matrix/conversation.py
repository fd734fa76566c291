"""One cell on the wire: what is sent, when, and what comes back. What it should have been is told in verdict.py."""

import socket
import time
from dataclasses import dataclass, field

from configuration import host_name
from handlers import HANDLERS
from support.wire import Closed, Wire

# Seconds for an answer that waits for nothing from the client.
LONG = 20


@dataclass
class Seen:
    """`interims`: statuses before the final answer. `answers`: the final ones, in order. `late_interims`: interim answers
    behind the first final one. `silent`: nothing came while content was outstanding. `early`: the final answer came
    while it was. `given_up`: the client withheld content that was wanted, and left. `asked`: how many requests were
    sent. `closed`: the server ended the connection. `junk`: bytes that are no answer."""

    interims: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    late_interims: list = field(default_factory=list)
    silent: bool = False
    early: bool = False
    given_up: bool = False
    content_sent: bool = False
    asked: int = 1
    closed: bool = False
    junk: str = ""
    local_port: int = 0
    bytes: str = ""

    @property
    def first(self):
        return self.answers[0] if self.answers else None


def target(cell, number, which):
    path = HANDLERS[cell.handler].path.format(cell=number) if which == "first" else "/a.txt"
    return f"{path}?{which}-c{number}" + ("&denied" if which == "first" and cell.access == "denied" else "")


def disguised(number, count=1):
    """Content that is a request, to whoever takes it for one."""
    return f"GET /a.txt?SMUGGLED-c{number} HTTP/1.1\r\nHost: h\r\nX-Cell: c{number}\r\n\r\n".encode() * count


def framed(cell, number):
    """(fields, content) of a cell's request."""
    content = disguised(number, 600 if cell.framing == "long" else 2)
    chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content)
    length = f"Content-Length: {len(content)}\r\n"
    chunked = "Transfer-Encoding: chunked\r\n"
    return {
        "none": ("", b""),
        "zero": ("Content-Length: 0\r\n", b""),
        "length": (length, content),
        "long": (length, content),
        "chunked": (chunked, chunk),
        "broken": (chunked, b"ZZ\r\n" + content),
        # A request that says both is one whose length the next server may read otherwise.
        "both": (f"Content-Length: {len(chunk)}\r\n" + chunked, chunk),
        "both-broken": (length + chunked, b"ZZ\r\n" + content),
        "over": (length + "X-Limit: on\r\n", content),
        "over-chunked": (chunked + "X-Limit: on\r\n", chunk),
    }[cell.framing]


def request(method, path, host, number, fields="", version="1.1"):
    return (f"{method} {path} HTTP/{version}\r\nHost: {host}\r\nX-Cell: c{number}\r\nContent-Type: text/plain\r\n"
            f"{fields}\r\n").encode()


def first_request(cell, number):
    """(header section, content)."""
    handler = HANDLERS[cell.handler]
    fields, content = framed(cell, number)
    fields += "Expect: 100-continue\r\n" + "".join(f"{each}\r\n" for each in handler.fields)
    if cell.version == "1.0":
        fields += "Connection: keep-alive\r\n"
    host = host_name(cell.policy, cell.error)
    return request(handler.method, target(cell, number, "first"), host, number, fields, cell.version), content


def converse(server, cell, number, patience):
    """`patience` is how many seconds count as silence while content is outstanding."""
    seen = Seen()
    with connect(server, cell.wire == "tls") as client:
        seen.local_port = client.socket.getsockname()[1]
        talk(client, cell, number, patience, seen)
    seen.closed = client.ended
    seen.junk = client.junk
    seen.bytes = client.sent.decode("latin-1") if len(client.sent) < 4000 else f"{len(client.sent)} bytes"
    return seen


def connect(server, tls):
    """Again where another cell ended the child that had the connection."""
    for attempt in range(8):
        try:
            return Client(server.ports["PORT2"] if tls else server.port, LONG, tls)
        except OSError:
            if attempt == 7:
                raise
            time.sleep(0.5)


class Client(Wire):
    """Tells in place of raising: `junk` is what came and is no answer."""

    sent, junk = b"", ""

    def say(self, data):
        self.sent += data
        try:
            self.send(data)
        except OSError:  # a server that has answered may be gone
            pass

    def answer(self, seconds=LONG):
        """The next one, interim or final; None where none came in time or the connection ended before."""
        try:
            answer = self.response(timeout=seconds)
        except (Closed, socket.timeout):
            return None
        except (ValueError, IndexError):
            self.junk = self.pending.decode("latin-1") or "no status line"
            self.pending = b""
            return None
        fields = answer.values("X-Answers")
        answer.answers = fields[0] if fields else ""
        return answer


def talk(client, cell, number, patience, seen):
    head, content = first_request(cell, number)
    second = request("GET", target(cell, number, "second"), host_name(cell.policy, cell.error), number,
                     "Connection: close\r\n")
    half = {"whole": len(content), "half": len(content) // 2}.get(cell.sending, 0)
    behind = second if cell.second == "behind" else b""

    def send_rest():
        client.say(content[half:] + behind)
        seen.content_sent = True
        seen.asked += 1 if behind else 0

    if half == len(content):
        client.say(head + content + behind)
        seen.content_sent = True
        seen.asked += 1 if behind else 0
    else:
        client.say(head + content[:half])
        answer = client.answer(patience)
        seen.silent = answer is None and not client.ended
        if answer is not None and answer.status >= 200:
            seen.early = True
            seen.answers.append(answer)
        elif answer is not None:
            seen.interims.append(answer.status)
        if cell.sending == "withheld":
            if not seen.early:
                seen.given_up = not client.ended
                return
        elif not client.ended:
            send_rest()
    while not seen.answers:
        answer = client.answer()
        if answer is None:
            return
        (seen.answers if answer.status >= 200 else seen.interims).append(answer)
        if answer.status < 200:
            seen.interims[-1] = answer.status
    if not seen.first.close and not behind and seen.content_sent:
        client.say(second)
        seen.asked += 1
    if seen.first.close or seen.asked > 1:
        end(client, seen)


def end(client, seen):
    """Reads until the server closes."""
    while not client.ended:
        answer = client.answer()
        if answer is None:
            break
        (seen.answers if answer.status >= 200 else seen.late_interims).append(answer)
    client.junk = client.junk or client.pending.decode("latin-1")
