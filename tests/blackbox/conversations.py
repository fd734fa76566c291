#!/usr/bin/env python3
"""Conversations by chance with content that is a request itself:
conversations.py SEED SECONDS [MPM [direct|haproxy|nginx]]

Looks for content taken for a request, by httpd (its access log) and by the backend behind an announced upload; for
somebody else's answer; for a 100 behind a final answer or twice; for bytes behind an announced close; for dead
children. HAProxy and nginx reuse their connections to httpd for all clients."""

import collections
import random
import re
import sys
import threading
import time

from lab import POLICIES, Backend, laboratory
from support.private_httpd import RESOURCE
from support.private_server import haproxy, nginx
from support.wire import Wire

PATHS = """/resource /missing /list/ /cgi/read.sh /cgi/noread.sh /cgi/early401.sh /cgi/local.sh /cgi/none.sh
    /lua/read.lua /lua/noread.lua /page.shtml /dav/y.txt /denied/x /auth/x /small/x /neg.html /expect-status
    /expect-status?json /cgi/read.sh?no=1 /back/q?no=1 /back/a /back/a?mode=early403 /back/a?mode=early200
    /back/a?mode=early503 /back/a?mode=early307 /back/a?mode=twice /back/a?mode=hints /back/a?mode=close403
    /back/a?mode=drop""".split()
FIELDS = ["100-continue"] * 8 + [
    "100-Continue", "100-continue, foo", "foo", "certain-expectation", "certain-expectation, 100-continue",
    "y 100-continue", "100-continue;", "100-continue,", ",100-continue", "", "100-continue, 100-continue",
    "100-continue=1", '"100-continue"', "100-continue\tx", 'foo="a,100-continue"', 'x=y;z="a\\"b"', "foo=,100-continue",
    ", ".join(f"a{number}" for number in range(70)), "100-continue\x0b", "\xa0100-continue",
]  # fmt: skip
NAMES = ["Expect"] * 10 + ["expect", "EXPECT", "Expect ", "X-Expect", "Expec", "Expect\t"]
METHODS = ["POST"] * 6 + "PUT GET HEAD OPTIONS DELETE PATCH PROPFIND TRACE FOO CONNECT MKCOL".split()
CONNECTIONS = ["keep-alive", "close", "Upgrade\r\nUpgrade: foo", "Expect", "TE"]
# Hosts where an announced upload never reaches a backend behind its early answer.
PROTECTED = ("meet", "ask", "askback")
HAPROXY = """
global
    user @USER@
defaults
    mode http
    http-reuse always
    timeout connect 5s
    timeout client 10s
    timeout server 10s
listen front
    bind 127.0.0.1:@PORT@
    server httpd 127.0.0.1:@HTTPD_PORT@
"""
NGINX = """
upstream httpd { server 127.0.0.1:@HTTPD_PORT@; keepalive 20; }
server {
    listen 127.0.0.1:@PORT@;
    location / {
        proxy_pass http://httpd;
        proxy_http_version 1.1;
        proxy_request_buffering off;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_set_header Expect $http_expect;
    }
}
"""


class Conversation:
    """The bytes of a request with hostile content, and of the one behind it."""

    def __init__(self, name, chance):
        self.name, self.method = name, chance.choice(METHODS)
        self.host, path = chance.choice(list(POLICIES)), chance.choice(PATHS)
        self.target = "h.test:80" if self.method == "CONNECT" else f"{path}{'&' if '?' in path else '?'}id={name}"
        canary = f"GET /resource?id=CANARY-{name} HTTP/1.1\r\nHost: off.test\r\n\r\n".encode()
        junk = b"x" * chance.choice([1, 9, 30, 2000]) + b"\r\n"
        content = chance.choice([canary, canary * 3, junk + canary, canary + b"z" * 30000])
        lines = [f"{self.method} {self.target} HTTP/1.{chance.choice('1111110')}", f"Host: {self.host}.test"]
        if chance.random() < 0.2:
            lines.append("Connection: " + chance.choice(CONNECTIONS))
        for _ in range(chance.choice([1] * 8 + [2, 0])):
            gap = ":\r\n " if chance.random() < 0.05 else ": "
            lines.insert(chance.randint(2, len(lines)), chance.choice(NAMES) + gap + chance.choice(FIELDS))
        framing, self.content = self.framed(content, chance)
        self.head = ("\r\n".join(lines + framing) + "\r\n\r\n").encode("latin-1")
        self.behind = f"GET /resource?id=B-{name} HTTP/1.1\r\nHost: off.test\r\n\r\n".encode()
        # httpd skips ten empty lines, and then answers 400 before it knows the method.
        self.before = b"\r\n" * chance.choice([0, 0, 0, 0, 1, 3, 9])
        self.way = chance.choice(["at once", "wait", "half", "late", "withheld"])

    @staticmethod
    def framed(content, chance):
        middle = 4  # not within the name
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (content[:middle], content[middle:], b""))
        chunked = "Transfer-Encoding: chunked"
        return chance.choice(
            [([f"Content-Length: {len(content)}"], content)] * 5
            + [([chunked], chunks)] * 3
            + [([], b""), (["Content-Length: 0"], b""), (["Content-Length: 5", chunked], chunks)]
            + [([chunked], chance.choice([b"zz\r\n", b"5;a=b\r\nabc", b"-1\r\n"]) + content)]
        )

    @property
    def announced(self):
        return b"HTTP/1.1" in self.head and re.search(rb"(?im)^expect: ?,?100-continue,?\r", self.head)


