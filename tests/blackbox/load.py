#!/usr/bin/env python3
"""Memory, CPU and who is served while others are hostile: load.py kept | connections | flood

kept: many requests on one connection, by a host's rules and by a section's. connections: clients that are refused and
that leave, each on a connection of its own. flood: 2,000 clients and 25 workers, beside stock httpd."""

import os
import re
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support.private_httpd import PrivateHttpd
from support.wire import Wire

ONE_CHILD = """
StartServers 1
ServerLimit 1
ThreadsPerChild 25
MaxRequestWorkers 25
AsyncRequestWorkerFactor 100
MaxKeepAliveRequests 0
ListenBacklog 4000
"""
RULES = 'ExpectRule meet certain\nExpectRule reject foo status=403 "expr=%{HTTP_USER_AGENT} =~ /x/"\n'
FIELDS = {
    "no field": (b"", 100000),
    "met": (b"Expect: certain\r\n", 100000),
    "100-continue without content": (b"Expect: 100-continue\r\n", 20000),
    "rejected": (b"Expect: foo\r\n", 100000),
    "60 members": (b"Expect: " + b", ".join(b'm%d="%d";p=%d' % (n, n, n) for n in range(60)) + b"\r\n", 20000),
    "malformed, 7,800 bytes": (b"Expect: " + b"a," * 3900 + b";\r\n", 20000),
    "8,000 commas": (b"Expect: " + b"," * 8000 + b"certain\r\n", 20000),
}
WITHHELD = b"POST /resource HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 999999\r\n\r\n"


def own_memory(server):
    """The children's anonymous resident memory, in kB."""
    texts = [Path(f"/proc/{pid}/status").read_text() for pid in server.children()]
    return sum(int(re.search(r"RssAnon:\s+(\d+)", text)[1]) for text in texts)


def cpu(server):
    """The children's CPU time, in seconds."""
    texts = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in server.children()]
    return sum(int(words[11]) + int(words[12]) for words in texts) / os.sysconf("SC_CLK_TCK")


def kept():
    for where, rules in (("host", RULES), ("section", f'<Location "/">\n{RULES}</Location>\n')):
        with PrivateHttpd("kept", config=f"{ONE_CHILD}ExpectPolicy On\n{rules}") as server:
            for name, (field, count) in FIELDS.items():
                request = b"GET /resource HTTP/1.1\r\nHost: a\r\n" + field + b"\r\n"
                with Wire(server.port) as wire:
                    for done in range(-500, count, 20):
                        if done == 0:
                            before, began = own_memory(server), cpu(server)
                        wire.send(request * 20)
                        status = {wire.response().status for _ in range(20)}
                    each = 1e6 * (cpu(server) - began) / count
                    memory = f"{before} to {own_memory(server)} kB"
                    print(f"{where}, {name}: {count} requests, {status}, {memory}, {each:.0f} us of CPU", flush=True)


def connections():
    def refused(wire):
        wire.send(WITHHELD)
        wire.response()
        wire.closes()

    def leave(data):
        return lambda wire: (wire.send(data), wire.vanish())

    kinds = {
        "refused": refused,
        "leave within the field": leave(WITHHELD[:50]),
        "leave behind the section": leave(WITHHELD),
    }
    config = f"{ONE_CHILD}ExpectPolicy On\nExpectRule reject 100-continue longer-than=10 status=413\n"
    with PrivateHttpd("connections", config=config) as server:
        for name, talk in kinds.items():
            memory = []
            for count in (500, 2400, 2400, 2400):
                for _ in range(count):
                    try:
                        with Wire(server.port) as wire:
                            talk(wire)
                    except OSError:
                        pass
                memory.append(own_memory(server))
            print(f"{name}: own memory behind 500, 2,900, 5,300 and 7,700 connections, kB: {memory}", flush=True)
    print("deaths", server.deaths())


def flood():
    resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
    hostile = {"too long, withheld": WITHHELD, "foo, withheld": WITHHELD.replace(b"100-continue", b"foo")}
    policy = "ExpectPolicy On\nExpectRule reject 100-continue longer-than=10 status=413\n"
    for name, config, options in (("stock", "", {"expect": None}), ("mod_expect", policy, {})):
        with PrivateHttpd("flood", config=ONE_CHILD + config, **options) as server:
            for what, request in hostile.items():
                crowd = [Wire(server.port, timeout=5) for _ in range(2000)]
                for wire in crowd:
                    wire.send(request)
                served = asked = slowest = 0
                end = time.monotonic() + 5
                while (began := time.monotonic()) < end:
                    asked += 1
                    try:
                        with Wire(server.port, timeout=end - began) as wire:
                            wire.send(b"GET /resource HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                            served += wire.response().status == 200
                    except OSError:
                        pass
                    slowest = max(slowest, time.monotonic() - began)
                print(f"{name}, {what}: {served} of {asked} others served, slowest {1000 * slowest:.0f} ms", flush=True)
                for wire in crowd:
                    wire.vanish()
                time.sleep(1)


{"kept": kept, "connections": connections, "flood": flood}[sys.argv[1]]()
