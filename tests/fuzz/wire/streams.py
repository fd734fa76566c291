"""Streams of HTTP/1 to throw at a server: some requests each, well formed or nearly, with the Expect field or without.
Everything comes from one random.Random, so a stream is made again from its seed and number."""

import re

HOST = "off.test"

METHODS = ["GET"] * 5 + ["POST"] * 5 + ["HEAD", "PUT", "TRACE", "TRACE", "TRACE", "OPTIONS", "DELETE", "EXPECT", "E", "Expect:"]
TARGETS = ["/plain.txt"] * 3 + ["/echo"] * 4 + [
    "/missing", "/kept/plain.txt", "/kept/echo", "/directory", "*", "/", f"http://{HOST}/plain.txt", "/echo?Expect:%20foo",
]
VERSIONS = ["HTTP/1.1"] * 12 + ["HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1", ""]
NAMES = ["Expect"] * 8 + ["expect", "EXPECT", "eXpEcT"]
ALIKE = ["Expec", "Expects", "Exempt", "Expect ", "Expect\t", "X-Expect", " Expect", "E", "ETag", "Expectation", "Expect\x00", "\xe5xpect"]
VALUES = ["100-continue"] * 6 + ["foo"] * 4 + [
    "", "100-Continue", "100-continue, foo", "good", "foo=bar", 'foo="a, b"', "100-continue;", "y 100-continue", ",", ", ,", "foo\t",
    "100-continue\x00", "a\x01b", "\xe9", "foo=", "no", "other", "100-continue, 100-continue", "good, 100-continue",
]
OTHERS = ["Accept: */*", "Accept-Encoding: gzip", "Accept-Language: de", "User-Agent: fuzz", "Cookie: a=b", "Referer: Expect: foo",
          "ETag: 1", "Exempt: no", "X-A: 1", "X-A: 2", "DNT: 1", "Expires: 0", "Cache-Control: no-cache", "Connection: keep-alive",
          "Connection: close", "Connection: Expect", "TE: trailers", "Trailer: Expect", "no colon", ": nothing", "X: \x7f", "If-None-Match: *"]
# What might be taken for the field where it is none: in content, in chunks, in trailers.
LURES = ["\nExpect: x\r\n", "\r\nExpect: foo\r\n\r\n", "Expect: foo\r\n", "\r\n\r\n", "expect:", "GET /plain.txt HTTP/1.1\r\nExpect: x\r\n\r\n"]
# Sizes around httpd's: a read from the socket, a line, a field's limit.
SIZES = [8000, 8190, 8192, 16000, 64 * 1024]


def text(random, length):
    return "".join(random.choice("abcdefgh 0123456789") for _ in range(length))


def content(random):
    made = "".join(random.choice(LURES) if random.random() < 0.5 else text(random, random.randrange(20)) for _ in range(random.randrange(6)))
    return made + (text(random, random.choice(SIZES)) if random.random() < 0.03 else "")


def expect_line(random, end):
    line = f"{random.choice(NAMES)}:{random.choice([' ', ' ', ' ', '', '  ', chr(9)])}{random.choice(VALUES)}"
    if random.random() < 0.15:  # obs-fold
        at = random.randrange(line.index(":") + 1, len(line) + 1)
        line = line[:at] + end + random.choice([" ", "\t", "  "]) + line[at:]
    return line


def field_lines(random, end, number):
    lines = [random.choice(OTHERS) for _ in range(random.choice([0, 1, 2, 3, 5, 8]))]
    for _ in range(random.choice([0, 0, 1, 1, 1, 1, 1, 2, 3])):
        lines.insert(random.randrange(len(lines) + 1), expect_line(random, end))
    if random.random() < 0.15:
        lines.insert(random.randrange(len(lines) + 1), f"{random.choice(ALIKE)}: {random.choice(VALUES)}")
    if random.random() < 0.1:
        at = random.randrange(len(lines) + 1)
        lines.insert(at, f"X-Folded: a{end} {random.choice(LURES).strip()}")
    if random.random() < 0.04:  # a section of many bytes, so that lines lie across the ends of what the core reads at once
        for _ in range(random.choice([2, 10, 40, 90])):
            lines.insert(random.randrange(len(lines) + 1), f"X-{number}: {text(random, random.choice([90, 700, 7900, 8180]))}")
    if random.random() < 0.02:
        lines.insert(random.randrange(len(lines) + 1), f"{random.choice(NAMES)}: {text(random, random.choice(SIZES))}")
    if random.random() < 0.95:
        lines.insert(random.choice([0, 0, 0, len(lines)]), f"Host: {HOST}")
    return lines