class Attack:
    def __init__(self, port, seed):
        self.port, self.seed, self.chance, self.lock = port, seed, random.Random(seed), threading.Lock()
        self.conversations, self.faults, self.asked = {}, [], 0

    def begin(self):
        with self.lock:
            self.asked += 1
            conversation = Conversation(f"{self.seed}z{self.asked}z", self.chance)
            self.conversations[conversation.name] = conversation
            return conversation

    def named(self, start):
        """The conversations with this name, or with one that a front's own chunks have cut."""
        exact = self.conversations.get(start)
        return [exact] if exact else [each for name, each in self.conversations.items() if name.startswith(start)]

    def run(self, seconds, threads=24):
        end = time.monotonic() + seconds

        def many():
            while time.monotonic() < end:
                conversation, heard = self.begin(), []
                try:
                    with Wire(self.port, timeout=3) as wire:
                        self.talk(wire, conversation, heard)
                except (OSError, ValueError, IndexError):
                    pass  # closed, or nothing came: both may be

        workers = [threading.Thread(target=many) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def fault(self, kind, conversation, *details):
        self.faults.append((kind, conversation.way, conversation.head, conversation.content[:80], details))

    def talk(self, wire, it, heard):
        half = len(it.content) // 2
        wire.send_as_taken(it.before + it.head)
        rest = it.content + it.behind
        if it.way == "half":
            wire.send_as_taken(it.content[:half])
            rest = it.content[half:] + it.behind
        if it.way == "late":
            time.sleep(0.05)
        if it.way in ("at once", "late"):
            wire.send_as_taken(rest)
            rest = b""
        finals = 0
        while finals < 2:
            answer = wire.response("GET" if finals else it.method)
            heard.append(answer.status)
            if answer.status == 100 and it.way == "wait":
                wire.send_as_taken(rest)
                rest = b""
            if answer.status < 200:
                if finals:
                    self.fault("interim answer behind a final one", it, heard)
                if heard.count(100) > 1 and it.content:
                    self.fault("two 100s", it, heard)
                continue
            finals += 1
            echoes = it.method == "TRACE" or it.target.startswith(("/expect-status", "/dav"))
            if finals == 1 and b"CANARY" in answer.content and not echoes and b"expectation" not in answer.content:
                self.fault("content in the answer", it, heard, answer.content[:200])
            if finals == 2 and answer.status == 200 and answer.content != RESOURCE.encode():
                self.fault("somebody else's answer", it, heard, answer.content[:200])
            if answer.close:
                more = wire.rest(3)
                # A front answers what it cannot parse before it knows that the method was HEAD.
                if more and not (it.method == "HEAD" and answer.status == 400):
                    self.fault("bytes behind an announced close", it, heard, more[:200])
                return
            if finals == 1 and rest:
                # What a client does that gave up its content: its next request, where the content would stand.
                wire.send_as_taken(it.behind if it.way in ("wait", "withheld") else rest)
                rest = b""


def front(kind, port):
    if kind == "haproxy":
        return haproxy("haproxy", HAPROXY, HTTPD_PORT=port).begin()
    return nginx("nginx", NGINX, HTTPD_PORT=port).begin()


def main(seed, seconds, mpm="event", kind="direct"):
    backend = Backend()
    with laboratory(f"conversations-{mpm}-{kind}", backend, mpm=mpm) as server:
        (server.root / "dav").chmod(0o777)
        before = None if kind == "direct" else front(kind, server.port)
        attack = Attack(before.port if before else server.port, int(seed))
        attack.run(float(seconds))
        if before:
            before.stop()
    served = (server.root / "access.log.txt").read_text(errors="replace").splitlines()
    taken = [line for line in served if re.match(r"[^|]*\|GET /resource\?id=CANARY", line)]
    at_backend = [re.search(r"CANARY-(\w+)", each)[1] for each in backend.requests if "?id=CANARY" in each[:40]]
    broken = [each for name in at_backend for each in attack.named(name) if each.host in PROTECTED and each.announced]
    deaths = server.deaths()
    # nginx sends a 100 of its own and hands httpd's on.
    faults = [each for each in attack.faults if kind != "nginx" or each[0] != "two 100s"]
    print(
        f"{mpm}, {kind}, seed {seed}: {attack.asked} conversations, {len(served)} requests served;"
        f" content taken for a request: by httpd {len(taken)}, by a backend behind an announced upload {len(broken)}"
        f" (otherwise, which the backend alone can prevent, {len(at_backend) - len(broken)});"
        f" faults {dict(collections.Counter(each[0] for each in faults))}; deaths {deaths}"
    )
    for line in taken[:5] + faults[:5] + [each.head for each in broken[:5]]:
        print("   ", line)
    return 1 if taken or broken or faults or deaths else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
