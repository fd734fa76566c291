"""A client that sends each request in one write and reads whole responses, so that two runs put the same work before
the server."""

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
    """`lines` counts all header lines, those named here included. With a body the target is what reads it. `field` is one more that stands in the middle."""
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
    target = "/reader" if body else "/resource"
    head = "\r\n".join([f"{method} {target} HTTP/1.1", *fields, "", ""]).encode()
    return Request(key, title, head, body, keeps, status)


def lengthen(request, count):
    """The request with a longer User-Agent, which every one has: what the server stores behind it moves."""
    return request._replace(head=request.head.replace(AGENT.encode(), AGENT.encode() + b"0" * count))


def exchange(wire, request, pause=0):
    """The final status."""
    wire.send(request.head)
    status = wire.response().status
    if request.body:
        if status != 100:
            raise RuntimeError(f"{request.title}: {status} in place of 100")
        time.sleep(pause)
        wire.send(request.body)
        status = wire.response().status
    return status


def send(server, request, count, pause=0, reconnects=False):
    """Sends `count` requests and checks each status. `reconnects`: the server ends each connection behind its answer,
    unasked; the next request then has a new one. With a pause the server always waits for the client, never the
    other way round: whether its first read finds bytes or has to wait makes some hundred instructions."""
    wire = None
    for _ in range(count):
        wire = wire or server.connect()
        time.sleep(pause)
        status = exchange(wire, request, pause)
        if status != request.status:
            raise RuntimeError(f"{request.title}: {status} in place of {request.status}")
        if reconnects or not request.keeps:
            wire.rest()
            wire.close()
            wire = None
    if wire:
        wire.close()
