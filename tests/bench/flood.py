"""Floods, on the loopback alone and bounded in number and time. Withheld content: clients announce content that the
server refuses and never send it, while others ask for a small file. Rejected fields: one expectation that nobody
meets, as fast as a client can send it."""

import multiprocessing
import re
import resource
import selectors
import socket
import threading
import time

from measured_httpd import DOCUMENTS, MeasuredHttpd
from setups import ALONE, is_there, policy, security
from support.machine import program
from support.private_httpd import RESOURCE
from support.private_server import haproxy, nginx
from throughput import cpu_seconds, output_of

WORKERS, OTHERS, SECONDS = 50, 4, 4.0
ATTACKERS = (WORKERS, 10 * WORKERS)
# Seconds after which a client gives up an answer.
PATIENCE = SECONDS
# Seconds after which an attacker whose connection the server has ended comes again.
AGAIN = 1.0
REFUSING_SECONDS = 3

EVENT = f"""
StartServers 1
ServerLimit 1
ThreadsPerChild {WORKERS}
MaxRequestWorkers {WORKERS}
"""
DENIED = """
<Location /denied>
    Require all denied
</Location>
"""
NGINX = """
access_log off;
server {
    listen 127.0.0.1:@PORT@ backlog=511;
    root @DOCUMENTS@;
    if ($http_expect !~* "^(100-continue)?$") {
        return 417;
    }
    location /denied {
        deny all;
    }
}
"""
HAPROXY = """
global
    user @USER@
defaults
    mode http
    timeout connect 60s
    timeout client 60s
    timeout server 60s
frontend all
    bind 127.0.0.1:@PORT@
    http-request return status 417 if { req.hdr(expect) -m found } !{ req.hdr(expect) -i 100-continue }
    http-request return status 200
"""


def announce(path, expect):
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n"
            f"Expect: {expect}\r\n\r\n").encode()


ATTACKS = {
    "a static file": announce("/resource", "100-continue"),
    "403": announce("/denied", "100-continue"),
    "417": announce("/resource", "foo"),
}
ASKED = b"GET /resource HTTP/1.1\r\nHost: localhost\r\n\r\n"


def allow_descriptors():
    """As many as there may be, for the servers that are started from here too."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Attackers:
    """So many clients, in a process of their own, while the `with` block runs; all have announced content when it
    begins. None sends a byte of it, whether it is asked for or not."""

    def __init__(self, port, head, count):
        self.ready = multiprocessing.Event()
        self.process = multiprocessing.Process(target=self.attack, args=(port, head, count), daemon=True)

    def attack(self, port, head, count):
        events, due, announced = selectors.DefaultSelector(), [0.0] * count, 0
        while True:
            now = time.monotonic()
            for _ in range(sum(each <= now for each in due)):
                client = socket.socket()
                client.setblocking(False)
                client.connect_ex(("127.0.0.1", port))
                events.register(client, selectors.EVENT_WRITE)
            due = [each for each in due if each > now]
            for key, event in events.select(0.05):
                try:
                    if event == selectors.EVENT_WRITE:
                        key.fileobj.send(head)
                        events.modify(key.fileobj, selectors.EVENT_READ)
                        announced += 1
                        goes_on = True
                    else:
                        goes_on = key.fileobj.recv(65536) != b""
                except OSError:
                    goes_on = False
                if not goes_on:
                    events.unregister(key.fileobj)
                    key.fileobj.close()
                    due.append(now + AGAIN)
            if announced >= count:
                self.ready.set()

    def __enter__(self):
        self.process.start()
        self.ready.wait(10)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.join()


class Asking(threading.Thread):
    """A client that asks for the file again and again until `end`, on a connection that it keeps if it may: a server
    may end that at any time, and then it asks on a new one."""

    def __init__(self, port, end):
        super().__init__()
        self.port, self.end, self.wire, self.times, self.unanswered = port, end, None, [], 0

    def run(self):
        while (begun := time.monotonic()) < self.end:
            if self.is_answered():
                self.times.append(time.monotonic() - begun)
            else:
                self.unanswered, self.wire = self.unanswered + 1, None

    def is_answered(self):
        try:
            if self.wire and self.exchange():
                return True
            self.wire = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
            return self.exchange()
        except OSError:
            return False

    def exchange(self):
        """False where the connection ended instead of an answer."""
        answer = b""
        try:
            self.wire.sendall(ASKED)
            while not answer.endswith(RESOURCE.encode()):
                more = self.wire.recv(65536)
                if not more:
                    return False
                answer += more
        except ConnectionError:
            return False
        return True


def ask(port):
    end = time.monotonic() + SECONDS
    clients = [Asking(port, end) for _ in range(OTHERS)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    times = [each for client in clients for each in client.times]
    return {"rate": len(times) / SECONDS, "slowest": max(times) * 1000 if times else None,
            "unanswered": sum(client.unanswered for client in clients)}


def attacked(server):
    """What the others get, by attack and number of attackers; each attack meets a new server."""
    with server() as running:
        figures = {"none": ask(running.port)}
    for attack, head in ATTACKS.items():
        for count in ATTACKERS:
            with server() as running:
                with Attackers(running.port, head, count):
                    figures[f"{attack}, {count}"] = ask(running.port)
    return figures


def refusing(server):
    """Refusals of a kept client, and of one that is closed each time where the server does that."""
    with server() as running:
        before = cpu_seconds(running.child.pid)
        text = output_of(program("wrk"), "-t1", "-c16", f"-d{REFUSING_SECONDS}s", "-H", "Expect: foo",
                         f"http://127.0.0.1:{running.port}/resource")
        spent = cpu_seconds(running.child.pid) - before
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    if not refused:
        raise RuntimeError(text)
    return {"per_core": int(refused[1]) / spent, "rate": int(refused[1]) / REFUSING_SECONDS}


def measured(setup):
    return lambda: MeasuredHttpd(f"flood-{setup.key}", setup.modules, setup.configuration + DENIED, event=EVENT)


def nginx_with_room():
    server = nginx("servers/flood-nginx", NGINX, DOCUMENTS=DOCUMENTS)
    server.files["nginx.conf"] = server.files["nginx.conf"].replace("events {", "events {\n    worker_connections 4096;")
    return server


def run(say):
    allow_descriptors()
    servers = {setup.title: measured(setup) for setup in (ALONE, security(), policy(0)) if is_there(setup)}
    if program("nginx"):
        servers["nginx"] = nginx_with_room
    withheld, refused = {}, {}
    for title, server in servers.items():
        say(f"flood: content withheld, {title}")
        withheld[title] = attacked(server)
    if program("haproxy"):
        servers["HAProxy"] = lambda: haproxy("servers/flood-haproxy", HAPROXY)
    if program("wrk"):
        for title, server in servers.items():
            say(f"flood: rejected fields, {title}")
            refused[title] = refusing(server)
    return {"withheld": withheld, "refused": refused, "workers": WORKERS, "others": OTHERS, "duration": SECONDS,
            "attacks": list(ATTACKS), "attackers": ATTACKERS, "refusing": REFUSING_SECONDS}
