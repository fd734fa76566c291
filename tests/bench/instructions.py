"""Instructions of the httpd process for one request, by callgrind. httpd -X (prefork) runs under valgrind; after a
warm-up, batches of two sizes are sent, callgrind's count is taken after each, and the difference of the counts is
divided by the difference of the sizes. So start-up, connection and the act of counting cancel. Access log: none."""

import statistics

import client
from private_httpd import PrivateHttpd
from setups import SETUPS

SMALL, LARGE, ROUNDS, PAUSE = 20, 100, 3, 0.003

REQUESTS = [
    client.request("get4", "GET, 4 lines"),
    client.request("get20", "GET, 20 lines", lines=20),
    client.request("get_new", "GET, new connection", keeps=False),
    client.request("continue", "GET + `100-continue`, kept", expect="100-continue"),
    client.request("continue_new", "GET + `100-continue`, new connection", expect="100-continue", keeps=False),
    client.request("post", "POST 1 KiB + `100-continue`", "POST", expect="100-continue", body=b"x" * 1024),
    client.request("foo", "GET + `foo`, kept", expect="foo", status=417),
    client.request("foo_new", "GET + `foo`, new connection", expect="foo", keeps=False, status=417),
]
# Callgrind writes its count down when httpd answers OPTIONS. Asking it from outside (callgrind_control) needs
# ptrace, which containers often forbid, and hits a point of its own choice.
VALGRIND = ["valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=@ROOT@/callgrind.out",
            "--dump-after=ap_send_http_options", "--vgdb=no"]
COUNT = b"OPTIONS /resource HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class CountedHttpd(PrivateHttpd):
    """An httpd whose instructions are counted. Its dumps stay in its directory, for callgrind_annotate."""

    def __init__(self, setup):
        super().__init__("counted-" + setup.key, setup.modules, setup.configuration, "prefork", VALGRIND, ["-X"])
        self.dumps = 0

    def count(self):
        """Instructions since the last call."""
        connection = client.Connection(self.port)
        connection.socket.sendall(COUNT)
        connection.drain()
        connection.close()
        self.dumps += 1
        with open(self.root / f"callgrind.out.{self.dumps}") as dump:
            return next(int(line.split()[1]) for line in dump if line.startswith(("totals:", "summary:")))

    def measure(self, request, small=SMALL, large=LARGE, rounds=ROUNDS):
        client.send(self.port, request, 20, PAUSE)
        self.count()
        differences = []
        for _ in range(rounds):
            counts = []
            for size in (small, large):
                client.send(self.port, request, size, PAUSE)
                counts.append(self.count())
            differences.append((counts[1] - counts[0]) / (large - small))
        return round(statistics.median(differences))


def closes(server, request):
    """Whether the server ends a connection that the client would keep."""
    connection = client.Connection(server.port)
    try:
        connection.exchange(request)
        connection.socket.settimeout(1)
        return connection.socket.recv(1) == b""
    except TimeoutError:
        return False
    finally:
        connection.close()


def measure_setup(setup, requests=REQUESTS):
    figures = {}
    with CountedHttpd(setup) as server:
        for request in requests:
            if request.keeps and closes(server, request):
                figures[request.key] = None
            else:
                figures[request.key] = server.measure(request)
    return figures


def run(say):
    table = {}
    for setup in SETUPS:
        say(f"instructions: {setup.title}")
        table[setup.key] = measure_setup(setup)
    return {
        "requests": {request.key: request.title for request in REQUESTS},
        "setups": {setup.key: setup.title for setup in SETUPS},
        "table": table,
    }
