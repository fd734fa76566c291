#!/usr/bin/env python3
"""Differential fuzzing over sockets: the same streams of HTTP/1 to servers that must answer alike.

- httpd without the module, a host whose policy is Off beside one whose policy is On, and a host in DetectionOnly: alike,
  byte for byte but for Date, whether the stream comes in one segment or in pieces. HttpProtocolOptions Unsafe, too.
- Hosts with a policy in force: one segment and pieces alike.

    run.py --seconds 60             so long, with a seed of its own choice, which it prints
    run.py --seed 7 --cases 100     the same 100 streams every time
    run.py --seed 7 --case 31       one of them, with all that came of it

Prints each difference with its seed, its number and the bytes, and ends with 1 after a difference, an answer that never
came, or the death of a child. --tap: as a suite of `make check` wants it."""

import argparse
import itertools
import os
import random
import re
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import streams
from servers import AS_STOCK, IN_FORCE, Server

PATIENCE = 15  # seconds without an answer, which is then a finding; httpd's Timeout is longer
PAUSE = 0.0005  # between pieces; it makes it likely that the server sees them, and decides nothing


def converse(port, parts):
    """All that comes back until the server closes; what came, and a mark, where it does not."""
    got = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                for number, part in enumerate(parts):
                    if number:
                        time.sleep(PAUSE)
                    connection.sendall(part)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the server closed; the answer tells
            while data := connection.recv(65536):
                got += data
    except TimeoutError:
        got += b"<nothing more came>"
    except OSError as error:
        got += f"<{type(error).__name__}>".encode()
    got = re.sub(rb"\r\nDate: [A-Z][^\r]*GMT", b"", got)
    # httpd lists methods in the order of a hash with a seed of each process's own.
    return re.sub(rb"(?<=\r\nAllow: )[A-Z,]+", lambda found: b",".join(sorted(found[0].split(b","))), got)


class Case:
    def __init__(self, seed, number):
        self.name = f"seed {seed}, case {number}"
        rng = random.Random(f"{seed}:{number}")
        self.whole = [streams.stream(rng)]
        self.cut = streams.pieces(rng, self.whole[0]) or self.whole
        self.in_force = IN_FORCE[number % len(IN_FORCE)]

    def conversations(self, stock, ours):
        """Pairs of names and answers that must be equal."""
        plain = converse(stock.to_host("off"), self.whole)
        yield "stock", plain, "off", converse(ours.to_host("off"), self.whole)
        yield "stock", plain, "off, in pieces", converse(ours.to_host("off"), self.cut)
        yield "stock", plain, "detection", converse(ours.to_host("detection"), self.whole)
        unsafe = converse(stock.to_host("unsafe"), self.whole)
        yield "stock, unsafe", unsafe, "off, unsafe, in pieces", converse(ours.to_host("unsafe"), self.cut)
        port = ours.to_host(self.in_force)
        yield self.in_force, converse(port, self.whole), f"{self.in_force}, in pieces", converse(port, self.cut)

    def differences(self, stock, ours):
        found = []
        for left, a, right, b in self.conversations(stock, ours):
            if a != b or b"<nothing more came>" in a:
                found.append(f"{self.name}: {left} and {right} differ\n  sent {self.cut!r}\n  {left}: {a!r}\n  {right}: {b!r}")
        return found


    def is_unsteady(self, stock):
        """Whether httpd by itself does not answer the same to one segment and to pieces. It looks for the next request
        behind a response, and eats the empty lines that have come by then, also such as it refuses later. Without the field,
        too, for which it would close."""
        neutral = re.sub(rb"(?i)expect(?=:)", b"Exqect", self.whole[0])
        ends = list(itertools.accumulate(len(part) for part in self.cut))
        neutral_cut = [neutral[begin:end] for begin, end in zip([0, *ends], ends)]
        for key in ("off", "unsafe"):
            for forms in ((self.whole, self.cut), ([neutral], neutral_cut)):
                if len({converse(stock.to_host(key), parts) for parts in forms for _ in range(3)}) > 1:
                    return True
        return False


class Run:
    def __init__(self, arguments, stock, ours):
        self.arguments, self.stock, self.ours = arguments, stock, ours
        self.deadline = time.monotonic() + arguments.seconds
        self.lock, self.next, self.done, self.findings, self.unsteady = threading.Lock(), 0, 0, [], 0

    def take(self):
        with self.lock:
            over = self.next >= self.arguments.cases if self.arguments.cases else time.monotonic() > self.deadline
            if over or len(self.findings) >= self.arguments.findings:
                return None
            self.next += 1
            return self.next - 1

    def work(self):
        while (number := self.take()) is not None:
            case = Case(self.arguments.seed, number)
            found = case.differences(self.stock, self.ours)
            unsteady = bool(found) and case.is_unsteady(self.stock)
            with self.lock:
                self.done += 1
                self.unsteady += unsteady
                if not unsteady:
                    self.findings += found
                    print("".join(f"{text}\n" for text in found), end="", flush=True)

    def end(self, *_):
        """No more streams; servers are stopped in their turn."""
        self.arguments.findings = 0

    def show_one(self):
        case = Case(self.arguments.seed, self.arguments.case)
        print(f"sent: {case.whole[0]!r}\npieces: {case.cut!r}\nhttpd alone answers both alike: {not case.is_unsteady(self.stock)}")
        for left, a, right, b in case.conversations(self.stock, self.ours):
            print(f"{'equal' if a == b else 'DIFFERENT'}: {left} / {right}\n  {a!r}\n  {b!r}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", default=str(int.from_bytes(os.urandom(4), "big")))
    parser.add_argument("--cases", type=int, default=0)
    parser.add_argument("--case", type=int)
    parser.add_argument("--findings", type=int, default=5, help="so many differences end the run")
    parser.add_argument("--threads", type=int, default=6)
    parser.add_argument("--tap", action="store_true")
    arguments = parser.parse_args()
    begin = time.monotonic()
    with Server("stock", is_stock=True) as stock, Server("holds", is_stock=False) as ours:
        run = Run(arguments, stock, ours)
        if arguments.case is not None:
            run.show_one()
            return 0
        signal.signal(signal.SIGTERM, run.end)
        print(f"# seed {arguments.seed}", flush=True)
        with ThreadPoolExecutor(arguments.threads) as crew:
            for worker in [crew.submit(run.work) for _ in range(arguments.threads)]:
                worker.result()
        alive = stock.child.poll() is None and ours.child.poll() is None
    deaths = stock.deaths() + ours.deaths() + ours.sanitizer_reports() + ([] if alive else ["a server is gone"])
    for line in deaths:
        print(f"a child died: {line}")
    print(f"# {run.done} streams, {len(run.findings)} differences, {run.unsteady} left out because httpd alone differs, {len(deaths)} deaths, "
          f"{time.monotonic() - begin:.0f} s")
    failed = bool(run.findings or deaths or not run.done)
    if arguments.tap:
        print(f"{'not ok' if failed else 'ok'} - {run.done} streams are answered alike")
    return 1 if failed and not arguments.tap else 0


sys.exit(main())