def chunks(random, data, end):
    made = ""
    while data:
        size = random.randrange(1, len(data) + 1)
        extension = random.choice(["", "", "", ";a=b", ";Expect: foo"])
        made += f"{size:x}{extension}{end}{data[:size]}{end}"
        data = data[size:]
    trailers = "".join(f"{random.choice(['Expect', 'X-T', 'expect'])}: {random.choice(VALUES)}{end}" for _ in range(random.choice([0, 0, 0, 1, 2])))
    return f"{made}0{end}{trailers}{end}"


def framed(random, end):
    """Lines of a framing, and the content."""
    kind = random.random()
    if kind < 0.4:
        return [], ""
    data = content(random)
    if kind < 0.7:
        return [f"Content-Length: {len(data)}"], data
    if kind < 0.93:
        return ["Transfer-Encoding: chunked"], chunks(random, data, end)
    return random.choice([
        (["Content-Length: 0"], ""), (["Content-Length: 5"], data), (["Content-Length: x"], data), (["Transfer-Encoding: foo"], data),
        (["Transfer-Encoding: chunked"], "ZZ" + end + data), (["Transfer-Encoding: chunked", "Content-Length: 3"], chunks(random, data, end)),
    ])


def request(random, number):
    end = random.choice(["\r\n"] * 12 + ["\n", "\r\r\n"])
    version = random.choice(VERSIONS)
    line = f"{random.choice(METHODS)} {random.choice(TARGETS)}{' ' if version else ''}{version}"
    framing, data = framed(random, end)
    fields = field_lines(random, end, number)
    for each in framing:
        fields.insert(random.randrange(len(fields) + 1), each)
    empty = "".join(random.choice(["\r\n", "\r\n", end]) for _ in range(random.randrange(13))) if random.random() < 0.25 else ""
    return empty + end.join([line, *fields, "", ""]) + data


def mutate(random, stream):
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        at = random.randrange(len(stream) + 1)
        to = min(len(stream), at + random.choice([1, 1, 1, 2, 6, 30]))
        what = random.random()
        if what < 0.3:
            stream = stream[:at] + stream[to:]
        elif what < 0.5:
            stream = stream[:to] + stream[at:]
        elif what < 0.75:
            stream = stream[:at] + random.choice(["\r", "\n", "\r\n", " ", "\t", ":", "e", "E", "\x00", "Expect:", "\n\n", ","]) + stream[at:]
        else:
            stream = stream[:at] + chr(random.randrange(256)) + stream[at + 1:]
    return stream


def stream(random):
    made = "".join(request(random, number) for number in range(random.choice([1, 1, 1, 2, 2, 3, 4])))
    if random.random() < 0.35:
        made = mutate(random, made)
    # Behind a request httpd counts empty lines to ten twice: those that are there when it has answered, and those that come.
    return re.sub(rb"(?<=[^\r\n])((?:\r*\n){9})[\r\n]+", rb"\1", made.encode("latin-1"))


def pieces(random, data):
    """The same in pieces: after every byte, at some places, or around what looks like the field."""
    kind = random.random()
    if kind < 0.15 and len(data) < 500:
        return [data[at:at + 1] for at in range(len(data))]
    places = {random.randrange(len(data) + 1) for _ in range(random.choice([1, 1, 2, 4, 12]))}
    if kind < 0.8:
        lower, at = data.lower(), -1
        while len(places) < 40 and (at := lower.find(b"expect", at + 1)) >= 0:
            places.add(at + random.randrange(-2, 9))
    places = sorted({0, len(data), *(place for place in places if 0 < place < len(data))})
    return [data[begin:end] for begin, end in zip(places, places[1:])]
