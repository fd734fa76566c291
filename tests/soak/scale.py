#!/usr/bin/env python3
"""Many of everything: hosts, rules for one name and for many, sections; a million requests on kept connections, and a
thousand graceful restarts with changed rules under load. What a process has, own memory, mappings and descriptors, is
looked at when it has served a tenth and at the end. Exits 1 where an answer is wrong, or where one of them grows.

    scale.py [REQUESTS [RESTARTS]]     1,000,000 and 1,000 unless given
"""

import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from server import own_memory
from support.machine import WORK
from support.private_httpd import PrivateHttpd
from support.wire import Wire

MANY = 10000
BATCH = 50  # requests in a piece
STATUSES = (403, 404, 406, 409, 410, 412, 417, 422, 424, 428, 429)  # behind which httpd keeps a connection
SETTLED = 1  # seconds in which httpd is done with connections that have ended
CONFIGURATION = """
LogLevel notice
MaxKeepAliveRequests 0
KeepAliveTimeout 60
StartServers 1
ServerLimit 8
ThreadsPerChild 25
MaxRequestWorkers 200
ExpectPolicy On
"""


class Shape:
    """A configuration, requests as (host, path, field, status), and what part of all requests it gets."""

    def __init__(self, title, configuration, asked, part=1.0):
        self.title, self.configuration, self.asked, self.part = title, configuration, asked, part


def lines(pattern):
    return "".join(pattern.format(number, status_of(number)) for number in range(MANY))


def status_of(number):
    return STATUSES[number % len(STATUSES)]


def shapes():
    ends = (0, MANY // 2, MANY - 1)
    plain = [("h0.test", "/resource", None, 200), ("h0.test", "/resource", "100-continue", 200),
             ("h0.test", "/resource", "a, b;c=d", 417), ("h0.test", "/resource", ",", 200)]
    hosts = lines("<VirtualHost 127.0.0.1:@PORT@>\nServerName h{0}.test\n</VirtualHost>\n")
    yield Shape(f"{MANY:,} hosts that inherit", "ExpectRule reject refused status=451\n" + hosts,
                plain + [(f"h{at}.test", "/resource", "refused", 451) for at in ends])
    yield Shape(f"{MANY:,} rules for one name", lines("ExpectRule reject limit={0} status={1}\n"),
                plain + [("a.test", "/resource", f"limit={at}", status_of(at)) for at in ends])
    yield Shape(f"{MANY:,} rules for as many names", lines("ExpectRule reject name-{0} status={1}\n"),
                plain + [("a.test", "/resource", f"name-{at}", status_of(at)) for at in ends])
    # httpd compares each of them for each request.
    sections = lines('<Location "/s/{0}">\nExpectRule reject refused status={1}\n</Location>\n')
    yield Shape(f"{MANY:,} sections with a rule", sections,
                plain + [("a.test", f"/s/{at}", "refused", status_of(at)) for at in ends], part=0.01)


def possessions(pid):
    """Own memory in kilobytes, mappings and descriptors of a process."""
    time.sleep(SETTLED)
    folder = Path(f"/proc/{pid}")
    return own_memory(pid), len((folder / "maps").read_text().splitlines()), len(list((folder / "fd").iterdir()))


def batch(asked):
    """Pipelined requests, as bytes and the statuses that they get."""
    sent = [asked[at % len(asked)] for at in range(BATCH)]
    text = "".join(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n" + (f"Expect: {field}\r\n" if field else "") + "\r\n"
                   for host, path, field, _ in sent)
    return text.encode(), [status for *_, status in sent]


def serve(port, asked, count):
    """So many requests on one connection; how many got another status."""
    data, statuses = batch(asked)
    wrong = 0
    with Wire(port) as wire:
        for _ in range(max(1, count // BATCH)):
            wire.send(data)
            wrong += sum(wire.response().status != status for status in statuses)
    return wrong


def grown(early, late):
    """What has grown: memory by more than a twentieth and 512 kB, mappings by more than pools come and go with, or
    descriptors at all."""
    return [name for name, before, now, slack in zip(("memory", "mappings", "descriptors"), early, late,
                                                     (early[0] / 20 + 512, 16, 0)) if now > before + slack]


def show(title, seconds, count, wrong, early, late):
    print(f"{title:<36}{seconds:>9.2f}{count:>10}{wrong:>6}" + "".join(f"{a:>9}{b:>9}" for a, b in zip(early, late)))
    sys.stdout.flush()
    return [f"{title}: {wrong} wrong answers"] * bool(wrong) + [f"{title}: more {name}" for name in grown(early, late)]


def try_shape(shape, count):
    count = int(count * shape.part)
    with PrivateHttpd("scale", config=CONFIGURATION + shape.configuration, patience=120) as server:
        wrong = serve(server.port, shape.asked, count // 10)
        child = server.children()[0]
        early = possessions(child)
        wrong += serve(server.port, shape.asked, count - count // 10)
        return show(shape.title, server.started_in, count, wrong, early, possessions(child))


class Load:
    """Clients that ask on kept connections while the server restarts. An answer is one of the statuses of either
    generation; a connection may end where no answer has begun."""

    def __init__(self, port, clients=4):
        self.port, self.over, self.answered, self.wrong = port, threading.Event(), 0, []
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def run(self):
        while not self.over.is_set():
            try:
                with Wire(self.port, 20) as wire:
                    while not self.over.is_set():
                        wire.send(b"GET /resource HTTP/1.1\r\nHost: a.test\r\nExpect: changing\r\n\r\n")
                        status = wire.response().status
                        self.answered += 1
                        if status not in (451, 452):
                            self.wrong.append(status)
                        time.sleep(0.002)
            except OSError as error:
                if getattr(error, "pending", b""):
                    self.wrong.append(error)

    def end(self):
        self.over.set()
        for thread in self.threads:
            thread.join(30)


def try_restarts(count):
    def generation(number):
        rules = "".join(f"ExpectRule meet generation-{number}-{at}\n" for at in range(200 + number * 37 % 400))
        return f"{CONFIGURATION}ExpectRule reject changing status={451 + number % 2}\n{rules}"

    with PrivateHttpd("scale", config=generation(0), patience=120) as server:
        load = Load(server.port)
        began, early = time.monotonic(), None
        for number in range(1, count + 1):
            server.graceful(generation(number))
            if number == max(1, count // 10):
                early = possessions(server.child.pid)
        late, seconds = possessions(server.child.pid), time.monotonic() - began
        load.end()
        deaths = server.deaths()
    trouble = show(f"{count:,} restarts, the parent", seconds, load.answered, len(load.wrong), early, late)
    return trouble + [f"a child died by {death}" for death in deaths] + [str(each) for each in load.wrong[:5]]


def main():
    requests, restarts = (int(word) for word in (*sys.argv[1:], *("1000000", "1000")[len(sys.argv) - 1 :]))
    WORK.mkdir(parents=True, exist_ok=True)
    print(f"{'':<36}{'seconds':>9}{'answers':>10}{'wrong':>6}" + "".join(
        f"{name:>9}{'at end':>9}" for name in ("kB", "maps", "files")))
    kinds = list(shapes())
    share = requests / sum(shape.part for shape in kinds)
    trouble = [each for shape in kinds for each in try_shape(shape, share)] + try_restarts(restarts)
    print("\n".join(f"TROUBLE: {each}" for each in trouble) or "no trouble")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
