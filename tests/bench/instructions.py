"""Instructions of the httpd process for one request, by callgrind. httpd -X (prefork) runs under valgrind; after a
warm-up, batches of two sizes are sent, callgrind's count is taken after each, and the difference of the counts is
divided by the difference of the sizes. So start-up, connection and the act of counting cancel. Access log: none.

Where a request's memory happens to have a string across the end of a page, glibc's comparison goes another way and
every request costs some hundred instructions more, for no fault of the set-up. So there are several starts, each with
a User-Agent of another length, the same for all set-ups; a set-up's figure is that of httpd alone (the median) plus
the median of what the set-up added to it, start by start."""

import statistics
from concurrent.futures import ThreadPoolExecutor

import client
from measured_httpd import MeasuredHttpd
from setups import SETUPS
from support.wire import Closed

BATCHES, STARTS, PAUSE = (10, 50), 5, 0.003
ATTEMPTS = 5
# Further than glibc compares at once, and no divisor of a page.
LENGTHENING = 40

REQUESTS = [
    client.request("get4", "GET, 4 lines"),
    client.request("get20", "GET, 20 lines", lines=20),
    client.request("get20e", "GET, 20 lines, one `Exempt:`", lines=20, field="Exempt: no"),
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


class CountedHttpd(MeasuredHttpd):
    """An httpd whose instructions are counted. Its dumps stay in its directory, for callgrind_annotate."""

    def __init__(self, setup, start=0):
        name = f"counted-{setup.key}-{start}"
        super().__init__(name, setup.modules, setup.configuration, mpm="prefork", prefix=VALGRIND, arguments=["-X"])
        self.dumps = 0

    def count(self):
        """Instructions since the last call."""
        with self.connect() as wire:
            wire.send(COUNT)
            wire.rest()
        self.dumps += 1
        with open(self.root / f"callgrind.out.{self.dumps}") as dump:
            return next(int(line.split()[1]) for line in dump if line.startswith(("totals:", "summary:")))

    def measure(self, request, reconnects):
        client.send(self, request, 10, PAUSE, reconnects)
        self.count()
        counts = []
        for size in BATCHES:
            client.send(self, request, size, PAUSE, reconnects)
            counts.append(self.count())
        return round((counts[1] - counts[0]) / (BATCHES[1] - BATCHES[0]))


def closes(server, request):
    """Whether the server ends a connection that the client would keep."""
    with server.connect() as wire:
        client.exchange(wire, request)
        return wire.closes(0.5)


def measure_start(setup, requests, start, attempts=ATTEMPTS):
    """For each request its instructions, those of a new connection among them where the server closes what the
    client would keep; and the keys of the requests where it does. httpd under valgrind now and then loses an answer
    (its writev() fails with EFAULT; seen with httpd alone, one answer in some thousand); then it starts again."""
    try:
        return measure_once(setup, requests, start)
    except Closed:
        if attempts == 1:
            raise
        return measure_start(setup, requests, start, attempts - 1)


def measure_once(setup, requests, start):
    requests = [client.lengthen(request, LENGTHENING * start) for request in requests]
    with CountedHttpd(setup, start) as server:
        closing = [request.key for request in requests if request.keeps and closes(server, request)]
        return {request.key: server.measure(request, request.key in closing) for request in requests}, closing


def measure_setup(setup, requests, starts=STARTS):
    """For each request the figures of all starts; and where the server closes, see above."""
    # Counting does not mind what else runs.
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda start: measure_start(setup, requests, start), range(starts)))
    return {request.key: [figures[request.key] for figures, closing in runs] for request in requests}, runs[0][1]


def settle(figures, alone):
    """One figure of those of all starts."""
    added = statistics.median(figure - base for figure, base in zip(figures, alone))
    return round(statistics.median(alone) + added)


def measure_table(say, what, setups, keys):
    """The figures of all set-ups, of which the first one is httpd alone, and where they close; for the requests of
    these keys."""
    requests = [request for request in REQUESTS if request.key in keys]
    table, closing, alone = {}, {}, None
    for setup in setups:
        say(f"{what}: {setup.title}")
        figures, closing[setup.key] = measure_setup(setup, requests)
        alone = alone or figures
        table[setup.key] = {key: settle(figures[key], alone[key]) for key in figures}
    return {
        "requests": {request.key: request.title for request in requests},
        "setups": {setup.key: setup.title for setup in setups},
        "table": table,
        "closing": closing,
    }


def run(say):
    return measure_table(say, "instructions", SETUPS, [request.key for request in REQUESTS])
