#!/usr/bin/env python3
"""HAProxy and nginx in front of httpd, both told to use a connection for whoever comes next, and two kinds of clients:
one sends the matrix's requests, the other plain ones. Nobody may get an answer that is not his own. Prints TAP.

    behind.py [COUNT [SEED]]      requests by the attacker, for each server in front
"""

import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import configuration
from conversation import connect, converse, request
from dimensions import DIMENSIONS, some_cells
from known import KNOWN
from server import Server
from support.machine import WORK, program
from support.private_server import haproxy, nginx
from support.tap import report, skip

HAPROXY = """
global
    user @USER@
    maxconn 200
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    http-reuse always
frontend web
    bind 127.0.0.1:@PORT@
    default_backend httpd
backend httpd
    server httpd 127.0.0.1:@HTTPD_PORT@ pool-max-conn 20
"""

# nginx keeps the field to itself unless it is told to pass it on.
NGINX = """
upstream httpd {
    server 127.0.0.1:@HTTPD_PORT@;
    keepalive 20;
}
server {
    listen 127.0.0.1:@PORT@;
    location / {
        proxy_pass http://httpd;
        proxy_http_version 1.1;
        proxy_request_buffering off;
        proxy_set_header Host $host;
        proxy_set_header Connection "";
        proxy_set_header Expect $http_expect;
    }
}
"""
FRONTS = {"HAProxy": ("haproxy", haproxy, HAPROXY), "nginx": ("nginx", nginx, NGINX)}

# What neither of them lets through, or answers itself, is left out.
CHOSEN = {**DIMENSIONS, "mpm": ("event",), "wire": ("clear",), "version": ("1.1",),
          "framing": ("length", "long", "chunked", "broken", "over", "over-chunked")}


def ask_plainly(front, number, stop, seen):
    """Plain requests, one after the other on a connection, as a victim of a mix-up would send them."""
    while not stop.is_set():
        try:
            with connect(front, False) as client:
                for _ in range(50):
                    if stop.is_set():
                        return
                    seen["asked"] += 1
                    mine = f"victim-{number}-{seen['asked']}-"
                    client.send(request("GET", f"/a.txt?{mine}", "off.none.test", "victim"))
                    answer = client.answer()
                    if answer is None:
                        break
                    if answer.status == 200 and (f"?{mine} " not in answer.answers or answer.content != b"a\n"):
                        seen["wrong"].append(f"{mine}: the answer is to {answer.answers!r}: {answer.content[:80]!r}")
                    seen["answered"] += answer.status == 200
                    stop.wait(0.003)
        except OSError:
            pass


def attack(front, cell, number):
    """The answers to the attacker that are not his, either."""
    try:
        seen = converse(front, cell, number, 1.5)
    except OSError:
        return []
    return [f"{cell.name}: an answer to {answer.answers!r}" for answer in seen.answers
            if answer.answers and f"-c{number}" not in answer.answers or "SMUGGLED" in answer.answers]


def run(name, cells, httpd):
    _, start, text = FRONTS[name]
    stop, victims = threading.Event(), [{"asked": 0, "answered": 0, "wrong": []} for _ in range(4)]
    with start(name.lower(), text, HTTPD_PORT=httpd.port) as front:
        threads = [threading.Thread(target=ask_plainly, args=(front, number, stop, seen))
                   for number, seen in enumerate(victims)]
        for thread in threads:
            thread.start()
        with ThreadPoolExecutor(12) as pool:
            faults = [fault for faults in pool.map(lambda each: attack(front, each[1], each[0]), enumerate(cells))
                      for fault in faults]
        stop.set()
        for thread in threads:
            thread.join()
    faults += [fault for seen in victims for fault in seen["wrong"]]
    answered = sum(seen["answered"] for seen in victims)
    print(f"# {name}: {len(cells)} attacks, {answered} answers to others")
    if not answered:
        faults.append("nobody was answered")
    return faults


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    known = [replace(cell, wire="clear") for cell in KNOWN if cell.mpm == "event" and cell.framing in CHOSEN["framing"]]
    cells = list(dict.fromkeys(known + some_cells(CHOSEN, count, random.Random(seed))))
    probes = configuration.build_probes(WORK / "probe")
    for name, (needed, _, _) in FRONTS.items():
        title = f"behind {name}, nobody gets an answer that is not his own"
        if not program(needed):
            skip(title, f"{needed} is not installed")
            continue
        with Server(f"behind-{needed}", "event", probes, CHOSEN["policy"]) as httpd:
            faults = run(name, cells, httpd)
            httpd.stop()
            smuggled = [line for _, _, line, _, _ in httpd.access_log() if "SMUGGLED" in line]
            faults += [f"in httpd's access log: {line}" for line in smuggled]
        report(title, "\n".join(faults[:40]))


main()
